"""Facts: the raw files of a source read, cleaned, brought to the reference geography, with every total."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial, reduce
from itertools import pairwise
from operator import and_
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as arrow
import pyarrow.compute as compute
import pyarrow.parquet as parquet

from ctg_analysis.clean import neighbourhoods, official, places
from ctg_analysis.clean.frame import GEOGRAPHY, PASSAGE, Frame, clean_populations
from ctg_analysis.clean.layouts import clean_declared
from ctg_analysis.clean.perimeter import (
    Perimeter,
    added_arrondissements,
    communes_named,
    in_communes,
    to_reference,
    with_inhabitants,
    with_split,
    without_changed_epcis,
)
from ctg_analysis.model.errors import Finding, InputError, each
from ctg_analysis.model.facts import COLUMNS, STATUS, WORDS, Facts, alike, coded
from ctg_analysis.model.indicator import MISSING, OK, SECRET
from ctg_analysis.model.processes import at_once, give_memory_back
from ctg_analysis.model.settings import DataRoot, project_path
from ctg_analysis.model.source import SOURCES, Coverage, Source
from ctg_analysis.model.territories import COMMUNE, OVERSEAS_COLLECTIVITIES, former_communes
from ctg_analysis.raw.certificates import RawFolder, complementary, read_certificate
from ctg_analysis.raw.files import once_each
from ctg_analysis.raw.folders import source_folders

Cleaner = Callable[[RawFolder], pd.DataFrame]

KNOWING_COMMUNES = ("depp_ecoles", "insee_acces", "insee_rp_flux", "insee_qpv", "insee_qpv_2024")
CLEANERS: dict[str, Cleaner] = {
    source.id: partial(clean_declared, source) for source in SOURCES.values() if source.layouts
} | {
    "insee_population_historique": official.clean_historic_population,
    "insee_rp_population": official.clean_age_sex,
    "insee_etat_civil": official.clean_vital_statistics,
    "insee_bpe_2025": places.clean_facilities,
    "insee_bpe_2024": places.clean_facilities_2024,
    "insee_acces": places.clean_access_times,
    "insee_rp_flux": official.clean_flows,
    "reperes_france": official.clean_activity_of_france,
    "ditp_barometre": official.clean_barometer,
    "depp_ecoles": places.clean_schools,
    "depp_ivac": places.clean_exam_results,
    "depp_ips": places.clean_social_position,
    "ofgl_ccas": official.clean_ccas,
    "insee_qpv": neighbourhoods.clean_neighbourhoods,
    "insee_qpv_2024": neighbourhoods.clean_residents,
}


Folders = dict[str, list[RawFolder]]


@dataclass(frozen=True)
class Given:
    """Facts of a source, from one of its folders, in the communes of a year."""

    source: Source
    folder: RawFolder
    year: int
    facts: pd.DataFrame


def certified_folders(root: DataRoot) -> tuple[Folders, list[Finding]]:
    """Return the folders of every source whose certificate can be read, and what is wrong with the others.

    The full files of a source come before its extract.
    """
    findings: list[Finding] = []
    folders: Folders = {}
    for source, paths in source_folders(root.raw).items():
        for path in paths:
            try:
                folder = read_certificate(path)
            except InputError as error:
                findings += error.findings
                continue
            folders.setdefault(source, []).append(folder)
    return folders, findings


def sources_with_figures(folders: Folders) -> list[str]:
    """Return the ids of the sources of which figures are read, in the order in which their facts stand."""
    return [name for name in [GEOGRAPHY, *CLEANERS] if name in folders]


def given_of(source: str, folders: Folders, frame: Frame) -> list[Given]:
    """Return the facts of a source, from all its folders, in the geography of its own year."""
    declared = SOURCES[source]
    if source == GEOGRAPHY:
        home = folders[GEOGRAPHY][0]
        populations = clean_populations(home, frame.communes)
        return [Given(declared, home, year, table) for year, table in populations.items()]
    cleaned = each(cleaner_of(source, frame), folders[source])
    table, ends = coded(pd.concat(cleaned, ignore_index=True)), np.cumsum([0, *map(len, cleaned)])
    tables = complementary([table[first:end] for first, end in pairwise(ends)])
    return [
        Given(declared, folder, year, part)
        for folder, facts in zip(folders[source], tables, strict=True)
        for year, part in by_geography(
            declared,
            without_holes(declared, facts) if folder.of_france else facts,
            frame.communes,
            carried=folder.of_france,
        )
    ]


def without_holes(source: Source, facts: pd.DataFrame) -> pd.DataFrame:
    """Return the facts of an extract of France without the 0 of what its carrier has lost (`Totals.holes`)."""
    lost = {
        (period, code) for periods, codes in source.totals.holes for period in periods.split() for code in codes.split()
    }
    if not lost:
        return facts
    hole = pd.MultiIndex.from_frame(facts[["period", "code"]].astype(str)).isin(lost) & facts["value"].eq(0)
    return facts[~hole]


def cleaner_of(source: str, frame: Frame | None) -> Callable[[RawFolder], pd.DataFrame]:
    """Return the function that cleans the folders of a source, with the communes of the reference year if it asks."""
    if source not in KNOWING_COMMUNES:
        return CLEANERS[source]
    return partial(CLEANERS[source], communes=frame and frame.communes[max(frame.communes)])


def by_geography(
    source: Source, table: pd.DataFrame, years: dict[int, pd.DataFrame], *, carried: bool
) -> list[tuple[int, pd.DataFrame]]:
    """Return the facts of a source by the year of the geography that they are in.

    A file of several years, each in its own geography (that of the Caf's December is the January after), is taken
    apart; what is older or newer than the years we know is read with the nearest of them.
    """
    if source.geography.carried and carried:
        return [(source.geography.carried, table)]
    if source.geography.years:
        year = table["period"].map(source.geography.years)
    elif source.geography.lag is None:
        return [(source.geography.cog, table)]
    else:
        year = once_each(table["period"], lambda periods: periods.str[:4].astype(int)) + source.geography.lag
    nearest = year.clip(min(years), max(years))
    return [(int(cog), table[nearest.eq(cog)]) for cog in sorted(nearest.unique())]


def strangers(facts: pd.DataFrame, source: Source, perimeter: Perimeter, folder: Path) -> list[Finding]:
    """Return what is said of codes of communes that the geography of the source does not know, not even as former."""
    codes = communes_named(facts)
    unknown = sorted(codes - perimeter.known - perimeter.former(codes))
    if source.geography.loose or not unknown:
        return []
    year = source.geography.cog or "l'année du fichier"
    expected = (
        f"des communes de {year} : corriger le fichier, l'année (`cog` ou `lag`) de sa déclaration dans "
        "src/ctg_analysis/model/declared/sources, "
        f"ou ctg fetch {PASSAGE} pour les communes d'une année antérieure"
    )
    return [Finding(project_path(folder), None, None, ", ".join(unknown[:10]), expected)]


SERIES = ["period", "measure", "source"]


def with_absent(
    facts: pd.DataFrame, source: Source, communes: pd.DataFrame, listed: pd.DataFrame | None
) -> pd.DataFrame:
    """Return the facts with the communes that have no row, when the source says what that means.

    listed: of the communes, those that the files cover (see `certificates.RawFolder.listed`). What a list of France
    says nothing of in an overseas collectivity (Polynésie) is unknown, not 0.
    """
    match source.coverage.absent:
        case "secret":
            of_large = facts["measure"].isin(source.of_large_communes)
            return pd.concat([restore_absent(facts[~of_large], communes), facts[of_large]], ignore_index=True)
        case "zero":
            covered = communes if listed is None else listed
            covered = covered[covered["zone"].ne(OVERSEAS_COLLECTIVITIES)] if "zone" in covered else covered
            covered = covered[~covered["departement"].isin(source.totals.outside)]
            facts = added_arrondissements(facts, communes) if source.geography.arrondissements else facts
            return fill_zeros(facts, covered, source.coverage, everywhere=listed is not None)
        case "uninhabited":
            return with_uninhabited(facts, source, communes)
        case _:
            return facts


def restore_absent(facts: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the facts with a `secret` row for each commune that the producer left out as too small.

    Until 2019, Filosofi has no row for a commune of fewer than 50 tax households. communes: those of the year of
    the source's geography (code, kind, epci, parent). Each period and measure given by commune is completed for
    the EPCIs that have a row there, and for them only: an extract is not taken for the whole of France, nor is a
    département that the source does not cover, or an island without EPCI, taken for a secret.
    """
    named = _named(facts, communes)
    absent = _unnamed(_of_these_epcis(named, communes), named)
    return _with_rows(facts, absent.assign(value=float("nan"), status=SECRET))


def fill_zeros(facts: pd.DataFrame, communes: pd.DataFrame, coverage: Coverage, *, everywhere: bool) -> pd.DataFrame:
    """Return the facts with a 0 for each commune that a whole list does not name: it has none of these things.

    everywhere: the list covers every commune; else those of the EPCIs that it names.
    """
    named = _named(facts, communes)
    by_period = named[["period", "code"]].drop_duplicates()
    if everywhere:
        codes = communes.loc[communes["kind"].eq(COMMUNE), ["code"]]
        covered = by_period[["period"]].drop_duplicates().merge(codes, "cross")
    else:
        covered = pd.concat([by_period, _of_these_epcis(by_period, communes)]).drop_duplicates()
    if coverage.in_each_departement:
        members = communes.loc[communes["kind"].eq(COMMUNE), ["code", "departement"]]
        there = by_period.merge(members, on="code")[["period", "departement"]].drop_duplicates()
        covered = covered.merge(members, on="code").merge(there, on=["period", "departement"])[covered.columns]
    none = _unnamed(named[SERIES].drop_duplicates().merge(covered, on="period"), named)
    same = facts[facts["level"].eq("commune") & facts["measure"].isin(coverage.each)]
    same = same.groupby(SERIES, as_index=False)["value"].max()
    none = none.merge(same, on=SERIES, how="left").fillna({"value": 0.0})
    return _with_rows(facts, none.assign(status=OK))


def with_uninhabited(facts: pd.DataFrame, source: Source, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the facts with a 0 for each commune without inhabitants, of the départements that they name.

    Where nobody lives, a file of homes has no row: without this, larger places would have no total. Measures that
    are not added up (`Totals.alone`) stay without a value there.
    """
    alone = facts["measure"].isin(source.totals.alone)
    named = communes.loc[communes["code"].isin(facts["code"]), "departement"]
    empty = communes[communes["population"].eq(0) & communes["departement"].isin(named)]
    added = fill_zeros(facts[~alone], empty, source.coverage, everywhere=True)
    return pd.concat([added, facts[alone]], ignore_index=True)


def _named(facts: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the communes that each series of facts names: a municipal arrondissement names its commune."""
    rows = facts.loc[facts["level"].eq("commune"), [*SERIES, "code"]]
    return rows.assign(code=in_communes(rows["code"], communes)).drop_duplicates()


def _of_these_epcis(named: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    members = communes.loc[communes["kind"].eq(COMMUNE) & communes["epci"].notna(), ["code", "epci"]]
    epcis = named.merge(members, on="code").drop(columns="code").drop_duplicates()
    return epcis.merge(members, on="epci").drop(columns="epci")


def _unnamed(rows: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    key = [*SERIES, "code"]
    again = pd.concat([named[key], rows[key]], ignore_index=True).duplicated()
    return rows[~again.to_numpy()[len(named) :]]


def _with_rows(facts: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    rows = alike(added.assign(level="commune", parts=1, few=0), facts)
    return pd.concat([facts, rows], ignore_index=True)


POPULATION = "population"
ROWS_AT_ONCE = 300_000


def facts_of_source(source: str, folders: Folders, frame: Frame) -> Iterator[pd.DataFrame]:
    """Yield the facts of an official source in the reference geography, some measures at a time, in their order.

    The full files of a source and its extracts are brought there together. folders: of this source, and of the
    geography. Sums for all the larger places take several times the memory of what they are of.
    """
    declared, together, perimeters = _given_together(source, folders, frame)
    give_memory_back()  # that of what was read
    for some in _at_once(together):
        tables = [
            to_reference(facts.drop(columns="perimeter"), declared, perimeters[number])
            for number, facts in some.groupby("perimeter", sort=False)
        ]
        yield pd.concat(tables, ignore_index=True)


def _given_together(source: str, folders: Folders, frame: Frame) -> tuple[Source, pd.DataFrame, dict[int, Perimeter]]:
    """Return the source, its facts as published, with the perimeter of each in a column `perimeter`, and these."""
    several = [
        (given, frame.perimeter(given.year, given.source.geography.joined))
        for given in given_of(source, folders, frame)
    ]
    findings = [
        finding
        for given, perimeter in several
        for finding in strangers(given.facts, given.source, perimeter, given.folder.path)
    ]
    if findings:
        raise InputError(findings)
    declared, inhabitants = several[0][0].source, None
    if declared.totals.per_inhabitant:  # the reference populations, in the geography of their own years
        inhabitants = pd.concat([given.facts for given in given_of(GEOGRAPHY, folders, frame)])
    perimeters: dict[int, Perimeter] = {}
    parts = []
    for given, whole in several:
        geography = given.source.geography
        carried = not geography.lag or given.folder.of_france
        changed = frame.changed_epcis((geography.epcis if carried else 0) or given.year)
        published = without_changed_epcis(
            without_held(given.facts, whole, geography.joined.get(given.year, ())), changed
        )
        for perimeter, facts in by_period_of_former(published, whole, frame.now):
            perimeters[id(perimeter)] = perimeter
            parts.append(_completed(given, facts, perimeter, inhabitants).assign(perimeter=id(perimeter)))
    return declared, coded(pd.concat(parts, ignore_index=True)), perimeters


def _at_once(facts: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield some measures of facts at a time, those that have few rows; of one that has many, some years at a time."""
    sizes = facts["measure"].value_counts(sort=False).sort_index()
    for measures in at_once(sizes.items(), ROWS_AT_ONCE):
        some = facts[facts["measure"].isin(measures)]
        periods = sorted(some["period"].unique())
        for part in np.array_split(periods, min(1 + len(some) // ROWS_AT_ONCE, len(periods))):
            yield some[some["period"].isin(part)]


def _completed(
    given: Given, facts: pd.DataFrame, perimeter: Perimeter, inhabitants: pd.DataFrame | None
) -> pd.DataFrame:
    source, then = given.source, perimeter.communes
    if source.geography.loose:
        facts = facts[facts["code"].isin(then["code"]) | facts["level"].ne("commune")]
    if source.coverage.above:  # one whose population is unknown has no value either
        large = then.loc[then["population"].gt(source.coverage.above), "code"]
        facts = facts[facts["level"].ne("commune") | facts["code"].isin(large)]
    facts = with_absent(facts, source, then, given.folder.listed(then))
    if inhabitants is None:
        return facts
    return weighted(facts, with_split(inhabitants, perimeter.ways), source.totals.per_inhabitant)


def without_held(facts: pd.DataFrame, perimeter: Perimeter, joined: tuple[str, ...]) -> pd.DataFrame:
    """Return the facts without the empty rows of communes that others still hold in the files (`Geography.joined`)."""
    if not joined:
        return facts
    held = former_communes(perimeter.communes)
    return facts[~(facts["code"].isin(held.index[held.isin(joined)]) & facts["status"].eq(MISSING))]


def by_period_of_former(
    facts: pd.DataFrame, perimeter: Perimeter, now: pd.DataFrame
) -> list[tuple[Perimeter, pd.DataFrame]]:
    """Return the facts with their perimeter: where a period names former communes, its geography is an older one."""
    if not perimeter.former(communes_named(facts)):
        return [(perimeter, facts)]
    parts = []
    for _, rows in facts.groupby("period", observed=True):
        codes = communes_named(rows)
        parts.append((perimeter.naming(codes, now) if perimeter.former(codes) else perimeter, rows))
    return parts


def weighted(facts: pd.DataFrame, populations: pd.DataFrame, measures: Collection[str]) -> pd.DataFrame:
    """Return, for each of some measures, two that add up: _total (x inhabitants) and _inhabitants.

    populations: facts of the reference populations, in the geography of their own years (see `with_inhabitants`). The
    other measures are kept: counts, and what its producer has weighted.
    """
    asked = facts["measure"].isin(measures)
    others, facts = facts[~asked], facts[asked]
    rows = with_inhabitants(facts, populations[populations["measure"].eq(POPULATION)])
    people = rows["inhabitants"].where(rows["status"].eq(OK))
    tables = [
        rows.assign(measure=rows["measure"].astype(str) + suffix, value=value)
        for suffix, value in (("_total", rows["value"] * people), ("_inhabitants", people))
    ]
    return pd.concat([others, *tables], ignore_index=True)[COLUMNS]


FILE, MEASURES = "facts.parquet", "measures"
ROWS_TOGETHER = 65_536
TEXT, CODED = arrow.string(), arrow.dictionary(arrow.int32(), arrow.string())
TYPES = dict.fromkeys(COLUMNS, arrow.int64()) | dict.fromkeys(WORDS, CODED)
TYPES |= {"code": TEXT, "value": arrow.float64()}
EMPTY = arrow.schema(TYPES.items()).empty_table()


def write_facts(tables: Iterable[pd.DataFrame], folder: Path) -> None:
    """Write facts, measure by measure: tables of some measures each, in the order of these."""
    measures: list[str] = []
    with parquet.ParquetWriter(folder / FILE, EMPTY.schema, compression="zstd") as file:
        for facts in tables:
            facts = Facts.validate(coded(facts), inplace=True).sort_values("measure", kind="stable")
            columns = {name: arrow.array(facts[name], from_pandas=True).cast(of) for name, of in TYPES.items()}
            table = arrow.table(columns)
            file.write_table(table, ROWS_TOGETHER)
            measures += facts["measure"].unique().tolist()
        file.add_key_value_metadata({MEASURES: "|".join(measures)})


def measures_of(folder: Path) -> set[str]:
    """Return the measures that the facts of a source are of."""
    return set(parquet.read_metadata(folder / FILE).metadata[MEASURES.encode()].decode().split("|"))


def read_facts(folders: Iterable[Path], **only: Collection[str]) -> pd.DataFrame:
    """Return facts, in the order of the folders.

    Their columns of words are categories, the same for all. only: column → the words to keep.
    """
    kept = [compute.field(name).isin(arrow.array(sorted(words), TEXT)) for name, words in only.items()]
    files = [folder / FILE for folder in folders]
    tables = [parquet.read_table(file, filters=reduce(and_, kept), read_dictionary=["code"]) for file in files]
    table = arrow.concat_tables(table.replace_schema_metadata() for table in tables or [EMPTY]).unify_dictionaries()
    del tables
    facts = table.to_pandas(split_blocks=True, self_destruct=True)
    del table
    facts["status"] = facts["status"].astype(STATUS)
    for name in ("code", "level", "period", "measure", "source"):
        words = facts[name].astype("category")
        facts[name] = words.cat.set_categories(sorted(words.cat.categories.to_numpy(dtype=object)))
    give_memory_back()  # reading takes three times what is read
    return facts

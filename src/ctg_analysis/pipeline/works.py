"""The works of `ctg data` that are done side by side: groups of indicators, restricted ones, field material."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from ctg_analysis.clean.establishments import ESTABLISHMENTS, establishments_of, open_schools
from ctg_analysis.clean.facts import Folders, facts_of_source, read_facts, write_facts
from ctg_analysis.clean.frame import CONTOURS, Frame, load_frame, read_frame, write_frame
from ctg_analysis.clean.neighbourhoods import NEIGHBOURHOODS, neighbourhoods_of
from ctg_analysis.clean.official import clean_contours, extents, projected
from ctg_analysis.clean.partner_files import Agreement, rows_of
from ctg_analysis.clean.perimeter import Perimeter
from ctg_analysis.clean.received_forms import (
    BOTH_REGIMES,
    FORMS,
    HELD_TO,
    KEY,
    OPEN,
    Private,
    form_to_reference,
    forms_in,
    homes,
    implausible,
    read_private,
    with_communes_without_childcare,
    with_population_covered,
)
from ctg_analysis.clean.structures import STRUCTURES, structures_of
from ctg_analysis.demarche.declared_tables import TABLES
from ctg_analysis.demarche.material_files import open_material
from ctg_analysis.demarche.restricted_files import open_restricted
from ctg_analysis.demarche.results import results
from ctg_analysis.indicators.intervals import coded_fractions
from ctg_analysis.indicators.observations import LOCAL, emptied, read_indicators, write_observations
from ctg_analysis.indicators.observe import (
    NOTHING,
    POPULATION,
    REFERENCE_POPULATIONS,
    first_available,
    observe,
    observe_coded,
)
from ctg_analysis.indicators.uncertainty import sum_interval
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.facts import COLUMNS
from ctg_analysis.model.habits import NO_NAMES
from ctg_analysis.model.indicator import MISSING, OK, AnnualChange, AnnualFlow, AnnualResidual, Indicator, measures_of
from ctg_analysis.model.norms import BOUNDS, read_geography
from ctg_analysis.model.processes import give_memory_back
from ctg_analysis.model.settings import MATERIAL, DataRoot
from ctg_analysis.model.source import SOURCES, SecrecyRule, Source
from ctg_analysis.model.territories import codes_by_name, membership, unit_of
from ctg_analysis.pipeline.freshness import demarches, keeping, write_manifest
from ctg_analysis.raw.folders import Unread, where, write_unread
from ctg_analysis.raw.tables import Filled
from ctg_analysis.secrecy import rounding
from ctg_analysis.secrecy.rounding import BOUNDS as ROUNDED_BOUNDS

RESTRICTED = "restricted"
TOGETHER = 24  # indicators, lest a group of one source with forty hold all the memory, or one core


def groups(indicators: Iterable[Indicator], sources: dict[str, Source]) -> dict[str, list[Indicator]]:
    """Return the indicators by group, in the order in which they are declared.

    RESTRICTED holds those of which a source is a partner's. Open ones are grouped by the source that they prefer: each
    group costs whoever opens a territory a file.
    """
    alike: dict[str, list[Indicator]] = {}
    restricted: list[Indicator] = []
    for indicator in indicators:
        if any(sources[name].withholds for name in indicator.sources):
            restricted.append(indicator)
        else:
            alike.setdefault(indicator.sources[0], []).append(indicator)
    named = {
        f"{source}-{1 + start // TOGETHER}": several[start : start + TOGETHER]
        for source, several in alike.items()
        for start in range(0, len(several), TOGETHER)
    }
    return named | ({RESTRICTED: restricted} if restricted else {})


def groups_of(indicators: Collection[str]) -> list[str]:
    """Return the groups that hold some indicators, by their ids."""
    named = groups(CATALOGUE.values(), SOURCES)
    return [name for name, group in named.items() if any(indicator.id in indicators for indicator in group)]


def measures_read(indicators: Iterable[Indicator]) -> set[str]:
    """Return the measures that some indicators are worked out from."""
    values = [indicator.value for indicator in indicators]
    of_population = {POPULATION for value in values if isinstance(value, AnnualChange | AnnualFlow | AnnualResidual)}
    return of_population.union(*map(measures_of, values))


def derive_material(root: DataRoot, epci: str, places: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """Return the tables that chapters may read of a démarche, see `demarche.declared_tables`."""
    gathered = open_material(root, epci, places)
    return results(gathered, open_restricted(root, gathered), places)


def write_material(folder: Path, root: DataRoot, places: pd.DataFrame, made_from: dict[str, str]) -> None:
    """Write these tables in a new folder, and what they were made from (see `freshness.material_inputs`).

    A démarche that has a fault is left out whole, and said to be.
    """
    names = {name for table in TABLES.values() for name in (table.file, table.workbook, table.sheet)}
    unread: dict[str, Unread] = {}
    folder.mkdir()
    for epci in demarches(root):
        try:
            tables = derive_material(root, epci, places)
        except InputError as error:
            unread[epci] = {MATERIAL: where(error.findings[0], names)}
            continue
        (folder / epci).mkdir()
        for name, table in tables.items():
            table.to_parquet(folder / epci / f"{name}.parquet", index=False)
    write_unread(folder, unread)
    write_manifest(folder, made_from)


CONTOURS_TOGETHER = 128  # neighbours together, so that a part of the country is read without the rest
NEIGHBOURS_TOGETHER = 256  # neighbourhoods, by EPCI
TABLE = "table.parquet"
ROUNDED = (rounding.CAF_BY_COMMUNE, rounding.CAF_BY_EPCI)  # the files that show how the Caf rounds


@dataclass(frozen=True)
class Work:
    """What is made: an entry, named for the person who waits.

    root: the data root. folder: the entry. aside: a scratch folder on its disk. frame: the entry of the geography.
    large: it takes much memory.
    """

    root: DataRoot
    name: str
    folder: Path
    aside: Path
    frame: Path | None = None
    large: bool = False


@lru_cache(maxsize=2)
def frame_of(folder: Path, year: int) -> Frame:
    """Return the geography that an entry holds, read once in a process."""
    return load_frame(folder, year)


def frame_of_work(work: Work) -> Frame:
    """Return the geography that a work is done in."""
    return frame_of(work.frame, read_geography(work.root).annee)


def make_frame(work: Work, folders: Folders) -> None:
    """Keep the geography of a data root. folders: those of its sources."""
    with keeping(work.folder, work.aside) as fresh:
        write_frame(read_frame(work.root, folders), fresh)


def make_contours(work: Work, folders: Folders) -> None:
    """Keep the contours of the communes of the reference year. folders: those of their source."""
    places = frame_of_work(work).places
    communes = places.loc[places["level"] == "commune", ["code", "epci"]]
    table = projected(clean_contours(folders[CONTOURS][0]).merge(communes, on="code", how="inner"))
    with keeping(work.folder, work.aside) as fresh:
        options = {"row_group_size": CONTOURS_TOGETHER, "write_statistics": ["crs", *BOUNDS]}
        table.to_parquet(fresh / f"{CONTOURS}.parquet", index=False, compression="zstd", **options)
        extents(table).to_parquet(fresh / "extents.parquet", index=False, compression="zstd")


def make_facts(work: Work, folders: Folders) -> None:
    """Keep the facts of a source in the reference geography, none when no indicator asks for them, and its structures.

    folders: those of the source, and of the geography.
    """
    facts = facts_of_source(work.name, folders, frame_of_work(work))
    asked = any(work.name in indicator.sources for indicator in CATALOGUE.values())
    with keeping(work.folder, work.aside) as fresh:
        write_facts((table if asked else table[:0] for table in facts), fresh)
        if SOURCES[work.name].structures:
            found = structures_of(SOURCES[work.name], folders[work.name], frame_of_work(work).now)
            found.to_parquet(fresh / STRUCTURES, index=False)


def make_establishments(work: Work, folders: Folders) -> None:
    """Keep what is published of each establishment of education, and the priority neighbourhoods with their schools.

    folders: those of the sources of both.
    """
    establishments = establishments_of(folders)
    neighbourhoods = neighbourhoods_of(folders, frame_of_work(work).now, open_schools(establishments))
    with keeping(work.folder, work.aside) as fresh:
        establishments.to_parquet(fresh / ESTABLISHMENTS, index=False, compression="zstd")
        options = {"row_group_size": NEIGHBOURS_TOGETHER, "compression": "zstd"}
        neighbourhoods.to_parquet(fresh / NEIGHBOURHOODS, index=False, **options)


def make_populations(work: Work, facts: list[Path]) -> None:
    """Keep one reference population by commune and year."""
    rows = read_facts(facts, measure={POPULATION}, level={"commune"})
    rows = rows[rows["source"].isin(REFERENCE_POPULATIONS)].astype({"code": str, "level": str, "period": str})
    with keeping(work.folder, work.aside) as fresh:
        first_available(rows, REFERENCE_POPULATIONS).to_parquet(fresh / TABLE, index=False, compression="zstd")


def read_populations(folder: Path) -> pd.DataFrame:
    """Return one reference population by commune and year."""
    return pd.read_parquet(folder / TABLE)


def newest(populations: pd.DataFrame) -> pd.DataFrame:
    """Return the latest population of each commune."""
    return populations.sort_values("period", kind="stable").drop_duplicates("code", keep="last")


def make_material(work: Work, made_from: dict[str, str]) -> None:
    """Write the tables of the démarches."""
    write_material(work.folder, work.root, frame_of_work(work).places, made_from)


def make_rounding(work: Work, facts: list[Path]) -> None:
    """Keep the way the Caf rounds."""
    places = frame_of_work(work).places
    epci_of = places[places["level"].eq("commune")].set_index("code")["epci"]
    rows = read_facts(facts, level={"commune", "epci"})
    rule = rounding.rounding_rule(rows, epci_of, SOURCES[rounding.CAF_BY_EPCI].precision.rounding)
    with keeping(work.folder, work.aside) as fresh:
        pd.DataFrame({"rule": [rule]}).to_parquet(fresh / TABLE, index=False)


def read_rounding(folder: Path) -> str:
    """Return the way the Caf rounds."""
    return pd.read_parquet(folder / TABLE)["rule"].item()


def make_observations(work: Work, indicators: list[str], facts: list[Path], populations: Path, rule: str) -> None:
    """Keep the observations of open indicators: nothing of theirs is withheld, nor tells what is.

    rule: how the Caf rounds.
    """
    group = [CATALOGUE[name] for name in indicators]
    frame = frame_of_work(work)
    sources = rounding.with_rounding_rule(SOURCES, rule)
    sampled = any(sources[name].precision.sampled for indicator in group for name in indicator.sources)
    fractions = fractions_of(populations, frame) if sampled else None
    with keeping(work.folder, work.aside) as fresh:
        measures, units = measures_read(group), larger_places(frame)
        observed = emptied(observe_coded(group, read_facts(facts, measure=measures), sources, fractions, units))
        give_memory_back()
        write_observations(observed, epci_of_local(frame), fresh)


@lru_cache(maxsize=2)
def fractions_of(populations: Path, frame: Frame) -> pd.DataFrame:
    """Return the fractions of the dwellings that the census reads (see intervals.coded_fractions), once in a process.

    populations: as they are kept.
    """
    return coded_fractions(newest(read_populations(populations)), membership(frame.places))


@lru_cache(maxsize=2)
def larger_places(frame: Frame) -> pd.DataFrame:
    """Return the places that hold each commune: columns commune, level, code."""
    units = [
        unit.dropna().rename("code").rename_axis("commune").reset_index().assign(level=level)
        for level, unit in unit_of(frame.now)
    ]
    return pd.concat(units, ignore_index=True)


@lru_cache(maxsize=2)
def epci_of_local(frame: Frame) -> pd.Series:
    """Return the EPCI of each commune and each secteur, by code."""
    places = frame.places
    return places[places["level"].isin(LOCAL)].set_index("code")["epci"]


ADDED = {caf for caf, _ in SOURCES[BOTH_REGIMES].addition.sums.values()}


def restricted_observations(
    frame: Frame,
    private: list[tuple[str, pd.DataFrame]],
    facts: list[Path],
    populations: Path,
    sources: dict[str, Source],
) -> pd.DataFrame:
    """Return the observations of the restricted indicators, their counts of persons rounded.

    Parameters:
        private: the facts of each form.
        facts: those that restricted indicators may ask for. populations: as they are kept.
    """
    if not private:
        return NOTHING
    whole, people = Perimeter.between(frame.now, frame.now), read_populations(populations)
    indicators = groups(CATALOGUE.values(), sources)[RESTRICTED]
    members = membership(frame.places)
    forms = []
    for name, table in private:
        source = sources[name]
        complete = with_communes_without_childcare(with_population_covered(table, people), source.secrecy.base)
        forms.append(rounding.rounded(form_to_reference(complete, source, whole), source, indicators, members))
    codes = set(pd.concat(forms)["code"])
    around = read_facts(facts, measure=measures_read(indicators) | ADDED, code=codes)
    known = pd.concat([around.astype({"code": str}), *forms], ignore_index=True)
    return emptied(observe(indicators, with_msa(known, sources), sources))


def with_msa(facts: pd.DataFrame, sources: dict[str, Source]) -> pd.DataFrame:
    """Return the facts with those of both regimes, where Caf and MSA count the same thing in the same December (R18).

    The Caf's number is the one that it publishes for the place, never a sum of its communes. A sum has the bounds of
    both: it tells no more of the MSA's part than the MSA's own.
    """
    keys = ["code", "level", "period"]
    tables = [facts]
    both_regimes = sources[BOTH_REGIMES]
    published = [name for name, source in sources.items() if not source.totals.additive]
    for both, (caf, msa) in both_regimes.addition.sums.items():
        ours = facts[facts["measure"].eq(caf) & facts["level"].isin(["epci", "departement"])]
        ours = ours[ours["source"].isin(published)]
        theirs = facts[facts["measure"].eq(msa)]
        rows = ours.merge(theirs[[*keys, "status", *ROUNDED_BOUNDS]], on=keys, suffixes=("", "_msa"), validate="m:1")
        precision = both_regimes.precision
        bounds = sum_interval(rows["value"], 1, rows["value"].eq(0).astype(int), precision.rounding, precision.rule)
        known = rows["status"].eq(OK) & rows["status_msa"].eq(OK)
        both_of = zip(ROUNDED_BOUNDS, bounds, strict=True)
        sums = {name: (bound + rows[f"{name}_msa"]).where(known) for name, bound in both_of}
        status = rows["status"].where(rows["status"].ne(OK), rows["status_msa"])
        rows = rows.assign(**sums, status=status, measure=both, source=BOTH_REGIMES)
        tables.append(rows.assign(value=(rows["least"] + rows["most"]) / 2)[[*COLUMNS, *ROUNDED_BOUNDS]])
    return pd.concat(tables, ignore_index=True)


HELD = [name for name, source in FORMS.items() if source.form.held_to]
ROW = ["source", "code", "period"]


def read_plausible(root: DataRoot, places: pd.DataFrame, tables: Path) -> tuple[Private, pd.DataFrame]:
    """Return what `read_private` does, without the figures that cannot be and that nobody has confirmed (rule R27):
    they are missing, and so are the sums that they would be part of.

    tables: the folder of the open observations. The table is of these figures: source, period, measure, territory.
    """
    private = read_private(root, places)
    tables_of = [(forms_in(folder).tables, codes_by_name(places, folder.name)) for folder in homes(root)]
    rows = pd.concat([form_rows({}), *(form_rows(*one) for one in tables_of)])
    wrong = doubted(private.facts, private.agreements, rows, places, open_counts(tables, {*rows["code"]}, places))
    lost = pd.MultiIndex.from_frame(wrong[["source", *KEY]])
    kept = []
    for name, facts in private.facts:
        gone = pd.MultiIndex.from_frame(facts[["source", *KEY]].astype(str)).isin(lost)
        status = facts["status"].mask(gone, MISSING)
        kept.append((name, facts.assign(value=facts["value"].mask(gone), status=status)))
    wrong = wrong.rename(columns={"code": "territory"})[["source", "period", "measure", "territory"]]
    return private._replace(facts=kept), wrong


def open_counts(tables: Path, codes: Collection[str], places: pd.DataFrame) -> pd.DataFrame:
    """Return what `implausible` asks of the open observations of a folder, of some places and of their EPCIs."""
    around = {*codes, *places.loc[places["code"].isin(codes), "epci"].dropna()}
    rows = read_indicators(tables, OPEN, groups_of(OPEN), around) if codes else NOTHING
    rows = rows[rows["status"].eq(OK)].rename(columns={"territory": "code"})
    return rows.assign(high=rows["high"].fillna(rows["value"]))


def doubted(
    forms: Iterable[tuple[str, pd.DataFrame]],
    agreements: Mapping[str, Agreement],
    rows: pd.DataFrame,
    places: pd.DataFrame,
    opened: pd.DataFrame,
) -> pd.DataFrame:
    """Return the figures of forms that cannot be and that are not confirmed: `implausible`, source, value.

    A count that secrecy rounds is held as it is told, lest what is published depend on a digit that is hidden.

    forms: the facts of each. rows: as `form_rows` returns them. opened: as `open_counts` returns them.
    """
    tables = [pd.DataFrame(columns=["source", *KEY, "value", "low"])]
    for name, facts in forms:
        held = facts[facts["measure"].isin(HELD_TO) & facts["status"].eq(OK)]
        base = SecrecyRule(agreements[name].seuil).base if name in agreements else 1
        step = held["measure"].astype(str).map(rounding.steps(FORMS[name].form, base))
        tables.append(held.assign(low=rounding.rounded_down(held["value"], step).fillna(held["value"])))
    told = pd.concat(tables)
    told = told.merge(rows.loc[rows["confirmed"], ROW].drop_duplicates(), on=ROW, how="left", indicator=True)
    told = told[told["_merge"].eq("left_only")].astype(dict.fromkeys(KEY, str) | {"low": float, "value": float})
    epci_of = places[places["level"].eq("commune")].set_index("code")["epci"]
    source = {measure: name for name in HELD for measure in FORMS[name].form.held_to}
    wrong = implausible(told, opened, epci_of)
    wrong = wrong.assign(source=wrong["measure"].map(source))
    return wrong.merge(told[["source", *KEY, "value"]], on=["source", *KEY])


def form_rows(forms: Mapping[str, Filled], names: Mapping[str, str] = NO_NAMES) -> pd.DataFrame:
    """Return the rows of the forms that are held to open counts: source, code, period, confirmed, line.

    names: see `habits.place`.
    """
    tables = [pd.DataFrame(columns=[*ROW, "line"]).assign(confirmed=pd.Series(dtype=bool))]
    for name, form in forms.items():
        if name in HELD:
            try:
                tables.append(rows_of(FORMS[name], form, names).reset_index(names="line").assign(source=name))
            except InputError:
                continue  # told with the form
    return pd.concat(tables, ignore_index=True)

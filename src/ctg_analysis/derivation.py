"""From the files of a data root to its tables, all in memory: nothing is written here."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.cleaning import CLEANERS, cleaners, geography, official_geography
from ctg_analysis.cleaning.agreements import Agreement
from ctg_analysis.cleaning.facts import COLUMNS
from ctg_analysis.errors import Finding, InputError
from ctg_analysis.indicators import POPULATION, REFERENCE_POPULATIONS, first_available, observe
from ctg_analysis.intervals import coded_fractions
from ctg_analysis.model import MISSING, OK, Source
from ctg_analysis.observations import SCHEMA
from ctg_analysis.peers import classify, profiles, vintages
from ctg_analysis.perimeter import Perimeter, fill_zeros, perimeter_from, restore_absent, to_reference
from ctg_analysis.private import form_to_reference, read_private, with_msa, with_population_covered, with_thresholds
from ctg_analysis.secrecy import withhold
from ctg_analysis.settings import DataRoot, project_path
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.certificates import RawFolder, read_certificate, source_folders
from ctg_analysis.territories import membership, territories
from ctg_analysis.uncertainty import detect_rounding

GEOGRAPHY, CONTOURS, PASSAGE, DENSITY = "etalab_decoupage", "contours", "insee_passage", "insee_densite"
OLDEST = 3  # years: a population may be that much older than what is counted over it
CAF_BY_COMMUNE, CAF_BY_EPCI = "caf_s_ben_com_f", "caf_s_ben_epci_f"
DENSITY_CLASSES = {1: "urbain dense", 2: "urbain intermédiaire", 3: "urbain intermédiaire", 4: "urbain intermédiaire"}
RURAL = "rural"


@dataclass(frozen=True)
class Cleaned:
    """All the files of a data root, read and cleaned.

    years, epcis: by year. facts: (source, year of its geography, table). passage: what communes became, if known.
    """

    years: dict[int, pd.DataFrame]
    epcis: dict[int, pd.DataFrame]
    facts: list[tuple[str, int, pd.DataFrame]]
    contours: pd.DataFrame
    passage: pd.DataFrame | None
    density: pd.DataFrame | None


def derive(root: DataRoot) -> dict[str, pd.DataFrame]:
    """Return the tables of data/processed: territories, observations, contours, sources, profiles.

    Raises:
        InputError: files that cannot be trusted, with every finding.
    """
    folders = certified_folders(root)
    cleaned = read_all(folders)
    places = places_of(root, cleaned)
    private, agreements = read_private(root, places)
    tables = to_facts(root, folders, cleaned, places)
    populations = latest_populations(tables)
    whole = Perimeter.between(reference_communes(root, cleaned, places), reference_communes(root, cleaned, places))
    for name, table in private:
        told = with_population_covered(table, populations)
        tables.append(form_to_reference(told, SOURCES[name], whole))
    facts = pd.concat(tables, ignore_index=True)
    sources = with_rounding_rule(with_thresholds(SOURCES, agreements), facts, places)
    facts = with_msa(facts)
    members = membership(places)
    newest = populations.sort_values("period").drop_duplicates("code", keep="last")
    observed = observe(CATALOGUE.values(), facts, sources, coded_fractions(newest, members))
    observations = SCHEMA.validate(withhold(observed, CATALOGUE, sources, members).observations)
    contours = cleaned.contours.merge(
        places.loc[places["level"] == "commune", ["code", "epci"]], on="code", how="inner"
    )
    return {
        "territories": places,
        "observations": observations.astype({"level": "category", "status": "category"}),
        "contours": contours.sort_values(["epci", "code"], ignore_index=True),
        "sources": received(folders, agreements),
        "vintages": vintages(observations).reset_index(),
        "profiles": peer_profiles(root, cleaned, observations, places, newest),
    }


def to_facts(
    root: DataRoot, folders: dict[str, RawFolder], cleaned: Cleaned, places: pd.DataFrame
) -> list[pd.DataFrame]:
    """Return the facts of every official source that an indicator uses, in the reference geography.

    Raises:
        InputError: codes of communes that do not exist in the geography of their source.
    """
    now = reference_communes(root, cleaned, places)
    reference = geography.read_geography(root)["annee"]
    years = cleaned.years | {reference: now}
    shown = {name for one in CATALOGUE.values() for name in one.sources}
    used = [(source, year, table) for source, year, table in cleaned.facts if source in shown]
    perimeters = {
        year: perimeter_from(year, years, reference, cleaned.passage) for year in {year for _, year, _ in used}
    }
    findings = [
        finding
        for name, year, table in used
        for finding in strangers(table, SOURCES[name], perimeters[year].communes, folders[name].path)
    ]
    if findings:
        raise InputError(findings)
    inhabitants = pd.concat([table for name, _, table in used if name == GEOGRAPHY])
    tables = []
    for name, year, table in used:
        source, then = SOURCES[name], perimeters[year].communes
        if source.loose:
            table = table[table["code"].isin(then["code"]) | table["level"].ne("commune")]
        table = with_absent(table, source, then, full=folders[name].full)
        table = weighted(table, inhabitants) if source.per_inhabitant else table
        tables.append(to_reference(table, source, perimeters[year]))
    return tables


def reference_communes(root: DataRoot, cleaned: Cleaned, places: pd.DataFrame) -> pd.DataFrame:
    """Return the communes of the reference year, with the secteur of those that have one."""
    now = cleaned.years[geography.read_geography(root)["annee"]]
    return now.assign(secteur=now["code"].map(places.set_index("code")["secteur"].dropna()))


def latest_populations(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return one reference population by commune and year."""
    rows = pd.concat([table[table["measure"].eq(POPULATION)] for table in tables])
    rows = rows[rows["source"].isin(REFERENCE_POPULATIONS) & rows["level"].eq("commune")]
    return first_available(rows, REFERENCE_POPULATIONS)


def places_of(root: DataRoot, cleaned: Cleaned) -> pd.DataFrame:
    """Return every territory of the reference year (see territories.territories), and the secteurs."""
    frame = geography.read_geography(root)
    names = (geography.read_names(root, file) for file in ("departements.csv", "regions.csv"))
    year = frame["annee"]
    places = territories(cleaned.years[year], cleaned.epcis[year], *names, frame["france"])
    return geography.with_secteurs(root, places)


def with_absent(facts: pd.DataFrame, source: Source, communes: pd.DataFrame, *, full: bool) -> pd.DataFrame:
    """Return the facts with the communes that have no row, when the source says what that means."""
    match source.absent:
        case "secret":
            return restore_absent(facts, communes)
        case "zero":
            return fill_zeros(facts, communes, everywhere=full, each=source.each)
        case _:
            return facts


def with_rounding_rule(sources: dict[str, Source], facts: pd.DataFrame, places: pd.DataFrame) -> dict[str, Source]:
    """Return the sources with the way the Caf rounds, as its communes and EPCIs together show it (rule R3a)."""
    epci_of = places[places["level"].eq("commune")].set_index("code")["epci"]
    known = facts[facts["status"].eq(OK)]
    communes = known[known["source"].eq(CAF_BY_COMMUNE) & known["level"].eq("commune")]
    communes = communes.assign(epci=communes["code"].map(epci_of)).dropna(subset="epci")
    epci = known[known["source"].eq(CAF_BY_EPCI)].rename(columns={"code": "epci"})
    columns = ["epci", "period", "measure", "value"]
    rule = detect_rounding(communes[columns], epci[columns], sources[CAF_BY_EPCI].rounding)
    rounded = [name for name, source in sources.items() if source.rounding and name.startswith("caf_s_ben")]
    return sources | {name: dataclasses.replace(sources[name], rule=rule) for name in rounded}


def weighted(facts: pd.DataFrame, populations: pd.DataFrame) -> pd.DataFrame:
    """Return, for an index per inhabitant, two measures that add up: _total (x inhabitants) and _inhabitants.

    populations: facts of the reference populations, in the geography of their own years; the latest one up to the year
    of the index counts, and at most OLDEST years older.
    """
    known = populations[populations["measure"].eq(POPULATION) & populations["status"].eq(OK)]
    known = known.assign(year=known["period"].astype(int), inhabitants=known["value"]).sort_values("year")
    known = known.drop_duplicates(["code", "year"])[["code", "year", "inhabitants"]].astype({"code": object})
    rows = facts.assign(year=facts["period"].astype(int)).sort_values("year", kind="stable").astype({"code": object})
    rows = pd.merge_asof(rows, known, on="year", by="code", tolerance=OLDEST)
    rows["status"] = rows["status"].mask(rows["status"].eq(OK) & rows["inhabitants"].isna(), MISSING)
    people = rows["inhabitants"].where(rows["status"].eq(OK))
    tables = [
        rows.assign(measure=rows["measure"] + suffix, value=value)
        for suffix, value in (("_total", rows["value"] * people), ("_inhabitants", people))
    ]
    return pd.concat(tables, ignore_index=True)[COLUMNS]


def received(folders: dict[str, RawFolder], agreements: dict[str, Agreement]) -> pd.DataFrame:
    """Return when each source was had, as text: columns source, date (ISO), vintage."""
    rows = [(source, folder.certificate.date_acces, folder.certificate.vintage) for source, folder in folders.items()]
    rows += [(source, agreement.recu_le.isoformat(), "") for source, agreement in agreements.items()]
    return pd.DataFrame(sorted(rows), columns=["source", "date", "vintage"], dtype=str)


def peer_profiles(
    root: DataRoot, cleaned: Cleaned, observations: pd.DataFrame, places: pd.DataFrame, populations: pd.DataFrame
) -> pd.DataFrame:
    """Return what EPCIs are compared by to find their peers, and their classes: one row per EPCI."""
    variables = profiles(observations, places)
    kinds = cleaned.epcis[geography.read_geography(root)["annee"]]
    density = None if cleaned.density is None else density_of_epcis(cleaned.density, places, populations)
    classes = classify(variables, places, kinds, density)
    return variables.join(classes.add_prefix("class_")).reset_index()


def density_of_epcis(density: pd.DataFrame, places: pd.DataFrame, populations: pd.DataFrame) -> pd.Series:
    """Return the class of density in which most inhabitants of each EPCI live (INSEE's grid of seven levels)."""
    communes = places[places["level"].eq("commune") & places["epci"].notna()]
    inhabitants = communes["code"].map(populations.set_index("code")["value"])
    level = communes["code"].map(density.set_index("code")["value"])
    words = level.map(DENSITY_CLASSES).where(level.le(4), RURAL).where(level.notna())
    sums = inhabitants.groupby([communes["epci"], words]).sum().reset_index(name="inhabitants")
    sums.columns = ["epci", "words", "inhabitants"]
    largest = sums.sort_values(["inhabitants", "words"]).drop_duplicates("epci", keep="last")
    return largest.set_index("epci")["words"]


def strangers(facts: pd.DataFrame, source: Source, communes: pd.DataFrame, folder: Path) -> list[Finding]:
    """Return what is said of codes of communes that do not exist in the geography of the source."""
    codes = facts.loc[facts["level"].eq("commune"), "code"]
    unknown = sorted(set(codes) - set(communes["code"]))
    if source.loose or not unknown:
        return []
    of_a_year = f"communes of {source.cog}" if source.cog else "communes of the year of the file"
    expected = (
        f"{of_a_year}: correct the file, the year (`cog` or `lag`) of its declaration in src/ctg_analysis/sources, "
        f"or run ctg fetch {PASSAGE} for communes of an earlier year"
    )
    return [Finding(project_path(folder), None, None, ", ".join(unknown[:10]), expected)]


def certified_folders(root: DataRoot) -> dict[str, RawFolder]:
    """Return every source folder of data/raw with its certificate."""
    findings, folders = [], {}
    for source, path in source_folders(root.raw).items():
        try:
            folders[source] = read_certificate(path)
        except InputError as error:
            findings += error.findings
    if findings:
        raise InputError(findings)
    return folders


def by_geography(source: Source, table: pd.DataFrame, years: dict[int, pd.DataFrame]) -> list[tuple[int, pd.DataFrame]]:
    """Return the facts of a source by the year of the geography that they are in.

    A file of several years, each in its own geography (that of the Caf's December is the January after), is taken
    apart; what is older or newer than the years we know is read with the nearest of them.
    """
    if source.lag is None:
        return [(source.cog, table)]
    year = table["period"].str[:4].astype(int) + source.lag
    nearest = year.clip(min(years), max(years))
    return [(int(one), table[nearest.eq(one)]) for one in sorted(nearest.unique())]


def read_all(folders: dict[str, RawFolder]) -> Cleaned:
    """Read and clean every source that has a cleaning function; all findings of all files are raised together."""
    findings: list[Finding] = []

    def attempt(function, *arguments):
        try:
            return function(*arguments)
        except InputError as error:
            findings.extend(error.findings)
            return None

    communes = attempt(geography.clean_communes, folders[GEOGRAPHY])
    epcis = attempt(geography.clean_epcis, folders[GEOGRAPHY])
    contours = attempt(geography.clean_contours, folders[CONTOURS])
    passage = attempt(official_geography.clean_passage, folders[PASSAGE]) if PASSAGE in folders else None
    density = attempt(official_geography.clean_density, folders[DENSITY]) if DENSITY in folders else None
    facts = []
    if communes is not None:
        populations = geography.clean_populations(folders[GEOGRAPHY], communes)
        populations_by_year = [(GEOGRAPHY, year, table) for year, table in populations.items()]
    for source, clean in (CLEANERS if communes is None else cleaners(communes[max(communes)])).items():
        if source in folders:
            facts.append((source, attempt(clean, folders[source])))
    if findings:
        raise InputError(findings)
    facts = populations_by_year + [
        (source, year, part) for source, table in facts for year, part in by_geography(SOURCES[source], table, communes)
    ]
    return Cleaned(communes, epcis, facts, contours, passage, density)

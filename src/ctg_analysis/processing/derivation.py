"""From the files of a data root to its tables, all in memory: nothing is written here."""

import dataclasses

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.cleaning.absences import with_absent, without_small
from ctg_analysis.cleaning.official import yearly_geography
from ctg_analysis.cleaning.official.contours import projected
from ctg_analysis.cleaning.official.official_geography import with_zonings
from ctg_analysis.cleaning.partners.agreements import Agreement
from ctg_analysis.cleaning.partners.received_forms import (
    blanks,
    form_to_reference,
    read_private,
    with_msa,
    with_population_covered,
    with_thresholds,
)
from ctg_analysis.cleaning.partners.words import read_evidence, read_spaces
from ctg_analysis.cleaning.perimeter import Perimeter, communes_named, to_reference
from ctg_analysis.cleaning.raw_data import GEOGRAPHY, Folders, RawData, Reading, perimeters_of, raw_data, strangers
from ctg_analysis.core.datasets import Source, Totals
from ctg_analysis.core.errors import InputError
from ctg_analysis.core.facts import COLUMNS
from ctg_analysis.core.geography import read_geography, read_names
from ctg_analysis.core.model import MISSING, OK
from ctg_analysis.core.settings import DataRoot
from ctg_analysis.core.territories import membership, territories
from ctg_analysis.indicators.intervals import coded_fractions
from ctg_analysis.indicators.observations import SCHEMA
from ctg_analysis.indicators.observe import POPULATION, REFERENCE_POPULATIONS, first_available, observe
from ctg_analysis.indicators.peer_profiles import classify, density_of_epcis, profiles, vintages
from ctg_analysis.indicators.uncertainty import UNKNOWN, detect_rounding
from ctg_analysis.secrecy.earlier_editions import published_before
from ctg_analysis.secrecy.gate import withhold_beside
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.certificates import read_certificate

OLDEST = 3  # years: a population may be that much older than what is counted over it
CAF_BY_COMMUNE, CAF_BY_EPCI = "caf_s_ben_com_f", "caf_s_ben_epci_f"


def derive(root: DataRoot, reading: Reading) -> dict[str, pd.DataFrame]:
    """Return the tables of data/processed: territories, observations, contours, evidence, spaces, blanks, sources,
    vintages, profiles, notes.

    reading: what `raw_data.read_root` has read of the same root.

    Raises:
        InputError: files that cannot be trusted, with every finding.
    """
    data = raw_data(reading)
    places = places_of(root, data)
    private, agreements = read_private(root, places)
    evidence = read_evidence(root, places)
    now = reference_communes(root, data, places)
    tables = to_facts(data, read_geography(root).annee, now)
    populations = latest_populations(tables)
    whole = Perimeter.between(now, now)
    for name, table in private:
        facts_of_form = with_population_covered(table, populations)
        tables.append(form_to_reference(facts_of_form, SOURCES[name], whole))
    facts = pd.concat(tables, ignore_index=True)
    sources = with_rounding_rule(with_thresholds(SOURCES, agreements), facts, places)
    facts = with_msa(facts)
    members = membership(places)
    newest = populations.sort_values("period", kind="stable").drop_duplicates("code", keep="last")
    observed = observe(CATALOGUE.values(), facts, sources, coded_fractions(newest, members))
    restricted = {name for name, source in sources.items() if source.secrecy.threshold}
    gate = withhold_beside(observed, CATALOGUE, sources, members, published_before(root, restricted))
    observations = SCHEMA.validate(gate.observations)
    communes = places.loc[places["level"] == "commune", ["code", "epci"]]
    contours = projected(data.contours.merge(communes, on="code", how="inner"))
    return {
        "territories": places,
        "observations": observations.astype({"level": "category", "status": "category"}),
        "contours": contours,
        "evidence": evidence,
        "spaces": read_spaces(root),
        "blanks": blanks(private, places),
        "sources": received(reading.folders, agreements),
        "vintages": vintages(observations).reset_index(),
        "profiles": peer_profiles(root, data, observations, places),
        "notes": notes(rounding_note(sources), gate.exposed, places),
    }


def notes(rounding: str, exposed: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return what the derivation has to say: columns note, exposes (the EPCIs of which an exposure tells, by |).

    exposed: see `secrecy.Gate`. places: the territories.
    """
    epci_of = places[places["level"].eq("commune")].set_index("code")["epci"].dropna()
    concerned = [{epci_of[code] for code in communes.split("|") if code in epci_of} for communes in exposed["communes"]]
    each = [(rounding, ""), *zip(exposure_notes(exposed), map("|".join, map(sorted, concerned)), strict=True)]
    return pd.DataFrame(each, columns=["note", "exposes"], dtype=str)


def rounding_note(sources: dict[str, Source]) -> str:
    """Return what is said of the way the Caf rounds: which bounds hold around its counts (rule R3a)."""
    rule = sources[CAF_BY_EPCI].precision.rule
    if rule == UNKNOWN:
        return "rounding by the Caf (règle d'arrondi): undetermined (indéterminée), the wider bounds are used"
    return f"rounding by the Caf (règle d'arrondi): {rule}, as its communes and EPCIs show"


def exposure_notes(exposed: pd.DataFrame) -> list[str]:
    """Return what earlier editions have given away, whatever is withheld now (rule R2). exposed: see `secrecy.Gate`."""
    return [
        f"{row.source}: an edition published before gives away a group of {row.measure}"
        f"{f' without {row.without}' if row.without else ''}, {row.period}, in {row.communes.replace('|', ', ')}: "
        "it cannot be taken back, withdraw that edition"
        for row in exposed.itertuples(index=False)
    ]


def to_facts(data: RawData, reference: int, now: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the facts of every official source that an indicator uses, in the reference geography.

    now: the communes of the reference year. The full files of a source and its extract are brought there together.

    Raises:
        InputError: codes of communes that do not exist in the geography of their source.
    """
    asked = {name for indicator in CATALOGUE.values() for name in indicator.sources}
    used = dataclasses.replace(data, given=[given for given in data.given if given.source.id in asked])
    perimeters = perimeters_of(used, reference, now)
    findings = [
        finding
        for given in used.given
        for finding in strangers(given.facts, given.source, perimeters[given.year], given.folder.path)
    ]
    if findings:
        raise InputError(findings)
    inhabitants = pd.concat([given.facts for given in used.given if given.source.id == GEOGRAPHY])
    alike: dict[tuple[Totals, int], tuple[Source, Perimeter, list[pd.DataFrame]]] = {}
    for given in used.given:
        for perimeter, facts in by_period_of_former(given.facts, perimeters[given.year], now):
            source, then = given.source, perimeter.communes
            if source.geography.loose:
                facts = facts[facts["code"].isin(then["code"]) | facts["level"].ne("commune")]
            facts = without_small(facts, source, then) if source.coverage.above else facts
            facts = with_absent(facts, source, then, given.folder.listed(then))
            facts = weighted(facts, inhabitants) if source.totals.per_inhabitant else facts
            alike.setdefault((source.totals, id(perimeter)), (source, perimeter, []))[2].append(facts)
    return [to_reference(pd.concat(tables), source, perimeter) for source, perimeter, tables in alike.values()]


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


def reference_communes(root: DataRoot, data: RawData, places: pd.DataFrame) -> pd.DataFrame:
    """Return the communes of the reference year, with the secteur of those that have one."""
    now = data.communes[read_geography(root).annee]
    return now.assign(secteur=now["code"].map(places.set_index("code")["secteur"].dropna()))


def latest_populations(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return one reference population by commune and year."""
    rows = pd.concat([table[table["measure"].eq(POPULATION)] for table in tables])
    rows = rows[rows["source"].isin(REFERENCE_POPULATIONS) & rows["level"].eq("commune")]
    return first_available(rows, REFERENCE_POPULATIONS)


def places_of(root: DataRoot, data: RawData) -> pd.DataFrame:
    """Return every territory of the reference year (see territories.territories), and the secteurs."""
    frame = read_geography(root)
    names = (read_names(root, file) for file in ("departements.csv", "regions.csv"))
    year = frame.annee
    places = territories(data.communes[year], data.epcis[year], *names, frame.france)
    return with_zonings(yearly_geography.with_secteurs(root, places), data.density, data.massifs)


def read_places(root: DataRoot) -> pd.DataFrame:
    """Return what `places_of` does from the files of the geography alone: no statistics are needed, nor `ctg data`."""
    frame = read_certificate(root.raw / GEOGRAPHY)
    communes, epcis = yearly_geography.clean_communes(frame), yearly_geography.clean_epcis(frame)
    return places_of(root, RawData(communes, epcis, [], pd.DataFrame(), None, None, None))


def with_rounding_rule(sources: dict[str, Source], facts: pd.DataFrame, places: pd.DataFrame) -> dict[str, Source]:
    """Return the sources with the way the Caf rounds, as its communes and EPCIs together show it (rule R3a).

    One treatment rounds all that it publishes by commune and by EPCI: the rule is that of each of these files.
    """
    epci_of = places[places["level"].eq("commune")].set_index("code")["epci"]
    known = facts[facts["status"].eq(OK)]
    communes = known[known["source"].eq(CAF_BY_COMMUNE) & known["level"].eq("commune")]
    communes = communes.assign(epci=communes["code"].map(epci_of)).dropna(subset="epci")
    epci = known[known["source"].eq(CAF_BY_EPCI)].rename(columns={"code": "epci"})
    columns = ["epci", "period", "measure", "value"]
    rule = detect_rounding(communes[columns], epci[columns], sources[CAF_BY_EPCI].precision.rounding)
    rounded = [name for name, source in sources.items() if source.precision.rounding and "Cnaf" in source.producer]
    precise = {name: dataclasses.replace(sources[name].precision, rule=rule) for name in rounded}
    return sources | {name: dataclasses.replace(sources[name], precision=precise[name]) for name in rounded}


def weighted(facts: pd.DataFrame, populations: pd.DataFrame) -> pd.DataFrame:
    """Return, for an index per inhabitant, two measures that add up: _total (x inhabitants) and _inhabitants.

    populations: facts of the reference populations, in the geography of their own years; the latest one up to the year
    of the index counts, and at most OLDEST years older.
    """
    known = populations[populations["measure"].eq(POPULATION) & populations["status"].eq(OK)]
    known = known.assign(year=known["period"].astype(int), inhabitants=known["value"])
    known = known.sort_values("year", kind="stable")
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


def received(folders: Folders, agreements: dict[str, Agreement]) -> pd.DataFrame:
    """Return when each source was had, as text: columns source, date (ISO), vintage.

    Of full files beside an extract: the date of the full files, both vintages.
    """
    rows = [
        (source, several[0].certificate.date_acces.isoformat(), " ; ".join(dict.fromkeys(vintages)))
        for source, several in folders.items()
        for vintages in [[folder.certificate.vintage for folder in several]]
    ]
    rows += [(source, agreement.recu_le.isoformat(), "") for source, agreement in agreements.items()]
    return pd.DataFrame(sorted(rows), columns=["source", "date", "vintage"], dtype=str)


def peer_profiles(root: DataRoot, data: RawData, observations: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return what EPCIs are compared by to find their peers, and their classes: one row per EPCI."""
    variables, density = profiles(observations, places), density_of_epcis(observations, places)
    classes = classify(variables, places, data.epcis[read_geography(root).annee], density, invented=root.fictional)
    return variables.join(classes.add_prefix("class_")).reset_index()

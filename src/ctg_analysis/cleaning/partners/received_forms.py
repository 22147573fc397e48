"""The files of partners: read, brought to the reference geography, joined with the open data of the Caf."""

import dataclasses
from collections.abc import Callable, Collection
from pathlib import Path

import pandas as pd

from ctg_analysis.cleaning.partners.agreements import AGREEMENTS, KEYS, Agreement, read_agreements
from ctg_analysis.cleaning.partners.partner_files import README, clean_form
from ctg_analysis.cleaning.partners.social_spaces import SPACES, clean_spaces
from ctg_analysis.cleaning.perimeter import Perimeter, to_reference
from ctg_analysis.core.datasets import SecrecyRule, Source, Totals
from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.facts import COLUMNS
from ctg_analysis.core.filled_tables import FilledTables, tables_in
from ctg_analysis.core.model import MISSING, OK
from ctg_analysis.core.settings import MATERIAL, DataRoot, project_path
from ctg_analysis.core.sheets import place_of, unread_file, workbooks_in
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.folders import is_note
from ctg_analysis.sources.form_sheets import headings

FORMS = {source.id: source for source in SOURCES.values() if source.form}
LEAST = {name: source.secrecy.threshold for name, source in FORMS.items()}
BESIDE_THE_FORMS = {AGREEMENTS, README}
MSA, BOTH_REGIMES = "msa_familles", "caf_et_msa"
IN_A_ZONE = "covered_by_social_space"
WITHOUT_CHILDCARE, AT_WORK = "communes_without_childcare", "active_childminders"
IN_CENTRES = ["multi_care_places", "micro_psu_places", "micro_paje_places", "family_nursery_places"]
OLDEST_POPULATION = 3  # years: what the inhabitants of a commune are counted by, before the year of the form


def read_private(
    root: DataRoot, places: pd.DataFrame, sources: Collection[str] = frozenset(FORMS)
) -> tuple[list[tuple[str, pd.DataFrame]], dict[str, Agreement]]:
    """Return the facts of every form of every EPCI, and the agreements by source (the strictest of several).

    sources: those to read, all of them by default.

    Raises:
        InputError: with the findings of all the files: an unknown file, a form without agreement, a bad cell.
    """
    findings: list[Finding] = []
    tables: dict[str, list[pd.DataFrame]] = {}
    agreements: dict[str, Agreement] = {}
    for folder in homes(root):
        agreed, received, wrong = _read_folder(folder, places, sources)
        findings += wrong
        for source, agreement in agreed.items():
            known = agreements.get(source)
            agreements[source] = agreement if known is None or agreement.seuil > known.seuil else known
        for source, facts in received.items():
            tables.setdefault(source, []).append(facts)
    joined = {source: pd.concat(several, ignore_index=True).drop_duplicates() for source, several in tables.items()}
    findings += [finding for source, facts in joined.items() for finding in _contradictions(root, source, facts)]
    if findings:
        raise InputError(findings)
    return list(joined.items()), agreements


def _read_folder(
    folder: Path, places: pd.DataFrame, sources: Collection[str]
) -> tuple[dict[str, Agreement], dict[str, pd.DataFrame], list[Finding]]:
    """Return the agreements and the facts by source of one EPCI, and all that is wrong with its files."""
    agreed, findings = read_agreements(folder, LEAST)
    received: dict[str, pd.DataFrame] = {}
    if not (places["level"].eq("epci") & places["code"].eq(folder.name)).any():
        findings.append(Finding(project_path(folder), None, None, repr(folder.name), "the SIREN of an EPCI"))
    findings += _strays(folder)
    own, forms = _codes(places, folder.name), forms_in(folder)
    findings += forms.findings
    for name, form in sorted(item for item in forms.tables.items() if item[0] in sources):
        source, agreement = FORMS[name], agreed.get(name)
        try:
            facts = cleaner(source)(source, form, own, agreement.recu_le if agreement else None)
        except InputError as error:
            findings += error.findings
            facts = None
        if facts is not None and facts.empty:
            continue
        if agreement is None:
            expected = f"an entry {source.id} in {AGREEMENTS}, with {KEYS}"
            findings.append(Finding(place_of(form), None, None, "a form without valid agreement", expected))
        elif facts is not None:
            received[source.id] = facts
    return agreed, received, findings


def homes(root: DataRoot) -> list[Path]:
    """Return the folders of the partners' files, one per EPCI."""
    return sorted(path for path in root.private.iterdir() if path.is_dir()) if root.private.is_dir() else []


def forms_in(folder: Path) -> FilledTables:
    """Return the forms of an EPCI, by source: CSV files, or sheets of workbooks under any name."""
    return tables_in(folder, [headings(source) for source in FORMS.values()])


def _strays(folder: Path) -> list[Finding]:
    """Return what is said of the files that are no form, no workbook and nothing that lies beside them, and of the
    folders where someone may have put some.
    """
    known = {source.form_file for source in FORMS.values()} | BESIDE_THE_FORMS
    beside = {*known, *(path.name for path in workbooks_in(folder)), MATERIAL}
    expected = f"a workbook (.xlsx, .ods), or a CSV named as {README} says"
    return [
        Finding(project_path(path), None, None, "a folder that nothing reads", "files only")
        if path.is_dir()
        else unread_file(path, expected)
        for path in sorted(folder.iterdir())
        if not is_note(path) and path.name not in beside
    ]


def cleaner(source: Source) -> Callable[..., pd.DataFrame]:
    """Return the function that reads a form: one row per structure in the Caf's list, per place in the others."""
    return clean_spaces if source.id == SPACES else clean_form


def _contradictions(root: DataRoot, source: str, facts: pd.DataFrame) -> list[Finding]:
    """Return the figures of one place that the forms of several EPCIs give otherwise: their département's."""
    by_year = facts.assign(period=facts["period"].str[:4])
    known = by_year[facts["status"].eq(OK)]
    again = known.loc[known.duplicated(["code", "level", "period", "measure"]), ["code", "period"]].drop_duplicates()
    folder, form = project_path(root.private), SOURCES[source].form_file
    expected = f"the same figures in every {form}"
    return [
        Finding(folder, None, form, f"two figures of {code} in {period}", expected)
        for code, period in again.itertuples(index=False)
    ]


def _codes(places: pd.DataFrame, epci: str) -> set[str]:
    """Return the EPCI, its communes and its départements."""
    members = places[places["level"].eq("commune") & places["epci"].eq(epci)]
    return {epci} | set(members["code"]) | set(members["departement"])


def blanks(forms: list[tuple[str, pd.DataFrame]], places: pd.DataFrame) -> pd.DataFrame:
    """Return the communes of which a form does not say what it says of others of their EPCI, at the same period.

    forms: as `read_private` returns them. Columns: source, period, measure, territory (the commune).
    """
    communes = places.loc[places["level"].eq("commune"), ["code", "epci"]]
    every = [facts[facts["level"].eq("commune")].merge(communes, on="code") for _, facts in forms]
    if not every:
        return pd.DataFrame(columns=["source", "period", "measure", "territory"], dtype=str)
    answered = pd.concat(every)
    answered = answered[answered["status"].ne(MISSING)]
    key = ["source", "period", "measure", "epci"]
    expected = answered[key].drop_duplicates().merge(communes, on="epci")
    there = pd.MultiIndex.from_frame(expected[[*key, "code"]]).isin(pd.MultiIndex.from_frame(answered[[*key, "code"]]))
    rows = expected[~there].rename(columns={"code": "territory"})
    return rows[["source", "period", "measure", "territory"]].astype(str).reset_index(drop=True)


def form_to_reference(facts: pd.DataFrame, source: Source, perimeter: Perimeter) -> pd.DataFrame:
    """Return the facts of a form with the totals of its secteurs and its EPCI.

    No total for what does not add up, nor above the EPCI. A blank cell of an EPCI leaves its total to its communes.
    """
    facts = facts[facts["level"].eq("commune") | facts["status"].ne(MISSING)]
    moved = to_reference(facts, dataclasses.replace(source, totals=Totals(alone=source.form.alone)), perimeter)
    place = ["level", "code"]
    given = pd.MultiIndex.from_frame(moved[place]).isin(pd.MultiIndex.from_frame(facts[place]))
    given |= moved["level"].isin(["commune", "secteur", "epci"])
    return moved[given].reset_index(drop=True)


def with_population_covered(facts: pd.DataFrame, populations: pd.DataFrame) -> pd.DataFrame:
    """Return the facts of a form, where it says 1 or 0 of the zone d'intervention, with the inhabitants it speaks of.

    Measures: population_in_social_space, the inhabitants of the communes said to be in a zone; population_of_form,
    those of all the communes of which the form says it. A commune without answer or population is `nd` in both.

    populations: one reference population by commune and year; the latest counts, of the year of the form or before.
    """
    answers = facts[facts["measure"].eq(IN_A_ZONE) & facts["level"].eq("commune")].astype({"code": object})
    if answers.empty:
        return facts
    answers = answers.assign(year=answers["period"].str[:4].astype(int)).sort_values("year", kind="stable")
    known = populations[populations["level"].eq("commune") & populations["status"].eq(OK)]
    known = known.assign(year=known["period"].astype(int), inhabitants=known["value"])
    known = known.sort_values("year", kind="stable")
    known = known[["code", "year", "inhabitants"]].astype({"code": object})
    rows = pd.merge_asof(answers, known, on="year", by="code", tolerance=OLDEST_POPULATION)
    rows["status"] = rows["status"].mask(rows["status"].eq(OK) & rows["inhabitants"].isna(), MISSING)
    whole = rows["inhabitants"].where(rows["status"].eq(OK))
    measures = {"population_in_social_space": rows["value"] * whole, "population_of_form": whole}
    return pd.concat([facts, *(rows.assign(measure=name, value=value)[COLUMNS] for name, value in measures.items())])


def without_childcare(facts: pd.DataFrame, base: int) -> pd.DataFrame:
    """Return the facts of a form where the communes without childcare are those without a place in a crèche and with
    fewer childminders at work than secrecy tells: which of them have none is not told.
    """
    by_commune = facts[facts["level"].eq("commune")]
    answers = by_commune["measure"].eq(WITHOUT_CHILDCARE)
    if not answers.any():
        return facts
    known = by_commune[by_commune["status"].eq(OK)]
    counts = known.pivot(index=["code", "period"], columns="measure", values="value")
    counts = counts.reindex(columns=[WITHOUT_CHILDCARE, AT_WORK, *IN_CENTRES])
    none = counts[AT_WORK].lt(base) & counts[IN_CENTRES].eq(0).all(axis=1) | counts[WITHOUT_CHILDCARE].eq(1)
    told = none.astype(float).where(none | counts[[AT_WORK, *IN_CENTRES]].notna().all(axis=1)).rename("told")
    rows = by_commune[answers].merge(told, on=["code", "period"], how="left")
    rows = rows.assign(value=rows["told"], status=rows["told"].notna().map({True: OK, False: MISSING}))
    return pd.concat([facts[facts["measure"].ne(WITHOUT_CHILDCARE)], rows[COLUMNS]], ignore_index=True)


def with_thresholds(sources: dict[str, Source], agreements: dict[str, Agreement]) -> dict[str, Source]:
    """Return the sources with the secrecy rules of the agreements; both regimes together follow that of the MSA."""
    rules = {}
    for source, agreement in agreements.items():
        rule = SecrecyRule(agreement.seuil)
        rules[source] = dataclasses.replace(rule, reason=f"arrondi à {rule.base} ({agreement.convention})")
    if MSA in rules:
        rules[BOTH_REGIMES] = rules[MSA]
    return sources | {name: dataclasses.replace(sources[name], secrecy=rule) for name, rule in rules.items()}

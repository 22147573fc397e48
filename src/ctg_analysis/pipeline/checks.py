"""What is wrong with the figures of partners that cannot be, and with the field material of a démarche."""

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ctg_analysis.clean.frame import FRAME
from ctg_analysis.clean.partner_files import read_agreements, sound_facts
from ctg_analysis.clean.received_forms import AND, FORMS, LEAST, codes_of, forms_in, homes
from ctg_analysis.demarche.columns import INDICATOR, JOIN
from ctg_analysis.demarche.consistency import ahead, inconsistencies
from ctg_analysis.demarche.material_files import (
    MaterialFiles,
    heavy_logos,
    names_of,
    no_convention,
    read_material,
    wrong_together,
)
from ctg_analysis.demarche.material_files import codes_of as codes_of_material
from ctg_analysis.demarche.proof_checks import exact_baselines, few_answers, no_longer
from ctg_analysis.demarche.restricted_files import as_finding, coded_persons, due, read_restricted, wrong_in_restricted
from ctg_analysis.demarche.table_files import TableFile, personal_data
from ctg_analysis.indicators.observations import read_observations
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import Finding, in_order
from ctg_analysis.model.form import CONFIRMED, YES
from ctg_analysis.model.habits import number_text, quote
from ctg_analysis.model.settings import DataRoot, project_path
from ctg_analysis.model.source import PLAN, SURVEY
from ctg_analysis.model.territories import codes_by_name
from ctg_analysis.pipeline.freshness import demarches, is_whole
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.pipeline.works import ROW, doubted, form_rows, open_counts
from ctg_analysis.raw.files import place_of
from ctg_analysis.raw.folders import faulty_forms, is_doubted, source_folders


def implausible_figures(
    root: DataRoot, epcis: Collection[str] | None = None, *, derived: bool = False
) -> list[Finding]:
    """Return what is said of the figures of partners that cannot be (rule R27), as their forms are now; by default of
    all EPCIs.

    They are held to the open counts of data/processed, where it is whole; so are the figures of a form beside its other
    faults. derived: it was made from all the files as they are, and tells in which forms there are such figures.
    """
    folders = [folder for folder in homes(root) if epcis is None or folder.name in epcis]
    if derived:
        unread = faulty_forms(root)
        folders = [folder for folder in folders if folder.name in unread or is_doubted(root, folder.name)]
    if not folders:
        return []
    if not is_whole(root.processed):
        ensure(root)
    places = pd.read_parquet(root.processed / "territories.parquet")
    codes = set().union(*(codes_of(places, folder.name) for folder in folders))
    opened = open_counts(root.processed, codes, places)
    return [finding for folder in folders for finding in _of_folder(folder, places, opened)]


def _of_folder(folder: Path, places: pd.DataFrame, opened: pd.DataFrame) -> Iterator[Finding]:
    forms, names = forms_in(folder).tables, codes_by_name(places, folder.name)
    agreements, _ = read_agreements(folder, LEAST)
    rows = form_rows(forms, names)
    facts = [
        (name, sound_facts(FORMS[name], form, codes_of(places, folder.name), names=names)[0])
        for name, form in forms.items()
        if name in {*rows["source"]}  # the others cannot be read at all
    ]
    wrong = doubted(facts, agreements, rows, places, opened).merge(rows, on=ROW)
    alone = wrong["low"].eq(wrong["together"])
    wrong = wrong.assign(alone=wrong["code"].where(alone, "")).sort_values("low", ascending=False, kind="stable")
    wrong = wrong.drop_duplicates(["source", "period", "measure", "whole", "alone"])
    names = places.set_index("code")["name"]
    for row in wrong.itertuples(index=False):
        column = next(field.column for field in FORMS[row.source].form.fields if field.measure == row.measure)
        labels = AND.join(CATALOGUE[name].label for name in row.held_to.split(AND))
        value, together, most, high = map(number_text, map(round, (row.value, row.together, row.most, row.high)))
        found = value + ("" if row.alone else f", {together} avec d'autres communes")
        allowed = f"au plus {most}, car {names[row.whole]} en compte {high} en {row.year} ({labels})"
        confirm = f"si le partenaire le confirme, écrire {YES} sur cette ligne dans la colonne {CONFIRMED}"
        expected = f"{allowed} : corriger ou, {confirm}"
        yield Finding(place_of(forms[row.source]), int(row.line), column, found, expected)


URGENCIES = PERSONS, FILES, CHAIN = "persons", "files", "chain"  # who is named; what stops a report; the convention
PLACES = ["level", "code", "name", "epci", "departement", "region"]


def check_material(
    root: DataRoot, today: datetime.date, *, sound: bool = True, epcis: Collection[str] | None = None
) -> dict[str, list[Finding]]:
    """Return every finding about the field material of the EPCIs of a data root, by its urgency, see URGENCIES.

    today: what was due for deletion before it is told, and what is said to be done after it. sound: whether the raw
    data are, so that the proofs by an indicator can be held to the observations: data/processed is then brought up to
    date. epcis: those asked for; all by default.
    """
    found: dict[str, set[Finding]] = {urgency: set() for urgency in URGENCIES}
    known = is_whole(root.processed)  # `ctg data` has run, and its tables are as it wrote them
    places = pd.read_parquet(root.processed / "territories.parquet", columns=PLACES) if known else None
    for epci in demarches(root) if epcis is None else sorted({*epcis} & {*demarches(root)}):
        material = _add_of_files(found, root, epci, places, today)
        by_indicator = material["preuves"]["type"].eq(INDICATOR).any()
        by_indicator |= material["indicateurs_suivi"]["indicateur"].notna().any()
        if sound and by_indicator and set(FRAME) <= set(source_folders(root.raw)):
            gathered = not (found[FILES] or found[PERSONS])
            found[CHAIN].update(_no_longer(root, epci, material.tables, gathered=gathered))
    found[FILES] -= found[PERSONS]
    found[CHAIN] -= found[FILES]
    return {urgency: in_order(findings) for urgency, findings in found.items()}


def _add_of_files(
    found: dict[str, set[Finding]],
    root: DataRoot,
    epci: str,
    places: pd.DataFrame | None,
    today: datetime.date,
) -> MaterialFiles:
    """Add to `found` what the files of a démarche say by themselves; return its field material.

    places: None where they are not known. today: see `check_material`.
    """
    named, codes = (), None
    if places is not None:
        named = names_of(places, epci), codes_by_name(places, epci)
        codes = codes_of_material(places, epci)
    material, restricted = read_material(root.material(epci), *named), read_restricted(root, epci)
    tables = {**material.tables, **restricted.tables}
    found[PERSONS].update(personal_data(material.tables.values(), material.allowed))
    found[PERSONS].update(coded_persons(restricted, material))
    found[PERSONS].update(map(as_finding, due(restricted, today)))
    if places is not None and not (places["level"].eq("epci") & places["code"].eq(epci)).any():
        path = project_path(root.material(epci))
        expected = "le SIREN d'un EPCI : `ctg list epci MOT`"
        found[FILES].add(Finding(path, None, None, quote(epci), expected))
    found[FILES].update(material.findings, restricted.findings, heavy_logos(material.folder))
    found[FILES].update(wrong_together(material, tables, codes))
    found[FILES].update(wrong_in_restricted(restricted, material), ahead(tables, today))
    found[CHAIN].update(inconsistencies(material.tables), few_answers(tables))
    if len(material["actions"]) and material.tables["convention"].texts.empty:
        found[CHAIN].add(no_convention(material))
    return material


def proofs_of_few_answers(root: DataRoot, material: MaterialFiles) -> list[Finding]:
    """The proofs of a démarche by questions that nobody answered, or too few for a result to be shown."""
    return [*few_answers({**material.tables, **read_restricted(root, material.epci).tables})]


def _no_longer(root: DataRoot, epci: str, tables: Mapping[str, TableFile], *, gathered: bool) -> list[Finding]:
    """Return what is said of the proofs by an indicator of an EPCI that do not hold any more, of exact baselines.

    gathered: those by what the démarche itself gathers too, whose files are as they should be.
    """
    ensure(root)
    places = pd.read_parquet(root.processed / "territories.parquet")
    codes = places.loc[places["level"].ne("commune") | places["epci"].eq(epci), "code"]
    proofs, observations = tables["preuves"], read_observations(root.processed, codes, epci)
    if gathered:
        own = pd.read_parquet(root.processed_demarche(epci) / "observations.parquet")
        observations = pd.concat([observations, own], ignore_index=True)
    else:
        own = {name for name, one in CATALOGUE.items() if {SURVEY, PLAN}.issuperset(one.sources)}
        proofs = replace(proofs, rows=proofs.rows[~proofs.rows["ref"].str.split(JOIN).str[0].isin(own)])
    exact = exact_baselines(tables["indicateurs_suivi"], observations, epci)
    return [*no_longer(proofs, observations, places, epci), *exact]

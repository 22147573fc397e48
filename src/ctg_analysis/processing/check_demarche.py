"""`ctg check`: all that is wrong with the field material of a data root."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import replace

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.cleaning.frame import FRAME
from ctg_analysis.core.errors import Finding, in_order
from ctg_analysis.core.settings import DataRoot, project_path
from ctg_analysis.core.territories import codes_by_name
from ctg_analysis.demarche.files.consistency import inconsistencies
from ctg_analysis.demarche.files.material_files import (
    CONVENTION,
    codes_of,
    names_of,
    no_convention,
    persons_named,
    read_material,
    wrong_together,
)
from ctg_analysis.demarche.files.restricted_files import coded_persons, read_restricted, wrong_in_restricted
from ctg_analysis.demarche.files.retention import as_finding, due
from ctg_analysis.demarche.files.table_files import TableFile
from ctg_analysis.demarche.tables.evidence import INDICATOR, JOIN
from ctg_analysis.processing.freshness import demarches, is_whole
from ctg_analysis.processing.run import ensure
from ctg_analysis.sources import PLAN, SURVEY
from ctg_analysis.sources.folders import source_folders

URGENCIES = PERSONS, FILES, CHAIN = "persons", "files", "chain"  # who is named; what stops a report; the convention
PLACES = ["level", "code", "name", "epci", "departement", "region"]


def check_material(
    root: DataRoot,
    today: datetime.date,
    *,
    sound: bool = True,
    epcis: Collection[str] | None = None,
) -> dict[str, list[Finding]]:
    """Return every finding about the field material of the EPCIs of a data root, by its urgency, see URGENCIES.

    today: what was due for deletion before it is told. sound: whether the raw data are, so that the proofs by an
    indicator can be held to the observations: data/processed is then brought up to date. epcis: those asked for; all by
    default.
    """
    found: dict[str, set[Finding]] = {urgency: set() for urgency in URGENCIES}
    places = _places(root)
    for epci in demarches(root) if epcis is None else sorted({*epcis} & {*demarches(root)}):
        named = (names_of(places, epci), codes_by_name(places, epci)) if places is not None else ()
        material = read_material(root.material(epci), *named)
        restricted = read_restricted(root, epci)
        found[PERSONS] |= {*persons_named(material), *coded_persons(restricted, material)}
        found[PERSONS] |= {as_finding(overdue) for overdue in due(restricted, today)}
        if places is not None and not (places["level"].eq("epci") & places["code"].eq(epci)).any():
            path = project_path(root.material(epci))
            found[FILES].add(Finding(path, None, None, repr(epci), "le SIREN d'un EPCI : `ctg list epci MOT`"))
        tables = {**material.tables, **restricted.tables}
        found[FILES] |= {*material.findings, *restricted.findings}
        found[FILES] |= {*wrong_together(material, tables, codes_of(places, epci) if places is not None else None)}
        found[FILES] |= {*wrong_in_restricted(restricted, material)}
        found[CHAIN] |= {*inconsistencies(material.tables, material.convention)}
        if len(material["actions"]) and not material.convention and not material.yaml[CONVENTION].findings:
            found[CHAIN].add(no_convention(material.folder))
        by_indicator = material["preuves"]["type"].eq(INDICATOR).any()
        by_indicator |= material["indicateurs_suivi"]["indicateur"].notna().any()
        if sound and by_indicator and set(FRAME) <= set(source_folders(root.raw)):
            gathered = not (found[FILES] or found[PERSONS])
            found[CHAIN] |= {*_no_longer(root, epci, material.tables, gathered=gathered)}
    found[FILES] -= found[PERSONS]
    found[CHAIN] -= found[FILES]
    return {urgency: in_order(findings) for urgency, findings in found.items()}


def _no_longer(root: DataRoot, epci: str, tables: Mapping[str, TableFile], *, gathered: bool) -> list[Finding]:
    """Return what is said of the proofs by an indicator of an EPCI that do not hold any more, of exact baselines.

    gathered: those by what the démarche itself gathers too, whose files are as they should be.
    """
    from ctg_analysis.demarche import proof_checks  # heavy, and seldom needed
    from ctg_analysis.indicators.observation_files import read_observations

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
    exact = proof_checks.exact_baselines(tables["indicateurs_suivi"], observations, epci)
    return [*proof_checks.no_longer(proofs, observations, places, epci), *exact]


def _places(root: DataRoot) -> pd.DataFrame | None:
    """Return the places, when `ctg data` has ever run and its tables are as it wrote them."""
    return pd.read_parquet(root.processed / "territories.parquet", columns=PLACES) if is_whole(root.processed) else None

"""`ctg check`: all that is wrong with the field material of a data root, nothing of it written."""

import datetime
from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.cleaning.frame import FRAME
from ctg_analysis.core.errors import Finding, in_order
from ctg_analysis.core.settings import DataRoot, project_path
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
from ctg_analysis.processing.known_findings import KnownFindings
from ctg_analysis.processing.run import tables_now
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.folders import source_folders

URGENCIES = PERSONS, FILES, CHAIN = "persons", "files", "chain"  # who is named; what stops a report; the convention
PLACES = ["level", "code", "name", "epci", "departement", "region"]


def check_material(
    root: DataRoot,
    today: datetime.date,
    *,
    sound: bool = True,
    epcis: Collection[str] | None = None,
    known: KnownFindings | None = None,
) -> dict[str, list[Finding]]:
    """Return every finding about the field material of the EPCIs of a data root, by its urgency, see URGENCIES.

    today: what was due for deletion before it is told. sound: whether the raw data are, so that the proofs by an
    indicator can be held to the observations; what data/processed holds is read when it is of today. epcis: those asked
    for; all by default. known: the proofs that need not be held to them again.
    """
    found: dict[str, set[Finding]] = {urgency: set() for urgency in URGENCIES}
    places = _places(root)
    for epci in demarches(root) if epcis is None else sorted({*epcis} & {*demarches(root)}):
        material = read_material(root.material(epci), names_of(places, epci) if places is not None else ())
        restricted = read_restricted(root, epci)
        found[PERSONS] |= {*persons_named(material), *coded_persons(restricted, material)}
        found[PERSONS] |= {as_finding(overdue) for overdue in due(restricted, today)}
        if places is not None and not (places["level"].eq("epci") & places["code"].eq(epci)).any():
            path = project_path(root.material(epci))
            found[FILES].add(Finding(path, None, None, repr(epci), "the SIREN of an EPCI: `ctg list epci WORD`"))
        tables = {**material.tables, **restricted.tables}
        found[FILES] |= {*material.findings, *restricted.findings}
        found[FILES] |= {*wrong_together(material, tables, codes_of(places, epci) if places is not None else None)}
        found[FILES] |= {*wrong_in_restricted(restricted, material)}
        found[CHAIN] |= {*inconsistencies(material.tables, material.convention)}
        if len(material["actions"]) and not material.convention and not material.yaml[CONVENTION].findings:
            found[CHAIN].add(no_convention(material.folder))
        by_indicator = material["preuves"]["type"].eq(INDICATOR).any()
        if sound and by_indicator and set(FRAME) <= set(source_folders(root.raw)):
            found[CHAIN] |= {*_no_longer(root, epci, material.tables["preuves"], known)}
    found[FILES] -= found[PERSONS]
    found[CHAIN] -= found[FILES]
    return {urgency: in_order(findings) for urgency, findings in found.items()}


def _no_longer(root: DataRoot, epci: str, proofs: TableFile, known: KnownFindings | None) -> list[Finding]:
    """Return what is said of the proofs that do not hold any more; the observations are read for those not known."""
    rows = proofs.rows[proofs.rows["type"].eq(INDICATOR)]
    keys = {row.Index: [epci, proofs.place, list(row), _observed(row.ref, known)] for row in rows.itertuples()}
    left = [line for line, key in keys.items() if not (known and known.has(key))]
    found: list[Finding] = []
    if left:
        from ctg_analysis.demarche.proof_checks import no_longer  # heavy, and seldom needed

        found = [*no_longer(replace(proofs, rows=rows.loc[left]), *_tables(root, epci), epci)]
    if not known:
        return found
    return [
        replace(finding, path=proofs.place)
        for line, key in keys.items()
        for finding in known.of(key, lambda line=line: [finding for finding in found if finding.line == line])
    ]


def _observed(proof: str, known: KnownFindings | None) -> object:
    """Return what tells whether the observations that a proof names are still the same."""
    indicator = CATALOGUE.get(proof.split(JOIN)[0])
    restricted = indicator is None or any(SOURCES[name].withholds for name in indicator.sources)
    return known.key_of_observations(restricted=restricted) if known else None


def _places(root: DataRoot) -> pd.DataFrame | None:
    """Return the places, when `ctg data` has ever run and its tables are as it wrote them."""
    return pd.read_parquet(root.processed / "territories.parquet", columns=PLACES) if is_whole(root.processed) else None


def _tables(root: DataRoot, epci: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the observations of an EPCI, its communes and its comparators, and the territories, as they are now."""
    from ctg_analysis.indicators.observation_files import read_observations  # heavy, and seldom needed

    with tables_now(root) as folder:
        places = pd.read_parquet(folder / "territories.parquet")
        codes = places.loc[places["level"].ne("commune") | places["epci"].eq(epci), "code"]
        return read_observations(folder, codes, epci), places

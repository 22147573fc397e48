"""`ctg check`: all that is wrong with the field material of a data root, nothing of it written."""

import datetime

import pandas as pd

from ctg_analysis.cleaning.raw_data import FRAME, read_root
from ctg_analysis.core.errors import Finding, in_order
from ctg_analysis.core.settings import DataRoot, project_path
from ctg_analysis.demarche.files.consistency import inconsistencies
from ctg_analysis.demarche.files.material_files import codes_of, names_of, read_material, wrong_together
from ctg_analysis.demarche.files.restricted_files import read_restricted, wrong_in_restricted
from ctg_analysis.demarche.files.retention import as_finding, due
from ctg_analysis.demarche.proof_checks import no_longer
from ctg_analysis.demarche.tables.evidence import INDICATOR
from ctg_analysis.processing.derivation import derive
from ctg_analysis.processing.freshness import are_observations_stale, demarches, is_whole
from ctg_analysis.sources.folders import source_folders

PLACES = ["level", "code", "name", "epci", "departement", "region"]


def check_material(root: DataRoot, today: datetime.date, *, sound: bool = True) -> list[Finding]:
    """Return every finding about the field material of every EPCI of a data root.

    today: what was due for deletion before it is told. sound: whether the raw data are, so that the proofs by an
    indicator can be held to the observations; what data/processed holds is read when it is of today.
    """
    findings: set[Finding] = set()
    read: dict[str, pd.DataFrame] = {}
    for epci in demarches(root):
        places = _places(root)
        material = read_material(root.material(epci), names_of(places, epci) if places is not None else ())
        restricted = read_restricted(root, epci)
        if places is not None and not (places["level"].eq("epci") & places["code"].eq(epci)).any():
            path = project_path(root.material(epci))
            findings.add(Finding(path, None, None, repr(epci), "the SIREN of an EPCI: `ctg list epci WORD`"))
        tables = {**material.tables, **restricted.tables}
        findings |= {*material.findings, *restricted.findings}
        findings |= {*wrong_together(material, tables, codes_of(places, epci) if places is not None else None)}
        findings |= {*wrong_in_restricted(restricted, material)}
        findings |= {*inconsistencies(material.tables, material.convention)}
        findings |= {as_finding(overdue) for overdue in due(restricted, today)}
        by_indicator = material["preuves"]["type"].eq(INDICATOR).any()
        if sound and by_indicator and set(FRAME) <= set(source_folders(root.raw)):
            read = read or _observations(root)
            findings |= {*no_longer(material.tables["preuves"], read["observations"], read["territories"], epci)}
    return in_order(findings)


def _places(root: DataRoot) -> pd.DataFrame | None:
    """Return the places, when `ctg data` has ever run and its tables are as it wrote them."""
    return pd.read_parquet(root.processed / "territories.parquet", columns=PLACES) if is_whole(root.processed) else None


def _observations(root: DataRoot) -> dict[str, pd.DataFrame]:
    """Return observations and territories, as they are now."""
    if are_observations_stale(root):
        return derive(root, read_root(root))
    return {name: pd.read_parquet(root.processed / f"{name}.parquet") for name in ("observations", "territories")}

"""`ctg check`: all that is wrong with the field material of a data root, nothing of it written."""

import datetime

import pandas as pd

from ctg_analysis.cleaning.frame import FRAME
from ctg_analysis.core.errors import Finding, in_order
from ctg_analysis.core.settings import DataRoot, project_path
from ctg_analysis.demarche.files.consistency import inconsistencies
from ctg_analysis.demarche.files.material_files import codes_of, names_of, read_material, wrong_together
from ctg_analysis.demarche.files.restricted_files import read_restricted, wrong_in_restricted
from ctg_analysis.demarche.files.retention import as_finding, due
from ctg_analysis.demarche.proof_checks import no_longer
from ctg_analysis.demarche.tables.evidence import INDICATOR
from ctg_analysis.indicators.observation_files import read_observations
from ctg_analysis.processing.freshness import demarches, is_whole
from ctg_analysis.processing.run import tables_now
from ctg_analysis.sources.folders import source_folders

PLACES = ["level", "code", "name", "epci", "departement", "region"]


def check_material(root: DataRoot, today: datetime.date, *, sound: bool = True) -> list[Finding]:
    """Return every finding about the field material of every EPCI of a data root.

    today: what was due for deletion before it is told. sound: whether the raw data are, so that the proofs by an
    indicator can be held to the observations; what data/processed holds is read when it is of today.
    """
    findings: set[Finding] = set()
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
            findings |= {*no_longer(material.tables["preuves"], *_tables(root, epci), epci)}
    return in_order(findings)


def _places(root: DataRoot) -> pd.DataFrame | None:
    """Return the places, when `ctg data` has ever run and its tables are as it wrote them."""
    return pd.read_parquet(root.processed / "territories.parquet", columns=PLACES) if is_whole(root.processed) else None


def _tables(root: DataRoot, epci: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the observations of an EPCI, its communes and its comparators, and the territories, as they are now."""
    with tables_now(root) as folder:
        places = pd.read_parquet(folder / "territories.parquet")
        codes = places.loc[places["level"].ne("commune") | places["epci"].eq(epci), "code"]
        return read_observations(folder, codes, epci), places

"""`ctg check`: all that is wrong with the field material of a data root, nothing of it written."""

import datetime

import pandas as pd

from ctg_analysis.cleaning.raw_data import FRAME, read_root
from ctg_analysis.core.errors import Finding
from ctg_analysis.core.settings import DataRoot, project_path
from ctg_analysis.demarche.files.consistency import inconsistencies
from ctg_analysis.demarche.files.material import Gathered, codes_of, gather, names_of, wrong_together
from ctg_analysis.demarche.files.restricted import gather_restricted, wrong_in_restricted
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
        gathered = gather(root.material(epci), names_of(places, epci) if places is not None else ())
        kept = gather_restricted(root, epci)
        tables = {**gathered.tables, **kept.tables}
        if places is not None and not (places["level"].eq("epci") & places["code"].eq(epci)).any():
            path = project_path(root.material(epci))
            findings.add(Finding(path, None, None, repr(epci), "the SIREN of an EPCI: `ctg list epci WORD`"))
        findings |= {*gathered.findings, *kept.findings}
        findings |= {*wrong_together(gathered, tables, codes_of(places, epci) if places is not None else None)}
        findings |= {*wrong_in_restricted(kept, gathered)}
        findings |= {*inconsistencies(gathered.tables, gathered.convention.value)}
        findings |= {as_finding(one) for one in due(kept, today)}
        if sound and _by_indicator(gathered) and set(FRAME) <= set(source_folders(root.raw)):
            read = read or _observations(root)
            findings |= {*no_longer(gathered.tables["preuves"], read["observations"], read["territories"], epci)}
    return sorted(findings, key=lambda one: (one.path, one.line or 0, one.column or "", one.found))


def _by_indicator(gathered: Gathered) -> bool:
    return bool(gathered.tables["preuves"].rows["type"].eq(INDICATOR).any())


def _places(root: DataRoot) -> pd.DataFrame | None:
    """Return the places, when `ctg data` has ever run and its tables are as it wrote them."""
    return pd.read_parquet(root.processed / "territories.parquet", columns=PLACES) if is_whole(root.processed) else None


def _observations(root: DataRoot) -> dict[str, pd.DataFrame]:
    """Return observations and territories, as they are now."""
    if are_observations_stale(root):
        return derive(root, read_root(root))
    return {name: pd.read_parquet(root.processed / f"{name}.parquet") for name in ("observations", "territories")}

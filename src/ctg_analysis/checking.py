"""`ctg check`: all that is wrong with a data root, nothing of it written."""

from pathlib import Path

import pandas as pd
import pyarrow
import pyarrow.parquet as parquet

from ctg_analysis.cleaning import CLEANERS, cleaners
from ctg_analysis.cleaning.files import header_of
from ctg_analysis.cleaning.reading import missing_columns
from ctg_analysis.cleaning.schools import schools_left_out
from ctg_analysis.derivation import (
    CONTOURS,
    DENSITY,
    GEOGRAPHY,
    PASSAGE,
    Cleaned,
    by_geography,
    places_of,
    read_all,
    strangers,
)
from ctg_analysis.errors import Finding, InputError
from ctg_analysis.perimeter import perimeter_from
from ctg_analysis.private import read_private
from ctg_analysis.settings import DataRoot, project_path
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.certificates import CERTIFICATE, RawFolder, integrity, read_certificate, source_folders

SCHOOLS = "depp_ecoles"
FRAME = (GEOGRAPHY, CONTOURS)  # without them no commune is known


def check_root(root: DataRoot) -> list[Finding]:
    """Return every finding: certificates, bytes, columns, the rows of the sources and of the partners' forms."""
    if not root.raw.is_dir():
        return [Finding(project_path(root.raw), None, None, "no such folder", "a folder raw/ with the sources")]
    findings: list[Finding] = []
    folders: dict[str, RawFolder] = {}
    for source, path in source_folders(root.raw).items():
        try:
            folders[source] = read_certificate(path)
        except InputError as error:
            findings += error.findings
    findings += [finding for folder in folders.values() for finding in check_folder(folder)]
    frame: Cleaned | None = None
    if all(name in folders for name in FRAME):
        try:
            frame = read_all({name: folders[name] for name in (*FRAME, PASSAGE, DENSITY) if name in folders})
        except InputError as error:
            findings += error.findings
    for source in CLEANERS:
        if source in folders:
            findings += _check_rows(source, folders[source], frame)
    if frame:
        findings += _check_forms(root, frame)
    return sorted(set(findings), key=lambda one: (one.path, one.line or 0, one.column or "", one.found))


def _check_rows(source: str, folder: RawFolder, frame: Cleaned | None) -> list[Finding]:
    """Return what is wrong with the rows of a source; with its communes too, when those of its year are known."""
    known = cleaners(frame.years[max(frame.years)]) if frame else CLEANERS
    try:
        facts = known[source](folder)
    except InputError as error:
        return error.findings
    if not frame:
        return []
    declared = SOURCES[source]
    lost = schools_left_out(folder, frame.years[max(frame.years)]) if source == SCHOOLS else []
    return lost + [
        finding
        for year, part in by_geography(declared, facts, frame.years)
        for finding in strangers(part, declared, _communes(year, frame), folder.path)
    ]


def _check_forms(root: DataRoot, frame: Cleaned) -> list[Finding]:
    """Return what is wrong with the forms of partners, and with the small tables that name the places."""
    try:
        read_private(root, places_of(root, frame))
    except InputError as error:
        return error.findings
    return []


def _communes(year: int, frame: Cleaned) -> pd.DataFrame:
    if year in frame.years:
        return frame.years[year]
    return perimeter_from(year, frame.years, max(frame.years), frame.passage).communes


def check_folder(folder: RawFolder) -> list[Finding]:
    """Return what is wrong with the files of one source: bytes, strangers, columns."""
    names = [entry.fichier for entry in folder.certificate.fichiers]
    findings = [finding for name in names for finding in integrity(folder, name)]
    strangers = [
        path for path in sorted(folder.path.iterdir()) if path.is_file() and path.name not in [*names, CERTIFICATE]
    ]
    findings += [
        Finding(project_path(path), None, None, "a file without certificate", f"an entry in {CERTIFICATE}")
        for path in strangers
    ]
    return findings + [finding for name in names for finding in _columns(folder, name)]


def _columns(folder: RawFolder, name: str) -> list[Finding]:
    """Return the columns that the certificate describes and the file lacks."""
    path = folder.path / name
    described = (folder.entry(name).model_extra or {}).get("colonnes")
    if not described or not path.is_file():
        return []
    header = _header(path)
    return missing_columns(path, [column for column in described if column not in header])


def _header(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        try:
            return parquet.read_schema(path).names
        except pyarrow.ArrowInvalid:
            return []
    try:
        return header_of(path)[0]
    except InputError:
        return []  # told with the rows of the file

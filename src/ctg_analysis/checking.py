"""`ctg check`: all that is wrong with a data root, nothing of it written."""

import csv
from pathlib import Path

import pyarrow
import pyarrow.parquet as parquet

from ctg_analysis.cleaning.reading import missing_columns
from ctg_analysis.errors import Finding, InputError
from ctg_analysis.processing import read_all
from ctg_analysis.settings import DataRoot, project_path
from ctg_analysis.sources.certificates import CERTIFICATE, RawFolder, integrity, read_certificate, source_folders

GEOGRAPHIC = ("etalab_decoupage", "contours")


def check_root(root: DataRoot) -> list[Finding]:
    """Return every finding: certificates, bytes, columns, and the rows of the sources that are used."""
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
    if all(name in folders for name in GEOGRAPHIC):
        try:
            read_all(folders)
        except InputError as error:
            findings += error.findings
    return sorted(set(findings), key=str)


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
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return next(csv.reader(file, delimiter=";"), [])

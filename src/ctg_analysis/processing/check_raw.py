"""`ctg check`: all that is wrong with a data root, nothing of it written."""

from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow
import pyarrow.parquet as parquet

from ctg_analysis.cleaning.official.schools import schools_left_out
from ctg_analysis.cleaning.partners.received_forms import read_private
from ctg_analysis.cleaning.partners.words import read_evidence
from ctg_analysis.cleaning.perimeter import perimeter_from
from ctg_analysis.cleaning.raw_data import RawData, Reading, by_geography, read_root, strangers
from ctg_analysis.cleaning.reading import missing_columns
from ctg_analysis.core.errors import Finding, InputError, in_order
from ctg_analysis.core.files import header_of
from ctg_analysis.core.settings import DataRoot, project_path
from ctg_analysis.processing.derivation import places_of
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.certificates import RawFolder, integrity, read_certificate
from ctg_analysis.sources.folders import CERTIFICATE, FRANCE, FULL, is_note

SCHOOLS = "depp_ecoles"


def check_root(root: DataRoot, reading: Reading | None = None) -> list[Finding]:
    """Return every finding: certificates, bytes, columns, the rows of the sources and of the partners' forms.

    reading: what `raw_data.read_root` has read of the same root, when it has.
    """
    if not root.raw.is_dir():
        return [Finding(project_path(root.raw), None, None, "no such folder", "a folder raw/ with the sources")]
    reading = reading or read_root(root)
    folders = [folder for several in reading.folders.values() for folder in several]
    findings = [*reading.findings, *strays(root.raw)]
    findings += [finding for folder in folders for finding in check_folder(folder)]
    if reading.frame:
        findings += _check_communes(reading.tables, reading.frame)
        findings += _check_forms(root, reading.frame)
    return in_order(set(findings))


def _check_communes(tables: dict[str, list[tuple[RawFolder, pd.DataFrame | None]]], frame: RawData) -> list[Finding]:
    """Return what is wrong with the communes of the sources that could be read."""
    now = max(frame.communes)
    perimeter = cache(lambda year: perimeter_from(year, frame.communes, now, frame.passage))
    readable = [(name, folder, facts) for name, several in tables.items() for folder, facts in several]
    findings = []
    for name, folder, facts in [source for source in readable if source[2] is not None]:
        if name == SCHOOLS:
            findings += schools_left_out(folder, frame.communes[now])
        for year, part in by_geography(SOURCES[name], facts, frame.communes):
            findings += strangers(part, SOURCES[name], perimeter(year), folder.path)
    return findings


def _check_forms(root: DataRoot, frame: RawData) -> list[Finding]:
    """Return what is wrong with the forms of partners, and with the small tables that name the places."""
    try:
        places = places_of(root, frame)
        read_private(root, places)
        read_evidence(root, places)
    except InputError as error:
        return error.findings
    return []


def check_folder(folder: RawFolder) -> list[Finding]:
    """Return what is wrong with the files that the certificate of one source lists: their bytes, their columns."""
    names = [entry.fichier for entry in folder.certificate.fichiers]
    findings = [finding for name in names for finding in integrity(folder, name)]
    return findings + [finding for name in names for finding in _columns(folder, name)]


def strays(raw: Path) -> list[Finding]:
    """Return what lies in data/raw and is never read: beside the sources, of no known source, or on no certificate."""
    findings = []
    for path in sorted(raw.iterdir()):
        if path.is_dir() and path.name in SOURCES:
            findings += _uncertified(path)
            findings += [
                finding for part in (FULL, FRANCE) if (path / part).is_dir() for finding in _uncertified(path / part)
            ]
        elif (path / CERTIFICATE).is_file():  # without one, it is the certificate that is asked for
            expected = "the id of a source, as `ctg list sources` says them"
            findings.append(Finding(project_path(path), None, None, "a folder of no known source", expected))
        elif path.is_file() and not is_note(path):
            expected = f"a file in the folder of its source, with an entry in its {CERTIFICATE}"
            findings.append(Finding(project_path(path), None, None, "a file beside the source folders", expected))
    return findings


def _uncertified(folder: Path) -> list[Finding]:
    """Return the files and folders of a source that its certificate does not list."""
    try:
        listed = {entry.fichier for entry in read_certificate(folder).certificate.fichiers}
    except InputError:
        return []  # told with the certificate
    return [
        Finding(project_path(path), None, None, f"a {kind} without certificate", f"an entry in {CERTIFICATE}")
        for path in sorted(folder.iterdir())
        if path.name not in {*listed, CERTIFICATE, FULL, FRANCE} and not is_note(path)
        for kind in ["folder" if path.is_dir() else "file"]
    ]


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

"""Zips of XML, such as workbooks: opened when they are small and whole, their parts read, or refused in one line.

A small one may unpack to gigabytes: what its parts unpack to is counted, whatever they say.
"""

import lzma
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.settings import project_path

LARGEST, UNPACKED, PARTS = 20_000_000, 200_000_000, 5_000  # bytes of the file, bytes and parts once unpacked
AS_XLSX = "un classeur enregistré en .xlsx"
ENCRYPTED = 0x1  # flag of a part
OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # how a file begins that is no zip: of Excel before 2007, or under a password
UNDER_A_PASSWORD = "EncryptedPackage".encode("utf-16-le"), b"encryption-data"  # within such a file; of an .ods
MANIFEST = "META-INF/manifest.xml"
DAMAGED = (  # what a zip that is cut, damaged or of another kind raises when it is read
    zipfile.BadZipFile,
    RuntimeError,  # a password, or a compression that Python does not know
    EOFError,
    ValueError,
    zlib.error,
    lzma.LZMAError,
)


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The parts of a workbook, each of which can be read.

    Raises:
        InputError: no zip, a damaged one, under a password, too large.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise broken(path, f"{size} octets", f"{LARGEST} au plus")
    with path.open("rb") as file:
        if file.read(len(OLE)) == OLE:
            locked = UNDER_A_PASSWORD[0] in file.read()
            raise _locked(path) if locked else broken(path, "un fichier d'Excel 97", AS_XLSX)
        try:
            parts = zipfile.ZipFile(file)
            _hold_small(path, parts)
            if MANIFEST in parts.namelist() and UNDER_A_PASSWORD[1] in parts.read(MANIFEST):
                raise _locked(path)
        except (*DAMAGED, OSError) as error:  # of bzip2, and of a place before the beginning
            raise foreign(path) from error
        with parts:
            yield parts


def _hold_small(path: Path, parts: zipfile.ZipFile) -> None:
    """Refuse what is large, locked or damaged; of a part, no more is unpacked than it says."""
    whole = sum(part.file_size for part in parts.infolist())
    if any(part.flag_bits & ENCRYPTED for part in parts.infolist()):
        raise _locked(path)
    if whole > UNPACKED:
        raise broken(path, f"{whole} octets une fois décompressé", f"{UNPACKED} au plus")
    if len(parts.infolist()) > PARTS or parts.testzip():
        raise foreign(path)


def elements(
    parts: zipfile.ZipFile, name: str, events: Sequence[str] = ("end",)
) -> Iterator[tuple[str, ElementTree.Element]]:
    """The elements of a part of XML, each with its event, as they are read.

    Raises:
        InputError: no such part, or one that is no XML.
    """
    try:
        with parts.open(name) as content:
            yield from ElementTree.iterparse(content, events=events)
    except (ElementTree.ParseError, LookupError, ValueError) as error:  # of an encoding too
        raise foreign(parts) from error


def whole_number(parts: zipfile.ZipFile, text: str) -> int:
    """A number that a part writes.

    Raises:
        InputError: it is none.
    """
    try:
        return int(text)
    except ValueError as error:
        raise foreign(parts) from error


def foreign(file: Path | zipfile.ZipFile) -> InputError:
    """The error of a file that is no workbook, or no whole one."""
    path = Path(file.filename or "") if isinstance(file, zipfile.ZipFile) else file
    return broken(path, "un fichier coupé, ou d'une autre sorte", "un classeur entier (.xlsx ou .ods)")


def _locked(path: Path) -> InputError:
    return broken(path, "un classeur protégé par un mot de passe", "un classeur qui s'ouvre sans mot de passe")


def broken(path: Path, found: str, expected: str) -> InputError:
    """The error of a workbook that is not opened."""
    return InputError([Finding(project_path(path), None, None, found, expected)])

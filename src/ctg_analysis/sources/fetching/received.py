"""What came in the place of a file: whole and of the kind that its name announces, or refused in one line."""

import csv
import fnmatch
import itertools
import shutil
import zipfile
from functools import partial
from pathlib import Path, PurePosixPath

from ctg_analysis.core.datasets import Download
from ctg_analysis.core.errors import UserError
from ctg_analysis.core.zip_parts import DAMAGED

MAXIMUM_BYTES = 2_000_000_000
BLOCK = 1 << 16
SEPARATORS = b";,\t|"


class FetchError(UserError):
    """A file that could not be had; nothing of it was kept in the place of a good one."""


def too_large(origin: str) -> FetchError:
    """The error of what has, or would unpack to, more bytes than any file of official statistics."""
    return FetchError(f"{origin}: more than {MAXIMUM_BYTES / 1e9:.0f} GB, expected a smaller file")


def keep(came: Path, download: Download, origin: str, *, packed: bool) -> None:
    """Keep what came, out of its zip when it is in one, beside it under the name of the download.

    Raises:
        FetchError: a page, a message, a damaged file, one that was cut, another format, a zip without the file.
    """
    _refuse_pages(came, origin)
    if packed:
        came = _unpacked(came, download, origin)
        _refuse_pages(came, origin)
    if download.name.endswith(".csv"):
        _refuse_cut_lines(came, origin)
    if download.name.endswith(".xlsx"):
        _refuse_damaged_workbooks(came, origin)
    came.replace(came.with_name(download.name))


def last_line(path: Path) -> bytes:
    """The last line of a file, with its end if it has one."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, 2) - BLOCK))
        return (file.read().splitlines(keepends=True) or [b""])[-1]


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(BLOCK).removeprefix(b"\xef\xbb\xbf")


def _damaged(origin: str, expected: str) -> FetchError:
    return FetchError(f"{origin}: a damaged or foreign file came, expected {expected}")


def _no_data(origin: str) -> FetchError:
    return FetchError(f"{origin}: a page or a message came, expected a data file; open it in a browser to see why")


def _refuse_pages(path: Path, origin: str) -> None:
    """Refuse an error page that came as a file with code 200, whatever its type says."""
    start = _start(path)[:512].lower()
    if b"<html" in start or b"<!doctype" in start:
        raise _no_data(origin)


def _refuse_cut_lines(path: Path, origin: str) -> None:
    """Refuse a CSV without columns or rows, whose first row does not fill its columns, or whose last line is cut."""
    start, last = _start(path), last_line(path)
    if start.startswith((b"PK\x03\x04", b"\x1f\x8b", b"%PDF")) or b"\0" in start:
        raise _damaged(origin, "a CSV file")
    header, _, rows = start.partition(b"\n")
    separator = max(SEPARATORS, key=header.count)
    if start.lstrip().startswith((b"{", b"[", b"<")) or separator not in header or not rows.strip():
        raise _no_data(origin)
    reader = partial(csv.reader, delimiter=chr(separator))
    try:
        cells = len(next(reader([last.decode("latin-1")])))
        table = filter(None, reader(line.decode("latin-1") for line in start.splitlines()))
        expected, first = (len(row) for row in itertools.islice(table, 2))
    except (csv.Error, ValueError) as error:  # a cell that no table has, no row
        raise _no_data(origin) from error
    if first != expected:
        raise _no_data(origin)
    if not last.endswith(b"\n") and b'"' not in last and 1 < cells < expected:  # one cell alone is a footer
        raise FetchError(f"{origin}: the last line has {cells} cells, expected {expected}; run the command again")


def _refuse_damaged_workbooks(path: Path, origin: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_large(archive, origin)
            whole = "[Content_Types].xml" in archive.namelist() and not archive.testzip()
    except (*DAMAGED, OSError) as error:
        raise _damaged(origin, "a whole workbook") from error
    if not whole:
        raise _damaged(origin, "a whole workbook")


def _unpacked(path: Path, download: Download, origin: str, *, within: bool = False) -> Path:
    """The file of a zip that the download keeps; a zip within the zip is opened too, but none within that.

    It is written under a name of ours, wherever the zip would have it.
    """
    target = path.with_name(f"{download.name}.{'inner' if within else 'outer'}.part")
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_large(archive, origin)
            names = archive.namelist()
            fitting = [name for name in names if fnmatch.fnmatch(PurePosixPath(name).name, download.member)]
            inner = [] if fitting or within else [name for name in names if name.lower().endswith(".zip")]
            if len(fitting + inner) != 1:
                raise FetchError(f"{origin}: {len(fitting)} files fit {download.member!r} in the zip, expected one")
            with archive.open((fitting + inner)[0]) as member, target.open("wb") as file:
                shutil.copyfileobj(member, file)
    except DAMAGED as error:
        raise _damaged(origin, "a zip") from error
    return _unpacked(target, download, origin, within=True) if inner else target


def _refuse_large(archive: zipfile.ZipFile, origin: str) -> None:
    if sum(entry.file_size for entry in archive.infolist()) > MAXIMUM_BYTES:
        raise too_large(origin)

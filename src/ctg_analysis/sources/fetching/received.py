"""What came in the place of a file: whole and of the kind that its name announces, or refused in one line."""

import csv
import fnmatch
import gzip
import itertools
import json
import shutil
import zipfile
from pathlib import Path, PurePosixPath

import pyarrow.parquet as parquet

from ctg_analysis.core.datasets import Download
from ctg_analysis.core.errors import UserError
from ctg_analysis.core.zip_parts import DAMAGED

MAXIMUM_BYTES = 2_000_000_000
MAXIMUM_RATIO, SMALL_BYTES = 200, 20_000_000  # a zip that grows by more, and not to a small file, is a bomb
BLOCK = 1 << 16
KINDS = {
    ".csv": "a CSV file",
    ".gz": "a whole gzip file",
    ".json": "a whole JSON file",
    ".geojson": "a whole JSON file",
    ".parquet": "a whole Parquet file",
    ".xlsx": "a whole workbook",
    ".zip": "a whole zip",
}
SEPARATORS = b";,\t|"


class FetchError(UserError):
    """A file that could not be had; nothing of it was kept in the place of a good one."""


def refuse_pages(path: Path, url: str) -> None:
    """Refuse an error page that came as a file with code 200, whatever its type says."""
    start = _start(path, 512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<html" in start or b"<!doctype" in start:
        raise _no_data(url)


def refuse_foreign(path: Path, name: str, url: str) -> None:
    """Refuse what is not, whole, of the kind that the name announces.

    Raises:
        FetchError: a page, a message, a damaged file, one that was cut short, another format, a bomb.
    """
    refuse_pages(path, url)
    kind = PurePosixPath(name).suffix
    try:
        match kind:
            case ".csv":
                _refuse_cut_lines(path, url)
            case ".xlsx" | ".zip":
                _open_zip(path, url, workbook=kind == ".xlsx")
            case ".parquet":
                parquet.ParquetFile(path).close()
            case ".json" | ".geojson":
                json.loads(path.read_bytes())
            case ".gz":
                _open_gzip(path, url)
    except (*DAMAGED, OSError) as error:
        raise FetchError(f"{url}: a damaged or foreign file came, expected {KINDS[kind]}") from error


def _start(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


def _no_data(url: str) -> FetchError:
    return FetchError(
        f"{url}: a page or a message came, expected a data file; open the address in a browser to see why"
    )


def _refuse_cut_lines(path: Path, url: str) -> None:
    """Refuse a CSV without columns or rows, whose first row does not fill its columns, or whose last line is cut."""
    start = _start(path, BLOCK).removeprefix(b"\xef\xbb\xbf")
    if start.startswith((b"PK\x03\x04", b"\x1f\x8b", b"%PDF")) or b"\0" in start:
        raise FetchError(f"{url}: a binary file came, expected {KINDS['.csv']}")
    header, _, rows = start.partition(b"\n")
    separator = max(SEPARATORS, key=header.count)
    if start.lstrip().startswith((b"{", b"[", b"<")) or separator not in header or not rows.strip():
        raise _no_data(url)
    last = last_line(path)
    lines = [line.decode("latin-1") for line in (last, *start.splitlines())]
    try:
        cells = len(next(csv.reader(lines[:1], delimiter=chr(separator))))
        expected, first = map(len, itertools.islice(filter(None, csv.reader(lines[1:], delimiter=chr(separator))), 2))
    except csv.Error as error:  # a cell that no table has
        raise _no_data(url) from error
    cut = not last.endswith(b"\n") and b'"' not in last
    if cut and 1 < cells < expected:  # one cell alone is a footer
        raise FetchError(f"{url}: the last line has {cells} cells, expected {expected}; run the command again")
    if first != expected:
        raise _no_data(url)


def last_line(path: Path) -> bytes:
    """Return the last line of a file, with its end if it has one."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - BLOCK))
        lines = file.read().splitlines(keepends=True)
    return lines[-1] if lines else b""


def _open_zip(path: Path, url: str, *, workbook: bool) -> None:
    with zipfile.ZipFile(path) as archive:
        _refuse_bombs(archive, url)
        if workbook and "[Content_Types].xml" not in archive.namelist():
            raise zipfile.BadZipFile("a zip that is no workbook")
        if archive.testzip():
            raise zipfile.BadZipFile("a member is damaged")


def _open_gzip(path: Path, url: str) -> None:
    size = 0
    with gzip.open(path) as file:
        while block := file.read(BLOCK):
            size += len(block)
            if size > MAXIMUM_BYTES:
                raise FetchError(f"{url}: the file would grow to more than {MAXIMUM_BYTES // 10**9} GB")


def unpack(path: Path, download: Download, folder: Path, *, nested: bool = False) -> Path:
    """Return the member of a zip that the download keeps; a zip within the zip is opened too, but none within that.

    The zip is deleted, kept member or not.

    Raises:
        FetchError: not a zip, a bomb, a member that would leave the folder, no or several members that fit.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bombs(archive, download.url)
            names = archive.namelist()
            inner = [name for name in names if name.lower().endswith(".zip")]
            fitting = [name for name in names if fnmatch.fnmatch(PurePosixPath(name).name, download.member)]
            within = not fitting and len(inner) == 1 and not nested
            if len(fitting) != 1 and not within:
                raise FetchError(
                    f"{download.url}: {len(fitting)} files fit {download.member!r} in the zip, expected one"
                )
            target = folder / (f"{download.name}.inner.zip" if within else download.name)
            kept = _extract(archive, (inner if within else fitting)[0], target, download.url)
    except DAMAGED as error:
        raise FetchError(f"{download.url}: a damaged or foreign file came, expected a zip") from error
    finally:
        path.unlink()
    return unpack(kept, download, folder, nested=True) if within else kept


def _refuse_bombs(archive: zipfile.ZipFile, url: str) -> None:
    for entry in archive.infolist():
        pure = PurePosixPath(entry.filename.replace("\\", "/"))
        if pure.is_absolute() or ".." in pure.parts or ":" in entry.filename:
            raise FetchError(f"{url}: the zip holds {entry.filename!r}, expected names inside its folder")
    size = sum(entry.file_size for entry in archive.infolist())
    packed = sum(entry.compress_size for entry in archive.infolist()) or 1
    if size > MAXIMUM_BYTES or (size > SMALL_BYTES and size / packed > MAXIMUM_RATIO):
        raise FetchError(f"{url}: the zip would grow to {size} bytes, expected a file of official statistics")


def _extract(archive: zipfile.ZipFile, name: str, target: Path, url: str) -> Path:
    """Write one member: whole and of its kind, or nothing under that name."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        with archive.open(name) as member, unfinished.open("wb") as file:
            shutil.copyfileobj(member, file, BLOCK)
        refuse_foreign(unfinished, target.name, url)
        return unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)

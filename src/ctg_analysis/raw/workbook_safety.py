"""Whether a workbook may be opened: a zip of XML, small once unpacked, whose cells have values.

What reads values gives a blank for an error, which would then mean "unknown", and takes memory up to the last cell.
"""

import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from xlsxwriter.utility import xl_cell_to_rowcol, xl_rowcol_to_cell

from ctg_analysis.model.errors import InputError
from ctg_analysis.model.settings import broken

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
        raise broken(path, None, f"{size} octets", f"{LARGEST} au plus")
    with path.open("rb") as file:
        if file.read(len(OLE)) == OLE:
            locked = UNDER_A_PASSWORD[0] in file.read()
            raise _locked(path) if locked else broken(path, None, "un fichier d'Excel 97", AS_XLSX)
        try:
            parts = zipfile.ZipFile(file)
            whole = sum(part.file_size for part in parts.infolist())
            if any(part.flag_bits & ENCRYPTED for part in parts.infolist()):
                raise _locked(path)
            if whole > UNPACKED:
                raise broken(path, None, f"{whole} octets une fois décompressé", f"{UNPACKED} au plus")
            if len(parts.infolist()) > PARTS or parts.testzip():
                raise foreign(path)
            if MANIFEST in parts.namelist() and UNDER_A_PASSWORD[1] in parts.read(MANIFEST):
                raise _locked(path)
        except (*DAMAGED, OSError) as error:  # of bzip2, and of a place before the beginning
            raise foreign(path) from error
        with parts:
            yield parts


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


def foreign(file: Path | zipfile.ZipFile) -> InputError:
    """The error of a file that is no workbook, or no whole one."""
    path = Path(file.filename or "") if isinstance(file, zipfile.ZipFile) else file
    return broken(path, None, "un fichier coupé, ou d'une autre sorte", "un classeur entier (.xlsx ou .ods)")


def _locked(path: Path) -> InputError:
    return broken(path, None, "un classeur protégé par un mot de passe", "un classeur qui s'ouvre sans mot de passe")


MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 120_000, 2_000, 10_000_000  # of a sheet, up to its last cell
ERROR, NO_VALUE, PERCENT = "une case en erreur (#DIV/0!, #REF!, #N/A…)", "une formule sans sa valeur", "%"
PERCENT_FORMATS = {"9", "10"}  # of those that a workbook need not describe
NOT_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^]]*]')  # in a format: what is quoted, a condition
EXPECTED = {
    ERROR: "une valeur : corriger la formule",
    NO_VALUE: "une valeur : ouvrir le classeur dans un tableur et l'enregistrer de nouveau",
}


@dataclass
class Cells:
    """What a scan tells of a sheet: its last row and column that hold something, its cells without a value and why.

    percents: the cells that show 45 % and hold 0.45.
    """

    rows: int = 0
    columns: int = 0
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    percents: set[tuple[int, int]] = field(default_factory=set)

    def add(self, row: int, column: int, kind: str = "") -> None:
        """Take a cell that holds something."""
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)
        if kind == PERCENT:
            self.percents.add((row, column))
        elif kind and len(self.faults) < MOST_COLUMNS:
            self.faults[row, column] = kind


def scanned(path: Path) -> dict[str, Cells]:
    """What the cells of a workbook are, by sheet.

    Raises:
        InputError: not a workbook, too large, or cells too far away.
    """
    sheets: dict[str, Cells] = {}
    with opened(path) as parts:
        try:
            for name, row, column, kind in (_ods if path.suffix.lower() == ".ods" else _xlsx)(parts):
                cells = sheets.setdefault(name, Cells())
                cells.add(row, column, kind)
                far = cells.rows > MOST_ROWS or cells.columns > MOST_COLUMNS or cells.rows * cells.columns > MOST_CELLS
                if far or len(cells.percents) > MOST_ROWS:
                    far = f"une case remplie en {xl_rowcol_to_cell(cells.rows - 1, cells.columns - 1)}"
                    raise broken(path, None, far, f"{MOST_ROWS} lignes et {MOST_COLUMNS} colonnes au plus")
        except ValueError as error:  # the number of a row, or how many times it comes, that is no number
            raise foreign(path) from error
    return sheets


def _xlsx(parts: zipfile.ZipFile) -> Iterator[tuple[str, int, int, str]]:
    """The cells of an .xlsx that hold something: sheet, row, column, what is to be known of it.

    All its parts of XML are looked at, not only those of sheets: no name of a part, or of a namespace, makes one pass
    unseen.
    """
    names, percents = _sheet_names(parts), _percent_styles(parts)
    # A program that leaves formulas to the spreadsheet writes 0 for their values.
    options = [one for _, one in elements(parts, "xl/workbook.xml") if _local(one.tag) == "calcPr"]
    computed = not any(one.get("fullCalcOnLoad") in ("1", "true") for one in options)
    for part in parts.namelist():
        if part.casefold() in names or part.casefold().endswith(".xml"):
            for row, column, kind in _xlsx_cells(parts, part, percents, computed):
                yield names.get(part.casefold(), ""), row, column, kind


def _sheet_names(parts: zipfile.ZipFile) -> dict[str, str]:
    links = [link for _, link in elements(parts, "xl/_rels/workbook.xml.rels")]
    targets = {link.get("Id"): link.get("Target", "").removeprefix("/") for link in links}
    sheets = [one for _, one in elements(parts, "xl/workbook.xml") if _local(one.tag) == "sheet"]
    if not {_attribute(one, "id") for one in sheets} <= targets.keys():
        raise foreign(parts)
    files = [(targets[_attribute(one, "id")], one.get("name", "")) for one in sheets]
    paths = [(file if file.startswith("xl/") else str(PurePosixPath("xl") / file), name) for file, name in files]
    return {path.casefold(): name for path, name in paths}


def _percent_styles(parts: zipfile.ZipFile) -> set[str]:
    """The styles, by their number, in which a cell shows its value times a hundred and a %."""
    if "xl/styles.xml" not in parts.namelist():
        return set()
    styles = [one for _, one in elements(parts, "xl/styles.xml")]
    formats = {one.get("numFmtId"): one.get("formatCode", "") for one in styles if _local(one.tag) == "numFmt"}
    known = PERCENT_FORMATS | {name for name, code in formats.items() if "%" in NOT_SHOWN.sub("", code)}
    cells = [one for several in styles if _local(several.tag) == "cellXfs" for one in several]
    return {str(rank) for rank, one in enumerate(cells) if one.get("numFmtId") in known}


def _local(name: str) -> str:
    """A name of XML without its namespace, by which those who read a workbook know it."""
    return name.rpartition("}")[2]


def _attribute(element: ElementTree.Element, name: str, absent: str = "") -> str:
    return next((value for key, value in element.items() if _local(key) == name), absent)


def _xlsx_cells(
    parts: zipfile.ZipFile, part: str, percents: set[str], computed: bool
) -> Iterator[tuple[int, int, str]]:
    row = column = 0
    blank = (None,) if computed else (None, "0")
    for _, element in elements(parts, part):
        if _local(element.tag) == "row":
            row, column = int(element.get("r") or row + 1), 0
            for cell in (one for one in element if _local(one.tag) == "c"):
                named = re.fullmatch(r"[A-Z]{1,4}\d{1,7}", cell.get("r") or "")
                row, column = (at + 1 for at in xl_cell_to_rowcol(named[0])) if named else (row, column + 1)
                inside, kind = {_local(one.tag): one.text for one in cell}, cell.get("t", "n")
                if kind == "e":
                    yield row, column, ERROR
                elif "f" in inside and kind != "str" and inside.get("v") in blank:
                    yield row, column, NO_VALUE
                elif "v" in inside or "is" in inside:
                    yield row, column, PERCENT if kind == "n" and cell.get("s") in percents else ""
            element.clear()


def _ods(parts: zipfile.ZipFile) -> Iterator[tuple[str, int, int, str]]:
    """The cells of an .ods that hold something; a cell or a row may say how many times it comes."""
    name, row = "", 0
    for event, element in elements(parts, "content.xml", ("start", "end")):
        tag = _local(element.tag)
        if event == "start" and tag == "table":
            name, row = _attribute(element, "name"), 0
        elif event == "end" and tag == "table-row":
            times, column = int(_attribute(element, "number-rows-repeated", "1")), 0
            for cell in element:
                first, column = column, column + int(_attribute(cell, "number-columns-repeated", "1"))
                filled = _attribute(cell, "value-type") or len(cell)
                if filled or _attribute(cell, "formula"):
                    yield name, row + times, column, ""  # the last of them, before each is told
                    kinds = {value for key, value in cell.items() if _local(key) == "value-type"}
                    shown = PERCENT if "percentage" in kinds else ""
                    if kind := ERROR if "error" in kinds else shown if filled else NO_VALUE:
                        places = product(range(row + 1, row + times + 1), range(first + 1, column + 1))
                        yield from ((name, *place, kind) for place in places)
            row += times
            element.clear()

"""Whether a workbook may be opened: a zip of XML, small once unpacked, whose cells have values.

What reads values gives a blank for an error, which would then mean "unknown", and takes memory up to the last cell.
"""

import lzma
import re
import stat
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
DOCTYPES = b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le")  # the latter in either order of bytes
AS_WRITTEN = "un classeur tel qu'Excel ou LibreOffice l'écrit"
BLOCK = 1 << 20  # bytes of a part that are looked at together
ORDINARY = re.compile(r"(?!/)(?!(.*/)?\.\.?/)[^\\:\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
TYPES, ODS_CONTENT = "[Content_Types].xml", "content.xml"
MACRO_PARTS = re.compile(r"(?i)(^|/)vbaProject|^(Basic|Scripts)/|^xl/(macrosheets|activeX)/")
MACRO_TYPES = b"macroEnabled", b"vbaProject", b"macrosheet"
LINK_PARTS = re.compile(r"(?i)^xl/(externalLinks/|embeddings/|connections\.xml)")
CLICKED = {"a"}  # what a person clicks on
ELSEWHERE = re.compile(r"(?i)[a-z][a-z0-9+.-]*:|/|\.\./|\\")
COMPRESSIONS = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED  # a block of others may hold gigabytes
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
            _refuse_entries(path, parts.infolist())
            for name in parts.namelist():
                refuse_doctype(path, parts, name)
            if MANIFEST in parts.namelist() and UNDER_A_PASSWORD[1] in parts.read(MANIFEST):
                raise _locked(path)
            _refuse_what_acts(path, parts)
        except (*DAMAGED, OSError) as error:  # of bzip2, and of a place before the beginning
            raise foreign(path) from error
        with parts:
            yield parts


def _refuse_entries(path: Path, entries: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse what the entries of a zip say of themselves, before any is unpacked."""
    whole = sum(entry.file_size for entry in entries)
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise _locked(path)
    if whole > UNPACKED:
        raise broken(path, None, f"{whole} octets une fois décompressé", f"{UNPACKED} au plus")
    if len(entries) > PARTS or any(entry.compress_type not in COMPRESSIONS for entry in entries):
        raise foreign(path)
    before = set()
    for entry in entries:
        name, link = entry.filename, stat.S_ISLNK(entry.external_attr >> 16)
        twice = name.casefold() in before
        before.add(name.casefold())
        if link or twice or not ORDINARY.fullmatch(name):
            shown = re.sub(r"[^\w./-]", "?", name, flags=re.ASCII)[:60]
            expected = "les seules parties qu'un tableur y écrit : l'enregistrer de nouveau"
            raise broken(path, None, f"une partie inattendue, {shown!r}", expected)


def refuse_doctype(path: Path, parts: zipfile.ZipFile, name: str) -> None:
    """Refuse a part that declares entities; one that is damaged raises as it is read."""
    before = b""
    with parts.open(name) as content:
        while block := content.read(BLOCK):
            if any(mark in before + block for mark in DOCTYPES):
                found = f"une déclaration d'entités XML (DOCTYPE) dans {name[:60]}"
                raise broken(path, None, found, AS_WRITTEN)
            before = block[-len(max(DOCTYPES, key=len)) :]


def _refuse_what_acts(path: Path, parts: zipfile.ZipFile) -> None:
    """Refuse macros and what leads to another file, whatever the parts are called."""
    names = parts.namelist()
    types = parts.read(TYPES) if TYPES in names else b""
    if any(mark in types for mark in MACRO_TYPES) or any(map(MACRO_PARTS.search, names)):
        raise _with_macros(path)
    if any(map(LINK_PARTS.search, names)):
        raise _linked(path)
    for name in names:
        links = elements(parts, name) if name.casefold().endswith(".rels") else ()
        if any(_leads_out(link) for _, link in links):
            raise _linked(path)
    if ODS_CONTENT in names:
        _refuse_what_acts_in_ods(path, parts)


def _refuse_what_acts_in_ods(path: Path, parts: zipfile.ZipFile) -> None:
    for _, element in elements(parts, ODS_CONTENT):
        tag = _local(element.tag)
        if tag == "event-listener":
            raise _with_macros(path)
        if tag not in CLICKED and ELSEWHERE.match(_attribute(element, "href")):
            raise _linked(path)
        if tag == "table-row":
            element.clear()


def _leads_out(link: ElementTree.Element) -> bool:
    """Whether a relation of an .xlsx is to a file elsewhere that is not opened by a click alone."""
    return link.get("TargetMode") == "External" and not link.get("Type", "").endswith("/hyperlink")


def _with_macros(path: Path) -> InputError:
    expected = "un classeur sans macros : l'enregistrer de nouveau, en .xlsx ou en .ods"
    return broken(path, None, "des macros", expected)


def _linked(path: Path) -> InputError:
    expected = "un classeur seul : y coller les valeurs à la place des liens"
    return broken(path, None, "un lien vers un autre fichier, ou un objet qui en vient", expected)


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
    for _, element in elements(parts, part):
        if _local(element.tag) == "row":
            row, column = int(element.get("r") or row + 1), 0
            for cell in (one for one in element if _local(one.tag) == "c"):
                named = re.fullmatch(r"[A-Z]{1,4}\d{1,7}", cell.get("r") or "")
                row, column = (at + 1 for at in xl_cell_to_rowcol(named[0])) if named else (row, column + 1)
                kind = _kind(cell, percents, computed)
                if kind is not None:
                    yield row, column, kind
            element.clear()


def _kind(cell: ElementTree.Element, percents: set[str], computed: bool) -> str | None:
    """What is to be known of a cell of an .xlsx; None where it holds nothing."""
    inside, kind = {_local(one.tag): one.text for one in cell}, cell.get("t", "n")
    if kind == "e":
        return ERROR
    blank = (None,) if computed else (None, "0")
    if "f" in inside and kind != "str" and inside.get("v") in blank:
        return NO_VALUE
    if "v" in inside or "is" in inside:
        return PERCENT if kind == "n" and cell.get("s") in percents else ""
    return None


def _ods(parts: zipfile.ZipFile) -> Iterator[tuple[str, int, int, str]]:
    """The cells of an .ods that hold something; a cell or a row may say how many times it comes."""
    name, row = "", 0
    for event, element in elements(parts, ODS_CONTENT, ("start", "end")):
        tag = _local(element.tag)
        if event == "start" and tag == "table":
            name, row = _attribute(element, "name"), 0
        elif event == "end" and tag == "table-row":
            times = int(_attribute(element, "number-rows-repeated", "1"))
            yield from ((name, *cell) for cell in _ods_cells(element, row, times))
            row += times
            element.clear()


def _ods_cells(line: ElementTree.Element, row: int, times: int) -> Iterator[tuple[int, int, str]]:
    """The cells of a row that comes several times, after the row of this number."""
    column = 0
    for cell in line:
        first, column = column, column + int(_attribute(cell, "number-columns-repeated", "1"))
        filled = _attribute(cell, "value-type") or len(cell)
        if filled or _attribute(cell, "formula"):
            yield row + times, column, ""  # the last of them, before each is told
            kinds = {value for key, value in cell.items() if _local(key) == "value-type"}
            shown = PERCENT if "percentage" in kinds else ""
            if kind := ERROR if "error" in kinds else shown if filled else NO_VALUE:
                places = product(range(row + 1, row + times + 1), range(first + 1, column + 1))
                yield from ((*place, kind) for place in places)

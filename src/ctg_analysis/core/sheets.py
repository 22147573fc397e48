"""A sheet of a workbook as a table of texts: the same as a CSV gives, its rows and columns known by their cells."""

import datetime
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.files import FOOTER, TEXT, TITLE_LINES, without_data
from ctg_analysis.core.habits import folded
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.sheet_places import SheetPlace
from ctg_analysis.core.workbook_safety import EXPECTED, Cells, letters, scanned
from ctg_analysis.core.zip_parts import AS_XLSX, elements, foreign, opened

WORKBOOKS = (".xlsx", ".ods")
OTHER_KINDS = (".xls", ".xlsm", ".xlsb")  # of workbooks, which are not read
HELP, LISTS = "Mode d'emploi", "Listes"  # the sheets of a form that hold no table
KEPT = 32  # workbooks, as they were last read
AUTHORS = ("creator", "lastModifiedBy", "initial-creator")
NO_CODE = "une colonne sans code", "un code dans la ligne des codes, ou rien en dessous"
NO_HEADINGS = "aucune ligne de titres", "les codes des colonnes, tels que `ctg new` les écrit"
ONE_FILE = "cette table dans un seul fichier : vider l'un des deux"


@dataclass(frozen=True)
class Headings:
    """What a table that may stand in a sheet is known by.

    sheet: the name of its sheet. columns: the codes of its columns, and what stands above each. prefilled: the columns
    that are filled when the form is handed out: a row where nothing else is filled is none. optional: those that it is
    known without. footer: what a row that is none begins with.
    """

    name: str
    sheet: str
    columns: Mapping[str, str]
    prefilled: Collection[str] = ()
    optional: frozenset[str] = frozenset()
    footer: re.Pattern = FOOTER

    @property
    def names(self) -> set[str]:
        """The names under which its sheet is known, its own and that of its file."""
        return {folded(self.sheet), folded(self.name), folded(self.name[:31])}


@dataclass(frozen=True)
class Sheet:
    """A table of a workbook. texts: its cells, columns by their codes, index: the row, as the spreadsheet counts."""

    path: Path
    name: str
    place: SheetPlace
    texts: pd.DataFrame


@dataclass(frozen=True)
class Workbook:
    """What a workbook gives: sheets by the name of their table, what is wrong with it.

    A sheet with wrong cells is given with these blank, so that the rest of it is checked too. unread, twice: the tables
    that cannot be read whole, those that two sheets fill, each with what is said of it.
    """

    sheets: dict[str, Sheet]
    findings: list[Finding]
    unread: dict[str, Finding]
    twice: dict[str, Finding]


def is_workbook(path: Path) -> bool:
    """Whether a file is a workbook by its name."""
    return path.suffix.lower() in WORKBOOKS


def unread_file(path: Path, expected: str) -> Finding:
    """What is said of a file that nothing reads: a workbook of another kind has only to be saved again."""
    kind, found = path.suffix.lower(), "un fichier que rien ne lit"
    if kind in OTHER_KINDS:
        found, expected = f"un classeur enregistré en {kind}", AS_XLSX
    return Finding(project_path(path), None, None, found, expected)


def workbooks_in(folder: Path) -> list[Path]:
    """The workbooks of a folder, but for what a spreadsheet that has one open leaves beside it."""
    if not folder.is_dir():
        return []
    files = (path for path in folder.iterdir() if is_workbook(path) and path.is_file())
    return sorted(path for path in files if not path.name.startswith((".", "~$")))


def place_of(table: Path | Sheet) -> str:
    """The place of a table as a person reads it: its file, or its sheet of a workbook."""
    return table.place if isinstance(table, Sheet) else project_path(table)


def read_workbook(path: Path, tables: Collection[Headings]) -> Workbook:
    """The tables of a workbook, of those that it may hold.

    A sheet is known by its name, or else by the codes of its columns; they stand in one of its first rows.

    Raises:
        InputError: not a workbook, or one made to harm.
    """
    sheets: dict[str, Sheet] = {}
    findings: list[Finding] = []
    unread: dict[str, Finding] = {}
    twice: dict[str, Finding] = {}
    for name, rows, cells in rows_of(path):
        table = _table_of(name, rows, tables)
        if table is None:
            if any(any(row) for row in rows) and folded(name) not in (folded(HELP), folded(LISTS)):
                expected = f"l'une de ces valeurs : {', '.join(known.sheet for known in tables)}"
                place = SheetPlace.of(project_path(path), name, {})
                findings.append(Finding(place, None, None, "une feuille que rien ne lit", expected))
            continue
        try:
            sheet, faults = _sheet(path, name, rows, cells, table)
        except InputError as error:
            findings += error.findings
            unread[table.name] = error.findings[0]
            continue
        if faults:
            findings += faults
            unread[table.name] = faults[0]
        if table.name in sheets and len(sheets[table.name].texts) and len(sheet.texts):
            found = f"une table que donne aussi {sheets[table.name].place}"
            twice[table.name] = Finding(sheet.place, None, None, found, ONE_FILE)
            findings.append(twice[table.name])
        if table.name not in sheets or not len(sheets[table.name].texts):
            sheets[table.name] = sheet
    return Workbook(sheets, findings, unread, twice)


def sheets_there(folder: Path, tables: Collection[Headings]) -> set[str]:
    """The tables that have a sheet in a workbook of a folder, filled or not.

    Raises:
        InputError: a workbook that cannot be read: what it has is not known.
    """
    return {name for path in workbooks_in(folder) for name in read_workbook(path, tables).sheets}


def rows_of(path: Path) -> tuple[tuple[str, list[list[str]], Cells], ...]:
    """The sheets of a workbook: name, rows of texts from the first one on, what a scan tells of its cells.

    Those of a file that has not changed since are not read again: several readers ask for the same.

    Raises:
        InputError: not a workbook, or one made to harm.
    """
    written = path.stat()
    return _rows_of(path, written.st_mtime_ns, written.st_size)


@lru_cache(maxsize=KEPT)
def _rows_of(path: Path, *_: int) -> tuple[tuple[str, list[list[str]], Cells], ...]:
    cells = scanned(path)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            named = [(name, workbook.get_sheet_by_name(name)) for name in workbook.sheet_names]
            read = [(name, sheet.to_python(skip_empty_area=False)) for name, sheet in named]
    except (CalamineError, OSError) as error:  # of a zip that is not what Python takes it for
        raise foreign(path) from error
    return tuple((name, _texts(rows, known := cells.get(name, Cells())), known) for name, rows in read)


def _texts(rows: list[list], cells: Cells) -> list[list[str]]:
    """The cells of a sheet as texts, a percentage as it is shown."""
    texts = [[text_of(cell) for cell in row] for row in rows]
    for row, column in cells.percents:
        if row <= len(rows) and column <= len(rows[row - 1]) and isinstance(rows[row - 1][column - 1], int | float):
            texts[row - 1][column - 1] = f"{text_of(round(100 * rows[row - 1][column - 1], 10))} %"
    return texts


def authors(path: Path) -> list[str]:
    """The names that the properties of a workbook keep of who wrote it.

    Raises:
        InputError: not a workbook, or one made to harm.
    """
    with opened(path) as parts:
        properties = [name for name in ("docProps/core.xml", "meta.xml") if name in parts.namelist()]
        texts = [element for name in properties for _, element in elements(parts, name)]
    return [element.text for element in texts if element.text and element.tag.rpartition("}")[2] in AUTHORS]


def text_of(value: object) -> str:
    """A cell as a person would write it in a CSV: a number without superfluous decimals, a date as 2026-11-10.

    >>> text_of(12.0), text_of(0.1 + 0.2), text_of(True), text_of(datetime.datetime(2026, 11, 10)), text_of(" a ")
    ('12', '0.3', 'oui', '2026-11-10', 'a')
    """
    match value:
        case bool():
            return "oui" if value else "non"
        case float() if value.is_integer():
            return str(int(value))
        case float():
            return f"{value:.15g}"
        case datetime.datetime() if value.time() == datetime.time():
            return value.date().isoformat()
    return str(value).strip()


def _table_of(name: str, rows: list[list[str]], tables: Collection[Headings]) -> Headings | None:
    """The table that a sheet holds, by its name, or else by all its codes."""
    by_name = next((table for table in tables if folded(name) in table.names), None)
    if by_name:
        return by_name
    heads = [{folded(cell) for cell in row} for row in rows[:TITLE_LINES]]
    needed = [{*map(folded, {*table.columns} - table.optional)} for table in tables]
    fitting = [table for table, codes in zip(tables, needed, strict=True) if any(codes <= head for head in heads)]
    return max(fitting, key=lambda table: len(table.columns), default=None)


def _sheet(path: Path, name: str, rows: list[list[str]], cells: Cells, table: Headings) -> tuple[Sheet, list[Finding]]:
    """The table of a sheet, below the row of its codes, or of its headings when there is no row of codes, without its
    cells below no code, or without a value, which are findings.

    Raises:
        InputError: no such row.
    """
    top, codes = _header(rows, table)
    if top is None:
        place = SheetPlace.of(project_path(path), name, {})
        raise InputError([Finding(place, 1, None, *NO_HEADINGS)])
    places = {code or letters(at + 1): letters(at + 1) for at, code in reversed([*enumerate(codes)])}
    place = SheetPlace.of(project_path(path), name, places, top + 1)
    wide = len(codes)
    texts = pd.DataFrame(
        [row + [""] * (wide - len(row)) for row in rows[top + 1 :]],
        index=range(top + 2, len(rows) + 1),
        columns=range(wide),
        dtype=TEXT,
    )
    texts = texts[~without_data(texts, table.footer)]
    findings = [
        Finding(place, top + 1, letters(at + 1), *NO_CODE)
        for at, code in enumerate(codes)
        if not code and texts[at].ne("").any()
    ]
    for (row, column), fault in cells.faults.items():
        if row > top + 1 and column <= wide:
            findings.append(Finding(place, row, codes[column - 1], fault, EXPECTED[fault]))
            texts.loc[texts.index == row, column - 1] = ""
    kept = [at for at, code in enumerate(codes) if code]
    filled = [at for at in kept if codes[at] not in table.prefilled]
    texts = texts.loc[texts[filled].ne("").any(axis=1), kept]
    return Sheet(path, name, place, texts.set_axis([codes[at] for at in kept], axis=1)), findings


def _header(rows: list[list[str]], table: Headings) -> tuple[int | None, list[str]]:
    """The row of the codes, from 0, and the code of each column; of the headings, where they are told apart."""
    codes = {folded(code): code for code in table.columns}
    above = [folded(heading) for heading in table.columns.values()]
    words = {folded(text): code for code, text in table.columns.items() if above.count(folded(text)) == 1}
    found = [
        (sum(folded(cell) in known for cell in row), top, known)
        for known in (codes, words)
        for top, row in enumerate(rows[:TITLE_LINES])
    ]
    most, top, known = max(found, key=lambda one: one[0], default=(0, 0, {}))
    return (top, [known.get(folded(cell), cell) for cell in rows[top]]) if most else (None, [])

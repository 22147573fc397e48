"""A raw file as a table of texts: CSV, Parquet, sheets of workbooks; nothing is interpreted but its form."""

import codecs
import csv
import datetime
import io
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as arrow
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
from python_calamine import CalamineError, CalamineWorkbook
from xlsxwriter.utility import xl_col_to_name

from ctg_analysis.model.errors import IN_UTF8, Finding, InputError, counted
from ctg_analysis.model.habits import SheetPlace, folded
from ctg_analysis.model.settings import broken, project_path
from ctg_analysis.raw.workbook_safety import AS_XLSX, EXPECTED, Cells, elements, foreign, opened, scanned

# In tables of few rows, strings of Python are reached several times sooner than those of Arrow, which sift large files.
pd.set_option("mode.string_storage", "python")
TEXT = pd.StringDtype(na_value=math.nan)
ARROW_TEXT = pd.StringDtype("pyarrow", na_value=math.nan)

LONGEST_HEADER, MOST_COLUMNS = 1_000_000, 10_000  # characters, cells
SEPARATORS = ";,\t"  # the first of those that come as often
BLOCK_BYTES = 16_000_000  # a national file is read and sifted so many bytes at a time
ROWS = "rows"  # attribute of a loaded table: how many rows the file has, kept or not
TITLE_LINES = 30  # the header of a workbook stands in its first lines
# What producers write below a table: one cell, that says so itself. A line that was cut short does not.
FOOTER = re.compile(r"[\"\s]*(?:sources?|notes?|champ|lecture|précisions?|mise à jour|\(\d\)|\*)(?:\W|$)", re.I)
# What people write below a table of their own: a theme may be named « Lecture », its colon tells a remark from it.
REMARK = re.compile(r"[\"\s]*(?:(?:sources?|notes?|champ|lecture|précisions?|mise à jour)\s*:|\(\d\)|\*)", re.I)


Keep = Callable[[pd.DataFrame], pd.Series]
Choose = Callable[[list[str]], list[str]]


def load(
    path: Path, choose: Choose, keep: Keep | None = None, *, most: float = math.inf, footer: re.Pattern = FOOTER
) -> pd.DataFrame:
    """Return some columns and rows of a file as texts; index: the row's line, as a person counts, from 1.

    attrs["rows"] is the number of rows of the file, kept or not.

    choose: header → the columns to read. keep: rows, with all their columns → which to keep, block by block. most: rows
    that a CSV may have. footer: what a line of a CSV that is no row begins with.

    Raises:
        InputError: not a file of its kind, cut short, badly encoded, lines of uneven length, too many rows.
    """
    match path.suffix:
        case ".parquet":
            table = _load_parquet(path, choose)
        case ".xlsx":
            table = _load_workbook(path, choose)
        case _:
            return _load_csv(path, choose, keep, most, footer)
    whole = len(table)
    table = table if keep is None else table[keep(table)]
    table.attrs[ROWS] = whole
    return table


def _load_parquet(path: Path, choose: Choose) -> pd.DataFrame:
    try:
        names = parquet.read_schema(path).names
        table = parquet.read_table(path, columns=choose(names)).to_pandas()
    except (arrow.ArrowInvalid, OSError) as error:
        raise broken(path, None, "un fichier coupé, ou d'une autre sorte", "un fichier Parquet entier") from error
    table.index = range(1, len(table) + 1)
    return table


def _load_workbook(path: Path, choose: Choose) -> pd.DataFrame:
    """Return all the sheets that have the columns, one below the other; column `sheet` names each."""
    tables = []
    for name, rows in _sheets(path).items():
        for number, row in enumerate(rows[:TITLE_LINES]):
            header = [" ".join(str(cell).split()) for cell in row]
            chosen = choose(header)
            if len(chosen) > 1:
                table = pd.DataFrame(rows[number + 1 :], columns=header, index=range(number + 2, len(rows) + 1))
                table = table.map(text_of)
                tables.append(table.loc[~without_data(table), chosen].assign(sheet=name))
                break
    if not tables:
        raise broken(path, None, "aucune feuille avec les colonnes", "une feuille qui les a dans ses premières lignes")
    return pd.concat(tables)


def _sheets(path: Path) -> dict[str, list[list]]:
    """Return the sheets of a workbook by name: their rows of cells, from the first one on."""
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            sheets = {name: workbook.get_sheet_by_name(name) for name in workbook.sheet_names}
            return {name: sheet.to_python(skip_empty_area=False) for name, sheet in sheets.items()}
    except (CalamineError, OSError) as error:  # of a zip that is not what Python takes it for
        raise foreign(path) from error


def _load_csv(path: Path, choose: Choose, keep: Keep | None, most: float, footer: re.Pattern) -> pd.DataFrame:
    header, separator = header_of(path)
    chosen = choose(header)
    ragged: list[arrow_csv.InvalidRow] = []

    def note(row: arrow_csv.InvalidRow) -> str:
        if row.actual_columns > row.expected_columns or not footer.match(row.text):
            ragged.append(row)
        return "skip"

    reader = _stream(path, header, separator, note)
    blocks, line, whole = [], 2, 0
    try:
        for batch in reader:
            if line + len(batch) - 2 > most:
                raise broken(path, None, f"plus de {most} lignes", f"{most} au plus")
            block = batch.to_pandas(types_mapper={arrow.string(): ARROW_TEXT}.get)
            block.index = range(line, line + len(block))
            line += len(block)
            wanted = ~without_data(block, footer)
            whole += int(wanted.sum())
            kept = block.loc[wanted if keep is None else wanted & keep(block), chosen]
            blocks.append(pd.DataFrame({name: _shared(kept[name]) for name in chosen}, index=kept.index))
    except (arrow.ArrowInvalid, UnicodeDecodeError) as error:
        raise badly_encoded(path) from error
    if ragged:
        file = project_path(path)
        expected = f"{len(header)}, comme dans l'en-tête"
        raise InputError(
            counted(ragged, lambda row: Finding(file, row.number, None, f"{row.actual_columns} cases", expected))
        )
    table = pd.concat(blocks) if blocks else pd.DataFrame(columns=chosen, dtype=TEXT)
    table.attrs[ROWS] = whole
    return table


def _shared(column: pd.Series) -> pd.Series:
    """Return a column of Arrow's texts as Python's, the same text being one object: few do for millions of rows."""
    coded = arrow.array(column.array).dictionary_encode()
    words = coded.dictionary.to_numpy(zero_copy_only=False).astype(object)
    texts = pd.array(words[coded.indices.to_numpy()], dtype=TEXT)
    return pd.Series(texts, index=column.index, name=column.name)


def once_each(column: pd.Series, function: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """Return what a function makes of the texts of a column, each worked out once: few texts do for millions of rows.

    >>> once_each(pd.Series(["a", "b", "a", None]), lambda texts: texts.str.upper()).tolist()
    ['A', 'B', 'A', nan]
    """
    places, texts = pd.factorize(column, use_na_sentinel=False)
    made = function(pd.Series(texts, dtype=column.dtype))
    return made.take(places).set_axis(column.index)


def without_data(rows: pd.DataFrame, footer: re.Pattern = FOOTER) -> pd.Series:
    """Tell the blank rows and the footers from the others."""
    alone = rows.iloc[:, 1:].eq("").all(axis=1)
    first = rows.iloc[:, 0][alone]  # several columns may have its name
    return (first.eq("") | first.str.match(footer)).reindex(rows.index, fill_value=False)


def header_of(path: Path) -> tuple[list[str], str]:
    """Return the columns of a CSV and its separator, the most frequent of ; , and tab in its first line."""
    with path.open("rb") as file:
        first = file.readline(LONGEST_HEADER)
    if len(first) == LONGEST_HEADER:
        raise broken(path, 1, f"un en-tête de {LONGEST_HEADER} caractères ou plus", "les noms des colonnes")
    if not first.strip():
        raise broken(path, 1, "un fichier vide", "un en-tête et des lignes")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in first:
        expected = "un texte en UTF-8 : enregistrer de nouveau le fichier (dans Excel, « CSV UTF-8 »)"
        raise broken(path, 1, "un texte en UTF-16", expected)
    try:
        text = first.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise badly_encoded(path) from error
    separator = max(SEPARATORS, key=text.count)
    try:
        header = next(csv.reader([text], delimiter=separator))
    except csv.Error as error:  # a cell over the limit of the module, lines that end as on an old Macintosh
        raise broken(path, 1, "une ligne de titres illisible", "un fichier enregistré en « CSV UTF-8 »") from error
    if len(header) > MOST_COLUMNS:
        raise broken(path, 1, f"{len(header)} colonnes", f"{MOST_COLUMNS} au plus")
    return header, separator


class _Utf8(io.FileIO):
    """A file held to UTF-8 as it is read: the parser cannot tell of an uneven line that it cannot decode."""

    def __init__(self, path: Path):
        super().__init__(path)
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; raise UnicodeDecodeError when they are not UTF-8."""
        block = super().read(size)
        self._decoder.decode(block, final=not block)
        return block


def _stream(path: Path, header: list[str], separator: str, note) -> Iterable[arrow.RecordBatch]:
    """Return the batches of a CSV; line numbers of uneven lines are known without threads only."""
    try:
        return arrow_csv.open_csv(
            _Utf8(path),
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: arrow.string() for name in header}, strings_can_be_null=False
            ),
        )
    except (arrow.ArrowInvalid, UnicodeDecodeError) as error:
        raise badly_encoded(path) from error


def badly_encoded(path: Path) -> InputError:
    """Return the error that names the first line that is not UTF-8."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                return broken(path, number, f"l'octet 0x{line[error.start]:02x}", IN_UTF8)
    return broken(path, None, "des lignes illisibles", "un fichier CSV")


WORKBOOKS = (".xlsx", ".ods")
OTHER_KINDS = (".xls", ".xlsm", ".xlsb")  # of workbooks, which are not read
HELP, NOTICE, ACCORDS, LISTS = "Lisez-moi", "Notice d'information", "Accords", "Listes"
BESIDE = {folded(name) for name in (HELP, NOTICE, ACCORDS, LISTS, "Mode d'emploi")}  # sheets that hold no table
FORMER = {  # files in which a démarche was once written, which `ctg new` converts
    "accords.yml", "conservation.yml", "consultation.yml", "convention.yml", "info_flash.yml", "noms_admis.txt",
    "synthese.yml",
}  # fmt: skip
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
class FilledTables:
    """The tables of a workbook or of a folder, by name, and what is wrong there.

    A sheet with wrong cells is given with these blank, so that the rest of it is checked too. unread: the tables that
    cannot be read whole or that are filled in two places, each with what is said of it.
    """

    tables: dict[str, Path | Sheet]
    findings: list[Finding]
    unread: dict[str, Finding]


def is_workbook(path: Path) -> bool:
    """Whether a file is a workbook by its name."""
    return path.suffix.lower() in WORKBOOKS


def unread_file(path: Path, expected: str) -> Finding:
    """What is said of a file that nothing reads: a workbook of another kind has only to be saved again."""
    kind, found = path.suffix.lower(), "un fichier que rien ne lit"
    if path.name in FORMER:
        found, expected = "un fichier qui n'est plus lu", "une feuille d'un classeur : `ctg new EPCI` le convertit"
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


def read_workbook(path: Path, tables: Collection[Headings]) -> FilledTables:
    """The tables of a workbook, of those that it may hold.

    A sheet is known by its name, or else by the codes of its columns; they stand in one of its first rows.

    Raises:
        InputError: not a workbook, or one made to harm.
    """
    sheets: dict[str, Sheet] = {}
    findings: list[Finding] = []
    unread: dict[str, Finding] = {}
    for name, rows, cells in rows_of(path):
        table = _table_of(name, rows, tables)
        if table is None:
            if any(any(row) for row in rows) and folded(name) not in BESIDE:
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
            unread[table.name] = Finding(sheet.place, None, None, found, ONE_FILE)
            findings.append(unread[table.name])
        if table.name not in sheets or not len(sheets[table.name].texts):
            sheets[table.name] = sheet
    return FilledTables(sheets, findings, unread)


def sheets_there(folder: Path, tables: Collection[Headings]) -> set[str]:
    """The tables that have a sheet in a workbook of a folder, filled or not."""
    return {name for path in workbooks_in(folder) for name in read_workbook(path, tables).tables}


def rows_of(path: Path) -> tuple[tuple[str, list[list[str]], Cells], ...]:
    """The sheets of a workbook: name, rows of texts from the first one on, what a scan tells of its cells.

    Those of a file that has not changed since are not read again: several readers ask for the same.
    """
    written = path.stat()
    return _rows_of(path, written.st_mtime_ns, written.st_size)


@lru_cache(maxsize=KEPT)
def _rows_of(path: Path, *_: int) -> tuple[tuple[str, list[list[str]], Cells], ...]:
    cells, sheets = scanned(path), _sheets(path)
    texts = {name: [[text_of(cell) for cell in row] for row in rows] for name, rows in sheets.items()}
    for name, rows in sheets.items():
        for row, column in cells.get(name, Cells()).percents:
            if row <= len(rows) and column <= len(rows[row - 1]) and isinstance(rows[row - 1][column - 1], int | float):
                texts[name][row - 1][column - 1] = f"{text_of(round(100 * rows[row - 1][column - 1], 10))} %"
    return tuple((name, rows, cells.get(name, Cells())) for name, rows in texts.items())


def authors(path: Path) -> list[str]:
    """The names that the properties of a workbook keep of who wrote it."""
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
    """
    top, codes = _header(rows, table)
    if top is None:
        place = SheetPlace.of(project_path(path), name, {})
        raise InputError([Finding(place, 1, None, *NO_HEADINGS)])
    places = {code or xl_col_to_name(at): xl_col_to_name(at) for at, code in reversed([*enumerate(codes)])}
    place = SheetPlace.of(project_path(path), name, places, top + 1)
    texts = _texts_below(rows, top, len(codes))
    texts = texts[~without_data(texts, table.footer)]
    findings = [
        Finding(place, top + 1, xl_col_to_name(at), *NO_CODE)
        for at, code in enumerate(codes)
        if not code and texts[at].ne("").any()
    ]
    for (row, column), fault in cells.faults.items():
        if row > top + 1 and column <= len(codes):
            findings.append(Finding(place, row, codes[column - 1], fault, EXPECTED[fault]))
            texts.loc[texts.index == row, column - 1] = ""
    kept = [at for at, code in enumerate(codes) if code]
    filled = [at for at in kept if codes[at] not in table.prefilled]
    texts = texts.loc[texts[filled].ne("").any(axis=1), kept]
    return Sheet(path, name, place, texts.set_axis([codes[at] for at in kept], axis=1)), findings


def _texts_below(rows: list[list[str]], top: int, wide: int) -> pd.DataFrame:
    """The cells of a sheet below a row, by line and by column. wide: how many columns."""
    return pd.DataFrame(
        [row + [""] * (wide - len(row)) for row in rows[top + 1 :]],
        index=range(top + 2, len(rows) + 1),
        columns=range(wide),
        dtype=TEXT,
    )


def _header(rows: list[list[str]], table: Headings) -> tuple[int | None, list[str]]:
    """The row of the codes, from 0, and the code of each column; of the headings, where there is no row of codes."""
    codes = {folded(code): code for code in table.columns}
    words = {folded(text): code for code, text in table.columns.items()}
    found = [
        (sum(folded(cell) in known for cell in row), top, known)
        for known in (codes, words)
        for top, row in enumerate(rows[:TITLE_LINES])
    ]
    most, top, known = max(found, key=lambda one: one[0], default=(0, 0, {}))
    return (top, [known.get(folded(cell), cell) for cell in rows[top]]) if most else (None, [])

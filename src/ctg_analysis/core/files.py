"""A raw file as a table of texts: CSV as real files are, workbooks with a title block, Parquet.

Nothing is interpreted here but the form: separator, byte order mark, lines, header. The index says where a row is.
"""

import codecs
import csv
import io
import math
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
import pyarrow as arrow
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
from python_calamine import CalamineError, CalamineWorkbook

from ctg_analysis.core.errors import IN_UTF8, Finding, InputError, counted
from ctg_analysis.core.settings import project_path

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

OF_FILES = {".csv", ".xlsx", ".ods", ".yml", ".parquet", ".docx", ".ipynb"}  # what no folder is named

Keep = Callable[[pd.DataFrame], pd.Series]
Choose = Callable[[list[str]], list[str]]


def irregular(paths: Iterable[Path]) -> list[Finding]:
    """Return those of some paths that are neither files nor folders, or are folders with the name of a file."""
    found = {}
    for path in sorted(path for path in paths if not path.name.startswith((".", "~$"))):
        if path.is_dir():
            found |= {path: "un dossier"} if path.suffix in OF_FILES else {}
        elif not path.is_file():
            found[path] = "un tube ou un périphérique" if path.exists() else "un lien vers rien"
    return [Finding(project_path(path), None, None, kind, "un fichier") for path, kind in found.items()]


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


def _broken(path: Path, line: int | None, found: str, expected: str) -> InputError:
    return InputError([Finding(project_path(path), line, None, found, expected)])


def _load_parquet(path: Path, choose: Choose) -> pd.DataFrame:
    try:
        names = parquet.read_schema(path).names
        table = parquet.read_table(path, columns=choose(names)).to_pandas()
    except (arrow.ArrowInvalid, OSError) as error:
        raise _broken(path, None, "un fichier coupé, ou d'une autre sorte", "un fichier Parquet entier") from error
    table.index = range(1, len(table) + 1)
    return table


def _load_workbook(path: Path, choose: Choose) -> pd.DataFrame:
    """Return all the sheets that have the columns, one below the other; column `sheet` names each."""
    try:
        workbook = CalamineWorkbook.from_path(path)
        sheets = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names
        }
    except (CalamineError, OSError) as error:
        raise _broken(path, None, "un fichier coupé, ou d'une autre sorte", "un classeur entier") from error
    tables = []
    for name, rows in sheets.items():
        for number, row in enumerate(rows[:TITLE_LINES]):
            header = [" ".join(str(cell).split()) for cell in row]
            chosen = choose(header)
            if len(chosen) > 1:
                table = pd.DataFrame(rows[number + 1 :], columns=header, index=range(number + 2, len(rows) + 1))
                table = table.map(_cell)
                tables.append(table.loc[~without_data(table), chosen].assign(sheet=name))
                break
    if not tables:
        raise _broken(path, None, "aucune feuille avec les colonnes", "une feuille qui les a dans ses premières lignes")
    return pd.concat(tables)


def _cell(value: object) -> str:
    """Return a cell as text; a whole number without its decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


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
                raise _broken(path, None, f"plus de {most} lignes", f"{most} au plus")
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
        raise _broken(path, 1, f"un en-tête de {LONGEST_HEADER} caractères ou plus", "les noms des colonnes")
    if not first.strip():
        raise _broken(path, 1, "un fichier vide", "un en-tête et des lignes")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in first:
        expected = "un texte en UTF-8 : enregistrer de nouveau le fichier (dans Excel, « CSV UTF-8 »)"
        raise _broken(path, 1, "un texte en UTF-16", expected)
    try:
        text = first.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise badly_encoded(path) from error
    separator = max(SEPARATORS, key=text.count)
    try:
        header = next(csv.reader([text], delimiter=separator))
    except csv.Error as error:  # a cell over the limit of the module, lines that end as on an old Macintosh
        raise _broken(path, 1, "une ligne de titres illisible", "un fichier enregistré en « CSV UTF-8 »") from error
    if len(header) > MOST_COLUMNS:
        raise _broken(path, 1, f"{len(header)} colonnes", f"{MOST_COLUMNS} au plus")
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
                column_types={name: arrow.string() for name in header},
                strings_can_be_null=False,
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
                return _broken(path, number, f"l'octet 0x{line[error.start]:02x}", IN_UTF8)
    return _broken(path, None, "des lignes illisibles", "un fichier CSV")

"""A file of the field material held to its model: every problem at once, each with its line and its column."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from pydantic import ValidationError

from ctg_analysis.cleaning.reading import A_VALUE, BLANK, COLUMN_TWICE, missing_columns, no_headings, turned_round
from ctg_analysis.core.errors import Finding, InputError, first_ones
from ctg_analysis.core.files import REMARK, once_each
from ctg_analysis.core.filled_tables import Filled, load_filled, tables_in
from ctg_analysis.core.habits import NO_NAMES
from ctg_analysis.core.sheets import Sheet, place_of
from ctg_analysis.demarche.tables.declared_tables import Column, Table

FORMULA_STARTS = ("=", "+", "@", "\t")
WITH_QUESTIONS = ("reponses", "reponses_sensibles")  # a column for each question follows those of the model


DELETIONS = "suppressions.csv"  # beside the private tables: what was deleted when it was due
MOST_ROWS = 100_000  # of a table
LONGEST = 5_000  # characters in a cell


@dataclass(frozen=True)
class TableFile:
    """What a file gave. Index of both tables: the line, as a person counts, the header being the first.

    texts: every row as it is written. rows: the valid rows, typed; the questions of answers as they are written.
    findings: what is wrong with the others. unread: nothing could be read, so that what names it is not followed.
    form: the CSV file, or the sheet of a workbook.
    """

    table: Table
    form: Filled
    texts: pd.DataFrame
    rows: pd.DataFrame
    findings: tuple[Finding, ...] = ()
    unread: bool = False

    @property
    def path(self) -> Path:
        """The file that holds it, alone or with others."""
        return self.form.path if isinstance(self.form, Sheet) else self.form

    @property
    def label(self) -> str:
        """What a message calls it: the name of its file, or its sheet."""
        return f"la feuille « {self.form.name} »" if isinstance(self.form, Sheet) else self.table.file

    @property
    def outlived(self) -> bool:
        """Whether personal data were deleted, so that what names them has nothing to find any more."""
        return self.table.private and (not self.path.is_file() or self.path.with_name(DELETIONS).is_file())

    @property
    def place(self) -> str:
        """The path, or the sheet, as a person reads it."""
        return place_of(self.form)


class Tables(NamedTuple):
    """The tables of a folder, by name, and what is wrong with the workbooks that may hold some."""

    files: dict[str, TableFile]
    findings: tuple[Finding, ...]


def read_folder(folder: Path, tables: Mapping[str, Table], codes: Mapping[str, str] = NO_NAMES) -> Tables:
    """The tables of a folder: all of them, without rows where neither a file nor a sheet has them.

    What a sheet that cannot be read may hold is unread, but for what another file gives. codes: see `habits.place`.
    """
    held = tables_in(folder, [table.headings for table in tables.values()])
    told = {(one.path, one.line, one.column) for one in held.findings}  # cells without a value, which are read as blank
    files = {}
    for name, table in tables.items():
        file = read_table(held.tables.get(name, folder / table.file), table, codes)
        lost = name in held.unread and not len(file.texts)
        others = tuple(one for one in file.findings if (one.path, one.line, one.column) not in told)
        files[name] = replace(file, unread=file.unread or lost, findings=others)
    return Tables(files, held.findings)


def read_table(path: Filled, table: Table, codes: Mapping[str, str] = NO_NAMES) -> TableFile:
    """The rows of a file or a sheet of the field material and what is wrong with it; no row when it is absent."""
    nothing = TableFile(table, path, pd.DataFrame(columns=list(table.columns), dtype=str), _typed([], [], table))
    if isinstance(path, Path) and not path.is_file():
        return nothing
    try:
        findings: list[Finding] = []
        texts = load_filled(path, lambda header: _columns(header, table, path, findings), MOST_ROWS, footer=REMARK)
    except InputError as error:
        return replace(nothing, findings=tuple(error.findings), unread=True)
    texts = texts.assign(
        **{name: once_each(texts[name], _unmade(column, codes)) for name, column in table.columns.items()}
    )
    texts.index = texts.index.astype(int)
    rows, lines = [], []
    findings += _repeated(texts, table, path) + _hostile(texts, path)
    for line, cells in zip(texts.index.tolist(), texts[list(table.columns)].to_dict("records"), strict=True):
        try:
            rows.append(table.row.model_validate({name: cell for name, cell in cells.items() if cell}))
            lines.append(line)
        except ValidationError as error:
            findings += [_finding(problem, line, path, table) for problem in error.errors()]
    typed = _typed(rows, lines, table).join(texts.drop(columns=list(table.columns)))
    return TableFile(table, path, texts, typed, tuple(first_ones(findings)))


def _unmade(column: Column, codes: Mapping[str, str]) -> Callable[[pd.Series], pd.Series]:
    """What undoes in the cells of a column what spreadsheets do to them."""
    return lambda cells: cells.map(lambda text: column.kind.as_read(text, codes))


def _columns(header: list[str], table: Table, path: Filled, findings: list[Finding]) -> list[str]:
    """The columns to read: all those of the model, and no other but questions where they have their place.

    findings: that of any other column is added.

    Raises:
        InputError: the rows cannot be read.
    """
    if not set(table.columns) & set(header):
        raise InputError([no_headings(path)])
    wrong = missing_columns(path, [name for name in table.columns if name not in header])
    with_questions = table.name in WITH_QUESTIONS
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            wrong.append(Finding(place_of(path), 1, name, *COLUMN_TWICE))
        elif name not in table.columns and not with_questions:
            expected = f"seulement {', '.join(table.columns)}"
            findings.append(Finding(place_of(path), 1, name, "une colonne qui n'est pas de cette table", expected))
    if wrong:
        raise InputError([*wrong, *findings])
    return [name for name in header if name in table.columns or with_questions]


def _repeated(texts: pd.DataFrame, table: Table, path: Filled) -> list[Finding]:
    """The rows whose key an earlier row has."""
    key = list(table.key)
    again = texts[texts.duplicated(key) & texts[key].ne("").all(axis=1)]
    expected = "une clé qui ne vient qu'une fois : en donner une autre à cette ligne, ou la supprimer"
    return [
        Finding(place_of(path), line, ", ".join(key), f"{quoted(' '.join(cells), table)} une seconde fois", expected)
        for line, *cells in again[key].itertuples()
    ]


def _finding(problem: dict, line: int, path: Path, table: Table) -> Finding:
    column = str(problem["loc"][0])
    if problem["type"] == "missing":
        return Finding(place_of(path), line, column, BLANK, A_VALUE)
    match problem["type"]:
        case "value_error":
            expected = str(problem["ctx"]["error"])
        case "literal_error":
            expected = "l'une de ces valeurs : " + problem["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
        case _:
            expected = problem["msg"]
    return Finding(place_of(path), line, column, quoted(str(problem["input"]), table), expected)


def quoted(text: str, table: Table) -> str:
    """A cell as a message shows it; only its length when the table holds personal data."""
    return f"un texte de {len(text)} caractères" if table.private else repr(text)[:60]


def _hostile(texts: pd.DataFrame, path: Filled) -> list[Finding]:
    """The cells that a spreadsheet would run, or that no person wrote."""
    place = place_of(path)
    plain = f"un texte qui ne commence pas par {' '.join(FORMULA_STARTS).strip()}"
    cells = [(line, column, cell) for column in texts for line, cell in texts[column].items()]
    formulas = [(line, column) for line, column, cell in cells if cell.startswith(FORMULA_STARTS)]
    long = [(line, column, len(cell)) for line, column, cell in cells if len(cell) > LONGEST]
    return [
        *turned_round(texts, path),
        *(Finding(place, line, column, "une formule", plain) for line, column in formulas),
        *(Finding(place, *of, f"{length} caractères", f"{LONGEST} au plus") for *of, length in long),
    ]


def _typed(rows: list, lines: list[int], table: Table) -> pd.DataFrame:
    cells = {name: [getattr(row, name) for row in rows] for name in table.columns}
    frame = pd.DataFrame(cells, index=pd.Index(lines, dtype=int), dtype=object)
    return frame.astype(table.dtypes)

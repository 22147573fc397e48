"""The tables that a team fills, declared in YAML, and those that are written of them."""

import json
from functools import cached_property
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import BaseModel, Field, create_model, model_validator

from ctg_analysis.demarche.columns import KINDS, Kind, Row
from ctg_analysis.indicators.observations import COLUMNS
from ctg_analysis.model.yaml_files import Names, load_yaml
from ctg_analysis.raw.files import REMARK, Headings

FOLDER = Path(__file__).parent / "declared"
STRUCTURES = "equipements_services"
BY_HAND = ("acteurs", "entretiens", "ouvertes_codees", "conservation")  # others of persons come by `ctg answers`


class Column(BaseModel, frozen=True, extra="forbid"):
    """A column: what a person writes in it (French), and what its cells hold.

    type: one of KINDS, or one_of: the closed list of what may be written. of: the tables of which it names rows, by
    the first column of their key or by of_column. optional: whether a cell may be empty.
    """

    label: str
    type: Literal[tuple(KINDS)] | None = None
    one_of: tuple[str, ...] = ()
    of: Names = ()
    of_column: str = ""
    optional: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> "Column":
        if (self.type is None) != bool(self.one_of):
            raise ValueError("un type, ou one_of")
        return self

    @property
    def kind(self) -> Kind:
        """What its cells hold, whatever the column."""
        return KINDS[self.type] if self.type else Kind(Literal[self.one_of], choices=self.one_of)


class Table(BaseModel, frozen=True, extra="forbid"):
    """A table: its file is <name>.csv. key: columns whose values come once. title: what it is, in French. sheet: the
    name of its sheet in a workbook.

    single: has one row at most. prefilled: the columns that `ctg new` fills, a row where nothing else is being none.
    private: holds personal data, lives in data/private/<siren>/demarche/ and never in git.
    """

    name: str
    title: str
    sheet: str
    key: Names
    columns: dict[str, Column]
    single: bool = False
    prefilled: Names = ()
    private: bool = False

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.csv"

    @property
    def workbook(self) -> str:
        """The name of the workbook that has a sheet for it; nothing where it is not filled by hand."""
        return ("demarche_personnes.xlsx" if self.name in BY_HAND else "") if self.private else "demarche.xlsx"

    @property
    def place(self) -> str:
        """Where it is filled, for a person: a sheet of a workbook, or a file."""
        return f"{self.workbook}, feuille « {self.sheet} », ou {self.file}" if self.workbook else self.file

    @cached_property
    def headings(self) -> Headings:
        """What it is known by in a workbook."""
        labels = {name: column.label for name, column in self.columns.items()}
        return Headings(self.name, self.sheet, labels, self.prefilled, footer=REMARK)

    @cached_property
    def row(self) -> type[Row]:
        """The model of its rows: the columns in the order of the file."""
        fields = {
            name: (column.kind.annotation | None, Field(None, description=column.label))
            if column.optional
            else (column.kind.annotation, Field(description=column.label))
            for name, column in self.columns.items()
        }
        return create_model(self.name, __base__=Row, **fields)

    @property
    def dtypes(self) -> dict[str, str]:
        """The pandas type of each column."""
        return {name: column.kind.dtype for name, column in self.columns.items()}

    @property
    def lists(self) -> list[str]:
        """The columns whose cells hold several values, as tuples."""
        return [name for name, dtype in self.dtypes.items() if dtype == "object"]


def how_written(column: Column) -> str:
    """How a cell is written, in French: the form of a number or a date, the closed list, the tables that it names."""
    how = [
        column.kind.how,
        "parmi : " + ", ".join(column.kind.choices) if column.kind.choices else "",
        "de " + " ou ".join(f"la feuille « {TABLES[name].sheet} »" for name in column.of) if column.of else "",
    ]
    return " ; ".join(filter(None, how)) or "texte"


def read_tables(folder: Path = FOLDER) -> dict[str, Table]:
    """The tables that the files of a folder declare, by name."""
    reads = [load_yaml(path, list[Table]) for path in sorted(folder.glob("*.yml"))]
    return {table.name: table for read in reads for table in read.value}


TABLES = read_tables()
PUBLIC = {name: table for name, table in TABLES.items() if not table.private}
RESTRICTED = {name: table for name, table in TABLES.items() if table.private}


# Neither persons' answers nor who was heard are among them: `results` works these out before (rules R1, R6 and R24).

UNSHOWN = {"extraits", "votes", "consultation", "info_flash", "info_flash_dates", "noms_admis"}
UNSHOWN |= {"signataires", "articles", "annexes"}  # which the convention alone prints
MATERIAL_READ = [name for name in PUBLIC if name not in UNSHOWN]  # as they are, see `results`
OBSERVATIONS = "observations"  # what it gives to OBSERVATIONS, through the gate
RECEIVED = "received"  # of which day it is, by source

# Worked out in groups: table → its columns. What they mean: the function that bears the name.
RESULTS = load_yaml(Path(__file__).with_name("results.yml"), dict[str, list[str]]).value | {OBSERVATIONS: COLUMNS}


def stored(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A table as a file keeps it: lists and pairs as JSON, the lines of the files left out."""
    lists = _lists(name)
    written = {column: table[column].map(json.dumps, na_action="ignore") for column in lists}
    return table[columns_of(name)].assign(**written).astype(dict.fromkeys(lists, "str")).reset_index(drop=True)


def restored(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A table as it was: the types of its declaration, lists and pairs as tuples."""
    if name not in MATERIAL_READ:
        return table
    lists = {column: _tuples(table[column]) for column in _lists(name)}
    return table.assign(**lists).astype(PUBLIC[name].dtypes)


def empty(name: str) -> pd.DataFrame:
    """A table without rows, its columns there."""
    return restored(name, pd.DataFrame(columns=columns_of(name), dtype=object))


def columns_of(name: str) -> list[str]:
    """The columns of a table."""
    return RESULTS[name] if name in RESULTS else list(PUBLIC[name].columns)


def _lists(name: str) -> list[str]:
    return PUBLIC[name].lists if name in MATERIAL_READ else []


def _tuples(cells: pd.Series) -> list[tuple | None]:
    lists = [None if pd.isna(cell) else json.loads(cell) for cell in cells]
    return [
        None if one is None else tuple(tuple(part) if isinstance(part, list) else part for part in one) for one in lists
    ]

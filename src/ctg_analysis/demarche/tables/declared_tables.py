"""The tables of a démarche as their files declare them: YAML in `declared`, one file for each of its stages."""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from ctg_analysis.core.declared_values import Names
from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.files import REMARK
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.sheets import Headings
from ctg_analysis.core.yaml_files import load_yaml
from ctg_analysis.demarche.tables.columns import KINDS, Kind, Row

FOLDER = Path(__file__).parent / "declared"
BY_HAND = ("acteurs", "entretiens", "ouvertes_codees")  # of the private tables; answers come by `ctg answers`


class Column(BaseModel):
    """A column: what a person writes in it (French), and what its cells hold.

    type: one of KINDS, or one_of: the closed list of what may be written. of: the tables of which it names rows, by
    the first column of their key or by of_column. optional: whether a cell may be empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
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


class Table(BaseModel):
    """A table: its file is <name>.csv. key: columns whose values come once. title: what it is, in French. sheet: the
    name of its sheet in a workbook.

    private: holds personal data, lives in data/private/<siren>/demarche/ and never in git.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    title: str
    sheet: str
    key: Names
    columns: dict[str, Column]
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
        return Headings(self.name, self.sheet, labels, footer=REMARK)

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
        "de " + " ou ".join(f"{name}.csv" for name in column.of) if column.of else "",
    ]
    return " ; ".join(filter(None, how)) or "texte"


def read_tables(folder: Path = FOLDER) -> dict[str, Table]:
    """The tables that the files of a folder declare, by name.

    Raises:
        InputError: everything that is wrong with the first file that is; then the tables that have the name of another,
            or what names a table or a column that no file declares, each finding with its line.
    """
    reads = {path: load_yaml(path, list[Table]) for path in sorted(folder.glob("*.yml"))}
    tables: dict[str, Table] = {}
    findings = []
    for path, read in reads.items():
        for rank, table in enumerate(read.value):
            if table.name in tables:
                line = read.lines[rank, "name"]
                found = f"{table.name!r} une seconde fois"
                findings.append(Finding(project_path(path), line, "name", found, "un nom à elle seule"))
            tables[table.name] = table
    findings += [
        Finding(
            project_path(path), read.lines[rank, "name"], table.name, repr(name), "une table déclarée et sa colonne"
        )
        for path, read in reads.items()
        for rank, table in enumerate(read.value)
        for name, column in _named(table, tables)
        if name not in tables or column not in tables[name].columns
    ]
    if findings:
        raise InputError(findings)
    return tables


def _named(table: Table, tables: dict[str, Table]) -> list[tuple[str, str]]:
    """The tables that a table names, each with the column where its values stand."""
    own = [(table.name, column) for column in table.key]
    return own + [
        (name, column.of_column or (tables[name].key[0] if name in tables else ""))
        for column in table.columns.values()
        for name in column.of
    ]

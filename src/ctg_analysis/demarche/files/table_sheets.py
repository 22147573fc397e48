"""The tables of a démarche as sheets of a workbook, empty or with rows."""

from collections.abc import Mapping, Sequence

import pandas as pd

from ctg_analysis.core.form_workbooks import DAY, NUMBER, TEXT, workbook
from ctg_analysis.core.form_workbooks import Column as SheetColumn
from ctg_analysis.core.form_workbooks import Table as SheetTable
from ctg_analysis.demarche.tables import TABLES
from ctg_analysis.demarche.tables.declared_tables import Column, Table, how_written

HOLDS = {"day": DAY} | dict.fromkeys(
    ["number", "degrees", "amount", "whole", "percent", "mark_3", "mark_5", "year"], NUMBER
)
YES_OR_NO = ("oui", "non")


def table_workbook(
    title: str,
    what_to_do: Sequence[str],
    tables: Mapping[str, Table],
    places: Sequence[tuple[str, str]] = (),
    rows: Mapping[str, pd.DataFrame] | None = None,
) -> bytes:
    """The workbook of some tables. places: codes and names of the EPCI and its communes. rows: the texts that are
    there, by table; questions, which no table declares, have a column after its own.
    """
    named, there = [f"{code} {name}" for code, name in places], rows or {}
    sheets = [_sheet(table, named, tables, there.get(name)) for name, table in tables.items()]
    return workbook(title, what_to_do, sheets)


def _sheet(table: Table, places: list[str], tables: Mapping[str, Table], rows: pd.DataFrame | None) -> SheetTable:
    columns = [_column(code, column, places, tables) for code, column in table.columns.items()]
    if rows is None:
        return SheetTable(table.sheet, columns)
    questions = [name for name in rows if name not in table.columns]
    columns += [SheetColumn(name, name) for name in questions]
    texts = rows.reindex(columns=[*table.columns, *questions]).fillna("")
    return SheetTable(table.sheet, columns, texts.to_numpy().tolist())


def _column(code: str, column: Column, places: list[str], tables: Mapping[str, Table]) -> SheetColumn:
    """A column: a list of its values where a cell holds one of them, what may be written in a note."""
    kind, several = column.kind, column.kind.dtype == "object"
    note = how_written(column) + (" ; peut rester vide" if column.optional else "")
    note += " ; une nouvelle ligne (Alt+Entrée) vaut |" if several else ""
    choices = () if several else YES_OR_NO if column.type == "yes_no" else kind.choices
    choices = places if column.type == "code" else choices
    named = None
    if len(column.of) == 1 and not several and column.of[0] in tables:
        target = TABLES[column.of[0]]
        named = target.sheet, list(target.columns).index(column.of_column or target.key[0])
    holds = HOLDS.get(column.type or "", TEXT)
    return SheetColumn(
        code,
        column.label,
        note,
        holds,
        choices,
        refused=column.type != "code",
        named=named,
        wide=kind.free_text or several,
    )

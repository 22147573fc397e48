"""Workbooks to fill: written, handed out to partners, known again by the codes below their headings."""

import datetime
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from ctg_analysis.model.form import (
    CONFIRMED,
    EVIDENCE,
    MONTH,
    NAME,
    NO_OTHER_KEY,
    PERIOD,
    PLACE,
    YES,
    YES_NO,
    Field,
    Form,
)
from ctg_analysis.model.form import DAY as FORM_DAY
from ctg_analysis.model.source import Source
from ctg_analysis.model.yaml_files import load_yaml
from ctg_analysis.raw.files import ACCORDS, HELP, LISTS, Headings

TEXT, DAY, NUMBER = "text", "day", "number"
ROWS = 2_000  # that drop-down lists and formats reach
FIRST = 2  # row of the first cell to fill, from 0
BEGINNING = datetime.datetime(2026, 1, 1)  # of each workbook: the same content is the same bytes
NARROW, WIDE, HELP_WIDTH, HEADING_HEIGHT = 16, 32, 90, 64
A4 = 9  # as the format numbers papers
NOTHING: Mapping[str, Sequence[str]] = MappingProxyType({})
FIXED = {"border": 1, "border_color": "#B8C2CC"}


@dataclass(frozen=True)
class Column:
    """A column to fill: its code, the heading above, the note on it, what its cells hold.

    choices: what its cells may hold, in a drop-down list; refused: whether anything else is, and not only doubted.
    named: the sheet and the column of which it names rows.
    """

    code: str
    heading: str
    note: str = ""
    holds: str = TEXT
    choices: Sequence[str] = ()
    refused: bool = True
    named: tuple[str, int] | None = None
    wide: bool = False


@dataclass(frozen=True)
class Table:
    """A sheet to fill: its name, its columns, the rows that are there already, as texts."""

    sheet: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]] = ()


def workbook(
    title: str, what_to_do: Sequence[str], tables: Sequence[Table], beside: Mapping[str, Sequence[str]] = NOTHING
) -> bytes:
    """The workbook of some tables. what_to_do: the lines of the first sheet. beside: those of other sheets, by name."""
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(made, options)
    book.set_properties({"title": title, "created": BEGINNING})
    for name, lines in ({HELP: what_to_do} | beside).items():
        _write_help(book, name, title, lines)
    sheets = [(book.add_worksheet(table.sheet), table) for table in tables]
    lists = book.add_worksheet(LISTS)
    lists.hide()
    ranges: dict[tuple[str, ...], str] = {}
    for sheet, table in sheets:
        _write_table(book, sheet, table, lists, ranges)
    book.close()
    return made.getvalue()


def _write_help(book: xlsxwriter.Workbook, name: str, title: str, lines: Sequence[str]) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, HELP_WIDTH)
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    sheet.write(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for row, line in enumerate(lines, start=2):
        sheet.write_string(row, 0, line, wrapped)


def _write_table(book, sheet, table: Table, lists, ranges: dict[tuple[str, ...], str]) -> None:
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DCE6F1", **FIXED})
    code = book.add_format({"italic": True, "font_color": "#5A6672", "font_size": 9, **FIXED})
    formats = {
        TEXT: book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        DAY: book.add_format({"num_format": "dd/mm/yyyy", "valign": "top"}),
        NUMBER: book.add_format({"valign": "top"}),
    }
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.repeat_rows(0, FIRST - 1)
    sheet.set_row(0, HEADING_HEIGHT)
    sheet.freeze_panes(FIRST, 1)
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, WIDE if column.wide else NARROW, formats[column.holds])
        sheet.write_string(0, at, column.heading, heading)
        sheet.write_string(1, at, column.code, code)
        if column.note:
            sheet.write_comment(0, at, column.note, {"x_scale": 2.5, "y_scale": 1.5})
        if rule := _rule(column, lists, ranges):
            sheet.data_validation(FIRST, at, FIRST + ROWS - 1, at, rule)
        for row, cells in enumerate(table.rows, start=FIRST):
            _write_cell(sheet, row, at, cells[at], column.holds, formats)


def _write_cell(sheet, row: int, at: int, text: str, holds: str, formats: dict) -> None:
    """Write a text as the cell that a person would have typed; nothing for a blank one."""
    if not text:
        return
    try:
        if holds == DAY:
            sheet.write_datetime(row, at, datetime.datetime.fromisoformat(text), formats[DAY])
            return
        if holds == NUMBER:
            sheet.write_number(row, at, float(text.replace(",", ".")), formats[NUMBER])
            return
    except ValueError:  # what is no date or number stays as it was written, for the check to tell
        pass
    sheet.write_string(row, at, text, formats[TEXT])


def _rule(column: Column, lists, ranges: dict[tuple[str, ...], str]) -> dict | None:
    """The data validation of a column, None when anything may be typed."""
    if column.choices:
        choices = tuple(column.choices)
        if choices not in ranges:
            at = len(ranges)
            lists.write_column(0, at, choices)
            letter = xl_col_to_name(at)
            ranges[choices] = f"={LISTS}!${letter}$1:${letter}${len(choices)}"
        source = ranges[choices]
    elif column.named:
        letter = xl_col_to_name(column.named[1])
        name = column.named[0].replace("'", "''")
        source = f"='{name}'!${letter}${FIRST + 1}:${letter}${FIRST + ROWS}"
    else:
        return None
    refused = column.refused and not column.named
    return {
        "validate": "list",
        "source": source,
        "error_type": "stop" if refused else "warning",
        "error_title": "Valeur hors liste",
        "error_message": "Choisissez une valeur de la liste." if refused else "Cette valeur n'est pas dans la liste.",
    }


YES_OR_NO, CONFIRMED_TOO = ("oui", "non"), frozenset({CONFIRMED})


def headings(source: Source) -> Headings:
    """What the sheet of a form is known by; `territoire` is filled when it is handed out."""
    form = source.form
    above = {PLACE: "territoire", PERIOD: _period(form)} | {field.column: field.label for field in form.fields}
    above |= dict.fromkeys(CONFIRMED_TOO & {*form.columns}, "confirmé")
    return Headings(source.id, form.sheet or source.id, above, (PLACE,), CONFIRMED_TOO)


# What was agreed of a form: in each workbook of forms, filled when the partner has sent it back.
AGREEMENTS = Headings(
    "accords",
    ACCORDS,
    {
        "formulaire": "formulaire, tel que caf_partenaire_familles",
        "recu_le": "jour où il est venu",
        "convention": "accord : son titre, sa date, son article",
        "seuil": "seuil du secret, si l'accord en fixe un (5 au moins)",
    },
    prefilled=("formulaire",),
)


def agreements_sheet(rows: Iterable[Mapping[str, str]]) -> Table:
    """The sheet of agreements. rows: what is known of them, by column."""
    holds = {"recu_le": DAY, "seuil": NUMBER}
    columns = [
        Column(code, heading, holds=holds.get(code, TEXT), wide=code in ("formulaire", "convention"))
        for code, heading in AGREEMENTS.columns.items()
    ]
    return Table(AGREEMENTS.sheet, columns, [[row.get(code, "") for code in AGREEMENTS.columns] for row in rows])


def form_sheet(source: Source, places: list[tuple[str, str]], kinds: dict[str, str], confirmed: str) -> Table:
    """The sheet of a form: a row for each place, unless its rows are structures.

    places: codes and names, the EPCI first, then its communes. kinds, confirmed: what is written in a kind of
    column, and in that where a row is confirmed.
    """
    form, named = source.form, [f"{code} {name}" for code, name in places]
    note = "code de la commune, de l'EPCI ou du département"
    columns = [
        Column(PLACE, "territoire", note, choices=named, refused=False, wide=True),
        Column(PERIOD, _period(form)),
        *(_column(field, kinds) for field in form.fields),
        *(Column(name, "confirmé", confirmed, choices=(YES,)) for name in form.columns if name == CONFIRMED),
    ]
    rows = [] if form.by_site else [[place, *[""] * (len(columns) - 1)] for place in named]
    return Table(form.sheet or source.id, columns, rows)


def _period(form: Form) -> str:
    return "période : " + ("un mois de décembre (12/2024)" if form.written == MONTH else "une année (2024)")


def _column(field: Field, kinds: dict[str, str]) -> Column:
    note = kinds[field.kind] + (f" ; au plus {field.part_of}" if field.part_of else "")
    words = field.kind in (EVIDENCE, NAME)
    choices = YES_OR_NO if field.kind == YES_NO else field.choices
    holds = DAY if field.kind == FORM_DAY else TEXT if words or choices else NUMBER
    return Column(field.column, field.label, note, holds, choices, wide=words)


@dataclass(frozen=True)
class Texts:
    """What a partner reads: of the column where a row is confirmed, of each kind of column, of a workbook."""

    __pydantic_config__ = NO_OTHER_KEY
    confirmed: str
    kinds: dict[str, str]
    workbook: tuple[str, ...]


TEXTS: Texts = load_yaml(Path(__file__).with_name("partner_workbooks.yml"), Texts).value


def partner_workbook(sources: Sequence[Source], name: str, places: list[tuple[str, str]]) -> bytes:
    """The workbook of some forms of a partner: its first sheet says what to fill and what secrecy does with it.

    name: of the EPCI. places: codes and names, the EPCI first, then its communes.
    """
    partner = " et ".join(dict.fromkeys(source.partner for source in sources))
    base = max(source.secrecy.base for source in sources)
    what_to_do = [line.format(name=name, base=base) for line in TEXTS.workbook]
    of_which = [f"« {source.form.sheet} » : {source.label} ({source.id})" for source in sources]
    tables = [form_sheet(source, places, TEXTS.kinds, TEXTS.confirmed) for source in sources]
    agreements = agreements_sheet({"formulaire": source.id} for source in sources)
    return workbook(f"{partner} – {name}", [*what_to_do, "", *of_which], [*tables, agreements])

"""The forms of a partner as sheets of a workbook: as they are handed out, and known again when they come back."""

from ctg_analysis.core.datasets import Source
from ctg_analysis.core.form_workbooks import DAY as A_DAY
from ctg_analysis.core.form_workbooks import NUMBER, TEXT, Column, Table
from ctg_analysis.core.forms import CONFIRMED, DAY, EVIDENCE, NAME, PERIOD, PLACE, YES, YES_NO, Field, Form
from ctg_analysis.core.layouts import MONTH
from ctg_analysis.core.sheets import Headings

YES_OR_NO, CONFIRMED_TOO = ("oui", "non"), frozenset({CONFIRMED})


def headings(source: Source) -> Headings:
    """What the sheet of a form is known by; `territoire` is filled when it is handed out."""
    above = {PLACE: "territoire", PERIOD: _period(source.form)} | {
        field.column: field.label for field in source.form.fields
    }
    above |= dict.fromkeys(CONFIRMED_TOO & {*source.form.columns}, "confirmé")
    return Headings(source.id, source.form.sheet or source.id, above, (PLACE,), CONFIRMED_TOO)


def form_sheet(source: Source, places: list[tuple[str, str]], kinds: dict[str, str], confirmed: str) -> Table:
    """The sheet of a form: a row for each place, unless its rows are structures.

    places: codes and names, the EPCI first, then its communes. kinds, confirmed: what is written in a kind of
    column, and in that where a row is confirmed.
    """
    form, named = source.form, [f"{code} {name}" for code, name in places]
    columns = [
        Column(
            PLACE,
            "territoire",
            "code de la commune, de l'EPCI ou du département",
            choices=named,
            refused=False,
            wide=True,
        ),
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
    holds = A_DAY if field.kind == DAY else TEXT if words or choices else NUMBER
    return Column(field.column, field.label, note, holds, choices, wide=words)

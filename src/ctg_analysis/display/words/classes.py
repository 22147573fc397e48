"""Classes of unequal width, compared by what they are counted in: a class is not more numerous for being wider."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from ctg_analysis.display.words import messages, sentences, texts
from ctg_analysis.display.words.quantities import number, percent
from ctg_analysis.model.catalogue import CLASSES
from ctg_analysis.model.indicator import Indicator

UNEQUAL = "Classes inégales ou sans borne : la longueur des barres ne dit pas laquelle est la plus fréquente."
WHOLE_FROM = 20  # a number by year of age has no decimal from here


def are_unequal(family: str, members: Sequence[Indicator]) -> bool:
    """Whether members are classes of one quantity that have not the same width, one without an end among them.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> ages = [CATALOGUE[f"children_{ages}_count"] for ages in ("0_2", "3_5", "6_10")]
    >>> are_unequal("childhood_count", ages), are_unequal("childhood_count", ages[:2])
    (True, False)
    """
    widths = {member.width for member in members}
    return family in CLASSES and (None in widths or len(widths) > 1)


def by_width(
    family: str, members: Sequence[Indicator], own: pd.DataFrame, first: Indicator, title: str
) -> tuple[pd.DataFrame, Indicator, str, str]:
    """What a chart of unequal classes draws: the rows, the indicator that gives the unit, its message, its note.

    The values are divided by the widths of the classes. Where one has no end, or a share no percentage, the rows stay
    as they are, and the message names no class as the greatest.

    Parameters:
        own: readable rows of the members, in their order. first: one whose unit is that of all. title: of the family.
    """
    printed = all(sentences.is_printed(one, row) for one, row in zip(members, own.itertuples(index=False), strict=True))
    if not all(member.width for member in members) or not printed:
        return own, first, "", UNEQUAL
    widths = [member.width for member in members]
    rows = own.assign(**{name: own[name].to_numpy() / widths for name in ("value", "low", "high")})
    rows = rows.assign(text=[_text(first, row) for row in rows.itertuples(index=False)])
    what = CLASSES[family]
    message = texts.uncapitalised(messages.family(title, first.unit, rows, ordered=True))
    return rows, replace(first, unit=f"{first.unit} par {what}"), f"Par {what}, {message}" if message else "", ""


def _text(indicator: Indicator, row) -> str:
    """A value by year of age; of a count that its producer rounds, its bounds."""
    if indicator.unit.startswith("%"):
        return percent(row.value, 2 if row.denominator >= sentences.DECIMALS_FROM else 1)
    if pd.notna(row.low):
        low, high = (number(bound, 0 if row.value >= WHOLE_FROM else 1) for bound in (row.low, row.high))
        return f"entre {low} et {high}" if low != high else low
    return number(row.value, 0 if row.value >= WHOLE_FROM else 1)

"""Classes of unequal width, compared by what they are counted in: a class is not more numerous for being wider."""

from collections.abc import Sequence

import pandas as pd

from ctg_analysis.display.words import sentences
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


DENSITY = {"value": "density", "low": "density_low", "high": "density_high", "text": "density_text"}


def with_density(members: Sequence[Indicator], rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of unequal classes with their values by what their widths are counted in: the columns of DENSITY.

    Unchanged where a class has no end, or a share of the territory no percentage.

    Parameters:
        members: those at the period that is drawn. rows: readable ones of them and of others, here and beside.
    """
    here = rows[rows["level"].eq("epci") & rows["indicator"].isin([one.id for one in members])]
    printed = [sentences.is_printed(one, row) for one, row in zip(members, here.itertuples(index=False), strict=True)]
    if not all(one.width for one in members) or not all(printed):
        return rows
    width = rows["indicator"].map({one.id: one.width for one in members})
    wide = rows.assign(**{name: rows[name] / width for name in ("value", "low", "high")})
    words = [_text(row) if pd.notna(row.value) else "" for row in wide.itertuples(index=False)]
    return rows.assign(**{column: wide.assign(text=words)[name] for name, column in DENSITY.items()})


def densities(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with what DENSITY names in the place of what it is made of."""
    return rows.assign(**{name: rows[column] for name, column in DENSITY.items()})


def _text(row) -> str:
    """A value by year of age; of a count that its producer rounds, its bounds."""
    if row.unit.startswith("%"):
        return percent(row.value, 2 if row.denominator >= sentences.DECIMALS_FROM else 1)
    if pd.notna(row.low):
        low, high = (number(bound, 0 if row.value >= WHOLE_FROM else 1) for bound in (row.low, row.high))
        return f"entre {low} et {high}" if low != high else low
    return number(row.value, 0 if row.value >= WHOLE_FROM else 1)

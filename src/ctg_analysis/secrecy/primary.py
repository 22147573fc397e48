"""The primary rule (R1): no row lets a group of persons smaller than the threshold of its source be seen."""

import pandas as pd

from ctg_analysis.core.datasets import Source
from ctg_analysis.core.model import OK, Indicator
from ctg_analysis.secrecy.statements import counted, measures


def is_guarded(table: pd.DataFrame, sources: dict[str, Source]) -> pd.Series:
    """Which rows come from a source with a threshold."""
    return table["source"].map({name: source.secrecy.threshold for name, source in sources.items()}).gt(0)


def primary(table: pd.DataFrame, indicators: dict[str, Indicator], sources: dict[str, Source]) -> pd.Series:
    """Which rows the primary rule withholds.

    Those in which a count of persons, or the difference of two, lies from 1 to threshold - 1; and those in which no
    count can be read, so that the rule cannot be checked, unless the indicator says that it counts no persons.

    Parameters:
        table: observations.
        indicators, sources: the declarations, by id.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> from ctg_analysis.sources import SOURCES
    >>> rows = pd.DataFrame({"numerator": [4.0, 5, None, 0], "denominator": float("nan"), "status": OK})
    >>> rows = rows.assign(indicator="approved_childminders_count", source="pmi_assistants_maternels")
    >>> primary(rows, CATALOGUE, SOURCES).tolist()
    [True, False, True, False]
    """
    hidden = pd.Series(False, index=table.index)
    guarded = table[is_guarded(table, sources) & table["status"].eq(OK)]
    persons = guarded["indicator"].map({name: counted(indicator) for name, indicator in indicators.items()})
    sums = guarded["indicator"].map({name: tuple(measures(indicator)) for name, indicator in indicators.items()})
    threshold = guarded["source"].map({name: source.secrecy.threshold for name, source in sources.items()})
    for (columns, summed, least), rows in guarded.groupby([persons, sums, threshold]):
        readable = [column for column in summed if column in columns]
        unread = rows[readable].isna().any(axis=1) if readable else bool(columns)
        hidden[rows.index] = unread | too_few(rows, columns, least)
    return hidden


def too_few(rows: pd.DataFrame, persons: tuple[str, ...], threshold: int) -> pd.Series:
    """Which rows let a group of persons smaller than the threshold be seen.

    Parameters:
        persons: the columns that count persons; when both do, their difference is a group too.

    >>> rows = pd.DataFrame({"numerator": [4, 5, 9, 16], "denominator": [20, 20, 20, 20]})
    >>> too_few(rows, ("numerator", "denominator"), 5).tolist()
    [True, False, False, True]
    """
    groups = [rows[column] for column in persons]
    if len(groups) == 2:
        groups.append(rows["denominator"] - rows["numerator"])
    small = [group.gt(0) & group.lt(threshold) for group in groups]
    return pd.concat(small, axis=1).any(axis=1) if small else pd.Series(False, index=rows.index)

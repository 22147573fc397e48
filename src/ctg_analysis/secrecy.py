"""The gate: what may not be shown is emptied here, before anything is drawn, written or said."""

import pandas as pd

from ctg_analysis.model import OK, SECRET, Indicator, Source

VALUES = ["numerator", "denominator", "value", "low", "high"]


def withhold(observations: pd.DataFrame, indicators: dict[str, Indicator], sources: dict[str, Source]) -> pd.DataFrame:
    """Return the observations with the primary rule of each source applied (rule R1).

    A row is withheld when a count of persons in it, or the difference of two, lies from 1 to threshold - 1.
    A row that is not `ok` carries no value, numerator or denominator.
    """
    table = observations.copy()
    guarded = table["source"].map({name: source.secrecy.threshold for name, source in sources.items()}).gt(0)
    for (name, source), rows in table[guarded & table["status"].eq(OK)].groupby(["indicator", "source"]):
        hidden = too_few(rows, indicators[name].persons, sources[source].secrecy.threshold)
        table.loc[rows.index[hidden], "status"] = SECRET
    table.loc[table["status"].ne(OK), VALUES] = float("nan")
    return table


def too_few(rows: pd.DataFrame, persons: tuple[str, ...], threshold: int) -> pd.Series:
    """Return which rows let a group of persons smaller than the threshold be seen.

    persons: the columns that count persons; when both do, their difference is a group too.
    """
    groups = [rows[column] for column in persons]
    if len(groups) == 2:
        groups.append(rows["denominator"] - rows["numerator"])
    small = [group.gt(0) & group.lt(threshold) for group in groups]
    return pd.concat(small, axis=1).any(axis=1) if small else pd.Series(False, index=rows.index)

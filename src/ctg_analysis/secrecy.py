"""The gate: what may not be shown is emptied here, before anything is drawn, written or said."""

import pandas as pd

from ctg_analysis.model import OK, SECRET, SecrecyRule, Source

VALUES = ["numerator", "denominator", "value", "low", "high"]


def withhold(observations: pd.DataFrame, sources: dict[str, Source]) -> pd.DataFrame:
    """Return the observations with the primary rule of each source applied (rule R1).

    A row is withheld when its numerator, its denominator or the difference of the two is a count from 1 to
    threshold - 1. A row that is not `ok` carries no value, numerator or denominator.
    """
    table = observations.copy()
    for source_id in table["source"].unique():
        rows = table["source"].eq(source_id) & table["status"].eq(OK)
        rule = sources[source_id].secrecy
        if rule.threshold:
            table.loc[rows & too_few(table, rule), "status"] = SECRET
    table.loc[table["status"].ne(OK), VALUES] = float("nan")
    return table


def too_few(table: pd.DataFrame, rule: SecrecyRule) -> pd.Series:
    """Return which rows let a group smaller than the rule's threshold be seen."""
    rest = table["denominator"] - table["numerator"]
    return pd.concat(
        [counts.gt(0) & counts.lt(rule.threshold) for counts in (table["numerator"], table["denominator"], rest)],
        axis=1,
    ).any(axis=1)

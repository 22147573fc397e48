"""The tidy table that every cleaning function returns: one row per place, period, measure and source.

parts: how many figures of the producer were added up, whose roundings add up too.
"""

import pandas as pd

from ctg_analysis.core.model import MISSING, OK

COLUMNS = ["code", "level", "period", "measure", "value", "status", "source", "parts"]
IN_EPCIS = "_in_epcis"  # after the name of a measure: what the communes that belong to an EPCI have of it


def facts(table: pd.DataFrame, source: str, **columns) -> pd.DataFrame:
    """Return a table of facts; `columns` completes or replaces those of `table`.

    A value that is absent gets the status `nd` unless the table has a status of its own.
    """
    table = table.assign(source=source, **columns)
    if "status" not in table:
        table["status"] = OK
        table.loc[table["value"].isna(), "status"] = MISSING
    if "parts" not in table:
        table["parts"] = 1
    return table[COLUMNS].astype({"value": float, "parts": int})


def melt(
    table: pd.DataFrame, measures: dict[str, str], source: str, *, code: str, level: str, period: str
) -> pd.DataFrame:
    """Return the facts of a table that has one column per measure; `period` is a column or a constant.

    A column "<name> status" beside a measure says what stands in the place of its missing values.
    """
    place = pd.DataFrame({"code": table[code], "level": level, "period": table.get(period, period)})
    tables = []
    for column, measure in measures.items():
        rows = facts(place.assign(value=table[column]), source, measure=measure)
        if f"{column} status" in table:
            rows["status"] = table[f"{column} status"].fillna(rows["status"])
        tables.append(rows)
    return pd.concat(tables, ignore_index=True)

"""OBSERVATIONS: the one table that everything shown is read from."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.core.model import CENSORED, LEVELS, MISSING, OK, STATUSES, Indicator
from ctg_analysis.sources import SOURCES

KEY = ["territory", "level", "period", "indicator"]
NUMBERS = ["numerator", "denominator", "value", "low", "high"]  # none of them where nothing is known
BOUNDS = ["low", "high"]  # of what is censored too


class Observations(pa.DataFrameModel):
    """What is known of an indicator at a place in a period; texts may be held as categories.

    denominator_period: that of a population of another period than the figure, over which it is counted; else nothing.
    """

    territory: Any
    level: Any = pa.Field(isin=LEVELS)
    period: Any
    indicator: Any
    numerator: float = pa.Field(nullable=True)
    denominator: float = pa.Field(nullable=True)
    value: float = pa.Field(nullable=True)
    low: float = pa.Field(nullable=True)
    high: float = pa.Field(nullable=True)
    status: Any = pa.Field(isin=STATUSES)
    quality: int = pa.Field(isin=[1, 2, 3])
    source: Any
    denominator_period: Any

    class Config:
        """What holds for the whole table."""

        unique = KEY
        strict = True
        ordered = True

    @pa.dataframe_check(error="a value when ok, bounds at most otherwise")
    def empty_when_withheld(cls, table: pd.DataFrame) -> pd.Series:
        """Tell the rows that hold the numbers of their status, and no others."""
        known = table["status"].eq(OK)
        empty = table[NUMBERS].drop(columns=BOUNDS).isna().all(axis=1)
        unbounded = table[BOUNDS].isna().all(axis=1) | table["status"].eq(CENSORED)
        return (known & table["value"].notna()) | (~known & empty & unbounded)


COLUMNS = [*Observations.__annotations__]


def emptied(observations: pd.DataFrame) -> pd.DataFrame:
    """The observations, without numbers where they are not `ok`; what is censored keeps its bounds.

    >>> rows = pd.DataFrame({"status": ["ok", "nd", "censored"], **dict.fromkeys(NUMBERS, 1.0)})
    >>> emptied(rows)["value"].tolist(), emptied(rows)["high"].tolist()
    ([1.0, nan, nan], [1.0, nan, 1.0])
    """
    shown = observations["status"].eq(OK)
    bounded = shown | observations["status"].eq(CENSORED)
    return observations.assign(
        **{name: observations[name].where(bounded if name in BOUNDS else shown) for name in NUMBERS}
    )


def complete(observations: pd.DataFrame, territories: pd.DataFrame, indicators: Iterable[Indicator]) -> pd.DataFrame:
    """One row per territory, indicator and period of that indicator: a place never disappears.

    An indicator has rows at the levels it may be shown at; one that no source feeds has the period "". A row that is
    added has the status `nd`; where the producer publishes large communes only, none is added for a commune or a
    secteur.

    Parameters:
        territories: columns territory, level.
    """
    periods = observations[["indicator", "period"]].drop_duplicates()
    fed = set(periods["indicator"])
    declared = pd.DataFrame(
        [
            (indicator.id, level, indicator.sources[0], _is_of_large_communes(indicator))
            for indicator in indicators
            for level in indicator.shown_at
        ],
        columns=["indicator", "level", "preferred", "large"],
    )
    absent = pd.DataFrame({"indicator": sorted(set(declared["indicator"]) - fed), "period": ""}, dtype=str)
    periods = declared.merge(pd.concat([periods, absent]), on="indicator", how="inner")
    table = (
        territories[["territory", "level"]]
        .merge(periods, on="level", how="inner")
        .merge(observations, on=KEY, how="left", validate="1:1")
    )
    added = table["status"].isna()
    small = added & table["level"].isin(["commune", "secteur"]) & table["large"]
    table, added = table[~small].reset_index(drop=True), added[~small].reset_index(drop=True)
    table["source"] = table["source"].where(~added, table["preferred"])
    table["status"] = table["status"].where(~added, MISSING)
    table["quality"] = table["quality"].fillna(1).astype(int)
    table["denominator_period"] = table["denominator_period"].fillna("")
    return table[COLUMNS].sort_values(KEY, ignore_index=True)


def _is_of_large_communes(indicator: Indicator) -> bool:
    """Whether the producer publishes it of large communes only (Coverage.above, Table.large)."""
    source = SOURCES[indicator.sources[0]]
    return source.coverage.above > 0 or getattr(indicator.value, "measure", "") in source.of_large_communes

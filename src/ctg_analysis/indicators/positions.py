"""Where a value stands in a group of others: their quartiles, their median, the place that its interval allows."""

from typing import NamedTuple

import pandas as pd

from ctg_analysis.indicators.peer_values import FEWEST_VALUES

HIGHEST, LOWEST, MIDDLE = "highest quarter", "lowest quarter", "middle half"
ABOVE, BELOW = "above, not established", "below, not established"


class Position(NamedTuple):
    """The place of a value in a group: one of the five words above; the quartiles and the median of the group."""

    place: str
    low: float
    median: float
    high: float


def position_in(own: pd.Series, others: pd.Series) -> Position | None:
    """The place of a value in a group of others of the same period and producer; None where they are fewer than five.

    Beyond a quartile, the whole interval of the value must be: else it is not established. A value without an interval
    (minutes, what its producer works out) is taken as it is. Quartiles are interpolated linearly; the value itself is
    not one of the group.

    Parameters:
        own: value, low and high.
        others: the values of the group.

    >>> others = pd.Series([10.0, 20, 30, 40, 90])
    >>> position_in(pd.Series({"value": 45.0, "low": 41.0, "high": 49.0}), others)
    Position(place='highest quarter', low=20.0, median=30.0, high=40.0)
    >>> position_in(pd.Series({"value": 45.0, "low": 39.0, "high": 51.0}), others).place
    'above, not established'
    >>> position_in(pd.Series({"value": 12.0, "low": float("nan"), "high": float("nan")}), others).place
    'lowest quarter'
    >>> position_in(pd.Series({"value": 12.0, "low": 9.0, "high": 15.0}), others[:4]) is None
    True
    """
    if len(others) < FEWEST_VALUES:
        return None
    low, median, high = (float(others.quantile(part)) for part in (0.25, 0.5, 0.75))
    value = own["value"]
    least, most = (value if pd.isna(own[bound]) else own[bound] for bound in ("low", "high"))
    if value > high:
        return Position(HIGHEST if least > high else ABOVE, low, median, high)
    if value < low:
        return Position(LOWEST if most < low else BELOW, low, median, high)
    return Position(MIDDLE, low, median, high)

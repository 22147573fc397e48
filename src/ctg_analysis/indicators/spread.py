"""How the EPCIs of France are spread: their tenths, and a difference to France that few of them have (rule R14)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ctg_analysis.core.model import (
    CENSORED,
    OK,
    AnnualChange,
    AnnualFlow,
    AnnualResidual,
    Count,
    Indicator,
    Mean,
    is_share,
)
from ctg_analysis.core.norms import norm
from ctg_analysis.indicators.comparisons import producer

KEY = ["indicator", "period", "producer"]
COLUMNS = [*KEY, "epcis", "low_tenth", "high_tenth", "far"]
NAMED = 1 / 3  # of the EPCIs at most differ from France by what is far
MUCH = 3  # times a difference that is large: a difference of three tenths


def spread_of(rows: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """How the EPCIs are spread, of each indicator, period and producer that enough of them have (norm spread_epcis).

    Parameters:
        rows: observations of EPCIs and of France, of all periods.

    Returns:
        epcis: how many have a value. low_tenth, high_tenth: what a tenth of them at most are below, and above; missing
        where more than a tenth share one value, such as none. far: the standard deviation of the EPCIs or, if more than
        a third of them differ from France by as much, what a third differ by.

    Of 100 EPCIs at 1 to 100, ten are below 11; their deviation is 29, and 33 of them are 34 or more from 50.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> rows = pd.DataFrame({"value": [*range(1, 101), 50.0], "level": ["epci"] * 100 + ["france"], "status": OK})
    >>> rows = rows.assign(territory="F", indicator="birth_rate", period="2022", source="insee_etat_civil")
    >>> spread_of(rows, CATALOGUE)[COLUMNS[3:]].round(1).values.tolist()
    [[100.0, 11.0, 90.0, 34.0]]
    """
    rows = rows[rows["status"].isin([OK, CENSORED]) & rows["level"].isin(["epci", "france"])]
    compared = {name for name in rows["indicator"].unique() if not isinstance(indicators[name].value, Count | Mean)}
    rows = rows[rows["indicator"].isin(compared)].astype(
        dict.fromkeys(("indicator", "period", "level", "source"), object)
    )
    rows = rows.assign(producer=rows["source"].map(producer))
    epcis = rows[rows["level"].eq("epci")]
    france = rows[rows["level"].eq("france") & rows["status"].eq(OK)].sort_values("territory", kind="stable")
    france = france.drop_duplicates(KEY).set_index(KEY)["value"]
    groups = epcis.groupby(KEY, sort=True)["value"]
    found = [
        (*key, *_spread(values, france.get(key, np.nan)))
        for key, values in groups
        if len(values) >= norm("spread_epcis")
    ]
    return pd.DataFrame(found, columns=COLUMNS)


def _spread(values: pd.Series, france: float) -> tuple[float, ...]:
    """Of values, missing where the producer only tells that they are lower than all the others."""
    ranked = np.sort(values.fillna(-np.inf))
    beyond, gaps = len(values) // 10, (values - france).abs().dropna()
    of_few = gaps[gaps.rank(method="max", ascending=False).le(len(gaps) * NAMED)]  # no more have as large a gap
    far = np.nanmax([values.std(), of_few.min()]) if len(gaps) else np.nan
    shared = values.value_counts().max() > beyond
    low, high = (np.nan, np.nan) if shared else (ranked[beyond], ranked[len(values) - 1 - beyond])
    return len(values), low, high, far


def beside_spread(rows: pd.DataFrame, spread: pd.DataFrame) -> pd.DataFrame:
    """The spread of the EPCIs beside each observation: low_tenth, high_tenth, far, epcis; missing where none is known.

    Parameters:
        rows: columns indicator, period, source.
    """
    keys = rows[["indicator", "period"]].astype(object).assign(producer=rows["source"].astype(object).map(producer))
    found = spread.set_index(KEY).reindex(pd.MultiIndex.from_frame(keys))
    return found.set_axis(rows.index)


def tenth(own: pd.DataFrame, beside: pd.DataFrame) -> pd.Series:
    """In which tenth of the EPCIs a value stands: 1 in the highest, -1 in the lowest, 0 in another or where unknown.

    The whole interval must be beyond the next tenth.

    Parameters:
        own: value, low, high. beside: see `beside_spread`, of the same index.

    >>> own = pd.DataFrame({"value": [95.0, 95.0, 5.0], "low": [91.0, 89.0, float("nan")], "high": [99.0, 99.0, 6.0]})
    >>> tenth(own, pd.DataFrame({"low_tenth": 11.0, "high_tenth": 90.0}, index=own.index)).tolist()
    [1, 0, -1]
    """
    low, high = (own[bound].astype(float).fillna(own["value"]) for bound in ("low", "high"))
    return low.gt(beside["high_tenth"]).astype(int) - high.lt(beside["low_tenth"]).astype(int)


def least_large_gap(indicator: Indicator, value: float) -> float:
    """The smallest difference to a value that is large, in the unit of the indicator.

    Of 30 %, a tenth; of 5 %, where a tenth is half a point, one point; of 95 %, a tenth of what it lacks, or one point;
    of a balance, 0.1 % a year.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> [least_large_gap(CATALOGUE["owner_dwellings_share"], value) for value in (30.0, 5.0, 95.0)]
    [3.0, 1.0, 1.0]
    >>> least_large_gap(CATALOGUE["natural_change_rate"], -0.4)
    0.1
    """
    if isinstance(indicator.value, AnnualFlow | AnnualResidual | AnnualChange):
        return norm("notable_balance")
    if not is_share(indicator.value):
        return norm("notable_gap") * abs(value)
    per = indicator.value.per
    smaller = min(value, per - value) if value < per else value
    return max(norm("notable_gap") * smaller, norm("notable_points") * per / 100)

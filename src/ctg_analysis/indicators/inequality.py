"""Inequality within a territory: how far apart its communes are, less what chance alone sets apart (rule R14)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ctg_analysis.core.model import OK, Indicator, is_proportion
from ctg_analysis.core.norms import norm
from ctg_analysis.indicators.uncertainty import Z

OF = (
    "unemployment_15_64_rate", "poverty_2021_rate", "poverty_tenants_rate", "poverty_owners_rate",
    "living_standard_2021_median", "schools_ips_index",
)  # fmt: skip
FEWEST, LEAST_PART = 5, 0.01  # communes of known value; of the base of all: a smaller one is no end of a range
KEY = ["territory", "indicator", "period"]


def inequality(communes: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """How far apart the communes of each territory are: columns communes, apart, least, most, wide.

    Parameters:
        communes: their observations; territory: that which they are of; weight: dwellings, persons or schools that the
            value is of, their inhabitants where its producer does not say.

    Returns:
        apart: the standard deviation between communes, each weighing as what it is of, less the variance of sampling
        and that of draws (method of moments). least, most: the values of the communes that hold a hundredth of all at
        least. wide: whether apart is in the highest tenth of the territories.

    Five communes of 1 000 at 10, 15, 20, 25 and 30 %: a variance of 50 between them, or of 62.5 as five tell it, and
    one of about 1.6 of draws.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> rows = pd.DataFrame({"value": [10.0, 15, 20, 25, 30], "weight": 1000.0, "territory": "E", "period": "2021"})
    >>> rows = rows.assign(low=float("nan"), high=float("nan"), status=OK, indicator="unemployment_15_64_rate")
    >>> inequality(rows, CATALOGUE)[["communes", "apart", "least", "most"]].round(2).values.tolist()
    [[5.0, 7.8, 10.0, 30.0]]
    """
    rows = communes[communes["status"].eq(OK) & communes["weight"].gt(0)]
    per = rows["indicator"].map(
        lambda name: indicators[name].value.per if is_proportion(indicators[name].value) else np.nan
    )
    by = [rows[name].astype(object) for name in KEY]

    def total(numbers: pd.Series) -> pd.Series:
        return numbers.groupby(by).transform("sum")

    n, value, per = rows["weight"], rows["value"], per.astype(float)
    whole = total(n)
    mean = total(n * value) / whole
    sampling = ((rows["high"] - rows["low"]) / 2 / Z).fillna(0) ** 2
    draws = (mean * (per - mean) / n).fillna(0)
    parts = {"square": n * (value - mean) ** 2, "noise": n * (1 - n / whole) * np.maximum(sampling, draws), "nn": n**2}
    ends = value.where(n.ge(LEAST_PART * whole))
    table = pd.DataFrame(parts | {"n": n, "low": ends, "high": ends, "communes": 1.0}).groupby(by)
    sums = (
        table[["square", "noise", "nn", "n", "communes"]]
        .sum()
        .assign(least=table["low"].min(), most=table["high"].max())
    )
    sums = sums[sums["communes"].ge(FEWEST)]
    apart = np.sqrt(((sums["square"] - sums["noise"]) / (sums["n"] - sums["nn"] / sums["n"])).clip(lower=0))
    alike = apart.groupby(level=[1, 2])
    wide = alike.rank(pct=True).gt(0.9) & alike.transform("size").ge(norm("spread_epcis"))
    return sums.assign(apart=apart, wide=wide)[["communes", "apart", "least", "most", "wide"]].reset_index()

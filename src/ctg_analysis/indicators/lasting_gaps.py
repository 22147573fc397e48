"""Which differences matter: those that were there at the vintage before, and that are large enough (rule R14)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ctg_analysis.core.model import OK, Indicator, Ratio, is_share
from ctg_analysis.core.norms import norm
from ctg_analysis.indicators.comparisons import last_year
from ctg_analysis.indicators.dispersion import is_flow
from ctg_analysis.sources import SOURCES

PLACE = ["indicator", "level", "territory"]


def matters(tested: pd.DataFrame, rows: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.Series:
    """Whether the difference of a territory to each place is large, and of the sign that it had before, if it had one.

    Parameters:
        tested: for each indicator the territory first, then its comparators, one period (see `comparisons.tested`).
        rows: their observations of all periods.

    26 % beside 20 % is more than a tenth of it and a point; 21 % beside 20 % is neither, and 26 % beside 20 % was the
    other way round five years before.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> places = pd.DataFrame({"level": ["epci", "departement"], "territory": ["E", "12"], "status": OK})
    >>> places = places.assign(indicator="age_65_plus_share", source="insee_rp_population")
    >>> now, near = (places.assign(period="2023", value=[value, 20.0]) for value in (26.0, 21.0))
    >>> before = places.assign(period="2017", value=[19.0, 20.0])
    >>> [matters(one, pd.concat([one, before]), CATALOGUE)[1].item() for one in (now, near)]
    [False, False]
    >>> matters(now, now, CATALOGUE).tolist()
    [False, True]
    """
    own = tested.drop_duplicates("indicator").set_index("indicator")["value"]
    gap = own.reindex(tested["indicator"]).to_numpy() - tested["value"]
    large = [
        is_large(indicators[name], abs(difference), value)
        for name, difference, value in zip(tested["indicator"], gap, tested["value"], strict=True)
    ]
    before = _gaps_before(tested, rows, indicators)
    return pd.Series(large, tested.index, dtype=bool) & (before.isna() | np.sign(before).eq(np.sign(gap)))


def is_large(indicator: Indicator, gap: float, value: float) -> bool:
    """Whether a difference to a value passes the thresholds of data/reference/normes.yml.

    2 points of 30 % are a fifteenth of it, of 95 % more than a third of what it lacks.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> [is_large(CATALOGUE["owner_dwellings_share"], 2.0, value) for value in (30.0, 95.0)]
    [False, True]
    """
    return gap >= least_large_gap(indicator, value)


def least_large_gap(indicator: Indicator, value: float) -> float:
    """The smallest difference to a value that is large, in the unit of the indicator.

    Of 30 %, a tenth; of 5 %, where a tenth is half a point, one point; of a balance, 0.1 % a year.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> [least_large_gap(CATALOGUE["owner_dwellings_share"], value) for value in (30.0, 5.0)]
    [3.0, 1.0]
    >>> least_large_gap(CATALOGUE["natural_change_rate"], -0.4)
    0.1
    """
    if is_flow(indicator):
        return norm("notable_balance")
    if not is_share(indicator.value):
        return norm("notable_gap") * abs(value)
    per = indicator.value.per
    smaller = min(value, per - value) if value < per else value
    return max(norm("notable_gap") * smaller, norm("notable_points") * per / 100)


def _gaps_before(tested: pd.DataFrame, rows: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.Series:
    """The difference of the territory to each place at the newest vintage before, missing where there is none.

    Two vintages of the census, which pool five surveys each, are five years apart.
    """
    known = rows[rows["status"].eq(OK) & rows["indicator"].isin(tested["indicator"])]
    names = tested.drop_duplicates("indicator")
    here = names[["indicator", "level", "territory", "source"]].assign(now=names["period"].map(last_year))
    own = known.merge(here[["indicator", "level", "territory"]], on=PLACE)
    both = known.merge(own[["indicator", "period", "value"]], on=["indicator", "period"], suffixes=("", "_own"))
    both = both.merge(here[["indicator", "now", "source"]], on="indicator", suffixes=("", "_now"))
    shares = {name for name in set(both["indicator"]) if isinstance(indicators[name].value, Ratio)}
    surveys = {name for name in set(both["source_now"]) if SOURCES[name].precision.sampled}
    census = both["source_now"].isin(surveys) & both["indicator"].isin(shares)
    year = both["period"].map(last_year)
    apart = np.where(census, norm("census_cycle_years"), 1)
    earlier = both[(both["now"] - year).ge(apart)].assign(year=year)
    latest = earlier.sort_values("year", kind="stable").drop_duplicates(PLACE, keep="last").set_index(PLACE)
    found = (latest["value_own"] - latest["value"]).reindex(pd.MultiIndex.from_frame(tested[PLACE]))
    return pd.Series(found.to_numpy(), tested.index)

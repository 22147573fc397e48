"""Differences between the communes of an EPCI: how large, how unequal, which commune stands apart."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from ctg_analysis.indicators.comparisons import compare_proportions, compare_rates, notable, producer, weight_in_tests
from ctg_analysis.indicators.uncertainty import Z
from ctg_analysis.model.indicator import (
    CENSORED,
    EVENTS,
    OK,
    AnnualChange,
    AnnualFlow,
    AnnualResidual,
    Count,
    Indicator,
    Mean,
    Rate,
    is_proportion,
    is_share,
)
from ctg_analysis.model.norms import norm
from ctg_analysis.model.source import SOURCES

# How the EPCIs of France are spread: their median, their tenths, a difference to France that few have (rule R14).

KEY = ["indicator", "period", "producer"]
COLUMNS = [*KEY, "epcis", "zeros", "first_tenth", "median", "last_tenth", "low_tenth", "high_tenth", "far"]
MEDIAN_OF_ALL = "Médiane des EPCI"  # shown in the place of France, where it is not published
ALL_EPCIS = "epcis"  # its level, among those of the places beside
NAMED = 1 / 3  # of the EPCIs at most differ from France by what is far
MUCH = 3  # times a difference that is large: a difference of three tenths


def spread_of(rows: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """How the EPCIs are spread, of each rate, period and producer that enough of them have (norm spread_epcis).

    Parameters:
        rows: observations of EPCIs and of France, of all periods.

    Returns:
        epcis: how many have a value; zeros: of how many it is 0. first_tenth, median, last_tenth: the first decile, the
        median and the last decile of the values, each EPCI counting for one; missing where it falls among those of
        which the producer only tells that they are lower than all the others. low_tenth, high_tenth: the same deciles
        as verdicts use them, what a tenth of the EPCIs at most are below, and above; missing where more than a tenth
        share one value, such as none. far: the standard deviation of the EPCIs or, if more than a third of them differ
        from France by as much, what a third differ by.

    Of 100 EPCIs at 1 to 100, ten are below 11; their deviation is 29, and 33 of them are 34 or more from 50.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> rows = pd.DataFrame({"value": [*range(1, 101), 50.0], "level": ["epci"] * 100 + ["france"], "status": OK})
    >>> rows = rows.assign(territory="F", indicator="birth_rate", period="2022", source="insee_etat_civil")
    >>> spread_of(rows, CATALOGUE)[COLUMNS[3:]].round(1).values.tolist()
    [[100.0, 0.0, 11.0, 50.5, 90.0, 11.0, 90.0, 34.0]]
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
    far = np.nanmax([values.std(), of_few.min()])  # nothing but the first where France is not known
    first, median, last = ranked[beyond], np.median(ranked), ranked[len(values) - 1 - beyond]
    told = [value if np.isfinite(value) else np.nan for value in (first, median, last)]
    shared = values.value_counts().max() > beyond
    low, high = (np.nan, np.nan) if shared else (first, last)
    return len(values), int(values.eq(0).sum()), *told, low, high, far


def beside_spread(rows: pd.DataFrame, spread: pd.DataFrame) -> pd.DataFrame:
    """The spread of the EPCIs beside each observation, in the columns of `spread_of`; missing where none is known.

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


def tenth_of_value(value: pd.Series, beside: pd.DataFrame) -> pd.Series:
    """The same of a value alone, whatever its interval, and of one that is that of the tenth.

    >>> beside = pd.DataFrame({"low_tenth": [11.0] * 3, "high_tenth": 90.0})
    >>> tenth_of_value(pd.Series([90.0, 50.0, 11.0]), beside).tolist()
    [1, 0, -1]
    """
    return value.ge(beside["high_tenth"]).astype(int) - value.le(beside["low_tenth"]).astype(int)


def least_large_gap(indicator: Indicator, value: float) -> float:
    """The smallest difference to a value that is large, in the unit of the indicator.

    Of 30 %, a tenth; of 5 %, where a tenth is half a point, one point; of 95 %, a tenth of what it lacks, or one point;
    of a balance, 0.1 % a year.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
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


# Inequality within a territory: how far apart its communes are, less what chance alone sets apart (rule R14).

OF = (
    "unemployment_15_64_rate", "poverty_2021_rate", "poverty_tenants_rate", "poverty_owners_rate",
    "living_standard_2021_median", "schools_ips_index",
)  # fmt: skip
FEWEST, LEAST_PART = 5, 0.01  # communes of known value; of the base of all: a smaller one is no end of a range
EXPECTED = 2  # times the norm few_events: where so many are expected, chance seldom leaves fewer than the norm
WIDEST = 6  # times what the communes are apart: a wider range is chance
PLACE_KEY = ["territory", "indicator", "period"]


def inequality(communes: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """How far apart the communes of each territory are: columns communes, apart, least, most, ends, wide.

    Parameters:
        communes: their observations; territory: that which they are of; weight: dwellings, persons or schools that the
            value is of, their inhabitants where its producer does not say.

    Returns:
        apart: the standard deviation between communes, each weighing as what it is of, less the variance of sampling
        and that of draws (method of moments). least, most: the values of the communes that hold a hundredth of all at
        least and where, of a proportion, enough events are expected: a commune is chosen by its size, not by what is
        counted in it. Missing where there are not two, where one of them has fewer events than a rate is read on (norm
        few_events), or where chance makes most of their range. ends: how many these communes are. wide: whether apart
        is in the highest tenth of the territories. No row where a commune is at the limit that its producer tells:
        « 5 % ou moins » is no end of a range.

    Five communes of 1 000 at 10, 15, 20, 25 and 30 %: a variance of 50 between them, or of 62.5 as five tell it, and
    one of about 1.6 of draws.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> rows = pd.DataFrame({"value": [10.0, 15, 20, 25, 30], "weight": 1000.0, "territory": "E", "period": "2021"})
    >>> rows = rows.assign(low=float("nan"), high=float("nan"), status=OK, indicator="unemployment_15_64_rate")
    >>> inequality(rows, CATALOGUE)[["communes", "apart", "least", "most"]].round(2).values.tolist()
    [[5.0, 7.8, 10.0, 30.0]]

    In the first only 15 are unemployed, where 183 are expected: a range without it would begin too high.

    >>> inequality(rows.assign(value=[1.5, 15, 20, 25, 30]), CATALOGUE)["least"].isna().item()
    True
    >>> len(inequality(pd.concat([rows, rows[:1].assign(status=CENSORED)]), CATALOGUE))
    0

    Of a hundred such territories, ten are wide; of ninety-nine, none is told to be.

    >>> each = [rows.assign(territory=n, value=20 + (rows["value"] - 20) * n / 100) for n in range(1, 101)]
    >>> inequality(pd.concat(each), CATALOGUE).query("wide")["territory"].tolist()
    [91, 92, 93, 94, 95, 96, 97, 98, 99, 100]
    >>> inequality(pd.concat(each[1:]), CATALOGUE)["wide"].any().item()
    False
    """
    places = pd.MultiIndex.from_frame(communes[PLACE_KEY])
    cut = places.isin(places[communes["status"].eq(CENSORED)])
    rows = communes[communes["status"].eq(OK) & communes["weight"].gt(0) & ~cut]
    per = rows["indicator"].map(
        lambda name: indicators[name].value.per if is_proportion(indicators[name].value) else np.nan
    )
    by = [rows[name].astype(object) for name in PLACE_KEY]

    def total(numbers: pd.Series) -> pd.Series:
        return numbers.groupby(by).transform("sum")

    n, value, per = rows["weight"], rows["value"], per.astype(float)
    whole = total(n)
    mean = total(n * value) / whole
    sampling = ((rows["high"] - rows["low"]) / 2 / Z).fillna(0) ** 2
    draws = (mean * (per - mean) / n).fillna(0)
    parts = {"square": n * (value - mean) ** 2, "noise": n * (1 - n / whole) * np.maximum(sampling, draws), "nn": n**2}
    large = n.ge(LEAST_PART * whole) & ~(n * mean / per).lt(EXPECTED * norm("few_events"))
    few = large & (n * value / per).lt(norm("few_events"))
    ends = value.where(large & total(large).ge(2) & total(few).eq(0))
    table = pd.DataFrame(parts | {"n": n, "low": ends, "high": ends, "communes": 1.0, "ends": large * 1.0}).groupby(by)
    sums = (
        table[["square", "noise", "nn", "n", "communes", "ends"]]
        .sum()
        .assign(least=table["low"].min(), most=table["high"].max())
    )
    sums = sums[sums["communes"].ge(FEWEST)]
    apart = np.sqrt(((sums["square"] - sums["noise"]) / (sums["n"] - sums["nn"] / sums["n"])).clip(lower=0))
    chance = (sums["most"] - sums["least"]).gt(WIDEST * apart)
    sums = sums.assign(least=sums["least"].mask(chance), most=sums["most"].mask(chance))
    alike = apart.groupby(level=[1, 2])
    wide = alike.rank(pct=True).gt(0.9) & alike.transform("size").ge(norm("spread_epcis"))
    return sums.assign(apart=apart, wide=wide)[["communes", "apart", "least", "most", "ends", "wide"]].reset_index()


# Communes that differ from the others of their territory by more than chance: those that may be named (rule R9).

Comparison = Callable[..., pd.Series]


def apart(events: pd.Series, base: pd.Series, compare: Comparison) -> pd.Series:
    """Which communes differ from the others put together, each left out of the mean that it is held to.

    A commune that is a large part of its territory makes its mean: against a mean that holds it, it differs less than
    it does from its neighbours. Of all the communes, at most 5 % of those found are expected to be there by chance
    (Benjamini and Hochberg).

    Parameters:
        events, base: of each commune; at least one base is not 0.
        compare: `compare_proportions` for shares, `compare_rates` for rates of events.

    30 of 100 against 20 of 200: p = 0.00001 for the first; each other of 10 on 100 against 40 of 200: p = 0.03.

    >>> apart(pd.Series([30.0, 10, 10]), pd.Series([100.0, 100, 100]), compare_proportions).tolist()
    [True, True, True]
    >>> apart(pd.Series([1.0, 0, 0]), pd.Series([10.0, 100, 100]), compare_rates).tolist()  # one event
    [False, False, False]
    """
    return notable(compare(events, base, events.sum() - events, base.sum() - base))


def bears_its_value(rows: pd.DataFrame, indicator: Indicator) -> pd.Series:
    """Which communes are large enough for their value to be told as the least or the greatest of a map.

    Of a share or a rate of events, those that differ from the others by more than chance (see `apart`), on as many
    events as a rate may be read on by itself (norm `few_events`). Of another ratio or a change, which no test is made
    for, those whose base of persons or households reaches the norm `smallest_base_of_an_extreme`. A figure without
    such a base, that its producer works out, is taken as it is published; a travel time is a distance, whoever lives
    there.

    Parameters:
        rows: columns numerator, denominator, source; of one period.

    One dwelling of 255 is vacant, 60 of 300 and 40 of 445: the first is apart from 100 of 745, but it is one dwelling;
    60 of 300 is 20 %, apart from 41 of 700; 40 of 445, 9 %, is not from 61 of 555.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> rows = pd.DataFrame({"numerator": [1.0, 60, 40], "denominator": [255.0, 300, 445]})
    >>> rows = rows.assign(source="insee_iris_rp2021")
    >>> bears_its_value(rows, CATALOGUE["vacant_dwellings_share"]).tolist()
    [False, True, False]
    >>> bears_its_value(rows.assign(denominator=[97.0, 200, 407]), CATALOGUE["population_change_rate"]).tolist()
    [False, True, True]
    """
    compare = comparison_of(indicator)
    if compare is None and (indicator.id.endswith("_time") or "denominator" not in indicator.persons):
        return pd.Series(True, index=rows.index)
    if compare is None:
        return ~rows["denominator"].lt(norm("smallest_base_of_an_extreme"))
    return _differs(rows, indicator, compare) & rows["numerator"].ge(norm("few_events"))


def is_apart_on_few(rows: pd.DataFrame, indicator: Indicator) -> pd.Series:
    """Which communes differ from the others by more than chance, on fewer events than `bears_its_value` asks.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> rows = pd.DataFrame({"numerator": [1.0, 60, 40], "denominator": [255.0, 300, 445]})
    >>> is_apart_on_few(rows.assign(source="insee_iris_rp2021"), CATALOGUE["vacant_dwellings_share"]).tolist()
    [True, False, False]
    """
    compare = comparison_of(indicator)
    if compare is None:
        return pd.Series(False, index=rows.index)
    return _differs(rows, indicator, compare) & rows["numerator"].lt(norm("few_events"))


def _differs(rows: pd.DataFrame, indicator: Indicator, compare: Comparison) -> pd.Series:
    weight = rows["source"].map(lambda name: weight_in_tests(SOURCES[name], indicator)).astype(float)
    known = rows["denominator"].gt(0)
    part = rows[known]
    events, base = part["numerator"] * weight[known], part["denominator"] * weight[known]
    events = events.round() if compare is compare_rates else events
    return apart(events, base, compare).reindex(rows.index, fill_value=False)


def comparison_of(indicator: Indicator) -> Comparison | None:
    """The test of the differences of an indicator; None where there is none."""
    if indicator.untested:
        return None
    if is_proportion(indicator.value):
        return compare_proportions
    return compare_rates if isinstance(indicator.value, Rate) and indicator.value.of == EVENTS else None

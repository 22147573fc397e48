"""Communes that differ from the others of their territory by more than chance: those that may be named (rule R9)."""

from collections.abc import Callable

import pandas as pd

from ctg_analysis.core.model import EVENTS, Indicator, Rate, is_proportion
from ctg_analysis.core.norms import norm
from ctg_analysis.indicators.comparisons import weight_in_tests
from ctg_analysis.indicators.significance import compare_proportions, compare_rates, notable
from ctg_analysis.sources import SOURCES

Comparison = Callable[..., pd.DataFrame]


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
    return notable(compare(events, base, events.sum(), base.sum(), events, base)["p"])


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

    >>> from ctg_analysis.catalogue import CATALOGUE
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

    >>> from ctg_analysis.catalogue import CATALOGUE
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

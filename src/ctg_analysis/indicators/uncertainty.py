"""Intervals: what counting noise, rounding and censoring leave open."""

from functools import cache

import numpy as np
import pandas as pd
from scipy.special import gammaincinv, ndtri

from ctg_analysis.core.model import CENSORED, EVENTS, OK, PERSONS

CONFIDENCE = 0.95
Z = float(ndtri((1 + CONFIDENCE) / 2))
BYAR_FROM = 10  # events: Byar's approximation from here, the exact interval below

FEW_TERMS = 20  # of a sum of rounded counts: the law of their errors is worked out, beyond it is taken for normal

NEAREST, FLOOR, UNKNOWN = "nearest", "floor", "unknown"  # how a producer rounds
PROOF = float(ndtri(0.9995))  # standard errors that name a rounding rule: it then governs every count


def wilson_interval(successes: pd.Series, trials: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The 95 % interval of shares, from 0 to 1, without continuity correction; nothing where trials are 0.

    The numbers need not be whole: an effective size does as well as a count of trials.

    Source: Wilson (1927), the method of Public Health England's PHEindicatormethods (rule R15).

    >>> low, high = wilson_interval(pd.Series([3.0]), pd.Series([12.0]))
    >>> round(low.item(), 4), round(high.item(), 4)
    (0.0889, 0.5323)
    """
    share = successes / trials.where(trials > 0)
    spread = Z * np.sqrt(share * (1 - share) / trials + Z**2 / (4 * trials**2))
    centre = share + Z**2 / (2 * trials)
    shrink = 1 + Z**2 / trials
    low = ((centre - spread) / shrink).clip(lower=0).mask(share.eq(0), 0.0)
    high = ((centre + spread) / shrink).clip(upper=1).mask(share.eq(1), 1.0)
    return low, high


def poisson_interval(events: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The 95 % interval of counts of events: exact below 10, Byar's approximation from 10.

    Source: Breslow and Day (1987), the method of Public Health England's PHEindicatormethods (rule R15).

    >>> low, high = poisson_interval(pd.Series([9.0, 10.0, 12.0]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([4.115, 4.787, 6.194], [17.085, 18.391, 20.963])
    """
    alpha = 1 - CONFIDENCE
    exact_low = gammaincinv(events, alpha / 2)
    exact_high = gammaincinv(events + 1, 1 - alpha / 2)
    above = events.clip(lower=1)
    byar_low = above * (1 - 1 / (9 * above) - Z / (3 * np.sqrt(above))) ** 3
    next_up = events + 1
    byar_high = next_up * (1 - 1 / (9 * next_up) + Z / (3 * np.sqrt(next_up))) ** 3
    large = events >= BYAR_FROM
    low = pd.Series(np.where(large, byar_low, np.nan_to_num(exact_low)), index=events.index)
    high = pd.Series(np.where(large, byar_high, exact_high), index=events.index)
    return low.where(events.notna()), high.where(events.notna())


def _of_events(events: pd.Series, exposure: pd.Series) -> tuple[pd.Series, pd.Series]:
    low, high = poisson_interval(events)
    return low / exposure, high / exposure


def _of_persons(persons: pd.Series, population: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Wilson's interval; that of events where the register, which is of another day, counts more persons."""
    part = persons.le(population)
    wilson = wilson_interval(persons.where(part), population)
    return tuple(own.where(part, other) for own, other in zip(wilson, _of_events(persons, population), strict=True))


NOISE = {EVENTS: _of_events, PERSONS: _of_persons}


def difference_interval(more: pd.Series, less: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The 95 % interval of differences of two counts of events: births less deaths.

    Each count has its own interval (`poisson_interval`), and the differences that they allow are put together as
    variances are, without taking both at their worst. Source: Zou and Donner (2008), Statistics in Medicine 27,
    1693-1702 (the method of variance estimates recovery).

    12 births (6.2 to 21.0) and 30 deaths (20.2 to 42.8): -18 less √(5.8² + 12.8²), and more √(9.0² + 9.8²).

    >>> low, high = difference_interval(pd.Series([12.0]), pd.Series([30.0]))
    >>> round(low.item(), 2), round(high.item(), 2)
    (-32.08, -4.75)
    """
    (more_low, more_high), (less_low, less_high) = poisson_interval(more), poisson_interval(less)
    below = np.sqrt((more - more_low) ** 2 + (less_high - less) ** 2)
    above = np.sqrt((more_high - more) ** 2 + (less - less_low) ** 2)
    return more - less - below, more - less + above


def rounding_interval(counts: pd.Series, step: pd.Series | int, rule: str = UNKNOWN) -> tuple[pd.Series, pd.Series]:
    """The bounds of the true counts behind counts rounded to `step` (rule R3).

    Rounded to the nearest, the truth lies within (step - 1) / 2 on each side; rounded down (`floor`), it lies up to
    step - 1 above. Unknown: the wider of both. Published as 0, it is anything less than the step: what is so small
    is not published.

    Parameters:
        rule: as `detect_rounding` returns it.

    >>> low, high = rounding_interval(pd.Series([20.0, 0]), 5, NEAREST)
    >>> low.tolist(), high.tolist()
    ([18.0, 0.0], [22.0, 4.0])
    >>> low, high = rounding_interval(pd.Series([20.0]), 5, FLOOR)
    >>> low.item(), high.item()
    (20.0, 24.0)
    """
    half = (step - 1) // 2
    below = {NEAREST: half, FLOOR: 0, UNKNOWN: half}[rule]
    above = {NEAREST: half, FLOOR: step - 1, UNKNOWN: step - 1}[rule]
    return (counts - below).clip(lower=0), counts + np.where(counts.eq(0), step - 1, above)


def ratio_interval(
    low_numerator: pd.Series,
    high_numerator: pd.Series,
    low_denominator: pd.Series,
    high_denominator: pd.Series,
    per: float,
    *,
    bounded: bool = False,
) -> tuple[pd.Series, pd.Series]:
    """The bounds of numerator / denominator times `per` when each lies between bounds (rule R3c).

    Parameters:
        low_denominator, high_denominator: the same where it is exact.
        bounded: the numerator is a part of the denominator, the ratio is at most `per`. Otherwise the high bound is
            infinite where the denominator may be 0.

    >>> low, high = ratio_interval(*(pd.Series([count]) for count in (18.0, 22.0, 90.0, 100.0)), 100)
    >>> round(low.item(), 2), round(high.item(), 2)
    (18.0, 24.44)
    """
    low = low_numerator / high_denominator * per
    high = high_numerator / low_denominator * per
    return (low.clip(upper=per), high.clip(upper=per)) if bounded else (low, high)


def rounding_variance(step: int) -> float:
    """The variance of the error of one rounded count, every remainder being as likely: 2 for a step of 5.

    The sum of 20 such counts is then known to 12 more or less, at 95 % (rule R3d).

    >>> rounding_variance(5), int(Z * (20 * rounding_variance(5)) ** 0.5)
    (2.0, 12)
    """
    return (step**2 - 1) / 12


@cache
def least_bounds(step: int) -> dict[int, int]:
    """The least whole bound that 95 % of the sums of so many errors of rounding keep to, for up to 20 of them.

    Four errors of -2 to 2 are within 5 in 595 of their 625 combinations.

    >>> [least_bounds(5)[terms] for terms in (1, 2, 3, 4, 5, 20)]
    [2, 4, 5, 5, 6, 12]
    """
    half = (step - 1) // 2
    law, found = np.ones(1), {0: 0}
    for terms in range(1, FEW_TERMS + 1):
        law = np.convolve(law, np.full(2 * half + 1, 1 / (2 * half + 1)))
        middle = half * terms
        kept = 2 * np.cumsum(law[middle:]) - law[middle]
        found[terms] = int(np.argmax(kept >= CONFIDENCE))
    return found


def sum_interval(
    sums: pd.Series, parts: pd.Series, few: pd.Series, step: int, rule: str = UNKNOWN
) -> tuple[pd.Series, pd.Series]:
    """The bounds of the true totals behind sums of counts rounded to `step`, at 95 % or more (rule R3).

    Rounded to the nearest, counts are at most (step - 1) / 2 off, each, and their errors offset each other: 95 % of the
    sums of n remainders, all as likely, lie within `least_bounds` or, beyond 20 of them, 1.96 x √(n x variance) to the
    next half. Rounded down, the truth is (step - 1) / 2 higher for each of them on average. Unknown: the wider of both.
    A count published as 0, or withheld, has no error that offsets another: all that it may hold is added above.

    Parameters:
        sums: of the counts, those that are withheld counted as 1.
        parts: how many were added up. few: how many of them are 0 or withheld.
        rule: as `detect_rounding` returns it.

    Two counts, 20 and 20: each up to 2 below and 4 above. Twenty: 12 more or less, and 40 above if rounded down. Five,
    of which 10, 10 and 10, a 0 and one that is withheld: 5 below, 5 + 3 x 2 + 2 x 4 above.

    >>> sums, parts, few = pd.Series([40.0, 400, 31]), pd.Series([2, 20, 5]), pd.Series([0, 0, 2])
    >>> low, high = sum_interval(sums, parts, few, 5)
    >>> low.tolist(), high.tolist()
    ([36.0, 388.0, 26.0], [48.0, 452.0, 50.0])
    """
    half, several = (step - 1) // 2, parts - few
    spread = np.ceil(Z * np.sqrt(rounding_variance(step) * several) - 0.5)
    within = several.map(least_bounds(step)).fillna(spread)
    drift, more = half * several, (step - 1) * few
    below = {NEAREST: within, FLOOR: within - drift, UNKNOWN: within}[rule]
    above = {NEAREST: within, FLOOR: within + drift, UNKNOWN: within + drift}[rule]
    return (sums - below).clip(lower=0), sums + above + more


def rounding_bias(step: int) -> float:
    """The mean error of one count rounded down: so many persons below the truth (rule R3d).

    >>> rounding_bias(5), 20 * rounding_bias(5)
    (-2.0, -40.0)
    """
    return -(step - 1) / 2


def detect_rounding(communes: pd.DataFrame, epci: pd.DataFrame, step: int) -> str:
    """How a producer rounds to `step`: `nearest`, `floor`, or `unknown` when the figures do not say (rule R3a).

    Over every pair of an EPCI and an indicator, the sum of the k communes less the figure of the EPCI, itself rounded,
    has mean 0 if counts are rounded to the nearest, -2 (k - 1) if rounded down (step of 5), and variance 2 (k + 1).
    The total gap is set against these two simple hypotheses by the likelihood ratio test (Neyman and Pearson 1933):
    their variances being equal, it compares the gap to the middle of the two means. A rule is named when the gap lies
    beyond the middle by 3.3 standard errors, on its side, and not as far again on the other side of the rule's own
    mean, where neither rule holds.

    Left out: a pair with a commune at 0 (a true 0 is not rounded) or without a figure; a pair whose gap no rounding
    can make, the communes being those of another perimeter.

    Parameters:
        communes: columns epci, period, measure, value, one row for each commune of the EPCI.
        epci: the same columns.
        step: that of the rounding.

    Four EPCIs of ten communes of 10. Their figures of 100 are 0 away from the sums; rounded down, -2 x 9 x 4 = -72
    would be expected, known to 3.29 x √(2 x 11 x 4) = 31. Figures of 120 leave a gap of -80.

    >>> told = {"period": "2023", "measure": "households"}
    >>> communes = pd.DataFrame({"epci": list("ABCD") * 10, "value": 10.0} | told)
    >>> epci = pd.DataFrame({"epci": list("ABCD"), "value": 100.0} | told)
    >>> detect_rounding(communes, epci, 5), detect_rounding(communes, epci.assign(value=120.0), 5)
    ('nearest', 'floor')
    """
    key = ["epci", "period", "measure"]
    sums = communes.assign(rounded=communes["value"].gt(0)).groupby(key, as_index=False)
    sums = sums.agg(total=("value", "sum"), parts=("value", "size"), rounded=("rounded", "all"))
    pairs = sums[sums["rounded"] & sums["parts"].gt(1)].merge(epci, on=key, validate="1:1")
    gap, parts = pairs["total"] - pairs["value"], pairs["parts"]
    possible = gap.between(2 * rounding_bias(step) * parts, -rounding_bias(step) * (parts + 1))
    gap, parts = gap[possible], parts[possible]
    if gap.empty:
        return UNKNOWN
    if_floor = rounding_bias(step) * (parts - 1).sum()
    position = gap.sum() / if_floor  # 0 expected of the nearest, 1 of the floor
    doubt = PROOF * np.sqrt(rounding_variance(step) * (parts + 1).sum()) / abs(if_floor)
    if -0.5 < position < 0.5 - doubt:
        return NEAREST
    if 0.5 + doubt < position < 1.5:
        return FLOOR
    return UNKNOWN


def censor_floor(facts: pd.DataFrame, floor: float) -> pd.DataFrame:
    """The facts where a value at the floor of its producer is `censored` and carries no value (rule R5).

    INSEE publishes as 5 % any poverty rate below 5 %: such a value is shown as "≤ 5 %", and being empty it stays out
    of ranks, means and correlations.

    Parameters:
        facts: columns value and status, of the measure that has this floor.

    >>> censor_floor(pd.DataFrame({"value": [5.0, 14.2], "status": OK}), 5).to_numpy().tolist()
    [[nan, 'censored'], [14.2, 'ok']]
    """
    at_floor = facts["status"].eq(OK) & facts["value"].le(floor)
    return facts.assign(value=facts["value"].mask(at_floor), status=facts["status"].mask(at_floor, CENSORED))

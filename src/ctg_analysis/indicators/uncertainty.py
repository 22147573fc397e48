"""Intervals: what counting noise, sampling, rounding and censoring leave open."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd
from scipy.special import betaincinv, betaln, expit, logit, ndtri
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

from ctg_analysis.model.indicator import (
    CENSORED,
    EVENTS,
    OK,
    PERSONS,
    PLACES,
    Indicator,
    Rate,
    Ratio,
    is_proportion,
    measures_of,
)
from ctg_analysis.model.norms import norm
from ctg_analysis.model.source import COMPLEMENTARY, MAIN, SOURCES, Source

# Intervals: what counting noise, rounding and censoring leave open.

CONFIDENCE = 0.95
Z = float(ndtri((1 + CONFIDENCE) / 2))

FEW_TERMS = 20  # of a sum of rounded counts: the law of their errors is worked out, beyond it is taken for normal

NEAREST, FLOOR, UNKNOWN = "nearest", "floor", "unknown"  # how a producer rounds
PROOF = float(ndtri(0.9995))  # standard errors that name a rounding rule: it then governs every count


def _of_events(events: pd.Series, exposure: pd.Series) -> tuple[pd.Series, pd.Series]:
    return confint_poisson(events, exposure.where(exposure.gt(0)), method="exact-c")


def _of_persons(persons: pd.Series, population: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Wilson's interval; that of events where the register, which is of another day, counts more persons."""
    part = persons.le(population)
    wilson = proportion_confint(persons.where(part), population.where(population.gt(0)), method="wilson")
    return tuple(own.where(part, other) for own, other in zip(wilson, _of_events(persons, population), strict=True))


NOISE = {EVENTS: _of_events, PERSONS: _of_persons}


def chance_interval(
    counts: pd.DataFrame, bases: pd.DataFrame, of: str, *, bounded: bool = False
) -> tuple[pd.Series, pd.Series]:
    """The 95 % interval of counts over bases, which chance has made and which may be rounded.

    Chance and the errors of rounding are independent: their half-widths are put together as variances are. What is not
    known to offset (how the producer rounds, what a 0 or a withheld count may hold) moves the ends by all that it may.

    Parameters:
        counts, bases: columns low, high and within: the bounds of the truth, and the part of them on each side that
            errors of rounding, all as likely, make at 95 % (see `rounding_spread`); 0 of what is exact, or held to all
            of its bounds.
        of: EVENTS or PERSONS, see `NOISE`. bounded: the counts are a part of the bases.

    Source: Wilson (1927), Garwood (1936), and Zou and Donner (2008), Statistics in Medicine 27, 1693-1702 (rule R15).

    100 events, known to 5 more or less, in a year of 1 000: 81.4 to 121.6 by chance alone, √(18.6² + 5²) below.

    >>> counts = pd.DataFrame({"low": [100.0, 95], "high": [100.0, 105], "within": [0.0, 5]})
    >>> low, high = chance_interval(counts, pd.DataFrame({"low": [1e3] * 2, "high": 1e3, "within": 0.0}), EVENTS)
    >>> (1000 * low).round(1).tolist(), (1000 * high).round(1).tolist()
    ([81.4, 80.7], [121.6, 122.2])
    """
    least, most = counts["low"] + counts["within"], counts["high"] - counts["within"]
    widest, narrowest = bases["high"] - bases["within"], bases["low"] + bases["within"]
    most = most.clip(upper=narrowest) if bounded else most
    low, high = least / widest, most / narrowest
    error = np.hypot(counts["within"], (low + high) / 2 * bases["within"]) / narrowest
    low = low - np.hypot(low - NOISE[of](least, widest)[0], error)
    high = high + np.hypot(NOISE[of](most, narrowest)[1] - high, error)
    return low.clip(lower=0), high.clip(upper=1) if bounded else high


def is_drawn(indicator: Indicator, source: Source) -> bool:
    """Whether chance has a part in a figure: events, and persons to whom something has happened, such as an exam.

    Dwellings, premises and schools are counted whole, and so is what a commune has all or none of. A share of counts
    that secrecy rounds is held to all of its bounds (rule R1).

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> names = ("lower_secondary_exam_rate", "vacant_social_dwellings_share", "pupils_with_aesh_share")
    >>> [is_drawn(one, SOURCES[one.sources[0]]) for one in map(CATALOGUE.get, names)]
    [True, False, False]
    """
    value = indicator.value
    if isinstance(value, Rate):
        return value.of != PLACES
    happens = is_proportion(value) and "numerator" in indicator.persons and not indicator.untested
    return happens and not (source.precision.sampled or source.secrecy.base)


def ratio_interval(
    low_numerator: pd.Series,
    high_numerator: pd.Series,
    low_denominator: pd.Series,
    high_denominator: pd.Series,
    per: float,
    *,
    bounded: bool = False,
) -> tuple[pd.Series, pd.Series]:
    """The bounds of numerator / denominator times `per` when each lies between bounds (rule R3).

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


def goes_further(rows: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.Series:
    """Whether bounds of rates or shares go further than chance and the rounding of one count let them, or a declared
    sum of rounded counts is in them: they are told by their bounds (rule R3).

    Parameters:
        rows: columns indicator, source, level, numerator, denominator, low, high, of sources that round.

    40 of 200 are 15 to 26 % by chance, and what one rounding adds; up to 35 % tells of counts that are withheld.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> rows = {"level": "epci", "numerator": [40.0, 40], "denominator": 200.0, "low": 15.0, "high": [26.0, 35]}
    >>> rows = pd.DataFrame(rows).assign(indicator="caf_rsa_households_share", source="caf_s_ben_com_f")
    >>> goes_further(rows, CATALOGUE).tolist()
    [False, True]
    """
    pairs = list(zip(rows["indicator"], rows["source"], strict=True))
    alone = {pair: _of_one_rounding(indicators[pair[0]], SOURCES[pair[1]]) for pair in set(pairs)}
    columns = ["of", "bounded", "per", "numerator", "denominator", "summed"]
    each = pd.DataFrame([alone[pair] for pair in pairs], rows.index, columns)
    further = pd.Series(False, rows.index)
    for (of, bounded), part in each[each["of"].ne(UNTESTED)].groupby(["of", "bounded"]):
        known = rows.loc[part.index]
        counts, bases = (
            pd.DataFrame({"low": (known[name] - part[name]).clip(lower=0), "high": known[name] + part[name]})
            for name in ("numerator", "denominator")
        )
        if of == ROUNDED:
            low, high = ratio_interval(counts["low"], counts["high"], bases["low"], bases["high"], 1)
        else:
            low, high = chance_interval(counts.assign(within=0.0), bases.assign(within=0.0), of, bounded=bounded)
        sums = np.array([level in levels for level, levels in zip(known["level"], part["summed"], strict=True)])
        further[part.index] = known["low"].lt(low * part["per"]) | known["high"].gt(high * part["per"]) | sums
    return further


ROUNDED, UNTESTED = "rounded", ""


def _of_one_rounding(indicator: Indicator, source: Source) -> tuple[str, bool, float, int, int, frozenset[str]]:
    """What makes the bounds of a value whose counts are rounded once: chance (EVENTS, PERSONS), ROUNDED alone, or not
    known; whether the numerator is a part of the denominator; per; the most that each may be off; the levels at which
    they are declared sums.
    """
    value, step = indicator.value, source.precision.rounding or source.secrecy.base
    if not isinstance(value, Rate | Ratio):
        return UNTESTED, False, 1, 0, 0, frozenset()
    ratio, summed = isinstance(value, Ratio), {level for level, one in source.added_up if one in measures_of(value)}
    by_chance = PERSONS if ratio else value.of
    of = by_chance if is_drawn(indicator, source) else ROUNDED if ratio and value.tested else UNTESTED
    return of, ratio, value.per, step, step * ratio, frozenset(summed)


def rounding_variance(step: int) -> float:
    """The variance of the error of one rounded count, every remainder being as likely: 2 for a step of 5.

    The sum of 20 such counts is then known to 12 more or less, at 95 % (rule R3).

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


def rounding_spread(terms: pd.Series, step: int) -> pd.Series:
    """What 95 % of the sums of so many errors of rounding keep to, whatever the rule: around 0, or around their drift.

    >>> rounding_spread(pd.Series([0, 1, 20, 100]), 5).tolist()
    [0.0, 2.0, 12.0, 28.0]
    """
    normal = np.ceil(Z * np.sqrt(rounding_variance(step) * terms) - 0.5)
    return terms.map(least_bounds(step)).fillna(normal).astype(float)


def sum_interval(
    sums: pd.Series, parts: pd.Series | int, few: pd.Series, step: int, rule: str = UNKNOWN
) -> tuple[pd.Series, pd.Series]:
    """The bounds of the true totals behind sums of counts rounded to `step`, at 95 % or more (rule R3).

    Rounded to the nearest, counts are at most (step - 1) / 2 off, each, and their errors offset each other
    (`rounding_spread`). Rounded down, the truth is (step - 1) / 2 higher for each of them on average. Unknown: the
    wider of both.
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
    within = rounding_spread(several, step)
    drift, more = half * several, (step - 1) * few
    below = {NEAREST: within, FLOOR: within - drift, UNKNOWN: within}[rule]
    above = {NEAREST: within, FLOOR: within + drift, UNKNOWN: within + drift}[rule]
    return (sums - below).clip(lower=0), sums + above + more


def detect_rounding(communes: pd.DataFrame, epci: pd.DataFrame, step: int) -> str:
    """How a producer rounds to `step`: `nearest`, `floor`, or `unknown` when the figures do not say (rule R3).

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
    bias = -(step - 1) / 2  # of one count rounded down, on average
    possible = gap.between(2 * bias * parts, -bias * (parts + 1))
    gap, parts = gap[possible], parts[possible]
    if gap.empty:
        return UNKNOWN
    if_floor = bias * (parts - 1).sum()
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


# The census as a sample: what its supplementary coding, and its surveys of large communes, leave open.


def coded_fraction(population: pd.Series, unit: pd.Series, year: int, kind: str = COMPLEMENTARY) -> pd.Series:
    """The fraction of dwellings of each unit whose forms are read, all of them or those that are fully coded.

    Communes under 10 000 inhabitants are surveyed in full once in five years and 20 % of their dwellings are coded,
    25 % in the surveys before 2014. Larger communes are surveyed by a yearly sample of 8 % of dwellings, all coded:
    40 % over five years. A vintage that pools surveys of both sides of 2014 is counted at 20 %. Rule R7; law 2002-276
    of 27 February 2002, article 156; https://recensement.site.ined.fr/en/data-files/les-exploitations. The main
    exploitation has all dwellings of small communes, and the same 40 % of the large ones.

    A unit of several communes gets the one fraction that gives the variance of its parts put together, each weighing
    by its inhabitants, in place of its dwellings.

    Parameters:
        population: inhabitants, one row for each commune.
        unit: of the same index; for communes, their own codes.
        year: the vintage of the census: 2012 pools the surveys of 2010 to 2014.
        kind: COMPLEMENTARY or MAIN.

    >>> communes = pd.Series([900.0, 12_000.0], index=["12001", "12002"])
    >>> coded_fraction(communes, pd.Series(communes.index, index=communes.index), 2021).round(2).tolist()
    [0.2, 0.4]
    >>> coded_fraction(communes[:1], pd.Series(["12001"], index=["12001"]), 2011).round(2).tolist()
    [0.25]
    >>> coded_fraction(pd.Series([9_999.0, 10_000]), pd.Series(["12001", "12002"]), 2012).round(2).tolist()
    [0.2, 0.4]
    >>> coded_fraction(communes, pd.Series(communes.index, index=communes.index), 2021, MAIN).round(2).tolist()
    [1.0, 0.4]
    """
    before = year + norm("census_cycle_years") // 2 < norm("census_coded_since")
    small = 1.0 if kind == MAIN else norm("census_coded_small_before" if before else "census_coded_small")
    fraction = np.where(population >= norm("census_large_commune"), norm("census_coded_large"), small)
    left = pd.DataFrame({"population": population, "left": population * (1 - fraction) / fraction})
    sums = left.groupby(unit).sum()
    return 1 / (1 + sums["left"] / sums["population"])


def design_effect(source: Source, indicator: Indicator) -> float:
    """How many times the variance of persons drawn one by one that of persons drawn with their dwelling has.

    1 for dwellings, households and families. Children of one family are alike in what their parents do, and actives of
    one household in how they live: tests/design_effects.py draws them. The main exploitation counts all persons.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> names = ("single_parent_families_share", "children_0_5_single_parent_share")
    >>> [design_effect(SOURCES["insee_rp_familles"], CATALOGUE[name]) for name in names]
    [1.0, 1.4]
    """
    if source.precision.forms(indicator.value) == MAIN:
        return norm("census_design_persons")
    match source.precision.design.get(getattr(indicator.value, "denominator", "")):
        case "children":
            return norm("census_design_children")
        case "actives":
            return norm("census_design_actives")
    return 1.0


def effective_size(base: pd.Series | float, fraction: pd.Series | float) -> pd.Series | float:
    """The size of the sample, drawn from an endless population, that would be as precise.

    The forms of fraction x base are coded, and the finite population correction multiplies the variance by
    1 - fraction: the effective size is base x fraction / (1 - fraction), a quarter of the base at 20 %.

    >>> effective_size(pd.Series([200.0]), 0.2).item()
    50.0
    """
    return base * fraction / (1 - fraction)


def complementary_interval(
    numerator: pd.Series, denominator: pd.Series, fraction: pd.Series | float, design: float = 1.0
) -> pd.DataFrame:
    """The 95 % interval of shares of a part of the dwellings, and whether they are too weak to print.

    The interval is Wilson's on the effective size. An approximation, in two ways: the coded dwellings are taken
    for a simple random sample (they are spread over the commune, those of large communes are drawn by address); the
    adjustment to the main results is left out, which errs on the side of caution.

    Parameters:
        numerator, denominator: estimated counts as INSEE publishes them.
        fraction: from `coded_fraction`.
        design: from `design_effect`; a base of persons is worth so many times less than it says.

    Returns:
        Columns low and high (0 to 1), and unreliable: half-width above 5 points or coefficient of variation above 25 %
        (infinite for a share of 0), or no interval at all (rule R7).

    >>> error = complementary_interval(pd.Series([20.0]), pd.Series([200.0]), 0.2)
    >>> error[["low", "high"]].round(4).iloc[0].tolist(), error["unreliable"].tolist()
    ([0.0435, 0.2136], [True])
    """
    size = effective_size(denominator.where(denominator.gt(0)), fraction) / design
    share = numerator / denominator
    drawn = size.where(size.gt(0) & size.lt(np.inf))
    low, high = proportion_confint(share * drawn, drawn, method="wilson")
    variation = np.sqrt((1 - share) / (share * size))
    precise = ((high - low) / 2).le(norm("widest_half_width"))
    reliable = precise & variation.le(norm("largest_coefficient_of_variation"))
    return pd.DataFrame({"low": low, "high": high, "unreliable": ~reliable})


def complementary_count_interval(count: pd.Series, fraction: pd.Series | float) -> pd.DataFrame:
    """The 95 % interval of counts of the exploitation complémentaire, and whether they are too weak to print.

    Each unit counted was coded with probability f and weighs 1 / f: the variance of the count N is N (1 - f) / f, as if
    N f / (1 - f) events of a Poisson law had been seen, each worth (1 - f) / f. The interval is that of these events
    (exact), so scaled. It is that of Bernoulli sampling (Särndal, Swensson, Wretman, Model
    Assisted Survey Sampling, 1992, section 3.2), and errs on the side of caution: the sample has a set size and is
    adjusted to the main results, which both narrow it. It serves for a sum of sizes too, such as the persons of
    households: their variance is taken for their mean, which it does not reach (1.6 against 2.1 in France).

    Parameters:
        count: estimated counts as INSEE publishes them.
        fraction: from `coded_fraction`.

    Returns:
        Columns low and high, and unreliable: coefficient of variation above 25 % (fewer than 16 events), or no interval
        at all (rule R7).

    60 at 20 % are 15 events of 4 each, 64 are 16: the bounds are 4 times those of as many events.

    >>> error = complementary_count_interval(pd.Series([60.0, 64.0]), 0.2)
    >>> low, high = confint_poisson(pd.Series([15.0, 16.0]), 1, method="exact-c")
    >>> (error["low"] / low).round(9).tolist(), (error["high"] / high).round(9).tolist(), error["unreliable"].tolist()
    ([4.0, 4.0], [4.0, 4.0], [True, False])
    """
    events = effective_size(count, fraction)
    low, high = confint_poisson(events, 1, method="exact-c")
    worth = (1 - fraction) / fraction
    reliable = events.ge(1 / norm("largest_coefficient_of_variation") ** 2)
    return pd.DataFrame({"low": low * worth, "high": high * worth, "unreliable": ~reliable})


# Shares of small communes, drawn to what the communes of an EPCI have in common: a beta-binomial model.

FEWEST = 5  # communes whose share is known: of fewer, what they have in common is not known
ALL_OR_NONE = 1 / 3  # likeness of the persons of a commune beyond which communes have a thing as wholes, or have not
LIKENESS = expit(np.linspace(-11, 4, 61))  # from 0, all communes alike, to 1, each of them all or none
AROUND = np.linspace(-3, 3, 13)  # standard errors of the mean of the communes


def smoothed_shares(successes: pd.Series, trials: pd.Series) -> pd.DataFrame:
    """The shares of communes, each drawn to their mean the more, the fewer it counts: columns value, low, high.

    The share of a commune is drawn from a beta law, its count from a binomial one; the value is the mean of what the
    share may be, low and high bound 95 % of it. The mean of the beta law and the likeness of the persons of a commune
    (ρ, from which its strength is 1 / ρ - 1) may be any number from 0 to 1: the value and the bounds add up all those
    that the counts leave possible, and so hold what few communes say of them; with one estimate of each (Marshall) the
    bounds would be too narrow. The numbers need not be whole: those of a sample weigh as its effective size.

    No row when fewer than five communes have a share, or when it is one of all or none: reached or not, served or not.

    Source: Marshall, Mapping disease and mortality rates using empirical Bayes estimators, Applied Statistics 40
    (1991); Morris, Parametric empirical Bayes inference, JASA 78 (1983), for the flat law of the variance; Gelman and
    others, Bayesian data analysis (2013), section 5.3, for the whole.

    Beside communes of 25 and of 50 %, 3 of 6 become 43 % (18 to 70), 300 of 600 stay; of four communes nothing is said.

    >>> counts, bases = pd.Series([3.0, 300, 90, 20, 10, 75]), pd.Series([6.0, 600, 180, 80, 40, 300])
    >>> smoothed_shares(counts, bases).round(3).head(2).to_numpy().tolist()
    [[0.429, 0.183, 0.695], [0.498, 0.458, 0.538]]
    >>> len(smoothed_shares(counts[:4], bases[:4]))
    0
    """
    nothing = pd.DataFrame(columns=["value", "low", "high"], dtype=float)
    known = trials.gt(0) & successes.notna()
    if known.sum() < FEWEST:
        return nothing
    counts, bases = successes[known].to_numpy(dtype=float), trials[known].to_numpy(dtype=float)
    mean, likeness, weight = possible_laws(counts, bases)
    if weight @ likeness > ALL_OR_NONE:
        return nothing
    strength = (1 / likeness - 1)[:, None]
    share = (counts + mean[:, None] * strength) / (bases + strength)
    value = weight @ share
    variance = weight @ (share * (1 - share) / (bases + strength + 1) + share**2) - value**2
    size = value * (1 - value) / variance - 1
    tail = (1 - CONFIDENCE) / 2
    low, high = (betaincinv(value * size, (1 - value) * size, part) for part in (tail, 1 - tail))
    return pd.DataFrame({"value": value, "low": low, "high": high}, index=successes.index[known])


def possible_laws(counts: np.ndarray, bases: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The beta laws that shares may be drawn from: the mean and the likeness of each, and how likely counts make it.

    Every mean and every likeness were as likely before (a flat law of both). A beta law of parameters a and b has the
    mean a / (a + b) and the likeness 1 / (a + b + 1).
    """
    likeness = LIKENESS[:, None]
    worth = bases / (1 + (bases - 1) * likeness)
    total = worth.sum(axis=1, keepdims=True)
    centre = ((worth * counts / bases).sum(axis=1, keepdims=True) + 0.5) / (total + 1)
    spread = 1 / np.sqrt(centre * (1 - centre) * total)
    mean = expit(logit(centre) + AROUND * spread)
    step = mean * (1 - mean) * spread * likeness * (1 - likeness)
    first, second = mean * (1 / likeness - 1), (1 - mean) * (1 / likeness - 1)
    likelihood = sum(
        betaln(first + count, second + base - count) - betaln(first, second)
        for count, base in zip(counts, bases, strict=True)
    )
    weight = np.exp(likelihood - likelihood.max()) * step
    return mean.ravel(), np.broadcast_to(likeness, mean.shape).ravel(), (weight / weight.sum()).ravel()

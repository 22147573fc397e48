"""The census as a sample: what its supplementary coding, and its surveys of large communes, leave open."""

import numpy as np
import pandas as pd

from ctg_analysis.core.datasets import COMPLEMENTARY, MAIN, Source
from ctg_analysis.core.model import Indicator
from ctg_analysis.core.norms import norm
from ctg_analysis.indicators.uncertainty import poisson_interval, wilson_interval


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

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> from ctg_analysis.sources import SOURCES
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
        Columns low and high (0 to 1), effective_size, and unreliable: half-width above 5 points or coefficient
        of variation above 25 % (infinite for a share of 0), or no interval at all (rule R7).

    >>> error = complementary_interval(pd.Series([20.0]), pd.Series([200.0]), 0.2)
    >>> error[["low", "high", "effective_size"]].round(4).iloc[0].tolist(), error["unreliable"].tolist()
    ([0.0435, 0.2136, 50.0], [True])
    """
    size = effective_size(denominator, fraction) / design
    share = numerator / denominator
    low, high = wilson_interval(share * size, size)
    variation = np.sqrt((1 - share) / (share * size))
    precise = ((high - low) / 2).le(norm("widest_half_width"))
    reliable = precise & variation.le(norm("largest_coefficient_of_variation"))
    return pd.DataFrame({"low": low, "high": high, "effective_size": size, "unreliable": ~reliable})


def complementary_count_interval(count: pd.Series, fraction: pd.Series | float) -> pd.DataFrame:
    """The 95 % interval of counts of the exploitation complémentaire, and whether they are too weak to print.

    Each unit counted was coded with probability f and weighs 1 / f: the variance of the count N is N (1 - f) / f, as if
    N f / (1 - f) events of a Poisson law had been seen, each worth (1 - f) / f. The interval is that of these events
    (exact below 10, Byar from 10), so scaled. It is that of Bernoulli sampling (Särndal, Swensson, Wretman, Model
    Assisted Survey Sampling, 1992, section 3.2), and errs on the side of caution: the sample has a set size and is
    adjusted to the main results, which both narrow it. It serves for a sum of sizes too, such as the persons of
    households: their variance is taken for their mean, which it does not reach (1.6 against 2.1 in France).

    Parameters:
        count: estimated counts as INSEE publishes them.
        fraction: from `coded_fraction`.

    Returns:
        Columns low and high, effective_size (the events), and unreliable: coefficient of variation above 25 %
        (fewer than 16 events), or no interval at all (rule R7).

    60 at 20 % are 15 events of 4 each, 64 are 16: the bounds are 4 times those of as many events.

    >>> error = complementary_count_interval(pd.Series([60.0, 64.0]), 0.2)
    >>> low, high = poisson_interval(pd.Series([15.0, 16.0]))
    >>> (error["low"] / low).round(9).tolist(), (error["high"] / high).round(9).tolist(), error["unreliable"].tolist()
    ([4.0, 4.0], [4.0, 4.0], [True, False])
    """
    events = effective_size(count, fraction)
    low, high = poisson_interval(events)
    worth = (1 - fraction) / fraction
    reliable = events.ge(1 / norm("largest_coefficient_of_variation") ** 2)
    return pd.DataFrame({"low": low * worth, "high": high * worth, "effective_size": events, "unreliable": ~reliable})

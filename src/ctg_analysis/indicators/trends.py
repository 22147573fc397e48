"""Trends: how fast a series moves between its turning points, and whether that is more than chance (rule R14)."""

from itertools import permutations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import chdtr, chdtrc, fdtrc, ndtr, stdtr, stdtrit, xlogy

from ctg_analysis.core.model import Count, Indicator, Published, Rate, Ratio, is_proportion
from ctg_analysis.core.norms import norm
from ctg_analysis.indicators.observe import POPULATION
from ctg_analysis.indicators.significance import ALPHA
from ctg_analysis.indicators.uncertainty import Z

FOR_A_SLOPE, FOR_MEANS, EACH_END = 8, 6, 3  # years known: fewer than FOR_MEANS make no trend
WIDEST_GAP = 5  # years between two that are known: beyond, a line through them tells nothing of those between
LEAST_COUNT = 20  # on average: one more or less of fewer says nothing
APART, MOST_TURNING_POINTS = 3, 2  # steps from a turning point to the next one, or to an end; how many are sought
LEAST_TURN = 0.005  # of a turning point: half a percent a year more or less
SURE_TURN = 0.01  # the p of a turning point, for all the years where it could be: false ones would make false slopes
# The scatter of counts taken for that of chance: of 1 000 series of Poisson, 25 vary less, 200 more. The intervals of a
# slope then cover it 93 to 96 times in 100, of counts that vary by chance or up to three times as much.
LEAST_SCATTER, MOST_SCATTER = 0.025, 0.8
MOST_AT_A_TURN = 0.5  # the same, stricter, before a turning point is told
STEPS, CLOSE_ENOUGH = 50, 1e-10  # of the fit


class Stretch(NamedTuple):
    """The yearly change of a series between two years, in %, its interval at 95 % and the p of no change.

    low, high are missing where three-year means are compared.
    """

    start: int
    end: int
    change: float
    low: float
    high: float
    p: float

    @property
    def is_established(self) -> bool:
        """Whether the series moves more than chance explains."""
        return self.p < ALPHA


class Fit(NamedTuple):
    """A log-linear fit: its coefficients, their covariances but for the dispersion, the fitted counts."""

    coefficients: np.ndarray
    covariances: np.ndarray
    fitted: np.ndarray


def trend_of(rows: pd.DataFrame, indicator: Indicator) -> list[Stretch]:
    """The trend of an indicator: a stretch, or several between turning points; none where the years allow none.

    Shares and rates are the counts of their numerators over their denominators. A population of the census is that of
    five yearly surveys: from one year to the next, four of them are the same. Their scatter counts as five times what
    it is, and three-year means, three years apart, tell nothing of them (rule R8).

    Parameters:
        rows: one place by period, of known values: columns period, value, numerator, denominator.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> rows = pd.DataFrame({"period": [*map(str, range(2010, 2020))], "value": 100 * 0.95 ** np.arange(10)})
    >>> [found] = trend_of(rows.assign(numerator=np.nan, denominator=np.nan), CATALOGUE["births_count"])
    >>> found.start, found.end, round(found.change, 6), found.is_established
    (2010, 2019, -5.0, True)
    """
    over = isinstance(indicator.value, Rate) or is_proportion(indicator.value)
    over = over and rows[["numerator", "denominator"]].notna().all(axis=None)
    counts = rows["numerator" if over else "value"].to_numpy(dtype=float)
    exposures = rows["denominator"].to_numpy(dtype=float) if over else np.ones(len(rows))
    counted = over or isinstance(indicator.value, Count)
    years = rows["period"].str[:4].astype(int).to_numpy()
    few = len(rows) < FOR_MEANS or (counted and counts.mean() < LEAST_COUNT)
    if few or not is_sought(indicator) or has_gaps(rows) or (counts <= 0).any() or (exposures <= 0).any():
        return []
    surveys = int(norm("census_cycle_years")) if is_population(indicator) else 1
    if len(rows) >= FOR_A_SLOPE:
        of_chance = counted and surveys == 1 and "numerator" in indicator.persons
        return slopes(years, counts, exposures, of_chance=of_chance, surveys=surveys)
    return means_at_both_ends(years, counts / exposures) if surveys == 1 else []


def is_population(indicator: Indicator) -> bool:
    """Whether an indicator is the number of inhabitants that the census counts, each year of which is made of five.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> [is_population(CATALOGUE[name]) for name in ("population_count", "births_count", "age_65_plus_share")]
    [True, False, False]
    """
    return isinstance(indicator.value, Count) and indicator.value.measure == POPULATION


def is_sought(indicator: Indicator) -> bool:
    """Whether years may make a trend of an indicator: means of years overlap, scores and dates are no quantities.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> is_sought(CATALOGUE["births_count"]), is_sought(CATALOGUE["births_3_year_mean_count"])
    (True, False)
    """
    moves = isinstance(indicator.value, Count | Ratio | Rate | Published)
    return moves and not indicator.id.endswith(("_year", "_score"))


def has_gaps(rows: pd.DataFrame) -> bool:
    """Whether years are missing in a series, so many that none of its slopes is told. rows: column period.

    >>> years = pd.DataFrame({"period": ["1999", "2010", "2015"]})
    >>> has_gaps(years), has_gaps(years[1:])
    (True, False)
    """
    return bool((np.diff(rows["period"].str[:4].astype(int)) > WIDEST_GAP).any())


def slopes(
    years: np.ndarray, counts: np.ndarray, exposures: np.ndarray, *, of_chance: bool, surveys: int = 1
) -> list[Stretch]:
    """The slopes of a Poisson regression of counts on years, one for each stretch between turning points.

    Where the scatter of counts is not that of chance, it is measured on them (quasi-Poisson, Student's t). A turning
    point is a joint of the line, by half a percent a year at least, that the counts prefer to none, at 1 % for all the
    years where it could be (Bonferroni).

    Parameters:
        counts: all positive.
        of_chance: whether they count persons or events; otherwise their scatter is always measured.
        surveys: of how many surveys each year is the mean, all but one of which it shares with the next: the variance
            of a slope is that of independent years as many times.

    Source: McCullagh and Nelder (1989), Generalized Linear Models, chapters 6 and 9; Kim and others (2000), Statistics
    in Medicine 19, 335-351, for the joints.

    Five years at 10 % more each, then six at 1 / 1.1 = 9 % less.

    >>> counts = np.array([100, 110, 121, 133, 146, 161, 146, 133, 121, 110, 100, 91.0])
    >>> found = slopes(np.arange(2010, 2022), counts, np.ones(12), of_chance=True)
    >>> [(one.start, one.end, round(one.change)) for one in found]
    [(2010, 2015, 10), (2015, 2021, -9)]
    """
    joints = _turning_points(years, counts, exposures, of_chance=of_chance, surveys=surveys)
    design = _design(years, joints)
    fit = poisson_fit(counts, exposures, design)
    free = len(years) - 2 - 2 * len(joints)
    dispersion = _dispersion(counts, fit, free, of_chance=of_chance)
    each = np.tril(np.ones((len(joints) + 1,) * 2))  # the slope of a stretch adds up the changes of slope before it
    change = each @ fit.coefficients[1:]
    error = np.sqrt(np.diag(each @ fit.covariances[1:, 1:] @ each.T) * (dispersion or 1.0) * surveys)
    error = np.maximum(error, np.finfo(float).eps)
    half = error * (Z if dispersion is None else stdtrit(free, 1 - ALPHA / 2))
    far = -np.abs(change) / error
    p = 2 * (ndtr(far) if dispersion is None else stdtr(free, far))
    ends = [years[0], *(years[joint] for joint in joints), years[-1]]
    figures = np.column_stack([*(100 * np.expm1(bound) for bound in (change, change - half, change + half)), p])
    return [
        Stretch(int(start), int(end), *map(float, row))
        for start, end, row in zip(ends, ends[1:], figures, strict=False)
    ]


def poisson_fit(counts: np.ndarray, exposures: np.ndarray, design: np.ndarray) -> Fit:
    """The maximum of likelihood of positive counts whose logarithm is that of their exposure plus a linear sum.

    Iterated weighted least squares; the same as a GLM of statsmodels, whose import takes longer than a chapter.

    10 and 20 events, one year apart: the slope is log 2, of variance 1 / 10 + 1 / 20.

    >>> fit = poisson_fit(np.array([10.0, 20.0]), np.ones(2), np.array([[1.0, 0], [1, 1]]))
    >>> fit.coefficients.round(4).tolist(), fit.covariances[1, 1].round(4).item()
    ([2.3026, 0.6931], 0.15)
    """
    fitted, coefficients = counts, np.zeros(design.shape[1])
    for _ in range(STEPS):
        weighted = design.T * fitted
        working = np.log(fitted / exposures) + (counts - fitted) / fitted
        before, coefficients = coefficients, np.linalg.solve(weighted @ design, weighted @ working)
        fitted = exposures * np.exp(design @ coefficients)
        if np.abs(coefficients - before).max() < CLOSE_ENOUGH:
            break
    return Fit(coefficients, np.linalg.inv(design.T * fitted @ design), fitted)


def means_at_both_ends(years: np.ndarray, values: np.ndarray) -> list[Stretch]:
    """The yearly change between the means of the first and of the last three years, with Kendall's exact test.

    None where these years do not follow each other.

    Six years that all rise are 1 order of 720, as are six that all fall.

    >>> [found] = means_at_both_ends(np.arange(2018, 2024), np.array([10.0, 11, 12, 18, 20, 22]))
    >>> round(found.change, 2), round(found.p * 720)  # from 11 to 20 in three years
    (22.05, 2)
    """
    first, last = slice(None, EACH_END), slice(-EACH_END, None)
    if any(years[end][-1] - years[end][0] >= EACH_END for end in (first, last)):
        return []
    between = years[last].mean() - years[first].mean()
    change = 100 * ((values[last].mean() / values[first].mean()) ** (1 / between) - 1)
    return [Stretch(int(years[0]), int(years[-1]), float(change), np.nan, np.nan, chance_of_order(values))]


def chance_of_order(values: np.ndarray) -> float:
    """The two-sided p of Kendall's test: how many of all the orders of the values rise or fall as much as theirs.

    >>> chance_of_order(np.array([1, 2, 3, 4])) * 24
    2.0
    """
    orders = np.array(list(permutations(values)))
    before, after = np.triu_indices(len(values), 1)
    rises = np.abs(np.sign(orders[:, after] - orders[:, before]).sum(axis=1))
    return float((rises >= rises[0]).mean())


def _design(years: np.ndarray, joints: list[int]) -> np.ndarray:
    """One, the years since the first, and the years since each joint."""
    since = [np.maximum(years - years[joint], 0) for joint in joints]
    return np.column_stack([np.ones(len(years)), years - years[0], *since]).astype(float)


def _dispersion(
    counts: np.ndarray, fit: Fit, free: int, *, of_chance: bool, most: float = MOST_SCATTER
) -> float | None:
    """The scatter of the counts relative to that of chance; None where chance may be all."""
    square = ((counts - fit.fitted) ** 2 / fit.fitted).sum()
    by_chance = of_chance and LEAST_SCATTER < chdtr(free, square) < most
    return None if by_chance else float(square / free)


def _turning_points(
    years: np.ndarray, counts: np.ndarray, exposures: np.ndarray, *, of_chance: bool, surveys: int
) -> list[int]:
    """The ranks of the years at which the line turns, the most telling first sought; see `slopes`."""
    joints: list[int] = []
    without = _deviance(counts, poisson_fit(counts, exposures, _design(years, joints)))
    while len(joints) < MOST_TURNING_POINTS:
        ranks = range(APART, len(years) - APART)
        places = [rank for rank in ranks if all(abs(rank - joint) >= APART for joint in joints)]
        fits = {rank: poisson_fit(counts, exposures, _design(years, sorted([*joints, rank]))) for rank in places}
        if not fits:
            break
        best = min(fits, key=lambda rank: _deviance(counts, fits[rank]))
        left, free = _deviance(counts, fits[best]), len(years) - 4 - 2 * len(joints)
        dispersion = _dispersion(counts, fits[best], free, of_chance=of_chance, most=MOST_AT_A_TURN)
        gain = max(0.0, without - left) / surveys
        p = chdtrc(1, gain) if dispersion is None else fdtrc(1, free, gain / max(dispersion, np.finfo(float).eps))
        turn = fits[best].coefficients[2 + sorted([*joints, best]).index(best)]
        if len(places) * p >= SURE_TURN or abs(turn) < LEAST_TURN:
            break
        joints, without = sorted([*joints, best]), left
    return joints


def _deviance(counts: np.ndarray, fit: Fit) -> float:
    return float(2 * (xlogy(counts, counts / fit.fitted) - (counts - fit.fitted)).sum())

"""Trends: how fast a short yearly series moves, and whether that is more than chance (rule R14).

The logarithm of the series is a line in time plus noise of which each year keeps a part ρ of the year before (AR(1)).
Ten years of one place cannot tell ρ: how many EPCIs have each value of it is found for each indicator on the series of
all, and what the series of the place says of it is weighed with that.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict
from scipy.optimize import brentq
from scipy.special import ndtr, stdtr, stdtrit

from ctg_analysis.indicators.comparisons import ALPHA
from ctg_analysis.indicators.observe import POPULATION
from ctg_analysis.indicators.uncertainty import Z
from ctg_analysis.model.indicator import Count, Indicator, Published, Rate, Ratio, is_proportion
from ctg_analysis.model.settings import settings
from ctg_analysis.model.yaml_files import load_yaml

FILE = "autocorrelation.yml"  # of data/reference
LEAST_YEARS = 6  # known: fewer make no trend
WIDEST_GAP = 5  # years between two that are known: beyond, a line through them tells nothing of those between
LEAST_COUNT = 20  # on average: one more or less of fewer says nothing
RHOS = np.array([*np.arange(10) / 10, 0.99])  # at 1, the years would be a random walk
STEPS = 1000  # of the search for the parts


class Trend(NamedTuple):
    """The yearly change of a series between two years, in %, its interval at 95 % and the p of no change.

    hangs_on: the first or the last year, where the change is significant with it and is not without it.
    """

    start: int
    end: int
    change: float
    low: float
    high: float
    p: float
    hangs_on: int | None = None

    @property
    def is_established(self) -> bool:
        """Whether the series moves more than chance explains, without its first and its last year too (rule R14)."""
        return self.p < ALPHA and self.hangs_on is None


class Series(NamedTuple):
    """The years of a series, the logarithm of its values, and the least variance that chance gives these."""

    years: np.ndarray
    logs: np.ndarray
    chance: float


class Autocorrelation(BaseModel):
    """The parts of the EPCIs that have each of RHOS, by indicator; those taken where too few have a series."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    texte: str
    source: str
    date: str
    a_defaut: tuple[float, ...]
    rho: dict[str, tuple[float, ...]]


@cache
def autocorrelation() -> Autocorrelation:
    """The numbers of data/reference/autocorrelation.yml, read once.

    Raises:
        InputError: what is wrong with the file.
    """
    return load_yaml(settings().reference / FILE, Autocorrelation).value


def trend_of(rows: pd.DataFrame, indicator: Indicator) -> Trend | None:
    """The trend of an indicator over its known years; None where they allow none.

    Parameters:
        rows: one place by period, of known values: columns period, value, numerator, denominator.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> rows = pd.DataFrame({"period": [*map(str, range(2010, 2020))], "value": 1000 * 0.95 ** np.arange(10)})
    >>> found = trend_of(rows.assign(numerator=np.nan, denominator=np.nan), CATALOGUE["births_count"])
    >>> found.start, found.end, round(found.change, 6), found.is_established
    (2010, 2019, -5.0, True)
    """
    series = series_of(rows, indicator)
    known = autocorrelation()
    return slope(series, np.array(known.rho.get(indicator.id, known.a_defaut))) if series else None


def series_of(rows: pd.DataFrame, indicator: Indicator) -> Series | None:
    """The series of an indicator in one place; None where it makes no trend. rows: as in `trend_of`.

    Shares and rates are the counts of their numerators over their denominators. A count of persons or events varies by
    chance at least as that of Poisson, its logarithm by 1 over the count; inhabitants are counted whole.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> rows = pd.DataFrame({"period": [*map(str, range(2010, 2020))], "value": 100.0})
    >>> [round(series_of(rows, CATALOGUE[name]).chance, 3) for name in ("births_count", "population_count")]
    [0.01, 0.0]
    """
    over = isinstance(indicator.value, Rate) or is_proportion(indicator.value)
    over = over and rows[["numerator", "denominator"]].notna().all(axis=None)
    counts = rows["numerator" if over else "value"].to_numpy(dtype=float)
    values = counts / rows["denominator"].to_numpy(dtype=float) if over else counts
    counted = over or isinstance(indicator.value, Count)
    few = len(rows) < LEAST_YEARS or (counted and counts.mean() < LEAST_COUNT)
    if few or not is_sought(indicator) or has_gaps(rows) or not (values > 0).all() or not np.isfinite(values).all():
        return None
    years = rows["period"].str[:4].astype(float).to_numpy()
    of_chance = counted and _varies_by_chance(indicator)
    return Series(years, np.log(values), float((1 / counts).mean()) if of_chance else 0.0)


def _varies_by_chance(indicator: Indicator) -> bool:
    """Whether an indicator counts persons or events; all the inhabitants are no draw."""
    whole = isinstance(indicator.value, Count) and indicator.value.measure == POPULATION
    return not whole and "numerator" in indicator.persons


def slope(series: Series, parts: np.ndarray) -> Trend:
    """The slope of a log-linear trend with AR(1) noise, by generalised least squares with Student's t.

    The interval is no narrower, and p no smaller, than those of chance alone.

    Parameters:
        parts: of the places that have each of RHOS; how likely each is here follows from them and from the series.

    Source: Aitken (1935); Prais and Winsten (1954); the mixture of their laws by ρ, Zellner and Tiao (1964), JASA 59.

    Of six years in turn 2 % over and under a line, as if independent:

    >>> logs = np.log(1.03) * np.arange(6) + 0.02 * np.array([1, -1, 1, -1, 1, -1])
    >>> found = slope(Series(np.arange(2018.0, 2024), logs, 0.0), (RHOS == 0) * 1.0)
    >>> [round(figure, 2) for figure in (found.change, found.low, found.high)], found.is_established
    ([2.65, 1.06, 4.26], True)
    """
    *figures, p = _fit(series, parts)
    hangs_on = None
    if p < ALPHA:
        ends = {0: slice(1, None), -1: slice(None, -1)}
        without = {end: Series(series.years[kept], series.logs[kept], series.chance) for end, kept in ends.items()}
        hangs_on = next((int(series.years[end]) for end, one in without.items() if _fit(one, parts)[3] >= ALPHA), None)
    percent = (float(100 * np.expm1(figure)) for figure in figures)
    return Trend(int(series.years[0]), int(series.years[-1]), *percent, p, hangs_on)


def _fit(series: Series, parts: np.ndarray) -> tuple[float, float, float, float]:
    """The slope of the logarithms, the bounds of its interval at 95 %, and its p."""
    fits, free = _fits(tuple(series.years), series.logs[None]), len(series.years) - 2
    weights, changes, scales = _weights(fits.likelihood, parts)[0], fits.change[0], fits.scale[0]
    change, by_chance = float(weights @ changes), float(weights @ fits.unit) * np.sqrt(series.chance)

    def below(value: float) -> float:
        return float(weights @ stdtr(free, (value - changes) / scales))

    bounds = []
    for part in (ALPHA / 2, 1 - ALPHA / 2):
        each = changes + stdtrit(free, part) * scales
        bounds.append(
            brentq(lambda value, part=part: below(value) - part, each.min() - scales.max(), each.max() + scales.max())
        )
    low, high = min(bounds[0], change - Z * by_chance), max(bounds[1], change + Z * by_chance)
    p = 2 * min(below(0), float(weights @ stdtr(free, changes / scales)))
    return change, low, high, float(max(p, 2 * ndtr(-abs(change) / by_chance)) if by_chance else p)


class Fits(NamedTuple):
    """By series and ρ: the logarithm of the restricted likelihood, the slope and its standard error; by ρ, this error
    for noise of variance 1.
    """

    likelihood: np.ndarray
    change: np.ndarray
    scale: np.ndarray
    unit: np.ndarray


def _fits(years: tuple[float, ...], logs: np.ndarray) -> Fits:
    """The lines of series (rows) of the same years at each of RHOS."""
    design, inverse, line, unit, determinant = _models(years)
    coefficients = np.einsum("kcn,mn->mkc", line, logs)
    left, free = logs[:, None, :] - coefficients @ design.T, len(years) - 2
    squares = np.maximum(np.einsum("mki,kij,mkj->mk", left, inverse, left), np.finfo(float).eps ** 2 * free)
    likelihood = -(determinant + free * np.log(squares)) / 2
    return Fits(likelihood, coefficients[..., 1], unit * np.sqrt(squares / free), unit)


@cache
def _models(years: tuple[float, ...]) -> tuple[np.ndarray, ...]:
    """One and the years; for each of RHOS the inverse of the correlations of the years, what makes a line of
    logarithms, the standard error of a slope of noise of variance 1, and what its likelihood has of ρ alone.
    """
    time = np.array(years)
    design = np.column_stack([np.ones(len(time)), time - time.mean()])
    inverse = np.linalg.inv(RHOS[:, None, None] ** np.abs(np.subtract.outer(time, time)))
    information = design.T @ inverse @ design
    covariance = np.linalg.inv(information)
    determinant = np.linalg.slogdet(information)[1] - np.linalg.slogdet(inverse)[1]
    return design, inverse, covariance @ design.T @ inverse, np.sqrt(covariance[:, 1, 1]), determinant


def _weights(likelihood: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """How likely each of RHOS is of each series, from the parts of the places that have it."""
    with np.errstate(divide="ignore"):  # no place has some of them
        both = likelihood + np.log(parts)
    likely = np.exp(both - both.max(axis=1, keepdims=True))
    return likely / likely.sum(axis=1, keepdims=True)


def parts_of_rho(several: list[Series]) -> np.ndarray:
    """The parts of many places that have each of RHOS, each series being about its own line, with its own variance.

    The law of ρ that makes the series the likeliest, by the restricted likelihood, in which the line of each costs what
    it takes: the autocorrelation of what a line leaves of ten years is some 0.3 too low.

    Source: Patterson and Thompson (1971), Biometrika 58, 545-554; Laird (1978), JASA 73, 805-811.

    >>> independent = np.random.default_rng(0).normal(size=(400, 10))
    >>> parts = parts_of_rho([Series(np.arange(10.0), logs, 0.0) for logs in independent])
    >>> round(float(parts @ RHOS), 1)
    0.0
    """
    by_years: dict[tuple, list[np.ndarray]] = {}
    for one in several:
        by_years.setdefault(tuple(one.years), []).append(one.logs)
    likelihood = np.vstack([_fits(years, np.array(logs)).likelihood for years, logs in by_years.items()])
    parts = np.full(len(RHOS), 1 / len(RHOS))
    for _ in range(STEPS):
        parts = _weights(likelihood, parts).mean(axis=0)
    return parts


def is_sought(indicator: Indicator) -> bool:
    """Whether years may make a trend of an indicator: means of years overlap, scores and dates are no quantities.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
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
    >>> has_gaps(pd.DataFrame({"period": ["2010", "2016"]}))
    True
    """
    return bool((np.diff(rows["period"].str[:4].astype(int)) > WIDEST_GAP).any())

"""Trends: how fast a short yearly series moves, and whether that is more than chance (rule R14).

The logarithm of the series is a line in time plus noise of which each year keeps a part ρ of the year before (AR(1)). ρ
is one number for each indicator, estimated on the series of all EPCIs: ten years of one place cannot tell it.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict
from scipy.optimize import minimize_scalar
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
MOST = 0.99  # of ρ: at 1, the years would be a random walk


class Trend(NamedTuple):
    """The yearly change of a series between two years, in %, its interval at 95 % and the p of no change.

    hangs_on: the first or the last year, where the change is established with it and is not without it.
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
        """Whether the series moves more than chance explains."""
        return self.p < ALPHA


class Series(NamedTuple):
    """The years of a series, the logarithm of its values, and the least variance that chance gives these."""

    years: np.ndarray
    logs: np.ndarray
    chance: float


class Autocorrelation(BaseModel):
    """The ρ of each indicator, the one taken where too few EPCIs have a series, and how they were found."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    texte: str
    source: str
    date: str
    a_defaut: float
    rho: dict[str, float]


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
    return slope(series, known.rho.get(indicator.id, known.a_defaut)) if series else None


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
    whole = isinstance(indicator.value, Count) and indicator.value.measure == POPULATION
    of_chance = counted and not whole and "numerator" in indicator.persons
    years = rows["period"].str[:4].astype(float).to_numpy()
    return Series(years, np.log(values), float((1 / counts).mean()) if of_chance else 0.0)


def slope(series: Series, rho: float) -> Trend:
    """The slope of a log-linear trend with AR(1) noise, by generalised least squares with Student's t.

    The interval is no narrower, and p no smaller, than those of chance alone.

    Source: Aitken (1935); Prais and Winsten (1954).

    Of six years in turn 2 % over and under a line, as if independent:

    >>> logs = np.log(1.03) * np.arange(6) + 0.02 * np.array([1, -1, 1, -1, 1, -1])
    >>> found = slope(Series(np.arange(2018.0, 2024), logs, 0.0), 0.0)
    >>> [round(figure, 2) for figure in (found.change, found.low, found.high)], found.is_established
    ([2.65, 1.06, 4.26], True)
    """
    change, half, p = _fit(series, rho)
    low, high = change - half, change + half
    figures = (float(100 * np.expm1(bound)) for bound in (change, low, high))
    hangs_on = None
    if p < ALPHA:
        ends = {0: slice(1, None), -1: slice(None, -1)}
        without = {end: Series(series.years[kept], series.logs[kept], series.chance) for end, kept in ends.items()}
        hangs_on = next((int(series.years[end]) for end, one in without.items() if _fit(one, rho)[2] >= ALPHA), None)
    return Trend(int(series.years[0]), int(series.years[-1]), *figures, p, hangs_on)


def _fit(series: Series, rho: float) -> tuple[float, float, float]:
    """The slope of the logarithms, half of its interval at 95 %, and its p."""
    design, inverse, information = _model(series.years, rho)
    covariance = np.linalg.inv(information)
    coefficients = covariance @ design.T @ inverse @ series.logs
    left, free = series.logs - design @ coefficients, len(series.years) - 2
    unit, change = np.sqrt(covariance[1, 1]), float(coefficients[1])
    measured = unit * max(np.sqrt(left @ inverse @ left / free), np.finfo(float).eps)
    by_chance = unit * np.sqrt(series.chance)
    half = max(measured * stdtrit(free, 1 - ALPHA / 2), by_chance * Z)
    p = 2 * stdtr(free, -abs(change) / measured)
    return change, float(half), float(max(p, 2 * ndtr(-abs(change) / by_chance)) if by_chance else p)


def _model(years: np.ndarray, rho: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One and the years, the inverse of the correlations of the years, and what the years tell of a line."""
    design = np.column_stack([np.ones(len(years)), years - years.mean()])
    inverse = np.linalg.inv(rho ** np.abs(np.subtract.outer(years, years)))
    return design, inverse, design.T @ inverse @ design


def estimate_rho(several: list[Series]) -> float:
    """The ρ that the series of many places have in common, each about its own line and with its own variance.

    The maximum of the restricted likelihood, in which the line of each series costs what it takes: the autocorrelation
    of what a line leaves of ten years is some 0.3 too low.

    Source: Patterson and Thompson (1971), Biometrika 58, 545-554; Cheang and Reinsel (2000), JASA 95, 1173-1184.

    >>> independent = np.random.default_rng(0).normal(size=(400, 10))
    >>> round(estimate_rho([Series(np.arange(10.0), logs, 0.0) for logs in independent]), 1)
    0.0
    """
    by_years: dict[tuple, list[np.ndarray]] = {}
    for one in several:
        by_years.setdefault(tuple(one.years), []).append(one.logs)
    groups = [(np.array(years), np.array(logs)) for years, logs in by_years.items()]

    def less_likely(rho: float) -> float:
        total = 0.0
        for years, logs in groups:
            design, inverse, information = _model(years, rho)
            line = np.linalg.solve(information, design.T @ inverse)
            left = logs - logs @ line.T @ design.T
            squares = np.maximum(np.einsum("ij,jk,ik->i", left, inverse, left), np.finfo(float).eps)
            determinants = np.linalg.slogdet(information)[1] - np.linalg.slogdet(inverse)[1]
            total += len(logs) * determinants + (len(years) - 2) * np.log(squares).sum()
        return total

    return float(minimize_scalar(less_likely, bounds=(0, MOST), method="bounded").x)


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
    """
    return bool((np.diff(rows["period"].str[:4].astype(int)) > WIDEST_GAP).any())

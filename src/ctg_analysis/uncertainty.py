"""Intervals: what counting noise and rounding leave open."""

import numpy as np
import pandas as pd
from scipy import stats

CONFIDENCE = 0.95
BYAR_FROM = 10  # events: Byar's approximation from here, the exact interval below


def poisson_interval(events: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the 95 % interval of counts of events: exact below 10, Byar's approximation from 10.

    Source: Breslow and Day (1987), the method of Public Health England's PHEindicatormethods (rule R15).
    """
    alpha = 1 - CONFIDENCE
    exact_low = stats.chi2.ppf(alpha / 2, 2 * events) / 2
    exact_high = stats.chi2.ppf(1 - alpha / 2, 2 * (events + 1)) / 2
    z = stats.norm.ppf(1 - alpha / 2)
    above = events.clip(lower=1)
    byar_low = above * (1 - 1 / (9 * above) - z / (3 * np.sqrt(above))) ** 3
    next_up = events + 1
    byar_high = next_up * (1 - 1 / (9 * next_up) + z / (3 * np.sqrt(next_up))) ** 3
    large = events >= BYAR_FROM
    low = pd.Series(np.where(large, byar_low, np.nan_to_num(exact_low)), index=events.index)
    high = pd.Series(np.where(large, byar_high, exact_high), index=events.index)
    return low.where(events.notna()), high.where(events.notna())


def rounding_interval(counts: pd.Series, step: pd.Series | int) -> tuple[pd.Series, pd.Series]:
    """Return the bounds of the true counts behind counts rounded to `step` by an unknown rule (rule R3).

    Rounded to the nearest, the truth lies within (step - 1) / 2 on each side; rounded down, it lies up to
    step - 1 above. Unknown: the wider of both.
    """
    low = (counts - (step - 1) // 2).clip(lower=0)
    return low, counts + step - 1

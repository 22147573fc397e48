"""Births less deaths by commune: what chance leaves open, what a home for the elderly adds (rule R9)."""

import numpy as np
import pandas as pd

from ctg_analysis.indicators.uncertainty import difference_interval

YEARS = 5
EHPAD = "500"


def test_the_interval_holds_the_balance_that_chance_moves():
    """Births of mean 20 and deaths of mean 45: the interval holds -25 in 95 % of draws."""
    chance = np.random.default_rng(3)
    births, deaths = (pd.Series(chance.poisson(mean, 4000)).astype(float) for mean in (20, 45))
    low, high = difference_interval(births, deaths)
    assert 0.94 < (low.le(-25) & high.ge(-25)).mean() < 0.97

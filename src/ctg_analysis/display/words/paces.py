"""How fast a series moves, and where it turns, in a few words: what its stretches establish, never more."""

from collections.abc import Sequence

import pandas as pd

from ctg_analysis.core.model import Indicator
from ctg_analysis.display.words.quantities import agreed, number
from ctg_analysis.display.words.texts import NARROW
from ctg_analysis.indicators.trends import Stretch

NOT_ESTABLISHED = "sans tendance établie"
ONE_DECIMAL = 0.05  # a pace of which a bound is smaller is written with two

# rows: readable observations of the territory, by period. stretches: their trend, see trends.trend_of.


def with_bounds(indicator: Indicator, rows: pd.DataFrame, stretch: Stretch) -> tuple[str, str]:
    """Return a pace and its interval at 95 %: « −1,5 % par an », « −2,6 à −0,4 ».

    That of a percentage is the points that it makes of the mean of the years (rule R10).
    """
    points = indicator.unit.startswith("%")
    scale = rows["value"].mean() / 100 if points else 1.0
    figures = [scale * figure for figure in (stretch.change, stretch.low, stretch.high)]
    decimals = 1 if min(map(abs, figures)) >= ONE_DECIMAL else 2
    change, low, high = (number(figure, decimals, signed=True) for figure in figures)
    unit = f" {agreed('points', figures[0])}" if points else f"{NARROW}%"
    return f"{change}{unit} par an", f"{low} à {high}"


def paces(indicator: Indicator, rows: pd.DataFrame, stretches: Sequence[Stretch]) -> str:
    """Return the pace of each stretch with its interval, where there are several; else nothing."""
    if len(stretches) < 2:
        return ""
    told = [(stretch, *with_bounds(indicator, rows, stretch)) for stretch in stretches]
    each = [f"{stretch.start}-{stretch.end} : {pace} ({bounds})" for stretch, pace, bounds in told]
    return f"Avant et après chaque retournement, avec l'intervalle à 95 % : {' ; '.join(each)}."


def turns(indicator: Indicator, rows: pd.DataFrame, stretches: Sequence[Stretch], *, paced: bool) -> str:
    """Return « en hausse jusqu'en 2021 (+2,7 % par an), puis en baisse (−5,5 % par an) »."""
    told = []
    for before, stretch in zip([None, *stretches], stretches, strict=False):
        words = way(stretch)
        if before and words == way(before) and stretch.is_established:
            words = "plus vite" if abs(stretch.change) > abs(before.change) else "moins vite"
        words += "" if stretch is stretches[-1] else f" jusqu'en {stretch.end}"
        fast = paced and stretch.is_established
        told.append(f"{words} ({with_bounds(indicator, rows, stretch)[0]})" if fast else words)
    return ", puis ".join(told)


def way(stretch: Stretch) -> str:
    """Return whether a series rises, falls, or does neither for all that is known.

    >>> way(Stretch(2008, 2025, -1.5, -2.6, -0.4, 0.01)), way(Stretch(2008, 2025, -0.1, -0.7, 0.6, 0.8))
    ('en baisse', 'sans tendance établie')
    """
    moves = "en hausse" if stretch.change > 0 else "en baisse"
    return moves if stretch.is_established else NOT_ESTABLISHED

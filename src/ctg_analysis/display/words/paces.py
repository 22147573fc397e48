"""How fast a series moves, in a few words: what its trend establishes, never more."""

import pandas as pd

from ctg_analysis.display.quantities import agreed, number
from ctg_analysis.display.texts import NARROW
from ctg_analysis.indicators.trends import Trend
from ctg_analysis.model.indicator import Indicator

NOT_ESTABLISHED = "sans tendance établie"
ONE_DECIMAL = 0.05  # a pace of which a bound is smaller is written with two


def with_bounds(indicator: Indicator, rows: pd.DataFrame, found: Trend) -> str:
    """Return a pace and its interval at 95 %: « −1,5 % par an (−2,6 à −0,4) ».

    That of a percentage is the points that it makes of the mean of the years (rule R10).

    rows: readable observations of the territory, by period. found: their trend.
    """
    points = indicator.unit.startswith("%")
    scale = rows["value"].mean() / 100 if points else 1.0
    figures = [scale * figure for figure in (found.change, found.low, found.high)]
    decimals = 1 if min(map(abs, figures)) >= ONE_DECIMAL else 2
    change, low, high = (number(figure, decimals, signed=True) for figure in figures)
    unit = f" {agreed('points', figures[0])}" if points else f"{NARROW}%"
    return f"{change}{unit} par an ({low} à {high})"


def way(found: Trend) -> str:
    """Return whether a series rises, falls, or does neither for all that is known, and between which years.

    >>> way(Trend(2008, 2025, -1.5, -2.6, -0.4, 0.01)), way(Trend(2008, 2025, -1.5, -2.6, -0.4, 0.03, 2008))
    ('en baisse depuis 2008', 'en baisse de 2008 à 2025')
    >>> way(Trend(2008, 2025, -0.1, -0.7, 0.6, 0.8))
    'sans tendance établie depuis 2008'
    """
    if not found.is_established:
        return f"{NOT_ESTABLISHED} depuis {found.start}"
    moves = "en hausse" if found.change > 0 else "en baisse"
    return f"{moves} depuis {found.start}" if found.hangs_on is None else f"{moves} de {found.start} à {found.end}"


def fragile(found: Trend | None) -> str:
    """Return that a trend is not established without one of its ends; else nothing.

    >>> fragile(Trend(2008, 2025, -1.5, -2.6, -0.4, 0.03, 2008))
    "Sans l'année 2008, cette évolution ne serait pas établie."
    """
    if found is None or found.hangs_on is None:
        return ""
    return f"Sans l'année {found.hangs_on}, cette évolution ne serait pas établie."

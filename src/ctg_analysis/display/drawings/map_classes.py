"""The classes of a map: round, few, the same for maps that are read together."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from ctg_analysis.display.words.quantities import number
from ctg_analysis.display.words.sentences import rounded_text
from ctg_analysis.display.words.texts import NARROW
from ctg_analysis.model.indicator import Indicator
from ctg_analysis.model.norms import norm

CLASSES = 5
FEWEST = 3  # values: so few make no classes


def classes_of(
    known: pd.DataFrame, indicator: Indicator, *, diverging: bool, together: pd.Series | None
) -> tuple[list[float], list[str]]:
    """Return the bounds between the classes of a map, and their words: up to three values are each a class.

    A norm of the indicator is a bound, in the place of the nearest one.
    """
    written = known.sort_values("value", kind="stable").drop_duplicates("text")
    if len(written) <= FEWEST and together is None and not diverging:
        texts_of = list(written["text"])
        if len({"," in text for text in texts_of}) > 1:
            texts_of = [rounded_text(indicator, value) for value in written["value"]]
        return [(low + high) / 2 for low, high in pairwise(written["value"])], texts_of
    digits = int(known["text"].str.contains(",").all())
    bounds = class_bounds(known["value"] if together is None else together, diverging=diverging, digits=digits)
    if indicator.norm and known["value"].min() < norm(indicator.norm) <= known["value"].max():
        near = min(bounds, key=lambda bound: abs(bound - norm(indicator.norm)))
        bounds[bounds.index(near)] = norm(indicator.norm)
    decimals = 0 if all(float(bound).is_integer() for bound in bounds) else 1
    sign = f"{NARROW}%" if indicator.unit.startswith("%") else ""
    texts_of = [number(bound, decimals, signed=diverging) for bound in bounds]
    between = [f"{low} à {high}{sign}" for low, high in pairwise(texts_of)]
    return bounds, [f"moins de {texts_of[0]}{sign}", *between, f"{texts_of[-1]}{sign} ou plus"]


def class_bounds(values: pd.Series, *, diverging: bool, digits: int = 1) -> list[float]:
    """The round numbers between at most five classes, none of them empty: near quantiles, or around zero.

    digits: decimals that the values are written with, 0 or 1.

    >>> class_bounds(pd.Series([10.2, 20.4, 30.1, 44.8, 57.3]), diverging=False)
    [20.0, 30.0, 40.0, 50.0]
    >>> class_bounds(pd.Series([-3.1, 0.2, 1.0]), diverging=True)
    [-2.5, -0.5, 0.5, 2.5]
    """
    if diverging:
        most = max(values.abs().max(), 1.0)
        power = 10.0 ** math.floor(math.log10(most))
        reach = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= most)
        return [-reach / 2, -reach / 10, reach / 10, reach / 2]
    values = values.round(digits)
    quantiles = np.quantile(values, np.linspace(0, 1, CLASSES + 1)[1:-1])
    best: list[float] = []
    for step in _steps(10.0**-digits, max(values.max() - values.min(), 1.0)):
        near = sorted({round(float(np.round(edge / step) * step), 6) for edge in quantiles})
        bounds = [bound for rank, bound in enumerate(near) if values.lt(bound).any()]
        kept = [bound for bound in bounds if values.ge(bound).any()]
        inside = [low for low, high in pairwise(kept) if values.between(low, high, inclusive="left").any()]
        kept = [*inside, *kept[-1:]]
        if len(kept) > len(best):
            best = kept
        if len(best) >= CLASSES - 2:
            return best
    return best or [float(values.max())]


def _steps(finest: float, span: float) -> list[float]:
    """Return the round steps from the span of values down to the finest."""
    powers = range(math.floor(math.log10(finest)), math.ceil(math.log10(span)) + 1)
    return sorted(
        (step for power in powers for factor in (1, 2, 5) if finest <= (step := factor * 10.0**power) <= span),
        reverse=True,
    )


def are_values(labels: list[str], known: pd.DataFrame) -> bool:
    """Whether the classes of a map are values rather than ranges. known: see `classes_of`."""
    return len(labels) <= FEWEST and known["text"].nunique() == len(labels)


def ranks_of(values: Sequence[float], bounds: list[float], digits: int) -> np.ndarray:
    """Return the class of each value, as it is written: one on a bound is in the class above."""
    return np.searchsorted(bounds, np.round(np.asarray(values, dtype=float), digits), side="right")

"""The scales of a drawing, its round numbers, the places of its labels and of its legend."""

import math
from collections.abc import Callable
from itertools import pairwise

Scale = Callable[[float], float]


def scale(low: float, high: float, begin: float, end: float) -> Scale:
    """What puts the values from low to high between two places of a drawing; begin when all are the same.

    >>> [scale(2020, 2024, 100, 300)(year) for year in (2020, 2021, 2024)], scale(5, 5, 100, 300)(5)
    ([100.0, 150.0, 300.0], 100.0)
    """
    span = (high - low) or 1
    return lambda value: begin + (value - low) / span * (end - begin)


def ticks_between(low: float, high: float, *, whole: bool, finest: float = 0.0) -> list[float]:
    """At most seven round numbers within the values. finest: what the decimals that are written tell apart.

    >>> ticks_between(0, 42, whole=True), ticks_between(0, 1, whole=False)
    ([0, 10, 20, 30, 40], [0.0, 0.5, 1.0])
    """
    span = (high - low) or 1.0
    step = 10 ** math.floor(math.log10(span)) / 2
    while span / step > 5:
        step *= 2.5 if f"{step:e}"[0] == "2" else 2
    step = max(1.0, math.ceil(step)) if whole else max(step, finest)
    return [step * rank for rank in range(math.ceil(low / step), int(high / step) + 1)]


def apart(places: list[float], gap: float) -> list[float]:
    """Return places moved no more than needed to be at least a gap from each other, in the same order."""
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = list(places)
    for former, later in pairwise(order):
        moved[later] = max(moved[later], moved[former] + gap)
    excess = (moved[order[-1]] - places[order[-1]]) / 2
    return [place - excess for place in moved]

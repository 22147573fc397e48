"""The scales of a drawing, the axis of its values, the places of its legend."""

import math
from collections.abc import Callable

from ctg_analysis.display.drawings.drawing import Drawing, length
from ctg_analysis.display.drawings.style import FAINT, GRID, RULE, SMALL, WIDTH
from ctg_analysis.display.words.quantities import number

Scale = Callable[[float], float]
LABEL_GAP = 10  # units between the left edge of the labels of values and the plot


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


def tick_labels(ticks: list[float], decimals: int) -> list[str]:
    """The labels of ticks: without decimals when all are whole."""
    digits = 0 if all(float(tick).is_integer() for tick in ticks) else decimals
    return [number(tick, digits) for tick in ticks]


def room_of(labels: list[str]) -> float:
    """The room that the labels of an axis of values take, left of the plot."""
    return max(length(label, SMALL) for label in labels) + LABEL_GAP


def value_axis(drawing: Drawing, y: Scale, ticks: list[float], labels: list[str], left: float, right: float = WIDTH):
    """Draw the lines of the ticks of values, each with its label on the left."""
    for tick, label in zip(ticks, labels, strict=True):
        drawing.line([(left, y(tick)), (right, y(tick))], RULE if tick == 0 else GRID)
        drawing.text(left - 6, y(tick), label, anchor="end", size=SMALL, fill=FAINT)


def legend_spots(labels: list[str], mark: float, top: float) -> list[tuple[float, float]]:
    """Where the mark of each label of a legend stands, in lines that fill the width.

    mark: the room of a mark, before its label. top: the middle of the first line.
    """
    spots, x, y = [], 0.0, top
    for label in labels:
        across = mark + length(label, SMALL) + 12
        if x and x + across > WIDTH:
            x, y = 0.0, y + 19
        spots.append((x, y))
        x += across
    return spots

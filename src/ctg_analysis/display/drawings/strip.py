"""A strip, as Fingertips draws it: a value among others, a band for their quartiles, a stroke for their median."""

import math
from collections.abc import Sequence
from contextlib import nullcontext
from itertools import zip_longest
from operator import itemgetter
from typing import NamedTuple

from ctg_analysis.display.drawings.axes import Scale, scale, tick_labels, ticks_between
from ctg_analysis.display.drawings.drawing import Drawing, length
from ctg_analysis.display.drawings.rows import rows_of
from ctg_analysis.display.drawings.style import BAND, FAINT, GRID, INK, OTHERS, PAPER, SMALL, TERRITORY, WIDTH

LETTERS, LEFT, ROW, HEAD, FOOT = 20, 142, 40, 24, 20
HALF = 9  # of the height of a band


class Strip(NamedTuple):
    """A group: its name, the values of the others, its quartiles and its median (NaN where they are too few).

    others: what each of the values is told as, its name and its text, where a reader may point at it.
    """

    name: str
    values: Sequence[float]
    low: float = math.nan
    median: float = math.nan
    high: float = math.nan
    others: Sequence[tuple[str, str]] = ()


def strips(groups: Sequence[Strip], own: float, text: str, decimals: int) -> str:
    """Return a strip for each group on one scale, the value of the territory across them all, as a reader sees it."""
    values = [own, *(value for group in groups for value in group.values)]
    low, high = min(values), max(values)
    places = rows_of([group.name for group in groups], LETTERS, ROW, top=HEAD)
    drawing = Drawing(places[-1].bottom + FOOT)
    x = scale(low, high, LEFT + 6, WIDTH - 10)
    ticks = ticks_between(low, high, whole=False, finest=10.0**-decimals)
    for tick, label in zip(ticks, tick_labels(ticks, max(decimals, 1)), strict=True):
        drawing.line([(x(tick), HEAD), (x(tick), places[-1].bottom)], GRID)
        drawing.text(x(tick), places[-1].bottom + 10, label, anchor="middle", size=SMALL, fill=FAINT)
    drawing.line([(x(own), HEAD - 4), (x(own), places[-1].bottom)], TERRITORY, 1, stroke_dasharray="3 3")
    for place, group in zip(places, groups, strict=True):
        drawing.text(LEFT - 8, place.y, place.name, anchor="end", size=SMALL)
        mark_strip(drawing, x, place.y, group, own)
    half = length(text, bold=True) / 2
    drawing.text(min(max(x(own), LEFT + half), WIDTH - half), HEAD - 14, text, anchor="middle", bold=True)
    return drawing.svg()


def mark_strip(drawing: Drawing, x: Scale, y: float, group: Strip, own: float) -> None:
    """Draw the band, the others as rings, the median as a stroke and the territory as a lozenge, around a height y."""
    if not math.isnan(group.low):
        across = max(x(group.high) - x(group.low), 1)
        drawing.bar(x(group.low), y, across, 2 * HALF, BAND, stroke=OTHERS["peers"], stroke_width=0.8)
    for value, other in sorted(zip_longest(group.values, group.others), key=itemgetter(0)):
        with drawing.of(*other) if other else nullcontext():
            drawing.circle(x(value), y, 3, PAPER, stroke=FAINT, fill_opacity=0.6)
    if not math.isnan(group.median):
        drawing.line([(x(group.median), y - HALF - 3), (x(group.median), y + HALF + 3)], INK, 2)
    drawing.area(f"M{x(own) - 6:.1f} {y:.1f}l6 -7l6 7l-6 7z", TERRITORY, stroke=PAPER)

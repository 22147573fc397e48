"""Lines over the years, and dates on a calendar: small tables of observations in, drawings out."""

from itertools import pairwise

import pandas as pd

from ctg_analysis.display.drawings.axes import scale
from ctg_analysis.display.drawings.drawing import Drawing, length
from ctg_analysis.display.drawings.rows import rows_of
from ctg_analysis.display.drawings.style import BAND, FAINT, SMALL, TERRITORY, WIDTH

NAME_WIDTH = 24
SHORTEST = 3  # years: two points make no trend


def apart(places: list[float], gap: float) -> list[float]:
    """Return places moved no more than needed to be at least a gap from each other, in the same order."""
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = list(places)
    for former, later in pairwise(order):
        moved[later] = max(moved[later], moved[former] + gap)
    excess = (moved[order[-1]] - places[order[-1]]) / 2
    return [place - excess for place in moved]


def timeline(rows: pd.DataFrame, span: tuple[int, int] | None) -> str:
    """Return one mark per place at the year in which something ends; `span` is shaded behind.

    rows: columns name, value (a year), text, in the order to draw.
    """
    first = min([int(rows["value"].min()), *(span or ())]) - 1
    last = max([int(rows["value"].max()), *(span or ())]) + 2
    places = rows_of(rows["name"], NAME_WIDTH, 20)
    left, bottom = max(length(place.name) for place in places) + 8, places[-1].bottom
    drawing = Drawing(bottom + 26)

    x = scale(first, last, left, WIDTH)
    if span:
        drawing.bar(x(span[0]), bottom / 2, x(span[1] + 1) - x(span[0]), bottom, BAND)
    for place, row in zip(places, rows.itertuples(index=False), strict=True):
        y = place.y
        with drawing.of(row.name, row.text):
            drawing.text(left - 8, y, place.name, anchor="end")
            drawing.line([(left, y), (x(row.value), y)], TERRITORY, 2)
            drawing.line([(x(row.value), y - 6), (x(row.value), y + 6)], TERRITORY, 3)
            drawing.text(x(row.value) + 6, y, row.text, size=SMALL)
    every = 1 if last - first <= 12 else 2 if last - first <= 24 else 5
    for year in range(first, last, every):
        drawing.text(x(year), bottom + 14, str(year), anchor="middle", size=SMALL, fill=FAINT)
    return drawing.svg()

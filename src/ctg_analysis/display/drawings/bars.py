"""Bars: small tables of observations in, drawings out.

The tables come from the chapter with the columns name, level, value, low, high and text (the value as a reader sees
it), in the order to draw.
"""

import math
from collections.abc import Iterable

import pandas as pd

from ctg_analysis.display.drawings.axes import Scale, scale
from ctg_analysis.display.drawings.drawing import Drawing, length
from ctg_analysis.display.drawings.rows import Row, rows_of
from ctg_analysis.display.drawings.style import INK, OTHERS, PAPER, RULE, WIDTH, colour

NAME_WIDTH = 22  # letters of a name before it goes on on a second line
GAP = 7  # between a name, a bar and what is written at its end
BAR, ROW = 15, 27  # heights of a bar, of a row


def comparison(rows: pd.DataFrame) -> str:
    """Return horizontal bars, one per territory, with their interval when there is one.

    A row of level `peers` is no bar: a box from the first to the third quartile of the peers, and a stroke at their
    median.
    """
    rows = rows.assign(least=rows[["value", "low"]].min(axis=1), most=rows[["value", "high"]].max(axis=1))
    each, places = list(rows.itertuples(index=False)), rows_of(rows["name"], NAME_WIDTH, ROW)
    apart = rows["level"].nunique() > 1  # the territory among others; a family is of the territory alone
    left = _room(places, rows["level"].eq("epci") & apart)
    right = max(length(row.text, bold=True) for row in each) + GAP
    x = scale(min(0.0, rows["least"].min()), max(0.0, rows["most"].max()), left, WIDTH - right)
    drawing = Drawing(places[-1].bottom)
    for place, row in zip(places, each, strict=True):
        y = place.y
        own = apart and row.level == "epci"
        with drawing.of(row.name, row.text):
            drawing.text(left - GAP, y, place.name, anchor="end", bold=own)
            if row.level == "peers":
                _quartiles(drawing, row, y, x)
            else:
                drawing.bar(x(0), y, x(row.value) - x(0), BAR, colour(row.level))
                if not math.isnan(row.low):
                    for shade, width in ((PAPER, 3.6), (INK, 1.4)):
                        drawing.line([(x(row.low), y), (x(row.high), y)], shade, width)
            drawing.text(x(max(row.most, 0)) + GAP, y, row.text, bold=own)
    drawing.line([(x(0), 0), (x(0), drawing.height)], RULE)
    return drawing.svg()


def _room(places: list[Row], bold: Iterable[bool]) -> float:
    """The room that the names of rows take, some of them bold."""
    return max(length(place.name, bold=own) for place, own in zip(places, bold, strict=True)) + GAP


def _quartiles(drawing: Drawing, row, y: float, x: Scale) -> None:
    shade = OTHERS["peers"]
    if not math.isnan(row.low):
        drawing.bar(x(row.low), y, x(row.high) - x(row.low), BAR, PAPER, stroke=shade, fill_opacity=0.5)
    drawing.line([(x(row.value), y - BAR / 2 - 2), (x(row.value), y + BAR / 2 + 2)], shade, 3)

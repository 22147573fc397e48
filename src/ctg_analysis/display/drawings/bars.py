"""Bars: small tables of observations in, drawings out.

The tables come from the chapter with the columns name, level, value, low, high and text (the value as a reader sees
it), in the order to draw.
"""

import pandas as pd

from ctg_analysis.display.drawings.axes import scale
from ctg_analysis.display.drawings.drawing import Drawing, length
from ctg_analysis.display.drawings.rows import rows_of
from ctg_analysis.display.drawings.style import INK, PAPER, RULE, TERRITORY, WIDTH

NAME_WIDTH = 22  # letters of a name before it goes on on a second line
GAP = 7  # between a name, a bar and what is written at its end
BAR, ROW = 15, 27  # heights of a bar, of a row


def comparison(rows: pd.DataFrame) -> str:
    """Return horizontal bars, one for each row, with their interval when there is one."""
    rows = rows.assign(least=rows[["value", "low"]].min(axis=1), most=rows[["value", "high"]].max(axis=1))
    each, places = list(rows.itertuples(index=False)), rows_of(rows["name"], NAME_WIDTH, ROW)
    left = max(length(place.name) for place in places) + GAP
    right = max(length(row.text, bold=True) for row in each) + GAP
    x = scale(min(0.0, rows["least"].min()), max(0.0, rows["most"].max()), left, WIDTH - right)
    drawing = Drawing(places[-1].bottom)
    for place, row in zip(places, each, strict=True):
        with drawing.of(row.name, row.text):
            drawing.text(left - GAP, place.y, place.name, anchor="end")
            drawing.bar(x(0), place.y, x(row.value) - x(0), BAR, TERRITORY)
            for shade, width in ((PAPER, 3.6), (INK, 1.4)) if pd.notna(row.low) else ():
                drawing.line([(x(row.low), place.y), (x(row.high), place.y)], shade, width)
            drawing.text(x(max(row.most, 0)) + GAP, place.y, row.text)
    drawing.line([(x(0), 0), (x(0), drawing.height)], RULE)
    return drawing.svg()

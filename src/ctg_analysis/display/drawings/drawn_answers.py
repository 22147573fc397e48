"""Drawings of a consultation: who answered, what groups answered."""

import math

import pandas as pd

from ctg_analysis.display.drawings.axes import scale, ticks_between
from ctg_analysis.display.drawings.drawing import Drawing, folded, length
from ctg_analysis.display.drawings.rows import rows_of
from ctg_analysis.display.drawings.style import FAINT, GRID, INK, PAPER, RULE, SMALL, TERRITORY, WIDTH
from ctg_analysis.display.quantities import percent

NAME_WIDTH, GAP, BAR = 24, 7, 13
HEAD, ROW, BLOCK = 24, 23, 12  # heights of a heading, of a row, between blocks
CENSUS, BEFORE, AFTER = "recensement", "avant redressement", "après"


def profile(rows: pd.DataFrame) -> str:
    """Return, for each modality, its share among the respondents before and after weights, and in the census.

    rows: columns block (title of the variable), name, before, after, census (0 to 1, NaN when not known or not shown).
    """
    left = max(length(folded(name, NAME_WIDTH)) for name in rows["name"]) + GAP
    most = rows[["before", "after", "census"]].max(axis=None)
    drawing = Drawing(0)

    x = scale(0, most, left + 8, WIDTH - 8)
    place = 0.0
    for label, mark in ((BEFORE, _ring), (AFTER, _disc), (CENSUS, _stroke)):
        mark(drawing, place + 6, 9)
        drawing.text(place + 16, 9, label, size=SMALL)
        place += 30 + length(label, SMALL)
    top = HEAD
    for title, block in rows.groupby("block", sort=False):
        drawing.text(0, top + HEAD / 2, title, bold=True)
        places = rows_of(block["name"], NAME_WIDTH, ROW, top=top + HEAD)
        for place, row in zip(places, block.itertuples(index=False), strict=True):
            y = place.y
            drawing.line([(x(0), y), (WIDTH - 8, y)], GRID)
            shares = ((row.census, CENSUS, _stroke), (row.before, BEFORE, _ring), (row.after, AFTER, _disc))
            known = [one for one in shares if not math.isnan(one[0])]
            with drawing.of(row.name, ", ".join(f"{label} {percent(100 * share)}" for share, label, _ in known)):
                drawing.text(left - GAP, y, place.name, anchor="end")
                if not math.isnan(row.before + row.after):
                    drawing.line([(x(row.before), y), (x(row.after), y)], TERRITORY, 2)
                for share, _, mark in known:
                    mark(drawing, x(share), y)
        top = places[-1].bottom + BLOCK
    for share in ticks_between(0, most, whole=False):
        drawing.text(x(share), top, percent(100 * share), anchor="middle", size=SMALL, fill=FAINT)
    drawing.height = top + 10
    return drawing.svg()


def _ring(drawing: Drawing, x: float, y: float) -> None:
    drawing.circle(x, y, 4.5, PAPER, stroke=TERRITORY, stroke_width=2)


def _disc(drawing: Drawing, x: float, y: float) -> None:
    drawing.circle(x, y, 4.5, TERRITORY)


def _stroke(drawing: Drawing, x: float, y: float) -> None:
    drawing.line([(x, y - 8), (x, y + 8)], "#c65d21", 3)


def blocks(rows: pd.DataFrame) -> str:
    """Return a block of bars for each modality: one bar per group, with its interval.

    rows: columns block, name, value, low, high (0 to 1, NaN when it may not be shown), text.
    """
    left = max(length(folded(name, NAME_WIDTH)) for name in rows["name"]) + GAP
    right = max(length(text, bold=True) for text in rows["text"]) + GAP
    most = rows[["value", "high"]].max(axis=None) or 1
    drawing = Drawing(0)

    x = scale(0, most, left, WIDTH - right)
    top = 0.0
    for title, block in rows.groupby("block", sort=False):
        (heading,) = rows_of([title], 62, HEAD, top=top)
        drawing.text(0, heading.y, heading.name, bold=True)
        places = rows_of(block["name"], NAME_WIDTH, ROW, top=heading.bottom)
        for place, row in zip(places, block.itertuples(index=False), strict=True):
            y = place.y
            has_value = not math.isnan(row.value)
            with drawing.of(f"{title}, {row.name}", row.text):
                drawing.text(left - GAP, y, place.name, anchor="end")
                if has_value:
                    drawing.bar(left, y, x(row.value) - left, BAR, TERRITORY)
                    drawing.line([(x(row.low), y), (x(row.high), y)], PAPER, 3.6)
                    drawing.line([(x(row.low), y), (x(row.high), y)], INK, 1.4)
                ink = {} if has_value else {"fill": FAINT}
                drawing.text(x(row.high if has_value else 0) + GAP, y, row.text, **ink)
        top = places[-1].bottom
        drawing.line([(left, heading.bottom), (left, top)], RULE)
        top += BLOCK
    drawing.height = top - BLOCK + 2
    return drawing.svg()

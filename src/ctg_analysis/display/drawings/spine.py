"""The overview of a diagnosis on one drawing: where the territory stands to a place of reference, line by line."""

import math

import pandas as pd

from ctg_analysis.display.drawings.drawing import Drawing, folded
from ctg_analysis.display.drawings.rows import rows_of
from ctg_analysis.display.drawings.style import FAINT, INK, OTHERS, PAPER, RULE, SMALL, TERRITORY, WIDTH
from ctg_analysis.display.words.texts import MINUS, NARROW, NBSP, to

LABELS, LEFT, RIGHT = 25, 174, 320  # letters of a label; where the plot begins and ends
REACH = 0.6  # of a gap: beyond, the mark stands at the edge, and an arrow says so
ROW, LINE_HEIGHT, HEAD = 24, 12, 34


def spine(rows: pd.DataFrame, reference: str, own: str) -> str:
    """Return a line for each indicator: a mark at the gap to the reference, a box for the quartiles of the peers.

    rows: see synthesis.overview. A disc says « proche », a triangle upwards or downwards what a test calls higher or
    lower, a square that no test can be made: told apart without colours.
    """
    places = rows_of(rows["label"], LABELS, ROW, top=HEAD, line=LINE_HEIGHT)
    drawing = Drawing(places[-1].bottom + 4)
    middle = (LEFT + RIGHT) / 2
    drawing.text(middle, 8, f"écart {to(reference)}", anchor="middle", size=SMALL, fill=FAINT)
    for share, text in ((-0.5, f"{MINUS}50{NARROW}%"), (0, "0"), (0.5, f"+50{NARROW}%")):
        drawing.text(_at(share), 23, text, anchor="middle", size=SMALL, fill=FAINT)
        drawing.line([(_at(share), HEAD), (_at(share), drawing.height)], INK if share == 0 else RULE, 1)
    drawing.text(RIGHT + 52, 16, folded(own, 9), anchor="end", size=SMALL, bold=True)
    drawing.text(WIDTH, 16, folded(reference, 9), anchor="end", size=SMALL, fill=FAINT)
    for row, place in zip(rows.itertuples(index=False), places, strict=True):
        y = place.y
        told = f"{row.own_text} ({reference}{NBSP}: {row.reference_text})"
        with drawing.of(row.label, told):
            drawing.text(LEFT - 16, y, place.name, anchor="end", size=SMALL)
            if not math.isnan(row.low):
                across = _at(row.high) - _at(row.low)
                drawing.bar(_at(row.low), y, across, 9, PAPER, stroke=OTHERS["peers"], fill_opacity=0.7)
            drawing.line([(_at(0), y), (_at(row.gap), y)], TERRITORY, 1.6)
            _mark(drawing, _at(row.gap), y, row.word)
            if abs(row.gap) > REACH:
                side = 1 if row.gap > 0 else -1
                drawing.text(_at(row.gap) + side * 9, y, "›" if side > 0 else "‹", anchor="middle", fill=FAINT)
            drawing.text(RIGHT + 52, y, row.own_text, anchor="end", size=SMALL, bold=True)
            drawing.text(WIDTH, y, row.reference_text, anchor="end", size=SMALL, fill=FAINT)
    return drawing.svg()


def _at(gap: float) -> float:
    return LEFT + (min(max(gap, -REACH), REACH) + REACH) / (2 * REACH) * (RIGHT - LEFT)


def _mark(drawing: Drawing, x: float, y: float, word: object) -> None:
    if not isinstance(word, str):
        drawing.bar(x - 4, y, 8, 8, PAPER, stroke=TERRITORY, stroke_width=1.6)
    elif word.startswith("proche"):
        drawing.circle(x, y, 4.5, PAPER, stroke=TERRITORY, stroke_width=1.6)
    else:
        up = word.startswith("plus élev")
        tip, base = (y - 6, y + 4.5) if up else (y + 6, y - 4.5)
        drawing.area(f"M{x - 5.5:.1f} {base:.1f}h11L{x:.1f} {tip:.1f}z", TERRITORY)

"""What votes say of the enjeux: each criterion with its spread, the ranks and how sure they are."""

import math

import pandas as pd

from ctg_analysis.demarche.voices.priorities import STABLE
from ctg_analysis.display.drawings.drawing import Drawing, folded, length
from ctg_analysis.display.drawings.style import BAND, FAINT, INK, PAPER, RULE, SMALL, TERRITORY, WIDTH
from ctg_analysis.display.words.texts import typography

NAME_WIDTH, ROW, LINE_HEIGHT = 27, 24, 12
LEFT, ACROSS, GAP, HEAD = 172, 78, 12, 36
MARKS = range(1, 6)


def criteria(rows: pd.DataFrame, names: dict[str, str]) -> str:
    """Return, for each enjeu and criterion, its median mark from 1 to 5 and the range of the half in the middle.

    rows: columns label, then each criterion with _q1 and _q3. names: criterion → its title.
    """
    labels = [folded(typography(label), NAME_WIDTH) for label in rows["label"]]
    heights = [ROW + LINE_HEIGHT * label.count("\n") for label in labels]
    drawing = Drawing(HEAD + sum(heights) + 2)

    def x(column: int, mark: float) -> float:
        return LEFT + column * (ACROSS + GAP) + 6 + (mark - 1) / 4 * (ACROSS - 12)

    for column, title in enumerate(names.values()):
        drawing.text(x(column, 3), 8, title, anchor="middle", size=SMALL, font_weight="bold")
        for mark in MARKS:
            drawing.text(x(column, mark), 24, str(mark), anchor="middle", size=SMALL, fill=FAINT)
            drawing.line([(x(column, mark), HEAD - 3), (x(column, mark), drawing.height)], "#e4e0d6")
    top = HEAD
    for row, label, height in zip(rows.to_dict("records"), labels, heights, strict=True):
        y = top + height / 2
        drawing.text(LEFT - 8, y, label, anchor="end", size=SMALL)
        for column, name in enumerate(names):
            if not math.isnan(row[name]):
                low, high = x(column, row[f"{name}_q1"]), x(column, row[f"{name}_q3"])
                drawing.bar(low - 2, y, high - low + 4, 8, BAND, stroke=RULE, stroke_width=0.8)
                drawing.circle(x(column, row[name]), y, 4.6, TERRITORY)
        top += height
    return drawing.svg()


def ranks(rows: pd.DataFrame) -> str:
    """Return the rank of each enjeu and those that it has in 95 of 100 draws: a disc when it is stable, else a ring.

    rows: columns label, rank, rank_low, rank_high, words, text.
    """
    labels = [folded(typography(label), NAME_WIDTH) for label in rows["label"]]
    heights = [ROW + LINE_HEIGHT * label.count("\n") for label in labels]
    last = int(rows["rank_high"].max())
    right = WIDTH - max(length(text, SMALL) for text in rows["text"]) - 12
    drawing = Drawing(22 + sum(heights) + 22)

    def x(rank: float) -> float:
        return LEFT + 8 + (rank - 1) / ((last - 1) or 1) * (right - LEFT - 16)

    for rank in range(1, last + 1):
        drawing.text(x(rank), 9, str(rank), anchor="middle", size=SMALL, fill=FAINT)
        drawing.line([(x(rank), 18), (x(rank), 22 + sum(heights))], "#e4e0d6")
    top = 22
    for row, label, height in zip(rows.itertuples(index=False), labels, heights, strict=True):
        y = top + height / 2
        drawing.text(LEFT - 8, y, label, anchor="end", size=SMALL)
        drawing.line([(x(row.rank_low), y), (x(row.rank_high), y)], INK, 1.6)
        drawing.circle(x(row.rank), y, 5, TERRITORY if row.words == STABLE else PAPER, stroke=TERRITORY, stroke_width=2)
        drawing.text(right + 8, y, row.text, size=SMALL)
        top += height
    drawing.circle(LEFT + 13, top + 12, 5, TERRITORY)
    drawing.text(LEFT + 23, top + 12, "rang stable", size=SMALL)
    drawing.circle(LEFT + 105, top + 12, 5, PAPER, stroke=TERRITORY, stroke_width=2)
    drawing.text(LEFT + 115, top + 12, "rang incertain", size=SMALL)
    return drawing.svg()

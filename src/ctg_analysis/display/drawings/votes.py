"""What votes say of the enjeux: each criterion with its spread, the ranks and how sure they are."""

import math

import pandas as pd

from ctg_analysis.demarche.voices import STABLE
from ctg_analysis.display.drawings.axes import scale
from ctg_analysis.display.drawings.drawing import Drawing, length
from ctg_analysis.display.drawings.rows import Row, rows_of
from ctg_analysis.display.drawings.style import BAND, FAINT, GRID, INK, PAPER, RULE, SMALL, TERRITORY, WIDTH
from ctg_analysis.display.words.quantities import quantity

NAME_WIDTH, ROW, LINE_HEIGHT = 27, 24, 12
LEFT, ACROSS, GAP, HEAD = 172, 78, 12, 36
MARKS = range(1, 6)


def criteria(rows: pd.DataFrame, names: dict[str, str]) -> str:
    """Return, for each enjeu and criterion, its median mark from 1 to 5 and the range of the half in the middle.

    rows: columns label, then each criterion with _q1 and _q3. names: criterion → its title.
    """
    places = _places(rows, HEAD)
    drawing = Drawing(places[-1].bottom + 2)

    def x(column: int, mark: float) -> float:
        return LEFT + column * (ACROSS + GAP) + 6 + (mark - 1) / 4 * (ACROSS - 12)

    for column, title in enumerate(names.values()):
        drawing.text(x(column, 3), 8, title, anchor="middle", size=SMALL, bold=True)
        for mark in MARKS:
            drawing.text(x(column, mark), 24, str(mark), anchor="middle", size=SMALL, fill=FAINT)
            drawing.line([(x(column, mark), HEAD - 3), (x(column, mark), drawing.height)], GRID)
    for row, place in zip(rows.to_dict("records"), places, strict=True):
        y = place.y
        drawing.text(LEFT - 8, y, place.name, anchor="end", size=SMALL)
        for column, (name, title) in enumerate(names.items()):
            if not math.isnan(row[name]):
                marks = [row[name], row[f"{name}_q1"], row[f"{name}_q3"]]
                low, high = (x(column, mark) for mark in marks[1:])
                median, first, third = map(quantity, marks)
                with drawing.of(f"{row['label']}, {title}", f"{median} (de {first} à {third})"):
                    drawing.bar(low - 2, y, high - low + 4, 8, BAND, stroke=RULE, stroke_width=0.8)
                    drawing.circle(x(column, row[name]), y, 4.6, TERRITORY)
    return drawing.svg()


def _places(rows: pd.DataFrame, top: float) -> list[Row]:
    return rows_of(rows["label"], NAME_WIDTH, ROW, top=top, line=LINE_HEIGHT)


def ranks(rows: pd.DataFrame) -> str:
    """Return the rank of each enjeu and those that it has in 95 of 100 draws: a disc when it is stable, else a ring.

    rows: columns label, rank, rank_low, rank_high, words, text.
    """
    places = _places(rows, 22)
    last = int(rows["rank_high"].max())
    right = WIDTH - max(length(text, SMALL) for text in rows["text"]) - 12
    bottom = places[-1].bottom
    drawing = Drawing(bottom + 22)

    x = scale(1, last, LEFT + 8, right - 8)
    for rank in range(1, last + 1):
        drawing.text(x(rank), 9, str(rank), anchor="middle", size=SMALL, fill=FAINT)
        drawing.line([(x(rank), 18), (x(rank), bottom)], GRID)
    for row, place in zip(rows.itertuples(index=False), places, strict=True):
        y = place.y
        fill = TERRITORY if row.words == STABLE else PAPER
        with drawing.of(row.label, f"rang {row.text}"):
            drawing.text(LEFT - 8, y, place.name, anchor="end", size=SMALL)
            drawing.line([(x(row.rank_low), y), (x(row.rank_high), y)], INK, 1.6)
            drawing.circle(x(row.rank), y, 5, fill, stroke=TERRITORY, stroke_width=2)
            drawing.text(right + 8, y, row.text, size=SMALL)
    drawing.circle(LEFT + 13, bottom + 12, 5, TERRITORY)
    drawing.text(LEFT + 23, bottom + 12, "rang stable", size=SMALL)
    drawing.circle(LEFT + 105, bottom + 12, 5, PAPER, stroke=TERRITORY, stroke_width=2)
    drawing.text(LEFT + 115, bottom + 12, "rang incertain", size=SMALL)
    return drawing.svg()

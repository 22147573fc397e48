"""Amounts by line and by year: bars on one scale, each year from its own zero, the sums written without bars."""

import pandas as pd

from ctg_analysis.display.drawings.drawing import Drawing, length
from ctg_analysis.display.drawings.rows import rows_of
from ctg_analysis.display.drawings.style import FAINT, RULE, SMALL, TERRITORY, WIDTH

NAME_WIDTH, ROW, HEAD, BAR = 18, 25, 20, 13


def grid(table: pd.DataFrame, texts: pd.DataFrame) -> str:
    """Return a bar for each line and year. table, texts: the same index and columns, sums last on both sides."""
    rows = rows_of(table.index, NAME_WIDTH, ROW, top=HEAD)
    left = max(length(row.name, SMALL, bold=True) for row in rows) + 8
    across = (WIDTH - left) / len(table.columns)
    inside = table.iloc[:-1, :-1]
    room = across - max(length(text, SMALL) for text in texts.iloc[:-1, :-1].to_numpy().ravel()) - 8
    scale = max(room, 4) / max(inside.to_numpy().max(), 1e-9)
    drawing = Drawing(rows[-1].bottom)
    for column, label in enumerate(table.columns):
        x = left + column * across
        drawing.text(x, 9, str(label), size=SMALL, fill=FAINT, font_weight="bold")
        drawing.line([(x, HEAD), (x, drawing.height)], RULE)
    for rank, row in enumerate(rows):
        y, last = row.y, rank == len(rows) - 1
        drawing.text(left - 8, y, row.name, anchor="end", size=SMALL, bold=last)
        for column in range(len(table.columns)):
            x, total = left + column * across, last or column == len(table.columns) - 1
            long = 0.0 if total else table.iloc[rank, column] * scale
            text = texts.iloc[rank, column]
            with drawing.of(f"{table.index[rank]}, {table.columns[column]}", text):
                if long:
                    drawing.bar(x, y, long, BAR, TERRITORY)
                drawing.text(x + long + 4, y, text, size=SMALL, bold=total)
    return drawing.svg()

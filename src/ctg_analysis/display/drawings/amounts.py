"""Amounts by line and by year: bars on one scale, each year from its own zero, the sums written without bars."""

import pandas as pd

from ctg_analysis.display.drawings.drawing import Drawing, folded, length
from ctg_analysis.display.drawings.style import FAINT, RULE, SMALL, TERRITORY, WIDTH
from ctg_analysis.display.words.texts import typography

NAME_WIDTH, ROW, LINE_HEIGHT, HEAD, BAR = 18, 25, 13, 20, 13


def grid(table: pd.DataFrame, texts: pd.DataFrame) -> str:
    """Return a bar for each line and year. table, texts: the same index and columns, sums last on both sides."""
    names = [folded(typography(name), NAME_WIDTH) for name in table.index]
    left = max(length(name, SMALL, bold=True) for name in names) + 8
    across = (WIDTH - left) / len(table.columns)
    inside = table.iloc[:-1, :-1]
    room = across - max(length(text, SMALL) for text in texts.iloc[:-1, :-1].to_numpy().ravel()) - 8
    scale = max(room, 4) / max(inside.to_numpy().max(), 1e-9)
    heights = [ROW + LINE_HEIGHT * name.count("\n") for name in names]
    drawing = Drawing(HEAD + sum(heights))
    for column, label in enumerate(table.columns):
        x = left + column * across
        drawing.text(x, 9, str(label), size=SMALL, fill=FAINT, font_weight="bold")
        drawing.line([(x, HEAD), (x, drawing.height)], RULE)
    top = HEAD
    for rank, (name, height) in enumerate(zip(names, heights, strict=True)):
        y, last = top + height / 2, rank == len(names) - 1
        drawing.text(left - 8, y, name, anchor="end", size=SMALL, **({"font_weight": "bold"} if last else {}))
        for column in range(len(table.columns)):
            x, total = left + column * across, last or column == len(table.columns) - 1
            long = 0.0 if total else table.iloc[rank, column] * scale
            if long:
                drawing.bar(x, y, long, BAR, TERRITORY)
            weight = {"font_weight": "bold"} if total else {}
            drawing.text(x + long + 4, y, texts.iloc[rank, column], size=SMALL, **weight)
        top += height
    return drawing.svg()

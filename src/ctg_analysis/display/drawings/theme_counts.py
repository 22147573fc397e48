"""Drawings of interviews and meetings: who speaks of what, what each interview still brings, who came."""

import math

import pandas as pd

from ctg_analysis.display.drawings.axes import scale, tick_labels, ticks_between, value_axis
from ctg_analysis.display.drawings.drawing import Drawing, folded, length
from ctg_analysis.display.drawings.rows import rows_of
from ctg_analysis.display.drawings.style import BAND, FAINT, INK, PAPER, RULE, SEQUENTIAL, SMALL, TERRITORY, WIDTH
from ctg_analysis.display.words.quantities import number

NAME_WIDTH, ROW = 26, 26
HEAD_ANGLE, HEAD_ROOM = 38, 46  # of the headings of columns: slope in degrees, room for that of the last one
HEIGHT, LEFT, BOTTOM, TOP = 200, 34, 34, 14


def heat(table: pd.DataFrame) -> str:
    """Return a table of counts, the darker the more: index the themes, columns the actors."""
    left = max(length(folded(name, NAME_WIDTH)) for name in table.index) + 8
    across = (WIDTH - left - HEAD_ROOM) / len(table.columns)
    slope = math.radians(HEAD_ANGLE)
    head = 12 + max(length(name, SMALL) for name in table.columns) * math.sin(slope)
    rows = rows_of(table.index, NAME_WIDTH, ROW, top=head)
    drawing = Drawing(rows[-1].bottom + 2)
    for column, name in enumerate(table.columns):
        x, y = left + (column + 0.5) * across, head - 4
        drawing.text(x, y, name, size=SMALL, fill=FAINT, transform=f"rotate(-{HEAD_ANGLE} {x:.1f} {y:.1f})")
    most = max(table.max(axis=None), 1)
    for row, (theme, counts) in zip(rows, table.iterrows(), strict=True):
        y = row.y
        drawing.text(left - 8, y, row.name, anchor="end")
        for column, count in enumerate(counts):
            step = -(-count * (len(SEQUENTIAL) - 1) // most) if count else 0
            shade = SEQUENTIAL[int(step)] if count else PAPER
            x = left + column * across
            dark = count and step >= len(SEQUENTIAL) - 2
            with drawing.of(f"{theme}, {table.columns[column]}", number(count)):
                drawing.bar(x + 1, y, across - 2, row.height - 2, shade, **({} if count else {"stroke": RULE}))
                drawing.text(x + across / 2, y, number(count), anchor="middle", fill=PAPER if dark else INK)
    return drawing.svg()


def saturation(rows: pd.DataFrame) -> str:
    """Return how many codes are known after each interview, within what other orders of the interviews give.

    rows: columns rank, total, low, high.
    """
    most = rows[["total", "high"]].max(axis=None)
    drawing = Drawing(HEIGHT)

    x_of, y_of = scale(1, len(rows), LEFT, WIDTH - 30), scale(0, most, HEIGHT - BOTTOM, TOP)
    ticks = ticks_between(0, most, whole=True)
    value_axis(drawing, y_of, ticks, tick_labels(ticks, 0), LEFT)
    points, low, high = (
        [(x_of(rank), y_of(value)) for rank, value in zip(rows["rank"], rows[name], strict=True)]
        for name in ("total", "low", "high")
    )
    outline = "L".join(f"{x:.1f} {y:.1f}" for x, y in [*high, *reversed(low)])
    drawing.area(f"M{outline}z", BAND)
    drawing.line(points, TERRITORY, 2.4)
    for (x, y), rank, total in zip(points, rows["rank"], rows["total"], strict=True):
        with drawing.of(f"Entretien {rank}", number(total)):
            drawing.circle(x, y, 2.6, TERRITORY)
    every = 5 if len(rows) > 12 else 1
    for rank in [1, *range(every, len(rows) + 1, every)] if every > 1 else range(1, len(rows) + 1):
        drawing.text(x_of(rank), HEIGHT - BOTTOM + 12, str(rank), anchor="middle", size=SMALL, fill=FAINT)
    drawing.text((LEFT + WIDTH) / 2, HEIGHT - 6, "entretiens, dans leur ordre", anchor="middle", size=SMALL, fill=FAINT)
    with drawing.halo():
        x, y = points[-1]
        drawing.text(x + 6, y, number(rows["total"].iloc[-1]), bold=True)
    return drawing.svg()

"""A funnel plot: rates of small places against what chance alone would do, in the place of a ranking (rule R9)."""

import math

import numpy as np
import pandas as pd

from ctg_analysis.display.drawings.axes import room_of, scale, tick_labels, ticks_between, value_axis
from ctg_analysis.display.drawings.drawing import Drawing, length
from ctg_analysis.display.drawings.neighbours import overlap
from ctg_analysis.display.drawings.style import BAND, FAINT, INK, PAPER, SMALL, TERRITORY, WIDTH
from ctg_analysis.display.words.quantities import number

HEIGHT, TOP, BOTTOM, GAP = 250, 30, 36, 6
SIDES = (
    ("start", 7, -9),
    ("end", -7, -9),
    ("start", 8, 0),
    ("end", -8, 0),
    ("start", 7, 9),
    ("end", -7, 9),
)  # of a name
SIZES = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)


def funnel(rows: pd.DataFrame, limits: pd.DataFrame, reference: float, *, decimals: int, across: str) -> str:
    """Return a point per place, the line of the reference and the limits around it, sizes by ratios.

    Of the places to be named, those have a name that finds room, the farthest from the reference first.

    rows: columns name, size, value, beyond (to be named: more than chance explains). limits: columns
    size, low_95, high_95, low_998, high_998, by size. across: what a size is.
    """
    reach = max(rows["value"].max(), reference * 2)
    ticks = [tick for tick in ticks_between(0, reach, whole=False) if tick >= 0]
    labels = tick_labels(ticks, max(decimals, 1))
    left = room_of(labels)
    smallest, largest = limits["size"].min(), limits["size"].max()
    x_of, y_of = scale(math.log(smallest), math.log(largest), left, WIDTH - 8), scale(0, reach, HEIGHT - BOTTOM, TOP)
    place = lambda size, value: (x_of(math.log(size)), y_of(min(value, reach)))  # noqa: E731
    drawing = Drawing(HEIGHT)
    value_axis(drawing, y_of, ticks, labels, left)
    free = left - GAP
    for size in SIZES:
        x = x_of(math.log(size))
        if smallest <= size <= largest and x - length(number(size), SMALL) / 2 >= free:
            free = x + length(number(size), SMALL) / 2 + GAP
            drawing.text(x, HEIGHT - BOTTOM + 11, number(size), anchor="middle", size=SMALL, fill=FAINT)
    drawing.text((left + WIDTH) / 2, HEIGHT - 7, across, anchor="middle", size=SMALL, fill=FAINT)
    for name, shade in (("998", "#f3f7f9"), ("95", BAND)):
        edge = [place(*point) for point in zip(limits["size"], limits[f"high_{name}"], strict=True)]
        edge += [place(*point) for point in zip(limits["size"][::-1], limits[f"low_{name}"][::-1], strict=True)]
        drawing.area(
            "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in edge) + "Z", shade, stroke="#9db8c4", stroke_width=0.8
        )
    line = [place(size, reference) for size in (smallest, largest)]
    drawing.line(line, INK, 1.2, stroke_dasharray="4 3")
    each = list(rows.sort_values(["beyond", "size"]).itertuples(index=False))
    for row in each:
        x, y = place(row.size, row.value)
        with drawing.of(row.name, f"{number(row.value, max(decimals, 1))}, base {number(row.size)}"):
            drawing.circle(x, y, 4, TERRITORY if row.beyond else PAPER, stroke=TERRITORY, stroke_width=1.6)
    whole = f"Tirets : l'ensemble, {number(reference, decimals)}"
    drawing.text(WIDTH - 2, TOP - 14, whole, anchor="end", size=SMALL)
    named = sorted((row for row in each if row.beyond), key=lambda row: -abs(row.value - reference))
    spots = [(row, *place(row.size, row.value)) for row in named]
    taken = [(x - 4, y - 4, x + 4, y + 4) for x, y in (place(row.size, row.value) for row in each)]
    with drawing.halo():
        for row, x, y in spots:
            for anchor, aside, up in SIDES:
                across = length(row.name, SMALL)
                begin = x + aside - across * (anchor == "end")
                box = (begin, y + up - SMALL / 2, begin + across, y + up + SMALL / 2)
                if left <= begin and box[2] <= WIDTH and not any(overlap(box, other) for other in taken):
                    taken.append(box)
                    drawing.text(x + aside, y + up, row.name, anchor=anchor, size=SMALL)
                    break
    return drawing.svg()


def grid(smallest: float, largest: float) -> pd.Series:
    """Return sizes, by ratios, a little beyond the smallest and the largest of those to draw."""
    return pd.Series(np.geomspace(smallest * 0.8, largest * 1.25, 40))

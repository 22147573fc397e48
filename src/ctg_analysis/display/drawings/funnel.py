"""A funnel plot: rates of small places against what chance alone would do, in the place of a ranking (rule R9)."""

import math

import numpy as np
import pandas as pd

from ctg_analysis.display.drawings.drawing import Drawing, length
from ctg_analysis.display.drawings.lines import ticks_between
from ctg_analysis.display.drawings.style import BAND, FAINT, INK, PAPER, RULE, SMALL, TERRITORY, WIDTH
from ctg_analysis.display.words.quantities import number
from ctg_analysis.display.words.texts import typography

HEIGHT, TOP, BOTTOM = 250, 30, 36
SIZES = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)


def funnel(rows: pd.DataFrame, limits: pd.DataFrame, reference: float, *, decimals: int, across: str) -> str:
    """Return a point per place, the line of the reference and the limits around it, sizes by ratios.

    rows: columns name, size, value, beyond (to be named: more than chance explains). limits: columns
    size, low_95, high_95, low_998, high_998, by size. across: what a size is.
    """
    reach = max(rows["value"].max(), reference * 2)
    ticks = [tick for tick in ticks_between(0, reach, whole=False) if tick >= 0]
    digits = 0 if all(float(tick).is_integer() for tick in ticks) else max(decimals, 1)
    labels = [number(tick, digits) for tick in ticks]
    left = max(length(label, SMALL) for label in labels) + 10
    first, last = (math.log(edge) for edge in (limits["size"].min(), limits["size"].max()))
    drawing = Drawing(HEIGHT)

    def place(size: float, value: float) -> tuple[float, float]:
        x = left + (math.log(size) - first) / (last - first) * (WIDTH - left - 8)
        return x, HEIGHT - BOTTOM - min(value, reach) / reach * (HEIGHT - TOP - BOTTOM)

    for tick, label in zip(ticks, labels, strict=True):
        y = place(limits["size"].iloc[0], tick)[1]
        drawing.line([(left, y), (WIDTH, y)], RULE if tick == 0 else "#e4e0d6")
        drawing.text(left - 6, y, label, anchor="end", size=SMALL, fill=FAINT)
    for size in SIZES:
        if first <= math.log(size) <= last:
            x = place(size, 0)[0]
            drawing.text(x, HEIGHT - BOTTOM + 11, number(size), anchor="middle", size=SMALL, fill=FAINT)
    drawing.text((left + WIDTH) / 2, HEIGHT - 7, across, anchor="middle", size=SMALL, fill=FAINT)
    for name, shade in (("998", "#f3f7f9"), ("95", BAND)):
        edge = [place(*point) for point in zip(limits["size"], limits[f"high_{name}"], strict=True)]
        edge += [place(*point) for point in zip(limits["size"][::-1], limits[f"low_{name}"][::-1], strict=True)]
        drawing.area(
            "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in edge) + "Z", shade, stroke="#9db8c4", stroke_width=0.8
        )
    line = [place(size, reference) for size in (limits["size"].iloc[0], limits["size"].iloc[-1])]
    drawing.line(line, INK, 1.2, stroke_dasharray="4 3")
    each = list(rows.sort_values(["beyond", "size"]).itertuples(index=False))
    for row in each:
        x, y = place(row.size, row.value)
        drawing.circle(x, y, 4, TERRITORY if row.beyond else PAPER, stroke=TERRITORY, stroke_width=1.6)
    whole = typography(f"Tirets : l'ensemble, {number(reference, decimals)}")
    drawing.text(WIDTH - 2, TOP - 14, whole, anchor="end", size=SMALL)
    with drawing.halo():
        for row in each:
            if row.beyond:
                x, y = place(row.size, row.value)
                side = "end" if x > (left + WIDTH) / 2 else "start"
                drawing.text(x + (-8 if side == "end" else 8), y - 9, row.name, anchor=side, size=SMALL)
    return drawing.svg()


def grid(smallest: float, largest: float) -> pd.Series:
    """Return sizes, by ratios, a little beyond the smallest and the largest of those to draw."""
    return pd.Series(np.geomspace(smallest * 0.8, largest * 1.25, 40))

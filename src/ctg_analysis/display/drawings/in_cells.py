"""Drawings small enough for a cell of a table: the years of a figure, its place among the peers."""

from collections.abc import Sequence

from ctg_analysis.display.drawings.axes import scale
from ctg_analysis.display.drawings.drawing import Drawing
from ctg_analysis.display.drawings.style import BAND, FAINT, INK, OTHERS, PAPER, RULE, TERRITORY
from ctg_analysis.indicators.peers import Position

HIGH, ROOM = 24, 7  # units; around the outermost marks
SERIES, AMONG = 54, 84  # widths
HALF = 9  # of the height of the band of the quartiles
LEAST = 0.2  # of the highest value, that the height of a series stands for: a change of 1 % is not drawn as a fall


def series(points: Sequence[tuple[int, float, str, str]]) -> str:
    """Return a small line over the years, its last point marked. points: year, value, both as a reader sees them."""
    values = [value for _, value, *_ in points]
    low, high = min(values), max(values)
    middle, half = (low + high) / 2, max(high - low, LEAST * max(map(abs, values)), 1e-9) / 2
    x = scale(points[0][0], points[-1][0], ROOM, SERIES - ROOM)
    y = scale(middle - half, middle + half, HIGH - ROOM / 2, ROOM / 2)
    drawing = Drawing(HIGH, SERIES)
    line = [(x(year), y(value)) for year, value, *_ in points]
    drawing.line(line, TERRITORY, 1.6)
    for spot, (*_, when, text) in zip(line, points, strict=True):
        with drawing.of(when, text):
            drawing.circle(*spot, 2.6 if spot == line[-1] else 0.8, TERRITORY)
    return drawing.svg()


def among(others: Sequence[tuple[float, str, str]], place: Position, own: float) -> str:
    """Return a small strip: the peers as rings, their quartiles and median, the territory as a lozenge.

    others: the value of each, its name and its value as a reader sees it.
    """
    values, middle = [own, *(value for value, *_ in others)], HIGH / 2
    x = scale(min(values), max(values), ROOM, AMONG - ROOM)
    drawing = Drawing(HIGH, AMONG)
    drawing.line([(0, middle), (AMONG, middle)], RULE)
    across = max(x(place.high) - x(place.low), 1)
    drawing.bar(x(place.low), middle, across, 2 * HALF, BAND, stroke=OTHERS["peers"], stroke_width=0.8)
    for value, name, text in sorted(others):
        with drawing.of(name, text):
            drawing.circle(x(value), middle, 3, PAPER, stroke=FAINT, fill_opacity=0.6)
    drawing.line([(x(place.median), middle - HALF - 3), (x(place.median), middle + HALF + 3)], INK, 2)
    drawing.area(f"M{x(own) - 6:.1f} {middle:.1f}l6 -7l6 7l-6 7z", TERRITORY, stroke=PAPER)
    return drawing.svg()

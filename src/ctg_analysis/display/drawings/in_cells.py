"""Drawings small enough for a cell of a table: the years of a figure, its place among the peers."""

from collections.abc import Sequence

from ctg_analysis.display.drawings.axes import scale
from ctg_analysis.display.drawings.drawing import Drawing
from ctg_analysis.display.drawings.strip import Strip, mark_strip
from ctg_analysis.display.drawings.style import RULE, TERRITORY

HIGH, ROOM = 24, 7  # units; around the outermost marks
SERIES, AMONG = 54, 84  # widths
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


def among(group: Strip, own: float) -> str:
    """Return a small strip: the peers, their quartiles and median, the territory as a lozenge."""
    values = [own, *group.values]
    drawing = Drawing(HIGH, AMONG)
    drawing.line([(0, HIGH / 2), (AMONG, HIGH / 2)], RULE)
    mark_strip(drawing, scale(min(values), max(values), ROOM, AMONG - ROOM), HIGH / 2, group, own)
    return drawing.svg()

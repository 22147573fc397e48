"""Drawings as small as a line of text: the years of a figure, its place among the peers, beside other places."""

from collections.abc import Callable, Mapping, Sequence

from ctg_analysis.display.drawings.drawing import Drawing
from ctg_analysis.display.drawings.style import BAND, FAINT, INK, OTHERS, PAPER, RULE, TERRITORY
from ctg_analysis.indicators.peers import Position

HIGH, ROOM = 24, 7  # units; around the outermost marks
SERIES, AMONG = 54, 84  # widths
HALF = 9  # of the height of the band of the quartiles
RULER = 380  # width
# The colours of a page, those of our drawings where there is none, in a notebook.
HERE, EDGE = f"var(--accent, {TERRITORY})", f"var(--ink, {INK})"
GROUND, LAID = f"var(--paper, {PAPER})", f"var(--rule, {RULE})"
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


def ruler(own: float, others: Mapping[str, float]) -> str:
    """Return a rule in the colours of the page: a disc for the territory, a ring for the peers, a stroke for France.

    It begins at zero, or near the least value where all are high above it. others: value by level.
    """
    values, middle = [own, *others.values()], HIGH / 2
    low, high = min(values), max(values)
    least = min(0.0, low) if low <= high / 2 else low - max(high - low, LEAST * high) / 2
    x = scale(least, high + (high - least) * 0.08, 0, RULER)
    drawing = Drawing(HIGH, RULER)
    drawing.line([(0, middle), (RULER, middle)], LAID, 2)
    drawing.line([(0, middle), (x(own), middle)], HERE, 2)
    if "france" in others:
        drawing.line([(x(others["france"]), middle - 7), (x(others["france"]), middle + 7)], EDGE, 2.5)
    drawing.circle(x(own), middle, 6.5, HERE, stroke=GROUND, stroke_width=1.5)
    if "peers" in others:
        drawing.circle(x(others["peers"]), middle, 4.5, GROUND, stroke=EDGE, stroke_width=2)
    return drawing.svg()


def scale(low: float, high: float, begin: float, end: float) -> Callable[[float], float]:
    """What puts the values from low to high between two places of a drawing; begin when all are the same.

    >>> [scale(2020, 2024, 100, 300)(year) for year in (2020, 2021, 2024)], scale(5, 5, 100, 300)(5)
    ([100.0, 150.0, 300.0], 100.0)
    """
    span = (high - low) or 1
    return lambda value: begin + (value - low) / span * (end - begin)

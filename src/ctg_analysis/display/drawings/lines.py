"""Lines over the years, and dates on a calendar: small tables of observations in, drawings out."""

from collections.abc import Collection
from itertools import pairwise

import numpy as np
import pandas as pd

from ctg_analysis.display.drawings.axes import room_of, scale, tick_labels, ticks_between, value_axis
from ctg_analysis.display.drawings.drawing import Drawing, folded, length
from ctg_analysis.display.drawings.rows import rows_of
from ctg_analysis.display.drawings.style import BAND, FAINT, RULE, SMALL, TERRITORY, WIDTH, colour
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.texts import NARROW

HEIGHT = 210  # of a line chart
TOP, BOTTOM = 22, 24  # room for the values above the line, and for the years
NAME_WIDTH = 24
SHORTEST = 3  # years: two points make no trend
HIGH_UP = 0.5  # of the highest value: where all are above, the axis of a line need not begin at zero
LEAST_SPAN = 0.2  # of the highest value that an axis shows all the same: a change of 1 % is not drawn as a fall
ROOM, RAISED = 5, 8  # units between a point and what is written by it; how much more on a slope


def trend(
    rows: pd.DataFrame,
    smooth: pd.DataFrame | None = None,
    decimals: int = 0,
    dates: Collection[str] = (),
    *,
    bounded: bool = False,
) -> str:
    """Return one line over the years; `smooth` is drawn over it, the yearly points then stay faint.

    rows, smooth: columns period, value, text, by period. bounded: they are drawn in a band that goes from their low to
    their high. The axis begins at `begin`, or lower for the band; labels that would meet are those of both
    ends alone. dates: the periods of the indicator, wherever it is known; the line does not cross one that it lacks.
    """
    points = [(int(row.period[:4]), row.value, row.text) for row in rows.itertuples(index=False)]
    values = [value for _, value, _ in points]
    low, high = begin(rows), max(0.0, *values)
    if bounded:
        low, high = min(low, rows["low"].min()), max(high, rows["high"].max())
    ticks = ticks_between(low, high, whole=decimals == 0 or high - low >= 10, finest=10.0**-decimals)
    labels = tick_labels(ticks, decimals)
    left = room_of(labels)
    first, last = points[0][0], points[-1][0]
    ends = [max(length(text, SMALL), length(str(year), SMALL)) / 2 for year, _, text in (points[0], points[-1])]
    right = WIDTH - (78 if smooth is not None else ends[1] + 2)
    drawing = Drawing(HEIGHT)

    x_of = scale(first, last, left + max(8.0, ends[0]), right)
    y_of = scale(low, max(high, ticks[-1]), HEIGHT - BOTTOM, TOP)
    value_axis(drawing, y_of, ticks, labels, left, WIDTH if smooth is None else right + 8)
    kept = _spaced([year for year, *_ in points])
    for year in kept:
        drawing.text(x_of(year), HEIGHT - BOTTOM / 2 + 2, str(year), anchor="middle", size=SMALL, fill=FAINT)
    line = [(x_of(year), y_of(value)) for year, value, _ in points]
    pieces = _unbroken(list(rows["period"]), dates)
    for piece in pieces if bounded else []:
        edges = [(x, y_of(bound)) for (x, _), bound in zip(line[piece], rows["high"].iloc[piece], strict=True)]
        edges += [(x, y_of(bound)) for (x, _), bound in zip(line[piece], rows["low"].iloc[piece], strict=True)][::-1]
        drawing.area("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in edges) + "Z", BAND)
    for piece in pieces:
        drawing.line(line[piece], *((TERRITORY, 2.4) if smooth is None else (FAINT, 0.8)))
    if smooth is not None:
        means = [(x_of(int(row.period[:4])), y_of(row.value)) for row in smooth.itertuples(index=False)]
        drawing.line(means, TERRITORY, 2.8)
        drawing.text(means[-1][0] + 8, means[-1][1], "moyenne\nsur trois ans", fill=TERRITORY, size=SMALL)
    for (x, y), period, (*_, text) in zip(line, rows["period"], points, strict=True):
        with drawing.of(date_text(period), text):
            drawing.circle(x, y, 3 if smooth is None else 2, TERRITORY if smooth is None else FAINT)
    nearest = min((x_of(later) - x_of(former) for former, later in pairwise(kept)), default=WIDTH)
    meeting = max(length(text, SMALL) for *_, text in points) + ROOM > nearest
    labelled = [first, last] if smooth is not None or meeting else kept
    with drawing.halo():
        for (x, y), (year, _, text) in zip(line, points, strict=True):
            if year in labelled:
                half = length(text, SMALL) / 2
                beside = np.interp([x - half, x + half], *zip(*line, strict=True))
                hollow = max(beside) < y - 1 and y + ROOM + SMALL < HEIGHT - BOTTOM  # the line rises on both sides
                aside = y + ROOM + SMALL / 2 if hollow else max(y - RAISED, min(y, *beside)) - ROOM - SMALL / 2
                drawing.text(x, aside, text, anchor="middle", size=SMALL)
    return drawing.svg()


def _unbroken(periods: list[str], dates: Collection[str]) -> list[slice]:
    """Return the runs of two periods or more that no other date parts; one run when that leaves none of three or more.

    >>> _unbroken(["2018", "2019", "2020", "2022"], ["2018", "2019", "2020", "2021", "2022"])
    [slice(0, 3, None)]
    """
    after = [rank for rank, ends in enumerate(pairwise(periods), 1) if any(ends[0] < date < ends[1] for date in dates)]
    runs = [slice(*ends) for ends in pairwise([0, *after, len(periods)])]
    kept = [run for run in runs if run.stop - run.start > 1]
    return kept or [slice(0, len(periods))] * (len(periods) >= SHORTEST)


def begin(rows: pd.DataFrame) -> float:
    """Return where the axis of a line begins: zero or below; close to the values when they are all high above it.

    Values that are written alike are not drawn apart. rows: columns value, text.
    """
    low, high = rows["value"].min(), rows["value"].max()
    if low <= high * HIGH_UP or rows["text"].nunique() == 1:
        return min(0.0, low)
    span = max(high - low, high * LEAST_SPAN)
    return max(0.0, high - span * 1.15)


def slope(rows: pd.DataFrame) -> str:
    """Return one line per territory between two dates, its name and values written at both ends.

    rows: columns name, level, before, now (values), before_text, now_text, then the two dates in `before_when`,
    `now_when`.
    """
    each = list(rows.itertuples(index=False))
    left = max(length(row.before_text, SMALL) for row in each) + 12
    ends = [f"{row.now_text}  {row.name}" for row in each]
    right = WIDTH - min(206, max(length(end, SMALL) for end in ends)) - 8
    values = [value for row in each for value in (row.before, row.now)]
    low, high = min(values), max(values)
    height = 70 + 26 * len(each)
    drawing = Drawing(height)

    y = scale(low, high, height - 14, 36)
    for x, when in ((left, each[0].before_when), (right, each[0].now_when)):
        drawing.text(x, 8, when, anchor="middle", size=SMALL, fill=FAINT)
        drawing.line([(x, 18), (x, height)], RULE)
    texts_now = apart([y(row.now) for row in each], 13)
    texts_before = apart([y(row.before) for row in each], 13)
    for row, end, now, before in zip(each, ends, texts_now, texts_before, strict=True):
        shade, own = colour(row.level), row.level == "epci"
        told = (f"{row.before_text} en {row.before_when}", f"{row.now_text} en {row.now_when}")
        with drawing.of(row.name, f"{NARROW}; ".join(told)):
            drawing.line([(left, y(row.before)), (right, y(row.now))], shade, 3 if own else 1.8)
            for x, value in ((left, row.before), (right, row.now)):
                drawing.circle(x, y(value), 3.5, shade)
            drawing.text(left - 7, before, row.before_text, anchor="end", size=SMALL, bold=own)
            drawing.text(right + 7, now, folded(end, 32), size=SMALL, bold=own)
    return drawing.svg()


def apart(places: list[float], gap: float) -> list[float]:
    """Return places moved no more than needed to be at least a gap from each other, in the same order."""
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = list(places)
    for former, later in pairwise(order):
        moved[later] = max(moved[later], moved[former] + gap)
    excess = (moved[order[-1]] - places[order[-1]]) / 2
    return [place - excess for place in moved]


def timeline(rows: pd.DataFrame, span: tuple[int, int] | None) -> str:
    """Return one mark per place at the year in which something ends; `span` is shaded behind.

    rows: columns name, value (a year), text, in the order to draw.
    """
    first = min([int(rows["value"].min()), *(span or ())]) - 1
    last = max([int(rows["value"].max()), *(span or ())]) + 2
    places = rows_of(rows["name"], NAME_WIDTH, 20)
    left, bottom = max(length(place.name) for place in places) + 8, places[-1].bottom
    drawing = Drawing(bottom + 26)

    x = scale(first, last, left, WIDTH)
    if span:
        drawing.bar(x(span[0]), bottom / 2, x(span[1] + 1) - x(span[0]), bottom, BAND)
    for place, row in zip(places, rows.itertuples(index=False), strict=True):
        y = place.y
        with drawing.of(row.name, row.text):
            drawing.text(left - 8, y, place.name, anchor="end")
            drawing.line([(left, y), (x(row.value), y)], TERRITORY, 2)
            drawing.line([(x(row.value), y - 6), (x(row.value), y + 6)], TERRITORY, 3)
            drawing.text(x(row.value) + 6, y, row.text, size=SMALL)
    every = 1 if last - first <= 12 else 2 if last - first <= 24 else 5
    for year in range(first, last, every):
        drawing.text(x(year), bottom + 14, str(year), anchor="middle", size=SMALL, fill=FAINT)
    return drawing.svg()


def _spaced(years: list[int]) -> list[int]:
    """Return the years far enough apart for their labels, the last one always in."""
    gap = (years[-1] - years[0]) / 8
    kept = [years[-1]]
    for year in reversed(years[:-1]):
        if kept[-1] - year >= gap:
            kept.append(year)
    return kept[::-1]

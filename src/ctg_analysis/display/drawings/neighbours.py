"""What lies around the territory of a map, in words: the neighbouring EPCIs, the main towns, where they find room."""

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely

from ctg_analysis.display.drawings.drawing import length
from ctg_analysis.display.drawings.style import LINE, ON_A_PHONE, WIDTH

LARGE_TOWN, TOWNS = 2_000, 4  # inhabitants of a main town; how many of them at most
LETTERS = 16  # of a line of the name of an EPCI
APART = 3  # units between a name and the territory
BELOW = 9  # units between a town and the middle of its name

Box = tuple[float, float, float, float]  # left, top, right, bottom


class Label(NamedTuple):
    """A name around a map: the middle of its words, the box that they take, the place of the town that it names."""

    x: float
    y: float
    words: str
    box: Box
    town: tuple[float, float] | None = None


def neighbour_labels(own: np.ndarray, beside: pd.DataFrame, height: float) -> tuple[Label, ...]:
    """The names that find room outside the territory: the main towns first, then the EPCIs, the widest seen first.

    own: the polygons of the communes. beside: those of the communes around, columns shape, name, population, epci,
    epci_name; both in the units of the drawing, so high.
    """
    ground, frame = shapely.union_all(own).buffer(APART), shapely.box(0, 0, WIDTH, height)
    found: list[Label] = []
    for name, spots, town in [*_towns(beside, frame), *_epcis(beside, frame)]:
        boxes = ((spot, _box(name, *spot)) for spot in spots)
        fits = (
            Label(*spot, name, box, town)
            for spot, box in boxes
            if shapely.box(*box).within(frame)
            and not ground.intersects(shapely.box(*box))
            and not any(overlap(box, other.box) for other in found)
        )
        found += [label for label in [next(fits, None)] if label]
    return tuple(found)


Wanted = tuple[str, list[tuple[float, float]], tuple[float, float] | None]  # words, where they may stand, their town


def _towns(beside: pd.DataFrame, frame: shapely.Geometry) -> Iterator[Wanted]:
    large = beside[beside["population"].ge(LARGE_TOWN)].sort_values(["population", "name"], ascending=[False, True])
    points = shapely.get_coordinates(shapely.point_on_surface(large["shape"].to_numpy()))
    inside = [
        (name, point)
        for name, point in zip(large["name"], points, strict=True)
        if frame.contains_properly(shapely.Point(point))
    ]
    for name, (x, y) in inside[:TOWNS]:
        aside = length(name, ON_A_PHONE) / 2 + BELOW / 2
        spots = [(x, y + BELOW), (x, y - BELOW), (x + aside, y), (x - aside, y)]
        yield name, [(float(left), float(top)) for left, top in spots], (float(x), float(y))


def _epcis(beside: pd.DataFrame, frame: shapely.Geometry) -> Iterator[Wanted]:
    seen = []
    for _, rows in beside.dropna(subset=["epci"]).groupby("epci"):
        within = shapely.get_parts(shapely.union_all(rows["shape"].to_numpy()).intersection(frame))
        widest = max(within, key=shapely.area, default=None)
        if widest is not None and widest.area > 0:
            lines = wrap(rows["epci_name"].iloc[0], LETTERS, break_on_hyphens=False, break_long_words=False)
            seen.append((widest, "\n".join(lines)))
    for shape, words in sorted(seen, key=lambda one: (-one[0].area, one[1])):
        (x, y), _ = shapely.get_coordinates(shapely.maximum_inscribed_circle(shape, 1.0))
        half = length(words, ON_A_PHONE) / 2 + 1
        yield (
            words,
            [(float(np.clip(x + side, half, WIDTH - half)), float(y + low)) for side, low in _around(half)],
            None,
        )


def _around(half: float) -> Iterable[tuple[float, float]]:
    """The steps from the middle of what is seen of a place at which its name is tried."""
    return [(0, 0), *((side * half / 2, low) for low in (0, -14, 14) for side in (-1, 1)), (0, -14), (0, 14)]


def _box(words: str, x: float, y: float) -> Box:
    across, down = length(words, ON_A_PHONE) / 2, ON_A_PHONE * LINE * (words.count("\n") + 1) / 2
    return x - across, y - down, x + across, y + down


def overlap(box: Box, other: Box) -> bool:
    """Whether two boxes have more than an edge in common.

    >>> overlap((0, 0, 2, 2), (1, 1, 3, 3)), overlap((0, 0, 2, 2), (2, 0, 3, 2))
    (True, False)
    """
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]

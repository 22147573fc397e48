"""The locator map: an EPCI among those of its départements, and the towns by which a reader finds it."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely

from ctg_analysis.display.drawings.drawing import Drawing, length
from ctg_analysis.display.drawings.land import on_page, path
from ctg_analysis.display.drawings.neighbours import overlap
from ctg_analysis.display.drawings.style import INK, LAND, PAPER, RULE, SEQUENTIAL, TERRITORY, WIDTH
from ctg_analysis.display.words.texts import typography

FINEST = 1.5  # units of the drawing: what is smaller is left out of a contour
MARGIN = 6
TALLEST = 440
TOWNS = 4  # named at most
LETTERS = 21  # the map is printed small
CLEAR = 7  # units from a town to its name
APART = 60  # units between two towns that are named


class Town(NamedTuple):
    """A town of the map: its name, where it is, the end of its name that is near, the box that the name takes."""

    name: str
    x: float
    y: float
    anchor: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Surroundings:
    """An EPCI among those of its départements, as a drawing shows them.

    own: its path. others: those of the other EPCIs. borders: those of its départements. towns: name, x, y, the largest
    first, of those to name. height: of the drawing.
    """

    own: str
    others: tuple[str, ...]
    borders: tuple[str, ...]
    towns: tuple[Town, ...]
    height: float


def read_surroundings(
    processed: Path, epci: str, epcis: list[str], departements: list[str], people: pd.Series
) -> Surroundings:
    """Return an EPCI among others.

    epcis: all of them, itself too. departements: the codes of its own. people: the inhabitants of its communes, by
    code, where the geography tells none.
    """
    here = [("epci", "in", [*epcis])]
    columns = ["code", "name", "departement", "total_population"]
    of_communes = [("level", "==", "commune"), *here]
    names = pd.read_parquet(processed / "territories.parquet", columns=columns, filters=of_communes)
    names = names.assign(total_population=names["total_population"].fillna(names["code"].map(people)))
    shapes = pd.read_parquet(processed / "contours.parquet", columns=["code", "epci", "geometry"], filters=here)
    communes = shapes.merge(names, on="code", validate="1:1").sort_values("code", kind="stable", ignore_index=True)
    return surroundings(communes.drop(columns="geometry"), shapely.from_wkb(communes["geometry"]), epci, departements)


def surroundings(communes: pd.DataFrame, polygons: np.ndarray, epci: str, departements: list[str]) -> Surroundings:
    """Return an EPCI among others. communes: columns name, epci, departement, total_population, one row a polygon."""
    west, south, east, north = shapely.total_bounds(polygons)
    unit = max((east - west) / (WIDTH - 2 * MARGIN), (north - south) / (TALLEST - 2 * MARGIN))
    left, height = (WIDTH - (east - west) / unit) / 2, (north - south) / unit + 2 * MARGIN
    drawn = on_page(shapely.coverage_simplify(polygons, FINEST * unit), (west, north), unit, (left, MARGIN))
    shapes = pd.Series(drawn)
    by_epci = {code: path(shapely.union_all(list(rows))) for code, rows in shapes.groupby(communes["epci"])}
    inside = communes["departement"].isin(departements)
    borders = shapes[inside].groupby(communes.loc[inside, "departement"])
    known = communes[inside & communes["total_population"].notna()]
    largest = known.sort_values("total_population", ascending=False, kind="stable")
    centres = shapely.get_coordinates(shapely.point_on_surface(drawn[largest.index]))
    return Surroundings(
        by_epci.pop(epci),
        tuple(by_epci.values()),
        tuple(path(shapely.union_all(list(rows))) for _, rows in borders),
        tuple(named(zip(largest["name"].map(typography), centres.tolist(), strict=True), height)),
        height,
    )


def locator(around: Surroundings) -> str:
    """Return the map: the EPCI shaded, the outlines of the others, and some towns."""
    drawing = Drawing(around.height)
    for other in around.others:
        drawing.area(other, LAND, stroke=RULE, stroke_width=0.8)
    drawing.area(around.own, SEQUENTIAL[2], stroke=TERRITORY, stroke_width=1.8)
    for border in around.borders:
        drawing.area(border, "none", stroke=INK, stroke_width=1.4)
    write_towns(drawing, around.towns)
    return drawing.svg()


def write_towns(drawing: Drawing, towns: Iterable[Town]) -> None:
    """Draw towns and their names."""
    with drawing.halo(width=5):
        for town in towns:
            start = town.x + (CLEAR if town.anchor == "start" else -CLEAR)
            drawing.text(start, town.y, town.name, anchor=town.anchor, size=LETTERS)
    for town in towns:
        drawing.circle(town.x, town.y, 4, INK, stroke=PAPER, stroke_width=1.5)


def named(places: Iterable[tuple[str, Sequence[float]]], height: float) -> Iterator[Town]:
    """Yield the first of some places whose names find room, far enough from each other. places: name, x and y."""
    towns: list[Town] = []
    for name, (x, y) in places:
        if len(towns) == TOWNS or any(math.hypot(x - town.x, y - town.y) < APART for town in towns):
            continue
        across = length(name, LETTERS)
        for anchor, start in (("start", x + CLEAR), ("end", x - CLEAR - across)):
            box = (start, y - LETTERS * 0.6, start + across, y + LETTERS * 0.6)
            inside = box[0] >= 0 and box[2] <= WIDTH and box[1] >= 0 and box[3] <= height
            if inside and not any(overlap(box, town.box) for town in towns):
                towns.append(Town(name, x, y, anchor, box))
                yield towns[-1]
                break

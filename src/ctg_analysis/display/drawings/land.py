"""The ground of a map: the communes of an EPCI as paths of a drawing, and the outlines of what lies around."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from ctg_analysis.display.drawings.drawing import written
from ctg_analysis.display.drawings.style import WIDTH

FINEST = 2.2  # units of the drawing: what is smaller is left out of a contour
MARGIN = 10  # units around the territory, where its neighbours are seen
HEIGHTS = (200, 560)
BOUNDS = ["west", "south", "east", "north"]


@dataclass(frozen=True)
class Land:
    """Communes as a drawing shows them.

    paths: code → path. points: code → where a circle or a name stands. around: the path of the outlines of the
    neighbouring EPCIs. height: of the drawing.
    """

    paths: dict[str, str]
    points: dict[str, tuple[float, float]]
    around: str
    height: float


def read_land(processed: Path, epci: str) -> Land:
    """Return the communes of an EPCI, in the legal projection of the place, no finer than a page shows."""
    contours = processed / "contours.parquet"
    extent = pd.read_parquet(processed / "extents.parquet", filters=[("epci", "==", epci)]).iloc[0]
    west, south, east, north = extent[BOUNDS]
    near = [("west", "<", east), ("east", ">", west), ("south", "<", north), ("north", ">", south)]
    alike = [("crs", "==", extent["crs"]), *near]
    communes = pd.read_parquet(contours, columns=["code", "epci", "geometry"], filters=alike)
    communes = communes.sort_values("code", kind="stable")
    is_own = communes["epci"].eq(epci)
    own, beside = communes[is_own], communes[~is_own].sort_values("epci", kind="stable")
    polygons = shapely.from_wkb([*own["geometry"], *beside["geometry"]])
    return land(list(own["code"]), polygons[: len(own)], polygons[len(own) :], list(beside["epci"]))


def land(codes: list[str], communes: np.ndarray, beside: np.ndarray, epcis: list[str]) -> Land:
    """Return the ground of a map. beside: the polygons of communes around, of these EPCIs."""
    west, south, east, north = shapely.total_bounds(communes)
    unit = max((east - west) / (WIDTH - 2 * MARGIN), (north - south) / (HEIGHTS[1] - 2 * MARGIN))
    height = max(HEIGHTS[0], (north - south) / unit + 2 * MARGIN)
    left, top = (WIDTH - (east - west) / unit) / 2, (height - (north - south) / unit) / 2
    to_page = lambda points: np.column_stack(  # noqa: E731
        [left + (points[:, 0] - west) / unit, top + (north - points[:, 1]) / unit]
    )
    everything = shapely.coverage_simplify(np.concatenate([communes, beside]), FINEST * unit)
    everything = shapely.transform(everything, to_page)
    own, others = everything[: len(communes)], everything[len(communes) :]
    centres = shapely.get_coordinates(shapely.point_on_surface(own))
    return Land(
        {code: path(shape) for code, shape in zip(codes, own, strict=True)},
        {code: (float(x), float(y)) for code, (x, y) in zip(codes, centres, strict=True)},
        _outlines(others, epcis, height),
        height,
    )


def _outlines(shapes: np.ndarray, epcis: list[str], height: float) -> str:
    groups = pd.Series(shapes).groupby(pd.Series(epcis, dtype=object)).agg(list)
    borders = shapely.boundary([shapely.union_all(group) for group in groups])
    within = shapely.clip_by_rect(borders, 0, 0, WIDTH, height)
    return "".join(_steps(shapely.get_coordinates(line)) for line in shapely.get_parts(shapely.get_parts(within)))


def path(shape: shapely.Geometry) -> str:
    """Return a polygon, or several, as SVG writes a path: from each point the step to the next."""
    rings = [ring for polygon in shapely.get_parts(shape) for ring in (polygon.exterior, *polygon.interiors)]
    return "".join(f"{_steps(shapely.get_coordinates(ring)[:-1])}z" for ring in rings)


def _steps(points: np.ndarray) -> str:
    tenths = np.round(points * 10).astype(int)
    if len(tenths) < 2:
        return ""
    (x, y), *steps = [tenths[0], *np.diff(tenths, axis=0)]
    moves = "l".join(f"{written(across / 10)}{'' if down < 0 else ' '}{written(down / 10)}" for across, down in steps)
    return f"M{written(x / 10)} {written(y / 10)}l{moves}"

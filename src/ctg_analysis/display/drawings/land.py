"""The ground of a map: the communes of an EPCI as paths of a drawing, and the outlines of what lies around."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from ctg_analysis.display.drawings.drawing import written
from ctg_analysis.display.drawings.neighbours import Label, neighbour_labels
from ctg_analysis.display.drawings.style import WIDTH
from ctg_analysis.display.words.texts import typography
from ctg_analysis.model.norms import BOUNDS

FINEST = 2.2  # units of the drawing: what is smaller is left out of a contour
MARGIN = 22  # units around the territory, where its neighbours are seen
HEIGHTS = (200, 560)


@dataclass(frozen=True)
class Land:
    """Communes as a drawing shows them.

    paths: code → path. points: code → where a circle or a name stands. around: the path of the outlines of the
    neighbouring EPCIs. labels: the names of these, and of towns. height: of the drawing.
    """

    paths: dict[str, str]
    points: dict[str, tuple[float, float]]
    around: str
    labels: tuple[Label, ...]
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
    communes = communes.assign(shape=shapely.from_wkb(communes["geometry"]))
    is_own = communes["epci"].eq(epci)
    own, beside = communes[is_own], communes[~is_own].sort_values("epci", kind="stable")
    return land(list(own["code"]), own["shape"].to_numpy(), _named(processed, beside))


def _named(processed: Path, communes: pd.DataFrame) -> pd.DataFrame:
    """Return communes with what a map says of them: name, population, epci_name."""
    if communes.empty:
        return communes.assign(name="", population=0.0, epci_name="")
    known = [*communes["code"], *communes["epci"].dropna().unique()]
    columns = ["code", "name", "total_population"]
    places = pd.read_parquet(processed / "territories.parquet", columns=columns, filters=[("code", "in", known)])
    places = places.drop_duplicates("code").set_index("code")
    names = places["name"].map(typography)
    return communes.assign(
        name=communes["code"].map(names),
        population=communes["code"].map(places["total_population"]),
        epci_name=communes["epci"].map(names),
    )


def land(codes: list[str], communes: np.ndarray, beside: pd.DataFrame | None = None) -> Land:
    """Return the ground of a map. beside: the communes around, columns shape, epci, name, population, epci_name."""
    beside = pd.DataFrame(columns=["shape", "epci", "name", "population", "epci_name"]) if beside is None else beside
    west, south, east, north = shapely.total_bounds(communes)
    unit = max((east - west) / (WIDTH - 2 * MARGIN), (north - south) / (HEIGHTS[1] - 2 * MARGIN))
    height = max(HEIGHTS[0], (north - south) / unit + 2 * MARGIN)
    left, top = (WIDTH - (east - west) / unit) / 2, (height - (north - south) / unit) / 2
    everything = shapely.coverage_simplify(np.concatenate([communes, beside["shape"].to_numpy()]), FINEST * unit)
    everything = on_page(everything, (west, north), unit, (left, top))
    own, others = everything[: len(communes)], everything[len(communes) :]
    centres = shapely.get_coordinates(shapely.point_on_surface(own))
    beside = beside.assign(shape=others)
    return Land(
        {code: path(shape) for code, shape in zip(codes, own, strict=True)},
        {code: (float(x), float(y)) for code, (x, y) in zip(codes, centres, strict=True)},
        _outlines(own, beside, height),
        neighbour_labels(own, beside, height),
        height,
    )


def on_page(shapes: np.ndarray, corner: tuple[float, float], unit: float, place: tuple[float, float]) -> np.ndarray:
    """Return shapes in metres as a drawing holds them. corner: west and north, which come to `place`. unit: metres.

    >>> on_page(np.array([shapely.Point(30, 80)]), (10, 100), 10, (5, 5))[0]
    <POINT (7 7)>
    """
    return shapely.transform(shapes, lambda points: np.array(place) + (points - corner) / unit * (1, -1))


def _outlines(own: np.ndarray, beside: pd.DataFrame, height: float) -> str:
    """Return the path of the borders of the EPCIs around, but that of the territory, which its communes draw."""
    borders = shapely.boundary([shapely.union_all(list(group)) for _, group in beside.groupby("epci")["shape"]])
    outside = shapely.difference(shapely.union_all(borders), shapely.boundary(shapely.union_all(own)))
    within = shapely.line_merge(shapely.clip_by_rect(outside, 0, 0, WIDTH, height))
    return "".join(_steps(shapely.get_coordinates(line)) for line in shapely.get_parts(within))


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

"""Maps of the communes: circles for counts, shades for rates, in the legal projection of the place."""

from pathlib import Path

import geopandas
import numpy as np
import pandas as pd

from ctg_analysis.display.style import DIVERGING, INK, LAND, POINTS, SEQUENTIAL, TERRITORY, WIDTH, canvas, svg
from ctg_analysis.display.texts import NARROW, number
from ctg_analysis.model import OK, Indicator

LAMBERT_93 = 2154
OVERSEAS = {"971": 5490, "972": 5490, "973": 2972, "974": 2975, "976": 4471}
NAMED_UP_TO = 24  # communes; beyond, only the largest are named
CLASSES = 5
FINEST = 2  # points: what is smaller on the page is left out of a contour
LARGEST_CIRCLE = 800  # its area, in square points


def read_contours(processed: Path, epci: str) -> geopandas.GeoDataFrame:
    """Return the polygons of the communes of an EPCI, projected, no finer than a page shows.

    Columns: territory, geometry. Neighbours keep one border: they are simplified together.
    """
    table = pd.read_parquet(processed / "contours.parquet", filters=[("epci", "==", epci)])
    shapes = geopandas.GeoDataFrame(
        {"territory": table["code"]}, geometry=geopandas.GeoSeries.from_wkb(table["geometry"]), crs=4326
    )
    first = "".join(table["code"].head(1))[:3]
    shapes = shapes.to_crs(OVERSEAS.get(first, LAMBERT_93))
    west, south, east, north = shapes.total_bounds
    return shapes.set_geometry(shapes.simplify_coverage(FINEST * max(east - west, north - south) / (WIDTH * POINTS)))


def circles(shapes: geopandas.GeoDataFrame, rows: pd.DataFrame) -> str:
    """Return a map with a circle per commune, its area in proportion of the count.

    rows: territory, name, value, status, text.
    """
    figure, axes, places = _land(shapes, rows)
    known = places[places["status"].eq(OK)]
    largest = known["value"].max() or 1
    largest = largest if largest > 0 else 1
    centres = known.representative_point()
    axes.scatter(
        centres.x,
        centres.y,
        s=known["value"] / largest * LARGEST_CIRCLE,
        color=TERRITORY,
        alpha=0.55,
        linewidth=0.8,
        edgecolor="white",
    )
    radius = (places["value"].fillna(0).clip(lower=0) / largest * LARGEST_CIRCLE).pow(0.5) / 2
    _names(axes, places.assign(offset=radius), with_value=True)
    return svg(figure)


def choropleth(shapes: geopandas.GeoDataFrame, rows: pd.DataFrame, one: Indicator, *, diverging: bool) -> str:
    """Return a map shaded in at most five classes; what has no reliable value is hatched.

    rows: territory, name, value, status, text, shown (the value may be drawn).
    """
    figure, axes, places = _land(shapes, rows, bare=~shapes["territory"].isin(rows["territory"]))
    known = places[places["shown"]]
    breaks = class_breaks(known["value"], diverging=diverging)
    shades = (DIVERGING if diverging else SEQUENTIAL)[: len(breaks) - 1]
    classes = np.clip(np.searchsorted(breaks, known["value"], side="right") - 1, 0, len(shades) - 1)
    for rank, shade in enumerate(shades):
        label = class_text(one, breaks[rank], breaks[rank + 1], signed=diverging)
        chosen = known[classes == rank]
        if len(chosen):
            chosen.plot(ax=axes, color=shade, edgecolor="white", linewidth=0.8)
        axes.scatter([], [], marker="s", s=60, color=shade, label=label)
    hidden = places[~places["shown"]]
    if len(hidden):
        hidden.plot(ax=axes, color=LAND, edgecolor="#8c8c8c", hatch="////", linewidth=0.8)
        axes.scatter([], [], marker="s", s=60, facecolor=LAND, edgecolor="#8c8c8c", hatch="////", label="non affiché")
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8.5)
    _names(axes, places.assign(offset=-4), with_value=False)
    return svg(figure)


def class_breaks(values: pd.Series, *, diverging: bool) -> list[float]:
    """Return the bounds of at most five classes, on round numbers: quantiles, or steps around zero."""
    if values.empty:
        return [0.0, 1.0]
    span = values.max() - values.min()
    digits = 0 if span > 10 else 1
    if diverging:
        reach = max(np.ceil(values.abs().max()), 1.0)
        return [-reach, -reach / 2, -reach / 10, reach / 10, reach / 2, reach]
    edges = np.quantile(values, np.linspace(0, 1, CLASSES + 1))
    edges[0], edges[-1] = np.floor(edges[0]), np.ceil(edges[-1])
    distinct = sorted(set(np.round(edges, digits)))
    return distinct if len(distinct) > 1 else [distinct[0], distinct[0] + 1]


def class_text(one: Indicator, low: float, high: float, *, signed: bool) -> str:
    """Return the words of a class: « 21 à 25 % »."""
    decimals = 0 if float(low).is_integer() and float(high).is_integer() else 1
    sign = f"{NARROW}%" if one.unit.startswith("%") else ""
    return f"{number(low, decimals, signed=signed)} à {number(high, decimals, signed=signed)}{sign}"


def _land(shapes: geopandas.GeoDataFrame, rows: pd.DataFrame, bare: pd.Series | None = None):
    """Return a figure with the land of the communes (only of those that are `bare`, when the others are shaded)."""
    places = shapes.merge(rows, on="territory", how="inner", validate="1:1")
    west, south, east, north = shapes.total_bounds
    figure, axes = canvas(float(np.clip(WIDTH * (north - south) / (east - west), 3, 7)))
    land = shapes if bare is None else shapes[bare]
    if len(land):
        land.plot(ax=axes, color=LAND, edgecolor="#b9b5ab", linewidth=0.8)
    axes.set_aspect("equal")
    axes.set_axis_off()
    return figure, axes, places


def _names(axes, places: geopandas.GeoDataFrame, *, with_value: bool) -> None:
    named = places
    if len(places) > NAMED_UP_TO:
        named = places.nlargest(8, "value")
    for row in named.assign(point=named.representative_point()).itertuples():
        text = f"{row.name}\n{row.text}" if with_value else row.name
        axes.annotate(
            text,
            (row.point.x, row.point.y),
            (0, -row.offset - 1),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=6.8,
            linespacing=1,
            color=INK,
        )

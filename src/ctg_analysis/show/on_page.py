"""A drawing of anybody as a page shows it: its marks told, its numbers in French, its places named, as SVG."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from matplotlib.figure import Figure

from ctg_analysis.model.errors import UserError
from ctg_analysis.show.finish import finish
from ctg_analysis.show.marks import Told, tell_marks
from ctg_analysis.show.svg import svg

TALL = 420  # pixels: on paper a higher drawing may fill a page


@dataclass(frozen=True)
class OnPage:
    """A drawing, as SVG.

    kind: chart or map, or a chart that is tall. note: what a page says of it. unknown: values that are drawn and that
    no row has.
    """

    svg: str
    kind: str
    note: str
    unknown: list[float]


def on_page(whole: Figure, rows: pd.DataFrame, land: GeoDataFrame | None = None) -> OnPage:
    """A figure as a page shows it; one whose marks are told already, such as those of `charts`, stands as it is.

    rows: what is drawn, see `marks.tell_marks`. land: the areas of a map.
    """
    axes = whole.get_axes()
    is_told = not axes[0].axison or any(mark.get_url() for mark in axes[0].get_children())
    told = Told(is_read=False) if is_told else tell_marks(whole, rows, land)
    note = finish(whole, rows, told) if told.is_read else ""
    is_map = any(ax.get_aspect() != "auto" for ax in axes)
    kind = "map" if is_map else "chart tall" if whole.bbox.height > TALL else "chart"
    return OnPage(svg(whole), kind, note, told.unknown)


def figure_of(drawing: object, verb: str) -> Figure:
    """The figure of a drawing: axes, a figure, several axes of pandas, a grid of seaborn.

    Raises:
        UserError: something else.
    """
    first = drawing.flat[0] if isinstance(drawing, np.ndarray) and drawing.size else drawing
    found = first if isinstance(first, Figure) else getattr(first, "figure", None)
    if not hasattr(found, "savefig"):
        raise UserError(f"{verb}: found {type(drawing).__name__}, expected a figure of matplotlib or its axes")
    return getattr(found, "figure", found)

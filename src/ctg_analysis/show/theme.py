"""Fonts, colours and sizes of all charts, and the marks of the places that are set beside each other."""

import locale
import sys
from importlib.resources import files

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib import font_manager
from matplotlib.path import Path

from ctg_analysis.display.drawing import FAINT, GRID, INK, OTHERS, SIZE, SMALL, TERRITORY
from ctg_analysis.indicators.spread import ALL_EPCIS

HERE = TERRITORY
# Of each level, its colour and its mark, which seaborn takes: palette=PLACES, markers=MARKERS.
PLACES = {
    "epci": HERE,
    "peers": INK,
    "departement": OTHERS["departement"],
    "region": OTHERS["region"],
    "france": INK,
    ALL_EPCIS: INK,
    "chosen": OTHERS["peers"],
}


def _ring(outer: Path, width: float) -> Path:
    """A mark that is seen through: its outline, so wide, of 1."""
    inner = Path(outer.vertices[::-1] * (1 - width), outer.codes)
    return Path.make_compound_path(outer, inner)


_LOZENGE = Path(np.array([(0, 1), (1, 0), (0, -1), (-1, 0), (0, 1)], float))
_TICK = Path(np.array([(-0.2, -1), (0.2, -1), (0.2, 1), (-0.2, 1), (-0.2, -1)], float))
MARKERS = {
    "epci": "o",
    "peers": _ring(Path.circle(), 0.4),
    "departement": _ring(_LOZENGE, 0.45),
    "region": "s",
    "france": _TICK,
    ALL_EPCIS: "X",
    "chosen": "^",
}
# How sns.scatterplot marks the places: sns.scatterplot(rows, x="value", y="label", **BY_PLACE).
BY_PLACE = {"hue": "level", "style": "level", "palette": PLACES, "markers": MARKERS, "s": 100, "linewidth": 0}
PIXEL = 1 / 72  # an inch has 72: a point of matplotlib is then a pixel of the page


TYPEFACES = files("ctg_analysis.show") / "fonts"
NO_LANGUAGE = "UTF-8" if sys.platform == "darwin" else "C.UTF-8"  # the locale of no language, in UTF-8


def theme() -> None:
    """Set what seaborn and matplotlib draw with, so that a chart of a notebook is that of its page.

    Letters are set apart by the rules of the language of the locale (HarfBuzz): everywhere those of none.
    """
    locale.setlocale(locale.LC_CTYPE, NO_LANGUAGE)
    for weight in ("Regular", "Bold"):
        font_manager.fontManager.addfont(str(TYPEFACES / f"PublicSans-{weight}.ttf"))
    mpl.rcParams.update(
        {
            "figure.dpi": 72,
            "figure.figsize": (440 * PIXEL, 210 * PIXEL),
            "figure.facecolor": "none",
            "axes.facecolor": "none",
            "font.family": ["Public Sans", "DejaVu Sans"],
            "font.size": SIZE,
            "text.color": INK,
            "axes.labelcolor": INK,
            "axes.labelsize": SMALL,
            "axes.titlesize": SIZE,
            "axes.edgecolor": GRID,
            "axes.spines.left": False,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.axisbelow": True,
            "axes.grid": False,
            "grid.color": GRID,
            "grid.linewidth": 1,
            "xtick.labelsize": SMALL,
            "ytick.labelsize": SIZE,
            "xtick.color": GRID,
            "ytick.color": GRID,
            "xtick.labelcolor": FAINT,
            "ytick.labelcolor": INK,
            "xtick.major.size": 0,
            "ytick.major.size": 0,
            "lines.linewidth": 2.4,
            "lines.markersize": 6,
            "legend.frameon": False,
            "legend.fontsize": SMALL,
        }
    )
    sns.set_palette([TERRITORY, "#c65d21", "#8a7fb5", "#8c8c8c", "#4f7a4a"])

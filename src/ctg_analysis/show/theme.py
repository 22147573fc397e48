"""Fonts, colours and sizes, set once for all charts."""

from importlib.resources import files

import matplotlib as mpl
import seaborn as sns
from matplotlib import font_manager

from ctg_analysis.display.drawings.style import FAINT, GRID, INK, SIZE, SMALL, TERRITORY

PIXEL = 1 / 72  # an inch has 72: a point of matplotlib is then a pixel of the page


FONTS = files("ctg_analysis.show") / "fonts"


def use_theme() -> None:
    """Set what seaborn and matplotlib draw with, so that a chart of a notebook is that of its page."""
    for weight in ("Regular", "Bold"):
        font_manager.fontManager.addfont(str(FONTS / f"PublicSans-{weight}.ttf"))
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

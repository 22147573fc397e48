"""One palette, one hand: every chart is drawn with these."""

import re
from functools import cache
from io import BytesIO

import matplotlib
import seaborn
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

# Tones differ in lightness too, so that they survive black-and-white printing and colour blindness.
TERRITORY = "#0b4f6c"
OTHERS = {"departement": "#c65d21", "region": "#8a7fb5", "france": "#8c8c8c", "peers": "#4f7a4a"}
PARTS = ("#0b4f6c", "#7fb2c9", "#e0a458", "#5c5c5c")
INK, FAINT, LAND = "#1d1d1b", "#5c5c5c", "#f1efe9"
SEQUENTIAL = ("#e3eef3", "#b3d0dd", "#77a9c0", "#3c7d9b", "#0b4f6c")
DIVERGING = ("#b5541c", "#e3a77c", "#f0ede6", "#7fb2c9", "#0b4f6c")

WIDTH = 5.6  # inches: narrow, so that the text stays readable on a phone

POINTS = 72  # an inch: the unit of the drawing
PIXELS = 592  # on a screen, where no style sheet says otherwise

SETTINGS = {
    "font.family": "DejaVu Sans",  # shipped with matplotlib: the same drawing on every machine
    "font.size": 9.5,
    "text.color": INK,
    "axes.labelcolor": FAINT,
    "axes.edgecolor": "#b9b5ab",
    "xtick.color": FAINT,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "ctg_analysis",
    "path.simplify": True,
}


@cache
def _theme() -> dict:
    return seaborn.plotting_context("notebook") | seaborn.axes_style("ticks") | SETTINGS


def canvas(height: float) -> tuple[Figure, Axes]:
    """Return an empty transparent figure, so many inches high, and its axes."""
    matplotlib.rcParams.update(_theme())
    figure = Figure(figsize=(WIDTH, height), dpi=POINTS, facecolor="none", edgecolor="none", layout="constrained")
    return figure, figure.subplots(subplot_kw={"facecolor": "none"})


def colour(level: str) -> str:
    """Return the colour of a territory: the same one everywhere."""
    return OTHERS.get(level, TERRITORY)


def svg(figure: Figure) -> str:
    """Return the drawing as an SVG element, the same bytes for the same figure, its text kept as text."""
    buffer = BytesIO()
    FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})  # savefig draws twice
    text = buffer.getvalue().decode("utf-8")
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"(\d+\.\d)\d+", r"\1", text)
    text = re.sub(r"\.0\b", "", text)
    text = re.sub(r'd="[MLz\d. -]+"', lambda path: path[0].replace("L ", ""), text.replace("\n", ""))
    text = re.sub(r">\s+<", "><", text)
    text = re.sub(r'width="[\d.]+pt" height="[\d.]+pt"', f'width="{PIXELS}"', text, count=1)
    return text.replace("font-family: 'DejaVu Sans'; ", "")

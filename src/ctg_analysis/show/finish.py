"""What a page adds to any drawing: French numbers, the words of its places, the values at the ends of its marks."""

import numpy as np
import pandas as pd
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter

from ctg_analysis.display import texts
from ctg_analysis.display.drawing import GRID, INK, RULE, SMALL, WIDTH, folded, length
from ctg_analysis.indicators.spread import ALL_EPCIS, MEDIAN_OF_ALL
from ctg_analysis.show.layout import (
    BOTTOM,
    GAP,
    LETTER,
    LINE_HEIGHT,
    ROW,
    TICK,
    begin,
    in_french,
    in_lines,
    legend_room,
    place,
    with_axes,
    write,
)
from ctg_analysis.show.marks import Told
from ctg_analysis.show.theme import HERE, PIXEL

NOT_FROM_ZERO = "L'axe vertical ne commence pas à zéro."
NOT_ALL_FROM_ZERO = "Les axes verticaux ne commencent pas tous à zéro."
SEVERAL = {"chosen": "EPCI choisis", "departement": "départements", "commune": "communes"}
OF_SEABORN = {"Count": "Nombre", "Density": "Densité", "Probability": "Part", "Percent": "%"}  # its own axes
FEW_NUMBERS = 4  # of the scale of one of several axes
# Words of an axis that are those of a column.
COLUMNS = {"value", "place", "year", "date", "name", "label", "period", "territory", "level", "indicator", "age"}
LEVELS = {
    "epci": "ici",
    "peers": "EPCI comparables",
    ALL_EPCIS: MEDIAN_OF_ALL,
    "france": "France",
}
BAR_OF_MANY = 17  # a bar of several in a row


def finish(figure: Figure, rows: pd.DataFrame, told: Told) -> str:
    """Finish a drawing, but for what its author has set: its limits, its size, its texts; return what to say of it.

    rows: those that are drawn. told: what its marks are.
    """
    axes = figure.get_axes()
    words = _words(rows)
    for ax in axes:
        _in_words(ax, words)
    if len(axes) > 1:
        return _finish_each(figure, told)
    (ax,) = axes
    if told.of_values == "x":
        _set_in_rows(ax, told)
        return ""
    note = _begin_line(ax, told) if told.points else ""
    with_axes(ax)
    return note


def of_axis(value: float, _: int | None = None) -> str:
    """A number of the scale of a picture: « 27,5 », « 1000000 »."""
    return np.format_float_positional(value, 6, trim="-").replace(".", ",").replace("-", texts.MINUS)


def _words(rows: pd.DataFrame) -> dict[str, str]:
    """What the levels and the indicators of rows are called; nothing of rows that have neither."""
    words: dict[str, str] = {}
    if "level" in rows:
        places = rows.groupby("level", observed=True)["place"].unique()
        words = {level: names[0] if len(names) == 1 else SEVERAL.get(level, level) for level, names in places.items()}
    labels = dict(zip(rows["indicator"], rows["label"], strict=True)) if "indicator" in rows else {}
    return words | LEVELS | labels


def _in_words(ax: Axes, words: dict[str, str]) -> None:
    """Write the legend, the axes and the title of a facet in words. words: of a level, of an indicator."""
    legends = [legend for legend in (ax.get_legend(), *ax.figure.legends) if legend]
    for text in (text for legend in legends for text in legend.get_texts()):
        text.set_text(words.get(text.get_text(), text.get_text()))
    legend = ax.get_legend()
    if legend and {text.get_text() for text in legend.get_texts()} <= COLUMNS:
        legend.remove()
    for name in "xy":
        label = getattr(ax, f"get_{name}label")()
        ax.set(**{f"{name}label": "" if label in COLUMNS else (words | OF_SEABORN).get(label, label)})
    column, _, value = ax.get_title().partition(" = ")
    if column in COLUMNS:
        ax.set_title(folded(words.get(value, value), int(ax.bbox.width / LETTER)))


def _finish_each(figure: Figure, told: Told) -> str:
    """Write the numbers of several axes in French; say whether one of them begins above zero."""
    axes = figure.get_axes()
    for axis in (axis for ax in axes for axis in (ax.xaxis, ax.yaxis)):
        if isinstance(axis.get_major_formatter(), ScalarFormatter):
            in_french(axis, max(2, min(FEW_NUMBERS, int(axis.axes.bbox.width // TICK))))
    _make_room(figure)
    begins = [ax.get_ylim()[0] for ax in axes if ax.lines and ax.get_yscale() == "linear"]
    return NOT_ALL_FROM_ZERO if told.lines and max(begins, default=0) > 0 else ""


def _make_room(figure: Figure) -> None:
    """Room around several axes for their words, unless their author or a legend beside them has set it."""
    axes = figure.get_axes()
    upright = [tick for ax in axes for tick in ax.get_xticklabels() if tick.get_rotation()]
    if upright and tuple(figure.get_size_inches()) == tuple(pyplot.rcParams["figure.figsize"]):
        figure.set_figheight(figure.get_figheight() + PIXEL * max(length(tick.get_text()) for tick in upright))
    if not figure.legends and all(ax.get_subplotspec() for ax in axes):
        figure.tight_layout()


def _set_in_rows(ax: Axes, told: Told) -> None:
    """Set horizontal marks in rows, from the first to the last, their values at their ends."""
    ticks = ax.get_yticks()
    if ax.get_autoscaley_on() and not told.bars:
        ax.set_ylim(max(ticks) + 0.5, min(ticks) - 0.5)
    elif not ax.yaxis_inverted():
        ax.invert_yaxis()
    names = in_lines([tick.get_text() for tick in ax.get_yticklabels()])
    ax.set_yticks(ticks, names)
    has_values = len(told.bars) == len(names) and not ax.texts
    ends = [] if ax.texts else _ends(told, has_values)
    right = max([12 + GAP, *(length(text, bold=True) + GAP for *_, text in ends)])
    bottom = 6 if has_values else BOTTOM
    top = legend_room(ax)
    if tuple(ax.figure.get_size_inches()) == tuple(pyplot.rcParams["figure.figsize"]):
        ax.figure.set_size_inches(WIDTH * PIXEL, (top + _height(ax, names, told) + bottom) * PIXEL)
        top = legend_room(ax)
    _scale(ax, told, has_values)
    left = in_french(ax.yaxis, 0)
    in_french(ax.xaxis, 5)
    ax.grid(visible=False)
    ax.axvline(0, color=RULE, linewidth=1, zorder=0.5)
    if has_values:
        ax.set_xticks([])
    else:
        ax.grid(axis="y", color=GRID)
    place(ax, left, right, top, bottom)
    for x, y, text in ends:
        shade = INK if has_values else HERE
        aside, across = (GAP, ax.transData) if has_values else (2 * GAP, ax.get_yaxis_transform())
        write(ax, x, y, text, aside=aside, weight="bold", color=shade, xycoords=across)


def _height(ax: Axes, names: list[str], told: Told) -> float:
    """The height of rows: of their names, which never touch, and of their bars where these are side by side."""
    each = max(1, round(len(told.bars) / max(1, len(names))))
    row = ROW if each == 1 or ax.get_legend() is None else max(ROW, BAR_OF_MANY * each)
    words = np.array([GAP + LINE_HEIGHT * (1 + name.count("\n")) for name in names])
    apart = (words[1:] + words[:-1]) / 2
    return len(names) * max([row, words[0], words[-1], *apart])


def _ends(told: Told, of_bars: bool) -> list[tuple[float, float, str]]:
    """Where the value of each row stands, and its text: at the end of its bar, else right of the points."""
    if of_bars:
        return [(np.nanmax([0.0, x, row.get("high", np.nan)]), y, row["text"]) for x, y, row in told.bars]
    own = [(1.0, y, row["text"]) for _, y, row in told.points if row["level"] == "epci"]
    return own if len({y for _, y, _ in own}) == len(own) else []


def _scale(ax: Axes, told: Told, of_bars: bool) -> None:
    """Begin the scale at zero, unless its author has set it."""
    if not ax.get_autoscalex_on() or ax.get_xscale() != "linear":
        return
    values = [x for x, *_ in (*told.bars, *told.points)]
    low, high = ax.get_xlim()
    if values and min(values) >= 0:
        low = 0 if of_bars else -0.03 * high
    ax.set_xlim(low, high)


def _begin_line(ax: Axes, told: Told) -> str:
    """Begin the scale of a line at zero, or near its values where all are far above; write the ends of one alone."""
    rows = pd.DataFrame([row for *_, row in told.points])
    if ax.get_autoscaley_on() and ax.get_yscale() == "linear":
        low, high = begin(rows), max(0.0, ax.dataLim.y1)
        low = min(low, ax.dataLim.y0) if ax.dataLim.y0 < 0 else low
        ax.set_ylim(low, high + (high - low) * 0.12)
    if told.lines == 1 and not ax.texts and len(told.points) > 1:
        _write_ends(ax, told)
    return NOT_FROM_ZERO if ax.get_ylim()[0] > 0 else ""


def _write_ends(ax: Axes, told: Told) -> None:
    """Write the first and the last value of a line, clear of it: below what rises from it, above what falls."""
    points = sorted(told.points, key=lambda one: one[0])
    for end, beside, side in ((points[0], points[1], "left"), (points[-1], points[-2], "right")):
        x, y, row = end
        up = -13 if beside[1] > y else 13
        write(ax, x, y, row["text"], up=up, ha=side, size=SMALL, weight="bold")

"""The room that a chart gives to its words: rows of names, what is written at the end of a mark, scales, legends.

Sizes are in pixels.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, ScalarFormatter

from ctg_analysis.display.drawing import LINE, SIZE, SMALL, WIDTH, folded, length
from ctg_analysis.display.quantities import number
from ctg_analysis.display.texts import typography
from ctg_analysis.show.theme import PIXEL

NAME_WIDTH = 22  # letters of a name before it goes on on a second line
LONG_NAME = 34  # of names of which one would take more than two lines
GAP = 7  # between a name, a bar and what is written at its end
BAR, ROW, LINE_HEIGHT = 15, 27, 13  # a bar; a row; each line of a name after its first
HEIGHT, BOTTOM, LABEL = 210, 24, 18  # of a line chart; room for its years; for the words of an axis
FIRST_YEAR, LAST_YEAR = 1800, 2100  # numbers between them are years when they are all on one axis
HIGH_UP = 0.5  # of the highest value: where all are above, the axis of a line need not begin at zero
SHORT, LETTER = 8, 6.5  # letters of a word that needs no second line; the width of one
LEGEND_LINE = 19  # from a line of a legend to the next
DIGITS = 6  # at most, of a number of a scale
KEY, TICK = 24, 45  # room for what marks stand for; for a number of a horizontal scale
EDGE = ("figure fraction", "data")  # where the words below the rows, and their headings, begin
HEADING = 62  # letters of the name of a group before it goes on on a second line
LEAST_SPAN = 0.2  # of the highest value that an axis shows all the same: a change of 1 % is not drawn as a fall


def axes(height: float, *, left: float = 0, right: float = 0, ax: Axes | None = None) -> Axes:
    """Axes as wide as a chart of a page, so far from both sides of their figure; no spines, no ticks, no grid.

    ax: axes of a figure of one's own, which keep their height, so far from both their sides.
    """
    if ax is None:
        figure = pyplot.figure(figsize=(WIDTH * PIXEL, height * PIXEL))
        ax = figure.add_axes((left / WIDTH, 0, (WIDTH - left - right) / WIDTH, 1))
    else:
        box, width = ax.get_position(), ax.figure.bbox.width
        ax.set_position((box.x0 + left / width, box.y0, box.width - (left + right) / width, box.height))
    ax.set_axis_off()
    return ax


def write(ax: Axes, x: float, y: float, words: str, *, aside: float = 0, up: float = 0, size: float = SIZE, **style):
    """Write words, whose lines are centred on y, so far aside and up from a point of the data.

    Each line is a text of its own, which a page in another font leaves where it is anchored.
    """
    lines = typography(words).split("\n")
    style = {"ha": "right" if aside < 0 else "left", "va": "center_baseline", "size": size} | style
    for rank, line in enumerate(lines):
        offset = (aside, up + ((len(lines) - 1) / 2 - rank) * size * LINE)
        ax.annotate(line, (x, y), offset, textcoords="offset points", annotation_clip=False, **style)


def rowed(
    names: Iterable[str],
    *,
    right: float = 0,
    top: float = 0,
    bottom: float = 0,
    row: float = ROW,
    letters: int = NAME_WIDTH,
    size: float = SIZE,
    bold: Iterable[bool] = (),
    ax: Axes | None = None,
) -> tuple[Axes, np.ndarray]:
    """Axes with a row for each name, which stands left of them, and the middle of each row, in pixels from the top.

    right, top, bottom: the room around the rows. row: the height of one whose name has a line of so many letters.
    """
    lines = [folded(name, letters) for name in names]
    weights = ["bold" if own else "normal" for own, _ in zip_longest(bold, lines)]
    heights = np.array([row + LINE_HEIGHT * line.count("\n") for line in lines], dtype=float)
    middles = top + heights.cumsum() - heights / 2
    left = max(length(line, size, bold=weight == "bold") for line, weight in zip(lines, weights, strict=True)) + GAP
    ax = axes(top + heights.sum() + bottom, left=left, right=right, ax=ax)
    ax.set_ylim(top + heights.sum() + bottom, 0)
    for line, weight, y in zip(lines, weights, middles, strict=True):
        write(ax, 0, y, line, aside=-GAP, size=size, weight=weight, xycoords=ax.get_yaxis_transform())
    return ax, middles


def under_headings(names: pd.Series, groups: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """The names of the rows with room above those of each group for its name, and the place of each row among them."""
    opens = groups.ne("") & groups.ne(groups.shift())
    places = (np.arange(len(names)) + opens.cumsum()).to_numpy()
    rooms = groups[opens].map(lambda group: "\n" * folded(group, HEADING).count("\n"))
    rooms.index = places[opens] - 1
    return pd.concat([pd.Series([*names], places), rooms]).sort_index(), places


def headings(groups: pd.Series, middles: np.ndarray, places: np.ndarray) -> Iterator[tuple[str, float]]:
    """The name of each group and where it stands."""
    opens = groups.ne("") & groups.ne(groups.shift())
    return zip(groups[opens].map(lambda group: folded(group, HEADING)), middles[places[opens] - 1], strict=True)


def scale(ax: Axes, low: float, high: float, *, before: float = 0, after: float = 0) -> None:
    """Set the horizontal scale of Axes: what lies from low to high stands so many pixels from both of their sides."""
    pixel = ((high - low) or 1) / (ax.bbox.width - before - after)
    ax.set_xlim(low - before * pixel, low + ((high - low) or 1) + after * pixel)


def key(ax: Axes, marks: Sequence[Artist], *, below: bool = False) -> None:
    """Write what marks mean, side by side, above a chart or below."""
    room = {"borderaxespad": 0, "borderpad": 0, "handlelength": 1, "handletextpad": 0.5, "columnspacing": 1.2}
    side, y = ("lower left", 0) if below else ("upper left", 1)
    ax.figure.legend(handles=marks, loc=side, bbox_to_anchor=(0, y), ncols=len(marks), **room)


def with_axes(ax: Axes) -> Axes:
    """Axes with round French numbers on their scales, few labels on each, and the room that these take."""
    box, (width, height) = ax.get_position(), ax.figure.bbox.size
    right = max(12, width * (1 - box.x1))
    left = in_french(ax.yaxis, 5)
    in_french(ax.xaxis, max(2, min(8, int((width - left - right) // TICK))))
    ax.grid(visible=False, axis="x" if ax.yaxis.get_gridlines()[0].get_visible() else "y")
    lines = max((tick.get_text().count("\n") for tick in ax.get_xticklabels()), default=0)
    bottom = BOTTOM + LABEL * bool(ax.get_xlabel()) + LINE_HEIGHT * lines
    top = height - legend_room(ax)
    place(ax, left, right, height - top, bottom)
    return ax


def in_french(axis: Axis, most: int) -> float:
    """Give an axis round French numbers, or few of its words; return the room that these take on its left."""
    if axis.get_scale() == "log":
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(lambda value, _: number(value, 0 if float(value).is_integer() else 1))
        axis.axes.grid(axis=axis.axis_name)
    elif isinstance(axis.get_major_formatter(), ScalarFormatter):
        _round_numbers(axis, most)
    else:
        _few_words(axis, most)
    longest = max((length(tick.get_text(), SIZE) for tick in axis.get_ticklabels()), default=0)
    return longest + GAP + LABEL * bool(axis.get_label().get_text())


def _round_numbers(axis: Axis, most: int) -> None:
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))
    low, high = sorted(axis.get_view_interval())
    shown = [tick for tick in axis.get_ticklocs() if low <= tick <= high]
    years = axis is axis.axes.xaxis and all(FIRST_YEAR < tick < LAST_YEAR for tick in shown)
    digits = next((few for few in range(DIGITS) if all(round(tick, few) == round(tick, 9) for tick in shown)), 1)
    axis.set_ticks(shown, [f"{tick:.0f}" if years else number(tick, digits) for tick in shown])
    axis.set_view_interval(low, high, ignore=True)
    axis.axes.grid(axis=axis.axis_name)


def _few_words(axis: Axis, most: int) -> None:
    """Fold the words of an axis; of many short ones below it, such as years, keep some, the last among them."""
    ticks = axis.get_ticklabels()
    places, names = axis.get_ticklocs(), [tick.get_text() for tick in ticks]
    if axis is not axis.axes.xaxis:
        axis.set_ticks(places, in_lines(names))
    elif any(len(name) > SHORT for name in names):
        letters = int(axis.axes.figure.bbox.width / len(names) / LETTER)
        axis.set_ticks(places, [folded(name, letters) for name in names], rotation=0)
    else:
        every = -(-len(places) // most)
        kept = [(tick.get_position()[0], tick.get_text()) for tick in ticks][::-every][::-1]
        axis.set_ticks(*zip(*kept, strict=True), rotation=0)


def in_lines(names: Sequence[str]) -> list[str]:
    """Names on few lines, none of them long."""
    short = [folded(name, NAME_WIDTH) for name in names]
    long = any(name.count("\n") > 1 for name in short)
    return [folded(name, LONG_NAME) for name in names] if long else short


def place(ax: Axes, left: float, right: float, top: float, bottom: float) -> None:
    """Set Axes so far from the sides of their figure."""
    width, height = ax.figure.bbox.size
    ax.set_position((left / width, bottom / height, 1 - (left + right) / width, 1 - (top + bottom) / height))


def legend_room(ax: Axes) -> float:
    """Set the legend of Axes above them, as many words on a line as it has room for; return the room that it takes."""
    legend, (width, height) = ax.get_legend(), ax.figure.bbox.size
    words = [text.get_text() for text in legend.get_texts()] if legend else []
    if not words:
        return 6
    columns = max(1, min(len(words), int(width // (max(length(one, SMALL) for one in words) + 45))))
    room = 6 + LEGEND_LINE * -(-len(words) // columns)
    legend.set_title("")
    corner = {"bbox_to_anchor": (0, 1 - room / height), "bbox_transform": ax.figure.transFigure}
    sns.move_legend(ax, "lower left", **corner, ncols=columns, borderaxespad=0)
    return room


def begin(rows: pd.DataFrame) -> float:
    """Where the axis of a line begins: zero or below; close to the values when they are all high above it.

    Values that are written alike are not drawn apart. rows: columns value, text.
    """
    low, high = rows["value"].min(), rows["value"].max()
    if low <= high * HIGH_UP or rows["text"].nunique() == 1:
        return min(0.0, low)
    span = max(high - low, high * LEAST_SPAN)
    return max(0.0, high - span * 1.15)

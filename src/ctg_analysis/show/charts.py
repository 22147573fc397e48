"""Charts that several chapters draw: a table of observations in, the Axes of matplotlib out, as seaborn's functions do.

The tables come from `chapter.data` or `chapter.members`, with the columns name, level, value, low, high and text (the
value as a reader sees it), in the order to draw. Every mark tells what it is worth (`svg.tell`). Sizes are in pixels.
"""

import pandas as pd
import seaborn as sns
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from ctg_analysis.display.drawings.drawing import folded, length
from ctg_analysis.display.drawings.style import (
    BAND,
    FAINT,
    GRID,
    INK,
    LINE,
    OTHERS,
    PAPER,
    RULE,
    SIZE,
    SMALL,
    TERRITORY,
    WIDTH,
)
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.quantities import number
from ctg_analysis.display.words.sentences import is_sum_of_rounded
from ctg_analysis.display.words.texts import typography
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK
from ctg_analysis.show.svg import tell
from ctg_analysis.show.theme import PIXEL

NAME_WIDTH = 22  # letters of a name before it goes on on a second line
GAP = 7  # between a name, a bar and what is written at its end
BAR, ROW, LINE_HEIGHT = 15, 27, 13  # a bar; a row; each line of a name after its first
HEIGHT, BOTTOM = 210, 24  # of a line chart; room for its years
FIRST_YEAR, LAST_YEAR = 1800, 2100  # numbers between them are years when they are all on one axis
HIGH_UP = 0.5  # of the highest value: where all are above, the axis of a line need not begin at zero
KEY = 24  # room for what marks stand for
MARKS = {  # of the places beside, in the order to tell them: their words, those of their names where none; their looks
    "epci": ("ici", {"marker": "o", "markersize": 10, "color": TERRITORY, "markeredgecolor": PAPER}),
    "peers": ("EPCI comparables", {"marker": "o", "markersize": 8, "color": PAPER, "markeredgecolor": INK}),
    "departement": ("", {"marker": "D", "markersize": 7, "color": PAPER, "markeredgecolor": OTHERS["departement"]}),
    "france": ("", {"marker": "|", "markersize": 14, "color": INK, "markeredgewidth": 2.4}),
}
LEAST_SPAN = 0.2  # of the highest value that an axis shows all the same: a change of 1 % is not drawn as a fall


def axes(height: float, *, left: float = 0, right: float = 0) -> Axes:
    """Axes as wide as a chart of a page, so far from both sides of their figure; no spines, no ticks, no grid."""
    figure = pyplot.figure(figsize=(WIDTH * PIXEL, height * PIXEL))
    ax = figure.add_axes((left / WIDTH, 0, (WIDTH - left - right) / WIDTH, 1))
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


def bars(rows: pd.DataFrame) -> Axes:
    """Horizontal bars from zero, one for each row of the territory, with the interval of those that have one.

    A stroke marks what each share is in France (`in_france`).
    """
    beside = in_france(rows)
    rows = rows[rows["level"].eq("epci") & rows["value"].notna()]
    if rows.empty:
        return axes(ROW)
    rows = rows[rows["period"].eq(rows["period"].mode().iloc[-1])]
    names = [folded(name, NAME_WIDTH) for name in rows["name"]]
    heights = pd.Series([ROW + LINE_HEIGHT * name.count("\n") for name in names], rows.index)
    high, low = rows[["value", "high"]].max(axis=1).clip(lower=0), min(0.0, rows[["value", "low"]].min(axis=None))
    if beside:
        marks = rows["indicator"].map({name: value for name, (value, _) in beside.items()})
        high = pd.concat([high, marks], axis=1).max(axis=1)
    rows = rows.assign(y=heights.cumsum() - heights / 2, end=high)
    left = max(length(name, bold=True) for name in names) + GAP
    ax = axes(heights.sum(), left=left, right=max(length(text, bold=True) for text in rows["text"]) + GAP)
    sns.barplot(
        rows, x="value", y="y", orient="h", native_scale=True, color=TERRITORY, saturation=1, errorbar=None, ax=ax
    )
    for bar, name, row in zip(ax.patches, names, rows.itertuples(index=False), strict=True):
        bar.set(height=BAR, y=row.y - BAR / 2)
        tell(bar, row.name, row.text)
        if pd.notna(row.low):
            ax.hlines(row.y, row.low, row.high, PAPER, linewidth=3.6)
            ax.hlines(row.y, row.low, row.high, INK, linewidth=1.4)
        if row.indicator in beside:
            value, text = beside[row.indicator]
            (mark,) = ax.plot(
                [value, value], [row.y - BAR / 2 - 3, row.y + BAR / 2 + 3], color=OTHERS["france"], linewidth=3
            )
            tell(mark, f"{row.name}, France", text)
        write(ax, low, row.y, name, aside=-GAP)
        write(ax, row.end, row.y, row.text, aside=GAP, color=TERRITORY, weight="bold")
    ax.axvline(0, color=RULE, linewidth=1)
    ax.set(xlim=(low, high.max() or 1), ylim=(heights.sum(), 0))
    return ax


def compare(rows: pd.DataFrame) -> Axes:
    """A line for each row of the territory: a disc, beside the ring, the lozenge and the stroke of other places.

    rows: see `bars`; the places beside are those of `MARKS`.
    """
    own = rows[rows["level"].eq("epci") & rows["value"].notna()]
    if own.empty:
        return axes(ROW)
    own = own[own["period"].eq(own["period"].mode().iloc[-1])]
    names = {row.indicator: folded(row.name, NAME_WIDTH) for row in own.itertuples(index=False)}
    heights = pd.Series([ROW + LINE_HEIGHT * name.count("\n") for name in names.values()], list(names))
    spots = heights.cumsum() - heights / 2
    rows = rows[rows["level"].isin(MARKS) & rows["value"].notna() & rows["indicator"].isin(names)]
    rows = rows.drop_duplicates(["indicator", "level"])
    rows = rows.assign(y=rows["indicator"].map(spots), rank=rows["level"].map(list(MARKS).index))
    low, high = min(0.0, rows["value"].min()), rows["value"].max() or 1
    left = max(length(name, bold=True) for name in names.values()) + GAP
    right = max(length(text, bold=True) for text in own["text"]) + 3 * GAP
    ax = axes(heights.sum() + KEY, left=left, right=right)
    for row in rows.sort_values("rank", ascending=False, kind="stable").itertuples(index=False):
        (mark,) = ax.plot(row.value, row.y, linestyle="none", **MARKS[row.level][1])
        what = names[row.indicator].replace("\n", " ")
        tell(mark, what if row.level == "epci" else f"{what}, {row.name}", row.text)
    ax.hlines(spots, low, high, GRID, linewidth=1, zorder=0)
    for row in rows[rows["level"].eq("epci")].itertuples(index=False):
        write(ax, low, row.y, names[row.indicator], aside=-GAP)
        write(ax, high, row.y, row.text, aside=2 * GAP, color=TERRITORY, weight="bold")
    ax.axvline(0, color=RULE, linewidth=1, ymin=KEY / (heights.sum() + KEY))
    shown = rows.drop_duplicates("level").sort_values("rank", kind="stable")
    if len(shown) > 1:
        handles = [Line2D([], [], linestyle="none", **MARKS[level][1]) for level in shown["level"]]
        words = [MARKS[row.level][0] or row.name.partition(" hors ")[0] for row in shown.itertuples(index=False)]
        spot = {"loc": "lower left", "bbox_to_anchor": (0, 0), "borderaxespad": 0, "ncols": len(words)}
        ax.figure.legend(handles, words, handletextpad=0.1, columnspacing=1, **spot)
    ax.set(xlim=(low, high), ylim=(heights.sum() + KEY, 0))
    return ax


def in_france(rows: pd.DataFrame) -> dict[str, tuple[float, str]]:
    """What shares are in France, value and text, by indicator; nothing of what is no share. rows: see `bars`."""
    shares = rows[rows["level"].eq("france") & rows["value"].notna() & rows["unit"].str.startswith("%")]
    return {row.indicator: (row.value, row.text) for row in shares.itertuples(index=False)}


def trend(rows: pd.DataFrame, smooth: pd.DataFrame | None = None) -> Axes:
    """A line over the years of the territory, which does not cross a date that is known elsewhere alone.

    Sums of rounded numbers are in a band that goes from their low to their high. The axis begins at `begin`, or lower
    for the band. The first and the last value are written.

    rows: of one indicator, the places beside too. smooth: its mean over years, drawn over its points.
    """
    known, means = own(rows), own(rows[:0] if smooth is None else smooth)
    if len(known) < 2:
        return axes(ROW)
    bounded = is_bounded(known)
    of_axis = known[["low", "high"] if bounded else ["value"]]
    ax = axes(HEIGHT, right=84 if len(means) else 12)
    ax.set_axis_on()
    if bounded:
        ax.fill_between(known["year"], known["low"], known["high"], color=BAND, linewidth=0)
    shade, width = (FAINT, 0.8) if len(means) else (TERRITORY, 2.4)
    dated = known.set_index("period")[["year", "value"]].astype(float)
    line = dated.reindex(sorted(set(rows["period"]))) if len(known) > 2 else dated
    ax.plot(
        *(line if line["value"].notna().rolling(2).sum().eq(2).any() else dated).to_numpy().T,
        color=shade,
        linewidth=width,
    )
    if len(means):
        sns.lineplot(means, x="year", y="value", color=TERRITORY, linewidth=2.8, ax=ax)
        last = means.iloc[-1]
        write(ax, last["year"], last["value"], "moyenne\nsur trois ans", aside=8, color=TERRITORY, size=SMALL)
    for row in known.itertuples(index=False):
        (point,) = ax.plot(row.year, row.value, "o", color=shade, markersize=4 if len(means) else 6)
        tell(point, date_text(row.period), row.text)
    ends = zip(
        known.iloc[[0, -1]].itertuples(index=False), known["value"].iloc[[1, -2]], ("left", "right"), strict=True
    )
    for row, beside, side in ends:  # clear of the line: below what rises from it, above what falls
        write(
            ax, row.year, row.value, row.text, up=-13 if beside > row.value else 13, ha=side, size=SMALL, weight="bold"
        )
    low, high = min(begin(known), of_axis.min(axis=None)), max(0.0, of_axis.max(axis=None))
    ax.set(ylim=(low, high + (high - low) * 0.12), xlabel="", ylabel="")
    return with_axes(ax)


def own(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the territory that have a value, by period."""
    return rows[rows["level"].eq("epci") & rows["status"].eq(OK)].sort_values("period", kind="stable")


def is_bounded(rows: pd.DataFrame) -> bool:
    """Whether each value of an indicator is a sum of rounded numbers, known by its bounds."""
    indicator = CATALOGUE[rows["indicator"].iloc[0]]
    return all(is_sum_of_rounded(indicator, row) for row in rows.itertuples(index=False))


def with_axes(ax: Axes) -> Axes:
    """Axes with round French numbers on their scales, few labels on each, and the room that these take."""
    for axis, most in ((ax.xaxis, 8), (ax.yaxis, 5)):
        if isinstance(axis.get_major_formatter(), ScalarFormatter):
            axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))
            low, high = sorted(axis.get_view_interval())
            shown = [tick for tick in axis.get_ticklocs() if low <= tick <= high]
            years = axis is ax.xaxis and all(FIRST_YEAR < tick < LAST_YEAR for tick in shown)
            digits = 0 if all(float(tick).is_integer() for tick in shown) else 1
            axis.set_ticks(shown, [f"{tick:.0f}" if years else number(tick, digits) for tick in shown])
            axis.set_view_interval(low, high, ignore=True)
            ax.grid(axis=axis.axis_name)
        elif axis is ax.xaxis:
            every = -(-len(axis.get_ticklocs()) // most)
            kept = [(tick.get_position()[0], tick.get_text()) for tick in axis.get_ticklabels()][::-every][::-1]
            axis.set_ticks(*zip(*kept, strict=True))
    ax.grid(visible=False, axis="x" if ax.yaxis.get_gridlines()[0].get_visible() else "y")
    left = max(length(tick.get_text(), SIZE) for tick in ax.get_yticklabels()) + GAP
    box, (width, height) = ax.get_position(), ax.figure.bbox.size
    top = 1 - 6 / height if ax.get_legend() is None else box.y1
    ax.set_position((left / width, BOTTOM / height, min(box.x1, 1 - 12 / width) - left / width, top - BOTTOM / height))
    if legend := ax.get_legend():
        legend.set_title("")
        sns.move_legend(ax, "lower left", bbox_to_anchor=(0, 1), ncols=2)
    return ax


def begin(rows: pd.DataFrame) -> float:
    """Where the axis of a line begins: zero or below; close to the values when they are all high above it.

    Values that are written alike are not drawn apart. rows: columns value, text.
    """
    low, high = rows["value"].min(), rows["value"].max()
    if low <= high * HIGH_UP or rows["text"].nunique() == 1:
        return min(0.0, low)
    span = max(high - low, high * LEAST_SPAN)
    return max(0.0, high - span * 1.15)

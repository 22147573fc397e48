"""Charts that several chapters draw: a table of observations in, the Axes of matplotlib out, as seaborn's functions do.

The tables come from `chapter.data` or `chapter.members`, with the columns name, level, value, low, high and text (the
value as a reader sees it), in the order to draw. Every mark tells what it is worth (`svg.tell`). Sizes are in pixels.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise, zip_longest

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from ctg_analysis.display.drawing import (
    BAND,
    FAINT,
    GRID,
    INK,
    LINE,
    OTHERS,
    PAPER,
    PARTS,
    RULE,
    SEQUENTIAL,
    SIZE,
    SMALL,
    TERRITORY,
    WARM,
    WIDTH,
    folded,
    length,
)
from ctg_analysis.display.quantities import number, percent
from ctg_analysis.display.sentences import is_sum_of_rounded
from ctg_analysis.display.texts import date_text, typography
from ctg_analysis.indicators.spread import ALL_EPCIS, MEDIAN_OF_ALL
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK
from ctg_analysis.show.svg import PIXEL, tell

NAME_WIDTH = 22  # letters of a name before it goes on on a second line
GAP = 7  # between a name, a bar and what is written at its end
BAR, ROW, LINE_HEIGHT = 15, 27, 13  # a bar; a row; each line of a name after its first
CELL_NAME, PYRAMID_ROW = 16, 15  # letters of a name beside cells; a row of a pyramid
HEIGHT, BOTTOM, LABEL = 210, 24, 18  # of a line chart; room for its years; for the words of an axis
FIRST_YEAR, LAST_YEAR = 1800, 2100  # numbers between them are years when they are all on one axis
HIGH_UP = 0.5  # of the highest value: where all are above, the axis of a line need not begin at zero
KEY, TICK = 24, 45  # room for what marks stand for; for a number of a horizontal scale
MARKS = {  # of the places beside, in the order to tell them: their words, those of their names where none; their looks
    "epci": ("ici", {"marker": "o", "markersize": 10, "color": TERRITORY, "markeredgecolor": PAPER}),
    "peers": ("EPCI comparables", {"marker": "o", "markersize": 8, "color": PAPER, "markeredgecolor": INK}),
    "departement": ("", {"marker": "D", "markersize": 7, "color": PAPER, "markeredgecolor": OTHERS["departement"]}),
    "france": ("", {"marker": "|", "markersize": 14, "color": INK, "markeredgewidth": 2.4}),
    ALL_EPCIS: (MEDIAN_OF_ALL, {"marker": "x", "markersize": 8, "color": INK, "markeredgewidth": 2}),
}
REFERENCES = {"france": "France", ALL_EPCIS: "médiane des EPCI"}  # the level of a stroke → its name
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
) -> tuple[Axes, np.ndarray]:
    """Axes with a row for each name, which stands left of them, and the middle of each row, in pixels from the top.

    right, top, bottom: the room around the rows. row: the height of one whose name has a line of so many letters.
    """
    lines = [folded(name, letters) for name in names]
    weights = ["bold" if own else "normal" for own, _ in zip_longest(bold, lines)]
    heights = np.array([row + LINE_HEIGHT * line.count("\n") for line in lines], dtype=float)
    middles = top + heights.cumsum() - heights / 2
    left = max(length(line, size, bold=weight == "bold") for line, weight in zip(lines, weights, strict=True)) + GAP
    ax = axes(top + heights.sum() + bottom, left=left, right=right)
    ax.set_ylim(top + heights.sum() + bottom, 0)
    for line, weight, y in zip(lines, weights, middles, strict=True):
        write(ax, 0, y, line, aside=-GAP, size=size, weight=weight, xycoords=ax.get_yaxis_transform())
    return ax, middles


def scale(ax: Axes, low: float, high: float, *, before: float = 0, after: float = 0) -> None:
    """Set the horizontal scale of Axes: what lies from low to high stands so many pixels from both of their sides."""
    pixel = ((high - low) or 1) / (ax.bbox.width - before - after)
    ax.set_xlim(low - before * pixel, low + ((high - low) or 1) + after * pixel)


def bars(rows: pd.DataFrame) -> Axes:
    """Horizontal bars from zero, one for each row of the territory, with the interval of those that have one.

    A stroke marks what each share is in France, or the median of the EPCIs (`references`).
    """
    beside = references(rows)
    rows = by_member(rows)
    rows = rows[rows["level"].eq("epci") & rows["value"].notna()]
    if rows.empty:
        return axes(ROW)
    rows = rows[rows["period"].eq(rows["period"].mode().iloc[-1])]
    marks = rows["indicator"].map({name: row.value for name, row in beside.items()}).astype(float)
    ax = plain_bars(rows, marks)
    for y, mark, row in zip(ax.get_yticks(), marks, rows.itertuples(index=False), strict=True):
        if row.indicator in beside:
            (stroke,) = ax.plot([mark] * 2, [y - BAR / 2 - 3, y + BAR / 2 + 3], color=OTHERS["france"], linewidth=3)
            reference = beside[row.indicator]
            tell(stroke, f"{row.name}, {REFERENCES[reference.level]}", reference.text)
    return ax


def plain_bars(rows: pd.DataFrame, marks: pd.Series | None = None) -> Axes:
    """Horizontal bars from zero, one for each row, with the interval of those that have one.

    marks: what is marked in each row, which its text stands clear of.
    """
    rows = rows.reindex(columns=["name", "value", "low", "high", "text"])
    ends = pd.concat([rows[["value", "high"]], marks], axis=1).max(axis=1).clip(lower=0)
    ax, middles = rowed(rows["name"], right=max(length(text, bold=True) for text in rows["text"]) + GAP)
    drawn = ax.barh(middles, rows["value"], BAR, color=TERRITORY)
    for bar, y, end, row in zip(drawn, middles, ends, rows.itertuples(index=False), strict=True):
        tell(bar, row.name, row.text)
        if pd.notna(row.low):
            ax.hlines(y, row.low, row.high, PAPER, linewidth=3.6)
            ax.hlines(y, row.low, row.high, INK, linewidth=1.4)
        write(ax, end, y, row.text, aside=GAP, weight="bold")
    ax.axvline(0, color=RULE, linewidth=1)
    ax.set_yticks(middles)
    scale(ax, min(0.0, rows[["value", "low"]].min(axis=None)), ends.max())
    return ax


def cells(values: pd.DataFrame, texts: pd.DataFrame, *, sums: bool = False) -> Axes:
    """A bar in each cell of a table, all on one scale, each column from its own zero.

    values, texts: the same rows and columns. sums: the last row and the last column are those of the others, written
    without a bar.
    """
    if sums:
        values = values.iloc[:-1, :-1].reindex_like(values)
    left = max(length(folded(name, CELL_NAME), bold=True) for name in values.index) + GAP
    across = (WIDTH - left) / len(values.columns)
    heads = [folded(str(label), max(7, int(across / 6.3))) for label in values.columns]
    top = 6 + LINE_HEIGHT * (1 + max(head.count("\n") for head in heads))
    ax, middles = rowed(values.index, letters=CELL_NAME, top=top, bold=[False] * (len(values) - 1) + [sums])
    room = across - GAP - 4 - max(length(text, SMALL) for text in texts.to_numpy()[values.notna()])
    longs = values.fillna(0) / (values.max(axis=None) or 1) * max(room, 4) / across
    for column, head in enumerate(heads):
        write(ax, column, (top - 6) / 2, head, size=SMALL, color=FAINT, aside=0.1)
        ax.vlines(column, top, ax.get_ylim()[0], RULE, linewidth=1)
        for rank, (y, long) in enumerate(zip(middles, longs.iloc[:, column], strict=True)):
            (bar,) = ax.barh(y, long, BAR, column, color=TERRITORY)
            tell(bar, f"{values.index[rank]}, {values.columns[column]}", texts.iloc[rank, column])
            weight = "bold" if pd.isna(values.iloc[rank, column]) else "normal"
            write(ax, column + long, y, texts.iloc[rank, column], aside=4, size=SMALL, weight=weight)
    ax.set_xlim(0, len(heads))
    return ax


def key(ax: Axes, marks: Sequence[Artist], *, below: bool = False) -> None:
    """Write what marks mean, side by side, above a chart or below."""
    room = {"borderaxespad": 0, "borderpad": 0, "handlelength": 1, "handletextpad": 0.5, "columnspacing": 1.2}
    side, y = ("lower left", 0) if below else ("upper left", 1)
    ax.figure.legend(handles=marks, loc=side, bbox_to_anchor=(0, y), ncols=len(marks), **room)


def pyramid(territory: pd.DataFrame, outline: pd.DataFrame) -> Axes:
    """An age pyramid in % of the population, men on the left, against the outline of another place, if it has rows.

    territory, outline: index the names of the ages from the youngest, columns men and women, in %; attrs: the name.
    """
    if territory.empty:
        return axes(ROW)
    outline_name = outline.attrs.get("name", "")
    ax, middles = rowed(territory.index[::-1], row=PYRAMID_ROW, size=SMALL, top=38, bottom=20)
    edges = [*(middles - PYRAMID_ROW / 2), middles[-1] + PYRAMID_ROW / 2]
    reach = max(table.to_numpy().max() for table in (territory, outline) if len(table))
    for sex, side, word, shade, ink in (
        ("men", -1, "hommes", TERRITORY, TERRITORY),
        ("women", 1, "femmes", PARTS[1], SEQUENTIAL[3]),
    ):
        write(ax, 0, 8, word, aside=8 * side, color=ink, weight="bold")
        shares = territory[sex][::-1]
        for bar, (age, share) in zip(ax.barh(middles, side * shares, 13, color=shade), shares.items(), strict=True):
            beside = "" if outline.empty else f" ({outline_name} : {percent(outline.loc[age, sex], 1)})"
            tell(bar, f"{age}, {word}", f"{percent(share, 1)}{beside}")
        if len(outline):
            values = side * outline[sex][::-1]
            ax.stairs(values, edges, orientation="horizontal", color=OTHERS["departement"], linewidth=1.8)
    if len(outline):
        write(ax, 0, 25, f"contour : {outline_name}", ha="center", color=WARM, size=SMALL)
    step = 1 if reach < 5 else 2
    for share in range(-int(reach) // step * step, int(reach) + 1, step):
        if abs(share) <= reach:
            write(ax, share, edges[-1] + 11, f"{abs(share)} %", ha="center", size=SMALL, color=FAINT)
    ax.set_xlim(-reach * 1.05, reach * 1.05)
    return ax


def fan(counted: pd.Series, ahead: pd.DataFrame) -> Axes:
    """A line of counts from zero, then those of what could follow, the first dashed, the others dotted.

    counted: by year. ahead: index the years, a column for each, which is named at its end.
    """
    highest, years = max(counted.max(), ahead.max(axis=None)), [*counted.index, *ahead.index]
    ends = {name: f"{name} {number(values.iloc[-1])}" for name, values in ahead.items()}
    ax = axes(HEIGHT, right=max(length(text, SMALL) for text in ends.values()) + 8)
    ax.set_axis_on()
    ax.set_xticks(years, years)
    ax.set(xlim=(years[0] - 0.08 * (years[-1] - years[0]), years[-1]), ylim=(0, highest * 1.2))
    for rank, (name, values) in enumerate(ahead.items()):
        shade, dashes = (OTHERS["departement"], (0.8, 2)) if rank else (TERRITORY, (2.5, 1.7))
        ax.plot([years[len(counted) - 1], *values.index], [counted.iloc[-1], *values], color=shade, dashes=dashes)
        for year, value in values.items():
            (spot,) = ax.plot(year, value, "o", color=FAINT, markersize=4)
            tell(spot, f"{name}, {year}", number(value))
    ax.plot(counted.index, counted, color=TERRITORY)
    for year, value in counted.items():
        (spot,) = ax.plot(year, value, "o", color=TERRITORY)
        tell(spot, str(year), number(value))
        write(ax, year, value, number(value), up=12, ha="center", size=SMALL)
    for text, y in zip(ends.values(), apart([*ahead.iloc[-1]], 13 * highest * 1.2 / HEIGHT), strict=True):
        write(ax, years[-1], y, text, aside=8, size=SMALL)
    return with_axes(ax)


def history(rows: pd.DataFrame) -> Axes:
    """A small line over the years, its first and last values written. rows: columns period, value, text, in order."""
    ends = [f"{row.text} en {row.period[:4]}" for row in rows.iloc[[0, -1]].itertuples(index=False)]
    left, right = (length(end, SMALL) + 8 for end in ends)
    ax = axes(130, left=left, right=right)
    years = rows["period"].str[:4].astype(int)
    ax.axhline(0, color=RULE, linewidth=1)
    ax.plot(years, rows["value"], color=TERRITORY, linewidth=2)
    for year, row in zip(years, rows.itertuples(index=False), strict=True):
        (spot,) = ax.plot(year, row.value, "o", color=TERRITORY, markersize=6 if year == years.iloc[-1] else 3)
        tell(spot, str(year), row.text)
    for rank, side in ((0, -6), (-1, 6)):
        shade = INK if rank else FAINT
        write(ax, years.iloc[rank], rows["value"].iloc[rank], ends[rank], aside=side, size=SMALL, color=shade)
    ax.set(xlim=(years.iloc[0], years.iloc[-1]), ylim=(-0.05 * rows["value"].max(), 1.05 * rows["value"].max()))
    return ax


def compare(rows: pd.DataFrame) -> Axes:
    """A line for each row of the territory: a disc, beside the ring, the lozenge and the stroke of other places.

    rows: see `bars`; the places beside are those of `MARKS`.
    """
    rows = by_member(rows)
    own = rows[rows["level"].eq("epci") & rows["value"].notna()]
    if own.empty:
        return axes(ROW)
    own = own[own["period"].eq(own["period"].mode().iloc[-1])]
    known = rows[rows["level"].isin(MARKS) & rows["value"].notna() & rows["indicator"].isin(own["indicator"])]
    known = known.drop_duplicates(["indicator", "level"])
    low, high = min(0.0, known["value"].min()), known["value"].max() or 1
    ax, middles = rowed(own["name"], right=max(length(text, bold=True) for text in own["text"]) + GAP, bottom=KEY)
    for y, row in zip(middles, own.itertuples(index=False), strict=True):
        ax.hlines(y, low, high, GRID, linewidth=1, zorder=0)
        write(ax, high, y, row.text, aside=2 * GAP, color=TERRITORY, weight="bold")
        places = known[known["indicator"].eq(row.indicator)].set_index("level")
        for level in (level for level in reversed(MARKS) if level in places.index):
            (mark,) = ax.plot(places.loc[level, "value"], y, linestyle="none", **MARKS[level][1])
            what = row.name if level == "epci" else f"{row.name}, {places.loc[level, 'name']}"
            tell(mark, what, places.loc[level, "text"])
    ax.vlines(0, 0, middles[-1] + ROW / 2, RULE, linewidth=1)
    names = known.drop_duplicates("level").set_index("level")["name"]
    if len(names) > 1:
        marks = [
            Line2D([], [], linestyle="none", label=words or names[level].partition(" hors ")[0], **look)
            for level, (words, look) in MARKS.items()
            if level in names
        ]
        key(ax, marks, below=True)
    scale(ax, low, high, after=GAP)
    return ax


def by_member(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of `chapter.members`, those of the territory under the name of their member."""
    return rows.assign(name=rows["name"].mask(rows["level"].eq("epci"), rows["label"]))


def references(rows: pd.DataFrame) -> dict[str, tuple]:
    """The rows of France, or of the median of the EPCIs where France is not known, by indicator; of shares alone.

    rows: see `bars`.
    """
    shares = rows[rows["level"].isin(REFERENCES) & rows["value"].notna() & rows["unit"].str.startswith("%")]
    return {row.indicator: row for row in shares.itertuples(index=False)}


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
    follow = line["value"].notna().rolling(2).sum().eq(2).any()
    ax.plot(*(line if follow else dated).to_numpy().T, color=shade, linewidth=width)
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
    box, (width, height) = ax.get_position(), ax.figure.bbox.size
    for axis in (ax.yaxis, ax.xaxis):
        left = max(length(tick.get_text(), SIZE) for tick in ax.get_yticklabels()) + GAP + LABEL * bool(ax.get_ylabel())
        right = max(12, width * (1 - box.x1))
        most = 5 if axis is ax.yaxis else max(2, min(8, int((width - left - right) // TICK)))
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
        else:
            names = [folded(tick.get_text(), NAME_WIDTH) for tick in axis.get_ticklabels()]
            axis.set_ticks(axis.get_ticklocs(), names)
    ax.grid(visible=False, axis="x" if ax.yaxis.get_gridlines()[0].get_visible() else "y")
    bottom = BOTTOM + LABEL * bool(ax.get_xlabel())
    legend = ax.get_legend()
    words = [text.get_text() for text in legend.get_texts()] if legend else []
    columns = max(1, min(len(words), int(width // (max((length(one, SMALL) for one in words), default=0) + 45))))
    top = 1 - (6 + 17 * -(-len(words) // columns)) / height
    ax.set_position((left / width, bottom / height, 1 - (left + right) / width, top - bottom / height))
    if legend:
        legend.set_title("")
        corner = {"bbox_to_anchor": (0, top), "bbox_transform": ax.figure.transFigure}
        sns.move_legend(ax, "lower left", **corner, ncols=columns, borderaxespad=0)
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


def apart(places: list[float], gap: float) -> list[float]:
    """Return places moved no more than needed to be at least a gap from each other, in the same order."""
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = list(places)
    for former, later in pairwise(order):
        moved[later] = max(moved[later], moved[former] + gap)
    excess = (moved[order[-1]] - places[order[-1]]) / 2
    return [place - excess for place in moved]

"""Charts that seaborn lacks: a table of rows in, the Axes of matplotlib out, as seaborn's functions do.

The rows have the columns label, value, low, high and text (the value as a reader sees it), in the order to draw. Every
mark tells what it is worth (`svg.tell`). Sizes are in pixels. ax: axes of one's own to draw on.
"""

from itertools import pairwise

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ctg_analysis.display.drawing import (
    FAINT,
    INK,
    OTHERS,
    PAPER,
    PARTS,
    RULE,
    SMALL,
    TERRITORY,
    WARM,
    WIDTH,
    folded,
    length,
)
from ctg_analysis.display.quantities import percent
from ctg_analysis.show.layout import (
    BAR,
    EDGE,
    GAP,
    HEIGHT,
    KEY,
    LINE_HEIGHT,
    ROW,
    axes,
    headings,
    key,
    rowed,
    scale,
    under_headings,
    with_axes,
    write,
)
from ctg_analysis.show.svg import tell

DISC = {"marker": "o", "color": TERRITORY, "markersize": 10, "markeredgewidth": 0, "linestyle": ""}
RING = DISC | {"markerfacecolor": PAPER, "markeredgewidth": 1.6}
STROKE = {"color": WARM, "marker": "|", "markersize": 16, "markeredgewidth": 3, "linestyle": ""}
CELL_NAME, PYRAMID_ROW = 16, 15  # letters of a name beside cells; a row of a pyramid


def cells(rows: pd.DataFrame, *, x: str, y: str, sums: bool = False, ax: Axes | None = None) -> Axes:
    """A bar in each cell of a table, all on one scale, each column from its own zero.

    rows: columns value and text, one row for each cell. x, y: the columns of the columns and of the rows of the table,
    in the order of the rows. sums: the last row and the last column are those of the others, written without a bar.
    """
    order = {"index": rows[y].unique(), "columns": rows[x].unique()}
    values, texts = (rows.pivot(index=y, columns=x, values=one).reindex(**order) for one in ("value", "text"))
    if values.empty:
        return axes(ROW, ax=ax)
    texts = texts.fillna("")
    if sums:
        values = values.iloc[:-1, :-1].reindex_like(values)
    left = max(length(folded(name, CELL_NAME), bold=True) for name in values.index) + GAP
    across = (WIDTH - left) / len(values.columns)
    last = max(length(word, SMALL) for word in str(values.columns[-1]).split())
    right = max(0.0, last - across)
    across = (WIDTH - left - right) / len(values.columns)
    heads = [folded(str(label), max(7, int(across / 6.3))) for label in values.columns]
    top = 6 + LINE_HEIGHT * (1 + max(head.count("\n") for head in heads))
    bold = [False] * (len(values) - 1) + [sums]
    ax, middles = rowed(values.index, right=right, letters=CELL_NAME, top=top, bold=bold, ax=ax)
    room = across - GAP - 4 - max(length(text, SMALL) for text in texts.to_numpy()[values.notna()])
    longs = values.fillna(0) / (values.max(axis=None) or 1) * max(room, 4) / across
    for column, head in enumerate(heads):
        write(ax, column, (top - 6) / 2, head, size=SMALL, color=FAINT, aside=0.1)
        ax.vlines(column, top, ax.get_ylim()[0], RULE, linewidth=1)
        for rank, (middle, long) in enumerate(zip(middles, longs.iloc[:, column], strict=True)):
            (bar,) = ax.barh(middle, long, BAR, column, color=TERRITORY)
            tell(bar, f"{values.index[rank]}, {values.columns[column]}", texts.iloc[rank, column])
            weight = "bold" if pd.isna(values.iloc[rank, column]) else "normal"
            write(ax, column + long, middle, texts.iloc[rank, column], aside=4, size=SMALL, weight=weight)
    ax.set_xlim(0, len(heads))
    return ax


def blocks(rows: pd.DataFrame, *, bar: str = "", ring: str = "", stroke: str = "", ax: Axes | None = None) -> Axes:
    """Bars from zero under the title of their block, with the interval of those that have one, or with marks.

    rows: columns block, label, value (NaN when it may not be shown), text, low and high. bar: what a bar is, where
    there are marks. ring, stroke: the columns of their values, by which they are named.
    """
    marks = [name for name in (ring, stroke) if name]
    if rows.empty:
        return axes(ROW, ax=ax)
    rows = rows.iloc[pd.factorize(rows["block"])[0].argsort(kind="stable")]
    names, places = under_headings(rows["label"], rows["block"])
    right = max(length(text, bold=True) for text in rows["text"]) + 2 * GAP
    ax, middles = rowed(names, right=right, top=KEY if marks else 0, row=23, letters=24, ax=ax)
    for title, y in headings(rows["block"], middles, places):
        write(ax, 0, y, title, weight="bold", xycoords=EDGE)
    ends = rows[["value", "high", *marks]].max(axis=1).fillna(0)
    looks = {name: look | {"label": name} for name, look in ((ring, RING), (stroke, STROKE)) if name}
    for y, end, row in zip(middles[places], ends, rows.to_dict("records"), strict=True):
        _bar_of_a_block(ax, y, row)
        for name, look in looks.items():
            ax.plot(row[name], y, **look)
        weight = "bold" if pd.notna(row["value"]) else "normal"
        write(ax, end, y, row["text"], aside=2 * GAP if marks else GAP, weight=weight)
    scale(ax, 0, ends.max())
    if marks:
        key(ax, [Patch(color=TERRITORY, label=bar), *(Line2D([], [], **look) for look in looks.values())])
    return ax


def _bar_of_a_block(ax: Axes, y: float, row: dict) -> None:
    (drawn,) = ax.barh(y, row["value"], 13, color=TERRITORY)
    tell(drawn, f"{row['block']}, {row['label']}", row["text"])
    for shade, width in ((PAPER, 3.6), (INK, 1.4)) if pd.notna(row["low"]) else ():
        ax.hlines(y, row["low"], row["high"], shade, linewidth=width)


def pyramid(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """An age pyramid in % of the population, men on the left, against the outline of another place, if it has rows.

    rows: of `Chapter.ages`, from the youngest, those of the territory first.
    """
    rows = rows[rows.groupby("territory")["value"].transform(lambda values: values.notna().all())]
    if rows.empty:
        return axes(ROW, ax=ax)
    tables = [
        table.pivot(index="age", columns="sex", values="value").loc[table["age"].unique()[::-1]]
        for _, table in rows.groupby("territory", sort=False)
    ]
    territory, outline, name = tables[0], tables[1:2], rows["place"].iloc[-1]
    ax, middles = rowed(territory.index, row=PYRAMID_ROW, size=SMALL, top=38, bottom=20, ax=ax)
    edges = [*(middles - PYRAMID_ROW / 2), middles[-1] + PYRAMID_ROW / 2]
    for sex, side, shade in (("Hommes", -1, TERRITORY), ("Femmes", 1, PARTS[1])):
        write(ax, 0, 8, sex.lower(), aside=8 * side, weight="bold")
        bars = ax.barh(middles, side * territory[sex], 13, color=shade)
        for bar, (age, share) in zip(bars, territory[sex].items(), strict=True):
            beside = "".join(f" ({name} : {percent(table.loc[age, sex], 1)})" for table in outline)
            tell(bar, f"{age}, {sex.lower()}", f"{percent(share, 1)}{beside}")
        for table in outline:
            line = {"color": OTHERS["departement"], "linewidth": 1.8}
            ax.stairs(side * table[sex], edges, orientation="horizontal", **line)
    if outline:
        write(ax, 0, 25, f"contour : {name}", ha="center", color=WARM, size=SMALL)
    reach = rows["value"].max()
    step = 1 if reach < 5 else 2
    for share in range(-int(reach) // step * step, int(reach) + 1, step):
        if abs(share) <= reach:
            write(ax, share, edges[-1] + 11, f"{abs(share)} %", ha="center", size=SMALL, color=FAINT)
    ax.set_xlim(-reach * 1.05, reach * 1.05)
    return ax


def fan(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """A line of counts from zero, then those of what could follow, the first dashed, the others dotted.

    rows: columns scenario, year, value and text, in the order of the years; the first scenario is what was counted.
    The others are named at their ends.
    """
    counted, *ahead = [table for _, table in rows.groupby("scenario", sort=False)]
    last = counted.iloc[-1]
    ends = [f"{table['scenario'].iloc[0]} {table['text'].iloc[-1]}" for table in ahead]
    ax = axes(HEIGHT, right=max(length(end, SMALL) for end in ends) + 8, ax=ax)
    ax.set_axis_on()
    years, highest = rows["year"].unique(), rows["value"].max() * 1.2
    ax.set_xticks(years, years)
    ax.set(xlim=(years[0] - 0.08 * (years[-1] - years[0]), years[-1]), ylim=(0, highest))
    for rank, table in enumerate(ahead):
        shade, dashes = (OTHERS["departement"], (0.8, 2)) if rank else (TERRITORY, (2.5, 1.7))
        ax.plot([last["year"], *table["year"]], [last["value"], *table["value"]], color=shade, dashes=dashes)
        for row in table.itertuples(index=False):
            (spot,) = ax.plot(row.year, row.value, "o", color=FAINT, markersize=4)
            tell(spot, f"{row.scenario}, {row.year}", row.text)
    ax.plot(counted["year"], counted["value"], color=TERRITORY)
    for row in counted.itertuples(index=False):
        (spot,) = ax.plot(row.year, row.value, "o", color=TERRITORY)
        tell(spot, str(row.year), row.text)
        write(ax, row.year, row.value, row.text, up=12, ha="center", size=SMALL)
    places = apart([table["value"].iloc[-1] for table in ahead], 13 * highest / HEIGHT)
    for end, y in zip(ends, places, strict=True):
        write(ax, years[-1], y, end, aside=8, size=SMALL)
    return with_axes(ax)


def history(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """A small line over the years, its first and last values written. rows: columns period, value, text, in order."""
    ends = [f"{row.text} en {row.period[:4]}" for row in rows.iloc[[0, -1]].itertuples(index=False)]
    left, right = (length(end, SMALL) + 8 for end in ends)
    ax = axes(130, left=left, right=right, ax=ax)
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


def apart(places: list[float], gap: float) -> list[float]:
    """Return places moved no more than needed to be at least a gap from each other, in the same order."""
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = list(places)
    for former, later in pairwise(order):
        moved[later] = max(moved[later], moved[former] + gap)
    excess = (moved[order[-1]] - places[order[-1]]) / 2
    return [place - excess for place in moved]

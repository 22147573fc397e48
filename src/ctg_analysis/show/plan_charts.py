"""Charts of a démarche: what was heard, voted, planned, done, spent; a table in, Axes out, as in `charts`."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ctg_analysis.demarche.voices import STABLE
from ctg_analysis.display.drawing import BAND, FAINT, GRID, INK, PAPER, RULE, SMALL, TERRITORY, WARM, folded, length
from ctg_analysis.display.quantities import number
from ctg_analysis.show.layout import GAP, HEIGHT, KEY, LINE_HEIGHT, axes, key, rowed, scale, with_axes, write
from ctg_analysis.show.svg import tell

EDGE = ("figure fraction", "data")  # where the words below the rows, and their headings, begin
GIVEN_UP = {"facecolor": PAPER, "edgecolor": INK, "linewidth": 1.2, "linestyle": (0, (2, 1.5))}
DISC = {"marker": "o", "color": TERRITORY, "markersize": 10, "markeredgewidth": 0, "linestyle": ""}
RING = DISC | {"markerfacecolor": PAPER, "markeredgewidth": 1.6}
BEYOND = 0.16  # how far a bullet goes before the baseline and after the target; an arrow says that it is further
LETTERS = "ABCDEFGHIJKLMNOP"
STROKE = {"color": WARM, "marker": "|", "markersize": 16, "markeredgewidth": 3, "linestyle": ""}
HEADING = 62  # letters of the name of a group before it goes on on a second line


def bullets(rows: pd.DataFrame) -> Axes:
    """A line for each indicator: a bar for the part of the way from its baseline to its target that is done.

    rows: columns label, way and due (see demarche.plan.gaps), word (written where there is no way to draw),
    baseline_text, now_text, target_text.
    """
    heads = ("départ", "actuel", "cible")
    numbers = rows[["baseline_text", "now_text", "target_text"]].map(lambda text: folded(text, 10) if text else "")
    widths = [
        max(length(text, SMALL, bold=True) for text in [head, *numbers[name]])
        for head, name in zip(heads, numbers, strict=True)
    ]
    asides = np.cumsum(np.array(widths) + 12)
    ax, middles = rowed(rows["label"], right=asides[-1], top=22, row=30, letters=24, size=SMALL)
    scale(ax, 0, 1, before=16, after=16)
    edge = ax.get_xlim()[1]
    for x, word in enumerate(("départ", "cible")):
        write(ax, x, 9, word, ha="center", size=SMALL, color=FAINT)
    for aside, word in zip(asides, heads, strict=True):
        write(ax, edge, 9, word, aside=aside, ha="right", size=SMALL, color=FAINT, weight="bold")
    ax.vlines(0, 22, ax.get_ylim()[0], RULE, linewidth=1)
    for y, row, written in zip(middles, rows.itertuples(index=False), numbers.to_numpy(), strict=True):
        texts = (row.baseline_text, row.now_text, row.target_text)
        told = ", ".join(f"{head} {text}".strip() for head, text in zip(heads, texts, strict=True) if text)
        (band,) = ax.barh(y, 1, 11, color=BAND)
        tell(band, row.label, told)
        if not row.word:
            ax.vlines(1, y - 10, y + 10, INK, linewidth=3)
        ax.vlines(row.due, y - 8, y + 8, FAINT, linewidth=2)
        drawn = min(max(row.way, -BEYOND), 1 + BEYOND)
        if pd.notna(row.way):
            ax.barh(y, drawn, 7, color=TERRITORY)
            (mark,) = ax.plot(drawn, y, "o", color=TERRITORY, markeredgecolor=PAPER, markersize=9)
            tell(mark, row.label, told)
            if drawn != row.way:
                side = math.copysign(1, row.way)
                write(ax, drawn, y, "›" if side > 0 else "‹", aside=9 * side, ha="center", color=FAINT)
        else:
            write(ax, 0, y, row.word, aside=4, size=SMALL, color=FAINT)
        for aside, text in zip(asides, written, strict=True):
            weight = "bold" if aside == asides[1] else "normal"
            write(ax, edge, y, text, aside=aside, ha="right", size=SMALL, weight=weight)
    return ax


def gantt(rows: pd.DataFrame, span: tuple[int, int] | None, marks: Sequence[tuple[float, str]] = ()) -> Axes:
    """A bar for each action between its beginning and its end, under the name of its group.

    rows: columns name, group, begin, end (years, see demarche.plan.in_time), dropped, in the order to draw.
    span: first and last year of the convention, shaded, if there is one. marks: dates, as years, that lines and
    words tell (an end, a deadline).
    """
    known = [*(span or ()), *(int(year) for year, _ in marks)]
    first = min([*known, *rows["begin"].astype(int)])
    last = max([*(year + 1 for year in known), *np.ceil(rows["end"]).astype(int)])
    names, places = _under_headings(rows["name"], rows["group"])
    told = [folded(f"{letter}  {words}", 70) for letter, (_, words) in zip(LETTERS, marks, strict=False)]
    rooms = [8 + LINE_HEIGHT * (1 + words.count("\n")) for words in told]
    top, bottom = 34 if marks else 20, sum(rooms) + 2
    ax, middles = rowed(names, right=4, top=top, bottom=bottom, row=20, letters=28, size=SMALL)
    low = ax.get_ylim()[0] - bottom
    if span:
        ax.barh((top + low) / 2, span[1] + 1 - span[0], low - top, span[0], color=BAND, zorder=0)
    _years(ax, first, last, top - 3, low)
    for group, y in _headings(rows["group"], middles, places):
        ax.axhspan(y - 10, y + 10, color=PAPER, zorder=0.8)
        write(ax, 0, y, group, size=SMALL, weight="bold", xycoords=EDGE)
    for y, row in zip(middles[places], rows.itertuples(index=False), strict=True):
        begin, end = int(row.begin), max(int(row.begin), math.ceil(row.end) - 1)
        shade = GIVEN_UP if row.dropped else {"color": TERRITORY}
        (bar,) = ax.barh(y, max(row.end - row.begin, 0.03), 11, row.begin, **shade)
        when = str(begin) if begin == end else f"{begin} à {end}"
        tell(bar, row.name, f"{when}, abandonnée" if row.dropped else when)
        if row.dropped:
            write(ax, row.end, y, "abandonnée", aside=5, size=SMALL, color=FAINT)
    below = low + np.cumsum(rooms) - np.array(rooms) / 2 + 2
    for (year, _), letter, words, y in zip(marks, LETTERS, told, below, strict=False):
        ax.plot([year] * 2, [top, low], color=WARM, linewidth=1.6, dashes=(2.5, 1.3))
        write(ax, year, top - 6, letter, ha="center", size=SMALL, color=WARM, weight="bold")
        write(ax, 0, y, words, size=SMALL, xycoords=EDGE)
    return ax


def _years(ax: Axes, first: int, last: int, top: float, low: float) -> None:
    """Set the scale of a calendar, with a line at the beginning of each year, its number above where there is room."""
    scale(ax, first, last)
    ax.vlines(range(first, last + 1), top, low, RULE, linewidth=1, zorder=0.5)
    for year in range(first, last, 1 if last - first <= 8 else 2):
        write(ax, year + 0.5, 9, str(year), ha="center", size=SMALL, color=FAINT)


def ranks(rows: pd.DataFrame) -> Axes:
    """The rank of each enjeu and those that it has in 95 of 100 draws: a disc when it is stable, else a ring.

    rows: columns label, rank, rank_low, rank_high, words, text.
    """
    room = max(length(text, SMALL) for text in rows["text"]) + 12
    ax, middles = rowed(rows["label"], right=room, top=22, bottom=24, row=24, letters=27, size=SMALL)
    last, low = int(rows["rank_high"].max()), ax.get_ylim()[0] - 24
    for rank in range(1, last + 1):
        write(ax, rank, 9, str(rank), ha="center", size=SMALL, color=FAINT)
        ax.vlines(rank, 18, low, GRID, linewidth=1)
    for y, row in zip(middles, rows.itertuples(index=False), strict=True):
        ax.hlines(y, row.rank_low, row.rank_high, INK, linewidth=1.6)
        (mark,) = ax.plot(row.rank, y, **(DISC if row.words == STABLE else RING))
        tell(mark, row.label, f"rang {row.text}")
        write(ax, 1, y, row.text, aside=8, size=SMALL, xycoords=ax.get_yaxis_transform())
    scale(ax, 1, last, before=8, after=8)
    both = {"rang stable": DISC, "rang incertain": RING}
    key(ax, [Line2D([], [], label=label, **mark) for label, mark in both.items()], below=True)
    return ax


def saturation(rows: pd.DataFrame) -> Axes:
    """How many codes are known after each interview, within what other orders of the interviews give.

    rows: columns rank, total, low, high.
    """
    ax = axes(HEIGHT, right=30)
    ax.set_axis_on()
    ax.fill_between(rows["rank"], rows["low"], rows["high"], color=BAND, linewidth=0)
    ax.plot(rows["rank"], rows["total"], color=TERRITORY)
    for row in rows.itertuples(index=False):
        (mark,) = ax.plot(row.rank, row.total, "o", color=TERRITORY, markersize=5)
        tell(mark, f"Entretien {row.rank}", number(row.total))
    write(ax, row.rank, row.total, number(row.total), aside=6, weight="bold")
    ax.set(ylim=(0, rows[["total", "high"]].max(axis=None) * 1.05), xlim=(1, len(rows)))
    return with_axes(ax)


def _under_headings(names: pd.Series, groups: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """The names of the rows with room above those of each group for its name, and the place of each row among them."""
    opens = groups.ne("") & groups.ne(groups.shift())
    places = (np.arange(len(names)) + opens.cumsum()).to_numpy()
    rooms = groups[opens].map(lambda group: "\n" * folded(group, HEADING).count("\n"))
    rooms.index = places[opens] - 1
    return pd.concat([pd.Series([*names], places), rooms]).sort_index(), places


def _headings(groups: pd.Series, middles: np.ndarray, places: np.ndarray) -> Iterator[tuple[str, float]]:
    """The name of each group and where it stands."""
    opens = groups.ne("") & groups.ne(groups.shift())
    return zip(groups[opens].map(lambda group: folded(group, HEADING)), middles[places[opens] - 1], strict=True)


def blocks(rows: pd.DataFrame, what: str = "", marks: Sequence[tuple[str, str]] = ()) -> Axes:
    """Bars from zero under the title of their block, with the interval of those that have one, or with marks.

    rows: columns block, name, value (0 to 1, NaN when it may not be shown), text, low and high or those of the marks.
    what: what a bar is. marks: the columns that a ring and a stroke show, each with what it is.
    """
    rows = rows.reindex(columns=["block", "name", "value", "text", "low", "high", *dict(marks)])
    rows = rows.iloc[pd.factorize(rows["block"])[0].argsort(kind="stable")]
    names, places = _under_headings(rows["name"], rows["block"])
    right = max(length(text, bold=True) for text in rows["text"]) + 2 * GAP
    ax, middles = rowed(names, right=right, top=KEY if marks else 0, row=23, letters=24)
    for title, y in _headings(rows["block"], middles, places):
        write(ax, 0, y, title, weight="bold", xycoords=EDGE)
    ends = rows[["value", "high", *dict(marks)]].max(axis=1).fillna(0)
    looks = {name: look | {"label": label} for (name, label), look in zip(marks, (RING, STROKE), strict=False)}
    for y, end, row in zip(middles[places], ends, rows.to_dict("records"), strict=True):
        (bar,) = ax.barh(y, row["value"], 13, color=TERRITORY)
        tell(bar, f"{row['block']}, {row['name']}", row["text"])
        for shade, width in ((PAPER, 3.6), (INK, 1.4)) if pd.notna(row["low"]) else ():
            ax.hlines(y, row["low"], row["high"], shade, linewidth=width)
        for name, look in looks.items():
            ax.plot(row[name], y, **look)
        weight = "bold" if pd.notna(row["value"]) else "normal"
        write(ax, end, y, row["text"], aside=2 * GAP if marks else GAP, weight=weight)
    scale(ax, 0, ends.max())
    if marks:
        key(ax, [Patch(color=TERRITORY, label=what), *(Line2D([], [], **look) for look in looks.values())])
    return ax

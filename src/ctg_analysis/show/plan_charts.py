"""Charts of a plan of actions that seaborn lacks: when each is, how far it is; a table in, Axes out, as in `charts`."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ctg_analysis.display.drawing import BAND, FAINT, INK, PAPER, RULE, SMALL, TERRITORY, WARM, folded, length
from ctg_analysis.show.layout import EDGE, LINE_HEIGHT, headings, rowed, scale, under_headings, write
from ctg_analysis.show.svg import tell

GIVEN_UP = {"facecolor": PAPER, "edgecolor": INK, "linewidth": 1.2, "linestyle": (0, (2, 1.5))}
BEYOND = 0.16  # how far a bullet goes before the baseline and after the target; an arrow says that it is further
LETTERS = "ABCDEFGHIJKLMNOP"


def bullets(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
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
    ax, middles = rowed(rows["label"], right=asides[-1], top=22, row=30, letters=24, size=SMALL, ax=ax)
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


def gantt(
    rows: pd.DataFrame,
    span: tuple[int, int] | None,
    marks: Sequence[tuple[float, str]] = (),
    *,
    ax: Axes | None = None,
) -> Axes:
    """A bar for each action between its beginning and its end, under the name of its group.

    rows: columns label, group, begin, end (years, see demarche.plan.in_time), dropped, in the order to draw.
    span: first and last year of the convention, shaded, if there is one. marks: dates, as years, that lines and
    words tell (an end, a deadline).
    """
    known = [*(span or ()), *(int(year) for year, _ in marks)]
    first = min([*known, *rows["begin"].astype(int)])
    last = max([*(year + 1 for year in known), *np.ceil(rows["end"]).astype(int)])
    names, places = under_headings(rows["label"], rows["group"])
    told = [folded(f"{letter}  {words}", 70) for letter, (_, words) in zip(LETTERS, marks, strict=False)]
    rooms = [8 + LINE_HEIGHT * (1 + words.count("\n")) for words in told]
    top, bottom = 34 if marks else 20, sum(rooms) + 2
    ax, middles = rowed(names, right=4, top=top, bottom=bottom, row=20, letters=28, size=SMALL, ax=ax)
    low = ax.get_ylim()[0] - bottom
    if span:
        ax.barh((top + low) / 2, span[1] + 1 - span[0], low - top, span[0], color=BAND, zorder=0)
    _years(ax, first, last, top - 3, low)
    for group, y in headings(rows["group"], middles, places):
        ax.axhspan(y - 10, y + 10, color=PAPER, zorder=0.8)
        write(ax, 0, y, group, size=SMALL, weight="bold", xycoords=EDGE)
    for y, row in zip(middles[places], rows.itertuples(index=False), strict=True):
        begin, end = int(row.begin), max(int(row.begin), math.ceil(row.end) - 1)
        shade = GIVEN_UP if row.dropped else {"color": TERRITORY}
        (bar,) = ax.barh(y, max(row.end - row.begin, 0.03), 11, row.begin, **shade)
        when = str(begin) if begin == end else f"{begin} à {end}"
        tell(bar, row.label, f"{when}, abandonnée" if row.dropped else when)
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

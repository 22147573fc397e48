"""Actions and meetings on a calendar of years."""

import math
from collections.abc import Sequence

import pandas as pd

from ctg_analysis.display.drawings.axes import scale
from ctg_analysis.display.drawings.drawing import HATCHED, Drawing, folded, length
from ctg_analysis.display.drawings.rows import rows_of
from ctg_analysis.display.drawings.style import BAND, FAINT, GRID, INK, PAPER, RULE, SMALL, TERRITORY, WIDTH

NAME_WIDTH = 28
LEFT, RIGHT, HEAD = 196, WIDTH - 4, 20
ROW, LINE_HEIGHT, GROUP, BAR = 19, 12, 22, 11
MARK, MARK_ROOM = "#a8480f", 12  # of the marks: their colour, the height of a line of their words, below
LETTERS = "ABCDEFGHIJKLMNOP"


def gantt(rows: pd.DataFrame, span: tuple[int, int] | None, marks: Sequence[tuple[float, str]] = ()) -> str:
    """Return a bar for each action between its beginning and its end, under the name of its group.

    rows: columns name, group, begin, end (years, see demarche.plan.in_time), dropped, in the order to draw.
    span: first and last year of the convention, shaded, if there is one. marks: dates, as years, that lines and
    words tell (an end, a deadline).
    """
    shaded, marked = span or (), [int(year) for year, _ in marks]
    first = min([*shaded, *map(int, rows["begin"]), *marked])
    last = max([*(year + 1 for year in (*shaded, *marked)), *(-int(-end // 1) for end in rows["end"])])
    groups = [folded(group, 60) for group in rows["group"]]
    opens = [bool(group) and (rank == 0 or group != groups[rank - 1]) for rank, group in enumerate(groups)]
    head = HEAD + (14 if marks else 0)
    above = [GROUP if opening else 0 for opening in opens]
    places = rows_of(rows["name"], NAME_WIDTH, ROW, top=head, line=LINE_HEIGHT, above=above)
    bottom = places[-1].bottom
    words_of_marks = [folded(f"{letter}  {words}", 70) for letter, (_, words) in zip(LETTERS, marks, strict=False)]
    drawing = Drawing(bottom + sum(8 + MARK_ROOM * (1 + words.count("\n")) for words in words_of_marks) + 2)

    x = scale(first, last, LEFT, RIGHT)
    if span:
        drawing.bar(x(span[0]), (head + bottom) / 2, x(span[1] + 1) - x(span[0]), bottom - head, BAND)
    every = 1 if last - first <= 8 else 2
    for year in range(first, last):
        drawing.line([(x(year), head - 3), (x(year), bottom)], PAPER if span and span[0] < year <= span[1] else RULE)
        if (year - first) % every == 0:
            drawing.text((x(year) + x(year + 1)) / 2, 9, str(year), anchor="middle", size=SMALL, fill=FAINT)
    for place, row, group, opening in zip(places, rows.itertuples(index=False), groups, opens, strict=True):
        if opening:
            drawing.bar(0, place.top - GROUP / 2, WIDTH, GROUP, PAPER)
            drawing.text(0, place.top - GROUP / 2 + 2, group, size=SMALL, bold=True)
        y, years = place.y, (int(row.begin), max(int(row.begin), math.ceil(row.end) - 1))
        told = str(years[0]) if years[0] == years[1] else f"{years[0]} à {years[1]}"
        with drawing.of(row.name, f"{told}, abandonnée" if row.dropped else told):
            drawing.text(LEFT - 7, y, place.name, anchor="end", size=SMALL)
            wide = max(x(row.end) - x(row.begin), 2)
            drawing.bar(x(row.begin), y, wide, BAR, PAPER if row.dropped else TERRITORY)
            if row.dropped:
                drawing.bar(x(row.begin), y, wide, BAR, HATCHED, stroke=INK, stroke_width=0.8)
                drawing.text(x(row.end) + 5, y, "abandonnée", size=SMALL, fill=FAINT)
    top = bottom
    for (year, _), letter, words in zip(marks, LETTERS, words_of_marks, strict=False):
        drawing.line([(x(year), head), (x(year), bottom)], MARK, 1.6, stroke_dasharray="4 2")
        drawing.text(x(year), head - 6, letter, anchor="middle", size=SMALL, font_weight="bold", fill=MARK)
        room = MARK_ROOM * (1 + words.count("\n"))
        drawing.text(0, top + 6 + room / 2, words, size=SMALL)
        top += 8 + room
    return drawing.svg()


def meetings(rows: pd.DataFrame) -> str:
    """Return a mark for each meeting of each body: a disc when it was held, a ring as long as it is planned.

    rows: columns name (the body), year (the date, as a year), held.
    """
    bodies = list(dict.fromkeys(rows["name"]))
    places = rows_of(bodies, NAME_WIDTH, 24, top=HEAD, line=LINE_HEIGHT)
    left = max(length(place.name, SMALL) for place in places) + 12
    first, last = int(rows["year"].min()), int(rows["year"].max()) + 1
    bottom = places[-1].bottom
    drawing = Drawing(bottom + 22)

    x = scale(first, last, left, WIDTH - 6)
    for year in range(first, last + 1):
        drawing.line([(x(year), HEAD - 3), (x(year), bottom)], RULE)
        if year < last:
            drawing.text((x(year) + x(year + 1)) / 2, 9, str(year), anchor="middle", size=SMALL, fill=FAINT)
    for body, place in zip(bodies, places, strict=True):
        y = place.y
        drawing.text(left - 8, y, place.name, anchor="end", size=SMALL)
        drawing.line([(left, y), (WIDTH - 6, y)], GRID)
        for row in rows[rows["name"].eq(body)].itertuples(index=False):
            fill, state = (TERRITORY, "tenue") if row.held else (PAPER, "prévue")
            with drawing.of(f"{body}, {int(row.year)}", state):
                drawing.circle(x(row.year), y, 4.6, fill, stroke=TERRITORY, stroke_width=1.6)
    drawing.circle(left + 5, bottom + 12, 4.6, TERRITORY)
    drawing.text(left + 14, bottom + 12, "tenue", size=SMALL)
    drawing.circle(left + 69, bottom + 12, 4.6, PAPER, stroke=TERRITORY, stroke_width=1.6)
    drawing.text(left + 78, bottom + 12, "prévue", size=SMALL)
    return drawing.svg()

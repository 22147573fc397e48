"""Where actions stand: how many have each status, how far their indicators are from their targets, along what way."""

import math
from itertools import pairwise

import pandas as pd

from ctg_analysis.display.drawings.axes import legend_spots, scale
from ctg_analysis.display.drawings.drawing import HATCHED, Drawing, folded, length
from ctg_analysis.display.drawings.rows import LINE_HEIGHT, Row, rows_of
from ctg_analysis.display.drawings.style import BAND, FAINT, GRID, INK, PAPER, PARTS, RULE, SMALL, TERRITORY, WIDTH

# Told apart by their tone, their number and their place; what was given up is hatched, what has not begun is empty.
SHADES = {
    "réalisée": (TERRITORY, PAPER),
    "partielle": (PARTS[1], INK),
    "modifiée": (PARTS[1], INK),
    "en cours": ("#b3d0dd", INK),
    "reportée": (PARTS[2], INK),
    "retardée": (PARTS[2], INK),
    "non démarrée": (PAPER, INK),
    "abandonnée": (HATCHED, INK),
}
NAME_WIDTH, ROW, BAR = 24, 30, 19
LEFT, START, GOAL, NUMBERS = 168, 184, 276, (346, 394, WIDTH)  # of the bullets: labels, 0, 1, columns of numbers
BEYOND = 0.16  # how far a bullet goes before the baseline and after the target; an arrow says that it is further
YEARS_LEFT, YEARS_RIGHT, PATH = 190, WIDTH - 52, 46


def stacked(table: pd.DataFrame) -> str:
    """Return a bar for each row, cut in as many parts as there are statuses, each with its number.

    table: index the names, columns the statuses in their order (those of SHADES), values the numbers.
    """
    names = list(table.index)
    left = max(length(folded(name, NAME_WIDTH)) for name in names) + 8
    most = max(table.sum(axis=1).max(), 1)
    across = (WIDTH - left - 26) / most
    drawing = Drawing(0)
    spots = legend_spots(list(table.columns), 20, 10.0)
    for status, (x, y) in zip(table.columns, spots, strict=True):
        _part(drawing, x, y, 13, status, "", 12)
        drawing.text(x + 18, y, status, size=SMALL)
    rows = rows_of(names, NAME_WIDTH, ROW, top=spots[-1][1] + 16)
    for row, name, (_, counts) in zip(rows, names, table.iterrows(), strict=True):
        y, x = row.y, left
        drawing.text(left - 8, y, row.name, anchor="end")
        for status, count in counts.items():
            if count:
                with drawing.of(f"{name}, {status}", str(count)):
                    _part(drawing, x, y, count * across, status, str(count))
                x += count * across
        drawing.text(x + 6, y, str(counts.sum()), bold=True)
    drawing.height = rows[-1].bottom + 4
    return drawing.svg()


def _part(drawing: Drawing, x: float, y: float, wide: float, status: str, text: str, height: float = BAR) -> None:
    fill, ink = SHADES[status]
    drawing.bar(x, y, wide, height, PAPER)
    drawing.bar(x, y, wide, height, fill, stroke=INK, stroke_width=0.6)
    if fill == HATCHED:
        with drawing.halo():
            drawing.text(x + wide / 2, y, text, anchor="middle", size=SMALL, bold=True)
    elif text:
        drawing.text(x + wide / 2, y, text, anchor="middle", size=SMALL, font_weight="bold", fill=ink)


def bullets(
    rows: pd.DataFrame,
    ends: tuple[str, str] = ("départ", "cible"),
    heads: tuple[str, str, str] = ("départ", "actuel", "cible"),
) -> str:
    """Return a line for each indicator: a bar for the part of the way from its baseline to its target that is done.

    rows: columns label, way and due (see demarche.plan.gaps), word (written where there is no way to draw),
    baseline_text, now_text, target_text. ends, heads: what the two ends of the way and the columns of numbers are.
    """
    head = 22
    places = rows_of(rows["label"], NAME_WIDTH, ROW, top=head)
    drawing = Drawing(places[-1].bottom + 4)
    for x, word in zip((START, GOAL), ends, strict=True):
        drawing.text(x, 9, word, anchor="middle", size=SMALL, fill=FAINT)
    for x, word in zip(NUMBERS, heads, strict=True):
        drawing.text(x, 9, word, anchor="end", size=SMALL, fill=FAINT, font_weight="bold")
    drawing.line([(START, head), (START, drawing.height)], RULE)
    for row, place in zip(rows.itertuples(index=False), places, strict=True):
        numbers = (row.baseline_text, row.now_text, row.target_text)
        told = ", ".join(f"{head} {text}".strip() for head, text in zip(heads, numbers, strict=True) if text)
        with drawing.of(row.label, told):
            _bullet(drawing, row, place, numbers)
    return drawing.svg()


def _bullet(drawing: Drawing, row, place: Row, numbers: tuple[str, str, str]) -> None:
    y = place.y
    drawing.text(LEFT, y, place.name, anchor="end", size=SMALL)
    drawing.bar(START, y, GOAL - START, 11, BAND)
    drawing.bar(GOAL - 1.5, y, 3, 20, INK)
    if not math.isnan(row.due):
        drawing.bar(START + row.due * (GOAL - START) - 1, y, 2, 16, FAINT)
    if not math.isnan(row.way):
        drawn = min(max(row.way, -BEYOND), 1 + BEYOND)
        x = START + drawn * (GOAL - START)
        drawing.bar(START, y, x - START, 7, TERRITORY)
        drawing.circle(x, y, 4, TERRITORY, stroke=PAPER, stroke_width=1)
        if drawn != row.way:
            side = 1 if row.way > 1 else -1
            drawing.text(x + side * 9, y, "›" if side > 0 else "‹", anchor="middle", fill=FAINT)
    elif row.word:
        drawing.text(START + 4, y, row.word, size=SMALL, fill=FAINT)
    for x, text in zip(NUMBERS, numbers, strict=True):
        drawing.text(x, y, text, anchor="end", size=SMALL, bold=x == NUMBERS[1])


def paths(rows: pd.DataFrame, labels: dict[str, str]) -> str:
    """Return a small line over the years for each indicator, to its target; two definitions are never joined.

    rows: see demarche.plan.values, with a column text. labels: ind_id → what it is, in the order to draw.
    """
    first, last = int(rows["year"].min()), int(rows["year"].max())
    places = rows_of(labels.values(), NAME_WIDTH, 18 + LINE_HEIGHT, top=20, least=PATH)
    drawing = Drawing(places[-1].bottom)

    x = scale(first, last, YEARS_LEFT, YEARS_RIGHT)
    for year in range(first, last + 1):
        drawing.text(x(year), 9, str(year), anchor="middle", size=SMALL, fill=FAINT)
        drawing.line([(x(year), 18), (x(year), drawing.height)], GRID)
    for name, place in zip(labels, places, strict=True):
        drawing.text(YEARS_LEFT - 16, place.y, place.name, anchor="end", size=SMALL)
        _path(drawing, rows[rows["ind_id"].eq(name)], x, place.y, labels[name])
    return drawing.svg()


def _path(drawing: Drawing, rows: pd.DataFrame, x, middle: float, label: str) -> None:
    low, high = rows["value"].min(), rows["value"].max()
    each = [
        (x(row.year), middle + 13 - (row.value - low) / ((high - low) or 1) * 20, row)
        for row in rows.sort_values(["year", "kind"], kind="stable").itertuples(index=False)
    ]
    values = [(at, y, row) for at, y, row in each if row.kind != "cible"]
    for before, after in pairwise(values):
        if before[2].part == after[2].part:
            drawing.line([before[:2], after[:2]], TERRITORY, 2)
        else:
            _break(drawing, before[0], after[0], middle)
    goal = [point for point in each if point[2].kind == "cible"]
    if values and goal and values[-1][2].part == goal[-1][2].part:
        drawing.line([values[-1][:2], goal[-1][:2]], FAINT, 1, stroke_dasharray="2 3")
    elif values and goal:
        _break(drawing, values[-1][0], goal[-1][0], middle)
    for at, y, row in each:
        with drawing.of(f"{label}, {row.kind} {row.year}", row.text):
            if row.kind == "cible":
                drawing.bar(at - 6, y, 12, 3, INK)
            else:
                fill = PAPER if row.kind == "départ" else TERRITORY
                drawing.circle(at, y, 3.2, fill, stroke=TERRITORY, stroke_width=1.6)
    with drawing.halo():
        for at, y, row in ([values[0]] if values else []) + ([values[-1]] if len(values) > 1 else []):
            within = max(at, YEARS_LEFT - 6 + length(row.text, SMALL) / 2)  # clear of the labels
            drawing.text(within, y - 9, row.text, anchor="middle", size=SMALL)
        for at, y, row in goal:
            drawing.text(at + 10, y, row.text, size=SMALL, bold=True)


def _break(drawing: Drawing, before: float, after: float, middle: float) -> None:
    """Draw what parts two values that do not compare."""
    between = (before + after) / 2
    drawing.line([(between, middle - 14), (between, middle + 18)], INK, 1, stroke_dasharray="3 2")

"""Drawings of a consultation: who answered, what groups answered, from what was wished to what is used."""

import math

import pandas as pd

from ctg_analysis.display.drawings.axes import apart, scale, ticks_between
from ctg_analysis.display.drawings.drawing import Drawing, folded, length
from ctg_analysis.display.drawings.rows import rows_of
from ctg_analysis.display.drawings.style import FAINT, GRID, INK, PAPER, PARTS, RULE, SMALL, TERRITORY, WIDTH
from ctg_analysis.display.words.quantities import percent

NAME_WIDTH, GAP, BAR = 24, 7, 13
HEAD, ROW, BLOCK = 24, 23, 12  # heights of a heading, of a row, between blocks
OTHERS = "autres parcours"
CENSUS, BEFORE, AFTER = "recensement", "avant redressement", "après"
NODE, NODE_GAP, NODE_WIDTH = 150, 8, 9  # of the ends of paths: height of all, between two, width
LABELS, LABEL = 118, 34  # of what is written at their ends: width, height
LEAST = 3.0  # the smallest height of a path that can be seen


def profile(rows: pd.DataFrame) -> str:
    """Return, for each modality, its share among the respondents before and after weights, and in the census.

    rows: columns block (title of the variable), name, before, after, census (0 to 1, NaN when not known or not shown).
    """
    left = max(length(folded(name, NAME_WIDTH)) for name in rows["name"]) + GAP
    most = rows[["before", "after", "census"]].max(axis=None)
    drawing = Drawing(0)

    x = scale(0, most, left + 8, WIDTH - 8)
    place = 0.0
    for label, mark in ((BEFORE, _ring), (AFTER, _disc), (CENSUS, _stroke)):
        mark(drawing, place + 6, 9)
        drawing.text(place + 16, 9, label, size=SMALL)
        place += 30 + length(label, SMALL)
    top = HEAD
    for title, block in rows.groupby("block", sort=False):
        drawing.text(0, top + HEAD / 2, title, bold=True)
        places = rows_of(block["name"], NAME_WIDTH, ROW, top=top + HEAD)
        for place, row in zip(places, block.itertuples(index=False), strict=True):
            y = place.y
            drawing.line([(x(0), y), (WIDTH - 8, y)], GRID)
            shares = ((row.census, CENSUS, _stroke), (row.before, BEFORE, _ring), (row.after, AFTER, _disc))
            known = [one for one in shares if not math.isnan(one[0])]
            with drawing.of(row.name, ", ".join(f"{label} {percent(100 * share)}" for share, label, _ in known)):
                drawing.text(left - GAP, y, place.name, anchor="end")
                if not math.isnan(row.before + row.after):
                    drawing.line([(x(row.before), y), (x(row.after), y)], TERRITORY, 2)
                for share, _, mark in known:
                    mark(drawing, x(share), y)
        top = places[-1].bottom + BLOCK
    for share in ticks_between(0, most, whole=False):
        drawing.text(x(share), top, percent(100 * share), anchor="middle", size=SMALL, fill=FAINT)
    drawing.height = top + 10
    return drawing.svg()


def _ring(drawing: Drawing, x: float, y: float) -> None:
    drawing.circle(x, y, 4.5, PAPER, stroke=TERRITORY, stroke_width=2)


def _disc(drawing: Drawing, x: float, y: float) -> None:
    drawing.circle(x, y, 4.5, TERRITORY)


def _stroke(drawing: Drawing, x: float, y: float) -> None:
    drawing.line([(x, y - 8), (x, y + 8)], "#c65d21", 3)


def blocks(rows: pd.DataFrame) -> str:
    """Return a block of bars for each modality: one bar per group, with its interval.

    rows: columns block, name, value, low, high (0 to 1, NaN when it may not be shown), text.
    """
    left = max(length(folded(name, NAME_WIDTH)) for name in rows["name"]) + GAP
    right = max(length(text, bold=True) for text in rows["text"]) + GAP
    most = rows[["value", "high"]].max(axis=None) or 1
    drawing = Drawing(0)

    x = scale(0, most, left, WIDTH - right)
    top = 0.0
    for title, block in rows.groupby("block", sort=False):
        (heading,) = rows_of([title], 62, HEAD, top=top)
        drawing.text(0, heading.y, heading.name, bold=True)
        places = rows_of(block["name"], NAME_WIDTH, ROW, top=heading.bottom)
        for place, row in zip(places, block.itertuples(index=False), strict=True):
            y = place.y
            has_value = not math.isnan(row.value)
            with drawing.of(f"{title}, {row.name}", row.text):
                drawing.text(left - GAP, y, place.name, anchor="end")
                if has_value:
                    drawing.bar(left, y, x(row.value) - left, BAR, TERRITORY)
                    drawing.line([(x(row.low), y), (x(row.high), y)], PAPER, 3.6)
                    drawing.line([(x(row.low), y), (x(row.high), y)], INK, 1.4)
                ink = {} if has_value else {"fill": FAINT}
                drawing.text(x(row.high if has_value else 0) + GAP, y, row.text, **ink)
        top = places[-1].bottom
        drawing.line([(left, heading.bottom), (left, top)], RULE)
        top += BLOCK
    drawing.height = top - BLOCK + 2
    return drawing.svg()


def paths(rows: pd.DataFrame, ends: tuple[str, str]) -> str:
    """Return the bands that lead from what was wished, on the left, to what is used, on the right.

    rows: columns wished, used (labels), share (0 to 1). Those who got what they wished are dark. ends: what both sides
    are.
    """
    sums = {
        side: rows.groupby(side)["share"].sum().sort_values(ascending=False, kind="stable")
        for side in ("wished", "used")
    }
    order = {"wished": list(sums["wished"].index)}
    order["used"] = [name for name in order["wished"] if name in sums["used"]]
    order["used"] += [name for name in sums["used"].index if name not in order["wished"]]
    tall = max(NODE, LABEL * max(map(len, order.values())))
    nodes: dict[tuple[str, str], list[float]] = {}  # side, name → top, height, how much of it is filled
    for side, names in order.items():
        y = float(HEAD)
        for name in names:
            height = max(LEAST, sums[side][name] * (tall - NODE_GAP * (len(names) - 1)))
            nodes[side, name] = [y, height, 0.0]
            y += height + NODE_GAP
    drawing = Drawing(max(top + height for top, height, _ in nodes.values()) + 12)
    first, last = LABELS, WIDTH - LABELS
    drawing.text(first + NODE_WIDTH, 9, ends[0], anchor="end", size=SMALL, fill=FAINT)
    drawing.text(last - NODE_WIDTH, 9, ends[1], size=SMALL, fill=FAINT)
    ranked = rows.assign(a=rows["wished"].map(order["wished"].index), b=rows["used"].map(order["used"].index))
    for row in ranked.sort_values(["a", "b"]).itertuples(index=False):
        edges = []
        for side, name in (("wished", row.wished), ("used", row.used)):
            node = nodes[side, name]
            thick = node[1] * row.share / sums[side][name]
            edges.append((node[0] + node[2], thick))
            node[2] += thick
        shade = RULE if row.wished == OTHERS else TERRITORY if row.wished == row.used else PARTS[2]
        with drawing.of(f"{row.wished} → {row.used}", percent(100 * row.share)):
            drawing.area(_band(first + NODE_WIDTH, last - NODE_WIDTH, *edges), shade, opacity=0.75)
    for side, x, anchor, beside in (("wished", first, "end", -6), ("used", last - NODE_WIDTH, "start", NODE_WIDTH + 6)):
        middles = [nodes[side, name][0] + nodes[side, name][1] / 2 for name in order[side]]
        for name, middle, place in zip(order[side], middles, apart(middles, LABEL - 6), strict=True):
            drawing.bar(x, middle, NODE_WIDTH, nodes[side, name][1], INK)
            label = folded(f"{name} {percent(100 * sums[side][name])}", 17)
            drawing.text(x + beside, place, label, anchor=anchor, size=SMALL)
    return drawing.svg()


def _band(left: float, right: float, start: tuple[float, float], end: tuple[float, float]) -> str:
    """Return the path of a band between two edges, each a top and a thickness."""
    (y0, thick0), (y1, thick1) = start, end
    middle = (left + right) / 2
    return (
        f"M{left} {y0:.1f}C{middle} {y0:.1f} {middle} {y1:.1f} {right} {y1:.1f}"
        f"V{y1 + thick1:.1f}C{middle} {y1 + thick1:.1f} {middle} {y0 + thick0:.1f} {left} {y0 + thick0:.1f}z"
    )

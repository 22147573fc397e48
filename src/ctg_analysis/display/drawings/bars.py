"""Bars: small tables of observations in, drawings out.

The tables come from the chapter with the columns name, level, value, low, high and text (the value as a reader sees
it), in the order to draw.
"""

import math
from collections.abc import Iterable

import pandas as pd

from ctg_analysis.display.drawings.axes import Scale, scale
from ctg_analysis.display.drawings.drawing import Drawing, folded, length
from ctg_analysis.display.drawings.rows import LINE_HEIGHT, Row, rows_of
from ctg_analysis.display.drawings.style import FAINT, INK, OTHERS, PAPER, PARTS, RULE, SMALL, TERRITORY, WIDTH, colour
from ctg_analysis.display.words.quantities import number, percent
from ctg_analysis.display.words.texts import NARROW, NBSP

NAME_WIDTH = 22  # letters of a name before it goes on on a second line
GAP = 7  # between a name, a bar and what is written at its end
BAR, ROW = 15, 27  # heights of a bar, of a row


def comparison(rows: pd.DataFrame) -> str:
    """Return horizontal bars, one per territory, with their interval when there is one.

    A row of level `peers` is no bar: a box from the first to the third quartile of the peers, and a stroke at their
    median.
    """
    rows = rows.assign(least=rows[["value", "low"]].min(axis=1), most=rows[["value", "high"]].max(axis=1))
    each, places = list(rows.itertuples(index=False)), rows_of(rows["name"], NAME_WIDTH, ROW)
    apart = rows["level"].nunique() > 1  # the territory among others; a family is of the territory alone
    left = _room(places, rows["level"].eq("epci") & apart)
    right = max(length(row.text, bold=True) for row in each) + GAP
    x = scale(min(0.0, rows["least"].min()), max(0.0, rows["most"].max()), left, WIDTH - right)
    drawing = Drawing(places[-1].bottom)
    for place, row in zip(places, each, strict=True):
        y = place.y
        own = apart and row.level == "epci"
        with drawing.of(row.name, row.text):
            drawing.text(left - GAP, y, place.name, anchor="end", bold=own)
            if row.level == "peers":
                _quartiles(drawing, row, y, x)
            else:
                drawing.bar(x(0), y, x(row.value) - x(0), BAR, colour(row.level))
                if not math.isnan(row.low):
                    for shade, width in ((PAPER, 3.6), (INK, 1.4)):
                        drawing.line([(x(row.low), y), (x(row.high), y)], shade, width)
            drawing.text(x(max(row.most, 0)) + GAP, y, row.text, bold=own)
    drawing.line([(x(0), 0), (x(0), drawing.height)], RULE)
    return drawing.svg()


def _room(places: list[Row], bold: Iterable[bool]) -> float:
    """The room that the names of rows take, some of them bold."""
    return max(length(place.name, bold=own) for place, own in zip(places, bold, strict=True)) + GAP


def _quartiles(drawing: Drawing, row, y: float, x: Scale) -> None:
    shade = OTHERS["peers"]
    if not math.isnan(row.low):
        drawing.bar(x(row.low), y, x(row.high) - x(row.low), BAR, PAPER, stroke=shade, fill_opacity=0.5)
    drawing.line([(x(row.value), y - BAR / 2 - 2), (x(row.value), y + BAR / 2 + 2)], shade, 3)


def parts(shares: pd.DataFrame, totals: pd.DataFrame) -> str:
    """Return a row per place and a column per part, then their total: bars on one scale, each column from its own zero.

    shares: columns name, part, value, text. totals: columns name, level, value, text.
    """
    labels = [*dict.fromkeys(shares["part"]), "Ensemble"]
    left = max(length(folded(name, 13), bold=True) for name in totals["name"]) + GAP
    across = (WIDTH - left) / len(labels)
    heads = [folded(label, max(7, int(across / 6.3))) for label in labels]
    written = {(row.name, row.part): row for row in shares.itertuples(index=False)}
    written |= {(row.name, "Ensemble"): row for row in totals.itertuples(index=False)}
    room = across - GAP - max(length(row.text, SMALL) for row in written.values()) - 4
    longest = max((row.value for row in written.values() if not math.isnan(row.value)), default=1) or 1
    head = max(label.count("\n") + 1 for label in heads) * LINE_HEIGHT + 6
    rows = rows_of(totals["name"], 13, ROW, top=head)
    drawing = Drawing(rows[-1].bottom)
    for column, label in enumerate(heads):
        x = left + column * across
        lines = label.count("\n") + 1
        drawing.text(x, head - 6 - lines * LINE_HEIGHT / 2, label, size=SMALL, fill=FAINT)
        drawing.line([(x, head), (x, drawing.height)], RULE)
    for place, row in zip(totals.itertuples(index=False), rows, strict=True):
        y = row.y
        drawing.text(left - GAP, y, row.name, anchor="end", bold=getattr(place, "level", "") == "epci")
        for column, label in enumerate(labels):
            cell = written.get((place.name, label))
            value = 0.0 if cell is None or math.isnan(cell.value) else cell.value
            x = left + column * across
            shade = colour(getattr(place, "level", "epci"))
            text = "nd" if cell is None else cell.text
            with drawing.of(f"{place.name}, {label}", text):
                pale = {} if label == "Ensemble" else {"opacity": 0.72}
                drawing.bar(x, y, value / longest * room, BAR, shade, **pale)
                drawing.text(x + value / longest * room + 4, y, text, size=SMALL)
    return drawing.svg()


def balance(shares: pd.DataFrame, totals: pd.DataFrame) -> str:
    """Return, for each period, what raises and what lowers a quantity, and a mark for the sum of both.

    Parts of one sign follow each other from zero; the last one is written at its end, another above its bar.
    """
    periods = list(totals["name"])
    shades = dict(zip(dict.fromkeys(shares["part"]), (PARTS[2], PARTS[0]), strict=True))
    left = max(map(length, periods)) + GAP
    margin = max(map(length, shares["text"])) + GAP
    ends = _stacked(shares)
    values = [*ends["begin"], *ends["end"], *totals["value"]]
    x = scale(min(0.0, *values), max(0.0, *values), left + margin, WIDTH - margin)
    head, row_height = len(shades) * 16 + 22, 40
    drawing = Drawing(head + row_height * len(periods))
    for rank, (label, shade) in enumerate(shades.items()):
        drawing.bar(left, 8 + rank * 16, 11, 11, shade)
        drawing.text(left + 17, 8 + rank * 16, label, size=SMALL)
    _diamond(drawing, left + 5.5, 8 + len(shades) * 16)
    drawing.text(left + 17, 8 + len(shades) * 16, "Ensemble", size=SMALL, bold=True)
    for rank, total in enumerate(totals.itertuples(index=False)):
        y = head + rank * row_height + 14
        drawing.text(left - GAP, y, total.name, anchor="end")
        for row in ends[ends["name"].eq(total.name)].itertuples(index=False):
            with drawing.of(f"{row.part}, {total.name}", row.text):
                drawing.bar(x(row.begin), y, x(row.end) - x(row.begin), BAR, shades[row.part])
                if row.outer:
                    side = 1 if row.value >= 0 else -1
                    drawing.text(x(row.end) + side * 5, y, row.text, anchor="start" if side > 0 else "end", size=SMALL)
                else:
                    middle = (x(row.begin) + x(row.end)) / 2
                    drawing.text(middle, y - BAR / 2 - 6, row.text, anchor="middle", size=SMALL)
        with drawing.of(f"Ensemble, {total.name}", total.text):
            _diamond(drawing, x(total.value), y)
            drawing.text(x(total.value), y + 16, total.text, anchor="middle", bold=True, size=SMALL)
    drawing.line([(x(0), head - 4), (x(0), drawing.height)], INK, 0.8)
    return drawing.svg()


def _stacked(shares: pd.DataFrame) -> pd.DataFrame:
    """Return the parts with where each begins and ends, after those of its sign, and whether none follows it."""
    sides = shares.assign(below=shares["value"].lt(0))
    end = sides.groupby(["name", "below"])["value"].cumsum()
    outer = ~sides.duplicated(["name", "below"], keep="last")
    return shares.assign(begin=end - shares["value"], end=end, outer=outer)


def _diamond(drawing: Drawing, x: float, y: float) -> None:
    drawing.area(f"M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z", PAPER, stroke=INK, stroke_width=1.3)


def pyramid(bands: list[str], territory: pd.DataFrame, outline: pd.DataFrame | None, outline_name: str) -> str:
    """Return an age pyramid in % of the population, men on the left, against the outline of another place.

    territory, outline: index the bands from the youngest, columns men and women, in %.
    """
    reach = max(table.to_numpy().max() for table in (territory, outline) if table is not None)
    left = max(map(length, bands)) + GAP
    middle, half = (left + WIDTH) / 2, (WIDTH - left) / 2
    across = half / (reach * 1.05)
    head, height = 38, 15
    bottom = head + height * len(bands)
    drawing = Drawing(bottom + 20)
    drawing.text(middle - 8, 8, "hommes", anchor="end", font_weight="bold", fill=TERRITORY)
    drawing.text(middle + 8, 8, "femmes", font_weight="bold", fill="#3c7d9b")
    for rank, band in enumerate(bands):
        y = bottom - (rank + 0.5) * height
        drawing.text(left - GAP, y, band, anchor="end", size=SMALL)
        for sex, side, word, shade in (("men", -1, "hommes", TERRITORY), ("women", 1, "femmes", PARTS[1])):
            share = territory[sex].iloc[rank]
            beside = "" if outline is None else f" ({outline_name}{NBSP}: {percent(outline[sex].iloc[rank], 1)})"
            with drawing.of(f"{band}, {word}", f"{percent(share, 1)}{beside}"):
                drawing.bar(middle, y, side * share * across, height - 2, shade)
    if outline is not None:
        shade = OTHERS["departement"]
        drawing.text(middle, 25, f"contour{NBSP}: {outline_name}", anchor="middle", fill="#a8480f", size=SMALL)
        for sex, side in (("men", -1), ("women", 1)):
            edges = [middle + side * share * across for share in outline[sex]]
            steps = [(x, bottom - (rank + up) * height) for rank, x in enumerate(edges) for up in (0, 1)]
            drawing.line([(middle, bottom), *steps, (middle, head)], shade, 1.8)
    step = 1 if reach < 5 else 2
    for share in range(0, int(reach) + 1, step):
        for side in (-1, 1) if share else (1,):
            x = middle + side * share * across
            drawing.text(x, bottom + 11, f"{number(share)}{NARROW}%", anchor="middle", size=SMALL, fill=FAINT)
    return drawing.svg()


def dumbbell(rows: pd.DataFrame, ends: tuple[str, str]) -> str:
    """Return one line per territory between two values of it (women and men, before and now), each written at its end.

    rows: columns name, level, first, second (values), first_text, second_text. ends: what the two are.
    """
    head = 26
    each, places = list(rows.itertuples(index=False)), rows_of(rows["name"], NAME_WIDTH, ROW, top=head)
    left = _room(places, rows["level"].eq("epci"))
    margin = max(length(text) for row in each for text in (row.first_text, row.second_text)) + 2 * GAP
    values = [value for row in each for value in (row.first, row.second)]
    x_of = scale(min(values), max(values), left + margin, WIDTH - margin)
    drawing = Drawing(places[-1].bottom)
    x = left
    for rank, label in enumerate(ends):
        _end(drawing, x + 6, 9, rank, INK)
        drawing.text(x + 16, 9, label, size=SMALL)
        x += 30 + length(label, SMALL)
    for place, row in zip(places, each, strict=True):
        told = (f"{ends[0]} {row.first_text}", f"{ends[1]} {row.second_text}")
        with drawing.of(row.name, f"{NARROW}; ".join(told)):
            drawing.text(left - GAP, place.y, place.name, anchor="end", bold=row.level == "epci")
            _two_ends(drawing, row, place.y, x_of)
    return drawing.svg()


def _two_ends(drawing: Drawing, row, y: float, x_of: Scale) -> None:
    shade = colour(row.level)
    drawing.line([(x_of(row.first), y), (x_of(row.second), y)], shade, 2)
    for rank, value in enumerate((row.first, row.second)):
        _end(drawing, x_of(value), y, rank, shade)
    for value, text, other in ((row.first, row.first_text, row.second), (row.second, row.second_text, row.first)):
        outwards = -1 if value < other or (value == other and text is row.first_text) else 1
        anchor = "end" if outwards < 0 else "start"
        drawing.text(x_of(value) + outwards * 9, y, text, anchor=anchor, size=SMALL)


def _end(drawing: Drawing, x: float, y: float, rank: int, shade: str) -> None:
    """Draw the mark of the first value, a ring, or of the second, a disc: told apart without colours."""
    drawing.circle(x, y, 5, PAPER if rank == 0 else shade, stroke=shade, stroke_width=2)

"""Maps of the communes: circles for counts, shades for rates."""

import math
from contextlib import AbstractContextManager, nullcontext

import pandas as pd

from ctg_analysis.display.drawings.axes import legend_spots
from ctg_analysis.display.drawings.drawing import DOTTED, HATCHED, LINED, Drawing, length
from ctg_analysis.display.drawings.land import Land
from ctg_analysis.display.drawings.map_classes import are_values, classes_of, ranks_of
from ctg_analysis.display.drawings.map_names import write_names
from ctg_analysis.display.drawings.style import DIVERGING, INK, LAND, PAPER, RULE, SEQUENTIAL, SMALL, TERRITORY
from ctg_analysis.display.words.quantities import number
from ctg_analysis.display.words.sentences import rounded_text
from ctg_analysis.display.words.texts import NBSP, SIGN_WORDS, SIGNS
from ctg_analysis.model.indicator import CENSORED, MISSING, Indicator

LARGEST_RADIUS = 24
HIDDEN, ESTIMATED, WHOLE = "non affiché", "estimation lissée", "ensemble du territoire"
SQUARE = 12  # of the legend
UNKNOWN = "#8c8c8c"  # around a commune without a value to shade
FALLS = DIVERGING[:2]
DARK = {*SEQUENTIAL[-2:], DIVERGING[0], DIVERGING[-1]}


def circles(ground: Land, rows: pd.DataFrame) -> str:
    """Return a map with a circle per commune, its area in proportion of the count.

    rows: territory, name, value, status, text, shown (the value may be drawn).
    """
    drawing = Drawing(ground.height)
    _around(drawing, ground)
    told = _told(rows)
    with drawing.group(fill=LAND, stroke=RULE, stroke_width=0.8):
        for territory, path in ground.paths.items():
            with _of(drawing, told, territory):
                drawing.area(path)
    known = rows.loc[rows["shown"] & rows["territory"].isin(ground.points.keys())]
    largest = max(known["value"].max(), 0) or 1
    radii = {
        row.territory: LARGEST_RADIUS * math.sqrt(max(row.value, 0) / largest)
        for row in known.sort_values("value", ascending=False, kind="stable").itertuples(index=False)
    }
    with drawing.group(fill=TERRITORY, fill_opacity=0.6, stroke=PAPER):
        for territory, radius in radii.items():
            with _of(drawing, told, territory):
                drawing.circle(*ground.points[territory], radius)
    valued = write_names(drawing, ground, rows.assign(radius=rows["territory"].map(radii).fillna(0)), by="value")
    if any(radius and territory not in valued for territory, radius in radii.items()):
        _scale(drawing, largest)
    return drawing.svg()


def _scale(drawing: Drawing, largest: float) -> None:
    """Write below a map what a large and a small circle are worth: some have no number beside them."""
    step = 10 ** math.floor(math.log10(largest))
    most = max(step * times for times in (1, 2, 5) if step * times <= largest)
    worth = [value for value in (most, most / 5) if value >= 1]
    radii = [LARGEST_RADIUS * math.sqrt(value / largest) for value in worth]
    y, x = drawing.height + radii[0] + 4, 2.0
    for value, radius in zip(worth, radii, strict=True):
        drawing.circle(x + radius, y, radius, TERRITORY, fill_opacity=0.6, stroke=PAPER)
        drawing.text(x + 2 * radius + 5, y, number(value), size=SMALL)
        x += 2 * radius + length(number(value), SMALL) + 24
    drawing.height = y + radii[0] + 2


def choropleth(
    ground: Land,
    rows: pd.DataFrame,
    indicator: Indicator,
    *,
    diverging: bool,
    together: pd.Series | None = None,
    own: tuple[float, str] | None = None,
) -> str:
    """Return a map shaded in at most five classes; falls are dotted, what has no reliable value is hatched.

    A value that its producer only bounds (« ≤ 5 % ») is white, under its own words; an estimate in the place of a value
    is lined.

    rows: territory, name, value, status, text, inhabitants, shown (the value may be drawn), estimate. together: the
    values of the maps that this one is read with, which then have the same classes. own: the value of the territory and
    its text, marked in the legend.
    """
    known, lined = _to_shade(rows, indicator)
    bounds, labels = classes_of(known, indicator, diverging=diverging, together=together)
    digits = int(any("," in text for text in known["text"]))
    shades = DIVERGING if diverging else _spread(len(labels))
    ranks = ranks_of(known["value"], bounds, digits)
    fills = {territory: shades[rank] for territory, rank in zip(known["territory"], ranks, strict=True)}
    bounded = rows[rows["status"].eq(CENSORED) & rows["territory"].isin(ground.paths.keys())]
    fills |= dict.fromkeys(bounded["territory"], PAPER)
    hidden = set(rows["territory"]) - set(fills)
    words = [(PAPER, text) for text in bounded["text"].unique()] + list(zip(shades, labels, strict=True))
    legend = words + [(LINED, ESTIMATED)] * bool(lined) + [(HATCHED, HIDDEN)] * bool(hidden & set(ground.paths))
    whole = [f"{WHOLE}{NBSP}: {own[1]}"] if own else []
    spots = legend_spots([label for _, label in legend] + whole, SQUARE + 5, 12.0)
    drawing = Drawing(ground.height + spots[-1][1] + 12)
    _around(drawing, ground)
    told = _told(rows) | {
        row.territory: (row.name, f"{row.text} ({ESTIMATED}{NBSP}: {rounded_text(indicator, row.estimate)})")
        for row in rows[rows["territory"].isin(lined)].itertuples(index=False)
    }
    with drawing.group(stroke=PAPER, stroke_width=0.8):
        for territory, path in ground.paths.items():
            fill = HATCHED if territory in hidden else fills.get(territory, LAND)
            with _of(drawing, told, territory):
                if territory in hidden:
                    drawing.area(path, PAPER)
                drawing.area(path, fill, stroke="" if fill in shades else UNKNOWN)
                if fill in FALLS:
                    drawing.area(path, DOTTED)
                if territory in lined:
                    drawing.area(path, LINED)
    dark = {territory for territory, shade in fills.items() if shade in DARK}
    write_names(drawing, ground, rows.assign(radius=0.0), by="inhabitants", dark=dark)
    for (fill, label), (x, y) in zip(legend, spots[: len(legend)], strict=True):
        drawing.bar(x, ground.height + y, SQUARE, SQUARE, fill, stroke=RULE, stroke_width=0.6)
        if fill in FALLS:
            drawing.bar(x, ground.height + y, SQUARE, SQUARE, DOTTED)
        drawing.text(x + SQUARE + 5, ground.height + y, label, size=SMALL)
    if own:
        x, y = spots[-1]
        rank = len(words) - len(labels) + int(ranks_of([own[0]], bounds, int("," in own[1]))[0])
        of_its_class = [] if are_values(labels, known) else [spots[rank]]
        for left, top in [*of_its_class, (x, y)]:
            mark = f"M{left + SQUARE / 2 - 6:.1f} {ground.height + top:.1f}l6 -6l6 6l-6 6z"
            drawing.area(mark, INK, stroke=PAPER, stroke_width=1.4)
        drawing.text(x + SQUARE + 5, ground.height + y, whole[0], size=SMALL)
    return drawing.svg()


def _told(rows: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Return the name and the value of each commune, as a reader who points at it reads them."""
    texts = [SIGN_WORDS.get(text, text) for text in rows["text"]]
    return dict(zip(rows["territory"], zip(rows["name"], texts, strict=True), strict=True))


def _of(drawing: Drawing, told: dict[str, tuple[str, str]], territory: str) -> AbstractContextManager[None]:
    return drawing.of(*told[territory]) if territory in told else nullcontext()


def by_class(ground: Land, rows: pd.DataFrame, order: list[str]) -> str:
    """Return a map of classes, each in a shade, the first of their order the darkest.

    rows: territory, name, class (missing where it is not known), inhabitants (the largest are named first).
    """
    classes = rows.dropna(subset="class").set_index("territory")["class"]
    shades = dict(zip(order, _spread(len(order))[::-1], strict=True))
    spots = legend_spots(order, SQUARE + 5, 12.0)
    drawing = Drawing(ground.height + spots[-1][1] + 12)
    _around(drawing, ground)
    told = _told(rows.assign(text=rows["class"].fillna(SIGNS[MISSING])))
    with drawing.group(stroke=PAPER, stroke_width=0.8):
        for territory, path in ground.paths.items():
            shade = shades.get(classes.get(territory, ""), HATCHED)
            with _of(drawing, told, territory):
                drawing.area(path, shade, stroke="" if territory in classes else UNKNOWN)
    dark = {territory for territory, name in classes.items() if order.index(name) < len(order) / 2}
    write_names(drawing, ground, rows.assign(radius=0.0), by="inhabitants", dark=dark)
    for name, (x, y) in zip(order, spots, strict=True):
        drawing.bar(x, ground.height + y, SQUARE, SQUARE, shades[name], stroke=RULE, stroke_width=0.6)
        drawing.text(x + SQUARE + 5, ground.height + y, name, size=SMALL)
    return drawing.svg()


def _to_shade(rows: pd.DataFrame, indicator: Indicator) -> tuple[pd.DataFrame, set[str]]:
    """Return the values to shade (territory, value, text), and the communes whose value is an estimate."""
    shown = rows.loc[rows["shown"], ["territory", "value", "text"]]
    estimated = rows[rows["estimate"].notna()] if "estimate" in rows else rows[:0]
    if estimated.empty:
        return shown, set()
    words = [rounded_text(indicator, value) for value in estimated["estimate"]]
    values = estimated.assign(value=estimated["estimate"], text=words)[list(shown)]
    return pd.concat([shown, values]), set(estimated["territory"])


def _spread(classes: int) -> list[str]:
    """Return so many shades, as far from each other as they may be; beyond those of the palette, some between."""
    if classes > len(SEQUENTIAL):
        return [_between(rank * (len(SEQUENTIAL) - 1) / (classes - 1)) for rank in range(classes)]
    last = len(SEQUENTIAL) - 1 if classes > 2 else len(SEQUENTIAL) - 2
    return [SEQUENTIAL[round(rank * last / max(classes - 1, 1))] for rank in range(classes)]


def _between(place: float) -> str:
    """Return the shade at a place between two of the palette."""
    first = min(int(place), len(SEQUENTIAL) - 2)
    ends = [[int(SEQUENTIAL[rank][at : at + 2], 16) for at in (1, 3, 5)] for rank in (first, first + 1)]
    mixed = [round(one + (other - one) * (place - first)) for one, other in zip(*ends, strict=True)]
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _around(drawing: Drawing, ground: Land) -> None:
    if ground.around:
        drawing.area(ground.around, "none", stroke="#d5d1c6", stroke_width=0.8)

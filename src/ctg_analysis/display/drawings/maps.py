"""Maps of the communes: circles for counts, shades for rates."""

import math
from itertools import pairwise

import numpy as np
import pandas as pd

from ctg_analysis.core.model import CENSORED, Indicator
from ctg_analysis.display.drawings.axes import legend_spots
from ctg_analysis.display.drawings.drawing import DOTTED, HATCHED, LINED, Drawing, length
from ctg_analysis.display.drawings.land import Land
from ctg_analysis.display.drawings.style import DIVERGING, LAND, LINE, PAPER, RULE, SEQUENTIAL, SMALL, TERRITORY, WIDTH
from ctg_analysis.display.words.quantities import number
from ctg_analysis.display.words.sentences import rounded_text
from ctg_analysis.display.words.texts import NARROW

NAMED_UP_TO = 24  # communes; beyond, only the largest are named
CLASSES = 5
LARGEST_RADIUS = 24
LETTERS, ON_A_PHONE = 10.5, 11.5  # the size of names; on a phone (style.css), where they must still find room
CLEAR = 2  # units between a name and the disc of another commune
HIDDEN, ESTIMATED = "non affiché", "estimation lissée"
SQUARE = 12  # of the legend
FALLS = DIVERGING[:2]
DARK = {*SEQUENTIAL[-2:], DIVERGING[0], DIVERGING[-1]}


def circles(ground: Land, rows: pd.DataFrame) -> str:
    """Return a map with a circle per commune, its area in proportion of the count.

    rows: territory, name, value, status, text, shown (the value may be drawn).
    """
    drawing = Drawing(ground.height)
    _around(drawing, ground)
    for path in ground.paths.values():
        drawing.area(path, LAND, stroke=RULE, stroke_width=0.8)
    known = rows.loc[rows["shown"] & rows["territory"].isin(ground.points.keys())]
    largest = max(known["value"].max(), 0) or 1
    radii = {
        row.territory: LARGEST_RADIUS * math.sqrt(max(row.value, 0) / largest)
        for row in known.sort_values("value", ascending=False, kind="stable").itertuples(index=False)
    }
    for territory, radius in radii.items():
        drawing.circle(*ground.points[territory], radius, TERRITORY, fill_opacity=0.6, stroke=PAPER)
    valued = _names(drawing, ground, rows.assign(radius=rows["territory"].map(radii).fillna(0)), by="value")
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
    ground: Land, rows: pd.DataFrame, indicator: Indicator, *, diverging: bool, together: pd.Series | None = None
) -> str:
    """Return a map shaded in at most five classes; falls are dotted, what has no reliable value is hatched.

    A value that its producer only bounds (« ≤ 5 % ») is white, under its own words; an estimate in the place of a value
    is lined.

    rows: territory, name, value, status, text, inhabitants, shown (the value may be drawn), estimate. together: the
    values of the maps that this one is read with, which then have the same classes.
    """
    known, lined = _to_shade(rows, indicator)
    breaks, labels = _classes(known, indicator, diverging=diverging, together=together)
    shades = DIVERGING if diverging else _spread(len(breaks) - 1)
    ranks = np.clip(np.searchsorted(breaks, known["value"], side="right") - 1, 0, len(shades) - 1)
    fills = {territory: shades[rank] for territory, rank in zip(known["territory"], ranks, strict=True)}
    bounded = rows[rows["status"].eq(CENSORED) & rows["territory"].isin(ground.paths.keys())]
    fills |= dict.fromkeys(bounded["territory"], PAPER)
    hidden = set(rows["territory"]) - set(fills)
    words = [(PAPER, text) for text in bounded["text"].unique()] + list(zip(shades, labels, strict=True))
    legend = words + [(LINED, ESTIMATED)] * bool(lined) + [(HATCHED, HIDDEN)] * bool(hidden & set(ground.paths))
    spots = legend_spots([label for _, label in legend], SQUARE + 5, 12.0)
    drawing = Drawing(ground.height + spots[-1][1] + 12)
    _around(drawing, ground)
    for territory, path in ground.paths.items():
        if territory in hidden:
            drawing.area(path, PAPER, stroke="#8c8c8c", stroke_width=0.8)
        fill = HATCHED if territory in hidden else fills.get(territory, LAND)
        drawing.area(path, fill, stroke=PAPER if fill in shades else "#8c8c8c", stroke_width=0.8)
        if fill in FALLS:
            drawing.area(path, DOTTED)
        if territory in lined:
            drawing.area(path, LINED)
    dark = {territory for territory, shade in fills.items() if shade in DARK}
    _names(drawing, ground, rows.assign(radius=0.0), by="inhabitants", dark=dark)
    for (fill, label), (x, y) in zip(legend, spots, strict=True):
        drawing.bar(x, ground.height + y, SQUARE, SQUARE, fill, stroke=RULE, stroke_width=0.6)
        if fill in FALLS:
            drawing.bar(x, ground.height + y, SQUARE, SQUARE, DOTTED)
        drawing.text(x + SQUARE + 5, ground.height + y, label, size=SMALL)
    return drawing.svg()


def by_class(ground: Land, rows: pd.DataFrame, order: list[str]) -> str:
    """Return a map of classes, each in a shade, the first of their order the darkest.

    rows: territory, name, class (missing where it is not known), inhabitants (the largest are named first).
    """
    classes = rows.dropna(subset="class").set_index("territory")["class"]
    shades = dict(zip(order, _spread(len(order))[::-1], strict=True))
    spots = legend_spots(order, SQUARE + 5, 12.0)
    drawing = Drawing(ground.height + spots[-1][1] + 12)
    _around(drawing, ground)
    for territory, path in ground.paths.items():
        shade = shades.get(classes.get(territory, ""), HATCHED)
        drawing.area(path, shade, stroke=PAPER if territory in classes else "#8c8c8c", stroke_width=0.8)
    dark = {territory for territory, name in classes.items() if order.index(name) < len(order) / 2}
    _names(drawing, ground, rows.assign(radius=0.0), by="inhabitants", dark=dark)
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


def _names(drawing: Drawing, ground: Land, rows: pd.DataFrame, *, by: str, dark: set[str] = frozenset()) -> set[str]:
    """Write the names that find room, those of the largest communes first; the table below the map has them all.

    No name comes upon the circle of another commune, nor nearer to it than to its own.

    by: the column that says which are large; « value » when a circle shows it, and is then written too. dark: the
    communes that are shaded so dark that their names are written in white. Returns the communes whose value is written.
    """
    placed = rows[rows["territory"].isin(ground.points.keys())]
    order = placed.sort_values([by, "territory"], ascending=[False, True])
    discs = [(*ground.points[row.territory], row.radius) for row in order.itertuples(index=False) if row.radius]
    if len(order) > NAMED_UP_TO:
        order = order.head(8)
    taken, spots, valued = [], [], set()
    for row in order.itertuples(index=False):
        for words in [f"{row.name}\n{row.text}", row.name] if by == "value" else [row.name]:
            spot = _free(words, ground.points[row.territory], row.radius, taken, discs, ground.height)
            if spot:
                taken.append(spot[2])
                spots.append((row.territory in dark, words, *spot[:2]))
                valued |= {row.territory} if "\n" in words else set()
                break
    for on_dark in (False, True):
        ink = {"fill": PAPER} if on_dark else {}
        with drawing.halo(SEQUENTIAL[-1] if on_dark else PAPER):
            for is_dark, words, x, y in spots:
                if is_dark == on_dark:
                    drawing.text(x, y, words, anchor="middle", size=LETTERS, **ink)
    return valued


def _free(words: str, point: tuple[float, float], radius: float, taken: list, discs: list, height: float):
    """Return where words may stand near a disc (below, above, beside it) or on a point, and the box that they take."""
    x, y = point
    across, down = length(words, ON_A_PHONE), ON_A_PHONE * LINE * (words.count("\n") + 1)
    under, aside = radius + CLEAR + down / 2, radius + CLEAR + across / 2
    places = [(x, y + under), (x, y - under)]
    places += [(x + aside, y), (x - aside, y)] if radius else []
    places += [(x + side * across / 3, y + low * under) for low in (1, -1) for side in (1, -1)] if radius else []
    corners = [(x + right * aside, y + low * (radius + down / 2)) for low in (1, -1) for right in (1, -1)]
    places += corners if radius else []
    for left, top in places if radius else [(x, y), *places]:
        left = min(max(left, across / 2), WIDTH - across / 2)
        box = (left - across / 2, top - down / 2, left + across / 2, top + down / 2)
        own = _gap(box, (x, y, radius)) if radius else CLEAR
        near = [_gap(box, disc) for disc in discs if disc != (x, y, radius)]
        apart = own > CLEAR / 2 and all(gap > own for gap in near)
        clear = apart and not any(_overlap(box, other) for other in taken)
        if box[1] >= 0 and box[3] <= height and clear:
            return left, top, box
    return None


def _gap(box: tuple[float, float, float, float], disc: tuple[float, float, float]) -> float:
    """Return how far a box is from a disc, below zero when it comes upon it."""
    x, y, radius = disc
    across, down = max(box[0] - x, x - box[2], 0), max(box[1] - y, y - box[3], 0)
    return math.hypot(across, down) - radius


def _overlap(box: tuple, other: tuple) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def _classes(
    known: pd.DataFrame, indicator: Indicator, *, diverging: bool, together: pd.Series | None
) -> tuple[list[float], list[str]]:
    """Return the bounds of the classes of a map, and their words: one or two values are each a class by themselves."""
    written = known.sort_values("value", kind="stable").drop_duplicates("value")
    if len(written) in (1, 2) and together is None and not diverging:
        low, high = written["value"].iloc[0], written["value"].iloc[-1]
        texts_of = list(written["text"])
        if len({"," in text for text in texts_of}) > 1:
            texts_of = [rounded_text(indicator, value) for value in written["value"]]
        return [low, *([(low + high) / 2] if len(written) == 2 else []), high], texts_of
    digits = int(known["text"].str.contains(",").all())
    breaks = class_breaks(known["value"] if together is None else together, diverging=diverging, digits=digits)
    decimals = 0 if all(float(edge).is_integer() for edge in breaks) else 1
    return breaks, [class_text(indicator, *ends, decimals, signed=diverging) for ends in pairwise(breaks)]


def class_breaks(values: pd.Series, *, diverging: bool, digits: int = 1) -> list[float]:
    """Return the bounds of at most five classes, on round numbers: quantiles, or steps around zero.

    digits: decimals that the values are written with, 0 or 1; no class is narrower than what they tell apart.
    """
    if values.empty:
        return [0.0, 1.0]
    if diverging:
        reach = max(np.ceil(values.abs().max()), 1.0)
        return [-reach, -reach / 2, -reach / 10, reach / 10, reach / 2, reach]
    digits = 0 if values.max() - values.min() > 10 else digits
    edges = np.quantile(values, np.linspace(0, 1, CLASSES + 1))
    edges[0], edges[-1] = np.floor(edges[0]), np.ceil(edges[-1])
    distinct = _apart(sorted(set(np.round(edges, digits))), 0.2 if digits else 1)
    return distinct if len(distinct) > 1 else [distinct[0], distinct[0] + 1]


def _apart(edges: list[float], gap: float) -> list[float]:
    """Return bounds that are at least a gap from each other, the first and the last among them."""
    kept = edges[:1]
    for edge in edges[1:-1]:
        if edge - kept[-1] >= gap and edges[-1] - edge >= gap:
            kept.append(edge)
    return [*kept, *edges[1:][-1:]]


def class_text(indicator: Indicator, low: float, high: float, decimals: int, *, signed: bool) -> str:
    """Return the words of a class: « 21 à 25 % »."""
    sign = f"{NARROW}%" if indicator.unit.startswith("%") else ""
    return f"{number(low, decimals, signed=signed)} à {number(high, decimals, signed=signed)}{sign}"

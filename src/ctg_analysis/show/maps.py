"""Maps by geopandas: the communes with their contours and their observations in, the Axes of matplotlib out.

`land` is that of a chapter: the communes of the EPCI and those around it, columns territory, name, own (whether it is
of the EPCI), epci, epci_name, population, geometry. `rows` are those of `chapter.data`, of one indicator: the communes
are drawn at their latest period. A column `beside` of `land` is told of each commune after its value. The Axes are in
metres, as `land` is: `GeoDataFrame.plot(ax=ax)` draws more on them.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from textwrap import wrap

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from lxml import etree
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from statsmodels.stats.proportion import proportion_confint

from ctg_analysis.display import drawing, sentences
from ctg_analysis.display.drawing import INK, LINE, PAPER, SMALL, TERRITORY, WIDTH, length
from ctg_analysis.display.quantities import number, percent
from ctg_analysis.display.sentences import is_change, rounded_text
from ctg_analysis.display.texts import NARROW, NBSP, SIGN_WORDS, SIGNS, typography
from ctg_analysis.indicators.comparisons import latest_period, weight_in_tests
from ctg_analysis.indicators.uncertainty import smoothed_shares
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import CENSORED, MISSING, OK, Indicator, is_proportion
from ctg_analysis.model.norms import norm
from ctg_analysis.model.source import SOURCES, SURVEY
from ctg_analysis.show.layout import write
from ctg_analysis.show.svg import NS, svg, told
from ctg_analysis.show.theme import PIXEL

LEAST, TALLEST, MARGIN = 200, 340, 22  # pixels: the height of a map, what is seen around the territory
FINEST = 2.2  # pixels: what is smaller is left out of a contour
SITE, SEVERAL = 3.5, 100  # pixels: the point of a school, a service; smaller where there are more
RADIUS, FULL = 24, 8  # pixels: of the largest circle, where it counts so many or more
NAMED_UP_TO, ELSE_NAMED = 24, 12  # communes; beyond, only so many are named, the largest
IN_TITLE = 2  # communes that the title of a map of circles names: the largest
CLEAR = 2  # pixels between a name and a circle
LARGE_TOWN, TOWNS = 2_000, 4  # inhabitants of a town that is named around the territory; how many of them at most
OF_A_LINE = 16  # letters of the name of an EPCI
UNKNOWN = "#8c8c8c"  # the border of a commune without a value to shade
LOCATOR, LARGE, APART = 440, 21, 60  # pixels: the height of a locator at most, its letters, between two of its towns
HIDDEN, ESTIMATED, WHOLE = "non affiché", "estimation lissée", "ensemble du territoire"
FALL = "baisse"  # with lines too: without colours they would be taken for rises
HATCHES = {HIDDEN: "///", ESTIMATED: "--", FALL: "\\\\\\"}
CLASSES, FEWEST = 5, 3  # classes at most; values that are a class each
ROW, SQUARE, FOOT = 7, 12, 4  # pixels of a legend: between two rows, its squares, under the last row
GROUND, NAMES = "sol-du-territoire", "villes-du-territoire"  # ids of what the first small map draws, the others show


def generalised(land: GeoDataFrame) -> GeoDataFrame:
    """The same communes with contours no finer than a map shows; a commune without a contour has none."""
    unit = _unit(land[land["own"]].total_bounds, TALLEST, MARGIN)
    simple = land.geometry.dropna().simplify_coverage(FINEST * unit)
    return land.set_geometry(simple.reindex(land.index))


def at_one_date(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The communes at their latest period, with what may be drawn of them (`with_estimates`); the EPCI then."""
    communes = rows[rows["level"].eq("commune")]
    then = rows[rows["period"].eq(latest_period(communes) or communes["period"].max())]
    communes = then[then["level"].eq("commune")]
    if "shown" not in communes:
        if communes.empty:
            raise UserError("maps: no row of a commune: expected those of chapter.data, the communes among them")
        communes = with_estimates(CATALOGUE[communes["indicator"].iloc[0]], communes)
    return communes, then[then["level"].eq("epci")]


def counts(land: GeoDataFrame, rows: pd.DataFrame, sites: GeoDataFrame | None = None) -> Axes:
    """A circle for each commune, its area in proportion of the count, the count below its name where there is room.

    What has no number that may be shown is hatched. sites: points that are drawn above, columns told, kind, geometry.
    """
    rows, _ = at_one_date(rows)
    drawn = rows["value"].where(rows["shown"]).clip(lower=0).fillna(0)
    most = drawn.max() or 1
    radius = RADIUS * (drawn / max(most, FULL)) ** 0.5
    circles = rows.assign(radius=radius)[drawn.gt(0)].sort_values("radius", ascending=False, kind="stable")
    half = (circles["radius"] - radius.max() / 2).abs().argsort(kind="stable")[:1]  # the nearest to half the largest
    two = pd.concat([circles[:1], circles.iloc[half]]).drop_duplicates("radius")
    legend = [(_mark("o", 2 * row.radius, TERRITORY, alpha=0.6), row.text) for row in two.itertuples()]
    legend += [(_swatch(PAPER, HIDDEN), HIDDEN)] * (not rows["shown"].all())
    rows = rows.assign(
        radius=radius,
        words=[[f"{row.name}\n{row.text}"] * (row.value != 0) + [row.name] for row in rows.itertuples(index=False)],
        shade=np.where(rows["shown"], drawing.BAND, PAPER),
        hatch=np.where(rows["shown"], "", HIDDEN),
    )
    return _map(land, rows, legend, sites, largest="value", color=TERRITORY, alpha=0.6)


def rates(land: GeoDataFrame, rows: pd.DataFrame, sites: GeoDataFrame | None = None) -> Axes:
    """The communes shaded in at most five classes, of which a norm of the indicator is a bound; the EPCI in the legend.

    Falls are striped; what has no value that may be shown is hatched; an estimate in the place of a value has thin
    lines; a value that its producer only bounds (« ≤ 5 % ») is white, under its own words. sites: as in `counts`.
    """
    rows, own = at_one_date(rows)
    indicator = CATALOGUE[rows["indicator"].iloc[0]]
    estimated = rows["estimate"].notna()
    known = rows[rows["shown"] | estimated]
    written = [
        rounded_text(indicator, estimate) if pd.notna(estimate) else text
        for estimate, text in zip(known["estimate"], known["text"], strict=True)
    ]
    known = known.assign(value=known["estimate"].fillna(known["value"]), text=written)
    bounds, labels = classes_of(known, indicator)
    shades = drawing.DIVERGING if is_change(indicator) else _spread(len(labels))
    shades = shades[::-1] if indicator.norm else shades  # what is under it is what a reader must see
    ranks = ranks_of(known["value"], bounds, int(any("," in text for text in written)))
    bounded = rows["status"].eq(CENSORED) & ~rows["shown"] & ~estimated
    rows = rows.assign(
        shade=pd.Series([shades[rank] for rank in ranks], known.index).reindex(rows.index).fillna(PAPER),
        hatch=np.select([estimated, ~rows["shown"] & ~bounded], [ESTIMATED, HIDDEN], ""),
        text=rows["text"].where(~estimated, rows["text"] + f" ({ESTIMATED}{NBSP}: " + known["text"] + ")"),
    )
    rows.loc[rows["shade"].isin(drawing.FALLS) & rows["hatch"].eq(""), "hatch"] = FALL
    legend = [(_swatch(PAPER), words) for words in rows.loc[bounded, "text"].unique()]
    shaded = zip(shades, labels, strict=True)
    legend += [(_swatch(shade, FALL * (shade in drawing.FALLS)), words) for shade, words in shaded]
    legend += [(_swatch(PAPER, what), what) for what in (ESTIMATED, HIDDEN) if rows["hatch"].eq(what).any()]
    if own["value"].notna().any():
        legend.append((_mark("D", 8.5, INK), f"{WHOLE}{NBSP}: {own['text'].iloc[-1]}"))
    return _map(land, rows, legend, sites)


def locator(communes: GeoDataFrame) -> Axes:
    """An EPCI among those of its départements, and the towns by which a reader finds it: the texts of the Axes.

    communes: of all these EPCIs, columns name, own (of the EPCI), epci, departement, inside (of one of its own),
    population, geometry.
    """
    communes = communes.set_geometry(communes.simplify_coverage(_unit(communes.total_bounds, LOCATOR, 6) * 1.5))
    ax = _axes(*frame(communes.total_bounds, 0, LOCATOR, 6))
    epcis = communes.dissolve("epci", aggfunc={"own": "first"})
    epcis[~epcis["own"]].plot(ax=ax, color=drawing.LAND, edgecolor=drawing.RULE, linewidth=0.8)
    epcis[epcis["own"]].plot(ax=ax, color=drawing.SEQUENTIAL[2], edgecolor=TERRITORY, linewidth=1.8)
    inside = communes[communes["inside"]]
    inside.dissolve("departement").plot(ax=ax, color="none", edgecolor=INK, linewidth=1.4)
    _write_towns(ax, inside)
    return ax


def small_maps(land: GeoDataFrame) -> dict[str, str]:
    """The SVG of the map of each commune in its territory, by code; the first draws the ground that the others show."""
    communes = land[land["own"] & land.geometry.notna()]
    ax = _axes(*frame(communes.total_bounds, 0))
    communes.plot(ax=ax, color=drawing.LAND, edgecolor=drawing.RULE, linewidth=1)
    ax.collections[-1].set_urls(list(communes["territory"]))
    _write_towns(ax, communes)
    drawn = etree.fromstring(svg(ax.figure))
    shapes = {}
    for group in drawn:
        if (title := group.find(f"{NS}title")) is not None:
            shapes[title.text] = group.find(f"{NS}path").get("d")
            group.remove(title)
    names = [group for group in drawn if group.get("paint-order")]
    parts = {GROUND: [group for group in drawn if group not in names], NAMES: names}
    width, height = (float(drawn.get(side)) for side in ("width", "height"))
    maps = {}
    for code, shape in shapes.items():
        below, above = (
            f'<use href="#{name}"/>' if maps else f'<g id="{name}">{_written(groups)}</g>'
            for name, groups in parts.items()
        )
        maps[code] = drawing.element(f'{below}<path d="{shape}" fill="{TERRITORY}"/>{above}', width, height)
    return maps


def _written(groups: Iterable[etree._Element]) -> str:
    return "".join(etree.tostring(one, encoding="unicode") for one in groups).replace(f' xmlns="{NS[1:-1]}"', "")


def frame(
    bounds: Sequence[float], least: float = LEAST, tallest: float = TALLEST, margin: float = MARGIN
) -> tuple[float, float, float, float]:
    """The bounds of the map that has these bounds in its middle: west, south, east and north, in metres.

    >>> frame((0, 0, 396_000, 100_000))
    (-22000.0, -50000.0, 418000.0, 150000.0)
    """
    west, south, east, north = map(float, bounds)
    unit = _unit(bounds, tallest, margin)
    aside, above = WIDTH * unit / 2, max(least * unit, north - south + 2 * margin * unit) / 2
    across, up = (west + east) / 2, (south + north) / 2
    return across - aside, up - above, across + aside, up + above


def _unit(bounds: Sequence[float], tallest: float, margin: float) -> float:
    """The metres of a pixel of such a map."""
    west, south, east, north = bounds
    return max((east - west) / (WIDTH - 2 * margin), (north - south) / (tallest - 2 * margin))


def _axes(west: float, south: float, east: float, north: float) -> Axes:
    high = WIDTH * (north - south) / (east - west)
    ax = pyplot.figure(figsize=(WIDTH * PIXEL, high * PIXEL)).add_axes((0, 0, 1, 1))
    ax.set(xlim=(west, east), ylim=(south, north))
    ax.set_axis_off()
    return ax


def _map(
    land: GeoDataFrame,
    rows: pd.DataFrame,
    legend: list[tuple],
    sites: GeoDataFrame | None = None,
    *,
    largest: str = "population",
    **points: object,
) -> Axes:
    """The land around, the communes in their `shade` under their `hatch`, their circles, names and a legend.

    rows: columns territory, text, shade, hatch; radius, words: where there are some.
    legend: marks and their words. largest: the column that says which are named first. points: how they are drawn.
    """
    communes = _drawn_communes(land, rows)
    around = land[~land["own"] & land["name"].notna()]
    ax = _axes(*frame(communes.total_bounds))
    epcis = _epcis_around(around, ax)
    if len(epcis):
        epcis.plot(ax=ax, color=drawing.AROUND, edgecolor=PAPER, linewidth=1.2)
    _shade(ax, communes)
    ground = communes.union_all()
    GeoSeries([ground]).plot(ax=ax, color="none", edgecolor=INK, linewidth=1.3)
    communes = communes.sort_values([largest, "population"], ascending=False, kind="stable")
    marked = communes[communes["radius"].gt(0)]
    if len(marked):
        sizes = (2 * marked["radius"]) ** 2
        x, y = marked["point"].x, marked["point"].y
        ax.scatter(x, y, sizes, edgecolors=PAPER, linewidths=1, urls=list(marked["told"]), **points)
    if sites is not None and len(sites):
        x, y = sites.geometry.x, sites.geometry.y
        size = SITE if len(sites) <= SEVERAL else SITE / 1.5
        ax.scatter(x, y, size**2, color=INK, linewidths=0, urls=[typography(one) for one in sites["told"]])
        legend = [*legend, (_mark("o", SITE, INK, markeredgewidth=0), ", ".join(sites["kind"].unique()))]
    _write_names(ax, communes, ground, [*_towns(ax, around), *_names_of(epcis)])
    _legend(ax, legend)
    return ax


def _drawn_communes(land: GeoDataFrame, rows: pd.DataFrame) -> GeoDataFrame:
    """The communes of a map, with what is drawn, written and told of each. land, rows: see `_map`.

    Columns: those of land; text, shade, hatch; told; radius, point, words: of a circle and a name.
    """
    communes = land[land["own"] & land.geometry.notna()]
    rows = rows[rows.columns.difference(land.columns.drop("territory"))]
    communes = communes.merge(rows, on="territory", how="left", validate="1:1")
    communes = communes.fillna({"text": SIGNS[MISSING], "shade": drawing.LAND, "hatch": ""})
    pairs = zip(communes["name"], communes["text"], strict=True)
    communes["told"] = [told(name, SIGN_WORDS.get(text, text)) for name, text in pairs]
    if "beside" in communes:
        communes["told"] += communes["beside"]
    return communes.assign(
        point=communes.representative_point(),
        radius=communes["radius"] if "radius" in rows else 0.0,
        words=communes["words"] if "words" in rows else [[name] for name in communes["name"]],
    )


def _epcis_around(around: GeoDataFrame, ax: Axes) -> GeoSeries:
    """The shapes of the EPCIs around, by name, as far as the axes go. around: their communes."""
    shapes = around.groupby("epci_name", dropna=False)["geometry"]
    epcis = GeoSeries(shapes.agg(lambda several: several.union_all()), crs=around.crs)
    epcis = epcis.clip_by_rect(*ax.viewLim.extents)
    return epcis[~epcis.is_empty]


def _shade(ax: Axes, communes: GeoDataFrame) -> None:
    """Draw communes in their `shade` under their `hatch`, each with what is `told` of it."""
    for hatch, some in communes.groupby("hatch"):
        edges = [UNKNOWN if shade == PAPER else PAPER for shade in some["shade"]]
        lines = {}
        if hatch:
            colours = [_line(hatch, shade) for shade in some["shade"]]
            lines = {"hatch": HATCHES[hatch], "hatchcolor": colours}
        some.plot(ax=ax, color=list(some["shade"]), edgecolor=edges, linewidth=0.8, **lines)
        ax.collections[-1].set_urls(list(some["told"]))  # geopandas takes a list of one for a value


def _line(hatch: str, shade: str) -> str:
    """The colour of the lines of a hatch over a shade."""
    is_dark = np.dot(to_rgb(shade), (0.3, 0.59, 0.11)) < 0.5
    return UNKNOWN if hatch == HIDDEN else PAPER if is_dark or hatch == FALL else INK


def _swatch(shade: str, hatch: str = "") -> Patch:
    lines = {"hatch": HATCHES[hatch], "hatchcolor": _line(hatch, shade)} if hatch else {}
    return Patch(facecolor=shade, edgecolor=drawing.RULE, linewidth=0.6, **lines)


def _mark(shape: str, size: float, shade: str, **more: float) -> Line2D:
    return Line2D([], [], linestyle="none", marker=shape, markersize=size, color=shade, markeredgecolor=PAPER, **more)


def _legend(ax: Axes, legend: list[tuple]) -> None:
    """Write a legend below a map, which grows by it: as many marks and words in a row as there is room for."""
    side = max([SQUARE, *[mark.get_markersize() for mark, _ in legend if isinstance(mark, Line2D)]])
    rows, end = [], math.inf
    for mark, words in legend:
        across = side + 5 + length(typography(words), SMALL) + 12
        if end + across > WIDTH + 12:
            rows, end = [*rows, []], 0.0
        rows[-1].append((mark, typography(words)))
        end += across
    figure, each, raised = ax.figure, side + ROW, 0.175 * (side - 0.7 * SMALL)  # by matplotlib, of a mark
    room = len(rows) * each + FOOT
    high = figure.get_figheight() / PIXEL + room
    ax.set_position((0, room / high, 1, 1 - room / high))
    figure.set_figheight(high * PIXEL)
    for rank, row in enumerate(rows):
        figure.legend(
            *zip(*row, strict=True),
            ncols=len(row),
            loc="upper left",
            bbox_to_anchor=(-ROW / WIDTH, (room - rank * each - raised) / high),
            borderpad=0,
            borderaxespad=ROW / SMALL,
            handlelength=side / SMALL,
            handleheight=side / SMALL,
            handletextpad=5 / SMALL,
            columnspacing=12 / SMALL,
        )


def _write_names(ax: Axes, communes: GeoDataFrame, ground: shapely.Geometry, around: list[tuple]) -> None:
    """Write the names that find room, the first first; the table below a map has them all.

    No name comes upon a circle, nor nearer to that of another commune than to its own, but those of the title.

    communes: columns point, shade, radius, words (what may be written of each, the longest first). ground: all of them.
    around: of what is outside, its words, its place, and whether it is a town.
    """
    points = shapely.transform(communes["point"].array, ax.transData.transform)
    circled = communes["radius"].gt(0).to_numpy()
    gap, taken = _gap(points[circled], communes["radius"][circled]), []
    named = NAMED_UP_TO if len(communes) <= NAMED_UP_TO else ELSE_NAMED
    for rank, (row, point) in enumerate(list(zip(communes.itertuples(index=False), points, strict=True))[:named]):
        tries = [(words, gap) for words in row.words]
        if rank < IN_TITLE:
            tries += [(words, lambda _: math.inf) for words in row.words]
        for words, far in tries:
            if box := _free(ax, words, point, row.radius, far, taken):
                _name(ax, words, box, url=PAPER)
                taken.append(box)
                break
    taken.append(shapely.transform(ground, ax.transData.transform).buffer(3))
    for words, place, is_town in around:
        if box := _free(ax, words, shapely.transform(place, ax.transData.transform), 1.6 * is_town, gap, taken):
            ax.plot(*place.coords[0], "o", color=drawing.FAINT, markersize=3.2 * is_town)
            _name(ax, words, box, color=drawing.FAINT, url=drawing.AROUND)
            taken.append(box)


def _towns(ax: Axes, around: GeoDataFrame) -> Iterator[tuple[str, shapely.Point, bool]]:
    """The main towns around a territory that are on its map, the largest first."""
    large = around[around["population"].ge(LARGE_TOWN)].sort_values(["population", "name"], ascending=[False, True])
    points = large.representative_point()
    seen = points.within(shapely.box(*ax.viewLim.extents))
    for name, point in list(zip(large["name"][seen], points[seen], strict=True))[:TOWNS]:
        yield typography(name), point, True


def _names_of(epcis: GeoSeries) -> Iterator[tuple[str, shapely.Point, bool]]:
    """The names of EPCIs in the middle of what is seen of them, the widest seen first."""
    for name, shape in sorted(epcis[epcis.index.notna()].items(), key=lambda one: (-one[1].area, one[0])):
        lines = wrap(typography(name), OF_A_LINE, break_on_hyphens=False, break_long_words=False)
        widest = max(shapely.get_parts(shape), key=shapely.area)
        middle = shapely.maximum_inscribed_circle(widest, math.sqrt(widest.area) / 50)
        yield "\n".join(lines), shapely.get_point(middle, 0), False


def _write_towns(ax: Axes, communes: GeoDataFrame) -> None:
    """The largest communes as towns, those whose names find room, far enough from each other."""
    largest = communes.dropna(subset="population").sort_values("population", ascending=False, kind="stable")
    taken, towns = [], []
    for name, point in zip(largest["name"], largest.representative_point(), strict=True):
        pixel = shapely.transform(point, ax.transData.transform)
        apart = not shapely.dwithin(pixel, towns, APART).any() and not shapely.dwithin(pixel, taken, CLEAR).any()
        if apart and (box := _free(ax, name, pixel, 4, _gap([], []), [*taken, *towns], size=LARGE)):
            _name(ax, name, box, size=LARGE, url=PAPER)
            ax.plot(point.x, point.y, "o", color=INK, markersize=8, markeredgecolor=PAPER, markeredgewidth=1.5)
            taken, towns = [*taken, box], [*towns, pixel]
        if len(towns) == TOWNS:
            return


def _gap(points: Iterable[shapely.Point], radii: Iterable[float]) -> Callable[[shapely.Polygon], float]:
    """What tells how far a box is from the nearest circle, below zero when it comes upon it."""
    points, radii = np.array(points, dtype=object), np.array(radii, dtype=float)
    return lambda box: float((shapely.distance(box, points) - radii).min(initial=math.inf))


def _free(
    ax: Axes,
    words: str,
    point: shapely.Point,
    radius: float,
    gap: Callable,
    taken: list,
    size: float = drawing.ON_A_PHONE,
) -> shapely.Polygon | None:
    """The box that words may take on a point or around its circle, in pixels, clear of the boxes that are taken."""
    across, down = length(words, size) / 2, size * LINE * (words.count("\n") + 1) / 2
    aside, above = radius + CLEAR + across, radius + CLEAR + down
    sides, up_down = [(aside, 0), (-aside, 0)], [(0, -above), (0, above)]
    corners = [(side * (aside - 0.3 * radius), up * (radius + down) * 0.8) for up in (-1, 1) for side in (1, -1)]
    left, low, right, high = ax.bbox.extents
    for to_the_right, up in [*sides, *up_down, *corners] if radius else [(0, 0), *up_down, *sides, *corners]:
        x, y = min(max(point.x + to_the_right, left + across), right - across), point.y + up
        box = shapely.box(x - across, y - down, x + across, y + down)
        own = shapely.distance(box, point) - radius if radius else CLEAR
        inside = low <= y - down and y + down <= high and own > CLEAR / 2
        if inside and gap(box) > own - 0.01 and not shapely.intersects(box, taken).any():
            return box
    return None


def _name(ax: Axes, words: str, box: shapely.Polygon, size: float = drawing.LETTERS, **colours: str) -> None:
    """Write words in the middle of a box of pixels, with a rim."""
    x, y = ax.transData.inverted().transform(shapely.get_coordinates(box.centroid)[0])
    write(ax, x, y, words, ha="center", size=size, **colours)


def _spread(classes: int) -> list[str]:
    """So many shades, as far from each other as they may be."""
    ranks = np.linspace(0, CLASSES - 1 if classes > 2 else CLASSES - 2, classes)
    return [drawing.SEQUENTIAL[round(rank)] for rank in ranks]


def classes_of(known: pd.DataFrame, indicator: Indicator) -> tuple[list[float], list[str]]:
    """The bounds between the classes of a map, and their words: up to three values are each a class.

    A norm of the indicator is a bound, in the place of the nearest one.

    known: columns value, text.
    """
    diverging = is_change(indicator)
    written = known.sort_values("value", kind="stable").drop_duplicates("text")
    if len(written) <= FEWEST and not diverging:
        words = list(written["text"])
        if len({"," in text for text in words}) > 1:
            words = [rounded_text(indicator, value) for value in written["value"]]
        return [(low + high) / 2 for low, high in pairwise(written["value"])], words
    digits = int(all("," in text for text in known["text"]))
    bounds = class_bounds(known["value"], diverging=diverging, digits=digits)
    if indicator.norm and known["value"].min() < norm(indicator.norm) <= known["value"].max():
        near = min(bounds, key=lambda bound: abs(bound - norm(indicator.norm)))
        bounds[bounds.index(near)] = norm(indicator.norm)
    decimals = 0 if all(float(bound).is_integer() for bound in bounds) else 1
    sign = f"{NARROW}%" if indicator.unit.startswith("%") else ""
    words = [number(bound, decimals, signed=diverging) for bound in bounds]
    between = [f"{low} à {high}{sign}" for low, high in pairwise(words)]
    return bounds, [f"moins de {words[0]}{sign}", *between, f"{words[-1]}{sign} ou plus"]


def class_bounds(values: pd.Series, *, diverging: bool, digits: int = 1) -> list[float]:
    """The round numbers between at most five classes, none of them empty: near quantiles, or around zero.

    digits: decimals that the values are written with, 0 or 1.

    >>> class_bounds(pd.Series([10.2, 20.4, 30.1, 44.8, 57.3]), diverging=False)
    [20.0, 30.0, 40.0, 50.0]
    >>> class_bounds(pd.Series([-3.1, 0.2, 1.0]), diverging=True)
    [-2.5, -0.5, 0.5, 2.5]
    """
    if diverging:
        most = max(1.0, values.abs().max())
        power = 10.0 ** math.floor(math.log10(most))
        reach = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= most)
        return [-reach / 2, -reach / 10, reach / 10, reach / 2]
    values = values.round(digits)
    quantiles = np.quantile(values, np.linspace(0, 1, CLASSES + 1)[1:-1])
    finest, span = 10.0**-digits, max(values.max() - values.min(), 1.0)
    powers = range(-digits, math.ceil(math.log10(span)) + 1)
    steps = sorted((factor * 10.0**power for power in powers for factor in (1, 2, 5)), reverse=True)
    best: list[float] = []
    for step in (step for step in steps if finest <= step <= span):
        edges = np.unique(np.round(np.round(quantiles / step) * step, 6))
        held = np.unique(np.searchsorted(edges, values, side="right"))  # the classes that are not empty
        best = max(best, edges[held[1:] - 1].tolist(), key=len)
        if len(best) >= CLASSES - 2:
            break
    return best or [float(values.max())]


def ranks_of(values: Iterable[float], bounds: list[float], digits: int) -> np.ndarray:
    """The class of each value, as it is written: one on a bound is in the class above."""
    return np.searchsorted(bounds, np.round(np.asarray(values, dtype=float), digits), side="right")


ESTIMATE = "Estimation lissée"
EXPLAINED = (
    "Estimation lissée (traits fins) : là où la part repose sur moins de {few} cas et n'est connue qu'à plus de "
    "{points} points près, ou ne peut pas être écrite, elle est rapprochée de celle des communes du territoire, "
    "d'autant plus que la commune en compte peu ; intervalle à 95 % entre parenthèses. "
    "L'estimation lissée ne classe pas les communes."
)


def with_estimates(indicator: Indicator, rows: pd.DataFrame) -> pd.DataFrame:
    """The communes with what may be drawn of them: columns shown, estimate (in the unit, or NaN), estimate_text.

    shown: the value stands as it is. It does not where it is not printed, nor where an estimate stands in its place: of
    few cases, and known within more than the widest half-width of a figure that is written (rules R7, R9, R10).
    The estimate is worked out of the counts of the communes that are published, and of these alone: nothing that is
    withheld has a part in it, and a commune whose count is withheld or unknown has none.

    Parameters:
        rows: readable observations of communes, of one period.
    """
    printed = [row.status == OK and sentences.is_printed(indicator, row) for row in rows.itertuples(index=False)]
    rows = rows.assign(shown=printed, estimate=float("nan"), estimate_text="")
    known = rows[rows["status"].eq(OK)]
    if known.empty or not _is_smoothed(indicator, set(known["source"])):
        return rows
    weights = known["source"].map(lambda name: weight_in_tests(SOURCES[name], indicator)).astype(float)
    counts, bases = known["numerator"] * weights, known["denominator"].where(known["denominator"].gt(0)) * weights
    low, high = proportion_confint(counts, bases, method="wilson")
    wide = ((high - low) / 2).gt(norm("widest_half_width")) & known["numerator"].lt(norm("few_events"))
    weak = known.index[known["denominator"].ge(1) & (~known["shown"] | wide)]
    found = smoothed_shares(counts, bases)
    found = found.loc[found.index.intersection(weak)] * indicator.value.per
    rows.loc[found.index, "estimate"] = found["value"]
    rows.loc[found.index, "shown"] = False
    published = rows.loc[found.index, ["numerator", "denominator"]]
    rows.loc[found.index, "estimate_text"] = [
        f"{_part(value, low, high)}, pour {number(count)} sur {number(base)}"
        for (value, low, high), (count, base) in zip(found.to_numpy(), published.to_numpy(), strict=True)
    ]
    return rows


def _is_smoothed(indicator: Indicator, sources: set[str]) -> bool:
    """Whether a share is of persons or things each of which has it or not, counted one by one by one source."""
    exact = not any(SOURCES[name].rounds or name == SURVEY for name in sources)
    shared = is_proportion(indicator.value) and not indicator.untested
    return shared and indicator.unit.startswith("%") and len(sources) == 1 and exact


def _part(value: float, low: float, high: float) -> str:
    part = percent(value) if value >= 1 else f"moins de {percent(1)}"
    return f"{part} ({number(low)} à {number(high)})" if high >= 1 else part


def explained(rows: pd.DataFrame) -> str:
    """The note on estimates, where there is one; else nothing. rows: see `with_estimates`."""
    points = number(norm("widest_half_width") * 100)
    told = EXPLAINED.format(few=number(norm("few_events")), points=points)
    return told if rows["estimate"].notna().any() else ""

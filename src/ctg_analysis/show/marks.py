"""The marks of a drawing of matplotlib, whoever drew it, and the rows that they stand for.

A bar, a point or an area stands for a row when the value that it draws is that of the row and every word that places
it (its category, its year, its colour in the legend, the title of its facet) is that of the row too. One that no row
names, or that several name otherwise, tells nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryFormatter
from matplotlib.collections import Collection, PatchCollection, PathCollection
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FuncFormatter

from ctg_analysis.display.texts import date_text
from ctg_analysis.show.svg import tell, told

TOLERANCE = 1e-9  # of the greatest value: two closer ones are the same
HALF = 0.5  # of a category, or of a day: what is drawn aside of it is still of it
OF_VALUES = {"text", "interval", "unit", "words"}  # columns whose words are of no place
INVISIBLE = {"color": "none", "markersize": 8, "markeredgewidth": 0, "scalex": False, "scaley": False}


@dataclass
class Told:
    """What the marks of a drawing tell.

    rows: the labels of the rows that a mark tells. of_values: the axis of the values, « x » where they lie in rows.
    bars: the end of each horizontal bar that tells one, its middle, its row. points: the places of the others, with
    theirs. lines: how many lines there are. is_read: whether marks were read at all. untold: how many marks no row
    names. unknown: values that are drawn at the place of a row which has another one.
    """

    rows: set[int] = field(default_factory=set)
    of_values: str = "y"
    bars: list[tuple[float, float, pd.Series]] = field(default_factory=list)
    points: list[tuple[float, float, pd.Series]] = field(default_factory=list)
    lines: int = 0
    is_read: bool = True
    untold: int = 0
    unknown: list[float] = field(default_factory=list)


def tell_marks(figure: Figure, rows: pd.DataFrame, land: GeoDataFrame | None = None) -> Told:
    """Tell each mark of a figure what it stands for, but for those that are told already.

    Parameters:
        rows: what is drawn: columns value, text, and the words and dates that name each; labels 0, 1, 2…
        land: columns territory, geometry: the areas of a map, known by their outlines.
    """
    found = Told()
    known = rows[rows["value"].notna()]
    known = known.assign(words=names(known))
    without = (
        {*rows["year"].dropna().astype(float)} - {*known["year"].dropna().astype(float)} if "year" in rows else set()
    )
    for ax in figure.get_axes():
        reader = _Reader(ax, known, found, without)
        found.of_values = reader.of_values
        containers = [one for one in ax.containers if isinstance(one, BarContainer)]
        for container in containers:
            _tell_bars(container, reader)
        for line in list(ax.lines):
            _tell_line(line, reader)
        for collection in ax.collections:
            if collection.get_urls() == [None]:
                _tell_collection(collection, reader, land)
        in_containers = {id(bar) for container in containers for bar in container}
        found.untold += sum(id(patch) not in in_containers and not patch.get_url() for patch in ax.patches)
    return found


def _tell_collection(collection: Collection, reader: "_Reader", land: GeoDataFrame | None) -> None:
    if isinstance(collection, PathCollection):
        _tell_points(collection, reader)
    elif land is not None and isinstance(collection, PatchCollection) and collection.get_array() is not None:
        _tell_areas(collection, reader, land)


def names(rows: pd.DataFrame) -> list[str]:
    """What each row is called: its label, its place and its period, those of them that differ among the rows."""
    columns = [rows["label"], rows["place"], rows["period"].map(date_text)]
    several = [column for column in columns if column.nunique() > 1] or [rows["place"]]
    return [", ".join(filter(None, words)) for words in zip(*several, strict=True)]


class _Reader:
    """The words of some axes, by which their marks are known.

    rows: those that have a value. found: what is told. without: years in which no row has one.
    """

    def __init__(self, ax: Axes, rows: pd.DataFrame, found: Told, without: set[float]):
        self.ax, self.rows, self.found, self.without = ax, rows, found, without
        self.close = TOLERANCE * max(1.0, rows["value"].abs().max() if len(rows) else 0.0)
        is_word = [name for name in rows if not pd.api.types.is_numeric_dtype(rows[name]) and name not in OF_VALUES]
        is_word = [name for name in is_word if name not in ("date", "geometry")]
        self.numbers = {name for name in rows if pd.api.types.is_numeric_dtype(rows[name])} - {"value"}
        self.columns = [rows[name].astype(str) for name in (*is_word, *(["year"] if "year" in rows else []))]
        self.bearers: dict[str, pd.Series] = {}
        self.words = {axis: self._categories(getattr(ax, f"{axis}axis")) for axis in "xy"}
        self.colours = _colours(ax)
        self.of_facet = self.bearing(part.rpartition("= ")[2].strip() for part in ax.get_title().split("|"))

    def bearing(self, words: Iterable[str]) -> pd.Series:
        """Which rows bear each of some words in one of their columns; a word that no row bears says nothing."""
        allowed = pd.Series(True, self.rows.index)
        for word in words:
            if word not in self.bearers:
                self.bearers[word] = pd.Series(False, self.rows.index)
                for column in self.columns:
                    self.bearers[word] |= column.eq(word)
            if self.bearers[word].any():
                allowed &= self.bearers[word]
        return allowed

    def _categories(self, axis: Axis) -> dict[float, str]:
        """The words of an axis by their places, where rows bear some of them."""
        if not isinstance(axis.get_major_formatter(), FixedFormatter | FuncFormatter | StrCategoryFormatter):
            return {}
        places = axis.get_ticklocs()  # a facet has no labels of its own, its formatter has
        texts = axis.get_major_formatter().format_ticks(places)
        words = {float(place): text.replace("\n", " ") for place, text in zip(places, texts, strict=True) if text}
        return words if any(not self.bearing([word]).all() or len(words) == 1 for word in words.values()) else {}

    @property
    def of_values(self) -> str:
        """The axis of the values: « x » where the other has categories alone."""
        return (
            "x"
            if self.words["y"] and not isinstance(self.ax.xaxis.get_major_formatter(), StrCategoryFormatter)
            else "y"
        )

    def at(self, axis: str, position: float) -> pd.Series | None:
        """Which rows are of the category, the year or the day of a place of an axis; None where it has none."""
        words = self.words[axis]
        if words:
            nearest = min(words, key=lambda one: abs(one - position))
            return self.bearing([words[nearest]]) if abs(nearest - position) < HALF else None
        of_axis = getattr(self.ax, f"get_{axis}label")()
        if of_axis in self.numbers:
            is_there = self.rows[of_axis].astype(float).eq(position)
        else:
            days = pd.Series(date2num(self.rows["date"]), self.rows.index)
            is_there = self.rows["year"].astype(float).eq(position) | days.eq(position)
        return is_there if is_there.any() else None

    def row(self, x: float, y: float, value: str, colour: str) -> pd.Series | None:
        """The row that a mark stands for; None where none or several do, which is counted.

        value: the axis of its value. colour: its own, as the legend has it.
        """
        drawn, placed = (x, self.at("y", y)) if value == "x" else (y, self.at("x", x))
        if placed is None:
            self.found.untold += 1
            self.found.unknown += [float(drawn)] * (value == "y" and x in self.without)
            return None
        allowed = placed & self.of_facet & self.bearing(self.colours.get(colour, ()))
        same = allowed & self.rows["value"].sub(drawn).abs().le(self.close)
        named = self.rows.loc[same, ["words", "text"]].drop_duplicates()
        if len(named) == 1:
            self.found.rows.add(named.index[0])
            return self.rows.loc[named.index[0]]
        self.found.untold += 1
        self.found.unknown += [float(drawn)] * bool(allowed.any() and not same.any())
        return None

    def pair(self, x: float, y: float) -> str:
        """What a point of a scatter of two indicators tells: its place, and the value of each."""
        near = [self.rows["value"].sub(side).abs().le(self.close) & self.of_facet for side in (x, y)]
        across, up = (self.rows[rows] for rows in near)
        both = across.merge(up, on=["territory", "period"], suffixes=("", "_up"))
        both = both[both["indicator"].ne(both["indicator_up"])] if len(both) else both
        if len(both) != 1:
            return ""
        one = both.iloc[0]
        self.found.rows |= {
            *across.index[across["territory"].eq(one["territory"])],
            *up.index[up["territory"].eq(one["territory"])],
        }
        return told(one["place"], f"{one['label']} {one['text']} ; {one['label_up']} {one['text_up']}")


def _tell_bars(bars: BarContainer, reader: _Reader) -> None:
    value = "x" if bars.orientation == "horizontal" else "y"
    for bar in bars:
        long = bar.get_width() if value == "x" else bar.get_height()
        if bar.get_url() or not np.isfinite(long):
            continue
        x, y = bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height() / 2
        row = reader.row(*((long, y) if value == "x" else (x, long)), value, _colour(bar))
        if row is not None:
            tell(bar, row["words"], row["text"])
            reader.found.bars += [(long, y, row)] * (value == "x")


def _tell_line(line: Line2D, reader: _Reader) -> None:
    """Points that are not seen are set over those of a line, which tell them; none over a line of reference."""
    points = np.asarray(line.get_xydata(), float).reshape(-1, 2)
    points, value = points[np.isfinite(points).all(axis=1)], reader.of_values
    across = points[:, 1 if value == "x" else 0]
    has_marker = line.get_marker() not in ("None", "", " ", None)
    if line.get_url() or line.get_transform() != reader.ax.transData or not len(points):
        return
    placed = [reader.at("y" if value == "x" else "x", one) is not None or one in reader.without for one in across]
    is_reference = not has_marker and (not all(placed) or len(np.unique(np.round(across))) == 1)
    if is_reference:
        reader.found.untold += 1
        return
    reader.found.lines += 1
    for x, y in points:
        row = reader.row(x, y, value, _colour(line))
        if row is not None:
            (point,) = reader.ax.plot(x, y, "o", **INVISIBLE)
            tell(point, row["words"], row["text"])
            reader.found.points.append((x, y, row))


def _tell_points(points: PathCollection, reader: _Reader) -> None:
    places, colours = np.asarray(points.get_offsets(), float), points.get_facecolors()
    urls: list[str | None] = []
    for rank, (x, y) in enumerate(places):
        colour = to_hex(colours[rank % len(colours)]) if len(colours) else ""
        value = reader.of_values
        if reader.at("y" if value == "x" else "x", y if value == "x" else x) is None and (words := reader.pair(x, y)):
            urls.append(words)
            continue
        row = reader.row(x, y, value, colour)
        urls.append(None if row is None else told(row["words"], row["text"]))
        reader.found.points += [] if row is None else [(x, y, row)]
    if any(urls):
        points.set_urls(urls)


def _tell_areas(areas: PatchCollection, reader: _Reader, land: GeoDataFrame) -> None:
    """The areas of a map are known by the bounds of their outlines, whatever their order and their values."""
    boxes = {
        part.exterior.bounds: code
        for code, shape in zip(land["territory"], land.geometry, strict=True)
        for part in getattr(shape, "geoms", [shape])
        if hasattr(part, "exterior")
    }
    urls = []
    for path, drawn in zip(areas.get_paths(), areas.get_array(), strict=False):
        code = boxes.get((*path.vertices.min(axis=0), *path.vertices.max(axis=0)))
        rows = reader.rows[reader.rows["territory"].eq(code) & reader.of_facet]
        rows = rows[rows["value"].sub(float(drawn)).abs().le(reader.close)]
        named = rows.drop_duplicates(["words", "text"])
        urls.append(told(named["words"].iloc[0], named["text"].iloc[0]) if len(named) == 1 else None)
        reader.found.rows |= set(rows.index[:1])
        reader.found.untold += len(named) != 1
    areas.set_urls(urls)


def _colours(ax: Axes) -> dict[str, tuple[str, ...]]:
    """The words of the legend, or of the lines that have a label, by colour; of a colour that two bear, none."""
    legends = [legend for legend in (ax.get_legend(), *ax.figure.legends) if legend]
    pairs = [
        (_colour(handle), text.get_text())
        for legend in legends
        for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=False)
    ]
    pairs += [(_colour(line), str(line.get_label())) for line in ax.lines if str(line.get_label())[:1] != "_"]
    words: dict[str, set[str]] = {}
    for colour, word in pairs:
        words.setdefault(colour, set()).add(word)
    return {colour: tuple(several) for colour, several in words.items() if len(several) == 1}


def _colour(artist: Artist) -> str:
    """The colour of a mark, as letters and digits; nothing where it has none."""
    getters: Sequence[str] = ("get_facecolor", "get_color", "get_markerfacecolor")
    colour = next((getattr(artist, name)() for name in getters if hasattr(artist, name)), "none")
    several = np.ndim(colour) == 2
    return to_hex(colour[0] if several else colour) if not several or len(colour) else ""

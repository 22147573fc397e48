"""Le profil of a chapter, a line for each figure, the findings of a territory, its place among its peers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice

import numpy as np
import pandas as pd
from markupsafe import Markup

from ctg_analysis.chapter.analyst import indicator_of
from ctg_analysis.chapter.known import newer, source, unavailable
from ctg_analysis.chapter.territory import ENTRUSTED, PEOPLE, ByIndicator, Territory
from ctg_analysis.display import markup, sentences, standing, texts
from ctg_analysis.display.drawing import BAND, FAINT, INK, OTHERS, PAPER, RULE, TERRITORY, Drawing
from ctg_analysis.display.markup import ROWS, SHOWN, Html, described, piece, telling
from ctg_analysis.display.notes import short_sources
from ctg_analysis.display.quantities import in_letters, money, number, percent
from ctg_analysis.display.tables import frances, signs
from ctg_analysis.display.texts import date_text
from ctg_analysis.display.titles import counted
from ctg_analysis.indicators.comparisons import last_year, producer
from ctg_analysis.indicators.findings import findings, sides, under_norms
from ctg_analysis.indicators.peers import (
    ABOVE,
    BELOW,
    CHOOSES,
    HIGHEST,
    LOWEST,
    MIDDLE,
    Position,
    chooses_peers,
    position_in,
)
from ctg_analysis.indicators.spread import ALL_EPCIS, MEDIAN_OF_ALL
from ctg_analysis.indicators.trends import trend_of
from ctg_analysis.model.catalogue import CATALOGUE, Declared, Essential, essentials
from ctg_analysis.model.indicator import CENSORED, MISSING, OK, SECRET, Count, Indicator, Mean
from ctg_analysis.model.settings import settings
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.yaml_files import load_yaml

FILE = "positions.csv"
WORDS = {
    HIGHEST: "dans le quart le plus élevé",
    LOWEST: "dans le quart le plus faible",
    MIDDLE: "dans la moitié centrale",
    ABOVE: "au-dessus du troisième quartile",
    BELOW: "au-dessous du premier quartile",
}
HIGH, ROOM = 24, 7  # units; around the outermost marks
SERIES, AMONG = 54, 84  # widths
HALF = 9  # of the height of the band of the quartiles
RULER = 380  # width
LEAST = 0.2  # of the highest value, that the height of a series stands for: a change of 1 % is not drawn as a fall
NAMES = {"departement": "Département", "region": "Région", "france": "France"}  # of places that are several
MOST = 3  # findings of a chapter
SHORTEST = 3  # years: two points make no series
NOTHING_FOUND = Html("", why="Aucun constat établi dans ce chapitre.")
FIGURES = 6


@lru_cache(maxsize=1)
def all_beside(territory: Territory) -> ByIndicator:
    """The observations of other EPCIs that the territory's may stand among: its period, its producer, open figures.

    Of every indicator that the territory has a value of, but numbers of things, and what partners entrust. Columns:
    those of observations, and name.
    """
    rows = territory.around[territory.around["status"].isin([OK, CENSORED]) & territory.around["level"].eq("epci")]
    rows = rows[rows["period"].eq(rows["indicator"].map(territory.periods))]
    placed = {name for name in territory.periods if not isinstance(CATALOGUE[name].value, Count | Mean)}
    rows = rows[rows["indicator"].isin(placed) & ~rows["source"].isin(ENTRUSTED)]
    own = rows[rows["territory"].eq(territory.epci)].set_index("indicator")["source"].map(producer)
    rows = rows[rows["source"].map(producer).eq(rows["indicator"].map(own)) & rows["territory"].ne(territory.epci)]
    names = territory.territories[territory.territories["level"].eq("epci")].set_index("code")["name"]
    return ByIndicator(rows.assign(name=rows["territory"].map(names)))


def among_peers(territory: Territory, indicator: Indicator) -> tuple[pd.DataFrame, Position | None]:
    """The observations of the peers, and the place of the territory among them where they are five or more, each known
    by more than a bound."""
    own, rows = territory.compared(indicator), all_beside(territory).rows(indicator.id)
    rows = rows[rows["territory"].isin(territory.peers.peers["peer"])]
    return rows, position_in(own.iloc[0], rows["value"]) if rows["status"].eq(OK).all() else None


def scale(low: float, high: float, begin: float, end: float) -> Callable[[float], float]:
    """What puts the values from low to high between two places of a drawing; begin when all are the same.

    >>> [scale(2020, 2024, 100, 300)(year) for year in (2020, 2021, 2024)], scale(5, 5, 100, 300)(5)
    ([100.0, 150.0, 300.0], 100.0)
    """
    span = (high - low) or 1
    return lambda value: begin + (value - low) / span * (end - begin)


def series(points: Sequence[tuple[int, float, str, str]]) -> str:
    """Return a small line over the years, its last point marked. points: year, value, both as a reader sees them."""
    values = [value for _, value, *_ in points]
    low, high = min(values), max(values)
    middle, half = (low + high) / 2, max(high - low, LEAST * max(map(abs, values)), 1e-9) / 2
    x = scale(points[0][0], points[-1][0], ROOM, SERIES - ROOM)
    y = scale(middle - half, middle + half, HIGH - ROOM / 2, ROOM / 2)
    drawing = Drawing(HIGH, SERIES)
    line = [(x(year), y(value)) for year, value, *_ in points]
    drawing.line(line, TERRITORY, 1.6)
    for spot, (*_, when, text) in zip(line, points, strict=True):
        with drawing.of(when, text):
            drawing.circle(*spot, 2.6 if spot == line[-1] else 0.8, TERRITORY)
    return drawing.svg()


def among(others: Sequence[tuple[float, str, str]], place: Position, own: float) -> str:
    """Return a small strip: the peers as rings, their quartiles and median, the territory as a lozenge.

    others: the value of each, its name and its value as a reader sees it.
    """
    values, middle = [own, *(value for value, *_ in others)], HIGH / 2
    x = scale(min(values), max(values), ROOM, AMONG - ROOM)
    drawing = Drawing(HIGH, AMONG)
    drawing.line([(0, middle), (AMONG, middle)], RULE)
    across = max(x(place.high) - x(place.low), 1)
    drawing.bar(x(place.low), middle, across, 2 * HALF, BAND, stroke=OTHERS["peers"], stroke_width=0.8)
    for value, name, text in sorted(others):
        with drawing.of(name, text):
            drawing.circle(x(value), middle, 3, PAPER, stroke=FAINT, fill_opacity=0.6)
    drawing.line([(x(place.median), middle - HALF - 3), (x(place.median), middle + HALF + 3)], INK, 2)
    drawing.area(f"M{x(own) - 6:.1f} {middle:.1f}l6 -7l6 7l-6 7z", TERRITORY, stroke=PAPER)
    return drawing.svg()


def ruler(own: float, others: Mapping[str, float]) -> str:
    """Return a rule in the colours of the page: a disc for the territory, a ring for the peers, a stroke for France
    or, without both, for the département; a dashed one for the median of the EPCIs.

    It begins at zero, with a bar from there, or near the least value where all are high above it, without one.
    others: value by level.
    """
    values, middle = [own, *others.values()], HIGH / 2
    low, high = min(values), max(values)
    least = min(0.0, low) if low <= high / 2 else low - max(high - low, LEAST * high) / 2
    x = scale(least, high + (high - least) * 0.08, ROOM, RULER)
    drawing = Drawing(HIGH, RULER)
    drawing.line([(0, middle), (RULER, middle)], RULE, 2)
    if least <= 0:
        drawing.line([(x(0), middle), (x(own), middle)], TERRITORY, 2)
    for level in others.keys() - {"peers"}:
        dashes = {"stroke_dasharray": "3 2"} if level == ALL_EPCIS else {}
        drawing.line([(x(others[level]), middle - 7), (x(others[level]), middle + 7)], INK, 2.5, **dashes)
    drawing.circle(x(own), middle, 6.5, TERRITORY, stroke=PAPER, stroke_width=1.5)
    if "peers" in others:
        drawing.circle(x(others["peers"]), middle, 4.5, PAPER, stroke=INK, stroke_width=2)
    return drawing.svg()


@dataclass(frozen=True)
class Drawn:
    """A small drawing with its text alternative, and the words beside it."""

    drawing: str
    alt: str
    words: str = ""

    def __html__(self) -> str:
        """Return the element, then the words."""
        drawn = described(self.drawing, self.alt) if self.drawing else ""
        words = Markup("<span>{}</span>").format(texts.typography(self.words)) if self.words else ""
        return Markup(drawn) + words


@dataclass(frozen=True)
class Line:
    """A figure of the profile.

    label, unit; name: the id of the indicator, which leads to its definition; value, when: at the period of the
    comparison, and that period; newest: the latest value and its period, where that is a later one; series, peers:
    drawings, where there is something to draw; places: level → value there; median: that of the EPCIs, where France is
    not known; apart: levels of the places that it differs from, surely and largely; test: signs and words of the first
    ones that it differs from; tests: level → sign and words, of each; group: the heading that it stands under; usual:
    that most EPCIs have none either.
    """

    label: str
    unit: str
    value: str
    when: str
    newest: str = ""
    series: Drawn | None = None
    peers: Drawn | None = None
    places: dict[str, str] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()
    test: Sequence[tuple[str, str]] = ()
    tests: dict[str, str] = field(default_factory=dict)
    name: str = ""
    group: str = ""
    median: str = ""
    usual: str = ""


def printed(territory: Territory) -> list[Essential]:
    """The indicators of the editorial list that the territory has a value of which may be written as a number."""
    return [
        essential
        for essential in essentials()
        if essential.indicator.id not in territory.untold
        and len(rows := territory.against(essential.indicator))
        and rows["status"].iloc[0] == OK
        and sentences.is_printed(essential.indicator, sentences.each_row(rows[:1])[0])
    ]


@lru_cache(maxsize=1)
def findings_of(territory: Territory) -> pd.DataFrame:
    """The findings of a territory, the first ones first; see `indicators.findings.findings`."""
    known = printed(territory)
    several = [one.indicator for one in known or essentials()[:1]]
    compared, gaps = (pd.concat(map(of_each, several)) for of_each in (territory.against, territory.gaps))
    if not known:
        return findings(compared[:0], gaps[:0], known, territory.spread)
    moves = {one.indicator.id: move(territory, one.indicator) for one in known}
    held = [territory.data(one.indicator) for one in known if one.indicator.norm]
    communes = pd.concat([compared[:0], *held]).query("level == 'commune'")
    communes = communes[communes["period"].eq(communes["indicator"].map(territory.periods))]
    unknown = communes.loc[communes["status"].eq(MISSING), "indicator"]  # what part is under a norm, they may change
    communes = communes[~communes["indicator"].isin(unknown)]
    people = territory.data(CATALOGUE[PEOPLE]).query("status == @OK").sort_values("period", kind="stable")
    inhabitants = people.drop_duplicates("territory", keep="last").set_index("territory")["value"]
    return findings(compared, gaps, known, territory.spread, moves, under_norms(communes, inhabitants, CATALOGUE))


def sides_of(territory: Territory, found: pd.DataFrame) -> pd.Series:
    """The side of each finding of a territory: see `findings.sides`."""
    known = printed(territory)
    if not known:
        return pd.Series(dtype=object)
    gaps = pd.concat([territory.gaps(essential.indicator) for essential in known])
    return sides(found, gaps, CATALOGUE)


def move(territory: Territory, indicator: Indicator) -> int:
    """Whether an indicator rises here (1) or falls (-1) in an established trend; 0 elsewhere."""
    rows = territory.data(indicator)
    rows = rows[rows["level"].eq("epci") & rows["status"].eq(OK)].sort_values("period", kind="stable")
    found = trend_of(rows, indicator)
    return int(np.sign(found.change)) if found and found.is_established else 0


def essential(territory: Territory, chapter: str, without: Collection[str] = ()) -> Html:
    """The findings of a chapter, three at most; nothing when none is established and large enough.

    without: those that are told elsewhere.
    """
    found = findings_of(territory)
    names = list(found.loc[found["chapter"].eq(chapter) & ~found["indicator"].isin(without), "indicator"][:MOST])
    found = [told(territory, CATALOGUE[name]) for name in names]
    return piece("essential.html.j2", findings=found) if found else NOTHING_FOUND


def told(territory: Territory, indicator: Indicator) -> tuple[str, str]:
    """What is found, at the period of the comparison, and what it is beside; a newer value of the territory last.

    indicator: one of the findings.
    """
    rows = territory.compared(indicator)
    own = rows.iloc[0]
    counts, found = sentences.counts_text(indicator, own), sentences.statement(indicator, own).removesuffix(".")
    found = f"{found} ({texts.typography(counts)})" if counts else found
    one = findings_of(territory).set_index("indicator").loc[indicator.id]
    beside = standing.beside(indicator, rows, territory.gaps(indicator), one)
    return f"{found},", f"{beside}. {within(territory, indicator)}{newer(territory, indicator)}".rstrip()


def within(territory: Territory, indicator: Indicator) -> str:
    """The least and the most of the communes, in a sentence and a space; nothing where they differ by chance, nor where
    so few communes make them that they leave out the value of all.
    """
    rows = territory.inequality[territory.inequality["period"].eq(territory.periods.get(indicator.id, ""))]
    if indicator.id not in rows.index:
        return ""
    row = rows.loc[indicator.id]
    own = territory.own(indicator)
    here = own.loc[own["period"].eq(row["period"]), "value"]
    if not here.between(row["least"], row["most"], inclusive="neither").any():
        return ""
    written = {"%": percent, "euros par an": money}.get(indicator.unit, number)
    least, most = number(row["least"], indicator.decimals), written(row["most"], indicator.decimals)
    wide = ", un des écarts les plus grands de France" * bool(row["wide"])
    return f"De {least} à {most} {of_which(territory, row)}{wide}. "


def of_which(territory: Territory, row: pd.Series) -> str:
    """The communes that a range is of: all, or the largest. row: of `Territory.inequality`."""
    if row["ends"] == len(territory.communes):
        return "selon la commune"
    where = "communes où c'est publié" if row["ends"] == row["communes"] else "plus grandes communes"
    return f"dans les {in_letters(int(row['ends']))} {where}"


def profile(territory: Territory, groups: Mapping[str, Sequence[str]], beside: Sequence[str] = tuple(NAMES)) -> Html:
    """A line for each indicator: its value, its years, the places beside, its place among the peers, the test.

    What the territory has no value of is in a box, which the team alone sees. A column in which
    no line has anything is left out.

    groups: ids by heading, "" for none. beside: the levels of the places to show.
    """
    under = {name: heading for heading, names in groups.items() for name in names}
    several = [indicator_of(name) for name in under]
    ids = [one.id for one in several]
    known = {one: rows for one in several if len(rows := _own(territory, one))}
    absent = _absent(territory, [one for one in several if one not in known])
    if not known:
        return telling(absent, SHOWN, *ids)
    shown = {*beside, "peers"}
    lines = [replace(_line(territory, one, rows, shown), group=under.get(one.id, "")) for one, rows in known.items()]
    table = _table_of_lines(territory, lines, known, _filled_levels(lines, beside))
    return telling(markup.together(table, absent), SHOWN, *ids)


def _filled_levels(lines: Sequence[Line], beside: Sequence[str]) -> list[str]:
    """The levels beside at which a line has a value, or the median of the EPCIs for France."""
    filled = {level for line in lines for level in line.places}
    filled |= {"france" for line in lines if line.median}
    return [level for level in beside if level in filled]


def _table_of_lines(
    territory: Territory,
    lines: Sequence[Line],
    own: Mapping[Indicator, pd.DataFrame],
    levels: Sequence[str],
) -> Html:
    """The table of a profile, with its note and its sources.

    own: the values of the territory, by indicator, see `_own`. levels: those that have a column.
    """
    compared = {one: territory.compared(one) for one in own if is_compared(one)}
    latest = {one: rows.tail(1) for one, rows in own.items()}
    used = [compared.get(one, latest[one]) for one in own]
    places = territory.beside.groupby("level")["name"].agg(list)
    names = {level: names[0] for level, names in places.items() if len(names) == 1}
    france, more = _france(territory, list(compared))
    filled = piece(
        "profile.html.j2",
        lines=lines,
        levels=levels,
        names=NAMES | names | france,
        median_of_all=MEDIAN_OF_ALL,
        has={what: any(getattr(line, what) for line in lines) for what in ("series", "peers", "test")},
        source=source(territory, pd.concat([*used, *latest.values()])),
        note=" ".join(filter(None, [more, signs([["", line.value] for line in lines])])),
    )
    return Html(filled.html, {ROWS: [[texts.typography(line.label) for line in lines]]})


def _absent(territory: Territory, indicators: list[Indicator]) -> Html:
    """One box for what is not available; a sentence for what has no object here."""
    told = [unavailable(territory, one, one.label, "epci") for one in indicators]
    missing = [box for piece in told for box in piece.about.get(markup.MISSING, [])]
    box = markup.boxes(missing) if missing else Html("")
    return markup.together(*(piece for piece in told if markup.MISSING not in piece.about), box)


def _own(territory: Territory, indicator: Indicator) -> pd.DataFrame:
    """The values of the territory, oldest first; where none may be shown, its latest row that says so."""
    rows = territory.here(indicator)
    known = rows[rows["status"].eq(OK)]
    return known if len(known) else rows[rows["status"].eq(SECRET)].tail(1)


def is_compared(indicator: Indicator) -> bool:
    """Whether a value stands beside that of other places: a number of things says how large they are."""
    return not isinstance(indicator.value, Count | Mean)


def is_told(indicator: Indicator) -> bool:
    """Whether the value or the label tells the unit, and what it is for: « emplois sur place pour 100 … »."""
    unit, label = indicator.unit.lower(), indicator.label.lower()
    return unit.startswith("%") or unit in label or (" pour " in label and unit.partition(" pour ")[0] in label)


def _line(territory: Territory, indicator: Indicator, own: pd.DataFrame, shown: set[str]) -> Line:
    latest = own.iloc[-1]
    line = Line(
        territory.said(indicator.label),
        "" if is_told(indicator) else texts.unit_text(indicator.unit),
        latest["text"],
        date_text(latest["period"]),
        series=small_series(indicator, own),
        name=indicator.id,
    )
    compared = territory.compared(indicator)
    compared = compared[compared["status"].eq(OK)]
    if not is_compared(indicator) or len(compared) < 2:
        return line
    period, here = compared["period"].iloc[0], compared["text"].iloc[0]
    newest = "" if last_year(period) == last_year(latest["period"]) else f"{line.when} : {line.value}"
    others = sentences.each_row(compared.iloc[1:])
    told = {level: " ; ".join(row.text for row in others if row.level == level) for level in NAMES}
    told = {level: text for level, text in told.items() if text}
    median = next((row.text for row in others if row.level == ALL_EPCIS), "") if "france" in shown else ""
    gaps = territory.gaps(indicator)
    gaps = gaps[gaps["level"].isin(shown)]
    test, apart = standing.test(compared, gaps)
    usual = standing.usual_zero(territory.zeros(indicator))
    return Line(
        line.label, line.unit, here, date_text(period), newest, line.series, _peers(territory, indicator, compared),
        told, apart, test, standing.test_of_each(compared, gaps), indicator.id, median=median, usual=usual,
    )  # fmt: skip


def small_series(indicator: Indicator, own: pd.DataFrame) -> Drawn | None:
    """The years of a figure; nothing of fewer than three, nor of what is told by its bounds or as counts."""
    each = sentences.each_row(own)
    plain = [sentences.is_printed(indicator, row) and not sentences.is_sum_of_rounded(indicator, row) for row in each]
    if len(each) < SHORTEST or not all(plain) or not own["status"].eq(OK).all():
        return None
    told = " ; ".join(f"{date_text(row.period)} : {row.text}" for row in each)
    return Drawn(series([(last_year(row.period), row.value, date_text(row.period), row.text) for row in each]), told)


def _peers(territory: Territory, indicator: Indicator, compared: pd.DataFrame) -> Drawn | None:
    """The place of the territory among its peers, and their median; nothing without a median."""
    median = compared[compared["level"].eq("peers")]
    if median.empty:
        return None
    group, place = among_peers(territory, indicator)
    text, several = median["text"].iloc[0], len(territory.peers.peers)
    told = f"{text} ({len(group)} des {several})" if 0 < len(group) < several else text
    if place is None or chooses_peers(indicator):
        return Drawn("", "", f"{told}, {CHOOSES}" if chooses_peers(indicator) else told)
    own = compared.iloc[0]
    each = sentences.each_row(group)
    others = [(row.value, texts.typography(row.name), sentences.value_text(indicator, row)) for row in each]
    where = f"{WORDS[place.place]} de {len(group)} EPCI comparables"
    alt = f"{own['text']} en {date_text(own['period'])}, {where} ; médiane {text}"
    return Drawn(among(others, place, own["value"]), alt, told)


def _france(territory: Territory, indicators: list[Indicator]) -> tuple[dict[str, str], str]:
    """Which France the lines speak of: the name of most of them, and a note on the others."""
    told = frances((one, territory.compared(one)) for one in indicators)
    if not told:
        return {}, ""
    most = max(told, key=lambda name: len(told[name]))
    others = [f"{name} pour {texts.listed(labels)}" for name, labels in told.items() if name != most]
    return {"france": most}, f"{' ; '.join(others)}." if others else ""


def first_figures(territory: Territory) -> list[dict[str, str]]:
    """The first six figures of data/reference/accueil.yml that have a value here, one a theme.

    Keys: indicator, chapter (the one that proves it), label, value, period, source; since (its first value, unless a
    year alone makes the trend) and drawing (its years), where they make a series.
    """
    themes = load_yaml(settings().reference / "accueil.yml", dict[str, dict[Declared, str]]).value
    known = ((one for one in map(CATALOGUE.get, names) if len(territory.own(one))) for names in themes.values())
    told = []
    for indicator in islice(filter(None, (next(several, None) for several in known)), FIGURES):
        rows = territory.own(indicator)
        first, last, series = rows.iloc[0], rows.iloc[-1], small_series(indicator, rows)
        found = trend_of(rows, indicator)
        usual = not (found and found.hangs_on)  # else a year that is no measure of the others
        words = {
            "label": indicator.label,
            "value": counted(indicator, last),
            "source": short_sources([SOURCES[last["source"]]]),
            "since": f"{first['text']} en {date_text(first['period'])}" if series and usual else "",
        }
        words = {key: texts.typography(text) for key, text in words.items()}
        shown = {"period": date_text(last["period"]), "drawing": series.__html__() if series else ""}
        told.append({"indicator": indicator.id, "chapter": indicator.chapter} | words | shown)
    return told

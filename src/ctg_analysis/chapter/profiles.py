"""L'essentiel and le profil of a chapter: what is said first, and a line for each figure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from ctg_analysis.chapter.by_indicator import each_row
from ctg_analysis.chapter.essential import findings_of
from ctg_analysis.chapter.known import newer, source, unavailable
from ctg_analysis.chapter.positions import WORDS, among_peers
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup
from ctg_analysis.display.drawings.in_cells import among, series
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import profile as pieces
from ctg_analysis.display.pieces.charts import signs
from ctg_analysis.display.pieces.profile import Drawn, Line
from ctg_analysis.display.words import sentences, texts
from ctg_analysis.display.words import standing as words
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.quantities import money, number, percent
from ctg_analysis.indicators.comparisons import last_year
from ctg_analysis.indicators.peers import CHOOSES, chooses_peers
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK, SECRET, Count, Indicator, Mean

MOST = 3  # findings of a chapter
SHORTEST = 3  # years: two points make no series
WITHIN = "Selon la commune : de {least} à {most} ; écart-type entre communes, au-delà du hasard : {apart}"
NOTHING_FOUND = Html("", why="Aucun constat établi dans ce chapitre.")


def essential(territory: Territory, chapter: str, without: Collection[str] = ()) -> Html:
    """The findings of a chapter, three at most; nothing when none is established and large enough.

    without: those that are told elsewhere.
    """
    found = findings_of(territory)
    names = list(found.loc[found["chapter"].eq(chapter) & ~found["indicator"].isin(without), "indicator"][:MOST])
    return pieces.essential([told(territory, CATALOGUE[name]) for name in names]) if names else NOTHING_FOUND


def told(territory: Territory, indicator: Indicator) -> tuple[str, str]:
    """What is found, at the period of the comparison, and what it is beside; a newer value of the territory last.

    indicator: one of the findings.
    """
    rows = territory.compared(indicator)
    own = rows.iloc[0]
    counts, found = sentences.counts_text(indicator, own), sentences.statement(indicator, own).removesuffix(".")
    found = f"{found} ({texts.typography(counts)})" if counts else found
    one = findings_of(territory).set_index("indicator").loc[indicator.id]
    beside = words.beside(indicator, rows, territory.gaps(indicator), one)
    return f"{found},", f"{beside}. {within(territory, indicator)}{newer(territory, indicator)}".rstrip()


def within(territory: Territory, indicator: Indicator) -> str:
    """How far apart the communes are, beyond chance, in a sentence and a space; nothing where it is not worked out."""
    rows = territory.inequality[territory.inequality["period"].eq(territory.periods.get(indicator.id, ""))]
    if indicator.id not in rows.index:
        return ""
    row = rows.loc[indicator.id]
    if pd.isna(row["least"]):
        return ""
    written = {"%": percent, "euros par an": money}.get(indicator.unit, number)
    least, most = number(row["least"], indicator.decimals), written(row["most"], indicator.decimals)
    told = WITHIN.format(least=least, most=most, apart=number(row["apart"], indicator.decimals or 1))
    return f"{told}, dans les 10 % d'EPCI aux communes les plus inégales. " if row["wide"] else f"{told}. "


def profile(
    territory: Territory,
    *indicators: Indicator,
    groups: Mapping[str, Sequence[str]] = MappingProxyType({}),
    beside: Sequence[str] = tuple(pieces.NAMES),
) -> Html:
    """A line for each indicator that the territory has; the box of the others, which the team alone sees.

    groups: the ids of indicators under the heading that they stand under. beside: the levels of the places to show.
    """
    under = {name: heading for heading, names in groups.items() for name in names}
    known = {one: rows for one in indicators if len(rows := _own(territory, one))}
    absent = _absent(territory, [one for one in indicators if one not in known])
    if not known:
        return absent
    lines = [replace(_line(territory, one, rows), group=under.get(one.id, "")) for one, rows in known.items()]
    used = [territory.compared(one) if is_compared(one) else rows.tail(1) for one, rows in known.items()]
    cited = source(territory, pd.concat([*used, *(rows.tail(1) for rows in known.values())]))
    places = territory.beside.groupby("level")["name"].agg(list)
    names = {level: names[0] for level, names in places.items() if len(names) == 1}
    france, more = _france(territory, [one for one in known if is_compared(one)])
    note = " ".join(filter(None, [more, signs([["", line.value] for line in lines])]))
    return markup.together(pieces.profile(lines, names | france, cited, note, beside), absent)


def _absent(territory: Territory, indicators: list[Indicator]) -> Html:
    """One box for what is not available; a sentence for what has no object here."""
    told = [unavailable(territory, one, one.label, "epci") for one in indicators]
    missing = [markup.Box(*box) for piece in told for box in piece.about.get(markup.MISSING, [])]
    box = markup.boxes(missing) if missing else Html("")
    return markup.together(*(piece for piece in told if markup.MISSING not in piece.about), box)


def _own(territory: Territory, indicator: Indicator) -> pd.DataFrame:
    """The values of the territory, oldest first; where none may be shown, its latest row that says so."""
    rows = territory.readable(indicator)
    rows = rows[rows["level"].eq("epci")].sort_values("period", kind="stable")
    known = rows[rows["status"].eq(OK)]
    return known if len(known) else rows[rows["status"].eq(SECRET)].tail(1)


def is_compared(indicator: Indicator) -> bool:
    """Whether a value stands beside that of other places: a number of things says how large they are."""
    return not isinstance(indicator.value, Count | Mean)


def is_told(indicator: Indicator) -> bool:
    """Whether the value or the label tells the unit."""
    return indicator.unit.startswith("%") or indicator.unit.lower() in indicator.label.lower()


def _line(territory: Territory, indicator: Indicator, own: pd.DataFrame) -> Line:
    latest = own.iloc[-1]
    line = Line(
        indicator.label,
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
    then = "" if last_year(period) == last_year(latest["period"]) else f"{date_text(period)} : {here}"
    others = compared.iloc[1:].drop_duplicates(["level", "name"])
    told = {level: " ; ".join(rows["text"]) for level, rows in others.groupby("level") if level in pieces.NAMES}
    gaps = territory.gaps(indicator)
    test, apart = words.test(compared, gaps)
    tests = {
        level: "".join(" ".join(one) for one in words.test(compared, gap)[0]).strip()
        for level, gap in gaps.groupby("level")
    }
    return Line(
        line.label, line.unit, line.value, line.when, then, line.series, _peers(territory, indicator, compared), told,
        apart, test, tests, indicator.id,
    )  # fmt: skip


def small_series(indicator: Indicator, own: pd.DataFrame) -> Drawn | None:
    """The years of a figure; nothing of fewer than three, nor of what is told by its bounds or as counts."""
    each = each_row(own)
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
    others = [(row.value, texts.typography(row.name), sentences.value_text(indicator, row)) for row in each_row(group)]
    where = f"{WORDS[place.place]} de {len(group)} EPCI comparables"
    alt = f"{own['text']} en {date_text(own['period'])}, {where} ; médiane {text}"
    return Drawn(among(others, place, own["value"]), alt, told)


def _france(territory: Territory, indicators: list[Indicator]) -> tuple[dict[str, str], str]:
    """Which France the lines speak of: the name of most of them, and a note on the others."""
    told: dict[str, list[str]] = {}
    for one in indicators:
        rows = territory.compared(one)
        for name in rows.loc[rows["level"].eq("france") & rows["status"].eq(OK), "name"]:
            told.setdefault(name, []).append(texts.uncapitalised(one.label))
    if not told:
        return {}, ""
    most = max(told, key=lambda name: len(told[name]))
    others = [f"{name} pour {texts.listed(labels)}" for name, labels in told.items() if name != most]
    return {"france": most}, f"{' ; '.join(others)}." if others else ""

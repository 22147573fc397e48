"""The figures of a chapter: what was observed, told or drawn, with its words, its source and its data."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pandas as pd
from matplotlib.axes import Axes

from ctg_analysis.chapter import analyst, surveyed
from ctg_analysis.chapter.known import (
    are_exact,
    is_of_all,
    newer,
    newer_head,
    on_map,
    source,
    unavailable,
    uncompared,
    with_source,
    withheld,
    without_contour,
)
from ctg_analysis.chapter.missing import without_lycee
from ctg_analysis.chapter.structures import points, with_structures
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, sentences, standing, tables, texts, titles
from ctg_analysis.display.markup import Html
from ctg_analysis.display.texts import date_text
from ctg_analysis.indicators.comparisons import ALPHA, last_year
from ctg_analysis.indicators.trends import has_gaps, is_sought, trend_of
from ctg_analysis.model.catalogue import CATALOGUE, TITLES
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import CENSORED, OK, Count, Indicator, Mean
from ctg_analysis.model.source import SURVEY
from ctg_analysis.show import charts as show
from ctg_analysis.show import maps
from ctg_analysis.show.maps import explained, with_estimates
from ctg_analysis.show.svg import svg

NOT_FROM_ZERO = "L'axe vertical ne commence pas à zéro."
BETWEEN = "La bande va d'une borne à l'autre, le trait suit la somme des nombres arrondis."

FEW_MEMBERS = 3  # of the territory alone: they are told, not drawn; two numbers beside other places, one rate
UNEQUAL = "Classes inégales ou sans borne : la longueur des barres ne dit pas laquelle est la plus fréquente."
NO_LYCEE = "Aucun lycée, d'après l'annuaire de l'éducation."
COUNTED = "nombre sur l'ensemble, faute de vingt unités pour un pourcentage"


def trend_figure(territory: Territory, ax: Axes, rows: pd.DataFrame) -> Html:
    """The line of an indicator over the years, with its words; nothing where no test finds that it moves (`trend_of`).

    The small series of the profile says as much of such years.

    rows: those of one indicator, see `analyst.data`.
    """
    indicator, drawing = CATALOGUE[rows["indicator"].iloc[0]], svg(ax.figure)
    rows = show.own(rows)
    if len(rows) < 2:
        level = "epci" if "epci" in indicator.levels else "commune"
        return unavailable(territory, indicator, f"{indicator.label}, évolution", level)
    found = None if indicator.id in territory.untold else trend_of(rows, indicator)
    if is_sought(indicator) and not has_gaps(rows) and not (found and found.p < ALPHA):
        return Html("", why=f"{indicator.label} : aucune évolution établie sur {len(rows)} années, rien n'est tracé.")
    axis = NOT_FROM_ZERO if show.begin(rows) > 0 else ""
    between = BETWEEN if show.is_bounded(rows) else ""
    pace = f"Pente : {standing.with_bounds(indicator, rows, found)}." if found and found.is_established else ""
    note = " ".join(filter(None, [axis, between, pace]))
    message = titles.trend(indicator, rows, found)
    return _drawn(territory, indicator, drawing, rows, over_years=True, note=note, message=message)


def communes_map(territory: Territory, *indicators: Indicator, structures: str = "") -> Html:
    """The map of an indicator by commune: shades for a rate, circles for a count.

    Of several, the newest first, the one shown is the first that the territory has too: its communes are read beside
    it. structures: the chapter of those that each commune tells besides (see `Territory.structures`).
    """
    indicator = next((one for one in indicators if is_of_all(territory, one)), indicators[0])
    rows = on_map(territory, indicator)
    if rows.empty:
        return unavailable(territory, indicator, f"{indicator.label}, par commune")
    rows = with_estimates(indicator, rows)
    land = with_structures(territory, structures) if structures else territory.land
    is_count = isinstance(indicator.value, Count | Mean)
    if not is_count:
        whole = territory.own(indicator)
        rows = pd.concat([rows, whole[whole["period"].eq(rows["period"].iloc[0])].assign(shown=True)])
    sites = points(territory, structures) if structures else None
    ax = maps.counts(land, rows, sites) if is_count else maps.rates(land, rows, sites)
    return map_figure(territory, ax, rows)


def map_figure(territory: Territory, ax: Axes, rows: pd.DataFrame) -> Html:
    """A map of the communes with its words. ax: what `maps.rates` or `maps.counts` gave of these rows."""
    indicator, drawing = CATALOGUE[rows["indicator"].iloc[0]], svg(ax.figure)
    rows, _ = maps.at_one_date(rows)
    left_out = ""
    if isinstance(indicator.value, Count | Mean):
        message = titles.circles(indicator, rows) if are_exact(indicator, rows) else titles.largest(indicator, rows)
    else:
        message = titles.choropleth(indicator, rows)
        left_out = titles.TOO_SMALL if titles.leaves_some_out(indicator, rows) else ""
    note = " ".join(filter(None, [without_contour(territory, rows), explained(rows), left_out]))
    return _drawn(territory, indicator, drawing, rows, over_years=False, kind="map", note=note, message=message)


def _drawn(
    territory: Territory, indicator: Indicator, drawing: str, rows: pd.DataFrame, *, over_years: bool, **words: str
) -> Html:
    periods = sorted(rows["period"])
    when = f"{periods[0][:4]}-{last_year(periods[-1])}" if over_years else date_text(periods[0])
    if isinstance(indicator.value, Mean) and not over_years:
        when = f"{last_year(periods[0]) - indicator.value.years + 1}-{last_year(periods[0])}"
    data = tables.listing(indicator, rows, over_years=over_years)
    cited = source(territory, rows, series=over_years)
    words = {name: territory.said(text) for name, text in ({"title": indicator.label} | words).items()}
    return tables.chart(indicator, drawing, data, when=when, source=cited, **words)


def members(territory: Territory, *names: str, with_: str | int | Iterable[str] = ()) -> pd.DataFrame:
    """The members of a family (the ages of childhood), or some indicators of one unit, here and beside, each at its
    period of comparison.

    Columns: those of `analyst.data` and of `Territory.compared`; label: that of the member, without what all say. A
    member without a value here has a row of the territory alone, with the status that tells why. with_: other EPCIs to
    add, by SIREN or official name.
    """
    if len(names) == 1:
        several, title = analyst.family_of(*names), TITLES[names[0]]
    else:
        several, title = [analyst.indicator_of(name) for name in names], ""
    alone = {one.id for one in several if isinstance(one.value, Count | Mean) and newer(territory, one)}
    compared = {one.id: territory.own(one).tail(1) if one.id in alone else territory.compared(one) for one in several}
    known = _at_shared_period(several, compared)
    if known:
        shared = compared[known[0].id]["period"].iloc[0]
        for one in (one for one in several if one not in known):
            then = [territory.compared(one), territory.own(one)]
            then = [rows[rows["period"].eq(shared)] for rows in then]
            compared[one.id] = next((rows for rows in then if len(rows)), compared[one.id])
        known = _at_shared_period(several, compared)
    short, _ = _told_apart([one.label for one in known], title) if known else ([], "")
    label = {one.id: texts.typography(one.label) for one in several}
    label |= {one.id: texts.typography(name) for one, name in zip(known, short, strict=True)}
    rows = []
    for one in several:
        table = compared[one.id]
        if table.empty:
            table = territory.here(one).tail(1).assign(value=float("nan"))
        rows.append(table)
        then = table["period"].iloc[0] if len(table) else ""
        rows += [more[more["period"].eq(then)] for more in analyst.of_chosen(territory, [one], with_)]
    every = pd.concat(rows, ignore_index=True)
    return analyst.tidy(every.assign(label=every["indicator"].map(label)))


def _at_shared_period(several: Sequence[Indicator], compared: Mapping[str, pd.DataFrame]) -> list[Indicator]:
    """Those of some members that have a value at the period that most of them have, the latest of several such."""
    periods = {name: rows["period"].iloc[0] for name, rows in compared.items() if len(rows)}
    if not periods:
        return []
    shared = max(periods.values(), key=lambda period: ([*periods.values()].count(period), last_year(period)))
    return [one for one in several if periods.get(one.id) == shared]


def family_figure(territory: Territory, ax: Axes, rows: pd.DataFrame, title: str = "") -> Html:
    """The drawing of some members of a family, with its words; few of them are told in a sentence.

    A member that has no value to show at the period of most is named below.

    rows: see `members`; a member whose rows are left out is left out of the words too. title: what they are, where they
    are of no family.

    Raises:
        UserError: axes that `show.charts` did not draw, whose words would not be those of the drawing.
    """
    if ax.axison:
        raise UserError('family_figure: expected axes of charts; for a drawing of yours: figure(ax, rows, title="…")')
    several = [CATALOGUE[one] for one in rows["indicator"].unique()]
    of_ids, title = bool(title), title or TITLES[several[0].family]
    rows = show.by_member(rows)
    each = rows.groupby("indicator")
    compared = {one: table if pd.notna(table["value"].iloc[0]) else table[:0] for one, table in each}
    known = _at_shared_period(several, compared)
    drawing = svg(ax.figure)
    if not known:
        return unavailable(territory, several[0], title)
    if SURVEY in known[0].sources:
        return surveyed.answers(territory, drawing, rows, title)
    dated = [texts.uncapitalised(one.label) for one in several if len(compared[one.id]) and one not in known]
    others = [one for one in several if compared[one.id].empty]
    bounded = [one for one in others if each.get_group(one.id)["status"].iloc[0] == CENSORED]
    bounds = [f"{texts.uncapitalised(one.label)} ({each.get_group(one.id)['text'].iloc[0]})" for one in bounded]
    others = [one for one in others if one not in bounded]
    lacking = [texts.uncapitalised(one.label) for one in others if not without_lycee(territory, one)]
    told = {"Connu à une autre date": dated, "Connu par une borne": bounds, "Non connu ici": lacking}
    notes = [f"{why} : {texts.listed(labels)}." for why, labels in told.items() if labels]
    note = " ".join([*notes, *[NO_LYCEE] * (len(lacking) < len(others))])
    own = pd.concat([compared[one.id].iloc[[0]] for one in known])
    _, title = _told_apart([territory.said(one.label) for one in known], title)
    period = date_text(own["period"].iloc[0])
    note = f"{note} {_newer_of(territory, dict(zip(own['name'], known, strict=True)))}".strip()
    beside = any(compared[one.id]["status"].iloc[1:].eq(OK).any() for one in known)
    some = own["text"].ne("0")
    rates = beside and not any(isinstance(one.value, Count | Mean) for one in known)
    none = len(own) > 1 and not own["value"].any()
    if none or some.sum() <= (1 if rates else FEW_MEMBERS - beside):
        pairs = zip(known, sentences.each_row(own), some, strict=True)
        told = [sentences.statement(one, row) for one, row, has in pairs if has or none or (~some).sum() == 1]
        return with_source(texts.in_one(told), source(territory, own), note)
    data = tables.family_listing(known, compared, territory.row["name"])
    units = {one.unit for one in known}
    counted = units == {"%"} and own["text"].str.contains(" sur ").all()
    unit = COUNTED if counted else known[0].unit if len(units) == 1 else "nombre"
    unequal = len({one.width for one in known}) > 1  # a class is not more numerous for being wider, or without an end
    note = f"{note} {UNEQUAL}".strip() if unequal else note
    message = titles.median(own) if unequal and len(known) == len(several) else ""
    is_pair = len(known) == 2 and unit == "%"
    message = message if unequal or (of_ids and not is_pair) else titles.family(title, unit, own)
    each = [(one, compared[one.id], territory.gaps(one)) for one in known]
    if not message and all(rows["period"].isin(territory.compared(one)["period"]).all() for one, rows, _ in each):
        message = titles.beside(title, each)
    drawn = show.references(pd.concat([compared[one.id].assign(unit=one.unit) for one in known]))
    if not ax.figure.legends and drawn:
        strokes = texts.listed(list(dict.fromkeys(show.REFERENCES[row.level] for row in drawn.values())))
        note = f"Trait gris : {strokes}. {note}".strip()
    first, cited = replace(known[0], unit=unit), source(territory, own)
    return tables.chart(first, drawing, data, when=period, source=cited, title=title, note=note, message=message)


def _newer_of(territory: Territory, members: dict[str, Indicator]) -> str:
    """The sentence that tells shares of the territory that are newer than the comparison, by name; else nothing."""
    shares = {name: one for name, one in members.items() if not isinstance(one.value, Count | Mean)}
    rows = {name: territory.own(one).iloc[-1] for name, one in shares.items() if newer(territory, one)}
    if not rows:
        return ""
    told = " ; ".join(f"{texts.uncapitalised(name)}, {row['text']}" for name, row in rows.items())
    when = texts.listed(sorted({date_text(row["period"]) for row in rows.values()}))
    return f"{newer_head(territory, [shares[name] for name in rows])} ({when}) : {told}."


def _told_apart(labels: list[str], title: str) -> tuple[list[str], str]:
    """Labels without what they all say, and the title of their family with what it must say in their place."""
    tail = texts.shared_tail(labels)
    names = texts.without_common_head([label.removesuffix(tail) for label in labels])
    scope = tail[tail.rindex(" (") :] if tail.endswith(")") else ""
    return names, title if scope.strip(" ()") in title else title + scope


def reading(territory: Territory, indicator: Indicator) -> Html:
    """The sentence of an indicator here, the same figure elsewhere and its source; else the box.

    A number of things is told at its latest period, without others.
    """
    rows, number = territory.compared(indicator), isinstance(indicator.value, Count | Mean)
    if rows.empty:
        if secret := withheld(territory, indicator):
            return markup.reading(texts.typography(secret), "")
        whole = ", pour l'ensemble du territoire" if territory.has(indicator, OK) else ""
        return unavailable(territory, indicator, f"{indicator.label}{whole}")
    told = territory.own(indicator).tail(1) if number else rows
    beside = []
    if SURVEY in indicator.sources:
        beside = [surveyed.base(territory.demarche, told.iloc[0])]
    elif not number:
        words = texts.listed([word for _, word in standing.test(rows, territory.gaps(indicator))[0]] or [""])
        beside = [sentences.beside(rows.iloc[1:]), f"{texts.capitalised(words)}." * bool(words)]
        beside += [uncompared(territory, indicator), newer(territory, indicator)]
    words = texts.typography(" ".join(filter(None, beside)))
    said = markup.reading(sentences.sentence(indicator, told.iloc[0]), words)
    return markup.together(said, markup.source(source(territory, told)))

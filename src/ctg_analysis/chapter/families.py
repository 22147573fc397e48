"""The figure of a family of indicators: the members of one breakdown, a bar each."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from ctg_analysis.chapter import surveyed
from ctg_analysis.chapter.known import newer, newer_head, source, unavailable, with_source
from ctg_analysis.chapter.missing import without_lycee
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display.drawings import bars
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import charts
from ctg_analysis.display.words import classes, messages, texts
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.nothing import none_of
from ctg_analysis.indicators.comparisons import last_year
from ctg_analysis.model.catalogue import CLASSES, TITLES
from ctg_analysis.model.indicator import OK, Count, Indicator, Mean

FEW = 3  # members of the territory alone: they are told, not drawn; one less where other places are beside
NO_LYCEE = "Aucun lycée, d'après l'annuaire de l'éducation."
COUNTED = "nombre sur l'ensemble, faute de vingt unités pour un pourcentage"


def family(territory: Territory, name: str, members: list[Indicator], *, unless: Sequence[Indicator] = ()) -> Html:
    """The territory's values of a family of indicators (the ages of childhood), one bar each, of one period.

    The period is that of most members, then the latest; one that has no value to show at it is named below. Classes of
    unequal width are drawn by year of age, or by what their family says (`classes`): a class is not more numerous for
    being wider.

    unless: a family of numbers; nothing where the territory has none of them, for their shares say it again.
    """
    if unless and all(_at_its_period(territory, one)["value"].iloc[:1].eq(0).any() for one in unless):
        return Html("", why="Les effectifs de cette famille sont nuls : leurs parts ne diraient rien de plus.")
    if all(map(surveyed.is_surveyed, members)) and any(len(territory.own(indicator)) for indicator in members):
        return surveyed.ranked(territory, name, members)
    compared = {indicator.id: _at_its_period(territory, indicator) for indicator in members}
    periods = {name: rows["period"].iloc[0] for name, rows in compared.items() if len(rows)}
    if not periods:
        return unavailable(territory, members[0], TITLES[name])
    shared = max(periods.values(), key=lambda period: ([*periods.values()].count(period), last_year(period)))
    known = [indicator for indicator in members if periods.get(indicator.id) == shared]
    dated = [texts.uncapitalised(one.label) for one in members if periods.get(one.id, shared) != shared]
    others = [indicator for indicator in members if indicator.id not in periods]
    lacking = [texts.uncapitalised(one.label) for one in others if not without_lycee(territory, one)]
    told = {"Connu à une autre date": dated, "Sans valeur à montrer": lacking}
    notes = [f"{why} : {texts.listed(labels)}." for why, labels in told.items() if labels]
    note = " ".join([*notes, *[NO_LYCEE] * (len(lacking) < len(others))])
    names, title = _told_apart([indicator.label for indicator in known], TITLES[name])
    own = pd.concat(
        [
            compared[indicator.id].iloc[[0]].assign(name=texts.typography(name))
            for indicator, name in zip(known, names, strict=True)
        ]
    )
    period = date_text(own["period"].iloc[0])
    note = f"{note} {_newer_of(territory, dict(zip(names, known, strict=True)))}".strip()
    if len(own) > 1 and not own["value"].any():
        sentence = f"{title}, {period} : {none_of(own['text'].iloc[0], list(own['name']))}."
        return with_source(sentence, source(territory, own))
    beside = any(compared[one.id]["status"].iloc[1:].eq(OK).any() for one in known)
    some = own[own["text"].ne("0")]
    if len(some) <= FEW - beside:
        none = " ; 0 pour les autres" if len(own) - len(some) > 1 else ""
        each = some if none else own
        values = [_told(row.name, row.text) for row in each[["name", "text"]].itertuples(index=False)]
        sentence = f"{title}, {period} : {texts.listed(values)}{none}."
        return with_source(sentence, source(territory, own), note)
    data = charts.family_listing(known, compared, territory.row["name"])
    units = {indicator.unit for indicator in known}
    counted = units == {"%"} and own["text"].str.contains(" sur ").all()
    unit = COUNTED if counted else "nombre"
    first = known[0] if len(units) == 1 and not counted else replace(known[0], unit=unit)
    cited = source(territory, own)
    message = messages.family(title, first.unit, own)
    if classes.are_unequal(name, known):
        own, first, message, more = classes.by_width(name, known, own, first, title)
        data = data.beside(f"{territory.row['name']}, par {CLASSES[name]}", list(own["text"])) if message else data
        note = f"{note} {more}".strip()
    drawing = bars.comparison(own)
    return charts.chart(first, drawing, data, when=period, source=cited, title=title, note=note, message=message)


def _at_its_period(territory: Territory, indicator: Indicator) -> pd.DataFrame:
    """The territory beside the others at the period of comparison; a number of things alone, if it has a newer one."""
    alone = isinstance(indicator.value, Count | Mean) and newer(territory, indicator)
    return territory.own(indicator).tail(1) if alone else territory.compared(indicator)


def _told(name: str, text: str) -> str:
    """A member and its value, « écoles 12 », and « de 90 à moins de 105 (3) »."""
    return f"{texts.uncapitalised(name)} ({text})" if name[-1].isdigit() else f"{texts.uncapitalised(name)} {text}"


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

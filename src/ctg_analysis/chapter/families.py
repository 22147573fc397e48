"""The figure of a family of indicators: the members of one breakdown, a bar each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
from matplotlib.axes import Axes

from ctg_analysis.chapter import analyst
from ctg_analysis.chapter.known import newer, newer_head, ranked, source, unavailable, with_source
from ctg_analysis.chapter.missing import without_lycee
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import tables, texts, titles
from ctg_analysis.display.markup import Html
from ctg_analysis.display.texts import date_text, none_of
from ctg_analysis.indicators.comparisons import last_year
from ctg_analysis.model.catalogue import CATALOGUE, TITLES
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import OK, Count, Indicator, Mean
from ctg_analysis.show.charts import in_france
from ctg_analysis.show.svg import svg

FEW = 3  # members of the territory alone: they are told, not drawn; one less where other places are beside
FRANCE = "Trait gris : France."
UNEQUAL = "Classes inégales ou sans borne : la longueur des barres ne dit pas laquelle est la plus fréquente."
NO_LYCEE = "Aucun lycée, d'après l'annuaire de l'éducation."
COUNTED = "nombre sur l'ensemble, faute de vingt unités pour un pourcentage"


def members(territory: Territory, *names: str) -> pd.DataFrame:
    """The members of a family (the ages of childhood), or some indicators of one unit, here and beside, each at its
    period of comparison.

    Columns: those of `Territory.compared`, label (of the member), place, unit; name is that of the member in the rows
    of the territory (level « epci »), that of the place in the others. A member without a value here has a row of the
    territory alone, with the status that tells why.
    """
    if len(names) == 1:
        several, title = analyst.family_of(territory, *names), TITLES[names[0]]
    else:
        several, title = [analyst.indicator_of(territory, name) for name in names], ""
    compared = {one.id: _at_its_period(territory, one) for one in several}
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
        without = territory.readable(one).query("level == 'epci'").tail(1).assign(value=float("nan"))
        table = compared[one.id] if len(compared[one.id]) else without
        names = [label[one.id], *table["name"].iloc[1:]]
        rows.append(table.assign(name=names, label=label[one.id], place=table["name"], unit=one.unit))
    return pd.concat(rows, ignore_index=True)


def _at_shared_period(several: Sequence[Indicator], compared: Mapping[str, pd.DataFrame]) -> list[Indicator]:
    """Those of some members that have a value at the period that most of them have, the latest of several such."""
    periods = {name: rows["period"].iloc[0] for name, rows in compared.items() if len(rows)}
    if not periods:
        return []
    shared = max(periods.values(), key=lambda period: ([*periods.values()].count(period), last_year(period)))
    return [one for one in several if periods.get(one.id) == shared]


def figure(
    territory: Territory, ax: Axes, rows: pd.DataFrame, unless: pd.DataFrame | None = None, title: str = ""
) -> Html:
    """The drawing of some members of a family, with its words; few of them are told in a sentence.

    A member that has no value to show at the period of most is named below.

    rows: see `members`; a member whose rows are left out is left out of the words too. unless: the numbers that its
    shares are of; nothing where they are 0. title: what they are, where they are of no family.

    Raises:
        UserError: axes that `show.charts` did not draw, whose words would not be those of the drawing.
    """
    if ax.axison:
        raise UserError('family_figure: expected axes of charts; for a drawing of yours: figure(ax, rows, title="…")')
    several = [CATALOGUE[one] for one in rows["indicator"].unique()]
    of_ids, title = bool(title), title or TITLES[several[0].family]
    each = rows.groupby("indicator")
    compared = {one: table if pd.notna(table["value"].iloc[0]) else table[:0] for one, table in each}
    known = _at_shared_period(several, compared)
    drawing = svg(ax.figure)
    if unless is not None and unless.loc[unless["level"].eq("epci"), "value"].eq(0).all():
        return Html("", why="Les effectifs de cette famille sont nuls : leurs parts ne diraient rien de plus.")
    if not known:
        return unavailable(territory, several[0], title)
    dated = [texts.uncapitalised(one.label) for one in several if len(compared[one.id]) and one not in known]
    others = [one for one in several if compared[one.id].empty]
    lacking = [texts.uncapitalised(one.label) for one in others if not without_lycee(territory, one)]
    told = {"Connu à une autre date": dated, "Sans valeur à montrer": lacking}
    notes = [f"{why} : {texts.listed(labels)}." for why, labels in told.items() if labels]
    note = " ".join([*notes, *[NO_LYCEE] * (len(lacking) < len(others))])
    own = pd.concat([compared[one.id].iloc[[0]] for one in known])
    _, title = _told_apart([one.label for one in known], title)
    period = date_text(own["period"].iloc[0])
    note = f"{note} {_newer_of(territory, dict(zip(own['name'], known, strict=True)))}".strip()
    if len(own) > 1 and not own["value"].any():
        sentence = f"{title}, {period} : {none_of(own['text'].iloc[0], list(own['name']))}."
        return with_source(sentence, source(territory, own))
    beside = any(compared[one.id]["status"].iloc[1:].eq(OK).any() for one in known)
    some = own[own["text"].ne("0")]
    if len(some) <= FEW - beside:
        none = " ; 0 pour les autres" if len(own) - len(some) > 1 else ""
        several = some if none else own
        values = [_told(row.name, row.text) for row in several[["name", "text"]].itertuples(index=False)]
        sentence = f"{title}, {period} : {texts.listed(values)}{none}."
        return with_source(sentence, source(territory, own), note)
    data = tables.family_listing(known, compared, territory.row["name"])
    units = {one.unit for one in known}
    counted = units == {"%"} and own["text"].str.contains(" sur ").all()
    unit = COUNTED if counted else known[0].unit if len(units) == 1 else "nombre"
    message = "" if of_ids else titles.family(title, unit, own)
    widths = {one.width for one in known}
    if len(widths) > 1:  # a class is not more numerous for being wider, or without an end
        message, note = "", f"{note} {UNEQUAL}".strip()
    if not ax.figure.legends and in_france(pd.concat([compared[one.id] for one in known])):
        note = f"{FRANCE} {note}".strip()
    first, cited = replace(known[0], unit=unit), source(territory, own)
    return tables.chart(first, drawing, data, when=period, source=cited, title=title, note=note, message=message)


def answers(territory: Territory, name: str, several: Sequence[Indicator]) -> Html:
    """What residents answered to a question, the most cited first, or the box of who can ask them."""
    if any(len(territory.own(indicator)) for indicator in several):
        return ranked(territory, name, list(several))
    return unavailable(territory, several[0], TITLES[name])


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

"""The words of a figure: one function from the rows that are drawn to what a page says of them, whatever the drawing.

What the rows are tells which words they have: the members of a family, the years of the territory, its communes, the
ages of its inhabitants; of any other rows, their title and their values alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from ctg_analysis.chapter import surveyed
from ctg_analysis.chapter.known import (
    are_exact,
    newer,
    newer_head,
    source,
    unavailable,
    with_source,
    without_contour,
)
from ctg_analysis.chapter.missing import without_lycee
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, sentences, standing, tables, texts, titles
from ctg_analysis.display.markup import Html
from ctg_analysis.display.quantities import percent
from ctg_analysis.display.texts import date_text
from ctg_analysis.display.words import Words, words_of
from ctg_analysis.indicators.comparisons import ALPHA, last_year
from ctg_analysis.indicators.trends import has_gaps, is_sought, trend_of
from ctg_analysis.model.catalogue import CATALOGUE, TITLES
from ctg_analysis.model.indicator import CENSORED, MISSING, OK, Count, Indicator, Mean
from ctg_analysis.model.source import SURVEY
from ctg_analysis.show.maps import at_one_date, explained

BETWEEN = "Chaque valeur est une somme de nombres arrondis, connue par ses deux bornes."
FEW_MEMBERS = 3  # of the territory alone: they are told, not drawn; two numbers beside other places, one rate
UNEQUAL = "Classes inégales ou sans borne : la longueur des barres ne dit pas laquelle est la plus fréquente."
NO_LYCEE = "Aucun lycée, d'après l'annuaire de l'éducation."
COUNTED = "nombre sur l'ensemble, faute de vingt unités pour un pourcentage"
COUNTRY = "France"
MOST_NAMED = 3  # indicators of a chart, in its subtitle
TOLD = 12  # values of a chart that its alternative tells; the table has them all
OF_SEXES = {"Hommes": "d'hommes", "Femmes": "de femmes"}
PYRAMID = "Population par sexe et âge, pour la pyramide des âges"


def figure_words(territory: Territory, rows: pd.DataFrame, *, title: str = "") -> Words | Html:
    """The words of the drawing of some rows; in their place, what a page says of rows that are not worth one.

    Parameters:
        rows: of `Chapter.data`, `members`, `ages` or `computed`; labels 0, 1, 2…
        title: what they are (French); what is found in them is the headline, where something is.
    """
    masked = rows["value"].isna() & rows["status"].eq(OK)  # by an analyst
    unknown = {"status": rows["status"].mask(masked, MISSING), "text": rows["text"].mask(masked, tables.UNKNOWN)}
    rows = rows.assign(**unknown)
    if rows.empty:
        first = CATALOGUE[rows.attrs["indicators"][0]] if rows.attrs.get("indicators") else None
        return unavailable(territory, first, title or first.label) if first else _nothing()
    if "sex" in rows:
        return _of_ages(territory, rows)
    if "computed" in rows:
        return _of_any(territory, rows, title)
    if _are_communes(territory, rows):
        return _of_communes(territory, rows, title)
    own = rows[_is_own(territory, rows)]
    several = own["indicator"].duplicated().any()
    if "family" in rows and not several and set(own["indicator"]) == set(rows["indicator"]):
        return _of_members(territory, rows, title)
    if len(own) == len(rows) and _are_years(own, title):
        return _of_years(territory, rows, title)
    return _of_any(territory, rows, title)


def _nothing() -> Html:
    return Html("", why="Aucune valeur à dessiner.")


def _is_own(territory: Territory, rows: pd.DataFrame) -> pd.Series:
    return rows["level"].eq("epci") & rows["territory"].eq(territory.epci)


def _are_years(own: pd.DataFrame, title: str) -> bool:
    """Whether rows of the territory are years of an indicator, beside others or not, or one that has no title."""
    first = own["indicator"].eq(own["indicator"].iloc[0])
    return first.sum() > 1 or (first.all() and not title)


def _are_communes(territory: Territory, rows: pd.DataFrame) -> bool:
    """Whether rows are those of an indicator in all the communes, at one date."""
    if "shown" in rows:
        return True
    communes = rows[rows["level"].eq("commune")]
    at_once = rows["indicator"].nunique() == 1 and communes["period"].nunique() == 1
    return at_once and set(territory.communes["code"]) <= set(communes["territory"])


# The years of the territory.


def _of_years(territory: Territory, rows: pd.DataFrame, title: str) -> Words | Html:
    """Of an indicator over the years; nothing where no test finds that it moves and none asks for it by a title.

    Others may be drawn beside the first, its mean over years: they stand in the table alone.
    """
    indicator = CATALOGUE[rows["indicator"].iloc[0]]
    known = rows[rows["status"].eq(OK)].sort_values("period", kind="stable")
    first = known[known["indicator"].eq(indicator.id)]
    if len(first) < 2:
        level = "epci" if "epci" in indicator.levels else "commune"
        return unavailable(territory, indicator, f"{indicator.label}, évolution", level)
    found = None if indicator.id in territory.untold else trend_of(first, indicator)
    is_settled = found is not None and found.p < ALPHA
    if not title and is_sought(indicator) and not has_gaps(first) and not is_settled:
        return Html("", why=f"{indicator.label} : aucune évolution établie sur {len(first)} années, rien n'est tracé.")
    bounded = all(sentences.is_sum_of_rounded(indicator, row) for row in sentences.each_row(first))
    pace = f"Pente : {standing.with_bounds(indicator, first, found)}." if found and found.is_established else ""
    message = titles.trend(indicator, first, found) if not title or is_settled else ""
    return words_of(
        indicator,
        _by_year(indicator, rows, first, known),
        when=f"{first['period'].iloc[0][:4]}-{last_year(first['period'].iloc[-1])}",
        source=source(territory, known, series=True),
        note=" ".join(filter(None, [BETWEEN * bounded, pace])),
        title=territory.said(title or indicator.label),
        message=territory.said(message),
    )


def _by_year(indicator: Indicator, rows: pd.DataFrame, first: pd.DataFrame, known: pd.DataFrame) -> tables.Listing:
    """The values of an indicator by period, from its first to its last, those of the others beside.

    rows: all. first, known: of those that have a value, its own, those of all.
    """
    own = rows[rows["indicator"].eq(indicator.id)].sort_values("period", kind="stable")
    first = own[own["period"].between(first["period"].iloc[0], first["period"].iloc[-1])]
    data = tables.listing(indicator, first, over_years=True)
    for other in known["indicator"].unique()[1:]:
        of_other = known[known["indicator"].eq(other)].set_index("period")["text"]
        data = data.beside(CATALOGUE[other].label, list(first["period"].map(of_other).fillna(tables.UNKNOWN)))
    return data


# The communes.


def _of_communes(territory: Territory, rows: pd.DataFrame, title: str) -> Words:
    indicator = CATALOGUE[rows["indicator"].iloc[0]]
    rows, _ = at_one_date(rows)
    left_out = ""
    if isinstance(indicator.value, Count | Mean):
        message = titles.circles(indicator, rows) if are_exact(indicator, rows) else titles.largest(indicator, rows)
    else:
        message = titles.choropleth(indicator, rows)
        left_out = titles.TOO_SMALL if titles.leaves_some_out(indicator, rows) else ""
    period = rows["period"].min()
    is_mean = isinstance(indicator.value, Mean)
    return words_of(
        indicator,
        tables.listing(indicator, rows, over_years=False),
        when=f"{last_year(period) - indicator.value.years + 1}-{last_year(period)}" if is_mean else date_text(period),
        source=source(territory, rows),
        note=" ".join(filter(None, [without_contour(territory, rows), explained(rows), left_out])),
        title=territory.said(title or indicator.label),
        message=territory.said(message),
    )


# The members of a family.


def at_shared_period(several: Sequence[Indicator], compared: Mapping[str, pd.DataFrame]) -> list[Indicator]:
    """Those of some members that have a value at the period that most of them have, the latest of several such."""
    periods = {name: rows["period"].iloc[0] for name, rows in compared.items() if len(rows)}
    if not periods:
        return []
    shared = max(periods.values(), key=lambda period: ([*periods.values()].count(period), last_year(period)))
    return [one for one in several if periods.get(one.id) == shared]


def told_apart(labels: list[str], title: str) -> tuple[list[str], str]:
    """Labels without what they all say, and the title of their family with what it must say in their place."""
    tail = texts.shared_tail(labels)
    names = texts.without_common_head([label.removesuffix(tail) for label in labels])
    scope = tail[tail.rindex(" (") :] if tail.endswith(")") else ""
    return names, title if scope.strip(" ()") in title else title + scope


def _of_members(territory: Territory, rows: pd.DataFrame, title: str) -> Words | Html:
    """Of the members of a family, or of some indicators of one unit; few of them are told in a sentence."""
    several = [CATALOGUE[one] for one in rows["indicator"].unique()]
    of_ids, title = bool(title), title or TITLES.get(rows["family"].iloc[0], several[0].label)
    own = _is_own(territory, rows)
    rows = pd.concat([rows[own].assign(name=rows["label"]), rows[~own]])
    each = {name: table for name, table in rows.groupby("indicator")}
    compared = {one: table if pd.notna(table["value"].iloc[0]) else table[:0] for one, table in each.items()}
    known = at_shared_period(several, compared)
    if not known:
        return unavailable(territory, several[0], title)
    if SURVEY in known[0].sources:
        return surveyed.answers(territory, rows[rows["level"].eq("epci")], title)
    here = pd.concat([compared[one.id].iloc[[0]] for one in known])
    _, title = told_apart([territory.said(one.label) for one in known], title)
    newer_ones = _newer_of(territory, dict(zip(here["name"], known, strict=True)))
    notes = [*_without_value(territory, several, known, each, compared), newer_ones]
    if told := _in_a_sentence(known, here, compared, is_asked=of_ids):
        return with_source(told, source(territory, here), " ".join(filter(None, notes)))
    unit = _unit_of(known, here)
    if _are_unequal(known):
        message = titles.median(here) if len(known) == len(several) else ""
        notes.append(UNEQUAL)
    else:
        message = _foremost(title, unit, here, of_ids=of_ids)
    return words_of(
        replace(known[0], unit=unit),
        tables.family_listing(known, compared, territory.row["name"]),
        when=date_text(here["period"].iloc[0]),
        source=source(territory, here),
        note=" ".join(filter(None, notes)),
        title=title,
        message=message or _beside(territory, title, known, compared),
    )


def _foremost(title: str, unit: str, here: pd.DataFrame, *, of_ids: bool) -> str:
    """Which members come first; of indicators that are no parts of a whole, of two shares alone."""
    is_pair = len(here) == 2 and unit == "%"
    return "" if of_ids and not is_pair else titles.family(title, unit, here)


def _are_unequal(known: Sequence[Indicator]) -> bool:
    """Whether members are classes of several widths: one is not more numerous for being wider, or without an end."""
    return len({one.width for one in known}) > 1


def _without_value(
    territory: Territory,
    several: Sequence[Indicator],
    known: Sequence[Indicator],
    each: Mapping[str, pd.DataFrame],
    compared: Mapping[str, pd.DataFrame],
) -> list[str]:
    """The sentences on the members that are not drawn: known at another date, by a bound, or not known here."""
    dated = [texts.uncapitalised(one.label) for one in several if len(compared[one.id]) and one not in known]
    others = [one for one in several if compared[one.id].empty]
    bounded = [one for one in others if each[one.id]["status"].iloc[0] == CENSORED]
    bounds = [f"{texts.uncapitalised(one.label)} ({each[one.id]['text'].iloc[0]})" for one in bounded]
    others = [one for one in others if one not in bounded]
    lacking = [texts.uncapitalised(one.label) for one in others if not without_lycee(territory, one)]
    told = {"Connu à une autre date": dated, "Connu par une borne": bounds, "Non connu ici": lacking}
    notes = [f"{why} : {texts.listed(labels)}." for why, labels in told.items() if labels]
    return [*notes, *[NO_LYCEE] * (len(lacking) < len(others))]


def _in_a_sentence(
    known: Sequence[Indicator], here: pd.DataFrame, compared: Mapping[str, pd.DataFrame], *, is_asked: bool
) -> str:
    """The values of a few members; nothing of those that are worth a drawing.

    here: their rows of the territory. is_asked: their drawing has a title of its own: one value alone is told.
    """
    beside = any(compared[one.id]["status"].iloc[1:].eq(OK).any() for one in known)
    some = here["text"].ne("0")
    rates = beside and not any(isinstance(one.value, Count | Mean) for one in known)
    none = len(here) > 1 and not here["value"].any()
    if not none and some.sum() > (1 if rates or is_asked else FEW_MEMBERS - beside):
        return ""
    pairs = zip(known, sentences.each_row(here), some, strict=True)
    return texts.in_one([sentences.statement(one, row) for one, row, has in pairs if has or none or (~some).sum() == 1])


def _unit_of(known: Sequence[Indicator], here: pd.DataFrame) -> str:
    units = {one.unit for one in known}
    if units == {"%"} and here["text"].str.contains(" sur ").all():
        return COUNTED
    return known[0].unit if len(units) == 1 else "nombre"


def _beside(territory: Territory, title: str, known: Sequence[Indicator], compared: Mapping[str, pd.DataFrame]) -> str:
    """What the tests find of all the members beside another place, where their rows are those that are tested."""
    each = [(one, compared[one.id], territory.gaps(one)) for one in known]
    if all(rows["period"].isin(territory.compared(one)["period"]).all() for one, rows, _ in each):
        return titles.beside(title, each)
    return ""


def _newer_of(territory: Territory, members: dict[str, Indicator]) -> str:
    """The sentence that tells shares of the territory that are newer than the comparison, by name; else nothing."""
    shares = {name: one for name, one in members.items() if not isinstance(one.value, Count | Mean)}
    rows = {name: territory.own(one).iloc[-1] for name, one in shares.items() if newer(territory, one)}
    if not rows:
        return ""
    told = " ; ".join(f"{texts.uncapitalised(name)}, {row['text']}" for name, row in rows.items())
    when = texts.listed(sorted({date_text(row["period"]) for row in rows.values()}))
    return f"{newer_head(territory, [shares[name] for name in rows])} ({when}) : {told}."


# The ages, and any other rows.


def _of_ages(territory: Territory, rows: pd.DataFrame) -> Words | Html:
    """Of the shares of each age and sex: see `demography.ages`."""
    own, period = rows[_is_own(territory, rows)], rows["period"].iloc[0]
    if own["value"].isna().any():
        return unavailable(territory, CATALOGUE[own["indicator"].iloc[0]], PYRAMID)
    by_age = own.pivot(index="age", columns="sex", values="value").reindex(own["age"].unique())
    fullest = by_age.sum(axis=1).idxmax()
    title = f"Les {fullest} sont les plus nombreux : {percent(by_age.loc[fullest].sum(), 1)} de la population"
    each = " et ".join(f"{percent(by_age.loc[fullest, sex], 1)} {of}" for sex, of in OF_SEXES.items())
    columns = rows["sex"].mask(rows["place"].ne(own["place"].iloc[0]), rows["sex"] + ", " + rows["place"])
    told = rows.assign(column=columns).pivot(index="age", columns="column", values="text")
    told = told.loc[by_age.index, columns.unique()].reset_index()
    return Words(
        title=title,
        subtitle=f"Pyramide des âges, part de chaque âge dans la population, en %, {period}",
        alt=f"Pyramide des âges, {territory.row['name']}, {period}. {title}, {each}.",
        source=source(territory, own),
        data=markup.Table(
            f"Part de chaque âge dans la population, {period}", ["Âge", *told.columns[1:]], told.to_numpy().tolist()
        ),
        file="pyramid.csv",
    )


def _of_any(territory: Territory, rows: pd.DataFrame, title: str) -> Words | Html:
    known = rows[rows["value"].notna()]
    if known.empty:
        return _nothing()
    columns = {"Territoire": known["place"], "Indicateur": known["label"], "Période": known["period"].map(date_text)}
    if known["label"].nunique() == 1:
        del columns["Indicateur"]
    lines = pd.DataFrame(columns | {"Valeur": known["text"]}).to_numpy().tolist()
    said = " ; ".join(f"{', '.join(named)} ({when}) {text}" for *named, when, text in lines[:TOLD])
    more = f" ; et {len(lines) - TOLD} autres valeurs, dans le tableau" if len(lines) > TOLD else ""
    ids, frances = known["indicator"].unique(), known.loc[known["level"].eq("france"), "name"].unique()
    caveats = [] if "computed" in rows else [CATALOGUE[name].caveats for name in ids]
    fields = [name.removeprefix(COUNTRY).strip() or "entière" for name in frances]
    country = f"Champ de la France : {' ; '.join(fields)}." if {*frances} - {COUNTRY} else ""
    title = title or texts.listed(list(known["label"].unique()))
    return Words(
        title=title,
        subtitle=_subtitle(known),
        alt=f"{title} : {said}{more}.",
        source=source(territory, known),
        data=markup.Table(title, [*columns, "Valeur"], lines),
        note=" ".join(filter(None, [*dict.fromkeys(caveats), country])),
        file=CATALOGUE[ids[0]].file_name if len(ids) < 2 else "",
    )


def _subtitle(known: pd.DataFrame) -> str:
    """What the rows are of, in their unit, at their period, as far as they share them."""
    labels, units, periods = (list(known[name].unique()) for name in ("label", "unit", "period"))
    named = texts.capitalised(texts.listed(list(map(texts.uncapitalised, labels)))) if len(labels) <= MOST_NAMED else ""
    if len(units) == 1:
        named = texts.with_unit(named, units[0]) if named else texts.unit_text(units[0])
    return ", ".join(filter(None, [named, date_text(periods[0]) if len(periods) == 1 else ""]))

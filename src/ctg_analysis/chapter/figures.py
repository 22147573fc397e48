"""The figures of a chapter: what was observed of a territory, drawn, with its words, its source and its data.

Each returns the box of what is not available when there is nothing to draw.
"""

import pandas as pd
from matplotlib.axes import Axes

from ctg_analysis.chapter.analyst import data
from ctg_analysis.chapter.known import (
    are_exact,
    by_commune,
    is_of_all,
    on_map,
    source,
    unavailable,
    with_source,
    without_contour,
)
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import tables, texts, titles
from ctg_analysis.display.markup import Html
from ctg_analysis.display.texts import date_text
from ctg_analysis.indicators.comparisons import last_year
from ctg_analysis.indicators.trends import has_gaps, is_sought, trend_of
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import MISSING, NOT_APPLICABLE, OK, SECRET, Count, Indicator, Mean
from ctg_analysis.show import charts as show
from ctg_analysis.show import maps
from ctg_analysis.show.small_communes import explained, with_estimates
from ctg_analysis.show.svg import svg

NOT_FROM_ZERO = "L'axe vertical ne commence pas à zéro."
BETWEEN = "La bande va d'une borne à l'autre, le trait suit la somme des nombres arrondis."

COMMON_CLASSES = ("access_times", "access_medians", "access_near", "poverty_by_group")  # families whose maps share them
PEOPLE = "population_count"
LIKE_PEOPLE = "commune par commune : {} suit la population"
FEWEST_PLACES, EVERYWHERE, EXPLAINED = 4, 0.5, 0.7  # communes; share that has some; share that the population explains
FEW = 3  # communes with a value: they are told, not drawn
WITHOUT = {MISSING, SECRET, NOT_APPLICABLE}
SAME_SHADES = "Mêmes classes que les cartes voisines de même unité."


def trend(territory: Territory, indicator: Indicator) -> Html:
    """The line of an indicator over the years: see `trend_figure`."""
    rows = data(territory, indicator.id)
    means = [name for name in indicator.parts if isinstance(CATALOGUE[name].value, Mean)]
    smooth = next((data(territory, name) for name in means if len(territory.own(CATALOGUE[name]))), None)
    return trend_figure(territory, show.trend(rows, smooth), rows)


def trend_figure(territory: Territory, ax: Axes, rows: pd.DataFrame) -> Html:
    """The line of an indicator over the years, with its words; nothing where it does not move for sure (`trend_of`).

    The small series of the profile says as much of such years.

    rows: those of one indicator, see `analyst.data`.
    """
    indicator, drawing = CATALOGUE[rows["indicator"].iloc[0]], svg(ax.figure)
    rows = show.own(rows)
    if len(rows) < 2:
        level = "epci" if "epci" in indicator.levels else "commune"
        return unavailable(territory, indicator, f"{indicator.label}, évolution", level)
    found = trend_of(rows, indicator)
    if is_sought(indicator) and not has_gaps(rows) and not (found and found.is_established):
        return Html("", why=f"{indicator.label} : aucune évolution établie sur {len(rows)} années, rien n'est tracé.")
    axis = NOT_FROM_ZERO if show.begin(rows) > 0 else ""
    between = BETWEEN if show.is_bounded(rows) else ""
    note = " ".join(filter(None, [axis, between]))
    message = titles.trend(indicator, rows, found)
    return _drawn(territory, indicator, drawing, rows, over_years=True, note=note, message=message)


def communes_map(territory: Territory, *indicators: Indicator, always: bool = False) -> Html:
    """The map of an indicator by commune: shades for a rate, circles for a count; a sentence of three communes or less.

    The table alone, folded, of a count that would draw the population again. Of several, the newest first, the one
    shown is the first that the territory has too: its communes are read beside it. always: draw whatever it is.
    """
    indicator = next((one for one in indicators if is_of_all(territory, one)), indicators[0])
    rows = on_map(territory, indicator)
    if rows.empty:
        return unavailable(territory, indicator, f"{indicator.label}, par commune")
    rows, counted = with_estimates(indicator, rows), isinstance(indicator.value, Count | Mean)
    some = rows[rows["value"].gt(0)] if counted and are_exact(indicator, rows) else rows[rows["shown"]]
    others = rows.loc[~rows["shown"], "status"]
    if not always and len(some) <= FEW and others.isin(WITHOUT).all() and rows["estimate"].isna().all():
        return _told(territory, indicator, some, rows)
    if counted:
        if not always and indicator.id != PEOPLE and follows_population(rows, by_commune(territory, CATALOGUE[PEOPLE])):
            data = tables.listing(indicator, rows, over_years=False)
            when = date_text(rows["period"].iloc[0])
            what = "ce montant" if "euro" in indicator.unit else "ce nombre"
            summary = f"{indicator.label}, {LIKE_PEOPLE.format(what)}"
            return tables.listed_only(indicator, data, summary, when=when, source=source(territory, rows))
        return map_figure(territory, maps.counts(territory.land, rows), rows)
    whole = territory.own(indicator)
    rows = pd.concat([rows, whole[whole["period"].eq(rows["period"].iloc[0])].assign(shown=True)])
    ax = maps.rates(territory.land, rows, together=_read_together(territory, indicator))
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
    shades = SAME_SHADES if indicator.family in COMMON_CLASSES else ""
    note = " ".join(filter(None, [without_contour(territory, rows), shades or explained(rows), left_out]))
    return _drawn(territory, indicator, drawing, rows, over_years=False, kind="map", note=note, message=message)


def _told(territory: Territory, indicator: Indicator, some: pd.DataFrame, rows: pd.DataFrame) -> Html:
    """The values of a few communes in a sentence. some: those that are told, of rows."""
    some = some.sort_values("value", ascending=False, kind="stable")
    each = [f"{row.name} {row.text}" for row in some[["name", "text"]].itertuples(index=False)]
    elsewhere = " ; 0 ailleurs" if rows["shown"].sum() > len(some) else ""
    about = f"{texts.with_unit(indicator.label, indicator.unit)}, {date_text(rows['period'].iloc[0])}"
    sentence = f"{about} : {texts.listed(each)}{elsewhere}." if each else f"{about} : dans aucune commune."
    return with_source(sentence, source(territory, rows), indicator.caveats)


def follows_population(counts: pd.DataFrame, people: pd.DataFrame) -> bool:
    """Whether circles of a count would draw the population again: it is nearly everywhere, and in its proportion.

    Parameters:
        counts, people: columns territory, value, status, a row for each commune.

    >>> rows = pd.DataFrame({"territory": list("ABCD"), "value": [1.0, 2, 3, 4], "status": "ok"})
    >>> follows_population(rows.assign(value=[2.0, 4, 6, 9]), rows)
    True
    >>> follows_population(rows.assign(value=[0.0, 0, 0, 9]), rows)
    False
    """
    known = people[people["status"].eq(OK)].set_index("territory")["value"]
    rows = counts[counts["status"].eq(OK) & counts["territory"].isin(known.index)]
    if len(rows) < FEWEST_PLACES or rows["value"].gt(0).mean() < EVERYWHERE:
        return False
    radii, others = rows["value"].clip(lower=0) ** 0.5, rows["territory"].map(known).astype(float) ** 0.5
    return bool(radii.nunique() > 1 and radii.corr(others) ** 2 >= EXPLAINED)


def _read_together(territory: Territory, indicator: Indicator) -> pd.Series | None:
    """The values of the maps that an indicator's is read with, its own among them; None when it stands alone."""
    if indicator.family not in COMMON_CLASSES:
        return None
    members = [other for other in CATALOGUE.values() if other.family == indicator.family]
    rows = pd.concat([on_map(territory, other) for other in members])
    return rows.loc[rows["status"].eq(OK), "value"]


def parts(territory: Territory, indicator: Indicator) -> Html:
    """What an indicator is made of, here and elsewhere."""
    totals = territory.compared(indicator, with_peers=False)
    if totals.empty:
        return unavailable(territory, indicator, indicator.label)
    totals = totals[totals["status"].eq(OK)]
    rows = labelled_parts(territory, indicator)
    rows = rows[rows["period"].eq(totals["period"].iloc[0]) & rows["name"].isin(totals["name"])]
    rows = rows.drop_duplicates(["name", "part"])  # La Réunion is a département and a région
    message = titles.parts(rows, totals.iloc[0])
    drawing = svg(show.parts(rows, totals).figure)
    return _drawn(territory, indicator, drawing, totals, over_years=False, parts=rows, message=message)


def labelled_parts(territory: Territory, indicator: Indicator) -> pd.DataFrame:
    """The readable rows of what an indicator is made of, with the label of each in `part`."""
    label = {name: texts.typography(CATALOGUE[name].label) for name in indicator.parts}
    return pd.concat([territory.readable(CATALOGUE[name]).assign(part=label[name]) for name in indicator.parts])


def _drawn(
    territory: Territory,
    indicator: Indicator,
    drawing: str,
    rows: pd.DataFrame,
    *,
    over_years: bool,
    parts: pd.DataFrame | None = None,
    **words: str,
) -> Html:
    periods = sorted(rows["period"])
    when = f"{periods[0][:4]}-{last_year(periods[-1])}" if over_years else date_text(periods[0])
    data = tables.listing(indicator, rows, over_years=over_years, parts=parts)
    cited = source(territory, rows if parts is None else pd.concat([rows, parts]), series=over_years)
    if territory.is_overseas:  # where the Caf pays all
        words = {"title": indicator.label} | words
        words = {name: text.replace(" (hors MSA)", "") for name, text in words.items()}
    return tables.chart(indicator, drawing, data, when=when, source=cited, **words)

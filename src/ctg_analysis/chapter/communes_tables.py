"""Indicators by commune, in tables: each in a column, beside what the territory is compared with."""

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter.by_indicator import with_one_france
from ctg_analysis.chapter.closing import SHOWN, telling
from ctg_analysis.chapter.known import source, unavailable
from ctg_analysis.chapter.missing import is_pointless
from ctg_analysis.chapter.territory import LOCAL, Territory
from ctg_analysis.core.model import MISSING, OK, Indicator
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import tables
from ctg_analysis.display.words import texts
from ctg_analysis.indicators.comparisons import last_year, latest_period


def table(territory: Territory, *indicators: Indicator) -> Html:
    """The communes and the comparators in rows, the indicators in columns: of one period, where they have one.

    An indicator that no place has is named below, without a column; the box stands for a table of such ones.
    """
    if all(is_pointless(territory, indicator) for indicator in indicators):
        labels = texts.listed([texts.uncapitalised(indicator.label) for indicator in indicators])
        return unavailable(territory, indicators[0], f"{texts.capitalised(labels)}, par commune")
    known, absent = {}, []
    for indicator in indicators:
        rows = territory.readable(indicator)
        if rows["status"].eq(MISSING).all():
            absent.append(indicator)
        else:
            known[indicator] = rows
    own = {
        one: territory.periods.get(one.id) or latest_period(rows) or rows["period"].max() for one, rows in known.items()
    }
    shared = period_in_common([*known.values()]) if len({*own.values()}) > 1 else None
    columns = []
    for indicator, rows in known.items():
        period = shared or own[indicator]
        columns.append((indicator, period, with_one_france(rows[rows["period"].eq(period)])))
    labels = [texts.uncapitalised(indicator.label) for indicator in absent]
    if not columns:
        return unavailable(territory, absent[0], f"{texts.listed(labels)}, par commune")
    note = f"Donnée non disponible : {texts.listed(labels)}." if labels else ""
    cited = source(territory, pd.concat([rows for *_, rows in columns]))
    return tables.places_by_indicator(territory.places, columns, source=cited, note=note)


def period_in_common(tables: list[pd.DataFrame]) -> str | None:
    """The period at which communes have a value in each of some tables: that of most comparators, then the newest.

    tables: columns level, period, status.
    """
    known = [rows[rows["status"].eq(OK)] for rows in tables]
    shared = set.intersection(*(set(rows.loc[rows["level"].eq("commune"), "period"]) for rows in known))
    beside = pd.concat([rows.loc[~rows["level"].isin(LOCAL), "period"] for rows in known]).value_counts()
    return max(shared, key=lambda period: (beside.get(period, 0), last_year(period), period), default=None)


def matrix(territory: Territory, _: str, family: list[Indicator]) -> Html:
    """A family of indicators by commune: yes or no, or the value of each."""
    columns = []
    for indicator in family:
        rows = territory.readable(indicator)
        period = latest_period(rows[rows["level"].eq("commune")]) or latest_period(rows)
        if period is None:
            return unavailable(territory, family[0], f"{indicator.label}, par commune")
        columns.append((indicator, period, _with_part(territory, indicator, rows[rows["period"].eq(period)])))
    places = territory.places[territory.places["level"].isin(["commune", "epci"])]
    piece = tables.matrix(places, columns, source=source(territory, pd.concat([rows for *_, rows in columns])))
    return telling(piece, SHOWN, *(indicator.parts[0] for indicator in family if indicator.parts))


def _with_part(territory: Territory, indicator: Indicator, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of an indicator with the value of its part, when it has one that is counted apart."""
    if not indicator.parts:
        return rows
    part = territory.readable(CATALOGUE[indicator.parts[0]])
    values = part.set_index(["level", "territory", "period"])["value"].rename("part")
    return rows.join(values, on=["level", "territory", "period"])

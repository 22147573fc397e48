"""Indicators by commune, in tables: each in a column, beside what the territory is compared with."""

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter.closing import SHOWN, telling
from ctg_analysis.chapter.known import is_pointless, source, unavailable
from ctg_analysis.chapter.territory import Observed
from ctg_analysis.core.model import MISSING, Indicator
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import tables
from ctg_analysis.display.words import texts
from ctg_analysis.indicators.comparisons import common_period, latest_period


def table(seen: Observed, *indicators: Indicator) -> Html:
    """The communes and the comparators in rows, the indicators in columns, each at its own period.

    An indicator that no place has is named below, without a column; the box stands for a table of such ones.
    """
    if all(is_pointless(seen, one) for one in indicators):
        labels = texts.listed([texts.uncapitalised(one.label) for one in indicators])
        return unavailable(seen, indicators[0], f"{labels[:1].upper()}{labels[1:]}, par commune")
    columns, absent = [], []
    for one in indicators:
        rows = seen.readable(one)
        if rows["status"].eq(MISSING).all():
            absent.append(one)
            continue
        larger = rows[rows["level"].ne("commune")]
        period = common_period(larger, seen.epci) or latest_period(rows) or rows["period"].max()
        columns.append((one, period, rows[rows["period"].eq(period)]))
    labels = [texts.uncapitalised(one.label) for one in absent]
    if not columns:
        return unavailable(seen, absent[0], f"{texts.listed(labels)}, par commune")
    note = f"Donnée non disponible : {texts.listed(labels)}." if labels else ""
    cited = source(seen, pd.concat([rows for *_, rows in columns]))
    return tables.places_by_indicator(seen.places, columns, local=len(seen.communes), source=cited, note=note)


def matrix(seen: Observed, _: str, family: list[Indicator]) -> Html:
    """A family of indicators by commune: yes or no, or the value of each."""
    columns = []
    for one in family:
        rows = seen.readable(one)
        period = latest_period(rows[rows["level"].eq("commune")]) or latest_period(rows)
        if period is None:
            return unavailable(seen, family[0], f"{one.label}, par commune")
        columns.append((one, period, _with_part(seen, one, rows[rows["period"].eq(period)])))
    places = seen.places[seen.places["level"].isin(["commune", "epci"])]
    piece = tables.matrix(places, columns, source=source(seen, pd.concat([rows for *_, rows in columns])))
    return telling(piece, SHOWN, *(one.parts[0] for one in family if one.parts))


def _with_part(seen: Observed, one: Indicator, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of an indicator with the value of its part, when it has one that is counted apart."""
    if not one.parts:
        return rows
    part = seen.readable(CATALOGUE[one.parts[0]])
    values = part.set_index(["level", "territory", "period"])["value"].rename("part")
    return rows.join(values, on=["level", "territory", "period"])

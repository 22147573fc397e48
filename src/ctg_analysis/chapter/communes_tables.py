"""Indicators by commune, in tables: each in a column, beside what the territory is compared with."""

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from ctg_analysis.chapter.by_indicator import with_one_france
from ctg_analysis.chapter.known import source, unavailable
from ctg_analysis.chapter.missing import is_pointless
from ctg_analysis.chapter.territory import LOCAL, Territory
from ctg_analysis.display import markup, tables, texts
from ctg_analysis.display.markup import SHOWN, Html, telling
from ctg_analysis.indicators.comparisons import last_year, latest_period
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import MISSING, OK, Count, Indicator, Mean

PEOPLE = "population_count"
UNKNOWN = 2 / 3  # of the communes: a column of fewer known ones is left out, where the territory has no value either


def table(territory: Territory, *indicators: Indicator) -> Html:
    """The communes and the comparators in rows, the indicators in columns: of one period, where they have one.

    An indicator that no place here has is in a box below, without a column; the box stands for a table of such ones,
    or of the inhabitants alone, who stand beside something else.
    """
    if all(is_pointless(territory, indicator) for indicator in indicators):
        labels = texts.listed([texts.uncapitalised(indicator.label) for indicator in indicators])
        return unavailable(territory, indicators[0], f"{texts.capitalised(labels)}, par commune")
    known, absent = {}, []
    for indicator in indicators:
        rows = territory.readable(indicator)
        if is_absent(indicator, rows):
            absent.append(indicator)
        else:
            known[indicator] = rows
    own = {
        one: territory.periods.get(one.id) or latest_period(rows) or rows["period"].max() for one, rows in known.items()
    }
    periods = own if len({*own.values()}) < 2 else aligned(known, own)
    columns = [
        (one, periods[one], _with_part(territory, one, with_one_france(rows[rows["period"].eq(periods[one])])))
        for one, rows in known.items()
    ]
    boxes = [unavailable(territory, indicator, f"{indicator.label}, par commune") for indicator in absent]
    if not columns or (len(indicators) > 1 and list(known) == [CATALOGUE[PEOPLE]]):
        return markup.together(*boxes)
    cited = source(territory, pd.concat([rows for *_, rows in columns]))
    piece = tables.places_by_indicator(territory.places, columns, source=cited)
    told = telling(piece, SHOWN, *(one.parts[0] for one in known if one.unit == "communes" and one.parts))
    return markup.together(told, *boxes)


def is_absent(indicator: Indicator, rows: pd.DataFrame) -> bool:
    """Whether the territory has no value of an indicator, nor its communes: that of larger places is not of it.

    So it is where neither the territory nor two communes in three have any: a column of « nd » tells nobody anything.

    rows: its observations, columns level, status.

    >>> rows = pd.DataFrame({"level": ["epci", "france"], "status": ["nd", "ok"]})
    >>> is_absent(CATALOGUE["poverty_rate"], rows), is_absent(CATALOGUE["rsa_all_schemes_count"], rows)
    (True, False)
    """
    here = [*LOCAL, "epci"]
    near = rows["level"].isin(here) if set(here) & set(indicator.shown_at) else rows["level"].notna()
    missing = rows["status"].eq(MISSING)
    communes, whole = missing[rows["level"].eq("commune")], missing[rows["level"].eq("epci")]
    return bool(missing[near].all() or (whole.all() and len(communes) and communes.mean() > UNKNOWN))


def aligned(tables: Mapping[Indicator, pd.DataFrame], own: Mapping[Indicator, str]) -> dict[Indicator, str]:
    """The periods of the columns of a table that have several: the one that most of them have, for those that have it.

    Of two, that of most comparators, then the newest. Where it is not of all the columns, a number of things alone goes
    to it: a share stays where it is compared.

    Parameters:
        tables: the observations of each, columns level, period, status. own: the period of each by itself.
    """
    known = {one: rows[rows["status"].eq(OK)] for one, rows in tables.items()}
    here = {one: set(rows.loc[rows["level"].eq("commune"), "period"]) for one, rows in known.items()}
    beside = pd.concat([rows.loc[~rows["level"].isin(LOCAL), "period"] for rows in known.values()]).value_counts()
    having = Counter(period for periods in here.values() for period in periods)
    most = max(having, key=lambda period: (having[period], beside.get(period, 0), last_year(period)), default="")
    whole = having[most] == len(here)
    moves = {one for one in tables if most in here[one] and (whole or isinstance(one.value, Count | Mean))}
    return {one: most if one in moves else period for one, period in own.items()}


def _with_part(territory: Territory, indicator: Indicator, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of an indicator with the value of its part, when it has one that is counted apart."""
    if indicator.unit != "communes" or not indicator.parts:
        return rows
    part = territory.readable(CATALOGUE[indicator.parts[0]])
    values = part.set_index(["level", "territory", "period"])["value"].rename("part")
    return rows.join(values, on=["level", "territory", "period"])

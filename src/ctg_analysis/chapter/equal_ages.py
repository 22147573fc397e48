"""Indicators at equal ages: counted, crude and standardised side by side, against the places beside the territory."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ctg_analysis.chapter.known import source, unavailable
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import tables
from ctg_analysis.display.words import equal_age_texts, texts
from ctg_analysis.display.words.quantities import number, percent
from ctg_analysis.indicators.comparisons import last_year, weight_in_tests
from ctg_analysis.indicators.demography import expected_counts, rates_of_standard, standardised_ratio
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import OK, Count, Indicator
from ctg_analysis.model.source import SOURCES

OLDEST = 5  # years that the people by age may be older than what is counted
Place = tuple[str, str]  # level and code


class Standard(NamedTuple):
    """A place whose rates by age are those of a standard: its row, its rates, the people by age of the territory."""

    row: tuple
    rates: pd.Series
    people: pd.DataFrame


def table(territory: Territory, *indicators: Indicator) -> Html:
    """The indicators at equal ages, one line for each place whose rates by age are known; else the box.

    The box is that of the first of the counts by age that is missing.

    Raises:
        UserError: an indicator that is declared without ages.
    """
    lines, used, boxes, first = [], [], [], ""
    for indicator in indicators:
        title = f"{indicator.label}, à structure d'âge égale"
        if not indicator.strata:
            raise UserError(
                f"{indicator.id}: its declaration gives no strata, the ages by which it would be set beside"
            )
        rows = territory.compared(indicator, with_peers=False)
        rows = rows[rows["status"].eq(OK)]
        standards = standards_of(territory, indicator, rows)
        if not standards:
            lacking = indicator if rows.empty else CATALOGUE[_lacking(territory, indicator, rows)]
            boxes.append(unavailable(territory, lacking, title, "epci"))
            continue
        own = rows.iloc[0]
        found = [_line(territory, indicator, own, standard) for standard in standards]
        lines += [equal_age_texts.line(indicator, line) for line in found]
        first = first or equal_age_texts.sentence(indicator, found[0])
        used += [rows, *(territory.data(CATALOGUE[stratum.of]).query("status == @OK") for stratum in indicator.strata)]
    if not lines:
        return markup.together(*boxes)
    listed = tables.listed(
        pd.DataFrame(lines, columns=equal_age_texts.HEADER), equal_age_texts.CAPTION, note=equal_age_texts.NOTE
    )
    cited = markup.source(source(territory, pd.concat(used)))
    return markup.together(markup.reading(texts.typography(first), ""), listed, cited, *boxes)


def standards_of(territory: Territory, indicator: Indicator, rows: pd.DataFrame) -> list[Standard]:
    """The places of which the counts and the people by age are known, as those of the territory are.

    rows: the territory, then the places that it is compared with, at one period.
    """
    if rows.empty:
        return []
    own, period = rows.iloc[0], rows["period"].iloc[0]
    year = people_year(territory, indicator, ("epci", own["territory"]), period)
    if not year:
        return []
    people = people_of(territory, indicator, [("epci", own["territory"])], year)
    found = []
    for row in rows.iloc[1:].itertuples(index=False):
        place = (row.level, row.territory)
        counts = pd.Series([_value(territory, one.of, place, period) for one in indicator.strata])
        there = people_of(territory, indicator, [place], year).iloc[0]
        if counts.notna().all() and there.gt(0).all() and counts.sum() > 0:
            found.append(Standard(row, rates_of_standard(counts, there, row.numerator), people))
    return found


def people_year(territory: Territory, indicator: Indicator, place: Place, period: str) -> str:
    """The latest year of which the people of each age are known, OLDEST before the counts at most; nothing if none."""
    rows = territory.data(CATALOGUE[indicator.strata[0].among[0]])
    here = rows["level"].eq(place[0]) & rows["territory"].eq(place[1]) & rows["status"].eq(OK)
    years = [year for year in rows.loc[here, "period"] if 0 <= last_year(period) - last_year(year) <= OLDEST]
    known = [year for year in years if people_of(territory, indicator, [place], year).notna().all(axis=None)]
    return max(known, default="")


def people_of(territory: Territory, indicator: Indicator, places: list[Place], year: str) -> pd.DataFrame:
    """The people by age of places: a row for each, in their order, a column for each age; missing where unknown."""
    return pd.DataFrame(
        [
            [sum(_value(territory, name, place, year) for name in stratum.among) for stratum in indicator.strata]
            for place in places
        ]
    )


def _value(territory: Territory, name: str, place: Place, period: str) -> float:
    rows = territory.data(CATALOGUE[name])
    row = rows[rows["level"].eq(place[0]) & rows["territory"].eq(place[1]) & rows["period"].eq(period)]
    return float(row["value"].iloc[0]) if len(row) and row["status"].iloc[0] == OK else np.nan


def _lacking(territory: Territory, indicator: Indicator, rows: pd.DataFrame) -> str:
    """The id of the first count by age that is not known: of the people here, else of what is counted elsewhere."""
    if not people_year(territory, indicator, ("epci", territory.epci), rows["period"].iloc[0]):
        return indicator.strata[0].among[0]
    return indicator.strata[0].of


def _line(
    territory: Territory, indicator: Indicator, own: pd.Series, standard: Standard
) -> equal_age_texts.AtEqualAges:
    expected = expected_counts(standard.people, standard.rates)
    worth = 1 / weight_in_tests(SOURCES[standard.row.source], indicator)
    least, most = _bounds(territory, indicator, own)
    ratio = standardised_ratio(pd.Series([own["numerator"]]), expected, worth)
    low, high = (standardised_ratio(pd.Series([count]), expected, worth).iloc[0] for count in (least, most))
    rate = ratio["ratio"].iloc[0] * standard.row.value
    return equal_age_texts.AtEqualAges(
        counted=own["numerator"],
        crude=own["text"],
        standard=standard.row.name,
        crude_of_standard=standard.row.text,
        expected=expected.iloc[0],
        ratio=ratio["ratio"].iloc[0],
        low=low["low"],
        high=high["high"],
        rate=percent(rate, indicator.decimals) if indicator.unit == "%" else number(rate, indicator.decimals),
        period=own["period"],
    )


def _bounds(territory: Territory, indicator: Indicator, own: pd.Series) -> tuple[float, float]:
    """The least and the most that is counted, where the producer rounds its counts."""
    if not SOURCES[own["source"]].precision.rounding:
        return own["numerator"], own["numerator"]
    total = Count(indicator.value.events)
    name = next(name for name, other in CATALOGUE.items() if other.value == total)
    rows = territory.data(CATALOGUE[name])
    row = rows[rows["level"].eq("epci") & rows["territory"].eq(territory.epci) & rows["period"].eq(own["period"])]
    return row["low"].iloc[0], row["high"].iloc[0]

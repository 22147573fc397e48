"""Births beside the women of the ages of mothers: how many, how many expected, and what their change is made of."""

import pandas as pd

from ctg_analysis.chapter.closing import SHOWN, telling
from ctg_analysis.chapter.known import source, unavailable
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import tables
from ctg_analysis.display.words import fertility_texts as words
from ctg_analysis.display.words import texts
from ctg_analysis.indicators.demography import (
    AGES,
    births_change,
    expected_counts,
    fertility_rates,
    standardised_ratio,
    women_by_age,
)
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.norms import norm

RATE, BIRTHS = "births_women_20_39_rate", "births_count"
WOMEN = {band: f"women_{band}_count" for bands in AGES.values() for band in bands}
YEARS = 2  # whose births are set beside a census: the one that it ends, and the one that it begins
AROUND = 1  # years before and after that of the comparison, whose births are added up for the territory alone


def expected(territory: Territory) -> Html:
    """Births, births for 1 000 women, and the births that women of these ages have in France; one line for each place.

    The rates of France are those of the year of the births; women are those of the end of this year, where the census
    tells them by age, else of its beginning. Below the territory, its births of three years, which chance moves less.
    """
    indicator = CATALOGUE[RATE]
    rows = territory.compared(indicator, with_peers=False)
    rows = rows[rows["status"].eq(OK)]
    if rows.empty:
        absent = CATALOGUE[WOMEN["20_24"]]
        return unavailable(territory, absent if territory.own(absent).empty else indicator, indicator.label, "epci")
    period = rows["period"].iloc[0]
    rates = fertility_rates(period)
    places = list(rows.itertuples(index=False))
    ratios = [_ratio(row.numerator, _women_at(territory, row), rates) for row in places]
    lines = [words.line(row, ratio) for row, ratio in zip(places, ratios, strict=True)]
    if several := _of_several_years(territory, places[0]):
        lines.insert(1, words.line_of_years(places[0], *several))
    found = words.sentence(places[0], ratios[0], several)
    listed = tables.listed(pd.DataFrame(lines, columns=words.HEADER), f"{words.CAPTION}, {period}")
    used = pd.concat([rows, territory.own(CATALOGUE[BIRTHS]), territory.own(CATALOGUE[WOMEN["20_24"]])])
    cited = markup.source(source(territory, used))
    below = texts.typography(words.note(rates is not None))
    return telling(markup.together(markup.reading(texts.typography(found), below), listed, cited), SHOWN, RATE)


def change(territory: Territory) -> Html:
    """What the change in births between two censuses owes to how many women there are, their ages, their fertility."""
    vintages = [year for year in _vintages(territory) if _births_around(territory, year) is not None]
    absent = CATALOGUE[WOMEN["20_24"]]
    if len(vintages) < 2 or int(vintages[-1]) - int(vintages[0]) < norm("census_cycle_years"):
        return unavailable(territory, absent, words.CHANGE, "epci")
    before, after = vintages[0], vintages[-1]
    rates = fertility_rates(str(int(after) - 1))
    if rates is None:
        return unavailable(territory, absent, words.CHANGE, "epci")
    women = tuple(women_by_age(_women(territory, "epci", territory.epci, year)) for year in (before, after))
    births = tuple(_births_around(territory, year) for year in (before, after))
    found = births_change(women, births, YEARS, rates)
    lines = words.change_lines(found, women, births, (before, after))
    listed = tables.listed(pd.DataFrame(lines, columns=words.CHANGE_HEADER), words.CHANGE, note=words.CHANGE_NOTE)
    used = pd.concat([territory.own(absent), territory.own(CATALOGUE[BIRTHS])])
    sentence = texts.typography(words.change_sentence(found, births, (before, after)))
    cited = markup.source(source(territory, used, series=True))
    return telling(markup.together(markup.reading(sentence, ""), listed, cited), SHOWN, BIRTHS)


def _ratio(births: float, women: pd.Series | None, rates: pd.Series | None) -> words.Ratio | None:
    """The births beside those that these women would have at these rates; None where either is not known."""
    if women is None or rates is None:
        return None
    expected = expected_counts(women.to_frame().T, rates)
    found = standardised_ratio(pd.Series([births], index=expected.index), expected).iloc[0]
    return words.Ratio(expected.iloc[0], *found)


def _of_several_years(territory: Territory, row) -> tuple[tuple[str, str], float, words.Ratio] | None:
    """The first and the last of the years around that of a row, their births, and these to those expected; or none."""
    years = [str(int(row.period) + ago) for ago in range(-AROUND, AROUND + 1)]
    own = territory.own(CATALOGUE[BIRTHS]).set_index("period")["value"]
    rates, women = [fertility_rates(year) for year in years], _women_at(territory, row)
    if women is None or any(one is None for one in rates) or not set(years) <= set(own.index):
        return None
    births = float(own[years].sum())
    return (years[0], years[-1]), births, _ratio(births, women, sum(rates))


def _women_at(territory: Territory, row) -> pd.Series | None:
    """The women by age of a place at the end of the year of a row, else at its beginning."""
    for year in (str(int(row.period) + 1), row.period):
        women = women_by_age(_women(territory, row.level, row.territory, year))
        if women.notna().all():
            return women
    return None


def _women(territory: Territory, level: str, code: str, year: str) -> pd.Series:
    """The women by five-year age of a place at a census; missing where it does not tell them."""
    rows = territory.of(list(WOMEN.values()))
    here = rows["level"].eq(level) & rows["territory"].eq(code) & rows["period"].eq(year) & rows["status"].eq(OK)
    values = rows[here].set_index("indicator")["value"]
    return pd.Series({band: values.get(name, float("nan")) for band, name in WOMEN.items()})


def _vintages(territory: Territory) -> list[str]:
    """The censuses that tell the women of each age here, the oldest first."""
    years = sorted(set(territory.own(CATALOGUE[WOMEN["20_24"]])["period"]))
    return [year for year in years if _women(territory, "epci", territory.epci, year).notna().all()]


def _births_around(territory: Territory, year: str) -> float | None:
    """The births a year here, of the year before a first of January and the year that it begins; None if one lacks."""
    own = territory.own(CATALOGUE[BIRTHS]).set_index("period")["value"]
    born = [own.get(str(int(year) - ago)) for ago in range(YEARS)]
    return None if any(one is None for one in born) else float(sum(born)) / YEARS

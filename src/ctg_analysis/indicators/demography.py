"""Births, deaths, fertility, rates at equal ages."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from ctg_analysis.indicators.comparisons import last_year
from ctg_analysis.model.indicator import OK, Indicator
from ctg_analysis.model.settings import settings
from ctg_analysis.model.yaml_files import Positive, load_yaml

# The fertility of France.

FILE = "fecondite.yml"  # of data/reference
PER = 100  # women
WIDTHS = {"15_24": 10, "25_29": 5, "30_34": 5, "35_39": 5, "40_50": 11}  # years of age


class Fertility(BaseModel):
    """The births for 100 women of each age in France, by year, with where they were read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    texte: str
    source: str
    a_verifier: str
    taux: dict[str, dict[str, Positive]]


@cache
def total_fertility() -> pd.Series:
    """The children of one woman in France who would have at each age the births of a year, by year.

    Raises:
        InputError: what is wrong with data/reference/fecondite.yml.

    >>> total_fertility().loc[[2014, 2022, 2025]].round(2).tolist()
    [2.0, 1.78, 1.55]
    """
    rates = pd.DataFrame(load_yaml(settings().reference / FILE, Fertility).value.taux).T.rename(index=int).sort_index()
    return (rates * pd.Series(WIDTHS)).sum(axis=1) / PER


ENTRY = 3  # the age at which nursery school begins, and under which childcare is counted


def children_ahead(births: pd.Series) -> pd.DataFrame:
    """The children under 3 on 1 January and those who enter nursery school in September, as long as births tell them.

    Who is born stays counted, and nobody else: arrivals and departures are left out.

    Parameters:
        births: by year.

    Births of 2021 to 2023: under 3 on 1 January 2024, entering from 2024 to 2026.

    >>> found = children_ahead(pd.Series({2021: 52.0, 2022: 60.0, 2023: 50.0}))
    >>> found[found["year"].ge(2024)].values.tolist()
    [[2024.0, 162.0, 52.0], [2025.0, nan, 60.0], [2026.0, nan, 50.0]]
    """
    last = int(births.index.max())
    years = range(last - ENTRY + 2, last + ENTRY + 1)
    under = [births.reindex(range(year - ENTRY, year)).sum(skipna=False) for year in years]
    entering = births.reindex([year - ENTRY for year in years]).to_numpy()
    found = pd.DataFrame({"year": years, "under_3": under, "entering": entering})
    return found.dropna(subset=["under_3", "entering"], how="all")


# Indirect standardisation: what is counted here beside what the ages here would give at the rates of elsewhere.
#
# Source: Breslow and Day (1987), Statistical Methods in Cancer Research, volume 2, chapter 2; the method of Public
# Health England's PHEindicatormethods (`calculate_ISRatio`, `calculate_ISRate`).


def rates_of_standard(counts: pd.Series, people: pd.Series, total: float) -> pd.Series:
    """The rates by age of a standard population, that give it its own total.

    The counts by age that a producer rounds do not add up to the total that it publishes: their rates are all raised or
    lowered alike, so that the ratio of the standard to itself is 1.

    Parameters:
        counts, people: by age, of the standard.
        total: counted there at all ages.

    >>> counts, people = pd.Series({"65_79": 240.0, "80_plus": 230.0}), pd.Series({"65_79": 1000.0, "80_plus": 500.0})
    >>> rates_of_standard(counts, people, 470).tolist(), rates_of_standard(counts, people, 517).round(3).tolist()
    ([0.24, 0.46], [0.264, 0.506])
    """
    return counts / people * (total / counts.sum(skipna=False))


def expected_counts(people: pd.DataFrame, rates: pd.Series) -> pd.Series:
    """How many would be counted in each place if each age had there the rate of the standard.

    Nothing where the people of one age are not known.

    Parameters:
        people: a row for each place, a column for each age.
        rates: by age.

    The first three ages of the example of PHEindicatormethods: 636, 558 and 609 persons, at the rates of its standard.

    >>> standard = pd.DataFrame({"count": [10_303.0, 2824, 3225], "people": [50_520.0, 57_173, 60_213]})
    >>> people = pd.DataFrame([[636.0, 558, 609]])
    >>> rates = rates_of_standard(standard["count"], standard["people"], standard["count"].sum())
    >>> expected_counts(people, rates).round(4).tolist()  # 129.7052 + 27.5618 + 32.6180
    [189.885]
    """
    return people[rates.index].mul(rates).sum(axis=1, skipna=False)


EQUAL = ["equal", "equal_low", "equal_high"]
OLDEST = 5  # years that the people by age may be older than what is counted


def at_equal_ages(rows: pd.DataFrame, counts: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """The rows with what the territory's value would be beside each place, were its ages those of the place: EQUAL.

    The value of the place, times what is counted here for each that its rates by age make expected. The interval is
    that of the territory's own value (events, sample and its design effect, rounding), in proportion; what is counted
    whole has none, and the standard is taken for known. Missing without `strata`,
    where what the place counts at one age is not known at the period, or where the people are not, here and there, in
    one year that is OLDEST before it at most.

    Parameters:
        rows: for each indicator the territory first, then its comparators, one period.
        counts: observations of the same places, those that strata name.
        indicators: the declarations, by id.

    100 inhabitants of 65 to 79 years, 300 older; 24 and 46 % of them would be alone as in France: 162, as there are.
    40.5 % beside 31.3 in France are no more, at equal ages.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> ages, people = ("living_alone_65_79_count", "living_alone_80_plus_count"), "household_population_{}_count"
    >>> names = [*ages, people.format("65_79"), people.format("80_plus")]
    >>> places = {"level": ["epci"] * 4 + ["france"] * 4, "territory": ["E"] * 4 + ["F"] * 4, "status": OK}
    >>> counts = pd.DataFrame(places | {"indicator": names * 2, "period": "2023", "low": None, "high": None})
    >>> counts["value"] = counts["numerator"] = [24.0, 138, 100, 300, 240, 230, 1000, 500]
    >>> rows = counts.iloc[[0, 4]].assign(indicator="living_alone_65_plus_share", source="insee_rp_personnes_seules")
    >>> rows = rows.assign(numerator=[162.0, 470], value=[40.5, 100 * 470 / 1500])
    >>> found = at_equal_ages(rows.assign(low=38.0, high=43.0), counts.assign(denominator=None), CATALOGUE)
    >>> found[EQUAL].round(1).iloc[1].tolist()
    [31.3, 29.4, 33.3]
    """
    rows = rows.reset_index(drop=True)
    judged = [indicators[name] for name in rows["indicator"].unique() if indicators[name].strata]
    known = counts[counts["status"].eq(OK) & counts["indicator"].isin({name for one in judged for name in one.by_age})]
    keys = [*zip(*(known[name] for name in ("level", "territory", "period", "indicator")), strict=True)]
    counted = dict(zip(keys, known["numerator"], strict=True))
    people = dict(zip(keys, known["denominator"].astype(float).fillna(known["value"]), strict=True))

    def people_of(row, indicator: Indicator, year: str) -> pd.Series:
        named = [[(row.level, row.territory, year, name) for name in age.among] for age in indicator.strata]
        return pd.Series([sum(people.get(key, np.nan) for key in of_age) for of_age in named], dtype=float)

    found = {}
    for indicator in judged:
        own, *others = rows[rows["indicator"].eq(indicator.id)].itertuples()
        years = {year for *_, year, _ in keys if 0 <= last_year(own.period) - last_year(year) <= OLDEST}
        here = {year: people_of(own, indicator, year) for year in years}
        year = max((year for year, each in here.items() if each.gt(0).all()), default="")
        for row in others if year else ():
            named = [(row.level, row.territory, row.period, age.of) for age in indicator.strata]
            of_age = pd.Series([counted.get(key, np.nan) for key in named], dtype=float)
            rates = rates_of_standard(of_age, people_of(row, indicator, year), row.numerator)
            expected = expected_counts(here[year].to_frame().T, rates).item()
            scale = own.numerator / expected * row.value / own.value if expected and own.value else np.nan
            found[row.Index] = [scale * own.value, scale * own.low, scale * own.high]
    return rows.join(pd.DataFrame.from_dict(found, orient="index", columns=EQUAL, dtype=float))

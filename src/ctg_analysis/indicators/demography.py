"""Births, deaths, fertility, rates at equal ages."""

from collections.abc import Mapping, Sequence
from functools import cache, reduce
from itertools import permutations
from typing import NamedTuple

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from ctg_analysis.indicators.comparisons import compare_rates, last_year
from ctg_analysis.indicators.spread import apart
from ctg_analysis.indicators.uncertainty import Z, poisson_interval
from ctg_analysis.model.declared_values import Positive
from ctg_analysis.model.indicator import OK, Indicator
from ctg_analysis.model.norms import norm
from ctg_analysis.model.settings import settings
from ctg_analysis.model.yaml_files import load_yaml

# Births and deaths of communes over some years: what deaths far above births may mean (rule R9).


def far_more_deaths(births: pd.Series, deaths: pd.Series, person_years: pd.Series, years: int) -> pd.Series:
    """Which communes have so many deaths for their births and their size that a home for the elderly is likely there.

    The residents of a home come from elsewhere and die in the commune: its natural balance says little of those who
    live there. Deaths reach `deaths_per_birth_with_a_home` times the births, they are more than chance makes of the
    mortality of the other communes (see `spread.apart`), in a commune of `largest_commune_told_by_a_home`
    inhabitants at most: in a town, a home weighs little.

    Parameters:
        births, deaths: of the years, by commune. person_years: inhabitants added up over these years.

    30 deaths of 300 inhabitants in five years, 2 %, against 45 of 900, 1 %, and 12 births: a home is likely.

    >>> births, deaths = pd.Series([12.0, 30, 30]), pd.Series([30.0, 22, 23])
    >>> far_more_deaths(births, deaths, pd.Series([1500.0, 2250, 2250]), 5).tolist()
    [True, False, False]
    >>> far_more_deaths(births + 20, deaths, pd.Series([1500.0, 2250, 2250]), 5).tolist()
    [False, False, False]
    """
    known = person_years.gt(0) & births.notna() & deaths.notna()
    deaths, base = deaths[known].round(), person_years[known]
    more = apart(deaths, base, compare_rates) & (deaths / base).gt(deaths.sum() / base.sum())
    many = deaths.ge(norm("deaths_per_birth_with_a_home") * births[known])
    small = (base / years).le(norm("largest_commune_told_by_a_home"))
    return (more & many & small).reindex(births.index, fill_value=False)


# What a change of a product of factors owes to each of them (Kitagawa, Das Gupta).

Factor = float | np.ndarray  # one for all, or one for each age


def product(factors: Sequence[Factor]) -> float:
    """The product of factors, added up over the ages when some of them are by age.

    >>> product([1000.0, np.array([0.25, 0.75]), np.array([0.08, 0.04])])
    50.0
    """
    return float(np.sum(reduce(np.multiply, factors)))


def effects(before: Sequence[Factor], after: Sequence[Factor]) -> list[float]:
    """The part of each factor in the change of their product, in its unit; together they are the whole change.

    The change that each makes, averaged over all the orders in which the factors may change. Of two, it is what one
    changes by, times the mean of the other: Kitagawa's decomposition.

    Source: Kitagawa (1955), Journal of the American Statistical Association 50, 1168-1194; Das Gupta (1993),
    Standardization and Decomposition of Rates, Current Population Reports P23-186, whose examples these are.

    Mean earnings of two groups, 10 930 for 71.8 % who earn and 16 591 for 82.6 % (his table 2.1):

    >>> [round(one, 2) for one in effects([10_930.0, 0.717892], [16_591.0, 0.825974])]
    [4369.91, 1487.26]

    The crude birth rates of Austria and of Chile: births by married woman, married women among those of 15 to 49, these
    among all women (table 2.3):

    >>> chile = [84.90502, 0.75756, 0.51065]
    >>> [round(one, 4) for one in effects([51.78746, 0.45919, 0.52638], chile)]
    [10.434, 10.5608, -0.667]
    """
    if len(before) != len(after):
        raise ValueError("as many factors before as after")
    orders = list(permutations(range(len(before))))
    parts = np.zeros(len(before))
    for order in orders:
        factors = list(before)
        for changed in order:
            earlier = product(factors)
            factors[changed] = after[changed]
            parts[changed] += product(factors) - earlier
    return (parts / len(orders)).tolist()


# Births beside the women who may have them: those that their ages would give, and what a change is made of.

FILE = "fecondite.yml"  # of data/reference
# The ages of these rates, with the five-year ages of the census that make them up. The women of 50, who have almost no
# child, are in the last rate alone.
AGES = {
    "15_24": ("15_19", "20_24"),
    "25_29": ("25_29",),
    "30_34": ("30_34",),
    "35_39": ("35_39",),
    "40_50": ("40_44", "45_49"),
}
PER = 100  # women
WIDTHS = {"15_24": 10, "25_29": 5, "30_34": 5, "35_39": 5, "40_50": 11}  # years of age


class Fertility(BaseModel):
    """The births for 100 women of each age in France, by year, with where they were read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    texte: str
    source: str
    a_verifier: str
    provisoires: tuple[str, ...]
    taux: dict[str, dict[str, Positive]]


class BirthsChange(NamedTuple):
    """A change in births a year, and the births that it owes to the number of women, to their ages, to their fertility.

    low, high: the interval at 95 % of the part of fertility, which births alone, by chance, leave open.
    """

    change: float
    women: float
    ages: float
    fertility: float
    low: float
    high: float


@cache
def fertility() -> Fertility:
    """The rates of data/reference/fecondite.yml, read once.

    Raises:
        InputError: what is wrong with the file.
    """
    return load_yaml(settings().reference / FILE, Fertility).value


def fertility_rates(year: str) -> pd.Series | None:
    """The births a year of one woman of each age in France; None of a year that the file does not have.

    >>> fertility_rates("2022").round(3).to_dict()
    {'15_24': 0.02, '25_29': 0.099, '30_34': 0.123, '35_39': 0.071, '40_50': 0.01}
    >>> fertility_rates("1900") is None
    True
    """
    rates = fertility().taux.get(year)
    return None if rates is None else pd.Series(rates)[list(AGES)] / PER


@cache
def total_fertility() -> pd.Series:
    """The children of one woman in France who would have at each age the births of a year, by year.

    >>> total_fertility().loc[[2014, 2022, 2025]].round(2).tolist()
    [2.0, 1.78, 1.55]
    """
    rates = pd.DataFrame(fertility().taux).T.rename(index=int).sort_index()
    return (rates * pd.Series(WIDTHS)).sum(axis=1) / PER


def women_by_age(women: pd.Series) -> pd.Series:
    """The women of the ages of the rates, from those of five-year ages (15_19 to 45_49).

    >>> five_years = [f"{age}_{age + 4}" for age in range(15, 50, 5)]
    >>> women_by_age(pd.Series(dict.fromkeys(five_years, 10.0))).to_dict()
    {'15_24': 20.0, '25_29': 10.0, '30_34': 10.0, '35_39': 10.0, '40_50': 20.0}
    """
    return pd.Series({age: women[list(bands)].sum(skipna=False) for age, bands in AGES.items()})


def births_change(
    women: tuple[pd.Series, pd.Series], births: tuple[float, float], years: int, rates: pd.Series
) -> BirthsChange:
    """What a change in births owes to how many women there are, to their ages, and to their fertility.

    Births are the women, times their shares by age, times the rates of each age, which are those of France raised or
    lowered alike: where the ages of mothers are not known, this ratio is the fertility of the place.

    Parameters:
        women: by age, before and after (see `women_by_age`).
        births: a year, before and after, each a mean of `years`.
        rates: births of one woman of each age, in France.

    Two women in three are left, of the same ages: 60 births would become 40, there are 44. The part of fertility is
    known to 1.96 x 37.5 x √(60 / 2 / 45² + 44 / 2 / 30²) = 14.56.

    >>> rates = pd.Series({"20_29": 0.05, "30_39": 0.1})
    >>> before, after = (pd.Series({"20_29": each, "30_39": each}) for each in (300.0, 200.0))
    >>> found = births_change((before, after), (60.0, 44.0), 2, rates)
    >>> [round(one, 2) for one in found]
    [-16.0, -21.0, 0.0, 5.0, -9.56, 19.56]
    """
    factors = [
        (float(each.sum()), (each / each.sum()).to_numpy(), (rates * born / (each * rates).sum()).to_numpy())
        for each, born in zip(women, births, strict=True)
    ]
    number, ages, fertility = effects(*factors)
    expected = [(each * rates).sum() for each in women]
    # The part of fertility is so many times the change of births over expected ones: births vary as those of Poisson.
    weight = effects(factors[0], (*factors[1][:2], factors[0][2] * 2))[2] * expected[0] / births[0]
    variances = [born / years / of**2 for born, of in zip(births, expected, strict=True)]
    half = float(Z * abs(weight) * np.sqrt(sum(variances)))
    return BirthsChange(births[1] - births[0], number, ages, fertility, fertility - half, fertility + half)


# The children of a census for 100 births of their years: what arrivals and departures have made of each generation.

ENTRY = 3  # the age at which nursery school begins, and under which childcare is counted
AGES_SINCE_BIRTH = {"0_4": (0, 4), "5_9": (5, 9), "10_14": (10, 14)}
COLUMNS = ["ages", "first", "last", "births", "children", "per_100"]


def children_per_100_births(births: pd.Series, children: pd.Series, census: int) -> pd.DataFrame:
    """The children of each band of ages at a census, on 1 January, for 100 births of the years that they were born in.

    A band has no row where one of its years is not known, or where its births are too few for a rate.

    Parameters:
        births: by year.
        children: by band of ages.

    Those of 0 to 4 on 1 January 2023 were born from 2018 to 2022: 5 x 60 births, 330 children, 110 for 100.

    >>> births, children = pd.Series(60, range(2018, 2023)), pd.Series({"0_4": 330.0, "5_9": 350.0})
    >>> children_per_100_births(births, children, 2023).round(1).values.tolist()
    [['0_4', 2018, 2022, 300, 330.0, 110.0]]
    """
    rows = []
    for ages, (youngest, oldest) in AGES_SINCE_BIRTH.items():
        years = range(census - 1 - oldest, census - youngest)
        if ages in children and births.index.isin(years).sum() == len(years):
            total = births[list(years)].sum()
            if total >= norm("few_events"):
                rows.append((ages, years[0], years[-1], total, children[ages], children[ages] / total * 100))
    return pd.DataFrame(rows, columns=COLUMNS)


def children_ahead(births: pd.Series) -> pd.DataFrame:
    """The children under 3 on 1 January and those who enter nursery school in September, as long as births tell them.

    Who is born stays counted, and nobody else: what arrivals and departures make of it is `children_per_100_births`.

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


def standardised_ratio(observed: pd.Series, expected: pd.Series) -> pd.DataFrame:
    """The ratio of what is counted to what is expected, with its interval at 95 %: columns ratio, low, high.

    Byar's limits from 10 counted on, exact ones below. The standard is taken for known.

    65 counted have the limits 50.165 and 82.848 of Byar.

    >>> standardised_ratio(pd.Series([65.0]), pd.Series([50.0])).round(4).iloc[0].tolist()
    [1.3, 1.0033, 1.657]
    """
    low, high = poisson_interval(observed)
    expected = expected.where(expected > 0)
    return pd.DataFrame({"ratio": observed / expected, "low": low / expected, "high": high / expected})


EQUAL = ["equal", "equal_low", "equal_high"]
OLDEST = 5  # years that the people by age may be older than what is counted


def at_equal_ages(rows: pd.DataFrame, counts: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """The rows with what the territory's value would be beside each place, were its ages those of the place: EQUAL.

    The value of the place, times what is counted here for each that its rates by age make expected. The interval is
    that of the territory's own value; of what is counted whole, see `standardised_ratio`. Missing without `strata`,
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
    >>> at_equal_ages(rows, counts.assign(denominator=None), CATALOGUE)[EQUAL].round(1).iloc[1].tolist()
    [31.3, 26.7, 36.5]
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
            expected = expected_counts(here[year].to_frame().T, rates)
            ratio = standardised_ratio(pd.Series([own.numerator]), expected).iloc[0]
            if own.value and pd.notna(own.low):
                ratio[["low", "high"]] = ratio["ratio"] * own.low / own.value, ratio["ratio"] * own.high / own.value
            found[row.Index] = (ratio * row.value).tolist()
    return rows.join(pd.DataFrame.from_dict(found, orient="index", columns=EQUAL, dtype=float))

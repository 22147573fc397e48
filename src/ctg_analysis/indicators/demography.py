"""Births, deaths, fertility, rates at equal ages; populations projected by cohorts, and what that was worth."""

from collections.abc import Mapping
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from ctg_analysis.indicators.comparisons import last_year
from ctg_analysis.model.indicator import OK, Indicator
from ctg_analysis.model.norms import norm
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


def expected_count(people: pd.Series, counts: pd.Series, standard: pd.Series, total: float) -> float:
    """How many would be counted in a place if each age had there the rate of a standard population.

    The counts by age that a producer rounds do not add up to the total that it publishes: the rates are all raised or
    lowered alike, so that the standard is expected to have its own total. Nothing where one age is not known.

    Parameters:
        people: of the place, by age.
        counts, standard: what is counted in the standard population, and its people, by age. total: at all ages.

    The first three ages of the example of PHEindicatormethods: 129.7052 + 27.5618 + 32.6180.

    >>> people, standard = pd.Series([636.0, 558, 609]), pd.Series([50_520.0, 57_173, 60_213])
    >>> counts = pd.Series([10_303.0, 2824, 3225])
    >>> expected_count(people, counts, standard, counts.sum()).round(4).item()
    189.885
    """
    return (people * (counts / standard)).sum(skipna=False) * total / counts.sum(skipna=False)


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

    def counted_of(row, indicator: Indicator) -> pd.Series:
        named = [(row.level, row.territory, row.period, age.of) for age in indicator.strata]
        return pd.Series([counted.get(key, np.nan) for key in named], dtype=float)

    found = {}
    for indicator in judged:
        own, *others = rows[rows["indicator"].eq(indicator.id)].itertuples()
        years = {year for *_, year, _ in keys if 0 <= last_year(own.period) - last_year(year) <= OLDEST}
        here = {year: people_of(own, indicator, year) for year in years}
        year = max((year for year, each in here.items() if each.gt(0).all()), default="")
        for row in others if year else ():
            there = people_of(row, indicator, year)
            expected = expected_count(here[year], counted_of(row, indicator), there, row.numerator)
            found[row.Index] = _standardised(own, row, expected)
    return rows.join(pd.DataFrame.from_dict(found, orient="index", columns=EQUAL, dtype=float))


def _standardised(own, row, expected: float) -> list[float]:
    """The value of the territory, its low and its high at the ages of a place (EQUAL).

    own, row: of the territory, of the place. expected: the count here at the rates of the place.
    """
    scale = own.numerator / expected * row.value / own.value if expected and own.value else np.nan
    return [scale * own.value, scale * own.low, scale * own.high]


# The children of an EPCI five and ten years on, by cohorts, and what such a projection would have been worth before.
#
# The method of Hamilton and Perry (1962), the form of the cohort-component method for small areas whose deaths and
# moves by age are not published: a cohort is carried on by the ratio of its numbers at two censuses, which holds its
# deaths and its net migration; the youngest are so many per woman of 20 to 39, as fertility moves in France. See
# docs/projection.md.

STEP = 5  # years: from a band of age to the next
HORIZONS = (STEP, 2 * STEP)
BANDS = ("0_4", "5_9", "10_14", "15_19")
WOMEN = ("women_10_14", "women_15_19", "women_20_24", "women_25_29", "women_30_34", "women_35_39")
MOTHERS = WOMEN[2:]
FORMER = {later: former for bands in (BANDS, WOMEN) for former, later in pairwise(bands)}
GROUPS = ("0_2", "3_10", "11_17")

HELD, FALLING = "held", "falling"  # the fertility of the latest year, or its decline going on
SCENARIOS = (HELD, FALLING)
DECLINE = 10  # years whose pace of decline goes on, at most
PEOPLE, YOUNGEST = "population", "children_0_2_share"
BY_SEX = tuple(f"{sex}_{band}_count" for sex in ("women", "men") for band in BANDS)
BY_AGE = ("children_0_2_count", "children_3_5_count", "children_6_10_count", "youth_11_17_count")
WORKED_OUT_FROM = tuple(dict.fromkeys([*BY_SEX, *(f"{band}_count" for band in WOMEN), *BY_AGE, YOUNGEST]))
PLACE = ["territory", "period"]


def ages_of(observations: pd.DataFrame) -> pd.DataFrame:
    """The ages of each EPCI at each census that tells them all: index territory, period.

    Columns: BANDS, WOMEN, GROUPS, PEOPLE.

    observations: columns indicator, territory, level, period, value, status.

    >>> rows = pd.DataFrame({"indicator": WORKED_OUT_FROM, "value": 10.0, "status": OK, "level": "epci"})
    >>> ages_of(rows.assign(territory="A", period="2017")).loc[("A", "2017"), ["0_4", "women_10_14", "3_10"]].tolist()
    [20.0, 10.0, 20.0]
    """
    rows = observations[observations["level"].eq("epci") & observations["status"].eq(OK)]
    told = rows.pivot(index=PLACE, columns="indicator", values="value").reindex(columns=list(WORKED_OUT_FROM)).dropna()
    ages = {band: told[f"women_{band}_count"] + told[f"men_{band}_count"] for band in BANDS}
    ages |= {band: told[f"{band}_count"] for band in WOMEN}
    ages["0_2"], ages["11_17"] = told["children_0_2_count"], told["youth_11_17_count"]
    ages[PEOPLE] = told["children_0_2_count"] / told[YOUNGEST] * 100
    ages["3_10"] = told["children_3_5_count"] + told["children_6_10_count"]
    return pd.DataFrame(ages, index=told.index).sort_index()


def latest_two(periods: list[str]) -> tuple[str, str] | None:
    """The latest census and the latest one at least five years before it (rule R8); None when there are no such two.

    >>> latest_two(["2012", "2017", "2020", "2023"]), latest_two(["2023"])
    (('2017', '2023'), None)
    """
    last = max(periods, default="")
    before = [period for period in periods if int(last) - int(period) >= norm("census_cycle_years")]
    return (max(before), last) if before else None


def change_ratios(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """What each cohort has become in five years, for one that it was: deaths, arrivals and departures together.

    before, now: ages five years apart, the same rows.

    >>> ages = pd.DataFrame(100.0, index=["A"], columns=[*BANDS, *WOMEN])
    >>> change_ratios(ages, ages.assign(**{"5_9": 105.0})).loc["A", ["5_9", "10_14"]].tolist()
    [1.05, 1.0]
    """
    ratios = {later: now[later] / before[former].where(before[former].gt(0)) for later, former in FORMER.items()}
    return pd.DataFrame(ratios, index=now.index)


def children_per_woman(ages: pd.DataFrame) -> pd.Series:
    """The children under 5 for one woman of 20 to 39 (child-woman ratio).

    >>> ages = pd.DataFrame({"0_4": [120.0], **dict.fromkeys(WOMEN, [60.0])})
    >>> children_per_woman(ages).tolist()
    [0.5]
    """
    women = ages[list(MOTHERS)].sum(axis=1)
    return ages["0_4"] / women.where(women.gt(0))


def five_years_on(ages: pd.DataFrame, ratios: pd.DataFrame, per_woman: pd.Series) -> pd.DataFrame:
    """The ages five years later, each cohort by its ratio, the children under 5 by the women who are then 20 to 39.

    Without the youngest women, whom nothing tells: none of their band is a mother of the next ten years.

    The girls of Sweden in 1993 by their survival alone (Preston, Heuveline and Guillot, Demography, 2001, box 6.1):

    >>> lived = [497487, 497138, 496901, 496531]  # years lived, 0-4 to 15-19, of 100 000 births
    >>> girls = pd.DataFrame([[293395, 248369, 240012, 261346]], columns=BANDS).assign(**dict.fromkeys(WOMEN, 100.0))
    >>> survival = {later: [after / before] for later, (before, after) in zip(BANDS[1:], pairwise(lived), strict=True)}
    >>> ratios = pd.DataFrame(survival | dict.fromkeys(WOMEN[1:], [1.0]))
    >>> five_years_on(girls, ratios, pd.Series([0.5]))[list(BANDS)].round().iloc[0].astype(int).tolist()
    [200, 293189, 248251, 239833]
    """
    later = {band: ages[former] * ratios[band] for band, former in FORMER.items() if former in ages}
    women = sum(later[band] for band in MOTHERS)
    return pd.DataFrame({"0_4": per_woman * women, **later}, index=ages.index)


def age_shares(ages: pd.DataFrame) -> pd.DataFrame:
    """What the groups of children take of the bands of five years: 0-2 of 0-4, 10 of 10-14, 15-17 of 15-19.

    >>> same = {"0_4": [50.0], "5_9": [50.0], "10_14": [50.0], "15_19": [50.0]}
    >>> age_shares(pd.DataFrame(same | {"0_2": [30.0], "3_10": [80.0], "11_17": [70.0]})).iloc[0].tolist()
    [0.6, 0.2, 0.6]
    """
    aged_10 = ages["3_10"] - (ages["0_4"] - ages["0_2"]) - ages["5_9"]
    aged_15_17 = ages["11_17"] - (ages["10_14"] - aged_10)
    parts = {"0_2": ages["0_2"] / ages["0_4"], "10": aged_10 / ages["10_14"], "15_17": aged_15_17 / ages["15_19"]}
    return pd.DataFrame(parts, index=ages.index)


def in_groups(ages: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """The children of 0-2, 3-10 and 11-17 in ages by bands of five years. shares: see `age_shares`.

    >>> shares = pd.DataFrame({"0_2": [0.6], "10": [0.2], "15_17": [0.6]})
    >>> in_groups(pd.DataFrame(dict.fromkeys(BANDS, [50.0])), shares).iloc[0].tolist()
    [30.0, 80.0, 70.0]
    """
    young = shares["0_2"] * ages["0_4"]
    middle = ages["0_4"] - young + ages["5_9"] + shares["10"] * ages["10_14"]
    older = (1 - shares["10"]) * ages["10_14"] + shares["15_17"] * ages["15_19"]
    return pd.DataFrame({"0_2": young, "3_10": middle, "11_17": older}, index=ages.index)


def fertility_changes(census: int, scenario: str, known: int | None = None) -> list[float]:
    """What becomes of the children per woman of a census at each horizon, as fertility moves in France.

    The mean fertility of the five years before a horizon, over that of the five years before the census. Years to come
    have the fertility of the latest year known (no later than `known`), or its decline of ten years at most goes on.

    From 2018-2022, 1.82 children per woman, to 2023-2027, of which 2025 is the latest known, then 2028-2032:

    >>> [[round(float(each), 2) for each in fertility_changes(2023, scenario)] for scenario in SCENARIOS]
    [[0.87, 0.85], [0.85, 0.76]]
    """
    told = total_fertility()
    told = told[told.index <= (known or told.index.max())]
    last, first = told.index.max(), max(told.index.min(), told.index.max() - DECLINE)
    pace = (told[last] / told[first]) ** (1 / (last - first)) if scenario == FALLING else 1.0
    before = told[told.index.isin(range(census - STEP, census))].mean()
    years = [range(census + horizon - STEP, census + horizon) for horizon in HORIZONS]
    return [sum(told.get(year, told[last] * pace ** (year - last)) for year in each) / STEP / before for each in years]


def project(before: pd.DataFrame, now: pd.DataFrame, years: int, changes: dict[str, list[float]]) -> pd.DataFrame:
    """The children of each scenario at each horizon: index territory; columns scenario, horizon, then GROUPS.

    A territory with an empty cohort has no row: nothing can be carried on from nobody.

    Parameters:
        before, now: ages at two censuses so many years apart, the same rows (index territory).
        changes: of the children per woman, by scenario, at each horizon: see `fertility_changes`.

    >>> ages = ages_of(pd.DataFrame({"indicator": WORKED_OUT_FROM, "value": 50.0, "status": OK, "level": "epci",
    ...                              "territory": "A", "period": "2017"})).droplevel("period")
    >>> ages = ages.assign(**{"0_2": 60.0, "3_10": 160.0, "11_17": 140.0})
    >>> grown = project(ages, ages.assign(**{"5_9": 110.0, "3_10": 170.0}), 5, {HELD: [0.9, 0.9]})
    >>> grown.set_index("horizon")[list(GROUPS)].round(1).to_dict("index")[5]
    {'0_2': 54.0, '3_10': 168.0, '11_17': 148.0}
    """
    five_years_before = before + (now - before) * (years - STEP) / years
    ratios, per_woman = change_ratios(five_years_before, now), children_per_woman(now)
    tables, shares = [], age_shares(now)
    for scenario, of_fertility in changes.items():
        ages = now
        for horizon, change in zip(HORIZONS, of_fertility, strict=True):
            ages = five_years_on(ages, ratios, per_woman * change)
            tables.append(in_groups(ages, shares).assign(scenario=scenario, horizon=horizon))
    return pd.concat(tables)[["scenario", "horizon", *GROUPS]].dropna()


# What a projection by cohorts would have been worth: made from two earlier censuses, held to the latest one.
#
# Its rival is hard to beat: the children grow as the population of their EPCI did, and as their share in all EPCIs did.
# An age group whose projection was further from the count is not shown.

RIVAL = "rival"
KEYS = ["territory", "group", "scenario"]
TYPES = dict.fromkeys([*KEYS, "launch", "target"], "str") | dict.fromkeys(["projected", "counted"], float)
COLUMNS = list(TYPES)


def censuses(ages: pd.DataFrame) -> pd.DataFrame:
    """The three censuses of each EPCI to test a projection with, five years apart or more (rule R8).

    ages: see `projection.ages_of`. Columns: before, launch, target, the latest of the EPCI; index territory.

    >>> known = pd.MultiIndex.from_product([["A"], ["2012", "2017", "2020", "2023"]], names=["territory", "period"])
    >>> censuses(pd.DataFrame(index=known)).loc["A"].tolist()
    ['2012', '2017', '2023']
    """
    apart, found = norm("census_cycle_years"), {}
    for territory, periods in ages.reset_index().groupby("territory")["period"]:
        chosen: list[str] = []
        for period in sorted(periods, reverse=True):
            if not chosen or int(chosen[-1]) - int(period) >= apart:
                chosen.append(period)
        if len(chosen) >= 3:
            found[territory] = chosen[2::-1]
    return pd.DataFrame.from_dict(found, orient="index", columns=["before", "launch", "target"], dtype="str")


def back_test(ages: pd.DataFrame) -> pd.DataFrame:
    """The projection and its rival, from the census before the latest, beside what the latest counted: COLUMNS.

    ages: see `projection.ages_of`. Between five and ten years, and beyond them on the same line, a projection is read
    in proportion of the time. It takes the fertility that was known at the time.
    """
    tables = []
    for (before, launch, target), same in censuses(ages).groupby(["before", "launch", "target"]):
        then, start, end = (ages.xs(period, level="period").loc[same.index] for period in (before, launch, target))
        apart, ahead = int(launch) - int(before), int(target) - int(launch)
        held = {HELD: fertility_changes(int(launch), HELD, int(launch) - 1)}
        projected = project(then, start, apart, held)
        five, ten = (projected.loc[projected["horizon"].eq(horizon), list(GROUPS)] for horizon in HORIZONS)
        made = at_year(start.loc[five.index, list(GROUPS)], five, ten, ahead)
        for scenario, children in {HELD: made, RIVAL: rival(then, start, ahead / apart)}.items():
            tables.append(_beside(children.assign(scenario=scenario), end, launch, target))
    return pd.concat([pd.DataFrame(columns=COLUMNS), *tables], ignore_index=True).astype(TYPES)


def rival(before: pd.DataFrame, now: pd.DataFrame, times: float) -> pd.DataFrame:
    """The children of each EPCI, had they grown as its population, times the drift of their share in all EPCIs.

    before, now: ages at two censuses, the same rows. times: how many times the years between them are gone on for.

    A grows by 10 %; of all inhabitants, 20 % were children of 3 to 10, and 18 % are: 0.9 times. 20 x 1.1 x 0.9 = 19.8.

    >>> columns = {**dict.fromkeys(GROUPS, 20.0), PEOPLE: 100.0}
    >>> before = pd.DataFrame(columns, index=["A", "B"])
    >>> now = before.assign(**{PEOPLE: [110.0, 90.0], "3_10": [20.0, 16.0]})
    >>> rival(before, now, 1).at["A", "3_10"].round(1).item()
    19.8
    """
    children, growth = list(GROUPS), now[PEOPLE] / before[PEOPLE]
    shares = [ages[children].sum() / ages[PEOPLE].sum() for ages in (before, now)]
    return now[children].mul(growth**times, axis=0) * (shares[1] / shares[0]) ** times


def at_year(start: pd.DataFrame, five: pd.DataFrame, ten: pd.DataFrame, years: int) -> pd.DataFrame:
    """The children so many years on, between those of the horizons around, in proportion of the time.

    >>> start, five, ten = (pd.DataFrame({"0_2": [number]}) for number in (100.0, 110.0, 130.0))
    >>> [at_year(start, five, ten, years)["0_2"].item() for years in (5, 6)]
    [110.0, 114.0]
    """
    step = HORIZONS[0]
    return start + (five - start) * years / step if years <= step else five + (ten - five) * (years - step) / step


def _beside(made: pd.DataFrame, counted: pd.DataFrame, launch: str, target: str) -> pd.DataFrame:
    """Projected children in rows, beside those counted. made: columns scenario, GROUPS; index territory."""
    long = (
        made.rename_axis("territory").reset_index().melt(["territory", "scenario"], list(GROUPS), "group", "projected")
    )
    there = counted[list(GROUPS)].rename_axis("territory").reset_index().melt("territory", None, "group", "counted")
    rows = long.merge(there, on=["territory", "group"], validate="m:1").assign(launch=launch, target=target)
    return rows.loc[rows["counted"].gt(0), COLUMNS]


def errors(test: pd.DataFrame) -> pd.DataFrame:
    """The errors of the projection and of its rival over all the EPCIs that can be tested, as shares of the count.

    test: see `back_test`. Index group, scenario; columns epcis (how many), median (of half of them, at most), most
    (of nine out of ten). An EPCI with an empty cohort does not count: both are judged on the same ones.

    >>> rows = [("A", "0_2", HELD, 90.0), ("B", "0_2", HELD, 104.0), ("C", "0_2", HELD, 100.0)]
    >>> test = pd.DataFrame(rows, columns=[*KEYS, "projected"]).assign(counted=100.0)
    >>> errors(test).loc[("0_2", HELD)].round(3).to_dict()
    {'epcis': 3.0, 'median': 0.04, 'most': 0.088}
    """
    tried = test.groupby("territory")["scenario"].transform("nunique").eq(test["scenario"].nunique())
    rows = test[tried]
    apart = ((rows["projected"] - rows["counted"]).abs() / rows["counted"]).groupby([rows["group"], rows["scenario"]])
    return pd.DataFrame({"epcis": apart.size(), "median": apart.median(), "most": apart.quantile(0.9)})


def may_be_shown(found: pd.DataFrame) -> set[str]:
    """The age groups whose projection was nearer to the count than its rival, for half of the EPCIs and nine in ten.

    found: see `errors`. Nothing is shown where fewer EPCIs could be tested than a norm asks for: an untested projection
    is worth nothing.

    >>> both = pd.MultiIndex.from_product([["0_2", "3_10"], [HELD, RIVAL]])
    >>> found = {"epcis": 30, "median": [0.05, 0.06, 0.02, 0.03], "most": [0.1, 0.09, 0.05, 0.06]}
    >>> may_be_shown(pd.DataFrame(found, index=both))
    {'3_10'}
    """
    if found.empty or found["epcis"].max() < norm("projection_tested_epcis"):
        return set()
    held, other = (found[["median", "most"]].xs(scenario, level=1) for scenario in (HELD, RIVAL))
    return set(held.index[held.lt(other).all(axis=1)])

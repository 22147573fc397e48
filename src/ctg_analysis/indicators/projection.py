"""The children of an EPCI five and ten years on, by cohorts, and what such a projection would have been worth before.

The method of Hamilton and Perry (1962), the form of the cohort-component method for small areas whose deaths and moves
by age are not published: a cohort is carried on by the ratio of its numbers at two censuses, which holds its deaths and
its net migration; the youngest are so many per woman of 20 to 39, as fertility moves in France. See docs/projection.md.
"""

from itertools import pairwise

import pandas as pd

from ctg_analysis.core.model import OK
from ctg_analysis.core.norms import norm
from ctg_analysis.indicators.fertility import total_fertility

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

"""What a projection by cohorts would have been worth: made from two earlier censuses, held to the latest one.

Its rival is hard to beat: the children grow as the population of their EPCI did, and as their share in all EPCIs did.
An age group whose projection was further from the count is not shown.
"""

import pandas as pd

from ctg_analysis.core.norms import norm
from ctg_analysis.indicators.projection import GROUPS, HELD, HORIZONS, PEOPLE, fertility_changes, project

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

"""What a projection by cohorts would have been worth: made from two earlier censuses, held to the latest one.

A scenario that was further from the count than « no change » is not shown, age group by age group.
"""

import pandas as pd

from ctg_analysis.core.norms import norm
from ctg_analysis.indicators.projection import CENTRAL, GROUPS, HIGH, HORIZONS, LOW, STAYING, UNCHANGED, project

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
    """Each scenario, and no change, from the census before the latest, beside what the latest counted: COLUMNS.

    ages: see `projection.ages_of`. Between five and ten years, and beyond them on the same line, a scenario is read in
    proportion of the time.
    """
    tables = []
    for (before, launch, target), same in censuses(ages).groupby(["before", "launch", "target"]):
        then, start, end = (ages.xs(period, level="period").loc[same.index] for period in (before, launch, target))
        projected = project(then, start, int(launch) - int(before))
        now = start[list(GROUPS)].assign(scenario=UNCHANGED)
        tables.append(_beside(now, end, launch, target))
        for scenario, rows in projected.groupby("scenario", sort=False):
            five, ten = (rows.loc[rows["horizon"].eq(horizon), list(GROUPS)] for horizon in HORIZONS)
            made = at_year(start.loc[five.index, list(GROUPS)], five, ten, int(target) - int(launch))
            tables.append(_beside(made.assign(scenario=scenario), end, launch, target))
    return pd.concat([pd.DataFrame(columns=COLUMNS), *tables], ignore_index=True).astype(TYPES)


def at_year(start: pd.DataFrame, five: pd.DataFrame, ten: pd.DataFrame, years: int) -> pd.DataFrame:
    """The children so many years on, between those of the horizons around, in proportion of the time.

    >>> start, five, ten = (pd.DataFrame({"0_2": [number]}) for number in (100.0, 110.0, 130.0))
    >>> [at_year(start, five, ten, years)["0_2"].item() for years in (5, 6)]
    [110.0, 114.0]
    """
    step = HORIZONS[0]
    return start + (five - start) * years / step if years <= step else five + (ten - five) * (years - step) / step


def _beside(made: pd.DataFrame, counted: pd.DataFrame, launch: str, target: str) -> pd.DataFrame:
    """Children of a scenario in rows, beside those counted. made: columns scenario, GROUPS; index territory."""
    long = (
        made.rename_axis("territory").reset_index().melt(["territory", "scenario"], list(GROUPS), "group", "projected")
    )
    there = counted[list(GROUPS)].rename_axis("territory").reset_index().melt("territory", None, "group", "counted")
    rows = long.merge(there, on=["territory", "group"], validate="m:1").assign(launch=launch, target=target)
    return rows.loc[rows["counted"].gt(0), COLUMNS]


def errors(test: pd.DataFrame) -> pd.DataFrame:
    """The errors of each scenario over all the EPCIs that can be tested, as shares of the count.

    test: see `back_test`. Index group, scenario; columns epcis (how many), median (of half of them, at most), most
    (of nine out of ten). Where a cohort is empty, no scenario of the EPCI counts: they are judged on the same ones.

    >>> rows = [("A", "0_2", CENTRAL, 90.0), ("B", "0_2", CENTRAL, 104.0), ("C", "0_2", CENTRAL, 100.0)]
    >>> test = pd.DataFrame(rows, columns=[*KEYS, "projected"]).assign(counted=100.0)
    >>> errors(test).loc[("0_2", CENTRAL)].round(3).to_dict()
    {'epcis': 3.0, 'median': 0.04, 'most': 0.088}
    """
    tried = test.groupby("territory")["scenario"].transform("nunique").eq(test["scenario"].nunique())
    rows = test[tried]
    apart = ((rows["projected"] - rows["counted"]).abs() / rows["counted"]).groupby([rows["group"], rows["scenario"]])
    return pd.DataFrame({"epcis": apart.size(), "median": apart.median(), "most": apart.quantile(0.9)})


def between(test: pd.DataFrame) -> pd.Series:
    """The share of EPCIs whose count lay between the low and the high scenario, by group.

    >>> rows = [("A", "0_2", LOW, 95.0), ("A", "0_2", HIGH, 99.0), ("B", "0_2", LOW, 90.0), ("B", "0_2", HIGH, 110.0)]
    >>> between(pd.DataFrame(rows, columns=[*KEYS, "projected"]).assign(counted=100.0)).to_dict()
    {'0_2': 0.5}
    """
    wide = test.pivot(index=["territory", "group", "counted"], columns="scenario", values="projected").reset_index()
    wide = wide.dropna(subset=[LOW, HIGH])
    return wide["counted"].between(wide[LOW], wide[HIGH]).groupby(wide["group"]).mean()


def may_be_shown(found: pd.DataFrame) -> set[tuple[str, str]]:
    """The (group, scenario) that did no worse than « no change », by the error of half of the EPCIs and of nine in ten.

    found: see `errors`. low and high, which are what could be and not what is foretold, go with central. Nothing is
    shown where fewer EPCIs could be tested than a norm asks for: an untested projection is worth nothing.

    >>> scenarios = pd.MultiIndex.from_product([["0_2"], [CENTRAL, STAYING, UNCHANGED]])
    >>> found = {"epcis": 30, "median": [0.05, 0.09, 0.06], "most": [0.1, 0.2, 0.1]}
    >>> sorted(may_be_shown(pd.DataFrame(found, index=scenarios)))
    [('0_2', 'central'), ('0_2', 'high'), ('0_2', 'low')]
    """
    shown = set()
    for group, scenario in found.index:
        row, rival = found.loc[(group, scenario)], found.loc[(group, UNCHANGED)]
        enough = row["epcis"] >= norm("projection_tested_epcis")
        if scenario in (CENTRAL, STAYING) and enough and (row[["median", "most"]] <= rival[["median", "most"]]).all():
            shown |= {(group, one) for one in ((LOW, CENTRAL, HIGH) if scenario == CENTRAL else (STAYING,))}
    return shown

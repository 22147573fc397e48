"""How often a test says what it should: territories drawn at random, and all those of France, written in a page."""

from pathlib import Path

import numpy as np
import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.core.model import OK, is_proportion
from ctg_analysis.core.settings import DataRoot
from ctg_analysis.indicators.comparisons import tested_pairs, weight_in_tests
from ctg_analysis.indicators.dispersion import with_dispersion
from ctg_analysis.indicators.lasting_gaps import is_large
from ctg_analysis.indicators.members import members_of
from ctg_analysis.indicators.observation_files import read_indicators
from ctg_analysis.indicators.significance import CLOSE, compare_proportions, word
from ctg_analysis.processing.groups import groups_of
from ctg_analysis.sources import SOURCES

PAGE = Path(__file__).parent.parent / "docs" / "calibration.md"
DRAWN = {"age_65_plus_share": "2021", "age_0_19_share": "2021", "secondary_dwellings_share": "2021"}
COMPARED = DRAWN | {
    "vacant_dwellings_share": "2021", "owner_dwellings_share": "2018", "activity_15_64_rate": "2021",
    "employment_15_64_rate": "2021", "unemployment_15_64_rate": "2021", "vacant_social_dwellings_share": "2024",
    "natural_change_rate": "2013-2018",
}  # fmt: skip
COMMUNES, DRAWS, SEED = 20, 500, 1
LEAST = 60  # communes of a département: twenty of them are not most of it
TEXT = """# How often a test says what it should

Written by `make golden` from the shipped data (`tests/calibration.py`), and held by `tests/test_calibration.py`.

## Territories drawn at random

{communes} communes are drawn {draws} times (seed {seed}) in their own département, those of {least} communes or more,
and compared with it as an EPCI is. At 5 %, one in twenty should be called different, if nothing sets them apart.
*Independent draws*: every inhabitant or dwelling counts as one, as before. *Between communes*: as now (rule R14).

Something sets them apart where a share goes with the size of communes: towns have fewer owners and more unemployed, and
twenty communes without the town of their département are not like it. The test says so, as it should, and so of rural
EPCIs. *Shares dealt anew*: those of the communes of a département are first dealt anew among them, so that none goes
with their size. What is left is chance alone.

{drawn}

## The EPCIs of France

The share of the EPCIs lying in one département that the test calls different from it. *Large enough*: those of the
last that pass the thresholds of `data/reference/normes.yml`, of which a list keeps those that Benjamini and Hochberg
allow and that the vintage before, where there is one, has of the same sign.

{france}
"""
NAMES = ["level", "territory", "indicator", "period", "source", "status"]


def read(root: DataRoot, periods: dict[str, str]) -> pd.DataFrame:
    """Return the observations of indicators at one period each, their words as texts."""
    rows = read_indicators(root.processed, periods, groups_of(periods))
    rows = rows.astype(dict.fromkeys(NAMES, object))
    return rows[rows["status"].eq(OK) & rows["period"].eq(rows["indicator"].map(periods))].reset_index(drop=True)


def draws(root: DataRoot, periods: dict[str, str], seed: int, *, dealt: bool = False) -> pd.DataFrame:
    """Return twenty communes drawn in each large département, again and again, beside it: DRAWS for each indicator.

    dealt: the shares of the communes of a département are dealt anew among them before each round of draws. Columns of
    observations, those of the département with _there.
    """
    rows, random = read(root, periods), np.random.default_rng(seed)
    places = pd.read_parquet(root.processed / "territories.parquet")
    communes = places[places["level"].eq("commune")]
    sizes = communes["departement"].value_counts()
    large = communes[communes["departement"].isin(sizes.index[sizes.ge(LEAST)])]
    found, number = [], 0
    while number < DRAWS:
        chosen = large.iloc[random.permutation(len(large))].groupby("departement").head(COMMUNES)
        drawn = places.assign(
            epci=places["code"].map(dict(zip(chosen["code"], chosen["departement"] + "x", strict=True)))
        )
        found.append(_beside(dealt_anew(rows, communes, random) if dealt else rows, drawn))
        number += chosen["departement"].nunique()
    return pd.concat(found).groupby("indicator").head(DRAWS).reset_index(drop=True)


def dealt_anew(rows: pd.DataFrame, communes: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Return the observations as if each commune had the share of another of its département, drawn by lot."""
    rows = rows[rows["level"].isin(["commune", "departement"]) & rows["denominator"].gt(0)].reset_index(drop=True)
    departement = rows["territory"].map(communes.set_index("code")["departement"]).fillna(rows["territory"])
    keys, small = [departement, rows["indicator"]], rows["level"].eq("commune")
    share = (rows["numerator"] / rows["denominator"])[small].groupby(keys).transform(random.permutation)
    counts = rows.assign(numerator=share * rows["denominator"])[["numerator", "denominator"]]
    sums = counts[small].groupby(keys).transform("sum").groupby(keys).first()
    whole = sums.reindex(pd.MultiIndex.from_arrays([each[~small] for each in keys])).to_numpy()
    counts.loc[~small] = whole
    return rows.assign(**counts).dropna(subset="numerator")


def _beside(rows: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return the territories that the communes make, each beside its département, with their dispersions."""
    epci = (
        rows["territory"]
        .map(places.drop_duplicates("code").set_index("code")["epci"])
        .where(rows["level"].eq("commune"))
    )
    sums = rows.assign(territory=epci).dropna(subset="territory")
    sums = sums.groupby(["territory", "indicator", "period"], as_index=False)[["numerator", "denominator"]].sum()
    sums = sums.assign(
        level="epci", status=OK, source=sums["indicator"].map(rows.groupby("indicator")["source"].first())
    )
    whole = rows[rows["level"].isin(["commune", "departement"])]
    table = pd.concat([whole, sums], ignore_index=True).rename(columns={"territory": "code"})
    members = members_of(places[places["level"].eq("commune")])
    named = [CATALOGUE[name] for name in rows["indicator"].unique()]
    table = with_dispersion(table, named, members, SOURCES, None).rename(columns={"code": "territory"})
    return pairs(table, table.loc[table["level"].eq("epci"), "territory"].str.removesuffix("x"))


def pairs(table: pd.DataFrame, departement: pd.Series) -> pd.DataFrame:
    """Return EPCIs beside their département. departement: its code, by the index of the rows of the EPCIs."""
    mine = table.loc[departement.index].assign(departement=departement)
    theirs = table[table["level"].eq("departement")]
    keys = ["indicator", "period"]
    return mine.merge(
        theirs, left_on=["departement", *keys], right_on=["territory", *keys], suffixes=("", "_there"), validate="m:1"
    )


def sides(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the EPCIs and the départements of pairs."""
    there = [name for name in table if name.endswith("_there")]
    theirs = table[["indicator", "period", *there]].rename(columns=lambda name: name.removesuffix("_there"))
    return table.drop(columns=there), theirs


def declared(table: pd.DataFrame) -> pd.Series:
    """Tell which pairs the test declares different."""
    words = tested_pairs(*sides(table), CATALOGUE)["word"]
    return words.notna() & words.ne(CLOSE)


def declared_by_draws(table: pd.DataFrame) -> pd.Series:
    """Tell which pairs are different were each inhabitant an independent draw, as every test was before."""
    mine, theirs = sides(table)
    shares = mine["indicator"].map(lambda name: is_proportion(CATALOGUE[name].value))
    weight = [
        weight_in_tests(SOURCES[source], CATALOGUE[name])
        for source, name in zip(mine["source"], mine["indicator"], strict=True)
    ]
    counts = [one[name] * weight for one in (mine, theirs) for name in ("numerator", "denominator")]
    result = compare_proportions(*counts, *counts[:2])
    visible = mine["indicator"].map(lambda name: 10.0 ** -CATALOGUE[name].decimals / 100)
    words = word(result["difference"], result["p"], visible=visible)
    return (words.notna() & words.ne(CLOSE)).where(shares)


def of_france(root: DataRoot) -> pd.DataFrame:
    """Return all EPCIs of one département beside it, for each of COMPARED."""
    rows = read(root, COMPARED)
    places = pd.read_parquet(root.processed / "territories.parquet")
    epcis = places[places["level"].eq("epci")].set_index("code")["departement"]
    departement = rows.loc[rows["level"].eq("epci"), "territory"].map(epcis)
    return pairs(rows, departement[~departement.str.contains("|", regex=False)])


def page(root: DataRoot) -> str:
    """Return the page of docs."""
    by_lot, anew = (draws(root, COMPARED, SEED, dealt=dealt) for dealt in (False, True))
    france = of_france(root)
    large = [
        is_large(CATALOGUE[name], abs(here - there), there)
        for name, here, there in zip(france["indicator"], france["value"], france["value_there"], strict=True)
    ]
    found = pd.DataFrame({"before": declared_by_draws(france), "after": declared(france)}).astype(float)
    found = found.assign(notable=found["after"] * large).groupby(france["indicator"]).mean()
    numbers = france["indicator"].value_counts()
    of_draws = [
        said(drawn).astype(float).groupby(drawn["indicator"]).mean()
        for said, drawn in ((declared_by_draws, by_lot), (declared, by_lot), (declared, anew))
    ]
    return TEXT.format(
        communes=COMMUNES,
        least=LEAST,
        draws=DRAWS,
        seed=SEED,
        drawn=_table(
            ["Indicator", "independent draws", "between communes", "shares dealt anew"],
            [[f"`{name}`", *(_percent(one[name]) for one in of_draws)] for name in COMPARED],
        ),
        france=_table(
            ["Indicator", "Period", "EPCIs", "independent draws", "between communes", "of these, large enough"],
            [
                [f"`{name}`", period, str(numbers[name]), *map(_percent, found.loc[name])]
                for name, period in COMPARED.items()
            ],
        ),
    )


def _table(header: list[str], lines: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [header, ["---"] * len(header), *lines])


def _percent(part: float) -> str:
    return "no test" if np.isnan(part) else f"{100 * part:.1f} %"

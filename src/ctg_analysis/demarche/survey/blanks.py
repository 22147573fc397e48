"""Figures of the survey that are left blank: those of few respondents, then what depends on those that the gate hides.

The gate itself is `disclosure`: it stands between both.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from ctg_analysis.core.model import OK, SECRET
from ctg_analysis.demarche.survey.crossings import STRENGTHS
from ctg_analysis.demarche.survey.questions import COUNT, FIGURES, NOTHING, SHARE, is_few, worded
from ctg_analysis.demarche.survey.response import without_rare
from ctg_analysis.demarche.tables.codes import UNKNOWN

INTERVAL = ["share", "low", "high"]
OF_TESTS = ["method", "chi2", "dof", "levels", "p", "p_adjusted", "v", "v_corrected"]
# What a reader uses of a figure: the other digits of some would tell the counts that they come from
DIGITS = {
    "chi2": 0,
    "v": 2,
    "v_corrected": 2,
    "p": 3,
    "p_adjusted": 3,
    "n_eff": 0,
    "deff": 2,
    "half_width": 3,
    "gap": 2,
}
OF_KNOWN_WEIGHTS = dict.fromkeys([*INTERVAL, "citations", "got"], 2) | {"mean": 1}
PERCENT = ["value", "low", "high"]


def small_cells(table: pd.DataFrame, *, several: bool) -> pd.DataFrame:
    """A distribution without its cells of 1 to 4 respondents (rule R1), shown `none`.

    several: answers add up to more than the base; 1 to 4 who did not give one are few too. When 1 to 4 did not answer,
    or were not concerned, neither are counted.
    """
    counts = table["count"].where(table["in_base"])
    small = is_few(counts) | (is_few(table["base"] - counts) & several)
    apart = ~table["in_base"] & is_few(table["count"].mask(table["in_base"])).any()
    table.loc[small, FIGURES] = np.nan
    table.loc[small, "shown"] = NOTHING
    table.loc[apart, "count"] = np.nan
    return table


def unsure_left_out(table: pd.DataFrame, questions: Collection[str]) -> pd.DataFrame:
    """A table in which « ne sait pas » is no part of the base of some questions, and is not told."""
    rows = table["q_id"].isin([*questions]) & table["modalite"].eq(UNKNOWN)
    figures = table.columns.intersection([*FIGURES, "p_alone", "difference"])
    table.loc[rows, figures] = np.nan
    return table.assign(in_base=table["in_base"] & ~rows, shown=table["shown"].mask(rows, NOTHING))


def small_shares(table: pd.DataFrame, *, several: bool) -> pd.DataFrame:
    """The shares by group; no count, which those of the other groups would tell, no cell of 1 to 4."""
    small = is_few(table["count"]) | (is_few(table["base"] - table["count"]) & several) | table["shown"].eq(COUNT)
    table.loc[small, [*INTERVAL, "citations", "p_alone"]] = np.nan
    return table.assign(shown=table["shown"].mask(small, NOTHING))


def hides_someone(profile: pd.DataFrame) -> bool:
    """Whether 1 to 4 respondents gave an answer of the profile."""
    return bool(is_few(profile["count"]).any())


def small_profile(profile: pd.DataFrame) -> pd.DataFrame:
    """A profile that does not tell of 1 to 4 respondents, nor of what is blank (R1).

    After weights, the shares beside would tell it too, of those who did not say or are raked together with others; so
    would the names of those who are, for they are put together until they are ten.
    """
    known = profile.astype({"count": float})
    hidden = is_few(known["count"]) | known["count"].isna()
    telling = hidden.groupby(profile["variable"]).transform("any")
    return known.assign(
        count=known["count"].mask(hidden),
        before=known["before"].mask(hidden),
        after=known["after"].mask(telling),
        category=known["category"].mask(telling, ""),
        represented=known["represented"].mask(hidden, ""),
    )


def rounded(tables: dict[str, pd.DataFrame], observations: str) -> dict[str, pd.DataFrame]:
    """The tables in whole percents: where anyone knows the weights, more digits would tell who was counted.

    observations: the name of that table.
    """
    in_percents = {name: table.round(OF_KNOWN_WEIGHTS) for name, table in tables.items()}
    measured = tables[observations].copy()
    measured[PERCENT] = measured[PERCENT].round(0)
    return in_percents | {observations: measured.assign(numerator=measured["value"] * measured["denominator"] / 100)}


def of_distribution(table: pd.DataFrame) -> pd.DataFrame:
    """The distribution that the gate has let through: a row without its share, or count, shows nothing."""
    figure = table["share"].where(table["shown"].eq(SHARE), table["count"])
    hidden = table["in_base"] & table["shown"].ne(NOTHING) & figure.isna()
    return table.assign(shown=table["shown"].mask(hidden, NOTHING), citations=table["citations"].mask(hidden))


def of_summary(table: pd.DataFrame, distribution: pd.DataFrame) -> pd.DataFrame:
    """The means and quartiles of the questions of which every answer is told: they are sums of these."""
    complete = distribution["shown"].eq(SHARE) & distribution["count"].notna()
    withheld = distribution[distribution["in_base"] & ~complete]
    hidden = table["q_id"].isin(withheld["q_id"])
    figures = ["mean", "low", "high", "first_quartile", "median", "third_quartile"]
    return table.assign(**table[figures].mask(hidden), shown=table["shown"].mask(hidden, NOTHING))


def of_groups(table: pd.DataFrame, distribution: pd.DataFrame) -> pd.DataFrame:
    """The shares of groups that the gate has let through, with their tests against all the others.

    No test where the share of all is withheld: it would tell that of the others.
    """
    hidden = table["share"].isna()
    whole = distribution.loc[distribution["shown"].eq(SHARE), ["q_id", "modalite"]]
    known = pd.MultiIndex.from_frame(table[["q_id", "modalite"]]).isin(pd.MultiIndex.from_frame(whole))
    states = table["shown"].mask(hidden & table["in_base"], NOTHING)
    table = table.assign(shown=states, p_alone=table["p_alone"].mask(hidden | ~known))
    return pd.concat([worded(rows) for _, rows in table.groupby(["q_id", "variable"], sort=False)])


def of_crossings(tests: pd.DataFrame) -> pd.DataFrame:
    """The tests: their figures where a link is established, for its groups are shown; elsewhere the words alone.

    Beside the answers to each question, the figures would give back who gave both, even rounded: a whole χ², V and p to
    two decimals do for 17 of 20 tables of two groups and two answers.
    """
    return tests.assign(**tests[OF_TESTS].where(tests["strength"].isin(STRENGTHS)))


def of_paths(paths: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """The paths, those that the gate has hidden among the others. whole: the paths before the gate."""
    shares, hidden = paths.assign(share=whole["share"])[paths["base"].notna()], paths["share"].isna()
    each = [without_rare(rows, hidden[rows.index]) for _, rows in shares.groupby("q_id", sort=False)]
    return pd.concat(each) if each else shares


def of_observations(table: pd.DataFrame) -> pd.DataFrame:
    """The observations of the survey, `secret` where the gate has hidden their figures."""
    return table.assign(status=table["status"].mask(table["status"].eq(OK) & table["value"].isna(), SECRET))


def without_telling_sizes(tables: dict[str, pd.DataFrame], margin: str) -> None:
    """Blank the effective sizes that would tell the base of a hidden group of the margin that all weights follow."""
    groups = tables["by_group"]
    if groups.empty:
        return
    hidden = groups.loc[groups["variable"].eq(margin) & groups["base"].isna(), "q_id"].unique()
    for name in (table for table in ("distribution", "summary", "crossings") if len(tables[table])):
        tables[name]["n_eff"] = tables[name]["n_eff"].mask(tables[name]["q_id"].isin(hidden))

"""Figures of the survey that are left blank: those of few respondents, then what depends on those that the gate hides.

The gate itself is `disclosure`: it stands between both.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from ctg_analysis.demarche.survey.crossings import STRENGTHS
from ctg_analysis.demarche.survey.questions import CELL, COUNT, FIGURES, NOTHING, SHARE, is_few, worded
from ctg_analysis.demarche.survey.response import without_rare
from ctg_analysis.demarche.tables.codes import UNKNOWN

INTERVAL = ["share", "low", "high"]
OF_TESTS = ["method", "chi2", "dof", "levels", "p", "p_adjusted", "v", "v_corrected"]
# What a reader uses of a figure: the other digits of some would tell the counts that they come from
DIGITS = {
    "chi2": 0,
    "v": 2,
    "v_corrected": 2,
    "v_low": 2,
    "v_high": 2,
    "p": 3,
    "p_adjusted": 3,
    "n_eff": 0,
    "deff": 2,
    "half_width": 3,
    "gap": 2,
}
WHOLE_PERCENTS = dict.fromkeys([*INTERVAL, "citations", "got"], 2) | {"mean": 1}
PERCENT = ["value", "low", "high"]
PARTS = dict.fromkeys(["before", "after", "completion", "nonresponse", "of_sent", "of_started"], 2)
RESPONDENTS = (
    *("count", "base", "n_eff", "usable", "put", "answered", "no_answer", "not_concerned"),
    *("positive", "neutre", "négative", "numerator", "denominator"),
)


def small_cells(table: pd.DataFrame, *, several: bool) -> pd.DataFrame:
    """A distribution without its cells of 1 to 4 respondents (rule R1), shown `none`.

    When 1 to 4 did not answer, or were not concerned, neither are counted.

    Parameters:
        several: answers add up to more than the base; 1 to 4 who did not give one are few too.

    >>> figures = dict.fromkeys(["share", "low", "high", "citations"], 0.5)
    >>> table = pd.DataFrame({"count": [26.0, 4.0], "base": 30.0, "in_base": True, "shown": SHARE, **figures})
    >>> small_cells(table, several=False)[["count", "share", "shown"]].to_numpy().tolist()
    [[26.0, 0.5, 'share'], [nan, nan, 'none']]
    """
    counts = table["count"].where(table["in_base"])
    small = is_few(counts) | (is_few(table["base"] - counts) & several)
    apart = ~table["in_base"] & is_few(table["count"].mask(table["in_base"])).any()
    table.loc[small, FIGURES] = np.nan
    table.loc[small, "shown"] = NOTHING
    table.loc[apart, "count"] = np.nan
    return table


def unsure_left_out(table: pd.DataFrame, questions: Collection[str]) -> pd.DataFrame:
    """A table in which « ne sait pas » is no part of the base of some questions, and is not told.

    >>> table = pd.DataFrame({"q_id": "q", "modalite": ["a", UNKNOWN], "count": [26.0, 0.0], "in_base": True})
    >>> table = unsure_left_out(table.assign(share=[1.0, 0.0], low=0.0, high=1.0, citations=0.0, shown=SHARE), {"q"})
    >>> table[["count", "in_base", "shown"]].to_numpy().tolist()
    [[26.0, True, 'share'], [nan, False, 'none']]
    """
    rows = table["q_id"].isin([*questions]) & table["modalite"].eq(UNKNOWN)
    figures = table.columns.intersection([*FIGURES, "p_alone", "difference"])
    table.loc[rows, figures] = np.nan
    return table.assign(in_base=table["in_base"] & ~rows, shown=table["shown"].mask(rows, NOTHING))


def small_shares(table: pd.DataFrame, *, several: bool) -> pd.DataFrame:
    """The shares by group; no count, which those of the other groups would tell, no cell of 1 to 4.

    >>> figures = dict.fromkeys(["share", "low", "high", "citations", "p_alone"], 0.5)
    >>> table = pd.DataFrame({"count": [26.0, 4.0], "base": 30.0, "shown": SHARE, **figures})
    >>> [small_shares(table.copy(), several=several)["share"].tolist() for several in (False, True)]  # 4 did not say 26
    [[0.5, nan], [nan, nan]]
    """
    small = is_few(table["count"]) | (is_few(table["base"] - table["count"]) & several) | table["shown"].eq(COUNT)
    table.loc[small, [*INTERVAL, "citations", "p_alone"]] = np.nan
    return table.assign(shown=table["shown"].mask(small, NOTHING))


def hides_someone(profile: pd.DataFrame) -> bool:
    """Whether 1 to 4 respondents gave an answer of the profile.

    >>> hides_someone(pd.DataFrame({"count": [30, 4]})), hides_someone(pd.DataFrame({"count": [30, 0]}))
    (True, False)
    """
    return bool(is_few(profile["count"]).any())


def small_profile(profile: pd.DataFrame) -> pd.DataFrame:
    """A profile that does not tell of 1 to 4 respondents, nor of what is blank (R1).

    After weights, the shares beside would tell it too, of those who did not say or are raked together with others; so
    would the names of those who are, for they are put together until they are ten.

    >>> profile = pd.DataFrame({"variable": "sexe", "count": [36, 4], "before": [0.9, 0.1], "after": 0.5})
    >>> hidden = small_profile(profile.assign(category="f|h", represented="proche"))
    >>> hidden[["count", "before", "after", "category"]].to_numpy().tolist()
    [[36.0, 0.9, nan, ''], [nan, nan, nan, '']]
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
    """The tables in whole percents: more digits would tell who was counted.

    Parameters:
        observations: the name of that table.

    >>> measured = pd.DataFrame({"value": [66.67], "low": [48.8], "high": [80.8], "denominator": [30.0]})
    >>> tables = rounded({"distribution": pd.DataFrame({"share": [2 / 3]}), "observations": measured}, "observations")
    >>> tables["distribution"]["share"].item(), tables["observations"][["value", "numerator"]].to_numpy().tolist()
    (0.67, [[67.0, 20.1]])
    """
    in_percents = {name: table.round(WHOLE_PERCENTS) for name, table in tables.items()}
    measured = tables[observations].copy()
    measured[PERCENT] = measured[PERCENT].round(0)
    return in_percents | {observations: measured.assign(numerator=measured["value"] * measured["denominator"] / 100)}


def told(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables that the gate has let through, their counts of respondents rounded down to 5, parts in whole percents.

    >>> table = pd.DataFrame({"count": [27.0, 0.0, np.nan], "before": 0.514})
    >>> told({"profile": table})["profile"].to_numpy().tolist()
    [[25.0, 0.51], [0.0, 0.51], [nan, 0.51]]
    """
    shown = {}
    for name, table in tables.items():
        at_a_bound = {"low", "high"} if name == "consultation" else set()  # of the weights: respondents
        counts = [column for column in table if column in {*RESPONDENTS, *at_a_bound}]
        shown[name] = table.round(PARTS).assign(**{column: table[column] // CELL * CELL for column in counts})
    return shown


def of_distribution(table: pd.DataFrame) -> pd.DataFrame:
    """The distribution that the gate has let through: a row without its share, or count, shows nothing.

    >>> table = pd.DataFrame({"share": [0.5, np.nan], "count": 15.0, "citations": 0.5, "in_base": True, "shown": SHARE})
    >>> of_distribution(table)["shown"].tolist()
    ['share', 'none']
    """
    figure = table["share"].where(table["shown"].eq(SHARE), table["count"])
    hidden = table["in_base"] & table["shown"].ne(NOTHING) & figure.isna()
    return table.assign(shown=table["shown"].mask(hidden, NOTHING), citations=table["citations"].mask(hidden))


def of_summary(table: pd.DataFrame, distribution: pd.DataFrame) -> pd.DataFrame:
    """The means and quartiles of the questions of which every answer is told: they are sums of these.

    >>> figures = dict.fromkeys(["mean", "low", "high", "first_quartile", "median", "third_quartile"], 1.5)
    >>> table = pd.DataFrame({"q_id": ["whole", "cut"], "shown": SHARE, **figures})
    >>> distribution = pd.DataFrame({"q_id": ["whole", "cut"], "in_base": True, "shown": SHARE, "count": [15, np.nan]})
    >>> of_summary(table, distribution)["mean"].tolist()
    [1.5, nan]
    """
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

    >>> tests = pd.DataFrame({"strength": ["lien fort", "pas de lien établi"], **dict.fromkeys(OF_TESTS, 0.6)})
    >>> of_crossings(tests)["v"].tolist()
    [0.6, nan]
    """
    return tests.assign(**tests[OF_TESTS].where(tests["strength"].isin(STRENGTHS)))


def of_paths(paths: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """The paths, those that the gate has hidden among the others. whole: the paths before the gate."""
    shares, hidden = paths.assign(share=whole["share"])[paths["base"].notna()], paths["share"].isna()
    each = [without_rare(rows, hidden[rows.index]) for _, rows in shares.groupby("q_id", sort=False)]
    return pd.concat(each) if each else shares


def without_telling_sizes(tables: dict[str, pd.DataFrame], margin: str) -> None:
    """Blank the effective sizes that would tell the base of a hidden group of the margin that all weights follow."""
    groups = tables["by_group"]
    if groups.empty:
        return
    hidden = groups.loc[groups["variable"].eq(margin) & groups["base"].isna(), "q_id"].unique()
    for name in (table for table in ("distribution", "summary", "crossings") if len(tables[table])):
        tables[name]["n_eff"] = tables[name]["n_eff"].mask(tables[name]["q_id"].isin(hidden))

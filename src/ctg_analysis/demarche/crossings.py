"""Links between two questions of the survey, and the answers left blank."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import chdtr, chndtrinc

from ctg_analysis.demarche.columns import CHOICE, OUTSIDE, SCALE, SEVERAL, UNKNOWN, has_code, is_yes, labels
from ctg_analysis.demarche.questions import (
    CELL,
    COUNT,
    COUNTS_UNDER,
    FIGURES,
    NOTHING,
    SHARE,
    adjusted,
    is_few,
    question_of,
    without_rare,
    worded,
)
from ctg_analysis.demarche.weighting import effective_size
from ctg_analysis.indicators.comparisons import ALPHA, SMALLEST_EXPECTED
from ctg_analysis.model.errors import UserError

# Crossings: whether the answers to two questions go together, and how strongly (rule R23).
#
# Nothing here says that one is the cause of the other (rule R26).

CHI2, MERGED, FISHER, PERMUTATIONS = "χ²", "χ² après regroupement", "test exact de Fisher", "permutations"
TOO_FEW = "base insuffisante"
WEAK, MEDIUM, STRONG, NO_LINK = "lien faible", "lien moyen", "lien fort", "pas de lien établi"
STRENGTHS = (WEAK, MEDIUM, STRONG)
MEDIUM_FROM, STRONG_FROM = 0.3, 0.5  # Cohen's w, which is V for two modalities
SMALL_BASE = 100  # respondents: under it, no link is said to be strong without the interval of its V
RESAMPLES, SEED = 1999, 20230119
AT_ONCE = 2_000_000  # respondents dealt together, in all the ways that are tried at once
COLUMNS = ["q_id", "modalite", "group", "base", "n_eff", "method", "chi2", "dof", "levels", "p", "v", "v_corrected"]
REST = "*"  # stands for the answers that a table of groups does not show


class Association(NamedTuple):
    """The χ² of a table of counts, its degrees of freedom and p, Cramér's V and the same without its bias."""

    chi2: float
    dof: int
    p: float
    v: float
    v_corrected: float
    smallest_expected: float


def association(table: pd.DataFrame) -> Association:
    """How rows and columns of a table of counts, or of effective counts, go together.

    Source: Bergsma (2013), Journal of the Korean Statistical Society 42, 323-328, for the V without bias.

    20 expected in each cell: χ² = 4 × 10² / 20, V = √(20 / 80), without bias √((0.25 - 1 / 79) / (1 - 1 / 79)).

    >>> link = association(pd.DataFrame([[30, 10], [10, 30]]))
    >>> [round(float(figure), 3) for figure in (link.chi2, link.dof, link.v, link.v_corrected)]
    [20.0, 1.0, 0.5, 0.49]
    """
    from scipy.stats import chi2_contingency

    test = chi2_contingency(table, correction=False)
    n, (rows, columns) = float(table.to_numpy().sum()), table.shape
    square, excess = test.statistic / n, (rows - 1) * (columns - 1) / (n - 1)
    fewer = [levels - (levels - 1) ** 2 / (n - 1) for levels in (rows, columns)]
    v = float(np.sqrt(square / (min(rows, columns) - 1)))
    corrected = float(np.sqrt(max(0, square - excess) / (min(fewer) - 1)))
    return Association(test.statistic, test.dof, test.pvalue, v, corrected, test.expected_freq.min())


def crossings(
    answers: pd.DataFrame, weights: pd.Series, questionnaire: pd.DataFrame, pairs: Iterable[tuple[str, str]]
) -> pd.DataFrame:
    """The tests of a family of crossings, one row each; one per option where several answers may be given.

    The test is that of the table of weighted shares times n_eff. Where fewer than 5 are expected in a cell, the steps
    of a scale are put together with their neighbours; if that is not enough, it is Fisher's exact test for two rows
    and two columns, and 1 999 permutations of the groups among the respondents, of fixed seed, for more. Under a base
    of 20, no test.

    Parameters:
        pairs: question, group (a question of one answer). Those who said NSP, NC or SR to either are left out.

    Returns:
        Columns q_id, modalite (the option, or nothing), group, base, n_eff; method; chi2, dof; p, p_adjusted for the
        family (Benjamini and Hochberg 1995); levels: the smaller of rows and columns; v, v_corrected; strength: the
        words.

    Raises:
        UserError: a sensitive question.

    >>> asked = pd.DataFrame({"q_id": ["q", "g"], "type": CHOICE, "modalites": "a=A|b=B", "sensible": False})
    >>> answers = pd.DataFrame({"q": [*"ab"] * 40, "g": [*"abababba"] * 10})  # 30 aa, 30 bb, 10 ab, 10 ba
    >>> tests = crossings(answers, pd.Series(1.0, index=answers.index), asked, [("q", "g")])
    >>> tests[["method", "chi2", "v", "strength"]].to_numpy().tolist()
    [['χ²', 20.0, 0.5, 'lien moyen']]
    """
    rows = [row for q_id, group in pairs for row in _crossing(answers, weights, questionnaire, q_id, group)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.insert(table.columns.get_loc("p") + 1, "p_adjusted", np.nan)
    return judged(table)


def judged(tests: pd.DataFrame) -> pd.DataFrame:
    """The tests of a family with their p adjusted and the words for each, see `crossings`."""
    p = adjusted(tests["p"].astype(float))
    return tests.assign(p_adjusted=p, strength=strength(tests["v_corrected"].astype(float), tests["levels"], p))


def with_intervals_of_v(tests: pd.DataFrame) -> pd.DataFrame:
    """The tests with v_low and v_high, made of the figures that are shown: they tell no more of the respondents.

    On a base under 100, a link whose V may not be given with its interval is not said to be strong.

    Parameters:
        tests: columns base, n_eff, v, levels, dof, strength, as they are published.

    >>> tests = pd.DataFrame({"base": 80, "n_eff": [80.0, np.nan], "v": 0.7, "levels": 2, "dof": 1, "strength": STRONG})
    >>> with_intervals_of_v(tests)[["v_low", "v_high", "strength"]].round(2).to_numpy().tolist()
    [[0.48, 0.92, 'lien fort'], [nan, nan, 'lien moyen']]
    """
    low, high = interval_of_v(tests["v"], tests["n_eff"], tests["levels"], tests["dof"])
    small = ~tests["base"].ge(SMALL_BASE) & tests["strength"].eq(STRONG) & low.isna()
    return tests.assign(v_low=low, v_high=high, strength=tests["strength"].mask(small, MEDIUM))


def interval_of_v(v: pd.Series, n: pd.Series, levels: pd.Series, dof: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The interval of Cramér's V at 95 %: the noncentral χ² laws of which that of the table cuts a tail of 2.5 %.

    Source: Smithson (2003), Confidence Intervals, chapter 4.

    χ² = 0.5² × 80 = 20; with one degree of freedom, the centre is (√20 ± 1.96)², of V = (4.47 ± 1.96) / √80.

    >>> bounds = interval_of_v(*(pd.Series([figure]) for figure in (0.5, 80.0, 2, 1)))
    >>> [round(bound.item(), 3) for bound in bounds]
    [0.281, 0.719]
    """
    spread = n * (levels - 1)
    square = v**2 * spread
    low = np.where(chdtr(dof, square) < 1 - ALPHA / 2, 0.0, chndtrinc(square, dof, 1 - ALPHA / 2))
    high = chndtrinc(square, dof, ALPHA / 2)
    bounds = (pd.Series(np.sqrt(centre / spread), index=v.index).clip(upper=1) for centre in (low, high))
    return tuple(bound.where(square.notna()) for bound in bounds)


def of_what_is_shown(
    answers: pd.DataFrame, weights: pd.Series, questionnaire: pd.DataFrame, shares: pd.DataFrame, option: str
) -> pd.DataFrame:
    """The test of a crossing, made again on what the table of its groups shows: it then tells nothing more.

    Groups without a share are left out; the answers that one group at least does not show are one, « ne sait pas »
    among them.

    Parameters:
        shares: the rows of that table (see `questions.by_group`), blank where they are withheld.
        option: that of a question of several answers, or nothing.
    """
    q_id, group = shares["q_id"].iloc[0], shares["variable"].iloc[0]
    shares = shares[shares["in_base"]]
    mine = shares[shares["modalite"].eq(option)] if option else shares
    groups = mine.loc[mine["share"].notna(), "group"].unique()
    lost = set(shares.loc[shares["group"].isin(groups) & shares["share"].isna(), "modalite"])
    asked = questionnaire.set_index("q_id", drop=False)
    cells = answers[q_id]
    if option:
        cells = cells.mask(cells.eq(UNKNOWN), REST) if UNKNOWN in lost else cells
    elif lost:
        kept = {code: name for code, name in labels(asked.at[q_id, "modalites"]).items() if code not in lost}
        asked.at[q_id, "modalites"] = tuple((kept | {REST: REST}).items())
        asked.at[q_id, "type"] = CHOICE
        cells = cells.mask(cells.isin(lost), REST)
    here = answers[group].isin(groups)
    tests = crossings(answers.assign(**{q_id: cells})[here], weights[here], asked, [(q_id, group)])
    return tests[tests["modalite"].eq(option)]


def strength(v: pd.Series, levels: pd.Series, p: pd.Series) -> pd.Series:
    """The words for a V: weak, medium from 0.3, strong from 0.5; the limits fall with the number of levels.

    V is Cohen's w divided by √(levels - 1). No link is said to be when p is 5 % or more (rule R14); nothing where there
    was no test. Source: Cohen (1988), chapter 7.

    Parameters:
        levels: the smaller of the numbers of rows and columns.

    >>> v, levels, p = pd.Series([0.2, 0.3, 0.3, 0.6]), pd.Series([2, 2, 5, 2]), pd.Series([0.01, 0.01, 0.01, 0.05])
    >>> strength(v, levels, p).tolist()  # 0.3 × √(5 - 1) = 0.6
    ['lien faible', 'lien moyen', 'lien fort', 'pas de lien établi']
    """
    w = v * np.sqrt(levels.astype(float) - 1)
    words = pd.Series(np.select([w.ge(STRONG_FROM), w.ge(MEDIUM_FROM)], [STRONG, MEDIUM], WEAK), index=v.index)
    return words.where(p.lt(ALPHA), NO_LINK).where(p.notna(), TOO_FEW)


def _crossing(
    answers: pd.DataFrame, weights: pd.Series, questionnaire: pd.DataFrame, q_id: str, group: str
) -> list[tuple]:
    """The rows of one crossing."""
    question, other = question_of(questionnaire, q_id), question_of(questionnaire, group)
    if is_yes(question["sensible"]) or is_yes(other["sensible"]):
        raise UserError(f"{q_id} by {group}: a sensitive question is not crossed with another")
    both = ~answers[q_id].isin([*OUTSIDE]) & ~answers[group].isin([*OUTSIDE])
    rows, columns, weights = answers.loc[both, group], answers.loc[both, q_id], weights[both]
    groups = [*labels(other["modalites"])]
    if question["type"] != SEVERAL:
        steps = [*labels(question["modalites"])]
        scales = other["type"] == SCALE, question["type"] == SCALE
        return [(q_id, "", group, *_tested(rows, columns, weights, groups, steps, scales))]
    tables = []
    for option in labels(question["modalites"]):
        chosen = has_code(columns, option).map({True: "oui", False: "non"})
        scales = other["type"] == SCALE, False
        tables.append((q_id, option, group, *_tested(rows, chosen, weights, groups, ["oui", "non"], scales)))
    return tables


def _tested(
    rows: pd.Series, columns: pd.Series, weights: pd.Series, groups: list[str], steps: list[str], scales: tuple
) -> tuple:
    """The columns of COLUMNS from `base` on. scales: whether the rows, the columns are the steps of a scale."""
    base, n_eff = len(rows), effective_size(weights)
    from scipy.stats import fisher_exact

    row, column = pd.Categorical(rows, groups).codes, pd.Categorical(columns, steps).codes
    shape = len(groups), len(steps)
    table = np.bincount(row * shape[1] + column, weights, minlength=shape[0] * shape[1]).reshape(shape)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if base < COUNTS_UNDER or min(table.shape) < 2:
        return base, n_eff, TOO_FEW, *[np.nan] * 6
    scaled = table * n_eff / table.sum()
    pooled = _pooled(scaled, scales)
    link, method = association(pd.DataFrame(pooled)), CHI2 if pooled.shape == scaled.shape else MERGED
    p = link.p
    if link.smallest_expected < SMALLEST_EXPECTED and pooled.shape == (2, 2):
        p, method = fisher_exact(np.rint(pooled)).pvalue, FISHER
    elif link.smallest_expected < SMALLEST_EXPECTED:
        link, method = association(pd.DataFrame(scaled)), PERMUTATIONS
        p = _permuted(row, column, weights, shape)
        pooled = scaled
    return base, n_eff, method, link.chi2, link.dof, min(pooled.shape), p, link.v, link.v_corrected


def _pooled(table: np.ndarray, scales: tuple[bool, bool]) -> np.ndarray:
    """The table with steps of scales put together, two at least, while fewer than 5 are expected somewhere.

    The step with the smallest sum joins the smaller of its neighbours.
    """
    from scipy.stats.contingency import expected_freq

    for axis in (axis for axis, scale in enumerate(scales) if scale):
        while table.shape[axis] > 2 and expected_freq(table).min() < SMALLEST_EXPECTED:
            sums = table.sum(axis=1 - axis)
            place = int(sums.argmin())
            beside = [number for number in (place - 1, place + 1) if 0 <= number < len(sums)]
            first = min(place, min(beside, key=lambda number: sums[number]))
            table = np.add.reduceat(table, [step for step in range(len(sums)) if step != first + 1], axis=axis)
    return table


def _permuted(row: np.ndarray, column: np.ndarray, weights: pd.Series, shape: tuple[int, int]) -> float:
    """How often groups dealt at random among the respondents go with the answers as much as the true ones."""
    generator, weights = np.random.default_rng(SEED), weights.to_numpy()
    order = np.lexsort((weights, column, row))  # whatever the order of the answers
    row, column, weights = row[order], column[order], weights[order]
    limit = _distances(row[np.newaxis], column, weights, shape)[0] * (1 - 1e-9)
    left, further = RESAMPLES, 0
    while left:
        some = min(left, max(1, AT_ONCE // len(row)))
        dealt = generator.permuted(np.broadcast_to(row, (some, len(row))), axis=1)
        further += int((_distances(dealt, column, weights, shape) >= limit).sum())
        left -= some
    return (1 + further) / (1 + RESAMPLES)


def _distances(rows: np.ndarray, column: np.ndarray, weights: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The χ² of the table of weights for each way of dealing the groups: one row of `rows` for each way."""
    cells = rows.astype(np.int64) * shape[1] + column + shape[0] * shape[1] * np.arange(len(rows))[:, np.newaxis]
    sums = np.bincount(cells.ravel(), np.tile(weights, len(rows)), minlength=len(rows) * shape[0] * shape[1])
    tables = sums.reshape(len(rows), *shape)
    expected = tables.sum(axis=2, keepdims=True) * tables.sum(axis=1, keepdims=True) / weights.sum()
    return np.divide((tables - expected) ** 2, expected, np.zeros_like(tables), where=expected > 0).sum(axis=(1, 2))


# Figures of the survey that are left blank: those of few respondents, then what depends on those that the gate hides.
#
# The gate itself is `disclosure`: it stands between both.

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

"""What the answers say, question by question: the tables that a reader sees (rules R10, R14, R15, R20 to R25).

answers: one row per respondent, one column per question, cells of codes (see `answers.Answers`). weights: with the same
index (see `weighting.rake`). questionnaire: columns q_id, libelle, type, modalites, filtre, sensible.

The base of a question is who answered it, « ne sait pas » among them; not who is not concerned, nor who did not answer.
"""

import numpy as np
import pandas as pd

from ctg_analysis.core.errors import UserError
from ctg_analysis.demarche.tables.codes import LIST, NO_ANSWER, NOT_CONCERNED, OUTSIDE, SEVERAL, is_yes, labels
from ctg_analysis.indicators.significance import compare_proportions, word
from ctg_analysis.indicators.uncertainty import Z, wilson_interval

HIDDEN_UNDER, COUNTS_UNDER, FRAGILE_UNDER = 10, 20, 30  # base: nothing shown (R24), no percentage (R10), flagged (R24)
CELL = 5  # respondents: a smaller cell of a sensitive question is not shown (rule R1)
SHARE, COUNT, NOTHING = "share", "count", "none"  # what is shown of a row
FIGURES = ["count", "share", "low", "high", "citations"]


def distribution(answers: pd.DataFrame, weights: pd.Series, questionnaire: pd.DataFrame, q_id: str) -> pd.DataFrame:
    """What was answered to a closed question: one row per modality, then NSP, NC and SR.

    Returns:
        Columns q_id, modalite, libelle, in_base; count: respondents, without weights; share: weighted, of the base,
        from 0 to 1 (where several answers may be given, the sum is more than 1), low, high: 95 %, Wilson on the
        effective size; citations: part of all the answers given, weighted, where several may be; base, n_eff, shown;
        fragile: base under 30.

        shown: `share`; `count`, without share, for a base under 20; `none`, without any figure, for a base under 10,
        and for a cell of a sensitive question with 1 to 4 respondents (and one more, lest it be found by subtraction).

    15 who count twice, 15 who count once: 30 / 45, and 45² / (15 × 4 + 15 × 1) answers without weights.

    >>> asked = pd.DataFrame({"q_id": ["q"], "type": "unique", "modalites": "a=A|b=B", "sensible": False})
    >>> answers, weights = pd.DataFrame({"q": ["a"] * 15 + ["b"] * 15}), pd.Series([2.0] * 15 + [1.0] * 15)
    >>> table = distribution(answers, weights, asked, "q").loc[:1, ["count", "share", "base", "n_eff"]]
    >>> table.round(3).to_numpy().tolist()
    [[15.0, 0.667, 30.0, 27.0], [15.0, 0.333, 30.0, 27.0]]
    """
    question = question_of(questionnaire, q_id)
    table = _as_shown(_shares(answers[q_id], weights, question))
    if is_yes(question["sensible"]):
        counts = table["count"].where(table["in_base"])
        small = is_few(counts) if question["type"] == SEVERAL else hidden_cells(counts)
        table.loc[small, FIGURES] = np.nan
        table.loc[small, "shown"] = NOTHING
    return table


def by_group(
    answers: pd.DataFrame, weights: pd.Series, questionnaire: pd.DataFrame, q_id: str, group: str
) -> pd.DataFrame:
    """What each group of respondents answered to a closed question.

    A group with a base under 10 is not shown; nor, lest it be found by subtraction from the whole (rule R2), is the
    next smallest, when it would be alone, or fewer than 10 together.

    Parameters:
        group: a question of one answer.

    Returns:
        The columns of `distribution`; group, group_label: its modality; difference, p_alone: of the test of its share
        against that of all the other respondents; p: adjusted for those of the table (Benjamini and Hochberg 1995);
        word: what may be said of it (rule R14).

    Raises:
        UserError: one of both questions is sensitive: it is shown for the whole alone.

    >>> asked = pd.DataFrame({"q_id": ["q", "g"], "type": "unique", "modalites": "a=A|b=B", "sensible": False})
    >>> answers = pd.DataFrame({"q": [*"ab"] * 40, "g": [*"abababba"] * 10})  # 30 aa, 30 bb, 10 ab, 10 ba
    >>> table = by_group(answers, pd.Series(1.0, index=answers.index), asked, "q", "g")
    >>> table.loc[table["modalite"].eq("a"), ["group", "share", "difference", "word"]].to_numpy().tolist()
    [['a', 0.75, 0.5, 'plus élevé que'], ['b', 0.25, -0.5, 'plus faible que']]
    """
    question, other = question_of(questionnaire, q_id), question_of(questionnaire, group)
    if is_yes(question["sensible"]) or is_yes(other["sensible"]):
        raise UserError(f"{q_id} by {group}: a sensitive question is not crossed with another; show it for the whole")
    tables = []
    for code, name in labels(other["modalites"]).items():
        mine = answers[group].eq(code)
        table = _shares(answers.loc[mine, q_id], weights[mine], question)
        rest = _shares(answers.loc[~mine, q_id], weights[~mine], question)
        table[["difference", "p_alone"]] = compare_proportions(
            table["share"] * table["n_eff"], table["n_eff"], rest["share"] * rest["n_eff"], rest["n_eff"]
        )[["difference", "p"]]
        tables.append(table.assign(group=code, group_label=name))
    table = pd.concat(tables, ignore_index=True)
    small = hidden_groups(table.groupby("group", sort=False)["base"].first())
    return worded(_as_shown(table, table["group"].isin(small)))


def worded(table: pd.DataFrame) -> pd.DataFrame:
    """The shares of groups with p and word of `by_group`: the family is that of the shares that are shown."""
    p = adjusted(table["p_alone"].where(table["shown"].eq(SHARE)))
    return table.assign(p=p, word=word(table["difference"], p))


def summary(answers: pd.DataFrame, weights: pd.Series, questionnaire: pd.DataFrame, q_id: str) -> pd.Series:
    """The weighted mean, median and quartiles of a scale or a number.

    Where the codes of a scale are no numbers, its steps count 1, 2, 3… « Ne sait pas » is left out.

    Returns:
        Fields q_id, mean, low, high (95 %, on the effective size), first_quartile, median, third_quartile, base,
        n_eff, shown; nothing but q_id and shown, `none`, when the base is under 10.

    >>> asked = pd.DataFrame({"q_id": ["q"], "modalites": "1=peu|2=assez|3=bien"})
    >>> row = summary(pd.DataFrame({"q": ["1"] * 5 + ["2"] * 5}), pd.Series(1.0, index=range(10)), asked, "q")
    >>> row[["mean", "low", "high", "median"]].astype(float).round(3).tolist()  # 1.5 ± 1.96 × √(0.25 / 9)
    [1.5, 1.173, 1.827, 1.0]
    """
    steps = pd.Series([*labels(question_of(questionnaire, q_id)["modalites"])], dtype=str)
    numbers = pd.to_numeric(answers[q_id], errors="coerce")
    if pd.to_numeric(steps, errors="coerce").isna().any():
        numbers = answers[q_id].map({code: step for step, code in enumerate(steps, start=1)})
    numbers = numbers.dropna().astype(float)
    if len(numbers) < HIDDEN_UNDER:
        return pd.Series({"q_id": q_id, "shown": NOTHING})
    mine = weights[numbers.index]
    n_eff, mean = mine.sum() ** 2 / (mine**2).sum(), np.average(numbers, weights=mine)
    error = Z * np.sqrt(np.average((numbers - mean) ** 2, weights=mine) / (n_eff - 1))
    quartiles = np.quantile(numbers, [0.25, 0.5, 0.75], weights=mine, method="inverted_cdf")
    names = ["q_id", "mean", "low", "high", "first_quartile", "median", "third_quartile", "base", "n_eff", "shown"]
    return pd.Series([q_id, mean, mean - error, mean + error, *quartiles, len(numbers), n_eff, SHARE], index=names)


def question_of(questionnaire: pd.DataFrame, q_id: str) -> pd.Series:
    """The row of a question."""
    return questionnaire.set_index("q_id").loc[q_id]


def hidden_groups(bases: pd.Series) -> list[str]:
    """The groups not to be shown: those under 10, and what keeps them from being found by subtraction.

    >>> hidden_groups(pd.Series({"a": 4, "b": 30, "c": 12}))
    ['a', 'c']
    """
    ordered = bases.sort_values(kind="stable")
    hidden = int(ordered.lt(HIDDEN_UNDER).sum())
    if ordered.iloc[:hidden].gt(0).any():
        while hidden < len(ordered) and (
            ordered.iloc[:hidden].gt(0).sum() < 2 or ordered.iloc[:hidden].sum() < HIDDEN_UNDER
        ):
            hidden += 1
    return [*ordered.index[:hidden]]


def is_few(counts: pd.Series) -> pd.Series:
    """Which counts of respondents are too small to be shown: 1 to 4 (rule R1).

    >>> is_few(pd.Series([0, 1, 4, 5])).tolist()
    [False, True, True, False]
    """
    return counts.between(1, CELL - 1)


def hidden_cells(counts: pd.Series) -> pd.Series:
    """Which cells of a known total are not to be shown: those of 1 to 4, and what keeps them from being found.

    The next smallest goes with one that would be alone, and with some that are fewer than 5 together (rule R2).

    >>> hidden_cells(pd.Series([0, 2, 7, 30])).tolist()
    [False, True, True, False]
    """
    hidden, positive = is_few(counts), counts.where(counts.gt(0))
    while hidden.any() and (hidden.sum() == 1 or counts[hidden].sum() < CELL) and positive.mask(hidden).notna().any():
        hidden[positive.mask(hidden).idxmin()] = True
    return hidden


def adjusted(p: pd.Series) -> pd.Series:
    """The p of a family of tests adjusted for their number (Benjamini and Hochberg 1995); blanks stay blank.

    >>> adjusted(pd.Series([0.01, 0.04, np.nan])).tolist()  # 0.01 × 2 / 1 and 0.04 × 2 / 2
    [0.02, 0.04, nan]
    """
    from scipy.stats import false_discovery_control

    tested = p.dropna()
    return pd.Series(false_discovery_control(tested), index=tested.index, dtype=float).reindex(p.index)


def _shares(cells: pd.Series, weights: pd.Series, question: pd.Series) -> pd.DataFrame:
    """The rows of `distribution`, all figures there."""
    respondents = pd.DataFrame({"count": 1, "weight": weights, "square": weights**2})
    written = respondents.groupby(cells.to_numpy()).sum()
    base = written.drop(index=[NOT_CONCERNED, NO_ANSWER], errors="ignore").sum()
    names = labels(question["modalites"]) | OUTSIDE
    holds = pd.DataFrame({code: [code in cell.split(LIST) for cell in written.index] for code in names}, dtype=float)
    sums = holds.T @ written.reset_index(drop=True)
    table = sums[["count"]].astype(int).rename_axis("modalite").reset_index()
    table.insert(0, "q_id", question.name)
    table.insert(2, "libelle", table["modalite"].map(names))
    table.insert(3, "in_base", ~table["modalite"].isin([NOT_CONCERNED, NO_ANSWER]))
    n_eff = base["weight"] ** 2 / base["square"] if base["count"] else np.nan
    weighted = sums["weight"].to_numpy()
    table["share"] = pd.Series(weighted / base["weight"] if base["count"] else np.nan).where(table["in_base"])
    table["low"], table["high"] = wilson_interval(table["share"] * n_eff, pd.Series(n_eff, index=table.index))
    given = weighted[table["in_base"]].sum()
    table["citations"] = table["share"] * base["weight"] / given if question["type"] == SEVERAL and given else np.nan
    return table.assign(base=int(base["count"]), n_eff=n_eff)


def _as_shown(table: pd.DataFrame, hidden: pd.Series | bool = False) -> pd.DataFrame:
    """The rows without the figures that their base does not allow. hidden: rows without any figure, anyhow."""
    nothing, few = table["base"].lt(HIDDEN_UNDER) | hidden, table["base"].lt(COUNTS_UNDER)
    table = table.assign(
        shown=np.select([nothing, few], [NOTHING, COUNT], SHARE), fragile=table["base"].lt(FRAGILE_UNDER) | nothing
    )
    table[FIGURES[1:]] = table[FIGURES[1:]].mask(nothing | few)
    for column in ("count", "base", "n_eff"):
        table[column] = table[column].astype(float).mask(nothing)
    return table

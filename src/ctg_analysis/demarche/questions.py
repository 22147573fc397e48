"""Questions of the survey: their answers counted, who responded, what indicators measure of them."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from ctg_analysis.demarche.columns import (
    LIST,
    NO_ANSWER,
    NOT_CONCERNED,
    OPEN,
    OUTSIDE,
    PAIR,
    SEVERAL,
    has_code,
    is_asked,
    is_yes,
    labels,
)
from ctg_analysis.demarche.weighting import effective_size
from ctg_analysis.indicators.comparisons import compare_proportions, word
from ctg_analysis.indicators.intervals import TOO_WEAK, WITH_ITS_INTERVAL
from ctg_analysis.indicators.observations import COLUMNS
from ctg_analysis.indicators.uncertainty import Z, wilson_interval
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import MISSING, OK, SECRET, Indicator
from ctg_analysis.model.source import SURVEY

# What the answers say, question by question: the tables that a reader sees (rules R10, R14, R15, R20 to R25).
#
# answers: one row per respondent, one column per question, cells of codes (see `answers.Answers`). weights: with the
# same index (see `weighting.rake`). questionnaire: columns q_id, libelle, type, modalites, filtre, sensible.
#
# The base of a question is who answered it, « ne sait pas » among them; not who is not concerned, nor who did not
# answer.

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


# Who answered and how far: the response report (rule R22), paths from wish to use, coded words.

OTHER_PATHS = "autres parcours"
WISHED, USED = "_souhaitee", "_utilisee"  # ends of the ids of two questions on the same thing
WRITTEN = "texte"  # what stands for the words of an open answer
TONES = ["positive", "neutre", "négative"]
TONES_FROM = 10  # respondents who speak of a theme


def participation(started: int | None, complete: int | None, usable: int, sent: int | None = None) -> pd.DataFrame:
    """How many were asked, began, finished and are kept: columns step, count, of_sent, of_started (0 to 1).

    Parameters:
        sent: how many questionnaires were sent or handed out; None for an open link, which has no response rate.
            What is not known is None too.

    >>> table = participation(started=400, complete=300, usable=320, sent=1000)
    >>> table["of_sent"].tolist(), table["of_started"].tolist()
    ([1.0, 0.4, 0.3, 0.32], [nan, 1.0, 0.75, 0.8])
    """
    counts = pd.Series([sent, started, complete, usable], dtype=float)
    return pd.DataFrame(
        {
            "step": ["envoyés", "commencés", "terminés", "exploitables"],
            "count": counts,
            "of_sent": counts / counts[0],
            "of_started": (counts / counts[1]).where(counts.index > 0),
        }
    )


def with_texts_filled(answers: pd.DataFrame, questionnaire: pd.DataFrame, opened: pd.DataFrame) -> pd.DataFrame:
    """The answers with a column for each open question: whether something was written; SR, NC as elsewhere.

    Parameters:
        opened: columns rep_id, q_id, of the open answers.

    >>> asked = pd.DataFrame({"q_id": ["why"], "type": OPEN, "filtre": "uses=oui"})
    >>> answers = pd.DataFrame({"rep_id": ["1", "2", "3"], "uses": ["oui", "oui", "non"]})
    >>> with_texts_filled(answers, asked, pd.DataFrame({"rep_id": ["1"], "q_id": ["why"]}))["why"].tolist()
    ['texte', 'SR', 'NC']
    """
    columns = {}
    for row in questionnaire[questionnaire["type"].eq(OPEN)].itertuples():
        asked = is_asked(answers, row.filtre)
        wrote = answers["rep_id"].isin(opened.loc[opened["q_id"].eq(row.q_id), "rep_id"])
        columns[row.q_id] = wrote.map({True: WRITTEN, False: NO_ANSWER}).where(asked, NOT_CONCERNED)
    return answers.assign(**columns)


def completion(answers: pd.DataFrame, questionnaire: pd.DataFrame) -> pd.DataFrame:
    """How far each question was answered, without weights.

    What `questions.distribution` does not show is not there either: nothing when fewer than 10 answered; when 1 to 4
    did not answer, or were not concerned, neither they nor those concerned are counted.

    Parameters:
        answers: see `with_texts_filled`.

    Returns:
        One row per question, but for sensitive ones: q_id, libelle; put: respondents concerned; answered, « ne sait
        pas » among them; no_answer, not_concerned: counts of each (rule R25); completion, nonresponse: parts of those
        concerned.

    >>> asked = pd.DataFrame({"q_id": ["q"], "libelle": "Q", "sensible": False})
    >>> answers = pd.DataFrame({"q": ["a"] * 72 + [NO_ANSWER] * 8 + [NOT_CONCERNED] * 20})
    >>> completion(answers, asked)[["put", "answered", "completion"]].to_numpy().tolist()  # 72 / 80
    [[80.0, 72.0, 0.9]]
    """
    rows = []
    for q_id, question in questionnaire.set_index("q_id").iterrows():
        if not is_yes(question["sensible"]):
            silent, others = (int(answers[q_id].eq(code).sum()) for code in (NO_ANSWER, NOT_CONCERNED))
            put = len(answers) - others
            rows.append((q_id, question["libelle"], put, put - silent, silent, others))
    table = pd.DataFrame(rows, columns=["q_id", "libelle", "put", "answered", "no_answer", "not_concerned"])
    nothing = table["answered"].lt(HIDDEN_UNDER)
    hidden = nothing | is_few(table["no_answer"]) | is_few(table["not_concerned"])
    beside = ["put", "no_answer", "not_concerned"]
    table[beside] = table[beside].astype(float).mask(hidden)
    table["answered"] = table["answered"].astype(float).mask(nothing)
    return with_rates(table)


def with_rates(table: pd.DataFrame) -> pd.DataFrame:
    """How far each question was answered in parts of those concerned, where both are told.

    Parameters:
        table: columns put: respondents concerned; no_answer: those of them who did not answer.

    >>> with_rates(pd.DataFrame({"put": [80.0, 80.0], "no_answer": [20.0, np.nan]}))["completion"].tolist()
    [0.75, nan]
    """
    nonresponse = table["no_answer"] / table["put"]
    return table.assign(completion=1 - nonresponse, nonresponse=nonresponse)


def used_of(wished: str) -> str:
    """The id of the question on what is used, for that on what was wished; nothing for another question.

    >>> used_of("garde_souhaitee"), used_of("age")
    ('garde_utilisee', '')
    """
    return wished.removesuffix(WISHED) + USED if wished.endswith(WISHED) else ""


def wished_and_used(
    answers: pd.DataFrame, weights: pd.Series, questionnaire: pd.DataFrame, wished: str, used: str
) -> tuple[pd.DataFrame, pd.Series]:
    """The paths from what was wished to what is used, and how many got what they wished (PE-14).

    Parameters:
        wished, used: two questions of one answer with the same codes.

    Returns:
        Paths: wished, used, wished_label, used_label, count, share (weighted, of those who answered both); those of
        fewer than 5 respondents are one row, « autres parcours ». Summary: base, share (got what they wished); no
        figure under a base of 10.

    >>> asked = pd.DataFrame({"q_id": ["w", "u"], "modalites": "c=Crèche|f=Famille"})
    >>> answers = pd.DataFrame({"w": ["c"] * 18 + ["f"] * 2, "u": ["c"] * 12 + ["f"] * 8})
    >>> paths, got = wished_and_used(answers, pd.Series(1.0, index=answers.index), asked, "w", "u")
    >>> paths[["wished", "used", "count"]].to_numpy().tolist(), got["share"].round(3).item()  # 12 + 2 of 20
    ([['c', 'c', 12], ['c', 'f', 6], ['autres parcours', 'autres parcours', 2]], 0.7)
    """
    names = labels(question_of(questionnaire, wished)["modalites"]) | labels(
        question_of(questionnaire, used)["modalites"]
    )
    both = ~answers[wished].isin([*OUTSIDE]) & ~answers[used].isin([*OUTSIDE])
    if both.sum() < HIDDEN_UNDER:
        return pd.DataFrame(columns=["wished", "used", "wished_label", "used_label", "count", "share"]), pd.Series(
            {"base": np.nan, "share": np.nan}
        )
    table = answers.loc[both, [wished, used]].set_axis(["wished", "used"], axis=1).assign(weight=weights[both])
    got = float(table.loc[table["wished"].eq(table["used"]), "weight"].sum() / table["weight"].sum())
    paths = table.groupby(["wished", "used"], as_index=False).agg(count=("weight", "size"), share=("weight", "sum"))
    paths["share"] /= table["weight"].sum()
    paths = without_rare(paths, paths["count"].lt(CELL))
    paths.insert(2, "wished_label", paths["wished"].replace(names))
    paths.insert(3, "used_label", paths["used"].replace(names))
    return paths, pd.Series({"base": int(both.sum()), "share": got})


def without_rare(paths: pd.DataFrame, rare: pd.Series) -> pd.DataFrame:
    """The paths, the most frequent first, those that are too rare to be told in one row.

    >>> paths = pd.DataFrame({"wished": ["c", "f", "m"], "used": "c", "count": [12, 3, 2], "share": [0.7, 0.2, 0.1]})
    >>> without_rare(paths, paths["count"].lt(5))[["wished", "count"]].to_numpy().tolist()
    [['c', 12], ['autres parcours', 5]]
    """
    paths = paths.copy()
    paths.loc[rare, [name for name in ("wished", "used", "wished_label", "used_label") if name in paths]] = OTHER_PATHS
    same = [name for name in paths if name not in ("count", "share")]
    paths = paths.groupby(same, as_index=False, dropna=False)[["count", "share"]].sum()
    return paths.sort_values("count", ascending=False, ignore_index=True, kind="stable")


def open_themes(coded: pd.DataFrame) -> pd.DataFrame:
    """The themes of the open answers once coded, in numbers of respondents, the most frequent first.

    Cells of 1 to 4 are not shown, nor what would tell them by subtraction (rules R1 and R2): a theme among those of its
    question, a tone among those of its theme. The tone is not told of a theme of fewer than 10 respondents.

    Parameters:
        coded: columns rep_id, q_id, theme, tonalite.

    Returns:
        Columns q_id, theme, count, positive, neutre, négative, base (respondents whose answer was coded): who speaks of
        a theme twice counts once.

    >>> themes = ["horaires"] * 12 + ["tarifs"] * 7
    >>> coded = pd.DataFrame({"rep_id": range(19), "q_id": "q", "theme": themes, "tonalite": "négative"})
    >>> open_themes(coded)[["theme", "count", "négative", "base"]].to_numpy().tolist()
    [['horaires', 12.0, 12.0, 19], ['tarifs', 7.0, nan, 19]]
    """
    tones = coded.groupby(["q_id", "theme", "tonalite"])["rep_id"].nunique().unstack(fill_value=0)
    tones = tones.reindex(columns=TONES, fill_value=0).rename_axis(columns=None).astype(float)
    tones.insert(0, "count", coded.groupby(["q_id", "theme"])["rep_id"].nunique())
    table = tones.reset_index().sort_values(["q_id", "count", "theme"], ascending=[True, False, True])
    few = table.groupby("q_id")["count"].transform(hidden_cells)
    apart = table[TONES].apply(hidden_cells, axis=1)
    table[TONES] = table[TONES].mask(apart).mask(few | table["count"].lt(TONES_FROM))
    table["count"] = table["count"].astype(float).mask(few)
    table["base"] = table["q_id"].map(coded.groupby("q_id")["rep_id"].nunique())
    return table.reset_index(drop=True)


def quotable_answers(coded: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """The extracts of open answers that may be quoted: columns q_id, theme, tonalite, extrait_nettoye.

    None of a theme that is withheld, no tone where that of the theme is: each extract is someone who said it.

    Parameters:
        themes: see `open_themes`.
    """
    table = coded.loc[coded["publiable"].map(is_yes), ["q_id", "theme", "tonalite", "extrait_nettoye"]]
    tones = themes.melt(["q_id", "theme"], TONES, "tonalite", "tone").merge(themes[["q_id", "theme", "count"]])
    known = table.merge(tones, on=["q_id", "theme", "tonalite"], how="left", validate="m:1")
    known = known[known["count"].notna()]
    known = known.assign(tonalite=known["tonalite"].where(known["tone"].notna(), ""))
    return known[list(table)].sort_values([*table.columns], ignore_index=True)


# Indicators that only the residents can tell (PAR-08, HAN-07, DRO-08, EMP-05, JEU-08, AVS-11), as observations.

LEVEL = "epci"


class Asked(NamedTuple):
    """The share that an indicator is: those who gave one of these codes among those who answered the question."""

    indicator: str
    q_id: str
    codes: tuple[str, ...]


def asked_of(indicators: Iterable[Indicator], questionnaire: pd.DataFrame, answers: pd.DataFrame) -> list[Asked]:
    """What the indicators of the consultation ask, for those whose question and codes the questionnaire has.

    Their declaration names the question (denominator) and the codes (numerator: question=code|code).
    """
    codes = {row.q_id: set(labels(row.modalites)) for row in questionnaire.itertuples()}
    measures = []
    for indicator in (indicator for indicator in indicators if SURVEY in indicator.sources):
        q_id, _, wanted = indicator.value.numerator.partition(PAIR)
        asked = Asked(indicator.id, q_id, tuple(wanted.split(LIST)))
        if q_id in answers and set(asked.codes) <= codes.get(q_id, set()):
            measures.append(asked)
    return measures


def survey_observations(
    answers: pd.DataFrame, weights: pd.Series, asked: Iterable[Asked], territory: str, period: str
) -> pd.DataFrame:
    """One observation per indicator, of the whole EPCI, for the secrecy gate.

    Returns:
        The columns of Observations. denominator: the respondents concerned who answered (rule R25). value: the
        weighted share of them, in %; numerator: what it comes to among them, so that the rules on small numbers see
        respondents, not weights. low, high: 95 %, on the effective size. quality: 2, to be read with its interval; 3,
        too weak for a number, under a base of 30. status: `secret` for a base under 10 (rule R24), and for 1 to 4
        respondents in the share or out of it (rule R1); `nd` when nobody was concerned.

    >>> answers = pd.DataFrame({"q": ["oui"] * 30 + ["non"] * 10 + [NOT_CONCERNED] * 5})
    >>> asked = [Asked("x", "q", ("oui",))]
    >>> rows = survey_observations(answers, pd.Series(1.0, index=answers.index), asked, "200000172", "2023")
    >>> rows[["denominator", "value", "low", "high"]].round(1).to_numpy().tolist()
    [[40.0, 75.0, 59.8, 85.8]]
    """
    rows = [(measure.indicator, *_measured(answers[measure.q_id], weights, measure.codes)) for measure in asked]
    table = pd.DataFrame(rows, columns=["indicator", "count", "denominator", "share", "n_eff"])
    low, high = wilson_interval(table["share"] * table["n_eff"], table["n_eff"])
    few = [group.gt(0) & group.lt(CELL) for group in (table["count"], table["denominator"] - table["count"])]
    secret = table["denominator"].lt(HIDDEN_UNDER) | few[0] | few[1]
    status = np.select([table["denominator"].eq(0), secret], [MISSING, SECRET], OK)
    figures = {
        "numerator": table["share"] * table["denominator"],
        "denominator": table["denominator"].astype(float),
        "value": 100 * table["share"],
        "low": 100 * low,
        "high": 100 * high,
    }
    return table.assign(
        **{name: column.where(status == OK) for name, column in figures.items()},
        status=status,
        quality=np.where(table["denominator"].lt(FRAGILE_UNDER), TOO_WEAK, WITH_ITS_INTERVAL),
        territory=territory,
        level=LEVEL,
        period=period,
        source=SURVEY,
        denominator_period="",
    )[COLUMNS]


def _measured(cells: pd.Series, weights: pd.Series, codes: tuple[str, ...]) -> tuple[int, int, float, float]:
    """The respondents who gave one of the codes, those who answered, the weighted share, the effective size."""
    base = ~cells.isin([NOT_CONCERNED, NO_ANSWER])
    cells, weights = cells[base], weights[base]
    gave = pd.concat([has_code(cells, code) for code in codes], axis=1).any(axis=1)
    share = float(weights[gave].sum() / weights.sum()) if len(cells) else np.nan
    return int(gave.sum()), len(cells), share, effective_size(weights) if len(cells) else np.nan

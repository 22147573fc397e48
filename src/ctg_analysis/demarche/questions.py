"""Questions of the survey: their answers in rounded counts, what groups answer, links, indicators that they tell."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtr
from scipy.stats import false_discovery_control
from scipy.stats.contingency import expected_freq
from statsmodels.stats.proportion import proportion_confint

from ctg_analysis.demarche.columns import (
    CHOICE,
    LIST,
    NO_ANSWER,
    NOT_CONCERNED,
    OPEN,
    OUTSIDE,
    PAIR,
    SCALE,
    SEVERAL,
    UNKNOWN,
    is_asked,
    is_yes,
    labels,
)
from ctg_analysis.indicators.comparisons import ALPHA, SMALLEST_EXPECTED, word
from ctg_analysis.indicators.intervals import TOO_WEAK, WITH_ITS_INTERVAL
from ctg_analysis.indicators.observations import COLUMNS
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import OK, SECRET, Indicator
from ctg_analysis.model.source import SURVEY
from ctg_analysis.secrecy.rounding import MOST_PARTS, rounded_down

# Secrecy is rounding (rules R1 and R2): respondents are counted, weighted or not, by five, before anything is made of
# them. Under five they are « moins de 5 », without a share; the base of a question of at most ten answers is the sum of
# theirs. Shares, intervals and tests are those of the middles, and depend on nothing else.
# answers: one row per respondent, one column per question, cells of codes (see `answers.Answers`). weights: with the
# same index (see `survey.rake`). questionnaire: columns q_id, libelle, type, modalites, filtre, sensible.
# The base of a question is who answered it, « ne sait pas » among them; not who is not concerned, nor who did not
# answer.

STEP = 5
MIDDLE = (STEP - 1) / 2
HIDDEN_UNDER, FRAGILE_UNDER = 20, 30  # base: no result (R10, R24), flagged (R24)


def least(sizes: pd.Series) -> pd.Series:
    """The least that numbers of respondents may be, once rounded: 145 of 145 to 149, 0 of 0 to 4.

    >>> least(pd.Series([147, 3, 144.6])).tolist()
    [145.0, 0.0, 145.0]
    """
    return rounded_down(sizes.astype(float).round(), STEP)


def middle_of_total(sizes: pd.Series) -> float:
    """The middle of a total, fewer than 5 left out: the sum of those of at most ten parts, else its own (rule R2).

    >>> middle_of_total(pd.Series([147, 8, 3])), middle_of_total(pd.Series([10] * 11))  # 147 + 7; 110 to 114
    (154.0, 112.0)
    """
    parts = least(sizes if len(sizes) <= MOST_PARTS else pd.Series([sizes.sum()]))
    return float((parts[parts.gt(0)] + MIDDLE).sum())


def distribution(answers: pd.DataFrame, weights: pd.Series, questionnaire: pd.DataFrame, q_id: str) -> pd.DataFrame:
    """What was answered to a closed question: one row per modality, then « ne sait pas ».

    Returns:
        Columns q_id, modalite, libelle; share: weighted, of the base, from 0 to 1 (where several answers may be given,
        the sum is more than 1), low, high: 95 %, Wilson on the effective size, from both ends of the rounded count;
        citations: part of all the answers given, where several may be; base, n_eff: respondents, effective size
        (multiples of 5). No share of fewer than 5 respondents, nothing on a base under 20. Then what `shares` adds.

    Of 30, 15 who count twice are 20 (20 to 24), 15 who count once 10 (10 to 14), nobody (0 to 4) is unsure: 22 / 36.

    >>> asked = pd.DataFrame({"q_id": ["q"], "type": "unique", "modalites": "a=A|b=B", "sensible": False})
    >>> answers, weights = pd.DataFrame({"q": ["a"] * 15 + ["b"] * 15}), pd.Series([2.0] * 15 + [1.0] * 15)
    >>> table = distribution(answers, weights, asked, "q").loc[:1, ["share", "low", "high", "base", "n_eff"]]
    >>> table.round(3).to_numpy().tolist()
    [[0.611, 0.367, 0.818, 30.0, 25.0], [0.333, 0.141, 0.582, 30.0, 25.0]]
    """
    question = question_of(questionnaire, q_id)
    table = shares(answers[q_id], weights, question)
    given = table["part"] / table["part"].sum() if question["type"] == SEVERAL else np.nan
    return table.assign(citations=pd.Series(given, table.index).where(table["share"].notna()))


def shares(
    cells: pd.Series, weights: pd.Series, question: pd.Series, groups: pd.Series | None = None, names: Iterable = ("",)
) -> pd.DataFrame:
    """The shares of `distribution`, of all the respondents or of each of some groups.

    Returns:
        Columns group, q_id, modalite, libelle, share, low, high, base, n_eff; few: fewer than 5 respondents; least,
        most: respondents, weighted so that all of the base weigh as many as they are; total: of their middles; part:
        their middle in it, even of few.
    """
    codes = labels(question["modalites"]) | {UNKNOWN: OUTSIDE[UNKNOWN]}
    inside = ~cells.isin([NOT_CONCERNED, NO_ANSWER])
    each = {"group": "" if groups is None else groups, "modalite": cells, "count": 1.0, "weight": weights}
    each = pd.DataFrame(each | {"square": weights**2})[inside].groupby(["group", "modalite"]).sum()
    whole = each.groupby("group").sum().reindex([*names], fill_value=0.0)
    given = each[["count", "weight"]].reset_index()
    given = given.assign(modalite=given["modalite"].str.split(LIST)).explode("modalite")
    index = pd.MultiIndex.from_product([[*names], codes], names=["group", "modalite"])
    table = given.groupby(["group", "modalite"]).sum().reindex(index, fill_value=0.0).reset_index()
    place, few = table["group"], table["count"].lt(STEP)
    table["least"] = least(table["weight"] * place.map(whole["count"] / whole["weight"])).mask(few, 0.0)
    middles = pd.DataFrame({"base": (least(table["count"]) + MIDDLE).mask(few, 0.0), "total": table["least"] + MIDDLE})
    middles = middles.groupby(place).sum()
    if question["type"] == SEVERAL or len(codes) > MOST_PARTS:
        middles = pd.DataFrame(dict.fromkeys(["base", "total"], least(whole["count"]) + MIDDLE))
    table = table.drop(columns=["count", "weight"]).assign(
        q_id=question.name,
        libelle=table["modalite"].map(codes),
        most=table["least"] + STEP - 1,
        few=few,
        total=place.map(middles["total"]),
        base=place.map(least(middles["base"])),
        n_eff=place.map(least((whole["weight"] ** 2 / whole["square"]).fillna(0))),
    )
    return _with_intervals(table)


def _with_intervals(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of `shares` with part, share, low and high, without what their base does not allow."""
    hidden = ~table["base"].ge(HIDDEN_UNDER)
    total, n_eff = table["total"].mask(hidden), table["n_eff"].mask(hidden)
    part, size = (table["least"] + table["most"]) / 2 / total, n_eff.where(n_eff.gt(0))
    low, _ = proportion_confint(table["least"] / total * size, size, method="wilson")
    _, high = proportion_confint((table["most"] / total).clip(upper=1) * size, size, method="wilson")
    told = {name: of.mask(table["few"]) for name, of in {"share": part, "low": low, "high": high}.items()}
    return table.assign(part=part, **told, n_eff=n_eff, base=table["base"].mask(hidden))


def question_of(questionnaire: pd.DataFrame, q_id: str) -> pd.Series:
    """The row of a question."""
    return questionnaire.set_index("q_id").loc[q_id]


# What groups of respondents answer, and whether the answers to two questions go together (rules R14, R23).
# Tests are made on the rounded counts that are published, times n_eff: the variance of each is that of a draw and of
# its rounding, (5² - 1) / 12. Nothing here says that one is the cause of the other (rule R26).

ROUNDING = (STEP**2 - 1) / 12
MOST_SPARSE = 0.2  # of the cells of a test, with fewer than 5 expected (Cochran 1954)
TOO_FEW = "base insuffisante"
WEAK, MEDIUM, STRONG, NO_LINK = "lien faible", "lien moyen", "lien fort", "pas de lien établi"
STRENGTHS = (WEAK, MEDIUM, STRONG)
MEDIUM_FROM, STRONG_FROM = 0.3, 0.5  # Cohen's w, which is V for two modalities
SMALL_BASE = 100  # respondents: under it, no link is said to be strong


def by_group(
    answers: pd.DataFrame, weights: pd.Series, questionnaire: pd.DataFrame, q_id: str, group: str
) -> pd.DataFrame:
    """What each group of respondents answered to a closed question. A group with a base under 20 has no result.

    Parameters:
        group: a question of one answer.

    Returns:
        The columns of `shares`; variable: the question of the groups; group_label; effective: of the n_eff of the
        group, those who gave the answer; noise: the variance of their rounding; p: of the share of a group against
        that of all groups (adjusted residual), adjusted for those of the table (Benjamini and Hochberg 1995); word:
        what may be said of it (rule R14).

    Raises:
        UserError: one of both questions is sensitive: it is shown for the whole alone.

    >>> asked = pd.DataFrame({"q_id": ["q", "g"], "type": "unique", "modalites": "a=A|b=B", "sensible": False})
    >>> answers = pd.DataFrame({"q": [*"ab"] * 40, "g": [*"abababba"] * 10})  # 30 aa, 30 bb, 10 ab, 10 ba
    >>> table = by_group(answers, pd.Series(1.0, index=answers.index), asked, "q", "g")
    >>> table.loc[table["modalite"].eq("a"), ["group", "share", "word"]].round(2).to_numpy().tolist()  # 32 / 46
    [['a', 0.7, 'plus élevé que'], ['b', 0.26, 'plus faible que']]
    """
    question, other = question_of(questionnaire, q_id), question_of(questionnaire, group)
    if is_yes(question["sensible"]) or is_yes(other["sensible"]):
        raise UserError(f"{q_id} by {group}: a sensitive question is not crossed with another; show it for the whole")
    names = labels(other["modalites"])
    table = shares(answers[q_id], weights, question, answers[group], names)
    table = table.assign(
        effective=table["part"] * table["n_eff"], noise=ROUNDING * (table["n_eff"] / table["total"]) ** 2
    )
    sums = table.groupby("modalite")[["effective", "n_eff"]].transform("sum")
    pooled, rest = sums["effective"] / sums["n_eff"], sums["n_eff"] - table["n_eff"]
    expected = table["n_eff"] * pooled
    apart = table["effective"] - expected
    p = pd.Series(2 * ndtr(-apart.abs() / np.sqrt(expected * (1 - pooled) * rest / sums["n_eff"] + table["noise"])))
    tested = np.minimum(expected, table["n_eff"] - expected).ge(SMALLEST_EXPECTED) & table["share"].notna() & rest.gt(0)
    p = adjusted(p.where(tested))
    labelled = {"variable": group, "group_label": table["group"].map(names)}
    return table.assign(**labelled, p=p, word=word(apart, p))


def crossings(groups: pd.DataFrame, questionnaire: pd.DataFrame) -> pd.DataFrame:
    """The tests of a family of crossings, one row each; one per option where several answers may be given.

    χ² of the groups and answers that are not all under 5, « ne sait pas » left out; none where fewer than 5 are
    expected in more than a fifth of the cells, or fewer than 1 in one (Cochran 1954).

    Parameters:
        groups: the rows of `by_group` of each crossing.

    Returns:
        Columns q_id, modalite (the option, or nothing), group, base, n_eff, chi2, dof, p; v: Cramér's, without its bias
        (Bergsma 2013, Journal of the Korean Statistical Society 42, 323-328); levels: the smaller of rows and columns;
        p_adjusted for the family (Benjamini and Hochberg 1995); strength: the words.

    Middles 32, 12, 12, 32 and 2 in each group unsure: shares times 40 are 27.8 and 10.4; 19.1 expected, and 1.51 of
    rounding: 4 × 8.69² / 20.6.

    >>> asked = pd.DataFrame({"q_id": ["q", "g"], "type": CHOICE, "modalites": "a=A|b=B", "sensible": False})
    >>> answers = pd.DataFrame({"q": [*"ab"] * 40, "g": [*"abababba"] * 10})  # 30 aa, 30 bb, 10 ab, 10 ba
    >>> tests = crossings(by_group(answers, pd.Series(1.0, index=answers.index), asked, "q", "g"), asked)
    >>> tests[["chi2", "v", "strength"]].round(2).to_numpy().tolist()
    [[14.65, 0.43, 'lien moyen']]
    """
    rows = []
    for (q_id, group), table in groups.groupby(["q_id", "variable"], sort=False):
        told = table[table["base"].notna() & table["modalite"].ne(UNKNOWN)]
        sizes = told.groupby("group", sort=False)[["base", "n_eff", "noise"]].first()
        counts = told.pivot(index="group", columns="modalite", values="effective").reindex(sizes.index)
        seen = [code for code, few in told.groupby("modalite", sort=False)["few"] if not few.all()]
        if question_of(questionnaire, q_id)["type"] == SEVERAL:
            for code in told["modalite"].unique():
                pair = pd.DataFrame({"oui": counts[code], "non": sizes["n_eff"] - counts[code]})
                rows.append((q_id, code, group, *_tested(pair if code in seen else pair.iloc[:0], sizes)))
        else:
            rows.append((q_id, "", group, *_tested(counts[seen], sizes)))
    tests = pd.DataFrame(
        rows, columns=["q_id", "modalite", "group", "base", "n_eff", "chi2", "dof", "p", "v", "levels"]
    )
    p = adjusted(tests["p"].astype(float))
    strong = strength(tests["v"].astype(float), tests["levels"].astype(float), p)
    return tests.assign(p_adjusted=p, strength=strong.mask(strong.eq(STRONG) & tests["base"].lt(SMALL_BASE), MEDIUM))


def _tested(table: pd.DataFrame, sizes: pd.DataFrame) -> tuple[float, ...]:
    """The columns of `crossings` from base on. table: effective counts of groups × answers. sizes: of the groups."""
    whole, n = (sizes["base"].sum(), sizes["n_eff"].sum()), table.to_numpy().sum()
    expected = expected_freq(table) if min(table.shape) > 1 else np.zeros(1)
    if expected.min() < 1 or (expected < SMALLEST_EXPECTED).mean() > MOST_SPARSE:
        return *whole, *[np.nan] * 5
    chi2 = float(((table - expected) ** 2 / (expected + sizes[["noise"]].to_numpy())).to_numpy().sum())
    rows, columns = table.shape
    dof = (rows - 1) * (columns - 1)
    fewer = [levels - (levels - 1) ** 2 / (n - 1) for levels in (rows, columns)]
    v = np.sqrt(max(0, chi2 / n - dof / (n - 1)) / (min(fewer) - 1))
    return *whole, chi2, dof, chdtrc(dof, chi2), v, min(rows, columns)


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
    w = v * np.sqrt(levels - 1)
    words = pd.Series(np.select([w.ge(STRONG_FROM), w.ge(MEDIUM_FROM)], [STRONG, MEDIUM], WEAK), index=v.index)
    return words.where(p.lt(ALPHA), NO_LINK).where(p.notna(), TOO_FEW)


def adjusted(p: pd.Series) -> pd.Series:
    """The p of a family of tests adjusted for their number (Benjamini and Hochberg 1995); blanks stay blank.

    >>> adjusted(pd.Series([0.01, 0.04, np.nan])).tolist()  # 0.01 × 2 / 1 and 0.04 × 2 / 2
    [0.02, 0.04, nan]
    """
    tested = p.dropna()
    return pd.Series(false_discovery_control(tested), index=tested.index, dtype=float).reindex(p.index)


WISHED, USED = "_souhaitee", "_utilisee"  # ends of the ids of two questions on the same thing
WRITTEN = "texte"  # what stands for the words of an open answer
TONES = {"positive": "plutôt positif", "neutre": "plutôt neutre", "négative": "plutôt négatif"}
DIVIDED, TONES_FROM = "partagé", 10  # respondents who speak of a theme


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


def completion(answers: pd.DataFrame, questionnaire: pd.DataFrame, usable: float) -> pd.DataFrame:
    """How far each question was answered, without weights, in multiples of 5.

    Parameters:
        answers: see `with_texts_filled`.
        usable: all the respondents, who are no fewer.

    Returns:
        One row per question: q_id, libelle; put: respondents concerned; answered, « ne sait pas » among them;
        no_answer, not_concerned: counts of each (rule R25); nonresponse: part of those concerned, where they are 20.

    >>> asked = pd.DataFrame({"q_id": ["q"], "libelle": "Q", "type": OPEN, "modalites": ""})
    >>> answers = pd.DataFrame({"q": ["a"] * 72 + [NO_ANSWER] * 8 + [NOT_CONCERNED] * 20})
    >>> completion(answers, asked, 100).round(3).to_numpy().tolist()  # 7 of 72 + 7
    [['q', 'Q', 75.0, 70.0, 5.0, 20.0, 0.089]]
    """
    rows = []
    for q_id, question in questionnaire.set_index("q_id").iterrows():
        cells = answers[q_id].value_counts()
        outside = cells.reindex([NO_ANSWER, NOT_CONCERNED], fill_value=0)
        inside = cells.drop(outside.index, errors="ignore")
        if question["type"] not in (CHOICE, SCALE):
            inside = pd.Series([inside.sum()])
        else:
            inside = inside.reindex([*labels(question["modalites"]), UNKNOWN], fill_value=0)
        answered, silent = middle_of_total(inside), middle_of_total(outside.iloc[:1])
        put = answered + silent
        rows.append((q_id, question["libelle"], put, answered, *outside, silent / put if put else np.nan))
    names = ["q_id", "libelle", "put", "answered", "no_answer", "not_concerned", "nonresponse"]
    table = pd.DataFrame(rows, columns=names)
    table[names[2:6]] = table[names[2:6]].clip(upper=usable).apply(least)
    return table.assign(nonresponse=table["nonresponse"].where(table["put"].ge(HIDDEN_UNDER)))


def wishes(answers: pd.DataFrame, weights: pd.Series, questionnaire: pd.DataFrame) -> pd.DataFrame:
    """How many use what they wished, for each pair of questions so named (PE-14): columns q_id, share, low, high, base.

    >>> asked = pd.DataFrame({"q_id": ["x_souhaitee", "x_utilisee"]})
    >>> answers = pd.DataFrame({"x_souhaitee": ["c"] * 38 + ["f"] * 2, "x_utilisee": ["c"] * 30 + ["f"] * 10})
    >>> wishes(answers, pd.Series(1.0, index=answers.index), asked).round(2).to_numpy().tolist()  # 32 / (32 + 7 + 2)
    [['x_souhaitee', 0.78, 0.58, 0.92, 35.0]]
    """
    rows = []
    for wished in questionnaire["q_id"]:
        used = wished.removesuffix(WISHED) + USED
        if wished.endswith(WISHED) and {wished, used} <= {*answers}:
            both = ~answers[wished].isin([*OUTSIDE]) & ~answers[used].isin([*OUTSIDE])
            got = answers[wished].eq(answers[used]).map({True: "oui", False: "non"}).where(both, NOT_CONCERNED)
            question = pd.Series({"type": CHOICE, "modalites": "oui=oui|non=non"}, name=wished)
            rows.append(shares(got, weights, question).iloc[:1])
    names = ["q_id", "share", "low", "high", "base"]
    return pd.concat(rows, ignore_index=True)[names].dropna() if rows else pd.DataFrame(columns=names)


def open_themes(coded: pd.DataFrame) -> pd.DataFrame:
    """The themes of the open answers once coded, the most frequent first.

    Parameters:
        coded: columns rep_id, q_id, theme, tonalite.

    Returns:
        Columns q_id, theme; count, base: respondents who speak of it, whose answer was coded (multiples of 5: who
        speaks of a theme twice counts once); tone: that of more than half of them, « partagé » where none is, nothing
        under 10 respondents.

    >>> themes = ["horaires"] * 12 + ["tarifs"] * 3
    >>> coded = pd.DataFrame({"rep_id": range(15), "q_id": "q", "theme": themes, "tonalite": "négative"})
    >>> open_themes(coded).to_numpy().tolist()
    [['q', 'horaires', 10.0, 15.0, 'plutôt négatif'], ['q', 'tarifs', 0.0, 15.0, '']]
    """
    if coded.empty:
        return pd.DataFrame(columns=["q_id", "theme", "count", "base", "tone"])
    tones = coded.groupby(["q_id", "theme", "tonalite"])["rep_id"].nunique().unstack(fill_value=0)
    tones = tones.reindex(columns=[*TONES], fill_value=0).apply(least) + MIDDLE
    table = least(coded.groupby(["q_id", "theme"])["rep_id"].nunique()).to_frame("count").reset_index("theme")
    table["base"] = least(coded.groupby("q_id")["rep_id"].nunique())
    tone = tones.idxmax(axis=1).map(TONES).where(tones.max(axis=1).gt(tones.sum(axis=1) / 2), DIVIDED)
    table = table.reset_index().assign(tone=tone.to_numpy())
    table["tone"] = table["tone"].where(table["count"].ge(TONES_FROM), "")
    return table.sort_values(["q_id", "count", "theme"], ascending=[True, False, True], ignore_index=True)


def quotable_answers(coded: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """The extracts of open answers that may be quoted, of themes of 5 respondents or more.

    Parameters:
        themes: see `open_themes`.

    Returns:
        Columns q_id, theme, extrait_nettoye.
    """
    table = coded[coded["publiable"].map(is_yes)].merge(themes[themes["count"].gt(0)], on=["q_id", "theme"])
    names = ["q_id", "theme", "extrait_nettoye"]
    return table[names].sort_values(names, ignore_index=True, kind="stable")


# Indicators that only the residents can tell (PAR-08, HAN-07, DRO-08, EMP-05, JEU-08, AVS-11), as observations.


class Asked(NamedTuple):
    """The share that an indicator is: those who gave one of these codes among those who answered the question; one
    code where several answers may be given.
    """

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
    distributions: pd.DataFrame, asked: Iterable[Asked], territory: str, period: str
) -> pd.DataFrame:
    """One observation per indicator, of the whole EPCI.

    Parameters:
        distributions: the rows of `distribution` of each question.

    Returns:
        The columns of Observations. denominator: the respondents concerned who answered (rule R25), a multiple of 5.
        value: the weighted share of them, in whole %, the sum of those of its answers; numerator: what it comes to
        among them, rounded down too. low, high: 95 %, the roundings of several answers put together by their squares.
        quality: 2, to be read with its interval; 3, too weak for a number, under a base of 30. status: `secret` for a
        base under 20 (rule R24), and for fewer than 5 respondents (rule R1).

    >>> asked = pd.DataFrame({"q_id": ["q"], "type": "unique", "modalites": "oui=O|non=N", "sensible": False})
    >>> answers = pd.DataFrame({"q": ["oui"] * 30 + ["non"] * 10 + [NOT_CONCERNED] * 5})
    >>> table = distribution(answers, pd.Series(1.0, index=answers.index), asked, "q")
    >>> rows = survey_observations(table, [Asked("x", "q", ("oui",))], "200000172", "2023")  # 32 / (32 + 12 + 2)
    >>> rows[["denominator", "numerator", "value", "low", "high"]].to_numpy().tolist()
    [[40.0, 25.0, 70.0, 50.0, 85.0]]
    """
    rows = []
    for measure in asked:
        table = distributions[distributions["q_id"].eq(measure.q_id) & distributions["modalite"].isin(measure.codes)]
        middle, half = (table["least"] + MIDDLE).sum(), MIDDLE * len(table) ** 0.5
        sums = {"least": middle - half, "most": middle + half, "few": table["few"].all()}
        rows.append(table.iloc[0].to_dict() | sums | {"indicator": measure.indicator})
    if not rows:  # no indicator asks what this questionnaire does
        return pd.DataFrame(columns=COLUMNS)
    table = _with_intervals(pd.DataFrame(rows))
    told = table["share"].notna()
    value = (100 * table["share"]).round()
    figures = {
        "numerator": least(value * table["base"] / 100),
        "denominator": table["base"].where(told),
        "value": value,
        "low": (100 * table["low"]).round(),
        "high": (100 * table["high"]).round(),
    }
    return table.assign(
        **figures,
        status=told.map({True: OK, False: SECRET}),
        quality=np.where(table["base"].ge(FRAGILE_UNDER), WITH_ITS_INTERVAL, TOO_WEAK),
        territory=territory,
        level="epci",
        period=period,
        source=SURVEY,
        denominator_period="",
    )[COLUMNS]

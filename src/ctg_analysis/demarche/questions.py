"""Questions of the survey: their answers in rounded counts, what groups answer, links, indicators that they tell."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtr
from scipy.stats import false_discovery_control
from scipy.stats.contingency import expected_freq
from statsmodels.stats.proportion import proportion_confint

from ctg_analysis.demarche.columns import (
    CHOICE,
    CLOSED,
    LIST,
    NO_ANSWER,
    NOT_CONCERNED,
    OPEN,
    OUTSIDE,
    PAIR,
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

# Secrecy is rounding (rules R1 and R2): respondents are counted, weighted or not, by five, before anything is made of
# them. Under five they are « moins de 5 », without a share. A whole is told as the sum of the intervals of its parts,
# those under five among them: 24, 4, 4 and 4 are 20 to 24 and three times 0 to 4, 20 to 36 together. Shares, intervals,
# effective sizes and tests are made of these intervals, and depend on nothing else.
# Where one person may be in several parts (several answers, themes), the sum of the parts says little of the whole: it
# is rounded by itself as long as it is under what they are at least together, so that it tells nothing of theirs.
# answers: one row per respondent, one column per question, cells of codes (see `answers.Answers`). weights: with the
# same index (see `survey.rake`). questionnaire: columns q_id, libelle, type, modalites, filtre, sensible.
# The base of a question is who answered it, « ne sait pas » among them; not who is not concerned, nor who did not
# answer.

STEP = 5
MIDDLE = (STEP - 1) / 2
HIDDEN_UNDER, FRAGILE_UNDER = 20, 30  # base: no result (R10, R24), flagged (R24)
BASE = ("base_least", "base_most", "n_eff")  # columns


def least(sizes: pd.Series) -> pd.Series:
    """The least that numbers of respondents may be, once rounded: 145 of 145 to 149, 0 of 0 to 4.

    >>> least(pd.Series([147, 3, 144.6])).tolist()
    [145.0, 0.0, 145.0]
    """
    return sizes.astype(float).round() // STEP * STEP


class Bounds(NamedTuple):
    """The least and the most that a number of respondents, or several, may be, as they are told."""

    least: Any
    most: Any

    @property
    def middle(self) -> Any:
        """What shares and sizes are made of."""
        return (self.least + self.most) / 2

    def __add__(self, other: "Bounds") -> "Bounds":
        """The bounds of both together."""
        return Bounds(self.least + other.least, self.most + other.most)

    def within(self, other: "Bounds") -> "Bounds":
        """The bounds of a part, which is no more than the most of its whole."""
        return Bounds(np.minimum(self.least, other.most), np.minimum(self.most, other.most))


def rounded(number: float) -> Bounds:
    """The bounds of a number of respondents by itself.

    >>> rounded(147), rounded(3)
    (Bounds(least=145.0, most=149.0), Bounds(least=0.0, most=4.0))
    """
    low = float(least(pd.Series([number])).iloc[0])
    return Bounds(low, low + STEP - 1)


def whole(parts: pd.Series) -> Bounds:
    """The bounds of a whole: the sum of those of its parts, of which each person is in one (rule R2).

    >>> whole(pd.Series([24, 4, 4, 4]))
    Bounds(least=20.0, most=36.0)
    """
    return Bounds(float(least(parts).sum()), float(least(parts).add(STEP - 1).sum()))


def overlapping(number: Any, parts: Bounds) -> Bounds:
    """The bounds of a whole whose parts may overlap: its own, while these are under the sum of what the parts are at
    least; else the sum of theirs. Its own would tell that nearly all parts are at their upper end.

    Parameters:
        number: how many persons, or several such numbers; no more than the parts together.
        parts: the sum of their bounds.

    >>> overlapping(40, Bounds(60, 72)), overlapping(47, Bounds(40, 52))
    (Bounds(least=40.0, most=44.0), Bounds(least=40.0, most=52.0))
    """
    own = np.asarray(number, dtype=float) // STEP * STEP
    under = own < parts.least
    bounds = np.where(under, own, parts.least), np.where(under, own + STEP - 1, parts.most)
    return Bounds(*(float(bound) if bound.ndim == 0 else bound for bound in bounds))


def distribution(
    answers: pd.DataFrame, weights: pd.Series, questionnaire: pd.DataFrame, q_id: str, deff: float
) -> pd.DataFrame:
    """What was answered to a closed question: one row per modality, then « ne sait pas ».

    Parameters:
        deff: the design effect of the survey, see `survey.design_effect`.

    Returns:
        Columns q_id, modalite, libelle; share: weighted, of the base, from 0 to 1 (where several answers may be given,
        the sum is more than 1), low, high: 95 %, Wilson on the effective size, from both ends of the rounded count;
        citations: part of all the answers given, where several may be; base_least, base_most: respondents; n_eff: their
        effective size, the middle of the base by the design effect (a multiple of 5). No share of fewer than 5
        respondents, nothing where the base may be under 20. Then what `shares` adds.

    Of 30, 15 who count twice are 20 (20 to 24), 15 who count once 10 (10 to 14), nobody (0 to 4) is unsure: 22 / 36;
    30 to 42 of them, 36 / 1.11.

    >>> asked = pd.DataFrame({"q_id": ["q"], "type": "unique", "modalites": "a=A|b=B", "sensible": False})
    >>> answers, weights = pd.DataFrame({"q": ["a"] * 15 + ["b"] * 15}), pd.Series([2.0] * 15 + [1.0] * 15)
    >>> table = distribution(answers, weights, asked, "q", deff=1.11)
    >>> table.loc[:1, ["share", "low", "high", "base_least", "base_most", "n_eff"]].round(3).to_numpy().tolist()
    [[0.611, 0.382, 0.808, 30.0, 42.0, 30.0], [0.333, 0.15, 0.566, 30.0, 42.0, 30.0]]
    """
    question = question_of(questionnaire, q_id)
    table = shares(answers[q_id], weights, question, deff)
    given = table["part"] / table["part"].sum() if question["type"] == SEVERAL else np.nan
    return table.assign(citations=pd.Series(given, table.index).where(table["share"].notna()))


def shares(
    cells: pd.Series,
    weights: pd.Series,
    question: pd.Series,
    deff: float,
    groups: pd.Series | None = None,
    names: Iterable = ("",),
) -> pd.DataFrame:
    """The shares of `distribution`, of all the respondents or of each of some groups.

    Returns:
        Columns group, q_id, modalite, libelle, share, low, high, base_least, base_most, n_eff; few: fewer than 5
        respondents; least, most: respondents, weighted so that all of the base weigh as many as they are; total: of
        their middles; part: their middle in it, even of few.
    """
    codes = labels(question["modalites"]) | {UNKNOWN: OUTSIDE[UNKNOWN]}
    inside = ~cells.isin([NOT_CONCERNED, NO_ANSWER])
    each = {"group": "" if groups is None else groups, "modalite": cells, "count": 1.0, "weight": weights}
    each = pd.DataFrame(each)[inside].groupby(["group", "modalite"]).sum()
    sizes = each.groupby("group").sum().reindex([*names], fill_value=0.0)
    given = each.reset_index()
    given = given.assign(modalite=given["modalite"].str.split(LIST)).explode("modalite")
    index = pd.MultiIndex.from_product([[*names], codes], names=["group", "modalite"])
    table = given.groupby(["group", "modalite"]).sum().reindex(index, fill_value=0.0).reset_index()

    place, few = table["group"], table["count"].lt(STEP)
    told = least(table["weight"] * place.map(sizes["count"] / sizes["weight"])).mask(few, 0.0)
    at_least = least(table["count"]).groupby(place).sum().reindex(sizes.index)
    base = Bounds(at_least, at_least + len(codes) * (STEP - 1))
    total = (told + MIDDLE).groupby(place).sum()
    if question["type"] == SEVERAL:
        base = Bounds(*(pd.Series(bound, sizes.index) for bound in overlapping(sizes["count"], base)))
        total = base.middle
    table = table.drop(columns=["count", "weight"]).assign(
        q_id=question.name,
        libelle=table["modalite"].map(codes),
        least=told,
        most=told + STEP - 1,
        few=few,
        total=place.map(total),
        base_least=place.map(base.least),
        base_most=place.map(base.most),
        n_eff=place.map(base.middle / deff // STEP * STEP),
    )
    return _with_intervals(table)


def _with_intervals(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of `shares` with part, share, low and high, without what their base does not allow."""
    hidden = ~table["base_least"].ge(HIDDEN_UNDER)
    total, n_eff = table["total"].mask(hidden), table["n_eff"].mask(hidden)
    part, size = (table["least"] + table["most"]) / 2 / total, n_eff.where(n_eff.gt(0))
    low, _ = proportion_confint(table["least"] / total * size, size, method="wilson")
    _, high = proportion_confint((table["most"] / total).clip(upper=1) * size, size, method="wilson")
    told = {name: of.mask(table["few"]) for name, of in {"share": part, "low": low, "high": high}.items()}
    base = {name: table[name].mask(hidden) for name in ("base_least", "base_most")}
    return table.assign(part=part, **told, n_eff=n_eff, **base)


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
    answers: pd.DataFrame, weights: pd.Series, questionnaire: pd.DataFrame, q_id: str, group: str, deff: float
) -> pd.DataFrame:
    """What each group of respondents answered to a closed question. A group with a base under 20 has no result.

    Parameters:
        group: a question of one answer.
        deff: see `distribution`.

    Returns:
        The columns of `shares`; variable: the question of the groups; group_label; effective: of the n_eff of the
        group, those who gave the answer; noise: the variance of their rounding; p: of the share of a group against
        that of all groups (adjusted residual), adjusted for those of the table (Benjamini and Hochberg 1995); word:
        what may be said of it (rule R14).

    Raises:
        UserError: one of both questions is sensitive: it is shown for the whole alone.

    >>> asked = pd.DataFrame({"q_id": ["q", "g"], "type": "unique", "modalites": "a=A|b=B", "sensible": False})
    >>> answers = pd.DataFrame({"q": [*"ab"] * 40, "g": [*"abababba"] * 10})  # 30 aa, 30 bb, 10 ab, 10 ba
    >>> table = by_group(answers, pd.Series(1.0, index=answers.index), asked, "q", "g", deff=1)
    >>> table.loc[table["modalite"].eq("a"), ["group", "share", "word"]].round(2).to_numpy().tolist()  # 32 / 46
    [['a', 0.7, 'plus élevé que'], ['b', 0.26, 'plus faible que']]
    """
    question, other = question_of(questionnaire, q_id), question_of(questionnaire, group)
    if is_yes(question["sensible"]) or is_yes(other["sensible"]):
        raise UserError(f"{q_id} by {group}: a sensitive question is not crossed with another; show it for the whole")
    names = labels(other["modalites"])
    table = shares(answers[q_id], weights, question, deff, answers[group], names)
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
        Columns q_id, modalite (the option, or nothing), group, base_least, base_most, n_eff, chi2, dof, p; v: Cramér's,
        without its bias (Bergsma 2013, Journal of the Korean Statistical Society 42, 323-328); levels: the smaller of
        rows and columns; p_adjusted for the family (Benjamini and Hochberg 1995); strength: the words.

    Middles 32, 12, 12, 32 and 2 in each group unsure: shares times 45 are 31.3 and 11.7; 21.5 expected, and 1.91 of
    rounding: 4 × 9.78² / 23.4.

    >>> asked = pd.DataFrame({"q_id": ["q", "g"], "type": CHOICE, "modalites": "a=A|b=B", "sensible": False})
    >>> answers = pd.DataFrame({"q": [*"ab"] * 40, "g": [*"abababba"] * 10})  # 30 aa, 30 bb, 10 ab, 10 ba
    >>> tests = crossings(by_group(answers, pd.Series(1.0, index=answers.index), asked, "q", "g", deff=1), asked)
    >>> tests[["chi2", "v", "strength"]].round(2).to_numpy().tolist()
    [[16.33, 0.42, 'lien moyen']]
    """
    rows = []
    for (q_id, group), table in groups.groupby(["q_id", "variable"], sort=False):
        told = table[table["base_least"].notna() & table["modalite"].ne(UNKNOWN)]
        sizes = told.groupby("group", sort=False)[[*BASE, "noise"]].first()
        counts = told.pivot(index="group", columns="modalite", values="effective").reindex(sizes.index)
        seen = [code for code, few in told.groupby("modalite", sort=False)["few"] if not few.all()]
        if question_of(questionnaire, q_id)["type"] == SEVERAL:
            for code in told["modalite"].unique():
                pair = pd.DataFrame({"oui": counts[code], "non": sizes["n_eff"] - counts[code]})
                rows.append((q_id, code, group, *_tested(pair if code in seen else pair.iloc[:0], sizes)))
        else:
            rows.append((q_id, "", group, *_tested(counts[seen], sizes)))
    tests = pd.DataFrame(rows, columns=["q_id", "modalite", "group", *BASE, "chi2", "dof", "p", "v", "levels"])
    p = adjusted(tests["p"].astype(float))
    strong = strength(tests["v"].astype(float), tests["levels"].astype(float), p)
    unsure = strong.eq(STRONG) & tests["base_least"].lt(SMALL_BASE)
    return tests.assign(p_adjusted=p, strength=strong.mask(unsure, MEDIUM))


def _tested(table: pd.DataFrame, sizes: pd.DataFrame) -> tuple[float, ...]:
    """The columns of `crossings` from base_least on.

    table: effective counts of groups × answers. sizes: of the groups.
    """
    both, n = tuple(sizes[[*BASE]].sum()), table.to_numpy().sum()
    expected = expected_freq(table) if min(table.shape) > 1 else np.zeros(1)
    if expected.min() < 1 or (expected < SMALLEST_EXPECTED).mean() > MOST_SPARSE:
        return *both, *[np.nan] * 5
    chi2 = float(((table - expected) ** 2 / (expected + sizes[["noise"]].to_numpy())).to_numpy().sum())
    rows, columns = table.shape
    dof = (rows - 1) * (columns - 1)
    fewer = [levels - (levels - 1) ** 2 / (n - 1) for levels in (rows, columns)]
    v = np.sqrt(max(0, chi2 / n - dof / (n - 1)) / (min(fewer) - 1))
    return *both, chi2, dof, chdtrc(dof, chi2), v, min(rows, columns)


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


def completion(answers: pd.DataFrame, questionnaire: pd.DataFrame, usable: Bounds) -> pd.DataFrame:
    """How far each question was answered, without weights.

    Parameters:
        answers: see `with_texts_filled`.
        usable: all the respondents, who are no fewer.

    Returns:
        One row per question: q_id, libelle; put_least, put_most: respondents concerned; answered_least, answered_most:
        « ne sait pas » among them; no_answer, not_concerned: counts of each, rounded down to a multiple of 5 (rule
        R25); nonresponse: part of those concerned, where they are 20.

    >>> asked = pd.DataFrame({"q_id": ["q"], "libelle": "Q", "type": OPEN, "modalites": ""})
    >>> answers = pd.DataFrame({"q": ["a"] * 72 + [NO_ANSWER] * 8 + [NOT_CONCERNED] * 20})
    >>> completion(answers, asked, Bounds(100, 112)).round(3).to_numpy().tolist()  # 7 of 72 + 7
    [['q', 'Q', 75.0, 83.0, 70.0, 74.0, 5.0, 20.0, 0.089]]
    """
    rows = []
    for q_id, question in questionnaire.set_index("q_id").iterrows():
        cells = answers[q_id]
        silent, apart = (rounded(cells.eq(code).sum()) for code in (NO_ANSWER, NOT_CONCERNED))
        given = answered(cells[~cells.isin([NO_ANSWER, NOT_CONCERNED])], question).within(usable)
        put = (given + silent).within(usable)
        part = silent.middle / (given + silent).middle if put.least >= HIDDEN_UNDER else np.nan
        rows.append((q_id, question["libelle"], *put, *given, silent.least, apart.least, part))
    names = ["put_least", "put_most", "answered_least", "answered_most", "no_answer", "not_concerned", "nonresponse"]
    return pd.DataFrame(rows, columns=["q_id", "libelle", *names])


def answered(cells: pd.Series, question: pd.Series) -> Bounds:
    """The bounds of those who answered a question: those of its distribution, where it has one.

    Parameters:
        cells: their answers. question: its row.
    """
    if question["type"] not in CLOSED:
        return rounded(len(cells))
    given = cells.str.split(LIST).explode() if question["type"] == SEVERAL else cells
    parts = whole(given.value_counts().reindex([*labels(question["modalites"]), UNKNOWN], fill_value=0))
    return overlapping(len(cells), parts) if question["type"] == SEVERAL else parts


def wishes(answers: pd.DataFrame, weights: pd.Series, questionnaire: pd.DataFrame, deff: float) -> pd.DataFrame:
    """How many use what they wished, for each pair of questions so named (PE-14): columns q_id, share, low, high,
    base_least, base_most.

    >>> asked = pd.DataFrame({"q_id": ["x_souhaitee", "x_utilisee"]})
    >>> answers = pd.DataFrame({"x_souhaitee": ["c"] * 38 + ["f"] * 2, "x_utilisee": ["c"] * 30 + ["f"] * 10})
    >>> wishes(answers, pd.Series(1.0, index=answers.index), asked, deff=1).round(2).to_numpy().tolist()  # 32 / 41
    [['x_souhaitee', 0.78, 0.58, 0.92, 35.0, 47.0]]
    """
    rows = []
    for wished in questionnaire["q_id"]:
        used = wished.removesuffix(WISHED) + USED
        if wished.endswith(WISHED) and {wished, used} <= {*answers}:
            both = ~answers[wished].isin([*OUTSIDE]) & ~answers[used].isin([*OUTSIDE])
            got = answers[wished].eq(answers[used]).map({True: "oui", False: "non"}).where(both, NOT_CONCERNED)
            question = pd.Series({"type": CHOICE, "modalites": "oui=oui|non=non"}, name=wished)
            rows.append(shares(got, weights, question, deff).iloc[:1])
    names = ["q_id", "share", "low", "high", "base_least", "base_most"]
    return pd.concat(rows, ignore_index=True)[names].dropna() if rows else pd.DataFrame(columns=names)


def open_themes(coded: pd.DataFrame) -> pd.DataFrame:
    """The themes of the open answers once coded, the most frequent first; those of fewer than 5 are not named, for
    nothing else declares them: that one is there would tell that somebody speaks of it.

    Parameters:
        coded: columns rep_id, q_id, theme, tonalite.

    Returns:
        Columns q_id, theme; count: respondents who speak of it, rounded down to a multiple of 5; base_least, base_most:
        respondents whose answer was coded (who speaks of a theme twice counts once); tone: that of more than half of
        them, « partagé » where none is, nothing under 10 respondents.

    >>> themes = ["horaires"] * 12 + ["tarifs"] * 3
    >>> coded = pd.DataFrame({"rep_id": range(15), "q_id": "q", "theme": themes, "tonalite": "négative"})
    >>> open_themes(coded).to_numpy().tolist()
    [['q', 'horaires', 10.0, 15.0, 19.0, 'plutôt négatif']]
    """
    if coded.empty:
        return pd.DataFrame(columns=["q_id", "theme", "count", "base_least", "base_most", "tone"])
    tones = coded.groupby(["q_id", "theme", "tonalite"])["rep_id"].nunique().unstack(fill_value=0)
    tones = tones.reindex(columns=[*TONES], fill_value=0).apply(least) + MIDDLE
    table = least(coded.groupby(["q_id", "theme"])["rep_id"].nunique()).to_frame("count").reset_index("theme")
    table["base_least"] = least(coded.groupby("q_id")["rep_id"].nunique())
    table["base_most"] = table["base_least"] + STEP - 1
    tone = tones.idxmax(axis=1).map(TONES).where(tones.max(axis=1).gt(tones.sum(axis=1) / 2), DIVIDED)
    table = table.reset_index().assign(tone=tone.to_numpy())
    table["tone"] = table["tone"].where(table["count"].ge(TONES_FROM), "")
    table = table[table["count"].gt(0)]
    return table.sort_values(["q_id", "count", "theme"], ascending=[True, False, True], ignore_index=True)


def quotable_answers(coded: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """The extracts of open answers that may be quoted, of themes of 5 respondents or more.

    Parameters:
        themes: see `open_themes`.

    Returns:
        Columns q_id, theme, extrait_nettoye.
    """
    table = coded[coded["publiable"].map(is_yes)].merge(themes, on=["q_id", "theme"])
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
        The columns of Observations. denominator: the respondents concerned who answered (rule R25), the middle of their
        bounds. value: the weighted share of them, in whole %, the sum of those of its answers; numerator: what it comes
        to among them, rounded down to a multiple of 5. low, high: 95 %, the roundings of several answers put together
        by their squares. quality: 2, to be read with its interval; 3, too weak for a number, where the base may be
        under 30. status: `secret` where it may be under 20 (rule R24), and for fewer than 5 respondents (rule R1).

    >>> asked = pd.DataFrame({"q_id": ["q"], "type": "unique", "modalites": "oui=O|non=N", "sensible": False})
    >>> answers = pd.DataFrame({"q": ["oui"] * 30 + ["non"] * 10 + [NOT_CONCERNED] * 5})
    >>> table = distribution(answers, pd.Series(1.0, index=answers.index), asked, "q", deff=1)
    >>> rows = survey_observations(table, [Asked("x", "q", ("oui",))], "200000172", "2023")  # 32 / (32 + 12 + 2)
    >>> rows[["denominator", "numerator", "value", "low", "high"]].to_numpy().tolist()
    [[46.0, 30.0, 70.0, 51.0, 84.0]]
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
    value, base = (100 * table["share"]).round(), (table["base_least"] + table["base_most"]) / 2
    figures = {
        "numerator": least(value * base / 100),
        "denominator": base.where(told),
        "value": value,
        "low": (100 * table["low"]).round(),
        "high": (100 * table["high"]).round(),
    }
    return table.assign(
        **figures,
        status=told.map({True: OK, False: SECRET}),
        quality=np.where(table["base_least"].ge(FRAGILE_UNDER), WITH_ITS_INTERVAL, TOO_WEAK),
        territory=territory,
        level="epci",
        period=period,
        source=SURVEY,
        denominator_period="",
    )[COLUMNS]

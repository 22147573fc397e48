"""Indicators that only the residents can tell, in the chapter of each: their ranks, their bases, their source."""

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche.columns import PAIR
from ctg_analysis.demarche.demarche import Demarche
from ctg_analysis.display import tables, texts
from ctg_analysis.display.quantities import number, percent
from ctg_analysis.display.sentences import SMALLEST_BASE
from ctg_analysis.display.texts import date_text
from ctg_analysis.display.words import Words, words_of
from ctg_analysis.indicators.uncertainty import Z
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.source import SOURCES, SURVEY

SAMPLES = {"volontaires": "volontaires", "quotas": "échantillon par quotas", "probabiliste": "échantillon tiré au sort"}
FEW, NOTHING = "moins de 5", "–"
FRAGILE_UNDER = 30  # respondents (rule R24)


def source(demarche: Demarche) -> str:
    """The source line of a result of the consultation: sample, number of answers, year; chapter 11 tells the rest."""
    about = demarche.table("consultation").iloc[0]
    sample = f"{SAMPLES[about['plan']]}, n = {between(about['usable_least'], about['usable_most'])}"
    return texts.typography(f"{SOURCES[SURVEY].label}, {sample}, {date_text(about['end'])[-4:]}.")


def base(demarche: Demarche, row: pd.Series) -> str:
    """How many respondents a share is of; a warning when they may be few.

    row: an observation of an indicator of the consultation.
    """
    question = CATALOGUE[row["indicator"]].value.numerator.partition(PAIR)[0]
    bounds = demarche.table("distribution").set_index("q_id").loc[[question]].iloc[0]
    of = f"Base : {between(bounds['base_least'], bounds['base_most'])} répondants concernés"
    return texts.typography(f"{of}, peu nombreux." if bounds["base_least"] < FRAGILE_UNDER else f"{of}.")


def answers(territory: Territory, rows: pd.DataFrame, title: str) -> Words:
    """The words of the drawing of the answers to a question.

    rows: see `figures.members`; one at least has a value here. Those that may not be shown are named below.
    """
    known = rows[rows["status"].eq(OK)]
    first = known.iloc[0]
    indicator = CATALOGUE[first["indicator"]]
    question = indicator.value.numerator.partition(PAIR)[0]
    answered = territory.demarche.table("distribution").set_index("q_id")["n_eff"]
    size = answered.loc[[question]].iloc[0] if question in answered.index else float("nan")
    shares = known.assign(share=known["value"] / 100, n_eff=size)
    lines = [[row.name, row.text, row.interval or NOTHING] for row in known.itertuples()]
    notes = [
        base(territory.demarche, first),
        f"Traits : {territory.demarche.table('consultation')['interval'].iloc[0]}.",
        few_of(rows.loc[rows["period"].eq(first["period"]) & rows["status"].ne(OK), "name"]),
    ]
    return words_of(
        indicator,
        tables.Listing(["Réponse", "Part", "Intervalle"], lines),
        when=date_text(first["period"]),
        source=source(territory.demarche),
        title=title,
        message=foremost(shares, "citée"),
        note=" ".join(filter(None, notes)),
    )


def count(respondents: float) -> str:
    """A number of respondents, rounded down to 5."""
    if pd.isna(respondents):
        return "nd"
    return f"≈{texts.NBSP}{number(respondents)}" if respondents else FEW


def between(least: float, most: float) -> str:
    """A number of respondents, of which the bounds are known.

    >>> between(115, 139), between(0, 12)
    ('115 à 139', '0 à 12')
    """
    return "nd" if pd.isna(least) else f"{number(least)} à {number(most)}"


def few_of(names: pd.Series) -> str:
    """Which answers are not in a drawing, and why; nothing when all are."""
    return f"{FEW.capitalize()} répondants : {texts.listed(typographed(names))}." if len(names) else ""


def foremost(rows: pd.DataFrame, word: str) -> str:
    """The answer that comes first, and those that no test tells from it (rule R14).

    rows: columns label, text, share, n_eff. The variance of the difference is that of answers that exclude each other;
    where several may be given, it is less.
    """
    rows = rows.sort_values("share", ascending=False, kind="stable")
    first, others = rows.iloc[0], rows.iloc[1:]
    gap = first["share"] - others["share"]
    error = ((first["share"] + others["share"] - gap**2) / first["n_eff"]) ** 0.5
    equal = rows["text"].eq(first["text"])
    close = others[(gap <= Z * error) & ~equal[1:]]
    said = [f"« {texts.uncapitalised(name)} »" for name in rows["label"]]
    head = f"Les réponses les plus {word}s, à égalité" if equal.sum() > 1 else f"La réponse la plus {word}"
    sentence = f"{head} : {texts.listed(said[: equal.sum()])} ({first['text']})"
    if close.empty:
        return sentence
    other = f"{said[equal.sum()]} ({close.iloc[0]['text']})"
    return f"{sentence}, sans écart établi avec {f'{len(close)} autres' if len(close) > 1 else other}"


def typographed(labels: pd.Series) -> list[str]:
    """Labels as a page writes them."""
    return [texts.typography(label) for label in labels]


def share(part: float) -> str:
    """A part from 0 to 1 as a percentage, a sign when there is none."""
    return NOTHING if pd.isna(part) else percent(100 * part)


def since(distributions: pd.DataFrame, former: pd.DataFrame) -> pd.DataFrame:
    """The answers beside those of the survey before, to the same questions of 20 respondents or more.

    Parameters:
        distributions: rows of the table of that name (see `demarche.results`).
        former: columns q_id, modalite, part (%), repondants, annee.

    Returns:
        Columns q_id, modalite, libelle, annee, then, now: shares from 0 to 1; moved: whether the difference is beyond
        chance, at 95 %: each interval makes a part of that of the difference (Newcombe, 1998, method 10).

    45 of 100 (36 to 55 %) became 60 % (50 to 69): +15 points, from 1 to 28.

    >>> now = pd.DataFrame({"q_id": ["q"], "modalite": "a", "libelle": "A", "share": 0.6, "low": 0.5, "high": 0.69})
    >>> before = pd.DataFrame({"q_id": ["q"], "modalite": "a", "part": 45, "repondants": 100, "annee": 2019})
    >>> since(now, before)[["annee", "then", "now", "moved"]].to_numpy().tolist()
    [[2019, 0.45, 0.6, True]]
    """
    before = former[former["repondants"].ge(SMALLEST_BASE)].assign(then=former["part"].astype(float) / 100)
    both = before.merge(distributions.dropna(subset=["share"]), on=["q_id", "modalite"], sort=False)
    trials = both["repondants"].astype(float)
    low, high = proportion_confint(both["then"] * trials, trials, method="wilson")
    rise = both["share"] - both["then"]
    least_rise = rise - np.sqrt((both["share"] - both["low"]) ** 2 + (high - both["then"]) ** 2)
    most_rise = rise + np.sqrt((both["high"] - both["share"]) ** 2 + (both["then"] - low) ** 2)
    both = both.assign(now=both["share"], moved=least_rise.gt(0) | most_rise.lt(0))
    return both[["q_id", "modalite", "libelle", "annee", "then", "now", "moved"]]

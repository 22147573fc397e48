"""Who answered and how far: the response report (rule R22), paths from wish to use, coded words."""

import numpy as np
import pandas as pd

from ctg_analysis.demarche.survey.questions import CELL, HIDDEN_UNDER, hidden_cells, is_few, question_of
from ctg_analysis.demarche.tables.codes import NO_ANSWER, NOT_CONCERNED, OPEN, OUTSIDE, is_asked, is_yes, labels

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

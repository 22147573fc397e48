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


def participation(started: int, complete: int, usable: int, sent: int | None = None) -> pd.DataFrame:
    """How many were asked, began, finished and are kept: columns step, count, of_sent, of_started (0 to 1).

    sent: how many questionnaires were sent or handed out; None for an open link, which has no response rate.
    """
    counts = pd.Series([np.nan if sent is None else sent, started, complete, usable], dtype=float)
    return pd.DataFrame(
        {
            "step": ["envoyés", "commencés", "terminés", "exploitables"],
            "count": counts,
            "of_sent": counts / counts[0],
            "of_started": (counts / started).where(counts.index > 0),
        }
    )


def with_texts_filled(answers: pd.DataFrame, questionnaire: pd.DataFrame, opened: pd.DataFrame) -> pd.DataFrame:
    """The answers with a column for each open question: whether something was written; SR, NC as elsewhere.

    opened: columns rep_id, q_id, of the open answers.
    """
    columns = {}
    for row in questionnaire[questionnaire["type"].eq(OPEN)].itertuples():
        asked = is_asked(answers, row.filtre)
        wrote = answers["rep_id"].isin(opened.loc[opened["q_id"].eq(row.q_id), "rep_id"])
        columns[row.q_id] = wrote.map({True: WRITTEN, False: NO_ANSWER}).where(asked, NOT_CONCERNED)
    return answers.assign(**columns)


def completion(answers: pd.DataFrame, questionnaire: pd.DataFrame) -> pd.DataFrame:
    """How far each question was answered, without weights.

    answers: see `with_texts_filled`. Columns: q_id, libelle; put: respondents concerned; answered, « ne sait pas »
    among them; no_answer, not_concerned: counts of each (rule R25); completion, nonresponse: parts of those concerned.
    Sensitive questions have no row.

    What `questions.distribution` does not show is not there either: nothing when fewer than 10 answered; when 1 to 4
    did not answer, or were not concerned, neither they nor those concerned are counted.
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
    """How far each question was answered in parts of those concerned, where both are told."""
    nonresponse = table["no_answer"] / table["put"]
    return table.assign(completion=1 - nonresponse, nonresponse=nonresponse)


def used_of(wished: str) -> str:
    """The id of the question on what is used, for that on what was wished; nothing for another question."""
    return wished.removesuffix(WISHED) + USED if wished.endswith(WISHED) else ""


def wished_and_used(
    answers: pd.DataFrame, weights: pd.Series, questionnaire: pd.DataFrame, wished: str, used: str
) -> tuple[pd.DataFrame, pd.Series]:
    """The paths from what was wished to what is used, and how many got what they wished (PE-14).

    Two questions of one answer with the same codes. Paths: wished, used, wished_label, used_label, count, share
    (weighted, of those who answered both); those of fewer than 5 respondents are one row, « autres parcours ».
    Summary: base, share (got what they wished); no figure under a base of 10.
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
    """The paths, the most frequent first, those that are too rare to be told in one row."""
    paths = paths.copy()
    paths.loc[rare, [name for name in ("wished", "used", "wished_label", "used_label") if name in paths]] = OTHER_PATHS
    same = [name for name in paths if name not in ("count", "share")]
    paths = paths.groupby(same, as_index=False, dropna=False)[["count", "share"]].sum()
    return paths.sort_values("count", ascending=False, ignore_index=True, kind="stable")


def open_themes(coded: pd.DataFrame) -> pd.DataFrame:
    """The themes of the open answers once coded, in numbers of respondents, the most frequent first.

    coded: columns rep_id, q_id, theme, tonalite. Columns: q_id, theme, count, positive, neutre, négative, base
    (respondents whose answer was coded): who speaks of a theme twice counts once.

    Cells of 1 to 4 are not shown, nor what would tell them by subtraction (rules R1 and R2): a theme among those of its
    question, a tone among those of its theme. The tone is not told of a theme of fewer than 10 respondents.
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

    themes: see `open_themes`. None of a theme that is withheld, no tone where that of the theme is: each extract is
    someone who said it.
    """
    table = coded.loc[coded["publiable"].map(is_yes), ["q_id", "theme", "tonalite", "extrait_nettoye"]]
    tones = themes.melt(["q_id", "theme"], TONES, "tonalite", "tone").merge(themes[["q_id", "theme", "count"]])
    known = table.merge(tones, on=["q_id", "theme", "tonalite"], how="left", validate="m:1")
    known = known[known["count"].notna()]
    known = known.assign(tonalite=known["tonalite"].where(known["tone"].notna(), ""))
    return known[list(table)].sort_values([*table.columns], ignore_index=True)

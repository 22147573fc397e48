"""What the groups of the profile answered, where a link with a question is established."""

import pandas as pd

from ctg_analysis.demarche.survey import blanks, questions
from ctg_analysis.demarche.survey.crossings import STRENGTHS, crossings, judged, of_what_is_shown
from ctg_analysis.demarche.survey.weighted_answers import Survey
from ctg_analysis.demarche.survey.weighting import known_weights
from ctg_analysis.demarche.tables import codes

MOST_GROUPS = 6  # modalities of a question of the profile that others are crossed with


def groups_of(questionnaire: pd.DataFrame, answers: pd.DataFrame) -> list[str]:
    """The questions of the profile that others are crossed with: of one answer among six or less."""
    profile = questionnaire[questionnaire["champ"].isna() & questionnaire["type"].eq(codes.CHOICE)]
    return [
        row.q_id
        for row in profile.itertuples()
        if row.q_id in answers
        and not codes.is_yes(row.sensible)
        and 1 < len(codes.labels(row.modalites)) <= MOST_GROUPS
    ]


def of_groups(survey: Survey) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What each group answered, where a link is established, and the tests of all the crossings.

    All of them are one family: they are listed together, and each is a chance more to find a link where there is none.
    """
    answers, asked = survey.answers, survey.questionnaire
    about = asked[asked["champ"].notna() & asked["type"].isin(codes.CLOSED) & asked["q_id"].isin(answers.columns)]
    about = [row.q_id for row in about.itertuples() if not codes.is_yes(row.sensible)]
    groups = groups_of(asked, answers)
    if not about or not groups:
        return pd.DataFrame(), pd.DataFrame()
    tests = crossings(answers, survey.weights, asked, [(question, group) for group in groups for question in about])
    linked = tests.loc[tests["strength"].isin(STRENGTHS), ["q_id", "group"]].drop_duplicates()
    tables = [_of_group(survey, q_id, group).assign(variable=group) for q_id, group in linked.itertuples(index=False)]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(), tests


def _of_group(survey: Survey, q_id: str, group: str) -> pd.DataFrame:
    """What each group answered to a question; « ne sait pas » out of the bases where 1 to 4 of a group said so.

    Alone of the total of the group, they would be told by the other answers. Not where how many did not answer, or
    weights that anyone knows, tell them.
    """
    answers, asked = survey.answers, survey.questionnaire
    several = questions.question_of(asked, q_id)["type"] == codes.SEVERAL
    table = questions.by_group(answers, survey.weights, asked, q_id, group)
    unsure, silent = (answers[q_id].eq(code) for code in (codes.UNKNOWN, codes.NO_ANSWER))
    sizes = pd.DataFrame({"unsure": unsure, "out": unsure | silent}).groupby(answers[group]).sum()
    sizes = sizes[questions.is_few(sizes["unsure"]) & sizes.index.isin(table["group"])]
    weighed = known_weights(survey.weighting, answers)
    untold = sizes["out"].le(silent.sum()).all() and not (weighed and weighed.question == group)
    left_out = not several and len(sizes) > 0 and untold and unsure.sum() >= questions.CELL
    if left_out:
        concerned = answers.assign(**{q_id: answers[q_id].mask(unsure, codes.NOT_CONCERNED)})
        table = questions.by_group(concerned, survey.weights, asked, q_id, group)
    table = blanks.small_shares(table, several=several)
    return blanks.unsure_left_out(table, {q_id} if left_out else survey.unsure)


def tested_again(survey: Survey, tests: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """The tests, those of the links that were established made again on what the tables of groups show."""
    again, sizes = tests.copy(), ["base", "n_eff"]
    figures = [*sizes, "method", "chi2", "dof", "levels", "p", "v", "v_corrected"]
    for row in tests[tests["strength"].isin(STRENGTHS)].itertuples():
        shares = groups[groups["q_id"].eq(row.q_id) & groups["variable"].eq(row.group)]
        test = of_what_is_shown(survey.answers, survey.weights, survey.questionnaire, shares, row.modalite)
        again.loc[row.Index, figures] = test.iloc[0][figures]
    again = judged(again)
    linked = again["strength"].isin(STRENGTHS)
    return again.assign(**again[sizes].where(linked, tests[sizes]))

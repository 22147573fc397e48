"""The answers of a consultation, ready for counting: no blank left, the secteur as a question, a weight each."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ctg_analysis.demarche.files.material_files import MaterialFiles
from ctg_analysis.demarche.survey import blanks, questions
from ctg_analysis.demarche.survey.weighting import VOLUNTEERS, Weighting, rake
from ctg_analysis.demarche.tables import codes
from ctg_analysis.demarche.tables.yaml_documents import Consultation

SECTEUR, SECTEUR_LABEL = "secteur", "Secteur d'habitation"


@dataclass(frozen=True)
class Survey:
    """Answers ready for counting. questionnaire: with the secteur as a question, if it was asked. answers: none blank.

    unsure: the questions to which 1 to 4 respondents said that they did not know: these are among those who did not
    answer, see `without_few_unsure`.
    """

    questionnaire: pd.DataFrame
    answers: pd.DataFrame
    weights: pd.Series
    weighting: Weighting | None
    note: Consultation
    unsure: frozenset[str]

    @property
    def period(self) -> str:
        """The year of the last answer."""
        return str(self.answers["date"].max().year)


def open_survey(material: MaterialFiles, restricted: Mapping[str, pd.DataFrame]) -> Survey | None:
    """The answers with their weights; None when there are none.

    Without margins every answer weighs the same; with one alone, of which few gave one of the answers, too: a weight is
    the part of the census of an answer over how many gave it, and anyone could work it out.

    Raises:
        InputError: margins that do not fit the answers, see `weighting.rake`.
    """
    answers = restricted["reponses"].reset_index(drop=True)
    if answers.empty:
        return None
    questionnaire = _with_secteur(material["questionnaire"], answers)
    sensitive = restricted["reponses_sensibles"].drop(columns="consentement")
    answers = codes.with_blanks_filled(answers.merge(sensitive, on="rep_id", how="left", validate="1:1"), questionnaire)
    for q_id in sensitive.columns.drop("rep_id"):  # who gave no consent was not asked
        answers[q_id] = answers[q_id].mask(~answers["rep_id"].isin(sensitive["rep_id"]), codes.NOT_CONCERNED)
    answers, unsure = without_few_unsure(answers, questionnaire)
    margins = material["marges"]
    weighting = rake(answers, margins) if len(margins) else None
    if weighting and weighting.profile["variable"].nunique() == 1 and blanks.hides_someone(weighting.profile):
        weighting = None
    weights = weighting.weights if weighting else pd.Series(1.0, index=answers.index)
    note = material.consultation or Consultation(plan=VOLUNTEERS)
    return Survey(questionnaire, answers, weights, weighting, note, unsure)


def without_few_unsure(answers: pd.DataFrame, questionnaire: pd.DataFrame) -> tuple[pd.DataFrame, frozenset[str]]:
    """The answers, 1 to 4 « ne sait pas » to a question of one answer counted as no answer, and these questions.

    Alone of their total, they would be told by the other answers, one of which would have to be hidden too (rule R2).
    Not where fewer than 5 would then be without an answer.

    >>> asked = pd.DataFrame({"q_id": ["q"], "type": codes.CHOICE})
    >>> answers = pd.DataFrame({"q": ["a"] * 20 + [codes.UNKNOWN] * 2 + [codes.NO_ANSWER] * 4})
    >>> without_few_unsure(answers, asked)[0]["q"].value_counts().to_dict()
    {'a': 20, 'SR': 6}
    """
    one_answer = questionnaire.loc[questionnaire["type"].isin([codes.CHOICE, codes.SCALE, codes.NUMERIC]), "q_id"]
    by_code = {name: answers[name].value_counts() for name in one_answer if name in answers}
    counts = {name: (cells.get(codes.UNKNOWN, 0), cells.get(codes.NO_ANSWER, 0)) for name, cells in by_code.items()}
    few = [name for name, (unsure, silent) in counts.items() if 0 < unsure < questions.CELL <= unsure + silent]
    return answers.assign(**{name: answers[name].replace(codes.UNKNOWN, codes.NO_ANSWER) for name in few}), frozenset(
        few
    )


def _with_secteur(questionnaire: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """The questions, with that of the secteur where it was asked."""
    names = sorted(set(answers[SECTEUR].dropna()) - {""})
    if not names:
        return questionnaire
    row = {
        "q_id": SECTEUR,
        "libelle": SECTEUR_LABEL,
        "type": codes.CHOICE,
        "modalites": tuple((name, name) for name in names),
    }
    row |= {"filtre": None, "champ": None, "obligatoire": False, "sensible": False}
    return pd.concat([questionnaire, pd.DataFrame([row]).astype(questionnaire.dtypes)], ignore_index=True)

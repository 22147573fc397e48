"""The consultation of the residents, from the answers to what may be shown of them (rules R1, R2, R20 to R25)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.core.model import OK
from ctg_analysis.demarche.files.material_files import MaterialFiles
from ctg_analysis.demarche.survey import blanks, questions, response
from ctg_analysis.demarche.survey.counts import Counts
from ctg_analysis.demarche.survey.crossings import STRENGTHS, crossings, judged, of_what_is_shown
from ctg_analysis.demarche.survey.disclosure import hide
from ctg_analysis.demarche.survey.measured import Asked, asked_of, survey_observations
from ctg_analysis.demarche.survey.weighting import (
    VOLUNTEERS,
    KnownWeights,
    Weighting,
    half_width,
    interval_words,
    known_weights,
    rake,
)
from ctg_analysis.demarche.tables.codes import (
    CHOICE,
    CLOSED,
    LIST,
    NO_ANSWER,
    NOT_CONCERNED,
    NUMERIC,
    OUTSIDE,
    SCALE,
    SEVERAL,
    UNKNOWN,
    is_yes,
    labels,
    with_blanks_told,
)
from ctg_analysis.demarche.tables.outputs import OBSERVATIONS
from ctg_analysis.demarche.tables.yaml_documents import Consultation
from ctg_analysis.secrecy.statements import Edition
from ctg_analysis.sources import SURVEY

Tables = dict[str, pd.DataFrame]

SECTEUR, SECTEUR_LABEL = "secteur", "Secteur d'habitation"
MOST_GROUPS = 6  # modalities of a question of the profile that others are crossed with
OTHERS = "autres"
SAME_VALUE = 0.5  # points between two values of an indicator that read the same


@dataclass(frozen=True)
class Survey:
    """Answers ready for counting. questionnaire: with the secteur as a question. answers: no blank left.

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
        """Return the year of the last answer."""
        return str(self.answers["date"].max().year)


def open_survey(material: MaterialFiles, restricted: Mapping[str, pd.DataFrame]) -> Survey | None:
    """Return the answers with their weights; None when there are none.

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
    answers = with_blanks_told(answers.merge(sensitive, on="rep_id", how="left", validate="1:1"), questionnaire)
    for q_id in sensitive.columns.drop("rep_id"):  # who gave no consent was not asked
        answers[q_id] = answers[q_id].mask(~answers["rep_id"].isin(sensitive["rep_id"]), NOT_CONCERNED)
    answers, unsure = without_few_unsure(answers, questionnaire)
    margins = material["marges"]
    weighting = rake(answers, margins) if len(margins) else None
    if weighting and weighting.profile["variable"].nunique() == 1 and blanks.hides_someone(weighting.profile):
        weighting = None
    weights = weighting.weights if weighting else pd.Series(1.0, index=answers.index)
    note = material.consultation or Consultation(plan=VOLUNTEERS)
    return Survey(questionnaire, answers, weights, weighting, note, unsure)


def without_few_unsure(answers: pd.DataFrame, questionnaire: pd.DataFrame) -> tuple[pd.DataFrame, frozenset[str]]:
    """Return the answers, 1 to 4 « ne sait pas » to a question of one answer counted as no answer, and these questions.

    Alone of their total, they would be told by the other answers, one of which would have to be hidden too (rule R2).
    Not where fewer than 5 would then be without an answer.
    """
    one_answer = questionnaire.loc[questionnaire["type"].isin([CHOICE, SCALE, NUMERIC]), "q_id"]
    said = {name: answers[name].value_counts() for name in one_answer if name in answers}
    counts = {name: (found.get(UNKNOWN, 0), found.get(NO_ANSWER, 0)) for name, found in said.items()}
    few = [name for name, (unsure, silent) in counts.items() if 0 < unsure < questions.CELL <= unsure + silent]
    return answers.assign(**{name: answers[name].replace(UNKNOWN, NO_ANSWER) for name in few}), frozenset(few)


def _with_secteur(questionnaire: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    names = sorted(set(answers[SECTEUR]) - {""})
    row = {
        "q_id": SECTEUR,
        "libelle": SECTEUR_LABEL,
        "type": CHOICE,
        "modalites": tuple((name, name) for name in names),
    }
    row |= {"filtre": None, "champ": None, "obligatoire": False, "sensible": False}
    return pd.concat([questionnaire, pd.DataFrame([row]).astype(questionnaire.dtypes)], ignore_index=True)


def of_survey(
    survey: Survey, restricted: Mapping[str, pd.DataFrame], territory: str, before: Sequence[Edition] = ()
) -> Tables:
    """Return what may be shown of a consultation: see `outputs.RESULTS`; OBSERVATIONS: of the answers alone.

    before: what earlier editions have published of the answers.
    """
    coded = restricted["ouvertes_codees"]
    opened = restricted["reponses_ouvertes"] if len(restricted["reponses_ouvertes"]) else coded
    answers = response.with_texts_told(survey.answers, survey.questionnaire, opened)
    measures = asked_of(CATALOGUE.values(), survey.questionnaire, answers)
    whole = _without_small(survey, answers) | {
        OBSERVATIONS: survey_observations(answers, survey.weights, measures, territory, survey.period)
    }
    weights = known_weights(survey.weighting, answers)
    whole = blanks.rounded(whole, OBSERVATIONS) if weights else whole
    told = _told_before(whole[OBSERVATIONS], before)
    tables = _gated(whole, Counts(answers, survey.questionnaire), measures, survey.unsure, weights, told)
    _finish(survey, tables, whole)
    if weights:
        blanks.without_telling_sizes(tables, weights.question)
    themes = response.open_themes(coded)
    tables |= {
        "consultation": _about(survey),
        "participation": response.participation(*_counts(survey), sent=survey.note.envoyes),
        "channels": _channels(answers),
        "open_themes": themes,
        "open_quotes": response.quotable_answers(coded, themes),
    }
    return {name: table.round(blanks.DIGITS) for name, table in tables.items()}


def _without_small(survey: Survey, answers: pd.DataFrame) -> Tables:
    """Return the tables of answers without their cells of 1 to 4 respondents, each taken alone."""
    weights, asked = survey.weights, survey.questionnaire
    closed = [row for row in asked.itertuples() if row.type in CLOSED and row.q_id in answers]
    scales = [row.q_id for row in asked.itertuples() if row.type in (SCALE, NUMERIC) and row.q_id in answers]
    told = [
        blanks.small_cells(questions.distribution(answers, weights, asked, row.q_id), several=row.type == SEVERAL)
        for row in closed
    ]
    groups, tests = of_groups(survey)
    return {
        "profile": _profile(survey),
        "completion": response.completion(answers, asked),
        "distribution": blanks.unsure_left_out(pd.concat(told, ignore_index=True), survey.unsure),
        "summary": pd.DataFrame([questions.summary(answers, weights, asked, one) for one in scales]),
        "crossings": tests,
        "by_group": groups,
        "paths": _paths(survey),
    }


def _gated(
    whole: Tables,
    counts: Counts,
    measures: Sequence[Asked],
    unsure: frozenset[str],
    weights: KnownWeights | None,
    told: set[str],
) -> Tables:
    """Return the tables without what the gate hides, which keeps for known what it would hide of the indicators told.

    So what an edition tells changes nothing of the next one, when it is made of the same answers.
    """
    known: set[str] = set()
    while True:
        tables = {name: table.copy() for name, table in whole.items()}
        hide(tables, counts, measures, unsure, weights, known)
        lost = told - known - set(tables[OBSERVATIONS].dropna(subset="value")["indicator"])
        if not lost:
            return tables
        known |= lost


def _told_before(observations: pd.DataFrame, before: Sequence[Edition]) -> set[str]:
    """Return the indicators that an earlier edition tells of the same answers: the same base, a value that reads alike.

    A base that has changed is that of other answers: nothing is known of these.
    """
    now, found = observations[observations["status"].eq(OK)], set()
    for one in before:
        rows = one.observations[one.observations["source"].eq(SURVEY) & one.observations["status"].eq(OK)]
        both = now.merge(rows, on=["territory", "period", "indicator"], suffixes=("", "_before"))
        same = both["denominator"].eq(both["denominator_before"])
        found |= set(both.loc[same & (both["value"] - both["value_before"]).abs().le(SAME_VALUE), "indicator"])
    return found


def _finish(survey: Survey, tables: Tables, whole: Tables) -> None:
    """Blank what depends on the figures that the gate has hidden. whole: the tables before the gate."""
    tables["completion"] = response.with_rates(tables["completion"])
    tables["distribution"] = blanks.of_distribution(tables["distribution"])
    tables[OBSERVATIONS] = blanks.of_observations(tables[OBSERVATIONS])
    if len(tables["profile"]):
        tables["profile"] = blanks.small_profile(tables["profile"])
    if len(tables["summary"]):
        tables["summary"] = blanks.of_summary(tables["summary"], tables["distribution"])
    if len(tables["paths"]):
        tables["paths"] = blanks.of_paths(tables["paths"], whole["paths"])
    if len(tables["by_group"]):
        tables["by_group"] = blanks.of_groups(tables["by_group"], tables["distribution"])
        tables["crossings"] = _tested_again(survey, tables["crossings"], tables["by_group"])
        linked = tables["crossings"].loc[tables["crossings"]["strength"].isin(STRENGTHS), ["q_id", "group"]]
        answered = tables["by_group"][tables["by_group"]["in_base"]]  # who did not say has no share: only a word on it
        pairs = pd.MultiIndex.from_frame(answered[["q_id", "variable"]])
        tables["by_group"] = answered[pairs.isin(pd.MultiIndex.from_frame(linked))]
    if len(tables["crossings"]):
        tables["crossings"] = blanks.of_crossings(tables["crossings"])


def _tested_again(survey: Survey, tests: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Return the tests, those of the links that were established made again on what the tables of groups show."""
    again, sizes = tests.copy(), ["base", "n_eff"]
    figures = [*sizes, "method", "chi2", "dof", "levels", "p", "v", "v_corrected"]
    for row in tests[tests["strength"].isin(STRENGTHS)].itertuples():
        shares = groups[groups["q_id"].eq(row.q_id) & groups["variable"].eq(row.group)]
        test = of_what_is_shown(survey.answers, survey.weights, survey.questionnaire, shares, row.modalite)
        again.loc[row.Index, figures] = test.iloc[0][figures]
    again = pd.concat([judged(family) for _, family in again.groupby("group", sort=False)])
    linked = again["strength"].isin(STRENGTHS)
    return again.assign(**again[sizes].where(linked, tests[sizes]))


def _counts(survey: Survey) -> tuple[float, float, int]:
    told = [np.nan if count is None else count for count in (survey.note.commences, survey.note.termines)]
    return *told, len(survey.answers)


def _about(survey: Survey) -> pd.DataFrame:
    """Return one row: how the residents were asked, when, how many answered, what the weights cost.

    Not how many weights are at a bound, nor how far from the census, when the profile hides someone: they would tell.
    """
    answers, weighting = survey.answers, survey.weighting
    sizes = {"n_eff": float(len(answers)), "deff": 1.0, "low": 0, "high": 0, "gap": np.nan, "converged": False}
    if weighting:
        sizes = {name: getattr(weighting, name) for name in sizes}
        if blanks.hides_someone(weighting.profile):
            sizes |= dict.fromkeys(("low", "high", "gap"), np.nan)
    row = {
        "plan": survey.note.plan,
        "diffusion": survey.note.diffusion or "",
        "modes": LIST.join(answers["mode"].value_counts().index),
        "start": answers["date"].min(),
        "end": answers["date"].max(),
        "usable": len(answers),
        "weighted": weighting is not None,
        **sizes,
        "out_of_reach": LIST.join(weighting.out_of_reach) if pd.notna(sizes["gap"]) else "",
        "half_width": half_width(len(answers), sizes["deff"]),
        "interval": interval_words(survey.note.plan),
    }
    return pd.DataFrame([row])


def _channels(answers: pd.DataFrame) -> pd.DataFrame:
    """Return how and through what the answers came: columns kind, label, count; fewer than 10 go with the others."""
    tables = []
    for kind in ("mode", "canal"):
        counts = answers[kind].value_counts()
        few = set(questions.hidden_groups(counts))
        counts = answers[kind].where(~answers[kind].isin(few), OTHERS).value_counts()
        tables.append(pd.DataFrame({"kind": kind, "label": counts.index, "count": counts.to_numpy()}))
    return pd.concat(tables, ignore_index=True)


def _profile(survey: Survey) -> pd.DataFrame:
    """Return the profile of the respondents, see `weighting.Weighting`, in words."""
    if survey.weighting is None:
        return pd.DataFrame()
    table, asked = survey.weighting.profile, survey.questionnaire.set_index("q_id")
    words = {row.Index: labels(row.modalites) | OUTSIDE for row in asked.itertuples()}
    named = [words.get(row.variable, {}).get(row.modalite, row.modalite) for row in table.itertuples()]
    known = table["variable"].map(asked["libelle"]).fillna(table["variable"])
    return blanks.small_profile(table.assign(libelle=known, modalite_libelle=named))


def groups_of(questionnaire: pd.DataFrame, answers: pd.DataFrame) -> list[str]:
    """Return the questions of the profile that others are crossed with: of one answer among six or less."""
    profile = questionnaire[questionnaire["champ"].isna() & questionnaire["type"].eq(CHOICE)]
    return [
        row.q_id
        for row in profile.itertuples()
        if row.q_id in answers and not is_yes(row.sensible) and 1 < len(labels(row.modalites)) <= MOST_GROUPS
    ]


def of_groups(survey: Survey) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what each group answered, where a link is established, and the tests of all the crossings.

    The tests of one question of the profile are a family.
    """
    answers, asked = survey.answers, survey.questionnaire
    about = asked[asked["champ"].notna() & asked["type"].isin(CLOSED) & asked["q_id"].isin(answers.columns)]
    about = [row.q_id for row in about.itertuples() if not is_yes(row.sensible)]
    groups = groups_of(asked, answers)
    if not about or not groups:
        return pd.DataFrame(), pd.DataFrame()
    tests = pd.concat(
        [crossings(answers, survey.weights, asked, [(one, group) for one in about]) for group in groups],
        ignore_index=True,
    )
    linked = tests.loc[tests["strength"].isin(STRENGTHS), ["q_id", "group"]].drop_duplicates()
    tables = [_of_group(survey, q_id, group).assign(variable=group) for q_id, group in linked.itertuples(index=False)]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(), tests


def _of_group(survey: Survey, q_id: str, group: str) -> pd.DataFrame:
    """Return what each group answered to a question; « ne sait pas » out of the bases where 1 to 4 of a group said so.

    Alone of the total of the group, they would be told by the other answers. Not where how many did not answer, or
    weights that anyone knows, tell them.
    """
    answers, asked = survey.answers, survey.questionnaire
    several = questions.question_of(asked, q_id)["type"] == SEVERAL
    table = questions.by_group(answers, survey.weights, asked, q_id, group)
    unsure, silent = (answers[q_id].eq(code) for code in (UNKNOWN, NO_ANSWER))
    sizes = pd.DataFrame({"unsure": unsure, "out": unsure | silent}).groupby(answers[group]).sum()
    sizes = sizes[questions.is_few(sizes["unsure"]) & sizes.index.isin(table["group"])]
    weighed = known_weights(survey.weighting, answers)
    untold = sizes["out"].le(silent.sum()).all() and not (weighed and weighed.question == group)
    left_out = not several and len(sizes) > 0 and untold and unsure.sum() >= questions.CELL
    if left_out:
        concerned = answers.assign(**{q_id: answers[q_id].mask(unsure, NOT_CONCERNED)})
        table = questions.by_group(concerned, survey.weights, asked, q_id, group)
    table = blanks.small_shares(table, several=several)
    return blanks.unsure_left_out(table, {q_id} if left_out else survey.unsure)


def _paths(survey: Survey) -> pd.DataFrame:
    """Return the paths from what was wished to what is used, for each pair of questions so named."""
    tables = []
    for wished in survey.questionnaire["q_id"]:
        used = response.used_of(wished)
        if {wished, used} <= set(survey.answers.columns):
            paths, total = response.wished_and_used(survey.answers, survey.weights, survey.questionnaire, wished, used)
            tables.append(paths.assign(q_id=wished, base=total["base"], got=total["share"]))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()

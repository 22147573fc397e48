"""The consultation of the residents, from the answers to what may be shown of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ctg_analysis.demarche import columns, questions
from ctg_analysis.demarche import crossings as crossings_
from ctg_analysis.demarche.crossings import STRENGTHS, crossings, judged, of_what_is_shown, with_intervals_of_v
from ctg_analysis.demarche.declared_tables import OBSERVATIONS
from ctg_analysis.demarche.disclosure import Counts, hide
from ctg_analysis.demarche.material_files import MaterialFiles
from ctg_analysis.demarche.questions import asked_of, survey_observations
from ctg_analysis.demarche.weighting import VOLUNTEERS, Weighting, half_width, interval_words, known_weights, rake
from ctg_analysis.demarche.yaml_documents import Consultation
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK, SECRET

# The answers of a consultation, ready for counting: no blank left, the secteur as a question, a weight each.

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
    answers = columns.with_blanks_filled(
        answers.merge(sensitive, on="rep_id", how="left", validate="1:1"), questionnaire
    )
    for q_id in sensitive.columns.drop("rep_id"):  # who gave no consent was not asked
        answers[q_id] = answers[q_id].mask(~answers["rep_id"].isin(sensitive["rep_id"]), columns.NOT_CONCERNED)
    answers, unsure = without_few_unsure(answers, questionnaire)
    margins = material["marges"]
    weighting = rake(answers, margins) if len(margins) else None
    if weighting and weighting.profile["variable"].nunique() == 1 and crossings_.hides_someone(weighting.profile):
        weighting = None
    weights = weighting.weights if weighting else pd.Series(1.0, index=answers.index)
    note = material.consultation or Consultation(plan=VOLUNTEERS)
    return Survey(questionnaire, answers, weights, weighting, note, unsure)


def without_few_unsure(answers: pd.DataFrame, questionnaire: pd.DataFrame) -> tuple[pd.DataFrame, frozenset[str]]:
    """The answers, 1 to 4 « ne sait pas » to a question of one answer counted as no answer, and these questions.

    Alone of their total, they would be told by the other answers, one of which would have to be hidden too (rule R2).
    Not where fewer than 5 would then be without an answer.

    >>> asked = pd.DataFrame({"q_id": ["q"], "type": columns.CHOICE})
    >>> answers = pd.DataFrame({"q": ["a"] * 20 + [columns.UNKNOWN] * 2 + [columns.NO_ANSWER] * 4})
    >>> without_few_unsure(answers, asked)[0]["q"].value_counts().to_dict()
    {'a': 20, 'SR': 6}
    """
    one_answer = questionnaire.loc[questionnaire["type"].isin([columns.CHOICE, columns.SCALE, columns.NUMERIC]), "q_id"]
    by_code = {name: answers[name].value_counts() for name in one_answer if name in answers}
    counts = {name: (cells.get(columns.UNKNOWN, 0), cells.get(columns.NO_ANSWER, 0)) for name, cells in by_code.items()}
    few = [name for name, (unsure, silent) in counts.items() if 0 < unsure < questions.CELL <= unsure + silent]
    return answers.assign(
        **{name: answers[name].replace(columns.UNKNOWN, columns.NO_ANSWER) for name in few}
    ), frozenset(few)


def _with_secteur(questionnaire: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """The questions, with that of the secteur where it was asked."""
    names = sorted(set(answers[SECTEUR].dropna()) - {""})
    if not names:
        return questionnaire
    row = {
        "q_id": SECTEUR,
        "libelle": SECTEUR_LABEL,
        "type": columns.CHOICE,
        "modalites": tuple((name, name) for name in names),
    }
    row |= {"filtre": None, "champ": None, "obligatoire": False, "sensible": False}
    return pd.concat([questionnaire, pd.DataFrame([row]).astype(questionnaire.dtypes)], ignore_index=True)


# What the groups of the profile answered, where a link with a question is established.

MOST_GROUPS = 6  # modalities of a question of the profile that others are crossed with


def groups_of(questionnaire: pd.DataFrame, answers: pd.DataFrame) -> list[str]:
    """The questions of the profile that others are crossed with: of one answer among six or less."""
    profile = questionnaire[questionnaire["champ"].isna() & questionnaire["type"].eq(columns.CHOICE)]
    return [
        row.q_id
        for row in profile.itertuples()
        if row.q_id in answers
        and not columns.is_yes(row.sensible)
        and 1 < len(columns.labels(row.modalites)) <= MOST_GROUPS
    ]


def of_groups(survey: Survey) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What each group answered, where a link is established, and the tests of all the crossings.

    All of them are one family: they are listed together, and each is a chance more to find a link where there is none.
    """
    answers, asked = survey.answers, survey.questionnaire
    about = asked[asked["champ"].notna() & asked["type"].isin(columns.CLOSED) & asked["q_id"].isin(answers.columns)]
    about = [row.q_id for row in about.itertuples() if not columns.is_yes(row.sensible)]
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
    several = questions.question_of(asked, q_id)["type"] == columns.SEVERAL
    table = questions.by_group(answers, survey.weights, asked, q_id, group)
    unsure, silent = (answers[q_id].eq(code) for code in (columns.UNKNOWN, columns.NO_ANSWER))
    sizes = pd.DataFrame({"unsure": unsure, "out": unsure | silent}).groupby(answers[group]).sum()
    sizes = sizes[questions.is_few(sizes["unsure"]) & sizes.index.isin(table["group"])]
    weighed = known_weights(survey.weighting, answers)
    untold = sizes["out"].le(silent.sum()).all() and not (weighed and weighed.question == group)
    left_out = not several and len(sizes) > 0 and untold and unsure.sum() >= questions.CELL
    if left_out:
        concerned = answers.assign(**{q_id: answers[q_id].mask(unsure, columns.NOT_CONCERNED)})
        table = questions.by_group(concerned, survey.weights, asked, q_id, group)
    table = crossings_.small_shares(table, several=several)
    return crossings_.unsure_left_out(table, {q_id} if left_out else survey.unsure)


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


# The consultation of the residents, from the answers to what may be shown of them (rules R1, R2, R20 to R25).

Tables = dict[str, pd.DataFrame]

OTHERS = "autres"


def of_survey(survey: Survey, restricted: Mapping[str, pd.DataFrame], territory: str) -> Tables:
    """What may be shown of a consultation: see `declared_tables.RESULTS`; OBSERVATIONS: of the answers alone."""
    coded, note = restricted["ouvertes_codees"], survey.note
    opened = restricted["reponses_ouvertes"] if len(restricted["reponses_ouvertes"]) else coded
    answers = questions.with_texts_filled(survey.answers, survey.questionnaire, opened)
    measures = asked_of(CATALOGUE.values(), survey.questionnaire, answers)
    whole = _without_small(survey, answers) | {
        OBSERVATIONS: survey_observations(answers, survey.weights, measures, territory, survey.period)
    }
    weights = known_weights(survey.weighting, answers)
    whole = crossings_.rounded(whole, OBSERVATIONS)
    tables = {name: table.copy() for name, table in whole.items()}
    hide(tables, Counts(answers, survey.questionnaire), measures, survey.unsure, weights)
    _finish(survey, tables, whole)
    if weights:
        crossings_.without_telling_sizes(tables, weights.question)
    themes = questions.open_themes(coded)
    tables |= {
        "consultation": _about(survey),
        "participation": questions.participation(note.commences, note.termines, len(survey.answers), note.envoyes),
        "channels": _channels(answers),
        "open_themes": themes,
        "open_quotes": questions.quotable_answers(coded, themes),
    }
    shown = {name: table.round(crossings_.DIGITS) for name, table in tables.items()}
    tests = shown["crossings"]
    return shown | {"crossings": with_intervals_of_v(tests).round(crossings_.DIGITS) if len(tests) else tests}


def _without_small(survey: Survey, answers: pd.DataFrame) -> Tables:
    """The tables of answers without their cells of 1 to 4 respondents, each taken alone."""
    weights, asked = survey.weights, survey.questionnaire
    closed = [row for row in asked.itertuples() if row.type in columns.CLOSED and row.q_id in answers]
    scales = [
        row.q_id for row in asked.itertuples() if row.type in (columns.SCALE, columns.NUMERIC) and row.q_id in answers
    ]
    distributions = [
        crossings_.small_cells(
            questions.distribution(answers, weights, asked, row.q_id), several=row.type == columns.SEVERAL
        )
        for row in closed
    ]
    groups, tests = of_groups(survey)
    return {
        "profile": _profile(survey),
        "completion": questions.completion(answers, asked),
        "distribution": crossings_.unsure_left_out(pd.concat(distributions, ignore_index=True), survey.unsure),
        "summary": pd.DataFrame([questions.summary(answers, weights, asked, q_id) for q_id in scales]),
        "crossings": tests,
        "by_group": groups,
        "paths": _paths(survey),
    }


def _finish(survey: Survey, tables: Tables, whole: Tables) -> None:
    """Blank what depends on the figures that the gate has hidden. whole: the tables before the gate."""
    tables["completion"] = questions.with_rates(tables["completion"])
    tables["distribution"] = crossings_.of_distribution(tables["distribution"])
    measured = tables[OBSERVATIONS]
    withheld = measured["status"].eq(OK) & measured["value"].isna()
    tables[OBSERVATIONS] = measured.assign(status=measured["status"].mask(withheld, SECRET))
    if len(tables["profile"]):
        tables["profile"] = crossings_.small_profile(tables["profile"])
    if len(tables["summary"]):
        tables["summary"] = crossings_.of_summary(tables["summary"], tables["distribution"])
    if len(tables["paths"]):
        tables["paths"] = crossings_.of_paths(tables["paths"], whole["paths"])
    if len(tables["by_group"]):
        tables["by_group"] = crossings_.of_groups(tables["by_group"], tables["distribution"])
        tables["crossings"] = tested_again(survey, tables["crossings"], tables["by_group"])
        linked = tables["crossings"].loc[tables["crossings"]["strength"].isin(STRENGTHS), ["q_id", "group"]]
        answered = tables["by_group"][tables["by_group"]["in_base"]]  # who did not say has no share: only a word on it
        pairs = pd.MultiIndex.from_frame(answered[["q_id", "variable"]])
        tables["by_group"] = answered[pairs.isin(pd.MultiIndex.from_frame(linked))]
    if len(tables["crossings"]):
        tables["crossings"] = crossings_.of_crossings(tables["crossings"])


def _about(survey: Survey) -> pd.DataFrame:
    """One row: how the residents were asked, when, how many answered, what the weights cost.

    Not how many weights are at a bound, nor how far from the census, when the profile hides someone: they would tell.
    """
    answers, weighting = survey.answers, survey.weighting
    sizes = {"n_eff": float(len(answers)), "deff": 1.0, "low": 0, "high": 0, "gap": np.nan, "converged": False}
    if weighting:
        sizes = {name: getattr(weighting, name) for name in sizes}
        if crossings_.hides_someone(weighting.profile):
            sizes |= dict.fromkeys(("low", "high", "gap"), np.nan)
    row = {
        "plan": survey.note.plan,
        "diffusion": survey.note.diffusion or "",
        "modes": columns.LIST.join(answers["mode"].value_counts().index),
        "start": answers["date"].min(),
        "end": answers["date"].max(),
        "usable": len(answers),
        "weighted": weighting is not None,
        **sizes,
        "out_of_reach": columns.LIST.join(weighting.out_of_reach) if pd.notna(sizes["gap"]) else "",
        "half_width": half_width(len(answers), sizes["deff"]),
        "interval": interval_words(survey.note.plan),
    }
    return pd.DataFrame([row])


def _channels(answers: pd.DataFrame) -> pd.DataFrame:
    """How and through what the answers came: columns kind, label, count; fewer than 10 go with the others."""
    tables = []
    for kind in ("mode", "canal"):
        counts = answers[kind].value_counts()
        few = set(questions.hidden_groups(counts))
        counts = answers[kind].where(~answers[kind].isin(few), OTHERS).value_counts()
        tables.append(pd.DataFrame({"kind": kind, "label": counts.index, "count": counts.to_numpy()}))
    return pd.concat(tables, ignore_index=True)


def _profile(survey: Survey) -> pd.DataFrame:
    """The profile of the respondents, see `weighting.Weighting`, in words."""
    if survey.weighting is None:
        return pd.DataFrame()
    table, asked = survey.weighting.profile, survey.questionnaire.set_index("q_id")
    words = {row.Index: columns.labels(row.modalites) | columns.OUTSIDE for row in asked.itertuples()}
    named = [words.get(row.variable, {}).get(row.modalite, row.modalite) for row in table.itertuples()]
    known = table["variable"].map(asked["libelle"]).fillna(table["variable"])
    return crossings_.small_profile(table.assign(libelle=known, modalite_libelle=named))


def _paths(survey: Survey) -> pd.DataFrame:
    """The paths from what was wished to what is used, for each pair of questions so named."""
    tables = []
    for wished in survey.questionnaire["q_id"]:
        used = questions.used_of(wished)
        if {wished, used} <= set(survey.answers.columns):
            paths, total = questions.wished_and_used(survey.answers, survey.weights, survey.questionnaire, wished, used)
            tables.append(paths.assign(q_id=wished, base=total["base"], got=total["share"]))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()

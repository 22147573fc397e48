"""The consultation of the residents, from the answers to what may be shown of them (rules R1, R2, R20 to R25)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.core.model import OK, SECRET
from ctg_analysis.demarche.survey import blanks, questions, response
from ctg_analysis.demarche.survey.counts import Counts
from ctg_analysis.demarche.survey.crossings import STRENGTHS, with_intervals_of_v
from ctg_analysis.demarche.survey.disclosure import hide
from ctg_analysis.demarche.survey.measured import asked_of, survey_observations
from ctg_analysis.demarche.survey.profile_groups import of_groups, tested_again
from ctg_analysis.demarche.survey.weighted_answers import Survey
from ctg_analysis.demarche.survey.weighting import half_width, interval_words, known_weights
from ctg_analysis.demarche.tables import codes
from ctg_analysis.demarche.tables.outputs import OBSERVATIONS

Tables = dict[str, pd.DataFrame]

OTHERS = "autres"


def of_survey(survey: Survey, restricted: Mapping[str, pd.DataFrame], territory: str) -> Tables:
    """What may be shown of a consultation: see `outputs.RESULTS`; OBSERVATIONS: of the answers alone."""
    coded, note = restricted["ouvertes_codees"], survey.note
    opened = restricted["reponses_ouvertes"] if len(restricted["reponses_ouvertes"]) else coded
    answers = response.with_texts_filled(survey.answers, survey.questionnaire, opened)
    measures = asked_of(CATALOGUE.values(), survey.questionnaire, answers)
    whole = _without_small(survey, answers) | {
        OBSERVATIONS: survey_observations(answers, survey.weights, measures, territory, survey.period)
    }
    weights = known_weights(survey.weighting, answers)
    whole = blanks.rounded(whole, OBSERVATIONS)
    tables = {name: table.copy() for name, table in whole.items()}
    hide(tables, Counts(answers, survey.questionnaire), measures, survey.unsure, weights)
    _finish(survey, tables, whole)
    if weights:
        blanks.without_telling_sizes(tables, weights.question)
    themes = response.open_themes(coded)
    tables |= {
        "consultation": _about(survey),
        "participation": response.participation(note.commences, note.termines, len(survey.answers), note.envoyes),
        "channels": _channels(answers),
        "open_themes": themes,
        "open_quotes": response.quotable_answers(coded, themes),
    }
    shown = {name: table.round(blanks.DIGITS) for name, table in tables.items()}
    tests = shown["crossings"]
    return shown | {"crossings": with_intervals_of_v(tests).round(blanks.DIGITS) if len(tests) else tests}


def _without_small(survey: Survey, answers: pd.DataFrame) -> Tables:
    """The tables of answers without their cells of 1 to 4 respondents, each taken alone."""
    weights, asked = survey.weights, survey.questionnaire
    closed = [row for row in asked.itertuples() if row.type in codes.CLOSED and row.q_id in answers]
    scales = [
        row.q_id for row in asked.itertuples() if row.type in (codes.SCALE, codes.NUMERIC) and row.q_id in answers
    ]
    distributions = [
        blanks.small_cells(questions.distribution(answers, weights, asked, row.q_id), several=row.type == codes.SEVERAL)
        for row in closed
    ]
    groups, tests = of_groups(survey)
    return {
        "profile": _profile(survey),
        "completion": response.completion(answers, asked),
        "distribution": blanks.unsure_left_out(pd.concat(distributions, ignore_index=True), survey.unsure),
        "summary": pd.DataFrame([questions.summary(answers, weights, asked, q_id) for q_id in scales]),
        "crossings": tests,
        "by_group": groups,
        "paths": _paths(survey),
    }


def _finish(survey: Survey, tables: Tables, whole: Tables) -> None:
    """Blank what depends on the figures that the gate has hidden. whole: the tables before the gate."""
    tables["completion"] = response.with_rates(tables["completion"])
    tables["distribution"] = blanks.of_distribution(tables["distribution"])
    measured = tables[OBSERVATIONS]
    withheld = measured["status"].eq(OK) & measured["value"].isna()
    tables[OBSERVATIONS] = measured.assign(status=measured["status"].mask(withheld, SECRET))
    if len(tables["profile"]):
        tables["profile"] = blanks.small_profile(tables["profile"])
    if len(tables["summary"]):
        tables["summary"] = blanks.of_summary(tables["summary"], tables["distribution"])
    if len(tables["paths"]):
        tables["paths"] = blanks.of_paths(tables["paths"], whole["paths"])
    if len(tables["by_group"]):
        tables["by_group"] = blanks.of_groups(tables["by_group"], tables["distribution"])
        tables["crossings"] = tested_again(survey, tables["crossings"], tables["by_group"])
        linked = tables["crossings"].loc[tables["crossings"]["strength"].isin(STRENGTHS), ["q_id", "group"]]
        answered = tables["by_group"][tables["by_group"]["in_base"]]  # who did not say has no share: only a word on it
        pairs = pd.MultiIndex.from_frame(answered[["q_id", "variable"]])
        tables["by_group"] = answered[pairs.isin(pd.MultiIndex.from_frame(linked))]
    if len(tables["crossings"]):
        tables["crossings"] = blanks.of_crossings(tables["crossings"])


def _about(survey: Survey) -> pd.DataFrame:
    """One row: how the residents were asked, when, how many answered, what the weights cost.

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
        "modes": codes.LIST.join(answers["mode"].value_counts().index),
        "start": answers["date"].min(),
        "end": answers["date"].max(),
        "usable": len(answers),
        "weighted": weighting is not None,
        **sizes,
        "out_of_reach": codes.LIST.join(weighting.out_of_reach) if pd.notna(sizes["gap"]) else "",
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
    words = {row.Index: codes.labels(row.modalites) | codes.OUTSIDE for row in asked.itertuples()}
    named = [words.get(row.variable, {}).get(row.modalite, row.modalite) for row in table.itertuples()]
    known = table["variable"].map(asked["libelle"]).fillna(table["variable"])
    return blanks.small_profile(table.assign(libelle=known, modalite_libelle=named))


def _paths(survey: Survey) -> pd.DataFrame:
    """The paths from what was wished to what is used, for each pair of questions so named."""
    tables = []
    for wished in survey.questionnaire["q_id"]:
        used = response.used_of(wished)
        if {wished, used} <= set(survey.answers.columns):
            paths, total = response.wished_and_used(survey.answers, survey.weights, survey.questionnaire, wished, used)
            tables.append(paths.assign(q_id=wished, base=total["base"], got=total["share"]))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()

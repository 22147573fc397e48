"""The consultation of the residents, from the answers to what may be shown of them (rules R1, R20 to R25)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ctg_analysis.field import questions, response
from ctg_analysis.field.codes import (
    CHOICE,
    CLOSED,
    LIST,
    NOT_CONCERNED,
    NUMERIC,
    OUTSIDE,
    SCALE,
    SEVERAL,
    is_yes,
    labels,
    with_blanks_told,
)
from ctg_analysis.field.crossings import STRENGTHS, crossings
from ctg_analysis.field.material import Material
from ctg_analysis.field.tables.documents import Consultation
from ctg_analysis.field.weighting import VOLUNTEERS, Weighting, half_width, interval_words, rake

Tables = dict[str, pd.DataFrame]

SECTEUR, SECTEUR_LABEL = "secteur", "Secteur d'habitation"
WISHED, USED = "_souhaitee", "_utilisee"  # ends of the ids of two questions on the same thing
MOST_GROUPS = 6  # modalities of a question of the profile that others are crossed with
FEWEST = questions.HIDDEN_UNDER
OTHERS = "autres"


@dataclass(frozen=True)
class Survey:
    """Answers ready for counting. questionnaire: with the secteur as a question. answers: no blank left.

    sensitive: answers to sensitive questions, of those who consented alone, with their weights in `weights`.
    """

    questionnaire: pd.DataFrame
    answers: pd.DataFrame
    weights: pd.Series
    weighting: Weighting | None
    note: Consultation

    @property
    def period(self) -> str:
        """Return the year of the last answer."""
        return str(self.answers["date"].max().year)


def open_survey(material: Material, restricted: Mapping[str, pd.DataFrame]) -> Survey | None:
    """Return the answers with their weights; None when there are none.

    Without margins every answer weighs the same.

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
    margins = material["marges"]
    weighting = rake(answers, margins) if len(margins) else None
    weights = weighting.weights if weighting else pd.Series(1.0, index=answers.index)
    return Survey(questionnaire, answers, weights, weighting, material.consultation or Consultation(plan=VOLUNTEERS))


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


def of_survey(survey: Survey, restricted: Mapping[str, pd.DataFrame]) -> Tables:
    """Return what may be shown of a consultation: see `outputs.RESULTS`."""
    answers, weights, asked = survey.answers, survey.weights, survey.questionnaire
    closed = [row.q_id for row in asked.itertuples() if row.type in CLOSED and row.q_id in answers]
    multiple = set(asked.loc[asked["type"].eq(SEVERAL), "q_id"])
    scales = [row.q_id for row in asked.itertuples() if row.type in (SCALE, NUMERIC) and row.q_id in answers]
    coded = restricted["ouvertes_codees"]
    opened = restricted["reponses_ouvertes"] if len(restricted["reponses_ouvertes"]) else coded
    groups, crossed = of_groups(survey)
    told = pd.concat(
        [
            guarded(questions.distribution(answers, weights, asked, one), several=one in multiple, weights=weights)
            for one in closed
        ]
    )
    bases = told.groupby("q_id")["base"].first()
    return {
        "consultation": _about(survey),
        "participation": response.participation(*_counts(survey), sent=survey.note.envoyes),
        "channels": _channels(answers),
        "profile": _profile(survey),
        "completion": response.completion(answers, asked, opened),
        "distribution": told,
        "summary": _apart(pd.DataFrame([questions.summary(answers, weights, asked, one) for one in scales]), bases),
        "crossings": _apart(crossed, bases),
        "by_group": groups,
        "paths": _apart(_paths(survey), bases),
        "open_themes": response.open_themes(coded),
        "open_quotes": response.quotable_answers(coded),
    }


def guarded(table: pd.DataFrame, *, several: bool, weights: pd.Series) -> pd.DataFrame:
    """Return a distribution without its cells of 1 to 4 respondents (rule R1), shown `none`.

    The counts that would tell them by subtraction are left out too (see `questions.hidden_cells`); their shares as
    well, when all answers weigh the same. several: answers add up to more than the base. When 1 to 4 did not answer, or
    were not concerned, neither are counted.
    """
    told = table["count"].where(table["in_base"])
    small = questions.is_few(told)
    beside = questions.hidden_cells(told) & ~small & (not several)
    without = small | (beside & (table["shown"].eq(questions.COUNT) | (weights.nunique() == 1)))
    apart = ~table["in_base"] & questions.is_few(table["count"].mask(table["in_base"])).any()
    table.loc[without, questions.FIGURES] = np.nan
    table.loc[without, "shown"] = questions.NOTHING
    table.loc[beside | apart, "count"] = np.nan
    return table


def _apart(table: pd.DataFrame, bases: pd.Series) -> pd.DataFrame:
    """Return a table without the bases that tell, beside those of the questions, who said « ne sait pas »: 1 to 4.

    bases: those of `distribution`, by question.
    """
    if table.empty:
        return table
    ends = table["q_id"], table["q_id"].str.replace(WISHED, USED, regex=False)
    telling = pd.concat([questions.is_few(end.map(bases) - table["base"]) for end in ends], axis=1).any(axis=1)
    sizes = table.columns.intersection(["base", "n_eff"])
    return table.assign(**{size: table[size].astype(float).mask(telling) for size in sizes})


def _counts(survey: Survey) -> tuple[float, float, int]:
    told = [np.nan if count is None else count for count in (survey.note.commences, survey.note.termines)]
    return *told, len(survey.answers)


def _about(survey: Survey) -> pd.DataFrame:
    """Return one row: how the residents were asked, when, how many answered, what the weights cost."""
    answers, weighting = survey.answers, survey.weighting
    sizes = {"n_eff": float(len(answers)), "deff": 1.0, "low": 0, "high": 0, "gap": np.nan, "converged": False}
    if weighting:
        sizes = {name: getattr(weighting, name) for name in sizes}
    row = {
        "plan": survey.note.plan,
        "diffusion": survey.note.diffusion or "",
        "modes": LIST.join(answers["mode"].value_counts().index),
        "start": answers["date"].min(),
        "end": answers["date"].max(),
        "usable": len(answers),
        "weighted": weighting is not None,
        **sizes,
        "out_of_reach": LIST.join(weighting.out_of_reach) if weighting else "",
        "half_width": half_width(len(answers), sizes["deff"]),
        "interval": interval_words(survey.note.plan),
    }
    return pd.DataFrame([row])


def _channels(answers: pd.DataFrame) -> pd.DataFrame:
    """Return how and through what the answers came: columns kind, label, count; fewer than 10 go with the others."""
    tables = []
    for kind in ("mode", "canal"):
        counts = answers[kind].value_counts()
        few = set(counts.index[counts < FEWEST])
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
    return without_few(table.assign(libelle=known, modalite_libelle=named))


def without_few(profile: pd.DataFrame) -> pd.DataFrame:
    """Return a profile that does not tell of 1 to 4 respondents: neither their number nor what gives it (R1, R2).

    After weights, the shares beside it would tell it too, of those who did not say or are raked together with others.
    """
    hidden = profile.groupby("variable")["count"].transform(questions.hidden_cells).astype(bool)
    telling = hidden.groupby(profile["variable"]).transform("any")
    known = profile.astype({"count": float})
    return known.assign(
        count=known["count"].mask(hidden),
        before=known["before"].mask(hidden),
        after=known["after"].mask(telling),
        represented=known["represented"].mask(hidden, ""),
    )


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
    tests = pd.concat([crossings(answers, survey.weights, asked, [(one, group) for one in about]) for group in groups])
    linked = tests.loc[tests["strength"].isin(STRENGTHS), ["q_id", "group"]].drop_duplicates()
    tables = [
        _shares_alone(questions.by_group(answers, survey.weights, asked, q_id, group)).assign(variable=group)
        for q_id, group in linked.itertuples(index=False)
    ]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(), tests


def _shares_alone(table: pd.DataFrame) -> pd.DataFrame:
    """Return the shares by group; no count, which those of the other groups would tell, no cell of 1 to 4."""
    small = questions.is_few(table["count"]) | table["shown"].eq(questions.COUNT)
    table.loc[small, ["share", "low", "high", "citations", "p"]] = np.nan
    table.loc[small, "word"] = None
    return table.assign(shown=table["shown"].mask(small, questions.NOTHING)).drop(columns="count")


def _paths(survey: Survey) -> pd.DataFrame:
    """Return the paths from what was wished to what is used, for each pair of questions so named."""
    tables = []
    for wished in (name for name in survey.questionnaire["q_id"] if name.endswith(WISHED)):
        used = wished.removesuffix(WISHED) + USED
        if {wished, used} <= set(survey.answers.columns):
            paths, total = response.wished_and_used(survey.answers, survey.weights, survey.questionnaire, wished, used)
            tables.append(paths.assign(q_id=wished, base=total["base"], got=total["share"]))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()

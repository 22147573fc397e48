"""Two consultations whose counts fall in the same intervals are told by the same bytes (rules R1 and R2)."""

import numpy as np
import pandas as pd
import pytest
from survey_fixtures import drawn, margins, published_of

from ctg_analysis.demarche.survey import open_survey

CODES = {
    "isolement": ["1", "2", "3", "4"],
    "connait_evs": ["va", "nom", "non"],
    "garde_souhaitee": ["creche", "am", "parent"],
    "garde_utilisee": ["creche", "am", "parent"],
    "besoins_parents": ["rencontre", "ecoute", "repit", "rien", "rencontre|ecoute", "ecoute|repit"],
}
SILENT, WISHES = ["NC", "SR"], ["garde_souhaitee", "garde_utilisee"]


def intervals(answers, weights, groups, name):
    """Return the intervals of the respondents who gave each answer to a question, and of those who use what they
    wished: of all and of each group, weighted to the size of each base.
    """
    places = pd.concat([pd.Series(1, answers.index), *(pd.get_dummies(answers[by]) for by in groups)], axis=1)
    places, weights = places.to_numpy(float).T, weights.to_numpy()
    inside = ~answers[name].isin(SILENT).to_numpy()
    gave = answers[name].where(inside, "").str.get_dummies("|")
    gave = gave.reindex(columns=sorted({*"|".join([*CODES[name], "NSP"]).split("|")}), fill_value=0).to_numpy()
    both = ~answers[WISHES].isin([*SILENT, "NSP"]).any(axis=1).to_numpy()
    same = answers[WISHES[0]].eq(answers[WISHES[1]]).to_numpy()
    got = np.column_stack([both & same, both & ~same])
    told = []
    for cells, base in ((gave, inside), (got, both)):
        counts, scale = places @ cells, (places @ base) / np.maximum(places @ (base * weights), 1e-9)
        weighted = np.rint(places @ (cells * weights[:, np.newaxis]) * scale[:, np.newaxis]) // 5
        told += [*(counts // 5).ravel(), *np.where(counts < 5, 0, weighted).ravel()]
    return told


def other_world(survey, groups, draw):
    """Return other answers, each count of which is of the same interval, and how many are changed."""
    answers, changes = survey.answers.copy(), 0
    known = {name: intervals(answers, survey.weights, groups, name) for name in CODES}
    for _ in range(250):
        name = draw.choice([*CODES])
        place = draw.choice(answers.index[~answers[name].isin([*SILENT, "NSP"])])
        was = answers.at[place, name]
        answers.at[place, name] = draw.choice([code for code in CODES[name] if code != was])
        if intervals(answers, survey.weights, groups, name) == known[name]:
            changes += 1
        else:
            answers.at[place, name] = was
    return answers, changes


@pytest.mark.slow
@pytest.mark.parametrize(
    "size, groups, weighted_on",
    [
        (160, ["sexe", "enfants"], ()),
        pytest.param(300, ["age", "commune", "enfants"], ("age", "commune"), marks=pytest.mark.nightly),
        pytest.param(90, ["sexe", "enfants"], ("sexe+enfants",), marks=pytest.mark.nightly),
    ],
)
def test_what_is_published_depends_on_intervals_alone(size, groups, weighted_on):
    private, names = drawn(size, size), [*groups, *CODES]
    private["reponses"] = private["reponses"].assign(secteur="")
    one = published_of(private, margins(*weighted_on), names)
    survey = open_survey(one.material, one.restricted)
    answers, changes = other_world(survey, groups, np.random.default_rng(size))
    assert changes > 5
    private["reponses"] = private["reponses"].assign(**{name: answers[name] for name in CODES})
    other = published_of(private, margins(*weighted_on), names)
    assert one.tables.keys() == other.tables.keys()
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name], check_exact=True, obj=name)
    moved = private["reponses"]["isolement"].replace("3", "4")
    private["reponses"] = private["reponses"].assign(isolement=moved)
    moved = published_of(private, margins(*weighted_on), names).tables["distribution"]
    assert not moved.equals(one.tables["distribution"])


def of_few(few):
    """Return what is published of 64 respondents, of whom some say « nom », others « va » or « non »."""
    private = drawn(1, 64)
    private["reponses"]["connait_evs"] = ["nom"] * few + ["va"] * (24 - few) + ["non"] * 40
    private["reponses"] = private["reponses"].assign(sexe=["F"] * 30 + ["H"] * 34, secteur="")
    return published_of(private, margins(), ["sexe", "connait_evs"]).tables


def test_nobody_to_four_are_told_alike_and_five_are_not():
    told = [of_few(few) for few in (0, 1, 4, 5)]
    for tables in told[1:3]:
        for name, table in told[0].items():
            pd.testing.assert_frame_equal(table, tables[name], check_exact=True, obj=name)
    shares = [tables["distribution"].query("q_id == 'connait_evs'").set_index("modalite")["share"] for tables in told]
    assert np.isnan(shares[2]["nom"]) and shares[3]["nom"] > 0


def test_what_is_published_counts_by_fives_and_in_whole_percents():
    tables = published_of(
        drawn(8, 240), margins("age", "commune"), ["sexe", "age", "commune", "enfants", *CODES]
    ).tables
    counts = {"usable_least", "n_eff", "count", "base_least", "put_least", "answered_least", "least", "no_answer"}
    counts |= {"not_concerned"}
    shares = {"share", "low", "high", "citations", "before", "after", "nonresponse", "of_started"}
    seen = set()
    for name, table in tables.items():
        for column in counts & {*table}:
            cells = table[column].dropna().astype(float)
            assert name in ("interviews",) or cells.mod(5).eq(0).all(), (name, column)
        for column in shares & {*table} if name != "observations" else ():
            cells = table[column].dropna()
            assert cells.round(2).equals(cells), (name, column)
        seen |= {*table}
    assert counts | shares <= seen

"""Hand-worked cases: what each indicator must give (rule R13), with its arithmetic in tests/cases/*.yml."""

import pandas as pd
import pytest
from worked_cases import hand_worked_cases

from ctg_analysis.demarche.columns import OUTSIDE
from ctg_analysis.demarche.questions import Asked, distribution, survey_observations
from ctg_analysis.indicators.findings import under_norms
from ctg_analysis.indicators.observe import observe
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import MISSING, OK
from ctg_analysis.model.source import COMPLEMENTARY, MAIN, SOURCES
from ctg_analysis.secrecy.rounding import rounded

COLUMNS = ["code", "level", "period", "measure", "value"]
ALONE = {"answers", "rounded", "fraction", "inhabitants"}  # what a case holds that no other may be worked out with


@pytest.mark.slow
@pytest.mark.parametrize("alone", [False, pytest.param(True, marks=pytest.mark.nightly)])
def test_each_indicator_gives_what_was_worked_out_by_hand(alone):
    """By day most cases are worked out together, each in places of its own, and by itself what is not as expected then;
    by night each by itself.
    """
    cases = [(CATALOGUE[indicator], case) for indicator, several in hand_worked_cases().items() for case in several]
    assert len(cases) > len(CATALOGUE)
    apart = {number: facts_of(one, case) for number, (one, case) in enumerate(cases) if not ALONE & case.keys()}
    facts = pd.concat([rows.assign(code=f"{number}|" + rows["code"]) for number, rows in apart.items()])
    together = dict(list(observe(CATALOGUE.values(), facts, SOURCES).groupby("indicator")))
    faults = []
    for number, (one, case) in enumerate(cases):
        if number in apart and one.id in together and not alone:
            rows = together[one.id]
            rows = rows.assign(territory=rows["territory"].str.removeprefix(f"{number}|"))
            if not [*faults_of(one, case, rows)]:
                continue
        rows = from_answers(one, case) if "answers" in case else from_facts(one, case)
        faults += [f"{one.id}: {case['name']}: {fault}" for fault in faults_of(one, case, rows)]
    assert faults == []


def faults_of(one, case, rows):
    """Say each number or word that is not what the case expects."""
    if "inhabitants" in case:
        found = under_norms(rows, pd.Series(case["inhabitants"]), {one.id: one}).get(one.id)
        if found != pytest.approx(case["under_norm"]):
            yield f"under the norm: {found}, expected {case['under_norm']}"
    for expected in case["expect"]:
        place = expected["territory"], str(expected["period"])
        found = rows[rows["territory"].eq(place[0]) & rows["period"].eq(place[1])]
        if len(found) != 1:
            yield f"{place}: {len(found)} rows"
            continue
        for column in expected.keys() - {"territory", "period"}:
            value = expected[column]
            if not isinstance(value, str):
                value = pytest.approx(value, abs=case.get("within", 1e-4), nan_ok=True)
            if found[column].item() != value:
                yield f"{place}, {column}: {found[column].item()}, expected {value}"


def from_answers(one, case):
    """Return the observation of answers to the question that the indicator names: cell, weight, respondents."""
    each = [(cell, float(weight)) for cell, weight, count in case["answers"] for _ in range(count)]
    question, _, codes = one.value.numerator.partition("=")
    assert question == one.value.denominator
    asked = Asked(one.id, question, tuple(codes.split("|")))
    answers = pd.DataFrame({question: [cell for cell, _ in each]})
    kind = "multiple" if answers[question].str.contains("|", regex=False).any() else "unique"
    given = {code for cell in answers[question].unique() for code in cell.split("|")} - {*OUTSIDE}
    labels = tuple((code, code) for code in sorted(given | {*asked.codes}))
    questionnaire = pd.DataFrame([{"q_id": question, "type": kind, "modalites": labels, "sensible": False}])
    weights = pd.Series([weight for _, weight in each])
    return survey_observations(
        distribution(answers, weights, questionnaire, question, case.get("deff", 1)), [asked], "T", "2024"
    )


def facts_of(one, case):
    facts = pd.DataFrame(case["facts"], columns=[*COLUMNS, "source"][: len(case["facts"][0])])
    if "source" not in facts:
        facts["source"] = one.sources[0]
    facts["period"] = facts["period"].astype(str)
    # A word in the place of a value is a status: secret, nd.
    words = facts["value"].map(lambda value: value if isinstance(value, str) else None)
    facts["value"] = pd.to_numeric(facts["value"], errors="coerce")
    facts["status"] = words.fillna(facts["value"].isna().map({True: MISSING, False: OK}))
    return facts.astype({"code": str})


def from_facts(one, case):
    facts = facts_of(one, case)
    places = pd.MultiIndex.from_frame(facts[["level", "code"]].drop_duplicates())
    if "rounded" in case:  # for secrecy: place -> what it is made of (rules R1, R2)
        source = SOURCES[one.sources[0]]
        made_of = [(place, "epci", part) for place, parts in case["rounded"].items() for part in parts]
        facts = rounded(facts, source, [one], pd.DataFrame(made_of, columns=["territory", "level", "commune"]))
    coded = pd.DataFrame({COMPLEMENTARY: case["fraction"], MAIN: 1.0}, places) if "fraction" in case else None  # R7
    return observe([one], facts, SOURCES, coded)

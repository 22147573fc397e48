"""Hand-worked cases: what each indicator must give (rule R13), with its arithmetic in tests/cases/*.yml."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.core.model import MISSING, OK
from ctg_analysis.demarche.survey.measured import Asked, survey_observations
from ctg_analysis.indicators.observe import observe_alike
from ctg_analysis.sources import SOURCES

CASES = [
    pytest.param(file["indicator"], case, id=f"{file['indicator']}: {case['name']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.yml"))
    for file in [yaml.safe_load(path.read_text(encoding="utf-8"))]
    for case in file["cases"]
]
COLUMNS = ["code", "level", "period", "measure", "value"]


@pytest.mark.parametrize("indicator, case", CASES)
def test_case(indicator, case):
    one = CATALOGUE[indicator]
    rows = from_answers(one, case) if "answers" in case else from_facts(one, case)
    rows = rows.set_index(["territory", "period"])
    for expected in case["expect"]:
        row = rows.loc[(expected.pop("territory"), str(expected.pop("period")))]
        for column, value in expected.items():
            if isinstance(value, str):
                assert row[column] == value, column
            else:
                assert row[column] == pytest.approx(value, abs=case.get("within", 1e-4), nan_ok=True), column


def from_answers(one, case):
    """Return the observation of answers to the question that the indicator names: cell, weight, respondents."""
    each = [(cell, float(weight)) for cell, weight, count in case["answers"] for _ in range(count)]
    question, _, codes = one.value.numerator.partition("=")
    assert question == one.value.denominator
    asked = Asked(one.id, question, tuple(codes.split("|")))
    answers = pd.DataFrame({question: [cell for cell, _ in each]})
    return survey_observations(answers, pd.Series([weight for _, weight in each]), [asked], "T", "2024")


def from_facts(one, case):
    facts = pd.DataFrame(case["facts"], columns=[*COLUMNS, "source"][: len(case["facts"][0])])
    if "source" not in facts:
        facts["source"] = one.sources[0]
    facts["period"] = facts["period"].astype(str)
    # A word in the place of a value is a status: secret, nd.
    words = facts["value"].map(lambda value: value if isinstance(value, str) else None)
    facts["value"] = pd.to_numeric(facts["value"], errors="coerce")
    facts["status"] = words.fillna(facts["value"].isna().map({True: MISSING, False: OK}))
    by_measure = {measure: rows for measure, rows in facts.groupby("measure")}
    places = pd.MultiIndex.from_frame(facts[["level", "code"]].drop_duplicates())
    coded = pd.Series(case["fraction"], places) if "fraction" in case else None  # of the dwellings (rule R7)
    return observe_alike([one], by_measure, SOURCES, coded)

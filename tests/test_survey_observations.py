"""Results of the survey that are indicators."""

import pandas as pd
import pytest

from ctg_analysis.demarche.questions import Asked, survey_observations

EPCI = "999999999"


def observed(*asked, weights=None, **counts):
    """Return the observations of questions given as counts of codes."""
    answers = pd.DataFrame(
        {q_id: pd.Series([code for code, n in codes.items() for _ in range(n)]) for q_id, codes in counts.items()}
    ).fillna("NC")
    weights = pd.Series(1.0, index=answers.index) if weights is None else weights
    return survey_observations(answers, weights, asked, EPCI, "2023").set_index("indicator")


def test_a_share_is_weighted_and_counts_respondents():
    weights = pd.Series([1.0] * 60 + [2.0] * 30 + [4.0] * 10 + [9.0] * 20)
    rows = observed(
        Asked("gave_up_share", "renonce", ("oui", "parfois")),
        weights=weights,
        renonce={"non": 60, "oui": 30, "parfois": 10, "SR": 12, "NC": 8},
    )
    row = rows.loc["gave_up_share"]
    assert (row["value"], row["denominator"], row["numerator"]) == (62.5, 100, 62.5)
    assert (row["low"], row["high"]) == pytest.approx((51.21, 72.58), abs=0.01)
    assert (row["status"], row["quality"], row["level"], row["period"]) == ("ok", 2, "epci", "2023")


@pytest.mark.parametrize(
    "counts, status, quality",
    [
        ({"oui": 5, "non": 4}, "secret", 3),
        ({"oui": 5, "non": 5}, "ok", 3),
        ({"oui": 4, "non": 60}, "secret", 2),
        ({"oui": 60, "non": 3}, "secret", 2),
        ({"oui": 0, "non": 60}, "ok", 2),
        ({"NC": 60}, "nd", 3),
    ],
)
def test_few_respondents_are_not_shown(counts, status, quality):
    row = observed(Asked("s_share", "q", ("oui",)), q=counts).loc["s_share"]
    assert (row["status"], row["quality"]) == (status, quality)
    figures = row[["numerator", "denominator", "value", "low", "high"]].isna()
    assert figures.all() if status != "ok" else not figures.any()

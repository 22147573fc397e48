"""Results of the survey that are indicators."""

import pandas as pd
import pytest

from ctg_analysis.demarche.questions import Asked, distribution, survey_observations

EPCI = "999999999"


def observed(codes, weights=None, **counts):
    """Return the observation of a question given as counts of codes."""
    cells = pd.Series([code for code, n in counts.items() for _ in range(n)])
    labels = "|".join(f"{code}={code}" for code in ("oui", "parfois", "non"))
    asked = pd.DataFrame([("q", "unique", labels, "non")], columns=["q_id", "type", "modalites", "sensible"])
    weights = pd.Series(1.0, index=cells.index) if weights is None else weights
    table = distribution(pd.DataFrame({"q": cells}), weights, asked, "q")
    return survey_observations(table, [Asked("s_share", "q", codes)], EPCI, "2023").iloc[0]


def test_a_share_is_weighted_rounded_and_counts_respondents():
    """30 and 10 weigh 60 and 40 of 160: 37.5 and 25 of 100, rounded 38 and 25: 37 + 27 of 37 + 27 + 37 + 2."""
    weights = pd.Series([1.0] * 60 + [2.0] * 30 + [4.0] * 10 + [9.0] * 20)
    row = observed(("oui", "parfois"), weights, non=60, oui=30, parfois=10, SR=12, NC=8)
    assert (row["value"], row["denominator"], row["numerator"]) == (62, 105, 65)
    assert (row["low"], row["high"]) == (48, 75)
    assert (row["status"], row["quality"], row["level"], row["period"]) == ("ok", 2, "epci", "2023")


@pytest.mark.parametrize(
    "counts, status, quality",
    [
        ({"oui": 9, "non": 8}, "secret", 3),
        ({"oui": 10, "non": 10}, "ok", 3),
        ({"oui": 4, "non": 60}, "secret", 2),
        ({"oui": 60, "non": 3}, "ok", 2),
        ({"oui": 0, "non": 60}, "secret", 2),
        ({"NC": 60}, "secret", 3),
    ],
)
def test_few_respondents_are_not_shown(counts, status, quality):
    row = observed(("oui",), **counts)
    assert (row["status"], row["quality"]) == (status, quality)
    figures = row[["numerator", "denominator", "value", "low", "high"]].isna()
    assert figures.all() if status != "ok" else not figures.any()

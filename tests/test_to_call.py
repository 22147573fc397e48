"""Whom to call: peers that stand better by a large gap, beyond both intervals, the most alike first."""

from types import SimpleNamespace

import pandas as pd
import pytest

from ctg_analysis.chapter.known import better
from ctg_analysis.model.catalogue import CATALOGUE

OWN = pd.Series({"period": "2023", "source": "one", "value": 50.0, "low": 48.0, "high": 52.0})


@pytest.mark.unit
@pytest.mark.parametrize(
    "name, found", [("childcare_coverage_rate", ["d", "a"]), ("adults_without_doctor_rate", ["e"])]
)
def test_the_peers_to_call_stand_better_by_a_large_gap_for_sure(name, found):
    """Beside 50 (48 to 52): 56 (a), 57 of 51 to 63 (b), 54 (c: less than a tenth), 90 (d), 40 (e), of 2022 (f)."""
    rows = pd.DataFrame({"territory": list("abcdef"), "value": [56.0, 57, 54, 90, 40, 90]})
    rows = rows.assign(indicator=name, period=["2023"] * 5 + ["2022"], source="one", status="ok", low=None, high=None)
    rows = rows.astype({"low": float, "high": float})
    rows.loc[1, ["low", "high"]] = 51.0, 63.0
    peers = pd.DataFrame({"peer": list("dabcef"), "distance": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]})
    territory = SimpleNamespace(around=rows, peers=SimpleNamespace(peers=peers))
    assert better(territory, CATALOGUE[name], OWN)["peer"].tolist() == found

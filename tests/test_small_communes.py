"""Estimates of the shares of small communes: their law, their bounds, and what they may not tell."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.display import sentences
from ctg_analysis.indicators.uncertainty import possible_laws, smoothed_shares
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import CENSORED, MISSING, OK, SECRET
from ctg_analysis.model.settings import EXAMPLE_EPCI
from ctg_analysis.show.maps import with_estimates

# 71 groups of rats, those with a tumour and all: Tarone (1982), table 5.1 of Gelman and others, Bayesian data analysis.
TUMOURS = [0] * 14 + [1] * 8 + [2] * 9 + [1, 5, 2, 5, 3, 2, 7, 7, 3, 3, 2, 9, 10] + [4] * 7
TUMOURS += [10, 4, 4, 4, 5, 11, 12, 5, 5, 6, 5, 6, 6, 6, 6, 16, 15, 15, 9, 4]
RATS = [20] * 7 + [19] * 4 + [18, 18, 17, 20, 20, 20, 20, 19, 19, 18, 18, 25, 24, 23] + [20] * 6
RATS += [10, 49, 19, 46, 27, 17, 49, 47, 20, 20, 13, 48, 50] + [20] * 7
RATS += [48, 19, 19, 19, 22, 46, 49, 20, 20, 23, 19, 22, 20, 20, 20, 52, 46, 47, 24, 14]
COUNTS, BASES = pd.Series(TUMOURS, dtype=float), pd.Series(RATS, dtype=float)


def test_the_law_of_a_published_example():
    """Section 5.3 has 0.136 and 0.103 for the 70 earlier shares, then (2.4, 14.3) for the law of all, with a prior that
    is a little other than ours."""
    shares = (COUNTS / BASES)[:70]
    assert (round(shares.mean(), 3), round(shares.std(), 3)) == (0.136, 0.103)
    mean, likeness, weight = possible_laws(COUNTS.to_numpy(), BASES.to_numpy())
    strength = 1 / likeness - 1
    assert weight @ (mean * strength) == pytest.approx(2.4, abs=0.2)
    assert weight @ ((1 - mean) * strength) == pytest.approx(14.3, abs=1)
    assert smoothed_shares(COUNTS, BASES).iloc[70].round(3).tolist() == [0.212, 0.085, 0.379]


def test_values_are_those_of_the_law_that_scipy_finds_the_likeliest():
    likelihood = lambda logs: -stats.betabinom.logpmf(TUMOURS, RATS, *np.exp(logs)).sum()  # noqa: E731
    first, second = np.exp(optimize.minimize(likelihood, [0, 2]).x)
    expected = (COUNTS + first) / (BASES + first + second)
    found = smoothed_shares(COUNTS, BASES)
    assert (found["value"] - expected).abs().max() < 0.006
    plain = stats.beta.interval(0.95, COUNTS + first, BASES - COUNTS + second)
    assert (found["high"] - found["low"]).gt((plain[1] - plain[0]) * 0.99).all()  # with what is not known of the law


def test_the_weights_of_laws_are_their_likelihoods():
    """Of two laws of one likeness, and of nearly one mean, the weights go as the probabilities of the counts."""
    counts, bases = COUNTS.to_numpy(), BASES.to_numpy()
    mean, likeness, weight = possible_laws(counts, bases)
    one, other = 30 * 13 + 6, 30 * 13 + 7  # neighbours on the grid
    strength = 1 / likeness[one] - 1
    chances = [
        stats.betabinom.logpmf(counts, bases, mean[at] * strength, (1 - mean[at]) * strength).sum()
        + np.log(mean[at] * (1 - mean[at]))
        for at in (one, other)
    ]
    assert np.log(weight[other] / weight[one]) == pytest.approx(chances[1] - chances[0], abs=1e-8)


@pytest.mark.parametrize(("communes", "strength", "mean"), [(21, 30, 0.3), (8, 30, 0.3), (40, 10, 0.05)])
def test_bounds_hold_what_they_say(communes, strength, mean):
    draws = np.random.default_rng(21)
    held = []
    for _ in range(150):
        bases = np.round(np.exp(draws.normal(4, 1, communes)) + 3)
        shares = draws.beta(mean * strength, (1 - mean) * strength, communes)
        counts = draws.binomial(bases.astype(int), shares).astype(float)
        found = smoothed_shares(pd.Series(counts), pd.Series(bases))
        if len(found):
            held.append(np.mean((found["low"] <= shares) & (shares <= found["high"])))
    assert len(held) > 140 and 0.93 <= np.mean(held) <= 0.97


def test_what_communes_have_all_or_none_of_is_not_smoothed():
    reached, people = pd.Series([0.0, 480, 500, 0, 90, 300]), pd.Series([300.0, 480, 500, 200, 90, 310])
    assert smoothed_shares(reached, people).empty


SHARE = CATALOGUE["vacant_dwellings_share"]
# Fewer than 20 in A, F and G; the share of F is known within 5.4 points, that of G within 1.1.
DWELLINGS = {"A": (2, 15), "B": (30, 200), "C": (25, 240), "D": (60, 500), "E": (21, 140), "F": (9, 100), "G": (9, 500)}


def communes(**statuses):
    """Return readable rows of the communes; the counts of those that have another status than ok are there."""
    rows = pd.DataFrame(
        [(code, *counts, statuses.get(code, OK)) for code, counts in DWELLINGS.items()],
        columns=["territory", "numerator", "denominator", "status"],
    ).astype({"numerator": float, "denominator": float})
    rows = rows.assign(value=rows["numerator"] / rows["denominator"] * 100, level="commune", quality=1)
    return rows.assign(low=float("nan"), high=float("nan"), source="insee_iris_rp2021", period="2021")


def test_an_estimate_stands_where_a_share_is_not_reliable_beside_its_counts():
    found = with_estimates(SHARE, communes()).set_index("territory")
    assert [code for code, shown in found["shown"].items() if not shown] == ["A", "F"]
    assert found["estimate"].notna().to_dict() == (~found["shown"]).to_dict()
    assert found["estimate_text"]["A"].endswith("), pour 2 sur 15") and found["estimate_text"]["B"] == ""
    assert 9 < found["estimate"]["F"] < 11


def test_a_place_without_a_value_has_no_estimate_and_no_part_in_those_of_others():
    for status in (SECRET, MISSING, CENSORED):
        rows = communes(F=status)
        told = with_estimates(SHARE, rows).set_index("territory")
        assert np.isnan(told["estimate"]["F"]) and told["estimate_text"]["F"] == "" and not told["shown"]["F"]
        moved = rows.assign(numerator=rows["numerator"].mask(rows["territory"].eq("F"), 100.0))
        without = with_estimates(SHARE, rows[rows["territory"].ne("F")]).set_index("territory")
        for other in (with_estimates(SHARE, moved).set_index("territory"), without):
            assert told["estimate_text"].drop("F").equals(other["estimate_text"].drop("F", errors="ignore"))


def test_four_communes_have_none_and_their_shares_stay():
    found = with_estimates(SHARE, communes()[:4])
    assert found["estimate"].isna().all() and found["shown"].tolist() == [False, True, True, True]


def test_rounded_counts_and_what_is_no_share_have_none():
    assert with_estimates(CATALOGUE["births_count"], communes())["estimate"].isna().all()
    rounded = communes().assign(source="caf_s_ben_com_f")
    assert with_estimates(CATALOGUE["caf_single_parent_households_share"], rounded)["estimate"].isna().all()


def test_sheets_have_the_estimate_beside_what_is_written():
    chapter = open_chapter(EXAMPLE_EPCI)
    rows = chapter.territory.readable(CATALOGUE["single_parent_families_share"])
    assert any(sentences.is_weak(row) for row in rows.itertuples(index=False))
    html = chapter.communes("population_count", "single_parent_families_share").html
    assert "peu fiable ; estimation lissée" in html.replace("\u202f", " ").replace("\xa0", " ")

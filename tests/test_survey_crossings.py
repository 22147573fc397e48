"""Crossings (rules R23 and R26): the vectors of the rule, what is done when few are expected, families of tests."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.optimize import brentq

from ctg_analysis.demarche.crossings import (
    CHI2,
    FISHER,
    MERGED,
    PERMUTATIONS,
    TOO_FEW,
    association,
    crossings,
    interval_of_v,
    strength,
    with_intervals_of_v,
)
from ctg_analysis.demarche.survey import of_groups
from ctg_analysis.model.errors import UserError

NAN = float("nan")
QUESTIONNAIRE = pd.DataFrame(
    [
        ("secteur", "unique", "c=Centre|n=Nord|s=Sud", "non"),
        ("genre", "unique", "f=Femme|h=Homme", "non"),
        ("avis", "unique", "oui=Oui|non=Non", "non"),
        ("choix", "unique", "a=A|b=B|d=D", "non"),
        ("note", "échelle", "1=Pas du tout|2=Un peu|3=Assez|4=Tout à fait", "non"),
        ("besoins", "multiple", "a=Accueil|b=Bus", "non"),
        ("sante", "unique", "oui=Oui|non=Non", "oui"),
    ],
    columns=["q_id", "type", "modalites", "sensible"],
)


def answers(group, question, table):
    """Return the answers of a table of counts: group → code → count."""
    cells = [(row, code) for row, counts in table.items() for code, n in counts.items() for _ in range(n)]
    return pd.DataFrame(cells, columns=[group, question])


def crossed(table, group, question, weights=None):
    weights = pd.Series(1.0, index=table.index) if weights is None else weights
    return crossings(table, weights, QUESTIONNAIRE, [(question, group)])


def test_r23_chi2_and_v_of_the_vector_of_the_rule():
    found = association(pd.DataFrame([[30, 10], [20, 40]]))
    assert (round(found.chi2, 3), round(found.v, 3), round(found.v_corrected, 3)) == (16.667, 0.408, 0.398)
    table = answers("genre", "avis", {"f": {"oui": 30, "non": 10}, "h": {"oui": 20, "non": 40}})
    row = crossed(table, "genre", "avis").iloc[0]
    assert (round(row["chi2"], 3), round(row["v_corrected"], 3), row["method"]) == (16.667, 0.398, CHI2)
    assert row["strength"] == "lien moyen" and row["dof"] == 1
    assert row["p"] == pytest.approx(stats.chi2.sf(50 / 3, 1))


def test_r23_the_table_is_that_of_weighted_shares_times_the_effective_size():
    table = answers("genre", "avis", {"f": {"oui": 60, "non": 30}, "h": {"oui": 45, "non": 45}})
    weights = pd.Series(np.tile([1.0, 2.0, 1.0], 60))
    shares = weights.groupby([table["genre"], table["avis"]]).sum().unstack()
    n_eff = 240**2 / 360
    expected = association(shares * n_eff / 240)
    row = crossed(table, "genre", "avis", weights).iloc[0]
    assert (row["base"], row["n_eff"]) == (180, pytest.approx(160))
    assert (row["chi2"], row["p"]) == (pytest.approx(expected.chi2), pytest.approx(expected.p))
    assert row["chi2"] < association(shares * 180 / 240).chi2


def test_r23_fisher_where_fewer_than_5_are_expected():
    table = answers("genre", "avis", {"f": {"oui": 8, "non": 2}, "h": {"oui": 4, "non": 26}})
    row = crossed(table, "genre", "avis").iloc[0]
    assert row["method"] == FISHER
    assert row["p"] == pytest.approx(stats.fisher_exact([[8, 2], [4, 26]]).pvalue)


def test_r23_steps_of_a_scale_are_put_together_where_fewer_than_5_are_expected():
    table = answers(
        "genre", "note", {"f": {"1": 2, "2": 10, "3": 20, "4": 30}, "h": {"1": 3, "2": 25, "3": 20, "4": 12}}
    )
    row = crossed(table, "genre", "note").iloc[0]
    assert row["method"] == MERGED and row["dof"] == 2
    assert row["chi2"] == pytest.approx(association(pd.DataFrame([[12, 20, 30], [28, 20, 12]])).chi2)


def test_r23_permutations_where_nothing_can_be_put_together():
    counts = {"c": {"a": 9, "b": 5, "d": 2}, "n": {"a": 4, "b": 7, "d": 3}, "s": {"a": 3, "b": 3, "d": 6}}
    table = answers("secteur", "choix", counts)
    row = crossed(table, "secteur", "choix").iloc[0]
    dealt = stats.PermutationMethod(n_resamples=9999, rng=np.random.default_rng(1))
    scipys = stats.chi2_contingency(pd.DataFrame(counts).T, correction=False, method=dealt)
    assert row["method"] == PERMUTATIONS and 0.05 < row["p"] == pytest.approx(scipys.pvalue, abs=0.02)
    shuffled = table.sample(frac=1, random_state=3)
    assert crossed(shuffled, "secteur", "choix").iloc[0]["p"] == row["p"]
    apart = answers("secteur", "choix", {"c": {"a": 12, "b": 3}, "n": {"b": 9, "d": 2}, "s": {"a": 2, "d": 8}})
    assert crossed(apart, "secteur", "choix").iloc[0]["p"] == 1 / 2000


def test_a_family_of_crossings_is_adjusted_and_each_option_is_tested():
    generator = np.random.default_rng(2)
    table = pd.DataFrame(
        {
            "secteur": generator.choice(["c", "n", "s"], 300),
            "genre": generator.choice(["f", "h"], 300),
            "avis": generator.choice(["oui", "non", "NSP", "SR"], 300),
            "besoins": generator.choice(["a", "b", "a|b", "NC"], 300),
        }
    )
    weights = pd.Series(generator.uniform(0.5, 2, 300))
    pairs = [("avis", "genre"), ("avis", "secteur"), ("besoins", "genre")]
    told = crossings(table, weights, QUESTIONNAIRE, pairs)
    assert told[["q_id", "modalite"]].to_numpy().tolist() == [
        ["avis", ""],
        ["avis", ""],
        ["besoins", "a"],
        ["besoins", "b"],
    ]
    ordered = told["p"].sort_values()
    by_hand = (ordered * 4 / np.arange(1, 5))[::-1].cummin()[::-1].clip(upper=1)
    assert told["p_adjusted"].to_dict() == pytest.approx(by_hand.to_dict())
    assert told.loc[0, "base"] == table["avis"].isin(["oui", "non"]).sum()
    again = crossings(table.iloc[::-1], weights.iloc[::-1], QUESTIONNAIRE, pairs)
    pd.testing.assert_frame_equal(told, again)


def test_words_follow_the_test_then_the_size_of_the_link():
    v = pd.Series([0.6, 0.6, 0.3, 0.29, 0.24, np.nan])
    levels, p = pd.Series([2, 2, 2, 2, 3, 2]), pd.Series([0.001, 0.2, 0.01, 0.01, 0.01, np.nan])
    assert strength(v, levels, p).tolist() == [
        "lien fort",
        "pas de lien établi",
        "lien moyen",
        "lien faible",
        "lien moyen",
        "base insuffisante",
    ]


@pytest.mark.parametrize("v, n, levels, dof", [(0.5, 80, 2, 1), (0.31, 240, 3, 4), (0.12, 60, 2, 2), (0.9, 30, 3, 6)])
def test_the_interval_of_v_is_that_of_the_noncentral_chi2(v, n, levels, dof):
    """The centres of which the χ² of the table is the 97.5th and the 2.5th percentile, found by another way."""
    square, spread = v**2 * n * (levels - 1), n * (levels - 1)
    bounds = []
    for chance in (0.975, 0.025):
        reaches = stats.chi2.cdf(square, dof) > chance
        centre = brentq(lambda nc, chance=chance: stats.ncx2.cdf(square, dof, nc) - chance, 1e-9, 1e4) if reaches else 0
        bounds.append(min(1.0, float(np.sqrt(centre / spread))))
    told = interval_of_v(*(pd.Series([float(figure)]) for figure in (v, n, levels, dof)))
    assert [bound.item() for bound in told] == pytest.approx(bounds, abs=1e-6)


def test_no_strong_link_on_a_small_base_without_its_interval():
    tests = pd.DataFrame({"base": [99.0, 99.0, 100.0, NAN], "n_eff": [99.0, NAN, NAN, NAN], "v": 0.6, "levels": 2.0})
    told = with_intervals_of_v(tests.assign(dof=1.0, strength="lien fort"))
    assert told["strength"].tolist() == ["lien fort", "lien moyen", "lien fort", "lien moyen"]
    assert told["v_low"].notna().tolist() == [True, False, False, False]


def test_all_the_crossings_of_the_chapter_are_one_family():
    """p = 0.03 with one question of the profile, and three others that find nothing: 0.03 × 4 is no link."""
    generator = np.random.default_rng(11)
    nothing = {name: generator.permutation([*"fh"] * 100) for name in ("a", "b", "c")}
    answers = pd.DataFrame(
        {"avis": ["oui"] * 100 + ["non"] * 100, "genre": [*"f" * 58, *"h" * 42, *"f" * 42, *"h" * 58]}
    )
    profile = [(name, "unique", "f=Femme|h=Homme", "non", None) for name in ("genre", *nothing)]
    asked = pd.DataFrame([("avis", "unique", "oui=Oui|non=Non", "non", "ENF"), *profile],
                         columns=["q_id", "type", "modalites", "sensible", "champ"])  # fmt: skip
    survey = SimpleNamespace(
        answers=answers.assign(**nothing), weights=pd.Series(1.0, answers.index), questionnaire=asked
    )
    alone = crossings(survey.answers, survey.weights, asked, [("avis", "genre")])
    assert alone["strength"].item() == "lien faible" and 0.0125 < alone["p"].item() < 0.05
    _, tests = of_groups(survey)
    assert len(tests) == 4 and set(tests["strength"]) == {"pas de lien établi"}


def test_no_test_on_few_answers_nor_on_sensitive_questions():
    table = answers("genre", "avis", {"f": {"oui": 9, "non": 1}, "h": {"oui": 1, "non": 8}})
    row = crossed(table, "genre", "avis").iloc[0]
    assert (row["method"], row["strength"]) == (TOO_FEW, TOO_FEW) and np.isnan(row["p"])
    with pytest.raises(UserError, match="sensitive"):
        crossed(answers("genre", "sante", {"f": {"oui": 30}, "h": {"non": 30}}), "genre", "sante")

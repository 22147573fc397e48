"""Weights of a survey (rules R20 and R21): the vectors of the rules, bounds, merges, and two other implementations."""

import numpy as np
import pandas as pd
import pytest
import weightipy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from ctg_analysis.demarche.survey import (
    BOUNDS,
    FEWEST,
    MARGINS,
    PROBABILITY,
    VOLUNTEERS,
    design_effect,
    half_width,
    interval_words,
    margin_sizes,
    merged,
    profile,
    rake,
)
from ctg_analysis.model.errors import InputError

FREE = (0.0, np.inf)


def margins(**shares):
    rows = [(variable, modality, part) for variable, parts in shares.items() for modality, part in parts.items()]
    return pd.DataFrame(rows, columns=["variable", "modalite", "effectif"])


def two_by_two(counts):
    """Return the answers of a table of counts, rows a and b, columns x and y."""
    cells = [(row, column) for row in "ab" for column in "xy"]
    return pd.DataFrame(
        [cell for cell, n in zip(cells, counts, strict=True) for _ in range(n)], columns=["row", "column"]
    )


def gap(weights, answers, census):
    """Return how far the weighted shares are from those of the census, at most."""
    far = []
    for variable, rows in census.groupby("variable"):
        parts = rows.set_index("modalite")["effectif"] / rows["effectif"].sum()
        far.append((weights.groupby(answers[variable]).sum() / weights.sum() - parts).abs().max())
    return max(far)


def invented(n, seed=3):
    """Return n answers of volunteers and margins: women, the middle-aged and the centre answer more."""
    generator = np.random.default_rng(seed)
    answers = pd.DataFrame(
        {
            "sexe": generator.choice(["f", "h"], n, p=[0.78, 0.22]),
            "age": generator.choice(["18-29", "30-44", "45-59", "60+"], n, p=[0.12, 0.45, 0.25, 0.18]),
            "secteur": generator.choice(["centre", "nord", "sud"], n, p=[0.55, 0.25, 0.2]),
            "enfants": generator.choice(["oui", "non"], n, p=[0.6, 0.4]),
        }
    )
    census = margins(
        sexe={"f": 7450, "h": 7300},
        age={"18-29": 2300, "30-44": 3900, "45-59": 4150, "60+": 4400},
        secteur={"centre": 6500, "nord": 4300, "sud": 3950},
        enfants={"oui": 2700, "non": 3900},
    )
    return answers, census


def kish(weights):
    """Return the design effect of weights: n Σw² / (Σw)²."""
    return len(weights) * (weights**2).sum() / weights.sum() ** 2


def test_r21_design_effect_of_one_margin_by_hand():
    """60 and 40 of equal parts: 62, 42 and 2 silent of 106; 52, 52 and 2: of 50 to 54; Kish of weights: 1.04."""
    answers = pd.DataFrame({"sexe": ["f"] * 60 + ["h"] * 40})
    census = margins(sexe={"f": 50, "h": 50})
    raked = rake(answers, census)
    before, after = np.array([62, 42, 2]) / 106, np.array([52, 52, 2]) / 106
    effect = design_effect(margin_sizes(answers, raked, census))
    assert effect == pytest.approx((after**2 / before).sum()) and round(kish(raked), 2) == 1.04
    assert design_effect(margin_sizes(answers, raked, census[:0])) == 1


def test_r21_a_margin_that_a_crossed_one_holds_counts_once():
    answers = two_by_two([40, 20, 15, 30])
    crossed = margins(**{"row+column": {"a+x": 1, "a+y": 1, "b+x": 1, "b+y": 1}})
    both = pd.concat([crossed, margins(row={"a": 50, "b": 50})], ignore_index=True)
    raked = rake(answers, crossed)
    once, twice = (design_effect(margin_sizes(answers, raked, one)) for one in (crossed, both))
    assert once == pytest.approx(twice) == pytest.approx(kish(raked), abs=0.03)


@pytest.mark.parametrize("seed", range(5))
def test_r21_the_design_effect_that_is_told_is_near_that_of_the_weights(seed):
    answers, census = invented(500, seed)
    raked = rake(answers, census)
    assert design_effect(margin_sizes(answers, raked, census)) == pytest.approx(kish(raked), rel=0.15)


def test_r21_raking_of_a_table_of_two_by_two():
    answers = two_by_two([40, 20, 10, 30])
    raked = rake(answers, margins(row={"a": 50, "b": 50}, column={"x": 45, "y": 55}), FREE)
    table = raked.groupby([answers["row"], answers["column"]]).sum().round(3)
    assert table.tolist() == [32.878, 17.122, 12.122, 37.878]


def test_r20_half_width_of_a_probability_sample():
    assert round(100 * half_width(400), 1) == 4.9
    assert round(100 * half_width(400, deff=1.4), 1) == 5.8
    assert interval_words(PROBABILITY) == "marge d'erreur à 95 %"
    assert interval_words(VOLUNTEERS) == "intervalle indicatif"


def test_scenario_9_weights_of_612_volunteers_converge_within_their_bounds():
    answers, census = invented(612)
    raked = rake(answers, census)
    assert raked.between(*BOUNDS).all() and raked.mean() == pytest.approx(1) and raked.isin(BOUNDS).any()
    assert rake(answers, census, FREE).between(*BOUNDS).sum() < 612
    assert kish(raked) > 1 and gap(raked, answers, census) < 0.001
    asked = pd.DataFrame({"q_id": ["sexe"], "libelle": "Vous êtes", "modalites": "f=Femme|h=Homme"})
    words = profile(answers, raked, census, asked).set_index("modalite")["represented"]
    assert words["h"] == "sous-représenté" and words["centre"] == "surreprésenté"


@pytest.mark.parametrize("seed", range(5))
def test_weights_without_bounds_are_those_of_weightipy(seed):
    answers, census = invented(500, seed)
    targets = {name: rows.set_index("modalite")["effectif"].to_dict() for name, rows in census.groupby("variable")}
    scheme = weightipy.scheme_from_dict(targets, rim_params={"max_iterations": 1000, "convcrit": 1e-9})
    theirs = weightipy.weight_dataframe(answers, scheme)["weights"]
    assert np.abs(rake(answers, census, FREE) - theirs / theirs.mean()).max() < 1e-4


def test_weights_within_bounds_are_those_that_a_general_solver_finds_nearest_to_1():
    """The sum of w log w - w + 1 is least under the margins and the bounds: solved apart, on the profiles."""
    answers, census = invented(300)
    census = census[census["variable"].isin(["sexe", "age"])]
    raked = rake(answers, census, (0.43, 3.3))
    profiles = answers.groupby(["sexe", "age"]).size()
    sizes = profiles.to_numpy()
    places = census.assign(whole=census.groupby("variable")["effectif"].transform("sum"))
    matrix = np.array([[modality in profile for profile in profiles.index] for modality in census["modalite"]]) * sizes
    aims = (300 * places["effectif"] / places["whole"]).to_numpy()
    found = minimize(
        lambda w: float(sizes @ (w * np.log(w) - w + 1)),
        np.ones(len(sizes)),
        jac=lambda w: sizes * np.log(w),
        bounds=[(0.43, 3.3)] * len(sizes),
        constraints={"type": "eq", "fun": lambda w: (matrix @ w - aims)[1:], "jac": lambda w: matrix[1:]},
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-12},
    )
    ours = raked.groupby([answers["sexe"], answers["age"]]).first()
    assert found.success and ours.min() == 0.43 and ours.max() == 3.3
    assert np.abs(ours.to_numpy() - found.x).max() < 1e-4


@settings(deadline=None, max_examples=10)
@given(st.integers(60, 400), st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_weights_keep_their_sum_meet_the_margins_and_do_not_depend_on_the_order(n, seed, shuffle):
    answers, census = invented(n, seed)
    raked = rake(answers, census)
    assert raked.between(*BOUNDS).all()
    if gap(raked, answers, census) < 0.001:
        assert raked.mean() == pytest.approx(1, abs=0.001)
    order = list(answers.index)
    shuffle.shuffle(order)
    again = rake(answers.loc[order], census)
    assert np.abs(again.sort_index() - raked).max() < 1e-6


def test_margins_out_of_reach_of_the_bounds_are_approached():
    answers, census = two_by_two([90, 90, 10, 10]), margins(row={"a": 20, "b": 80}, column={"x": 50, "y": 50})
    raked = rake(answers, census)
    assert raked.between(*BOUNDS).all() and raked.eq(BOUNDS[1]).sum() == 20
    assert gap(raked, answers, census) > 0.3


def test_categories_with_too_few_answers_join_their_neighbour():
    counts = pd.Series({"18-24": 4, "25-34": 12, "35-49": 80, "50-64": 30, "65+": 0})
    census = pd.Series(100, index=counts.index)
    assert FEWEST == 10
    assert merged(counts, census).tolist() == ["18-24|25-34", "18-24|25-34", "35-49", "50-64|65+", "50-64|65+"]
    census["35-49"] = 0
    assert merged(counts, census)["35-49"] != "35-49"
    answers = pd.DataFrame({"age": np.repeat(counts.index, counts)})
    raked = rake(answers, margins(age=dict.fromkeys(counts.index, 100)))
    assert raked[answers["age"].eq("18-24")].iloc[0] == raked[answers["age"].eq("25-34")].iloc[0]


def test_those_who_do_not_say_keep_their_part():
    answers = pd.DataFrame({"sexe": ["f"] * 60 + ["h"] * 30 + ["SR"] * 6 + ["NSP"] * 4})
    census = margins(sexe={"f": 50, "h": 50})
    raked = rake(answers, census)
    assert raked.groupby(answers["sexe"]).sum().round(6).to_dict() == {"f": 45, "h": 45, "SR": 6, "NSP": 4}
    asked = pd.DataFrame({"q_id": ["sexe"], "libelle": "Vous êtes", "modalites": "f=Femme|h=Homme"})
    row = profile(answers, raked, census, asked).set_index("modalite").loc["SR"]
    assert (row["count"], row["after"], row["represented"]) == (10, 12 / 106, "") and np.isnan(row["census"])


def test_a_margin_may_cross_two_questions():
    answers = two_by_two([40, 20, 15, 30])
    raked = rake(answers, margins(**{"row+column": {"a+x": 1, "a+y": 1, "b+x": 1, "b+y": 1}}))
    assert raked.groupby([answers["row"], answers["column"]]).sum().round(6).eq(26.25).all()


def test_what_margins_lack_is_told_one_line_each():
    answers = two_by_two([10, 20, 10, 30]).assign(column=lambda table: table["column"].replace("y", "z"))
    with pytest.raises(InputError) as raised:
        rake(answers, margins(row={"a": 0, "b": 0}, column={"x": 1, "y": 1}, diplome={"bac": 1}))
    assert [str(finding) for finding in raised.value.findings] == [
        f"{MARGINS}, colonne column : trouvé aucune modalité « z », attendu une marge pour chaque modalité des "
        "réponses",
        f"{MARGINS}, colonne effectif : trouvé 0 en tout pour row, attendu une population",
        f"{MARGINS}, colonne variable : trouvé diplome, attendu des questions que les réponses ont",
    ]

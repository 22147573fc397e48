"""Interviews and meetings: counts, saturation, agreement of coders, what may be quoted (scenario 10)."""

import numpy as np
import pandas as pd
import pytest

from ctg_analysis.demarche.columns import COPIL, FEW, OTHERS, PUBLIC, RESERVED, UNREAD, named_types, not_quotable
from ctg_analysis.demarche.voices import (
    attendance,
    coders_agreement,
    contributions_by_field,
    convergence,
    saturation,
    themes_by_type,
)

CODEBOOK = pd.DataFrame(
    [("acc1", "accueil"), ("acc2", "accueil"), ("mob", "mobilité"), ("num", "numérique")], columns=["code", "theme"]
)
TYPES = {"élu": "abcd", "association": "efg", "santé": "h", "MSA": "ij"}


def extracts(*rows):
    """Return extracts of (pseudonym, code, tone); the type of actor is that of the pseudonym."""
    table = pd.DataFrame(rows, columns=["ent_pseudo", "code", "tonalite"])
    types = {one: name for name, several in TYPES.items() for one in several}
    return table.assign(
        extrait_id=[f"x{number}" for number in table.index],
        type_acteur=table["ent_pseudo"].map(types),
        champ="parentalité",
        texte_anonymise=[f"texte {number}" for number in table.index],
        niveau_diffusion="public",
        relu_par="chargée de coopération",
        double_codage="",
    )


def everyone(code="acc1", tone="besoin"):
    return [(one, code, tone) for several in TYPES.values() for one in several]


def test_types_of_which_few_were_heard_are_not_named():
    heard = pd.Series({"élu": 4, "association": 3, "santé": 1, "MSA": 2})
    assert named_types(heard).to_dict() == {"santé": OTHERS, "MSA": OTHERS, "association": "association", "élu": "élu"}
    assert named_types(pd.Series({"élu": 5, "MSA": 2, "Caf": 2})).to_dict() == {
        "MSA": OTHERS,
        "Caf": OTHERS,
        "élu": "élu",
    }
    assert named_types(heard.drop("MSA")).to_dict() == {"santé": OTHERS, "association": OTHERS, "élu": "élu"}


def test_scenario_10_the_matrix_counts_interviews_and_follows_the_codebook():
    said = extracts(
        *everyone(), ("a", "acc2", "atout"), ("a", "mob", "atout"), ("b", "mob", "besoin"), ("h", "mob", "besoin")
    )
    table = themes_by_type(said, CODEBOOK)
    assert table.columns.tolist() == ["élu", "association", OTHERS, "ensemble"]
    assert table.loc["accueil"].tolist() == [4, 3, 3, 10]  # a spoke of two of its codes: one interview
    assert table.loc["mobilité"].tolist() == [2, 0, 1, 3]
    assert table.loc["numérique"].tolist() == [0, 0, 0, 0]
    assert table.loc["entretiens"].tolist() == [4, 3, 3, 10]
    split = pd.concat([CODEBOOK.query("code != 'acc2'"), pd.DataFrame({"code": ["acc2"], "theme": ["répit"]})])
    assert themes_by_type(said, split).loc["répit", "ensemble"] == 1


def test_saturation_counts_new_codes_in_the_order_of_the_interviews():
    said = extracts(("a", "acc1", "atout"), ("a", "mob", "atout"), ("b", "mob", "besoin"), ("c", "num", "atout"))
    curve = saturation(said, ["a", "b", "e", "c"])
    assert curve["new"].tolist() == [2, 0, 0, 1] and curve["total"].tolist() == [2, 2, 2, 3]
    assert (curve["low"] <= curve["high"]).all()
    assert curve.loc[3, ["low", "high"]].tolist() == [3, 3] and curve.loc[0, ["low", "high"]].tolist() == [0, 2]
    pd.testing.assert_frame_equal(saturation(said, ["a", "b", "e", "c"]), curve)


def test_agreement_of_two_coders_is_that_of_a_known_table():
    """[[20, 5], [10, 15]]: 35 of 50 alike, 25 by chance: κ = 0.4; interval as statsmodels 0.15 gives it."""
    pairs = [("acc1", "acc1")] * 20 + [("acc1", "mob")] * 5 + [("mob", "acc1")] * 10 + [("mob", "mob")] * 15
    twice = pd.DataFrame(pairs, columns=["code", "double_codage"])
    once = pd.DataFrame({"code": ["num"] * 7, "double_codage": ["", None] * 3 + [""]})
    found = coders_agreement(pd.concat([twice, once]))
    assert (found.count, found.agreement, found.words) == (50, 0.7, "accord modéré")
    assert (found.kappa, found.low, found.high) == pytest.approx((0.4, 0.1510923, 0.6489077))
    three = np.array([[9, 1, 0], [2, 6, 1], [0, 1, 10]])
    pairs = [(i, j) for i in range(3) for j in range(3) for _ in range(three[i, j])]
    found = coders_agreement(pd.DataFrame(pairs, columns=["code", "double_codage"]).astype(str))
    assert (found.kappa, found.low, found.high) == pytest.approx((0.7487437, 0.5499502, 0.9475372))
    assert found.words == "accord fort"
    assert np.isnan(coders_agreement(once).kappa)


def test_scenario_10_only_what_may_be_read_is_quoted():
    said = extracts(*everyone()).set_index("ent_pseudo", drop=False)
    said.loc["a", "niveau_diffusion"], said.loc["b", "niveau_diffusion"] = "copil", "interne"
    said.loc["c", "relu_par"] = ""
    others = not_quotable(said, PUBLIC).set_index("extrait_id")["motif"].to_dict()
    assert others == {"x0": RESERVED, "x1": RESERVED, "x2": UNREAD, "x7": FEW, "x8": FEW, "x9": FEW}
    assert {*others} - {*not_quotable(said, COPIL)["extrait_id"]} == {"x0"}


def test_actors_agree_or_not():
    said = extracts(
        *[(one, "acc1", "faiblesse") for one in "abcdefghij"],
        *[(one, "mob", "atout") for one in "abe"],
        *[(one, "mob", "besoin") for one in "bef"],
        *[(one, "num", "besoin") for one in "ab"],
    )
    told = convergence(said, CODEBOOK).set_index("theme")
    assert told["verdict"].to_dict() == {
        "accueil": "convergence",
        "mobilité": "divergence",
        "numérique": "un seul type d'acteurs",
    }
    torn = [(one, "mob", tone) for one in "efg" for tone in ("atout", "besoin")]
    alone = convergence(extracts(*[(one, "mob", "atout") for one in "abc"], *torn), CODEBOOK)
    assert alone["verdict"].tolist() == ["pas de tendance commune"]  # nobody to converge with
    both = extracts(*[(one, "mob", "atout") for one in "abchij"], *torn)
    assert convergence(both, CODEBOOK)["verdict"].tolist() == ["convergence"]
    assert told.loc["mobilité", ["favourable", "unfavourable", "interviews"]].tolist() == ["élu", "association", 4]
    assert told.loc["accueil", "unfavourable"] == "association|autres acteurs|élu"


def test_meetings_tell_who_came_and_what_was_said():
    workshops = pd.DataFrame(
        [
            ("w2", "rencontre thématique", 1, "parentalité", "2023-02-08", 20, 15, "élu=5|association=10"),
            ("w1", "séminaire", 1, "", "2022-12-15", None, 12, ""),
        ],
        columns=["atelier_id", "type", "numero_seance", "champ", "date", "invites", "presents", "presents_par_type"],
    )
    told = attendance(workshops)
    assert told[["atelier_id", "turnout"]].drop_duplicates().to_numpy().tolist() == [["w2", 0.75]]
    assert told[["type_acteur", "presents"]].to_numpy().tolist() == [["association", 10], ["élu", 5]]
    contributions = pd.DataFrame(
        [("w2", "besoin", "parentalité", "c1"), ("w2", "idée", "parentalité", ""), ("w1", "idée", "handicap", None)],
        columns=["atelier_id", "type", "champ", "lien_constat"],
    )
    told = contributions_by_field(contributions).set_index("champ")
    assert told.loc["parentalité"].tolist() == [0, 1, 1, 0, 2, 1, 1]
    assert told.loc["handicap", "linked"] == 0

"""The tables of the survey, by hand: bases, weights, intervals, small groups (rules R10, R15, R22, R24, R25)."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_analysis.demarche.columns import is_asked
from ctg_analysis.demarche.questions import (
    by_group,
    completion,
    distribution,
    hidden_cells,
    hidden_groups,
    open_themes,
    participation,
    quotable_answers,
    summary,
    wished_and_used,
    with_texts_filled,
)
from ctg_analysis.model.errors import UserError

QUESTIONNAIRE = pd.DataFrame(
    [
        ("secteur", "Secteur", "unique", "c=Centre|n=Nord|s=Sud", "", "non"),
        ("avis", "Satisfait", "unique", "oui=Oui|non=Non", "", "non"),
        ("besoins", "Besoins", "multiple", "a=Accueil|b=Bus", "avis=non", "non"),
        ("note", "Note", "échelle", "bas=Basse|moyen=Moyenne|haut=Haute", "", "non"),
        ("trajet", "Minutes", "numérique", "", "", "non"),
        ("sante", "Santé", "unique", "oui=Oui|non=Non|autre=Autre", "", "oui"),
        ("mots", "Ajouter", "ouverte", "", "avis=non", "non"),
    ],
    columns=["q_id", "libelle", "type", "modalites", "filtre", "sensible"],
)


def column(**counts):
    """Return cells: each code so many times; NSP, NC and SR among them."""
    return [code.replace("_", "|") for code, n in counts.items() for _ in range(n)]


def answers(**cells):
    table = pd.DataFrame(cells)
    return table.assign(rep_id=[f"r{number}" for number in table.index])


def rows(table, *names):
    return table.set_index("modalite")[list(names)]


def test_r25_the_base_is_who_answered_and_the_three_codes_are_told_apart():
    table = distribution(
        answers(avis=column(oui=24, non=12, NSP=4, NC=7, SR=3)), pd.Series(1.0, index=range(50)), QUESTIONNAIRE, "avis"
    )
    told = rows(table, "count", "share", "in_base")
    assert table["base"].unique() == [40]
    assert told["count"].to_dict() == {"oui": 24, "non": 12, "NSP": 4, "NC": 7, "SR": 3}
    assert told["share"].dropna().to_dict() == {"oui": 0.6, "non": 0.3, "NSP": 0.1}
    assert told["in_base"].to_dict() == {"oui": True, "non": True, "NSP": True, "NC": False, "SR": False}


def test_r15_shares_are_weighted_and_their_intervals_are_of_the_effective_size():
    """60 weights of 1, 30 of 2, 10 of 4: n_eff 75.29; the 40 of weights 2 and 4 weigh 100 of 160."""
    weights = pd.Series([1.0] * 60 + [2.0] * 30 + [4.0] * 10)
    table = distribution(answers(avis=column(non=60, oui=40)), weights, QUESTIONNAIRE, "avis")
    yes = table.set_index("modalite").loc["oui"]
    assert (yes["count"], yes["share"], round(yes["n_eff"], 2)) == (40, 0.625, 75.29)
    assert (round(yes["low"], 4), round(yes["high"], 4)) == (0.5121, 0.7258)  # (0.625 + 0.0255 ± 0.1123) / 1.0510
    unweighted = distribution(answers(avis=column(non=36, oui=64)), weights * 0 + 1, QUESTIONNAIRE, "avis")
    assert rows(unweighted, "low", "high").loc["oui"].round(4).tolist() == [0.5424, 0.7273]


def test_r24_several_answers_make_shares_of_respondents_and_of_citations():
    cells = column(a=10, b=5, a_b=25, SR=3, NC=57)
    table = distribution(answers(besoins=cells), pd.Series(1.0, index=range(100)), QUESTIONNAIRE, "besoins")
    told = rows(table, "count", "share", "citations", "base")
    assert told.loc["a"].tolist() == [35, 35 / 40, 35 / 65, 40]
    assert told.loc["b"].tolist() == [30, 30 / 40, 30 / 65, 40]
    assert told.loc["SR", "count"] == 3


@pytest.mark.parametrize("base, shown, fragile", [(9, "none", True), (10, "count", True), (19, "count", True)])
def test_r10_and_r24_small_bases_are_counts_or_nothing(base, shown, fragile):
    cells = column(oui=3, non=base - 3)
    table = distribution(answers(avis=cells), pd.Series(1.0, index=range(base)), QUESTIONNAIRE, "avis")
    assert (table["shown"].unique().tolist(), table["fragile"].all()) == ([shown], fragile)
    assert table[["share", "low", "high"]].isna().all(axis=None)
    assert table.loc[0, "count"] == 3 if shown == "count" else table[["count", "base", "n_eff"]].isna().all(axis=None)


def test_r24_bases_under_30_are_flagged():
    for base, fragile in ((29, True), (30, False)):
        cells = column(oui=base)
        table = distribution(answers(avis=cells), pd.Series(1.0, index=range(base)), QUESTIONNAIRE, "avis")
        assert table["fragile"].unique() == [fragile] and table["shown"].unique() == ["share"]


def test_cells_of_sensitive_questions_cannot_be_found_by_subtraction():
    table = distribution(
        answers(sante=column(oui=3, autre=7, non=60)), pd.Series(1.0, index=range(70)), QUESTIONNAIRE, "sante"
    )
    told = rows(table, "count", "share", "shown")
    assert told.loc[["oui", "autre"], ["count", "share"]].isna().all(axis=None)
    assert told.loc["non", "count"] == 60


def test_r24_groups_under_10_are_hidden_and_cannot_be_found_by_subtraction():
    assert hidden_groups(pd.Series({"c": 200, "n": 40, "s": 12})) == []
    assert hidden_groups(pd.Series({"c": 200, "n": 40, "s": 9})) == ["s", "n"]
    assert hidden_groups(pd.Series({"c": 200, "n": 3, "s": 4, "e": 30})) == ["n", "s", "e"]
    assert hidden_groups(pd.Series({"c": 200, "n": 7, "s": 8})) == ["n", "s"]
    assert hidden_groups(pd.Series({"c": 200, "n": 0, "s": 40})) == ["n"]


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_what_is_hidden_is_at_least_two_groups_of_ten_together_or_all(sizes):
    bases = pd.Series(sizes, index=[f"g{number}" for number in range(len(sizes))])
    hidden = hidden_groups(bases)
    assert bases.drop(hidden).ge(10).all()
    if bases[hidden].gt(0).any() and len(hidden) < len(bases):
        assert bases[hidden].gt(0).sum() >= 2 and bases[hidden].sum() >= 10


def test_r14_groups_are_compared_with_the_other_respondents():
    table = answers(
        secteur=column(c=100, n=98, s=8), avis=column(oui=80, non=20) + column(oui=48, non=50) + column(oui=8)
    )
    told = by_group(table, pd.Series(1.0, index=table.index), QUESTIONNAIRE, "avis", "secteur")
    assert told.loc[told["group"].eq("s"), "shown"].eq("none").all()
    assert told.loc[told["group"].eq("n"), "shown"].eq("none").all()  # or 206 - 100 - 98 would tell the others
    yes = told[told["modalite"].eq("oui")].set_index("group").loc["c"]
    assert (yes["share"], yes["word"], yes["group_label"]) == (0.8, "plus élevé que", "Centre")
    alike = answers(secteur=column(c=50, n=50), avis=column(oui=27, non=23) + column(oui=25, non=25))
    told = by_group(alike, pd.Series(1.0, index=alike.index), QUESTIONNAIRE, "avis", "secteur")
    assert told.loc[told["in_base"] & told["count"].gt(0), "word"].eq("proche de").all()


def test_a_sensitive_question_is_not_crossed():
    table = answers(secteur=column(c=50), sante=column(oui=50))
    for one, other in (("sante", "secteur"), ("secteur", "sante")):
        with pytest.raises(UserError, match="sensitive"):
            by_group(table, pd.Series(1.0, index=table.index), QUESTIONNAIRE, one, other)


def test_means_and_quartiles_are_weighted():
    cells = column(bas=10, moyen=10, haut=10, NSP=5, SR=2)
    weights = pd.Series([1.0] * 20 + [3.0] * 10 + [1.0] * 7)
    told = summary(answers(note=cells), weights, QUESTIONNAIRE, "note")
    assert told["mean"] == pytest.approx((10 + 20 + 90) / 50) and told["base"] == 30
    assert told["n_eff"] == pytest.approx(50**2 / (20 + 90))
    assert told[["first_quartile", "median", "third_quartile"]].tolist() == [2, 3, 3]
    minutes = summary(answers(trajet=["5"] * 10 + ["12.5"] * 10 + ["NSP"]), weights[:21], QUESTIONNAIRE, "trajet")
    assert (minutes["mean"], minutes["median"]) == (8.75, 5)
    error = 1.959964 * 3.75 / np.sqrt(19)
    assert (minutes["low"], minutes["high"]) == (pytest.approx(8.75 - error), pytest.approx(8.75 + error))
    assert summary(answers(trajet=["5"] * 9), weights[:9], QUESTIONNAIRE, "trajet").to_dict() == {
        "q_id": "trajet",
        "shown": "none",
    }


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from(["oui", "non", "NSP", "NC", "SR"]), min_size=20, max_size=120), st.integers(0, 999))
def test_shares_add_up_to_one_and_do_not_depend_on_the_order_nor_on_the_scale_of_the_weights(cells, seed):
    generator = np.random.default_rng(seed)
    table, weights = answers(avis=cells), pd.Series(generator.uniform(0.3, 3, len(cells)))
    told = distribution(table, weights, QUESTIONNAIRE, "avis")
    if told["shown"].eq("share").all():
        assert told["share"].sum() == pytest.approx(1)
        assert (told["low"] <= told["share"] + 1e-12).dropna().all() or told["share"].isna().any()
    order = generator.permutation(len(cells))
    again = distribution(table.loc[order], weights[order] * 7, QUESTIONNAIRE, "avis")
    pd.testing.assert_frame_equal(told, again)


def test_r22_participation_and_completion_are_told():
    steps = participation(started=300, complete=240, usable=250, sent=1000).set_index("step")
    assert steps["of_sent"].to_dict() == {"envoyés": 1, "commencés": 0.3, "terminés": 0.24, "exploitables": 0.25}
    assert steps.loc["terminés", "of_started"] == 0.8
    assert participation(300, 240, 250)["of_sent"].isna().all()
    besoins = ["NC"] * 60 + ["SR"] * 10 + ["a"] * 15 + ["a|b"] * 15
    table = answers(
        avis=column(oui=40, non=40, NSP=10, SR=10), besoins=besoins, note=["bas"] * 97 + ["SR"] * 3, sante=["oui"] * 100
    )
    opened = pd.DataFrame({"rep_id": ["r50", "r50", *(f"r{number}" for number in range(51, 70))], "q_id": "mots"})
    asked = QUESTIONNAIRE[QUESTIONNAIRE["q_id"].isin(["avis", "besoins", "note", "mots", "sante"])]
    told = completion(with_texts_filled(table, asked, opened), asked).set_index("q_id")
    assert told.loc["avis", ["put", "answered", "no_answer"]].tolist() == [100, 90, 10]
    assert told.loc["besoins", ["put", "answered", "not_concerned", "completion"]].tolist() == [40, 30, 60, 0.75]
    assert told.loc["mots", ["put", "answered", "nonresponse"]].tolist() == [40, 20, 0.5]
    assert told.loc["note", "answered"] == 97  # three without an answer: neither they nor those concerned are counted
    assert told.loc["note", ["put", "no_answer", "not_concerned", "nonresponse"]].isna().all()
    assert "sante" not in told.index  # a sensitive question, even answered
    few = completion(answers(avis=column(oui=9, SR=91)), asked.iloc[:1]).iloc[0]
    assert few[["put", "answered", "no_answer", "not_concerned", "completion"]].isna().all()


def test_paths_from_wish_to_use_hide_those_of_few():
    modes = "c=Crèche|a=Assistante maternelle|p=Parents"
    asked = pd.DataFrame([("voulu", modes), ("pris", modes)], columns=["q_id", "modalites"])
    table = answers(voulu=column(c=20, a=12, SR=3), pris=column(c=8, a=12) + column(a=10, p=1, c=1) + column(c=3))
    paths, got = wished_and_used(table, pd.Series(1.0, index=table.index), asked, "voulu", "pris")
    assert paths[["wished", "used", "count"]].to_numpy().tolist() == [
        ["c", "a", 12],
        ["a", "a", 10],
        ["c", "c", 8],
        ["autres parcours", "autres parcours", 2],
    ]
    assert got.to_dict() == {"base": 32, "share": 18 / 32} and paths["share"].sum() == pytest.approx(1)
    assert paths.loc[0, "used_label"] == "Assistante maternelle"


def test_open_answers_are_counted_by_respondent_and_quoted_when_they_may_be():
    coded = pd.DataFrame(
        [
            ("r1", "mots", "transport", "négative", "Pas de car le soir.", "oui"),
            ("r1", "mots", "transport", "négative", "Ni le dimanche.", "non"),
            ("r2", "mots", "transport", "positive", "Le car de Mme X est bien.", "oui"),
            ("r2", "mots", "accueil", "neutre", "Peu de places.", "oui"),
        ],
        columns=["rep_id", "q_id", "theme", "tonalite", "extrait_nettoye", "publiable"],
    )
    many = pd.concat([coded.assign(rep_id=coded["rep_id"] + f"-{number}") for number in range(12)])
    table = open_themes(many)
    assert table[["theme", "count", "négative", "positive", "base"]].to_numpy().tolist() == [
        ["transport", 24, 12, 12, 24],
        ["accueil", 12, 0, 0, 24],
    ]
    assert quotable_answers(coded, table).drop(columns="q_id").to_numpy().tolist() == [
        ["accueil", "neutre", "Peu de places."],
        ["transport", "négative", "Pas de car le soir."],
        ["transport", "positive", "Le car de Mme X est bien."],
    ]
    hidden = table.assign(count=[24, np.nan], positive=np.nan)  # as many extracts as persons, else
    assert quotable_answers(coded, hidden)[["theme", "tonalite"]].to_numpy().tolist() == [
        ["transport", ""],
        ["transport", "négative"],
    ]


def test_r1_and_r2_small_tones_and_themes_of_open_answers_are_hidden_with_what_would_tell_them():
    told = {"services": (7, 4, 25), "parents": (0, 14, 9), "loisirs": (5, 2, 6), "santé": (0, 0, 7), "autre": (0, 3, 0)}
    lines = [
        (f"{theme}-{tone}-{number}", "mots", theme, tone)
        for theme, counts in told.items()
        for tone, count in zip(("positive", "neutre", "négative"), counts, strict=True)
        for number in range(count)
    ]
    table = open_themes(pd.DataFrame(lines, columns=["rep_id", "q_id", "theme", "tonalite"])).set_index("theme")
    rows = table[["count", "positive", "neutre", "négative"]].astype(object).where(table.notna(), "s").T
    assert {theme: rows[theme].tolist() for theme in told} == {
        "services": [36, "s", "s", 25],  # 36 - 25 - 7 would tell the 4
        "parents": [23, 0, 14, 9],
        "loisirs": [13, "s", "s", 6],
        "santé": ["s", "s", "s", "s"],  # 82 - 36 - 23 - 13 - 7 would tell the 3
        "autre": ["s", "s", "s", "s"],
    }


def test_r2_what_is_hidden_together_is_not_too_small():
    assert hidden_cells(pd.Series([1.0, 1.0, 8.0, 0.0, 30.0])).tolist() == [True, True, True, False, False]
    assert hidden_cells(pd.Series([3.0, 2.0, 8.0])).tolist() == [True, True, False]
    assert not hidden_cells(pd.Series([0.0, 5.0])).any()


@pytest.mark.parametrize(
    "condition", ["enfants=1|enfants=2|age=jeune", (("enfants", "1"), ("enfants", "2"), ("age", "jeune"))]
)
def test_a_question_is_put_to_who_gave_one_of_the_codes_of_each_question_of_its_filter(condition):
    table = pd.DataFrame({"enfants": ["0", "1", "2", "2", "12"], "age": ["jeune", "jeune", "jeune", "vieux", "jeune"]})
    assert is_asked(table, condition).tolist() == [False, True, True, False, False]
    assert is_asked(table, None).all() and is_asked(table, "").all()

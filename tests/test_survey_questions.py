"""The tables of the survey, by hand: rounded counts, bases, weights, links (R1, R10, R14, R15, R22, R23, R24, R25)."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctg_analysis.demarche.columns import is_asked
from ctg_analysis.demarche.questions import (
    MEDIUM,
    NO_LINK,
    STRONG,
    TOO_FEW,
    Asked,
    Bounds,
    adjusted,
    by_group,
    completion,
    crossings,
    distribution,
    open_themes,
    quotable_answers,
    strength,
    survey_observations,
    wishes,
    with_texts_filled,
)
from ctg_analysis.demarche.survey import participation
from ctg_analysis.model.errors import UserError

QUESTIONNAIRE = pd.DataFrame(
    [
        ("secteur", "Secteur", "unique", "c=Centre|n=Nord|s=Sud", "", "non"),
        ("genre", "Genre", "unique", "f=Femme|h=Homme", "", "non"),
        ("choix", "Choix", "unique", "a=A|b=B|d=D", "", "non"),
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


def ones(table):
    return pd.Series(1.0, index=table.index)


def told(q_id, weights=None, deff=1, **cells):
    """Return the rows of a question, by modality."""
    table = answers(**cells)
    weights = ones(table) if weights is None else weights
    return distribution(table, weights, QUESTIONNAIRE, q_id, deff).set_index("modalite")


def crossed(q_id, group, counts, weights=None):
    """Return what groups answer, and the test. counts: group → code → respondents."""
    cells = [(row, code) for row, several in counts.items() for code, n in several.items() for _ in range(n)]
    table = pd.DataFrame(cells, columns=[group, q_id])
    groups = by_group(table, ones(table) if weights is None else weights, QUESTIONNAIRE, q_id, group, 1)
    return groups, crossings(groups, QUESTIONNAIRE).iloc[0]


def test_r25_the_base_is_who_answered_counted_by_five():
    """24 are 20 to 24, 14 10 to 14, 6 unsure 5 to 9: 35 to 47, without the 7 not concerned nor the 3 silent."""
    table = told("avis", avis=column(oui=24, non=14, NSP=6, NC=7, SR=3))
    assert table[["base_least", "base_most"]].drop_duplicates().to_numpy().tolist() == [[35, 47]]
    assert [*table.index] == ["oui", "non", "NSP"]
    assert table["share"].tolist() == [22 / 41, 12 / 41, 7 / 41]


def test_r1_fewer_than_5_have_no_share_and_count_as_2():
    table = told("sante", sante=column(oui=3, autre=7, non=60))
    assert table["share"].dropna().to_dict() == {"non": 62 / 73, "autre": 7 / 73}
    assert table["least"].to_dict() == {"oui": 0, "non": 60, "autre": 5, "NSP": 0}


def test_r15_shares_are_weighted_and_their_intervals_are_of_the_effective_size():
    """40 of weights 2 and 4 weigh 100 of 160, 62.5 of the 100: 60 to 64; base 62 + 37 + 2.

    100 to 112 respondents: 106 / 1.328 is 79.8, 75 by fives.
    """
    weights = pd.Series([1.0] * 60 + [2.0] * 30 + [4.0] * 10)
    yes = told("avis", weights, 1.328, avis=column(non=60, oui=40)).loc["oui"]
    assert (yes["least"], yes["share"], yes["n_eff"]) == (60, 62 / 101, 75)
    share, half = 60 / 101, 1.959964 * np.sqrt((60 / 101 * 41 / 101 + 1.959964**2 / 300) / 75)
    assert yes["low"] == pytest.approx((share + 1.959964**2 / 150 - half) / (1 + 1.959964**2 / 75))


def test_r24_several_answers_make_shares_of_respondents_and_of_citations():
    """35 and 30 of 40 who answered: 37 and 32 of 42, and 2 unsure: of 71 citations."""
    table = told("besoins", besoins=column(a=10, b=5, a_b=25, SR=3, NC=57))
    assert table.loc["a", ["share", "citations"]].tolist() == pytest.approx([37 / 42, 37 / 71])
    assert table.loc["a", ["base_least", "base_most"]].tolist() == [40, 44]  # under the 35 + 30 of both
    assert table.loc["b", ["share", "citations"]].tolist() == pytest.approx([32 / 42, 32 / 71])


@pytest.mark.parametrize("base, shown", [(19, False), (22, True)])
def test_r10_and_r24_no_result_on_a_base_under_20(base, shown):
    table = told("avis", avis=column(oui=7, non=base - 7))
    figures = table.loc[["oui", "non"], ["share", "low", "high", "base_least", "n_eff"]]
    assert figures.notna().all(axis=None) if shown else figures.isna().all(axis=None)


def test_r14_groups_are_compared_with_all_and_none_is_shown_under_20():
    counts = {"c": {"oui": 80, "non": 20}, "n": {"oui": 48, "non": 50}, "s": {"oui": 8}}
    groups, _ = crossed("avis", "secteur", counts)
    rows = groups[groups["modalite"].eq("oui")].set_index("group")
    assert rows.loc["s", ["share", "base_least", "word"]].isna().all()
    assert rows.loc["c", ["share", "word", "group_label"]].tolist() == [82 / 106, "plus élevé que", "Centre"]
    alike, test = crossed("avis", "secteur", {"c": {"oui": 27, "non": 23}, "n": {"oui": 25, "non": 25}})
    assert set(alike["word"].dropna()) == {"proche de"} and test["strength"] == NO_LINK


def test_r23_chi2_and_v_by_hand():
    """Middles 32, 12 and 22, 42, and 2 unsure, of 46 and 66; n_eff 45 and 65, so that rounding adds 2 n² / m²."""
    _, test = crossed("avis", "genre", {"f": {"oui": 30, "non": 10}, "h": {"oui": 20, "non": 40}})
    table = np.array([[32, 12], [22, 42]]) * np.array([[45 / 46], [65 / 66]])
    expected = table.sum(1, keepdims=True) * table.sum(0) / table.sum()
    noise = 2 * np.array([[45 / 46], [65 / 66]]) ** 2
    chi2 = ((table - expected) ** 2 / (expected + noise)).sum()
    assert (test["chi2"], test["dof"], test["base_least"], test["n_eff"]) == (pytest.approx(chi2), 1, 100, 110)
    n = table.sum()
    assert test["v"] == pytest.approx(np.sqrt((chi2 / n - 1 / (n - 1)) / (1 - 1 / (n - 1))))
    assert test["strength"] == MEDIUM


def test_r23_no_test_where_few_are_expected_and_none_strong_on_a_small_base():
    uneven = pd.Series([0.3, 3.0] * 33)
    _, few = crossed("choix", "secteur", {name: {"a": 6, "b": 9, "d": 7} for name in "cns"}, uneven)
    assert few["strength"] == TOO_FEW and np.isnan(few["p"])
    _, strong = crossed("avis", "genre", {"f": {"oui": 35, "non": 5}, "h": {"oui": 5, "non": 35}})
    _, larger = crossed("avis", "genre", {"f": {"oui": 70, "non": 10}, "h": {"oui": 10, "non": 70}})
    assert (strong["strength"], larger["strength"]) == (MEDIUM, STRONG)


@pytest.mark.nightly
@pytest.mark.parametrize("weighted", [False, True])
def test_r23_rounding_leaves_the_tests_their_risk(weighted):
    """Of 300 drawn without a link, some 5 % are found under 5 %."""
    draw, found = np.random.default_rng(4), []
    for _ in range(300):
        table = answers(secteur=draw.choice([*"cns"], 180, p=[0.5, 0.3, 0.2]), choix=draw.choice([*"abd"], 180))
        weights = pd.Series(draw.choice([0.5, 1.0, 2.0], 180)) if weighted else ones(table)
        effect = len(weights) * (weights**2).sum() / weights.sum() ** 2
        found.append(
            crossings(by_group(table, weights, QUESTIONNAIRE, "choix", "secteur", effect), QUESTIONNAIRE)["p"].item()
        )
    assert 0.02 < np.mean(np.array(found) < 0.05) < 0.08


def test_a_family_of_crossings_is_adjusted_and_each_option_is_tested():
    draw = np.random.default_rng(2)
    table = answers(
        secteur=draw.choice([*"cns"], 300),
        genre=draw.choice([*"fh"], 300),
        avis=draw.choice(["oui", "non", "NSP", "SR"], 300),
        besoins=draw.choice(["a", "b", "a|b", "NC"], 300),
    )
    pairs = [("avis", "genre"), ("avis", "secteur"), ("besoins", "genre")]
    tests = crossings(
        pd.concat([by_group(table, ones(table), QUESTIONNAIRE, *pair, 1) for pair in pairs]), QUESTIONNAIRE
    )
    assert tests["modalite"].tolist() == ["", "", "a", "b"]
    assert tests["p_adjusted"].equals(adjusted(tests["p"]))


def test_words_follow_the_test_then_the_size_of_the_link():
    v = pd.Series([0.6, 0.6, 0.3, 0.29, 0.24, np.nan])
    levels, p = pd.Series([2.0, 2, 2, 2, 3, 2]), pd.Series([0.001, 0.2, 0.01, 0.01, 0.01, np.nan])
    words = ["lien fort", "pas de lien établi", "lien moyen", "lien faible", "lien moyen", "base insuffisante"]
    assert strength(v, levels, p).tolist() == words


def test_a_sensitive_question_is_not_crossed():
    table = answers(secteur=column(c=50), sante=column(oui=50))
    for one, other in (("sante", "secteur"), ("secteur", "sante")):
        with pytest.raises(UserError, match="sensitive"):
            by_group(table, ones(table), QUESTIONNAIRE, one, other, 1)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from(["oui", "non", "NSP", "NC", "SR"]), min_size=20, max_size=120), st.integers(0, 999))
def test_shares_add_up_and_do_not_depend_on_the_order_nor_on_the_scale_of_the_weights(cells, seed):
    draw = np.random.default_rng(seed)
    table, weights = answers(avis=cells), pd.Series(draw.choice([0.5, 1.0, 2.0], len(cells)))
    rows = distribution(table, weights, QUESTIONNAIRE, "avis", 1)
    if rows["share"].notna().any():
        assert rows["part"].sum() == pytest.approx(1)
        assert (rows["low"] <= rows["share"]).eq(rows["share"].notna()).all()
    order = draw.permutation(len(cells))
    again = distribution(table.loc[order], weights[order] * 4, QUESTIONNAIRE, "avis", 1)
    pd.testing.assert_frame_equal(rows, again)


def test_r22_participation_and_completion_are_told_by_five():
    kept = Bounds(250, 262)
    steps = participation(started=304, complete=240, usable=kept, sent=1000).set_index("step")
    assert steps["of_sent"].to_dict() == {"envoyés": 1, "commencés": 0.3, "terminés": 0.24, "exploitables": 0.26}
    assert steps.loc["terminés", ["least", "most", "of_started"]].tolist() == [240, 244, 0.8]
    assert participation(300, 240, kept)["of_sent"].isna().all()
    assert participation(300, 258, kept).loc[2, ["least", "most"]].tolist() == [250, 262]
    besoins = ["NC"] * 60 + ["SR"] * 10 + ["a"] * 15 + ["a|b"] * 15
    table = answers(avis=column(oui=40, non=40, NSP=10, SR=10), besoins=besoins, note=["bas"] * 97 + ["SR"] * 3)
    opened = pd.DataFrame({"rep_id": ["r50", "r50", *(f"r{number}" for number in range(51, 70))], "q_id": "mots"})
    asked = QUESTIONNAIRE[QUESTIONNAIRE["q_id"].isin(["avis", "besoins", "note", "mots"])]
    rows = completion(with_texts_filled(table, asked, opened), asked, Bounds(100, 104)).set_index("q_id")
    both = ["put_least", "put_most", "answered_least", "answered_most", "no_answer", "not_concerned"]
    assert rows.loc["avis", both].tolist() == [100, 104, 90, 102, 10, 0]  # 100 to 116 of at most 104
    assert rows.loc["besoins", both].tolist() == [40, 48, 30, 34, 10, 60]
    assert rows.loc["besoins", "nonresponse"] == 12 / 44
    assert rows.loc["mots", both].tolist() == [40, 48, 20, 24, 20, 60]
    assert rows.loc["note", ["no_answer", "not_concerned"]].tolist() == [0, 0]  # fewer than 5


def test_who_uses_what_they_wished():
    modes = "c=Crèche|a=Assistante maternelle"
    asked = pd.DataFrame([("x_souhaitee", modes), ("x_utilisee", modes)], columns=["q_id", "modalites"])
    table = answers(x_souhaitee=column(c=20, a=12, SR=3), x_utilisee=column(c=8, a=24) + column(c=3))
    assert wishes(table, ones(table), asked, 1)["share"].tolist() == [22 / 36]  # 20 of 32: 22 of 22 + 12 + 2
    assert wishes(table.head(15), ones(table.head(15)), asked, 1).empty


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
    assert table.drop(columns="q_id").to_numpy().tolist() == [
        ["transport", 20, 20, 24, "partagé"],
        ["accueil", 10, 20, 24, "plutôt neutre"],
    ]
    quoted = quotable_answers(coded, table)["extrait_nettoye"].tolist()
    assert quoted == ["Peu de places.", "Le car de Mme X est bien.", "Pas de car le soir."]
    assert quotable_answers(coded, open_themes(coded)).empty


@pytest.mark.parametrize(
    "condition", ["enfants=1|enfants=2|age=jeune", (("enfants", "1"), ("enfants", "2"), ("age", "jeune"))]
)
def test_a_question_is_put_to_who_gave_one_of_the_codes_of_each_question_of_its_filter(condition):
    table = pd.DataFrame({"enfants": ["0", "1", "2", "2", "12"], "age": ["jeune", "jeune", "jeune", "vieux", "jeune"]})
    assert is_asked(table, condition).tolist() == [False, True, True, False, False]
    assert is_asked(table, None).all() and is_asked(table, "").all()


EPCI = "999999999"


def observed(codes, weights=None, deff=1, **counts):
    """Return the observation of a question given as counts of codes."""
    cells = pd.Series([code for code, n in counts.items() for _ in range(n)])
    labels = "|".join(f"{code}={code}" for code in ("oui", "parfois", "non"))
    asked = pd.DataFrame([("q", "unique", labels, "non")], columns=["q_id", "type", "modalites", "sensible"])
    weights = pd.Series(1.0, index=cells.index) if weights is None else weights
    table = distribution(pd.DataFrame({"q": cells}), weights, asked, "q", deff)
    return survey_observations(table, [Asked("s_share", "q", codes)], EPCI, "2023").iloc[0]


def test_a_share_is_weighted_rounded_and_counts_respondents():
    """30 and 10 weigh 60 and 40 of 160: 37.5 and 25 of 100, rounded 38 and 25: 37 + 27 of 37 + 27 + 37 + 2.

    100 to 116 respondents are some 108, worth 81, 80 by fives, under a design effect of 1.328.
    """
    weights = pd.Series([1.0] * 60 + [2.0] * 30 + [4.0] * 10 + [9.0] * 20)
    row = observed(("oui", "parfois"), weights, 1.328, non=60, oui=30, parfois=10, SR=12, NC=8)
    assert (row["value"], row["denominator"], row["numerator"]) == (62, 108, 65)
    assert (row["low"], row["high"]) == (48, 74)
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

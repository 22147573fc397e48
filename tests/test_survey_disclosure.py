"""The attacker of the survey bounds no group of 1 to 4 respondents, and does again without each protection (R1, R2).

He reads more than what is published: the counts that the gate lets through, before they are rounded down.
"""

from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.stats import distributions
from survey_attacker import SurveyAttacker
from survey_fixtures import answers_of, counter, drawn, margins, published_of, with_secteur

from ctg_analysis.demarche import crossings, results, survey
from ctg_analysis.demarche.material_files import open_material
from ctg_analysis.demarche.restricted_files import open_restricted
from ctg_analysis.indicators.observations import COLUMNS
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import EXAMPLE_EPCI
from ctg_analysis.model.source import SURVEY

MEANING = {
    one.id: (one.value.denominator, tuple(one.value.numerator.partition("=")[2].split("|")))
    for one in CATALOGUE.values()
    if SURVEY in one.sources
}
NO_INDICATOR = pd.DataFrame(columns=COLUMNS)
KINDS = {  # seed, respondents, margins of the weights, questions
    "one answer": (1, 90, (), "sexe age isolement connait_evs"),
    "several answers": (15, 60, (), "sexe enfants besoins_parents handicap_obstacles renoncement renoncement_motif"),
    "routed": (3, 70, (), "age commune renoncement renoncement_motif amelioration connait_evs"),
    "paths": (25, 300, (), "sexe enfants garde_souhaitee garde_utilisee"),
    "paths of few": (9, 60, (), "sexe enfants garde_souhaitee garde_utilisee"),
    "weighted on sex": (4, 110, ("sexe",), "sexe age renoncement renoncement_motif"),
    "weighted on communes": (5, 170, ("commune",), "commune connait_evs isolement"),
    "weighted on two margins": (8, 240, ("age", "commune"), "age commune isolement connait_evs renoncement"),
    "weighted on two questions crossed": (7, 80, ("sexe+enfants",), "sexe enfants garde_souhaitee garde_utilisee "
                                          "renoncement handicap_obstacles temps_travail"),
}  # fmt: skip
pytestmark = pytest.mark.slow
FAST = ("one answer", "paths", "weighted on sex")


@pytest.fixture(autouse=True)
def fewer_permutations(monkeypatch):
    monkeypatch.setattr(crossings, "RESAMPLES", 199)


@pytest.fixture(autouse=True)
def as_the_gate_lets_through(monkeypatch):
    monkeypatch.setattr(results, "told", lambda tables: tables)


def drawn_again(kind):
    seed, size, weighted_on, names = KINDS[kind]
    return published_of(drawn(seed, size), margins(*weighted_on), names.split())


of_kind = cache(drawn_again)  # with all protections


def attacker_of(questionnaire, answers, opened, tables):
    """Return who reads all that is published of a consultation."""
    asked = with_secteur(questionnaire, tables["distribution"])
    observations = tables.get("observations", NO_INDICATOR)
    meaning = {name: said for name, said in MEANING.items() if name in set(observations["indicator"])}
    return SurveyAttacker(asked, tables, observations, meaning, counter(asked, answers, opened))


def attacker(one):
    opened = one.restricted["reponses_ouvertes"]
    return attacker_of(one.material["questionnaire"], one.answers, opened, one.tables)


@pytest.mark.parametrize(
    "kind", [one if one in FAST else pytest.param(one, marks=pytest.mark.nightly) for one in KINDS]
)
def test_r2_no_small_group_of_a_consultation_is_bounded(kind):
    reader = attacker(of_kind(kind))
    assert reader.finds_out(reader.groups()) == {}


def test_r2_the_drawn_consultations_have_small_groups_of_every_kind():
    """Else the attacks would prove nothing."""
    kinds = ("several answers", "paths", "one answer")
    names = " ".join(" ".join(attacker(of_kind(kind)).groups()) for kind in kinds)
    assert all(sign in names for sign in ("≠", " | garde_utilisee=", " | age=", "=NSP"))


def test_r2_no_small_group_of_the_example_is_bounded(example):
    material = open_material(example, EXAMPLE_EPCI, pd.read_parquet(example.processed / "territories.parquet"))
    restricted = open_restricted(example, material)
    opened = survey.open_survey(material, restricted)
    tables = survey.of_survey(opened, restricted, EXAMPLE_EPCI)
    answers = answers_of(material["questionnaire"], restricted)
    reader = attacker_of(material["questionnaire"], answers, restricted["reponses_ouvertes"], tables)
    groups = reader.groups()
    assert len(groups) > 15 and reader.finds_out(groups) == {}


# ----------------------------------------------------------------------------- each protection taken away in its turn


def without(monkeypatch, *unseen, weights=True):
    """Take from the gate the sight of some tables, or of the weights that anyone knows."""
    gate = survey.hide

    def hide(tables, counts, asked, unsure, known):
        seen = {name: table.iloc[:0] if name in unseen else table for name, table in tables.items()}
        gate(seen, counts, asked, unsure, known if weights else None)

    monkeypatch.setattr(survey, "hide", hide)


def known_of_names(va, nom, non):
    """Return what is published where some go to the local space, and others know its name."""
    private = drawn(1, va + nom + non)
    private["reponses"]["connait_evs"] = ["va"] * va + ["nom"] * nom + ["non"] * non
    return published_of(private, margins(), ["sexe", "connait_evs"])


def test_r2_indicators_do_not_tell_what_the_distribution_hides(monkeypatch):
    """Who goes there or knows the name, less who goes there: 43 - 40 = 3."""
    reader = attacker(known_of_names(40, 3, 57))
    assert reader.finds_out(reader.groups()) == {}
    without(monkeypatch, "observations")
    reader = attacker(known_of_names(40, 3, 57))
    assert reader.finds_out(reader.groups())["connait_evs=nom"] == (3, 3)


@pytest.mark.parametrize(
    "kind, unseen, found",
    [
        ("one answer", ["by_group"], "isolement=1 | age=a45"),  # alone in its group: 1 less the shares of the others
        ("paths", ["paths"], "garde_souhaitee=am | garde_utilisee=creche"),
        pytest.param("weighted on communes", ["by_group"], "connait_evs=NSP | commune=c3", marks=pytest.mark.nightly),
    ],
)
def test_r2_without_its_sight_of_a_table_the_gate_lets_groups_be_found(monkeypatch, kind, unseen, found):
    without(monkeypatch, *unseen)
    reader = attacker(drawn_again(kind))
    assert found in reader.finds_out(reader.groups())


def test_r2_a_profile_tells_nothing_of_1_to_4_respondents():
    """4 of 18 to 30 are raked with 12 of 30 to 45: the weights of these, and what is left of all, would give 4."""
    private = drawn(1, 126)
    private["reponses"]["age"] = np.repeat(["a18", "a30", "a45", "a60"], [4, 12, 80, 30])
    private["reponses"]["sexe"] = ["F"] * 60 + ["H"] * 62 + ["SR"] * 4
    told = published_of(private, margins("age", "sexe"), ["sexe", "age"]).tables["profile"].set_index("modalite")
    assert told["count"].dropna().to_dict() == {"a45": 80, "a60": 30, "F": 60, "H": 62}
    assert told["before"].isna().equals(told["count"].isna()) and told["after"].isna().all()
    assert told.loc[["a18", "a30"], "represented"].eq("").all() and told["census"].notna().sum() == 6


def test_r2_weights_that_follow_one_margin_hide_nothing(monkeypatch):
    without(monkeypatch, weights=False)
    reader = attacker(drawn_again("weighted on sex"))
    low, high = reader.finds_out(reader.groups())["renoncement=NSP | sexe=H"]
    assert 0 < low <= 1 <= high < 2


@pytest.mark.nightly
def test_r2_bases_tell_who_does_not_know(monkeypatch):
    """The base of a question less that of a crossing or of a mean, which leaves them out."""
    without(monkeypatch, "crossings", "summary")
    monkeypatch.setattr(survey, "without_few_unsure", lambda answers, _: (answers, frozenset()))
    reader = attacker(drawn_again("routed"))
    assert reader.finds_out(reader.groups())["connait_evs=NSP"] == (1, 1)


def test_r2_what_is_withheld_of_a_total_is_never_fewer_than_5():
    for kind in FAST:
        one, reader = of_kind(kind), attacker(of_kind(kind))
        whole = one.tables["distribution"].assign(group="", variable="", figure=lambda table: table["count"])
        groups = one.tables.get("by_group", whole[:0]).assign(figure=lambda table: table["share"])
        rows = pd.concat([whole, groups])
        rows = rows[rows["in_base"] & rows["base"].notna() & rows["figure"].isna()]
        for (name, *among), hidden in rows.groupby(["q_id", "variable", "group"])["modalite"]:
            terms = {(name, code, *filter(None, among)): 1 for code in hidden}
            assert reader.several(name) or not 0 < reader.count(terms) < 5, (kind, terms)


def test_r2_no_line_by_group_tells_of_who_did_not_say():
    """It has no figure, and its word (share, none) would say whether they are 1 to 4."""
    tables = [of_kind(kind).tables["by_group"] for kind in FAST if "by_group" in of_kind(kind).tables]
    assert tables and all(table["in_base"].all() for table in tables)


@pytest.mark.parametrize("sizes", [(4, 9, 80, 3), (3, 9, 80, 4), (4, 6, 80, 3)])
def test_r2_weights_on_one_margin_give_no_answer_of_few_away(sizes):
    """9 of the first two, 0.14 after weights, where the census has 0.2 of both: 9 × 0.2 / 0.14 is 13, and 4 are left.

    Nor do the names of answers put together until they are ten, or how many weights are at a bound.
    """
    private = drawn(1, sum(sizes))
    private["reponses"]["commune"] = np.repeat(["c1", "c2", "c3", "c4"], sizes)
    margin = margins("commune").assign(effectif=[1000, 1000, 7000, 1000])
    tables = published_of(private, margin, ["commune", "isolement"]).tables
    assert "profile" not in tables and not tables["consultation"]["weighted"].any()
    shown = tables["distribution"].query("q_id == 'commune' and share.notna()")
    assert (shown["share"] - shown["count"] / shown["base"]).abs().le(0.005).all()


def test_r2_a_profile_that_hides_someone_says_nothing_of_how_answers_were_put_together():
    private = drawn(1, 93)
    private["reponses"]["commune"] = np.repeat(["c1", "c2", "c3", "c4"], (4, 6, 80, 3))
    tables = published_of(private, margins("commune", "sexe"), ["commune", "sexe", "isolement"]).tables
    profile = tables["profile"].set_index("variable")
    assert profile.loc["commune", "count"].isna().any() and set(profile.loc["commune", "category"]) == {""}
    assert set(profile.loc["sexe", "category"]) == {"F", "H"}
    assert tables["consultation"][["low", "high", "gap"]].isna().all(axis=None)


def test_r2_no_fraction_is_printed_of_a_base_that_is_not():
    """χ² / V² would give back a base; so would 7/53."""
    fractions = {"distribution": "share", "by_group": "share", "paths": "share", "completion": "nonresponse",
                 "summary": "mean", "crossings": "v"}  # fmt: skip
    for kind in FAST:
        for name, table in of_kind(kind).tables.items():
            if name in fractions:
                base = table["put" if name == "completion" else "base"]
                assert base[table[fractions[name]].notna()].notna().all(), (kind, name)


# ------------------------------------------------------------------------------------------------------ χ², V and p


def tables_with_margins(table):
    """Return the tables of counts that have the margins of a table of two rows."""
    columns = table.sum(axis=0)
    rows = np.array([*product(*(range(int(column) + 1) for column in columns[:-1]))])
    rows = np.column_stack([rows, table[0].sum() - rows.sum(axis=1)])
    rows = rows[(rows[:, -1] >= 0) & (rows[:, -1] <= columns[-1])]
    return np.stack([rows, columns - rows], axis=1)


def chi2(tables):
    """Return the χ² of each table of counts."""
    expected = tables.sum(axis=2, keepdims=True) * tables.sum(axis=1, keepdims=True) / tables[0].sum()
    return ((tables - expected) ** 2 / np.where(expected > 0, expected, 1)).sum(axis=(1, 2))


def a_crossing(seed):
    """Return a table of two groups and three answers, one of them rare in a group."""
    generator = np.random.default_rng(seed)
    return np.array([[generator.integers(1, 5), *generator.integers(10, 20, 2)], generator.integers(8, 25, 3)])


def published_crossing(table):
    private = drawn(1, int(table.sum()))
    cells = [(sex, code) for sex, row in zip("FH", table, strict=True) for code, n in zip(
        ("va", "nom", "non"), row, strict=True) for _ in range(n)]  # fmt: skip
    private["reponses"][["sexe", "connait_evs"]] = cells
    return published_of(private, margins(), ["sexe", "connait_evs"])


def rounded(tables, size):
    """Return the χ² of tables to a whole number, V and p to two decimals."""
    square = chi2(tables)
    return np.round([square, 100 * np.sqrt(square / size), 100 * distributions.chi2.sf(square, 1)])


@pytest.mark.parametrize("seed", range(3))
def test_r2_what_is_printed_of_a_test_leaves_every_small_number_possible(seed):
    """All the tables that have the margins, the cells and the test that are printed; it is made of what is shown."""
    true = a_crossing(seed)
    published = published_crossing(true).tables
    test = published["crossings"].query("q_id == 'connait_evs' and group == 'sexe'").iloc[0]
    if "by_group" not in published:  # no table of groups, and no figure of its test
        assert test[["chi2", "v", "v_corrected", "p", "p_adjusted"]].isna().all()
        return
    shares = published["by_group"].query("in_base").pivot(index="group", columns="modalite", values="share")
    shown = shares[["va", "nom", "non"]].notna().to_numpy()
    possible = tables_with_margins(true)
    possible = possible[((possible == true) | ~shown).all(axis=(1, 2))]
    if pd.notna(test["chi2"]):
        columns = shown.all(axis=0)
        merged = np.concatenate([possible[:, :, columns], possible[:, :, ~columns].sum(axis=2, keepdims=True)], axis=2)
        possible = possible[np.round(chi2(merged)) == test["chi2"]]
    assert (possible == true).all(axis=(1, 2)).any()
    for row, column in zip(*np.nonzero(~shown & (true < 5) & (true > 0)), strict=True):
        assert {*possible[:, row, column]} >= {0, 1, 2, 3, 4}


def test_r2_no_figure_of_a_test_without_the_table_that_it_is_of():
    for kind in ("one answer", "weighted on sex"):
        tables = of_kind(kind).tables
        tests = tables["crossings"]
        shown = pd.MultiIndex.from_frame(tables["by_group"][["q_id", "variable"]].drop_duplicates())
        told = tests["p"].notna()
        assert told.any() and pd.MultiIndex.from_frame(tests.loc[told, ["q_id", "group"]]).isin(shown).all()
        assert tests.loc[told, "chi2"].mod(1).eq(0).all() and tests.loc[~told, ["chi2", "v", "method"]].isna().all(
            axis=None
        )
        assert tests["strength"].notna().all()


# ---------------------------------------------------------------------------------------------------- what else tells


def test_r2_the_attacker_believes_only_what_is_printed():
    """He finds what a table tells once it is given back to it."""
    one = of_kind("one answer")
    reader = attacker(one)
    name, terms = next((name, terms) for name, terms in reader.groups().items() if "NSP" not in name)
    assert reader.range_of(terms)[0] == 0
    reader.learn(terms, reader.count(terms))
    del reader.__dict__["_matrices"]
    assert name in reader.finds_out({name: terms})

"""The bilan, the plan, its money and its follow-up, worked out by hand (scenarios 12 and 14)."""

import datetime
import math

import pandas as pd
import pytest

from ctg_analysis.demarche import plan
from ctg_analysis.demarche.declared_tables import empty
from ctg_analysis.demarche.demarche import Demarche
from ctg_analysis.model.settings import EXAMPLE_EPCI


def rows(name, *several, **same):
    """Return rows of a table of the démarche; what is not said is blank."""
    table = empty(name)
    made = pd.DataFrame([dict.fromkeys(table) | same | row for row in several], columns=list(table), dtype=object)
    return made.astype(table.dtypes.to_dict())


def test_every_status_has_its_column_and_the_whole_is_the_sum():
    actions = rows(
        "bilan_actions",
        {"axe": "B", "statut": "réalisée"},
        {"axe": "A", "statut": "abandonnée"},
        {"axe": "B", "statut": "réalisée"},
        {"axe": "B", "statut": "reportée"},
    )
    told = plan.by_axis(actions)
    assert list(told) == [*plan.PAST_STATUSES, "total"] and list(told.index) == ["B", "A", "Ensemble"]
    assert told.loc["B"].tolist() == [2, 0, 0, 1, 0, 3]
    assert told.loc["A"].tolist() == [0, 0, 0, 0, 1, 1]
    assert told.loc["Ensemble"].tolist() == [2, 0, 0, 1, 1, 4]


def test_costs_and_quantities_compare_only_what_is_known_on_both_sides():
    actions = rows(
        "bilan_actions",
        {"action_id": "B1", "prevu": 12, "realise": 8, "cout_prevu": 100, "cout_realise": 130},
        {"action_id": "B2", "prevu": 4, "realise": 4, "cout_prevu": 1000},
        {"action_id": "B3", "prevu": 0, "realise": 3, "cout_realise": 50},
        axe="A",
        intitule="x",
    )
    costs = plan.costs(actions).loc["Ensemble"]
    assert costs.to_dict() == {"planned": 100, "spent": 130, "known": 1, "actions": 3}
    told = plan.quantities(actions)
    assert told["action_id"].tolist() == ["B1", "B2"] and told["part"].tolist() == [8 / 12, 1]


ACTION = {"axe_id": "A1", "obj_id": "O1", "statut": "validée", "pilote": "direction", "priorite": 1, "titre": "t"}


def funding(*several):
    names = ["action_id", "financeur", "annee", "nature", "montant"]
    return rows("financements", *(dict(zip(names, one, strict=True)) for one in several))


MONEY = funding(
    ("F1", "Caf", 2024, "fonctionnement", 100.0),
    ("F1", "EPCI", 2025, "fonctionnement", 50.5),
    ("F1", "Caf", 2025, "investissement", 1000.0),
    ("F2", "usagers", 2024, "fonctionnement", 10.0),
    ("F3", "Caf", 2024, "fonctionnement", 7777.0),
)
ACTIONS = rows(
    "actions",
    {"action_id": "F1", "budget_fonct": 150.5, "budget_invest": 1000.0},
    {"action_id": "F2", "budget_fonct": 10.0, "budget_invest": 0.0},
    {"action_id": "F3", "budget_fonct": 1.0, "statut": "abandonnée"},
    **{name: value for name, value in ACTION.items() if name != "statut"},
).assign(statut=["validée", "validée", "abandonnée"])


def test_the_totals_are_the_same_sum_by_financer_and_by_year_without_what_was_given_up():
    table = plan.by_financer(plan.of_the_plan(MONEY, ACTIONS))
    assert list(table.index) == ["Caf", "EPCI", "usagers", "Total"] and list(table) == [2024, 2025, "Total"]
    assert table.loc["Caf"].tolist() == [100, 1000, 1100]
    assert table.loc["Total"].tolist() == [110, 1050.5, 1160.5]
    assert table.loc["Total", "Total"] == table["Total"].iloc[:-1].sum() == 1160.5


def test_a_budget_that_does_not_reconcile_is_told_even_when_its_natures_make_up_for_each_other():
    told = plan.reconciliation(ACTIONS, MONEY).set_index("action_id")
    assert list(told.index) == ["F1", "F2"] and told["agrees"].all() and told.loc["F1", "brought"] == 1150.5
    moved = ACTIONS.assign(budget_fonct=[140.5, 10.0, 1.0], budget_invest=[1010.0, 0.0, None])
    told = plan.reconciliation(moved, MONEY).set_index("action_id")
    assert not told.loc["F1", "agrees"]
    told = plan.reconciliation(ACTIONS, MONEY[MONEY["financeur"].ne("usagers")]).set_index("action_id")
    assert told.loc["F2", ["budget", "brought", "agrees"]].tolist() == [10, 0, False]


@pytest.mark.parametrize(
    "moment, begin, end",
    [
        ("2024", 2024.0, 2025.0),
        ("2024-07", 2024.5, 2024 + 7 / 12),
        ("2024-02-01", 2024 + 1 / 12, 2024 + (1 + 1 / 29) / 12),
        ("2024-12-31", 2024 + (11 + 30 / 31) / 12, 2025.0),
    ],
)
def test_an_action_lasts_to_the_end_of_the_moment_it_ends_in(moment, begin, end):
    actions = rows("actions", {"calendrier_debut": moment, "calendrier_fin": moment}, {})
    told = plan.in_time(actions)
    assert told[["begin", "end"]].to_numpy().tolist() == [pytest.approx([begin, end])]
    assert plan.as_year(datetime.date(2026, 1, 1)) == 2026


BLANKS = {
    "pilote": {"pilote": None},
    "calendrier": {"calendrier_fin": None},
    "budget": {"budget_fonct": None, "budget_invest": None},
    "resultat": {"indicateurs_resultat": None},
}


@pytest.mark.parametrize("need, blank", BLANKS.items())
def test_what_an_action_lacks_is_told(need, blank, example):
    table = Demarche(EXAMPLE_EPCI, example).table
    money, followed = table("financements"), table("indicateurs_suivi")
    assert plan.completeness(table("actions"), money, followed)[list(plan.NEEDS)].all(axis=None)
    actions = table("actions").copy()
    for column, value in blank.items():
        actions.loc[0, column] = value
    told = plan.completeness(actions, money, followed)
    assert not told.loc[0, need] and told.loc[1:, list(plan.NEEDS)].all(axis=None)


@pytest.mark.parametrize("column", plan.OF_A_RESULT)
def test_a_result_indicator_needs_its_baseline_its_target_and_who_collects_it(column, example):
    table = Demarche(EXAMPLE_EPCI, example).table
    followed = table("indicateurs_suivi").copy()
    followed.loc[followed["ind_id"].eq("F01-T2"), column] = None
    told = plan.completeness(table("actions"), table("financements"), followed).set_index("action_id")
    assert not told.loc["F01", "resultat"] and told["resultat"].sum() == len(told) - 1


def followed(**more):
    baseline = {"ind_id": "I1", "action_id": "F1", "type": "résultat", "libelle": "l", "unite": "u"}
    dated = {"valeur_reference": 10, "date_reference": "2023", "cible": 20, "cible_date": "2027-12"}
    return rows("indicateurs_suivi", baseline | dated | more)


def followup(*pairs):
    values = [{"action_id": "F1", "annee": year, "valeurs_indicateurs": (("I1", value),)} for year, value in pairs]
    return rows("suivi", *values)


def observed(*several):
    columns = ["year", "value", "source"]
    return pd.DataFrame(several, columns=columns).assign(indicateur="births_count", text="12,0", low=None, high=None)


def test_a_series_goes_from_its_baseline_to_its_target():
    told = plan.values(followed(), followup((2024, 12.0), (2025, 14.0)), plan.NOTHING_OBSERVED)
    assert told[["year", "value", "kind", "part"]].to_numpy().tolist() == [
        [2023, 10, "départ", 0],
        [2024, 12, "suivi", 0],
        [2025, 14, "suivi", 0],
        [2027, 20, "cible", 0],
    ]
    (gap,) = plan.gaps(followed(), told).itertuples()
    assert (gap.now, gap.now_year, gap.way, gap.broken) == (14, 2025, 0.4, False)


def test_a_target_may_be_lower_reached_passed_or_walked_away_from():
    for target, now, way in ((5, 9, 0.2), (5, 5, 1), (5, 2, 1.6), (5, 12, -0.4), (20, 20, 1)):
        one = followed(cible=target)
        (gap,) = plan.gaps(one, plan.values(one, followup((2024, now)), plan.NOTHING_OBSERVED)).itertuples()
        assert gap.way == pytest.approx(way)


def test_a_definition_that_changes_cuts_the_series():
    """Scenario 14: the indicator keeps its id, what lies on both sides of the break is not compared."""
    one = followed(rupture_annee=2025)
    told = plan.values(one, followup((2024, 12.0), (2025, 3.0)), plan.NOTHING_OBSERVED)
    assert told["part"].tolist() == [0, 0, 1, 1] and set(told["ind_id"]) == {"I1"}
    (gap,) = plan.gaps(one, told).itertuples()
    assert gap.broken and math.isnan(gap.way) and gap.now == 3


def test_what_is_observed_stands_for_what_is_reported_and_another_source_cuts_the_series():
    one = followed(indicateur="births_count")
    seen = observed((2022, 9.0, "a"), (2024, 12.0, "a"), (2025, 13.0, "b"))
    told = plan.values(one, followup((2024, 99.0)), seen)
    assert told[["year", "value", "kind", "part"]].to_numpy().tolist() == [
        [2023, 10, "départ", 0],
        [2024, 12, "diagnostic", 0],
        [2025, 13, "diagnostic", 1],
        [2027, 20, "cible", 1],
    ]
    only_before = plan.values(one, followup((2024, 99.0)), seen.iloc[:1])
    assert only_before["value"].tolist() == [10, 99, 20]


def test_late_is_not_given_up():
    """Scenario 14: two years of follow-up, and each action keeps the status that was written."""
    told = rows(
        "suivi",
        {"action_id": "F1", "annee": 2024, "statut": "en cours", "depense": 10},
        {"action_id": "F1", "annee": 2025, "statut": "retardée", "depense": 5},
        {"action_id": "F3", "annee": 2024, "statut": "non démarrée", "depense": 0},
        {"action_id": "F3", "annee": 2025, "statut": "abandonnée"},
    )
    by_year = plan.status_by_year(told)
    assert by_year.loc["F1"].tolist() == ["en cours", "retardée"] and by_year.loc["F3", 2025] == "abandonnée"
    money = plan.money(plan.of_the_plan(MONEY, ACTIONS), told)
    assert money.to_numpy().tolist() == [[2024, 110, 10, 2, 2], [2025, 1050.5, 5, 1, 2]]
    actions = ACTIONS.assign(axe="A")
    bilan = plan.as_bilan(actions, followed(type="réalisation"), MONEY, told).set_index("action_id")
    assert bilan["statut"].to_dict() == {"F1": "retardée", "F2": "non démarrée", "F3": "abandonnée"}
    assert bilan.loc["F1", ["prevu", "cout_prevu", "cout_realise", "suite"]].tolist() == [20, 1150.5, 15, "à décider"]
    assert bilan.loc["F3", "suite"] == "arrêter" and math.isnan(bilan.loc["F2", "cout_realise"])


def test_a_meeting_that_is_to_come_is_not_one_that_was_not_held(example):
    """The COPIL of June 2026 has no attendance yet: the last day that is told of is before it."""
    seen = Demarche(EXAMPLE_EPCI, example).table("observations").query("indicator == 'steering_meetings_held_share'")
    told = seen.set_index("period")[["numerator", "denominator"]]
    assert told.loc["2026"].tolist() == [1, 1] and told.loc["2025"].tolist() == [5, 5]

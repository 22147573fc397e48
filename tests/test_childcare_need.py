"""The need for childcare beside the supply: the grid worked by hand, what is unknown is an axis and is said."""

import pandas as pd
import pytest

from ctg_analysis.chapter import open_chapter
from ctg_analysis.core.settings import DEFAULT_EPCI, EXAMPLE_EPCI
from ctg_analysis.display.markup import Citation
from ctg_analysis.display.pieces import childcare_needs
from ctg_analysis.display.words import texts
from ctg_analysis.indicators.childcare_need import (
    AGED_55_PLUS,
    AT_CHILDMINDERS,
    AT_WORK,
    PLACES,
    RATE,
    SHARES,
    WISHED,
    grid,
    offers,
    shares,
    supply_of,
)
from ctg_analysis.indicators.simulation import AT_WORK as CHILDMINDERS
from ctg_analysis.indicators.simulation import CHILDMINDER_PLACES, Missing, simulate

# 180 places for 100 x 180 / 60 = 300 children; 40 places for 100 are at childminders: 120.
KNOWN = {RATE: 60, AT_CHILDMINDERS: 40, PLACES: 180, CHILDMINDER_PLACES: 120, CHILDMINDERS: 50}


def observed(known, period="2023", status="ok"):
    rows = pd.DataFrame({"indicator": known.keys(), "value": known.values()}, dtype=object)
    return rows.assign(value=rows["value"].astype(float), period=period, status=status, source="cnaf")


def test_the_children_are_those_of_the_rate_and_the_places():
    found = supply_of(observed(KNOWN))
    assert (found.children, found.places, found.at_childminders, found.counted) == pytest.approx((300, 180, 120, True))


def test_without_places_the_supply_is_for_100_children():
    """Places of another year would give other children (R12)."""
    rows = pd.concat([observed({RATE: 60, AT_CHILDMINDERS: 40}), observed({PLACES: 200}, "2022")])
    found = supply_of(rows)
    assert (found.children, found.places, found.at_childminders, found.counted) == pytest.approx((100, 60, 40, False))


@pytest.mark.parametrize("known, lacking", [({}, RATE), ({RATE: 60}, AT_CHILDMINDERS)])
def test_without_a_rate_nothing_is_worked_out(known, lacking):
    assert supply_of(observed(known)) == Missing(lacking, "2023" if known else "")


def test_the_grid_by_hand():
    """300 x 70 % x 80 % = 168: 180 - 168 = 12 left over; half of the 40 % of 55 or more stop: 180 - 24 - 168 = -12;
    all: -36; 12 places more and 10 x 120 / 50 = 24 fewer: 168 - 168 = 0. 300 x 70 % = 210: -30, -54, -78, -42."""
    supply = supply_of(observed(KNOWN))
    offered = offers(supply, 40, simulate(observed(KNOWN), places=12, leaving=10))
    assert list(offered) == ["today", "20 %", "40 %", "simulated"]
    found = grid({"2023": supply.children}, [70], [80, 100], offered)
    assert found["needed"].tolist() == pytest.approx([168] * 4 + [210] * 4)
    assert found["balance"].tolist() == pytest.approx([12, -12, -36, 0, -30, -54, -78, -42])


def test_what_nothing_tells_is_an_axis_and_is_said():
    rows = observed(KNOWN).assign(low=float("nan"), high=float("nan"))
    axes = [shares(rows, name) for name in (AT_WORK, WISHED)]
    assert axes == [SHARES[AT_WORK], SHARES[WISHED]]
    supply = supply_of(rows)
    offered = offers(supply, None, simulate(rows, places=0, leaving=0))
    assert list(offered) == ["today", "10 %", "20 %"], "no change is simulated"
    html = childcare_needs.need(grid({"2023": 300.0}, *axes, offered), supply, set(), None, "", Citation("Cnaf.")).html
    assert "27 scénarios" in html and html.count("<tr>") + html.count("<tr ") == 10
    for words in (
        "tous les parents ont un emploi",
        "que seule une consultation dirait",
        "l'âge des assistants maternels",
    ):
        assert texts.typography(words) in html


@pytest.mark.parametrize(
    "balances, said",
    [
        ([-12, 30], "l'offre irait de 12 places de moins que le besoin à 30 de plus : elle manque dans 1 d'entre eux."),
        ([-30, -12], "il manquerait de 12 à 30 places."),
        ([0, 12], "il resterait de 0 à 12 places."),
    ],
)
def test_the_sentence_tells_the_span_and_never_one_number(balances, said):
    supply = supply_of(observed(KNOWN))
    sentence = childcare_needs.sentence(pd.DataFrame({"balance": balances}), supply)
    assert sentence == texts.typography(f"Selon les 2 scénarios de ce tableau, {said}")


def test_a_share_that_is_sampled_stands_between_its_bounds():
    rows = observed({WISHED: 85}).assign(low=70.0, high=95.0)
    assert shares(rows, WISHED) == (70, 85, 95)
    assert shares(observed({AGED_55_PLUS: 40}).assign(low=None, high=None), AT_WORK) == SHARES[AT_WORK]


def test_the_page_of_the_invented_territory_has_its_own_shares_and_the_years_to_come(example):
    html = open_chapter(EXAMPLE_EPCI).childcare_need(places=12, leaving=5).html
    assert "48 scénarios" in html, "3 shares of parents x 3 wishes, then 3 scenarios of children, x 4 offers"
    assert "2028, central" in html and "Avec 12 places de plus en EAJE et 5 assistants maternels" in html
    assert (
        "Rien ne dit ici" not in html and texts.typography("Environ 38 % des assistants maternels ont 55 ans") in html
    )


def test_the_page_of_a_territory_of_which_little_is_known_is_for_100_children(france):
    html = open_chapter(DEFAULT_EPCI).childcare_need(places=12, leaving=5).html
    assert "27 scénarios" in html and texts.typography("pour 100 enfants de moins de 3 ans") in html
    assert "Rien ne dit ici" in html and "de plus en EAJE" not in html
    assert "Enfants en" not in html and "enfants de 2023, offre de 2023" in html, "a column of one year is its caption"

"""A change of the childcare supply and what it makes of the coverage rate, worked by hand."""

import re

import pandas as pd
import pytest
from shown import trend

from ctg_analysis.chapter import childcare
from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.display import texts
from ctg_analysis.indicators import trends
from ctg_analysis.indicators.childcare import APPROVED, AT_WORK, CHILDMINDER_PLACES, PLACES, RATE, Missing, simulate
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI
from ctg_analysis.publish.execution import validated
from ctg_analysis.publish.parameters import ParameterError

CNAF, PMI = "caf_nbpla_pe", "pmi_assistants_maternels"
# 180 places for 100 x 180 / 60 = 300 children; 50 childminders at work share the 120 places at childminders: 2.4 each.
KNOWN = {
    (RATE, "2023"): (60, "caf_txcouv_pe"),
    (PLACES, "2023"): (180, CNAF),
    (CHILDMINDER_PLACES, "2023"): (120, CNAF),
    (AT_WORK, "2023"): (50, PMI),
    (APPROVED, "2023"): (3.4, PMI),
}


def observed(known, status="ok"):
    rows = [(name, period, value, status, source) for (name, period), (value, source) in known.items()]
    return pd.DataFrame(rows, columns=["indicator", "period", "value", "status", "source"])


def without(*names):
    return {key: value for key, value in KNOWN.items() if key[0] not in names}


def test_places_added_and_childminders_who_stop():
    """+12 places, -5 x 2.4 = -12: 180 places again, the rate does not move: EAJE gain 4 points, the others lose 4."""
    found = simulate(observed(KNOWN), places=12, leaving=5)
    assert found.period == "2023" and found.children == pytest.approx(300)
    assert found.each.places == pytest.approx(2.4) and found.each.at_work == 50
    assert found.lost == pytest.approx(12)
    assert found.before == 60 and found.after == pytest.approx(60)
    assert found.sources == ("caf_txcouv_pe", CNAF, PMI)


def test_the_latest_year_that_has_all_is_taken():
    """2024 has the rate only; 2022 has all, but 2023 is later."""
    known = KNOWN | {(RATE, "2024"): (70, "caf_txcouv_pe"), (RATE, "2022"): (50, "c"), (PLACES, "2022"): (150, CNAF)}
    assert simulate(observed(known), places=12, leaving=0).period == "2023"


def test_approved_places_serve_when_those_at_work_of_that_year_are_not_known():
    """The form has 2024 only: 5 x 3.2 approved places = 16; (180 - 16) / 300 x 100 = 54.6667. 2022 (9) is older."""
    known = without(AT_WORK, APPROVED) | {
        (AT_WORK, "2024"): (40, PMI),
        (APPROVED, "2022"): (9, PMI),
        (APPROVED, "2024"): (3.2, PMI),
    }
    found = simulate(observed(known), places=0, leaving=5)
    assert found.after == pytest.approx(54.666667)
    assert found.each.at_work is None and found.each.period == "2024"


def test_no_more_places_are_lost_than_there_are():
    """60 childminders of 2.4 places would be 144 of 120: (180 - 120) / 300 x 100 = 20. All the 50 are not too many."""
    found = simulate(observed(KNOWN), places=0, leaving=60)
    assert found.after == pytest.approx(20) and found.lost == 120 and found.capped
    assert not simulate(observed(KNOWN), places=0, leaving=50).capped


@pytest.mark.parametrize(
    "known, leaving, missing",
    [
        (without(RATE), 0, Missing(RATE, "")),
        (without(PLACES), 0, Missing(PLACES, "2023")),
        (without(PLACES) | {(PLACES, "2021"): (170, CNAF)}, 0, Missing(PLACES, "2023")),
        (without(CHILDMINDER_PLACES), 5, Missing(CHILDMINDER_PLACES, "2023")),
        (without(AT_WORK, APPROVED), 5, Missing(AT_WORK, "2023")),
        (KNOWN | {(RATE, "2023"): (0, "caf_txcouv_pe")}, 0, Missing(RATE, "")),
    ],
    ids=[
        "no rate",
        "no places",
        "places of another year",
        "no places at childminders",
        "no childminders",
        "a rate of 0",
    ],
)
def test_what_is_missing_is_named(known, leaving, missing):
    assert simulate(observed(known), places=12, leaving=leaving) == missing


@pytest.mark.parametrize("places, leaving", [(-1, 0), (0, -5), (1.5, 0), ("12", 0)])
def test_a_change_that_is_no_whole_number_is_refused(places, leaving):
    with pytest.raises(UserError, match="expected a whole number, 0 or more"):
        simulate(observed(KNOWN), places=places, leaving=leaving)


def test_the_sentences():
    one = CATALOGUE[RATE]
    both = childcare.simulation_sentence(one, simulate(observed(KNOWN), places=12, leaving=10))
    assert both == texts.typography(
        "Avec 12 places de plus en EAJE et 10 assistants maternels en activité de moins, le taux de couverture de 2023 "
        "passerait de 60,0 à 56,0 places théoriques pour 100 enfants de moins de 3 ans."
    )
    few = simulate(observed(KNOWN), places=1, leaving=1)
    assert "1 place de plus en EAJE et 1 assistant maternel en activité" in childcare.simulation_sentence(one, few)
    told = "C'est un calcul, toutes choses égales par ailleurs, et non une prévision. Il compte 300 enfants"
    assert childcare.basis(few).startswith(texts.typography(told))
    assert texts.typography(
        "2,4 places : les places que la Cnaf compte chez eux, rapportées à ceux que la PMI dit en activité"
    ) in childcare.basis(few)
    approved = simulate(observed(without(AT_WORK)), places=0, leaving=5)
    assert "3,4 en moyenne en 2023" in childcare.basis(approved) and "maximum" in childcare.basis(approved)
    assert "dépassent" in childcare.simulation_sentence(one, simulate(observed(KNOWN), places=0, leaving=60))
    assert "dépassent" not in both


def test_the_sliders_stand_where_the_notebook_says_and_go_as_far_as_what_there_is():
    """50 childminders at work; half of the 180 places; twice the places asked for when they are more than that."""
    asked = simulate(observed(KNOWN), places=12, leaving=5)
    html = childcare.simulator(CATALOGUE[RATE], asked, "Cnaf.").html
    assert re.findall(r'max="(\d+)" value="(\d+)"', html) == [("90", "12"), ("50", "5")]
    assert "12 places de plus en EAJE" in html.partition('<div class="scenario">')[2] and "hidden" in html
    many = simulate(observed(without(AT_WORK, APPROVED)), places=100, leaving=0)
    html = childcare.simulator(CATALOGUE[RATE], many, "Cnaf.").html
    assert re.findall(r'max="(\d+)" value="(\d+)"', html) == [("200", "100")], "nothing tells what a childminder takes"


def test_the_trend_of_the_rate_takes_none_of_its_components_for_a_mean(france, example, monkeypatch):
    independent = trends.autocorrelation().model_copy(update={"a_defaut": (trends.RHOS == 0) * 1.0, "rho": {}})
    monkeypatch.setattr(trends, "autocorrelation", lambda: independent)
    rate = trend(open_chapter(EXAMPLE_EPCI), RATE).html
    assert "<svg" in rate and "sur trois ans" not in rate
    assert "sur trois ans" in trend(open_chapter(DEFAULT_EPCI), "births_count", "births_3_year_mean_count").html


def test_a_territory_without_places_gets_the_box_that_names_them(france):
    html = open_chapter("200067171").simulation(places=12, leaving=5).html
    assert "unavailable" in html and "ctg fetch caf_nbpla_pe" in html


@pytest.mark.parametrize(
    "parameters, chapter, said",
    [
        (
            {"nouvelles_places": "12"},
            "04",
            "parameter nouvelles_places: found '12', expected a whole number, 0 or more",
        ),
        ({"departs_assistants_maternels": -1}, "04", "found -1, expected a whole number, 0 or more"),
        ({"nouvelles_places": 12}, "01", "unknown parameter 'nouvelles_places': a chapter takes epci"),
        ({"places": 12}, "04", "a chapter takes epci, nouvelles_places, departs_assistants_maternels"),
    ],
)
def test_the_parameters_of_a_chapter_are_its_own(parameters, chapter, said):
    with pytest.raises(ParameterError, match=re.escape(said)):
        validated(parameters, chapter)

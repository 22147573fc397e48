"""The need for childcare beside the supply: one sentence and a slider, from who works here and what families answer."""

import re

import pandas as pd

from ctg_analysis.chapter import childcare
from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.display import texts
from ctg_analysis.indicators.childcare import EMPLOYED, PARENTS, RATE, WISHED, Missing, need_of, rate_after
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI

KNOWN = {RATE: 60.0, EMPLOYED: 70.0}


def observed(known, period="2023"):
    rows = pd.DataFrame({"indicator": known.keys(), "value": known.values()})
    return rows.assign(period=period, status="ok", source="cnaf")


def test_the_sentence_spans_half_and_all_of_the_families_who_work():
    """70 % of families work: half of them, 35 places for 100 children; all, 70."""
    said = childcare.need_sentence(need_of(observed(KNOWN)))
    assert "il faudrait au plus 35 ou 70 places pour 100 enfants" in texts.typography(said)
    assert texts.typography("En 2023, il y en a 60,0, places théoriques") in said


def test_the_parents_are_those_of_the_census_where_it_tells_them_and_else_all_who_work():
    assert need_of(observed(KNOWN | {PARENTS: 62.0})).at_work["indicator"] == PARENTS
    told = childcare.need_basis(need_of(observed(KNOWN)))
    assert "en tient lieu. C'est un majorant" in told.replace("’", "'") and "seule une consultation" in told
    assert "majorant" not in childcare.need_basis(need_of(observed(KNOWN | {PARENTS: 62.0})))
    assert need_of(observed({EMPLOYED: 70.0})) == Missing(RATE, "")
    assert need_of(observed({RATE: 60.0})) == Missing(EMPLOYED, "2023")


def test_the_slider_begins_at_what_families_answer_and_works_the_need_out():
    """80 % of 70 % of 100 children: 56. The page adds so many places to nothing, see `rate_after`."""
    html = childcare.need_shown(need_of(observed(KNOWN | {WISHED: 80.0})), "Cnaf.").html
    assert re.findall(r'max="(\d+)" value="(\d+)"', html) == [("100", "80")] and "faudrait au plus 56 places" in html
    children = float(re.search(r'data-children="([\d.]+)"', html)[1])
    assert round(rate_after(0.0, children, places=80, lost=0.0), 6) == 56
    assert 'data-before="0"' in html and 'data-each="0"' in html


def test_the_pages_of_both_territories_have_one_sentence_and_no_count_of_scenarios(france, example):
    for epci, basis in ((DEFAULT_EPCI, "le taux d’emploi des 25-54 ans"), (EXAMPLE_EPCI, "enfants de 0 à 1 an")):
        html = open_chapter(epci).childcare_need().html
        assert html.count("Selon que la moitié") == 1 and html.count('type="range"') == 1
        assert basis in html and "scénario" not in html and "<table" not in html

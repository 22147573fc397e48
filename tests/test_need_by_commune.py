"""Children beside the supply of their commune and within reach, and the rule by which a commune is to be examined."""

import pandas as pd
import pytest
from reader import rows_of

from ctg_analysis.chapter import open_chapter, reach_inputs
from ctg_analysis.display.words import texts
from ctg_analysis.indicators.childcare import facilities_within, to_examine
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.norms import norm
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI

RENNES = "243500139"


def verdicts(children, reached, enough=0.0):
    found = to_examine(pd.Series(children, dtype=float), pd.Series(reached, dtype=float), fewest=5, enough=enough)
    return found.map({True: "à examiner", False: ""}).fillna("nd").tolist()


@pytest.mark.parametrize(
    "children, reached, said",
    [
        (9, 1, ""),  # nothing in the commune, but something within reach
        (9, 0, "à examiner"),
        (5, 0, "à examiner"),
        (4, 0, ""),
        (None, 0, "nd"),
        (9, None, "nd"),
    ],
)
def test_an_absence_is_to_examine_where_nothing_is_within_reach(children, reached, said):
    assert verdicts([children], [reached]) == [said]


def test_a_supply_below_half_of_the_territory_s_is_to_examine():
    """100 children reach 20 places for 100, 100 reach 10, 50 reach 4: 32 places for 250, 12.8 for 100; half is 6.4."""
    children, reached = [100, 100, 50], [20, 10, 4]
    mean = sum(child * rate for child, rate in zip(children, reached, strict=True)) / sum(children)
    assert mean == pytest.approx(12.8) and verdicts(children, reached, enough=mean / 2) == ["", "", "à examiner"]


def test_a_territory_without_any_supply_is_to_examine_everywhere():
    assert verdicts([30, 3], [0, 0], enough=0.0) == ["à examiner", ""]


def test_a_facility_at_a_distance_that_is_not_known_is_not_far():
    apart = pd.DataFrame({"A": [0.0, 10.0, 10.1], "B": [None, 3.0, 30.0]}, index=list("ABC"))
    found = facilities_within(pd.Series({"A": 2.0, "B": 1.0}), apart, 10)
    assert found.fillna(-1).tolist() == [-1, 3, 0]
    assert facilities_within(pd.Series({"A": 2.0, "B": 0.0}), apart, 10).tolist() == [2, 2, 0], "of none, no matter"


def test_the_real_territory_has_facilities_as_the_crow_flies_and_names_its_stand_ins(france):
    chapter = open_chapter(DEFAULT_EPCI)
    childcare, leisure = chapter.need_by_commune("childcare").html, chapter.need_by_commune("leisure").html
    for html, need in ((childcare, "Naissances des trois dernières années"), (leisure, "Enfants de 5 à 9 ans")):
        header, *rows = rows_of(html)
        assert header[1].startswith(need) and header[-2:][0].endswith(", 2025") and header[-1] == "À examiner"
        assert len(rows) == len(chapter.territory.communes) + 1 and rows[-1][-2:] == ["–", ""]
        for _, children, *there, within, verdict in rows[:-1]:
            assert int(within) >= int(there[-1]), "what a commune has is within its reach"
            assert (verdict == "à examiner") == (int(within) == 0 and int(children) >= norm("examined_children"))
    assert "à vol d’oiseau" in childcare and "ne compte pas, ni les assistants maternels." in childcare
    cited = "Source : Insee, état civil, recensement de la population 2023, base permanente des équipements 2025."
    assert texts.typography(cited) in childcare


def test_a_commune_without_contour_is_not_said_to_be_far(example, monkeypatch):
    """Without driving times the crow flies; from a place that is on no map to a centre, nothing is known."""
    chapter = open_chapter(EXAMPLE_EPCI)
    unknown = reach_inputs.minutes(chapter.territory, chapter.territory.communes["code"]).mul(float("nan"))
    monkeypatch.setattr(reach_inputs, "minutes", lambda territory, points: unknown[list(points)])
    html = chapter.need_by_commune("leisure").html
    assert (
        "Habitants à vingt minutes d’un accueil de loisirs" in html
        and texts.typography("dont moins de 50 % des habitants") in html
    )
    monkeypatch.setattr("ctg_analysis.chapter.need_by_commune._people_near", lambda territory, kind: None)
    rows = {row[0]: row for row in rows_of(chapter.need_by_commune("leisure").html)}
    assert rows["L’Ébauche"][-2:] == ["nd", "nd"]


def test_nothing_is_shown_where_no_child_is_counted_by_commune(france):
    chapter = open_chapter(RENNES)
    for html in (chapter.need_by_commune("childcare").html, chapter.need_by_commune("leisure").html):
        assert "<table" not in html and "unavailable" in html


def test_a_need_that_is_none_of_those_known_is_refused(example):
    with pytest.raises(UserError, match="found 'youth', expected childcare or leisure"):
        open_chapter(EXAMPLE_EPCI).need_by_commune("youth")

"""The French of the pages: its typography, its words, nothing undefined, over all that a reader of a report sees."""

import json
import re

import pytest
from french_text import MACHINE, faults, mechanical
from page_texts import lines_of
from reader import Text
from shipped_pages import PAGES_OF
from test_every_epci import SORTS

from ctg_analysis.display.texts import NARROW, NBSP
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, all_chapters
from ctg_analysis.publish.build import build

pytestmark = pytest.mark.slow
TWELVE = [*SORTS, DEFAULT_EPCI, "243500139", "249740077", "200066116", "241700624", "200069425"]


@pytest.mark.parametrize("epci", [DEFAULT_EPCI, EXAMPLE_EPCI])
def test_pages_are_french(epci, shipped):
    found = []
    for name in PAGES_OF[epci]:
        pieces = Text((shipped / epci / name).read_text(encoding="utf-8")).pieces
        assert len(pieces) > 10, name
        found += [(name, fault) for piece in pieces for fault in faults(piece)]
    assert found == []


@pytest.mark.parametrize("epci", [DEFAULT_EPCI, EXAMPLE_EPCI])
def test_the_words_of_the_search_are_french(epci, shipped):
    html = (shipped / epci / "recherche.html").read_text(encoding="utf-8")
    entries = json.loads(re.search(r'id="entrees">(.*?)</script>', html, re.DOTALL)[1])
    assert len(entries) > 300
    assert [
        fault
        for _, title, where, _, said, value, *_ in entries
        for text in (title, where, said, value)
        for fault in faults(text)
    ] == []


@pytest.mark.nightly
def test_no_page_of_twelve_epcis_is_written_as_a_machine_does(france, tmp_path):
    assert [one.error or one.failed for one in build(TWELVE, all_chapters(), tmp_path)] == [{}] * len(TWELVE)
    lines = {
        line: path for path in tmp_path.glob("*/[01]?_*.html") for line in lines_of(path.read_text("utf-8"), "main")
    }
    assert {line: path.name for line, path in lines.items() if MACHINE.search(line)} == {}


@pytest.mark.parametrize(
    "text, fault",
    [
        ("En 2023, un fait ; un autre ; un troisième.", "more than one"),
        ("On y trouve des gares, des écoles, des crèches, des cinémas, des bains et des stades.", "a list"),
        (
            "La part des 65 ans est une part parmi les plus élevées, et une part parmi les plus élevées.",
            "the same words",
        ),
        ("Sa population baisse, contre aucune variation en France.", "written by a machine"),
        ("38,5 places théoriques sur 66,0 pour 100 enfants.", "written by a machine"),
        ("Un taux au-dessous de l’Aveyron (−0,4 %).", "written by a machine"),
    ],
)
def test_what_a_machine_writes_is_seen(text, fault):
    assert any(found.startswith(fault) for found in mechanical(text)) and not mechanical("Neuf écoles ; un collège.")


@pytest.mark.parametrize(
    "text, fault",
    [
        ("Valeur : nan", "undefined"),
        ("Combien ?", "a space that breaks before"),
        ("Combien?", "no space before"),
        ("12%", "no space before"),
        ("« hors MSA »", "« » without"),
        ("l'an", "a straight apostrophe"),
        ("66.0 places", "a decimal point"),
        ("9856 habitants", "thousands without"),
        (f"9{NBSP}856 habitants", "thousands with another"),
        ("au 1 janvier 2026", "the first of a month"),
        ("Enfants - total", "a hyphen for a dash"),
        ("Une oeuvre", "œ in two letters"),
        ("Share of children", "an English word"),
    ],
)
def test_a_fault_is_seen(text, fault):
    assert any(found.startswith(fault) for found in faults(text))


def test_what_is_right_is_left_alone():
    for text in (
        "Recensement des équipements sportifs (Data ES).",
        f"En 2023, 9{NARROW}856 habitants, soit 66,0{NARROW}% (intervalle{NBSP}: 3,9 à 6,9).",
        f"Au 1er janvier 2026{NBSP}: «{NBSP}hors MSA{NBSP}», article L. 214-1-3{NARROW}; voir insee.fr.",
        "pmi_assistants_maternels.csv à faire remplir, commune 12036",
    ):
        assert faults(text) == []

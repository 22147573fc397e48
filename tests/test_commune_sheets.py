"""The sheets of the communes: their services, their ages, the communes beside them, their maps."""

import re

import pandas as pd
import pytest

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter import open_chapter
from ctg_analysis.chapter.commune_services import Service, services_of
from ctg_analysis.core.settings import DEFAULT_EPCI, EXAMPLE_EPCI
from ctg_analysis.display.drawings.land import Land
from ctg_analysis.display.drawings.mini_maps import mini_maps
from ctg_analysis.publishing.pages.said_once import said_once

SQUARES = {"a": "M0 0h9v9h-9z", "b": "M9 0h9v9h-9z", "c": "M18 0h9v9h-9z"}
GROUND = Land(SQUARES, {"a": (0.0, 0), "b": (40.0, 30), "c": (100.0, 0)}, "", (), 200)
APART = pd.DataFrame({"a": [0.0, 5, 10], "b": [5.0, 0, 7], "c": [10.0, 7, 0]}, index=list("abc"))


def service(name, numbers, minutes=(), period="2025"):
    counts = pd.DataFrame(
        {"name": [code.upper() for code in numbers], "value": numbers.values(), "text": map(str, numbers.values())},
        index=list(numbers),
    )
    return Service(name, (CATALOGUE["schools_count"],), period, counts, dict(minutes))


def test_services_are_there_or_where_the_nearest_of_the_territory_are():
    """From a to b, 5 km; to c, 10 km."""
    services = [
        service("école", {"a": 2, "b": 1, "c": 0}, period="2024"),
        service("crèche", {"a": 0, "b": 1, "c": 1}),
        service("pharmacie", {"a": 0, "b": 0, "c": 1}),
        service("gare", {"a": 0, "b": 0, "c": 0}),
        service("médecin", {"a": 0, "b": 1, "c": 0}, {"a": "7,5", "b": "2,0"}),
    ]
    assert services_of(services, APART, "a", "2025") == [
        ["Sur place", "école (2, 2024)"],
        ["B, à 5 km", "crèche"],
        ["C, à 10 km", "pharmacie"],
        ["Ailleurs, en voiture", "médecin (7,5 min)"],
        ["Pas dans le territoire", "gare"],
    ]
    assert services_of(services, APART, "b", "2025")[0] == [
        "Sur place", "école (1, 2024), crèche (1), médecin (1, 2,0 min)"
    ]  # fmt: skip


def test_no_distance_is_told_to_a_commune_whose_place_is_not_known():
    services = [service("crèche", {"a": 0, "d": 1})]
    assert services_of(services, APART.assign(d=None), "a", "2025") == [["Ailleurs", "crèche"]]


def test_the_ground_is_drawn_once_and_shown_on_each_map():
    maps = mini_maps(GROUND, {"b": "B", "a": "A", "d": "Sans contour"})
    assert list(maps) == ["b", "a"]
    assert maps["b"].count(SQUARES["c"]) == 1 and SQUARES["c"] not in maps["a"]
    assert 'id="sol-du-territoire"' in maps["b"] and 'href="#sol-du-territoire"' in maps["a"]
    assert maps["b"].count(SQUARES["b"]) == 2 and maps["a"].count(SQUARES["a"]) == 1  # its own, above


def test_what_the_whole_has_no_value_of_is_an_empty_cell_that_the_note_names(example):
    html = open_chapter("200067171").communes("living_standard_median").html
    line = re.search(r'<th scope="row">Niveau de vie médian</th>(.*?)</tr>', html)[1]
    assert line.endswith("<td></td>") and "Sans valeur pour l’ensemble\u00a0: niveau de vie médian." in html


@pytest.fixture(scope="module")
def sheets(example):
    chapter = open_chapter(EXAMPLE_EPCI)
    html = chapter.communes("households_count", "children_0_2_count", "children_0_4_count", "secondary_dwellings_share")
    return html.html


def of(sheets, name):
    (sheet,) = [part for part in sheets.split("<section")[1:] if f"<h2>{name}</h2>" in part]
    return sheet


def test_a_commune_stands_beside_those_of_its_size_alone(sheets):
    """6 012 inhabitants in the largest, 1 012 at most elsewhere: none is beside it."""
    heads = re.findall(r'<th scope="col">(.*?)</th>', of(sheets, "Bourg-l’Exemple").split("Chiffres")[2])
    assert heads == ["Indicateur", "Ici", "Ensemble"]
    heads = re.findall(r'<th scope="col">(.*?)</th>', of(sheets, "Hautefictive").split("Chiffres")[2])
    assert heads == ["Indicateur", "Ici", "L’Ébauche", "Ensemble"]


def test_children_are_told_by_ages_of_childcare_where_they_are_known(sheets):
    sheet = of(sheets, "L’Ébauche")
    assert "Enfants de 0 à 2 ans" in sheet and "Enfants de moins de 5 ans" not in sheet


def test_the_sentence_tells_the_people_their_peak_and_the_first_services(sheets):
    lead = re.search(r'<p class="reading">(.*?)</p>', of(sheets, "L’Ébauche"))[1]
    assert "158 habitants en 2023, au plus 408 en 1876" in lead and "ni école ni crèche" in lead


def test_each_sheet_has_its_map_its_ages_and_its_sources(sheets):
    parts = sheets.split("<section")[1:]
    drawings = {re.search("<h2>(.*?)</h2>", part)[1]: part.count("<svg") for part in parts}
    assert drawings.pop("L’Ébauche") == 2 and set(drawings.values()) == {3}  # the contour of that one is not known
    assert all("Source\u00a0: " in part for part in parts)
    assert all("Âges en 2023\u00a0: " in part for part in parts)
    widths = [float(x) for x in re.findall(r'width="([\d.]+)" height="19"', parts[0])]
    assert sum(widths[:3]) == pytest.approx(sum(widths[3:]), abs=0.3)


def test_each_sheet_tells_its_signs_though_another_has_told_them(sheets):
    """A sheet hangs alone on a wall."""
    told = said_once('<p class="note">{0}</p><p class="note key">{0}</p>'.format("Une phrase de plus de dix mots " * 2))
    assert told.count("dix mots") == 4
    assert all(('class="note key"' in part) == ("<td>s</td>" in part) for part in sheets.split("<section")[1:])


@pytest.mark.slow
@pytest.mark.nightly
def test_the_sheets_of_forty_three_communes_are_light_and_tell_what_is_known(france):
    html = open_chapter("243500139").communes("living_standard_median", "living_standard_2021_median").html
    assert html.count("<section") == 43 and len(html) < 250_000
    assert "Population\u00a0: " in html and "au plus" not in html  # six years alone: no peak is told
    assert html.count("Niveau de vie médian en 2021") == 43
    assert open_chapter(DEFAULT_EPCI).communes("pupils_count").html.count('id="sol-du-territoire"') == 1

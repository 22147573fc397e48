"""The sheets of the communes: their services, their ages, the communes beside them, their maps."""

import re

import pandas as pd
import pytest

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.commune_sheets import Service, services_of
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import DEFAULT_EPCI

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
    services = [service("crèche", {"a": 0, "c": 1, "d": 1})]
    assert services_of(services, APART.assign(d=None), "a", "2025") == [["C, à au plus 10 km", "crèche"]]


def test_what_the_whole_has_no_value_of_is_an_empty_cell_that_the_note_names(example):
    html = open_chapter("200067171").communes("living_standard_median").html
    line = re.search(r'<th scope="row">Niveau de vie médian</th>(.*?)</tr>', html)[1]
    assert line.endswith("<td></td>") and "Sans valeur pour l’ensemble\u00a0: niveau de vie médian." in html


@pytest.mark.slow
@pytest.mark.nightly
def test_the_sheets_of_forty_three_communes_are_light_and_tell_what_is_known(france):
    html = open_chapter("243500139").communes("living_standard_median", "living_standard_2021_median").html
    assert html.count("<section") == 43 and len(html) < 250_000
    assert "Population\u00a0: " in html and "au plus" not in html  # six years alone: no peak is told
    assert html.count("Niveau de vie médian en 2021") == 43
    assert open_chapter(DEFAULT_EPCI).communes("pupils_count").html.count('id="sol-du-territoire"') == 1

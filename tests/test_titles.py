"""The titles of charts: what is said, of what, no more than the figures and the tests allow."""

from typing import get_args

import pandas as pd
import pytest

from ctg_analysis.chapter.demarche import pieces
from ctg_analysis.demarche.columns import OTHERS, TypeActeur
from ctg_analysis.display import notes, quantities, texts, titles
from ctg_analysis.model.catalogue import CATALOGUE

PEOPLE = CATALOGUE["population_count"]


def communes(*values, shown=True, status="ok"):
    rows = pd.DataFrame({"value": values, "text": [quantities.number(value) for value in values]})
    return rows.assign(name=[f"Commune {letter}" for letter in "ABCDEFGH"[: len(rows)]], shown=shown, status=status)


@pytest.mark.parametrize(
    "values, title",
    [
        ([60, 20, 20, 10], "Commune A (60), sur 110 habitants"),
        ([30, 30, 40], "Commune C (40), Commune A (30) et Commune B (30)"),
        ([30, 30, 30], "30 habitants dans chaque commune"),
        ([0, 5, 0], "Commune B (5)"),
        ([0, 5, 1], "Commune B (5) et Commune C (1)"),
        ([0, 0, 0], "dans aucune commune"),
    ],
)
def test_the_title_of_a_map_of_counts_names_the_commune_that_it_speaks_of(values, title):
    assert titles.circles(PEOPLE, communes(*values)) == f"Population municipale : {title}"


YOUNG = CATALOGUE["youth_index"]  # a ratio without a test


def bearing(rows, *bases, parts=None):
    """Return rows with their counts: bases that bear any value, and shares of them."""
    base = pd.Series([*bases] or [1000.0] * len(rows), index=rows.index)
    part = pd.Series(parts, index=rows.index, dtype=float) if parts else rows["value"] / 100 * base
    return rows.assign(denominator=base, numerator=part, source="insee_rp_population")


def test_the_title_of_a_map_of_ratios_leaves_out_communes_that_are_too_small():
    head = "Indice de jeunesse : "
    rows = bearing(communes(12, 30, 20))
    assert titles.choropleth(YOUNG, rows) == f"{head}de 12 à 30 selon la commune"
    assert titles.choropleth(YOUNG, rows[:1]) == f"{head}12 dans une seule commune, Commune A"
    assert titles.choropleth(YOUNG, rows.assign(shown=False)) == ""
    assert titles.choropleth(YOUNG, rows.assign(value=0, text="0")) == f"{head}0 dans chaque commune"
    low = pd.DataFrame({"text": ["≤\u00a05\u202f%"], "shown": False, "status": "censored"})
    said = titles.choropleth(YOUNG, pd.concat([rows, low], ignore_index=True))
    assert said == f"{head}de 5\u202f% ou moins à 30 selon la commune"
    mixed = communes(0.0, 18.2).assign(text=["0\u202f%", "18,2\u202f%"])
    change = bearing(mixed), CATALOGUE["natural_change_rate"]
    assert titles.choropleth(*change[::-1]).endswith("de 0\u202f% à 18,2\u202f% selon la commune")
    small = bearing(communes(12, 30, 20), 97.0, 1000, 1000)
    assert titles.choropleth(YOUNG, small) == f"{head}de 20 à 30 selon la commune"
    assert titles.leaves_some_out(YOUNG, small) and not titles.leaves_some_out(YOUNG, rows)
    assert titles.choropleth(YOUNG, bearing(communes(1, 2), 97.0, 97)) == "Indice de jeunesse"


def test_the_title_of_a_norm_leaves_out_no_commune_and_does_not_say_that_it_does():
    doctors = CATALOGUE["general_practitioner_accessibility_index"]
    rows = bearing(communes(1.3, 4.0, 3.0), 97.0, 1000, 1000)
    assert "Commune A" in titles.choropleth(doctors, rows) and not titles.leaves_some_out(doctors, rows)


def test_r9_one_dwelling_of_255_is_the_extreme_of_no_map():
    vacant, head = CATALOGUE["vacant_dwellings_share"], "Logements vacants : "
    rows = bearing(communes(0.4, 20, 9), 255.0, 300, 445, parts=[1, 60, 40])
    only = "20 dans une seule commune, Commune B, qui s'écarte des autres, sur 20 cas ou plus"
    assert titles.choropleth(vacant, rows) == head + only  # Commune A is apart too, on one dwelling
    few = bearing(communes(0.4, 7.7, 7.5), 255.0, 1300, 1300, parts=[1, 100, 98])
    assert titles.choropleth(vacant, few) == f"{head}{titles.NONE_APART}, sur 20 cas ou plus"
    rows = bearing(communes(6, 20, 9), 800.0, 300, 445, parts=[48, 60, 40])
    assert titles.choropleth(vacant, rows) == f"{head}de 6 à 20 dans les 2 communes qui s'écartent des autres"
    alike = bearing(communes(9, 10, 11), parts=[90, 100, 110])
    assert titles.choropleth(vacant, alike) == f"{head}{titles.NONE_APART}"
    pair = bearing(communes(20, 20, 5, 5), 500.0, 500, 50, 2000, parts=[100, 100, 2, 100])
    assert titles.choropleth(vacant, pair) == f"{head}de 5 à 20 dans les 3 communes qui s'écartent des autres"
    every = bearing(communes(6, 20), 800.0, 300, parts=[48, 60])
    assert titles.choropleth(vacant, every) == f"{head}de 6 à 20 selon la commune"  # apart from no other
    twice = bearing(communes(20, 20, 5), 500.0, 500, 50, parts=[100, 100, 2])
    assert "de 20 à 20" not in titles.choropleth(vacant, twice)


@pytest.mark.parametrize(
    "values, title",
    [
        ({"Crèche": 10.0, "France services": 4.0}, "Crèche (10 minutes) et France services (4)"),
        ({"Crèche": 10.0, "Gare": 7.0, "France services": 4.0}, "Le plus loin : crèche, 10 minutes, puis gare (7)"),
        ({"Crèche": 10.0, "École": 10.0, "Gare": 4.0}, "Le plus loin : crèche et école, 10 minutes, puis gare (4)"),
        ({"Crèche": 10.0, "École": 10.0, "Gare": 10.0, "Mairie": 4.0}, ""),
        ({"Crèche": 10.0, "Gare": 7.0, "Accueil (été)": 4.0}, "Le plus loin : crèche, 10 minutes, puis gare (7)"),
        ({"École": 1.0, "Nombre de minutes": 1.0, "Gare": 0.0}, "Le plus loin : école et nombre de minutes, 1"),
        ({"Bas (D1)": 4.0, "Milieu (D5)": 7.0, "Haut (D9)": 10.0}, "De 4 (bas) à 10 minutes (haut)"),
        ({"Crèche": 4.0, "École": 4.0, "Gare": 4.0}, "Accès : 4 dans chaque cas"),
        ({"Crèche": 4.0, "École": 4.0}, "Crèche (4 minutes) et école (4)"),
        ({"Crèche": 5.0}, "Crèche : 5"),
    ],
)
def test_the_title_of_a_family_tells_its_greatest(values, title):
    rows = pd.DataFrame({"name": values.keys(), "value": values.values()})
    rows["text"] = [quantities.number(value) for value in rows["value"]]
    assert titles.family("Accès", "minutes", rows) == title


def test_the_title_of_a_family_tells_what_comes_first_where_that_is_sure():
    rows = pd.DataFrame({"name": ["Impôts, en moins", "Salaires", "Pensions"], "value": [-13.2, 39.0, 39.8]})
    rows["text"] = ["−13,2 %", "39,0 %", "39,8 %"]
    assert titles.family("Revenus", "%", rows) == "Pensions d'abord (39,8 %), puis salaires (39,0 %)"
    tied = rows.assign(text=["39,0 %", "39,0 %", "39,8 %"])
    assert titles.family("Revenus", "%", tied) == "Pensions d'abord (39,8 %)"
    even = rows.assign(value=[-13.2, 39.7, 39.8], text=["−13,2 %", "39,7 %", "39,8 %"])
    assert titles.family("Revenus", "%", even) == "Pensions (39,8 %) et salaires (39,7 %)"
    each = rows.assign(value=[30.0, 39.8, 39.8], text=["30,0 %", "39,8 %", "39,8 %"])
    assert titles.family("Revenus", "%", each).startswith("Salaires et pensions d'abord (39,8 % dans chaque cas)")
    near = rows.assign(low=rows["value"] - 1, high=rows["value"] + 1)
    assert titles.family("Revenus", "%", near) == "Pensions (39,8 %) et salaires (39,0 %)"
    assert titles.family("Revenus", "%", rows.assign(value=[0, 0, 59.8])) == "Pensions d'abord (39,8 %)"


def test_members_that_are_no_parts_of_one_whole_are_told_beside_a_place():
    """All on one side of it; else what differs, with its figure; nothing that no test tells."""

    def member(name, value, france, sure=True, times=1.5):
        rows = pd.DataFrame({"level": ["epci", "france"], "name": [name, "France"], "value": [value, france]})
        gaps = pd.DataFrame(
            {"level": ["france"], "higher": value > france, "times": times, "sure": sure, "equal": False}
        )
        text = [quantities.number(one) for one in rows["value"]]
        rows = rows.assign(text=text, status="ok")
        return CATALOGUE["childcare_coverage_eaje_rate"], rows, gaps.assign(alike=times < 1, remarkable=False, p=None)

    centres, school = member("Crèches", 26, 20), member("École", 5, 3)
    assert titles.beside("Les places", [centres, school]) == "Les places : chaque fois plus qu'en France"
    told = titles.beside("Les places", [member("École", 50, 60, sure=False), centres])
    assert (
        told == "Crèches (26) : plus qu'en France (20) ; école (50) : sans que l'écart soit établi avec la France (60)"
    )
    assert titles.beside("Les places", [(*centres[:2], centres[2][:0]), school]).startswith("École (5) : plus qu'en")
    assert titles.beside("Les places", [(*centres[:2], centres[2][:0])]) == ""
    nurseries = member("Accueil en crèche ou en micro-crèche", 20, 29)
    both = "Accueil chez un assistant maternel : plus qu'en France ; accueil en crèche ou en micro-crèche : moins"
    assert titles.beside("Les places", [member("Accueil chez un assistant maternel", 40, 31), nurseries]) == both


def test_members_that_France_sets_apart_are_not_told_alike_beside_another_place():
    """256 nurses beside 156 in France and 300 in the département are no lack that goes with that of dentists."""
    rows = pd.DataFrame({"level": ["epci", "france", "departement"], "name": ["Infirmiers", "France", "Aveyron"]})
    gaps = pd.DataFrame({"level": ["france", "departement"], "higher": [True, False], "times": 1.5, "sure": True})
    gaps = gaps.assign(equal=False, alike=False, remarkable=False, p=None)
    rows, few = rows.assign(value=[256.0, 156, 300], text=["256", "156", "300"], status="ok"), gaps.assign(higher=False)
    nurses = CATALOGUE["childcare_coverage_eaje_rate"], rows, gaps
    dentists = nurses[0], rows.assign(name=["Dentistes", "France", "Aveyron"], value=[51.0, 61, 65]), few
    assert titles.beside("Soins", [nurses, dentists]).startswith("Infirmiers (256) : plus qu'en France (156)")
    assert titles.beside("Soins", [(*nurses[:2], few), dentists]) == "Soins : chaque fois moins qu'en France"


def test_no_share_comes_first_where_what_is_not_shown_may_be_greater():
    rows = pd.DataFrame({"name": ["Couples", "Couples avec enfant(s)", "Un parent"], "value": [27.3, 19.4, 5.0]})
    rows["text"] = ["27,3 %", "19,4 %", "5,0 %"]
    assert titles.family("Ménages", "%", rows) == "Couples (27,3 %) et couples avec enfant(s) (19,4 %)"
    assert titles.family("Ménages", "%", rows.assign(value=[27.3, 0, 0])) == "Couples : 27,3 %"
    assert titles.family("Ménages", "ménages", rows).startswith("Couples d'abord")


def test_a_commune_has_one_place_in_order_before_and_after_typography():
    names = pd.Series(["Laillé", "L'Hermitage", "Le Rheu"])
    written = names.map(texts.typography)
    orders = [list(each.sort_values(**texts.BY_NAME).index) for each in (names, written)]
    assert orders == [[1, 0, 2]] * 2


def test_a_name_of_an_epci_is_not_glossed_and_the_same_word_elsewhere_is():
    assert notes.terms_in(["CA CAP Excellence"]) == ["CA"]
    assert notes.terms_in(["un CAP, un BEP"]) == ["BEP", "CAP"]


def test_actors_are_named_as_a_sentence_does():
    assert pieces.the_actors(["élu", "Caf", "Éducation nationale"]) == "les élus, la Caf et l'Éducation nationale"
    counts = {"élu": 1, "association": 4, "santé": 1, "Département": 3, "autres acteurs": 9}
    assert [pieces.counted_actors(kind, number) for kind, number in counts.items()] == [
        "1 élu", "4 associations", "1 professionnel de santé", "3 du Département", "9 autres acteurs"
    ]  # fmt: skip
    assert set(pieces.ACTORS) == {*get_args(TypeActeur), OTHERS}

"""The words of a figure: from rows to what a page says of them, without a drawing."""

import pytest

from ctg_analysis.chapter import open_chapter
from ctg_analysis.chapter.figure_words import figure_words
from ctg_analysis.display.markup import Html
from ctg_analysis.model.settings import EXAMPLE_EPCI


@pytest.fixture(scope="module")
def chapter(example):
    return open_chapter(EXAMPLE_EPCI)


def said(chapter, rows, **more):
    return figure_words(chapter.territory, rows.reset_index(drop=True), **more)


def test_the_members_of_a_family_have_a_headline_their_gaps_and_their_table(chapter):
    words = said(chapter, chapter.members("tenure"))
    assert words.title.startswith("Propriétaires d'abord (68,3") and words.subtitle.endswith("(%), 2023")
    assert words.data.header[:2] == ["Indicateur", "CC des Monts d'Exemple"] and words.file.endswith(".csv")
    partial = said(chapter, chapter.members("tenure").query("label != 'Propriétaires'"))
    assert len(partial.data.rows) < len(words.data.rows) and "Propriétaires" not in partial.alt


def test_two_members_are_told_in_a_sentence_and_none_in_the_box_of_who_has_them(chapter):
    two = said(chapter, chapter.members("counters"))
    assert isinstance(two, Html) and "1 accueil de la Caf" in two.html and "<svg" not in two.html
    none = said(chapter, chapter.data("births_count").query("level == 'epci' and status == 'secret'"))
    assert isinstance(none, Html) and "naissances domiciliées" in none.html


def test_years_without_an_established_change_say_nothing_unless_a_title_asks(chapter):
    rows = chapter.data("births_count").query("level == 'epci'")
    nothing = said(chapter, rows)
    assert nothing.html == "" and "aucune évolution établie" in nothing.why
    asked = said(chapter, rows, title="Les naissances, année par année")
    assert asked.title == "Les naissances, année par année" and len(asked.data.rows) == 18
    assert ["2014", "nd"] in asked.data.rows


def test_all_the_communes_have_the_words_of_a_map_and_some_of_them_a_plain_table(chapter):
    rows = chapter.data("population_count").query("year == 2023 and level == 'commune'")
    assert said(chapter, rows).title.startswith("Population municipale")
    some = said(chapter, rows.head(3), title="Trois communes")
    assert some.title == "Trois communes" and len(some.data.rows) == 3


def test_ages_say_the_most_numerous_and_other_rows_their_title_alone(chapter):
    assert said(chapter, chapter.ages("departement")).title.startswith("Les 50 à 54 ans sont les plus nombreux")
    rows = chapter.data("births_count").query("level in ['epci', 'departement'] and status == 'ok'")
    index = chapter.computed(rows, rows["value"] / 10, "Dixième des naissances")
    assert said(chapter, index).title == "Dixième des naissances"

"""What the last cells of a chapter list is taken from the executed notebook, whatever ran before, in whatever order."""

import re

import nbformat
import pytest

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter import open_chapter
from ctg_analysis.chapter.closing import close
from ctg_analysis.chapter.demarche.bilan import Bilan
from ctg_analysis.core.settings import EXAMPLE_EPCI
from ctg_analysis.display.words.texts import typography, with_unit


@pytest.fixture(scope="module")
def chapter(example):
    return open_chapter(EXAMPLE_EPCI)


def executed(*pieces):
    outputs = [nbformat.v4.new_output("execute_result", piece._repr_mimebundle_()) for piece in pieces]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[output]) for output in outputs])


def closed(chapter, *pieces):
    notebook = executed(*pieces)
    close(notebook, chapter.territory)
    return [cell.outputs[0].data["text/html"] for cell in notebook.cells]


def defined(html):
    return re.findall(r"<dt[^>]*>(.*?)</dt>", html)


def test_a_closing_verb_says_the_same_whatever_ran_before(chapter):
    closing = (
        chapter.glossary,
        chapter.method,
        chapter.peers,
        Bilan(chapter.territory).glossary,
    )
    before = [verb() for verb in closing]
    chapter.show("population_count"), chapter.messages(), chapter.family("childhood_count")
    assert [verb() for verb in closing] == before


def test_what_a_chapter_shows_is_listed_wherever_it_stands(chapter):
    shown = chapter.show("population_count"), chapter.table("births_count", "deaths_count")
    named = [CATALOGUE[name] for name in ("population_count", "births_count", "deaths_count")]
    label = [typography(with_unit(one.label, one.unit)) for one in named]
    first, *_ = closed(chapter, chapter.glossary(), *shown)
    *_, last = closed(chapter, *shown[::-1], chapter.glossary())
    assert first == last and sorted(defined(first)) == sorted(label)
    assert closed(chapter, chapter.glossary())[0] == closed(chapter, chapter.pyramid(), chapter.glossary())[1]
    assert defined(chapter.glossary("births_count").html) == label[1:2]


def test_the_method_tells_how_the_peers_are_chosen_and_their_list_which_they_are(chapter):
    *_, peers, method = closed(chapter, chapter.show("poverty_rate"), chapter.peers(), chapter.method())
    assert "distance euclidienne" in method and "distance euclidienne" not in peers
    assert "ressemblent le plus au territoire" in peers
    assert "Leur médiane accompagne" in peers
    in_a_kernel = chapter.peers().html
    assert "<table" in in_a_kernel and "médiane" not in in_a_kernel


def test_the_bilan_defines_what_its_own_verbs_name(chapter):
    bilan = Bilan(chapter.territory)
    pieces = bilan.then_and_now("laep_sites_count", "eaje_places_count"), chapter.reading("births_count")
    *_, ours, others = closed(chapter, *pieces, bilan.glossary(), chapter.glossary())
    assert defined(ours) == [typography(CATALOGUE[name].label) for name in ("laep_sites_count", "eaje_places_count")]
    assert defined(others) == [typography(CATALOGUE["births_count"].label)]

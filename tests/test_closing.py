"""What the last cells of a chapter list is taken from the executed notebook, whatever ran before, in whatever order."""

import nbformat
import pytest
from shown import family

from ctg_analysis.chapter import open_chapter
from ctg_analysis.chapter.demarche.bilan import Bilan
from ctg_analysis.model.settings import EXAMPLE_EPCI


@pytest.fixture(scope="module")
def chapter(example):
    return open_chapter(EXAMPLE_EPCI)


def executed(*pieces):
    outputs = [nbformat.v4.new_output("execute_result", piece._repr_mimebundle_()) for piece in pieces]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[output]) for output in outputs])


def test_a_closing_verb_says_the_same_whatever_ran_before(chapter):
    closing = (
        chapter.glossary,
        chapter.method,
        chapter.peers,
        Bilan(chapter.territory).glossary,
    )
    before = [verb() for verb in closing]
    chapter.show("population_count"), chapter.messages(), family(chapter, "childhood_count")
    assert [verb() for verb in closing] == before

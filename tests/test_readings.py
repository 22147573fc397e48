"""A chapter runs again when what it reads has changed: what it reads is what its sum covers."""

import ast
import json

import pytest

from ctg_analysis.chapter import open_chapter
from ctg_analysis.chapter.territory import Observed
from ctg_analysis.core.notebooks import all_chapters
from ctg_analysis.core.settings import EXAMPLE_EPCI
from ctg_analysis.publishing.running.readings import indicators_of

DAY = ("04", "12", "13", "17")  # one with figures, one of words, one of a démarche, one of communes
CHAPTERS = [
    pytest.param(one, id=one.number, marks=[] if one.number in DAY else pytest.mark.nightly) for one in all_chapters()
]
WORDS_ALONE = ("11", "12")  # what residents and partners said


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_reads_no_indicator_that_its_sum_does_not_cover(chapter, example, monkeypatch):
    """The cells run, and every indicator that they ask for is noted."""
    opened, read = open_chapter(EXAMPLE_EPCI), set()
    for name in ("data", "readable", "own", "compared"):
        verb = getattr(Observed, name)
        monkeypatch.setattr(
            Observed, name, lambda seen, one, verb=verb, **options: read.add(one.id) or verb(seen, one, **options)
        )
    names = {}
    for cell in json.loads(chapter.path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile(ast.parse("".join(cell["source"])), chapter.path.name, "exec"), names)
            names["epci"] = EXAMPLE_EPCI
    covered = {one.id for one in indicators_of(chapter, opened.seen.demarche)}
    assert bool(read) is (chapter.number not in WORDS_ALONE) and read <= covered

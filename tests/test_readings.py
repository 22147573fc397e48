"""A chapter runs again when what it reads has changed: what it reads is noted while it runs, by the verbs it calls."""

import ast
import json
from functools import partial

import pytest

from ctg_analysis.chapter import chapter as opening
from ctg_analysis.chapter import territory
from ctg_analysis.chapter.territory import ByIndicator, Territory
from ctg_analysis.model.settings import DEMARCHE, EVERYTHING, EXAMPLE_EPCI, ChapterNotebook, all_chapters, data_root
from ctg_analysis.publish.tasks import sum_of_inputs, sums

WORDS_ALONE = ("11", "12")  # what residents and partners said
OF_THE_DEMARCHE = ("11", "12", "13", "14", "15", "16")


def run(chapter: ChapterNotebook) -> None:
    """Run the cells of a chapter for the invented territory."""
    names = {}
    for cell in json.loads(chapter.path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile(ast.parse("".join(cell["source"])), chapter.path.name, "exec"), names)
            names["epci"] = EXAMPLE_EPCI


def _noting(rows, names: set[str], own: ByIndicator, name: str):
    names.add(name)
    return rows(own, name)


@pytest.fixture
def seen(example, monkeypatch):
    """The territory as a chapter opens it, nothing of it read or computed yet."""
    monkeypatch.setattr(territory, "_read", {})
    made = Territory(EXAMPLE_EPCI, data_root(EXAMPLE_EPCI))
    monkeypatch.setattr(opening, "open_territory", lambda epci, root: made)
    return made


@pytest.mark.nightly
def test_no_chapter_reads_rows_that_it_does_not_note(seen, monkeypatch):
    """Below the verbs, every row of an indicator is looked up in one place; nothing is computed before a chapter."""
    faults = []
    for chapter in all_chapters():
        fresh, looked_up = Territory(EXAMPLE_EPCI, seen.root), set()
        rows = partial(_noting, ByIndicator.rows, looked_up)
        with monkeypatch.context() as patch:
            patch.setattr(ByIndicator, "rows", lambda own, name, rows=rows: rows(own, name))
            patch.setattr(opening, "open_territory", lambda epci, root, fresh=fresh: fresh)
            fresh.read.clear()
            run(chapter)
        noted = fresh.read - {DEMARCHE}
        faults += [f"{chapter.number}: {name} is not noted" for name in looked_up - noted]
        faults += [f"{chapter.number}: all is noted"] * (EVERYTHING in noted)
        faults += [f"{chapter.number}: {len(noted)} indicators"] * (bool(noted) is (chapter.number in WORDS_ALONE))
        faults += [f"{chapter.number}: the démarche"] * (
            chapter.number in OF_THE_DEMARCHE and DEMARCHE not in fresh.read
        )
    assert faults == []


def test_the_sum_changes_with_what_was_read_and_with_nothing_else(seen, monkeypatch):
    """Whatever way it was asked for: by a name that no text of the notebook holds, or all the observations."""
    asked = opening.Chapter(EXAMPLE_EPCI, seen.root)
    asked.reading("births" + "_count")
    read = sorted(seen.read)
    assert "births_count" in read and not {"deaths_count", EVERYTHING} & set(read)
    assert territory.read() == {EXAMPLE_EPCI: read}  # though opened without `open_territory`
    asked.observations  # noqa: B018
    everything = sorted(seen.read)
    assert EVERYTHING in everything
    summed = partial(sum_of_inputs, seen)
    before = summed(read), summed(everything), summed([DEMARCHE])
    for name, changes in (("births_count", (True, True, False)), ("deaths_count", (False, True, False))):
        with monkeypatch.context() as patch:
            table = seen._named.table
            value = table["value"].mask(table["indicator"].eq(name), table["value"] + 1)
            patch.setattr(seen, "_named", ByIndicator(table.assign(value=value)))
            sums.cache_clear()
            after = summed(read), summed(everything), summed([DEMARCHE])
        assert tuple(one != other for one, other in zip(before, after, strict=True)) == changes
    sums.cache_clear()
    monkeypatch.setattr(type(seen.demarche), "sum", lambda own: b"other")
    assert (summed(read), summed(everything)) == before[:2] and summed([DEMARCHE]) != before[2]

"""The chapters that have nothing to tell of a territory: no page, one line on the index."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from raw_files import copied

from ctg_analysis.chapter.missing import HERE
from ctg_analysis.chapter.territory import Territory, open_territory
from ctg_analysis.chapter.unknown_chapters import is_of_figures, unknown
from ctg_analysis.display.words.team import for_readers
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import MISSING, OK
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, settings
from ctg_analysis.publish.pool import ENVIRONMENT

RENNES = "243500139"


def notebook(path, *cells):
    """Write a notebook: its title, its opening, then text or code, which calls the chapter."""
    opening = {"cell_type": "code", "metadata": {"tags": ["setup"]}, "source": "chapter = open_chapter(epci)"}
    written = [
        {"cell_type": "code" if "chapter" in source else "markdown", "metadata": {}, "source": source}
        for source in cells
    ]
    title = {"cell_type": "markdown", "metadata": {}, "source": "# Essai"}
    path.write_text(json.dumps({"cells": [title, opening, *written]}), encoding="utf-8")
    return path


def test_a_notebook_of_figures_has_nothing_else_to_read(tmp_path):
    place = tmp_path / "98_essai.ipynb"
    shown = ("## Essai", 'chapter.profile(\n    "births_count",\n    "deaths_count",\n)', "chapter.glossary()")
    assert is_of_figures(notebook(place, *shown))
    assert is_of_figures(notebook(place, *shown, 'chapter.family("a", unless="b")', 'chapter.reference("pedt")'))
    for other in ("Ce que dit l'équipe.", "chapter.peers()", 'chapter.table("births_count").html', "2 + chapter"):
        assert not is_of_figures(notebook(place, *shown, other)), other
    assert not is_of_figures(notebook(place, *shown, "## Ce que dit l'équipe"))


def test_a_thematic_chapter_of_which_nothing_is_known_is_untold(france, monkeypatch):
    """Every EPCI has figures of each chapter: two chapters lose theirs, one of them but those of its département."""
    territory = open_territory(RENNES, france)
    assert unknown(territory) == unknown(open_territory(DEFAULT_EPCI, france)) == []
    rows = territory.named
    chapter = rows["indicator"].map(lambda name: CATALOGUE[name].chapter)
    local = rows["level"].isin(HERE)
    assert all((chapter.eq(number) & local & rows["status"].eq(OK)).any() for number in ("07", "08"))
    assert (chapter.eq("08") & ~local & rows["status"].eq(OK)).any()
    lost = rows[chapter.ne("07")].assign(status=lambda left: left["status"].mask(chapter.eq("08") & local, MISSING))
    monkeypatch.setattr(Territory, "named", lost)
    assert [page[:2] for page in unknown.__wrapped__(territory)] == ["07", "08"]


@pytest.mark.slow
@pytest.mark.nightly
def test_it_has_no_page_and_is_named_once_on_the_index(tmp_path, example):
    """A project with a few sources of the invented territory."""
    copied(example, tmp_path / "data" / "exemple")
    shutil.copytree(settings().reference, tmp_path / "data" / "reference")
    for name in ("docs", "notebooks", "requirements.lock"):
        (tmp_path / name).symlink_to(settings().root / name)
    command = [sys.executable, "-m", "ctg_analysis", "build", EXAMPLE_EPCI, "--chapters", "01,07,08"]
    subprocess.run(command, env=os.environ | ENVIRONMENT | {"CTG_ROOT": str(tmp_path)}, check=True)
    place = tmp_path / "reports" / EXAMPLE_EPCI
    pages = {page.name: for_readers(page.read_text(encoding="utf-8")) for page in place.glob("*.html")}
    assert "01_territoire.html" in pages and not any(re.match("0[78]", name) for name in pages)
    assert not any("07_parentalite.html" in html or "08_handicap.html" in html for html in pages.values())
    assert "Aucune donnée ici pour : Parentalité, Handicap." in pages["index.html"].replace("\u00a0", " ")

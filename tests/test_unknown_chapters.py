"""The chapters that have nothing to tell of a territory: no page, one line on the index."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from raw_files import copied

from ctg_analysis.chapter.missing import HERE, unknown_chapters
from ctg_analysis.chapter.territory import Territory, open_territory
from ctg_analysis.display.markup import for_readers
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import MISSING, OK
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, settings
from ctg_analysis.publish.pool import ENVIRONMENT

RENNES = "243500139"


def test_a_thematic_chapter_of_which_nothing_is_known_is_untold(france, monkeypatch):
    """Every EPCI has figures of each chapter: two chapters lose theirs, one of them but those of its département."""
    territory = open_territory(RENNES, france)
    assert unknown_chapters(territory) == unknown_chapters(open_territory(DEFAULT_EPCI, france)) == []
    rows = territory.named
    chapter = rows["indicator"].map(lambda name: CATALOGUE[name].chapter)
    local = rows["level"].isin(HERE)
    assert all((chapter.eq(number) & local & rows["status"].eq(OK)).any() for number in ("07", "08"))
    assert (chapter.eq("08") & ~local & rows["status"].eq(OK)).any()
    lost = rows[chapter.ne("07")].assign(status=lambda left: left["status"].mask(chapter.eq("08") & local, MISSING))
    monkeypatch.setattr(Territory, "named", lost)
    assert [page[:2] for page in unknown_chapters.__wrapped__(territory)] == ["07", "08"]


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

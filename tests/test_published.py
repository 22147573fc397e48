"""What an earlier edition has shown of restricted counts: which pages stay, what is compared, what is to be withdrawn."""

import shutil
from types import SimpleNamespace

import pytest
from environment import environment
from real_project import EPCI, INDICATOR, NEIGHBOUR, YOUTH, agree, project, write_notebook

from ctg_analysis.core.notebooks import DEMARCHE, all_chapters
from ctg_analysis.core.settings import EXAMPLE_EPCI, DataRoot
from ctg_analysis.publishing.build import build
from ctg_analysis.publishing.publication import passes_again
from ctg_analysis.publishing.running.keys import OF_ALL
from ctg_analysis.publishing.running.workers import WarmProcess, can_fork


@pytest.fixture(scope="module")
def home(tmp_path_factory, example):
    """The folder of a project of real territories."""
    home = tmp_path_factory.mktemp("project")
    project(home, example)
    return home


@pytest.fixture(scope="module")
def warm(home):
    with environment(CTG_ROOT=home):
        own = WarmProcess() if can_fork() else None
    yield own
    if own:
        own.close()


@pytest.fixture
def real(home):
    """The data root of the project, without a report."""
    root = DataRoot(home / "data")
    kept = {
        path: path.read_bytes() for folder in ("private", "reference") for path in (root.path / folder).rglob("*.*")
    }
    with environment(CTG_ROOT=home):
        yield root
    for path, content in kept.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    write_notebook(home, f'chapter.table("{INDICATOR}")')
    shutil.rmtree(root.private / NEIGHBOUR, ignore_errors=True)
    for folder in (root.processed, *home.glob("*reports*")):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def built(home, warm):
    """What builds the report in a folder, and returns what came of it."""

    def built(out="reports", epci=EPCI):
        (one,) = build([epci], all_chapters(), home / out, warm=warm)
        return one

    return built


@pytest.mark.nightly
def test_a_chapter_that_fails_shows_no_figure_that_is_withheld_now(real, home, built):
    """Without anything withheld its former page stays; after a stricter agreement, words of excuse take its place."""
    place, page, count = built().place, "05_essai.html", f">{YOUTH['99004']}<"
    assert count in (place / page).read_text(encoding="utf-8")
    write_notebook(home, "raise ValueError")
    assert built().exit_code == 2 and count in (place / page).read_text(encoding="utf-8")
    agree(real, EPCI, 15)
    one = built()
    assert one.exit_code == 2 and one.published
    text = (place / page).read_text(encoding="utf-8")
    assert count not in text and "n’a pas pu être établi" in text and "aucune version antérieure" in text
    kept = [path for path in (place / "donnees").iterdir() if path.is_dir()]
    told = (place / "changements.html").read_text(encoding="utf-8")
    assert kept == [] and PUBLISHED in told and count not in told


@pytest.mark.nightly
def test_an_indicator_whose_name_the_code_makes_is_read_like_any_other(real, home, built):
    """After a stricter agreement the chapter runs again; when it fails then, its former page does not stay."""
    asked, page, count = '"youth_followed" + "_count"', "05_essai.html", f">{YOUTH['99004']}<"
    for cells in ([], [f'assert (chapter.data({asked})["value"] < 15).any()']):
        write_notebook(home, *cells, f"chapter.table({asked})")
        agree(real, EPCI, 5)
        place = built().place
        assert count in (place / page).read_text(encoding="utf-8")
        agree(real, EPCI, 15)
        one = built()
        assert one.published and (one.ran, list(one.failed)) == (([], ["05_essai"]) if cells else (["05_essai"], []))
        assert count not in (place / page).read_text(encoding="utf-8")
        for folder in (real.processed, home / "reports"):
            shutil.rmtree(folder)


def test_a_former_page_stays_as_long_as_all_that_it_shows_passes():
    """Its own indicators alone count while its notebook is what it was; of what persons said, nothing may change."""
    young, heard = (one for one in all_chapters() if one.number in ("05", "12"))
    key, other = {"notebook": "1", OF_ALL: "1"}, {"notebook": "2", OF_ALL: "1"}
    read = {young.path.stem: [INDICATOR, "pupils_count"], heard.path.stem: [DEMARCHE]}
    told = [
        (young, key, [], "a", True),
        (young, key, ["volunteers_count"], "a", True),
        (young, key, [INDICATOR], "a", False),
        (young, other, ["volunteers_count"], "a", False),
        (young, None, ["volunteers_count"], "a", False),
        (heard, key, [], "a", True),
        (heard, key, [], "b", False),
    ]
    for chapter, then, withheld, voices, stays in told:
        stem = chapter.path.stem
        former = {"chapters": {stem: {"key": then, "read": read[stem]}}, "voices": "a"}
        report = SimpleNamespace(epci=EXAMPLE_EPCI)
        plan = SimpleNamespace(report=report, former=former, keys={stem: key | {OF_ALL: "2"}})
        assert passes_again(plan, chapter, {"withheld": withheld, "voices": voices}) is stays, (stem, then, withheld)

"""What an earlier edition has shown of restricted counts: which of its pages stay."""

import shutil

import pytest
from environment import environment
from real_project import EPCI, INDICATOR, NEIGHBOUR, agree, project, write_notebook

from ctg_analysis.model.settings import DataRoot, all_chapters
from ctg_analysis.publish.build import build, passes_again


@pytest.fixture(scope="module")
def home(tmp_path_factory, example):
    """The folder of a project of real territories."""
    home = tmp_path_factory.mktemp("project")
    project(home, example)
    return home


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
def built(home):
    """What builds the report in a folder, and returns what came of it."""

    def built(out="reports", epci=EPCI):
        (one,) = build([epci], all_chapters(), home / out)
        return one

    return built


PAGE, SHOWN, FEWER = "05_essai.html", ">≈\u00a010<", ">moins de 15<"  # the 12 young people of a commune


@pytest.mark.nightly
def test_a_chapter_that_fails_shows_no_figure_that_is_told_less_closely_now(real, home, built):
    """Without a change its former page stays; after a stricter agreement, words of excuse take its place."""
    place = built().place
    assert SHOWN in (place / PAGE).read_text(encoding="utf-8")
    write_notebook(home, "raise ValueError")
    assert built().exit_code == 2 and SHOWN in (place / PAGE).read_text(encoding="utf-8")
    agree(real, EPCI, 15)
    one = built()
    assert one.exit_code == 2 and one.published
    text = (place / PAGE).read_text(encoding="utf-8")
    assert SHOWN not in text and "n’a pas pu être établi" in text and "aucune version antérieure" in text


@pytest.mark.nightly
def test_an_indicator_whose_name_the_code_makes_is_read_like_any_other(real, home, built):
    """After a stricter agreement the chapter runs again."""
    write_notebook(home, 'chapter.table("youth_followed" + "_count")')
    place = built().place
    assert SHOWN in (place / PAGE).read_text(encoding="utf-8")
    agree(real, EPCI, 15)
    assert built().ran == ["05_essai"]
    text = (place / PAGE).read_text(encoding="utf-8")
    assert SHOWN not in text and FEWER in text


def test_a_former_page_stays_as_long_as_all_that_it_shows_passes():
    """No figure is told less closely, and what persons said has not changed."""
    former = {"voices": "a"}
    told = [([], "a", True), ([INDICATOR], "a", False), ([], "b", False)]
    assert [passes_again(former, {"withheld": lost, "voices": said}) for lost, said, _ in told] == [
        stays for *_, stays in told
    ]

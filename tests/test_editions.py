"""Editions of a report: in the order of their publication, removed beyond so many."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from ctg_analysis import cli
from ctg_analysis.locks import alone
from ctg_analysis.publishing import editions as module
from ctg_analysis.publishing.changes import write_changes
from ctg_analysis.publishing.editions import HOME, RECORD, collect, compared_with, editions, latest, publish
from ctg_analysis.settings import DataRoot

EPCI, OTHER = "200067171", "243500139"


@pytest.fixture
def out(tmp_path):
    return tmp_path / "reports"


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    """A data root of which nothing has been published."""
    root = DataRoot(tmp_path / "data")
    root.path.mkdir()
    monkeypatch.setattr(module, "data_root", lambda epci: root)


def published(out, text, figures="same", after=None, epci=EPCI):
    """Publish an edition with a page and figures; return its folder."""
    fresh = out.parent / "fresh"
    fresh.mkdir(parents=True)
    (fresh / "index.html").write_text(text)
    told = {"date": "2026-03-01", "name": "CC", "observations": figures, "published": None}
    told |= {"after": after and after.name}
    (fresh / RECORD).write_text(json.dumps(told))
    return publish(fresh, out, epci).resolve()


def folders(out):
    return {path.name for path in (out / HOME / EPCI).glob("*") if path.is_dir()}


def test_as_many_stay_as_are_asked_for_even_with_the_same_figures(out):
    """None of them comes after another in what they tell: they all compare with the same one, or with none."""
    names = [published(out, f"page {number}").name for number in range(6)]
    assert [one.name for one in editions(out, EPCI)] == names[::-1]
    assert collect(out, EPCI, 12) == [] and folders(out) == set(names)
    assert len(collect(out, EPCI, 4)) == 2 and folders(out) == set(names[2:])


def test_an_edition_published_again_is_the_latest(out):
    first = published(out, "one")
    second = published(out, "other")
    assert published(out, "one") == first == latest(out, EPCI)
    assert editions(out, EPCI) == [first, second]


def test_the_one_that_the_latest_is_compared_with_stays(out):
    before = published(out, "page", figures="before")
    for number in range(4):
        last = published(out, f"page {number}", figures="now", after=before)
    collect(out, EPCI, 2)
    assert len(folders(out)) == 3 and compared_with(last) == before


def test_a_removal_that_was_killed_midway_stops_nothing(out):
    """Before its end, or with its first file: the record of an edition that others were compared with."""
    before = published(out, "page", figures="before")
    last = published(out, "page", figures="now", after=before)
    (before / RECORD).unlink()
    shutil.copytree(last, last.with_name(f"{module.REMOVED}x"))
    assert editions(out, EPCI) == [last] and compared_with(last) is None
    about = dict.fromkeys(("territory", "title", "geography"), "") | {"chapters": [], "fictional": False}
    assert write_changes(out, last, "now", about) is None
    collect(out, EPCI, 2)
    assert folders(out) == {last.name}


def test_gc_goes_on_past_a_report_that_is_being_built(out):
    for epci in (EPCI, OTHER) * 3:
        published(out, f"page {len(folders(out))}", epci=epci)
    with alone(out, EPCI, "busy"):
        answer = CliRunner().invoke(cli.app, ["gc", "--keep", "2", "--out", str(out)])
    assert answer.exception.exit_code == 3 and f"{EPCI}: is being built" in str(answer.exception)
    assert f"{OTHER}: editions removed: 1" in answer.output

"""Editions of a report: in the order of their publication, removed beyond so many."""

import json
import shutil

import pandas as pd
import pytest
from typer.testing import CliRunner

from ctg_analysis import cli
from ctg_analysis.model.scratch import SCRATCH, alone
from ctg_analysis.publish.data_files import write_changes
from ctg_analysis.publish.editions import (
    HOME,
    OBSERVATIONS,
    RECORD,
    collect,
    compared_with,
    editions,
    is_whole,
    latest,
    latest_whole,
    publish,
)
from ctg_analysis.publish.site import is_listed, write_list

EPCI, OTHER = "200067171", "243500139"


@pytest.fixture
def out(tmp_path):
    return tmp_path / "reports"


def published(out, text, figures="same", after=None, epci=EPCI):
    """Publish an edition with a page and figures; return its folder."""
    fresh = out.parent / "fresh"
    fresh.mkdir(parents=True)
    (fresh / "index.html").write_text(text)
    (fresh / "places.parquet").write_text(figures)
    pd.DataFrame({"status": ["ok"], "source": ["insee_rp_population"], "value": [figures]}).to_parquet(
        fresh / OBSERVATIONS
    )
    told = {"date": "2026-03-01", "name": "CC", "observations": figures}
    told |= {"after": after and after.name, "departements": "12", "chapters": {}}
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
    shutil.copytree(last, out / SCRATCH / f"{EPCI}-x" / last.name)
    assert editions(out, EPCI) == [last] and compared_with(last) is None
    about = dict.fromkeys(("territory", "title", "geography"), "") | {"chapters": [], "fictional": False}
    assert write_changes(out, last, "now", about) is None
    collect(out, EPCI, 2)
    assert folders(out) == {last.name} and list((out / SCRATCH).iterdir()) == []


def test_gc_goes_on_past_a_report_that_is_being_built(out):
    for epci in (EPCI, OTHER) * 3:
        published(out, f"page {len(folders(out))}", epci=epci)
    with alone(out, EPCI, "busy"):
        answer = CliRunner().invoke(cli.app, ["gc", "--keep", "2", "--out", str(out)])
    assert answer.exception.exit_code == 3 and f"{EPCI} : rapport en train d'être fait" in str(answer.exception)
    assert f"{OTHER}: editions removed: 1" in answer.output


# Damaged editions.


def halved(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


DAMAGES = {
    "a page deleted": lambda edition: (edition / "index.html").unlink(),
    "a page changed": lambda edition: (edition / "index.html").write_text("pagE"),
    "the record deleted": lambda edition: (edition / RECORD).unlink(),
    "the record cut short": lambda edition: halved(edition / RECORD),
    "the record emptied": lambda edition: (edition / RECORD).write_bytes(b""),
    "a record of another shape": lambda edition: (edition / RECORD).write_text("[]"),
    "a record without chapters": lambda edition: (edition / RECORD).write_text("{}"),
    "the observations cut short": lambda edition: halved(edition / OBSERVATIONS),
    "all files deleted": lambda edition: [path.unlink() for path in edition.iterdir()],
    "a file more": lambda edition: (edition / "notes.txt").write_text("mine"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_edition_is_known_and_takes_back_its_files(out, damage):
    before = published(out, "former", figures="former")
    edition = published(out, "page")
    good = {path.name: path.read_bytes() for path in edition.iterdir()}
    assert is_whole(edition) and latest_whole(out, EPCI) == edition
    DAMAGES[damage](edition)
    assert not is_whole(edition) and latest_whole(out, EPCI) == before
    assert published(out, "page") == edition == latest(out, EPCI) and is_whole(edition)
    assert {path.name: path.read_bytes() for path in edition.iterdir()} == good
    assert editions(out, EPCI) == [edition, before]


def test_each_folder_put_in_the_place_of_the_link_is_kept(out):
    for page in ("one", "two"):
        published(out, "page")
        (out / EPCI).unlink()
        (out / EPCI).mkdir()
        (out / EPCI / "index.html").write_text(page)
    published(out, "page")
    kept = (out / HOME / EPCI).glob("before-editions*/index.html")
    assert sorted(path.read_text() for path in kept) == ["one", "two"]


def test_what_a_file_manager_leaves_is_no_damage(out):
    edition = published(out, "page")
    (edition / ".DS_Store").touch()
    assert is_whole(edition)


def test_gc_counts_whole_editions_alone_and_removes_the_others(out):
    names = [published(out, f"page {number}", figures=str(number)) for number in range(5)]
    for edition in names[1:4:2]:
        DAMAGES["the record cut short"](edition)
    answer = CliRunner().invoke(cli.app, ["gc", "--keep", "2", "--out", str(out)])
    assert answer.exit_code == 0 and "editions removed: 3" in answer.output
    assert folders(out) == {names[2].name, names[4].name}


def test_gc_of_a_report_whose_latest_edition_is_damaged_keeps_those_before(out):
    for number in range(4):
        last = published(out, f"page {number}")
    DAMAGES["the record cut short"](last)
    collect(out, EPCI, 2)
    assert len(folders(out)) == 3 and latest(out, EPCI) == last and latest_whole(out, EPCI) != last


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_report_is_listed(out, damage):
    DAMAGES[damage](published(out, "page"))
    write_list(out)
    assert is_listed(out) and f"{EPCI}/index.html" in (out / "index.html").read_text(encoding="utf-8")

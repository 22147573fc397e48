"""What has been published of restricted figures, wherever and for whomever, is known to the gate for good (rule R2)."""

import json
import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from types import SimpleNamespace

import pandas as pd
import pytest
from environment import environment
from real_project import (
    DEPARTEMENT,
    EPCI,
    INDICATOR,
    MOVED,
    NEIGHBOUR,
    SOURCE,
    YOUTH,
    agree,
    move_commune,
    project,
    shown,
    write_form,
    write_notebook,
)
from typer.testing import CliRunner

from ctg_analysis import cli
from ctg_analysis.core.errors import InputError
from ctg_analysis.core.notebooks import DEMARCHE, all_chapters
from ctg_analysis.core.settings import EXAMPLE_EPCI, DataRoot
from ctg_analysis.processing import conclusion
from ctg_analysis.processing.freshness import MANIFEST, NOTES, RECORDED, is_stale, recorded
from ctg_analysis.processing.run import ensure, exposure, read_notes
from ctg_analysis.publishing import recording
from ctg_analysis.publishing.build import build
from ctg_analysis.publishing.build_result import Built, lines_of
from ctg_analysis.publishing.editions import collect, editions, latest, name_of, record
from ctg_analysis.publishing.handover import delivery
from ctg_analysis.publishing.pages.changes import PUBLISHED, changes
from ctg_analysis.publishing.publication import passes_again
from ctg_analysis.publishing.running.keys import OF_ALL
from ctg_analysis.publishing.running.workers import WarmProcess, can_fork
from ctg_analysis.publishing.word import making
from ctg_analysis.publishing.word.making import write_convention, write_issue
from ctg_analysis.secrecy.adoption import adopt
from ctg_analysis.secrecy.earlier_editions import Entry, entries, entry_of, published_before, read_journal, remember
from ctg_analysis.secrecy.gate import EXPOSED


@pytest.fixture
def root(tmp_path):
    """An empty data root."""
    root = DataRoot(tmp_path / "data")
    root.path.mkdir()
    return root


def row(territory="A", level="commune", indicator=INDICATOR, source=SOURCE, status="ok", value=12.0, period="2024"):
    told = {"territory": territory, "level": level, "period": period, "indicator": indicator, "source": source}
    return told | {"status": status, "numerator": value, "denominator": None, "value": value}


PLACES = pd.DataFrame(
    [("E", "epci", "A"), ("E", "epci", "B"), ("99", "departement", "A")], columns=["territory", "level", "commune"]
)
TWO = pd.DataFrame([row("A"), row("E", "epci", value=30.0)])


# The record.


def test_an_entry_holds_what_passed_of_restricted_sources_and_what_is_subtracted_from_it(root):
    caf, both = "caf_s_ben_epci_f", "caf_et_msa"
    rows = [
        row("A"),
        row("B", status="secret", value=float("nan")),
        row("E", "epci", "population_count", "insee_rp_population", value=900.0),
        row("E", "epci", "households_on_benefit_count", both, value=52.0, period="2024-12"),
        row("E", "epci", "caf_households_count", caf, value=40.0, period="2024-12"),
        row(
            "E", "epci", "caf_households_count", caf, value=41.0, period="2023-12"
        ),  # without a sum to subtract it from
    ]
    entry = entry_of(pd.DataFrame(rows), PLACES)
    remember(root, EPCI, entry, "2026-01-01")
    (edition,) = published_before(root, {SOURCE})
    rows_told = edition.observations.set_index(["territory", "indicator", "period"])
    withheld = rows_told["status"].eq("secret")
    assert list(rows_told.index[withheld]) == [("B", INDICATOR, "2024")]
    assert rows_told.loc[~withheld, "numerator"].to_dict() == {
        ("A", INDICATOR, "2024"): 12,
        ("E", "households_on_benefit_count", "2024-12"): 52,
        ("E", "caf_households_count", "2024-12"): 40,
    }
    assert set(edition.membership["territory"]) == {"E"}
    assert entry_of(pd.DataFrame(rows[1:3]), PLACES) is None and published_before(root, {"msa_familles"}) == []


def test_the_same_figures_published_again_add_nothing(root):
    entry = entry_of(TWO, PLACES)
    again = entry_of(TWO[::-1].astype({"level": "category", "status": "category"}), PLACES[::-1])
    for one, date in ((entry, "2026-01-01"), (again, "2026-02-02")):
        remember(root, EPCI, one, date)
    assert [line.entry for line in read_journal(root)] == [entry.name] and list(entries(root)) == [
        f"{EPCI}/{entry.name}"
    ]


def test_of_what_a_damaged_file_remembers_nothing_counts(root):
    """The tables are not what the record makes of them any more: they are made again, with all that it holds."""
    root.processed.mkdir()
    (root.processed / RECORDED).write_text(json.dumps([f"{EPCI}/1"]), encoding="utf-8")
    assert recorded(root) == [f"{EPCI}/1"]
    for cut in ("", f'["{EPCI}'):
        (root.processed / RECORDED).write_text(cut, encoding="utf-8")
        assert recorded(root) == []


def test_of_the_invented_territory_nothing_is_recorded(tmp_path):
    root = DataRoot(tmp_path / "exemple")
    assert remember(root, "999999999", entry_of(TWO, PLACES), "2026-01-01") is None and not root.path.exists()


def told(function, *arguments):
    """The lines of the refusal of a function."""
    with pytest.raises(InputError) as error:
        function(*arguments)
    return [str(finding) for finding in error.value.findings]


def test_each_hole_in_the_record_is_one_line_that_names_it(root):
    """An entry removed, a figure changed in it, bytes that are no text, half of it, the journal cut, or no text, the
    journal gone that something knows; what a file manager leaves there is no entry.
    """
    entry = entry_of(TWO, PLACES)
    name = remember(root, EPCI, entry, "2026-01-01")
    folder, journal, whole = root.published / name, root.published / "journal.csv", root.path / "whole"
    shutil.copytree(root.published, whole)

    def change():
        (folder / "observations.csv").write_text(entry.observations.replace("12.0", "13.0"), encoding="utf-8")

    holes = {
        (): lambda: shutil.rmtree(folder),
        ("other figures",): change,
        ("other figures", ""): lambda: (folder / "observations.csv").write_bytes(b"\xff\xfe\0"),
        ("nothing",): (folder / "places.csv").unlink,
        (", line 2", ""): lambda: journal.write_bytes(b"epci\n\xff\xfe\0"),
        (", line 2",): lambda: journal.write_text(f"epci,entry,date,edition\n{EPCI},", encoding="utf-8"),
        ("field larger",): lambda: journal.write_text(f'epci\n"{"x" * 200_000}', encoding="utf-8"),
        ("nothing", name): lambda: shutil.rmtree(root.published),
    }
    for words, damage in holes.items():
        damage()
        (line,) = told(entries, root, [name])
        assert "data/published/" in line and "restore data/published from its backup" in line
        assert all(word in line for word in words), line
        shutil.rmtree(root.published, ignore_errors=True)
        shutil.copytree(whole, root.published)
    journal.unlink()
    (folder.parent / ".DS_Store").touch()
    assert list(entries(root)) == [name]  # nothing is forgotten: what is there counts


def remember_several(path, numbers):
    for number in numbers:
        remember(DataRoot(path), EPCI, Entry(f"territory\n{number}\n", "territory\n"), "2026-01-01")


def test_several_builds_at_once_lose_no_entry(root):
    """Each of four processes records twelve entries, half of them those of its neighbour."""
    with ProcessPoolExecutor(4, get_context("fork")) as pool:
        jobs = [pool.submit(remember_several, root.path, range(6 * one, 6 * one + 12)) for one in range(4)]
        assert [job.result() for job in jobs] == [None] * 4
    names = [f"{line.epci}/{line.entry}" for line in read_journal(root)]
    assert len(names) == len(set(names)) == 30 and set(entries(root)) == set(names)
    assert list(root.published.glob(".entry-*")) == []


# Reports of before there was a record.


def write_edition(home, name, observations=TWO, places=PLACES, **provenance):
    folder = home / ".editions" / EPCI / name
    folder.mkdir(parents=True)
    observations.to_parquet(folder / "observations.parquet")
    if places is not None:
        places.to_parquet(folder / "places.parquet")
    if provenance:
        provenance = {"date": "2026-01-01", "observations": "", "after": None, "chapters": {}} | provenance
        (folder / "provenance.json").write_text(json.dumps(provenance), encoding="utf-8")
    return folder


def test_editions_of_before_the_record_are_taken_into_it_once(root, tmp_path, monkeypatch):
    """An edition, the remains of one that was removed, one that repeats figures, one of open figures alone."""
    home, open_alone = tmp_path / "reports", pd.DataFrame([row(source="insee_rp_population")])
    write_edition(home, "2026-01-01-a", restricted=[])
    write_edition(home, "2026-02-01-a", restricted=[])
    write_edition(home, ".known-2025-01-01-b", TWO[:1])
    write_edition(home, "2026-03-01-c", open_alone, None, restricted=[])
    (home / ".editions" / EPCI / "before-editions").mkdir()
    adopt(root, home, EPCI)
    assert len(entries(root)) == 2
    assert {line.date for line in read_journal(root) if line.entry} == {"2025-01-01", "2026-01-01"}
    monkeypatch.setattr(pd, "read_parquet", None)  # which a build with nothing to do does not need
    adopt(root, home, EPCI)
    write_edition(home, "2026-04-01-d", restricted=[], published=entry_of(TWO, PLACES).name)
    write_edition(home, "2026-05-01-e", open_alone, restricted=[], published=None)
    adopt(root, home, EPCI)
    assert len(entries(root)) == 2


def test_a_record_that_is_gone_is_missed_where_an_edition_names_it(root, tmp_path):
    """More than this edition may be lost with it: who has no backup says so, with an empty journal."""
    home, name = tmp_path / "reports", entry_of(TWO, PLACES).name
    write_edition(home, "2026-01-01-a", restricted=[], published=name)
    (line,) = told(adopt, root, home, EPCI)
    assert line.startswith(f"{root.published}/journal.csv: found no such file") and "2026-01-01-a is in: " in line
    assert told(adopt, root, tmp_path / "elsewhere", EPCI) == [line]
    root.published.mkdir()
    (root.published / "journal.csv").touch()
    adopt(root, home, EPCI)
    assert list(entries(root)) == [f"{EPCI}/{name}"]


def test_an_edition_that_cannot_be_taken_in_stops_with_one_line(root, tmp_path):
    home = tmp_path / "reports"
    edition = write_edition(home, "2026-01-01-a", places=None, restricted=["private/x.csv"])
    (line,) = told(adopt, root, home, EPCI)
    assert line.startswith(f"{edition}/places.parquet: found no such file") and "withdraw the edition" in line
    (edition / "observations.parquet").write_bytes(b"PAR1")
    (line,) = told(adopt, root, home, EPCI)
    assert line.startswith(f"{edition}/observations.parquet: found a damaged file")
    (edition / "observations.parquet").unlink()
    (line,) = told(adopt, root, home, EPCI)
    assert line.startswith(f"{edition}/observations.parquet: found no such file")
    shutil.rmtree(edition)
    adopt(root, home, EPCI)  # it has been withdrawn


def test_gc_removes_no_edition_that_the_record_has_not(root, tmp_path, monkeypatch):
    """Of five editions of before the record, one cannot be taken in: none is removed until it can; remains go too."""
    monkeypatch.setattr("ctg_analysis.publishing.editions.data_root", lambda epci: root)
    home = tmp_path / "reports"
    about = {"date": "2026-01-01", "after": None, "restricted": ["x"]}
    made = [write_edition(home, str(number), TWO.assign(numerator=20.0 + number), **about) for number in range(5)]
    old = [edition.rename(edition.with_name(name_of(edition))) for edition in made]
    remains = write_edition(home, ".known-5", TWO)
    (home / EPCI).symlink_to(old[-1])
    (old[0] / "places.parquet").rename(tmp_path / "places.parquet")
    assert len(told(collect, home, EPCI, 2)) == 1 and all(edition.is_dir() for edition in (*old, remains))
    (tmp_path / "places.parquet").rename(old[0] / "places.parquet")
    collect(home, EPCI, 2)
    assert len(editions(home, EPCI)) == 2 and len(list(old[0].parent.iterdir())) == 2 and len(entries(root)) == 6


# From one edition to the next, and elsewhere.


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
    """The data root of the project, of which nothing has been published."""
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
    for folder in (root.published, root.processed, *home.glob("*reports*")):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def built(home, warm):
    """What builds the report in a folder, and returns what came of it."""

    def built(out="reports", epci=EPCI):
        (one,) = build([epci], all_chapters(), home / out, warm=warm)
        return one

    return built


def built_for_the_copil(home, built):
    with environment(CTG_READERS="copil"):
        yield built("reports_copil").place
    shutil.rmtree(home / "reports_copil")


def built_and_places_removed(home, built):
    place = built().place
    yield place
    (place / "places.parquet").unlink()


WAYS = [built_for_the_copil, built_and_places_removed]


@pytest.mark.nightly
@pytest.mark.parametrize("way", WAYS)
def test_what_was_published_once_bounds_no_withheld_group_of_the_next_edition(real, home, built, way):
    """The secteurs are drawn anew: both totals of one, less each other, are the two young people of a commune."""
    before = way(home, built)
    first = shown(next(before))
    next(before, None)
    move_commune(real)
    now = shown(built().place)
    assert MOVED not in first and MOVED not in now and len(now) > 4
    differences = {first[place] - now[place] for place in first.keys() & now.keys() if place.startswith(f"{EPCI}-")}
    assert YOUTH[MOVED] not in differences


@pytest.mark.slow
def test_what_was_published_protects_the_neighbour_when_its_private_folder_is_deleted(real, home, built):
    """The agreement of one EPCI has ended; the other gives the total of their département: less the first, its own."""
    own = shown(built().place)[EPCI]
    shutil.rmtree(real.private / EPCI)
    write_form(real, NEIGHBOUR, {NEIGHBOUR: 3, DEPARTEMENT: own + 3})
    agree(real, NEIGHBOUR, 5)
    now = shown(built(epci=NEIGHBOUR).place)
    assert DEPARTEMENT not in now and NEIGHBOUR not in now


@pytest.mark.nightly
def test_figures_told_without_an_edition_are_recorded(real, home, built):
    answer = CliRunner().invoke(cli.app, ["observations", EPCI])
    assert answer.exit_code == 0 and INDICATOR in answer.output
    (name,) = entries(real)
    assert not is_stale(real)
    assert record(built().place)["published"] == name.partition("/")[2] and list(entries(real)) == [name]


@pytest.mark.nightly
def test_a_new_entry_makes_nothing_to_do_again_and_changes_nothing_of_what_it_tells(real, home, built):
    """After a partner's form has changed: an edition is recorded, then nothing is derived, then the same tables are."""
    built()
    write_form(real, EPCI, YOUTH | {"99003": 14})
    name = built().place.resolve().name
    assert len(entries(real)) == 2 and not is_stale(real)
    made = (real.processed / MANIFEST).stat().st_mtime_ns
    again = built()
    assert not again.published and (real.processed / MANIFEST).stat().st_mtime_ns == made
    tables = {path: path.read_bytes() for path in real.processed.rglob("*.parquet") if path.is_file()}
    shutil.rmtree(real.processed)
    ensure(real)
    assert {path: path.read_bytes() for path in tables} == tables
    assert not built().published and latest(home / "reports", EPCI).name == name


@pytest.mark.slow
def test_a_hole_stops_every_command_with_one_line(real, home, built):
    built()
    (name,) = entries(real)
    shutil.rmtree(real.published)  # the journal too: data/processed remembers
    for command in (["build", EPCI], ["data"], ["check"], ["observations", EPCI]):
        shutil.rmtree(home / "reports", ignore_errors=True)
        answer = CliRunner().invoke(cli.app, command)
        said = f"{answer.output}{answer.exception}"
        assert answer.exit_code == 1 or answer.exception.exit_code == 1, command
        hole, remedy = f"data/published/{name}: found nothing", "restore data/published"
        if command == ["check"]:
            hole, remedy = f"data/published/{name} : trouvé rien", "restaurer data/published"
        assert hole in said and said.count(remedy) == 1, command


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
        for folder in (real.published, real.processed, home / "reports"):
            shutil.rmtree(folder)


@pytest.mark.nightly
def test_nothing_is_handed_over_before_it_is_recorded(example, tmp_path, monkeypatch):
    def refuse(*_):
        raise InterruptedError

    for module, name in ((making, "record_observed"), (recording, "record_observed"), (delivery, "adopt")):
        monkeypatch.setattr(module, name, refuse)
    monkeypatch.setattr(delivery, "the_latest", lambda *_: tmp_path)
    handed = [
        lambda: write_convention(EXAMPLE_EPCI, example, tmp_path),
        lambda: next(write_issue(EXAMPLE_EPCI, example, None, tmp_path)),
        lambda: next(delivery.write_documents(EXAMPLE_EPCI, tmp_path)),
    ]
    for hand_over in handed:
        with pytest.raises(InterruptedError):
            hand_over()
    assert [path for path in tmp_path.rglob("*.*") if not path.name.startswith(".")] == []


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


def test_what_is_withheld_now_is_not_told_as_what_it_was():
    before = pd.DataFrame([row("A"), row("B", source="insee_rp_population")]).assign(name="", low=None, high=None)
    before = before.assign(quality=0, word=None)
    now = before.assign(status="secret", value=None, numerator=None)
    assert list(changes(before, now)["before"]) == [PUBLISHED, "12"]


def test_a_build_says_in_one_line_what_earlier_editions_gave_away_of_its_territory_alone(tmp_path):
    places = pd.DataFrame({"code": ["99001", "99002", "98001"], "level": "commune", "epci": ["A", "A", "B"]})
    rows = [("pmi", "all", "", "2022", "99001|99002"), ("pmi", "all", "under_6", "2022", "99002")]
    table = conclusion.notes("how the Caf rounds", pd.DataFrame(rows, columns=EXPOSED), places)
    root = DataRoot(tmp_path)
    root.processed.mkdir()
    (root.processed / NOTES).write_text(json.dumps(table.to_dict("records")), encoding="utf-8")
    assert read_notes(root)[0] == "how the Caf rounds" and len(read_notes(root)) == 3
    assert exposure(root, "B") == ""
    told = exposure(root, "A")
    assert told.startswith("A: earlier editions give away 2 groups of persons withheld now") and "ctg data" in told
    built = Built("A", tmp_path / "reports" / "A", exposure=told)
    assert lines_of(built)[1:] == [told] and built.exit_code == 0

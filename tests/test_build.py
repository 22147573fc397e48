"""A report as the night run makes it: only what changed, whole or not at all, failures told, one build at a time."""

import re
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from ctg_analysis.cli import app
from ctg_analysis.model.scratch import alone
from ctg_analysis.model.settings import EXAMPLE_EPCI, chosen_chapters, data_root, settings
from ctg_analysis.publish import build as keys_
from ctg_analysis.publish.build import OF_ALL, build
from ctg_analysis.publish.data_files import GONE, NEW, REVISED, STATUS, TESTED, changes
from ctg_analysis.publish.editions import (
    HOME,
    JOURNAL,
    RECORD,
    is_whole,
    latest,
    publish,
    record,
    write_record,
)
from ctg_analysis.publish.site import is_listed, part, wanted, write_list

pytestmark = pytest.mark.slow

FIRST, SECOND = "07_parentalite", "08_handicap"


@pytest.fixture
def chapters():
    return chosen_chapters(["07", "08"])


@pytest.fixture(scope="module")
def report(tmp_path_factory, example):
    out = tmp_path_factory.mktemp("report")
    (one,) = build([EXAMPLE_EPCI], chosen_chapters(["07", "08"]), out)
    assert one.exit_code == 0 and one.ran == [FIRST, SECOND]
    return out


@pytest.fixture
def out(report, tmp_path):
    """A report of one's own: the link and the edition."""
    subprocess.run(["cp", "-a", f"{report}/.", tmp_path], check=True)
    return tmp_path


@pytest.fixture
def built(example):
    """What builds, and returns what came of it."""

    def one_of(out, chapters, **options):
        (one,) = build([EXAMPLE_EPCI], chapters, out, **options)
        return one

    return one_of


def changed(chapter, folder, number, source):
    """The chapter with another cell."""
    notebook = nbformat.read(chapter.path, as_version=4)
    notebook.cells[number].source = source
    folder.mkdir(exist_ok=True)
    nbformat.write(notebook, folder / chapter.path.name)
    return replace(chapter, path=folder / chapter.path.name)


def retold(chapter, folder, text):
    """The chapter with another text below its first heading."""
    cells = nbformat.read(chapter.path, as_version=4).cells
    number = next(n for n, cell in enumerate(cells) if n and cell.cell_type == "markdown")
    return changed(chapter, folder, number, text)


def broken(chapter, folder):
    return changed(chapter, folder, 4, "raise ValueError('no')")


def page(out, name):
    return (out / EXAMPLE_EPCI / name).read_text(encoding="utf-8")


def republished(out, change):
    """The latest edition published again, its folder changed."""
    other = out / "other"
    shutil.copytree(latest(out, EXAMPLE_EPCI), other)
    change(other)
    publish(other, out, EXAMPLE_EPCI)


def tampered(out, change):
    """The latest edition published again with another record."""

    def rewritten(folder):
        told = record(folder)
        change(told)
        write_record(folder, told)

    republished(out, rewritten)


# Only what changed.


def test_what_is_up_to_date_is_left_and_no_table_is_opened(out, chapters, built):
    before = {path: path.stat().st_mtime_ns for path in (out / HOME).rglob("*")}
    assert built(out, chapters).ran == []
    assert {path: path.stat().st_mtime_ns for path in (out / HOME).rglob("*")} == before
    command = [sys.executable, "-X", "importtime", "-m", "ctg_analysis", "build", EXAMPLE_EPCI, "--out", str(out)]
    answer = subprocess.run([*command, "--chapters", "07,08"], capture_output=True, text=True)
    assert answer.returncode == 0 and "à jour" in answer.stderr
    assert not {name for name in ("pandas", "numpy", "matplotlib", "papermill") if f" {name}\n" in answer.stderr}


@pytest.mark.nightly
def test_the_process_that_builds_imports_none_of_the_libraries_of_its_chapters(tmp_path):
    """A result of theirs that holds an object of such a library, or of ours that uses one, would have it do so."""
    command = ["build", EXAMPLE_EPCI, "--chapters", "12,14", "--out", str(tmp_path)]
    code = f"from ctg_analysis.cli import app; app({command}, standalone_mode=False)"
    code += "; import sys; print(*{'pandas', 'numpy', 'matplotlib', 'nbformat'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not answer.stdout.strip()


def test_a_notebook_that_changed_runs_again_alone(out, chapters, tmp_path, built):
    chapters[1] = retold(chapters[1], tmp_path / "notebooks", "Un autre texte, sans chiffre.")
    one = built(out, chapters)
    assert one.ran == [SECOND] and "Un autre texte, sans chiffre." in page(out, f"{SECOND}.html")


def test_a_text_that_pages_quote_and_a_file_of_the_analyst_make_them_run_again(chapters, tmp_path, monkeypatch):
    """data/reference, the model of the letters, and the CSV files beside the notebooks."""
    copy = tmp_path / "project"
    for name in ("data/reference", "notebooks"):
        shutil.copytree(settings().root / name, copy / name)
    monkeypatch.setattr(keys_, "settings", lambda: replace(settings(), root=copy))
    key, changed = (lambda: keys_.keys(chapters, data_root(EXAMPLE_EPCI), EXAMPLE_EPCI)[FIRST]["texts"]), []
    for name in ("data/reference/pedt.yml", "data/reference/convention/demande.docx", "notebooks/mes_chiffres.csv"):
        before = key()
        (copy / name).write_text("other", encoding="utf-8")
        changed.append(key() != before)
    assert changed == [True] * 3


@pytest.mark.nightly
def test_a_page_that_stays_links_to_what_comes_and_by_its_title(tmp_path, chapters, built):
    """An edition is what it would be if it were made at once, whatever the builds that it comes from."""
    assert built(tmp_path, chapters[:1]).ran == [FIRST]
    assert built(tmp_path, chapters[1:]).ran == [FIRST, SECOND] and f'href="{SECOND}.html"' in page(
        tmp_path, f"{FIRST}.html"
    )
    retitled = replace(chapters[1], title="Un autre titre")
    assert built(tmp_path, [retitled]).ran == [FIRST, SECOND] and "Un autre titre" in page(tmp_path, f"{FIRST}.html")


@pytest.mark.nightly
def test_data_of_other_territories_do_not_make_a_chapter_run(out, chapters, built):
    """Another sum of all data, the same sum of those of the territory; then another of what one page was made of."""

    def other_data(told):
        for entry in told["chapters"].values():
            entry["key"][OF_ALL] = "x"

    name = latest(out, EXAMPLE_EPCI).name
    tampered(out, other_data)
    assert built(out, chapters).ran == [] and latest(out, EXAMPLE_EPCI).name == name

    def read_otherwise(told):
        other_data(told)
        told["chapters"][FIRST]["data"] = "x"

    tampered(out, read_otherwise)
    assert built(out, chapters).ran == [FIRST]


# An edition that has lost or changed some of its files is made again.


@pytest.mark.nightly
def test_chapters_that_share_a_process_read_and_write_what_they_do_alone(tmp_path, built, monkeypatch):
    """What one has made of the territory, another finds: it has read of it no less for that."""
    editions = []
    for own_from in (keys_.OWN_FROM, "00"):
        monkeypatch.setattr(keys_, "OWN_FROM", own_from)
        assert built(tmp_path / own_from, chosen_chapters([])).exit_code == 0
        edition = latest(tmp_path / own_from, EXAMPLE_EPCI)
        editions.append({path.relative_to(edition): path.read_bytes() for path in edition.rglob("*") if path.is_file()})
    assert editions[0] == editions[1]


@pytest.mark.nightly
def test_a_damaged_edition_is_made_again(out, chapters, built):
    edition = latest(out, EXAMPLE_EPCI)
    good = {path.relative_to(edition): path.read_bytes() for path in edition.rglob("*") if path.is_file()}
    for damage in (
        lambda: (edition / f"{SECOND}.html").unlink(),
        lambda: (edition / RECORD).write_bytes(good[Path(RECORD)][:500]),
        lambda: (edition / RECORD).unlink(),
    ):
        damage()
        one = built(out, chapters)
        assert one.exit_code == 0 and one.ran == [FIRST, SECOND]
        assert {path.relative_to(edition): path.read_bytes() for path in edition.rglob("*") if path.is_file()} == good
        assert latest(out, EXAMPLE_EPCI) == edition and built(out, chapters).ran == []


@pytest.mark.nightly
def test_after_a_damaged_edition_the_one_before_serves_again(out, chapters, tmp_path, built):
    """What has not changed since is copied from it, never from the damaged one; a folder that is lost stops nothing."""
    first = latest(out, EXAMPLE_EPCI)
    chapters[1] = retold(chapters[1], tmp_path / "notebooks", "Un autre texte, sans chiffre.")
    assert built(out, chapters).ran == [SECOND]
    second = latest(out, EXAMPLE_EPCI)
    (second / f"{FIRST}.html").write_text("other", encoding="utf-8")
    one = built(out, chapters)
    assert one.ran == [SECOND] and latest(out, EXAMPLE_EPCI) == second and is_whole(second)
    assert page(out, f"{FIRST}.html") == (first / f"{FIRST}.html").read_text(encoding="utf-8")
    shutil.rmtree(second)
    assert built(out, chosen_chapters(["07", "08"])).ran == [] and latest(out, EXAMPLE_EPCI) == first


# A failure is told.


@pytest.mark.nightly
def test_a_chapter_that_fails_keeps_its_last_good_version_with_its_date(out, chapters, tmp_path, built):
    date = record(latest(out, EXAMPLE_EPCI))["date"]
    good = page(out, f"{SECOND}.html")
    chapters[1] = broken(chapters[1], tmp_path / "notebooks")
    one = built(out, chapters)
    assert one.exit_code == 2 and list(one.failed) == [SECOND]
    assert str(one.failed[SECOND]) == f"notebooks/{SECOND}.ipynb, cell 5: ValueError: no"
    dated, banner = page(out, f"{SECOND}.html"), '<p class="banner dated">'
    start = dated.index(banner)
    assert dated[:start] + dated[dated.index("</p>\n", start) + 5 :] == good
    assert f"édition du {int(date[8:])}" in dated[start:] and "Chapitre daté" in page(out, "index.html")
    journal = out / JOURNAL / EXAMPLE_EPCI
    told = (journal / f"{SECOND}.log").read_text(encoding="utf-8")
    assert "cell 5: ValueError: no" in told and "raise ValueError" in told and (journal / f"{SECOND}.ipynb").is_file()

    assert built(out, chapters).failed and page(out, f"{SECOND}.html") == dated  # tried again, dated once
    chapters = chosen_chapters(["07", "08"])
    assert built(out, chapters).ran == [SECOND] and page(out, f"{SECOND}.html") == good and not journal.exists()


@pytest.mark.nightly
def test_a_chapter_that_stays_keeps_the_data_behind_its_charts(out, chapters, tmp_path, built):
    good = page(out, f"{SECOND}.html")
    name = re.search(r'href="donnees/([^"]+)"', good)[1]

    def otherwise(folder):
        was = folder / "donnees" / name
        was.write_bytes(was.read_bytes() + b"former\r\n")

    republished(out, otherwise)
    former = latest(out, EXAMPLE_EPCI)
    chapters[1] = broken(chapters[1], tmp_path / "notebooks")
    for _ in range(2):  # the second time, the file is kept already
        built(out, chapters, force=True)
        kept = f"donnees/{record(former)['date']}/{name}"
        assert f'href="{kept}"' in page(out, f"{SECOND}.html") and f'href="donnees/{name}"' not in page(
            out, f"{SECOND}.html"
        )
        assert (out / EXAMPLE_EPCI / kept).read_bytes().endswith(b"former\r\n")
        assert not (out / EXAMPLE_EPCI / "donnees" / name).read_bytes().endswith(b"former\r\n")


@pytest.mark.nightly
def test_without_an_earlier_version_the_reader_has_a_page_in_plain_french(chapters, tmp_path, built):
    one = built(tmp_path / "new", [chapters[0], broken(chapters[1], tmp_path / "notebooks")])
    assert one.exit_code == 2 and "n’a pas pu être établi" in page(tmp_path / "new", f"{SECOND}.html")
    assert "ValueError" not in page(tmp_path / "new", f"{SECOND}.html")
    assert "autres chapitres" not in page(tmp_path / "new", f"{SECOND}.html")  # which may have failed too
    assert "n’a pas pu être établi" in page(tmp_path / "new", "index.html")
    assert built(tmp_path / "new", [chapters[0]]).ran == [SECOND]  # what is missing is never up to date


# Whole or not at all, one at a time.


@pytest.mark.nightly
@pytest.mark.parametrize("work", ["build", "documents"])
def test_a_second_command_says_who_holds_the_report(out, work):
    holding = (
        "import sys, time; from pathlib import Path; from ctg_analysis.model.scratch import alone\n"
        f"with alone(Path({str(out)!r}), {EXAMPLE_EPCI!r}, ''): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", holding], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        command = [sys.executable, "-m", "ctg_analysis", work, EXAMPLE_EPCI, "--out", str(out)]
        answer = subprocess.run(command, capture_output=True, text=True)
        holder.kill()
    assert answer.returncode == 3 and f"en train d'être fait par le processus {holder.pid}" in answer.stderr
    with alone(out, EXAMPLE_EPCI, ""):
        pass  # the system freed it


# Editions.


def observed(*rows):
    columns = ["territory", "level", "period", "indicator", "value", "status", "word", "name"]
    table = pd.DataFrame(rows, columns=columns).assign(
        quality=None, source="insee_iris_rp2021", low=np.nan, high=np.nan
    )
    return table.assign(numerator=table["value"], denominator=None)


def test_what_changed_is_told_by_kind():
    def place(period, value, status="ok", word=None, territory="999999999", level="epci"):
        return (territory, level, period, "population_count", value, status, word, "Lieu")

    before = observed(
        place("2019", 10.0), place("2020", 20.0), place("2021", 30.0, word="proche de"), place("2018", 5.0)
    )
    now = observed(
        place("2019", 10.0),
        place("2020", 21.0),
        place("2021", 30.0, word="plus élevé que"),
        place("2022", 40.0),
        place("2019", None, "secret", territory="99001", level="commune"),
    )
    earlier_commune = observed(place("2019", 7.0, territory="99001", level="commune"))
    rows = changes(pd.concat([before, earlier_commune]), now)
    told = {(row.kind, row.territory, row.period, row.before, row.now) for row in rows.itertuples()}
    assert told == {
        (REVISED, "999999999", "2020", "20", "21"),
        (TESTED, "999999999", "2021", "proche de", "plus élevé que"),
        (NEW, "999999999", "2022", "–", "40"),
        (GONE, "999999999", "2018", "5", "–"),
        (STATUS, "99001", "2019", "7", "s"),
    }
    assert changes(now, now).empty


# Several territories.


def test_parts_of_all_territories_are_all_of_them_once(france):
    every = wanted([], every=True, departement="")
    assert len(every) > 1_200
    parts = [part(every, f"{i}/7") for i in range(1, 8)]
    assert sorted(epci for one in parts for epci in one) == every and max(map(len, parts)) - min(map(len, parts)) <= 1
    assert "200067171" in wanted([], every=False, departement="12")


def test_the_list_of_reports_names_them_and_their_words(out):
    write_list(out)
    text = (out / "index.html").read_text(encoding="utf-8")
    assert f'<a href="{EXAMPLE_EPCI}/index.html">' in text and "territoire fictif" in text
    assert 'data-words="cc des monts' in text


def test_the_list_is_complete_after_a_build_that_was_killed_and_waits_for_another(out, tmp_path):
    """Scenario: two reports are published, and the build is killed before it lists them."""
    other = "243500139"
    write_list(out)
    assert is_listed(out)
    (out / other).symlink_to(latest(out, EXAMPLE_EPCI))
    assert not is_listed(out)
    entered, leave = threading.Event(), threading.Event()

    def hold():
        with alone(out, "index", ""):
            entered.set()
            leave.wait()

    with ThreadPoolExecutor() as pool:
        pool.submit(hold)
        entered.wait()
        threading.Timer(0.2, leave.set).start()
        write_list(out)
    assert is_listed(out) and f'<a href="{other}/index.html">' in (out / "index.html").read_text(encoding="utf-8")


def test_a_build_with_nothing_to_do_completes_the_list(out):
    (out / "index.html").write_text("", encoding="utf-8")
    answer = CliRunner().invoke(app, ["build", EXAMPLE_EPCI, "--chapters", "07", "--out", str(out)])
    assert answer.exit_code == 0 and is_listed(out)

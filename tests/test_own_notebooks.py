"""What an analyst adds to notebooks/: published when it is sound, and nothing of it is lost or false without a word."""

import shutil
from hashlib import sha256

import nbformat
import pytest
from notebook_files import write_notebook

from ctg_analysis.cli import report_commands
from ctg_analysis.cli.list_commands import sample
from ctg_analysis.model import settings as settings_
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import EXAMPLE_EPCI, ChapterNotebook, Settings, chosen_chapters, settings
from ctg_analysis.publish.build import build
from ctg_analysis.publish.editions import JOURNAL, latest, lines_of, publish, record, write_record
from ctg_analysis.publish.execution import execute
from ctg_analysis.publish.own_outputs import UNDESCRIBED, WITHOUT_ALT
from ctg_analysis.publish.pool import Job, run

pytestmark = pytest.mark.slow
OPENS = "from ctg_analysis.chapter import open_chapter\nchapter = open_chapter({})\n"
OWN = OPENS.format("epci") + "chapter.peers()"
OTHER = OPENS.format('"200067171"') + "chapter.portrait()"
DRAWS = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"
EXECUTE = f"{execute.__module__}:{execute.__name__}"
SHOWN = ("print('un')", "from IPython.display import Markdown\nMarkdown('*deux*')", DRAWS, OWN)
TO_MEND = [f"notebooks/18_a.ipynb, cell 5: {WITHOUT_ALT}"]
AWAY = f"opened 200067171, expected {EXAMPLE_EPCI} alone: open the chapter with the parameter epci"
STAYS = "la page n'est pas de cette édition"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for module in (settings_, report_commands):
        monkeypatch.setattr(module, "settings", lambda: Settings(root=tmp_path))
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data").symlink_to(settings().root / "data")
    return tmp_path / "notebooks"


@pytest.fixture
def told(tmp_path, example):
    """What builds all the notebooks of the folder, and returns the exit code and what is said, without the EPCI."""

    def run():
        (one,) = build([EXAMPLE_EPCI], chosen_chapters([]), tmp_path / "reports")
        assert one.error is None, one.error
        head, *lines = (line.removeprefix(f"{EXAMPLE_EPCI} : ") for line in lines_of(one))
        return one.exit_code, head.partition(" : ")[2], lines

    return run


@pytest.mark.nightly
def test_what_an_analyst_adds_is_published_or_told(folder, tmp_path, told):
    """Scenario: five notebooks, one of them sound; they are mended and spoilt from a build to the next."""
    out = tmp_path / "reports"
    report, journal = out / EXAMPLE_EPCI, out / JOURNAL / EXAMPLE_EPCI

    def page(name):
        return (report / f"{name}.html").read_text(encoding="utf-8")

    def pages():
        return sorted(path.stem for path in report.glob("[0-9]*.html"))

    shows = write_notebook(folder / "18_a.ipynb", *SHOWN)
    write_notebook(folder / "19_b.ipynb", OTHER, tag="other")
    (folder / "20_c.ipynb").write_text('{"cells": [\n', encoding="utf-8")
    away = write_notebook(folder / "21_d.ipynb", OTHER)
    own = write_notebook(folder / "22_e.ipynb", OWN, title="# Le mien\n\nQuoi ?")
    code, head, lines = told()
    assert (code, head, len(lines)) == (2, "2 chapitres refaits (18_a.html, 22_e.html)", 5)
    assert lines[0].startswith("notebooks/19_b.ipynb: refused: no code cell with the tag")
    assert lines[1].startswith("notebooks/20_c.ipynb: refused: line 2, column 1: no Jupyter notebook")
    assert lines[2:4] == [f"notebooks/21_d.ipynb: {AWAY} : {STAYS}", *TO_MEND]
    assert pages() == ["18_a", "21_d", "22_e"] and "19_b" not in page("index")
    assert "Monts d" in page("18_a") and "Monts d" in page("22_e")
    assert '<pre class="said" tabindex="0">un</pre>' in page("18_a") and "<em>deux</em>" in page("18_a")
    assert f'alt="{UNDESCRIBED}"' in page("18_a")
    assert "Ce chapitre n’a pas pu être établi" in page("21_d") and "Aveyron" not in page("21_d")
    assert (journal / "18_a.log").read_text(encoding="utf-8").splitlines() == TO_MEND
    assert "Aveyron" in (journal / "21_d.ipynb").read_text(encoding="utf-8")

    write_notebook(away, OWN)
    own.write_text("{", encoding="utf-8")
    code, head, lines = told()
    assert (code, head) == (2, "1 chapitre refait (21_d.html) ; ont changé : des cahiers")
    assert "take it back from git" in lines[2]
    assert lines[3:5] == [f"notebooks/22_e.ipynb: refused : {STAYS}", *TO_MEND]
    assert all("Chapitre daté" in page(name) for name in ("22_e", "index")) and "Le mien" in page("index")
    assert "Monts d" in page("22_e") and "Monts d" in page("21_d") and (journal / "18_a.log").is_file()

    edition = latest(out, EXAMPLE_EPCI)
    assert told() == (2, "à jour", lines) and latest(out, EXAMPLE_EPCI) == edition

    write_notebook(shows, OTHER)
    write_notebook(own, OWN, title="# Le mien\n\nQuoi ?")
    write_notebook(away, OTHER, tag="other")
    earlier = shutil.copytree(edition, out / "copy")  # a version that made these pages under the name of any EPCI
    made = record(earlier)
    for path in (shows, away):
        made["chapters"][path.stem]["key"]["notebook"] = sha256(path.read_bytes()).hexdigest()
    write_record(earlier, made)
    publish(earlier, out, EXAMPLE_EPCI)
    code, head, lines = told()
    assert (code, head) == (2, "1 chapitre refait (22_e.html) ; ont changé : la liste des chapitres")
    assert "21_d.ipynb: refused" in lines[2]
    assert lines[3] == f"notebooks/18_a.ipynb: {AWAY} : {STAYS}" and "n’a pas pu être établi" in page("18_a")
    assert pages() == ["18_a", "22_e"] and "Chapitre daté" not in page("22_e")


def test_a_new_chapter_is_sound_and_never_written_over_what_is_there(folder):
    report_commands.new_chapter("18", "Mobilité : l'œuvre")
    (path,) = folder.iterdir()
    (chosen,) = chosen_chapters([])
    assert path.name == "18_mobilite_l_oeuvre.ipynb" and (chosen.title, chosen.fault) == ("Mobilité : l'œuvre", "")
    nbformat.validate(nbformat.read(path, as_version=4))
    for number, title, said in (("18", "Autre", "bears this number"), ("8", "x", "two digits"), ("19", "!", "words")):
        with pytest.raises(UserError, match=said):
            report_commands.new_chapter(number, title)
    assert list(folder.iterdir()) == [path]


@pytest.mark.nightly
def test_the_first_notebook_runs_for_any_epci(tmp_path, france, example):
    """Its own figures are of the invented territory: elsewhere they are left out, which is said."""
    chapter = ChapterNotebook("", settings().root / "notebooks" / "commencer_ici.ipynb", "Commencer ici", "")
    jobs = [Job(epci, EXECUTE, (chapter, epci, tmp_path), epci) for epci in [EXAMPLE_EPCI, *sample(france)[::6]]]
    outcomes = list(run(jobs, 2))
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == [] and len(outcomes) > 5
    said = [output.text for cell in outcomes[-1].result.cells for output in cell.get("outputs", []) if "text" in output]
    assert "7 lignes laissées de côté, de communes hors de" in "".join(said)

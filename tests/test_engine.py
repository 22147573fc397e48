"""Chapters in processes of their own: the same notebooks as a Jupyter kernel, and an end to all that goes wrong."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from processes import living

from ctg_analysis.display.markup import PAGE
from ctg_analysis.model.scratch import SCRATCH
from ctg_analysis.model.settings import (
    DEFAULT_EPCI,
    EXAMPLE_EPCI,
    KERNELS,
    ChapterNotebook,
    all_chapters,
    chosen_chapters,
)
from ctg_analysis.publish import pool
from ctg_analysis.publish.execution import CellError, execute, place
from ctg_analysis.publish.own_outputs import published
from ctg_analysis.publish.pool import LIMITS, Job, Limits, StoppedError, run

EXECUTE = f"{execute.__module__}:{execute.__name__}"
linux = pytest.mark.skipif(sys.platform != "linux", reason="the system keeps the memory and ends processes on Linux")


def notebook_of(folder: Path, *cells: str) -> ChapterNotebook:
    """Return a chapter made of these cells, after its parameters."""
    parameters = nbformat.v4.new_code_cell('epci = "999999999"', metadata={"tags": ["parameters"]})
    made = nbformat.v4.new_notebook(cells=[parameters, *map(nbformat.v4.new_code_cell, cells)])
    made.metadata = {
        "ctg": {"chapter": "98"},
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    }
    path = folder / "98_essai.ipynb"
    nbformat.write(made, path)
    return ChapterNotebook("98", path, "Essai", "")


def outcome_of(chapter, folder, limits=LIMITS, kernels=""):
    """Return what came of a chapter in a process of its own."""
    job = Job(EXAMPLE_EPCI, EXECUTE, (chapter, EXAMPLE_EPCI, folder, kernels), place(chapter))
    (outcome,) = run([job], 1, limits)
    return outcome


def in_both(chapter, folder):
    """Return what came of a chapter in a process of its own, and in a kernel, which is the reference."""
    return [outcome_of(chapter, folder, kernels=kernels) for kernels in KERNELS]


@pytest.mark.slow
@pytest.mark.nightly
def test_both_ways_give_the_same_notebook_for_a_chapter_of_each_kind(tmp_path, example):
    """Scenario: the stock kernel is the reference; the bytes of the notebooks are compared, clocks and ids in them.

    `test_lab` runs every chapter in one.
    """
    chapters, made = chosen_chapters(["00", "04", "12", "17"]), {}
    for kernels in KERNELS:
        jobs = [Job("", EXECUTE, (one, EXAMPLE_EPCI, tmp_path, kernels), place(one)) for one in chapters]
        outcomes = list(run(jobs, 2))
        assert [outcome.error for outcome in outcomes] == [None] * len(chapters)
        made[kernels] = {outcome.job.place: nbformat.writes(outcome.result) for outcome in outcomes}
    for one in chapters:
        ours, reference = (made[kernels][place(one)] for kernels in KERNELS)
        assert ours == reference, one.path.name
        shown = sum(cell.cell_type == "code" for cell in nbformat.read(one.path, as_version=4).cells) - 2
        assert reference.count('"execute_result"') == shown > 0  # all cells but the parameters and the setup


def test_an_error_shows_the_lines_of_its_cell_whatever_was_forgotten_before(tmp_path):
    chapter = notebook_of(tmp_path, "import linecache\nlinecache.clearcache()", "def divided():\n    1 / 0\ndivided()")
    assert "----> 2     1 / 0" in outcome_of(chapter, tmp_path).error.traceback


LEAVES = """
import os, random, sys
import pandas as pd
from ctg_analysis.chapter import territory
found = pd.get_option("display.precision"), hasattr(territory, "left"), "left" in os.environ, hasattr(sys, "left")
pd.set_option("display.precision", 2)
territory.left = sys.left = True
os.environ["left"] = "1"
os.chdir("/")
found, random.random()
"""


def test_a_notebook_finds_nothing_of_another(tmp_path):
    """Options, modules, environment, draws: each is run in a process that has run none."""
    chapter = notebook_of(tmp_path, LEAVES)
    job = Job("", EXECUTE, (chapter, EXAMPLE_EPCI, tmp_path), "x")
    shown = [outcome.result.cells[-1].outputs[0].data["text/plain"] for outcome in run([job] * 3, 1)]
    assert all(text.startswith("((6, False, False, False), ") for text in shown) and len(set(shown)) == 3


SHARED = """
import os, warnings
import matplotlib, pandas as pd
found = "left" in dir(), len(In), pd.get_option("display.precision"), matplotlib.rcParams["font.size"]
warnings.warn("told each time")
warnings.simplefilter("ignore")
pd.set_option("display.precision", 2)
matplotlib.rcParams["font.size"] = 40
left = True
found, os.getpid()
"""


def test_notebooks_that_share_a_process_find_names_tables_charts_and_warnings_as_they_were(tmp_path):
    chapter = notebook_of(tmp_path, SHARED)
    job = Job("", EXECUTE, (chapter, EXAMPLE_EPCI, tmp_path), "x", shares=True)
    first, second = (outcome.result.cells[-1] for outcome in run([job, job], 1))
    assert first == second and "told each time" in first.outputs[0].text
    assert first.outputs[-1].data["text/plain"].startswith("((False, 4, 6, ")


CELLS = (
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "print('un'); print('deux')\n{'a': 1}",
    "import sys\nprint('trois', file=sys.stderr)",
    "from IPython.display import HTML, display\nshown = display(HTML('<p>un</p>'), display_id='x')",
    "shown.update(HTML('<p>deux</p>'))\nawait __import__('asyncio').sleep(0)\n_",
    "",
    "get_ipython().run_line_magic('pinfo2', 'nowhere') if False else len(In)",
    "from ctg_analysis.display.markup import Html\nHtml('<p>é</p>')",
    "Html('not shown');",
    "import pandas as pd\npd.DataFrame([range(30)])",
    "import sys\nsys.displayhook = print\n_i, _ii, _i2",
    "get_ipython().display_formatter.formatters['text/html'].for_type(Html, lambda one: 'ours')\nHtml('theirs')",
    "own = get_ipython().display_formatter.formatters['text/html']\nown.type_printers = {Html: str}\nHtml('<i>')",
    "%%capture kept\nprint('quatre')",
    "from __future__ import annotations\nkept.stdout, list(Out)",
    "def later(value: nowhere): return value\nlater(_)",
    "get_ipython().events.register('post_run_cell', lambda result: print(len(result.info.raw_cell)))",
    "get_ipython().events.register('pre_run_cell', lambda info: print(len(info.raw_cell)))",
    "get_ipython().ast_node_interactivity = 'all'",
    "5\n6",
    "from ctg_analysis.chapter.chapter import prepare_shell\nprepare_shell()\npd.DataFrame({'a': [1.5, None]})",
)
TELLS = "from ctg_analysis.model.errors import UserError\nraise UserError('one line')"


@pytest.mark.nightly
def test_what_cells_may_do_comes_out_as_from_a_kernel(tmp_path):
    """A chart of pyplot, both streams, displays that change, await, history: nothing is lost without a word."""
    ours, reference = (outcome.result for outcome in in_both(notebook_of(tmp_path, *CELLS), tmp_path))
    assert ours == reference
    assert "image/png" in ours.cells[2].outputs[0].data
    assert any(PAGE in output.get("data", {}) for output in ours.cells[-1].outputs)
    told = in_both(notebook_of(tmp_path, TELLS), tmp_path)
    assert [outcome.error.traceback for outcome in told] == ["one line"] * 2
    assert [line.partition(" without")[0] for line in published(ours.cells).remarks] == ["cell 2: an image"]


OPENED = "from ctg_analysis.chapter import open_chapter\nchapter = open_chapter({})"


@pytest.mark.nightly
def test_a_chapter_that_opens_another_territory_fails_by_name(tmp_path, france, example):
    """Whatever the cells do to what they show; a neighbour that is compared with is no other chapter."""
    other = notebook_of(tmp_path, "import sys\nsys.displayhook = print", OPENED.format('"200067171"'), "del epci")
    said = (
        "notebooks/98_essai.ipynb: opened 200067171, expected 999999999 alone: open the chapter with the parameter epci"
    )
    assert [str(outcome.error) for outcome in in_both(other, tmp_path)] == [said] * 2
    own = notebook_of(tmp_path, OPENED.format("epci"), "chapter.peers()")
    assert outcome_of(own, tmp_path).error is None


@pytest.mark.parametrize("kernels", KERNELS)
def test_a_chapter_that_ends_before_its_last_cell_fails(tmp_path, kernels):
    """The process ends without an error: half a page would be published."""
    half = notebook_of(tmp_path, "raise SystemExit", "'never'")
    said = "notebooks/98_essai.ipynb: ended before its last cell, expected that all of them run: is there an exit?"
    assert str(outcome_of(half, tmp_path, kernels=kernels).error) == said


def test_the_engine_is_found_by_papermill(tmp_path, example):
    """It runs the cells where it is called."""
    chapter, parameters = notebook_of(tmp_path, "import os\nos.getpid(), os.getppid()"), {"epci": EXAMPLE_EPCI}
    arguments = (str(chapter.path), str(tmp_path / "out.ipynb"), parameters, "ctg-here")
    (outcome,) = run([Job("", "papermill:execute_notebook", arguments, "x")], 1)
    made = outcome.result
    assert re.fullmatch(r"\(\d+, \d+\)", made.cells[-1].outputs[0].data["text/plain"])
    assert "start_time" not in made.metadata.papermill and made.cells[1].id == "injected-parameters"


def test_a_cell_that_fails_is_named_with_its_error(tmp_path):
    outcome = outcome_of(notebook_of(tmp_path, "x = 1", "1 / 0", "raise SystemError"), tmp_path)
    assert isinstance(outcome.error, CellError)
    assert str(outcome.error) == "notebooks/98_essai.ipynb, cell 3: ZeroDivisionError: division by zero"
    assert "1 / 0" in outcome.error.traceback and "cells.py" not in outcome.error.traceback
    left = "import sys\nsys.exit(3)"
    assert "cell 2: SystemExit: 3" in str(outcome_of(notebook_of(tmp_path, left), tmp_path).error)
    for unparsed in ("1 +", "x = 1\nreturn x", "'\0'"):
        assert "cell 2: SyntaxError" in str(outcome_of(notebook_of(tmp_path, unparsed), tmp_path).error)


def test_a_defect_is_told_with_its_last_line_and_its_traceback():
    (outcome,) = run([Job("", "operator:truediv", (1, 0), "notebooks/98_essai.ipynb")], 1)
    first, *others = str(outcome.error).splitlines()
    assert first == "notebooks/98_essai.ipynb: ZeroDivisionError: division by zero" and "Traceback" in others[0]


def test_a_cell_that_hangs_is_stopped_and_named_and_the_others_go_on(tmp_path):
    """It keeps the interpreter to itself, as a bad regular expression does."""
    hangs = 'import re\nre.match(r"(a+)+$", "a" * 60 + "b")'
    job = Job("", EXECUTE, (notebook_of(tmp_path, "x = 1", hangs), EXAMPLE_EPCI, tmp_path), "notebooks/98_essai.ipynb")
    outcomes = {one.job.place: one for one in run([job, Job("", "os:getpid", (), "x")], 1, Limits(cell=1))}
    error = outcomes[job.place].error
    assert isinstance(error, StoppedError) and outcomes["x"].result
    assert str(error) == ("notebooks/98_essai.ipynb, cell 3: stopped after 1 s, the most that it may take")
    slow = ["import time\ntime.sleep(0.4)"] * 6
    assert "stopped after 1 s" in str(outcome_of(notebook_of(tmp_path, *slow), tmp_path, Limits(cell=5, job=1)).error)


@pytest.mark.nightly
def test_without_a_fork_server_a_chapter_runs_in_a_new_interpreter(tmp_path, monkeypatch):
    chapter = notebook_of(tmp_path, *CELLS)
    reference = outcome_of(chapter, tmp_path).result
    monkeypatch.setattr(pool, "FORKSERVER", "")
    assert outcome_of(chapter, tmp_path).result == reference


@linux
def test_too_much_memory_is_an_error_of_the_cell_and_a_kill_is_said(tmp_path):
    large = "import numpy\nnumpy.ones(100_000_000)"
    error = outcome_of(notebook_of(tmp_path, large), tmp_path, Limits(memory=700 << 20)).error
    assert isinstance(error, CellError)
    assert "cell 2" in str(error) and "MemoryError" in str(error)
    killed = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    error = outcome_of(notebook_of(tmp_path, killed), tmp_path).error
    assert "cell 2: its process was killed (SIGKILL)" in str(error)
    assert outcome_of(notebook_of(tmp_path, "1"), tmp_path).error is None


@pytest.mark.nightly
def test_territories_that_run_at_once_do_not_mix(tmp_path, france, example):
    """Each has what it has when it runs alone."""
    chapter = next(one for one in all_chapters() if one.number == "08")
    made: dict[str, str] = {}
    for workers in (1, 3):
        epcis = [EXAMPLE_EPCI, DEFAULT_EPCI, "243500741"]
        for outcome in run([Job(epci, EXECUTE, (chapter, epci, tmp_path), epci) for epci in epcis], workers):
            assert outcome.error is None
            text = nbformat.writes(outcome.result)
            assert made.setdefault(outcome.job.epci, text) == text
    assert len(set(made.values())) == 3
    assert "Monts d" in made[EXAMPLE_EPCI] and "Monts d" not in made[DEFAULT_EPCI] + made["243500741"]


def imported() -> set[str]:
    """Return the modules that this process has in memory."""
    return set(sys.modules)


def test_what_chapters_import_is_there_already_and_nothing_heavy_that_none_uses():
    """What a process has to import is read again for every chapter; a tenth of a second or more for each heavy one."""
    sources = [cell.source for one in all_chapters() for cell in nbformat.read(one.path, 4).cells]
    named = set(re.findall(r"^(?:from|import) (ctg_analysis[.\w]*)", "\n".join(sources), re.MULTILINE))
    (outcome,) = run([Job("", "test_engine:imported", (), "x")], 1)
    assert len(named) > 5 and named - outcome.result == set()
    assert outcome.result & {"shapely.plotting", "distributed"} == set()


JOBS = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_engine import EXECUTE, ChapterNotebook, Job, run
if __name__ == "__main__":
    chapter = ChapterNotebook("98", Path({folder!r}) / "in" / "98_essai.ipynb", "Essai", "")
    jobs = [Job("", "test_engine:hang", (how, {folder!r}), how) for how in ("python", "regex", "children")]
    jobs += [Job("", EXECUTE, (chapter, "999999999", Path({folder!r}) / "out", "stock"), "kernel")]
    list(run(jobs, len(jobs)))
"""


def hang(how: str, folder: str) -> None:
    """Never end, in Python, in C with the interpreter held, with a process beside."""
    (Path(folder) / how).touch()
    match how:
        case "regex":
            re.match(r"(a+)+$", "a" * 60 + "b")
        case "children":
            subprocess.run(["sleep", "1000"])
    while True:
        time.sleep(1)


def gone(marker: str) -> bool:
    """Tell whether no process with a mark is left within 30 s."""
    deadline = time.monotonic() + 30
    while living(marker) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not living(marker)


@linux
@pytest.mark.nightly
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_jobs_end_with_the_process_that_builds(tmp_path, end):
    """Four jobs, a kernel and what they have started; the process is killed, or has Ctrl-C."""
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    began = f"import subprocess\nsubprocess.Popen(['sleep', '1000'])\nopen({str(tmp_path / 'began')!r}, 'w').close()"
    notebook_of(tmp_path / "in", began, 'import re\nre.match(r"(a+)+$", "a" * 60 + "b")')
    script = tmp_path / "script.py"
    script.write_text(JOBS.format(tests=str(Path(__file__).parent), folder=str(tmp_path)), encoding="utf-8")
    environment = os.environ | {"CTG_TEST_MARKER": tmp_path.name}
    marker, names = f"CTG_TEST_MARKER={tmp_path.name}", ("python", "regex", "children", "began")
    with subprocess.Popen([sys.executable, str(script)], env=environment, stderr=subprocess.DEVNULL) as build:
        deadline = time.monotonic() + 60
        while not all((tmp_path / name).exists() for name in names) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(living(marker)) >= 8
        build.send_signal(end)
    assert gone(marker)


@linux
@pytest.mark.nightly
def test_ctrl_c_in_a_terminal_ends_a_build_with_one_line_whenever_it_comes(tmp_path, example):
    """The terminal sends it to all the processes of the command: while they are imported, while chapters run."""
    command = [sys.executable, "-m", "ctg_analysis", "build", EXAMPLE_EPCI, "--force", "--out", str(tmp_path)]
    environment = os.environ | {"CTG_TEST_MARKER": tmp_path.name}
    marker, pages = f"CTG_TEST_MARKER={tmp_path.name}", f"{SCRATCH}/*/fresh/[0-9]*.html"
    for begun in (lambda: len(living(marker)) > 2, lambda: any(tmp_path.glob(pages))):
        build = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True)
        while not begun():
            time.sleep(0.02)
        os.killpg(build.pid, signal.SIGINT)
        told = build.communicate(timeout=30)[1].splitlines()
        assert (build.returncode, len(told)) == (130, 2) and told[1].startswith("interrompu : "), told
        assert gone(marker) and not (tmp_path / EXAMPLE_EPCI).exists()

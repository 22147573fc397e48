"""Chapters in forks of the warm process: the same notebooks as a Jupyter kernel, and an end to all that goes wrong."""

import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import papermill
import pytest
from notebook_files import write_notebook
from processes import living

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.notebooks import ChapterNotebook, all_chapters, chosen_chapters
from ctg_analysis.core.settings import DEFAULT_EPCI, EXAMPLE_EPCI
from ctg_analysis.display.markup import PAGE
from ctg_analysis.publishing.pages.own_outputs import published
from ctg_analysis.publishing.running import fork_protocol, workers
from ctg_analysis.publishing.running.execution import CellError, execute, parameterised, place, prepare
from ctg_analysis.publishing.running.workers import Job, Limits, StoppedError, run

pytestmark = pytest.mark.skipif(not workers.can_fork(), reason="no fork here, or CTG_KERNELS=stock")


def nothing(epci):
    """Prepare nothing: the notebook under test reads no data."""


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


def outcome_of(chapter, folder, warm, limits=workers.LIMITS):
    """Return what came of a chapter in a fork."""
    job = Job(EXAMPLE_EPCI, execute, (chapter, EXAMPLE_EPCI, folder), place(chapter))
    (outcome,) = run([job], 1, nothing, limits, warm)
    return outcome


def called(warm, function, *arguments):
    """Return what a function gives in a fork of the warm process itself."""
    fork = warm.fork()
    fork.ask(fork_protocol.CALL, function, *arguments)
    kind, answer = fork.connection.recv()
    fork.leave()
    assert kind == fork_protocol.DONE
    return answer


def test_what_chapters_import_is_in_the_warm_process_already(tmp_path, warm):
    """A module that a fork has to import is read and compiled again for every chapter."""
    sources = [cell.source for one in all_chapters() for cell in nbformat.read(one.path, 4).cells]
    named = set(re.findall(r"^(?:from|import) (ctg_analysis[.\w]*)", "\n".join(sources), re.MULTILINE))
    assert len(named) > 5
    cell = f"import sys\nassert not {named!r} - set(sys.modules), {named!r} - set(sys.modules)"
    assert outcome_of(notebook_of(tmp_path, cell), tmp_path, warm).error is None


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.parametrize("numbers", [["12"], pytest.param([], id="all")])
def test_both_engines_give_the_same_notebook_for_every_chapter(tmp_path, warm, monkeypatch, numbers):
    """Scenario: the stock kernel is the reference; the bytes of the notebooks are compared, clocks and ids in them."""
    chapters, made = chosen_chapters(numbers), {}
    for name in ("warm", "stock"):
        monkeypatch.setattr(workers, "can_fork", lambda warm=name == "warm": warm)
        jobs = [Job(EXAMPLE_EPCI, execute, (one, EXAMPLE_EPCI, tmp_path), place(one)) for one in chapters]
        outcomes = list(run(jobs, 2, prepare, warm=warm))
        assert [outcome.error for outcome in outcomes] == [None] * len(chapters)
        made[name] = {outcome.job.place: nbformat.writes(outcome.result) for outcome in outcomes}
    for one in chapters:
        ours, reference = (made[name][place(one)] for name in ("warm", "stock"))
        assert ours == reference, one.path.name
        shown = sum(cell.cell_type == "code" for cell in nbformat.read(one.path, as_version=4).cells) - 2
        assert reference.count('"execute_result"') == shown > 0  # all cells but the parameters and the setup


def test_an_error_shows_the_lines_of_its_cell_whatever_was_forgotten_before(tmp_path, warm):
    chapter = notebook_of(tmp_path, "import linecache\nlinecache.clearcache()", "def divided():\n    1 / 0\ndivided()")
    assert "----> 2     1 / 0" in outcome_of(chapter, tmp_path, warm).error.traceback


def test_cells_find_the_builtins_of_a_kernel(tmp_path, warm):
    cell = "import builtins\nsorted(vars(builtins))"
    made = outcome_of(notebook_of(tmp_path, cell, cell), tmp_path, warm).result
    first, second = (one.outputs[0].data["text/plain"] for one in made.cells[-2:])
    assert first == second and "get_ipython" in first and "'quit'" not in first


def test_a_notebook_that_changed_is_read_again_whatever_its_date(tmp_path):
    chapter = notebook_of(tmp_path, "1")
    assert parameterised(chapter, EXAMPLE_EPCI, "ctg").cells[-1].source == "1"
    date = chapter.path.stat().st_mtime_ns
    notebook_of(tmp_path, "2")
    os.utime(chapter.path, ns=(date, date))
    assert parameterised(chapter, EXAMPLE_EPCI, "ctg").cells[-1].source == "2"


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
    "from ctg_analysis.chapter.notebook_shell import prepare_shell\nprepare_shell()\npd.DataFrame({'a': [1.5, None]})",
)
TELLS = "from ctg_analysis.core.errors import UserError\nraise UserError('one line')"


@pytest.mark.nightly
def test_what_cells_may_do_comes_out_as_from_a_kernel(tmp_path, warm):
    """A chart of pyplot, both streams, displays that change, await, history: nothing is lost without a word."""
    chapter = notebook_of(tmp_path, *CELLS)
    ours, reference = outcome_of(chapter, tmp_path, warm).result, execute(chapter, EXAMPLE_EPCI, tmp_path)
    assert ours == reference
    assert "image/png" in ours.cells[2].outputs[0].data
    assert any(PAGE in output.get("data", {}) for output in ours.cells[-1].outputs)
    with pytest.raises(CellError) as told:
        execute(notebook_of(tmp_path, TELLS), EXAMPLE_EPCI, tmp_path)
    assert (
        outcome_of(notebook_of(tmp_path, TELLS), tmp_path, warm).error.traceback == told.value.traceback == "one line"
    )
    assert [line.partition(" without")[0] for line in published(ours.cells).remarks] == ["cell 2: an image"]


OPENED = "from ctg_analysis.chapter import open_chapter\nchapter = open_chapter({})"


@pytest.mark.nightly
def test_a_chapter_that_opens_another_territory_fails_by_name(tmp_path, warm):
    """Whatever the cells do to what they show; a neighbour that is compared with is no other chapter."""
    other = notebook_of(tmp_path, "import sys\nsys.displayhook = print", OPENED.format('"200067171"'), "del epci")
    said = (
        "notebooks/98_essai.ipynb: opened 200067171, expected 999999999 alone: open the chapter with the parameter epci"
    )
    assert str(outcome_of(other, tmp_path, warm).error) == said
    with pytest.raises(UserError, match=said):
        execute(other, EXAMPLE_EPCI, tmp_path)
    own = notebook_of(tmp_path, OPENED.format("epci"), "chapter.peers()")
    assert outcome_of(own, tmp_path, warm).error is None


@pytest.mark.nightly
def test_a_notebook_that_jupyterlab_made_is_a_chapter_like_the_others(tmp_path, warm):
    """No clock in it, nor a random name of a cell; its kernel is reached through files, and ends with the build. It
    runs in its folder."""
    path = write_notebook(tmp_path / "18_a.ipynb", "from pathlib import Path\nprint(Path.cwd())", LISTENING)
    chapter = ChapterNotebook("18", path, "Titre", "")
    ours, reference = outcome_of(chapter, tmp_path, warm).result, execute(chapter, EXAMPLE_EPCI, tmp_path)
    assert ours.cells[:-1] == reference.cells[:-1] and ours.metadata == reference.metadata
    assert reference.cells[-1].outputs[0].data["text/plain"] == f"(True, ['{LOOPBACK}'])"
    assert reference.cells[-2].outputs[0].text == f"{tmp_path}\n"


def test_a_chapter_that_ends_before_its_last_cell_fails(tmp_path, warm):
    """The process ends without an error: half a page would be published."""
    half = notebook_of(tmp_path, "raise SystemExit", "'never'")
    said = "notebooks/98_essai.ipynb: ended before its last cell, expected that all of them run: is there an exit?"
    assert str(outcome_of(half, tmp_path, warm).error) == said
    with pytest.raises(UserError, match="ended before its last cell"):
        execute(half, EXAMPLE_EPCI, tmp_path)


LISTENING = """
import os, time
from pathlib import Path

time.sleep(1)
own = Path("/proc/self/fd")
links = [os.readlink(own / name) for name in os.listdir(own) if os.path.lexists(own / name)]
sockets = {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:[")}
lines = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
len(sockets) > 0, [line[1].split(":")[0] for line in lines if line[3] == "0A" and line[9] in sockets]
"""
LOOPBACK = "0100007F"


@pytest.mark.nightly
def test_many_stock_kernels_at_the_same_time_do_not_collide(tmp_path):
    """In one folder, started at once: jupyter_client gives all of them the same names of sockets, unless told.

    Each looks for the sockets of its own process among those that listen to TCP. Over TCP there would be five, on ports
    that the client picks and the kernel takes later: that is when two want the same. There is none of them; ipykernel
    keeps one for itself, for the output of subprocesses, that it picks and takes at once.
    """
    folders = [tmp_path / str(number) for number in range(12)]
    for folder in folders:
        folder.mkdir()

    def run_in(folder):
        made = execute(notebook_of(folder, f"number = {folder.name}", LISTENING, "number"), EXAMPLE_EPCI, folder)
        return [cell.outputs[0].data["text/plain"] for cell in made.cells[-2:]]

    with ThreadPoolExecutor(len(folders)) as pool:
        told = list(pool.map(run_in, folders))
    assert [number for _, number in told] == [folder.name for folder in folders]
    assert {listens for listens, _ in told} == {f"(True, ['{LOOPBACK}'])"}


def test_a_wrong_declaration_is_told_once_and_not_by_the_warm_process():
    """The command that starts it reads the same declarations."""
    script = "from ctg_analysis.core.errors import UserError as Wrong\n"
    script += "from ctg_analysis.publishing.running import warm_process\n"
    script += "def wrong():\n    raise Wrong('x')\nwarm_process.warm_up = wrong\nwarm_process.main()"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, b"")


def test_a_fork_listens_to_nobody(tmp_path, warm):
    assert outcome_of(notebook_of(tmp_path, LISTENING), tmp_path, warm).result.cells[-1].outputs[0].data == {
        "text/plain": "(True, [])"
    }


def test_the_engine_is_found_by_papermill(tmp_path, example):
    """Called from a process that is no fork, it forks one."""
    chapter = notebook_of(tmp_path, "import os\nos.getpid()")
    made = papermill.execute_notebook(
        chapter.path, tmp_path / "out.ipynb", {"epci": EXAMPLE_EPCI}, engine_name="ctg-warm", progress_bar=False
    )
    assert int(made.cells[-1].outputs[0].data["text/plain"]) != os.getpid()
    assert "start_time" not in made.metadata.papermill and made.cells[1].id == "injected-parameters"


def test_a_cell_that_fails_is_named_with_its_error(tmp_path, warm):
    outcome = outcome_of(notebook_of(tmp_path, "x = 1", "1 / 0", "raise SystemError"), tmp_path, warm)
    assert isinstance(outcome.error, CellError)
    assert str(outcome.error) == "notebooks/98_essai.ipynb, cell 3: ZeroDivisionError: division by zero"
    assert "1 / 0" in outcome.error.traceback and "cells.py" not in outcome.error.traceback
    left = "import sys\nsys.exit(3)"
    assert "cell 2: SystemExit: 3" in str(outcome_of(notebook_of(tmp_path, left), tmp_path, warm).error)
    for unparsed in ("1 +", "x = 1\nreturn x", "'\0'"):
        assert "cell 2: SyntaxError" in str(outcome_of(notebook_of(tmp_path, unparsed), tmp_path, warm).error)


def test_a_cell_that_hangs_is_stopped_and_named(tmp_path, warm):
    """It keeps the interpreter to itself, as a bad regular expression does."""
    hangs = 'import re\nre.match(r"(a+)+$", "a" * 60 + "b")'
    outcome = outcome_of(notebook_of(tmp_path, "x = 1", hangs), tmp_path, warm, Limits(cell=1))
    assert isinstance(outcome.error, StoppedError)
    assert str(outcome.error) == ("notebooks/98_essai.ipynb, cell 3: stopped after 1 s, the most that it may take")
    slow = ["import time\ntime.sleep(0.4)"] * 6
    outcome = outcome_of(notebook_of(tmp_path, *slow), tmp_path, warm, Limits(cell=5, job=1))
    assert "stopped after 1 s" in str(outcome.error)


def test_too_much_memory_is_an_error_of_the_cell_and_a_kill_is_said(tmp_path, warm):
    large = "import numpy\nnumpy.ones(200_000_000)"
    outcome = outcome_of(notebook_of(tmp_path, large), tmp_path, warm, Limits(memory=400 << 20))
    assert isinstance(outcome.error, CellError)
    assert "cell 2" in str(outcome.error) and "MemoryError" in str(outcome.error)
    killed = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    outcome = outcome_of(notebook_of(tmp_path, killed), tmp_path, warm)
    assert "cell 2: its process was killed (SIGKILL)" in str(outcome.error)
    assert outcome_of(notebook_of(tmp_path, "1"), tmp_path, warm).error is None


@pytest.mark.nightly
def test_territories_that_run_at_once_do_not_mix(tmp_path, warm):
    """Two territories, alternately and at the same time: each has what it has when it runs alone."""
    chapter = next(one for one in all_chapters() if one.number == "08")
    epcis = [EXAMPLE_EPCI, DEFAULT_EPCI, "243500741"]
    made = {}
    for turn, workers_ in (("alone", 1), ("together", 3)):
        jobs = [
            Job(epci, execute, (chapter, epci, tmp_path), f"{turn} {number}") for number, epci in enumerate(epcis * 2)
        ]
        asked = [jobs[:1], jobs[1:2], jobs[2:3]] if turn == "alone" else [jobs]
        outcomes = [outcome for part in asked for outcome in run(part, workers_, prepare, warm=warm)]
        assert [outcome.error for outcome in outcomes] == [None] * len(outcomes)
        for outcome in outcomes:
            text = nbformat.writes(outcome.result)
            assert made.setdefault(outcome.job.epci, text) == text
    assert len(set(made.values())) == 3
    assert "Monts d" in made[EXAMPLE_EPCI] and "Monts d" not in made[DEFAULT_EPCI] + made["243500741"]


@pytest.mark.nightly
def test_an_unknown_territory_fails_all_its_jobs_and_no_other(tmp_path, warm):
    jobs = [Job(epci, os.getpid, (), epci) for epci in ("123456789", EXAMPLE_EPCI, "123456789")]
    outcomes = list(run(jobs, 2, prepare, warm=warm))
    failed = [outcome for outcome in outcomes if outcome.error]
    assert {outcome.job.place for outcome in failed} == {"123456789"} and len(failed) == 2
    assert all(isinstance(one.error, UserError) and "is not an EPCI" in str(one.error) for one in failed)
    assert len(outcomes) == 3


def end_parent() -> None:
    """Kill the process that this one is forked from, as the system does for want of memory."""
    os.kill(os.getppid(), signal.SIGKILL)


@pytest.mark.nightly
def test_a_process_that_is_killed_costs_its_territory_and_no_other(warm):
    """That of a territory is lost with what it still had to do; the warm process is started again."""
    jobs = [Job("a", end_parent, (), "a1"), Job("a", os.getpid, (), "a2"), Job("b", os.getpid, (), "b1")]
    outcomes = {outcome.job.place: outcome for outcome in run(jobs, 1, nothing, warm=warm)}
    assert {place: type(outcome.error) for place, outcome in outcomes.items() if outcome.error} == {"a2": StoppedError}
    assert str(outcomes["a2"].error).startswith("a2: the process of its territory was killed")
    assert outcomes.keys() == {"a1", "a2", "b1"}

    called(warm, end_parent)
    assert [outcome.error for outcome in run(jobs[1:], 1, nothing, warm=warm)] == [None, None]


def test_threads_share_a_warm_process(warm):
    """As the threads of a worker of Dask do: each has its own forks, none gets the handles of another."""
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: called(warm, os.getpid), range(40)))
    assert len(set(numbers)) == 40


def draws() -> tuple[float, float]:
    """Return a number of each generator."""
    import random

    import numpy

    return random.random(), numpy.random.random()


def test_no_two_forks_draw_the_same_numbers(warm):
    drawn = [outcome.result for outcome in run([Job("x", draws, (), "x")] * 3, 2, nothing, warm=warm)]
    assert len({first for first, _ in drawn}) == 3 and len({second for _, second in drawn}) == 3


def threads() -> int:
    """Return the number of threads of the process that this one is forked from."""
    status = Path(f"/proc/{os.getppid()}/status").read_text(encoding="ascii")
    return int(status.split("Threads:")[1].split()[0])


def test_the_warm_process_has_one_thread_and_runs_nothing_itself(warm):
    """What a thread of the warm process held when it forks would stay locked for ever in the fork."""
    assert called(warm, threads) == 1
    assert not fork_protocol.is_fork()


HEAVY = {
    "scipy.stats",
    "shapely.plotting",
    "matplotlib",
    "seaborn",
    "geopandas",
    "docx",
    "distributed",
}


def imported() -> set[str]:
    """Return the modules that this process has in memory."""
    return set(sys.modules)


def test_the_warm_process_imports_nothing_heavy_that_no_chapter_uses(warm):
    """A tenth of a second or more each, at the start of every build."""
    found = called(warm, imported)
    assert {"pandas", "papermill", "nbconvert", "scipy.special", "ctg_analysis.chapter.chapter"} <= found
    assert found & HEAVY == set()


BUILD = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_engine import ChapterNotebook, Job, execute, hang, nothing, run
"""
WARM_JOBS = """
ways = ("python", "regex", "children", "detached")
list(run([Job("x", hang, (how, {folder!r}), how) for how in ways], len(ways), nothing))
"""
STOCK_JOB = """
chapter = ChapterNotebook("98", Path({folder!r}) / "in" / "98_essai.ipynb", "Essai", "")
list(run([Job("x", execute, (chapter, "999999999", Path({folder!r}) / "out"), "x")], 1, nothing))
"""


def hang(how: str, folder: str) -> None:
    """Never end, in Python, in C with the interpreter held, with a process beside, with those that it let go of."""
    import re

    if how == "detached":
        detach()
    (Path(folder) / how).touch()
    match how:
        case "regex":
            re.match(r"(a+)+$", "a" * 60 + "b")
        case "children":
            subprocess.run(["sleep", "1000"])
    while True:
        time.sleep(1)


def detach() -> None:
    """Start processes that do not end with this one: in a session of their own, and the child of one that has ended."""
    sleeps = "import subprocess; subprocess.Popen(['sleep', '1000'], start_new_session=True)"
    exec(sleeps)
    subprocess.run([sys.executable, "-c", sleeps], check=True)


@pytest.mark.nightly
def test_what_a_job_has_detached_ends_with_the_warm_process(monkeypatch, tmp_path):
    monkeypatch.setenv("CTG_TEST_MARKER", tmp_path.name)
    own, marker = workers.WarmProcess(), f"CTG_TEST_MARKER={tmp_path.name}"
    called(own, detach)
    assert len(living(marker)) >= 3  # the warm process, and two that sleep
    own.close()
    assert living(marker) == []


def left_by(script: str, folder: Path, began: int, processes: int, **environment: str) -> list[int]:
    """Return what is left 30 s after a build was killed, at so many processes, once that many files of them began."""
    name = "CTG_TEST_MARKER"
    script = (BUILD + script).format(tests=str(Path(__file__).parent), folder=str(folder))
    build = subprocess.Popen([sys.executable, "-c", script], env=os.environ | environment | {name: folder.name})
    deadline = time.monotonic() + 60
    while len([path for path in folder.iterdir() if path.is_file()]) < began and time.monotonic() < deadline:
        time.sleep(0.1)
    marker = f"{name}={folder.name}"
    assert len(living(marker)) >= processes
    build.send_signal(signal.SIGKILL)
    build.wait()
    deadline = time.monotonic() + 30
    while living(marker) and time.monotonic() < deadline:
        time.sleep(0.1)
    return living(marker)


@pytest.mark.nightly
def test_a_build_that_is_killed_leaves_no_process(tmp_path):
    """The build, the warm process, the home of the territory, four jobs and what two of them have started."""
    assert left_by(WARM_JOBS, tmp_path, began=4, processes=10) == []


@pytest.mark.nightly
def test_a_build_with_stock_kernels_that_is_killed_leaves_no_process(tmp_path):
    """The build, the tracker of Python's pools, the worker, the kernel and the process that a cell of it started."""
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    began = f"import subprocess\nsubprocess.Popen(['sleep', '1000'])\nopen({str(tmp_path / 'began')!r}, 'w').close()"
    notebook_of(tmp_path / "in", began, 'import re\nre.match(r"(a+)+$", "a" * 60 + "b")')
    assert left_by(STOCK_JOB, tmp_path, began=1, processes=5, CTG_KERNELS="stock") == []

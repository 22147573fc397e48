"""Commands that are killed, in forks of one process that has everything imported, and what is looked at then.

The moments fall in what the commands do, not in what they import.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from processes import living
from raw_files import FEW, keep
from same_bytes import compared

from ctg_analysis.model.scratch import SCRATCH
from ctg_analysis.model.settings import EXAMPLE_EPCI, MATERIAL, DataRoot, settings
from ctg_analysis.pipeline.freshness import is_whole as are_tables_whole
from ctg_analysis.publish.editions import HOME as EDITIONS
from ctg_analysis.publish.editions import is_whole, latest, publish
from ctg_analysis.publish.pool import ENVIRONMENT
from ctg_analysis.raw.folders import CACHE

CHAPTER = "08_handicap"
BUILD = ("build", EXAMPLE_EPCI, "--chapters", CHAPTER[:2])
TEXTS = ("La version paire.", "La version impaire.")
HOME = """
import json, os, signal, sys, time
import ctg_analysis.publish.documents, ctg_analysis.pipeline.check_raw
import ctg_analysis.pipeline.derivation, ctg_analysis.pipeline.run
import ctg_analysis.publish.contents, ctg_analysis.publish.convention, ctg_analysis.raw.fetch
from ctg_analysis import cli

for line in sys.stdin:
    arguments, moment, number = json.loads(line)
    start = time.monotonic()
    pid = os.fork()
    if not pid:
        os.dup2(2, 1)
        sys.argv = ["ctg", *arguments]
        try:
            cli.main()
        except SystemExit as end:
            os._exit(end.code or 0)
    if moment is not None:
        time.sleep(moment)
        os.kill(pid, number)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print(json.dumps([time.monotonic() - start, code]), flush=True)
"""


@dataclass
class Commands:
    """What runs `ctg` on a project, and what it says. temporary: the folder that its processes find for such files."""

    root: Path
    temporary: Path
    process: subprocess.Popen

    def run(self, *arguments: str, moment: float | None = None) -> float:
        """Run a command, to its end or until it is killed after so many seconds; return what it took."""
        took, code = self._ended(arguments, moment, signal.SIGKILL)
        if moment is None and code:
            said = (self.root.parent / "said").read_text(encoding="utf-8")
            raise AssertionError(f"ctg {' '.join(arguments)}: exit code {code}\n{said}")
        return took

    def terminated(self, *arguments: str, moment: float) -> tuple[int, list[str]]:
        """Run a command that SIGTERM ends after so many seconds; return its exit code, and what it said."""
        said = self.root.parent / "said"
        before = said.stat().st_size
        _, code = self._ended(arguments, moment, signal.SIGTERM)
        return code, said.read_bytes()[before:].decode().splitlines()

    def _ended(self, arguments: tuple[str, ...], moment: float | None, by: int) -> tuple[float, int]:
        print(json.dumps([arguments, moment, by]), file=self.process.stdin, flush=True)
        return tuple(json.loads(self.process.stdout.readline()))

    def left(self) -> list[str]:
        """Return the processes at work, and what lies in scratch and temporary folders and beside whole files.

        The fork server of Python ends a moment after the command; when that is killed, its socket is left.
        """
        deadline = time.monotonic() + 10
        while (processes := self.others()) and time.monotonic() < deadline:
            time.sleep(0.05)
        scratch = [path for folder in self.root.rglob(SCRATCH) for path in folder.iterdir()]
        begun = [path for kind in ("*.part", "*.pid", ".link", ".partial", ".looked") for path in self.root.rglob(kind)]
        temporary = [path for path in self.temporary.iterdir() if not path.name.startswith("pymp-")]
        return [*processes, *map(str, [*scratch, *begun, *temporary])]

    def others(self) -> list[str]:
        """Return the processes at work."""
        return [str(pid) for pid in living(f"CTG_TEST_MARKER={self.root}") if pid != self.process.pid]


@contextmanager
def commands(root: Path) -> Iterator[Commands]:
    """Give what runs `ctg` on a project, a folder alone in another one."""
    told = {"CTG_ROOT": str(root), "CTG_TEST_MARKER": str(root)}
    with (
        TemporaryDirectory(prefix="kills-") as temporary,  # that of pytest is too long for sockets
        (root.parent / "said").open("w") as said,
        subprocess.Popen(
            [sys.executable, "-c", HOME],
            env=os.environ | ENVIRONMENT | told | {"TMPDIR": temporary},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        ) as process,
    ):
        yield Commands(root, Path(temporary), process)
        process.stdin.close()


@dataclass
class Trial:
    """A command to kill. change: gives it another thing to do each time. look: fails on what is not whole."""

    commands: Commands
    arguments: tuple[str, ...]
    look: Callable[[], None]
    change: Callable[[int], None] = lambda number: None


def sums(folder: Path, pattern: str = "*") -> dict[str, str]:
    """Return the sum of each file of a folder, but for those whose name begins with a dot."""
    files = (path for path in sorted(folder.rglob(pattern)) if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


# The projects


def project(folder: Path) -> Path:
    """Make a project with the invented territory, whose notebooks and Word templates a test may change."""
    root, source = folder / "project", settings().root
    (root / "data").mkdir(parents=True)
    shutil.copytree(source / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*", "*.csv"))
    for name in ("docs", "requirements.lock", "data/exemple"):
        (root / name).symlink_to(source / name)
    shutil.copytree(settings().reference, root / "data" / "reference")
    retell(root, 0)
    return root


def retell(root: Path, number: int) -> None:
    """Change a text of the chapter that the report of a project has: it has two versions."""
    path = settings().root / "notebooks" / f"{CHAPTER}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    next(cell for cell in notebook.cells[1:] if cell.cell_type == "markdown").source = TEXTS[number % 2]
    nbformat.write(notebook, root / "notebooks" / path.name)


def small_project(folder: Path, example: DataRoot) -> Path:
    """Make a project whose two data roots hold a few sources of the invented country: derived in seconds."""
    root = folder / "project"
    shutil.copytree(settings().reference, root / "data" / "reference")  # the invented country has its own over it
    for name in ("data", "data/exemple"):
        left_out = shutil.ignore_patterns("*.py", "__pycache__", "private", "processed", "generator", SCRATCH, ".*")
        shutil.copytree(example.path, root / name, ignore=left_out, dirs_exist_ok=True)
        keep(DataRoot(root / name), FEW)
    (root / "requirements.lock").symlink_to(settings().root / "requirements.lock")
    return root


# What a reader finds of each work


def editions_are_whole(out: Path) -> None:
    """Find each edition whole, the latest one among them, of one version of the chapter."""
    found = list((out / EDITIONS / EXAMPLE_EPCI).glob("[!.]*/"))
    assert found and [one.name for one in found if not is_whole(one)] == []
    page = (out / EXAMPLE_EPCI / f"{CHAPTER}.html").read_text(encoding="utf-8")
    assert latest(out, EXAMPLE_EPCI) in found and sum(text in page for text in TEXTS) == 1


def is_as_built_elsewhere(ctg: Commands) -> None:
    """Find the report to be that of a build in an empty folder, but for the index, which leads to documents."""
    with TemporaryDirectory() as folder:
        ctg.run(*BUILD, "--out", folder)
        _, differences = compared(latest(ctg.root / "reports", EXAMPLE_EPCI), latest(Path(folder), EXAMPLE_EPCI))
    assert [one for one in differences if not one.startswith("index.html")] == []


def many_editions(out: Path, count: int) -> None:
    """Publish editions until there are so many, then the latest one again."""
    now = latest(out, EXAMPLE_EPCI)
    for number in range(count - len(list((out / EDITIONS / EXAMPLE_EPCI).glob("[!.]*/")))):
        copy = out / "copy"
        shutil.copytree(now, copy)
        page = copy / "index.html"
        page.write_text(f"{page.read_text(encoding='utf-8')}<!-- {number} -->\n", encoding="utf-8")
        publish(copy, out, EXAMPLE_EPCI)
    shutil.copytree(now, out / "copy")
    publish(out / "copy", out, EXAMPLE_EPCI)


def tables_are_whole(root: Path) -> None:
    """Find the tables of both data roots, as they were written."""
    for one in (DataRoot(root / "data"), DataRoot(root / "data" / "exemple")):
        assert are_tables_whole(one.processed) and are_tables_whole(one.processed / MATERIAL), one.path


def forget(root: Path) -> None:
    """Remove all that is kept of the work of `ctg data`: the next one does all of it."""
    for folder in root.rglob(CACHE):
        shutil.rmtree(folder)

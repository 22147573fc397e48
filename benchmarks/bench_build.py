"""Measure `ctg build` against plain papermill and nbconvert on the same notebooks, in one run.

    make bench

All chapters of the default territory, two at a time. Every other tool runs each notebook with its own command; the
floor is the code of the cells, executed in one process that has everything imported and the territory loaded, one
chapter after the other. Prints wall times, and ratios to `ctg build`.
"""

import ast
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from ctg_analysis.build import build
from ctg_analysis.chapters import ChapterNotebook, all_chapters
from ctg_analysis.publishing.execution import execute, prepare
from ctg_analysis.publishing.template import warm_up
from ctg_analysis.publishing.workers import Job, Template, run
from ctg_analysis.settings import DEFAULT_EPCI

WORKERS = 2
PAPERMILL = "import sys; from papermill.__main__ import papermill; papermill()"
NBCONVERT = ["-m", "jupyter", "nbconvert", "--to", "html", "--log-level", "ERROR"]
EMBEDDED = "import sys, papermill; papermill.execute_notebook(sys.argv[1], sys.argv[2], engine_name='embedded')"


def python(*arguments: str) -> None:
    """Run a command of Python, silently; fail with it."""
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def plain(path: Path, folder: Path) -> None:
    """Run papermill with nbclient as it comes, then jupyter nbconvert."""
    output = folder / path.name
    python("-c", PAPERMILL, str(path), str(output), "-p", "epci", DEFAULT_EPCI, "--engine", "nbclient")
    python(*NBCONVERT, str(output))


def nbclient(path: Path, folder: Path) -> None:
    """Run jupyter nbconvert --execute, which is nbclient and the page in one process."""
    python(*NBCONVERT, "--execute", str(path), "--output-dir", str(folder))


def embedded(path: Path, folder: Path) -> None:
    """Run the in-process engine of ploomber-engine, then jupyter nbconvert."""
    output = folder / path.name
    python("-c", EMBEDDED, str(path), str(output))
    python(*NBCONVERT, str(output))


def quarto(path: Path, folder: Path) -> None:
    """Run quarto render on a copy."""
    copy = folder / path.name
    shutil.copy(path, copy)
    command = ["quarto", "render", str(copy), "--execute", "--to", "html"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def by_command(tool: Callable[[Path, Path], None], chapters: list[ChapterNotebook], folder: Path) -> float:
    """Return the seconds that a tool takes for all chapters, so many at a time."""
    folder.mkdir()
    start = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda chapter: tool(chapter.path, folder), chapters))
    return time.perf_counter() - start


def bare(chapters: list[ChapterNotebook]) -> float:
    """Return the seconds of the cells of all chapters, as plain code, in this process."""
    warm_up()
    prepare(DEFAULT_EPCI)
    start = time.perf_counter()
    for chapter in chapters:
        names: dict = {}
        for cell in nbformat.read(chapter.path, as_version=4).cells:
            if cell.cell_type == "code":
                code = ast.parse(cell.source)
                last = code.body.pop() if isinstance(code.body[-1], ast.Expr) else None
                exec(compile(code, chapter.path.name, "exec"), names)
                if last:
                    shown = eval(compile(ast.Expression(last.value), chapter.path.name, "eval"), names)
                    shown._repr_html_()
    return time.perf_counter() - start


def steady(chapters: list[ChapterNotebook], folder: Path, template: Template) -> float:
    """Return the seconds of all chapters executed one at a time in forks, without the pages: the cost of our engine."""
    folder.mkdir()
    jobs = [Job(DEFAULT_EPCI, execute, (one, DEFAULT_EPCI, folder), one.number) for one in chapters]
    once = run([jobs[0], *jobs], 1, prepare, template=template)
    next(once)
    start = time.perf_counter()
    for outcome in once:
        assert outcome.error is None, outcome.error
    return time.perf_counter() - start


def cold(folder: Path) -> float:
    """Return the seconds of the command `ctg build`, from its start to its end."""
    start = time.perf_counter()
    python("-m", "ctg_analysis", "build", DEFAULT_EPCI, "--out", str(folder))
    return time.perf_counter() - start


def warm(chapters: list[ChapterNotebook], folder: Path, template: Template) -> float:
    """Return the seconds of a build in a process whose template is there already."""
    list(build([DEFAULT_EPCI], chapters[:1], folder, template=template, jobs=WORKERS))
    start = time.perf_counter()
    list(build([DEFAULT_EPCI], chapters, folder, template=template, jobs=WORKERS, force=True))
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    chapters = all_chapters()
    others = {"nbconvert --execute (nbclient)": nbclient}
    if importlib.util.find_spec("ploomber_engine"):
        others["ploomber-engine + nbconvert"] = embedded
    if shutil.which("quarto"):
        others["quarto render"] = quarto
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        python("-m", "ctg_analysis", "data")
        template = Template()
        ours = {
            "ctg build, cold": cold(folder / "cold"),
            "ctg build, warm": warm(chapters, folder / "warm", template),
        }
        one_by_one = steady(chapters, folder / "steady", template)
        template.close()
        floor = bare(chapters)
        reference = by_command(plain, chapters, folder / "plain")
        for name, seconds in ours.items():
            print(f"{name:32} {seconds:6.1f} s   {reference / seconds:5.1f} times faster than papermill + nbconvert")
        print(f"{'papermill + nbconvert':32} {reference:6.1f} s")
        for number, (name, tool) in enumerate(others.items()):
            print(f"{name:32} {by_command(tool, chapters, folder / str(number)):6.1f} s")
        print(f"{'bare cells, one at a time':32} {floor:6.1f} s   {floor / len(chapters):5.2f} s a chapter")
        print(f"{'our engine, one at a time':32} {one_by_one:6.1f} s   {one_by_one / floor:5.2f} times the bare cells")


if __name__ == "__main__":
    main()

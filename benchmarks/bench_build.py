"""Measure `ctg build` against plain papermill and nbconvert on the same notebooks, in one run.

    make bench
    python benchmarks/bench_build.py [--beside FOLDER] [--times 5] [--chapter]

All chapters of the default territory. Every other tool runs each notebook with its own command, one after the other as
their users do in a loop, then two at a time. The floor is the code of the cells, executed in one process that has
everything imported and the territory loaded, one chapter after the other. Prints wall times, the median of so many for
what takes little time, and ratios to `ctg build`. --beside: see docs/performance.md.
"""

import argparse
import ast
import gc
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median

import nbformat

from ctg_analysis.core.notebooks import ChapterNotebook, all_chapters
from ctg_analysis.core.settings import DEFAULT_EPCI
from ctg_analysis.publishing.build import build
from ctg_analysis.publishing.running.execution import execute
from ctg_analysis.publishing.running.tasks import Report, prepare, write_chapter
from ctg_analysis.publishing.running.warm_process import warm_up
from ctg_analysis.publishing.running.workers import Job, WarmProcess, run

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


def by_command(
    tool: Callable[[Path, Path], None], chapters: list[ChapterNotebook], folder: Path, together: int
) -> float:
    """Return the seconds that a tool takes for all chapters, so many at a time."""
    folder.mkdir()
    start = time.perf_counter()
    with ThreadPoolExecutor(together) as pool:
        list(pool.map(lambda chapter: tool(chapter.path, folder), chapters))
    return time.perf_counter() - start


def bare(chapters: list[ChapterNotebook]) -> float:
    """Return the seconds of the cells of all chapters, as plain code, in this process.

    What is loaded is left out of the collections of Python, as in the warm process: they would cost a fifth more.
    """
    gc.freeze()
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
                    shown._repr_mimebundle_()
    return time.perf_counter() - start


def floor(chapters: list[ChapterNotebook], _: Path) -> float:
    """Return what `bare` takes for all chapters in one fork of this process: each finds what those before have made."""
    return bare_in_fork(chapters)


def floor_alone(chapters: list[ChapterNotebook], _: Path) -> float:
    """Return what `bare` takes for each chapter in a fork of its own: none profits from another, as in a report."""
    return sum(bare_in_fork([one]) for one in chapters)


def bare_in_fork(chapters: list[ChapterNotebook]) -> float:
    """Return what `bare` takes in a new fork of this process."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, str(bare(chapters)).encode())
        os._exit(0)
    os.close(writing)
    os.wait()
    with os.fdopen(reading) as told:
        return float(told.read())


def steady(chapters: list[ChapterNotebook], folder: Path, process: WarmProcess) -> float:
    """Return the seconds of all chapters executed one at a time in forks, without the pages: the cost of our engine."""
    folder.mkdir()
    return one_at_a_time(
        [Job(DEFAULT_EPCI, execute, (one, DEFAULT_EPCI, folder), one.number) for one in chapters], process
    )


def steady_pages(chapters: list[ChapterNotebook], folder: Path, process: WarmProcess) -> float:
    """Return the seconds of all chapters executed and written one at a time in forks."""
    fresh, executed = folder / "fresh", folder / "executed"
    fresh.mkdir(parents=True)
    executed.mkdir()
    report = Report(DEFAULT_EPCI, chapters, fresh, executed, None)
    return one_at_a_time([Job(DEFAULT_EPCI, write_chapter, (report, one, {}), one.number) for one in chapters], process)


def one_at_a_time(jobs: list[Job], process: WarmProcess) -> float:
    """Return the seconds of jobs, once their territory is prepared."""
    once = run([jobs[0], *jobs], 1, prepare, warm=process)
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


def warm(chapters: list[ChapterNotebook], folder: Path, process: WarmProcess) -> float:
    """Return the seconds of a build in a process whose warm process is there already."""
    list(build([DEFAULT_EPCI], chapters[:1], folder, warm=process, jobs=WORKERS))
    start = time.perf_counter()
    list(build([DEFAULT_EPCI], chapters, folder, warm=process, jobs=WORKERS, force=True))
    return time.perf_counter() - start


def usual(times: int, measure: Callable[[Path], float], folder: Path) -> float:
    """Return the median of so many measures, each in a folder of its own."""
    return median(measure(folder.with_name(f"{folder.name}-{number}")) for number in range(times))


def others() -> dict[str, Callable[[Path, Path], None]]:
    """Return the tools to measure against, those that are there."""
    found = {"papermill + nbconvert": plain, "nbconvert --execute (nbclient)": nbclient}
    if importlib.util.find_spec("ploomber_engine"):
        found["ploomber-engine + nbconvert"] = embedded
    if shutil.which("quarto"):
        found["quarto render"] = quarto
    return found


def cost_of_a_chapter(chapters: list[ChapterNotebook], process: WarmProcess, folder: Path, times: int) -> None:
    """Print what chapters cost one at a time: the medians of so many rounds, and of the ratios within each round.

    What a ratio compares is measured within a quarter of a minute: the pace of a machine changes from minute to minute.
    """
    warm_up()
    prepare(DEFAULT_EPCI)
    in_turn = {
        "bare cells": partial(floor, chapters),
        "bare cells, each chapter alone": partial(floor_alone, chapters),
        "our engine": partial(steady, chapters, process=process),
        "our engine and pages": partial(steady_pages, chapters, process=process),
    }
    rounds = [
        {name: measure(folder / f"{name} {number}") for name, measure in in_turn.items()} for number in range(3 * times)
    ]
    for name in in_turn:
        ratios = sorted(took[name] / took["bare cells"] for took in rounds)
        around = 1000 * median(took[name] - took["bare cells"] for took in rounds) / len(chapters)
        spread = f"({ratios[0]:.2f} to {ratios[-1]:.2f}), {around:.0f} ms more a chapter"
        seconds = median(took[name] for took in rounds)
        print(f"{name + ', one at a time':48} {seconds:6.2f} s   {median(ratios):5.2f} times the bare cells {spread}")


def against_others(chapters: list[ChapterNotebook], process: WarmProcess, folder: Path, times: int) -> None:
    """Print what the other tools take for all chapters, and what `ctg build` does."""
    ours = {
        "ctg build, cold": usual(times, cold, folder / "cold"),
        "ctg build, warm": usual(times, partial(warm, chapters, process=process), folder / "warm"),
    }
    nothing = median(cold(folder / "cold-0") for _ in range(times))
    took = {
        name: [by_command(tool, chapters, folder / f"{number}-{together}", together) for together in (1, WORKERS)]
        for number, (name, tool) in enumerate(others().items())
    }
    one_by_one, together = took["papermill + nbconvert"]
    for name, (first, second) in took.items():
        print(f"{name:32} {first:6.1f} s one after the other   {second:6.1f} s two at a time")
    for name, seconds in ours.items():
        against = f"{together / seconds:5.1f} times faster than papermill + nbconvert two at a time"
        print(f"{name:32} {seconds:6.2f} s   {against}, {one_by_one / seconds:.1f} than one after the other")
    print(f"{'ctg build, nothing to do':32} {nothing:6.2f} s")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--beside", type=Path, help="a folder that holds ploomber-engine")
    options.add_argument("--times", type=int, default=5, help="how many times what takes little time")
    options.add_argument("--chapter", action="store_true", help="measure the cost of a chapter only, in four minutes")
    asked = options.parse_args()
    if asked.beside:
        sys.path.append(str(asked.beside))
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(asked.beside)]))
    chapters = all_chapters()
    python("-m", "ctg_analysis", "data")
    print(f"{len(chapters)} chapters of {DEFAULT_EPCI}", flush=True)
    process = WarmProcess()
    with tempfile.TemporaryDirectory() as scratch:
        if not asked.chapter:
            against_others(chapters, process, Path(scratch), asked.times)
        cost_of_a_chapter(chapters, process, Path(scratch), asked.times)
    process.close()


if __name__ == "__main__":
    main()

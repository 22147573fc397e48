"""Measure `ctg build` against plain papermill and nbconvert on the same notebooks, in one run.

    make bench
    python benchmarks/bench_build.py [--beside FOLDER] [--times 5]

All chapters of the invented territory, which has something to tell in each. Every other tool runs each notebook with
its own command, one after the other as its users do in a loop, then two at a time. Prints wall
times, the median of so many for what takes little time, and ratios to `ctg build`. --beside: see docs/performance.md.
"""

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from ctg_analysis.model.settings import EXAMPLE_EPCI, ChapterNotebook, all_chapters

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
    python("-c", PAPERMILL, str(path), str(output), "-p", "epci", EXAMPLE_EPCI, "--engine", "nbclient")
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


def cold(folder: Path) -> float:
    """Return the seconds of the command `ctg build`, from its start to its end."""
    start = time.perf_counter()
    python("-m", "ctg_analysis", "build", EXAMPLE_EPCI, "--out", str(folder))
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


def compare(chapters: list[ChapterNotebook], folder: Path, times: int) -> None:
    """Print what the other tools take for all chapters, and what `ctg build` does."""
    ours = usual(times, cold, folder / "cold")
    nothing = median(cold(folder / "cold-0") for _ in range(times))
    took = {
        name: [by_command(tool, chapters, folder / f"{number}-{together}", together) for together in (1, WORKERS)]
        for number, (name, tool) in enumerate(others().items())
    }
    one_by_one, together = took["papermill + nbconvert"]
    for name, (first, second) in took.items():
        print(f"{name:32} {first:6.1f} s one after the other   {second:6.1f} s two at a time")
    against = f"{together / ours:5.1f} times faster than papermill + nbconvert two at a time"
    print(f"{'ctg build':32} {ours:6.2f} s   {against}, {one_by_one / ours:.1f} than one after the other")
    print(f"{'ctg build, nothing to do':32} {nothing:6.2f} s")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--beside", type=Path, help="a folder that holds ploomber-engine")
    options.add_argument("--times", type=int, default=5, help="how many times what takes little time")
    asked = options.parse_args()
    if asked.beside:
        sys.path.append(str(asked.beside))
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(asked.beside)]))
    chapters = all_chapters()
    python("-m", "ctg_analysis", "data")
    print(f"{len(chapters)} chapters of {EXAMPLE_EPCI}", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        compare(chapters, Path(scratch), asked.times)


if __name__ == "__main__":
    main()

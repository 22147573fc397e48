"""The data stage at scale: shipped files, all full files of France, one source changed; what opening a territory reads.

python benchmarks/bench_scale.py [FOLDER]

FOLDER holds what `full_files.py` has written, and keeps it; a temporary folder by default. The project's data are not
touched: each data root is a copy. Each line has the time that a fixed loop took just before, on one core and on all at
once: where both differ, something else was at work. Memory: the highest sum over all processes, shared pages counted
once (Linux).
"""

import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import yaml
from bench_many import SECONDS, memory
from full_files import generate

from ctg_analysis.model.settings import EXAMPLE_EPCI, DataRoot, data_root
from ctg_analysis.raw.folders import CERTIFICATE, FULL, sha256

LOOP = 10_000_000
EPCIS = ("200067171", "243500139", "200054781", "249740119", "200072460")  # 21, 43, 131, 5 and 60 communes or so
PROCESS = """
import sys
from pathlib import Path
from ctg_analysis.model.settings import DataRoot
from ctg_analysis.pipeline.run import process
process(*(DataRoot(Path(path)) for path in sys.argv[1:]))
"""
OPEN = """
import sys
from pathlib import Path
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.model.settings import DataRoot

def read():
    lines = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(lines["rchar"])

root = DataRoot(Path(sys.argv[1]))
Territory(sys.argv[2], root).land  # what is imported for it
for epci in sys.argv[2:]:
    before = read()
    seen = Territory(epci, root)
    _ = seen.around, seen.land, seen.evidence, seen.spaces, seen.received, seen.vintages
    print(epci, read() - before)
"""


def loop(_: int = 0) -> float:
    """Return the seconds of a fixed number of additions."""
    start, total = time.perf_counter(), 0
    for number in range(LOOP):
        total += number
    return time.perf_counter() - start


def loops() -> str:
    """Return what the fixed loop takes on one core, and on all at once."""
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, multiprocessing.get_context("spawn")) as pool:
        return f"loop {loop():.2f} s, {max(pool.map(loop, range(cores))):.2f} s on {cores} cores"


def measured(name: str, *roots: DataRoot) -> None:
    """Print the wall time of `ctg data` on some data roots, and its memory at the highest."""
    before, peak, over = loops(), [0.0], threading.Event()

    def look() -> None:
        own = memory()
        while not over.wait(SECONDS):
            peak[0] = max(peak[0], memory() - own)

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", PROCESS, *(str(root.path) for root in roots)], check=True)
    took = time.perf_counter() - start
    over.set()
    watch.join()
    print(f"ctg data, {name:42} {took:7.1f} s  {peak[0] / 1000:5.2f} GB   ({before})", flush=True)


def change(folder: Path) -> None:
    """Change a figure of the first row of the largest file of a source."""
    certificate = folder / CERTIFICATE
    text = yaml.safe_load(certificate.read_text(encoding="utf-8"))
    path = max((folder / entry["fichier"] for entry in text["fichiers"]), key=lambda file: file.stat().st_size)
    content = bytearray(path.read_bytes())
    start = content.index(b"\n") + 1
    row = content[start : content.index(b"\n", start)]
    place = start + max(number for number, byte in enumerate(row) if chr(byte).isdigit())
    content[place] = ord("1") if content[place] != ord("1") else ord("2")
    path.write_bytes(content)
    entry = next(entry for entry in text["fichiers"] if entry["fichier"] == path.name)
    entry["sha256"] = sha256(path)
    certificate.write_text(yaml.safe_dump(text, allow_unicode=True), encoding="utf-8")


def opened(name: str, root: DataRoot) -> None:
    """Print what opening some territories reads."""
    answer = subprocess.run(
        [sys.executable, "-c", OPEN, str(root.path), *EPCIS], check=True, capture_output=True, text=True
    )
    for line in answer.stdout.splitlines():
        epci, size = line.split()
        print(f"opening {epci}, {name:36} {int(size) / 1e6:7.2f} MB", flush=True)


def copy_of(root: DataRoot, home: Path) -> DataRoot:
    """Return a copy of a data root as it is shipped."""
    apart = ["processed", "published", ".*"]
    apart += [] if root.fictional else ["private", "exemple", FULL]
    shutil.copytree(root.path, home, ignore=shutil.ignore_patterns(*apart))
    return DataRoot(home)


def main(home: Path) -> None:
    """Measure the shipped files, then the full ones."""
    with tempfile.TemporaryDirectory() as scratch:
        shipped = copy_of(data_root(), Path(scratch) / "data")
        example = copy_of(data_root(EXAMPLE_EPCI), Path(scratch) / "exemple")
        measured("shipped, France and the invented territory", shipped, example)
        change(shipped.raw / "anct_fibre")
        measured("shipped, one source changed", shipped, example)
        measured("shipped, nothing changed", shipped, example)
        opened("shipped", shipped)
    if not (home / "raw").is_dir():
        written = sum(size for _, size in generate(home))
        print(f"full files written: {written / 1e9:.1f} GB", flush=True)
    shutil.rmtree(home / ".cache", ignore_errors=True)
    full = DataRoot(home)
    measured("all full files", full)
    change(full.raw / "insee_rp_diplomes" / FULL)
    measured("all full files, one source changed", full)
    opened("all full files", full)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]).resolve())
    else:
        with tempfile.TemporaryDirectory() as scratch:
            main(Path(scratch) / "full")

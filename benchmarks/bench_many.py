"""Many territories, all chapters: is the last one as quick as the first, does memory stay flat?

python benchmarks/bench_many.py [100]
"""

import sys
import tempfile
import threading
import time
from pathlib import Path

from ctg_analysis.model.settings import all_chapters
from ctg_analysis.publish.build import build
from ctg_analysis.publish.site import wanted

EVERY = 1_255  # EPCIs of France
SECONDS = 1.0  # between two looks at the memory, each of which holds up what it looks at


def descendants(pid: int) -> list[int]:
    """Return a process and all those it started, directly or not (Linux)."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text(encoding="ascii").split():
            found += descendants(int(child))
    return found


def memory() -> float:
    """Return the megabytes of this process and its descendants, shared pages counted once (PSS)."""
    total = 0
    for pid in descendants(int(Path("/proc/self").resolve().name)):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        except OSError:  # it has just ended
            continue
        total += next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return total / 1024


def main() -> None:
    """Build, and print the pace of each quarter and the memory in it."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    every = wanted([], every=True, departement="")
    epcis = every[:: max(1, len(every) // number)][:number]
    looks: list[tuple[float, float]] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(SECONDS):
            looks.append((time.perf_counter(), memory()))

    threading.Thread(target=look, daemon=True).start()
    with tempfile.TemporaryDirectory() as out:
        start, ends = time.perf_counter(), []
        for one in build(epcis, all_chapters(), Path(out)):
            assert one.exit_code == 0, one
            ends.append(time.perf_counter())
    over.set()
    took = ends[-1] - start
    quarter = max(1, len(ends) // 4)
    for rank in range(0, len(ends) - quarter + 1, quarter):
        first, last = ends[rank - 1] if rank else start, ends[rank + quarter - 1]
        peak = max((size for moment, size in looks if first <= moment <= last), default=0)
        pace = 60 * quarter / (last - first)
        print(f"territories {rank + 1:>4} to {rank + quarter:>4}   {pace:6.1f} a minute   at most {peak:6.0f} MB")
    print(f"{len(ends)} territories, {len(all_chapters())} chapters each: {took:.0f} s, {took / len(ends):.2f} s each")
    print(f"all {EVERY} at this pace: {took / len(ends) * EVERY / 60:.0f} minutes on this machine")


if __name__ == "__main__":
    main()

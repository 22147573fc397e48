"""Measure `ctg check` of the invented territory after one edited cell.

    python benchmarks/bench_check.py

In a copy of the project's data, brought up to date, a cell of some tables of the démarche and of each form of a partner
is edited in turn, then put back: another number, a word more. Prints the wall time of each command.
"""

import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ctg_analysis.model.settings import EXAMPLE_EPCI, DataRoot, settings
from ctg_analysis.pipeline.run import process

TABLES = ("constats", "actions", "preuves", "questionnaire")


def check(project: Path) -> float:
    """Return the seconds that the command takes. It may end with 1: an edit may be a fault."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "ctg_analysis", "check", EXAMPLE_EPCI]
    answer = subprocess.run(command, env=os.environ | {"CTG_ROOT": str(project)}, capture_output=True, check=False)
    if answer.returncode not in {0, 1}:
        raise SystemExit(answer.stderr.decode())
    return time.perf_counter() - start


def edit(path: Path) -> None:
    """Change the last filled cell of the second line of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    at = max(number for number, cell in enumerate(rows[1]) if cell)
    cell = rows[1][at]
    rows[1][at] = str(float(cell.replace(",", ".")) + 1) if cell.replace(",", "").isdecimal() else f"{cell} encore"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        shutil.copytree(settings().root / "data" / "exemple", project / "data" / "exemple")
        shutil.copytree(settings().reference, project / "data" / "reference")
        shutil.copy(settings().root / "requirements.lock", project)
        root = DataRoot(project / "data" / "exemple")
        process(root)
        print(f"{'nothing edited':42}{check(project):6.2f} s")
        tables = [root.material(EXAMPLE_EPCI) / f"{name}.csv" for name in TABLES]
        for path in [*tables, *sorted((root.private / EXAMPLE_EPCI).glob("*.csv"))]:
            before = path.read_bytes()
            edit(path)
            took = check(project)
            path.write_bytes(before)
            print(f"{path.name:42}{took:6.2f} s")

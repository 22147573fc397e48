"""Time the way of docs/remplir_dans_excel.md from `ctg new` to a first chapter 11 and a convention.docx.

    python benchmarks/bench_start.py

In a project as `ctg init` makes it, without the démarche of the invented territory; what its team wrote, and what its
survey was answered, are put in the files that `ctg new` makes. Prints the seconds of each command and their sum.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ctg_analysis.model.settings import EXAMPLE_EPCI, DataRoot, write_project


def ctg(project: Path, *arguments: str) -> float:
    """Return the seconds that a command takes; fail with it."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "ctg_analysis", *arguments]
    answer = subprocess.run(command, env=os.environ | {"CTG_ROOT": str(project)}, capture_output=True, text=True)
    took = time.perf_counter() - start
    if answer.returncode:
        raise SystemExit(f"{answer.stdout}{answer.stderr}")
    print(f"{'ctg ' + ' '.join(arguments):60}{took:6.1f} s")
    return took


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        project, kept = Path(folder) / "project", Path(folder) / "kept"
        write_project(project)
        kept.mkdir()
        root = DataRoot(project / "data" / "exemple")
        public, private = root.material(EXAMPLE_EPCI), root.restricted_material(EXAMPLE_EPCI)
        shutil.move(public, kept / "public")
        shutil.move(private, kept / "private")
        took = ctg(project, "new", EXAMPLE_EPCI)
        for name, folder in (("public", public), ("private", private)):
            for path in folder.glob("*.xlsx"):  # whose sheets begin some tables, which are filled in CSV here
                path.unlink()
            for path in (kept / name).iterdir():
                shutil.copy(path, folder)
        took += ctg(project, "check", EXAMPLE_EPCI)
        took += ctg(project, "build", EXAMPLE_EPCI, "--chapters", "11")
        took += ctg(project, "convention", EXAMPLE_EPCI)
        (page,) = project.glob(f"reports/{EXAMPLE_EPCI}/11_*.html")
        (document,) = project.glob(f"reports/**/{EXAMPLE_EPCI}/convention.docx")
        print(f"{page.name} and {document.name:38}{took:6.1f} s")

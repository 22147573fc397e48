"""Hold the texts of three territories in this tree against those in another: pages, documents, workbooks, findings.

    python benchmarks/compare_trees.py OTHER_TREE

Each tree, with its own .venv, works in a copy of its project, of which nothing stays. Prints the lines that differ,
file by file; exit code 1 when any does. Half an hour on two cores, where both trees have their data processed.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

from lxml import etree

HERE = Path(__file__).parents[1]
sys.path.append(str(HERE / "tests"))

from page_texts import difference, lines_of  # noqa: E402

from ctg_analysis.raw.files import rows_of  # noqa: E402

TERRITORIES = ("999999999", "200067171", "243500139")
PARTS = ("data", "notebooks", "docs", "requirements.lock")
PARAGRAPHS = {".docx": ("word/", "p"), ".pptx": ("ppt/slides/slide", "p")}  # parts, and the element of a paragraph
PLAIN = {".csv", ".md", ".txt"}
EDITION = re.compile(r"[-/]\d{4}-\d\d-\d\d-[0-9a-f]{12}")  # of its code too


def ctg(tree: Path, project: Path, *arguments: str) -> list[str]:
    """Return what a command of a tree says, and its exit code, without the folder it works in."""
    environment = os.environ | {"CTG_ROOT": str(project), "COLUMNS": "1000", "PYTHONPATH": str(tree / "src")}
    command = [tree / ".venv" / "bin" / "ctg", *arguments]
    answer = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    said = re.sub(r"\d+,\d+ Mo", "… Mo", f"{answer.stdout}\n{answer.stderr}").replace(str(project.parent), "")
    return [*filter(None, EDITION.sub("", said).splitlines()), f"exit code {answer.returncode}"]


def texts_of(path: Path, folder: Path) -> dict[str, list[str]]:
    """Return the lines of a file by its name; of a parcel, those of each file in it."""
    name, kind = EDITION.sub("", path.relative_to(folder).as_posix()), path.suffix
    if kind == ".html":
        return {name: lines_of(path.read_text(encoding="utf-8"))}
    if kind in PLAIN:
        return {name: path.read_text(encoding="utf-8-sig").splitlines()}
    if kind == ".xlsx":
        return {name: [" | ".join([sheet, *row]) for sheet, rows, _ in rows_of(path) for row in rows if any(row)]}
    if kind in PARAGRAPHS:
        return {name: list(paragraphs(path, *PARAGRAPHS[kind]))}
    if kind == ".pdf" and shutil.which("pdftotext"):
        answer = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True)
        return {name: [" ".join(line.split()) for line in answer.stdout.splitlines() if line.strip()]}
    if kind == ".zip":
        with tempfile.TemporaryDirectory() as inside, ZipFile(path) as parcel:
            parcel.extractall(inside)
            return {f"{name}/{inner}": lines for inner, lines in texts_in(Path(inside)).items()}
    return {}


def texts_in(folder: Path) -> dict[str, list[str]]:
    """Return the lines of each file of a folder that has a text."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found |= texts_of(path, folder)
    return found


def paragraphs(path: Path, parts: str, paragraph: str):
    """Yield the paragraphs of an Office file, part after part."""
    with ZipFile(path) as parcel:
        for name in sorted(one for one in parcel.namelist() if one.startswith(parts) and one.endswith(".xml")):
            for one in etree.fromstring(parcel.read(name)).iter(f"{{*}}{paragraph}"):
                if text := "".join(one.itertext("{*}t")):
                    yield text


def made(tree: Path, home: Path) -> dict[str, list[str]]:
    """Return the texts of all that a tree makes and says of the territories, by file or command."""
    project, out, forms = home / "project", home / "reports", home / "forms"
    for part in PARTS:
        copy = shutil.copytree if (tree / part).is_dir() else shutil.copy2
        project.mkdir(parents=True, exist_ok=True)
        copy(tree / part, project / part)
    said = {"ctg build": ctg(tree, project, "build", *TERRITORIES, "--out", str(out))}
    for epci in TERRITORIES:
        for command in ("convention", "documents"):
            said[f"ctg {command} {epci}"] = ctg(tree, project, command, epci, "--out", str(out))
        said[f"ctg check {epci}"] = ctg(tree, project, "check", epci)
        said[f"ctg new {epci}"] = ctg(tree, project, "new", epci)
    for root in (project / "data", project / "data" / "exemple"):
        for part in ("private", "raw/demarche"):
            if (root / part).exists():
                shutil.copytree(root / part, forms / root.name / part)
    published = [(epci, texts_in((out / epci).resolve())) for epci in TERRITORIES]
    pages = {f"{epci}/{name}": lines for epci, texts in published for name, lines in texts.items()}
    return said | pages | texts_in(forms)


def main(other: Path) -> int:
    """Print what differs; return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        expected, told = (made(tree, Path(folder) / name) for name, tree in (("other", other), ("this", HERE)))
    changed = [name for name in sorted(expected.keys() | told.keys()) if expected.get(name) != told.get(name)]
    for name in changed:
        print(difference(told.get(name, []), expected.get(name, []), name))
    print(f"{len(changed)} of {len(expected.keys() | told.keys())} texts differ", file=sys.stderr)
    return bool(changed)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("other", type=Path, help="the folder of another tree, with its own .venv")
    sys.exit(main(options.parse_args().other.resolve()))

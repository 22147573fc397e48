"""Notebooks written on the spot: chapters of a project of one's own, and what `ctg build` says of them."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import nbformat

CLEANING = {"astype", "replace", "fillna", "ffill", "interpolate", "str", "to_numeric", "to_datetime", "read_csv"}
COMPARISON = re.compile(r"\b(plus|moins) (que?\b|qu'|élevé|nombreux)|hausse|baisse|supérieur|inférieur|\d ?[%€]", re.I)
TEXTS = {"title", "note", "alt"}

ROOT = Path(__file__).parents[1]
EPCI = 'epci = "200067171"'


def project(root: Path) -> Path:
    """Return a project folder with the data of this one, and no notebook yet."""
    root.mkdir()
    for name in ("data", "docs", "requirements.lock"):
        (root / name).symlink_to(ROOT / name)
    (root / "notebooks").mkdir()
    return root


def write_notebook(
    path: Path,
    *cells: str,
    title: str = "# Un titre\n\nUne question ?",
    parameters: str = EPCI,
    tag: str = "parameters",
) -> Path:
    """Return the place of a notebook with a title, a cell of parameters and these cells, as JupyterLab writes one."""
    first = nbformat.v4.new_code_cell(parameters, metadata={"tags": [tag]})
    code = [nbformat.v4.new_code_cell(one) for one in cells]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(title), first, *code])
    made.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    nbformat.write(made, path)
    return path


def build(root: Path, epci: str, out: Path, *options: str, **environment: str) -> subprocess.CompletedProcess:
    """Return what `ctg build` answers in a project folder."""
    command = [sys.executable, "-m", "ctg_analysis", "build", epci, "--out", str(out), *options]
    environment = {"CTG_ROOT": str(root), "PATH": "/usr/bin:/bin", **environment}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def faults(source: str) -> list[str]:
    """What a cell of a chapter does that is the library's: cleaning, a number or a comparison in a text of a page."""
    nodes = list(ast.walk(ast.parse(source)))
    found = [node.attr for node in nodes if isinstance(node, ast.Attribute) and node.attr in CLEANING]
    found += [type(node).__name__ for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Try)]
    words = [node.value for node in nodes if isinstance(node, ast.keyword) and node.arg in TEXTS]
    words = [one.value for one in words if isinstance(one, ast.Constant)]
    return found + [one for one in words if COMPARISON.search(one)]

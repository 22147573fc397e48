"""What a fresh machine needs: the files that say it agree, and a machine that lacks it is told in one line."""

import ast
import os
import re
import runpy
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import nbformat
import pytest
import yaml

from ctg_analysis.model.settings import settings

ROOT = settings().root
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
EXTRAS = [one for name in ("cluster", "documents") for one in PROJECT["optional-dependencies"][name]]


def test_environment_yml_lists_the_dependencies_of_pyproject():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    conda = {entry for entry in listed if isinstance(entry, str)} - {"pip"}
    by_pip = {entry for entry in listed[-1]["pip"] if not entry.startswith("--")}  # what conda-forge does not have
    expected = set(DECLARED)
    assert conda | by_pip == expected | {f"python{PROJECT['requires-python']}"}


def test_what_is_imported_is_declared():
    codes = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")]
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        codes.append("\n".join(cell.source for cell in cells if cell.cell_type == "code"))
    imported = set()
    for node in (node for code in codes for node in ast.walk(ast.parse(code))):
        imported |= {one.name.partition(".")[0] for one in node.names} if isinstance(node, ast.Import) else set()
        imported |= {node.module.partition(".")[0]} if isinstance(node, ast.ImportFrom) else set()
    declared = {_name(entry) for entry in PROJECT["dependencies"] + EXTRAS}
    distributions = packages_distributions()
    others = imported - sys.stdlib_module_names - {"ctg_analysis"}
    assert {name for name in others if not declared & set(map(_name, distributions[name]))} == set()


def _name(entry):
    """Return the name of a distribution as the lock writes it."""
    return re.match(r"[\w.-]+", entry)[0].lower().replace("_", "-")


def test_the_lock_pins_every_dependency_with_hashes_and_names_no_registry():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))
    assert set(map(_name, DECLARED)) - pinned == set()
    blocks = re.split(r"\n(?=[a-z0-9])", lock)
    assert all("--hash=sha256:" in block for block in blocks if re.match(r"[a-z0-9._-]+==", block))
    assert not re.search(r"https?://|--index|--find-links", lock)


def fake_python(folder, script):
    path = folder / "python3"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    "script, said",
    [
        ('case "$*" in *version_info*) exit 1;; -V) echo "Python 3.9.2";; esac', "needs Python 3.11 or newer"),
        ('case "$*" in *ensurepip*) exit 1;; esac', "install python3-venv"),
    ],
    ids=["too old", "without venv"],
)
def test_a_machine_that_cannot_set_up_is_told_in_one_line(tmp_path, script, said):
    python = fake_python(tmp_path, script)
    command = ["make", "-C", str(ROOT), "setup", f"PYTHON={python}", f"VENV={tmp_path / 'venv'}"]
    answer = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "MAKEFLAGS": ""})
    lines = [line for line in answer.stderr.splitlines() if not line.startswith("make")]
    assert answer.returncode != 0
    assert len(lines) == 1 and said in lines[0]


@pytest.mark.parametrize("benchmark", sorted((ROOT / "benchmarks").glob("*.py")), ids=lambda path: path.stem)
def test_a_benchmark_finds_what_it_imports(benchmark, monkeypatch):
    monkeypatch.syspath_prepend(benchmark.parent)  # where python finds what stands beside a script
    runpy.run_path(str(benchmark))  # its measures wait for __main__


def test_the_table_of_the_docs_is_that_of_the_declarations():
    table = runpy.run_path(str(ROOT / "docs" / "assumptions.py"))["TABLE"]
    assert table in (ROOT / "docs" / "assumptions.md").read_text(encoding="utf-8"), "run make docs"


def test_the_command_answers_without_the_libraries_of_the_figures():
    code = "import sys, ctg_analysis.cli; print(*{'pandas', 'numpy', 'pyarrow', 'matplotlib'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == ""


@pytest.mark.parametrize(
    "library, command",
    [
        ("pptx", "documents"),
        ("distributed", "build --scheduler x"),
        *(pytest.param("pikepdf", command, marks=pytest.mark.nightly) for command in ("documents", "flash")),
    ],
)
def test_a_library_of_an_extra_that_is_absent_is_told_in_one_line(library, command):
    asked = f"{hidden(library)}; import ctg_analysis.cli; sys.argv[1:] = '{command}'.split(); ctg_analysis.cli.main()"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
    assert answer.returncode == 1 and answer.stderr.count("\n") == 1, answer.stderr
    assert answer.stderr.startswith(f"{library}") and f"{sys.executable} -m pip install" in answer.stderr
    assert "'ctg_analysis[" in answer.stderr and " @ file://" in answer.stderr  # where it was installed from


@pytest.mark.nightly
def test_what_is_built_needs_no_library_of_an_extra():
    others = f"{hidden('pptx', 'pikepdf', 'distributed')}; import ctg_analysis.publish.tasks, ctg_analysis.cli"
    subprocess.run([sys.executable, "-c", f"{others}.report_commands"], check=True)


def hidden(*libraries):
    """The beginning of a program where these cannot be imported."""
    return f"import sys; sys.modules.update(dict.fromkeys({libraries}))"


def test_every_rule_that_is_named_is_defined_and_every_one_defined_is_applied_and_tested():
    root = settings().root
    page = (root / "docs" / "rules.md").read_text(encoding="utf-8")
    lines = re.findall(r"^- \*\*(R\d+)\.\*\* (.*)$", page, re.MULTILINE)
    assert [number for number, _ in lines] == [f"R{number}" for number in range(1, 28)]
    code = [path for folder in ("src", "tests") for path in (root / folder).rglob("*.py")]
    named = {found for path in code for found in re.findall(r"\brules? (R\d+)\b", path.read_text(encoding="utf-8"))}
    assert named <= {number for number, _ in lines} and len(named) > 15
    wrong = [
        f"{number}: {path}"
        for number, text in lines
        for path in re.findall(r"`([\w/]+\.py)`", text)
        for whole in [root / path if path.startswith("tests/") else root / "src" / "ctg_analysis" / path]
        if not re.search(rf"\b{number}\b", whole.read_text(encoding="utf-8"))
    ]
    assert wrong == []

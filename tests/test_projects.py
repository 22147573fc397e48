"""The project that a person works in, without the checkout of the library."""

import os
import re
import site
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ctg_analysis.cli import app
from ctg_analysis.model import settings as settings_
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import DEFAULT_EPCI, NORMS, PARTS, Settings, settings, write_project

RENNES = "243500139"


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """The parts, each with a file; beside them full files, fetched ones and those of the invented territory."""
    folder = tmp_path / "shipped"
    for part in PARTS:
        path = folder / part if Path(part).suffix or part.startswith(".") else folder / part / "file.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(part, encoding="utf-8")
    for raw in ("data/raw", "data/exemple/raw"):
        full = folder / raw / "source" / "full" / "large.csv"
        full.parent.mkdir(parents=True)
        full.write_text("large", encoding="utf-8")
    monkeypatch.setattr(settings_, "SHIPPED", folder)
    return folder


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_wheel_carries_the_parts_of_a_project():
    told = tomllib.loads((settings().root / "pyproject.toml").read_text(encoding="utf-8"))
    carried = told["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert carried == {part: f"ctg_analysis_project/{part}" for part in PARTS}


def test_a_project_has_every_doc_that_a_notebook_a_message_or_a_help_names():
    root = settings().root
    texts = [path for part in ("src", "notebooks", "data/reference") for path in (root / part).rglob("*.*")]
    texts = [path for path in texts if path.suffix in (".py", ".ipynb", ".yml", ".md", ".j2", ".csv")]
    named = {doc for path in texts for doc in re.findall(r"\bdocs/[\w/]+\.\w+", path.read_text(encoding="utf-8"))}
    absent = [doc for doc in sorted(named) if not {doc, *map(str, Path(doc).parents)} & set(PARTS)]
    assert absent == [] and len(named) >= 7
    assert [doc for doc in named if not (root / doc).is_file()] == []


def test_a_project_is_made_whole_in_a_new_folder_or_an_empty_one(shipped, tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("new", "empty"):
        write_project(tmp_path / name)
        assert files(tmp_path / name) == files(shipped) - {"data/raw/source/full/large.csv"}
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UserError, match="expected a folder that is new or empty"):
        write_project(tmp_path / "taken")
    assert files(tmp_path / "taken") == {"mine.txt"}


def test_a_project_that_cannot_be_whole_is_not_begun(shipped, tmp_path):
    (shipped / "requirements.lock").unlink()
    with pytest.raises(UserError, match=r"found no requirements\.lock"):
        write_project(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_an_installed_package_works_on_the_project_of_the_folder_or_says_what_it_expects(tmp_path, monkeypatch):
    monkeypatch.setattr(Settings, "root", tmp_path / "no_checkout")
    monkeypatch.delenv("CTG_ROOT", raising=False)
    inside = tmp_path / "project" / "notebooks"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    with pytest.raises(UserError, match=r"no project here nor above.*CTG_ROOT.*ctg init FOLDER"):
        settings_.settings.__wrapped__()
    reference = tmp_path / "project" / "data" / "reference"
    reference.mkdir(parents=True)
    (reference / NORMS).touch()
    assert settings_.settings.__wrapped__().root == tmp_path / "project"
    monkeypatch.setenv("CTG_ROOT", str(tmp_path / "other"))
    with pytest.raises(UserError, match=r"CTG_ROOT: found no folder .*other, expected that of a project"):
        settings_.settings.__wrapped__()
    (tmp_path / "other").mkdir()
    assert settings_.settings.__wrapped__().root == tmp_path / "other"


def test_the_version_is_told():
    answer = CliRunner().invoke(app, ["--version"])
    assert answer.exit_code == 0 and answer.output.startswith("ctg_analysis 1.")


@pytest.mark.slow
@pytest.mark.nightly
def test_the_wheel_builds_reports_in_an_environment_of_its_own(tmp_path):
    """Libraries are those of this environment; of the checkout there is nothing: the wheel, and what it writes."""
    wheels, home, project = tmp_path / "wheels", tmp_path / "environment", tmp_path / "project"
    run = {"check": True, "capture_output": True, "text": True}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    subprocess.run(command, cwd=settings().root, **run)
    venv.create(home, with_pip=True)
    (packages,) = (home / "lib").glob("python*/site-packages")
    (packages / "libraries.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    (wheel,) = wheels.glob("*.whl")
    subprocess.run([home / "bin" / "pip", "install", "--no-index", "--no-deps", wheel], **run)
    free = {name: value for name, value in os.environ.items() if not name.startswith(("CTG_", "PYTHON"))}
    free["JUPYTER_PATH"] = f"{sys.prefix}/share/jupyter"

    def ctg(*arguments, folder=project, **variables):
        return subprocess.run([home / "bin" / "ctg", *arguments], cwd=folder, env=free | variables, **run).stderr

    ctg("init", str(project), folder=tmp_path)
    for epci, *chapters in ((DEFAULT_EPCI,), (RENNES, "--chapters", "04")):
        ctg("build", epci, *chapters)
        assert (project / "reports" / epci / "04_petite_enfance.html").is_file()
    build = ("ctg_analysis", "build", DEFAULT_EPCI, "--chapters", "04", "--out", "stock")
    python = [home / "bin" / "python", "-m", *build]
    subprocess.run(python, cwd=project, env=free | {"CTG_KERNELS": "stock"}, **run)  # as any system but Linux
    pages = [project / folder / DEFAULT_EPCI / "04_petite_enfance.html" for folder in ("reports", "stock")]
    bodies = [page.read_text(encoding="utf-8").partition("<main")[2].partition("</main>")[0] for page in pages]
    assert len(bodies[0]) > 10_000 and bodies[0][:5_000] == bodies[1][:5_000]

"""Nothing of the current folder runs: `ctg` started in a folder of downloads runs our code, not what lies there."""

import importlib.metadata
import os
import shlex
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from ctg_analysis.model.settings import EXAMPLE_EPCI, settings

BIN = Path(sys.executable).parent
CONFIGURED = ("sitecustomize", "usercustomize", "jupyter_config", "ipython_config", "ipython_kernel_config")
STOCK = """
from ctg_analysis.publish.pool import Job, run
if __name__ == "__main__":
    assert [one.result for one in run([Job("", "builtins:divmod", (7, 2), "x")], 1)] == [(3, 1)]
"""


def planted(folder):
    """Fill a folder with a file for each module that Python could look for; return where those that ran are noted."""
    ran = folder.parent / "ran"
    packages = {name for name in importlib.metadata.packages_distributions() if name.isidentifier()}
    for name in packages.union(CONFIGURED, sys.stdlib_module_names, ["ctg_analysis"]):
        (folder / f"{name}.py").write_text(f"print(__file__, file=open({str(ran)!r}, 'a'))\n", encoding="utf-8")
    return ran


def chapter(path):
    """Write a chapter that imports a few modules."""
    cells = [
        nbformat.v4.new_code_cell(f'epci = "{EXAMPLE_EPCI}"', metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("import nbformat, pandas, xmlrpc\npandas.__version__"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"ctg": {"chapter": "98"}, "kernelspec": kernel})
    nbformat.write(notebook, path)
    return path


def hook():
    """Return the command of the commit hook, as it is declared."""
    hooks = yaml.safe_load((settings().root / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]
    entry = next(one["entry"] for one in hooks["hooks"] if one["id"] == "personal-data")
    return [str(BIN / Path(entry.split()[0]).name), *shlex.split(entry)[1:]]


def starts(home):
    """Return the ways in which we start processes: a command, and what its environment has more."""
    notebook, stock = chapter(home / "98_essai.ipynb"), home / "stock.py"
    stock.write_text(STOCK, encoding="utf-8")
    out = str(home / "reports")
    return {
        "a build: the fork server, its processes": (
            [str(BIN / "ctg"), "build", EXAMPLE_EPCI, "--chapters", "08", "--out", out],
            {},
        ),
        "processes of their own": ([sys.executable, str(stock)], {}),
        "a kernel": ([str(BIN / "papermill"), str(notebook), "--no-progress-bar"], {}),
        "the hook": ([*hook(), str(settings().root / "notebooks" / "01_territoire.ipynb")], {}),
    }


def answers(command, folder, **more):
    return subprocess.run(command, cwd=folder, env=os.environ | more, capture_output=True, text=True, check=False)


@pytest.mark.nightly
def test_no_process_that_we_start_runs_a_file_of_the_current_folder(tmp_path, example):
    folder = tmp_path / "folder"
    folder.mkdir()
    ran = planted(folder)
    faults = {}
    for name, (command, more) in starts(tmp_path).items():
        answer = answers(command, folder, **more)
        if answer.returncode or ran.exists():
            faults[name] = answer.stderr.splitlines()[-1:], ran.read_text().splitlines() if ran.exists() else []
            ran.unlink(missing_ok=True)
    assert faults == {}


@pytest.mark.nightly
def test_python_m_runs_none_of_them(tmp_path):
    """What Python itself takes from there before any code of ours is what its `-P` is for."""
    ran = planted(tmp_path)
    answer = answers([sys.executable, "-P", "-m", "ctg_analysis", "--version"], tmp_path)
    assert answer.returncode == 0 and not ran.exists(), answer.stderr
    before = "import sys; kept = {*sys.modules}; import runpy; print(*{*sys.modules} - kept)"
    for name in ["ctg_analysis", *answers([sys.executable, "-P", "-c", before], tmp_path).stdout.split()]:
        (tmp_path / f"{name}.py").unlink(missing_ok=True)
    assert all((tmp_path / f"{name}.py").exists() for name in ("json", "typing", "pandas"))
    answer = answers([sys.executable, "-m", "ctg_analysis", "list", "sources"], tmp_path)
    assert answer.returncode == 0 and not ran.exists(), answer.stderr

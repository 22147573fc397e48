"""Plain papermill on a chapter: it works by itself, and stops before any cell on what it cannot take."""

import subprocess
import sys

import nbformat
import pytest

from ctg_analysis.display.markup import ABOUT
from ctg_analysis.model.settings import EXAMPLE_EPCI, settings

pytestmark = [pytest.mark.slow, pytest.mark.nightly]


def papermill(notebook, output, *parameters):
    command = [sys.executable, "-m", "papermill", str(settings().root / "notebooks" / notebook), str(output)]
    return subprocess.run(
        [*command, "--no-progress-bar", *parameters], capture_output=True, text=True, cwd=output.parent
    )


@pytest.mark.parametrize(
    "epci, notebook", [("200067171", "04_petite_enfance.ipynb"), (EXAMPLE_EPCI, "08_handicap.ipynb")]
)
def test_a_chapter_runs(tmp_path, france, example, notebook, epci):
    output = tmp_path / "out.ipynb"
    answer = papermill(notebook, output, "-p", "epci", epci)
    assert answer.returncode == 0, answer.stderr
    cells = nbformat.read(output, as_version=4).cells
    shown = [out for cell in cells if cell.cell_type == "code" for out in cell.outputs]
    assert shown and all(ABOUT in out.get("data", {}) for out in shown)
    assert all(ABOUT in out.data for out in shown) and any("text/html" in out.data for out in shown)


@pytest.mark.parametrize(
    "parameters, said",
    [
        (("-p", "epic", "200067171"), "unknown parameter 'epic': a chapter takes epci"),
        (("-p", "epci", "123456789"), "EPCI « 123456789 » : aucun de ce SIREN ni de ce nom"),
    ],
    ids=["misspelt", "no such EPCI"],
)
def test_what_a_chapter_cannot_take_stops_before_any_cell(tmp_path, france, parameters, said):
    output = tmp_path / "out.ipynb"
    answer = papermill("01_territoire.ipynb", output, *parameters)
    assert answer.returncode == 1
    assert said in answer.stderr and "Traceback" not in answer.stderr
    assert not output.exists()


def test_a_notebook_that_is_not_a_chapter_runs_as_it_always_did(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1 + 1\nx")])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = tmp_path / "own.ipynb"
    nbformat.write(notebook, path)
    answer = papermill(path, tmp_path / "out.ipynb", "-p", "whatever", "3")
    assert answer.returncode == 0, answer.stderr
    cells = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
    assert cells[-1].outputs[0].data["text/plain"] == "2"

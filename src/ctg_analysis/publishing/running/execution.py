"""Running a chapter: papermill, with our engines."""

import logging
from pathlib import Path

import nbformat
from nbconvert.filters import strip_ansi
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import prepare_notebook_metadata, raise_for_execution_errors
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from ctg_analysis.chapter.territory import forget_read
from ctg_analysis.core.errors import OtherTerritoryError, UserError
from ctg_analysis.core.notebooks import ChapterNotebook
from ctg_analysis.core.settings import STOCK, settings
from ctg_analysis.publishing.running.pool import LIMITS

KERNEL = "python3"
IN_KERNEL, HERE = "ctg", "ctg-here"  # engines, see `engine`
READ = "application/vnd.ctg.read+json"
ASKS = f"""from IPython.display import display
from ctg_analysis.chapter.territory import read
display({{{READ!r}: read()}}, raw=True)"""  # runs after the cells of a chapter, where they ran


class CellError(UserError):
    """A cell that failed: the notebook, the place of the cell in it from 1, the error and its traceback."""

    def __init__(self, notebook: str, cell: int, name: str, value: str, traceback: str):
        super().__init__(notebook, cell, name, value, traceback)
        self.notebook, self.cell, self.name, self.value, self.traceback = notebook, cell, name, value, traceback

    def __str__(self) -> str:
        """Say it on one line."""
        return f"{self.notebook}, cell {self.cell}: {self.name}: {self.value}"


def execute(chapter: ChapterNotebook, epci: str, folder: Path, kernels: str = "") -> nbformat.NotebookNode:
    """Return the executed notebook of a chapter, with what it has read in its metadata.

    folder: keeps it when a cell failed, with the error. kernels: by default what the settings say.

    These are the steps of papermill.execute_notebook, without the file of a notebook that ran whole: nobody reads it.
    Without a kernel the cells run in this process, which keeps what they change: one for each chapter (see `pool`).

    Raises:
        CellError: a cell failed; says the chapter, the cell and the error. OtherTerritoryError. UserError: it ended
            before its last cell.
    """
    logging.getLogger("papermill").setLevel(logging.ERROR)
    engine = IN_KERNEL if (kernels or settings().kernels) == STOCK else HERE
    source, failed = str(chapter.path), str(folder / chapter.path.name)
    notebook = parameterize_notebook(load_notebook_node(source), {"epci": epci}, kernel_name=KERNEL, engine_name=engine)
    notebook = prepare_notebook_metadata(notebook, source, failed)
    notebook.metadata.setdefault("ctg", {"chapter": chapter.number})  # which one that JupyterLab made does not have
    notebook.cells.append(nbformat.v4.new_code_cell(ASKS))
    forget_read()
    notebook = papermill_engines.execute_notebook_with_engine(
        engine,
        notebook,
        KERNEL,
        input_path=source,
        progress_bar=False,
        execution_timeout=LIMITS.cell,
        checked=True,
    )
    asked = notebook.cells.pop()
    try:
        raise_for_execution_errors(notebook, failed)
    except PapermillExecutionError as error:
        # Papermill's own cell, before the others, makes the place from 0 in what ran the place from 1 in the notebook.
        raise CellError(
            place(chapter), error.cell_index, error.ename, error.evalue, strip_ansi("\n".join(error.traceback))
        ) from error
    try:
        notebook.metadata["ctg"]["read"] = _read(place(chapter), epci, asked)
    except UserError:
        nbformat.write(notebook, failed)
        raise
    return notebook


def _read(place: str, epci: str, asked: nbformat.NotebookNode) -> list[str]:
    """Return what a notebook has read, from what ASKS showed after its cells; see `Territory.read`.

    Raises:
        UserError: it did not run whole. OtherTerritoryError: it opened others than its territory.
    """
    answers = [output.data[READ] for output in asked.outputs if READ in output.get("data", {})]
    if not answers:
        raise UserError(f"{place}: ended before its last cell, expected that all of them run: is there an exit?")
    if others := sorted(set(answers[0]) - {epci}):
        expected = f"expected {epci} alone: open the chapter with the parameter epci"
        raise OtherTerritoryError(f"{place}: opened {', '.join(others)}, {expected}")
    return answers[0].get(epci, [])


def place(chapter: ChapterNotebook) -> str:
    """Return how an error names the notebook of a chapter."""
    return f"notebooks/{chapter.path.name}"

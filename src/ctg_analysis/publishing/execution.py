"""Running a chapter: papermill, with our engine."""

import logging
from pathlib import Path

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError

from ctg_analysis.errors import UserError
from ctg_analysis.publishing.chapters import ChapterNotebook

CELL_SECONDS = 120


def execute(chapter: ChapterNotebook, epci: str, folder: Path) -> nbformat.NotebookNode:
    """Return the executed notebook of a chapter; `folder` keeps it too, with the error of a failed cell.

    Raises:
        UserError: a cell failed; says the chapter, the cell and the error.
    """
    logging.getLogger("papermill").setLevel(logging.ERROR)
    output = folder / chapter.path.name
    try:
        papermill.execute_notebook(
            chapter.path,
            output,
            {"epci": epci},
            engine_name="ctg",
            kernel_name="python3",
            progress_bar=False,
            request_save_on_cell_execute=False,
            execution_timeout=CELL_SECONDS,
        )
    except PapermillExecutionError as error:
        raise UserError(
            f"notebooks/{chapter.path.name}, cell {error.cell_index}: {error.ename}: {error.evalue}"
        ) from error
    return nbformat.read(output, as_version=4)

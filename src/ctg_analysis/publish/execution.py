"""A chapter run: its parameters checked, its cells run in this process, or in a kernel where it is asked."""

import io
import logging
import sys
import warnings
from base64 import b64encode
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import nbformat
import pandas as pd
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from matplotlib import rc_context
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from papermill.engines import NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import prepare_notebook_metadata, raise_for_execution_errors
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from traitlets import Type
from traitlets.config import Config

from ctg_analysis.chapter.territory import forget_chosen
from ctg_analysis.model.errors import OtherTerritoryError, UserError, in_one_line
from ctg_analysis.model.settings import STOCK, ChapterNotebook, data_root, settings
from ctg_analysis.model.territories import find_epci
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.publish.parameters import ChapterParameters, ParameterError, parameters_of
from ctg_analysis.publish.pool import LIMITS

KERNEL = "python3"
IN_KERNEL, HERE = "ctg", "ctg-here"  # engines, see `engine`
OPENED = "application/vnd.ctg.opened+json"
ASKS = f"""from IPython.display import display
from ctg_analysis.chapter.territory import opened
display({{{OPENED!r}: opened()}}, raw=True)"""  # runs after the cells of a chapter, where they ran


class CellError(UserError):
    """A cell that failed: the notebook, the place of the cell in it from 1, the error and its traceback."""

    def __init__(self, notebook: str, cell: int, name: str, value: str, traceback: str):
        super().__init__(notebook, cell, name, value, traceback)
        self.notebook, self.cell, self.name, self.value, self.traceback = notebook, cell, name, value, traceback

    def __str__(self) -> str:
        """Say it on one line."""
        return f"{self.notebook}, cell {self.cell}: {self.name}: {self.value}"


def execute(chapter: ChapterNotebook, epci: str, folder: Path, kernels: str = "") -> nbformat.NotebookNode:
    """Return the executed notebook of a chapter, with the EPCIs that it was set beside in its metadata.

    folder: keeps it when a cell failed, with the error. kernels: by default what the settings say.

    These are the steps of papermill.execute_notebook, without the file of a notebook that ran whole: nobody reads it.
    Without a kernel the cells run in this process, in a shell that has forgotten those before; charts, tables and
    warnings look as they did again after them.

    Raises:
        CellError: a cell failed; says the chapter, the cell and the error. OtherTerritoryError. UserError: it ended
            before its last cell.
    """
    engine = IN_KERNEL if (kernels or settings().kernels) == STOCK else HERE
    forget_chosen()
    with rc_context(), warnings.catch_warnings():
        notebook, asked = run_notebook(chapter.path, {"epci": epci}, folder, engine, chapter.number)
    try:
        notebook.metadata["ctg"]["chosen"] = _chosen(place(chapter), epci, asked)
    except UserError:
        nbformat.write(notebook, folder / chapter.path.name)
        raise
    return notebook


def run_notebook(
    path: Path, parameters: dict, folder: Path, engine: str, chapter: str | None = None
) -> tuple[NotebookNode, NotebookNode | None]:
    """Return an executed notebook, kept in a folder when a cell failed; the cell that says what a chapter has opened.

    chapter: its number, perhaps none yet; a notebook of no EPCI is no chapter.

    Raises:
        CellError: a cell failed; says the notebook, the cell and the error.
    """
    logging.getLogger("papermill").setLevel(logging.ERROR)
    source, failed = str(path), str(folder / path.name)
    notebook = parameterize_notebook(load_notebook_node(source), parameters, kernel_name=KERNEL, engine_name=engine)
    notebook = prepare_notebook_metadata(notebook, source, failed)
    if chapter is not None:
        notebook.metadata.setdefault("ctg", {"chapter": chapter})  # which one that JupyterLab made does not have
        notebook.cells.append(nbformat.v4.new_code_cell(ASKS))
    notebook = papermill_engines.execute_notebook_with_engine(
        engine, notebook, KERNEL, input_path=source, progress_bar=False, execution_timeout=LIMITS.cell, checked=True
    )
    asked = notebook.cells.pop() if chapter is not None else None
    try:
        raise_for_execution_errors(notebook, failed)
    except PapermillExecutionError as error:
        # Papermill's own cell, before the others, makes the place from 0 in what ran the place from 1 in the notebook.
        raise CellError(
            f"notebooks/{in_one_line(path.name)}",
            error.cell_index,
            error.ename,
            error.evalue,
            strip_ansi("\n".join(error.traceback)),
        ) from error
    return notebook, asked


def _chosen(place: str, epci: str, asked: nbformat.NotebookNode) -> list[str]:
    """Return the EPCIs that a notebook was set beside, from what ASKS showed after its cells.

    Raises:
        UserError: it did not run whole. OtherTerritoryError: it opened others than its territory.
    """
    answers = [output.data[OPENED] for output in asked.outputs if OPENED in output.get("data", {})]
    if not answers:
        raise UserError(f"{place}: ended before its last cell, expected that all of them run: is there an exit?")
    if others := sorted(set(answers[0]) - {epci}):
        expected = f"expected {epci} alone: open the chapter with the parameter epci"
        raise OtherTerritoryError(f"{place}: opened {', '.join(others)}, {expected}")
    return answers[0].get(epci, [])


def place(chapter: ChapterNotebook) -> str:
    """Return how an error names the notebook of a chapter."""
    return f"notebooks/{in_one_line(chapter.path.name)}"


CONFIG = Config({"HistoryManager": {"enabled": False}})  # a history would be a file, and a thread that writes it
STOPS_NOTHING = "raises-exception"


class Recorder:
    """The outputs of the cell that runs, in the form of a notebook."""

    def __init__(self):
        self.outputs: list[NotebookNode] = []
        self.displayed: dict[str, list[NotebookNode]] = {}

    def text(self, name: str, text: str) -> None:
        """Keep a text written to a stream; what follows on the same stream is one output."""
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last.output_type == "stream" and last.name == name:
            last.text += text
        else:
            self.outputs.append(NotebookNode(output_type="stream", name=name, text=text))

    def show(self, data: dict, metadata: dict, display_id: str | None, *, update: bool) -> None:
        """Keep something displayed, or put it in the place of what bears the same id."""
        same = self.displayed.setdefault(display_id, []) if display_id else []
        if update:
            for output in same:
                output.update(data=_mime(data), metadata=NotebookNode(metadata))
            return
        output = NotebookNode(output_type="display_data", data=_mime(data), metadata=NotebookNode(metadata))
        self.outputs.append(output)
        same.append(output)


class Stream(io.TextIOBase):
    """A standard stream of the cells."""

    def __init__(self, name: str, recorder: Recorder):
        self._name, self._recorder = name, recorder

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Keep a text."""
        if text:
            self._recorder.text(self._name, text)
        return len(text)


class Displays(DisplayPublisher):
    """Keeps what `display` shows."""

    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **_):
        """Keep a display."""
        self.shell.recorder.show(data, metadata or {}, (transient or {}).get("display_id"), update=update)

    def clear_output(self, wait=False):
        """Forget the outputs of the cell so far."""
        self.shell.recorder.outputs.clear()


class Results(DisplayHook):
    """Keeps the value of the last expression of a cell."""

    def flush(self):
        """Forget the values of the cells before, and leave to Python when their memory is looked through."""
        self._ = self.__ = self.___ = ""

    def write_output_prompt(self):
        """Write nothing: the count goes with the output."""

    def write_format_data(self, format_dict, md_dict=None):
        """Keep a result."""
        self.shell.recorder.outputs.append(
            NotebookNode(
                output_type="execute_result",
                data=_mime(format_dict),
                metadata=NotebookNode(md_dict or {}),
                execution_count=self.prompt_count,
            )
        )


class CellShell(InteractiveShell):
    """IPython, the shell of a kernel, without its channels."""

    display_pub_class = Type(Displays)
    displayhook_class = Type(Results)

    def __init__(self, **options):
        self.recorder = Recorder()
        super().__init__(**options)

    def enable_gui(self, gui=None):
        """Do nothing: there is no window."""

    def showtraceback(self, exc_tuple=None, filename=None, tb_offset=None, **_):
        """Keep an error."""
        kind, error, trace = exc_tuple or sys.exc_info()
        if hasattr(error, "_render_traceback_"):
            lines = error._render_traceback_()
        else:
            lines = self.InteractiveTB.structured_traceback(kind, error, trace, tb_offset=tb_offset)
        self._keep(kind, error, lines)

    def showsyntaxerror(self, filename=None, running_compiled_code=False):
        """Keep an error of the parser, which has no lines of calls."""
        kind, error, _ = sys.exc_info()
        self._keep(kind, error, self.SyntaxTB.structured_traceback(kind, error, []))

    def _keep(self, kind: type[BaseException], error: BaseException, lines: list[str]) -> None:
        output = NotebookNode(output_type="error", ename=kind.__name__, evalue=str(error), traceback=list(lines))
        self.recorder.outputs.append(output)


def run_cells(manager: NotebookExecutionManager, before_cell: Callable[[int], None] = lambda cell: None) -> None:
    """Run the cells of papermill's notebook until one fails; the shell and what the cells change stay in the process.

    papermill is told of the one that fails only: the others are complete without its being told, and no clock is kept.
    before_cell: called with the place of each cell before it runs.
    """
    shell = CellShell.instance(config=CONFIG)
    shell.reset()
    pd.reset_option(r"^display\.")
    pd.set_option("display.max_columns", 20)  # what it takes in a kernel; here it may be older than the shell
    recorder = shell.recorder
    with redirect_stdout(Stream("stdout", recorder)), redirect_stderr(Stream("stderr", recorder)):
        for place, cell in enumerate(manager.nb.cells):
            cell.metadata.papermill["exception"] = False
            if cell.cell_type == "code" and cell.source.strip():
                before_cell(place)
                recorder.outputs = cell.outputs
                cell.execution_count = shell.execution_count
                ran = shell.run_cell(cell.source, store_history=True)
                if not ran.success and STOPS_NOTHING not in cell.metadata.get("tags", []):
                    manager.cell_exception(cell, place)
                    return


def _mime(data: dict) -> NotebookNode:
    return NotebookNode(
        {kind: b64encode(part).decode("ascii") if isinstance(part, bytes) else part for kind, part in data.items()}
    )


def validated(parameters: dict, chapter: str = "") -> ChapterParameters:
    """Return the parameters of a chapter, by its number; the EPCI exists in the reference geography.

    Raises:
        ParameterError: an unknown name, a wrong type, an unknown EPCI.
    """
    checked = parameters_of(parameters, chapter)
    root = data_root(checked.epci)
    ensure(root)
    try:
        find_epci(pd.read_parquet(root.processed / "territories.parquet"), checked.epci)
    except UserError as error:
        raise ParameterError(str(error)) from error
    return checked

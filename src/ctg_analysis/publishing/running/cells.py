"""The cells of a notebook run in this very process, with the outputs that a kernel would have sent."""

import io
import sys
from base64 import b64encode
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout

import pandas
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from papermill.engines import NotebookExecutionManager
from traitlets import Type
from traitlets.config import Config

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
    pandas.set_option("display.max_columns", 20)  # what it takes in a kernel; here it may be older than the shell
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
    """Return the representations as a notebook writes them: bytes in base 64."""
    return NotebookNode(
        {kind: b64encode(part).decode("ascii") if isinstance(part, bytes) else part for kind, part in data.items()}
    )

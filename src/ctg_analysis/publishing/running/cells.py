"""The cells of a notebook run in this very process, with the outputs that a kernel would have sent."""

import ast
import io
import re
from base64 import b64encode
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import lru_cache
from types import CodeType
from warnings import catch_warnings

from IPython.core.async_helpers import _pseudo_sync_runner
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell
from nbformat import NotebookNode
from papermill.engines import NotebookExecutionManager
from traitlets import Type
from traitlets.config import Config

from ctg_analysis.display.markup import Html

CONFIG = Config({"HistoryManager": {"enabled": False}})  # a history would be a file, and a thread that writes it
STOPS_NOTHING = "raises-exception"
NOT_PLAIN = re.compile("await|async|__future__")


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

    def compute_format_data(self, result):
        """Return the representations of a result; those of a piece of a page are known without trying twelve kinds."""
        formatters = self.shell.display_formatter.formatters.values()
        if type(result) is Html and not any(Html in one.type_printers for one in formatters):
            return result._repr_mimebundle_(), {}
        return super().compute_format_data(result)

    @staticmethod
    def semicolon_at_end_of_expression(expression):
        """Tell whether a cell ends in a semicolon, which keeps its value to itself; most have none at all."""
        return ";" in expression and DisplayHook.semicolon_at_end_of_expression(expression)

    def finish_displayhook(self):
        """Write no empty line."""
        self._is_active = False


class CellShell(InteractiveShell):
    """IPython, the shell of a kernel, without its channels."""

    display_pub_class = Type(Displays)
    displayhook_class = Type(Results)

    def __init__(self, **options):
        self.recorder = Recorder()
        super().__init__(**options)

    def enable_gui(self, gui=None):
        """Do nothing: there is no window."""

    def run(self, source: str) -> bool:
        """Run a cell; return whether it ran to its end."""
        code = self.compiled(source, self.execution_count)
        return self.run_cell(source, store_history=True).success if code is None else self.run_plain(source, code)

    def compiled(self, source: str, count: int) -> tuple[CodeType, ...] | None:
        """Return what a cell does, then what it shows; None when IPython has to run it, or to tell why it is no Python.

        count: its place among the cells that run, from 1.

        IPython has to for magics and await, where somebody asked to know of each cell, to change it or to show more of
        it, and for what changes how the cells after it are compiled.
        """
        callbacks = self.events.callbacks
        told = callbacks["pre_run_cell"] or callbacks["post_run_cell"] or self.ast_transformers
        if told or self.ast_node_interactivity != "last_expr" or NOT_PLAIN.search(source):
            return None
        name = self.compile.cache(source, count)
        try:
            return _compiled(self.compile, self.compile.flags, source, name)
        except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
            return None

    def run_plain(self, source: str, code: tuple[CodeType, ...]) -> bool:
        """Run a cell of plain Python as `run_cell` does; return whether it ran to its end.

        It leaves out what takes most of the time and plain Python has no need of: magics, the choice of an event loop.
        """
        result = ExecutionResult(ExecutionInfo(source, True, False, True, None, None, transformed_cell=source))
        result.execution_count = self.execution_count
        self.execution_count += 1
        self.events.trigger("pre_execute")
        self.history_manager.store_inputs(result.execution_count, source)
        with self.builtin_trap, self.display_trap:
            for part in code:
                if _pseudo_sync_runner(self.run_code(part, result)):
                    break
        self.events.trigger("post_execute")
        self.events.trigger("post_run_cell", result)
        return result.success

    def _showtraceback(self, etype, evalue, stb):
        self.recorder.outputs.append(
            NotebookNode(output_type="error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb))
        )


@lru_cache(maxsize=1 << 10)
def _compiled(compiler: CachingCompiler, flags: int, source: str, name: str) -> tuple[CodeType, ...]:
    """flags: of the compiler, which cells change that IPython runs. name: tells the place of the cell, too."""
    cell = compiler.ast_parse(source, filename=name)
    last = [cell.body.pop()] if cell.body and isinstance(cell.body[-1], ast.Expr) else []
    parts = (cell, "exec"), (ast.Interactive(last), "single")
    return tuple(compiler(part, name, mode) for part, mode in parts if part.body)


def compile_ahead(shell: CellShell, notebook: NotebookNode) -> None:
    """Compile the cells of a notebook, which forks of this process will run in a shell that has run nothing yet.

    One that Python warns of is left to them: the warning belongs to the outputs of the cell.
    """
    with catch_warnings(action="error"):
        for count, cell in enumerate(filter(_is_run, notebook.cells), 1):
            shell.compiled(cell.source, count)


def _is_run(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())


def run_cells(manager: NotebookExecutionManager, told: Callable[[int], None] = lambda cell: None) -> None:
    """Run the cells of papermill's notebook until one fails; the shell and what the cells change stay in the process.

    papermill is told of the one that fails only: the others are complete without its being told, and no clock is kept.
    told: called with the place of each cell before it runs.
    """
    shell = CellShell.instance(config=CONFIG)
    recorder = shell.recorder
    with redirect_stdout(Stream("stdout", recorder)), redirect_stderr(Stream("stderr", recorder)):
        for place, cell in enumerate(manager.nb.cells):
            cell.metadata.papermill["exception"] = False
            if _is_run(cell):
                told(place)
                recorder.outputs = cell.outputs
                cell.execution_count = shell.execution_count
                if not shell.run(cell.source) and STOPS_NOTHING not in cell.metadata.get("tags", []):
                    manager.cell_exception(cell, place)
                    return


def _mime(data: dict) -> NotebookNode:
    """Return the representations as a notebook writes them: bytes in base 64."""
    return NotebookNode(
        {kind: b64encode(part).decode("ascii") if isinstance(part, bytes) else part for kind, part in data.items()}
    )

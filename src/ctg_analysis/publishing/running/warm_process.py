"""The warm process that others are forked from: everything imported, one thread, nothing of any territory.

It is started by `forks.WarmProcess` and talks to it over a socket. A fork gets its work over a socket of its own; it
either calls a function and ends, or prepares something and becomes itself a process that others are forked from. When
the socket closes, the warm process kills all that was started below it, and ends.
"""

import gc
import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from pkgutil import iter_modules

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.notebooks import ChapterNotebook, all_chapters
from ctg_analysis.display.words.quantities import number
from ctg_analysis.publishing.running.fork_protocol import end_with, serve

PR_SET_CHILD_SUBREAPER = 36  # of prctl(2)


def main() -> None:
    """Run the warm process: the number of the socket comes as an argument."""
    adopt_orphans()
    gc.disable()  # nothing of what is imported is ever freed
    try:
        warm_up()
    except UserError:
        sys.exit(1)  # the process that started this one reads the same declarations, and tells what is wrong with them
    gc.freeze()
    gc.enable()
    try:
        serve(Connection(int(sys.argv[1])))
    except (EOFError, OSError, RuntimeError):
        pass  # the process at the other end was killed in the middle of a word
    finally:
        end_descendants()
        os._exit(0)


def adopt_orphans() -> None:
    """Have the system make this process the parent of all below it whose own parent ends, in whatever session."""
    import ctypes

    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_descendants() -> None:
    """Kill all that was started below this process, which adopts orphans: what a cell has detached too."""
    while killed := [child for child in _children() if _kill(child)]:
        for child in killed:
            os.waitpid(child, 0)


def _children() -> list[int]:
    """Return the processes that are children of this one, those that have ended and wait to be told among them."""
    children = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended since, and is no child
            parent = (entry / "stat").read_bytes().rpartition(b")")[2].split()[1]
            children += [int(entry.name)] if int(parent) == os.getpid() else []
    return children


def _kill(child: int) -> bool:
    """Kill a child; tell whether it may be."""
    with suppress(PermissionError):
        os.kill(child, signal.SIGKILL)
        return True
    return False


def become_program() -> None:
    """Become a program that ends with the process that starts it: a pipe (see `end_with`) and the command come as
    arguments.
    """
    end_with(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])


def warm_up() -> None:
    """Import what chapters use, read them, and run and publish a small one, so that no fork has to."""
    import nbformat
    import pandas
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
    from papermill.engines import NotebookExecutionManager

    from ctg_analysis.chapter import demarche
    from ctg_analysis.display.markup import _templates as pieces
    from ctg_analysis.publishing import pages
    from ctg_analysis.publishing.pages.html import chapter_page
    from ctg_analysis.publishing.running.cells import CONFIG, CellShell, run_cells

    for package in (demarche, pages):
        for module in iter_modules(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    cells = [new_markdown_cell("# a"), new_code_cell("from IPython.display import HTML"), new_code_cell("HTML('a')")]
    small = nbformat.reads(nbformat.writes(new_notebook(cells=cells, metadata={"papermill": {}})), as_version=4)
    manager = NotebookExecutionManager(small, progress_bar=False)
    manager.notebook_start()
    run_cells(manager)
    CellShell.clear_instance()
    shell = CellShell.instance(config=CONFIG)
    _ = shell.display_formatter.formatters  # made when first asked for
    _read_ahead(all_chapters())
    page = dict.fromkeys(("territory", "title", "geography", "current"), "") | {"chapters": [], "fictional": False}
    chapter_page(small, page)
    for name in pieces.list_templates():
        pieces.get_template(name)
    number(1234.5, 1)
    pandas.set_option("display.max_columns", 20)  # what it takes in a notebook; here it was imported before the shell


def _read_ahead(chapters: list[ChapterNotebook]) -> None:
    """Parse chapters and put their texts into HTML: they are the same for all territories."""
    from ctg_analysis.publishing.pages.written_cells import written
    from ctg_analysis.publishing.running.execution import WARM_ENGINE, parameterised

    for chapter in chapters:
        with suppress(Exception):  # one that cannot be read says why when it is run
            for cell in parameterised(chapter, "", WARM_ENGINE).cells:
                if cell.cell_type == "markdown":
                    written(cell.source)

"""The papermill engines of the chapters: they check the parameters before any cell runs, and leave no clock behind.

papermill only warns of an unknown parameter. Its engines are found under the entry point `papermill.engine`. The engine
`ctg` runs the cells in a Jupyter kernel; it also takes the place of the default engine, so that
`papermill notebooks/NN_….ipynb out.ipynb -p …` is as strict as `ctg build`. `ctg-here` runs them in the process that
asks. Notebooks that are not chapters run as they always did under the default engine.
"""

import os
import sys
import tempfile
from contextlib import chdir
from multiprocessing import parent_process
from pathlib import Path

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from traitlets.config import Config

from ctg_analysis.model.settings import SAFE_PATH
from ctg_analysis.publish import pool
from ctg_analysis.publish.parameters import parameters_of

TIMES = ("start_time", "end_time", "duration")
PLACES = ("input_path", "output_path")


class ChapterEngine(NBClientEngine):
    """nbclient, after a check of the parameters of chapters (those with `ctg` in their metadata)."""

    @classmethod
    def execute_notebook(cls, nb, kernel_name, *, checked=False, **options):
        """Run the notebook; raise ParameterError first when a chapter cannot take what it was given.

        checked: its parameters have been, already.
        """
        if "ctg" not in nb.metadata:
            return super().execute_notebook(nb, kernel_name, **options)
        given = nb.metadata.get("papermill", {}).get("parameters", {})
        if given and not checked:
            chapter = nb.metadata["ctg"].get("chapter", "")
            parameters_of(dict(given), chapter)  # before what is heavy
            from ctg_analysis.publish.execution import validated

            validated(dict(given), chapter)
        for cell in nb.cells:
            if "injected-parameters" in cell.metadata.get("tags", []):
                cell.id = "injected-parameters"  # papermill gives it a random one
        language = nb.metadata.get("language_info", {"name": "python"})
        return without_clock(super().execute_notebook(nb, kernel_name, **options), language)

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **options):
        """Run the cells in a kernel; raise StoppedError when one takes too long or the kernel dies.

        The kernel is reached through files of a folder of its own, not ports: no two kernels collide.
        """
        if "ctg" not in nb_man.nb.metadata:
            super().execute_managed_notebook(nb_man, kernel_name, **options)
            return
        os.environ |= SAFE_PATH  # papermill starts a kernel with that of this process
        options["resources"] = {"metadata": {"path": str(_folder(options))}}
        with tempfile.TemporaryDirectory(prefix="ctg-") as sockets:
            local = Config(
                {"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}} if os.name == "posix" else {}
            )
            try:
                super().execute_managed_notebook(
                    nb_man, kernel_name, record_timing=False, config=local, extra_arguments=_first_lines(), **options
                )
            except (CellTimeoutError, DeadKernelError) as error:
                name, why = options.get("input_path") or "notebook", str(error).splitlines()[0]
                cells = enumerate(nb_man.nb.cells)
                last = [place for place, cell in cells if cell.metadata.papermill["start_time"]][-1]
                raise pool.StoppedError(f"{name}, cell {last}: {why}") from error


class EngineHere(ChapterEngine):
    """The cells in this very process, which keeps all that they change."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name, **options):
        """Run the cells."""
        from ctg_analysis.publish.execution import run_cells  # IPython, for plain papermill

        with chdir(_folder(options)):
            run_cells(nb_man, before_cell=pool.tell)


def without_clock(nb: NotebookNode, language: dict) -> NotebookNode:
    """Return the executed notebook without what differs from a run, a machine or a folder to the next.

    language: what the notebook said of its language, in the place of the versions that a kernel writes.
    """
    for name in TIMES + PLACES:
        nb.metadata.papermill.pop(name, None)
    for cell in nb.cells:
        for name in TIMES:
            cell.metadata.papermill.pop(name, None)
    nb.metadata["language_info"] = language
    return nb


def _first_lines() -> list[str]:
    """Return what has a kernel that works for a build end with it, even in a cell that keeps the interpreter."""
    if sys.platform != "linux" or not parent_process():
        return []
    place = f"/proc/{os.getpid()}/fd/{parent_process().sentinel}"
    line = f"__import__('ctg_analysis.model.processes', fromlist=['']).end_with_pipe({place!r})"
    return [f"--IPKernelApp.exec_lines={line}"]


def _folder(options: dict) -> Path:
    """Return the folder that the cells run in: that of the notebook, as in JupyterLab."""
    return Path(options.get("input_path") or "notebook").absolute().parent


papermill_engines.register(None, ChapterEngine)

"""The papermill engine of the chapters: it checks the parameters before any cell runs.

papermill only warns of an unknown parameter. Its engines are found under the entry point `papermill.engine`;
this one also takes the place of the default engine, so that `papermill notebooks/NN_….ipynb out.ipynb -p …` is
as strict as `ctg build`. Notebooks that are not chapters run as they always did.
"""

from jupyter_client.manager import AsyncKernelManager
from papermill.engines import NBClientEngine, papermill_engines
from traitlets import default


class LocalKernelManager(AsyncKernelManager):
    """Kernels reached through files, not ports: nothing listens on the machine, no two kernels collide."""

    @default("transport")
    def _files(self) -> str:
        return "ipc"


class ChapterEngine(NBClientEngine):
    """nbclient, after a check of the parameters of chapters (those with `ctg` in their metadata)."""

    @classmethod
    def execute_notebook(cls, nb, kernel_name, **options):
        """Run the notebook; raise ParameterError first when a chapter cannot take what it was given."""
        if "ctg" in nb.metadata:
            from ctg_analysis.publishing.parameters import validated

            given = nb.metadata.get("papermill", {}).get("parameters", {})
            if given:
                validated(dict(given), nb.metadata["ctg"].get("chapter", ""))
            options.setdefault("kernel_manager_class", LocalKernelManager)
        return super().execute_notebook(nb, kernel_name, **options)


papermill_engines.register(None, ChapterEngine)

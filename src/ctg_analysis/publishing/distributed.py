"""Reports built by the workers of a Dask scheduler, on this machine or on others that share the folders.

One task is one territory, with all its chapters. A territory whose worker dies is given to another worker; what is up
to date already is left as it is, so that nothing is built twice.
"""

from collections.abc import Iterator
from multiprocessing import current_process
from pathlib import Path

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.notebooks import ChapterNotebook
from ctg_analysis.publishing.build import build
from ctg_analysis.publishing.build_result import Built

RETRIES = 2
PATIENCE = "5s"
SECONDS_FOR_A_WORKER = 10


def build_there(
    epcis: list[str], chapters: list[ChapterNotebook], out: Path, *, force: bool, scheduler: str
) -> Iterator[Built]:
    """Build territories on the workers of a scheduler, and yield what came of each as it comes.

    Raises:
        UserError: dask.distributed is not installed, nothing answers at the address, no worker comes to it.
    """
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise UserError("--scheduler: needs dask.distributed; pip install 'ctg_analysis[cluster]'") from error
    try:
        client = Client(scheduler, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise UserError(f"--scheduler {scheduler}: no answer, expected the address of a Dask scheduler") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=SECONDS_FOR_A_WORKER)
        except TimeoutError as error:
            what = f"no worker in {SECONDS_FOR_A_WORKER} s, expected one at least: dask worker {scheduler}"
            raise UserError(f"--scheduler {scheduler}: {what}") from error
        waiting = client.map(build_one, epcis, chapters=chapters, out=out, force=force, retries=RETRIES, pure=False)
        named = dict(zip(waiting, epcis, strict=True))
        for future in as_completed(waiting):
            if error := future.exception():
                epci, first = named[future], str(error).partition("\n")[0].rstrip(".") or type(error).__name__
                yield Built(epci, error=UserError(f"{epci}: {first}; the log of the worker has more"))
            else:
                yield future.result()


def build_one(epci: str, *, chapters: list[ChapterNotebook], out: Path, force: bool) -> Built:
    """Build one territory in this worker, one chapter at a time."""
    current_process().daemon = False  # as one, which Dask makes it, it may start none; those of a build end with it
    (built,) = build([epci], chapters, out, jobs=1, force=force)
    return built

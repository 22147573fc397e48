"""Reports built by the workers of a Dask scheduler, on this machine or others that share the folders.

One task is one territory, with all its chapters. A territory whose worker dies is given to another one; what is up to
date already is left as it is, so that nothing is built twice.
"""

from collections.abc import Iterator
from pathlib import Path

from ctg_analysis.build import Built, build
from ctg_analysis.publishing.chapters import ChapterNotebook

RETRIES = 2


def build_there(
    epcis: list[str], chapters: list[ChapterNotebook], out: Path, *, force: bool, scheduler: str
) -> Iterator[Built]:
    """Build territories on the workers of a scheduler, and yield what came of each as it comes.

    Raises:
        UserError: dask.distributed is not installed, no scheduler at the address.
    """
    from distributed import Client, as_completed

    with Client(scheduler, timeout="10s") as client:
        waiting = client.map(
            build_one, epcis, chapters=chapters, out=out, force=force, retries=RETRIES, pure=False, batch_size=1
        )
        for future in as_completed(waiting):
            yield future.result()


def build_one(epci: str, *, chapters: list[ChapterNotebook], out: Path, force: bool) -> Built:
    """Build one territory in this worker, one chapter at a time."""
    (built,) = build([epci], chapters, out, jobs=1, force=force)
    return built

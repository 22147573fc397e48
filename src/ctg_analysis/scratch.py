"""Scratch folders: what a command has begun. What a command that was killed left there is removed by the next one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from ctg_analysis.errors import Busy
from ctg_analysis.locks import alone

SCRATCH = ".scratch"


@contextmanager
def scratch(folder: Path, name: str) -> Iterator[Path]:
    """Give a new folder in the scratch folder of another one, removed at the end.

    name: of the lock that this process holds on the folder (see `locks.alone`), without a hyphen; one at a time. No
    scratch folder has ever had the same path: nothing that a killed command left at work writes there.
    """
    sweep(folder)
    home = folder / SCRATCH
    home.mkdir(parents=True, exist_ok=True)
    for left in home.glob(f"{name}-*"):
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=f"{name}-", dir=home, ignore_cleanup_errors=True) as made:
        yield Path(made)


def sweep(folder: Path) -> None:
    """Remove what killed commands left in the scratch folder of another one: that whose lock nobody holds."""
    for left in (folder / SCRATCH).glob("*"):
        with suppress(Busy), alone(folder, left.name.partition("-")[0], ""):
            shutil.rmtree(left, ignore_errors=True)

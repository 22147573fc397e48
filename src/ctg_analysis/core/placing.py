"""Files put in the data folders: never over one that is there, the private ones for their owner alone."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ctg_analysis.core.scratch import write_whole

PRIVATE = "private"


@contextmanager
def for_owner_alone(folder: Path) -> Iterator[None]:
    """Close the folder `private` that a folder lies in to others, with all it holds and all that is written meanwhile.

    Folders are made 0700 and files 0600, from the moment they exist.

    Raises:
        ValueError: the folder lies in none; nothing else is ever closed.
    """
    folder = folder.resolve()
    private = next((parent for parent in (folder, *folder.parents) if parent.name == PRIVATE), None)
    if private is None:
        raise ValueError(f"{folder}: not in a folder {PRIVATE}")
    before = os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        os.umask(before)
        for path in (private, *private.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o700 if path.is_dir() else 0o600)


def write_absent(contents: dict[Path, str | bytes]) -> list[Path]:
    """Write the files that are not there yet, and return them: what someone has filled is never lost."""
    written = [path for path in contents if not path.exists()]
    for path in written:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, contents[path])
    return written


def free_name(path: Path) -> Path:
    """The path, or the first of those named `<name>_2`, `<name>_3` … that no file has."""
    numbered = (path.with_stem(f"{path.stem}_{number}") for number in itertools.count(2))
    return next(one for one in itertools.chain([path], numbered) if not one.exists())

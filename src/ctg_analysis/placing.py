"""Files put in the data folders: never over one that is there, the private ones for their owner alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ctg_analysis.scratch import write_whole


@contextmanager
def for_owner_alone(private: Path) -> Iterator[None]:
    """Close data/private to others, with all that it holds and all that is written in it meanwhile.

    Folders are made 0700 and files 0600, from the moment they exist.
    """
    before = os.umask(0o077)
    try:
        private.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        os.umask(before)
        for path in (private, *private.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o700 if path.is_dir() else 0o600)


def write_absent(texts: dict[Path, str]) -> list[Path]:
    """Write the files that are not there yet, and return them: what someone has filled is never lost."""
    written = [path for path in texts if not path.exists()]
    for path in written:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, texts[path])
    return written

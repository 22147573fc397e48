"""One process at a time at a work: the second one is told who holds it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ctg_analysis.core.errors import Busy


@contextmanager
def alone(folder: Path, name: str, doing: str, patience: float = 0) -> Iterator[None]:
    """Hold a work for this process; the system frees it when the process ends, killed or not.

    folder, name: where the lock is kept (.name.lock) and the number of the process that holds it (.name.pid).
    doing: the work, for the message ("200067171: is being built"). patience: seconds that it waits for another to end.

    Raises:
        Busy: another process holds it.
    """
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    holder = folder / f".{name}.pid"
    try:
        with FileLock(folder / f".{name}.lock", timeout=patience):
            holder.write_text(str(os.getpid()), encoding="utf-8")
            try:
                yield
            finally:
                holder.unlink(missing_ok=True)
    except Timeout as error:
        who = f"process {holder.read_text(encoding='utf-8')}" if holder.is_file() else "another process"
        raise Busy(f"{doing} by {who}; run the command again when it has ended") from error

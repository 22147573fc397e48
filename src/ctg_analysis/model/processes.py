"""Processes that work beside this one."""

import ctypes
import gc
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

PR_SET_PDEATHSIG = 1  # of prctl(2)
MUCH = 300_000_000  # bytes
PROGRAM = f"from {__name__} import become_program; become_program()"


def collect_seldom() -> None:
    """Have Python look for cycles of objects to forget a seventieth as often, and never in those that are here now.

    Of tables, charts and pages nearly all is forgotten without it; it takes a seventh of the time of a chapter.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def end_with_parent() -> None:
    """Have the system end this process with the one that started it, killed or not; on Linux alone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def end_with(life: int) -> None:
    """Have the system kill the group of this process as soon as the other end of a pipe closes (Linux).

    It needs no thread: a cell that keeps the interpreter to itself ends too.
    """
    import fcntl  # of Unix alone

    fcntl.fcntl(life, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(life, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(life, fcntl.F_SETFL, fcntl.fcntl(life, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([life], [], [], 0)[0]:
        os._exit(1)


def end_with_pipe(place: str) -> None:
    """Do so with a pipe of another process, which /proc has."""
    end_with(os.open(place, os.O_RDONLY))


def run_program(command: list[str], seconds: float, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program of this machine; it ends with this process, however that ends, and what it started with it.

    environment: what it finds there besides. On Linux; elsewhere, a process that is killed leaves it at work. Raises
    subprocess.TimeoutExpired after so many seconds.
    """
    options = {"capture_output": True, "text": True, "errors": "replace", "timeout": seconds, "check": False}
    options["env"] = os.environ | environment
    if sys.platform != "linux":
        return subprocess.run(command, **options)
    reading, life = os.pipe()
    try:
        launched = [sys.executable, "-P", "-c", PROGRAM, str(reading), *command]
        return subprocess.run(launched, pass_fds=(reading,), start_new_session=True, **options)
    finally:
        os.close(reading)
        os.close(life)


def become_program() -> None:
    """Become a program that ends with the process that starts it: a pipe (see `end_with`) and the command come as
    arguments.
    """
    end_with(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])


def give_memory_back() -> None:
    """Give back to the system the memory that this process no longer uses, lest the next work be added to it.

    A process that holds little keeps it: it costs time to have it again.
    """
    import pyarrow

    if sys.platform != "linux":
        return
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    if pages * os.sysconf("SC_PAGE_SIZE") < MUCH:
        return
    pyarrow.default_memory_pool().release_unused()
    if hasattr(ctypes.CDLL(None), "malloc_trim"):
        ctypes.CDLL(None).malloc_trim(0)


def at_once(parts: Iterable[tuple[object, int]], most: int) -> Iterator[list]:
    """Yield parts, each with its rows, in groups of `most` rows at most; one that has more is alone.

    >>> list(at_once([("a", 2), ("b", 1), ("c", 5), ("d", 1)], 3))
    [['a', 'b'], ['c'], ['d']]
    """
    some, rows = [], 0
    for part, size in parts:
        if some and rows + size > most:
            yield some
            some, rows = [], 0
        some, rows = [*some, part], rows + size
    yield some

"""Processes that work beside this one."""

import ctypes
import gc
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

from ctg_analysis.model.errors import UserError

Result = TypeVar("Result")
News = Callable[..., None]
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


@dataclass(frozen=True)
class Limits:
    """The most that a work may take.

    seconds: in all. silence: seconds without news. memory: bytes beyond those of this process.
    """

    seconds: float
    silence: float
    memory: int


class LimitError(UserError):
    """A work that took more time or memory than it may, or whose process died."""


def _ignore(*news: object) -> None:
    """Hear news that nobody waits for."""


def in_child(work: Callable[[News], Result], limits: Limits, hear: News = _ignore) -> Result:
    """The result of a work on what cannot be trusted, done in a child process that the limits bind.

    On Linux; elsewhere this process does the work, and nothing binds it.

    Parameters:
        work: called with a function that sends news.
        hear: called in this process with each piece of news.

    Raises:
        LimitError: the child was killed, or died. UserError, OSError: of the work.
    """
    if sys.platform != "linux":
        return work(hear)
    context = get_context("fork")  # a child has all that is imported here at once
    reading, writing = context.Pipe(duplex=False)
    child = context.Process(target=_work_within, args=(work, limits.memory, writing), daemon=True)
    child.start()
    writing.close()
    end = time.monotonic() + limits.seconds
    try:
        while (left := end - time.monotonic()) > 0 and reading.poll(min(left, limits.silence)):
            news, result, error = reading.recv()
            if error is not None:
                raise error
            if news is None:
                return result
            hear(*news)
    except EOFError as error:
        raise LimitError("le travail a été interrompu par le système") from error
    except MemoryError as error:
        raise LimitError(f"plus de {limits.memory / 1e6:.0f} Mo de mémoire") from error
    finally:
        child.kill()
        child.join()
        reading.close()
    seconds = min(limits.seconds, limits.silence) if time.monotonic() < end else limits.seconds
    written = f"{seconds:.1f}".removesuffix(".0").replace(".", ",")
    raise LimitError(f"trop lent, arrêté après {written} s")


def _work_within(work: Callable[[News], object], memory: int, writing: Connection) -> None:
    """Do a work in a child, send what comes of it, and end."""
    import resource  # of Unix alone

    end_with_parent()
    for number in (signal.SIGINT, signal.SIGTERM):  # of a whole group: the parent ends its child
        signal.signal(number, signal.SIG_IGN)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    most = pages * os.sysconf("SC_PAGE_SIZE") + memory
    hardest = resource.getrlimit(resource.RLIMIT_DATA)[1]
    if hardest != resource.RLIM_INFINITY:
        most = min(most, hardest)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hardest))
    result = error = None
    try:
        result = work(lambda *news: writing.send((news, None, None)))
    except (UserError, OSError, MemoryError) as failure:
        error = failure.with_traceback(None)
    except Exception:  # a defect, told whole to the parent
        error = RuntimeError(traceback.format_exc())
    writing.send((None, result, error))
    os._exit(0)  # nothing of what this process shares with its parent is flushed or removed twice


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

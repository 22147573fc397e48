"""Jobs side by side, each in a process of its own, or in one with other jobs of its territory where it says so.

The processes come from Python's fork server, which has everything imported, where there is one; from new interpreters
elsewhere. The process that builds keeps the clock; the system keeps the memory, on Linux.
"""

import os
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import (
    current_process,
    forkserver,
    get_all_start_methods,
    get_context,
    parent_process,
    resource_tracker,
)
from multiprocessing.connection import Connection, wait
from pkgutil import resolve_name

from ctg_analysis.model.errors import UserError
from ctg_analysis.model.processes import collect_seldom, end_with
from ctg_analysis.model.settings import SAFE_PATH, settings

ENVIRONMENT = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # without it every chart of pyplot is lost, silently
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # the others keep what is freed, which every process would have
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # a thread does not live through a fork
    "COLUMNS": "80",  # as in a kernel, whatever the terminal: pandas cuts wide tables by it
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
PRELOADED = ["ctg_analysis.publish.preloaded", "ctg_analysis.cli"]
FORKSERVER = "forkserver" if "forkserver" in get_all_start_methods() else ""


@dataclass(frozen=True)
class Limits:
    """What a job may take: seconds between two cells that begin, seconds in all, bytes of data."""

    cell: float = 120
    job: float = 600
    memory: int = 3 << 30


LIMITS = Limits()


@dataclass(frozen=True)
class Job:
    """A function and its arguments, about a territory; its result must be small, and pickled.

    function: `module:name`, imported where it runs: the process that builds stays light. place: what an error names,
    for instance the path of the notebook. shares: a process, and the territory open in it, with others that do.
    """

    epci: str
    function: str
    arguments: tuple
    place: str
    shares: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of a job: its result, or the error."""

    job: Job
    result: object = None
    error: Exception | None = None


class StoppedError(UserError):
    """A job whose process was ended from outside: too long, too large, killed."""


def get_ready() -> None:
    """Start the fork server where there is one, which imports what jobs use while their list is made."""
    os.environ |= ENVIRONMENT | SAFE_PATH  # processes start with the environment of this one
    if FORKSERVER:
        forkserver.set_forkserver_preload(PRELOADED)
        resource_tracker.ensure_running()  # before what follows, which it would undo
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # Ctrl-C in a terminal would reach it too
        forkserver.ensure_running()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def run(jobs: Iterable[Job], workers: int, limits: Limits = LIMITS) -> Iterator[Outcome]:
    """Run jobs, so many at a time, and yield what came of each as it comes; no process is left in the end."""
    waiting, running, free = deque(jobs), [], []
    if waiting:
        get_ready()
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                running.append(_begin(waiting.popleft(), free, limits))
            wait([one.connection for one in running], min(one.patience() for one in running))
            for one in list(running):
                if outcome := one.outcome():
                    running.remove(one)
                    if outcome.job.shares and not outcome.error:
                        free.append(one)
                    else:
                        one.end()
                    yield outcome
    finally:
        for one in running + free:
            one.end()


def _begin(job: Job, free: list["_Worker"], limits: Limits) -> "_Worker":
    """Give a job to a free process that has done others of its territory, or to a new one."""
    fit = next((one for one in free if job.shares and one.job.epci == job.epci), None)
    if fit:
        free.remove(fit)
    elif free:
        free.pop(0).end()
    worker = fit or _Worker(limits)
    worker.begin(job)
    return worker


class _Worker:
    """A process and the job that it is at: since when, at which cell and since when at this one."""

    def __init__(self, limits: Limits):
        context = get_context(FORKSERVER or "spawn")
        self.limits = limits
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(limits.memory, theirs, dict(os.environ)), daemon=True)
        self.process.start()
        theirs.close()

    def begin(self, job: Job) -> None:
        """Send it a job."""
        self.job, self.place = job, job.place
        with suppress(BrokenPipeError):  # killed since: told as of one killed at work
            self.connection.send(job)
        self.since = self.since_cell = time.monotonic()

    def patience(self) -> float:
        """Return the seconds that it still may take without news."""
        return max(0.0, min(self.since + self.limits.job, self.since_cell + self.limits.cell) - time.monotonic())

    def outcome(self) -> Outcome | None:
        """Return what came of its job; None while it goes on."""
        try:
            answer = self.connection.recv() if self.connection.poll() else None
        except (EOFError, OSError):
            self.process.join()
            code = self.process.exitcode
            if code >= 0:
                return self._stopped(f"its process ended by itself (exit code {code})")
            why = "by the system for want of memory or by someone"
            return self._stopped(f"its process was killed ({signal.Signals(-code).name}), {why}")
        if isinstance(answer, int):
            self.place, self.since_cell = f"{self.job.place}, cell {answer}", time.monotonic()
        elif answer:
            result, error, defect = answer
            if defect:
                error = RuntimeError(f"{self.place}: {defect.rstrip().splitlines()[-1]}\n{defect}")
            return Outcome(self.job, result, error)
        elif not self.patience():
            limit = self.limits.job if time.monotonic() - self.since >= self.limits.job else self.limits.cell
            return self._stopped(f"stopped after {limit:g} s, the most that it may take")
        return None

    def _stopped(self, why: str) -> Outcome:
        return Outcome(self.job, error=StoppedError(f"{self.place}: {why}"))

    def end(self) -> None:
        """Kill what is left of it, and of what it started."""
        self.process.kill()
        if FORKSERVER:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.join()
        self.connection.close()


_answers: list[Connection] = []  # where this process, when it does a job, says what comes of it


def tell(cell: int) -> None:
    """Tell the process that builds which cell begins, when this one does a job."""
    for connection in _answers:
        connection.send(cell)


def _work(memory: int, connection: Connection, environment: dict[str, str]) -> None:
    current_process().daemon = False  # what its cells start may be processes
    _answers.append(connection)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if FORKSERVER:
        os.setsid()
    if sys.platform == "linux":
        import resource  # of Unix alone

        end_with(parent_process().sentinel)
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    collect_seldom()
    while True:
        job = connection.recv()
        os.environ.clear()
        os.environ.update(environment)  # that of now: the fork server has that of its start
        settings.cache_clear()
        result = error = defect = None
        try:
            result = resolve_name(job.function)(*job.arguments)
        except UserError as refused:
            error = refused
        except BaseException:  # told whole to the process that builds
            defect = traceback.format_exc()
        connection.send((result, error, defect))

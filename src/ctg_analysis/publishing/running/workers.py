"""Jobs on several workers, each in a fork of the warm process; results as they come.

Where processes cannot be forked, or with CTG_KERNELS=stock, each job runs in a plain new process.
"""

import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.settings import SAFE_PATH, WARM, settings
from ctg_analysis.publishing.running.fork_protocol import CALL, CELL, DONE, REFUSED, SERVE, end_with_build
from ctg_analysis.publishing.running.forks import LIMITS, EndedError, Fork, Limits, Parent, WarmProcess


@dataclass(frozen=True)
class Job:
    """A function of a module and its arguments, about a territory; its result must be small, and pickled.

    place: what an error names, for instance the path of the notebook.
    """

    epci: str
    function: Callable
    arguments: tuple
    place: str


@dataclass(frozen=True)
class Outcome:
    """What came of a job: its result, or the error."""

    job: Job
    result: object = None
    error: Exception | None = None


class StoppedError(UserError):
    """A job whose process was ended from outside: too long, too large, killed."""


def can_fork() -> bool:
    """Tell whether jobs run in forks of the warm process: on Linux, unless CTG_KERNELS=stock."""
    return settings().kernels == WARM and sys.platform == "linux"


def run(
    jobs: Iterable[Job],
    workers: int,
    prepare: Callable[[str], object],
    limits: Limits = LIMITS,
    warm: WarmProcess | None = None,
) -> Iterator[Outcome]:
    """Run jobs, so many at a time, and yield what came of each as it comes.

    prepare: called once for each territory, with its SIREN, in the process that the jobs of the territory are forked
    from: what it leaves in memory, they have. warm: a process that runs already, kept; by default one for these jobs.
    """
    if not can_fork():
        yield from _run_stock(jobs, workers)
        return
    own = warm or WarmProcess()
    try:
        yield from _Run(own, jobs, workers, prepare, limits).outcomes()
    finally:
        if warm is None:
            own.close()


def _run_stock(jobs: Iterable[Job], workers: int) -> Iterator[Outcome]:
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    os.environ |= SAFE_PATH  # multiprocessing starts its processes with that of this one
    reading, life = os.pipe()
    watch = {"initializer": end_with_build, "initargs": (f"/proc/{os.getpid()}/fd/{reading}",)}
    options = watch if sys.platform == "linux" else {}
    with ProcessPoolExecutor(workers, get_context("spawn"), **options) as pool, ExitStack() as ended:
        ended.callback(os.close, reading)
        ended.callback(os.close, life)  # first: what is still at work when nobody waits for it any more ends
        futures = {pool.submit(job.function, *job.arguments): job for job in jobs}
        for future in as_completed(futures):
            error = future.exception()
            yield Outcome(futures[future], error=error) if error else Outcome(futures[future], future.result())


class _Running:
    """A fork at work: since when, at which cell and since when at this one."""

    def __init__(self, fork: Fork, limits: Limits, job: Job):
        self.fork, self.limits, self.job = fork, limits, job
        self.place = job.place
        self.since = self.since_cell = time.monotonic()

    def patience(self) -> float:
        """Return the seconds that it still may take without news."""
        return max(0.0, min(self.since + self.limits.job, self.since_cell + self.limits.cell) - time.monotonic())

    def heard(self, *, stays: bool) -> Outcome | None:
        """Return what came of it, None when it goes on; its process is ended then, unless it stays."""
        if not self.fork.connection.poll():
            return None if self.patience() else self._stopped(timed_out=True)
        try:
            kind, answer = self.fork.connection.recv()
        except (EOFError, OSError):
            return self._stopped(timed_out=False)
        if kind == CELL:
            self.place, self.since_cell = f"{self.job.place}, cell {answer}", time.monotonic()
            return None
        if not (stays and kind == DONE):
            self.fork.leave()
        if kind == DONE:
            return Outcome(self.job, answer)
        return Outcome(self.job, error=answer if kind == REFUSED else _defect(self.place, answer))

    def _stopped(self, *, timed_out: bool) -> Outcome:
        took, status = time.monotonic() - self.since, self.fork.end()
        if timed_out:
            limit = self.limits.job if took >= self.limits.job else self.limits.cell
            why = f"stopped after {limit:g} s, the most that it may take"
        elif os.WIFSIGNALED(status):
            name = signal.Signals(os.WTERMSIG(status)).name
            why = f"its process was killed ({name}), by the system for want of memory or by someone"
        else:
            why = f"its process ended by itself (exit code {os.waitstatus_to_exitcode(status)})"
        return Outcome(self.job, error=StoppedError(f"{self.place}: {why}"))


def _defect(where: str, traceback: str) -> RuntimeError:
    """Return the error of a fork that broke: its place and its last line, which says why, then the whole."""
    return RuntimeError(f"{where}: {traceback.rstrip().splitlines()[-1]}\n{traceback}")


class _Run:
    """The jobs of one call of `run`: by territory, those waiting, those at work."""

    def __init__(self, warm: WarmProcess, jobs, workers: int, prepare: Callable, limits: Limits):
        self.warm, self.workers, self.prepare, self.limits = warm, workers, prepare, limits
        self.waiting: dict[str, deque[Job]] = {}
        for job in jobs:
            self.waiting.setdefault(job.epci, deque()).append(job)
        self.homes: dict[str, Fork] = {}
        self.running: dict[Connection, _Running] = {}
        self.lost: deque[Outcome] = deque()

    def outcomes(self) -> Iterator[Outcome]:
        try:
            while self.waiting or self.running:
                while len(self.running) < self.workers and self._start():
                    pass
                while self.lost:
                    yield self.lost.popleft()
                if not self.running:
                    continue
                listened = list(self.running)
                wait(listened, min(running.patience() for running in self.running.values()))
                for connection in listened:
                    yield from self._listen(self.running[connection])
        finally:
            for fork in [*(running.fork for running in self.running.values()), *self.homes.values()]:
                fork.leave()

    def _start(self) -> bool:
        """Start what comes next: a job whose territory is prepared, else the preparation of a territory."""
        for epci, jobs in self.waiting.items():
            if jobs and epci in self.homes:
                try:
                    self._ask(CALL, Parent(self.homes[epci].connection), jobs[0])
                except EndedError:
                    self._lose(epci)
                else:
                    jobs.popleft()
                return True
        preparing = {running.job.epci for running in self.running.values()}
        for epci in self.waiting:
            if epci not in self.homes and epci not in preparing:
                self._ask(SERVE, self.warm, Job(epci, self.prepare, (epci,), epci))
                return True
            if len(self.homes) + len(preparing) >= self.workers:
                break
        return False

    def _lose(self, epci: str) -> None:
        """Give up what is left of a territory whose process was killed."""
        self.homes.pop(epci).leave()
        why = "the process of its territory was killed, by the system for want of memory or by someone"
        self.lost += [Outcome(job, error=StoppedError(f"{job.place}: {why}")) for job in self.waiting.pop(epci)]

    def _ask(self, kind: str, parent: Parent | WarmProcess, job: Job) -> None:
        fork = parent.fork(self.limits.memory)
        fork.ask(kind, job.function, *job.arguments)
        self.running[fork.connection] = _Running(fork, self.limits, job)

    def _listen(self, running: _Running) -> Iterator[Outcome]:
        prepares = running.job.function is self.prepare
        outcome = running.heard(stays=prepares)
        if outcome is None:
            return
        del self.running[running.fork.connection]
        epci = running.job.epci
        if not prepares:
            yield outcome
        elif outcome.error is None:
            self.homes[epci] = running.fork
        else:
            for job in self.waiting.pop(epci):
                yield Outcome(job, error=outcome.error)
        if not self.waiting.get(epci) and not any(other.job.epci == epci for other in self.running.values()):
            self.waiting.pop(epci, None)
            if epci in self.homes:
                self.homes.pop(epci).leave()

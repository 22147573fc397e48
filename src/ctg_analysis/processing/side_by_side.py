"""Works done side by side in processes, and what is wrong with what they read."""

import gc
import os
import signal
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from multiprocessing import active_children

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.processes import end_with_parent, give_memory_back

Task = partial  # of a function, on a works.Work


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def processes() -> Iterator[Executor | None]:
    """Give processes to work in, one for each core that this one may use; None where it has one core alone."""
    if cores() == 1:
        yield None
        return
    with ProcessPoolExecutor(cores(), initializer=_begin) as pool:
        try:
            yield pool
        except KeyboardInterrupt:
            for process in active_children():  # whose works nobody waits for any more
                process.kill()
            raise


def _begin() -> None:
    """Make a process ready to work: what it has from its parent is not looked through for what may be forgotten.

    Ctrl-C, which a terminal sends to it too, ends it without a word: the parent says what stands.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()
    gc.freeze()


def findings_of(chains: Sequence[Iterable[list[Task]]], pool: Executor | None) -> Iterator[tuple[Task, list[Finding]]]:
    """Do the works of some chains, and yield each as it ends, with what is wrong with what it has read.

    A chain gives its works stage by stage, and is asked for those of the next one when all that it gave are done. No
    chain waits for another; the works of the first ones are begun before those of the others. Two that are `large` are
    not done at once, lest their memories be added.
    """
    if pool is None:
        yield from ((task, _tried(task)) for chain in chains for tasks in chain for task in tasks)
        return
    stages = [filter(None, chain) for chain in chains]
    left: list[list[Task]] = [[] for _ in chains]
    at_work: dict[Future, tuple[int, Task]] = {}
    while True:
        busy = {rank for rank, _ in at_work.values()}
        for rank, tasks in enumerate(left):
            if not tasks and rank not in busy:
                tasks += next(stages[rank], [])
            while len(at_work) < cores() and (task := _first(tasks, [task for _, task in at_work.values()])):
                tasks.remove(task)
                at_work[pool.submit(_tried, task)] = rank, task
        if not at_work:
            return
        for future in wait(at_work, return_when=FIRST_COMPLETED).done:
            _, task = at_work.pop(future)
            yield task, future.result()


def _first(tasks: list[Task], at_work: list[Task]) -> Task | None:
    """Return the first work that may begin beside others."""
    alone = any(task.args[0].large for task in at_work)
    return next((task for task in tasks if not (alone and task.args[0].large)), None)


def _tried(task: Task) -> list[Finding]:
    """Do a work; return the findings, which an exception does not carry from one process to another."""
    try:
        task()
    except InputError as error:
        return error.findings
    finally:
        give_memory_back()
    return []

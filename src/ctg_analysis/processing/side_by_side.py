"""Works done side by side in processes, and what is wrong with what they read."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.processes import end_with_parent

Task = Callable[[], object]


@contextmanager
def processes() -> Iterator[Executor | None]:
    """Give processes to work in, one for each core that this one may use; None where it has one core alone."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores == 1:
        yield None
        return
    with ProcessPoolExecutor(cores, initializer=end_with_parent) as pool:
        yield pool


def findings_of(tasks: list[Task], pool: Executor | None) -> Iterator[tuple[Task, list[Finding]]]:
    """Do some works, and yield each as it ends, with what is wrong with what it has read."""
    if pool is None:
        yield from ((task, _tried(task)) for task in tasks)
        return
    waiting = {pool.submit(_tried, task): task for task in tasks}
    for future in as_completed(waiting):
        yield waiting[future], future.result()


def _tried(task: Task) -> list[Finding]:
    """Do a work; return the findings, which an exception does not carry from one process to another."""
    try:
        task()
    except InputError as error:
        return error.findings
    return []

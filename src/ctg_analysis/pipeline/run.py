"""Raw files to OBSERVATIONS: the stage `ctg data`, its works side by side in processes."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, ProcessPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import active_children
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from ctg_analysis.model.errors import Finding, InputError, room_in
from ctg_analysis.model.processes import collect_seldom, end_with_parent, give_memory_back
from ctg_analysis.model.scratch import put_in_place, scratch, sweep
from ctg_analysis.model.settings import MATERIAL, DataRoot, project_path
from ctg_analysis.pipeline.freshness import (
    are_observations_stale,
    damaged_tables,
    forget,
    inputs,
    is_stale,
    material_inputs,
)
from ctg_analysis.raw.folders import known_sums

if TYPE_CHECKING:
    from ctg_analysis.pipeline.derivation import Derivation

_held: set[DataRoot] = set()
PROCESSED = "processed"  # the name of the lock of data/processed, see `scratch.alone`
LONG = 20  # works of a stage, from which a command says that it takes time
HOW_LONG = "une minute, quatre avec tous les fichiers complets, davantage sur une machine partagée"
Progress = Callable[[str, int, int, str], None]  # a stage, its works that are done, all of them, the last one done


def ensure(root: DataRoot) -> None:
    """Bring data/processed up to date when the raw data, the field material or the library has changed, or a table has.

    One process does, others wait.
    """
    if root in _held:
        return
    sweep(root.path)
    if not is_stale(root):
        return
    with _writing(root):
        if are_observations_stale(root):
            process(root, progress=announcement(root))
        elif is_stale(root):
            process_material(root)


def announcement(root: DataRoot) -> Progress:
    """Return what says once, in one line, that a long work comes first."""
    said: list[str] = []

    def announce(stage: str, done: int, works: int, name: str) -> None:
        if works >= LONG and not said:
            said.append(f"{project_path(root.processed)} : fait d'abord à partir des fichiers, {HOW_LONG}")
            print(said[0], file=sys.stderr, flush=True)

    return announce


def tell_damage(folder: Path) -> None:
    """Say in one line which tables are damaged: they are made again."""
    if damaged := damaged_tables(folder):
        some = ", ".join(damaged[:3]) + ", …" * (len(damaged) > 3)
        what = "abîmé ou absent, refait" if len(damaged) == 1 else f"{len(damaged)} abîmés ou absents, refaits"
        print(f"{project_path(folder)} : {some} : {what}", file=sys.stderr, flush=True)


def _writing(root: DataRoot) -> FileLock:
    """Return the lock of data/processed, which this process may take again while it holds it."""
    return FileLock(root.path / f".{PROCESSED}.lock", is_singleton=True)


def hold(root: DataRoot) -> None:
    """Take data/processed for up to date, as it was found to be, from now on in this process."""
    _held.add(root)


def process(*roots: DataRoot, progress: Progress = lambda *_: None) -> list[int]:
    """Read, check and clean every source that has changed, and write each data/processed that would not be the same,
    whole, or leave them all as they were.

    What is made is kept as it comes (see `freshness.keeping`): a command that was killed has not worked for nothing.
    progress: see `Progress`. Returns the number of observations of each root.

    Raises:
        InputError: files that all share and that cannot be trusted; every finding of every stage and root at once. What
        is wrong with the files of one EPCI stops nothing and is not among them: see `faults`.
    """
    from ctg_analysis.indicators.observations import count  # all heavy
    from ctg_analysis.pipeline.derivation import Derivation

    with ExitStack() as held:
        derivations = []
        for root in roots:
            held.enter_context(room_in(root.processed))
            held.enter_context(_writing(root))
            aside = held.enter_context(scratch(root.path, PROCESSED))
            tell_damage(root.processed)
            derivations.append(Derivation(root, inputs(root), material_inputs(root), aside))
        with processes() as pool:
            for stages in Derivation.STAGES:
                _do(stages, [one for one in derivations if not one.findings], pool, progress)
        if findings := {finding for one in derivations for finding in one.findings}:
            raise InputError(findings.union(*(_of_all(one.root) for one in derivations if one.findings)))
        for one in derivations:
            one.take_place()
            forget(one.root, one.used)
            known_sums(one.root.path).save()
        return [count(root.processed) for root in roots]


def _of_all(root: DataRoot) -> list[Finding]:
    """Return what is wrong with the files that all EPCIs share."""
    from ctg_analysis.pipeline.check_raw import check_root  # heavy

    return [one for one in check_root(root) if not one.path.startswith(f"{project_path(root.private)}/")]


def _do(stages: Sequence[str], derivations: "list[Derivation]", pool: Executor | None, progress: Progress) -> None:
    """Do the works of some stages of all derivations, with what is wrong with what they have read."""
    owners = {task: (one, stage) for one in derivations for stage in stages for task in one.left(stage)}
    works, done = Counter(stage for _, stage in owners.values()), Counter()
    for stage in stages:
        progress(stage, 0, works[stage], "")
    for task, findings in findings_of(owners, pool):
        one, stage = owners[task]
        one.findings += findings
        done[stage] += 1
        progress(stage, done[stage], works[stage], task.args[0].name)


def process_material(root: DataRoot) -> None:
    """Read, check and work out the field material alone, and write data/processed/demarche whole, or leave it."""
    import pandas as pd

    from ctg_analysis.pipeline.works import write_material

    made_from = material_inputs(root)
    places = pd.read_parquet(root.processed / "territories.parquet")
    with room_in(root.processed), _writing(root), scratch(root.path, PROCESSED) as aside:
        tell_damage(root.processed / MATERIAL)
        write_material(aside / MATERIAL, root, places, made_from)
        put_in_place(aside / MATERIAL, root.processed / MATERIAL)


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
    """Make a process ready to work.

    Ctrl-C, which a terminal sends to it too, ends it without a word: the parent says what stands.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()
    collect_seldom()


def findings_of(tasks: Iterable[Task], pool: Executor | None) -> Iterator[tuple[Task, list[Finding]]]:
    """Do some works, and yield each as it ends, with what is wrong with what it has read.

    Two that are `large` are not done at once, lest their memories be added.
    """
    if pool is None:
        yield from ((task, _tried(task)) for task in tasks)
        return
    left, at_work = [*tasks], {}
    while left or at_work:
        while len(at_work) < cores() and (task := _first(left, at_work.values())):
            left.remove(task)
            at_work[pool.submit(_tried, task)] = task
        for future in wait(at_work, return_when=FIRST_COMPLETED).done:
            yield at_work.pop(future), future.result()


def _first(tasks: list[Task], at_work: Iterable[Task]) -> Task | None:
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

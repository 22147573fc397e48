"""Raw files to OBSERVATIONS: the stage `ctg data`."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock

from ctg_analysis.core.errors import InputError, room_in
from ctg_analysis.core.scratch import put_in_place, scratch, sweep
from ctg_analysis.core.settings import MATERIAL, DataRoot
from ctg_analysis.processing.freshness import (
    NOTES,
    are_observations_stale,
    inputs,
    is_stale,
    material_inputs,
)
from ctg_analysis.sources.known_sums import CACHE, known_sums

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from ctg_analysis.processing.derivation import Derivation

_held: set[DataRoot] = set()
PROCESSED = "processed"  # the name of the lock of data/processed, see `locks.alone`
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
            process(root)
        elif is_stale(root):
            process_material(root)


def _writing(root: DataRoot) -> FileLock:
    """Return the lock of data/processed, which this process may take again while it holds it."""
    return FileLock(root.path / f".{PROCESSED}.lock", is_singleton=True)


def hold(root: DataRoot) -> None:
    """Take data/processed for up to date, as it was found to be, from now on in this process."""
    _held.add(root)


def process(*roots: DataRoot, progress: Progress = lambda *_: None) -> list[int]:
    """Read, check and clean every source that has changed, and write each data/processed that would not be the same,
    whole, or leave them all as they were.

    What is made is kept as it comes (see `kept`): a command that was killed has not worked for nothing. progress: see
    `Progress`. Returns the number of observations of each root.

    Raises:
        InputError: files that all share and that cannot be trusted; every finding of every stage and root at once, as
        `ctg check` says it. What is wrong with the files of one EPCI is left out: see `faults`.
    """
    from ctg_analysis.indicators.observation_files import count  # heavy, and seldom needed
    from ctg_analysis.processing.kept import forget

    with _derived(roots, progress) as derivations:
        for one in derivations:
            one.take_place()
            forget(one.root, one.used)
            known_sums(one.root.path).save()
        return [count(root.processed) for root in roots]


def forget_all(root: DataRoot) -> int:
    """Remove all that is kept of the work of `ctg data`: the next one does all of it. Return the bytes that it held."""
    home = root.path / CACHE
    with _writing(root):
        files = [path.stat() for path in home.rglob("*") if path.is_file()]
        shutil.rmtree(home, ignore_errors=True)
    return sum(state.st_size for state in files)


@contextmanager
def _derived(roots: Sequence[DataRoot], progress: Progress) -> "Iterator[list[Derivation]]":
    """Give the derivations of some data roots, all their tables written beside data/processed, which is held."""
    from ctg_analysis.processing.check_raw import check_root  # all heavy
    from ctg_analysis.processing.derivation import Derivation
    from ctg_analysis.processing.side_by_side import processes

    with ExitStack() as held:
        derivations = []
        for root in roots:
            held.enter_context(room_in(root.processed))
            held.enter_context(_writing(root))
            aside = held.enter_context(scratch(root.path, PROCESSED))
            derivations.append(Derivation(root, inputs(root), material_inputs(root), aside))
        with processes() as pool:
            _do(derivations, pool, progress)
        if findings := {finding for one in derivations for finding in one.findings}:
            raise InputError(findings.union(*(check_root(one.root) for one in derivations if one.findings)))
        yield derivations


def _do(derivations: "list[Derivation]", pool: "Executor | None", progress: Progress) -> None:
    """Do all the stages of each root, up to that where something is found to be wrong."""
    from ctg_analysis.processing.side_by_side import Task, findings_of

    owners: dict[Task, tuple[Derivation, str]] = {}
    done, works = Counter(), Counter()

    def stages(one: "Derivation") -> Iterator[list[Task]]:
        for together in one.STAGES:
            if one.findings:
                return
            left = {task: (one, stage) for stage in together for task in one.left(stage)}
            owners.update(left)
            works.update(stage for _, stage in left.values())
            for stage in together:
                progress(stage, done[stage], works[stage], "")
            yield [*left]

    small_first = [*map(stages, reversed(derivations))]  # the works of the large one fill the time of its last ones
    for task, findings in findings_of(small_first, pool):
        one, stage = owners[task]
        one.findings += findings
        done[stage] += 1
        progress(stage, done[stage], works[stage], task.args[0].name)


def read_notes(root: DataRoot) -> list[str]:
    """Return what the derivation of data/processed has to say: how the Caf rounds."""
    return json.loads((root.processed / NOTES).read_text(encoding="utf-8"))


def process_material(root: DataRoot) -> None:
    """Read, check and work out the field material alone, and write data/processed/demarche whole, or leave it."""
    import pandas as pd

    from ctg_analysis.processing.material import write_material

    made_from = material_inputs(root)
    places = pd.read_parquet(root.processed / "territories.parquet")
    with room_in(root.processed), _writing(root), scratch(root.path, PROCESSED) as aside:
        write_material(aside / MATERIAL, root, places, made_from)
        put_in_place(aside / MATERIAL, root.processed / MATERIAL)

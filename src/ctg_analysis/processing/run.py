"""Raw files to OBSERVATIONS: the stage `ctg data`."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from ctg_analysis.core.errors import Finding, InputError, room_in
from ctg_analysis.core.scratch import put_in_place, scratch, sweep
from ctg_analysis.core.settings import MATERIAL, DataRoot
from ctg_analysis.processing.freshness import (
    NOTES,
    RECORDED,
    are_observations_stale,
    demarches,
    inputs,
    is_stale,
    material_inputs,
    recorded,
    tables_made_from,
    write_manifest,
)
from ctg_analysis.secrecy.adoption import adopt_reports
from ctg_analysis.secrecy.earlier_editions import Entry, remember

if TYPE_CHECKING:
    import pandas as pd

    Tables = dict[str, pd.DataFrame]
    Derived = tuple[Tables, dict[str, Tables], list[Finding]]

_held: set[DataRoot] = set()
PROCESSED = "processed"  # the name of the lock of data/processed, see `locks.alone`
ROWS_TOGETHER = 8192  # sorted by territory, so that the rows of one are read without those of all
CONTOURS_TOGETHER = 256  # neighbours together, so that a part of the country is read without the rest


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
    """Take data/processed for up to date, as it was found to be, from now on in this process and its forks."""
    _held.add(root)


def record_published(root: DataRoot, epci: str, entry: Entry | None, date: str, made_from: list) -> None:
    """Put in the record what is about to be published of an EPCI (see `earlier_editions.remember`).

    made_from: what `freshness.tables_made_from` said of the tables that it tells. As long as they are there, the entry
    is nothing new to the gate (`secrecy.withhold_beside`), and they are up to date.
    """
    name = remember(root, epci, entry, date)
    if name is None:
        return
    with _writing(root):
        if tables_made_from(root) == made_from and name not in recorded(root):
            fresh = root.processed / f".{RECORDED}"
            fresh.write_text(json.dumps([*recorded(root), name]), encoding="utf-8")
            fresh.replace(root.processed / RECORDED)


def process(*roots: DataRoot) -> list[int]:
    """Read, check and clean every source, and write each data/processed whole, or leave them all as they were.

    Reports of before there was a record of what is published are taken into it first. Returns the number of
    observations of each root.

    Raises:
        InputError: files that cannot be trusted; every finding of every stage and root at once, as `ctg check` says it;
        before, what is missing of what has been published.
    """
    for root in roots:
        adopt_reports(root)
    made_from = [(inputs(root), material_inputs(root)) for root in roots]
    derived = _side_by_side(roots)
    if findings := {finding for _, _, wrong in derived for finding in wrong}:
        raise InputError(findings)
    for root, (tables, material, _), (digests, of_material) in zip(roots, derived, made_from, strict=True):
        with _replacing(root, root.processed) as fresh:
            _write(fresh, tables, digests)
            _write_material(fresh / MATERIAL, material, of_material)
    return [len(tables["observations"]) for tables, _, _ in derived]


def _side_by_side(roots: Sequence[DataRoot]) -> "list[Derived]":
    """Return what each root comes to: the first in this process, the others in one beside it on two cores or more."""
    if len(roots) < 2 or os.cpu_count() == 1:
        return [_derived(root) for root in roots]
    from concurrent.futures import ProcessPoolExecutor  # neither is needed by a build with nothing to do

    from ctg_analysis.core.processes import end_with_parent

    with ProcessPoolExecutor(1, initializer=end_with_parent) as beside:
        others = beside.map(_derived, roots[1:])
        return [_derived(roots[0]), *others]


def _derived(root: DataRoot) -> "Derived":
    """Return the tables of a root, those of its démarches, and all that is wrong with its files: then no table."""
    from ctg_analysis.cleaning.raw_data import read_root
    from ctg_analysis.processing.check_raw import check_root, strays  # all heavy, and seldom needed
    from ctg_analysis.processing.derivation import derive

    reading = read_root(root)
    try:
        if astray := strays(root.raw):
            raise InputError(astray)
        tables = derive(root, reading)
        return tables, derive_material(root, tables["territories"]), []
    except InputError as error:  # it stops at the first stage that finds something
        return {}, {}, [*error.findings, *check_root(root, reading)]


def read_notes(root: DataRoot) -> list[str]:
    """Return what the derivation of data/processed has to say: how the Caf rounds, what was given away before."""
    return [note["note"] for note in _notes(root)]


def exposure(root: DataRoot, epci: str) -> str:
    """Return in one line that earlier editions gave away some of what is withheld of an EPCI; nothing otherwise."""
    count = sum(epci in note["exposes"].split("|") for note in _notes(root))
    if not count:
        return ""
    some = f"{count} group{'s' if count > 1 else ''} of persons withheld now"
    return f"{epci}: earlier editions give away {some}: withdraw these editions, `ctg data` says which groups"


def _notes(root: DataRoot) -> list[dict[str, str]]:
    return json.loads((root.processed / NOTES).read_text(encoding="utf-8"))


def process_material(root: DataRoot) -> None:
    """Read, check and work out the field material alone, and write data/processed/demarche whole, or leave it.

    Raises:
        InputError: with the findings of all the démarches.
    """
    import pandas as pd

    made_from = material_inputs(root)
    material = derive_material(root, pd.read_parquet(root.processed / "territories.parquet"))
    with _replacing(root, root.processed / MATERIAL) as fresh:
        _write_material(fresh, material, made_from)


def derive_material(root: DataRoot, places: "pd.DataFrame") -> "dict[str, Tables]":
    """Return the tables that chapters may read of each démarche, see `demarche.tables.outputs`.

    Raises:
        InputError: with the findings of all of them.
    """
    from ctg_analysis.demarche.files.material_files import open_material
    from ctg_analysis.demarche.files.restricted_files import open_restricted
    from ctg_analysis.demarche.results.results import results
    from ctg_analysis.secrecy.earlier_editions import published_before
    from ctg_analysis.sources import SURVEY

    findings: list[Finding] = []
    derived = {}
    for epci in demarches(root):
        try:
            before = published_before(root, {SURVEY}, epci)
            gathered = open_material(root, epci, places)
            derived[epci] = results(gathered, open_restricted(root, gathered), places, before)
        except InputError as error:
            findings += error.findings
    if findings:
        raise InputError(findings)
    return derived


@contextmanager
def _replacing(root: DataRoot, folder: Path) -> Iterator[Path]:
    """Give an empty folder, which takes the place of another one when all is written in it."""
    with room_in(folder), _writing(root), scratch(root.path, PROCESSED) as aside:
        fresh = aside / "fresh"
        fresh.mkdir()
        yield fresh
        put_in_place(fresh, folder)


def _write(folder: Path, tables: "Tables", made_from: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    notes = json.dumps(tables["notes"].to_dict("records"), ensure_ascii=False, indent=1)
    (folder / NOTES).write_text(f"{notes}\n", encoding="utf-8")
    for name in tables.keys() - {"notes"}:
        together = CONTOURS_TOGETHER if name == "contours" else ROWS_TOGETHER
        path = folder / f"{name}.parquet"
        tables[name].to_parquet(path, index=False, compression="zstd", row_group_size=together)
    write_manifest(folder, made_from)


def _write_material(folder: Path, derived: "dict[str, Tables]", made_from: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for epci, tables in derived.items():
        (folder / epci).mkdir()
        for name, table in tables.items():
            table.to_parquet(folder / epci / f"{name}.parquet", index=False)
    write_manifest(folder, made_from)

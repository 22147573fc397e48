"""Raw files to OBSERVATIONS: the stage `ctg data`."""

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from ctg_analysis.errors import Finding, InputError
from ctg_analysis.settings import DataRoot
from ctg_analysis.staleness import MANIFEST, inputs, is_stale

if TYPE_CHECKING:
    import pandas as pd

_held: set[DataRoot] = set()
ROWS_TOGETHER = 8192  # sorted by territory, so that the rows of one are read without those of all


def ensure(root: DataRoot) -> None:
    """Bring data/processed up to date when the raw data or the library has changed; one process does, others wait."""
    if root in _held or not is_stale(root):
        return
    with _writing(root):
        if is_stale(root):
            process(root)


def _writing(root: DataRoot) -> FileLock:
    """Return the lock of data/processed, which this process may take again while it holds it."""
    return FileLock(root.path / ".processed.lock", is_singleton=True)


def hold(root: DataRoot) -> None:
    """Bring data/processed up to date, and take it for up to date from now on in this process and its forks."""
    ensure(root)
    _held.add(root)


def process(*roots: DataRoot) -> list[int]:
    """Read, check and clean every source, and write each data/processed whole, or leave them all as they were.

    Returns the number of observations of each root.

    Raises:
        InputError: files that cannot be trusted; every finding of every stage and root at once, as `ctg check` says it.
    """
    from ctg_analysis.checking import check_root  # both heavy, and seldom needed
    from ctg_analysis.derivation import derive

    made_from = [inputs(root) for root in roots]
    findings: set[Finding] = set()
    derived = []
    for root in roots:
        try:
            derived.append(derive(root))
        except InputError as error:  # it stops at the first stage that finds something
            findings |= {*error.findings, *check_root(root)}
    if findings:
        raise InputError(findings)
    for root, tables, digests in zip(roots, derived, made_from, strict=True):
        with _writing(root):
            _write(root, tables, digests)
    return [len(tables["observations"]) for tables in derived]


def _write(root: DataRoot, tables: "dict[str, pd.DataFrame]", made_from: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory(prefix=".processed-", dir=root.path) as scratch:
        fresh = Path(scratch) / "fresh"
        fresh.mkdir()
        for name, table in tables.items():
            table.to_parquet(fresh / f"{name}.parquet", index=False, compression="zstd", row_group_size=ROWS_TOGETHER)
        (fresh / MANIFEST).write_text(json.dumps(made_from, indent=1) + "\n", encoding="utf-8")
        if root.processed.exists():
            root.processed.rename(Path(scratch) / "former")
        fresh.rename(root.processed)

"""Raw files to OBSERVATIONS: the stage `ctg data`."""

import json
import tempfile
from hashlib import sha256 as hash_
from pathlib import Path

import pandas as pd

from ctg_analysis.checking import check_root
from ctg_analysis.derivation import derive
from ctg_analysis.errors import Finding, InputError
from ctg_analysis.settings import DataRoot, settings
from ctg_analysis.sources.certificates import sha256, source_folders

MANIFEST = "manifest.json"


def ensure(root: DataRoot) -> None:
    """Bring data/processed up to date when the raw data or the library has changed."""
    if is_stale(root):
        process(root)


def is_stale(root: DataRoot) -> bool:
    """Tell whether data/processed was made from other inputs or by another library."""
    manifest = root.processed / MANIFEST
    if not manifest.is_file():
        return True
    return json.loads(manifest.read_text(encoding="utf-8")) != inputs(root)


def inputs(root: DataRoot) -> dict[str, str]:
    """Return the SHA-256 of all that the observations depend on: raw and reference files, library, lock."""
    project = settings().root
    files = [
        path
        for folders in source_folders(root.raw).values()
        for folder in folders
        for path in sorted(folder.iterdir())
        if path.is_file()
    ]
    files += sorted(path for path in root.reference.rglob("*") if path.is_file())
    files += sorted(path for path in root.private.rglob("*") if path.is_file())
    digests = {str(path.relative_to(root.path)): sha256(path) for path in files}
    library = hash_()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        library.update(path.read_bytes())
    lock = project / "requirements.lock"
    return digests | {"library": library.hexdigest(), "lock": sha256(lock) if lock.is_file() else ""}


def process(*roots: DataRoot) -> list[int]:
    """Read, check and clean every source, and write each data/processed whole, or leave them all as they were.

    Returns the number of observations of each root.

    Raises:
        InputError: files that cannot be trusted; every finding of every stage and root at once, as `ctg check` says it.
    """
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
        _write(root, tables, digests)
    return [len(tables["observations"]) for tables in derived]


def _write(root: DataRoot, tables: dict[str, pd.DataFrame], made_from: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory(prefix=".processed-", dir=root.path) as scratch:
        fresh = Path(scratch) / "fresh"
        fresh.mkdir()
        for name, table in tables.items():
            table.to_parquet(fresh / f"{name}.parquet", index=False, compression="zstd")
        (fresh / MANIFEST).write_text(json.dumps(made_from, indent=1) + "\n", encoding="utf-8")
        if root.processed.exists():
            root.processed.rename(Path(scratch) / "former")
        fresh.rename(root.processed)

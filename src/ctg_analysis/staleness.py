"""What data/processed was made from, and whether it still is what it would be made from: no table is opened here."""

import json
from hashlib import sha256 as hash_
from pathlib import Path

from ctg_analysis.published import editions_with_restricted, reports
from ctg_analysis.settings import MATERIAL, MODELS, DataRoot, settings
from ctg_analysis.sources.certificates import sha256, source_folders

MANIFEST = "manifest.json"
PAGES = {"__main__", "assumptions", "build", "chapter", "childcare_authority", "cli", "comparisons", "display"}
PAGES |= {"distributed", "listing", "observed", "peer_values", "publishing", "significance", "simulation", "templates"}
PAGES |= {"chapters", "documents", "field", "figures", "summaries", "synthesis", "verification"}


def is_stale(root: DataRoot) -> bool:
    """Tell whether data/processed was made from other inputs or by another library."""
    manifest = root.processed / MANIFEST
    if not manifest.is_file():
        return True
    return json.loads(manifest.read_text(encoding="utf-8")) != inputs(root)


def inputs(root: DataRoot) -> dict[str, str]:
    """Return the SHA-256 of all that the observations depend on: raw and reference files, library, lock,
    and the restricted figures that earlier editions have published.

    Of the library, the modules that make them: not those of PAGES, which only read them.
    """
    files = [
        path
        for folders in source_folders(root.raw).values()
        for folder in folders
        for path in sorted(folder.iterdir())
        if path.is_file()
    ]
    files += sorted(path for path in root.reference.rglob("*") if path.is_file() and MODELS not in path.parts)
    files += sorted(path for path in root.private.rglob("*") if path.is_file() and MATERIAL not in path.parts)
    digests = {str(path.relative_to(root.path)): sha256(path) for path in files}
    digests |= {f"published/{digest}": digest for digest in editions_with_restricted(root, reports())}
    return digests | {"library": library(without=PAGES), "lock": locked()}


def library(without: frozenset[str] | set[str] = frozenset()) -> str:
    """Return the SHA-256 of the library: modules and templates, but for some of its modules or packages."""
    package, digest = Path(__file__).parent, hash_()
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package)
        if path.is_file() and path.suffix != ".pyc" and inside.parts[0].removesuffix(".py") not in without:
            digest.update(f"{inside}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def locked() -> str:
    """Return the SHA-256 of requirements.lock, the environment that the project runs in; empty without it."""
    lock = settings().root / "requirements.lock"
    return sha256(lock) if lock.is_file() else ""

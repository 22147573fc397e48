"""Editions: a published report is a folder that never changes any more; a link leads to the latest one.

    reports/200067171 → .editions/200067171/2026-11-24-1a2b3c4d5e6f/
                                                        index.html, NN_chapter.html, donnees/,
                                                        observations.parquet, provenance.json

A link is replaced in one operation of the system: whoever reads finds the former edition or the new one, whole.
"""

import json
import os
import shutil
from hashlib import sha256
from pathlib import Path

from ctg_analysis.published import EDITIONS

HOME, SCRATCH, JOURNAL = EDITIONS, ".scratch", ".journal"
RECORD = "provenance.json"


def latest(out: Path, epci: str) -> Path | None:
    """Return the folder of the latest edition of a report; None when there is none."""
    link = out / epci
    return link.resolve() if link.is_symlink() and (link / RECORD).is_file() else None


def reports(out: Path) -> list[str]:
    """Return the SIREN of every report of a folder."""
    return sorted(path.name for path in out.iterdir() if latest(out, path.name)) if out.is_dir() else []


def record(edition: Path | None) -> dict:
    """Return what an edition was made from; an empty one for no edition."""
    if edition is None:
        return {}
    return json.loads((edition / RECORD).read_text(encoding="utf-8"))


def write_record(folder: Path, told: dict) -> None:
    """Write what an edition is made from; no clock in it."""
    text = json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True)
    (folder / RECORD).write_text(text + "\n", encoding="utf-8")


def name_of(folder: Path) -> str:
    """Return the name of an edition: the date of its newest data, then the sum of all its files."""
    digest = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return f"{record(folder)['date']}-{digest.hexdigest()[:12]}"


def publish(fresh: Path, out: Path, epci: str) -> Path:
    """Make a complete folder the latest edition of a report; return its place."""
    home = out / HOME / epci
    home.mkdir(parents=True, exist_ok=True)
    edition, link = home / name_of(fresh), out / epci
    if edition.exists():
        shutil.rmtree(fresh)
    else:
        fresh.rename(edition)
    if link.exists() and not link.is_symlink():
        link.rename(home / "before-editions")
    pending = home / ".link"
    pending.unlink(missing_ok=True)
    pending.symlink_to(os.path.relpath(edition, out), target_is_directory=True)
    pending.replace(link)
    return link


def earlier(out: Path, epci: str) -> list[Path]:
    """Return the editions of a report, the latest first, each followed by the one that it came after."""
    found, edition = [], latest(out, epci)
    while edition is not None and edition.is_dir() and edition not in found:
        found.append(edition)
        after = record(edition).get("after")
        edition = edition.with_name(after) if after else None
    return found


def collect(out: Path, epci: str, keep: int) -> list[Path]:
    """Remove all editions of a report but the latest ones, so many; return those removed."""
    kept = earlier(out, epci)[:keep]
    home = out / HOME / epci
    old = [path for path in sorted(home.iterdir()) if path.is_dir() and path not in kept] if kept else []
    for path in old:
        shutil.rmtree(path)
    return old

"""Editions: a published report is a folder that never changes any more; a link leads to the latest one.

    reports/200067171 → .editions/200067171/2026-11-24-1a2b3c4d5e6f/
                                                        index.html, NN_chapter.html, donnees/,
                                                        observations.parquet, provenance.json

A link is replaced in one operation of the system: whoever reads finds the former edition or the new one, whole. The
time of the folder of an edition is that of its publication.
"""

import json
import os
import shutil
from hashlib import sha256
from pathlib import Path

from ctg_analysis.published import EDITIONS, PROVENANCE, REMOVED, adopt
from ctg_analysis.settings import data_root

HOME, SCRATCH, JOURNAL, RECORD = EDITIONS, ".scratch", ".journal", PROVENANCE


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
    os.utime(edition)
    if link.exists() and not link.is_symlink():
        link.rename(home / "before-editions")
    pending = home / ".link"
    pending.unlink(missing_ok=True)
    pending.symlink_to(os.path.relpath(edition, out), target_is_directory=True)
    pending.replace(link)
    return link


def compared_with(edition: Path) -> Path | None:
    """Return the edition that an edition tells the changes since; None for the first, or when it is there no more."""
    after = record(edition)["after"]
    before = edition.with_name(after) if after else None
    return before if before and (before / RECORD).is_file() else None


def editions(out: Path, epci: str) -> list[Path]:
    """Return the editions of a report, the latest first, the others by their publication."""
    now, home = latest(out, epci), out / HOME / epci
    found = [path.parent for path in home.glob(f"*/{RECORD}") if not path.parent.name.startswith(REMOVED)]
    return sorted(found, key=lambda one: (one == now, one.stat().st_mtime_ns, one.name), reverse=True)


def collect(out: Path, epci: str, keep: int) -> list[Path]:
    """Remove all editions of a report but the latest ones, so many, and the one that the latest is compared with.

    What they have published of restricted sources is in the record. Return those removed; what a removal that was
    stopped left behind goes too.

    Raises:
        InputError: an edition that the record cannot take in, see `published.adopt`.
    """
    adopt(data_root(epci), out, epci)
    found, home = editions(out, epci), out / HOME / epci
    stay = {*found[:keep], compared_with(found[0])}
    folders = sorted(path for path in home.iterdir() if path.is_dir() and not path.name.startswith(REMOVED))
    old = [folder for folder in folders if folder not in stay]
    for edition in old:
        gone = edition.with_name(REMOVED + edition.name)
        shutil.rmtree(gone, ignore_errors=True)  # a removal that was stopped
        edition.rename(gone)
    for gone in home.glob(f"{REMOVED}*"):
        shutil.rmtree(gone)
    return old

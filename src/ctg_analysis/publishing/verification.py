"""`ctg verify` and `ctg changes`: the latest edition of a report held against itself, and against the one before."""

import filecmp
import shutil
from pathlib import Path

import pandas as pd

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.locks import alone
from ctg_analysis.core.notebooks import all_chapters
from ctg_analysis.core.scratch import scratch
from ctg_analysis.publishing.build import build
from ctg_analysis.publishing.document_links import write_links
from ctg_analysis.publishing.editions import (
    HOME,
    OBSERVATIONS,
    compared_with,
    damaged,
    is_whole,
    latest,
    publish,
    record,
    write_record,
)
from ctg_analysis.publishing.pages.changes import changes
from ctg_analysis.publishing.pages.changes import compared as compared_rows


def verify(epci: str, out: Path) -> tuple[int, list[str], str]:
    """Build the latest edition again in another folder; return how many files there are, what differs, what is to know.

    The commit in its record is not compared: one that changes nothing of the report makes the same one.

    Raises:
        UserError: no report, chapters of an earlier edition in it, a build that fails. Busy: it is being built.
    """
    the_latest(epci, out)
    with alone(out, epci, f"{epci}: is being built"), scratch(out, epci) as folder:
        edition = the_latest(epci, out)
        made_from = record(edition)
        old = sorted(name for name, entry in made_from["chapters"].items() if not entry["key"])
        if old:
            raise UserError(f"{epci}: {', '.join(old)} are not of the latest edition, expected a build without failure")
        former, elsewhere = the_one_before(edition), folder / "reports"
        elsewhere.mkdir()
        if former:
            before = folder / "before"
            shutil.copytree(former, before)
            publish(before, elsewhere, epci)
        chapters = [chapter for chapter in all_chapters() if chapter.path.stem in made_from["chapters"]]
        (built,) = build([epci], chapters, elsewhere, force=True)
        if built.error or built.failed:
            raise built.error or next(iter(built.failed.values()))
        again = record(built.place)
        now, then = again["code"]["commit"], made_from["code"]["commit"]
        write_record(built.place, again | {"code": again["code"] | {"commit": then}})
        write_links(built.place, out, epci)
        note = "" if now == then else f"built at commit {then or 'unknown'}, verified at {now or 'unknown'}"
        return *compared(edition, built.place), note


def compared(edition: Path, other: Path) -> tuple[int, list[str]]:
    """Return how many files two folders have, and a line for each that is not in both with the same bytes."""
    files = [
        {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        for folder in (edition.resolve(), other.resolve())
    ]
    _, changed, unreadable = filecmp.cmpfiles(edition, other, files[0] & files[1], shallow=False)
    lines = [f"{name}: not built again" for name in files[0] - files[1]]
    lines += [f"{name}: not in the latest edition" for name in files[1] - files[0]]
    return len(files[0]), sorted(lines + [f"{name}: other bytes" for name in [*changed, *unreadable]])


def changes_of(epci: str, out: Path) -> tuple[str | None, pd.DataFrame]:
    """Return the edition that the latest one is compared with, and what changed (see publishing.changes.changes)."""
    edition = the_latest(epci, out)
    if not is_whole(edition):
        raise damaged(edition)
    before = the_one_before(edition)
    now = pd.read_parquet(edition / OBSERVATIONS)
    if not before:
        return None, changes(now, now)
    return before.name, changes(*compared_rows(before, now))


def the_one_before(edition: Path) -> Path | None:
    """Return the edition that an edition is compared with, None for the first; raise UserError when it is no more."""
    before, after = compared_with(edition), record(edition)["after"]
    if after and not before:
        lost = "damaged" if edition.with_name(after).is_dir() else f"no longer in {HOME}"
        epci = edition.parent.name
        remedy = f"`ctg build {epci} --force` makes the latest one again without it"
        raise UserError(f"{epci}: the edition {after} is {lost}, nothing to compare with; {remedy}")
    return before


def the_latest(epci: str, out: Path) -> Path:
    """Return the latest edition of a report; raise UserError when there is none."""
    edition = latest(out, epci)
    if edition is None:
        raise UserError(f"{epci} : aucun rapport dans {out}, lancer d'abord ctg build {epci}")
    return edition

"""How long personal data are kept: what is due is deleted, nothing else is, and what was deleted is noted without it.

Source: règlement (UE) 2016/679 (RGPD), article 5, 1, e: data that identify people are kept no longer than is needed.
"""

import csv
import datetime
import io
from dataclasses import dataclass
from pathlib import Path

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.files import header_of
from ctg_analysis.core.placing import for_owner_alone
from ctg_analysis.core.scratch import PART
from ctg_analysis.core.settings import project_path
from ctg_analysis.demarche.files.reading import DELETIONS
from ctg_analysis.demarche.files.restricted import EXPORTS, RECORDINGS, Kept, Retention, recorded

HEADER = "date;fichier;lignes;motif\n"


@dataclass(frozen=True)
class Due:
    """A file, or some of its lines, that should be deleted. since: the day it was due; count: how many lines."""

    path: Path
    since: datetime.date
    count: int
    lines: frozenset[int] | None = None

    def __str__(self) -> str:
        """Say it in a few words, without anything of what it holds."""
        what = "a file" if not self.count else f"{self.count} line" + ("s" if self.count > 1 else "")
        return f"{what} due for deletion since {self.since.isoformat()}"


def due(kept: Kept, today: datetime.date) -> list[Due]:
    """Return what is due on a day: the interviews that say so with their recordings, the tables, the exports."""
    found = _interviews(kept, today)
    for name in Retention.model_fields:
        until = getattr(kept.until, name)
        if until is None or until > today:
            continue
        if name == EXPORTS:
            found += [Due(path, until, 0) for path in recorded(kept.folder / EXPORTS)]
        elif kept.tables[name].path.is_file():
            found.append(Due(kept.tables[name].path, until, len(kept.tables[name].texts)))
    return found


def _interviews(kept: Kept, today: datetime.date) -> list[Due]:
    read = kept.tables["entretiens"]
    rows = read.rows[read.rows["suppression_prevue_le"].dt.date.le(today)] if len(read.rows) else read.rows
    if rows.empty:
        return []
    since = rows["suppression_prevue_le"].min().date()
    files = {path.name: path for path in recorded(kept.folder / RECORDINGS)}
    named = [files[name] for name in rows["enregistrement"].dropna() if name in files]
    return [*(Due(path, since, 0) for path in named), Due(read.path, since, len(rows), frozenset(rows.index.tolist()))]


def purge(kept: Kept, today: datetime.date) -> list[Due]:
    """Delete what is due on a day and note it in suppressions.csv; return what was deleted.

    What a killed command left half written holds the same data as a table, and nobody is to wait for its day: it goes.
    """
    for left in kept.folder.glob(f".*{PART}"):
        left.unlink()
    deleted = due(kept, today)
    with for_owner_alone(kept.folder):
        for one in deleted:
            _delete(one)
            _note(kept.folder / DELETIONS, one, today)
    return deleted


def readable(kept: Kept) -> Kept:
    """Return the files when all the dates of deletion can be read.

    Raises:
        InputError: with what cannot be; nothing is deleted then, for something could be forgotten.
    """
    unreadable = [*kept.retention.findings, *kept.tables["entretiens"].findings]
    if unreadable:
        raise InputError(unreadable)
    return kept


def _delete(one: Due) -> None:
    if one.lines is None:
        one.path.unlink()
        return
    content = one.path.read_bytes()
    _, separator = header_of(one.path)
    part = one.path.with_name(f".{one.path.name}{PART}")
    part.write_bytes(without(content, one.lines, separator))
    part.replace(one.path)


def without(content: bytes, lines: frozenset[int], separator: str) -> bytes:
    """Return the bytes of a CSV without some records, the header being the first; the others stay as they are."""
    parts = list(io.StringIO(content.decode("utf-8"), newline=""))
    kept, start = [], 0
    reader = csv.reader(iter(parts), delimiter=separator)
    for record, _ in enumerate(reader, start=1):
        if record not in lines:
            kept += parts[start : reader.line_num]
        start = reader.line_num
    return "".join(kept).encode("utf-8")


def _note(path: Path, one: Due, today: datetime.date) -> None:
    if not path.exists():
        path.write_text(HEADER, encoding="utf-8")
    count = one.count or ""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{today.isoformat()};{one.path.name};{count};échéance du {one.since.isoformat()}\n")


def said(one: Due) -> str:
    """Return a line that says what is due, without anything of what it holds."""
    return f"{project_path(one.path)}: {one}"


def as_finding(one: Due) -> Finding:
    """Return what `ctg check` says of what should have been deleted by now."""
    return Finding(project_path(one.path), None, None, str(one), "its deletion: run `ctg purge EPCI --delete`")

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
from ctg_analysis.core.scratch import PART, write_whole
from ctg_analysis.core.sheets import Sheet, place_of, read_workbook
from ctg_analysis.demarche.files.restricted_files import EXPORTS, RECORDINGS, RestrictedFiles, Retention, recorded
from ctg_analysis.demarche.files.table_files import DELETIONS, TableFile
from ctg_analysis.demarche.files.table_sheets import table_workbook
from ctg_analysis.demarche.tables import RESTRICTED

PURGED = ("Des lignes échues ont été supprimées de ce classeur : voir suppressions.csv.",)
HEADER = "date;fichier;lignes;motif\n"


@dataclass(frozen=True)
class Due:
    """A file, or some of its lines, that should be deleted. since: the day it was due; count: how many lines.

    sheet: that of a workbook, of which the path is.
    """

    path: Path
    since: datetime.date
    count: int
    lines: frozenset[int] | None = None
    sheet: Sheet | None = None

    @property
    def place(self) -> str:
        """Where it is, as a person reads it."""
        return place_of(self.sheet or self.path)

    @property
    def file(self) -> str:
        """The name of its file, and of its sheet."""
        return f"{self.path.name}, {self.sheet.name}" if self.sheet else self.path.name

    def __str__(self) -> str:
        """Say it in a few words, without anything of what it holds."""
        what = "un fichier" if not self.count else f"{self.count} ligne" + ("s" if self.count > 1 else "")
        return f"{what} à supprimer depuis le {self.since:%d/%m/%Y}"


def due(files: RestrictedFiles, today: datetime.date) -> list[Due]:
    """What is due on a day: the interviews that say so with their recordings, the tables, the exports."""
    overdue = _interviews(files, today)
    for name in Retention.model_fields:
        until = getattr(files.until, name)
        if until is None or until > today:
            continue
        if name == EXPORTS:
            overdue += [Due(path, until, 0) for path in recorded(files.folder / EXPORTS)]
        else:
            overdue += _table(files.tables[name], until)
    return overdue


def _table(file: TableFile, until: datetime.date) -> list[Due]:
    """A whole table: its file, or the rows of its sheet when it has any."""
    if isinstance(file.form, Sheet):
        rows = frozenset(file.texts.index.tolist())
        return [Due(file.path, until, len(rows), rows, file.form)] if rows else []
    return [Due(file.path, until, len(file.texts))] if file.path.is_file() else []


def _interviews(files: RestrictedFiles, today: datetime.date) -> list[Due]:
    interviews = files.tables["entretiens"]
    rows = interviews.rows
    rows = rows[rows["suppression_prevue_le"].dt.date.le(today)] if len(rows) else rows
    if rows.empty:
        return []
    since = rows["suppression_prevue_le"].min().date()
    recordings = {path.name: path for path in recorded(files.folder / RECORDINGS)}
    named = [recordings[name] for name in rows["enregistrement"].dropna() if name in recordings]
    sheet = interviews.form if isinstance(interviews.form, Sheet) else None
    return [
        *(Due(path, since, 0) for path in named),
        Due(interviews.path, since, len(rows), frozenset(rows.index.tolist()), sheet),
    ]


def purge(files: RestrictedFiles, today: datetime.date) -> list[Due]:
    """Delete what is due on a day and note it in suppressions.csv; return what was deleted.

    What a killed command left half written holds the same data as a table, and nobody is to wait for its day: it goes.
    """
    for left in files.folder.glob(f".*{PART}"):
        left.unlink()
    deleted = due(files, today)
    with for_owner_alone(files.folder):
        in_sheets = [part for part in deleted if part.sheet]
        for path in sorted({part.path for part in in_sheets}):
            _delete_rows(path, [part for part in in_sheets if part.path == path])
        for part in deleted:
            if not part.sheet:
                _delete(part)
            _note(files.folder / DELETIONS, part, today)
    return deleted


def readable(files: RestrictedFiles) -> RestrictedFiles:
    """The files when all the dates of deletion can be read.

    Raises:
        InputError: with what cannot be; nothing is deleted then, for something could be forgotten.
    """
    unreadable = [*files.workbooks, *files.retention.findings, *files.tables["entretiens"].findings]
    if unreadable:
        raise InputError(unreadable)
    return files


def _delete(overdue: Due) -> None:
    path = overdue.path
    if overdue.lines is None:
        path.unlink()
        return
    _, separator = header_of(path)
    part = path.with_name(f".{path.name}{PART}")
    part.write_bytes(without(path.read_bytes(), overdue.lines, separator))
    part.replace(path)


def _delete_rows(path: Path, overdue: list[Due]) -> None:
    """Write a workbook again without some rows of its sheets: nothing of them is left in it.

    Once for all of them, for the rows that stay move up. It has no sheet but of tables (`readable`).
    """
    gone = {part.sheet.name: part.lines for part in overdue}
    sheets = read_workbook(path, [table.headings for table in RESTRICTED.values()]).sheets
    tables = {name: RESTRICTED[name] for name in RESTRICTED if name in sheets}
    rows = {name: sheet.texts.drop(gone.get(sheet.name, [])) for name, sheet in sheets.items()}
    write_whole(path, table_workbook(path.stem, PURGED, tables, rows=rows))


def without(content: bytes, lines: frozenset[int], separator: str) -> bytes:
    """The bytes of a CSV without some records, the header being the first; the others stay as they are."""
    parts = list(io.StringIO(content.decode("utf-8"), newline=""))
    kept, start = [], 0
    reader = csv.reader(iter(parts), delimiter=separator)
    for record, _ in enumerate(reader, start=1):
        if record not in lines:
            kept += parts[start : reader.line_num]
        start = reader.line_num
    return "".join(kept).encode("utf-8")


def _note(path: Path, deleted: Due, today: datetime.date) -> None:
    if not path.exists():
        path.write_text(HEADER, encoding="utf-8")
    reason = f"échéance du {deleted.since.isoformat()}"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{today.isoformat()};{deleted.file};{deleted.count or ''};{reason}\n")


def as_line(overdue: Due) -> str:
    """A line that says what is due, without anything of what it holds."""
    return f"{overdue.place} : {overdue}"


def as_finding(overdue: Due) -> Finding:
    """What `ctg check` says of what should have been deleted by now."""
    expected = "sa suppression : lancer `ctg purge EPCI --delete`"
    return Finding(overdue.place, None, None, str(overdue), expected)

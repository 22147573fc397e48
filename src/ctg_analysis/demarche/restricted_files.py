"""The files of a démarche that name persons: read, and removed when their time is over."""

import csv
import datetime
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ctg_analysis.demarche import table_files
from ctg_analysis.demarche.consistency import dangling
from ctg_analysis.demarche.declared_tables import RESTRICTED
from ctg_analysis.demarche.material_files import MaterialFiles, strays
from ctg_analysis.model.errors import Finding, InputError, in_one_line
from ctg_analysis.model.habits import folded
from ctg_analysis.model.scratch import PART, for_owner_alone, write_whole
from ctg_analysis.model.settings import DataRoot, project_path
from ctg_analysis.raw.files import BESIDE, HELP, LISTS, Sheet, header_of, place_of, read_workbook, rows_of, workbooks_in
from ctg_analysis.raw.folders import OF_SYSTEMS, is_note
from ctg_analysis.raw.tables import tables_in

# Only what is computed from it, in groups that are large enough, may be shown (rules R1, R6 and R24).

RETENTION, RECORDINGS, EXPORTS = "conservation", "enregistrements", "exports"
RETAINED = RESTRICTED[RETENTION].columns["fichier"].one_of  # an interview says it itself, line by line


@dataclass(frozen=True)
class RestrictedFiles:
    """The files of the private folder of a démarche as they were read.

    workbooks: what is wrong with those that may hold tables.
    """

    folder: Path
    tables: dict[str, table_files.TableFile]
    workbooks: Sequence[Finding] = ()

    @property
    def until(self) -> dict[str, datetime.date]:
        """Until when each file is kept; without those of which it is not written."""
        rows = self.tables[RETENTION].rows.dropna(subset="supprimer_le")
        return dict(zip(rows["fichier"], rows["supprimer_le"].dt.date, strict=True))

    @property
    def findings(self) -> list[Finding]:
        """What is wrong with the files, each taken alone."""
        return [*self.workbooks, *(finding for file in self.tables.values() for finding in file.findings)]


def read_restricted(root: DataRoot, epci: str) -> RestrictedFiles:
    """The files of the private folder of a démarche."""
    folder = root.restricted_material(epci)
    tables, findings = table_files.read_folder(folder, RESTRICTED)
    return RestrictedFiles(folder, tables, findings)


def open_restricted(root: DataRoot, material: MaterialFiles) -> Mapping[str, pd.DataFrame]:
    """The tables that hold personal data, by name; without rows when the file is absent.

    The answers have a column for each question, as it is written; the index is the line in the file.

    Raises:
        InputError: with the findings of all the files, those of the material too.
    """
    files = read_restricted(root, material.epci)
    if findings := [*material.findings, *files.findings, *wrong_in_restricted(files, material)]:
        raise InputError(findings)
    return {name: file.rows for name, file in files.tables.items()}


def wrong_in_restricted(files: RestrictedFiles, material: MaterialFiles) -> list[Finding]:
    """What is wrong between the private files, with the public ones, or with how long they are kept."""
    tables = {**material.tables, **files.tables}
    places = {file.place for file in files.tables.values()}
    answers, sensitive = tables["reponses"], tables["reponses_sensibles"]
    consent = "oui : sans consentement explicite, supprimer la ligne"
    dated = answers.rows.empty or answers.rows["date"].notna().any()  # else nothing tells when residents were asked
    return [
        *strays(files.folder, RESTRICTED, {table_files.DELETIONS}, {RECORDINGS, EXPORTS}),
        *(finding for finding in dangling(tables) if finding.path in places),
        *table_files.answers_wrong(answers, tables["questionnaire"]),
        *table_files.answers_wrong(sensitive, tables["questionnaire"]),
        *table_files.totals_wrong(material.tables["consultation"], answers),
        *coded_persons(files, material),
        *(
            sensitive.fault(line, "consentement", "'non'", consent)
            for line in sensitive.rows.index[~sensitive.rows["consentement"]].tolist()
        ),
        *([] if dated else [answers.fault(None, "date", "aucune date", "le jour d'une réponse au moins")]),
        *_without_date(files),
        *_recordings(files),
    ]


def coded_persons(files: RestrictedFiles, material: MaterialFiles) -> Iterator[Finding]:
    """What is written about someone in the open answers once coded, some of which are quoted."""
    return table_files.personal_data([files.tables["ouvertes_codees"]], material.allowed)


def _without_date(files: RestrictedFiles) -> list[Finding]:
    """The files that hold rows and of which nothing says until when they are kept."""
    held = [name for name, file in files.tables.items() if len(file.texts)]
    held += [EXPORTS] if recorded(files.folder / EXPORTS) else []
    file = files.tables[RETENTION]
    expected = "le jour où « ctg purge » le supprime, tel que 31/12/2027"
    return [
        file.fault(None, "supprimer_le", f"aucune date pour {name}", expected)
        for name in held
        if name in RETAINED and name not in set(file.texts.loc[file.texts["supprimer_le"].ne(""), "fichier"])
    ]


def _recordings(files: RestrictedFiles) -> list[Finding]:
    """The recordings that no interview names, for nothing would delete them, and those that are not there."""
    interviews, folder = files.tables["entretiens"], files.folder / RECORDINGS
    named = interviews.rows["enregistrement"].dropna()
    there = {path.name for path in recorded(folder)}
    stray = f"un enregistrement que nomme une ligne de {interviews.label}"
    absent = f"un fichier de {RECORDINGS}/, ou une case vide"
    return [
        *(
            Finding(project_path(folder / name), None, None, "un enregistrement d'aucun entretien", stray)
            for name in sorted(there - set(named))
        ),
        *(
            interviews.fault(line, "enregistrement", "aucun fichier de ce nom", absent)
            for line, name in named.items()
            if name not in there
        ),
    ]


def recorded(folder: Path) -> list[Path]:
    """The files of a folder, but for notes."""
    return sorted(path for path in folder.iterdir() if path.is_file() and not is_note(path)) if folder.is_dir() else []


# Source: règlement (UE) 2016/679 (RGPD), article 5, 1, e: data that identify people are kept no longer than is needed.

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
    for name in RETAINED:
        until = files.until.get(name)
        if until is None or until > today:
            continue
        if name == EXPORTS:
            overdue += [Due(path, until, 0) for path in recorded(files.folder / EXPORTS)]
        else:
            overdue += _table(files.tables[name], until)
    return overdue


def _table(file: table_files.TableFile, until: datetime.date) -> list[Due]:
    if isinstance(file.form, Sheet):
        rows = frozenset(file.texts.index.tolist())
        return [Due(file.path, until, len(rows), rows, file.form)] if rows else []
    return [Due(file.path, until, len(file.texts))] if file.path.is_file() else []


def _interviews(files: RestrictedFiles, today: datetime.date) -> list[Due]:
    """The interviews that are due, and the recordings of which no interview is kept."""
    interviews = files.tables["entretiens"]
    until = interviews.rows["suppression_prevue_le"]
    rows = interviews.rows[until.le(pd.Timestamp(today))]
    if rows.empty:
        return []
    last = until.groupby(interviews.rows["enregistrement"]).max()  # a recording may be of several
    sheet = interviews.form if isinstance(interviews.form, Sheet) else None
    since, numbers = rows["suppression_prevue_le"].min().date(), frozenset(rows.index.tolist())
    return [
        *(
            Due(path, last[path.name].date(), 0)
            for path in recorded(files.folder / RECORDINGS)
            if path.name in last and last[path.name].date() <= today
        ),
        Due(interviews.path, since, len(rows), numbers, sheet),
    ]


def purge(files: RestrictedFiles, today: datetime.date) -> list[Due]:
    """Delete what is due on a day and note it in suppressions.csv; return what was deleted.

    What a killed command left half written holds the same data as a table, and nobody is to wait for its day: it goes.
    A workbook that holds what nothing reads is left as it is: written again, it would lose it.
    """
    for left in files.folder.glob(f".*{PART}"):
        left.unlink()
    deleted = [part for part in due(files, today) if not part.sheet or not _kept_whole(files, part.path)]
    with for_owner_alone(files.folder):
        in_sheets = [part for part in deleted if part.sheet]
        for path in sorted({part.path for part in in_sheets}):
            _delete_rows(path, [part for part in in_sheets if part.path == path])
        for part in deleted:
            if not part.sheet:
                _delete(part)
            _note(files.folder / table_files.DELETIONS, part, today)
    return deleted


def readable(files: RestrictedFiles) -> RestrictedFiles:
    """The files when all the dates of deletion can be read.

    Raises:
        InputError: with what cannot be; nothing is deleted then, for something could be forgotten.
    """
    dated = [RETENTION, "entretiens"]
    unread = tables_in(files.folder, [table.headings for table in RESTRICTED.values()]).unread
    hidden = files.workbooks if {*dated} & {*unread} else []
    if unreadable := [*hidden, *(finding for name in dated for finding in files.tables[name].findings)]:
        raise InputError(unreadable)
    return files


def _kept_whole(files: RestrictedFiles, path: Path) -> list[Finding]:
    """What keeps a workbook from being written again: what is wrong there, a sheet that is no table."""
    place = project_path(path)
    wrong = [one for one in files.workbooks if one.path == place or one.path.startswith(f"{place}, feuille")]
    others = {folded(sheet) for sheet, rows, _ in rows_of(path) if any(map(any, rows))} & BESIDE
    if others - {folded(HELP), folded(LISTS)}:
        expected = "cette feuille dans un autre classeur : celui-ci serait écrit de nouveau sans elle"
        wrong.append(Finding(place, None, None, "une feuille qui n'est aucune table", expected))
    rewritten = path.with_suffix(".xlsx")
    if rewritten != path and rewritten.exists():
        expected = f"l'un des deux seulement : celui-ci serait écrit de nouveau sous le nom {rewritten.name}"
        wrong.append(Finding(place, None, None, f"un autre classeur {rewritten.name} à côté", expected))
    return wrong


def left(files: RestrictedFiles, today: datetime.date) -> list[Finding]:
    """What no date of deletion reaches: copies, notes, images, locks, folders, workbooks that cannot be written again.

    files: as they were read. What was deleted since is not told.
    """
    tables = {files.folder / table.file for table in RESTRICTED.values()}
    named = {files.folder / RECORDINGS / name for name in files.tables["entretiens"].rows["enregistrement"].dropna()}
    exports = recorded(files.folder / EXPORTS)
    reached = {*tables, *workbooks_in(files.folder), *named, *exports, files.folder / table_files.DELETIONS}
    inside = [path for name in (RECORDINGS, EXPORTS) for path in _within(files.folder / name)]
    folders = {files.folder / RECORDINGS, files.folder / EXPORTS}
    blocked = [part for part in due(files, today) if part.sheet and _kept_whole(files, part.path)]
    return [
        *files.workbooks,
        *(as_finding(part) for part in blocked),
        *(finding for path in sorted({part.path for part in blocked}) for finding in _kept_whole(files, path)),
        *(_not_reached(path) for path in (*_within(files.folder), *inside) if path not in {*reached, *folders}),
    ]


def _within(folder: Path) -> list[Path]:
    """What lies in a folder, but for what Windows and macOS put there by themselves."""
    return sorted(path for path in folder.iterdir() if path.name.lower() not in OF_SYSTEMS) if folder.is_dir() else []


def _not_reached(path: Path) -> Finding:
    """What is said of a file or a folder of which no date tells until when it is kept."""
    found = "un fichier qu'aucune date de suppression n'atteint"
    if path.is_dir():
        count = sum(one.is_file() for one in path.rglob("*"))
        found = f"un dossier qu'aucune date de suppression n'atteint ({count} fichier{'s' if count > 1 else ''})"
    return Finding(project_path(path), None, None, found, "rien de tel ici : le supprimer, ou le ranger ailleurs")


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
    """Write a workbook again without some rows; one that is no .xlsx becomes one, see `_kept_whole`."""
    gone = {part.sheet.name: part.lines for part in overdue}
    sheets = read_workbook(path, [table.headings for table in RESTRICTED.values()]).tables
    tables = {name: RESTRICTED[name] for name in RESTRICTED if name in sheets}
    rows = {name: sheet.texts.drop(gone.get(sheet.name, [])) for name, sheet in sheets.items()}
    rewritten = path.with_suffix(".xlsx")
    write_whole(rewritten, table_files.table_workbook(path.stem, PURGED, tables, rows=rows))
    if rewritten != path:
        path.unlink()


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
        line = [today.isoformat(), in_one_line(deleted.file), deleted.count or "", reason]
        csv.writer(file, delimiter=";", lineterminator="\n").writerow(line)


def as_finding(overdue: Due) -> Finding:
    """What `ctg check` says of what should have been deleted by now."""
    expected = "sa suppression : lancer `ctg purge EPCI --delete`"
    return Finding(overdue.place, None, None, str(overdue), expected)

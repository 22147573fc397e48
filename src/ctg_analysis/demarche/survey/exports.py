"""The file that LimeSurvey or Framaforms gives, as it was downloaded: its columns, its cells, who was done and when.

LimeSurvey: results exported with one line of headings: the codes of the questions, their full text, or both (« code.
texte »). Framaforms, which
is Drupal's Webform: three lines of header: the form; the question of a group of columns; the column. Both as text (CSV,
delimited) or as a workbook, of which the first sheet is read.
Source: the exporters of both (LimeSurvey application/helpers/admin/export, Webform 7.x-4 includes/webform.report.inc).
"""

import csv
import io
import re
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.files import MOST_COLUMNS, badly_encoded
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.sheets import is_workbook, rows_of

LARGEST = 500_000_000  # bytes
SEPARATORS = ";,\t"
SID = {"sid", "webformsid"}
DRAFT = {"draft", "webformdraft", "brouillon"}
NO_DATE = "1980-01-01"  # what LimeSurvey writes for the day of an answer when it keeps no date
OTHER = "autre"  # the code of the option that a respondent words
# The columns of LimeSurvey that are no question: by their code, their full text in English and in French.
WORDS = {
    "id": ("responseid", "iddelaréponse"),
    "submitdate": ("datesubmitted", "datedesoumission"),
    "lastpage": ("lastpage", "dernièrepage"),
    "startlanguage": ("startlanguage", "languededépart"),
    "seed": ("seed", "têtedesérie"),
    "startdate": ("datestarted", "datedelancement"),
    "datestamp": ("datelastaction", "datedeladernièreaction"),
    "ipaddr": ("ipaddress", "adresseip"),
    "refurl": ("referrerurl",),
    "token": ("accesscode", "codedaccès"),
    "interviewtime": ("totaltime", "tempstotal"),
}
FULL_TEXT = {words: code for code, both in WORDS.items() for words in both}
TIMES = ("submitdate", "startdate", "datestamp")
LIMESURVEY = re.compile(
    r"id|submitdate|lastpage|startlanguage|seed|startdate|datestamp|ipaddr|refurl|token|firstname|lastname|email"
    r"|emailstatus|attribute_\d+|interviewtime|(?:group|question)?\w*Time\d*"
)
CODE_AND_TEXT = re.compile(r"^(\w+(?:\[\w+\])*)\. .*", re.DOTALL)
A_DAY = r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}"
EITHER = "un export de LimeSurvey (CSV ou Excel) ou de Framaforms (texte délimité, avec les détails de la soumission)"


class Column(NamedTuple):
    """A column of an export: its name, and the question above it when it is one of a group."""

    group: str
    name: str

    def __str__(self) -> str:
        """Say it as the export does."""
        return f"{self.group}[{self.name}]" if self.group else self.name


class Export(NamedTuple):
    """An export: its columns, its cells (texts; columns numbered, index: the line), and for each answer its id, the
    moment it was sent or begun, whether it was sent to the end. technical: the columns that are no question.
    """

    columns: list[Column]
    cells: pd.DataFrame
    ids: pd.Series
    moments: pd.Series
    done: pd.Series
    technical: set[int]


def key(text: str) -> str:
    """A code or words without capitals, spaces and punctuation, which tools change.

    >>> key("Non concerné·e") == key("non_concernée"), key("Q1 : votre commune ?")
    (True, 'q1votrecommune')
    """
    return re.sub(r"[\W_]+", "", text.casefold())


def read_export(path: Path) -> Export:
    """What an export holds.

    Raises:
        InputError: not an export of either, bytes that are not UTF-8, lines of uneven length.
    """
    if path.stat().st_size > LARGEST:
        raise _broken(path, None, f"{path.stat().st_size} octets", f"{LARGEST} au plus")
    rows, lines = _rows_of_workbook(path) if is_workbook(path) else _rows_of_text(path)
    if len(rows[0]) > MOST_COLUMNS:
        raise _broken(path, 1, f"{len(rows[0])} colonnes", f"{MOST_COLUMNS} au plus")
    if len(rows) > 3 and any(key(name) in SID for name in rows[2]):
        return _framaforms(path, rows, lines)
    if any(re.match(r"id\. ", name) for name in rows[0]):
        rows = ([CODE_AND_TEXT.sub(r"\1", name) for name in rows[0]], *rows[1:])
    if "id" in map(_technical, rows[0]):
        return _limesurvey(path, rows, lines)
    raise _broken(path, 1, f"{rows[0][0][:40]!r}", EITHER)


def _rows_of_workbook(path: Path) -> tuple[tuple, tuple]:
    """The rows of the first sheet that holds any, and their numbers."""
    for _, rows, _ in rows_of(path):
        if filled := [(cells, line) for line, cells in enumerate(rows, start=1) if any(cells)]:
            return tuple(zip(*filled, strict=True))
    raise _broken(path, 1, "un fichier vide", EITHER)


def _rows_of_text(path: Path) -> tuple[tuple, tuple]:
    """The rows of a delimited text that hold anything, and the lines where they end."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise badly_encoded(path) from error
    head = text.splitlines()[:3]
    if not head:
        raise _broken(path, 1, "un fichier vide", EITHER)
    try:
        separator = max(SEPARATORS, key=lambda mark: max(len(cells) for cells in csv.reader(head, delimiter=mark)))
    except csv.Error as error:
        raise _broken(path, 1, str(error), EITHER) from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        rows, lines = zip(*((cells, reader.line_num) for cells in reader if any(cells)), strict=True)
    except csv.Error as error:
        raise _broken(path, reader.line_num, str(error), EITHER) from error
    return rows, lines


def _technical(name: str) -> str:
    """The code of a column of LimeSurvey that is no question, be it written in full text.

    >>> _technical("ID de la réponse"), _technical("submitdate"), _technical("Votre commune ?")
    ('id', 'submitdate', 'Votre commune ?')
    """
    return FULL_TEXT.get(key(name), name)


def _broken(path: Path, line: int | None, found: str, expected: str) -> InputError:
    return InputError([Finding(project_path(path), line, None, found, expected)])


def _cells(path: Path, rows: tuple, lines: tuple, header: int) -> pd.DataFrame:
    """The rows below the header."""
    wide = len(rows[header - 1])
    findings = [
        Finding(project_path(path), line, None, f"{len(cells)} cases", f"{wide}, comme dans l'en-tête")
        for cells, line in zip(rows[header:], lines[header:], strict=True)
        if len(cells) != wide
    ]
    if findings:
        raise InputError(findings)
    return pd.DataFrame(list(rows[header:]), index=lines[header:], columns=range(wide), dtype=str)


def _limesurvey(path: Path, rows: tuple, lines: tuple) -> Export:
    cells, names = _cells(path, rows, lines, 1), [*map(_technical, rows[0])]
    columns = []
    for name in names:
        group, bracket, inside = name.partition("[")
        inside = inside.rstrip("]")
        columns.append(Column(group, OTHER if inside == "other" else inside) if bracket else Column("", name))
    place = {name: number for number, name in enumerate(names)}
    moments = pd.Series("", index=cells.index, dtype=str)
    for name in (name for name in TIMES if name in place):
        moments = moments.where(moments.ne(""), cells[place[name]].mask(cells[place[name]].str.startswith(NO_DATE), ""))
    done = cells[place["submitdate"]].ne("") if "submitdate" in place else pd.Series(True, index=cells.index)
    technical = {number for number, name in enumerate(names) if LIMESURVEY.fullmatch(name)}
    return Export(columns, cells, cells[place["id"]], moments, done, technical)


def _framaforms(path: Path, rows: tuple, lines: tuple) -> Export:
    """A group of columns has no mark of its end: the question above holds until the next one.

    The submission details come first, under words of their own.
    """
    cells, group, columns = _cells(path, rows, lines, 3), "", []
    for above, name in zip(rows[1], rows[2], strict=True):
        group = above or group
        columns.append(Column(group, name))
    about = [number for number, column in enumerate(columns) if column.group == columns[0].group]
    dated = [number for number in about if cells[number].str.match(A_DAY).any()]
    drafts = [number for number in about if key(columns[number].name) in DRAFT]
    ids = next(number for number in about if key(columns[number].name) in SID)
    done = cells[drafts[0]].isin(["", "0"]) if drafts else pd.Series(True, index=cells.index)
    moments = cells[dated[0]] if dated else pd.Series("", index=cells.index, dtype=str)
    return Export(columns, cells, cells[ids], moments, done, set(about))

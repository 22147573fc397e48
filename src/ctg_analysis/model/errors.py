"""Errors told to a person: one line that says what, where, what was expected and what to do."""

import errno
import json
import shlex
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import distribution
from pathlib import Path
from typing import TypeVar

from ctg_analysis.model.habits import SheetPlace, as_shown

Item, Result = TypeVar("Item"), TypeVar("Result")

MOST, MOST_LINES = 20, 1000  # findings alike that are told one by one, lines in all
IN_UTF8 = "un texte en UTF-8 : celui-ci semble en Windows-1252, enregistrer de nouveau (dans Excel, « CSV UTF-8 »)"


def in_one_line(text: str) -> str:
    """Return a text of anybody, such as the name of a file, as it may stand in a message: on one line, read as it is
    written.

    What is not seen (line feeds, escapes, marks of direction, bytes that are no UTF-8) is written as Python writes it.

    >>> in_one_line("a\\nb\\x1b[31m"), in_one_line("\\u202egnp.exe"), in_one_line("Réponses\\u202f: été")
    ('a\\\\nb\\\\x1b[31m', '\\\\u202egnp.exe', 'Réponses\\u202f: été')
    """
    return "".join(
        letter
        if letter.isprintable() or unicodedata.category(letter) == "Zs"
        else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )


class UserError(Exception):
    """Something that the user can mend, said in one line; the command ends with its exit code."""

    exit_code = 1

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows of it in a notebook: the same line."""
        return [str(self)]


@contextmanager
def extra(name: str) -> Iterator[None]:
    """What imports the libraries of an extra of the package: one line where they are not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        origin = distribution("ctg_analysis").read_text("direct_url.json")  # of a wheel, which no index has
        wanted = f"ctg_analysis[{name}]" + (f" @ {json.loads(origin)['url']}" if origin else "")
        command = f"{shlex.quote(sys.executable)} -m pip install {shlex.quote(wanted)}"
        raise UserError(f"{error.name} n'est pas installé : {command}") from error


class Busy(UserError):
    """Another process is at the same work; the command may be run again when it has ended."""

    exit_code = 3


class OtherTerritoryError(UserError):
    """A chapter that opens another territory than that of its page."""


class FullError(UserError):
    """A folder that has no room for what has to be written there."""


@contextmanager
def room_in(folder: Path) -> Iterator[None]:
    """Name the folder in which a work finds no room: the system tells a file at most, and not always that of the disk.

    Raises:
        FullError: the disk is full, or the part of it that this user may have.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        there = Path(error.filename).absolute().parent if isinstance(error.filename, str) else folder
        where = folder if _disk(there) == _disk(folder) else there
        full = "plus de place sur le disque ; en libérer, puis relancer la commande"
        raise FullError(f"{in_one_line(str(where))} : {full}") from error


def _disk(folder: Path) -> int:
    """Return the number of the disk that a folder is on, or will be."""
    absolute = folder.absolute()
    return next(place for place in (absolute, *absolute.parents) if place.exists()).stat().st_dev


def raise_all(failures: list[UserError]) -> None:
    """Raise what stopped some of several works as one error, a line each; nothing when nothing did."""
    if failures:
        only_busy = all(isinstance(error, Busy) for error in failures)
        raise (Busy if only_busy else UserError)("\n".join(map(str, failures)))


@dataclass(frozen=True, order=True)
class Finding:
    """One thing wrong in one file.

    `line` counts from 1, the header included (row number for Parquet); None when the whole file is meant.
    """

    path: str
    line: int | None
    column: str | None
    found: str
    expected: str

    def __str__(self) -> str:
        """Say it on one line, in French as all that is told of files; of a workbook by its cell.

        >>> str(Finding("axes.csv", 2, "ordre", "'a'", "un nombre"))
        "axes.csv, ligne 2, colonne ordre : trouvé 'a', attendu un nombre"
        """
        found = self.found
        if isinstance(self.path, SheetPlace):
            parts, found = [self.path, self.path.cell(self.line, self.column)], as_shown(found)
        else:
            line = "" if self.line is None else f"ligne {self.line}"
            parts = [self.path, line, f"colonne {self.column}" if self.column else ""]
        return in_one_line(f"{', '.join(filter(None, parts))} : trouvé {found}, attendu {self.expected}")


class InputError(UserError):
    """Input files that cannot be trusted; carries every `Finding`, one line each."""

    def __init__(self, findings: Iterable[Finding]):
        self.findings = in_order(findings)
        super().__init__("\n".join(in_lines(self.findings)))

    def __reduce__(self):
        """Carry the findings from one process to another."""
        return type(self), (self.findings,)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings of whole files, then those file by file, line by line; of a sheet, cell by cell."""
    return sorted(findings, key=lambda one: (one.line is not None, one.path, *_rank(one), one.found, one.expected))


def _rank(finding: Finding) -> tuple[int, str]:
    if isinstance(finding.path, SheetPlace):
        return finding.path.rank(finding.line, finding.column)
    return finding.line or 0, finding.column or ""


def counted(items: Sequence[Item], say: Callable[[Item], Finding]) -> list[Finding]:
    """Return the findings of the first of some items that have the same fault; the last tells how many there are more.

    say: an item → its finding.
    """
    first = [say(item) for item in items[: MOST + 1]]
    if more := len(items) - len(first):
        first[-1] = replace(first[-1], found=f"{first[-1].found}, et autant dans {more} autres lignes")
    return first


def first_ones(findings: Iterable[Finding]) -> list[Finding]:
    """Return, in order, the first of the findings that expect the same of a column of a file; the last of them tells
    how many there are more.
    """
    alike: dict[tuple[str, str | None, str], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.path, finding.column, finding.expected), []).append(finding)
    return in_order(one for several in alike.values() for one in counted(several, lambda finding: finding))


def in_lines(findings: list[Finding]) -> list[str]:
    """Return the lines that tell some findings: so many at most, and how many more there are."""
    lines = [str(one) for one in first_ones(findings)]
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], f"et {more} autres défauts"] if more > 0 else lines


def each(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return the result for each item; one that cannot be trusted does not hide the findings of the others.

    Raises:
        InputError: with the findings of all the items.
    """
    results, findings = [], []
    for item in items:
        try:
            results.append(function(item))
        except InputError as error:
            findings += error.findings
    if findings:
        raise InputError(dict.fromkeys(findings))
    return results

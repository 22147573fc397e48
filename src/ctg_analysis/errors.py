"""Errors told to a person: one line that says what, where, what was expected and what to do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

Item, Result = TypeVar("Item"), TypeVar("Result")


IN_UTF8 = "text in UTF-8: this looks like Windows-1252, save the file again as UTF-8 (in Excel, « CSV UTF-8 »)"


class UserError(Exception):
    """Something that the user can mend, said in one line; the command ends with its exit code."""

    exit_code = 1


class Busy(UserError):
    """Another process is at the same work; the command may be run again when it has ended."""

    exit_code = 3


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
        """Say it on one line."""
        place = self.path
        if self.line is not None:
            place += f", line {self.line}"
        if self.column is not None:
            place += f", column {self.column}"
        return f"{place}: found {self.found}, expected {self.expected}"


class InputError(UserError):
    """Input files that cannot be trusted; carries every `Finding`, one line each."""

    def __init__(self, findings: Iterable[Finding]):
        self.findings = sorted(findings, key=lambda f: (f.path, f.line or 0, f.column or "", f.found))
        super().__init__("\n".join(str(finding) for finding in self.findings))


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
        raise InputError(findings)
    return results

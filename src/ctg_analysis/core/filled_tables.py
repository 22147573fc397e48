"""Tables that people fill, in CSV files or in sheets of workbooks: found in a folder, read as the same texts."""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.files import FOOTER, Choose, load
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.sheets import NO_CODE, ONE_FILE, Headings, Sheet, place_of, read_workbook, workbooks_in

Filled = Path | Sheet  # a CSV file, or a sheet of a workbook
# How browsers, Windows, macOS and mail name a copy: caf (1), caf - Copie, caf copie, Copie de caf.
COPY = re.compile(r"(?P<before>.+?)(?: ?-? ?copie)?(?: ?\(\d+\))?|copie de (?P<after>.+)", re.IGNORECASE)


@dataclass(frozen=True)
class FilledTables:
    """The tables of a folder, by name: those that have a file or a sheet.

    unread, twice: those that cannot be read, those that are filled in several places, each with what is said of it.
    """

    tables: dict[str, Filled]
    findings: tuple[Finding, ...] = ()
    unread: dict[str, Finding] = field(default_factory=dict)
    twice: dict[str, Finding] = field(default_factory=dict)


def tables_in(folder: Path, tables: Collection[Headings]) -> FilledTables:
    """The tables that a folder holds, each in `<name>.csv` or in a sheet of any workbook there.

    One that is filled in several of them is a finding: nothing tells which is the right one. One that is empty in a
    place and filled in another is the filled one; empty everywhere, it is the sheet, where people look for it.
    """
    found: dict[str, list[Filled]] = {}
    for table in tables:
        path = folder / f"{table.name}.csv"
        if path.is_file():
            found[table.name] = [path]
    findings: list[Finding] = []
    unread: dict[str, Finding] = {}
    twice: dict[str, Finding] = {}
    for path in workbooks_in(folder):
        if original := _copied(path):
            expected = f"un seul des deux : garder le bon sous le nom {original}, supprimer l'autre"
            findings.append(Finding(project_path(path), None, None, f"une copie de {original}", expected))
            continue
        try:
            workbook = read_workbook(path, tables)
        except InputError as error:
            findings += error.findings
            unread = dict.fromkeys((table.name for table in tables), error.findings[0]) | unread
            continue
        findings += workbook.findings
        unread |= workbook.unread
        twice |= workbook.twice
        for name, sheet in workbook.sheets.items():
            found.setdefault(name, []).append(sheet)
    for name, several in found.items():
        filled = [table for table in several if is_filled(table)]
        several[:] = filled or several[::-1]
        for other in filled[1:]:
            said = f"une table que donne aussi {place_of(filled[0])}"
            twice[name] = Finding(place_of(other), None, None, said, ONE_FILE)
            findings.append(twice[name])
    return FilledTables({name: several[0] for name, several in found.items()}, tuple(findings), unread, twice)


def _copied(path: Path) -> str:
    """The name of the file beside a workbook of which it is a copy by its own name; nothing of another."""
    match = COPY.fullmatch(path.stem)
    original = path.with_name(f"{match['before'] or match['after']}{path.suffix}") if match else path
    return original.name if original != path and original.is_file() else ""


def is_filled(table: Filled) -> bool:
    """Whether a table holds anything below its header, be it what cannot be read."""
    if isinstance(table, Sheet):
        return len(table.texts) > 0
    with table.open("rb") as file:
        file.readline()
        return any(line.strip(b" ;,\t\r\n") for line in file)


def load_filled(table: Filled, choose: Choose, most: float = math.inf, *, footer: re.Pattern = FOOTER) -> pd.DataFrame:
    """The cells of a table as texts without spaces around; index: the line of the file, or the row of the sheet.

    choose: header → the columns to read. Columns without a name are left out when nothing is in them. most: rows.
    footer: what a line of a file that is no row begins with; what is known of a sheet tells it.

    Raises:
        InputError: as `files.load` does; cells below a blank heading; too many rows.
    """
    place = place_of(table)
    if isinstance(table, Sheet):
        chosen = choose(list(table.texts.columns))
        if len(table.texts) > most:
            raise InputError([Finding(place, None, None, f"plus de {most} lignes", f"{most} au plus")])
        return table.texts.loc[:, chosen].apply(lambda cells: cells.str.strip())

    def keep(rows: pd.DataFrame) -> pd.Series:
        nameless = rows.loc[:, [not name.strip() for name in rows.columns]].ne("").any(axis=1)
        if nameless.any():
            raise InputError([Finding(place, int(nameless.idxmax()), None, *NO_CODE)])
        return rows.ne("").any(axis=1)

    def named(header: list[str]) -> list[str]:
        return choose([name for name in header if name.strip()])

    texts = load(table, named, keep, most=most, footer=footer)
    return texts.apply(lambda cells: cells.str.strip())

"""No personal data enter git: pre-commit runs `python -m ctg_analysis.demarche.commit_check FILE...`.

A file of data/private is refused, whatever it holds. All that is text in a démarche, in the private files of an
invented territory and in notebooks is searched; tables of a démarche cell by cell, where some may name.
"""

import codecs
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from ctg_analysis.demarche.declared_tables import PUBLIC
from ctg_analysis.demarche.material_files import admitted
from ctg_analysis.demarche.table_files import expected_of, personal_data, read_table
from ctg_analysis.model.errors import Finding, InputError
from ctg_analysis.model.settings import MATERIAL, project_path, settings
from ctg_analysis.raw.files import HELP, LISTS, authors, is_workbook, read_workbook, rows_of
from ctg_analysis.raw.personal_data import signs


def found_in(path: Path) -> list[Finding]:
    """What a file that is about to enter git says of someone; a workbook that cannot be read cannot enter it."""
    inside = path.relative_to(settings().root).parts
    try:
        if inside[:2] == ("data", "private"):
            expected = "rien de data/private dans git : `git restore --staged` ce fichier"
            return [Finding(project_path(path), None, None, "un fichier privé", expected)]
        if path.suffix == ".ipynb":
            return [*_in_notebook(path)]
        if "private" in inside:  # of an invented territory: there too nobody is real
            return [*_in_lines(path, text_of(path))]
        return [*_in_material(path)] if MATERIAL in inside else []
    except InputError as error:
        return error.findings


def _in_material(path: Path) -> Iterator[Finding]:
    """What a file of a démarche says of someone; one that cannot be read as it should is searched as a text."""
    if is_workbook(path):
        yield from _in_workbook(path)
        return
    allowed, text = admitted(path.parent), text_of(path)
    table = next((table for table in PUBLIC.values() if table.file == path.name), None)
    if table and not (file := read_table(path, table)).unread:
        yield from personal_data([file], allowed)
    else:
        yield from _in_lines(path, text, allowed)


def _in_workbook(path: Path) -> Iterator[Finding]:
    """What the sheets of a workbook say of someone, and the author that its properties name."""
    allowed = admitted(path.parent)
    known = {table.headings.name: table for table in PUBLIC.values()}
    if authors(path):
        expected = "aucun : dans Excel, Fichier, Informations, Inspecter le document, les supprimer"
        yield Finding(project_path(path), None, None, "le nom d'un auteur dans les propriétés du fichier", expected)
    sheets = read_workbook(path, [table.headings for table in PUBLIC.values()]).tables
    read = {sheet.name for sheet in sheets.values()}
    yield from personal_data([read_table(sheet, known[name]) for name, sheet in sheets.items()], allowed)
    for name, rows, _ in rows_of(path):
        if name not in {*read, HELP, LISTS}:
            yield from _in_lines(path, "\n".join(" ; ".join(row) for row in rows), allowed)


def text_of(path: Path) -> str:
    """The text of a file, however a spreadsheet or a survey tool has encoded it; none when it is no text."""
    if is_workbook(path):
        return "\n".join(" ; ".join(row) for _, rows, _ in rows_of(path) for row in rows)
    content = path.read_bytes()
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    for encoding, high in (("utf-16-le", content[1::2]), ("utf-16-be", content[::2])):  # that does not say so
        if 2 * high.count(0) > len(high):
            return content.decode(encoding, errors="replace")
    if b"\0" in content:
        return ""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _in_lines(path: Path, text: str, allowed: tuple[str, ...] = ()) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), start=1):
        for sign in signs(re.sub(r"[;\t]", r" \g<0> ", line), allowed):
            yield Finding(project_path(path), number, None, sign.kind, expected_of(sign))


def _in_notebook(path: Path) -> Iterator[Finding]:
    text = text_of(path)
    try:
        cells = ["".join(cell["source"]) for cell in json.loads(text)["cells"]]
    except (ValueError, KeyError, TypeError):  # not the JSON of a notebook
        yield from _in_lines(path, text)
        return
    for number, source in enumerate(cells, start=1):
        for sign in signs(source):
            yield Finding(project_path(path), None, f"cell {number}", sign.kind, expected_of(sign))


def main(names: list[str]) -> int:
    """Print what is found in some files, one a line; return 1 when there is something."""
    findings = [finding for name in names for finding in found_in(Path(name).resolve())]
    for finding in findings:
        print(finding)
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

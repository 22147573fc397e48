"""The files of before, in YAML, made sheets by `ctg new`: to be deleted once nobody has any left."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pandas as pd

from ctg_analysis.demarche.columns import JOIN, LIST
from ctg_analysis.demarche.declared_tables import TABLES
from ctg_analysis.demarche.table_files import table_workbook
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.habits import as_shown
from ctg_analysis.model.scratch import PRIVATE, for_owner_alone, free_name, write_absent
from ctg_analysis.model.settings import broken
from ctg_analysis.model.yaml_files import read_yaml
from ctg_analysis.raw.files import FORMER
from ctg_analysis.raw.form_workbooks import AGREEMENTS, agreements_sheet, workbook

WHAT_TO_DO = ("Ces feuilles reprennent les fichiers .yml et .txt d'avant, gardés à côté sous le nom .converti.",)
Rows = Iterator[tuple[str, dict[str, Any]]]  # table, cells


def convert(folder: Path) -> list[Path]:
    """Write the former files of a folder as the sheets of a workbook, and put them aside; return the workbook, if any.

    Raises:
        InputError: a file that cannot be read; nothing is written then.
    """
    there = [folder / name for name in sorted(FORMER) if (folder / name).is_file()]
    rows: dict[str, list[dict[str, Any]]] = {}
    for path in there:
        try:
            for table, cells in _rows(path.stem, _said(path)):
                rows.setdefault(table, []).append({name: _text(table, name, cell) for name, cell in cells.items()})
        except (AttributeError, KeyError, TypeError) as error:
            raise broken(path, None, "un fichier d'une autre forme", "celle que `ctg new` écrivait") from error
    tables = {name: table for name, table in TABLES.items() if name in rows}
    frames = {name: pd.DataFrame(rows[name], columns=[*table.columns]) for name, table in tables.items()}
    content = table_workbook("Fichiers d'avant", WHAT_TO_DO, tables, rows=frames)
    if AGREEMENTS.name in rows:
        content = workbook("Fichiers d'avant", WHAT_TO_DO, [agreements_sheet(rows[AGREEMENTS.name])])
    with for_owner_alone(folder) if PRIVATE in folder.parts else nullcontext():
        written = write_absent({free_name(folder / "fichiers_convertis.xlsx"): content}) if rows else []
    for path in there:
        path.rename(path.with_name(f"{path.name}.converti"))
    return written


def _said(path: Path) -> Any:
    if path.suffix == ".txt":
        names = map(str.strip, path.read_text(encoding="utf-8", errors="replace").splitlines())
        return [name for name in names if name and not name.startswith("#")]
    read = read_yaml(path, Any)
    if read.findings:
        raise InputError(read.findings)
    return read.value


def _rows(file: str, said: Any) -> Rows:
    """The rows of the sheets that stand for a former file. said: what it says."""
    match file if said else "":
        case "consultation":
            yield file, said
        case "convention":
            yield from _rows_of_convention(said)
        case "synthese":
            yield from ((file, cells) for cells in _lines_of_synthesis(said))
        case "info_flash":
            for issue in said:
                yield from _rows_of_issue(issue)
        case "conservation":
            yield from ((file, {"fichier": name, "supprimer_le": day}) for name, day in said.items())
        case "accords":
            yield from ((file, {"formulaire": name} | one) for name, one in said.items())
        case "noms_admis":
            yield from ((file, {"nom": name}) for name in said)


def _rows_of_convention(said: dict[str, Any]) -> Rows:
    yield "convention", said | said.get("periode", {})
    for one in said.get("articles", []):
        more = {"texte": one.get("texte_md"), "listes": one.get("champs_auto")}
        yield "articles", one | more
    yield from (("signataires", one) for one in said.get("parties", []))
    yield from (("annexes", one) for one in said.get("annexes", []))


def _lines_of_synthesis(said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in ("chiffres", "atouts", "alertes"):
        yield from ({"place": name[:-1], "indicateur": one} for one in said.get(name, []))
    yield from ({"place": "phrase"} | one for one in said.get("phrases", []))
    if "mot" in said:
        yield {"place": "mot", "texte": said["mot"]}
    if "signature" in said:
        yield {"place": "signature"} | said["signature"]


def _rows_of_issue(issue: dict[str, Any]) -> Rows:
    """The row of an issue of the info flash, then those of its dates."""
    keys, figures = ("indicateur", "territoire", "periode"), issue.get("chiffres_cles", [])
    more = {"chiffres_cles": [JOIN.join(figure[key] for key in keys) for figure in figures]}
    more |= {f"edito_{name}": text for name, text in issue.get("edito", {}).items()}
    yield "info_flash", issue | issue.get("participer", {}) | more
    dates = issue.get("prochaines_dates", [])
    yield from (("info_flash_dates", {"numero": issue["numero"]} | date) for date in dates)


def _text(table: str, name: str, cell: Any) -> str:
    """A cell as a person writes it."""
    text = LIST.join(" ".join(str(part).split()) for part in cell) if isinstance(cell, list) else str(cell or "")
    column = TABLES[table].columns.get(name) if table in TABLES else None
    text = column.kind.as_read(text) if column else text
    return as_shown(text) if column and column.type == "moment" else text

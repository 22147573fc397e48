"""What came of an EPCI and could not be read: its place is kept beside the tables, no word that someone wrote."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from ctg_analysis.core.errors import Finding
from ctg_analysis.core.settings import MATERIAL, DataRoot
from ctg_analysis.core.sheet_places import SheetPlace

UNREAD = "unread.json"  # in data/processed for the forms, in its folder of field material for the démarches
DOUBTED = "doubted.json"  # in data/processed: the EPCIs of which a form says what cannot be
KINDS = (".xlsx", ".ods", ".csv", ".yml")
Unread = dict[str, str]  # what was left out of an EPCI: a form by its source, MATERIAL, or "" for others → its place


def where(finding: Finding, names: Collection[str]) -> str:
    """Return where a fault is, in French. names: those of files and sheets that no person has given.

    >>> where(Finding("data/private/1/caf.csv", 3, "Mme X", "'a'", "a number"), {"caf.csv"})
    'caf.csv, ligne 3'
    >>> sheet = SheetPlace.of("data/private/1/Mme X.xlsx", "Foyers", {"periode": "B"})
    >>> where(Finding(sheet, 3, "periode", "'a'", "a year"), {"Foyers"})
    'un fichier .xlsx, feuille « Foyers », B3'
    """
    path, _, sheet = finding.path.partition(", feuille « ")
    file, sheet = Path(path), sheet.removesuffix(" »")
    kind = file.suffix.lower() if file.suffix.lower() in KINDS else ""
    parts = [file.name if file.name in names else f"un fichier {kind}".rstrip()]
    parts += [f"feuille « {sheet} »"] if sheet and sheet in names else []
    if finding.line is not None and isinstance(finding.path, SheetPlace):
        parts.append(finding.path.cell(finding.line, finding.column).partition(" (")[0])
    elif finding.line is not None:
        parts.append(f"ligne {finding.line}")
    return ", ".join(parts)


def write_unread(folder: Path, unread: Mapping[str, Unread]) -> None:
    """Write beside the tables of a folder what was left out of each EPCI."""
    (folder / UNREAD).write_text(json.dumps(unread, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_doubted(folder: Path, epcis: Collection[str]) -> None:
    """Write beside the tables of a folder of which EPCIs a form says what cannot be (rule R27)."""
    (folder / DOUBTED).write_text(json.dumps(sorted(epcis)) + "\n", encoding="utf-8")


def is_doubted(root: DataRoot, epci: str) -> bool:
    """Tell whether a form of an EPCI says what cannot be."""
    path = root.processed / DOUBTED
    return path.is_file() and epci in json.loads(path.read_text(encoding="utf-8"))


def read_unread(root: DataRoot, epci: str) -> Unread:
    """Return what was left out of an EPCI; nothing of one whose files are all good."""
    forms, material = (_read(folder).get(epci, {}) for folder in (root.processed, root.processed / MATERIAL))
    return forms | material


def faulty(root: DataRoot) -> list[str]:
    """Return the EPCIs of which something was left out."""
    return sorted({*_read(root.processed), *_read(root.processed / MATERIAL)})


def faulty_forms(root: DataRoot) -> list[str]:
    """Return the EPCIs of which a form, or what lies beside it, is at fault."""
    return sorted(_read(root.processed))


def _read(folder: Path) -> dict[str, Unread]:
    path = folder / UNREAD
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

"""A copy of the field material of the invented territory, that a test may spoil."""

import csv
import datetime
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ctg_analysis.demarche.material_files import MaterialFiles
from ctg_analysis.indicators.observations import FOLDER
from ctg_analysis.model.errors import Finding, in_order
from ctg_analysis.model.settings import EXAMPLE_EPCI, DataRoot
from ctg_analysis.pipeline.checks import check_material
from ctg_analysis.pipeline.freshness import write_manifest

TODAY = datetime.date(2026, 11, 24)


def copy_of(example: DataRoot, folder: Path) -> DataRoot:
    """Return a data root with the field material alone, and what `ctg data` made for the territory."""
    root = DataRoot(folder / "exemple")
    shutil.copytree(example.material(EXAMPLE_EPCI), root.material(EXAMPLE_EPCI))
    shutil.copytree(example.restricted_material(EXAMPLE_EPCI), root.restricted_material(EXAMPLE_EPCI))
    root.processed.mkdir()
    shutil.copy(example.processed / "territories.parquet", root.processed)
    shutil.copytree(example.processed / FOLDER, root.processed / FOLDER)
    write_manifest(root.processed, {})
    return root


def change(path: Path, line: int, column: str, value: str) -> None:
    """Write a value in a cell; lines count from 1, the header included."""
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter=";"))
    rows[line - 1][rows[0].index(column)] = value
    write(path, rows)


def add(path: Path, **cells: str) -> int:
    """Add a line with some cells; return its number."""
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter=";"))
    rows.append([cells.get(name, "") for name in rows[0]])
    write(path, rows)
    return len(rows)


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\n").writerows(rows)


def line_of(path: Path, column: str, value: str) -> int:
    """Return the first line where a column holds a value."""
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter=";"))
    return next(number for number, row in enumerate(rows, start=1) if row[rows[0].index(column)] == value)


def found_in(root: DataRoot) -> list[Finding]:
    """Return what is wrong with the field material, but for its proofs by an indicator, file by file."""
    return in_order(finding for several in check_material(root, TODAY).values() for finding in several)


def said(root: DataRoot) -> list[str]:
    """Return what `ctg check` says of the field material, but for its proofs by an indicator."""
    return [str(finding).replace(f"{root.path}/", "") for finding in found_in(root)]


def with_rows(material: MaterialFiles, **tables: pd.DataFrame) -> MaterialFiles:
    """Return field material with other rows in some of its tables."""
    files = {name: replace(material.tables[name], rows=rows) for name, rows in tables.items()}
    return replace(material, tables={**material.tables, **files})


def places_of(root: DataRoot) -> pd.DataFrame:
    return pd.read_parquet(root.processed / "territories.parquet")


def modes(folder: Path) -> tuple[set[str], set[str]]:
    """Return the modes of a folder and of all it holds: those of the folders, those of the files."""
    paths = (folder, *folder.rglob("*"))
    return tuple({oct(path.stat().st_mode & 0o777) for path in paths if path.is_dir() is one} for one in (True, False))

"""How the files of the field material are written: the columns of the models, lists with |, yes and no in French."""

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from ctg_analysis.demarche.declared_tables import TABLES

EPCI = "999999999"
TEXTS = Path(__file__).parent / "texts"


def texts(name: str) -> dict[str, Any]:
    """Return what was written by hand for the invented démarche."""
    return yaml.safe_load((TEXTS / f"{name}.yml").read_text(encoding="utf-8"))


def cell(value: Any) -> str:
    """Return a value as it is written in a cell."""
    match value:
        case None:
            return ""
        case bool():
            return "oui" if value else "non"
        case float():
            return f"{value:g}".replace(".", ",") if abs(value) < 1e5 else f"{value:.0f}"
        case datetime.date():
            return value.isoformat()
        case dict():
            return "|".join(f"{name}={cell(one)}" for name, one in value.items())
        case list() | tuple():
            return "|".join(map(cell, value))
    return str(value)


class Folder:
    """A folder of field material."""

    def __init__(self, path: Path):
        self.path = path
        path.mkdir(parents=True, exist_ok=True)

    def write(self, name: str, rows: Iterable[Mapping[str, Any]], questions: Iterable[str] = ()) -> None:
        """Write a table; questions: the columns of answers, after those of the model."""
        columns = [*TABLES[name].columns, *questions]
        table = pd.DataFrame([{column: cell(row.get(column)) for column in columns} for row in rows], columns=columns)
        table.to_csv(self.path / TABLES[name].file, sep=";", index=False, lineterminator="\n")


def rows_of(table: str, lists: Iterable[list], columns: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return lists as rows of a table: in the order of its columns, or of those that are named."""
    names = list(columns) or TABLES[table].columns
    return [dict(zip(names, values, strict=True)) for values in lists]

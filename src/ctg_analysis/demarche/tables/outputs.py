"""What chapters may read of a démarche: names and columns of its tables in data/processed/demarche/<siren>/.

Neither persons' answers nor who was heard are among them: `results` works these out before (rules R1, R6 and R24).
"""

import json
from pathlib import Path

import pandas as pd

from ctg_analysis.core.yaml_files import load_yaml
from ctg_analysis.demarche.tables import PUBLIC
from ctg_analysis.indicators.observations import COLUMNS

MATERIAL_READ = [name for name in PUBLIC if name not in ("extraits", "votes")]  # as they are, see `results`
WRITTEN = "written"  # what is written in YAML: columns file (convention, info_flash), json
OBSERVATIONS = "observations"  # what it gives to OBSERVATIONS, through the gate
RECEIVED = "received"  # of which day it is, by source

# Worked out in groups: table → its columns. What they mean: the function that bears the name.
RESULTS = load_yaml(Path(__file__).with_name("results.yml"), dict[str, list[str]]).value | {OBSERVATIONS: COLUMNS}


def stored(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A table as a file keeps it: lists and pairs as JSON, the lines of the files left out."""
    lists = _lists(name)
    written = {column: table[column].map(json.dumps, na_action="ignore") for column in lists}
    return table[columns_of(name)].assign(**written).astype(dict.fromkeys(lists, "str")).reset_index(drop=True)


def restored(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A table as it was: the types of its declaration, lists and pairs as tuples."""
    if name not in MATERIAL_READ:
        return table
    lists = {column: _tuples(table[column]) for column in _lists(name)}
    return table.assign(**lists).astype(PUBLIC[name].dtypes)


def empty(name: str) -> pd.DataFrame:
    """A table without rows, its columns there."""
    return restored(name, pd.DataFrame(columns=columns_of(name), dtype=object))


def columns_of(name: str) -> list[str]:
    """The columns of a table."""
    return RESULTS[name] if name in RESULTS else list(PUBLIC[name].columns)


def _lists(name: str) -> list[str]:
    return PUBLIC[name].lists if name in MATERIAL_READ else []


def _tuples(cells: pd.Series) -> list[tuple | None]:
    return [None if pd.isna(cell) else tuple(map(_tuple, json.loads(cell))) for cell in cells]


def _tuple(part: object) -> object:
    return tuple(part) if isinstance(part, list) else part

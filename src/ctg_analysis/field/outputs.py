"""What chapters may read of a démarche: names and columns of its tables in data/processed/demarche/<siren>/.

Neither persons' answers nor who was heard are among them: `results` works these out before (rules R1, R6 and R24).
"""

import json

import pandas as pd

from ctg_analysis.field.tables import PUBLIC
from ctg_analysis.field.tables.annotations import dtype

MATERIAL_READ = [name for name in PUBLIC if name not in ("extraits", "votes")]  # as they are, see `results`
WRITTEN = "written"  # what is written in YAML: columns file (convention, info_flash), json

# Worked out in groups: table → its columns. What they mean: the function of `field` that bears the name.
RESULTS: dict[str, list[str]] = {
    "extraits": ["extrait_id", "type_acteur", "champ", "code", "texte_anonymise", "tonalite", "niveau_diffusion"],
    "priorities": [
        "enjeu_id",
        "titre",
        "voters",
        "points",
        "importance",
        "importance_q1",
        "importance_q3",
        "urgence",
        "urgence_q1",
        "urgence_q3",
        "faisabilite",
        "faisabilite_q1",
        "faisabilite_q3",
        "score",
        "rank",
        "rank_low",
        "rank_high",
        "stability",
        "words",
    ],
    "sensitivity": ["enjeu_id", "scheme", "rank"],
    "divergences": ["enjeu_id", "spread", "above", "below", "diverges"],
    "points_by_type": ["enjeu_id", "type_votant", "points"],
    "overlooked": ["enjeu_id", "titre", "rank", "points", "constats", "kinds"],
    "decisions": ["enjeu_id", "titre", "rank", "retenu", "motif", "decide_le", "against", "unexplained"],
    "one_interview": ["constat_id"],
    WRITTEN: ["file", "json"],
}


def stored(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as a file keeps it: lists and pairs as JSON, the lines of the files left out."""
    lists = _lists(name)
    written = {column: table[column].map(json.dumps, na_action="ignore") for column in lists}
    return table[columns_of(name)].assign(**written).astype(dict.fromkeys(lists, "str")).reset_index(drop=True)


def restored(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it was: the types of its model, lists and pairs as tuples."""
    if name not in MATERIAL_READ:
        return table
    lists = {column: _tuples(table[column]) for column in _lists(name)}
    return table.assign(**lists).astype({column: dtype(field) for column, field in _fields(name).items()})


def empty(name: str) -> pd.DataFrame:
    """Return a table without rows, its columns there."""
    return restored(name, pd.DataFrame(columns=columns_of(name), dtype=object))


def columns_of(name: str) -> list[str]:
    """Return the columns of a table."""
    return RESULTS[name] if name in RESULTS else PUBLIC[name].columns


def _fields(name: str) -> dict:
    return PUBLIC[name].row.model_fields


def _lists(name: str) -> list[str]:
    if name not in MATERIAL_READ:
        return []
    return [column for column, field in _fields(name).items() if dtype(field) == "object"]


def _tuples(cells: pd.Series) -> list[tuple | None]:
    return [None if pd.isna(cell) else tuple(map(_tuple, json.loads(cell))) for cell in cells]


def _tuple(part: object) -> object:
    return tuple(part) if isinstance(part, list) else part

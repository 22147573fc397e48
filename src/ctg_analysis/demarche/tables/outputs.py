"""What chapters may read of a démarche: names and columns of its tables in data/processed/demarche/<siren>/.

Neither persons' answers nor who was heard are among them: `results` works these out before (rules R1, R6 and R24).
"""

import json

import pandas as pd

from ctg_analysis.demarche.tables import PUBLIC
from ctg_analysis.indicators.observations import COLUMNS

MATERIAL_READ = [name for name in PUBLIC if name not in ("extraits", "votes")]  # as they are, see `results`
WRITTEN = "written"  # what is written in YAML: columns file (convention, info_flash), json
OBSERVATIONS = "observations"  # what it gives to OBSERVATIONS, through the gate
RECEIVED = "received"  # of which day it is, by source

# Worked out in groups: table → its columns. What they mean: the function of `field` that bears the name.
RESULTS: dict[str, list[str]] = {
    name: columns.split()
    for name, columns in {
        "extraits": "extrait_id type_acteur champ code texte_anonymise tonalite niveau_diffusion",
        "priorities": (
            "enjeu_id titre voters points importance importance_q1 importance_q3 urgence urgence_q1 urgence_q3 "
            "faisabilite faisabilite_q1 faisabilite_q3 score rank rank_low rank_high stability words"
        ),
        "sensitivity": "enjeu_id scheme rank",
        "divergences": "enjeu_id spread above below diverges",
        "points_by_type": "enjeu_id type_votant points",
        "overlooked": "enjeu_id titre rank points constats kinds",
        "decisions": "enjeu_id titre rank retenu motif decide_le against unexplained",
        "one_interview": "constat_id",
        "consultation": (
            "plan diffusion modes start end usable weighted n_eff deff low high gap converged out_of_reach "
            "half_width interval"
        ),
        "participation": "step count of_sent of_started",
        "channels": "kind label count",
        "profile": "variable libelle modalite modalite_libelle category count before after census represented",
        "completion": "q_id libelle put answered no_answer not_concerned completion nonresponse",
        "distribution": "q_id modalite libelle in_base count share low high citations base n_eff shown fragile",
        "summary": "q_id mean low high first_quartile median third_quartile base n_eff shown",
        "crossings": "q_id modalite group base n_eff method chi2 dof levels p p_adjusted v v_corrected strength",
        "by_group": (
            "q_id modalite libelle in_base share low high base n_eff shown fragile variable group group_label p word"
        ),
        "paths": "q_id wished used wished_label used_label share base got",
        "open_themes": "q_id theme count positive neutre négative base",
        "open_quotes": "q_id theme tonalite extrait_nettoye",
        "interviews": "count extracts start end minutes",
        "themes_by_type": "theme type_acteur count",
        "saturation": "rank new total low high",
        "coders_agreement": "count agreement kappa low high words",
        "convergence": "theme interviews favourable unfavourable undecided verdict",
        "not_quoted": "readers motif count",
        "attendance": "atelier_id type_acteur presents turnout",
        "contributions_by_field": "champ constat besoin idée désaccord total linked meetings",
        RECEIVED: "source date",
        WRITTEN: "file json",
    }.items()
} | {OBSERVATIONS: COLUMNS}


def stored(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as a file keeps it: lists and pairs as JSON, the lines of the files left out."""
    lists = _lists(name)
    written = {column: table[column].map(json.dumps, na_action="ignore") for column in lists}
    return table[columns_of(name)].assign(**written).astype(dict.fromkeys(lists, "str")).reset_index(drop=True)


def restored(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it was: the types of its declaration, lists and pairs as tuples."""
    if name not in MATERIAL_READ:
        return table
    lists = {column: _tuples(table[column]) for column in _lists(name)}
    return table.assign(**lists).astype(PUBLIC[name].dtypes)


def empty(name: str) -> pd.DataFrame:
    """Return a table without rows, its columns there."""
    return restored(name, pd.DataFrame(columns=columns_of(name), dtype=object))


def columns_of(name: str) -> list[str]:
    """Return the columns of a table."""
    return RESULTS[name] if name in RESULTS else list(PUBLIC[name].columns)


def _lists(name: str) -> list[str]:
    return PUBLIC[name].lists if name in MATERIAL_READ else []


def _tuples(cells: pd.Series) -> list[tuple | None]:
    return [None if pd.isna(cell) else tuple(map(_tuple, json.loads(cell))) for cell in cells]


def _tuple(part: object) -> object:
    return tuple(part) if isinstance(part, list) else part

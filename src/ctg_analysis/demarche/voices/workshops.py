"""Meetings: who came, what was said there. workshops: columns atelier_id, type, numero_seance, champ, date, invites,
presents, presents_par_type (type=nombre, separated by |). contributions: atelier_id, type, champ, lien_constat.
"""

import pandas as pd

from ctg_analysis.demarche.tables.codes import labels

KINDS = ["constat", "besoin", "idée", "désaccord"]


def attendance(workshops: pd.DataFrame) -> pd.DataFrame:
    """Who came to each meeting where it was noted, kind by kind, the meetings in the order of their dates.

    Columns: atelier_id, turnout (present of those invited, 0 to 1; nothing when either is not known), type_acteur,
    presents: 0 for a kind that came to other meetings alone.
    """
    table = workshops.sort_values(["date", "atelier_id"], ignore_index=True)
    invited, came = (pd.to_numeric(table[name]).astype(float) for name in ("invites", "presents"))
    counts = pd.DataFrame([labels(cell) for cell in table["presents_par_type"]]).apply(pd.to_numeric)
    known = counts.sort_index(axis=1).fillna(0).where(counts.notna().any(axis=1), axis=0)
    rows = known.assign(atelier_id=table["atelier_id"], turnout=came / invited.where(invited > 0))
    return rows.melt(["atelier_id", "turnout"], var_name="type_acteur", value_name="presents").dropna(subset="presents")


def contributions_by_field(contributions: pd.DataFrame) -> pd.DataFrame:
    """What was said by field: columns champ, constat, besoin, idée, désaccord, total, linked, meetings.

    linked: how many throw light on a constat of the diagnosis. meetings: in how many meetings the field came up.
    """
    table = pd.crosstab(contributions["champ"], contributions["type"]).reindex(columns=KINDS, fill_value=0)
    table["total"] = table.sum(axis=1)
    by_field = contributions.groupby("champ")
    table["linked"] = by_field["lien_constat"].apply(lambda cells: int(cells.fillna("").ne("").sum()))
    table["meetings"] = by_field["atelier_id"].nunique()
    return table.rename_axis(columns=None).reset_index()

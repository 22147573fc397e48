"""Meetings: who came, what was said there. workshops: columns atelier_id, type, numero_seance, champ, date, invites,
presents, presents_par_type (type=nombre, separated by |). contributions: atelier_id, type, champ, lien_constat.
"""

import pandas as pd

from ctg_analysis.demarche.tables.codes import labels

KINDS = ["constat", "besoin", "idée", "désaccord"]


def attendance(workshops: pd.DataFrame) -> pd.DataFrame:
    """Who came to each meeting, in the order of the dates.

    Columns: atelier_id, type, numero_seance, champ, date, invites, presents, turnout (present of those invited, 0 to 1;
    nothing when either is not known), then one column of counts per type of actor that came to any meeting.
    """
    columns = ["atelier_id", "type", "numero_seance", "champ", "date", "invites", "presents"]
    table = workshops[columns].sort_values(["date", "atelier_id"], ignore_index=True)
    invited, came = (pd.to_numeric(table[name]).astype(float) for name in ("invites", "presents"))
    by_type = {
        meeting: labels(cell)
        for meeting, cell in zip(workshops["atelier_id"], workshops["presents_par_type"], strict=True)
    }
    counts = pd.DataFrame.from_dict(by_type, orient="index").reindex(table["atelier_id"]).reset_index(drop=True)
    counts = counts[sorted(counts.columns)].apply(pd.to_numeric)
    known = counts.notna().any(axis=1)
    return table.assign(turnout=came / invited.where(invited > 0)).join(counts.fillna(0).where(known, axis=0))


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

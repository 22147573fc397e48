"""Interviews and meetings: what may be shown of who spoke, of what, and of what was said (rules R6 and R24)."""

from collections.abc import Mapping

import pandas as pd

from ctg_analysis.demarche.files.material_files import MaterialFiles
from ctg_analysis.demarche.files.quotable import COPIL, PUBLIC, quotable
from ctg_analysis.demarche.voices import extracts as spoken
from ctg_analysis.demarche.voices import workshops

Tables = dict[str, pd.DataFrame]

INTERVIEWS, WHOLE = "entretiens", "ensemble"


def of_interviews(material: MaterialFiles, restricted: Mapping[str, pd.DataFrame]) -> Tables:
    """What may be shown of the interviews: see `outputs.RESULTS`. Without their dates, no saturation."""
    extracts, codebook = material["extraits"], material["codebook"]
    if extracts.empty:
        return {}
    themes = spoken.themes_by_type(extracts, codebook).rename_axis("theme").reset_index()
    kappa = spoken.coders_agreement(extracts)
    _, public = quotable(extracts, PUBLIC)
    _, copil = quotable(extracts, COPIL)
    reasons = pd.concat([public.assign(readers=PUBLIC), copil.assign(readers=COPIL)])
    held = restricted["entretiens"].sort_values(["date", "ent_id"])
    order = held["ent_pseudo"].tolist()
    return {
        "themes_by_type": themes.melt("theme", var_name="type_acteur", value_name="count"),
        "saturation": spoken.saturation(extracts, order) if order else pd.DataFrame(),
        "coders_agreement": pd.DataFrame([kappa._asdict()]) if kappa.count else pd.DataFrame(),
        "convergence": spoken.convergence(extracts, codebook),
        "not_quoted": reasons.groupby(["readers", "motif"], as_index=False).size().rename(columns={"size": "count"}),
        "interviews": _held(held, extracts),
    }


def _held(held: pd.DataFrame, extracts: pd.DataFrame) -> pd.DataFrame:
    """One row: how many interviews, between when, how many extracts; the interviews heard when the rest is gone.

    Means and dates are those of all the interviews together.
    """
    known = len(held) > 0
    row = {
        "count": len(held) if known else extracts["ent_pseudo"].nunique(),
        "extracts": len(extracts),
        "start": held["date"].min() if known else pd.NaT,
        "end": held["date"].max() if known else pd.NaT,
        "minutes": float(held["duree_min"].astype(float).median()) if known else float("nan"),
    }
    return pd.DataFrame([row])


def of_meetings(material: MaterialFiles) -> Tables:
    """Who came to the meetings, and what was said there by field."""
    meetings, contributions = material["ateliers"], material["contributions"]
    tables: Tables = {}
    if len(meetings):
        tables["attendance"] = workshops.attendance(meetings)
    if len(contributions):
        tables["contributions_by_field"] = workshops.contributions_by_field(contributions)
    return tables

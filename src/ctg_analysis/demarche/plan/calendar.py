"""Where a démarche is at a date: steps done, under way, planned, to come."""

import datetime

import pandas as pd

from ctg_analysis.demarche.tables.columns import first_day, last_day

DONE, UNDER_WAY, TO_COME = "faite", "en cours", "à venir"
PLANNED, NO_DATE = "prévue", "date à préciser"  # for a day that is past, of which nobody says that it was done


def as_of(steps: pd.DataFrame, moment: str) -> pd.Series:
    """Where each step of `calendrier` is at the end of a day, a month or a year.

    What the table says itself comes first; then its dates, a month being that of all its days: they tell what was
    planned, never that it was done; a step without date is « date à préciser ».
    """
    day = last_day(moment)
    return pd.Series([_status(row, day) for row in steps.itertuples()], index=steps.index, dtype=str)


def _status(step, day: datetime.date) -> str:
    if isinstance(step.statut, str):
        return step.statut
    if not isinstance(step.debut, str):
        return NO_DATE
    ends = step.fin if isinstance(step.fin, str) else step.debut
    if last_day(ends) <= day:
        return PLANNED
    return UNDER_WAY if first_day(step.debut) <= day else TO_COME

"""Days, months, years and what lasts from one to another, as French writes them."""

import pandas as pd

from ctg_analysis.demarche.tables.columns import first_day, last_day
from ctg_analysis.publishing.pages.site import MONTHS, in_french

DAY, MONTH = len("2023-01-19"), len("2023-01")


def moment_text(moment: str) -> str:
    """Return « 1er mars 2024 », « mars 2024 » or « 2024 »."""
    match len(moment):
        case length if length == DAY:
            return in_french(moment)
        case length if length == MONTH:
            return f"{MONTHS[int(moment[5:]) - 1]} {moment[:4]}"
        case _:
            return moment


def span_text(begin: str | None, end: str | None) -> str:
    """Return from when to when, « du 7 au 9 février 2023 », « de décembre 2022 à mars 2023 »; nothing without begin."""
    if not isinstance(begin, str):
        return ""
    if not isinstance(end, str) or end == begin:
        return moment_text(begin)
    first = moment_text(begin)
    if len(begin) == len(end) > len("2023") and begin[:4] == end[:4]:
        first = first.removesuffix(f" {begin[:4]}")
        if begin[:MONTH] == end[:MONTH]:
            first = first.partition(" ")[0]
    opening = "du " if len(begin) == DAY else "d’" if first[0] in "ao" else "de "  # avril, août, octobre
    return f"{opening}{first} {'au' if len(end) == DAY else 'à'} {moment_text(end)}"


def day_text(day: object) -> str:
    """Return a day of a table or of a model as text; nothing when there is none."""
    return "" if pd.isna(day) else in_french(pd.Timestamp(day).date().isoformat())


def whole_period(begin: str, end: str) -> str:
    """Return a period from its first to its last day: « du 1er janvier 2024 au 31 décembre 2027 »."""
    return f"du {in_french(first_day(begin).isoformat())} au {in_french(last_day(end).isoformat())}"


def years(begin: str, end: str) -> list[int]:
    """Return the years of a period."""
    return list(range(first_day(begin).year, last_day(end).year + 1))

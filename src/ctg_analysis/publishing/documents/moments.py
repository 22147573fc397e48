"""Days, months, years and what lasts from one to another, as French writes them."""

import pandas as pd

from ctg_analysis.field.tables.columns import first_day, last_day
from ctg_analysis.publishing.site import MONTHS, in_french

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
    """Return « 19 janvier 2023 », « du 7 au 9 février 2023 », « de décembre 2022 à mars 2023 »; nothing without begin."""
    if not isinstance(begin, str):
        return ""
    if not isinstance(end, str) or end == begin:
        return moment_text(begin)
    whole_days = len(begin) == DAY
    opening, joint = ("du", "au") if whole_days else ("de", "à")
    first, last = moment_text(begin), moment_text(end)
    if len(begin) == len(end):
        shared = 0 if begin[:4] != end[:4] else 2 if whole_days and begin[:MONTH] == end[:MONTH] else 1
        words = first.split(" ")
        first = " ".join(words[: len(words) - shared]) or first
    if first[:1] in "ao" and not whole_days:  # avril, août, octobre
        opening = "d’"
        return f"{opening}{first} {joint} {last}"
    return f"{opening} {first} {joint} {last}"


def day_text(day: object) -> str:
    """Return a day of a table or of a model as text; nothing when there is none."""
    return "" if pd.isna(day) else in_french(pd.Timestamp(day).date().isoformat())


def whole_period(begin: str, end: str) -> str:
    """Return a period from its first to its last day: « du 1er janvier 2024 au 31 décembre 2027 »."""
    return f"du {in_french(first_day(begin).isoformat())} au {in_french(last_day(end).isoformat())}"


def years(begin: str, end: str) -> list[int]:
    """Return the years of a period."""
    return list(range(first_day(begin).year, last_day(end).year + 1))

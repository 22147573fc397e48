"""Days, months, years and what lasts from one to another, as French writes them."""

import pandas as pd

MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre")
MONTHS += ("novembre", "décembre")
DAY, MONTH = len("2023-01-19"), len("2023-01")


def moment_text(moment: str) -> str:
    """Return « 1er mars 2024 », « mars 2024 » or « 2024 »."""
    if len(moment) < MONTH:
        return moment
    year, month, *day = moment.split("-")
    words = f"{MONTHS[int(month) - 1]} {year}"
    return f"{'1er' if int(day[0]) == 1 else int(day[0])} {words}" if day else words


def day_text(day: object) -> str:
    """Return a day of a table as text; nothing when there is none."""
    return "" if pd.isna(day) else moment_text(pd.Timestamp(day).date().isoformat())


def span_text(begin: object, end: object) -> str:
    """Return « septembre 2024 – décembre 2027 »; one moment when there is one, nothing when there is none."""
    told = [moment_text(moment) for moment in (begin, end) if isinstance(moment, str)]
    return " – ".join(dict.fromkeys(told))

"""French dates and periods: days, months, years, and what lasts from one to another.

A moment is written in ISO 8601: a day, a month or a year; a day may be a date. A period may be two years, 2018-2023.
"""

import datetime

FRENCH = "fr_FR"
DAY, MONTH, YEAR = len("2023-01-19"), len("2023-01"), len("2023")
IN_WORDS = {DAY: "d MMMM y", MONTH: "MMMM y", YEAR: "y"}
Moment = str | datetime.date | None


def date_text(moment: Moment) -> str:
    """A moment or a period in words; nothing when there is none (None, NaT).

    >>> date_text("2024-03-01"), date_text("2024-11-22"), date_text("2024-08"), date_text("2018-2023")
    ('1er mars 2024', '22 novembre 2024', 'août 2024', '2018-2023')
    """
    from babel.dates import format_date  # a build that has nothing to do does without it

    moment = _iso(moment)
    if len(moment) not in IN_WORDS:
        return moment
    day = datetime.date.fromisoformat(f"{moment}-01-01"[:DAY])
    pattern = IN_WORDS[len(moment)]
    return format_date(day, pattern.replace("d ", "d'er' ") if day.day == 1 else pattern, locale=FRENCH)


def short_date(moment: Moment) -> str:
    """A day in figures; a month or a year in words.

    >>> short_date("2026-11-24"), short_date("2026-11")
    ('24/11/2026', 'novembre 2026')
    """
    moment = _iso(moment)
    return "/".join(reversed(moment.split("-"))) if len(moment) == DAY else date_text(moment)


def span_text(begin: Moment, end: Moment) -> str:
    """Two moments as a cell holds them; one when they are the same or one is missing, nothing when both are.

    >>> span_text("2024-09", "2027-12")
    'septembre 2024 – décembre 2027'
    """
    return " – ".join(dict.fromkeys(filter(None, map(date_text, (begin, end)))))


def span_phrase(begin: Moment, end: Moment) -> str:
    """Two moments as a sentence says them; nothing without the first.

    >>> span_phrase("2023-02-07", "2023-02-09"), span_phrase("2022-12", "2023-03"), span_phrase("2024", "2024")
    ('du 7 au 9 février 2023', 'de décembre 2022 à mars 2023', '2024')
    >>> span_phrase("2024-01-01", "2027-12-31"), span_phrase("2024-08", "2024-10")
    ('du 1er janvier 2024 au 31 décembre 2027', 'd’août à octobre 2024')
    """
    begin, end = _iso(begin), _iso(end)
    if not begin or end in ("", begin):
        return date_text(begin)
    first = date_text(begin)
    if len(begin) == len(end) > YEAR and begin[:YEAR] == end[:YEAR]:
        first = first.removesuffix(f" {begin[:YEAR]}")
        if begin[:MONTH] == end[:MONTH]:
            first = first.partition(" ")[0]
    opening = "du " if len(begin) == DAY else "d’" if first[0] in "ao" else "de "  # avril, août, octobre
    return f"{opening}{first} {'au' if len(end) == DAY else 'à'} {date_text(end)}"


def _iso(moment: Moment) -> str:
    """A moment in ISO 8601; nothing for one that is missing."""
    if isinstance(moment, str):
        return moment
    return f"{moment:%Y-%m-%d}" if isinstance(moment, datetime.date) and moment == moment else ""  # NaT is not itself

"""What is found and what is expected, in French, for the people who fill tables and read no English.

What has no phrase stays as it is: the tests ask for a phrase for whatever these people may be told.
"""

import re
from functools import cache

from ctg_analysis.core.french_of_files import OF_FILES
from ctg_analysis.core.french_of_tables import OF_TABLES

PART, AS_WRITTEN = re.compile(r"\{(\w+)\}"), ("place", "edition")  # the path of a file, or a cell; a folder
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")  # what someone has written
DAY = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])-([0-3]\d)\b")
MONTH = re.compile(r"\b((?:19|20)\d\d)-(0[1-9]|1[0-2])\b(?!-)")
# Each phrase, of which {parts} change, and its French; of those that fit, that with most words of its own is taken.
PHRASES = OF_TABLES | OF_FILES


def in_french(text: str) -> str:
    """A phrase of a finding in French, its parts too; one that is not known, or that is quoted, as it is.

    >>> in_french("a blank cell"), in_french("at least 12, which its communes have together")
    ('une case vide', 'au moins 12, ce que ses communes ont ensemble')
    >>> in_french("a blank cell, and as much in 3 other lines")
    'une case vide, et autant dans 3 autres lignes'
    """
    if text in PHRASES:
        return PHRASES[text]
    if QUOTED.fullmatch(text):
        return text
    for english, french in _patterns():
        if match := english.fullmatch(text):
            parts = {name: part if name in AS_WRITTEN else in_french(part) for name, part in match.groupdict().items()}
            return french.format(**parts)
    return in_french_days(text)


def in_french_days(text: str) -> str:
    """The days and months of a text as the cells of a spreadsheet show them.

    >>> in_french_days("2026-03-02"), in_french_days("avant le 2026-03-02, en 2024-12")
    ('02/03/2026', 'avant le 02/03/2026, en 12/2024')
    """
    return MONTH.sub(r"\2/\1", DAY.sub(r"\3/\2/\1", text))


@cache
def _patterns() -> list[tuple[re.Pattern, str]]:
    some = [english for english in PHRASES if PART.search(english)]
    longest_first = sorted(some, key=lambda english: len(PART.sub("", english)), reverse=True)
    return [(_pattern(english), PHRASES[english]) for english in longest_first]


def _pattern(english: str) -> re.Pattern:
    """The expression that a phrase is, each of its parts a group."""
    pieces = PART.split(english)
    groups = [re.escape(fixed) + f"(?P<{name}>.+?)" for fixed, name in zip(pieces[:-1:2], pieces[1::2], strict=True)]
    return re.compile("".join(groups) + re.escape(pieces[-1]), re.DOTALL)

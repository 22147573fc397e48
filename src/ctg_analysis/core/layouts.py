"""How producers lay out their files: which columns and codes hold which measures.

Each dataset of `sources` declares its layouts; `cleaning.official.declared` reads any of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import ConfigDict

from ctg_analysis.core.declared_values import Pattern

NO_OTHER_KEY = ConfigDict(extra="forbid")  # of what is declared in YAML: a key that is misspelt is refused
YEAR, SHEET, MONTH, QUARTER = "year", "sheet", "month", "quarter"
DECEMBER = "december"
ROWS = "rows"


@dataclass(frozen=True)
class Cube:
    """A file of INSEE's Melodi: one row per place, period and combination of dimensions.

    measures: measure → dimension → codes separated by spaces, which are added up. Every other dimension of the
    file must be at its total.
    """

    __pydantic_config__ = NO_OTHER_KEY
    files: str
    measures: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Table:
    """A file with one row per place, and per period if it holds several; one column per measure.

    code, level: column of the place, and its level; codes: pattern of the codes, when they are not those of the level;
    france: the code that its one place has here, when it is that of France.
    outside: pattern of the codes that belong to no place; their rows are not read.
    period: column of the period, of the kind `written` (a year; that of a sheet named after one, APL 2023; a month,
    kept for December only; a year of which the file tells December; a quarter), a year when the columns are all of that
    year, two (2013-2018) when they are of all that happened from the first to the other, or "" when the file's name or
    certificate has it.
    where: column → pattern of the rows that are kept.
    measures: column → measure; {yy} in a column stands for the last digits of the year of the file. words: what stands
    in the place of a number → status.
    computed: measure → what it is computed from, columns and numbers, as in "ACT1564 - CHOM1564" or "pct * RP / 100".
    beside: pattern of the files of which the columns that this one lacks are taken, place by place.
    signed: columns whose numbers may be below 0; a count never is.
    large: what the producer publishes of large communes only, by rules of its own: the others have no row.
    former: pattern of the names of the files of former years: what the current ones hold too is read from these alone.
    parts: column → how many counts it adds up that the producer rounds (rule R3).
    repeated: the producer repeats rows; the one with the highest first measure is kept.
    flags: column → pattern of what it holds when the place has the thing: its measure is then 1, else 0.
    weight: pattern of the column that the producer weights its index by, where the file has it. The index is then given
        as two measures that add up, `<measure>_total` (x weight) and `<measure>_inhabitants` (the weight).
    """

    __pydantic_config__ = NO_OTHER_KEY
    files: str
    code: str
    level: Literal["commune", "epci", "departement", "region", "france"]
    measures: Mapping[str, str] = field(default_factory=dict)
    period: str = ""
    written: Literal["year", "sheet", "month", "quarter", "december"] = YEAR
    outside: Pattern = ""
    where: Mapping[str, Pattern] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    repeated: bool = False
    flags: Mapping[str, Pattern] = field(default_factory=dict)
    computed: Mapping[str, str] = field(default_factory=dict)
    signed: frozenset[str] = frozenset()
    beside: str = ""
    large: bool = False
    codes: Pattern = ""
    weight: Pattern = ""
    france: Literal["F", "FM"] = "F"
    former: str = ""
    parts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Tally:
    """What is counted in a register: its rows or the sum `of` columns (A + B), where patterns match (see `where`)."""

    __pydantic_config__ = NO_OTHER_KEY
    where: Mapping[str, Pattern] = field(default_factory=dict)
    of: str = ROWS

    @property
    def columns(self) -> list[str]:
        """Return the columns that are added up; none when the rows are counted."""
        return [] if self.of == ROWS else self.of.split(" + ")


@dataclass(frozen=True)
class Register:
    """A file with one row per thing (a school, an association, a site), counted by commune.

    Its year is in its name, its vintage or the date it was had. An extract that lacks a column of a measure does not
    give this measure.

    code: column of the commune; with `departement`, that column holds its last three characters only.
    several: the code may be a list: a thing that lies in several communes counts in each.
    outside: pattern of the codes that belong to no commune.
    """

    __pydantic_config__ = NO_OTHER_KEY
    files: str
    code: str
    measures: Mapping[str, Tally]
    departement: str = ""
    several: bool = False
    outside: Pattern = ""


Layout = Cube | Table | Register

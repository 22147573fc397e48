"""Layouts of files and forms of partners: which columns and codes hold which measures."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import ConfigDict

from ctg_analysis.model.yaml_files import Pattern

# Each source of `model/declared/sources` declares its layouts; `clean.layouts` reads any of them.

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
    within: column → the column that it may not exceed in the same row.
    beside: pattern of the files of which the columns that this one lacks are taken, place by place.
    signed: columns whose numbers may be below 0; a count never is.
    complement: what it gives is of the places alone that the other files give no figure of.
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
    within: Mapping[str, str] = field(default_factory=dict)
    beside: str = ""
    complement: bool = False
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
    outside: pattern of the codes that belong to no commune.
    """

    __pydantic_config__ = NO_OTHER_KEY
    files: str
    code: str
    measures: Mapping[str, Tally]
    departement: str = ""
    outside: Pattern = ""


Layout = Cube | Table | Register


@dataclass(frozen=True)
class Structures:
    """A file with one row per structure that a reader may know by name, see `clean.structures`.

    kind: one of the sheet « Structures » of a démarche. chapter: the one that lists it. code, departement: as those of
    a `Register`. id, sector: their columns. names: those of the name, of which the first that the file has counts.
    called: what a structure without a name is called. prefix: before an id that is a mere number; without one, the
    commune and the name make it. where: column → pattern of the rows that are kept.
    period: column of the year; of several, the latest is read. Without it, the year is that of the file.
    open_in, open_id: pattern of the files that name those that are open, and column of their ids; others have closed.
    listed: False where the file only names structures that others list.
    """

    __pydantic_config__ = NO_OTHER_KEY
    files: str
    kind: str
    chapter: Literal["04", "05", "06", "07", "08", "09", "10"]
    code: str
    id: str
    called: str = ""
    names: tuple[str, ...] = ()
    sector: str = ""
    departement: str = ""
    prefix: str = ""
    where: Mapping[str, Pattern] = field(default_factory=dict)
    period: str = ""
    open_in: str = ""
    open_id: str = ""
    listed: bool = True


# What a partner fills: the columns of a form.

PERSONS, NUMBER, HOURS, EUROS, YES_NO, SCORE = "persons", "number", "hours", "euros", "0 or 1", "sum of scores"
PRICE, SCALE, CALENDAR_YEAR = "price in euros", "number of steps", "year"
DELAY, MINUTES = "delay in months", "minutes of travel"
NOT_ADDITIVE = (PRICE, SCALE, CALENDAR_YEAR, DELAY, MINUTES)  # of several communes there is no sum
EVIDENCE = "words"  # what a score rests on, in a few words that are published
NAME, CHOICE, DAY, GRADE = "name of an organisation", "one word of a list", "day", "score of one site"
OF_NUMBERS = (PERSONS, NUMBER, HOURS, EUROS, YES_NO, SCORE, *NOT_ADDITIVE, GRADE)
Kind = Literal[*OF_NUMBERS, EVIDENCE, NAME, CHOICE, DAY]
PLACE, PERIOD = "territoire", "periode"  # the columns of every form
CONFIRMED, YES = "confirme", "oui"  # a column that may be left out: « oui » where the figures of a row are as they are
HIGHEST = 3  # of the scores, which begin at 0


@dataclass(frozen=True)
class Field:
    """A column of a form: its name, the measure it holds, what to write in it (French), and its kind.

    part_of: the column that it may not exceed in the same row. about: the columns that count what it is about; where
    they count nothing, it does not apply. A column of EVIDENCE holds words about the scores of its measure, which
    another column holds. choices: the words of a column of CHOICE. rounded: for what is not persons, whether the column
    is published rounded too (rule R1): 1 for what is given to persons and for what such a column is part of, 4 where
    each person may have four.
    """

    __pydantic_config__ = NO_OTHER_KEY
    column: str
    measure: str
    label: str
    kind: Kind = NUMBER
    part_of: str = ""
    about: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    rounded: int = 0

    @property
    def is_rounded(self) -> bool:
        """Tell whether secrecy rounds what it counts: persons, always."""
        return self.kind == PERSONS or self.rounded > 0


@dataclass(frozen=True)
class Form:
    """A file that a partner fills: one row per place (commune, EPCI, département) and year.

    fields: its columns besides `territoire` and `periode`. sheet: the name of its sheet in the workbook of a partner.
    written: what `periode` is; a month is a December, for what is compared with the Caf's counts of that month.
    breakdowns: whole → its parts, as measures, when the parts add up to the whole, or nearly.
    held_to: measure → open indicators, or sums of some, of as many or more: the first one known of a place (rule R27).
    by_site: in a form of one row per site (a structure), several in a commune or none, from which communes are counted:
    the measures so counted of which several communes have no sum.
    """

    __pydantic_config__ = NO_OTHER_KEY
    fields: tuple[Field, ...]
    sheet: str = ""
    written: Literal["year", "month"] = YEAR
    breakdowns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    held_to: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_site: frozenset[str] = frozenset()

    @property
    def columns(self) -> list[str]:
        """Return the names of all its columns, in their order."""
        return [PLACE, PERIOD, *(field.column for field in self.fields), *([CONFIRMED] if self.held_to else [])]

    @property
    def numbers(self) -> tuple[Field, ...]:
        """Return the columns that hold numbers."""
        return tuple(field for field in self.fields if field.kind in OF_NUMBERS)

    @property
    def alone(self) -> frozenset[str]:
        """Return the measures of which several communes have no sum."""
        return self.by_site or frozenset(field.measure for field in self.numbers if field.kind in NOT_ADDITIVE)

    @property
    def words(self) -> tuple[Field, ...]:
        """Return the columns that say what scores rest on."""
        return tuple(field for field in self.fields if field.kind == EVIDENCE)

    def parts(self) -> set[tuple[str, str]]:
        """Return the pairs (part, whole) of measures."""
        measure = {field.column: field.measure for field in self.fields}
        nested = {(field.measure, measure[field.part_of]) for field in self.fields if field.part_of}
        return nested | {(part, whole) for whole, several in self.breakdowns.items() for part in several}

    def families(self, measures: Collection[str]) -> list[set[str]]:
        """Return the measures, those that are parts and wholes of each other in one set.

        >>> fields = Field("a", "pupils", ""), Field("b", "at_canteen", "", part_of="a"), Field("c", "volunteers", "")
        >>> [sorted(family) for family in Form(fields).families(["pupils", "at_canteen", "volunteers"])]
        [['volunteers'], ['at_canteen', 'pupils']]
        """
        families = [{measure} for measure in measures]
        for pair in self.parts():
            joined = [family for family in families if family.intersection(pair)]
            if joined:
                families = [family for family in families if family not in joined]
                families.append(set().union(*joined))
        return families

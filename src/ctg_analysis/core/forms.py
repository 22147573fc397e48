"""What a partner fills: the columns of a form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ctg_analysis.core.layouts import NO_OTHER_KEY, YEAR

PERSONS, NUMBER, HOURS, EUROS, YES_NO, SCORE = "persons", "number", "hours", "euros", "0 or 1", "sum of scores"
PRICE, SCALE, CALENDAR_YEAR = "price in euros", "number of steps", "year"
DELAY, MINUTES = "delay in months", "minutes of travel"
NOT_ADDITIVE = (PRICE, SCALE, CALENDAR_YEAR, DELAY, MINUTES)  # of several communes there is no sum
EVIDENCE = "words"  # what a score rests on, in a few words that are published
NAME, CHOICE, DAY, GRADE = "name of an organisation", "one word of a list", "day", "score of one site"
Kind = Literal[
    PERSONS,
    NUMBER,
    HOURS,
    EUROS,
    YES_NO,
    SCORE,
    PRICE,
    SCALE,
    CALENDAR_YEAR,
    DELAY,
    MINUTES,
    EVIDENCE,
    NAME,
    CHOICE,
    DAY,
    GRADE,
]
PLACE, PERIOD = "territoire", "periode"  # the columns of every form
CONFIRMED, YES = "confirme", "oui"  # a column that may be left out: « oui » where the figures of a row are as they are
HIGHEST = 3  # of the scores, which begin at 0


@dataclass(frozen=True)
class Field:
    """A column of a form: its name, the measure it holds, what to write in it (French), and its kind.

    part_of: the column that it may not exceed in the same row. about: the columns that count what it is about; where
    they count nothing, it does not apply. A column of EVIDENCE holds words about the scores of its measure, which
    another column holds. choices: the words of a column of CHOICE. rounded: where the kind does not say it, whether the
    column is published rounded (rule R1): 1 for what is given to persons, 4 where each may have four, 0 for
    professionals whom a public list names.
    """

    __pydantic_config__ = NO_OTHER_KEY
    column: str
    measure: str
    label: str
    kind: Kind = NUMBER
    part_of: str = ""
    about: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    rounded: int | None = None

    @property
    def is_rounded(self) -> bool:
        """Tell whether secrecy rounds what it counts."""
        return self.kind == PERSONS if self.rounded is None else bool(self.rounded)


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
        return tuple(field for field in self.fields if field.kind not in (EVIDENCE, NAME, CHOICE, DAY))

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

    def within_exact(self) -> dict[str, str]:
        """Return the measures that are rounded within one that is not, with the smallest such."""
        named = {one.column: one for one in self.fields}
        found = {}
        for one in self.fields:
            whole = named.get(one.part_of)
            while whole and whole.is_rounded:
                whole = named.get(whole.part_of)
            if whole and one.is_rounded:
                found[one.measure] = whole.measure
        return found

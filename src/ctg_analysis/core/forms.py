"""What a partner fills: the columns of a form, and what its counts say of each other."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

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
    another column holds. choices: the words of a column of CHOICE.
    """

    __pydantic_config__ = NO_OTHER_KEY
    column: str
    measure: str
    label: str
    kind: Kind = NUMBER
    part_of: str = ""
    about: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


MANY = math.inf  # coefficient of a link: more than any count of persons


@dataclass(frozen=True)
class Link:
    """What the counts of a place say of each other: weighted, they never come to less than 0.

    Example: nobody comes where there is no site, so that `persons <= MANY x sites`:
    `Link({"digital_sites": MANY, "digital_persons": -1}, "no `digital_persons` without `digital_sites`")`.

    terms: measure -> coefficient; MANY for as many as there can be. communes: MANY for each commune of the place is
    added. words: the link as docs/security.md says it. presumed: it holds as a rule, and figures that contradict it
    suspend it in their place.
    """

    terms: Mapping[str, float]
    words: str
    communes: bool = False
    presumed: bool = True


def link(written: Any) -> Link:
    """Return a link as a declaration writes it: `{persons: digital_persons, nobody_without: [digital_sites]}`.

    Raises:
        ValueError: none of the ways in which a link is written.
    """
    match written:
        case {"persons": persons, "nobody_without": [*things], **others} if not others:
            return nobody_without(persons, *things)
        case {"persons": persons, "at_most": things, **others} if not others:
            return at_most(persons, things)
        case {"persons": persons, "at_least": things, **others} if not others.keys() - {"each"}:
            return at_least(persons, things, int(others.get("each", 1)))
        case {"persons": persons, "all_of": whole, "where": things, **others} if not others.keys() - {"is_all_of"}:
            return everybody_with(persons, whole, things, others.get("is_all_of", ""))
        case {"whole": whole, "apart": [*parts], **others} if not others:
            return apart(whole, *parts)
        case Link():
            return written
    raise ValueError(
        "persons with nobody_without, at_most, at_least (and each) or all_of and where (and is_all_of), "
        "or a whole with what is apart in it"
    )


def nobody_without(persons: str, *things: str) -> Link:
    """The link of persons with things: where there is none of these, there is nobody."""
    words = f"no `{persons}` without {' or '.join(f'`{thing}`' for thing in things)}"
    return Link({**dict.fromkeys(things, MANY), persons: -1}, words)


def everybody_with(persons: str, whole: str, things: str, all_things: str = "") -> Link:
    """The link of a part of the persons with things: where all the things are there, the part is the whole.

    all_things: the count that things are a part of; without it, things are one yes for each commune.
    """
    terms = {persons: 1, whole: -1, things: -MANY} | ({all_things: MANY} if all_things else {})
    every = f"all of `{all_things}`" if all_things else "every commune"
    return Link(terms, f"`{persons}` is `{whole}` where `{things}` is {every}", communes=not all_things)


def at_most(persons: str, things: str) -> Link:
    """The link of persons with things of which each has one at least."""
    return Link({things: 1, persons: -1}, f"`{persons}` at most `{things}`")


def at_least(persons: str, things: str, each: int = 1) -> Link:
    """The link of persons with things of which each has so many at most."""
    return Link({persons: each, things: -1}, f"`{persons}` at least `{things}`" + f" / {each}" * (each > 1))


def within(whole: str, *parts: str) -> Link:
    """The link of a whole with parts of it that have nothing in common: by definition."""
    words = f"{' + '.join(f'`{part}`' for part in parts)} within `{whole}`"
    return Link({whole: 1, **dict.fromkeys(parts, -1)}, words, presumed=False)


def apart(whole: str, *parts: str) -> Link:
    """The link of a whole with parts of it that, as a rule, have nothing in common."""
    return replace(within(whole, *parts), presumed=True)


@dataclass(frozen=True)
class Form:
    """A file that a partner fills: one row per place (commune, EPCI, département) and year.

    fields: its columns besides `territoire` and `periode`. sheet: the name of its sheet in the workbook of a partner.
    written: what `periode` is; a month is a December, for what is compared with the Caf's counts of that month.
    breakdowns: whole → its parts, as measures, when the parts add up to the whole: one of them is then known from the
    others, which the secrecy gate must know.
    links: what counts say of each other. tells: an answer, 0 or 1 → the persons of which it says whether there are any.
    held_to: measure → open indicators, or sums of some, of as many or more: the first one known of a place (rule R27).
    by_site: in a form of one row per site (a structure), several in a commune or none, from which communes are counted:
    the measures so counted of which several communes have no sum.
    """

    __pydantic_config__ = NO_OTHER_KEY
    fields: tuple[Field, ...]
    sheet: str = ""
    written: Literal["year", "month"] = YEAR
    breakdowns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: tuple[Annotated[Link, BeforeValidator(link)], ...] = ()
    tells: Mapping[str, str] = field(default_factory=dict)
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

    @property
    def wholes(self) -> tuple[Link, ...]:
        """Return what parts and wholes say: a breakdown is no less and no more than its whole."""
        parts = tuple(within(whole, part) for part, whole in sorted(self.parts()))
        back = (
            Link({whole: -1, **dict.fromkeys(several, 1)}, f"{whole} within {' + '.join(several)}", presumed=False)
            for whole, several in self.breakdowns.items()
        )
        return (*parts, *(within(whole, *several) for whole, several in self.breakdowns.items()), *back)

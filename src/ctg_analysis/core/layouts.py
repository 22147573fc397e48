"""How producers lay out their files: which columns and codes hold which measures.

Each dataset of `sources` declares its layouts; `cleaning.declared` reads any of them. A name or a code that no
real file has shown is a Guess: the first full file confirms it, or says which line to correct.
"""

import math
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

YEAR, MONTH, QUARTER = "year", "month", "quarter"


class Guess(str):
    """A column or a code that was seen in no real file.

    declared: the file and the line where it stands, for a person to correct it.
    """

    declared: tuple[str, int]

    def __new__(cls, text: str) -> "Guess":
        """Keep the place of the call, which is that of the declaration."""
        guess = super().__new__(cls, text)
        caller = traceback.extract_stack(limit=2)[0]
        guess.declared = (caller.filename, caller.lineno or 1)
        return guess


@dataclass(frozen=True)
class Cube:
    """A file of INSEE's Melodi: one row per place, period and combination of dimensions.

    measures: measure → dimension → codes separated by spaces, which are added up. Every other dimension of the
    file must be at its total.
    """

    files: str
    measures: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Table:
    """A file with one row per place, and per period if it holds several; one column per measure.

    code, level: column of the place, and its level. outside: pattern of the codes that belong to no place.
    period: column of the period, of the kind `written` (a month is kept for December only), a year when the columns
    are all of that year, or "" when the file's name or certificate has it.
    where: column → pattern of the rows that are kept.
    measures: column → measure. words: what stands in the place of a number → status.
    repeated: the producer repeats rows; the one with the highest first measure is kept.
    flags: column → pattern of what it holds when the place has the thing: its measure is then 1, else 0.
    """

    files: str
    code: str
    level: str
    measures: Mapping[str, str]
    period: str = ""
    written: str = YEAR
    outside: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    repeated: bool = False
    flags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Tally:
    """What is counted in a register: the rows that match `where` (column → pattern), or the sum of a column."""

    where: Mapping[str, str] = field(default_factory=dict)
    of: str = ""


@dataclass(frozen=True)
class Register:
    """A file with one row per thing (a school, an association, a site), counted by commune.

    Its year is in its name, its vintage or the date it was had.

    code: column of the commune; with `departement`, that column holds its last three characters only.
    several: the code may be a list: a thing that lies in several communes counts in each.
    outside: pattern of the codes that belong to no commune.
    """

    files: str
    code: str
    measures: Mapping[str, Tally]
    departement: str = ""
    several: bool = False
    outside: str = ""


Layout = Cube | Table | Register


def guesses(layout: Layout) -> set[str]:
    """Return the names and codes of a layout that are guesses."""
    names: list[str] = []
    match layout:
        case Cube(_, measures):
            names = [name for filters in measures.values() for pair in filters.items() for name in pair]
        case Table():
            names = [
                layout.code,
                layout.period,
                *layout.measures,
                *layout.where,
                *layout.where.values(),
                *layout.flags.values(),
            ]
        case Register():
            names = [layout.code, layout.departement]
            for tally in layout.measures.values():
                names += [tally.of, *tally.where, *tally.where.values()]
    return {name for name in names if isinstance(name, Guess)}


PERSONS, NUMBER, HOURS, EUROS, YES_NO, SCORE = "persons", "number", "hours", "euros", "0 or 1", "sum of scores"
PRICE, SCALE, CALENDAR_YEAR = "price in euros", "number of steps", "year"
DELAY, MINUTES = "delay in months", "minutes of travel"
NOT_ADDITIVE = (PRICE, SCALE, CALENDAR_YEAR, DELAY, MINUTES)  # of several communes there is no sum
EVIDENCE = "words"  # what a score rests on, in a few words that are published
NAME, CHOICE, DAY, GRADE = "name of an organisation", "one word of a list", "day", "score of one site"
HIGHEST = 3  # of the scores, which begin at 0


@dataclass(frozen=True)
class Field:
    """A column of a form: its name, the measure it holds, what to write in it (French), and its kind.

    part_of: the column that it may not exceed in the same row. about: the columns that count what it is about; where
    they count nothing, it does not apply. A column of EVIDENCE holds words about the scores of its measure, which
    another column holds. choices: the words of a column of CHOICE.
    """

    column: str
    measure: str
    label: str
    kind: str = NUMBER
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


def nobody_without(persons: str, *things: str) -> Link:
    """The link of persons with things: where there is none of these, there is nobody."""
    words = f"no `{persons}` without {' or '.join(f'`{one}`' for one in things)}"
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

    file: its name in data/private/<siren>/. title: French. fields: its columns besides `territoire` and `periode`.
    written: what `periode` is; a month is a December, for what is compared with the Caf's counts of that month.
    breakdowns: whole → its parts, as measures, when the parts add up to the whole: one of them is then known from the
    others, which the secrecy gate must know.
    """

    file: str
    title: str
    fields: tuple[Field, ...]
    written: str = YEAR
    breakdowns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    tells: Mapping[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> tuple[Field, ...]:
        """Return the columns that hold numbers."""
        return tuple(one for one in self.fields if one.kind not in (EVIDENCE, NAME, CHOICE, DAY))

    @property
    def alone(self) -> frozenset[str]:
        """Return the measures of which several communes have no sum."""
        return frozenset(one.measure for one in self.numbers if one.kind in NOT_ADDITIVE)

    @property
    def words(self) -> tuple[Field, ...]:
        """Return the columns that say what scores rest on."""
        return tuple(one for one in self.fields if one.kind == EVIDENCE)

    def parts(self) -> set[tuple[str, str]]:
        """Return the pairs (part, whole) of measures."""
        measure = {one.column: one.measure for one in self.fields}
        nested = {(one.measure, measure[one.part_of]) for one in self.fields if one.part_of}
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


@dataclass(frozen=True)
class SiteForm(Form):
    """A file that a partner fills: one row per site (a structure) and year, several in a commune or none.

    Communes are counted from it. by_site: measures so counted of which several communes have no sum.
    """

    by_site: frozenset[str] = frozenset()

    @property
    def alone(self) -> frozenset[str]:
        """Return the measures of which several communes have no sum."""
        return self.by_site

"""What the rows of the observations say of counts.

A count is that of one measure, one period and one commune. The numerator of a row is a sum of counts over the
communes of its place (and over the years of a mean); so is its denominator.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

import pandas as pd

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.model import NOT_APPLICABLE, OK, SECRET, Count, Indicator, Mean, Rate, Ratio

PUBLISHED = (OK, NOT_APPLICABLE)  # statuses of the rows that say something
ROW = ["territory", "level", "indicator", "period", "source", "status", "numerator", "denominator"]

Place = tuple[str, ...]  # communes, in order


class Edition(NamedTuple):
    """What an edition says, and what its places are made of.

    observations: rows of `observations.COLUMNS`. membership: columns territory, level, commune.
    """

    observations: pd.DataFrame
    membership: pd.DataFrame


class Group(NamedTuple):
    """Persons of a measure at a place, over some periods, but for those who are in a part of it (`without`)."""

    measure: str
    periods: tuple[str, ...]
    place: Place
    without: str = ""


class Statement(NamedTuple):
    """What a row says of a group of persons or of things.

    row: its number in the observations, negative for a row of an earlier edition. value: None where it is withheld.
    """

    row: int
    level: str
    source: str
    group: Group
    value: float | None


def measures(indicator: Indicator) -> dict[str, str]:
    """The measures that the numerator and the denominator of an indicator add up.

    Empty for figures that a producer computes, and for flows and changes, which may be negative.
    """
    match indicator.value:
        case Count(measure) | Mean(measure, _) | Rate(measure, _):
            return {"numerator": measure}
        case Ratio(numerator, denominator):
            return {"numerator": numerator, "denominator": denominator}
        case _:
            return {}


def counted(indicator: Indicator) -> tuple[str, ...]:
    """Which of numerator and denominator count persons; the denominator of a mean counts years."""
    return ("numerator",) if isinstance(indicator.value, Mean) and indicator.persons else indicator.persons


def measures_of_persons(indicators: Iterable[Indicator]) -> set[str]:
    """The measures that at least one indicator declares to count persons."""
    return {
        measure
        for indicator in indicators
        for column, measure in measures(indicator).items()
        if column in counted(indicator)
    }


def statements(edition: Edition, indicators: dict[str, Indicator], sources: Collection[str]) -> list[Statement]:
    """The statements of the rows of some sources: those of all numerators, then those of all denominators.

    A row that is withheld says nothing; `so` says that the denominator is 0. Figures of an indicator that is no longer
    declared cannot be read, and are left out.

    Parameters:
        sources: ids of those to read.

    Raises:
        UserError: a place above the commune has no line in the membership of the edition.
    """
    rows = edition.observations
    rows = rows[rows["status"].isin([*PUBLISHED, SECRET]) & rows["source"].isin(sources)]
    rows = rows[rows["indicator"].isin(indicators.keys())]
    made_of = places(edition.membership)
    added_up = {name: measures(indicator) for name, indicator in indicators.items()}
    tops, bottoms = [], []
    for row, territory, level, name, period, source, status, top, bottom in zip(
        rows.index.tolist(), *(rows[column].tolist() for column in ROW), strict=True
    ):
        place = place_of(territory, level, made_of)
        group = Group("", years(indicators[name], period), place)
        if status == NOT_APPLICABLE:
            top, bottom = float("nan"), 0.0
        for column, value, kept in (("numerator", top, tops), ("denominator", bottom, bottoms)):
            measure = added_up[name].get(column)
            if measure and (status == SECRET or value == value):
                value = None if status == SECRET else value
                kept.append(Statement(row, level, source, group._replace(measure=measure), value))
    return tops + bottoms


def years(indicator: Indicator, period: str) -> tuple[str, ...]:
    """The periods that a row adds up: several for a mean.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> years(CATALOGUE["births_3_year_mean_count"], "2023"), years(CATALOGUE["births_count"], "2023")
    (('2021', '2022', '2023'), ('2023',))
    """
    if not isinstance(indicator.value, Mean):
        return (period,)
    return tuple(str(int(period) - ago) for ago in reversed(range(indicator.value.years)))


def places(membership: pd.DataFrame) -> dict[tuple[str, str], Place]:
    """The communes of each place, in order, by territory and level. membership: see `Edition`.

    >>> places(pd.DataFrame({"territory": ["E", "E"], "level": ["epci", "epci"], "commune": ["B", "A"]}))
    {('E', 'epci'): ('A', 'B')}
    """
    made_of: dict[tuple[str, str], set[str]] = {}
    for territory, level, commune in zip(
        *(membership[name].tolist() for name in ("territory", "level", "commune")), strict=True
    ):
        made_of.setdefault((territory, level), set()).add(commune)
    return {place: tuple(sorted(communes)) for place, communes in made_of.items()}


def place_of(territory: str, level: str, made_of: dict[tuple[str, str], Place]) -> Place:
    """The communes of a territory; a commune that `made_of` does not know is whole.

    Raises:
        UserError: a territory above the commune is not known.
    """
    place = made_of.get((territory, level)) or ((territory,) if level == "commune" else ())
    if not place:
        raise UserError(f"{level} {territory}: its communes are not known, so its figures cannot pass the secrecy gate")
    return place


def sizes(statements: Iterable[Statement]) -> dict[Group, float]:
    """The size of each group as it is first said."""
    first: dict[Group, float] = {}
    for statement in statements:
        first.setdefault(statement.group, statement.value)
    return first

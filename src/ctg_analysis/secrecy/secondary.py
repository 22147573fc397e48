"""The secondary rule (R2): what is withheld cannot be worked out from what is shown, now or in an earlier edition."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from ctg_analysis.core.forms import Link
from ctg_analysis.core.model import Indicator
from ctg_analysis.secrecy.blocks import compiled, remains
from ctg_analysis.secrecy.links import blocks_of, differences, informative, pairs_of, parts_of_wholes, within_reach
from ctg_analysis.secrecy.statements import Group, Statement, measures_of_persons, sizes
from ctg_analysis.secrecy.suppression import consistent, protect


def secondary(
    current: Sequence[Statement],
    earlier: Sequence[Statement],
    hidden: np.ndarray,
    indicators: Collection[Indicator],
    links: Iterable[Link],
    threshold: int,
) -> tuple[list[int], list[Group]]:
    """The rows of some sources to withhold, and the groups of persons that stay exposed all the same.

    What is withheld of a total never comes to fewer persons than the threshold together: where it does, they are a
    group to protect too.

    Parameters:
        current, earlier: what is said of their counts, now and in earlier editions.
        hidden: which rows the primary rule withholds.
        indicators: those of the sources.
        links: what counts say of each other.

    Communes of 3, 20 and 30 childminders and their total, in rows 0 to 3: row 1 is hidden with row 0.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> places = {("A",): 3.0, ("B",): 20.0, ("C",): 30.0, ("A", "B", "C"): 53.0}
    >>> statements = [
    ...     Statement(row, "commune", "pmi", Group("approved_childminders", ("2023",), place), size)
    ...     for row, (place, size) in enumerate(places.items())
    ... ]
    >>> few, count = np.array([True, False, False, False]), CATALOGUE["approved_childminders_count"]
    >>> secondary([*statements[:3], statements[3]._replace(level="epci")], [], few, [count], [], threshold=5)
    ([0, 1], [])
    """
    earlier = [statement._replace(row=-1 - number) for number, statement in enumerate(earlier)]  # each a row of its own
    persons = measures_of_persons(indicators)
    statements = [statement for statement in (*current, *earlier) if statement.value is not None]
    known = {statement.group.measure for statement in statements}
    complete = [link for link in [*parts_of_wholes(indicators, persons), *links] if set(link.terms) <= known]
    links = list({(*sorted(link.terms.items()), link.communes): link for link in complete}.values())
    near = informative(persons, links)
    former = withheld_before(earlier, persons, links)
    rows, exposed = [], []
    for block in blocks_of([statement for statement in statements if statement.group.measure in near], links):
        more, groups = _protected(block, persons, links, hidden, threshold, former)
        rows += more
        exposed += groups
    return rows, exposed


def withheld_before(earlier: Iterable[Statement], persons: Collection[str], links: Sequence[Link]) -> list[Group]:
    """The groups of persons of whom earlier editions have withheld a row, in the places of that time: what is shown now
    is not to give them away either. Who is in a whole and not in its part, where both were withheld, is one of them.
    """
    groups = (
        statement.group for statement in earlier if statement.value is None and statement.group.measure in persons
    )
    unsaid = dict.fromkeys(groups, float("nan"))
    return [*unsaid, *differences(unsaid, pairs_of(links, persons))]


def _protected(
    statements: Sequence[Statement],
    persons: set[str],
    links: list[Link],
    hidden: np.ndarray,
    threshold: int,
    former: list[Group],
) -> tuple[list[int], list[Group]]:
    """What `secondary` returns, of statements that hold together. former: groups that earlier editions withheld."""
    together = dict.fromkeys(within_reach(former, statements), float("nan"))
    size_of, pairs = sizes(statements), pairs_of(links, persons)
    while True:
        block, rows, groups = compiled(statements, persons, links, hidden, threshold, together)
        block, worlds = consistent(block)
        withheld, bare = protect(block, worlds)
        gone = {row for row, away in zip(rows, withheld, strict=True) if away}
        agreed = dict(zip(size_of, block.values, strict=True))
        visible = dict.fromkeys(
            statement.group
            for statement in statements
            if statement.group.measure in persons and statement.row not in gone
        )
        more = remains({group: agreed[group] for group in visible}, pairs, threshold)
        if more.keys() <= set(groups):
            return sorted(gone), [group for group, known in zip(groups, bare, strict=True) if known]
        together |= more

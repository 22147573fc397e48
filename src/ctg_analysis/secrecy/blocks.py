"""What holds together, as the matrices of the attacker's problem, and the groups of persons to protect in it."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from scipy import sparse

from ctg_analysis.core.forms import Link
from ctg_analysis.secrecy.links import differences, pairs_of
from ctg_analysis.secrecy.statements import Group, Place, Statement, sizes
from ctg_analysis.secrecy.suppression import Block

COSTS = {"commune": 1, "secteur": 10, "departement": 30}  # of hiding a row: a comparator goes before an EPCI
COST_ABOVE = 100
THINGS = 3  # a row that counts no person costs that many times more: it is hidden for what it says of persons only


def compiled(
    statements: Sequence[Statement],
    persons: Collection[str],
    links: Sequence[Link],
    withheld: np.ndarray,
    threshold: int,
    remainders: Mapping[Group, float],
) -> tuple[Block, list[int], list[Group]]:
    """The matrices of statements that hold together, the rows that are its cells, and the groups to protect.

    The columns of the matrices are counts of clusters.

    Parameters:
        persons: the measures that count persons.
        withheld: which rows of the observations the primary rule hides.
        remainders: groups to protect besides those that the statements speak of.
    """
    size_of = sizes(statements)
    split = clusters({group.place for group in (*size_of, *remainders)})
    counts = (
        Group(group.measure, (period,), part)
        for group in size_of
        for period in group.periods
        for part in split[group.place]
    )
    columns = {count: number for number, count in enumerate(dict.fromkeys(counts))}
    pairs = pairs_of(links, persons)
    suspects = to_protect(size_of, columns, persons, pairs, threshold, remainders)

    def matrix(groups: Collection[Group]) -> sparse.csr_array:
        entries = [
            (row, columns[Group(measure, (period,), part)], each)
            for row, group in enumerate(groups)
            for measure, each in ((group.measure, 1.0), (group.without, -1.0))
            if measure
            for period in group.periods
            for part in split[group.place]
        ]
        return sparse_matrix(entries, (len(groups), len(columns)))

    now = [statement for statement in statements if statement.row >= 0]
    rows = sorted({statement.row for statement in now})
    cells, numbers = ({each: number for number, each in enumerate(some)} for some in (rows, size_of))
    cell_of = [(cells[statement.row], numbers[statement.group], 1.0) for statement in now]
    earlier = {statement.group for statement in statements if statement.row < 0}
    many = max(size for group, size in size_of.items() if group.measure in persons) + threshold
    bounds, least, presumed = inequalities(links, columns, many)
    block = Block(
        statements=matrix(size_of),
        values=np.array(list(size_of.values())),
        fixed=np.array([group in earlier for group in size_of]),
        bounds=bounds,
        least=least,
        presumed=presumed,
        cells=sparse_matrix(cell_of, (len(rows), len(size_of))),
        costs=costs(now, persons),
        scales=np.array([1 if group.measure in persons else scale(group.measure, links, many) for group in size_of]),
        withheld=withheld[rows],
        groups=matrix(suspects).toarray(),
        certain=~np.isnan(np.array(list(suspects.values()), dtype=float)),
        threshold=threshold,
    )
    return block, rows, list(suspects)


def costs(statements: Sequence[Statement], persons: Collection[str]) -> np.ndarray:
    """What it costs to hide each row: more at a higher level, for a larger count, and where no person is counted.

    >>> row = Statement(0, "commune", "pmi", Group("older", ("2023",), ("A",)), 40.0)
    >>> whole = row._replace(row=1, level="epci", value=80.0)
    >>> costs([row, whole], {"older"}).tolist(), costs([row, whole], set()).tolist()
    ([1.25, 150.0], [3.75, 450.0])
    """
    rows: dict[int, list[Statement]] = {}
    for statement in statements:
        rows.setdefault(statement.row, []).append(statement)
    most = max([1, *(statement.value for statement in statements)])
    price = []
    for _, several in sorted(rows.items()):
        of_persons = any(statement.group.measure in persons for statement in several)
        larger = 1 + max(statement.value for statement in several) / most / 2
        price.append(COSTS.get(several[0].level, COST_ABOVE) * larger * (1 if of_persons else THINGS))
    return np.array(price, dtype=float)


def to_protect(
    size_of: Mapping[Group, float],
    columns: Iterable[Group],
    persons: Collection[str],
    pairs: Sequence[tuple[str, str]],
    threshold: int,
    remainders: Mapping[Group, float],
) -> dict[Group, float]:
    """The groups of persons that may be few, with their size; NaN where it is not said.

    Those that a statement speaks of, those of each cluster (`columns`), who is in a whole and not in its part.
    """
    unsaid = {count: float("nan") for count in columns if count.measure in persons}
    known = {group: size for group, size in size_of.items() if group.measure in persons}
    every = unsaid | differences(unsaid, pairs) | dict(remainders) | known | differences(known, pairs)
    return {group: size for group, size in every.items() if not (size <= 0 or size >= threshold)}


def inequalities(
    links: Sequence[Link], columns: Mapping[Group, int], many: float
) -> tuple[sparse.csr_array, np.ndarray, np.ndarray]:
    """The coefficients of the counts in each link, cluster and period, the least that they come to, and which of the
    links are presumed. many: what as many as there can be comes to.
    """
    entries, least, presumed = [], [], []
    for link in links:
        terms = {measure: math.copysign(min(abs(each), many), each) for measure, each in link.terms.items()}
        first = next(iter(terms))
        for count in [count for count in columns if count.measure == first]:
            numbers = [columns.get(count._replace(measure=measure)) for measure in terms]
            if None not in numbers:
                entries += [(len(least), number, each) for number, each in zip(numbers, terms.values(), strict=True)]
                least.append(-many * len(count.place) if link.communes else 0.0)
                presumed.append(link.presumed)
    return sparse_matrix(entries, (len(least), len(columns))), np.array(least), np.array(presumed, dtype=bool)


def sparse_matrix(entries: list[tuple[int, int, float]], shape: tuple[int, int]) -> sparse.csr_array:
    """A matrix of entries (row, column, value)."""
    row, column, each = np.array(entries, dtype=float).reshape(-1, 3).T
    return sparse.csr_array((each, (row.astype(int), column.astype(int))), shape=shape)


def scale(measure: str, links: Sequence[Link], many: float) -> float:
    """How many persons one of what is no person lets come or go: a departure from its count costs as theirs.

    >>> from ctg_analysis.core.forms import at_least, nobody_without
    >>> links = [nobody_without("persons", "sites"), at_least("persons", "hours")]
    >>> scale("sites", links, 100), scale("hours", links, 100)
    (100, 1)
    """
    return max(min(abs(link.terms[measure]), many) for link in links if measure in link.terms)


def remains(shown: Mapping[Group, float], pairs: Sequence[tuple[str, str]], threshold: int) -> dict[Group, float]:
    """What is left of each total that is shown when all that is shown within it is taken away: the persons of what is
    withheld in it together, where they are fewer than the threshold.

    >>> all_of = Group("all", ("2023",), ())
    >>> sizes = {("A",): 20, ("B",): 30, ("A", "B", "C"): 53}
    >>> remains({all_of._replace(place=place): size for place, size in sizes.items()}, [], 5)
    {Group(measure='all', periods=('2023',), place=('C',), without=''): 3}
    """
    every = dict(shown) | differences(shown, pairs)
    alike: dict[tuple, list[Group]] = {}
    for group in every:
        alike.setdefault((group.measure, group.periods, group.without), []).append(group)
    few = {}
    for groups in alike.values():
        groups.sort(key=lambda group: (len(group.place), group.place))
        for whole in groups:
            left, size = set(whole.place), every[whole]
            for part in (part for part in groups if len(part.place) < len(whole.place)):
                if left.issuperset(part.place):
                    left, size = left.difference(part.place), size - every[part]
            if left and 0 < round(size, 6) < threshold:
                few[whole._replace(place=tuple(sorted(left)))] = size
    return few


def clusters(places: Collection[Place]) -> dict[Place, list[Place]]:
    """What each place is made of: the largest sets of communes that none of the places tells apart.

    >>> clusters({("A",), ("A", "B", "C")})
    {('A',): [('A',)], ('A', 'B', 'C'): [('A',), ('B', 'C')], ('B', 'C'): [('B', 'C')]}
    """
    holders: dict[str, list[Place]] = {}
    for place in sorted(places):
        for commune in place:
            holders.setdefault(commune, []).append(place)
    alike: dict[tuple, list[str]] = {}
    for commune in sorted(holders):
        alike.setdefault(tuple(holders[commune]), []).append(commune)
    split: dict[Place, list[Place]] = {}
    for around, communes in alike.items():
        for place in dict.fromkeys([*around, tuple(communes)]):
            split.setdefault(place, []).append(tuple(communes))
    return split

"""The figures of the survey that are hidden so that together they give away nobody: the fewest and cheapest ones."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from ctg_analysis.demarche.survey.counts import Count, Counts, Sum
from ctg_analysis.demarche.survey.questions import CELL
from ctg_analysis.demarche.survey.suppression import Block, protect


class Cell(NamedTuple):
    """A figure: where it stands in a table, what it costs to hide it, the sums of counts that it tells."""

    table: str
    rows: list
    columns: list[str]
    cost: float
    says: list[Sum]


def to_hide(counts: Counts, cells: list[Cell], groups: list[Sum]) -> Iterator[Cell]:
    """The figures to hide.

    Parameters:
        groups: sums of 1 to 4 respondents, which nobody may bound more tightly than [0, 4].

    Of 15 who answered, 3 gave b: the number of those who gave a tells it, and costs less to hide than the 15.

    >>> import pandas as pd
    >>> asked = pd.DataFrame({"q_id": ["q"], "type": "unique", "modalites": "a=A|b=B", "filtre": None})
    >>> counts = Counts(pd.DataFrame({"q": ["a"] * 12 + ["b"] * 3}), asked)
    >>> a, b = {Count("q", "a"): 1.0}, {Count("q", "b"): 1.0}
    >>> cells = [Cell("t", [0], ["count"], 15, [a]), Cell("t", [0, 1], ["base"], 200, [counts.base("q")])]
    >>> [cell.columns for cell in to_hide(counts, cells, groups=[b])]
    [['count']]
    """
    columns = {count: number for number, count in enumerate(counts.sizes)}
    sums = {_key(total): total for total in (*counts.known, *(total for cell in cells for total in cell.says))}
    numbers = {key: number for number, key in enumerate(sums)}
    values = np.array([counts.size(total) for total in sums.values()])
    known = np.isin(np.arange(len(sums)), [numbers[_key(total)] for total in counts.known])
    tells = sparse.lil_array((len(cells), len(sums)))
    for place, cell in enumerate(cells):
        tells[place, [numbers[_key(total)] for total in cell.says]] = 1
    tells = tells.tocsr()
    statements, positive, small = (_matrix(some, columns) for some in (sums.values(), counts.positive, groups))
    costs, sizes = (np.array([*some], dtype=float) for some in ((cell.cost for cell in cells), counts.sizes.values()))
    for mine, here, stated, limits, few in _linked(statements, tells, positive, small):
        block = Block(
            statements=statements[stated][:, mine],
            values=values[stated],
            fixed=known[stated],
            bounds=positive[limits][:, mine],
            cells=tells[here][:, stated],
            costs=costs[here],
            groups=small[few][:, mine].toarray(),
            threshold=CELL,
        )
        hidden = protect(block, sizes[mine])
        yield from (cells[place] for place in here[hidden])


def _linked(
    statements: sparse.csr_array, tells: sparse.csr_array, positive: sparse.csr_array, small: sparse.csr_array
) -> Iterator[tuple[np.ndarray, ...]]:
    """What holds together around some groups: the numbers of counts, cells, sums, limits and groups."""
    links = [
        [None, None, statements.T, positive.T, small.T],
        [None, None, tells, None, None],
        [statements, tells.T, None, None, None],
        [positive, None, None, None, None],
        [small, None, None, None, None],
    ]
    _, part = connected_components(sparse.block_array(links))
    parts = np.split(
        part, np.cumsum([statements.shape[1], *(block.shape[0] for block in (tells, statements, positive))])
    )
    for block in np.unique(parts[-1]):
        yield tuple(np.flatnonzero(some == block) for some in parts)


def _key(total: Sum) -> frozenset:
    return frozenset((count, part) for count, part in total.items() if part)


def _matrix(sums: Collection[Sum], columns: dict[Count, int]) -> sparse.csr_array:
    table = sparse.lil_array((len(sums), len(columns)))
    for row, total in enumerate(sums):
        for count, part in total.items():
            table[row, columns[count]] = part
    return table.tocsr()

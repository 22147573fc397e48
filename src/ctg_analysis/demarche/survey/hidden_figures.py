"""The figures of the survey that are hidden so that together they give away nobody: the fewest and cheapest ones."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from ctg_analysis.demarche.survey.counts import Count, Counts, Sum
from ctg_analysis.demarche.survey.questions import CELL
from ctg_analysis.secrecy.suppression import Block, protect


class Cell(NamedTuple):
    """A figure: where it stands in a table, what it costs to hide it, the sums of counts that it tells."""

    table: str
    rows: list
    columns: list[str]
    cost: float
    says: list[Sum]


def to_hide(counts: Counts, cells: list[Cell], fixed: list[Sum], groups: list[Sum]) -> Iterator[Cell]:
    """Yield the figures to hide. fixed: sums that are known for good."""
    columns = {count: number for number, count in enumerate(counts.sizes)}
    sums = {_key(one): one for one in (*counts.known, *(one for cell in cells for one in cell.says))}
    numbers = {key: number for number, key in enumerate(sums)}
    values = np.array([counts.size(one) for one in sums.values()])
    known = np.isin(np.arange(len(sums)), [numbers[_key(one)] for one in (*counts.known, *fixed)])
    shown = sparse.lil_array((len(cells), len(sums)))
    for place, cell in enumerate(cells):
        shown[place, [numbers[_key(one)] for one in cell.says]] = 1
    shown = shown.tocsr()
    statements, positive, small = (_matrix(some, columns) for some in (sums.values(), counts.positive, groups))
    costs, sizes = (np.array([*some], dtype=float) for some in ((cell.cost for cell in cells), counts.sizes.values()))
    for mine, here, told, limits, few in _linked(statements, shown, positive, small):
        block = Block(
            statements=statements[told][:, mine],
            values=values[told],
            fixed=known[told],
            bounds=positive[limits][:, mine],
            least=np.zeros(len(limits)),
            presumed=np.zeros(len(limits), dtype=bool),
            cells=shown[here][:, told],
            costs=costs[here],
            scales=np.ones(len(told)),
            withheld=np.zeros(len(here), dtype=bool),
            groups=small[few][:, mine].toarray(),
            certain=np.ones(len(few), dtype=bool),
            threshold=CELL,
        )
        hidden, _ = protect(block, sizes[np.newaxis, mine])
        yield from (cells[place] for place in here[hidden])


def _linked(
    statements: sparse.csr_array, shown: sparse.csr_array, positive: sparse.csr_array, small: sparse.csr_array
) -> Iterator[tuple[np.ndarray, ...]]:
    """Yield what holds together around some groups: the numbers of counts, cells, sums, limits and groups."""
    links = [
        [None, None, statements.T, positive.T, small.T],
        [None, None, shown, None, None],
        [statements, shown.T, None, None, None],
        [positive, None, None, None, None],
        [small, None, None, None, None],
    ]
    _, part = connected_components(sparse.block_array(links))
    parts = np.split(part, np.cumsum([statements.shape[1], *(one.shape[0] for one in (shown, statements, positive))]))
    for one in np.unique(parts[-1]):
        yield tuple(np.flatnonzero(some == one) for some in parts)


def _key(one: Sum) -> frozenset:
    return frozenset((count, part) for count, part in one.items() if part)


def _matrix(sums: Collection[Sum], columns: dict[Count, int]) -> sparse.csr_array:
    table = sparse.lil_array((len(sums), len(columns)))
    for row, one in enumerate(sums):
        for count, part in one.items():
            table[row, columns[count]] = part
    return table.tocsr()

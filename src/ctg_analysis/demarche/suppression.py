"""Secondary suppression: which further cells to hide, so that nothing withheld can be worked out (rule R2).

The attacker knows every figure that is shown, that counts are never negative and that a part is never larger than
its whole. What this leaves him is the range that linear programming gives. The method looks for worlds: tables that
are as possible as the true one to who knows what is shown. For each small group, it takes the world nearest to
the true table in which the group counts nobody, then the nearest in which it counts threshold - 1, and hides the
cells in which they differ from it. At the end, whatever can be shown again is shown.

Sources: Kelly, Golden and Assad (1992), "Cell suppression: disclosure protection for sensitive tabular data",
Networks 22; Fischetti and Salazar (2001), Management Science 47(7), for the attacker's problem.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

TOLERANCE = 1e-5
DOWN, UP = 1, -1
NEARBY = 1e-3  # price of a departure from what is not shown: the world stays near, so that it serves others too
SHORTFALL = 1e6  # price of a person short of the aim: more than that of hiding any cell


@dataclass(frozen=True)
class Block:
    """Counts that are linked with each other, and what is said of them; the matrices have one column per count.

    statements: coefficients of the counts. values: what they come to. fixed: known, whatever is hidden.
    bounds: coefficients of what is never negative: whole - part.
    cells: one row per cell and one column per statement, 1 where the cell shows it. costs: of hiding each cell.
    groups: coefficients of the groups to protect, each of 1 to threshold - 1 persons.
    """

    statements: sparse.csr_array
    values: np.ndarray
    fixed: np.ndarray
    bounds: sparse.csr_array
    cells: sparse.csr_array
    costs: np.ndarray
    groups: np.ndarray
    threshold: int

    @cached_property
    def entries(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Row, column and value of the coefficients of the counts: first in each value, then in the bounds, with the
        other sign: what is never positive.
        """
        both = sparse.vstack([self.statements, -self.bounds], format="coo")
        return *both.coords, both.data

    def prices(self, hidden: np.ndarray) -> np.ndarray:
        """What it costs to hide each statement when some cells are hidden: 0 if nothing shows it any more."""
        return np.where(self.fixed, np.inf, (self.costs * ~hidden) @ self.cells)

    def known(self, hidden: np.ndarray) -> np.ndarray:
        """Infinity for the statements that stay known when some cells are hidden, 0 for the others."""
        return np.where(self.prices(hidden) > 0, np.inf, 0)

    def departs(self, worlds: np.ndarray) -> np.ndarray:
        """Which statements are not true in each world."""
        return np.abs(worlds @ self.statements.T - self.values) > TOLERANCE

    def reaches(self, aim: "Aim", worlds: np.ndarray) -> bool:
        """Whether an aim is reached in one of some worlds."""
        return (aim.side * (worlds @ self.groups[aim.group])).min() <= aim.side * aim.count + TOLERANCE


class Aim(NamedTuple):
    """A group is to count at most (side DOWN) or at least (side UP) so many persons in some world."""

    group: int
    side: int
    count: float


def protect(block: Block, world: np.ndarray) -> np.ndarray:
    """Which cells to hide. world: the true table.

    A group stays exposed when what is known, whatever is hidden, bounds it closer than [0, threshold - 1].

    Communes of 3, 20 and 30 persons and their total; to show the 3 no more, the 20 costs less to hide than the 30.

    >>> block = Block(
    ...     statements=sparse.csr_array(np.vstack([np.eye(3), np.ones(3)])), values=np.array([3.0, 20, 30, 53]),
    ...     fixed=np.zeros(4, bool), bounds=sparse.csr_array((0, 3)), cells=sparse.eye_array(4, format="csr"),
    ...     costs=np.array([1, 1.2, 1.3, 150]), groups=np.eye(3)[:1], threshold=5,
    ... )
    >>> protect(block, np.array([3.0, 20, 30])).tolist()
    [True, True, False, False]
    """
    ends = ((DOWN, 0), (UP, block.threshold - 1))
    aims = [Aim(group, side, count) for group in range(len(block.groups)) for side, count in ends]
    nothing = np.zeros(len(block.costs), dtype=bool)
    worlds = explore(block, nothing, aims, world[np.newaxis])
    trials = [search(block, order, worlds) for order in (aims, aims[::-1])]
    return min(trials, key=lambda hidden: block.costs[hidden].sum())


def search(block: Block, aims: list[Aim], worlds: np.ndarray) -> np.ndarray:
    """The cells to hide, found by taking the aims in this order, each as far as it can be reached."""
    hidden, possible = np.zeros(len(block.costs), dtype=bool), []
    for aim in aims:
        if not block.reaches(aim, worlds):
            world = nearest_world(block, block.prices(hidden), [aim])
            hidden = hidden | (block.cells @ block.departs(world) > 0)
            worlds = np.vstack([worlds, world])
        possible.append(aim if block.reaches(aim, worlds) else aim._replace(count=block.groups[aim.group] @ world))
    return show_again(block, hidden, possible, worlds)


def show_again(block: Block, hidden: np.ndarray, aims: list[Aim], worlds: np.ndarray) -> np.ndarray:
    """The hidden cells without those that protect nothing, tried from the dearest down."""
    cells = np.flatnonzero(hidden)
    for cell in cells[np.argsort(-block.costs[cells], kind="stable")]:
        fewer = hidden & (np.arange(len(hidden)) != cell)
        left = witnesses(block, fewer, aims, worlds)
        if len(left):
            hidden, worlds = fewer, left
    return hidden


def witnesses(block: Block, hidden: np.ndarray, aims: list[Aim], worlds: np.ndarray) -> np.ndarray:
    """Worlds that reach every aim and are possible when some cells are hidden; none when that cannot be."""
    prices = block.known(hidden)
    worlds = worlds[~(block.departs(worlds) & (prices > 0)).any(axis=1)]
    for aim in aims:
        if not block.reaches(aim, worlds):
            worlds = np.vstack([worlds, nearest_world(block, prices, [aim])])
            if not block.reaches(aim, worlds):
                return worlds[:0]
    return worlds


def explore(block: Block, hidden: np.ndarray, aims: list[Aim], worlds: np.ndarray) -> np.ndarray:
    """More worlds that are possible when some cells are hidden, each of which reaches many aims at once."""
    for side in (DOWN, UP):
        missing, left = [], [aim for aim in aims if aim.side == side and not block.reaches(aim, worlds)]
        while left and len(left) != len(missing):
            missing = left
            worlds = np.vstack([worlds, nearest_world(block, block.known(hidden), missing)])
            left = [aim for aim in missing if not block.reaches(aim, worlds)]
    return worlds


def nearest_world(block: Block, prices: np.ndarray, aims: list[Aim]) -> np.ndarray:
    """The table that departs least from what is said: the sum of prices × departures is the smallest.

    The table reaches the aims, or comes as near to them as it can.

    Parameters:
        prices: infinite where a statement must stay true, 0 where it is not known.
    """
    lines, counts = block.statements.shape
    doubtful = np.flatnonzero(np.isfinite(prices))
    down, up, short = counts + np.cumsum([0, len(doubtful), len(doubtful)])
    sides = np.array([aim.side for aim in aims])
    toward = sides[:, np.newaxis] * block.groups[[aim.group for aim in aims]]
    aim, count = np.nonzero(toward)
    each, first = np.arange(len(aims)), lines + block.bounds.shape[0]
    departs, nearer = np.arange(len(doubtful)), np.ones(len(doubtful))
    parts = [
        block.entries,
        (doubtful, down + departs, nearer),
        (doubtful, up + departs, -nearer),
        (first + aim, count, toward[aim, count]),
        (first + each, short + each, -np.ones(len(aims))),
    ]
    row, column, value = (np.concatenate(some) for some in zip(*parts, strict=True))
    paid = prices[doubtful] + NEARBY
    answer = milp(
        np.concatenate([np.zeros(counts), paid, paid, np.full(len(aims), SHORTFALL)]),
        constraints=LinearConstraint(
            sparse.csc_array((value, (row, column)), shape=(first + len(aims), short + len(aims))),
            np.concatenate([block.values, np.full(block.bounds.shape[0] + len(aims), -np.inf)]),
            np.concatenate([block.values, np.zeros(block.bounds.shape[0]), sides * [aim.count for aim in aims]]),
        ),
        bounds=Bounds(0, np.inf),
    )
    return answer.x[:counts]

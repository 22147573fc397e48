"""The rows of a chart: one below the other, each as high as the lines of its name."""

from collections.abc import Iterable
from itertools import zip_longest
from typing import NamedTuple

from ctg_analysis.display.drawings.drawing import folded

LINE_HEIGHT = 13  # of each line of a name after its first


class Row(NamedTuple):
    """A row of a chart: its name on one or more lines, its top and its height."""

    name: str
    top: float
    height: float

    @property
    def y(self) -> float:
        """The middle of the row."""
        return self.top + self.height / 2

    @property
    def bottom(self) -> float:
        """The top of what comes below."""
        return self.top + self.height


def rows_of(
    names: Iterable[str],
    letters: int,
    height: float,
    *,
    top: float = 0,
    line: float = LINE_HEIGHT,
    least: float = 0,
    above: Iterable[float] = (),
) -> list[Row]:
    """The rows of names folded at so many letters, from top down.

    height: of a name of one line. line: of each other one. least: of any row. above: the room above each row, if any.

    >>> [(row.name, row.y, row.bottom) for row in rows_of(["Le Nayrac", "Argences en Aubrac"], 12, 20, top=4)]
    [('Le Nayrac', 14.0, 24), ('Argences en\\nAubrac', 40.5, 57)]
    """
    rows = []
    for name, room in zip_longest(names, above, fillvalue=0):
        words = folded(name, letters)
        rows.append(Row(words, top + room, max(least, height + line * words.count("\n"))))
        top = rows[-1].bottom
    return rows

"""The boxes "donnée non disponible" that follow each other in a chapter become one, with one entry for each source.

A chapter that waits for a file of a partner has a box for each of its indicators: twenty of them, one under the other,
say no more than one does.
"""

from collections.abc import Sequence
from itertools import groupby

from nbformat import NotebookNode

from ctg_analysis.display.markup import ABOUT, BEGIN, DEFINITIONS, MISSING, Box, Html, boxes
from ctg_analysis.publishing.pages.cell_outputs import html_outputs

EMPTY = Html("")


def merged(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Return the cells with one box for each run of them; the other cells of the run then show nothing.

    cells: executed. A run goes through code cells that show boxes and nothing else. A chapter that shows nothing but
    boxes is its title and one box, without its headings; one that says how to begin is that and its definitions.
    """
    full = [cell for cell in cells if html_outputs(cell)]
    first = [cell for cell in full if _tells(cell, BEGIN) or _tells(cell, DEFINITIONS)]
    title = next((cell for cell in cells if cell.cell_type == "markdown"), None)
    if any(_tells(cell, BEGIN) for cell in first) and all(cell in first or _boxes(cell) for cell in full):
        return _to_begin(cells, title, full, first)
    if len(full) > 1 and all(map(_boxes, full)):
        return _one_box([cell for cell in cells if cell.cell_type == "code" or cell is title], full)
    kept = []
    for is_box, run in groupby(cells, key=lambda cell: bool(_boxes(cell))):
        run = list(run)
        kept += _one_box(run, run) if is_box and len(_all_boxes(run)) > 1 else run
    return kept


def _to_begin(
    cells: list[NotebookNode], title: NotebookNode | None, full: list[NotebookNode], first: list[NotebookNode]
) -> list[NotebookNode]:
    """Return the title, and how to begin and the definitions, each under its heading."""
    kept = []
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        if cell.cell_type == "code":
            kept.append(_showing(cell, EMPTY) if cell in full and cell not in first else cell)
        elif cell is title or following in first:
            kept.append(cell)
    return kept


def _one_box(cells: list[NotebookNode], full: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Return the cells with the boxes of those that show some in the first of these."""
    box = boxes(_all_boxes(full))
    return [_showing(cell, box if cell is full[0] else EMPTY) if cell in full else cell for cell in cells]


def _all_boxes(cells: Sequence[NotebookNode]) -> list[Box]:
    return [box for cell in cells for box in _boxes(cell)]


def _boxes(cell: NotebookNode) -> list[Box]:
    """Return the boxes of a cell that shows boxes and nothing else."""
    missing = [output.get(ABOUT, {}).get(MISSING, []) for output in html_outputs(cell)]
    return [Box(*box) for entries in missing for box in entries] if all(missing) else []


def _tells(cell: NotebookNode, what: str) -> bool:
    return any(what in output.get(ABOUT, {}) for output in html_outputs(cell))


def _showing(cell: NotebookNode, piece: Html) -> NotebookNode:
    data = NotebookNode({"text/html": piece.html})
    output = NotebookNode(output_type="display_data", data=data, metadata=NotebookNode())
    return NotebookNode(cell | {"outputs": [output] if piece.html else []})

"""What a chapter has for the team in the place of figures: its boxes put together, its sections that hold nothing else.

A chapter that waits for a file of a partner has a box for each of its indicators: twenty of them, one under the other,
say no more than one does. Readers see no box, and no section that would be a heading without a figure.
"""

import re
from collections.abc import Sequence
from itertools import accumulate, groupby, takewhile

from nbformat import NotebookNode

from ctg_analysis.display.markup import ABOUT, MISSING, TEXTS, Box, Html, boxes
from ctg_analysis.display.words.team import TEAM, for_readers, for_team
from ctg_analysis.publishing.pages.cell_outputs import entries_of, html_outputs

HEADING = re.compile(r"^(#{1,6}) ", re.MULTILINE)


def merged(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Return the cells with one box for each run of them; the other cells of the run then show nothing.

    cells: executed. A run goes through code cells that show boxes and nothing else.
    """
    kept = []
    for is_box, run in groupby(cells, key=lambda cell: bool(_boxes(cell))):
        run = list(run)
        found = [box for cell in run for box in _boxes(cell)]
        if is_box and len(found) > 1:
            run = [_showing(run[0], boxes(found)), *(_showing(cell, Html("")) for cell in run[1:])]
        kept += run
    return kept


def without_law_alone(cells: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Return the cells with the texts of law for the team, in the sections that show readers nothing else."""
    section = list(accumulate(0 < _level(cell) <= 2 for cell in cells))
    figures = {one for one, cell in zip(section, cells, strict=True) if _is_seen(cell) and not _is_law(cell)}
    kept = []
    for one, cell in zip(section, cells, strict=True):
        if _is_law(cell) and one not in figures:
            shown = "".join(bundle["text/html"] for bundle in html_outputs(cell))
            cell = _showing(cell, Html(for_team(shown.replace(TEAM[0], "").replace(TEAM[1], ""))))
        kept.append(cell)
    return kept


def _is_law(cell: NotebookNode) -> bool:
    return bool(entries_of([cell], TEXTS))


def for_team_alone(cells: Sequence[NotebookNode]) -> list[bool]:
    """Return which cells no reader sees: code that shows them nothing, headings of second level or below, with their
    text, under which verbs show them nothing.

    A heading under which no verb is asked anything stays: what an analyst has written is for readers.
    """
    return [
        not _is_seen(cell) if cell.cell_type == "code" else _is_hollow(cells, rank) for rank, cell in enumerate(cells)
    ]


def _is_hollow(cells: Sequence[NotebookNode], rank: int) -> bool:
    level = _level(cells[rank])
    if level < 2 or len(HEADING.findall(cells[rank].source)) > 1:
        return False
    section = list(takewhile(lambda cell: not 0 < _level(cell) <= level, cells[rank + 1 :]))
    shown = [output.get("data", {}) for cell in section for output in cell.get("outputs", [])]
    asked = any("text/html" in data or ABOUT in data for data in shown)  # an empty piece has no HTML
    return asked and not any(cell.cell_type == "code" and _is_seen(cell) for cell in section)


def _level(cell: NotebookNode) -> int:
    """Return the level of the first heading of a cell of text; 0 without any."""
    heading = HEADING.search(cell.source) if cell.cell_type == "markdown" else None
    return len(heading[1]) if heading else 0


def _is_seen(cell: NotebookNode) -> bool:
    """Return whether a cell of code shows readers something."""
    return any(for_readers(bundle["text/html"]).strip() for bundle in html_outputs(cell))


def _boxes(cell: NotebookNode) -> list[Box]:
    """Return the boxes of a cell that shows boxes and nothing else."""
    missing = [output.get(ABOUT, {}).get(MISSING, []) for output in html_outputs(cell)]
    return [Box(*box) for entries in missing for box in entries] if all(missing) else []


def _showing(cell: NotebookNode, piece: Html) -> NotebookNode:
    data = NotebookNode({"text/html": piece.html})
    output = NotebookNode(output_type="display_data", data=data, metadata=NotebookNode())
    return NotebookNode(cell | {"outputs": [output]})

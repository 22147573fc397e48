"""The boxes "donnée non disponible" that follow each other in a chapter become one, with one entry for each source.

A chapter that waits for a file of a partner has a box for each of its indicators: twenty of them, one under the other,
say no more than one does. They are read from the markup of display/templates/unavailable.html.j2.
"""

import re
from itertools import groupby

from nbformat import NotebookNode

from ctg_analysis.display.words.texts import NARROW, NBSP

OPENING = '<div class="unavailable">'
BOX = re.compile(
    rf"{OPENING}\s*<p><strong>[^<]*</strong> (?P<what>[^<]*)</p>\s*(?P<sources><ul>.*?</ul>)\s*</div>",
    re.DOTALL,
)
BEGIN, DEFINITIONS = '<ol class="begin">', '<dl class="definitions">'
OF_THE_SAME = (", par commune", ", évolution", ", pour l’ensemble du territoire")


def merged(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Return the cells with one box for each run of them; the other cells of the run then show nothing.

    cells: executed. A run goes through code cells that show boxes and nothing else. A chapter that shows nothing but
    boxes is its title and one box, without its headings; one that says how to begin is that and its definitions.
    """
    if (told := _to_begin(cells) or _nothing_but_boxes(cells)) is not None:
        return told
    found = []
    for only_boxes, run in groupby(cells, key=_shows_only_boxes):
        run = list(run)
        if only_boxes and len(boxes := _boxes(run)) > 1:
            run = [_showing(run[0], _together(boxes)), *(_showing(cell, "") for cell in run[1:])]
        found += run
    return found


def _to_begin(cells: list[NotebookNode]) -> list[NotebookNode] | None:
    """Return the title, how to begin and the definitions; None when a cell shows something else than boxes."""
    shown = [cell for cell in cells if cell.cell_type == "code" and _html(cell)]
    told = [cell for cell in shown if BEGIN in _html(cell) or DEFINITIONS in _html(cell)]
    if not any(BEGIN in _html(cell) for cell in told):
        return None
    if not all(cell in told or _shows_only_boxes(cell) for cell in shown):
        return None
    title = next((cell for cell in cells if cell.cell_type == "markdown"), None)
    kept = []
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        if cell.cell_type == "code":
            kept.append(_showing(cell, "") if cell in shown and cell not in told else cell)
        elif cell is title or following in told:
            kept.append(cell)
    return kept


def _nothing_but_boxes(cells: list[NotebookNode]) -> list[NotebookNode] | None:
    """Return the title, one box and the cells that show nothing; None when a cell shows something else."""
    shown = [cell for cell in cells if cell.cell_type == "code" and _html(cell)]
    if len(shown) < 2 or not all(map(_shows_only_boxes, shown)):
        return None
    box = _together(_boxes(shown))
    title = next((cell for cell in cells if cell.cell_type == "markdown"), None)
    kept = [cell for cell in cells if cell.cell_type == "code" or cell is title]
    return [_showing(cell, box if cell is shown[0] else "") if cell in shown else cell for cell in kept]


def _together(boxes: list[re.Match]) -> str:
    by_source: dict[str, list[str]] = {}
    for box in boxes:
        by_source.setdefault(box["sources"], []).append(box["what"].strip().removesuffix("."))
    pieces = []
    for sources, whats in by_source.items():
        kept = _without_repeats(whats)
        words = "Donnée non disponible" if len(kept) == 1 else "Données non disponibles"
        listed = f"{NARROW}; ".join(kept)
        pieces.append(f"<p><strong>{words}{NBSP}:</strong> {listed}.</p>\n{sources}")
    return '<div class="unavailable">\n' + "\n".join(pieces) + "\n</div>"


def _without_repeats(whats: list[str]) -> list[str]:
    """Return what is missing without what only says the same of the communes, or of the years."""
    kept: list[str] = []
    for what in dict.fromkeys(whats):
        base = next((what.removesuffix(end) for end in OF_THE_SAME if what.endswith(end)), None)
        if base not in whats:
            kept.append(what)
    return kept


def _shows_only_boxes(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and _html(cell).startswith(OPENING) and not BOX.sub("", _html(cell)).strip()


def _boxes(cells: list[NotebookNode]) -> list[re.Match]:
    return [box for cell in cells for box in BOX.finditer(_html(cell))]


def _html(cell: NotebookNode) -> str:
    return "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs).strip()


def _showing(cell: NotebookNode, html: str) -> NotebookNode:
    output = NotebookNode(output_type="display_data", data=NotebookNode({"text/html": html}), metadata=NotebookNode())
    return NotebookNode(cell | {"outputs": [output] if html else []})

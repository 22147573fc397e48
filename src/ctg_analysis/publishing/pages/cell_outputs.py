"""What the outputs of executed cells hold for a page: HTML, and what each piece tells of itself (`Html.about`)."""

from collections.abc import Iterable

from nbformat import NotebookNode

from ctg_analysis.display.markup import ABOUT


def html_outputs(cell: NotebookNode) -> list[NotebookNode]:
    """Return the data of the outputs of a cell that a page shows: those with HTML."""
    data = [output.get("data", {}) for output in cell.get("outputs", [])]
    return [bundle for bundle in data if bundle.get("text/html")]


def entries_of(cells: Iterable[NotebookNode], kind: str) -> list:
    """Return what the pieces that cells show tell of themselves, of one kind."""
    return [entry for cell in cells for bundle in html_outputs(cell) for entry in bundle.get(ABOUT, {}).get(kind, [])]

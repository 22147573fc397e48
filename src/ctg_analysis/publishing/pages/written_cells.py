"""Markdown as HTML, in French typography: the cells of text of a notebook, what its code writes in Markdown."""

from functools import cache

import nbformat
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from ctg_analysis.display.words.texts import typography


@cache
def written(text: str) -> str:
    """Return a text in French typography, as HTML; kept, for those of the chapters are the same for all territories."""
    return rendered(text, {})


def of_cell(cell: nbformat.NotebookNode) -> str:
    """Return a cell of text as HTML."""
    return rendered(cell.source, cell.attachments) if cell.get("attachments") else written(cell.source)


def rendered(text: str, attachments: dict) -> str:
    """Return a text in French typography, as HTML. attachments: the images that a cell carries."""
    renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(typography(text))

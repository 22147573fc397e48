"""Markdown as HTML, in French typography: the cells of text of a notebook, what its code writes in Markdown."""

import re
from functools import cache
from urllib.parse import quote

import nbformat
from mistune.util import escape_url
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from ctg_analysis.display.words.texts import typography
from ctg_analysis.publishing.pages.gate import TAGS, Contents, Passed, excess, lacks_of_images, sanitised

HEADINGS = frozenset(TAGS | {"h1", "h5", "h6"})
BOX = re.compile(r'<input class="task-list-item-checkbox" type="checkbox" disabled( checked)?/>')
NOT_TEXT = "a script, a frame, a form or a style, that a page does not take: take it out of the text"
NO_LINK = "a link that a page does not follow: expected https://, mailto:, a page of the report or #"
UNTOLD = "an image without a text alternative: write what it shows, not the name of its file: ![what it shows](…)"


@cache
def written(text: str) -> Passed:
    """Return a text as a page takes it; kept, for those of the chapters are the same for all territories."""
    return _passed(rendered(text, {}))


def of_cell(cell: nbformat.NotebookNode) -> Passed:
    """Return a cell of text, Markdown or raw, as a page takes it."""
    if cell.cell_type == "raw":
        return _passed(cell.source)
    return _passed(rendered(cell.source, cell.attachments)) if cell.get("attachments") else written(cell.source)


def _passed(whole: str) -> Passed:
    if too_much := excess(whole):
        return Passed("", too_much)
    html = sanitised(whole, HEADINGS)
    held, kept = Contents(whole), Contents(html)
    said = {
        NOT_TEXT: held.is_active or held.tags["style"] or held.events,
        NO_LINK: kept.links < held.links,
    }
    return Passed(html, [line for line, is_so in said.items() if is_so] + lacks_of_images(held, kept, UNTOLD))


def rendered(text: str, attachments: dict) -> str:
    """Return a text in French typography, as HTML. attachments: the images that a cell carries."""
    named = attachments | {_address(name): kinds for name, kinds in attachments.items()}
    renderer = IPythonRenderer(escape=False, attachments=named, exclude_anchor_links=True)
    html = MarkdownWithMath(renderer=renderer).render(typography(text))
    return BOX.sub(lambda box: "☑ " if box[1] else "☐ ", html)


def _address(name: str) -> str:
    """Return the name of an image as the address that JupyterLab writes has it, once it is read.

    >>> _address("Capture d’écran.png")
    'Capture%20d%E2%80%99%C3%A9cran.png'
    """
    return escape_url(typography(quote(name, safe=";,/?:@&=+$!*'()#")))

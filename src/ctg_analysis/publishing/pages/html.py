"""Executed notebook to page: our nbconvert template writes its cells, site.py what stands around them."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import nbformat
from markupsafe import Markup
from nbconvert import HTMLExporter, TemplateExporter

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.display.markup import DAYS
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.glossary import with_meanings
from ctg_analysis.display.words.texts import typography
from ctg_analysis.publishing.pages.anchors import placed
from ctg_analysis.publishing.pages.boxes import merged
from ctg_analysis.publishing.pages.outputs import entries_of
from ctg_analysis.publishing.pages.search import contents
from ctg_analysis.publishing.pages.sections import with_sections
from ctg_analysis.publishing.pages.site import TEMPLATES, page

INJECTED = "injected-parameters"  # the tag of papermill's own cell
LEFT_OUT = {"an image": re.compile("image/"), "Markdown": re.compile("text/markdown")}
VALUE = "a value without HTML"


class ChapterPage(NamedTuple):
    """The page of a chapter, and what the search finds there, see `search.contents`."""

    html: str
    contents: dict[str, list]


def chapter_page(notebook: nbformat.NotebookNode, about: dict) -> ChapterPage:
    """Return the page of an executed chapter.

    about: what tasks.about says, title, current (the name of the page). The page tells the date of the newest data that
    it cites, not of its making.
    """
    here = about["current"][:2]
    own = {indicator.id for indicator in CATALOGUE.values() if indicator.chapter == here}
    proofs = {name: constats for name, constats in about.get("proofs", {}).items() if name in own}
    cells = placed(merged(notebook.cells), proofs)
    body, _ = _exporter().from_notebook_node(nbformat.NotebookNode(notebook | {"cells": cells}))
    body, sections = with_sections(body)
    about = about | {"date": date_text(max(entries_of(cells, DAYS), default=""))}
    html = page("chapitre.html.j2", page=about, body=Markup(with_meanings(body)), sections=sections)
    return ChapterPage(html, contents(cells, sections, about.get("communes", {})))


def left_out(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what an executed chapter shows and its page does not, by the cell of the notebook, from 1: its page takes
    HTML alone. What is written to standard error is for the analyst, not for the page.
    """
    cells = [cell for cell in notebook.cells if INJECTED not in cell.metadata.get("tags", [])]
    kinds = [
        f"cell {number}: {kind}"
        for number, cell in enumerate(cells, 1)
        for output in cell.get("outputs", [])
        if (kind := _kind_left_out(output))
    ]
    return list(dict.fromkeys(kinds))


def _kind_left_out(output: nbformat.NotebookNode) -> str:
    if output.output_type == "stream":
        return "printed text" if output.name == "stdout" else ""
    kinds = list(output.get("data", {}))
    if not kinds or "text/html" in kinds:
        return ""
    rich = [kind for kind in kinds if kind != "text/plain"]
    return next((name for name, kind in LEFT_OUT.items() if any(map(kind.match, rich))), rich[0] if rich else VALUE)


class PageExporter(HTMLExporter):
    """nbconvert's exporter without what costs more than the page.

    Its second parse of the page describes images, and ours have their words; it copies the notebook for its
    preprocessors, and validates it around each of them, and ours needs none.
    """

    def from_notebook_node(self, nb: nbformat.NotebookNode, resources: dict | None = None, **options):
        """Return the cells as the template writes them, and the resources."""
        return TemplateExporter.from_notebook_node(self, Uncopied(nb), resources, **options)

    def default_filters(self) -> Iterator[tuple[str, Callable]]:
        """Yield nbconvert's filters, and ours: a cell of text, in French typography, as HTML."""
        yield from super().default_filters()
        yield "written", self._written

    def _written(self, cell: nbformat.NotebookNode) -> str:
        if cell.get("attachments"):
            return self.markdown2html({"cell": cell}, typography(cell.source))
        return written(cell.source)

    def _preprocess(self, nb: nbformat.NotebookNode, resources: dict) -> tuple[nbformat.NotebookNode, dict]:
        return nb, resources


class Uncopied(nbformat.NotebookNode):
    """A notebook that nobody changes: its copy is itself."""

    def __deepcopy__(self, memo: dict) -> "Uncopied":
        """Return it."""
        return self


@cache
def written(text: str) -> str:
    """Return a text in French typography, as HTML; kept, for those of the chapters are the same for all territories."""
    return _exporter().markdown2html({}, typography(text))


@cache
def _exporter() -> PageExporter:
    return PageExporter(
        template_name="chapter",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_anchor_links=True,
        language_code="fr",
    )

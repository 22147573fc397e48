"""Executed notebook to page: our nbconvert template writes its cells, site.py what stands around them."""

import re
from functools import cache
from typing import NamedTuple

import nbformat
from markupsafe import Markup
from nbconvert import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.display.markup import DAYS
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.glossary import with_meanings
from ctg_analysis.display.words.team import for_team
from ctg_analysis.display.words.texts import typography
from ctg_analysis.publishing.pages.anchors import placed
from ctg_analysis.publishing.pages.boxes import merged
from ctg_analysis.publishing.pages.cell_outputs import entries_of
from ctg_analysis.publishing.pages.definitions import moved, told
from ctg_analysis.publishing.pages.said_once import said_once
from ctg_analysis.publishing.pages.search import contents
from ctg_analysis.publishing.pages.sections import with_sections
from ctg_analysis.publishing.pages.site import TEMPLATES, page

INJECTED = "injected-parameters"  # the tag of papermill's own cell
LEFT_OUT = {"an image": re.compile("image/"), "Markdown": re.compile("text/markdown")}
VALUE = "a value without HTML"


class ChapterPage(NamedTuple):
    """The page of a chapter, and what other pages take from it, see `search.contents`, `definitions.told`."""

    html: str
    contents: dict[str, list]


def chapter_page(notebook: nbformat.NotebookNode, about: dict) -> ChapterPage:
    """Return the page of an executed chapter.

    about: what tasks.about says, title, current (the name of the page), waiting (how many of its indicators have no
    value). The page tells the date of the newest data that it cites, not of its making.
    """
    here = about["current"][:2]
    own = {indicator.id for indicator in CATALOGUE.values() if indicator.chapter == here}
    proofs = {name: constats for name, constats in about.get("proofs", {}).items() if name in own}
    cells = placed(merged(moved(notebook.cells, about)), proofs)
    body, _ = _exporter().from_notebook_node(Uncopied(notebook | {"cells": cells}))
    body, sections = with_sections(said_once(body))
    about = about | {"date": date_text(max(entries_of(cells, DAYS), default=""))}
    html = page("chapitre.html.j2", page=about, body=Markup(with_meanings(body)), sections=sections)
    return ChapterPage(html, contents(cells, sections, about.get("communes", {})) | told(cells))


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


class Uncopied(nbformat.NotebookNode):
    """A notebook that nobody changes: its copy, which nbconvert makes several times, is itself."""

    def __deepcopy__(self, memo: dict) -> "Uncopied":
        """Return it."""
        return self


@cache
def written(text: str) -> str:
    """Return a text in French typography, as HTML; kept, for those of the chapters are the same for all territories."""
    return _markdown(text, {})


def _of_cell(cell: nbformat.NotebookNode) -> str:
    """Return a cell of text as HTML."""
    return _markdown(cell.source, cell.attachments) if cell.get("attachments") else written(cell.source)


def _markdown(text: str, attachments: dict) -> str:
    renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(typography(text))


@cache
def _exporter() -> TemplateExporter:
    """Return nbconvert's exporter with our template; no preprocessor, for they cost more than the page."""
    return TemplateExporter(
        template_name="chapter",
        template_file="cells.html.j2",
        extra_template_basedirs=[str(TEMPLATES)],
        filters={"written": _of_cell, "for_team": for_team},
        raw_mimetypes=["text/html", ""],
        default_preprocessors=[],
    )

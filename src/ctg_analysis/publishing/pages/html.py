"""Executed notebook to page: our nbconvert template writes its cells, site.py what stands around them."""

from functools import cache
from typing import NamedTuple

import nbformat
from markupsafe import Markup
from nbconvert import TemplateExporter

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.display.words.glossary import with_meanings
from ctg_analysis.display.words.team import for_team
from ctg_analysis.publishing.pages.anchors import placed
from ctg_analysis.publishing.pages.boxes import merged, without_law_alone
from ctg_analysis.publishing.pages.definitions import moved, told
from ctg_analysis.publishing.pages.own_outputs import published
from ctg_analysis.publishing.pages.said_once import said_once
from ctg_analysis.publishing.pages.search import contents
from ctg_analysis.publishing.pages.sections import with_sections
from ctg_analysis.publishing.pages.site import TEMPLATES, page
from ctg_analysis.publishing.pages.written_cells import of_cell


class ChapterPage(NamedTuple):
    """The page of a chapter, what others take from it (search.contents, definitions.told), remarks on its outputs."""

    html: str
    contents: dict[str, list]
    remarks: list[str]


def chapter_page(notebook: nbformat.NotebookNode, about: dict) -> ChapterPage:
    """Return the page of an executed chapter.

    about: what tasks.about says, title, current (the name of the page), waiting (how many of its indicators have no
    value).
    """
    here = about["current"][:2]
    own = {indicator.id for indicator in CATALOGUE.values() if indicator.chapter == here}
    proofs = {name: constats for name, constats in about.get("proofs", {}).items() if name in own}
    shown = published(notebook.cells)
    cells = placed(without_law_alone(merged(moved(shown.cells, about))), proofs)
    body, _ = _exporter().from_notebook_node(Uncopied(notebook | {"cells": cells}))
    body, sections = with_sections(said_once(body))
    html = page("chapitre.html.j2", page=about, body=Markup(with_meanings(body)), sections=sections)
    told_of = contents(cells, sections, about.get("communes", {})) | told(shown.cells)
    return ChapterPage(html, told_of, shown.remarks)


class Uncopied(nbformat.NotebookNode):
    """A notebook that nobody changes: its copy, which nbconvert makes several times, is itself."""

    def __deepcopy__(self, memo: dict) -> "Uncopied":
        """Return it."""
        return self


@cache
def _exporter() -> TemplateExporter:
    """Return nbconvert's exporter with our template; no preprocessor, for they cost more than the page."""
    return TemplateExporter(
        template_name="chapter",
        template_file="cells.html.j2",
        extra_template_basedirs=[str(TEMPLATES)],
        filters={"written": lambda cell: of_cell(cell).html, "for_team": for_team},
        raw_mimetypes=["text/html", ""],
        default_preprocessors=[],
    )

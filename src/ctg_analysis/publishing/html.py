"""Executed notebook to page: our nbconvert template, no network, code hidden."""

from functools import cache

import nbformat
from nbconvert import HTMLExporter, TemplateExporter

from ctg_analysis.display.texts import typography
from ctg_analysis.publishing.site import TEMPLATES, style

HIDDEN_TAGS = {"parameters", "injected-parameters", "setup"}


def chapter_page(notebook: nbformat.NotebookNode, page: dict) -> str:
    """Return the page of an executed chapter.

    page: territory, title, chapters (number, title, page), current, fictional, provenance.
    """
    body, _ = _exporter().from_notebook_node(notebook, resources={"page": page | {"style": style()}})
    return body


class PageExporter(HTMLExporter):
    """nbconvert's exporter without what costs more than the page.

    Its second parse of the page describes images, and ours have their words; it copies and validates the notebook
    around each of its preprocessors, and ours needs none.
    """

    def _preprocess(self, nb: nbformat.NotebookNode, resources: dict) -> tuple[nbformat.NotebookNode, dict]:
        nb.cells = [cell for cell in nb.cells if HIDDEN_TAGS.isdisjoint(cell.metadata.get("tags", []))]
        return nb, resources

    def from_notebook_node(self, nb: nbformat.NotebookNode, resources: dict | None = None, **options):
        """Return the page as the template writes it, and the resources."""
        return TemplateExporter.from_notebook_node(self, nb, resources, **options)


@cache
def _exporter() -> PageExporter:
    return PageExporter(
        template_name="chapter",
        extra_template_basedirs=[str(TEMPLATES)],
        extra_template_paths=[str(TEMPLATES)],
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
        language_code="fr",
        filters={"french": typography},
    )

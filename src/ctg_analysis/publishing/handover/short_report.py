"""« L'essentiel », in four sheets: the synthèse, what each chapter says first, four maps."""

from pathlib import Path

from markupsafe import Markup

from ctg_analysis.chapter.figures import communes_map
from ctg_analysis.chapter.profiles import essential
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.core.notebooks import notebooks
from ctg_analysis.display.words.team import for_readers
from ctg_analysis.display.words.texts import typography
from ctg_analysis.publishing.handover.joining import joined
from ctg_analysis.publishing.handover.slides import mapped
from ctg_analysis.publishing.pages.site import page

TITLE, MAPS = "L’essentiel", 4
BY_CHAPTER, ON_MAPS = "Chapitre par chapitre", "Commune par commune"


def short_report(edition: Path, seen: Territory, synthesis: str) -> str:
    """Return « L'essentiel » as a page to print. synthesis: the name of the page of the synthèse."""
    chapters = [
        (typography(notebook.title), Markup(piece.html))
        for notebook in notebooks()
        if notebook.title and (piece := essential(seen, notebook.number)).html
    ]
    maps = [Markup(for_readers(communes_map(seen, indicator).html)) for indicator in mapped(seen, MAPS)]
    more = []
    if chapters:
        more.append((BY_CHAPTER, page("essentiel.html.j2", page={}, chapters=chapters)))
    if maps:
        more.append((ON_MAPS, page("essentiel.html.j2", page={}, maps=maps)))
    return joined(edition, [synthesis], TITLE, more=more)

"""The pages of a report beside its chapters: index, search, and the two texts of docs/ that readers need."""

import mistune
from markupsafe import Markup

from ctg_analysis.core.errors import room_in
from ctg_analysis.display.words.glossary import with_meanings
from ctg_analysis.display.words.texts import typography
from ctg_analysis.publishing.build_result import Report
from ctg_analysis.publishing.pages.definitions import PAGE, TITLE, definitions
from ctg_analysis.publishing.pages.search import index, synonyms
from ctg_analysis.publishing.pages.sections import with_sections
from ctg_analysis.publishing.pages.site import page, text_sources


def write_around(report: Report, about: dict, first: dict, after: str | None) -> None:
    """Write index.html, recherche.html, definitions.html and the texts of docs/ in the folder of a report.

    about: what tasks.about says, date of the edition; each of its chapters with title, question, page, note, contents.
    first: what the first page tells, see `lacking.write_beside`. after: the edition before, None for the first one.
    """
    pages = {chapter["page"][:2]: chapter["page"] for chapter in about["chapters"]}
    shown = {**first, "identity": Markup(with_meanings(first["identity"]))}
    index_page = page("index.html.j2", page=about | {"current": "index.html"}, first=shown, after=after, pages=pages)
    entries = index(about["chapters"], about["communes"], about["values"])
    body, sections = definitions(about["chapters"], about["sources"])
    of_page = about | {"title": TITLE, "current": PAGE}
    undated = about | {"date": "", "current": ""}
    search = page("recherche.html.j2", page=undated | {"title": "Recherche"}, entries=entries, synonyms=synonyms())
    written = {
        "index.html": index_page,
        PAGE: page("definitions.html.j2", page=of_page, body=body, sections=sections),
        "recherche.html": search,
    }
    for name, path in text_sources().items():
        source = typography(path.read_text(encoding="utf-8"))
        title = source.partition("\n")[0].lstrip("# ").strip()
        body, sections = with_sections(mistune.html(source))
        written[name] = page("texte.html.j2", page=undated | {"title": title}, body=Markup(body), sections=sections)
    with room_in(report.out):
        for name, text in written.items():
            (report.fresh / name).write_text(text, encoding="utf-8")

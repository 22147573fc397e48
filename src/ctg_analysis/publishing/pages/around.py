"""The pages of a report beside its chapters: index, search, and the two texts of docs/ that readers need."""

from pathlib import Path

from markupsafe import Markup

from ctg_analysis.display.words.glossary import with_meanings
from ctg_analysis.display.words.texts import typography
from ctg_analysis.publishing.pages.definitions import PAGE, TITLE, definitions
from ctg_analysis.publishing.pages.search import index, synonyms
from ctg_analysis.publishing.pages.sections import Section, with_sections
from ctg_analysis.publishing.pages.site import page, templates, text_sources


def get_ready() -> None:
    """Import and compile what these pages are written with."""
    import mistune  # noqa: F401

    for name in ("index.html.j2", "recherche.html.j2", "texte.html.j2", "definitions.html.j2"):
        templates().get_template(name)


def write_around(folder: Path, about: dict, first: dict, after: str | None) -> None:
    """Write index.html, recherche.html, definitions.html and the texts of docs/ in the folder of a report.

    about: what tasks.about says, date of the edition; each of its chapters with title, question, page, note, contents.
    first: what the first page tells, see `beside.write_beside`. after: the edition before, None for the first one.
    """
    pages = {chapter["page"][:2]: chapter["page"] for chapter in about["chapters"]}
    shown = {**first, "identity": Markup(with_meanings(first["identity"]))}
    index_page = page("index.html.j2", page=about | {"current": "index.html"}, first=shown, after=after, pages=pages)
    _write(folder, "index.html", index_page)
    entries = index(about["chapters"], about["communes"], about["values"])
    body, sections = definitions(about["chapters"], about["sources"])
    of_page = about | {"title": TITLE, "current": PAGE}
    _write(folder, PAGE, page("definitions.html.j2", page=of_page, body=body, sections=sections))
    about = about | {"date": "", "current": ""}
    _write(
        folder,
        "recherche.html",
        page("recherche.html.j2", page=about | {"title": "Recherche"}, entries=entries, synonyms=synonyms()),
    )
    for name, source in text_sources().items():
        title, body, sections = _text(source)
        text = page("texte.html.j2", page=about | {"title": title}, body=Markup(body), sections=sections)
        _write(folder, name, text)


def _text(path: Path) -> tuple[str, str, list[Section]]:
    import mistune

    source = typography(path.read_text(encoding="utf-8"))
    title = source.partition("\n")[0].lstrip("# ").strip()
    return title, *with_sections(mistune.html(source))


def _write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")

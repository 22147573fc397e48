"""The page of definitions and methods of a report, which the notes of its chapters and their figures lead to.

What a chapter shows and how it works is kept in the record of its edition: the page is written from it, and tells of a
chapter that stays from an earlier edition too.
"""

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup
from nbformat import NotebookNode

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter.closing import SHOWN
from ctg_analysis.display import markup
from ctg_analysis.display.markup import ABOUT, DEFINITIONS, piece
from ctg_analysis.display.words import notes
from ctg_analysis.display.words.glossary import with_meanings
from ctg_analysis.display.words.texts import alphabetical
from ctg_analysis.publishing.pages.cell_outputs import entries_of
from ctg_analysis.publishing.pages.said_once import said_once
from ctg_analysis.publishing.pages.sections import Section, slug, with_sections

PAGE, TITLE = "definitions.html", "Définitions, sources et méthode"
SOURCES, OTHERS = "Les sources", "Autres chapitres"


def told(cells: Sequence[NotebookNode]) -> dict[str, list]:
    """Return what the page of definitions takes from a chapter: shown, the ids of its indicators; method, its entries
    on the method of the whole report. The words of the chapter's own method stay in it.
    """
    entries = entries_of(cells, DEFINITIONS)
    named = [name for entry in entries for name in entry.get("names", [])]
    shown = [name for name in [*entries_of(cells, SHOWN), *named] if name in CATALOGUE]
    return {
        "shown": list(dict.fromkeys(shown)),
        "method": [entry for entry in entries if entry.get("part")],
    }


def moved(cells: Sequence[NotebookNode], about: Mapping[str, str]) -> list[NotebookNode]:
    """Return the cells of a chapter with links to the page of definitions where they first define something, each once.

    about: title and current, the title and the page of the chapter.
    """
    defined = [entry for cell in cells for output in cell.get("outputs", []) for entry in _defined(output)]
    html = piece("defined.html.j2", links=_links(defined, about)).html if defined else ""
    kept = []
    for cell in cells:
        outputs = []
        for output in cell.get("outputs", []):
            if _defined(output):
                output = NotebookNode(output | {"data": NotebookNode(output.data | {"text/html": html})})
                html = ""
            outputs.append(output)
        kept.append(NotebookNode(cell | {"outputs": outputs}) if outputs else cell)
    return kept


def _defined(output: NotebookNode) -> list[dict]:
    """Return what an output defines that the page of definitions has."""
    entries = output.get("data", {}).get(ABOUT, {}).get(DEFINITIONS, [])
    return entries if any(entry.get("names") or entry.get("part") for entry in entries) else []


def _links(entries: list[dict], about: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of the page where entries stand, with their addresses; its top for those of other chapters."""
    links = {}
    for entry in entries:
        of = CATALOGUE[entry["names"][0]].chapter if entry.get("names") else about["current"][:2]
        own = entry.get("part") or about["title"]
        links |= {own: f"{PAGE}#{slug(own)}"} if of == about["current"][:2] else {OTHERS: PAGE}
    return {part: links[part] for part in sorted(links, key=[about["title"], OTHERS, notes.METHOD].index)}


def definitions(chapters: Sequence[dict], sources: Mapping[str, Sequence[str]]) -> tuple[Markup, list[Section]]:
    """Return the content of the page of definitions: by chapter, then the sources, each once, then the method.

    chapters: title, page, contents of each (see `told`). sources: by indicator that is known here, the sources of its
    values, in whole.
    """
    shown = {name for chapter in chapters for name in chapter["contents"].get("shown", [])} & sources.keys()
    parts = {chapter["title"]: [] for chapter in chapters}
    titles = {chapter["page"][:2]: chapter["title"] for chapter in chapters}
    for entry in notes.definitions(one for one in CATALOGUE.values() if one.id in shown):
        first = next(iter(parts), TITLE)
        parts.setdefault(titles.get(CATALOGUE[entry["names"][0]].chapter, first), []).append(entry)
    for chapter in chapters:
        for entry in chapter["contents"].get("method", []):
            of_part = parts.setdefault(entry["part"], [])
            if entry["label"] not in [one["label"] for one in of_part]:
                of_part.append(entry)
    cited = list(dict.fromkeys(text for name in CATALOGUE if name in shown for text in sources[name]))
    body, sections = with_sections(said_once("\n".join(_parts(parts, cited))))
    return Markup(with_meanings(body)), sections


def _parts(parts: Mapping[str, list[dict]], cited: list[str]) -> Iterator[str]:
    """Yield the parts of the page that hold something, the sources before the method."""
    for title, entries in parts.items():
        if entries and title != notes.METHOD:
            yield f"<h2>{Markup.escape(title)}</h2>\n{markup.definitions(entries).html}"
    if cited:
        yield f"<h2>{SOURCES}</h2>\n{markup.sources(sorted(cited, key=alphabetical)).html}"
    if parts.get(notes.METHOD):
        yield f"<h2>{notes.METHOD}</h2>\n{markup.definitions(parts[notes.METHOD]).html}"

"""The pages of a report beside its chapters: index, search, definitions, sections."""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import mistune
from markupsafe import Markup
from nbformat import NotebookNode

from ctg_analysis.display import html_tree, markup, notes
from ctg_analysis.display.markup import ABOUT, CHARTS, DEFINITIONS, ROWS, SHEETS, SHOWN
from ctg_analysis.display.notes import terms, terms_in, with_meanings
from ctg_analysis.display.texts import alphabetical, typography
from ctg_analysis.model.catalogue import CATALOGUE, TITLES
from ctg_analysis.model.errors import room_in
from ctg_analysis.publish.data_files import name_charts
from ctg_analysis.publish.editions import Report
from ctg_analysis.publish.site import page, text_sources

# The sections of a page: its headings of second level, with the ids that links lead to.
# They are found in the HTML of the cells: that of a notebook of somebody else may hold headings of which no data tells.
# One that readers do not see is for the team.

NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
OWN_IDS = ("contenu", "q", "sommaire", "equipe")  # of what stands around the content, in every page


@dataclass(frozen=True)
class Section:
    """A section of a page: its id there, its heading; whether readers see it, and what they read there."""

    id: str
    title: str
    seen: bool = True
    text: str = ""


def slug(title: str) -> str:
    """Return the id of the first section of a page that bears a title.

    >>> slug("Territoire et population")
    'territoire-et-population'
    """
    return NOT_IN_SLUG.sub("-", alphabetical(title)).strip("-") or "section"


def with_sections(body: str) -> tuple[str, list[Section]]:
    """Return the content of a page with an id on each heading of second level, and these sections."""
    whole = html_tree.tree(body)
    used = dict.fromkeys(OWN_IDS, 1)
    titles = {}
    for heading in whole.iter("h2"):
        title = heading.text_content().strip()
        name = slug(title)
        used[name] = used.get(name, 0) + 1
        heading.set("id", name if used[name] == 1 else f"{name}-{used[name]}")
        titles[heading.get("id")] = title
    said: dict[str, list[str]] = {}
    for holder, where, text in html_tree.texts(whole):
        if holder.tag == "h2" and where == "text":
            said[holder.get("id")] = []
        if said:
            said[next(reversed(said))].append(text)
    sections = [Section(name, title, name in said, " ".join(said.get(name, []))) for name, title in titles.items()]
    return html_tree.content(whole), sections


def html_outputs(cell: NotebookNode) -> list[NotebookNode]:
    """Return the data of the outputs of a cell that a page shows: those with HTML."""
    data = [output.get("data", {}) for output in cell.get("outputs", [])]
    return [bundle for bundle in data if bundle.get("text/html")]


def entries_of(cells: Iterable[NotebookNode], kind: str) -> list:
    """Return what the pieces that cells show tell of themselves, of one kind."""
    return [entry for cell in cells for bundle in html_outputs(cell) for entry in bundle.get(ABOUT, {}).get(kind, [])]


# The page of definitions and methods of a report, which the notes of its chapters and their figures lead to.
# What a chapter shows and how it works is kept in the record of its edition: the page is written from it, and tells of
# a chapter that stays from an earlier edition too.

PAGE, TITLE = "definitions.html", "Définitions, sources et méthode"
SOURCES, PEERS = "Les sources", "Les EPCI comparables"


def told(cells: Sequence[NotebookNode]) -> list[str]:
    """Return the ids of the indicators that a chapter shows, which the page of definitions has."""
    defined = [name for entry in entries_of(cells, DEFINITIONS) for name in entry.get("names", [])]
    return list(dict.fromkeys(name for name in [*entries_of(cells, SHOWN), *defined] if name in CATALOGUE))


def definitions(
    chapters: Sequence[dict], sources: Mapping[str, Sequence[str]], peers: str, method: list[dict]
) -> tuple[Markup, list[Section]]:
    """Return the content of the page of definitions: by chapter, then the sources, each once, the peers, the method.

    chapters: title, page, contents of each. sources: by indicator that is known here, the sources of its values, in
    whole. peers: HTML. method: entries.
    """
    shown = {name for chapter in chapters for name in chapter["contents"].get("shown", [])} & sources.keys()
    defined = [*_by_chapter(chapters, shown), *((notes.METHOD, entry) for entry in method)]
    titles = [title for title, _ in defined]
    entries = zip(titles, notes.said_once(entry for _, entry in defined), strict=True)
    parts = {title: [entry for _, entry in several] for title, several in groupby(entries, key=itemgetter(0))}
    pieces = {title: markup.definitions(several).html for title, several in parts.items()}
    cited = list(dict.fromkeys(text for name in CATALOGUE if name in shown for text in sources[name]))
    told_last = pieces.pop(notes.METHOD, "")
    pieces[SOURCES] = markup.sources(sorted(cited, key=alphabetical)).html if cited else ""
    pieces |= {PEERS: peers, notes.METHOD: told_last}
    whole = "\n".join(f"<h2>{Markup.escape(title)}</h2>\n{html}" for title, html in pieces.items() if html)
    body, sections = with_sections(whole)
    return Markup(with_meanings(body)), sections


def _by_chapter(chapters: Sequence[dict], shown: Collection[str]) -> list[tuple[str, dict]]:
    """Return the entries of indicators, each after the title of its chapter, in the order of the chapters.

    Those of a chapter that has no page are with the first that has one.
    """
    titles = {chapter["page"][:2]: chapter["title"] for chapter in chapters}
    first, order = next(iter(titles.values()), TITLE), list(titles.values())
    entries = [
        (titles.get(CATALOGUE[entry["names"][0]].chapter, first), entry)
        for entry in notes.definitions(one for one in CATALOGUE.values() if one.id in shown)
    ]
    return sorted(entries, key=lambda one: order.index(one[0]) if one[0] in order else 0)


# The index of a report's search page: chapters, their sections with all their words, indicators, communes.
# What a page holds is noted when it is made, and kept in the record of its edition: a chapter that stays from an
# earlier edition is found like the others.

CHAPTER, SECTION, INDICATOR, COMMUNE = "Chapitre", "Partie de chapitre", "Indicateur", "Commune"
WAITING = "Indicateur en attente de données"
MISSING_PAGE = "manques.html"
SHEET = "commune-"  # opens the id of the section on a commune, before its code


class Entry(NamedTuple):
    """A line of the index: its kind, its title, the chapter that holds it, its address, a description, a value.

    words: what it is found by besides, which is not shown.
    """

    kind: str
    title: str
    where: str
    address: str
    description: str = ""
    value: str = ""
    words: str = ""


def contents(cells: Sequence[NotebookNode], sections: list[Section], communes: Mapping[str, str]) -> dict[str, list]:
    """Return what the search finds in the page of a chapter, as JSON.

    cells: placed, see `page.placed`. communes: the name of each by its code.

    sections: id, title and words of each that readers see. figures: the id of the cell, that of the indicator, label
    and definition of each. sheets: the codes of the communes that have a section. tables: the ids of the cells with a
    table that has a row for each commune. charts: the title of each.
    """
    placed = [cell for cell in cells if cell.metadata.page.ids]
    return {
        "sections": [
            [one.id, one.title, "" if one.title in communes.values() else _words(one.text)]
            for one in sections
            if one.seen
        ],
        "figures": [
            [
                cell.metadata.page.ids[0],
                name,
                label,
                typography(CATALOGUE[name].definition) if name in CATALOGUE else "",
            ]
            for cell in placed
            for name, label in zip(cell.metadata.page.ids, cell.metadata.page.labels, strict=True)
        ],
        "sheets": entries_of(cells, SHEETS),
        "charts": [title for title, _ in entries_of(cells, CHARTS)],
        "tables": [
            cell.metadata.page.ids[0]
            for cell in placed
            if any(set(rows) >= set(communes.values()) for rows in entries_of([cell], ROWS))
        ],
    }


def _words(text: str) -> str:
    """Return the words of a text and of what its acronyms mean, each once; those of a commune's sheet are its name."""
    known = " ".join([text, *(terms()[term] for term in terms_in([text]))])
    return " ".join(sorted({word for word in notes.APART.split(alphabetical(known)) if word.isalpha()}))


def index(chapters: list[dict], communes: Mapping[str, str], values: Mapping[str, str]) -> str:
    """Return the index of a report as JSON that a script element can hold.

    chapters: title, question, page, contents. communes: the name of each by its code. A commune is found where a page
    has a section on it; failing that, at the first table that has them all. values: the latest one of each indicator
    that has some; another is found on the page of what is missing, after all that is known.
    """
    entries = [Entry(CHAPTER, chapter["title"], "", chapter["page"], chapter["question"]) for chapter in chapters]
    figures = [
        (
            Entry(INDICATOR, label, chapter["title"], f"{chapter['page']}#{cell}", definition, values.get(name, "")),
            name in values or name in TITLES,
        )
        for chapter in chapters
        for cell, name, label, definition in chapter["contents"].get("figures", [])
    ]
    entries += [entry for entry, is_known in figures if is_known]
    entries += _communes(chapters, communes)
    entries += [
        Entry(SECTION, title, chapter["title"], f"{chapter['page']}#{section}", words=" ".join(said))
        for chapter in chapters
        for section, title, *said in chapter["contents"].get("sections", [])
    ]
    entries += [entry._replace(kind=WAITING, address=MISSING_PAGE) for entry, is_known in figures if not is_known]
    return _json(entries)


def _communes(chapters: list[dict], communes: Mapping[str, str]) -> list[Entry]:
    places = {
        kind: [(chapter["page"], what) for chapter in chapters for what in chapter["contents"].get(kind, [])]
        for kind in ("sheets", "tables")
    }
    sheets = {code: f"{page}#{SHEET}{code}" for page, code in places["sheets"]}
    table = next((f"{page}#{cell}" for page, cell in places["tables"]), None)
    addresses = {code: sheets.get(code, table) for code in communes}
    return [Entry(COMMUNE, communes[code], "", address, code) for code, address in addresses.items() if address]


def synonyms() -> str:
    """Return data/reference/synonymes.yml, other words for what a reader may look for, as the index is written."""
    return _json(list(notes.synonyms().items()))


def _json(content: list) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def write_around(report: Report, about: dict, first: dict, after: str | None) -> None:
    """Write index.html, recherche.html, definitions.html and the texts of docs/ in the folder of a report, and the
    charts of its pages in donnees/.

    about: what tasks.about says, date of the edition; each of its chapters with title, question, page, note, contents.
    first: what the first page tells, see `tasks.write_beside`. after: the edition before, None for the first one.
    """
    pages = {chapter["page"][:2]: chapter["page"] for chapter in about["chapters"]}
    shown = {**first, "identity": Markup(with_meanings(first["identity"]))}
    index_page = page("index.html.j2", page=about | {"current": "index.html"}, first=shown, after=after, pages=pages)
    entries = index(about["chapters"], about["communes"], about["values"])
    body, sections = definitions(about["chapters"], about["sources"], first["peers"], first["method"])
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
    charts = {Path(chapter["page"]).stem: chapter["contents"].get("charts", []) for chapter in about["chapters"]}
    with room_in(report.out):
        for name, text in written.items():
            (report.fresh / name).write_text(text, encoding="utf-8")
        name_charts(report.fresh, report.latest, charts)

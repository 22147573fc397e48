"""The index of a report's search page: chapters, their sections with all their words, indicators, communes.

What a page holds is noted when it is made, and kept in the record of its edition: a chapter that stays from an earlier
edition is found like the others.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from nbformat import NotebookNode

from ctg_analysis.catalogue import TITLES
from ctg_analysis.display.markup import DEFINITIONS, ROWS, SHEETS
from ctg_analysis.display.words import synonyms as words
from ctg_analysis.display.words.glossary import terms, terms_in
from ctg_analysis.display.words.texts import alphabetical
from ctg_analysis.publishing.pages.cell_outputs import entries_of
from ctg_analysis.publishing.pages.sections import Section

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

    cells: placed, see `anchors.placed`. communes: the name of each by its code.

    sections: id, title and words of each that readers see. figures: the id of the cell, that of the indicator, label
    and definition of each. sheets: the codes of the communes that have a section. tables: the ids of the cells with a
    table that has a row for each commune.
    """
    definitions = {entry["label"]: entry["definition"] for entry in entries_of(cells, DEFINITIONS)}
    placed = [cell for cell in cells if cell.metadata.page.ids]
    return {
        "sections": [
            [one.id, one.title, "" if one.title in communes.values() else _words(one.text)]
            for one in sections
            if one.seen
        ],
        "figures": [
            [cell.metadata.page.ids[0], name, label, definitions.get(label, "")]
            for cell in placed
            for name, label in zip(cell.metadata.page.ids, cell.metadata.page.labels, strict=True)
        ],
        "sheets": entries_of(cells, SHEETS),
        "tables": [
            cell.metadata.page.ids[0]
            for cell in placed
            if any(set(rows) >= set(communes.values()) for rows in entries_of([cell], ROWS))
        ],
    }


def _words(text: str) -> str:
    """Return the words of a text and of what its acronyms mean, each once; those of a commune's sheet are its name."""
    known = " ".join([text, *(terms()[term] for term in terms_in([text]))])
    return " ".join(sorted({word for word in words.APART.split(alphabetical(known)) if word.isalpha()}))


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
    return _json(list(words.synonyms().items()))


def _json(content: list) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")

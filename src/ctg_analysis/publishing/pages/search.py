"""The index of a report's search page: chapters, their sections, indicators, communes.

What a page holds is noted when it is made, and kept in the record of its edition: a chapter that stays from an earlier
edition is found like the others.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from nbformat import NotebookNode

from ctg_analysis.core.settings import settings
from ctg_analysis.core.yaml_files import load_yaml
from ctg_analysis.display.markup import DEFINITIONS, ROWS, SHEETS
from ctg_analysis.publishing.pages.cell_outputs import entries_of
from ctg_analysis.publishing.pages.sections import Section

CHAPTER, SECTION, INDICATOR, COMMUNE = "Chapitre", "Partie de chapitre", "Indicateur", "Commune"
SHEET = "commune-"  # opens the id of the section on a commune, before its code


class Entry(NamedTuple):
    """A line of the index: its kind, its title, the chapter that holds it, its address, a description."""

    kind: str
    title: str
    where: str
    address: str
    description: str = ""


def contents(cells: Sequence[NotebookNode], sections: list[Section], communes: Mapping[str, str]) -> dict[str, list]:
    """Return what the search finds in the page of a chapter, as JSON.

    cells: placed, see `anchors.placed`. communes: the name of each by its code.

    sections: id and title of each. indicators: the id of the cell, label and definition of each. sheets: the codes of
    the communes that have a section. tables: the ids of the cells with a table that has a row for each commune.
    """
    definitions = dict(entries_of(cells, DEFINITIONS))
    placed = [cell for cell in cells if cell.metadata.page.ids]
    return {
        "sections": [[section.id, section.title] for section in sections],
        "indicators": [
            [cell.metadata.page.ids[0], label, definitions.get(label, "")]
            for cell in placed
            for label in cell.metadata.page.labels
        ],
        "sheets": entries_of(cells, SHEETS),
        "tables": [
            cell.metadata.page.ids[0]
            for cell in placed
            if any(set(rows) >= set(communes.values()) for rows in entries_of([cell], ROWS))
        ],
    }


def index(chapters: list[dict], communes: Mapping[str, str]) -> str:
    """Return the index of a report as JSON that a script element can hold.

    chapters: title, question, page, contents. communes: the name of each by its code. A commune is found where a page
    has a section on it; failing that, at the first table that has them all.
    """
    entries = [Entry(CHAPTER, chapter["title"], "", chapter["page"], chapter["question"]) for chapter in chapters]
    entries += [
        Entry(INDICATOR, label, chapter["title"], f"{chapter['page']}#{cell}", definition)
        for chapter in chapters
        for cell, label, definition in chapter["contents"].get("indicators", [])
    ]
    entries += _communes(chapters, communes)
    entries += [
        Entry(SECTION, title, chapter["title"], f"{chapter['page']}#{section}")
        for chapter in chapters
        for section, title in chapter["contents"].get("sections", [])
    ]
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
    words = load_yaml(settings().reference / "synonymes.yml", dict[str, list[str]]).value
    return _json(list(words.items()))


def _json(content: list) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")

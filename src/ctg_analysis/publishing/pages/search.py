"""The index of a report's search page, read from its pages: chapters, their sections, indicators, communes.

Chapters of an earlier edition are pages like the others, so their places in the index are theirs. Regular expressions
read our own markup: a parser would take ten times as long for the two million letters of a report.
"""

import csv
import json
import re
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from typing import NamedTuple

from markupsafe import escape

from ctg_analysis.core.settings import settings
from ctg_analysis.display.words.texts import typography

CHAPTER, SECTION, INDICATOR, COMMUNE = "Chapitre", "Partie de chapitre", "Indicateur", "Commune"
POPULATION = "population_count.csv"  # among donnees/, the file that names every commune

CELL = re.compile(r'<div class="cell" id="([a-z0-9_]+)" data-labels="([^"]*)">')
HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.S)
DEFINITION = re.compile(r"<dt>(.*?)</dt>\s*<dd>(.*?)(?:<span|</dd>)", re.S)
SHEET = "commune-"  # opens the id of the section on a commune, before its code
ID_OF_SHEET = re.compile(rf'id="{SHEET}([0-9AB]{{5}})"')


class Entry(NamedTuple):
    """A line of the index: its kind, its title, the chapter that holds it, its address, what is said of it."""

    kind: str
    title: str
    where: str
    address: str
    said: str = ""


def index(folder: Path, chapters: list[dict]) -> str:
    """Return the index of a report as JSON that a script element can hold.

    folder: the report, its pages and donnees/. chapters: title, question, page.
    """
    pages = {one["page"]: (folder / one["page"]).read_text(encoding="utf-8") for one in chapters}
    entries = [Entry(CHAPTER, one["title"], "", one["page"], one["question"]) for one in chapters]
    entries += [entry for one in chapters for entry in indicators(pages[one["page"]], one)]
    entries += communes(folder, pages)
    entries += [entry for one in chapters for entry in sections(pages[one["page"]], one)]
    return _json(entries)


def synonyms() -> str:
    """Return data/reference/synonymes.yml, other words for what a reader may look for, as the index is written."""
    import yaml

    path = settings().reference / "synonymes.yml"
    return _json(list(yaml.safe_load(path.read_text(encoding="utf-8")).items()))


def _json(content: list) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def sections(html: str, chapter: dict) -> list[Entry]:
    """Return the sections of a chapter."""
    return [
        Entry(SECTION, _text(title), chapter["title"], f"{chapter['page']}#{name}")
        for name, title in HEADING.findall(html)
    ]


def indicators(html: str, chapter: dict) -> list[Entry]:
    """Return the indicators and the families of a chapter, each at the cell that bears its id."""
    said = {_text(label): _text(words).strip() for label, words in DEFINITION.findall(html)}
    return [
        Entry(INDICATOR, label, chapter["title"], f"{chapter['page']}#{name}", said.get(label, ""))
        for name, labels in CELL.findall(html)
        for label in unescape(labels).split("|")
    ]


def communes(folder: Path, pages: dict[str, str]) -> list[Entry]:
    """Return the communes, each where a page has a section on it; failing that, at a table that has them all."""
    with (folder / "donnees" / POPULATION).open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["niveau"] == "commune"]
    names = {row["code"]: typography(row["territoire"]) for row in rows}
    own = {code: f"{page}#{SHEET}{code}" for page, html in pages.items() for code in ID_OF_SHEET.findall(html)}
    listed = _table_of(names.values(), pages)
    places = {code: own.get(code, listed) for code in names}
    return [Entry(COMMUNE, names[code], "", place, code) for code, place in places.items() if place]


def _table_of(communes: Iterable[str], pages: dict[str, str]) -> str | None:
    """Return the address of the first table, not behind a chart, with a row for each commune."""
    rows = [f'<th scope="row">{escape(name)}</th>' for name in communes]
    for page, html in pages.items():
        for cell in html.split('<div class="cell"')[1:]:
            name = re.search(r'^ id="([a-z0-9_]+)"', cell)
            table = re.sub(r"<figure.*?</figure>", "", cell, flags=re.DOTALL)
            if name and all(row in table for row in rows):
                return f"{page}#{name[1]}"
    return None


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))

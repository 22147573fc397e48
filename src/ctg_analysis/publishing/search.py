"""The index of a report's search page, read from its pages: chapters, their sections, indicators, communes.

Chapters of an earlier edition are pages like the others, so their places in the index are theirs. Regular expressions
read our own markup: a parser would take ten times as long for the two million letters of a report.
"""

import csv
import json
import re
from html import unescape
from pathlib import Path
from typing import NamedTuple

from markupsafe import escape

from ctg_analysis.display.texts import typography

CHAPTER, SECTION, INDICATOR, COMMUNE = "Chapitre", "Partie de chapitre", "Indicateur", "Commune"
POPULATION = "population_count.csv"  # among donnees/, the file that names every commune

CELL = re.compile(r'<div class="cell" id="([a-z0-9_-]+)" data-labels="([^"]*)">')
HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.S)
DEFINITION = re.compile(r"<dt>(.*?)</dt>\s*<dd>(.*?)(?:<span|</dd>)", re.S)
ROW = '<th scope="row">{name}</th>'


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
    return json.dumps(entries, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def sections(html: str, chapter: dict) -> list[Entry]:
    """Return the sections of a chapter."""
    return [
        Entry(SECTION, _text(title), chapter["title"], f"{chapter['page']}#{name}")
        for name, title in HEADING.findall(html)
    ]


def indicators(html: str, chapter: dict) -> list[Entry]:
    """Return the indicators of a chapter, each where it is shown alone or, failing that, with the fewest others."""
    said = {_text(label): _text(words).strip() for label, words in DEFINITION.findall(html)}
    best: dict[str, tuple[int, str]] = {}
    for name, labels in CELL.findall(html):
        shown = unescape(labels).split("|")
        for label in shown:
            if label not in best or len(shown) < best[label][0]:
                best[label] = (len(shown), name)
    return [
        Entry(INDICATOR, label, chapter["title"], f"{chapter['page']}#{name}", said.get(label, ""))
        for label, (_, name) in best.items()
    ]


def communes(folder: Path, pages: dict[str, str]) -> list[Entry]:
    """Return the communes: where the report says something of them, their own page if there is one."""
    with (folder / "donnees" / POPULATION).open(encoding="utf-8-sig", newline="") as file:
        rows = {
            row["code"]: row["territoire"] for row in csv.DictReader(file, delimiter=";") if row["niveau"] == "commune"
        }
    own = {path.stem: path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    found = []
    for code, name in {row["code"]: row["territoire"] for row in rows}.items():
        title = typography(name)
        page = next((address for stem, address in own.items() if stem.endswith(code)), None) or table_of(title, pages)
        if page:
            found.append(Entry(COMMUNE, title, "", page, code))
    return found


def table_of(commune: str, pages: dict[str, str]) -> str | None:
    """Return the address of the first table, not behind a chart, with a row for a commune."""
    row = ROW.format(name=escape(commune))
    for page, html in pages.items():
        for cell in html.split('<div class="cell"')[1:]:
            name = re.match(r' id="([a-z0-9_-]+)"', cell)
            if name and row in re.sub(r"<figure.*?</figure>", "", cell, flags=re.S):
                return f"{page}#{name[1]}"
    return None


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))

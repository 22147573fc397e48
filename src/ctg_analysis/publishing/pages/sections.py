"""The sections of a page: its headings of second level, with the ids that links lead to.

They are found in the HTML of the cells: that of a notebook of somebody else may hold headings of which no data tells.
One that readers do not see is for the team.
"""

import re
from dataclasses import dataclass, replace
from html import unescape

from ctg_analysis.display.words.team import for_readers
from ctg_analysis.display.words.texts import alphabetical

HEADING = re.compile(r"<h2>(.*?)</h2>", re.S)
PLACED = re.compile(r'<h2 id="([^"]+)">')
TAG, NOT_IN_SLUG = re.compile(r"<[^>]+>"), re.compile(r"[^a-z0-9]+")
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
    used = dict.fromkeys(OWN_IDS, 1)
    sections = []

    def identified(heading: re.Match) -> str:
        title = unescape(TAG.sub("", heading[1])).strip()
        name = slug(title)
        used[name] = used.get(name, 0) + 1
        sections.append(Section(name if used[name] == 1 else f"{name}-{used[name]}", title))
        return f'<h2 id="{sections[-1].id}">{heading[1]}</h2>'

    body = HEADING.sub(identified, body)
    _, *parts = PLACED.split(for_readers(body))
    texts = {name: unescape(TAG.sub(" ", html)) for name, html in zip(parts[::2], parts[1::2], strict=True)}
    return body, [replace(one, seen=one.id in texts, text=texts.get(one.id, "")) for one in sections]

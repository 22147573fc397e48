"""The gate of HTML that anybody wrote: a page runs nothing, loads nothing, and keeps its own style."""

import re
from collections import Counter
from typing import NamedTuple

import nh3
from lxml import etree

from ctg_analysis.display.pieces.own_pieces import UNNAMED

RUNS = "that a page does not show: show an image or a table"
ELSEWHERE = "an image of a file or of a site, that a page does not load: paste it in the cell, or show it by its code"
HEAVIEST, MOST_TAGS, DEEPEST = 1_500_000, 40_000, 200  # characters, tags, one within the other: more takes minutes
TOO_HEAVY = f"that a page does not show: expected {HEAVIEST / 1e6} MB at most, fewer points or rows"
TOO_MANY = f"tags that a page does not show: expected {MOST_TAGS} at most, fewer points or rows"
TOO_DEEP = f"tags one within the other, that a page does not show: expected {DEEPEST} at most"

ACTIVE = {"script", "iframe", "object", "embed", "form", "video", "audio", "canvas"}
SWALLOWED = {"script", "style", "title", "template", "noscript", "iframe", "object", "head", "svg"}  # content too
TAGS = {"a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt", "em"}
TAGS |= {"h2", "h3", "h4", "hr", "i", "img", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "small", "span"}
TAGS |= {"strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"}
OF_CELLS = {"colspan", "rowspan", "style"}
ATTRIBUTES = {"*": set(), "a": {"href"}, "img": {"src", "alt", "width", "height"}, "abbr": {"title"}}
ATTRIBUTES |= {"th": OF_CELLS, "td": OF_CELLS}
LINK = re.compile(r"(?:https?://|mailto:|#)|(?!//)[\w./%-]+(?:#[\w-]*)?$")
DRAWING = re.compile(r"data:image/[a-z+]+;base64,")
# In what comes out, attributes stand between double quotes.
WITHOUT_SOURCE = re.compile(r'<img(?!(?:[^>"]|"[^"]*")*? src=)(?:[^>"]|"[^"]*")*>')
NO_WORDS = re.compile(r"(?:.*\.(?:png|jpe?g|gif|webp|svg))?\s*", re.I | re.S)  # nothing, or the name of a file
EMPTY = re.compile(r'(<th scope="col"[^>]*>)\s*(?=</th>)')
HEAD, UNSCOPED = re.compile(r"<thead>.*?</thead>", re.S), re.compile(r"<th\b(?! scope)")

DRAWN = re.compile(r"<(?:svg|math)\b", re.I)  # where what is text in HTML holds tags
RAW = re.compile(r"(</?)(?=(?:title|style|script|textarea|xmp|iframe|noembed|noframes|plaintext)\b)", re.I)


class Passed(NamedTuple):
    """HTML that a page takes, and what is to be said of what was left out or is missing."""

    html: str
    lacks: list[str]


class Contents:
    """What some HTML holds: how often each tag; its links, its events, the alternatives of its images; its depth."""

    def __init__(self, html: str):
        self.tags: Counter[str] = Counter()
        self.alternatives: list[str] = []
        self.links = self.events = self.deepest = self._depth = 0
        etree.fromstring(html.encode("utf-8", "replace"), etree.HTMLParser(target=self, encoding="utf-8"))

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Count a tag."""
        self._depth += 1
        self.deepest = max(self.deepest, self._depth)
        self.tags[tag] += 1
        self.links += tag == "a" and "href" in attributes
        self.events += any(name.startswith("on") for name in attributes)
        if tag == "img":
            self.alternatives.append(attributes.get("alt") or "")

    def end(self, tag: str) -> None:
        """Leave a tag."""
        self._depth -= 1

    def close(self) -> None:
        """End."""

    @property
    def is_active(self) -> bool:
        """Whether something in it would run or load something."""
        return not ACTIVE.isdisjoint(self.tags)


def excess(html: str) -> list[str]:
    """Return what is too much in some HTML for a page to take it, if anything."""
    if len(html) > HEAVIEST:
        return [f"{len(html) / 1e6:.1f} MB {TOO_HEAVY}"]
    if (tags := html.count("<")) > MOST_TAGS:
        return [f"{tags} {TOO_MANY}"]
    read = RAW.sub(r"\1x-", html) if DRAWN.search(html) else html
    if (deepest := Contents(read).deepest) > DEEPEST:
        return [f"{deepest} {TOO_DEEP}"]
    return []


def sanitised(html: str, tags: frozenset[str] = frozenset(TAGS)) -> str:
    """Return HTML of anybody without what runs, loads or restyles anything, its tables in their frame.

    >>> sanitised('<p onclick="x()">Un <b style="color:red">mot</b><script>x()</script></p>')
    '<p>Un <b>mot</b></p>'
    """
    clean = nh3.clean(
        html,
        tags=set(tags),
        clean_content_tags=SWALLOWED,
        attributes=ATTRIBUTES,
        attribute_filter=_allowed,
        url_schemes={"http", "https", "mailto", "data"},
        filter_style_properties={"text-align"},
        link_rel=None,
    )
    clean = WITHOUT_SOURCE.sub("", clean).replace("&nbsp;", "\u00a0")
    if "<table>" not in clean:
        return clean
    clean = UNSCOPED.sub('<th scope="row"', HEAD.sub(lambda head: UNSCOPED.sub('<th scope="col"', head[0]), clean))
    clean = EMPTY.sub(rf"\1{UNNAMED}", clean)
    frame = '<div class="table" role="group" aria-label="Tableau" tabindex="0"><table>'
    return clean.replace("<table>", frame).replace("</table>", "</table></div>")


def _allowed(tag: str, name: str, value: str) -> str | None:
    expected = {"href": LINK, "src": DRAWING}.get(name)
    return value if not expected or expected.match(value) else None


def is_told(alternative: str) -> bool:
    """Return whether an alternative of an image has words of its own.

    >>> is_told("Plan du quartier"), is_told("plan du quartier.png"), is_told("")
    (True, False, False)
    """
    return not NO_WORDS.fullmatch(alternative)


def lacks_of_images(whole: Contents, passed: Contents, without_alt: str) -> list[str]:
    """Return what is to be said of the images of some HTML, once it is sanitised."""
    said = {
        f"a drawing within HTML {RUNS}": whole.tags["svg"],
        ELSEWHERE: passed.tags["img"] < whole.tags["img"],
        without_alt: not all(map(is_told, passed.alternatives)),
    }
    return [line for line, is_so in said.items() if is_so]

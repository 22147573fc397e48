"""The gate of HTML that anybody wrote: a page runs nothing, loads nothing, and keeps its own style."""

import re
from typing import NamedTuple

import bleach
from bleach.css_sanitizer import CSSSanitizer

from ctg_analysis.display.pieces.own_pieces import UNNAMED

RUNS = "that a page does not show: show an image or a table"
ELSEWHERE = "an image of a file or of a site, that a page does not load: paste it in the cell, or show it by its code"

ACTIVE = re.compile(r"<(script|iframe|object|embed|form|video|audio|canvas)\b", re.I)
SWALLOWED = re.compile(r"<(script|style|title|template|noscript|iframe|object|head|svg)\b.*?</\1\s*>", re.I | re.S)
TAGS = {"a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt", "em"}
TAGS |= {"h2", "h3", "h4", "hr", "i", "img", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "small", "span"}
TAGS |= {"strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"}
LINK, DRAWING = re.compile(r"(?:https?://|mailto:|#)|[\w./%-]+(?:#[\w-]*)?$"), re.compile(r"data:image/[a-z+]+;base64,")
ALIGNED = CSSSanitizer(allowed_css_properties=["text-align"])
WITHIN = r'(?:[^>"]|"[^"]*")*?'  # a tag, as far as what follows
ALTERNATIVE = re.compile(rf'<img(?:{WITHIN}\salt="([^"]*)")?')
NO_WORDS = re.compile(r"(?:.*\.(?:png|jpe?g|gif|webp|svg))?\s*", re.I | re.S)  # nothing, or the name of a file
WITHOUT_SOURCE = re.compile(rf"<img(?!{WITHIN}\ssrc=){WITHIN}>")
EMPTY = re.compile(r'(<th scope="col"[^>]*>)(?:\s|&nbsp;)*(?=</th>)')
HEAD, UNSCOPED = re.compile(r"<thead>.*?</thead>", re.S), re.compile(r"<th\b(?! scope)")


class Passed(NamedTuple):
    """HTML that a page takes, and what is to be said of what was left out or is missing."""

    html: str
    lacks: list[str]


def sanitised(html: str, tags: frozenset[str] = frozenset(TAGS)) -> str:
    """Return HTML of anybody without what runs, loads or restyles anything, its tables in their frame.

    >>> sanitised('<p onclick="x()">Un <b style="color:red">mot</b><script>x()</script></p>')
    '<p>Un <b>mot</b></p>'
    """
    clean = bleach.clean(
        SWALLOWED.sub("", html),
        tags=tags,
        attributes=_is_allowed,
        protocols={"http", "https", "mailto", "data"},
        strip=True,
        css_sanitizer=ALIGNED,
    )
    clean = WITHOUT_SOURCE.sub("", clean)
    if "<table>" not in clean:
        return clean
    clean = UNSCOPED.sub('<th scope="row"', HEAD.sub(lambda head: UNSCOPED.sub('<th scope="col"', head[0]), clean))
    clean = EMPTY.sub(rf"\1{UNNAMED}", clean)
    frame = '<div class="table" role="group" aria-label="Tableau" tabindex="0"><table>'
    return clean.replace("<table>", frame).replace("</table>", "</table></div>")


def _is_allowed(tag: str, name: str, value: str) -> bool:
    match tag, name:
        case "a", "href":
            return bool(LINK.match(value))
        case "img", "src":
            return bool(DRAWING.match(value))
        case ("img", "alt" | "width" | "height") | ("abbr", "title") | ("th" | "td", "colspan" | "rowspan" | "style"):
            return True
    return False


def is_told(alternative: str) -> bool:
    """Return whether an alternative of an image has words of its own.

    >>> is_told("Plan du quartier"), is_told("plan du quartier.png"), is_told("")
    (True, False, False)
    """
    return not NO_WORDS.fullmatch(alternative)


def lacks_of_images(whole: str, html: str, without_alt: str) -> list[str]:
    """Return what is to be said of the images of some HTML, once it is sanitised."""
    lost = html.count("<img") < SWALLOWED.sub("", whole).lower().count("<img")
    said = {
        f"a drawing within HTML {RUNS}": "<svg" in whole.lower(),
        ELSEWHERE: lost,
        without_alt: not all(map(is_told, ALTERNATIVE.findall(html))),
    }
    return [line for line, is_so in said.items() if is_so]

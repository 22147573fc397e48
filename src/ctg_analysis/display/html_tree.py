"""HTML as a tree, and back: what a page needs to know of a piece is read by a parser, whoever wrote the piece."""

import re
from collections.abc import Iterator
from html import escape

from lxml import etree
from lxml.html import Element, HtmlElement, document_fromstring, fragment_fromstring, tostring

FOR_TEAM = "for-team"  # the class of what readers do not see, see `markup.for_team`


def tree(html: str) -> HtmlElement:
    """The element that some HTML is the content of, without what it has that XML may not hold."""
    return fragment_fromstring(html, create_parent="div")


def element(name: str, attributes: dict[str, str], text: str = "") -> HtmlElement:
    """An element that holds a text."""
    made = Element(name, attributes)
    made.text = text
    return made


def content(element: HtmlElement) -> str:
    """The HTML within an element.

    >>> content(tree("Une <b>crèche</b> &amp; un <br>relais"))
    'Une <b>crèche</b> &amp; un <br>relais'
    """
    return escape(element.text or "", quote=False) + "".join(tostring(one, encoding="unicode") for one in element)


def texts(element: HtmlElement, left_out: frozenset[str] = frozenset()) -> Iterator[tuple[HtmlElement, str, str]]:
    """The texts within an element as they are read: what holds each, where there (text or tail), the text itself.

    What readers do not see is left out. left_out: the names of the elements that are left out besides.

    >>> [text for _, _, text in texts(tree("Une <b>crèche</b>, <svg>12</svg>un relais"), frozenset({"svg"}))]
    ['Une ', 'crèche', ', ', 'un relais']
    """
    walk = etree.iterwalk(element, events=("start", "end", "comment"))
    for event, one in walk:
        where = "text" if event == "start" else "tail"
        if event == "start" and (one.tag in left_out or FOR_TEAM in one.classes):
            walk.skip_subtree()
        elif one is not element or where == "text":
            yield one, where, getattr(one, where) or ""


def links(page: str) -> list[str]:
    """Where the links of a whole page lead, in their order."""
    return [one.get("href", "") for one in document_fromstring(page).iter("a")] if page.strip() else []


def words(element: HtmlElement) -> str:
    """The text within an element on one line, its spaces that do not break left as they are."""
    return re.sub(r"[ \n\t]+", " ", element.text_content()).strip(" ")

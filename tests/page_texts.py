"""The words of a page or of a document as its readers get them, line by line, to be held against others."""

import difflib
import io
import re
from collections.abc import Iterable

from docx import Document
from docx.table import Table
from lxml import html

from ctg_analysis.display.markup import for_readers

NAMES = """
address article aside blockquote br caption dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5
h6 header hr li main nav ol option p pre section summary table title tr ul
"""
BLOCKS = NAMES.split()
UNREAD = "//script | //style | //noscript | //*[@hidden] | //comment()"
EDITION = re.compile(r"(dition du )\d+(?:er)? \w+ \d{4}")  # changes by the day


def lines_of(page: str, within: str = "body") -> list[str]:
    """Return the text of an element of a page: a line for each block, one for each row of a table.

    The cells of a row stand between bars, a drawing is its alternative, between brackets; what is for the team and the
    date of the edition are left out.
    """
    root = html.document_fromstring(for_readers(page))
    for one in root.xpath(UNREAD):
        one.drop_tree()
    for one in root.iter():
        one.text, one.tail = (re.sub("[ \n\t]+", " ", text or "") for text in (one.text, one.tail))
    for drawing in root.xpath("//*[local-name()='svg'] | //img"):
        told = html.Element("span")
        told.text, told.tail = f" [{drawing.get('aria-label') or drawing.get('alt') or ''}] ", drawing.tail
        drawing.getparent().replace(drawing, told)
    for block in root.iter(*BLOCKS):
        ends = " " if next(block.iterancestors("td", "th"), None) is not None else "\n"
        block.text, block.tail = f"{ends}{block.text or ''}", f"{ends}{block.tail or ''}"
    for cell in root.xpath("//tr/*[position()>1]"):
        cell.text = f" | {cell.text or ''}"
    text = EDITION.sub(r"\1…", root.find(f".//{within}").text_content())
    lines = (re.sub(" +", " ", line).strip(" ") for line in text.splitlines())
    return [line for line in lines if line]


def lines_of_word(content: bytes) -> list[str]:
    """Return the text of a document of Word: a line for each paragraph, one for each row of a table."""
    lines = []
    for one in Document(io.BytesIO(content)).iter_inner_content():
        if isinstance(one, Table):
            lines += [" | ".join(" ".join(cell.text.split()) for cell in row.cells) for row in one.rows]
        else:
            lines.append(" ".join(one.text.split()))
    return [line for line in lines if line]


def difference(told: Iterable[str], expected: Iterable[str], name: str) -> str:
    """Return what changed of a text, as a person reads it; nothing where nothing did."""
    return "\n".join(difflib.unified_diff([*expected], [*told], f"{name}, expected", name, lineterm="", n=1))

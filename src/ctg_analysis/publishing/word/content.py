"""What a Word document holds, before it is Word: paragraphs of a named style, tables of texts."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import NamedTuple

from ctg_analysis.display.markup import Table
from ctg_analysis.display.words.texts import typography

TEXT, BULLET, FACT, REMARK = "Normal", "List Bullet", "Fait", "Remarque"
SECTION, SUBSECTION = "Heading 2", "Heading 3"


class Piece(NamedTuple):
    """A piece of a paragraph."""

    text: str
    bold: bool = False
    italic: bool = False


class Paragraph(NamedTuple):
    """A paragraph, in a style of the template that its readers may change."""

    pieces: tuple[Piece, ...]
    style: str = TEXT


Blocks = list[Paragraph | Table]  # one below the other


def text(words: str, style: str = TEXT, *, lead: str = "") -> Blocks:
    """Return a paragraph; lead: words before it, in bold (« Pilote : »)."""
    opening = (Piece(typography(f"{lead} : "), bold=True),) if lead else ()
    return [Paragraph((*opening, Piece(typography(words))), style)]


def facts(named: Mapping[str, str]) -> Blocks:
    """Return short lines, each with its name."""
    return together(text(value, FACT, lead=name) for name, value in named.items())


def bullets(lines: Iterable[str]) -> Blocks:
    """Return a list."""
    return together(text(line, BULLET) for line in lines)


def table(caption: str, header: list[str], rows: list[list[str]], *, total: bool = False) -> Blocks:
    """Return a table with its caption, its header row and its rows. total: the last row is set apart."""
    written = [list(map(typography, row)) for row in rows]
    marked = frozenset({len(rows) - 1} if total else ())
    return [Table(typography(caption), list(map(typography, header)), written, marked=marked)]


def together(blocks: Iterable[Blocks]) -> Blocks:
    """Return blocks, one below the other."""
    return list(chain.from_iterable(blocks))

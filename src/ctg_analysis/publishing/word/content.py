"""What a Word document holds, before it is Word: paragraphs of a named style, tables of texts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ctg_analysis.display.markup import Table
from ctg_analysis.display.words.texts import typography

TEXT, BULLET, FACT, REMARK = "Normal", "List Bullet", "Fait", "Remarque"
SECTION, SUBSECTION = "Heading 2", "Heading 3"


@dataclass(frozen=True)
class Piece:
    """A piece of a paragraph."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, in a style of the template that its readers may change."""

    pieces: tuple[Piece, ...]
    style: str = TEXT


@dataclass(frozen=True)
class Blocks:
    """Paragraphs and tables, one below the other."""

    parts: tuple[Paragraph | Table, ...] = field(default=())

    def __add__(self, other: "Blocks") -> "Blocks":
        """Return these blocks, then others."""
        return Blocks(self.parts + other.parts)

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self.parts)


def text(words: str, style: str = TEXT, *, lead: str = "") -> Blocks:
    """Return a paragraph; lead: words before it, in bold (« Pilote : »)."""
    opening = (Piece(typography(f"{lead} : "), bold=True),) if lead else ()
    return Blocks((Paragraph((*opening, Piece(typography(words))), style),))


def facts(named: Mapping[str, str]) -> Blocks:
    """Return short lines, each with its name."""
    return together(text(value, FACT, lead=name) for name, value in named.items())


def bullets(lines: Iterable[str]) -> Blocks:
    """Return a list."""
    return together(text(line, BULLET) for line in lines)


def table(caption: str, header: list[str], rows: list[list[str]], *, marked: frozenset[int] = frozenset()) -> Blocks:
    """Return a table with its caption, its header row and its rows. marked: numbers of the rows to set apart."""
    written = [[typography(cell) for cell in row] for row in rows]
    return Blocks((Table(typography(caption), [typography(cell) for cell in header], written, marked=marked),))


def together(blocks: Iterable[Blocks]) -> Blocks:
    """Return blocks, one below the other."""
    return sum(blocks, Blocks())

"""Paragraphs and tables as Word writes them, see templates/blocks.xml.j2."""

import re
from collections.abc import Callable
from functools import cache

from jinja2 import Environment, PackageLoader, Template
from markupsafe import Markup

from ctg_analysis.display.markup import Table
from ctg_analysis.publishing.word.content import Blocks

CELL, NUMBER = "Cellule", "Cellule nombre"
NUMERIC = re.compile(r"(?:[-+\u2212]?\d[\d\s\u00a0\u202f,]*(?:\u202f?%)?|nd|s|–|)")
CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]+")
WIDTH, MEASURE = 9638, 92  # of an A4 page with margins of 20 mm: twentieths of a point, and letters of the cells
AROUND = 3  # letters that the margins of a cell take, and what wide letters take more
TOGETHER = 14  # a table of so many rows stays on one page


def words(text: str) -> str:
    """Return a text without what no file of XML may hold."""
    return CONTROL.sub(" ", text)


def xml(blocks: Blocks, style_id: Callable[[str], str]) -> Markup:
    """Return paragraphs and tables as Word writes them. style_id: name of a style → its id in the template."""
    parts = [(part, _layout(part) if isinstance(part, Table) else None) for part in blocks]
    return Markup(_template().render(parts=parts, style_id=style_id).replace("\n", ""))  # `words` leaves none in a text


@cache
def _template() -> Template:
    environment = Environment(loader=PackageLoader(__package__), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["words"] = words
    return environment.get_template("blocks.xml.j2")


def _layout(content: Table) -> dict[str, object]:
    """Return the widths of the columns of a table, the styles of their cells, whether its rows stay on one page.

    Numbers are to the right. A column has the width of its longest word, then a part of what is left for what its cells
    ask besides.
    """
    styles, least, asked = [], [], []
    for header, *cells in zip(content.header, *content.rows, strict=True):
        styles.append(NUMBER if cells and all(map(NUMERIC.fullmatch, cells)) else CELL)
        least.append(AROUND + max(len(word) for cell in (header, *cells) for word in re.split(r"[ -]", cell)))
        usual = AROUND + sorted(map(len, (header, *cells)))[(len(cells) + 1) * 9 // 10]
        asked.append(max(usual - least[-1], 0) + 1)
    left = max(MEASURE - sum(least), 0)
    parts = [low + left * more / sum(asked) for low, more in zip(least, asked, strict=True)]
    widths = [int(WIDTH * part / sum(parts)) for part in parts]
    return {"widths": widths, "styles": styles, "together": len(content.rows) <= TOGETHER}

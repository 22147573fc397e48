"""Paragraphs and tables as Word writes them, see templates/blocks.xml.j2."""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, Template
from markupsafe import Markup

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.display.markup import Table
from ctg_analysis.publishing.word.content import Blocks

CELL, NUMBER = "Cellule", "Cellule nombre"
NUMERIC = re.compile(r"(?:[-+\u2212]?\d[\d\s\u00a0\u202f,]*(?:\u202f?%)?|nd|s|–|)")
CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]+")
WIDTH, MEASURE = 9638, 92  # of an A4 page with margins of 20 mm: twentieths of a point, and letters of the cells
AROUND = 3  # letters that the margins of a cell take, and what wide letters take more
TOGETHER = 14  # a table of so many rows stays on one page


class Styles:
    """The styles of a template, by name. template: how messages name it."""

    def __init__(self, ids: Mapping[str, str], template: str):
        self._ids, self._template = {name.casefold(): style for name, style in ids.items()}, template

    def __getitem__(self, name: str) -> str:
        """Return the id of a style.

        Raises:
            InputError: the template has no style of that name.
        """
        if name.casefold() not in self._ids:
            expected = "tous les styles du modèle qu'il remplace"
            raise InputError([Finding(self._template, None, None, f"aucun style {name!r}", expected)])
        return self._ids[name.casefold()]


def words(text: str) -> str:
    """Return a text without what no file of XML may hold."""
    return CONTROL.sub(" ", text)


class Layout(NamedTuple):
    """The columns of a table: their widths, the styles of their cells; whether all its rows stay on one page."""

    widths: list[int]
    styles: list[str]
    together: bool


def xml(blocks: Blocks, styles: Styles) -> Markup:
    """Return paragraphs and tables as Word writes them."""
    parts = [(part, _layout(part) if isinstance(part, Table) else None) for part in blocks.parts]
    return Markup(_template().render(parts=parts, styles=styles).replace("\n", ""))  # `words` leaves none in a text


@cache
def _template() -> Template:
    environment = Environment(loader=PackageLoader(__package__), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["words"] = words
    return environment.get_template("blocks.xml.j2")


def _layout(content: Table) -> Layout:
    """Return the layout of a table: numbers to the right."""
    columns = zip(*content.rows, strict=True) if content.rows else [() for _ in content.header]
    styles = [NUMBER if cells and all(map(NUMERIC.fullmatch, cells)) else CELL for cells in columns]
    return Layout(_widths(content), styles, len(content.rows) <= TOGETHER)


def _widths(content: Table) -> list[int]:
    """Return the width of each column: its longest word, then a part of what is left for what its cells ask besides."""
    least, asked = [], []
    for cells in zip(content.header, *content.rows, strict=True):
        least.append(AROUND + max(len(word) for cell in cells for word in re.split(r"[ -]", cell)))
        usual = AROUND + sorted(map(len, cells))[len(cells) * 9 // 10]
        asked.append(max(usual - least[-1], 0) + 1)
    left = max(MEASURE - sum(least), 0)
    parts = [low + left * more / sum(asked) for low, more in zip(least, asked, strict=True)]
    return [int(WIDTH * part / sum(parts)) for part in parts]

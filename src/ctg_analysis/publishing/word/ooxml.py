"""Paragraphs, tables and tracked revisions as Word writes them. Source: ECMA-376, part 1, WordprocessingML."""

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from ctg_analysis.core.errors import UserError
from ctg_analysis.display.markup import Table
from ctg_analysis.publishing.word.blocks import Blocks, Paragraph, Piece

TABLE, CELL, NUMBER, CAPTION = "Tableau", "Cellule", "Cellule nombre", "caption"
NUMERIC = re.compile(r"(?:[-+\u2212]?\d[\d\s\u00a0\u202f,]*(?:\u202f?%)?|nd|s|–|)")
CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]+")
WIDTH, MEASURE = 9638, 92  # of an A4 page with margins of 20 mm: twentieths of a point, and letters of the cells
AROUND = 3  # letters that the margins of a cell take, and what wide letters take more
TOGETHER = 14  # a table of so many rows stays on one page
AUTHOR = "ctg"  # of a tracked revision: the format asks for one


class Styles:
    """The styles of a template, by name. template: how messages name it."""

    def __init__(self, ids: Mapping[str, str], template: str):
        self._ids, self._template = {name.casefold(): style for name, style in ids.items()}, template

    def __getitem__(self, name: str) -> str:
        """Return the id of a style as an attribute.

        Raises:
            UserError: the template has no style of that name.
        """
        if name.casefold() not in self._ids:
            expected = "expected all the styles of the template that it replaces"
            raise UserError(f"{self._template}: found no style {name!r}, {expected}")
        return quoteattr(self._ids[name.casefold()])


def words(text: str) -> str:
    """Return a text without what no file of XML may hold."""
    return CONTROL.sub(" ", text)


def xml(blocks: Blocks, styles: Styles) -> str:
    """Return paragraphs and tables as Word writes them."""
    return "".join(
        _table(part, styles) if isinstance(part, Table) else _paragraph(part, styles) for part in blocks.parts
    )


def _paragraph(part: Paragraph, styles: Styles, keep: bool = False) -> str:
    together = "<w:keepNext/>" if keep else ""
    return (
        f"<w:p><w:pPr><w:pStyle w:val={styles[part.style]}/>{together}</w:pPr>{''.join(map(_run, part.pieces))}</w:p>"
    )


def _run(piece: Piece) -> str:
    """Return a piece; one that was inserted or deleted is a tracked revision, which Word shows and can undo."""
    marks = "<w:b/>" * piece.bold + "<w:i/>" * piece.italic
    properties = f"<w:rPr>{marks}</w:rPr>" if marks else ""
    element = "w:delText" if piece.change == "deleted" else "w:t"
    run = f'<w:r>{properties}<{element} xml:space="preserve">{escape(words(piece.text))}</{element}></w:r>'
    match piece.change:
        case "inserted":
            return f'<w:ins w:id="0" w:author="{AUTHOR}">{run}</w:ins>'
        case "deleted":
            return f'<w:del w:id="0" w:author="{AUTHOR}">{run}</w:del>'
        case _:
            return run


def _table(content: Table, styles: Styles) -> str:
    """Return a table with its caption above, a header row that each page repeats, and its numbers to the right."""
    widths = _widths(content)
    columns = zip(*content.rows, strict=True) if content.rows else [() for _ in content.header]
    kinds = [NUMBER if cells and all(map(NUMERIC.fullmatch, cells)) else CELL for cells in columns]
    rows = [_row(content.header, widths, kinds, styles, keep=True, header=True)]
    for number, cells in enumerate(content.rows):
        keep = number + 1 < len(content.rows) <= TOGETHER
        rows.append(_row(cells, widths, kinds, styles, keep=keep, bold=number in content.marked))
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    caption = _paragraph(Paragraph((Piece(content.caption),), CAPTION), styles, keep=True)
    properties = (
        f'<w:tblStyle w:val={styles[TABLE]}/><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblLook w:val="0620" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" '
        f'w:noVBand="1"/><w:tblCaption w:val={quoteattr(words(content.caption))}/>'
    )
    below = _paragraph(Paragraph((), CELL), styles)
    return f"{caption}<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>{below}"


def _row(
    cells: list[str],
    widths: list[int],
    kinds: list[str],
    styles: Styles,
    *,
    keep: bool,
    header: bool = False,
    bold: bool = False,
) -> str:
    """Return a row. keep: on the page of the next one."""
    written = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{_paragraph(Paragraph((Piece(cell, bold=header or bold),), kind), styles, keep=keep)}</w:tc>"
        for cell, width, kind in zip(cells, widths, kinds, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' * header}</w:trPr>{written}</w:tr>"


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

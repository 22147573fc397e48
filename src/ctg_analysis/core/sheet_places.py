"""Where a table stands in a workbook, as a person finds it there: file, sheet, cell."""

import re
from collections.abc import Mapping

DAY = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])-([0-3]\d)\b")
MONTH = re.compile(r"\b((?:19|20)\d\d)-(0[1-9]|1[0-2])\b(?!-)")


def as_shown(text: str) -> str:
    """The days and months of a text as the cells of a spreadsheet show them.

    >>> as_shown("2026-03-02"), as_shown("avant le 2026-03-02, en 2024-12")
    ('02/03/2026', 'avant le 02/03/2026, en 12/2024')
    """
    return MONTH.sub(r"\2/\1", DAY.sub(r"\3/\2/\1", text))


class SheetPlace(str):
    """The place of a table in a workbook, written `caf.xlsx, feuille « Foyers »`; it knows the cells of its columns.

    letters: the letter of each column, by its code. header: the row of these codes, which messages call line 1.
    """

    letters: Mapping[str, str]
    header: int

    @classmethod
    def of(cls, path: str, sheet: str, letters: Mapping[str, str], header: int = 1) -> "SheetPlace":
        """The place of a sheet of a file."""
        place = cls(f"{path}, feuille « {sheet} »")
        place.letters, place.header = letters, header
        return place

    def cell(self, line: int | None, column: str | None) -> str:
        """The cells that a line and its columns are, and the codes of these.

        >>> place = SheetPlace.of("caf.xlsx", "Foyers", {"territoire": "A", "periode": "B"}, header=2)
        >>> place.cell(12, "periode"), place.cell(1, "periode"), place.cell(12, "territoire, periode")
        ('B12 (periode)', 'B2 (periode)', 'A12 B12 (territoire, periode)')
        >>> place.cell(12, None), place.cell(1, "nom"), place.cell(None, None)
        ('ligne 12', 'ligne 2 (nom)', '')
        """
        if line is None:
            return column or ""
        row = self.header if line == 1 else line
        names = column.split(", ") if column else []
        cells = [f"{self.letters[name]}{row}" for name in names if name in self.letters]
        where = " ".join(cells) if cells else f"ligne {row}"
        return f"{where} ({column})" if column else where

    def rank(self, line: int | None, column: str | None) -> tuple[int, str]:
        """The row and the letter of a cell, by which cells follow each other; a whole row before its cells.

        >>> place = SheetPlace.of("caf.xlsx", "Foyers", {"territoire": "AA", "periode": "B"}, header=2)
        >>> place.rank(12, "territoire, periode"), place.rank(1, "periode"), place.rank(12, None)
        ((12, ' AA'), (2, '  B'), (12, ''))
        """
        name = column.split(", ")[0] if column else ""
        letter = self.letters[name].rjust(3) if name in self.letters else name
        return (self.header if line == 1 else line or 0), letter

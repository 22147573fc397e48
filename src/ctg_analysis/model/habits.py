"""What people and their spreadsheets write in a cell, as tables read it, and how a person finds the cell again."""

import datetime
import re
import unicodedata
from collections.abc import Collection, Mapping
from types import MappingProxyType

# Only what can mean one thing is read otherwise than it is written; the rest stays, and the checks tell it.

SPACES = "[ \u00a0\u2009\u202f]"
GROUPED = re.compile(rf"[-+]?\d{{1,3}}(?:{SPACES}\d{{3}})+(?:[.,]\d+)?")
PLAIN, MONEY = re.compile(r"[-+]?\d+(?:[.,]\d+)?"), "€|euros?"
MONTHS = ("janv", "fevr", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov", "dec")
FIRST_SERIAL, LAST_SERIAL = 36526, 73050  # 2000-01-01 and 2099-12-31 as a spreadsheet counts days
SERIAL_EPOCH = datetime.date(1899, 12, 30)
YES, NO = {"oui", "vrai", "true", "1"}, {"non", "faux", "false", "0"}
UNKNOWN = {"nd", "nc", "nr", "nondisponible", "noncommunique", "nonrenseigne", "inconnu"}  # folded
NO_NAMES: Mapping[str, str] = MappingProxyType({})
DASHES = {"-", "–", "—"}
WITHHELD = re.compile(rf"(?:s|secret|(?:<|moins de){SPACES}*\d{{1,3}})", re.IGNORECASE)


def folded(text: str) -> str:
    """Words without capitals, accents, spaces and punctuation, by which they are told apart.

    >>> folded("Petite  Enfance"), folded("Élu"), folded("type_acteur") == folded("Type acteur")
    ('petiteenfance', 'elu', True)
    """
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    return re.sub(r"[\W_]+", "", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def day(text: str) -> str:
    """A day as 2026-11-10: written as in France, with a time, in words, or as the number that a spreadsheet keeps.

    >>> day("10/11/2026"), day("1er mars 2026"), day("2026-11-10 00:00:00"), day("46336"), day("13/2026")
    ('2026-11-10', '2026-03-01', '2026-11-10', '2026-11-10', '13/2026')
    """
    if re.fullmatch(r"\d{5}", text) and FIRST_SERIAL <= int(text) <= LAST_SERIAL:
        return (SERIAL_EPOCH + datetime.timedelta(days=int(text))).isoformat()
    if match := re.fullmatch(r"(\d{4}-\d\d-\d\d)[ T]00:00(?::00)?", text):
        return match[1]
    match = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
    parts = (match[1], int(match[2]), match[3]) if match else _in_words(text)
    try:
        return datetime.date(int(parts[2]), parts[1], int(parts[0])).isoformat() if parts else text
    except ValueError:
        return text


def _in_words(text: str) -> tuple[str, int, str] | None:
    match = re.fullmatch(rf"(\d{{1,2}})(?:er)?{SPACES}+([^\W\d]+)\.?{SPACES}+(\d{{4}})", text)
    month = _month(match[2]) if match else 0
    return (match[1], month, match[3]) if match and month else None


def _month(word: str) -> int:
    """The number of a month by its name or its beginning; 0 of another word."""
    plain = folded(word)
    begun = [rank for rank, name in enumerate(MONTHS, start=1) if plain.startswith(name[:4])]
    return begun[0] if len(begun) == 1 else 0


def moment(text: str) -> str:
    """A day, a month or a year as 2026-11-10, 2026-11 or 2026.

    >>> moment("11/2026"), moment("novembre 2026"), moment("nov. 2026"), moment("10/11/2026"), moment("2026")
    ('2026-11', '2026-11', '2026-11', '2026-11-10', '2026')
    """
    if match := re.fullmatch(r"(\d{1,2})[/.-](\d{4})", text):
        return f"{match[2]}-{int(match[1]):02}"
    if (match := re.fullmatch(rf"([^\W\d]+)\.?{SPACES}+(\d{{4}})", text)) and (month := _month(match[1])):
        return f"{match[2]}-{month:02}"
    return day(text) if not re.fullmatch(r"\d{5}", text) else text


def period(text: str) -> str:
    """A year or its December, which a spreadsheet takes for a day.

    >>> period("2024"), period("2024-12-01"), period("31/12/2024"), period("déc. 2024"), period("2024-06-01")
    ('2024', '2024-12', '2024-12', '2024-12', '2024-06-01')
    """
    written = moment(text)
    return written[:7] if re.fullmatch(r"\d{4}-12-\d\d", written) else written


def number(text: str) -> str:
    """A number without what helps to read it; one that could mean two (1.234) stays.

    >>> number("1 234"), number("1\\u202f234,50 €"), number("1.234"), number("12 %"), number("douze")
    ('1234', '1234,50', '1.234', '12 %', 'douze')
    """
    plain = _ungrouped(re.sub(rf"{SPACES}*(?:{MONEY})$", "", text, flags=re.IGNORECASE))
    return plain if PLAIN.fullmatch(plain) else text


def _ungrouped(text: str) -> str:
    return re.sub(SPACES, "", text) if GROUPED.fullmatch(text) else text


def percent(text: str) -> str:
    """A number that may be followed by %.

    >>> percent("12 %"), percent("12,5"), percent("1 234 %")
    ('12', '12,5', '1234')
    """
    return number(re.sub(rf"{SPACES}*%$", "", text))


def is_unknown(text: str) -> bool:
    """Whether a partner says that it does not know, or was not told.

    >>> is_unknown("n.c."), is_unknown("ND"), is_unknown("-"), is_unknown("s"), is_unknown("")
    (True, True, True, False, False)
    """
    return folded(text) in UNKNOWN or text in DASHES


def count(text: str, unit: str = "") -> str:
    """A number of a form without the mark of a note; nothing for what is said not to be known.

    unit: the expression of what may follow it.

    >>> count("n.c."), count("1 234"), count("15 *"), count("s"), count("environ 30")
    ('', '1234', '15', 's', 'environ 30')
    >>> count("98 000 h", "h|heures?"), count("98 000 h"), count("1 200 €", MONEY), count("1 200 €")
    ('98000', '98 000 h', '1200', '1 200 €')
    """
    if is_unknown(text):
        return ""
    read = _ungrouped(re.sub(rf"(?:{SPACES}*(?:{unit}))?{SPACES}*\**$", "", text, flags=re.IGNORECASE))
    return read if PLAIN.fullmatch(read) else text


def is_withheld(text: str) -> bool:
    """Whether a partner says that it keeps a number for itself.

    >>> is_withheld("s"), is_withheld("< 5"), is_withheld("moins de 11"), is_withheld("5"), is_withheld("")
    (True, True, True, False, False)
    """
    return WITHHELD.fullmatch(text) is not None


def yes_no(text: str, yes: str = "oui", no: str = "non") -> str:
    """Yes or no, as a table writes them.

    >>> yes_no("Oui"), yes_no("FAUX"), yes_no("Non", "1", "0"), yes_no("x")
    ('oui', 'non', '0', 'x')
    """
    plain = text.casefold()
    return yes if plain in YES else no if plain in NO else text


def choice(text: str, choices: Collection[str]) -> str:
    """A word of a closed list as the list writes it, whatever its capitals, accents and hyphens.

    >>> choice("Petite Enfance", ["petite enfance"]), choice("ELU", ["élu", "Caf"]), choice("maire", ["élu"])
    ('petite enfance', 'élu', 'maire')
    """
    alike = [known for known in choices if folded(known) == folded(text)]
    return alike[0] if len(alike) == 1 else text


def place(text: str, names: Mapping[str, str] = NO_NAMES) -> str:
    """The code of a place: the name that follows it left out, the zero that a spreadsheet took put back.

    names: the codes of places that a name alone tells, by their names, folded.

    >>> place("12119 Laguiole"), place("1001"), place("200067171 – CC Aubrac"), place("2A004"), place("Laguiole")
    ('12119', '01001', '200067171', '2A004', 'Laguiole')
    >>> place("12119 ; 12223"), place("12119 et 12223"), place("LAGUIOLE ", {"laguiole": "12119"})
    ('12119 ; 12223', '12119 et 12223', '12119')
    """
    name = rf"{SPACES}*[–—:-]?{SPACES}+[^\W\d](?!.*\d{{5}}).*"  # that of a place, with no other code
    match = re.match(rf"(\d{{9}}|\d[\dAB]\d{{3}}|\d{{4}}|\d[\dAB]\d?)(?:{name})?$", text)
    code = match[1] if match else names.get(folded(text), text)
    return code.zfill(5) if re.fullmatch(r"\d{4}", code) else code


def several(text: str, mark: str, others: str) -> str:
    """The values of a cell with one mark between them: a new line does as well, and some other marks.

    >>> several("E1; E2\\nE3", "|", ";,"), several("la coordinatrice, élue\\nla Caf", "|", "")
    ('E1|E2|E3', 'la coordinatrice, élue|la Caf')
    """
    parts = re.split(f"[{re.escape(mark + others)}\n]", text)
    return mark.join(part.strip() for part in parts if part.strip())


# Where a table stands in a workbook, as a person finds it there: file, sheet, cell.

DAY = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])-([0-3]\d)\b")
MONTH = re.compile(r"\b((?:19|20)\d\d)-(0[1-9]|1[0-2])\b(?!-)")


def as_shown(text: str) -> str:
    """The days and months of a text as the cells of a spreadsheet show them.

    >>> as_shown("2026-03-02"), as_shown("avant le 2026-03-02, en 2024-12")
    ('02/03/2026', 'avant le 02/03/2026, en 12/2024')
    """
    return MONTH.sub(r"\2/\1", DAY.sub(r"\3/\2/\1", text))


LONGEST_QUOTE = 60  # characters


def quote(text: object) -> str:
    """A cell or a word as a message quotes it: between guillemets, cut, what cannot be seen as an escape of Python.

    >>> quote("12 000 €"), quote("a\\n\u202e"), quote("")
    ('« 12 000 € »', '« a\\\\n\\\\u202e »', '« »')
    """
    whole = str(text)
    cut = whole if len(whole) <= LONGEST_QUOTE else f"{whole[: LONGEST_QUOTE - 1]}…"
    seen = (one if one.isprintable() or re.fullmatch(SPACES, one) else repr(one)[1:-1] for one in cut)
    return f"« {''.join(seen)} »" if whole else "« »"


def number_text(value: float) -> str:
    """A number as a message writes it, in French, of two decimals at most.

    >>> number_text(186300.0), number_text(12.5), number_text(-1234567.891), number_text(0.0)
    ('186 300', '12,5', '-1 234 567,89', '0')
    """
    whole, decimals = f"{value:,.2f}".split(".")
    return ",".join(filter(None, [whole.replace(",", " "), decimals.rstrip("0")]))


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

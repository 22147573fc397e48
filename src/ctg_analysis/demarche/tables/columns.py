"""What a cell of the field material may hold: the kinds of columns, and how each is read from its text."""

import datetime
import math
import re
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

LIST, PAIR = "|", "="

Champ = Literal[
    "petite enfance",
    "enfance et jeunesse",
    "éducation",
    "parentalité",
    "handicap",
    "animation de la vie sociale",
    "accès aux droits et aux services",
]
FIELDS = get_args(Champ)  # in the order of the chapters
TypeActeur = Literal[
    "élu",
    "Caf",
    "MSA",
    "Département",
    "Éducation nationale",
    "association",
    "gestionnaire",
    "santé",
    "habitant",
]


class Row(BaseModel):
    """A line of a table: its columns in the order of the file, each with what a person writes in it, in French."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Reference:
    """The cell names rows of other tables: each id stands in the column `column` of one of them, by default its key."""

    tables: tuple[str, ...]
    column: str = ""


@dataclass(frozen=True)
class FreeText:
    """The cell is written freely: nobody may be named in it."""


@dataclass(frozen=True)
class Written:
    """How the cell is written, in French, for the person who fills it."""

    how: str


@dataclass(frozen=True)
class Place:
    """The cell names places: the EPCI, its communes."""


def _matching(pattern: str, expected: str):
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(expected)
        return text

    return AfterValidator(check)


def _day(text: object) -> object:
    """Return a date; a year or a month alone, an American or a French date is refused."""
    if not isinstance(text, str):
        return text
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError as error:
            raise ValueError("a day that exists, such as 2023-01-19") from error
    raise ValueError("a date, such as 2023-01-19")


def _moment(text: object) -> str:
    """Return a day, a month or a year as it is written in ISO 8601."""
    text = str(text)
    if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
        raise ValueError("a day, a month or a year, such as 2023-01-19, 2023-01 or 2023")
    try:
        first_day(text)
    except ValueError as error:
        raise ValueError("a day or a month that exists, such as 2023-01-19 or 2023-01") from error
    return text


def first_day(moment: str) -> datetime.date:
    """Return the first day of a year, a month or a day."""
    year, month, day = (*(int(part) for part in moment.split("-")), 1, 1)[:3]
    return datetime.date(year, month, day)


def last_day(moment: str) -> datetime.date:
    """Return the last day of a year, a month or a day."""
    first = first_day(moment)
    if len(moment) == len("2023-01-19"):
        return first
    following = 1 if len(moment) == len("2023") else first.month % 12 + 1
    return datetime.date(first.year + (following == 1), following, 1) - datetime.timedelta(days=1)


def _number(text: object) -> float:
    plain = str(text).replace(",", ".")
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", plain) or not math.isfinite(float(plain)):
        raise ValueError("a number, such as 1234 or 12,5")
    return float(plain)


def _whole(low: int, high: int, expected: str):
    def read(text: object) -> int:
        if not re.fullmatch(r"\d{1,9}", str(text)) or not low <= int(str(text)) <= high:
            raise ValueError(expected)
        return int(str(text))

    return BeforeValidator(read)


def _at_least_0(number: float) -> float:
    if number < 0:
        raise ValueError("a number of 0 or more")
    return number


def _yes_no(text: object) -> bool:
    if text in ("oui", "non"):
        return text == "oui"
    if isinstance(text, bool):  # of a YAML file
        return text
    raise ValueError("oui or non")


def _split(text: object) -> object:
    return tuple(part.strip() for part in text.split(LIST)) if isinstance(text, str) else text


def _pairs(text: object) -> tuple[tuple[str, str], ...]:
    pairs = [part.partition(PAIR) for part in str(text).split(LIST)]
    if not all(name.strip() and sign for name, sign, _ in pairs):
        raise ValueError(f"code{PAIR}texte, several of them separated by {LIST}")
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def some(parts: tuple) -> tuple:
    """Return a list that holds something."""
    if not parts:
        raise ValueError("one at least")
    return parts


def _unique_names(pairs: tuple) -> tuple:
    names = [name for name, _ in pairs]
    if len(names) > len(set(names)):
        raise ValueError("each code once")
    return pairs


Id = Annotated[
    str,
    _matching(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", "an id of letters, digits, - _ and . only"),
    Written("identifiant : lettres sans accent, chiffres, - _ ."),
]
Text = Annotated[str, FreeText(), Written("texte libre, sans nom de personne")]
Code = Annotated[
    str,
    _matching(r"[0-9A-Z]{2,9}(-\d+)?", "a commune code or the SIREN of the EPCI"),
    Place(),
    Written("code Insee, SIREN"),
]
Link = Annotated[
    str,
    _matching(r"https?://\S+|[\w./-]+", "an address https://… or the name of a file"),
    Written("adresse ou fichier"),
]
Day = Annotated[datetime.date, BeforeValidator(_day), Written("date : 2023-01-19")]
Moment = Annotated[str, BeforeValidator(_moment), Written("jour, mois ou année : 2023-01-19, 2023-01, 2023")]
Year = Annotated[int, _whole(1990, 2099, "a year of four digits"), Written("année : 2023")]
Number = Annotated[float, BeforeValidator(_number), Written("nombre : 1234 ou 12,5")]
Amount = Annotated[
    float, BeforeValidator(_number), AfterValidator(_at_least_0), Written("nombre, 0 ou plus : 1234 ou 12,5")
]
Whole = Annotated[int, _whole(0, 10**9, "a whole number of 0 or more"), Written("nombre entier")]
Percent = Annotated[int, _whole(0, 100, "a whole number from 0 to 100"), Written("nombre entier de 0 à 100")]
Mark3 = Annotated[int, _whole(1, 3, "1, 2 or 3"), Written("1, 2 ou 3")]
Mark5 = Annotated[int, _whole(1, 5, "a whole number from 1 to 5"), Written("note de 1 à 5")]
YesNo = Annotated[bool, BeforeValidator(_yes_no), Written("oui ou non")]
Ids = Annotated[tuple[Id, ...], BeforeValidator(_split), Written("identifiants séparés par |")]
Codes = Annotated[tuple[Code, ...], BeforeValidator(_split), Place(), Written("codes séparés par |")]
Champs = Annotated[tuple[Champ, ...], BeforeValidator(_split)]
Texts = Annotated[
    tuple[str, ...], BeforeValidator(_split), FreeText(), Written("textes séparés par |, sans nom de personne")
]
Labels = Annotated[
    tuple[tuple[Id, str], ...],
    BeforeValidator(_pairs),
    AfterValidator(_unique_names),
    Written("code=texte, séparés par |"),
]
Filter = Annotated[tuple[tuple[Id, Id], ...], BeforeValidator(_pairs), Written("question=code, séparés par |")]
Counts = Annotated[
    tuple[tuple[TypeActeur, Whole], ...],
    BeforeValidator(_pairs),
    AfterValidator(_unique_names),
    Written("acteur=nombre, séparés par |"),
]
Values = Annotated[
    tuple[tuple[Id, Number], ...],
    BeforeValidator(_pairs),
    AfterValidator(_unique_names),
    Written("code=nombre, séparés par |"),
]

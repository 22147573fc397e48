"""Columns of the tables: how a cell is read, its codes, kinds of actors and evidence, who may be quoted."""

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal, get_args

import numpy as np
import pandas as pd
from pydantic import AfterValidator, BaseModel, BeforeValidator

from ctg_analysis.model import habits

UNKNOWN, NOT_CONCERNED, NO_ANSWER = "NSP", "NC", "SR"
OUTSIDE = {UNKNOWN: "ne sait pas", NOT_CONCERNED: "non concerné", NO_ANSWER: "sans réponse"}  # rule R25: three codes
CHOICE, SEVERAL, SCALE, NUMERIC, OPEN = "unique", "multiple", "échelle", "numérique", "ouverte"
CLOSED = (CHOICE, SEVERAL, SCALE)

LIST, PAIR = "|", "="
CROSSED = "+"  # between the questions of a margin that crosses two, and between their codes: sexe+age, f+18-29


def labels(cell: object) -> dict[str, str]:
    """The codes of a cell `code=texte|code=texte` and what each stands for; nothing for an empty cell.

    The pairs that a table's model has read already do as well.
    """
    return dict(_pairs_in(cell))


def _pairs_in(cell: object) -> list[tuple[str, str]]:
    if isinstance(cell, str):
        return [tuple(part.split(PAIR, 1)) for part in cell.split(LIST) if part]
    return list(cell) if isinstance(cell, Iterable) else []


def lines(table: pd.DataFrame) -> list[Any]:
    """The rows of a table as named tuples, its index first; what is not known is None."""
    return list(table.astype(object).where(table.notna(), None).itertuples())


def is_yes(cell: object) -> bool:
    """Whether a cell says yes: `oui` in a file, True once it has been read."""
    return cell in ("oui", True)


def has_code(cells: pd.Series, code: str) -> pd.Series:
    """Which answers are this code, or hold it among several."""
    return (LIST + cells.fillna("") + LIST).str.contains(LIST + code + LIST, regex=False)


def is_asked(answers: pd.DataFrame, condition: object) -> pd.Series:
    """Which answers a question is put to: those that gave, to each question of its `filtre`, one of its codes.

    condition: question=code, several of them separated by |, or the pairs that a table's model has read already.
    """
    given: dict[str, pd.Series] = {}  # by question: one of its codes is enough
    for question, code in _pairs_in(condition):
        given[question] = has_code(answers[question], code) | given.get(question, False)
    return pd.DataFrame(given, index=answers.index).all(axis=1)


def with_blanks_filled(answers: pd.DataFrame, questionnaire: pd.DataFrame) -> pd.DataFrame:
    """The answers without a blank: NC where a question was not put to someone, SR where it was (rule R25).

    What was answered to a question that was not put is NC too. questionnaire: columns q_id, filtre; a question that has
    no column in the answers is left out. The questions that filters name have one: join sensitive answers to the rest.
    """
    filled = answers.copy()
    for q_id, condition in questionnaire.set_index("q_id")["filtre"].items():
        if q_id in answers:
            blank, asked = answers[q_id].fillna("").eq(""), is_asked(answers, condition)
            filled[q_id] = answers[q_id].mask(asked & blank, NO_ANSWER).mask(~asked, NOT_CONCERNED)
    return filled


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
FIELD_OF = {f"{number:02d}": field for number, field in enumerate(FIELDS, start=4)}  # by chapter
TypeActeur = Literal[
    "élu", "Caf", "MSA", "Département", "Éducation nationale", "association", "gestionnaire", "santé", "habitant"
]
ACTORS = get_args(TypeActeur)


class Row(BaseModel, frozen=True, extra="forbid"):
    """What a person writes together: a line of a table."""


def _matching(pattern: str, expected: str):
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(expected)
        return text

    return AfterValidator(check)


def _day(text: str) -> datetime.date:
    """A date; a year or a month alone, or an American date is refused."""
    text = habits.day(text)
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise ValueError("une date, telle que 19/01/2023")
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("un jour qui existe, tel que 19/01/2023") from error


def _moment(text: str) -> str:
    text = habits.moment(text)
    if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
        raise ValueError("un jour, un mois ou une année, tels que 19/01/2023, 01/2023 ou 2023")
    try:
        first_day(text)
    except ValueError as error:
        raise ValueError("un jour ou un mois qui existe, tels que 19/01/2023 ou 01/2023") from error
    return text


def first_day(moment: str) -> datetime.date:
    """The first day of a year, a month or a day."""
    return pd.Period(moment).start_time.date()


def last_day(moment: str) -> datetime.date:
    """The last day of a year, a month or a day."""
    return pd.Period(moment).end_time.date()


def _number(text: str) -> float:
    """A number that can mean one alone: 1.234 may be a thousand or a little more than one."""
    if re.fullmatch(r"-?[1-9]\d{0,2}[.,]\d{3}", text):
        raise ValueError("un nombre de deux décimales au plus, tel que 1234 ou 12,5")
    return _decimal(text)


def _decimal(text: str) -> float:
    plain = text.replace(",", ".")
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", plain):
        raise ValueError("un nombre, tel que 1 234 ou 12,5")
    return float(plain)


def _whole(low: int, high: int, expected: str):
    def read(text: object) -> int:
        if not re.fullmatch(r"\d{1,9}", str(text)) or not low <= int(str(text)) <= high:
            raise ValueError(expected)
        return int(str(text))

    return Annotated[int, BeforeValidator(read)]


def _at_least_0(number: float) -> float:
    if number < 0:
        raise ValueError("un nombre, 0 ou plus")
    return number


def _yes_no(text: str) -> bool:
    if text in ("oui", "non"):
        return text == "oui"
    raise ValueError("oui ou non")


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    pairs = [part.partition(PAIR) for part in text.split(LIST)]
    if not all(name.strip() and sign for name, sign, _ in pairs):
        raise ValueError(f"code{PAIR}texte, séparés par {LIST}")
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def _unique_names(pairs: tuple) -> tuple:
    names = [name for name, _ in pairs]
    if len(names) > len(set(names)):
        raise ValueError("chaque code une fois")
    return pairs


Id = Annotated[
    str,
    _matching(
        r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", "un identifiant fait de lettres sans accent, de chiffres, de - _ et ."
    ),
]
Code = Annotated[str, _matching(r"[0-9A-Z]{2,9}(-\d+)?", "le code d'une commune, ou le SIREN de l'EPCI")]
Ref = Annotated[
    str,
    _matching(
        r"\w{1,60}\+[0-9A-Z]{1,9}\+\d{4}[\d-]*", "indicateur+territoire+periode, tel que births_count+99001+2023"
    ),
]
Link = Annotated[str, _matching(r"https?://\S+|(?!//)[\w./-]+", "une adresse https://… ou le nom d'un fichier")]
Day = Annotated[datetime.date, BeforeValidator(_day)]
Moment = Annotated[str, BeforeValidator(_moment)]
Number = Annotated[float, BeforeValidator(_number)]
Generated = Literal[  # what a list of an article is made of
    "champs", "enjeux", "axes", "services", "competences", "actions", "financements", "gouvernance", "indicateurs",
    "calendrier",
]  # fmt: skip
Filter = Annotated[tuple[tuple[Id, Id], ...], BeforeValidator(_pairs)]
Amount = Annotated[Number, AfterValidator(_at_least_0)]
Degrees = Annotated[float, BeforeValidator(_decimal)]
Whole = _whole(0, 999_999_999, "un nombre entier de 0 à 999999999")


def _list_of(part: Any) -> Any:
    return Annotated[tuple[part, ...], BeforeValidator(lambda text: tuple(map(str.strip, text.split(LIST))))]


def _pairs_of(name: Any, value: Any) -> Any:
    return Annotated[tuple[tuple[name, value], ...], BeforeValidator(_pairs), AfterValidator(_unique_names)]


@dataclass(frozen=True)
class Kind:
    """What the cells of a column hold.

    annotation: how pydantic reads one. dtype: in a table; lists and pairs are tuples, kept as objects. how: how it is
    written, in French, for the person who fills it. choices: the closed list of its values, or of those of its parts.
    free_text: nobody may be named in it. of_service: how to reach a service, not a person. places: it names the EPCI or
    its communes. habit: what a spreadsheet and its user make of a cell, or of a part of it, unmade (`model.habits`).
    marks: what else may stand between its parts.
    """

    annotation: Any
    dtype: str = "str"
    how: str = ""
    choices: tuple[str, ...] = ()
    free_text: bool = False
    of_service: bool = False
    places: bool = False
    habit: Callable[[str], str] | None = None
    marks: str = ""

    def as_read(self, text: str, codes: Mapping[str, str] = habits.NO_NAMES) -> str:
        """A cell without what a spreadsheet and its user have made of it. codes: of places, see `habits.place`.

        >>> KINDS["day"].as_read("19/01/2023"), KINDS["ids"].as_read("E1 ; E2"), KINDS["field"].as_read("Handicap")
        ('2023-01-19', 'E1|E2', 'handicap')
        >>> KINDS["counts"].as_read("caf=3 | Elu=2"), KINDS["codes"].as_read("Valmont ; 99002", {"valmont": "99001"})
        ('Caf=3|élu=2', '99001|99002')
        """
        habit = partial(habits.choice, choices=self.choices) if self.choices and not self.habit else self.habit
        habit = partial(habits.place, names=codes) if self.places else habit
        if self.dtype == "object":
            text = habits.several(text, LIST, self.marks)
            parts = [part.partition(PAIR) for part in text.split(LIST)]
            return LIST.join(habit(name.strip()) + sign + value for name, sign, value in parts) if habit else text
        return habit(text) if habit else text


KINDS = {
    "id": Kind(Id, how="identifiant : lettres sans accent, chiffres, - _ ."),
    "text": Kind(str, how="texte libre, sans nom de personne", free_text=True),
    "words": Kind(str),  # that may name someone, or that nobody has written freely
    "contact": Kind(str, how="service, avec son téléphone fixe ou son courriel ; ni nom, ni portable", of_service=True),
    "code": Kind(Code, how="code Insee, SIREN", places=True, habit=habits.place),
    "link": Kind(Link, how="adresse ou fichier"),
    "day": Kind(Day, "datetime64[s]", "date : 19/01/2023", habit=habits.day),
    "moment": Kind(Moment, how="jour, mois ou année : 19/01/2023, 01/2023, 2023", habit=habits.moment),
    "year": Kind(_whole(1990, 2099, "une année de quatre chiffres"), "Int64", "année : 2023"),
    "number": Kind(Number, "float64", "nombre : 1234 ou 12,5", habit=habits.percent),
    "degrees": Kind(Degrees, "float64", "degrés décimaux : 2,8541", habit=habits.number),
    "amount": Kind(Amount, "float64", "nombre, 0 ou plus : 1234 ou 12,5", habit=habits.number),
    "whole": Kind(Whole, "Int64", "nombre entier", habit=habits.number),
    "percent": Kind(
        _whole(0, 100, "un nombre entier de 0 à 100"), "Int64", "nombre entier de 0 à 100", habit=habits.percent
    ),
    "mark_3": Kind(_whole(1, 3, "1, 2 ou 3"), "Int64", "1, 2 ou 3"),
    "mark_5": Kind(_whole(1, 5, "un nombre entier de 1 à 5"), "Int64", "note de 1 à 5"),
    "yes_no": Kind(Annotated[bool, BeforeValidator(_yes_no)], "boolean", "oui ou non", habit=habits.yes_no),
    "field": Kind(Champ, choices=FIELDS),
    "actor": Kind(TypeActeur, choices=ACTORS),
    "ids": Kind(_list_of(Id), "object", "identifiants séparés par |", marks=";,"),
    "refs": Kind(_list_of(Ref), "object", "indicateur+territoire+periode, séparés par |", marks=";,"),
    "article_lists": Kind(_list_of(Generated), "object", choices=get_args(Generated), marks=";,"),
    "codes": Kind(_list_of(Code), "object", "codes séparés par |", places=True, habit=habits.place, marks=";,"),
    "fields": Kind(_list_of(Champ), "object", choices=FIELDS, marks=";,"),
    "texts": Kind(_list_of(str), "object", "textes séparés par |, sans nom de personne", free_text=True),
    "labels": Kind(_pairs_of(Id, str), "object", "code=texte, séparés par |"),
    "filter": Kind(Filter, "object", "question=code, séparés par |"),
    "counts": Kind(_pairs_of(TypeActeur, Whole), "object", "acteur=nombre, séparés par |", choices=ACTORS),
    "values": Kind(_pairs_of(Id, Number), "object", "code=nombre, séparés par |"),
}


SPEAKERS = 3  # fewest people heard of a kind, for it to be named
OTHERS = "autres acteurs"


def named_types(heard: pd.Series) -> pd.Series:
    """Type of actor → the name it is shown under: its own, or « autres acteurs ».

    heard: people heard by type. Types of which fewer than three were heard go together, with the next smallest while
    they are fewer than three together.
    """
    ordered = heard.sort_values(kind="stable")
    together = int(ordered.lt(SPEAKERS).sum())
    while 0 < together < len(ordered) and ordered.iloc[:together].sum() < SPEAKERS:
        together += 1
    return pd.Series([OTHERS] * together + [*ordered.index[together:]], index=ordered.index, dtype=str)


INDICATOR, SURVEY, INTERVIEW, DOCUMENT, WORKSHOP = "indicateur", "enquête", "entretien", "document", "atelier"
JOIN = "+"  # between the parts of a reference: indicator+territory+period, document+page
HIGHER, LOWER, CLOSE = "plus élevé que", "plus faible que", "proche de"
RISING, FALLING, AT_LEAST, AT_MOST = "en hausse depuis", "en baisse depuis", "au moins", "au plus"


VALID, DROPPED = "validée", "abandonnée"  # an action; a convention is valid too
ACTIVE, PLANNED, CLOSED_DOWN = "en service", "en projet", "fermé"  # a service


PUBLIC, COPIL = "public", "copil"
READERS = {PUBLIC: {PUBLIC}, COPIL: {PUBLIC, COPIL}}  # readers → niveau_diffusion of what they may read
RESERVED, UNREAD = "diffusion réservée", "non relu"
FEW = f"moins de {SPEAKERS} personnes entendues de ce type"


def not_quotable(extracts: pd.DataFrame, readers: str) -> pd.DataFrame:
    """Why extracts may not be quoted to some readers: columns extrait_id, motif.

    extracts: columns extrait_id, ent_pseudo, type_acteur, niveau_diffusion, relu_par. readers: PUBLIC or COPIL.
    """
    few = extracts["type_acteur"].map(names_of_types(extracts)).eq(OTHERS)
    unread = extracts["relu_par"].fillna("").eq("")
    beyond = ~extracts["niveau_diffusion"].isin(READERS[readers])
    table = extracts[["extrait_id"]].assign(motif=np.select([beyond, unread, few], [RESERVED, UNREAD, FEW], ""))
    return table[table["motif"].ne("")].reset_index(drop=True)


def names_of_types(extracts: pd.DataFrame) -> pd.Series:
    """Type of actor → the name it is shown under, see `named_types`."""
    return named_types(extracts.groupby("type_acteur")["ent_pseudo"].nunique())

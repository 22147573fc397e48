"""YAML files read, each held to its model, with its lines; texts as people write them by hand; values declared."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError

from ctg_analysis.model.errors import IN_UTF8, Finding, InputError
from ctg_analysis.model.habits import quote
from ctg_analysis.model.settings import broken, project_path

# Text as people write it by hand and send it: nothing in it is turned round.

# What turns the direction of a text round: it then reads otherwise than it is written.
BIDIRECTIONAL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TURNED_ROUND = "un caractère invisible qui retourne le texte", "un texte simple : taper de nouveau les mots"


# The one reader of YAML files: nothing in them swells, nests or runs; each is held to its model, with its lines.

DEEPEST = 20  # parts inside of parts
LARGEST = 1_000_000  # bytes
TEXTS = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every value as its text: that of libyaml is ten times faster
BLANK = ("", [], {})
NULL = ("null", "Null", "NULL", "~")  # what YAML writes for nothing, when it is not between quotes
KEY = "?"  # of several parts
# What is expected, by the type of the error of pydantic.
EXPECTED = {
    "string_type": "un texte",
    "list_type": "une liste",
    "tuple_type": "une liste",
    "dict_type": "des clés et leurs valeurs",
    "model_type": "des clés et leurs valeurs",
    "dataclass_type": "des clés et leurs valeurs",
    "date_type": "une date",
    "date_from_datetime_parsing": "une date qui existe",
    "int_parsing": "un nombre entier",
    "float_parsing": "un nombre",
    "bool_parsing": "true ou false",
    "too_long": "{max_length} au plus",
    "greater_than_equal": "{ge} ou plus",
    "less_than_equal": "{le} au plus",
    "greater_than": "plus de {gt:g}",
    "finite_number": "un nombre fini",
    "string_pattern_mismatch": "un texte de la forme {pattern}",
    "missing": "une valeur",
    "extra_forbidden": "aucune clé de ce nom",
    "unexpected_keyword_argument": "aucune clé de ce nom",
}

Place = tuple[str | int, ...]  # keys and ranks that lead to a value


@dataclass(frozen=True)
class ReadYaml:
    """What a file gave: its value, None when it is absent or wrong; lines: where each of its parts is written."""

    value: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def load_yaml(path: Path, model: Any) -> ReadYaml:
    """Return what a YAML file that must be there holds; see `read_yaml`.

    Raises:
        InputError: everything that is wrong with it, its absence too.
    """
    read = read_yaml(path, model)
    if read.findings:
        raise InputError(read.findings)
    if read.value is None:
        raise broken(path, None, "rien" if path.is_file() else "aucun fichier", "un fichier YAML")
    return read


def read_yaml(path: Path, model: Any) -> ReadYaml:
    """Return what a YAML file holds and everything that is wrong with it; nothing of a file that is absent or empty.

    model: any type that pydantic knows, such as `list[Threshold]`, `dict[str, Source]` or a frozen dataclass; one that
    refuses unknown keys says `extra="forbid"`. Every value is read as its text, whatever YAML would take it for ("01"
    stays "01"), then as its field's type. A blank one counts as absent; a dash with nothing after it is refused.
    """
    if not path.is_file():
        return ReadYaml()
    file = project_path(path)
    lines: dict[Place, int] = {}
    findings: list[Finding] = []
    try:
        content = _content(path, lines, findings)
    except InputError as error:
        return ReadYaml(findings=tuple(error.findings))
    if not lines:
        return ReadYaml()
    try:
        value = _adapter(model).validate_python(content)
    except ValidationError as error:
        return ReadYaml(None, lines, (*findings, *(finding(problem, lines, file) for problem in error.errors())))
    return ReadYaml(value, lines, tuple(findings))


@cache
def _adapter(model: Any) -> TypeAdapter:
    """Return what validates a model, built once: several files are held to the same."""
    return TypeAdapter(model)


def _content(path: Path, lines: dict[Place, int], findings: list[Finding]) -> Any:
    """Return the texts, lists and mappings of a file, in one pass; note its lines, and the keys that come twice.

    Raises:
        InputError: one finding: its size, its encoding, an alias, its depth, a second document, what is not YAML.
    """
    text = _text(path)
    try:
        events = iter(yaml.parse(text, Loader=TEXTS))
        content = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and lines:
                raise broken(path, event.start_mark.line + 1, "un autre document (---)", "un seul")
            if isinstance(event, yaml.NodeEvent):
                content = _part(event, events, (), path, lines, findings)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = min(mark.line + 1, len(text.splitlines())) if mark else None  # it may stand after the last one
        raise broken(path, line, "un texte qui n'est pas du YAML", "YAML") from error
    return content


def _part(
    event: yaml.NodeEvent,
    events: Iterator[yaml.Event],
    place: Place,
    path: Path,
    lines: dict[Place, int],
    findings: list[Finding],
) -> Any:
    """Return the part that begins with an event."""
    line = event.start_mark.line + 1
    lines.setdefault(place, line)  # the line of its key, if it has one
    if isinstance(event, yaml.ScalarEvent):
        return "" if event.implicit[0] and event.value in NULL else event.value.strip()
    if isinstance(event, yaml.AliasEvent):
        raise broken(path, line, "un renvoi (*)", "le texte lui-même")
    if len(place) >= DEEPEST:
        raise broken(path, line, "des parties dans des parties", f"{DEEPEST} niveaux au plus")
    if isinstance(event, yaml.SequenceStartEvent):
        return _elements(events, place, path, lines, findings)
    return _mapping(events, place, path, lines, findings)


def _elements(
    events: Iterator[yaml.Event],
    place: Place,
    path: Path,
    lines: dict[Place, int],
    findings: list[Finding],
) -> list[Any]:
    """The elements of a sequence that has begun, without the blank ones."""
    values: list[Any] = []
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            break
        lines.pop((*place, len(values)), None)  # that of a blank one
        value = _part(event, events, (*place, len(values)), path, lines, findings)
        if value == "":
            file, line = project_path(path), event.start_mark.line + 1
            findings.append(Finding(file, line, _column(place), "un élément vide", "une valeur"))
        if value not in BLANK:
            values.append(value)
    return values


def _mapping(
    events: Iterator[yaml.Event],
    place: Place,
    path: Path,
    lines: dict[Place, int],
    findings: list[Finding],
) -> dict[str, Any]:
    """The parts of a mapping that has begun, by name, without the blank ones."""
    parts: dict[str, Any] = {}
    names = set()
    for key in events:
        if isinstance(key, yaml.MappingEndEvent):
            break
        line = key.start_mark.line + 1
        name = _part(key, events, (*place, KEY), path, {}, findings)
        if not isinstance(name, str):
            found = "une clé en plusieurs parties"
            findings.append(Finding(project_path(path), line, _column(place), found, "un nom"))
            name = KEY
        inside = (*place, name)
        if name in names:
            found, once = "cette clé une seconde fois", "chaque clé une fois"
            findings.append(Finding(project_path(path), line, _column(inside), found, once))
        names.add(name)
        lines[inside] = line
        value = _part(next(events), events, inside, path, lines, findings)
        if value not in BLANK:
            parts[name] = value
    return parts


def finding(problem: Mapping[str, Any], lines: dict[Place, int], file: str) -> Finding:
    """Return what pydantic finds wrong with a part of a file, at its line or that of the part around it."""
    place: Place = ()
    for part in problem["loc"]:  # but for the names of the types of a union, which nobody has written
        if (*place, part) in lines:
            place = (*place, part)
    if problem["type"] == "missing":  # or blank
        absent = () if place[-1:] == problem["loc"][-1:] else problem["loc"][-1:]
        return Finding(file, lines[place], _column((*place, *absent)), "rien", expected_of(problem))
    return Finding(file, lines[place], _column(place), quote(problem["input"]), expected_of(problem))


def expected_of(problem: dict) -> str:
    """Return what is expected in the place of a value, from the error of pydantic that refuses it."""
    kind, context = problem["type"], problem.get("ctx", {})
    match kind:
        case "value_error":
            return str(context["error"])
        case "literal_error":
            return "l'une de ces valeurs : " + context["expected"].replace(" or ", ", ")
        case "union_tag_invalid":
            return f"un genre (kind) parmi {context['expected_tags']}"
        case "union_tag_not_found" | "model_attributes_type":
            return "son genre (kind), puis ses champs"
    return EXPECTED[kind].format_map(context) if kind in EXPECTED else problem["msg"]


def _column(place: Place) -> str | None:
    return ".".join(map(str, place)) or None


def _text(path: Path) -> str:
    content = path.read_bytes()
    if len(content) > LARGEST:
        raise broken(path, None, f"{len(content)} octets", f"{LARGEST} au plus")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise broken(path, line, f"l'octet 0x{content[error.start]:02x}", IN_UTF8) from error
    if place := BIDIRECTIONAL.search(text):
        raise broken(path, text.count("\n", 0, place.start()) + 1, *TURNED_ROUND)
    return text


Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Years = Annotated[int, Field(ge=0, le=50)]  # how many


def _pattern(written: str) -> str:
    try:
        re.compile(written)
    except re.error as error:
        raise ValueError(f"une expression régulière ({error})") from error
    return written


def _day(written: str) -> str:
    try:
        date.fromisoformat(written if "-" in written else f"{written}-01-01")
    except ValueError as error:
        raise ValueError("une année ou un jour, tels que 2014 ou 2014-01-27") from error
    return written


def _several(written: Any) -> Any:
    """Return a list of which one value may be written alone, and none as such."""
    if written == "none":
        return ()
    return (written,) if isinstance(written, str) else written


Several = BeforeValidator(_several)
Names = Annotated[tuple[str, ...], Several]
Pattern = Annotated[str, AfterValidator(_pattern)]
Day = Annotated[str, AfterValidator(_day)]


def with_words(*names: str, needed: tuple[str, ...] = ()) -> AfterValidator:
    """What holds a text to the words that are put in it: {name} for these names, those that are needed among them.

    >>> with_words("value", "s", needed=("value",)).func("Il y a {value} enfant{s}.")
    'Il y a {value} enfant{s}.'
    """

    def held(written: str) -> str:
        try:
            written.format_map(dict.fromkeys(names, ""))
        except (KeyError, ValueError, AttributeError, IndexError) as error:
            told = ", ".join(f"{{{name}}}" for name in names) or "aucun"
            raise ValueError(f"entre accolades, les mots qui y seront mis : {told}") from error
        if absent := [name for name in needed if f"{{{name}}}" not in written]:
            raise ValueError(f"un texte avec {{{absent[0]}}}")
        return written

    return AfterValidator(held)

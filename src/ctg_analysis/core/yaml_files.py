"""The one reader of YAML files: nothing in them swells, nests or runs; each is held to its model, with its lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from ctg_analysis.core.errors import IN_UTF8, Finding, InputError
from ctg_analysis.core.plain_text import BIDIRECTIONAL, TURNED_ROUND
from ctg_analysis.core.settings import project_path

DEEPEST = 20  # parts inside of parts
LARGEST = 1_000_000  # bytes
TEXTS = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every value as its text: that of libyaml is ten times faster
BLANK = ("", [], {})
NULL = ("null", "Null", "NULL", "~")  # what YAML writes for nothing, when it is not between quotes
KEY = "?"  # of several parts

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
        raise _wrong(path, None, "nothing" if path.is_file() else "no file", "a YAML file")
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
                raise _wrong(path, event.start_mark.line + 1, "another document (---)", "one")
            if isinstance(event, yaml.NodeEvent):
                content = _part(event, events, (), path, lines, findings)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = min(mark.line + 1, len(text.splitlines())) if mark else None  # it may stand after the last one
        raise _wrong(path, line, "text that is not YAML", "YAML") from error
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
        raise _wrong(path, line, "an alias (*)", "the text itself")
    if len(place) >= DEEPEST:
        raise _wrong(path, line, "parts inside of parts", f"{DEEPEST} levels at most")
    if isinstance(event, yaml.SequenceStartEvent):
        values: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            lines.pop((*place, len(values)), None)  # that of a blank one
            value = _part(event, events, (*place, len(values)), path, lines, findings)
            if value == "":
                line = event.start_mark.line + 1
                findings.append(Finding(project_path(path), line, _column(place), "an empty item", "a value"))
            if value not in BLANK:
                values.append(value)
        return values
    parts: dict[str, Any] = {}
    names = set()
    for key in events:
        if isinstance(key, yaml.MappingEndEvent):
            break
        line = key.start_mark.line + 1
        name = _part(key, events, (*place, KEY), path, {}, findings)
        if not isinstance(name, str):
            findings.append(Finding(project_path(path), line, _column(place), "a key of several parts", "a name"))
            name = KEY
        inside = (*place, name)
        if name in names:
            findings.append(Finding(project_path(path), line, _column(inside), "this key again", "each key once"))
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
    line = lines[place]
    column = _column(place)
    match problem["type"]:
        case "missing":
            return Finding(file, line, _column((*place, problem["loc"][-1])), "nothing", "a value")
        case "value_error":
            expected = str(problem["ctx"]["error"])
        case "literal_error":
            expected = "one of " + problem["ctx"]["expected"].replace(" or ", ", ")
        case "union_tag_invalid":
            expected = f"a kind among {problem['ctx']['expected_tags']}"
        case "union_tag_not_found" | "model_attributes_type":
            expected = "its kind, then its fields"
        case "extra_forbidden" | "unexpected_keyword_argument":
            expected = "no such key"
        case _:
            expected = problem["msg"].removeprefix("Input should be ")
    return Finding(file, line, column, repr(problem["input"])[:60], expected)


def _column(place: Place) -> str | None:
    return ".".join(map(str, place)) or None


def composed(path: Path) -> yaml.Node | None:
    """Return the tree of a YAML file, every value as its text; None when it is empty.

    Raises:
        InputError: one finding.
    """
    _content(path, {}, [])
    return yaml.compose(_text(path), Loader=TEXTS)


def _text(path: Path) -> str:
    content = path.read_bytes()
    if len(content) > LARGEST:
        raise _wrong(path, None, f"{len(content)} bytes", f"{LARGEST} at most")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _wrong(path, line, f"the byte 0x{content[error.start]:02x}", IN_UTF8) from error
    if place := BIDIRECTIONAL.search(text):
        raise _wrong(path, text.count("\n", 0, place.start()) + 1, *TURNED_ROUND)
    return text


def _wrong(path: Path, line: int | None, found: str, expected: str) -> InputError:
    return InputError([Finding(project_path(path), line, None, found, expected)])

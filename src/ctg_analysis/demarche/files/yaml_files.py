"""A YAML file held to its model: every problem at once, each with its line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.plain_text import composed
from ctg_analysis.core.settings import project_path
from ctg_analysis.demarche.tables.annotations import marks
from ctg_analysis.demarche.tables.columns import FreeText

Place = tuple[str | int, ...]  # keys and ranks that lead to a value


@dataclass(frozen=True)
class ReadYaml:
    """What a file gave: its value, None when it is absent or wrong; lines: where each of its parts is written."""

    value: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def read_yaml(path: Path, model: Any) -> ReadYaml:
    """Return what a YAML file holds, as a model or a list of models, and what is wrong with it.

    Every value is read as its text, whatever YAML would take it for; a blank one counts as absent.
    """
    if not path.is_file():
        return ReadYaml()
    shown = project_path(path)
    try:
        node = composed(path)
    except InputError as error:
        return ReadYaml(findings=tuple(error.findings))
    if node is None:
        return ReadYaml()
    lines: dict[Place, int] = {}
    findings = list(_walk(node, (), lines, shown))
    try:
        value = TypeAdapter(model).validate_python(_without_blanks(node))
    except ValidationError as error:
        return ReadYaml(None, lines, (*findings, *(_finding(problem, lines, shown) for problem in error.errors())))
    return ReadYaml(value, lines, tuple(findings))


def _walk(node: yaml.Node, place: Place, lines: dict[Place, int], shown: str) -> Iterator[Finding]:
    """Note the line of each part of a file, and yield the keys that come twice."""
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inside = (*place, key.value)
            if inside in lines:
                line = key.start_mark.line + 1
                yield Finding(shown, line, ".".join(map(str, inside)), "this key again", "each key once")
            yield from _walk(value, inside, lines, shown)
            lines[inside] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for rank, value in enumerate(node.value):
            yield from _walk(value, (*place, rank), lines, shown)


def _without_blanks(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        parts = {key.value: _without_blanks(value) for key, value in node.value}
        return {key: value for key, value in parts.items() if value not in ("", [], {})}
    if isinstance(node, yaml.SequenceNode):
        return [value for value in map(_without_blanks, node.value) if value not in ("", [], {})]
    return node.value.strip()


def _finding(problem: dict, lines: dict[Place, int], shown: str) -> Finding:
    place = tuple(problem["loc"])
    written = next(lines[place[:size]] for size in range(len(place), -1, -1) if place[:size] in lines)
    column = ".".join(map(str, place)) or None
    match problem["type"]:
        case "missing":
            return Finding(shown, written, column, "nothing", "a value")
        case "value_error":
            expected = str(problem["ctx"]["error"])
        case "literal_error":
            expected = "one of " + problem["ctx"]["expected"].replace(" or ", ", ")
        case "extra_forbidden":
            expected = "no such key"
        case _:
            expected = problem["msg"].removeprefix("Input should be ")
    return Finding(shown, written, column, repr(problem["input"])[:60], expected)


def free_texts(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Yield the places and the texts of what is written freely in a model or a list of models."""
    if isinstance(value, BaseModel):
        for name, said in type(value).model_fields.items():
            part = getattr(value, name)
            if isinstance(part, str):
                if marks(said, FreeText):
                    yield (*place, name), part
            elif isinstance(part, tuple) and part and isinstance(part[0], str):
                if marks(said, FreeText):
                    yield from (((*place, name, rank), text) for rank, text in enumerate(part))
            else:
                yield from free_texts(part, (*place, name))
    elif isinstance(value, tuple | list):
        for rank, part in enumerate(value):
            yield from free_texts(part, (*place, rank))

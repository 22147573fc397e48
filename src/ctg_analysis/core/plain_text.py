"""Text as people write it by hand and send it: nothing in it is turned round, and YAML has no hidden depths."""

import re
from pathlib import Path
from typing import Any

import yaml

from ctg_analysis.core.errors import IN_UTF8, Finding, InputError
from ctg_analysis.core.settings import project_path

# What turns the direction of a text round: it then reads otherwise than it is written.
BIDIRECTIONAL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TURNED_ROUND = "a bidirectional control character", "plain text: type the words again"
DEEPEST = 20  # parts inside of parts of a YAML file
LARGEST = 1_000_000  # bytes of a YAML file
TEXTS = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every value as its text
VALUES = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # dates and numbers told apart


def composed(path: Path) -> yaml.Node | None:
    """Return the tree of a YAML file, every value as its text; None when it is empty.

    Raises:
        InputError: one finding.
    """
    return yaml.compose(_harmless(path), Loader=TEXTS)


def values_of(path: Path) -> Any:
    """Return what a YAML file holds, dates and numbers told apart.

    Raises:
        InputError: one finding.
    """
    text = _harmless(path)
    try:
        return yaml.load(text, Loader=VALUES)
    except (yaml.YAMLError, ValueError) as error:  # a tag of Python, a day that does not exist
        mark = getattr(error, "problem_mark", None)
        raise _wrong(path, mark.line + 1 if mark else None, _said(error), "plain YAML") from error


def _harmless(path: Path) -> str:
    """Return the text of a YAML file that is one, without alias, and that nothing swells or nests."""
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
    depth = documents = 0
    try:
        for event in yaml.parse(text, Loader=TEXTS):
            line = event.start_mark.line + 1
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise _wrong(path, line, "another document (---)", "one")
            if isinstance(event, yaml.AliasEvent):
                raise _wrong(path, line, "an alias (*)", "the text itself")
            if depth > DEEPEST:
                raise _wrong(path, line, "parts inside of parts", f"{DEEPEST} levels at most")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = min(mark.line + 1, len(text.splitlines())) if mark else None  # it may stand after the last one
        raise _wrong(path, line, "text that is not YAML", "YAML") from error
    return text


def _said(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error).splitlines()[0][:100]


def _wrong(path: Path, line: int | None, found: str, expected: str) -> InputError:
    return InputError([Finding(project_path(path), line, None, found, expected)])

"""Acronyms that open on their meaning, where they stand."""

import re
from collections.abc import Iterable
from functools import cache

import yaml
from markupsafe import Markup, escape

from ctg_analysis.display.texts import typography
from ctg_analysis.settings import settings


@cache
def terms() -> dict[str, str]:
    """Return the meaning of each term of data/reference/glossaire.yml."""
    path = settings().root / "data" / "reference" / "glossaire.yml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {term: typography(meaning) for term, meaning in entries.items()}


def found(texts: Iterable[str]) -> list[str]:
    """Return the terms that stand in texts, in alphabetical order."""
    words = {word for text in texts for word in _pattern().findall(text)}
    return sorted(words, key=str.casefold)


def opened(text: str) -> Markup:
    """Return a text, escaped, in which each term is a button that opens its meaning (see meanings)."""
    return Markup(_pattern().sub(lambda word: _button(word[0]), str(escape(text))))


def name_of(term: str) -> str:
    """Return the id of the meaning of a term in a page."""
    return f"terme-{re.sub('[^A-Za-z]', '-', term)}"


def _button(term: str) -> str:
    return f'<button type="button" class="term" popovertarget="{name_of(term)}">{term}</button>'


@cache
def _pattern() -> re.Pattern:
    longest = sorted(terms(), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest))})\b")

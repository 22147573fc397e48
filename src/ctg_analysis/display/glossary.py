"""Acronyms and terms that open on their meaning, where they stand."""

import re
from collections.abc import Iterable
from functools import cache

import yaml
from markupsafe import escape

from ctg_analysis.display.texts import typography
from ctg_analysis.settings import settings

LEFT_ALONE = "svg|details|pre|code|a|button|dt|h1"  # drawn, folded, a link already, a word with its meaning, the title

BUTTON = '<button type="button" class="term"[^<]*</button>'
UNBROKEN = re.compile(rf"[(’]{BUTTON}[.,)]*|{BUTTON}[.,)]+")  # no line may part a term from these; it may a button


@cache
def terms() -> dict[str, str]:
    """Return the meaning of each term of data/reference/glossaire.yml."""
    path = settings().reference / "glossaire.yml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {term: typography(meaning) for term, meaning in entries.items()}


def found(texts: Iterable[str]) -> list[str]:
    """Return the terms that stand in texts, in alphabetical order."""
    words = {word["term"] for text in texts for word in _words().finditer(text)}
    return _by_letter(words)


def explained(body: str) -> str:
    """Return the content of a page with a button that opens its meaning in the place of each term, at its first use
    under each heading of second or third level; the meanings follow the content.

    The sources of each chart name the same producers: a term opens there where it is met first in the page.
    """
    here: set[str] = set()
    used: set[str] = set()

    in_source = False

    def opened(piece: re.Match) -> str:
        nonlocal in_source
        if piece["heading"]:
            here.clear()
        term = piece["term"]
        if term is None:
            in_source = bool(piece["source"]) or (in_source and piece[0] != "</p>")
            return piece[0]
        if term in (used if in_source else here):
            return piece[0]
        here.add(term)
        used.add(term)
        return f'<button type="button" class="term" popovertarget="{name_of(term)}">{term}</button>'

    body = UNBROKEN.sub(r'<span class="unbroken">\g<0></span>', _pieces().sub(opened, body))
    return body + "".join(map(_meaning, _by_letter(used)))


def _by_letter(words: set[str]) -> list[str]:
    """Return terms in alphabetical order, Ulis and ULIS always in the same."""
    return sorted(words, key=lambda word: (word.casefold(), word))


def name_of(term: str) -> str:
    """Return the id of the meaning of a term in a page."""
    return f"terme-{re.sub('[^A-Za-z]', '-', term)}"


def _meaning(term: str) -> str:
    said = f"<strong>{term}</strong>\u00a0: {escape(terms()[term])}"
    return f'\n<div popover class="meaning" id="{name_of(term)}" role="note">{said}</div>'


@cache
def _words() -> re.Pattern:
    longest = sorted(terms(), key=len, reverse=True)
    return re.compile(rf"\b(?P<term>{'|'.join(map(re.escape, longest))})\b")


@cache
def _pieces() -> re.Pattern:
    """Return the pattern of what is passed over, and of the terms between."""
    alone = rf"<(?P<alone>{LEFT_ALONE})\b[^<]*(?:<(?!/(?P=alone)>)[^<]*)*</(?P=alone)>"
    opening = r'(?P<heading><h[23]\b[^>]*>)|(?P<source><p class="source">)'
    return re.compile(rf"{alone}|{opening}|<[^>]*>|{_words().pattern}")

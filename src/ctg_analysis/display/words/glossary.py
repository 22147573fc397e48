"""Acronyms and terms that open on their meaning, where they stand."""

import re
from collections.abc import Iterable
from functools import cache

from markupsafe import escape

from ctg_analysis.display.markup import TEAM
from ctg_analysis.display.texts import typography
from ctg_analysis.model.settings import settings
from ctg_analysis.model.yaml_files import load_yaml

LEFT_ALONE = "svg|details|pre|code|a|button|label|dt|h1"  # drawn, folded, does something already, defined, the title

NOT_IN_ID = re.compile("[^A-Za-z]")
OPENING, CLOSING = '<button type="button" class="term"', "</button>"
KINDS = ("CA", "CC", "CU")  # what follows one of these is a name: « CA CAP Excellence »
# No line may part a term from these; it may a button.
BEFORE, AFTER = "(’", ".,)"
OPENED = re.compile(rf"{OPENING}[^<]*{CLOSING}[{AFTER}]*")


@cache
def terms() -> dict[str, str]:
    """Return the meaning of each term of data/reference/glossaire.yml."""
    path = settings().reference / "glossaire.yml"
    return {term: typography(meaning) for term, meaning in load_yaml(path, dict[str, str]).value.items()}


def terms_in(texts: Iterable[str]) -> list[str]:
    """Return the terms that stand in texts, in alphabetical order."""
    words = {word[0] for text in texts for word in re.finditer(_any_term(), text)}
    return _by_letter(words)


def with_meanings(body: str) -> str:
    """Return the content of a page with a button that opens its meaning in the place of each term, at its first use
    under each heading of second or third level; the meanings follow the content.

    The sources of each chart name the same producers: a term opens there where it is met first in the page.
    """
    here: set[str] = set()
    used: set[str] = set()
    in_source = False

    def opened(piece: re.Match) -> str:
        nonlocal in_source
        if piece[0].startswith("<"):
            if piece["heading"]:
                here.clear()
            in_source = bool(piece["source"]) or (in_source and not piece["end"])
            return piece[0]
        term, start = piece[0], piece.start()
        in_tag = body.rfind("<", 0, start) > body.rfind(">", 0, start)  # a value of an attribute
        if term in (used if in_source else here) or in_tag:
            return term
        here.add(term)
        used.add(term)
        return f'{OPENING} popovertarget="{name_of(term)}">{term}{CLOSING}'

    whole = _unbroken(_pieces().sub(opened, body))
    for term in _by_letter(used):
        text = f"<strong>{term}</strong>\u00a0: {escape(terms()[term])}"
        whole += f'\n<div popover class="meaning" id="{name_of(term)}" role="note">{text}</div>'
    return whole


def _unbroken(body: str) -> str:
    """Return the content with what no line may part around each button of a term."""
    kept, last = [], 0
    for button in OPENED.finditer(body):
        before = body[max(button.start() - 1, 0) : button.start()]
        start, end = button.start() - (len(before) if before in BEFORE else 0), button.end()
        if start < button.start() or body[end - 1] in AFTER:
            kept += [body[last:start], '<span class="unbroken">', body[start:end], "</span>"]
            last = end
    return "".join([*kept, body[last:]])


def _by_letter(words: set[str]) -> list[str]:
    """Return terms in alphabetical order, Ulis and ULIS always in the same."""
    return sorted(words, key=lambda word: (word.casefold(), word))


def name_of(term: str) -> str:
    """Return the id of the meaning of a term in a page."""
    return f"terme-{NOT_IN_ID.sub('-', term)}"


@cache
def _pieces() -> re.Pattern:
    """Return the pattern of what is passed over, of what opens terms again, and of the terms between."""
    alone = rf"(?P<alone>{LEFT_ALONE})\b[^<]*(?:<(?!/(?P=alone)>)[^<]*)*</(?P=alone)>"
    team = rf"{TEAM[0].removeprefix('<')}[\s\S]*?{TEAM[1]}"  # readers would miss what opened there
    return re.compile(
        rf'<(?:{team}|{alone}|(?P<heading>h[23]\b)|(?P<source>p class="source">)|(?P<end>/p>))|{_any_term()}'
    )


@cache
def _any_term() -> str:
    """Return the pattern of a term, the longest first; each alternative starts with a letter, which is found faster."""
    named = "".join(rf"(?<!\b{kind}[ \u00a0])" for kind in KINDS)
    by_letter: dict[str, list[str]] = {}
    for term in sorted(terms(), key=len, reverse=True):
        by_letter.setdefault(term[0], []).append(re.escape(term[1:]))
    return "|".join(rf"{named}{letter}(?<=\b{letter})(?:{'|'.join(ends)})\b" for letter, ends in by_letter.items())

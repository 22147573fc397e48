"""Words that readers look for, and those that answer them, whatever their accents, plural and feminine."""

import re
from functools import cache

from ctg_analysis.display.texts import alphabetical
from ctg_analysis.model.settings import settings
from ctg_analysis.model.yaml_files import load_yaml

APART = re.compile(r"[\s'.,;:()«»-]+")
# As publish/templates/recherche.js does: a word found on a page is found in a notebook.
PLURALS = ((re.compile(r"(?<=[a-z][a-df-z])aux$"), "al"), (re.compile(r"(?<=...)[sx]$"), ""))
FEMININES = (
    (re.compile(r"e$"), ""),
    (re.compile(r"([lnt])\1$"), r"\1"),
    (re.compile(r"eus$"), "eur"),
    (re.compile(r"tric$"), "teur"),
    (re.compile(r"if$"), "iv"),
)
LONG = 4  # letters: a shorter word has no feminine that is told from another word


@cache
def synonyms() -> dict[str, list[str]]:
    """Return data/reference/synonymes.yml: a word of readers → those of the pages that answer it."""
    return load_yaml(settings().reference / "synonymes.yml", dict[str, list[str]]).value


def stems(text: str) -> list[str]:
    """Return the words of a text without accents, plural and feminine.

    >>> stems("Crèches municipales"), stems("assistantes maternelles"), stems("l'hôpital")
    (['crech', 'municipal'], ['assistant', 'maternel'], ['l', 'hopital'])
    """
    return [_stem(word) for word in APART.split(alphabetical(text).replace("œ", "oe")) if word]


def _stem(word: str) -> str:
    for ending, kept in PLURALS:
        word = ending.sub(kept, word)
    for ending, kept in FEMININES if len(word) > LONG else ():
        word = ending.sub(kept, word)
    return word


def meanings(words: str) -> list[list[str]]:
    """Return the stems that some words ask for: their own, then with each synonym in the place of what it means.

    >>> meanings("nounous")
    [['nounou'], ['assistant', 'maternel']]
    """
    asked = stems(words)
    others = [
        [*(word for word in asked if word not in said), *stems(other)]
        for said, answers in ((stems(word), answers) for word, answers in synonyms().items())
        if set(said) <= set(asked)
        for other in answers
    ]
    return [asked, *others] if asked else []

"""What is found in files and what is expected there is said in French, where it is found."""

import ast
import re
from pathlib import Path

import pytest

import ctg_analysis
from ctg_analysis.model.errors import Finding, InputError

PACKAGE = Path(ctg_analysis.__file__).parent
ENGLISH = re.compile(r"\b(?:the|an|of|or|and|with|no|not|such|again|file|files|cell|line|lines|value|number)\b|^a ")
PLAIN = {"publish", "cli", "display", "chapter", "scratch.py"}  # what they say of commands is in English
SAYING = {
    "_wrong": slice(2, None),
    "wrong": slice(1, None),
    "broken": slice(2, None),
    "text": slice(1, 2),
    "ValueError": slice(0, 1),
}


def said_in(path):
    """The texts of a module that a finding may tell, a part that changes being written XX."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(ast.Name("Finding"), [_, _, _, found, expected]):
                texts = [found, expected]
            case ast.Call(ast.Attribute(attr="fault"), [_, _, found, expected]):
                texts = [found, expected]
            case ast.Call(ast.Name(name), some) if name in SAYING:
                texts = some[SAYING[name]]
            case ast.Assign([ast.Name("expected" | "found")], value):
                texts = [value]
            case _:
                continue
        for text in texts:
            parts = text.values if isinstance(text, ast.JoinedStr) else [text]
            words = [part.value if isinstance(part, ast.Constant) else "XX" for part in parts]
            if any(isinstance(word, str) and word != "XX" for word in words):
                yield "".join(map(str, words))


def test_every_phrase_of_a_finding_is_french():
    paths = [path for path in PACKAGE.rglob("*.py") if PLAIN.isdisjoint(path.relative_to(PACKAGE).parts)]
    phrases = {(path.name, text) for path in paths for text in said_in(path)}
    assert len(phrases) > 270 and sorted((name, text) for name, text in phrases if ENGLISH.search(text)) == []


@pytest.mark.parametrize("path", ["data/raw/demarche/200067171/axes.csv", "data/raw/rna/waldec.csv"])
def test_a_finding_is_told_in_one_line_by_every_command(path):
    finding = Finding(path, 3, "ordre", "une case vide", "l'une de ces valeurs : a, b")
    said = f"{path}, ligne 3, colonne ordre : trouvé une case vide, attendu l'une de ces valeurs : a, b"
    assert str(InputError([finding])) == said

"""What `ctg check` may say is told in French to those who fill the files."""

import ast
import re
from pathlib import Path

import pytest

import ctg_analysis
from ctg_analysis.core.errors import Finding, InputError, in_lines
from ctg_analysis.core.findings_in_french import in_french

PACKAGE = Path(ctg_analysis.__file__).parent
FRENCH = re.compile(r"\b(?:ici|une?|des|les|aucune?)\b")  # words of a phrase that is French at its source
OF_DEVELOPERS = {"declared_tables.py"}
TOLD = ("cleaning", "demarche", "secrecy", "sources/certificates.py", "core/files.py", "core/yaml_files.py")
SAYING = {"_wrong": slice(2, None), "_broken": slice(2, None), "text": slice(1, 2), "ValueError": slice(0, 1)}


def said_in(path):
    """The texts of a module that a finding may tell, a part that changes being written XX."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(ast.Name("Finding"), [_, _, _, found, expected]):
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


def test_every_phrase_of_a_finding_has_its_french():
    paths = [
        path
        for name in TOLD
        for path in ([PACKAGE / name], sorted((PACKAGE / name).rglob("*.py")))[(PACKAGE / name).is_dir()]
    ]
    paths += [PACKAGE / "processing" / "check_raw.py"]
    phrases = {text for path in paths if path.name not in OF_DEVELOPERS for text in said_in(path)}
    english = {text.replace("a XX that", "a file that").replace("a XX without", "a file without") for text in phrases}
    english = {text for text in english if not FRENCH.search(text)}
    untold = {text for text in english if re.search("[a-z]{3} ", text) and in_french(text) == text}
    assert len(english) > 100 and untold == set()


@pytest.mark.parametrize("path", ["data/raw/demarche/200067171/axes.csv", "data/private/200067171/accords.yml"])
def test_what_a_team_or_a_partner_fills_is_told_in_french_by_every_command(path):
    finding = Finding(path, 3, "ordre", "a blank cell", "one of a, b")
    said = f"{path}, ligne 3, colonne ordre : trouvé une case vide, attendu l'une de ces valeurs : a, b"
    assert str(InputError([finding])) == said
    official = Finding("data/raw/rna/waldec.csv", 3, None, "4 cells", "3, as in the header")
    assert str(InputError([official])) == "data/raw/rna/waldec.csv, line 3: found 4 cells, expected 3, as in the header"
    assert in_lines([official], french=True) == [
        "data/raw/rna/waldec.csv, ligne 3 : trouvé 4 cases, attendu 3, comme dans l'en-tête"
    ]


def test_what_someone_has_written_is_not_put_in_french():
    found = Finding("data/private/200067171/a.csv", 3, "nom", "'Maison of the Hill' again", "a value")
    assert "trouvé 'Maison of the Hill' une seconde fois" in found.french()
    found = Finding("data/private/200067171/a.csv", None, None, "a table that Copy of caf.xlsx gives too", "a value")
    assert "trouvé une table que donne aussi Copy of caf.xlsx, attendu" in found.french()

"""Files made to harm: each is one line that says where, and nothing waits, swells or breaks."""

import io
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace

import docx
import pandas as pd
import pytest
from pydantic import BaseModel
from raw_files import received, said

from ctg_analysis.clean.partner_files import clean_form
from ctg_analysis.demarche.answers import read_export
from ctg_analysis.demarche.declared_tables import TABLES
from ctg_analysis.demarche.table_files import read_table
from ctg_analysis.model.errors import MOST, MOST_LINES, Finding, InputError, UserError, in_lines
from ctg_analysis.model.processes import Limits
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.yaml_files import read_yaml
from ctg_analysis.publish import word
from ctg_analysis.publish.word import LARGEST
from ctg_analysis.publish.word import fill as filled
from ctg_analysis.raw.certificates import read_certificate
from ctg_analysis.raw.files import load
from ctg_analysis.raw.tables import count, read, text

LAUGHS = "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 6)
)
OTHERS = Path(__file__).with_name("hostile_templates")  # by other hands than those of the product
RTL = "\u202e"
# A YAML file, the line that is named, what is said to be found there.
YAMLS = {
    "aliases": (LAUGHS, 2, "un renvoi (*)"),
    "a merge": ("a: &a {b: c}\nd:\n  <<: *a\n", 3, "un renvoi (*)"),
    "two documents": ("a: b\n---\nb: c\n", 2, "un autre document (---)"),
    "depth": (f"a: b\nc: {'[' * 500}{']' * 500}\n", 2, "des parties dans des parties"),
    "great depth": (f"a: b\nc: {'[' * 50000}{']' * 50000}\n", 2, ""),
    "depth of blocks": ("".join(f"{' ' * n}a:\n" for n in range(400)), None, "des parties dans des parties"),
    "Latin-1": ("a: b\ntitre: Département\n".encode("latin-1"), 2, "l'octet 0xe9"),
    "bytes": (b"\x00\x01\x02", None, "un texte qui n'est pas du YAML"),
    "no YAML": ("a: b\nb: [c\n", None, "un texte qui n'est pas du YAML"),
    "an object": ("a: b\nb: !!python/object/apply:os.system [ls]\n", None, None),  # a text where all values are
    "right to left": (f"a: b\nconvention: texte{RTL}txet\n", 2, "un caractère invisible qui retourne le texte"),
    "a list as a key": ("a: b\n? [c, d]\n: e\n", 2, None),
    "size": ("# " + "x" * 3_000_000, None, "octets"),
}


class Anything(BaseModel, extra="allow"):
    """What any YAML mapping is."""


def findings_of_certificate(path):
    with pytest.raises(InputError) as error:
        read_certificate(path.parent)
    return error.value.findings


READERS = {
    "source.yml": findings_of_certificate,
    "convention.yml": lambda path: list(read_yaml(path, Anything).findings),
}


@pytest.mark.parametrize("name", YAMLS)
def test_a_yaml_file_made_to_harm_is_one_line(tmp_path, name):
    content, line, found = YAMLS[name]
    for file, findings in READERS.items():
        path = tmp_path / file
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        told = findings(path)
        assert (told or not found) and not any("\n" in str(one) or len(str(one)) > 400 for one in told), (file, told)
        if found is not None:
            (one,) = told
            assert found in one.found and (line is None or one.line == line), (file, one)


def test_a_day_of_a_certificate_that_does_not_exist_is_one_line(tmp_path):
    (tmp_path / "source.yml").write_text("id: x\ndate_acces: 2026-13-45\n", encoding="utf-8")
    assert all("\n" not in str(one) for one in findings_of_certificate(tmp_path / "source.yml"))


FORM = SOURCES["mission_locale"]


def a_form(folder, *rows):
    """Write a form whose rows have these first cells, and blank ones."""
    path = folder / FORM.form_file
    columns = ["territoire", "periode", *(field.column for field in FORM.form.fields)]
    blank = ";" * (len(columns) - 2)
    path.write_text("\n".join([";".join(columns), *(row + blank for row in rows)]) + "\n", encoding="utf-8")
    return path


def test_a_form_of_too_many_rows_is_one_line(tmp_path):
    path = a_form(tmp_path, *["99001;2024-12"] * 20_001)
    (told,) = said(clean_form, FORM, path, {"99001"})
    assert "mission_locale.csv : trouvé plus de 20000 lignes, attendu 20000 au plus" in told


def test_a_table_of_too_many_rows_is_one_line(tmp_path):
    table = TABLES["contributions"]
    path = tmp_path / table.file
    path.write_text(";".join(table.columns) + ("\nx" + ";" * (len(table.columns) - 1)) * 100_001, encoding="utf-8")
    (told,) = read_table(path, table).findings
    assert "contributions.csv : trouvé plus de 100000 lignes, attendu 100000 au plus" in str(told)


def test_the_findings_of_a_file_that_is_all_wrong_are_counted(tmp_path):
    long = "x" * 10_000
    folder = received(tmp_path, {"x.csv": "code;value\n" + "01001;beaucoup\n" * 29_999 + f"{long};{long}\n"})
    schema = {"code": text(r"\d{5}", "a code"), "value": count()}
    from pandera.pandas import DataFrameSchema

    with pytest.raises(InputError) as error:
        read(folder, "x.csv", DataFrameSchema(schema))
    lines = str(error.value).splitlines()
    assert len(lines) == MOST + 2 and max(map(len, lines)) < 400
    assert "ligne 2, colonne value : trouvé « beaucoup », attendu un nombre" in lines[0]
    assert "et autant dans 29979 autres lignes" in lines[-2]


def test_the_lines_that_are_told_are_counted_too():
    several = [Finding(f"{number:06}.csv", 1, None, "x", "y") for number in range(5000)]
    lines = in_lines(several)
    assert len(lines) == MOST_LINES + 1 and lines[-1] == f"et {5000 - MOST_LINES} autres défauts"
    assert in_lines(several[:3]) == [str(one) for one in several[:3]]


@pytest.mark.parametrize("header", ["x" * 200_000, '"' + "x" * 200_000 + '"', "x;" * 200_000])
def test_a_header_that_no_table_has_is_one_line(tmp_path, header):
    path = tmp_path / "x.csv"
    path.write_text(f"{header};id\n1\n", encoding="utf-8")
    for function in (lambda: load(path, list), lambda: read_export(path)):
        with pytest.raises(InputError) as error:
            function()
        assert len(str(error.value)) < 400 and "\n" not in str(error.value)


@pytest.mark.parametrize("cell", ["1e308", "99999999999999999999", "-0x1", "12 000"])
def test_what_is_no_count_is_refused(tmp_path, cell):
    from pandera.pandas import DataFrameSchema

    folder = received(tmp_path, {"x.csv": f"code;value\n01001;{cell}\n"})
    (told,) = said(read, folder, "x.csv", DataFrameSchema({"value": count()}))
    assert f"ligne 2, colonne value : trouvé « {cell} », attendu" in told


def test_characters_that_turn_a_text_round_are_refused_in_forms_and_tables(tmp_path):
    told = said(clean_form, FORM, a_form(tmp_path, f"99001;2024{RTL}"), {"99001"})
    assert (
        sum("ligne 2, colonne periode : trouvé un caractère invisible qui retourne le texte" in line for line in told)
        == 1
    )
    table = TABLES["contributions"]
    path = tmp_path / table.file
    cells = dict.fromkeys(table.columns, "") | {"texte": f"bon{RTL}jour"}
    pd.DataFrame([cells]).to_csv(path, sep=";", index=False)
    told = [str(one) for one in read_table(path, table).findings]
    assert (
        sum("ligne 2, colonne texte : trouvé un caractère invisible qui retourne le texte" in line for line in told)
        == 1
    )


def word_file(path, *lines, parts=()):
    """Write a Word file of some paragraphs, and more parts."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts:
            file.writestr(name, content)
    return path


TAGS = ["{{ 1 / 0 }}", "{{ nom.x.y }}", "{% for x in range(10**9) %}{% endfor %}", "{{ nom", "{{ 9**9**9 }}"]
TAGS += ["{{ [nom.x] }}", "{{ nom.upper }}", "{{ nom|join('x') }}{{ [nom, nom, x] }}"]
TAGS += ["{{ ''.__class__.__mro__ }}", "{% include 'x' %}", "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}"]


def templates(folder):
    """Return Word templates that fail, by what is wrong with them."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", b"0" * (LARGEST + 1))
    made = {
        "no zip": b"PK\x03\x04 not a zip",
        "empty": b"",
        "a zip of nothing": zip_of({}),
        "another zip": zip_of({"a.txt": "a"}),
        "a bomb": bomb.getvalue(),
        "entities": zip_of(
            parts_of(folder)
            | {"word/document.xml": b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>'}
        ),
        "cut": word_file(folder / "whole.docx", "x").read_bytes()[:2000],
    }
    paths = {}
    for name, content in made.items():
        paths[name] = folder / f"{name}.docx"
        paths[name].write_bytes(content)
    return paths | {tag: word_file(folder / f"tag{number}.docx", tag) for number, tag in enumerate(TAGS)}


def parts_of(folder):
    with zipfile.ZipFile(word_file(folder / "parts.docx", "x")) as file:
        return {name: file.read(name) for name in file.namelist()}


def zip_of(parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return made.getvalue()


def test_a_word_template_that_fails_is_one_line(tmp_path):
    wrong = {}
    for name, path in templates(tmp_path).items():
        try:
            filled(path, {"nom": "x"}, title="", date="2026-01-01")
            wrong[name] = "no error"
        except UserError as error:
            if "\n" in str(error) or len(str(error)) > 400 or path.name not in str(error):
                wrong[name] = str(error)
        except Exception as error:
            wrong[name] = repr(error)
    assert wrong == {}


def test_tags_by_other_hands_are_refused_by_their_words_or_written_as_text(tmp_path):
    action = {"titre": "Une crèche", "moyens_humains_etp": 1.5, "risques": ""}
    context = {"territoire": "T", "numero": "F01", "fictif": "", "action": SimpleNamespace(**action)}
    lines = (OTHERS / "word_tags.jsonl").read_text(encoding="utf-8").splitlines()
    for number, tag in enumerate(map(json.loads, lines), 1):
        path = word_file(tmp_path / "fiche_action.docx", tag)
        try:
            content = filled(path, context, title="", date="2026-01-01")
            told = "" if number == 14 and b"<w:t>faux" not in content else "no error"
        except InputError as error:
            named = tag.replace("{%p", "{%")[:18] in str(error) or "endfor" in str(error) or "(((" in tag
            told = "" if named and "fiche_action.docx" in str(error) else str(error)
        assert told == "", tag[:80]


OF_LETTERS = "{% for a in nom %}" * 9 + "x" * 999 + "{% endfor %}" * 9
SWELLING = {  # tags that would take hours or gigabytes; what is told of them
    OF_LETTERS: "des balises qui demandent trop",
    OF_LETTERS.replace("x" * 999, ""): "trop lent, arrêté après 1 s",
    "{{ nom|join('" + "x" * 999 + "')|join('" + "y" * 999 + "')|join('" + "z" * 999 + "') }}": "demandent trop",
}


@pytest.mark.parametrize("tags", SWELLING)
def test_a_word_template_that_swells_is_ended_and_told(tmp_path, monkeypatch, tags):
    monkeypatch.setattr(word, "LIMITS", Limits(seconds=3, silence=1, memory=200_000_000))
    path = word_file(tmp_path / "a.docx", tags)
    with pytest.raises(InputError, match=r"a\.docx : trouvé des balises qui demandent trop") as error:
        filled(path, {"nom": "x" * 100}, title="", date="2026-01-01")
    assert SWELLING[tags] in str(error.value) and "\n" not in str(error.value)


def test_a_tag_that_is_wrong_is_told_with_the_words_around_it(tmp_path):
    path = word_file(tmp_path / "a.docx", "Bonjour", "{{ nom }}", "Il y en a {{ 1 / 0 }}.")
    with pytest.raises(InputError) as error:
        filled(path, {"nom": "x"}, title="", date="2026-01-01")
    assert "le signe /)" in str(error.value) and ", dans « Il y en a {{ 1 / 0 }}. »" in str(error.value)


def test_nothing_as_yaml_writes_it_is_blank_and_the_word_between_quotes_is_a_word(tmp_path):
    path = tmp_path / "a.yml"
    path.write_text("rows: null\nname: 'null'\nother: ~\n", encoding="utf-8")
    assert read_yaml(path, dict[str, str]).value == {"name": "null"}

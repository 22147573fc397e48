"""The convention and the fiches-action in Word: what they list, what changes in them, what no label can do to them.

Scenario 12 of the acceptance scenarios, its part on the convention.
"""

import dataclasses
import io
import re
import shutil
import zipfile
from itertools import pairwise

import pytest
from convention_texts import DATE, HOSTILE, as_project, filled, plain
from docx import Document
from docx.oxml.ns import qn
from dying import deaths
from material_files import add, change, with_rows
from page_texts import lines_of_word

from ctg_analysis.display.texts import date_text
from ctg_analysis.model.errors import InputError, UserError
from ctg_analysis.model.scratch import SCRATCH
from ctg_analysis.model.settings import EXAMPLE_EPCI, DataRoot
from ctg_analysis.pipeline.run import hold
from ctg_analysis.publish import convention
from ctg_analysis.publish.convention import SHEETS, convention_documents, read_dossier, read_reference, write_convention
from ctg_analysis.publish.word import ACTION_SHEET, CONVENTION, RECORD, fill, models, place, template, write


@pytest.fixture(scope="module")
def example_dossier(example):
    return read_dossier(EXAMPLE_EPCI, example)


@pytest.fixture(scope="module")
def documents(example_dossier, example):
    """The documents of the invented territory, by the names of their files."""
    return convention_documents(example_dossier, example)


@pytest.fixture(scope="module")
def handed(example, tmp_path_factory):
    """The paths of the documents that are written elsewhere in the world, and the warning."""
    folder = tmp_path_factory.mktemp("elsewhere")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("TZ", "Pacific/Auckland")
        return write_convention(EXAMPLE_EPCI, example, folder)


@pytest.fixture(scope="module")
def written(documents):
    """Its convention, as Word reads it."""
    return opened(documents[CONVENTION])


def opened(content: bytes):
    return Document(io.BytesIO(content))


def words(document) -> str:
    """Return all the text of a document, its tables and its header included."""
    parts = [document.element.body, *(section.header._element for section in document.sections)]
    return plain(" ".join(text.text or "" for part in parts for text in part.iter(qn("w:t"))))


def annexes(document) -> dict[str, list]:
    """Return the elements of each annex by its title; what is before is under «  »."""
    found: dict[str, list] = {"": []}
    title, signed = "", False
    for element in document.element.body:
        style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        if style is not None and style.get(qn("w:val")) == "Heading1":
            text = "".join(run.text or "" for run in element.iter(qn("w:t")))
            title = plain(text) if signed else ""
            signed = signed or text == "Signatures"
        found.setdefault(title, []).append(element)
    return found


def rows(elements: list) -> list[list[list[str]]]:
    """Return the tables among elements, as rows of texts, the header first."""
    tables = [one for one in elements if one.tag == qn("w:tbl")]
    return [
        [
            [plain("".join(text.text or "" for text in cell.iter(qn("w:t")))) for cell in row.iter(qn("w:tc"))]
            for row in table.iter(qn("w:tr"))
        ]
        for table in tables
    ]


# Project or validated, what changes


def test_a_project_says_so_on_each_page_and_a_validated_one_does_not(written, example_dossier):
    project = opened(filled(as_project(example_dossier)))
    header = project.sections[0].header._element
    assert "PROJET, version 2" in words(project) and 'string="PROJET"' in header.xml
    assert "PROJET" not in words(written) and "PROJET" not in written.sections[0].header._element.xml
    assert "Version 2, validée le 12 juillet 2024" in words(written)


def test_an_article_without_text_has_that_of_reference_which_says_that_it_is_to_be_checked(example_dossier):
    reference = read_reference()
    articles = example_dossier.material["articles"]
    articles = articles.assign(texte=articles["texte"].where(articles["no"].ne(1), None))
    one = as_project(example_dossier)
    one = dataclasses.replace(one, material=with_rows(one.material, articles=articles))
    said = words(opened(filled(one)))
    assert plain("partir des besoins prioritaires, établis par le diagnostic partagé") in said
    assert said.count(plain(reference.a_verifier)) == 1
    assert "à vérifier avec le modèle de la Caf" in plain(reference.a_verifier)
    assert [article.no for article in reference.articles] == list(range(1, 15))


# What breaks the chain is refused


@pytest.fixture
def spoiled(example, tmp_path):
    """A copy of the invented territory whose field material a test may spoil; its statistics need not be made again."""
    root = DataRoot(tmp_path / "exemple")
    root.raw.mkdir(parents=True)
    for path in example.raw.iterdir():
        if path.name != "demarche":
            (root.raw / path.name).symlink_to(path)
    for name in ("reference", "private", "processed"):
        shutil.copytree(example.path / name, root.path / name)
    shutil.copytree(example.material(EXAMPLE_EPCI), root.material(EXAMPLE_EPCI))
    hold(root)
    return root


@pytest.mark.nightly
def test_a_text_signed_before_its_lists_says_so(written, example_dossier, handed):
    later = "La convention a été validée le 12 juillet 2024 : les chiffres, les listes et les annexes de ce document"
    assert later in words(written)
    project = as_project(example_dossier)
    assert project.since_signature is None and "La convention a été validée le" not in words(opened(filled(project)))
    same_day = dataclasses.replace(example_dossier, date="2024-07-12")
    assert same_day.since_signature is None
    _, warning = handed
    assert warning.endswith(
        "validée le 12 juillet 2024, ses chiffres, ses listes et ses annexes sont du "
        f"{date_text(example_dossier.date)} : "
        "garder le texte signé"
    )


@pytest.mark.parametrize(
    "file, line, column, cell, said",
    [
        (
            "articles",
            12,
            "texte",
            "",
            "ligne 12, colonne texte : trouvé rien, dans une convention validée : article 11",
        ),
        ("articles", 5, "no", "5", "colonne no : trouvé 5, attendu 4 : à la suite, à partir de 1"),
        ("convention", 2, "validee_le", "", "colonne validee_le : trouvé rien, dans une convention validée"),
        ("convention", 2, "fin", "2023", "colonne fin : trouvé « 2023 », attendu une date après 01/01/2024, de debut"),
    ],
)
def test_a_convention_that_could_not_be_signed_is_refused(spoiled, file, line, column, cell, said):
    change(spoiled.material(EXAMPLE_EPCI) / f"{file}.csv", line, column, cell)
    with pytest.raises(InputError, match=re.escape(said)):
        read_dossier(EXAMPLE_EPCI, spoiled)


def test_a_convention_without_signatories_and_two_conventions_are_refused(spoiled):
    path = spoiled.material(EXAMPLE_EPCI) / "convention.csv"
    add(path, statut="projet", version="3", intitule="Une autre", debut="2024", fin="2027")
    (path.parent / "signataires.csv").unlink()
    with pytest.raises(InputError) as error:
        read_dossier(EXAMPLE_EPCI, spoiled)
    lines = str(error.value)
    assert "convention.csv, ligne 3 : trouvé une autre ligne, attendu une seule" in lines
    assert "signataires.csv : trouvé aucune ligne, pour une convention, attendu une au moins" in lines


def test_the_real_territory_is_told_that_it_has_no_convention_yet(france):
    with pytest.raises(UserError, match=r"convention\.csv : trouvé aucune convention encore, attendu une ligne"):
        read_dossier("200067171", france)


# What is written in the files stays text


def test_a_label_stays_text_whatever_it_holds(example_dossier):
    material = example_dossier.material
    columns = {"actions": "titre", "equipements_services": "nom", "enjeux": "titre"}
    material = with_rows(material, **{name: material[name].assign(**{of: HOSTILE}) for name, of in columns.items()})
    one = as_project(
        dataclasses.replace(example_dossier, material=material), intitule=HOSTILE, preambule=f"**{HOSTILE}**"
    )
    document = opened(filled(one))
    said = words(document)
    shown = plain(HOSTILE.replace("\x0b", " ").replace('"', '"'))
    assert said.count("<w:br/>&amp;{{ 7*7 }}{% x %}{{p x }} =HYPERLINK(") > 40 and "49" not in shown
    assert document.element.body.xpath(".//w:br") == []
    assert not list(document.element.body.iter(qn("w:hyperlink")))
    sheets = convention.contexts(one)
    sheet = fill(models() / ACTION_SHEET, sheets["F01"], title=HOSTILE.replace("\x0b", ""), date=DATE)
    assert "{{ 7*7 }}" in words(opened(sheet))


def own_template(tmp_path, *lines: str):
    path = tmp_path / "convention.docx"
    document = Document(models() / CONVENTION)
    document.element.body.clear_content()
    for line in lines:
        document.add_paragraph(line)
    document.save(path)
    return path


@pytest.mark.nightly
def test_a_template_of_the_user_takes_the_place_of_ours(spoiled):
    own = own_template(spoiled.material(EXAMPLE_EPCI), "Modèle de la Caf : {{ intitule }}")
    assert template(CONVENTION, spoiled, EXAMPLE_EPCI) == own
    said = words(opened(convention_documents(read_dossier(EXAMPLE_EPCI, spoiled), spoiled)[CONVENTION]))
    assert "Modèle de la Caf : Convention territoriale globale" in said and "Signatures" not in said


@pytest.mark.parametrize(
    "line, said",
    [
        ("{{ inconnu }}", "'inconnu' is undefined"),
        ("{{ intitule ", "unexpected"),
        ("{{ intitule.__class__.__mro__ }}", "unsafe"),
        ("{%p for x in articles %}", "Unexpected end of template"),
    ],
)
def test_a_template_with_a_wrong_tag_is_refused_in_one_line(tmp_path, example_dossier, line, said):
    context = convention.convention_context(example_dossier, read_reference())
    with pytest.raises(UserError, match=r"convention\.docx : trouvé (une balise|un nom|ce qu)") as refused:
        fill(own_template(tmp_path, line), context, title="", date=DATE)
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_a_template_that_is_no_word_file_is_refused(tmp_path):
    broken = tmp_path / "broken.docx"
    for content in (b"not a zip", zipped({"a.txt": b"x"}), zipped({"word/document.xml": b"0" * 30_000_000})):
        broken.write_bytes(content)
        with pytest.raises(UserError, match=r"broken\.docx : trouvé"):
            fill(broken, {}, title="", date=DATE)


def zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


# The files themselves


@pytest.mark.nightly
def test_the_same_material_gives_the_same_bytes(documents, handed):
    paths, _ = handed
    assert [path.read_bytes() for path in paths] == list(documents.values())
    with zipfile.ZipFile(io.BytesIO(documents[CONVENTION])) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2026" in parts.read("docProps/core.xml")


def test_it_is_accessible_french_word(written):
    styles = written.styles.element
    assert [one.get(qn("w:val")) for one in styles.iter(qn("w:lang"))] == ["fr-FR"]
    assert written.core_properties.title.startswith("Convention territoriale globale")
    levels = [int(one.style.name[-1]) for one in written.paragraphs if one.style.name.startswith("Heading")]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))
    tables = list(written.element.body.iter(qn("w:tbl")))
    assert len(tables) > 30
    for table in tables:
        header, *others = table.iter(qn("w:tr"))
        assert header.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None and others
        assert table.find(f"{qn('w:tblPr')}/{qn('w:tblCaption')}").get(qn("w:val"))
        assert not list(table.iter(qn("w:gridSpan"), qn("w:vMerge")))


def test_its_contents_name_each_heading(written):
    headings = [one.text for one in written.paragraphs if one.style.name == "Heading 1"]
    titles = [one.text for one in written.paragraphs if one.style.name.casefold() == "toc 1" and one.text]
    assert [title.rpartition(" – ")[-1] for title in titles] == headings
    assert titles[:3] == ["Signataires", "Vu et considérant", "Préambule"]
    assert plain(titles[3]) == "Article 1 – Objet de la convention" and titles[-1] == "Annexe 6 – Délibérations"
    assert not list(written.settings.element.iter(qn("w:updateFields")))  # Word would ask at each opening


def test_what_a_person_has_changed_is_never_written_over(tmp_path):
    first, second = {"convention.docx": b"1", "b.docx": b"1"}, {"convention.docx": b"2", "b.docx": b"2"}
    for documents in (first, second, second):
        assert [path.read_bytes() for path in write(tmp_path, "1", documents)] == list(documents.values())
    changed = place(tmp_path, "1") / "convention.docx"
    changed.write_bytes(b"mine")
    with pytest.raises(UserError, match=r"convention\.docx : ce fichier a été modifié depuis"):
        write(tmp_path, "1", first)
    assert changed.read_bytes() == b"mine" and (changed.parent / "b.docx").read_bytes() == b"2"
    changed.rename(changed.with_name("ours.docx"))
    write(tmp_path, "1", first)
    assert changed.read_bytes() == b"1" and changed.with_name("ours.docx").read_bytes() == b"mine"


@pytest.mark.parametrize("record", ["", "{", "[]", '{"a.docx": 1}'])
def test_a_damaged_record_of_the_documents_loses_no_file(tmp_path, record):
    home = place(tmp_path, EXAMPLE_EPCI)
    write(tmp_path, EXAMPLE_EPCI, {"a.docx": b"one"})
    (home / RECORD).write_text(record, encoding="utf-8")
    with pytest.raises(UserError, match="rien n'a été remplacé"):
        write(tmp_path, EXAMPLE_EPCI, {"a.docx": b"two"})
    write(tmp_path, EXAMPLE_EPCI, {"a.docx": b"one"})
    write(tmp_path, EXAMPLE_EPCI, {"a.docx": b"two"})
    assert (home / "a.docx").read_bytes() == b"two"


def test_a_fiche_of_an_action_given_up_goes_unless_someone_has_changed_it(tmp_path):
    write(tmp_path, "1", {f"{SHEETS}/F{rank}.docx": b"x" for rank in range(3)}, alone_in=SHEETS)
    home = place(tmp_path, "1") / SHEETS
    (home / "F1.docx").write_bytes(b"mine")
    (home / "notes.txt").write_bytes(b"mine")
    write(tmp_path, "1", {f"{SHEETS}/F0.docx": b"x"}, alone_in=SHEETS)
    assert sorted(path.name for path in home.iterdir()) == ["F0.docx", "F1.docx", "notes.txt"]


@pytest.mark.nightly
def test_killed_at_any_moment_the_documents_are_all_of_one_time(tmp_path):
    """Files that a person has written, and one that was changed since, are always there."""
    mine = {"notes.txt": b"mine", "f/F3.docx": b"mine"}
    former = dict.fromkeys(("convention.docx", "n.docx", "f/F1.docx", "f/F2.docx", "f/F3.docx"), b"1")
    new = dict.fromkeys(("convention.docx", "n.docx", "f/F1.docx", "f/F4.docx"), b"2")

    def read(folder):
        home = place(folder, "1")
        return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("[!.]*") if path.is_file()}

    def work(folder):
        write(folder, "1", new, alone_in="f")

    seen, folders = [], deaths(tmp_path, ("open", "os.", "shutil."), work)
    for folder in folders:
        write(folder, "1", former, alone_in="f")
        for name, content in mine.items():
            (place(folder, "1") / name).write_bytes(content)
        seen.append(read(next(folders)))
        work(folder)
        assert read(folder) == new | mine
        left = [path.relative_to(folder) for path in folder.rglob("*")]
        assert {path.name for path in left if path.name.startswith(".")} <= {SCRATCH, RECORD, ".1.lock"}
        assert not [path for path in left if SCRATCH in path.parts[:-1]]
    assert len(seen) > 20 and [one for one in seen if one not in (former | mine, new | mine)] == []
    assert seen[0] == former | mine and seen[-1] == new | mine


def test_amounts_that_are_not_known_are_not_zero(example_dossier):
    services = example_dossier.material["equipements_services"].copy()
    services.loc[services["service_id"].eq("S01"), "ps_caf_eur"] = float("nan")
    material = with_rows(example_dossier.material, equipements_services=services)
    lines = lines_of_word(filled(dataclasses.replace(example_dossier, material=material)))
    unknown = [line.partition(" | ")[0] for line in lines if line.endswith(" | nd")]
    assert unknown == ["Multi-accueil du Bourg", "Petite enfance", "Total"]

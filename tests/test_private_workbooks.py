"""Workbooks of partners and of persons: none harms who opens it, nothing private gets out, what is due is deleted."""

import datetime
import io
import random
import zipfile

import pandas as pd
import pytest
import xlsxwriter

from ctg_analysis.clean.received_forms import forms_in
from ctg_analysis.demarche.commit_check import found_in
from ctg_analysis.demarche.declared_tables import PUBLIC, RESTRICTED
from ctg_analysis.demarche.restricted_files import due, left, purge, read_restricted, readable
from ctg_analysis.demarche.table_files import table_workbook
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.settings import EXAMPLE_EPCI, DataRoot, settings
from ctg_analysis.model.source import SOURCES
from ctg_analysis.pipeline.freshness import inputs, material_inputs, public_inputs, write_manifest
from ctg_analysis.raw import workbook_safety
from ctg_analysis.raw.files import authors, read_workbook, rows_of
from ctg_analysis.raw.form_workbooks import headings
from ctg_analysis.raw.workbook_safety import scanned

YOUTH = SOURCES["mission_locale"]
SMALL = 200_000  # bytes, in the place of what a workbook may have
TODAY = datetime.date(2026, 11, 27)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns"
OF_ODS = (
    f'<o:document-content xmlns:o="{ODF}:office:1.0" xmlns:t="{ODF}:table:1.0"><o:body><o:spreadsheet>'
    '<t:table t:name="A"><t:table-row t:number-rows-repeated="1048576">'
    '<t:table-cell o:value-type="float" o:value="1" t:number-columns-repeated="16384"/>'
    "</t:table-row></t:table></o:spreadsheet></o:body></o:document-content>"
)
LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(9)
)


OTHER_FILE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
OUT = '<a><b Type="x/oleObject" TargetMode="External" Target="file:///a.xlsx"/></a>'
A_LINK = "un lien vers un autre fichier, ou un objet qui en vient"


def linking(content):
    """A zip whose first part is a link of the file system."""
    content = bytearray(content)
    start = content.index(b"PK\x01\x02")
    content[start + 38 : start + 42] = (0o120777 << 16).to_bytes(4, "little")
    return bytes(content)


def zipped(parts, compression=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return made.getvalue()


def of_a_sheet(cells, doctype=""):
    """The parts of a workbook whose sheet holds some cells."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet("A").write(0, 0, 1)
    with zipfile.ZipFile(made) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    xml = f'<?xml version="1.0"?>{doctype}<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'
    return parts | {"xl/worksheets/sheet1.xml": xml}


IN_CALC = {
    "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
    "META-INF/manifest.xml": f'<m:manifest xmlns:m="{ODF}:manifest:1.0"/>',
    "content.xml": f'<office:document-content xmlns:office="{ODF}:office:1.0" xmlns:table="{ODF}:table:1.0"'
    f' xmlns:text="{ODF}:text:1.0"><office:body><office:spreadsheet><table:table table:name="A"><table:table-row>'
    '<table:table-cell office:value-type="string"><text:p>1</text:p></table:table-cell></table:table-row></table:table>'
    "</office:spreadsheet></office:body></office:document-content>",
    "meta.xml": "<a><creator>a</creator></a>",
}
FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
# A workbook made to harm: its bytes, what is said of it.
HARMFUL = {
    "no zip.xlsx": (lambda: b"PK\x03\x04 not a zip", "un fichier coupé, ou d'une autre sorte"),
    "empty.ods": (lambda: b"", "un fichier coupé, ou d'une autre sorte"),
    "another zip.xlsx": (lambda: zipped({"a.txt": "a"}), "un fichier coupé, ou d'une autre sorte"),
    "cut.xlsx": (lambda: zipped(of_a_sheet(FAR))[:900], "un fichier coupé, ou d'une autre sorte"),
    "large.xlsx": (lambda: bytes(SMALL + 1), f"{SMALL + 1} octets"),
    "a bomb.xlsx": (lambda: zipped(of_a_sheet("") | {"xl/media/a": bytes(SMALL)}), "octets une fois décompressé"),
    "far.xlsx": (lambda: zipped(of_a_sheet(FAR)), "une case remplie en XFD1048576"),
    "repeated.ods": (lambda: zipped({"mimetype": "x", "content.xml": OF_ODS}), "une case remplie en XFD1048576"),
    "laughs.xlsx": (
        lambda: zipped(of_a_sheet('<row><c t="str"><v>&a8;</v></c></row>', LAUGHS + "]>")),
        "une déclaration d'entités XML (DOCTYPE) dans xl/worksheets/sheet1.xml",
    ),
    "another file.xlsx": (
        lambda: zipped(of_a_sheet('<row><c t="str"><v>&x;</v></c></row>', OTHER_FILE)),
        "une déclaration d'entités XML (DOCTYPE) dans xl/worksheets/sheet1.xml",
    ),
    "another file, in UTF-16.ods": (
        lambda: zipped(IN_CALC | {"content.xml": f"{OTHER_FILE}<a>&x;</a>".encode("utf-16")}),
        "une déclaration d'entités XML (DOCTYPE) dans content.xml",
    ),
    "macros.xlsx": (lambda: zipped(of_a_sheet("") | {"xl/vbaProject.bin": b"x"}), "des macros"),
    "macros by another name.xlsx": (
        lambda: zipped(of_a_sheet("") | {"[Content_Types].xml": "<a b='application/vnd.ms-office.vbaProject'/>"}),
        "des macros",
    ),
    "macros.ods": (lambda: zipped(IN_CALC | {"Basic/Standard/a.xml": "<a/>"}), "des macros"),
    "linked.xlsx": (lambda: zipped(of_a_sheet("") | {"xl/externalLinks/a.xml": "<a/>"}), A_LINK),
    "linked by another name.xlsx": (lambda: zipped(of_a_sheet("") | {"xl/_rels/a.rels": OUT}), A_LINK),
    "data.xlsx": (lambda: zipped(of_a_sheet("") | {"xl/connections.xml": "<a/>"}), A_LINK),
    "object.xlsx": (lambda: zipped(of_a_sheet("") | {"xl/embeddings/a.bin": b"x"}), A_LINK),
    "linked.ods": (
        lambda: zipped(IN_CALC | {"content.xml": '<a><b xmlns:x="x" x:href="file:///etc/passwd"/></a>'}),
        A_LINK,
    ),
    "climbing.xlsx": (lambda: zipped(of_a_sheet("") | {"xl/../../a": "x"}), "une partie inattendue"),
    "rooted.xlsx": (lambda: zipped(of_a_sheet("") | {"/etc/a": "x"}), "une partie inattendue"),
    "of Windows.xlsx": (lambda: zipped(of_a_sheet("") | {"C:/a": "x"}), "une partie inattendue"),
    "twice.xlsx": (lambda: zipped(of_a_sheet("") | {"xl/WORKBOOK.xml": "<a/>"}), "une partie inattendue"),
    "turned.xlsx": (lambda: zipped(of_a_sheet("") | {"xl/\u202elmx": "x"}), "une partie inattendue"),
    "a link.xlsx": (lambda: linking(zipped(of_a_sheet(""))), "une partie inattendue"),
    "squeezed.xlsx": (
        lambda: zipped(of_a_sheet(""), zipfile.ZIP_BZIP2),
        "un fichier coupé, ou d'une autre sorte",
    ),
}


def test_a_workbook_made_to_harm_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_safety, "LARGEST", SMALL)
    monkeypatch.setattr(workbook_safety, "UNPACKED", SMALL)
    wrong = {}
    for name, (content, found) in HARMFUL.items():
        path = tmp_path / name
        path.write_bytes(content())
        try:
            list(rows_of(path))
            wrong[name] = "no error"
        except InputError as error:
            if found not in str(error) or "\n" in str(error) or len(str(error)) > 400:
                wrong[name] = str(error)
        path.unlink()
    assert wrong == {}


def test_what_a_part_says_of_its_size_is_not_believed(tmp_path):
    """The zip says that its part unpacks to ten bytes; it holds much more."""
    content = bytearray(zipped({"xl/workbook.xml": bytes(1_000_000)}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = content.index(mark) + at
        content[start : start + 4] = (10).to_bytes(4, "little")
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError, match="un fichier coupé, ou d'une autre sorte"):
        list(rows_of(path))


def test_a_percentage_that_a_sheet_of_libreoffice_repeats_is_read_in_each_cell(tmp_path):
    cells = '<t:table-cell o:value-type="percentage" o:value="0.45" t:number-columns-repeated="2"/>'
    path = tmp_path / "a.ods"
    one = OF_ODS[: OF_ODS.index("<t:table-row")] + f'<t:table-row t:number-rows-repeated="2">{cells}</t:table-row>'
    path.write_bytes(zipped({"mimetype": "x", "content.xml": one + OF_ODS[OF_ODS.index("</t:table>") :]}))
    assert scanned(path)["A"].percents == {(1, 1), (1, 2), (2, 1), (2, 2)}


def form_of(path, *rows):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(YOUTH.form.sheet)
        for at, row in enumerate([YOUTH.form.columns, *rows]):
            sheet.write_row(at, 0, row)


def test_a_private_workbook_is_among_what_the_tables_are_made_from(tmp_path):
    root = DataRoot(tmp_path)
    folder = root.private / EXAMPLE_EPCI
    root.raw.mkdir()
    folder.mkdir(parents=True)
    form_of(folder / "mission_locale.xlsx", ["99001", 2024, 12])
    before = inputs(root)
    name = f"private/{EXAMPLE_EPCI}/mission_locale.xlsx"
    form_of(folder / "mission_locale.xlsx", ["99001", 2024, 13])
    assert inputs(root)[name] != before[name]
    (folder / "~$mission_locale.xlsx").write_bytes(b"open")
    (folder / ".~lock.mission_locale.xlsx#").write_bytes(b"open")
    (folder / "Thumbs.db").write_bytes(b"seen in Windows")
    assert inputs(root) == inputs(root) | {name: inputs(root)[name]} and len(inputs(root)) == len(before)
    persons = root.restricted_material(EXAMPLE_EPCI)
    persons.mkdir()
    persons_of(persons / "demarche_personnes.xlsx")
    with_persons = material_inputs(root)
    persons_of(persons / "demarche_personnes.xlsx", until="2020-01-01")
    assert material_inputs(root) != with_persons
    assert forms_in(folder).tables.keys() == {YOUTH.id}


def test_a_report_tells_no_name_that_someone_gave_to_a_workbook(tmp_path):
    root = DataRoot(tmp_path)
    root.processed.mkdir()
    names = ["mission_locale.csv", "accords.csv", "Envoi de Jeanne Dupont.xlsx"]
    write_manifest(root.processed, {f"private/{EXAMPLE_EPCI}/{name}": "0" for name in names})
    told = public_inputs(root, EXAMPLE_EPCI)
    assert told["restricted"] == [f"private/{EXAMPLE_EPCI}/{name}" for name in ("*.xlsx", "accords.csv", names[0])]
    assert "0" not in str(told["inputs"]) and "Jeanne" not in str(told)


def persons_of(path, until="2026-01-31", more=()):
    """Write a workbook of persons: two interviews of which one is due, two actors."""
    interviews = [
        ["ENT1", "P1", "A1", "2025-01-10", "visio", "40", "équipe", "1", "oral", "", until],
        ["ENT2", "P2", "A2", "2025-01-11", "visio", "40", "équipe", "1", "oral", "", "2027-01-31"],
    ]
    actors = [
        ["A1", "Association", "association", "", "", "Jeanne Dupont", "oui"],
        ["A2", "Caf", "Caf", "", "", "", "non"],
        *more,
    ]
    rows = {"entretiens": interviews, "acteurs": actors}
    tables = {name: RESTRICTED[name] for name in ("acteurs", "entretiens")}
    frames = {name: pd.DataFrame(rows[name], columns=list(RESTRICTED[name].columns)) for name in tables}
    path.write_bytes(table_workbook("Personnes", ["1."], tables, rows=frames))


def test_what_is_due_is_deleted_from_a_workbook_and_nothing_of_it_is_left_there(tmp_path):
    root = DataRoot(tmp_path)
    folder = root.restricted_material(EXAMPLE_EPCI)
    folder.mkdir(parents=True)
    path = folder / "personnes.xlsx"
    persons_of(path)
    (folder / "conservation.csv").write_text("fichier;supprimer_le\nacteurs;2027-12-31\n", encoding="utf-8")
    files = readable(read_restricted(root, EXAMPLE_EPCI))
    assert [f"{one.place} : {one}".partition("personnes.xlsx, ")[2] for one in due(files, TODAY)] == [
        "feuille « Entretiens » : 1 ligne à supprimer depuis le 31/01/2026"
    ]
    purge(files, TODAY)
    left = read_restricted(root, EXAMPLE_EPCI)
    assert left.findings == [] and left.tables["entretiens"].rows["ent_id"].tolist() == ["ENT2"]
    assert left.tables["acteurs"].rows["acteur_id"].tolist() == ["A1", "A2"]
    assert "2026-11-27;personnes.xlsx, Entretiens;1;" in (folder / "suppressions.csv").read_text(encoding="utf-8")
    (folder / "conservation.csv").write_text("fichier;supprimer_le\nacteurs;2026-01-31\n", encoding="utf-8")
    purge(readable(read_restricted(root, EXAMPLE_EPCI)), TODAY)
    with zipfile.ZipFile(path) as parts:
        whole = b"".join(parts.read(name) for name in parts.namelist())
    assert b"Jeanne Dupont" not in whole and b"ENT2" in whole and b"ENT1" not in whole
    assert path.stat().st_mode & 0o077 == 0


def test_a_workbook_that_holds_something_else_is_not_written_again(tmp_path):
    root = DataRoot(tmp_path)
    folder = root.restricted_material(EXAMPLE_EPCI)
    folder.mkdir(parents=True)
    path = folder / "a.xlsx"
    notes = folder / "b.xlsx"
    tables = {"entretiens": RESTRICTED["entretiens"]}
    interviews = [["ENT1", "P1", "", "2025-01-10", "visio", "40", "équipe", "1", "oral", "", "2026-01-31"]]
    frames = {"entretiens": pd.DataFrame(interviews, columns=list(RESTRICTED["entretiens"].columns))}
    path.write_bytes(table_workbook("Personnes", ["1."], tables, rows=frames))
    with xlsxwriter.Workbook(notes) as book:
        book.add_worksheet("Notes").write(0, 0, "Jeanne Dupont")
        actors = book.add_worksheet("Acteurs")
        for at, row in enumerate([RESTRICTED["acteurs"].columns, ["A1", "Caf", "Caf", "", "", "", "oui"]]):
            actors.write_row(at, 0, row)
    (folder / "conservation.csv").write_text("fichier;supprimer_le\nacteurs;2026-01-31\n", encoding="utf-8")
    before = notes.read_bytes()
    files = readable(read_restricted(root, EXAMPLE_EPCI))
    assert [part.path.name for part in purge(files, TODAY)] == ["a.xlsx"] and notes.read_bytes() == before
    told = "\n".join(map(str, left(files, TODAY)))
    assert "une feuille que rien ne lit" in told and "1 ligne à supprimer depuis le 31/01/2026" in told
    assert "Dupont" not in told
    assert read_restricted(root, EXAMPLE_EPCI).tables["entretiens"].rows.empty


def of_calc(path, sheet, *rows):
    """Write a workbook of LibreOffice of one sheet of texts."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = ["<table:table-row>" + "".join(map(cell.format, row)) + "</table:table-row>" for row in rows]
    head, _, tail = IN_CALC["content.xml"].partition('table:name="A">')
    end = tail[tail.index("</table:table>") :]
    path.write_bytes(zipped(IN_CALC | {"content.xml": f'{head}table:name="{sheet}">{"".join(lines)}{end}'}))


def test_a_workbook_of_libreoffice_is_written_again_as_one_of_excel_never_over_another(tmp_path):
    root = DataRoot(tmp_path)
    folder = root.restricted_material(EXAMPLE_EPCI)
    folder.mkdir(parents=True)
    path, heads = folder / "a.ods", [*RESTRICTED["entretiens"].columns]
    due = ["ENT1", "P1", "", "2025-01-10", "visio", "40", "équipe", "1", "oral", "", "2026-01-31"]
    kept = ["ENT2", "P2", "", "2025-01-10", "visio", "40", "équipe", "1", "oral", "", "2036-01-31"]
    of_calc(path, "Entretiens", heads, due, kept)
    content = path.read_bytes()
    assert len(purge(readable(read_restricted(root, EXAMPLE_EPCI)), TODAY)) == 1
    assert not path.exists()
    assert read_restricted(root, EXAMPLE_EPCI).tables["entretiens"].rows["ent_pseudo"].tolist() == ["P2"]
    path.write_bytes(content)
    with xlsxwriter.Workbook(folder / "a.xlsx") as book:
        book.add_worksheet("Notes").write(0, 0, "à garder")
    assert purge(readable(read_restricted(root, EXAMPLE_EPCI)), TODAY) == [] and path.read_bytes() == content


def test_what_is_wrong_with_persons_is_told_without_quoting_them(tmp_path):
    root = DataRoot(tmp_path)
    folder = root.restricted_material(EXAMPLE_EPCI)
    folder.mkdir(parents=True)
    persons_of(folder / "a.xlsx", more=[["Jeanne D", "x", "voisine", "", "", "0601020304", "peut-être"]])
    told = "\n".join(map(str, read_restricted(root, EXAMPLE_EPCI).findings))
    assert "feuille « Acteurs », C5 (type) : trouvé un texte de 7 caractères, attendu l'une de ces valeurs" in told
    assert "Jeanne" not in told and "0601" not in told and "voisine" not in told


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project at the root of which the paths of what enters git are told."""
    monkeypatch.setenv("CTG_ROOT", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def contributions(path, text, author="", sheet="Contributions"):
    path.parent.mkdir(parents=True, exist_ok=True)
    table = PUBLIC["contributions"]
    cells = dict.fromkeys(table.columns, "") | {"contrib_id": "X1", "texte": text}
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"author": author})
        made = book.add_worksheet(sheet)
        for at, row in enumerate([table.columns, cells.values()] if sheet == "Contributions" else [[text]]):
            made.write_row(at, 0, row)


def test_no_one_is_named_in_a_workbook_that_enters_git(project):
    path = project / "data/raw/demarche/999999999/demarche.xlsx"
    contributions(path, "La crèche ferme trop tôt.")
    assert found_in(path) == []
    contributions(path, "Appeler Mme Durand au 06 01 02 03 04.")
    assert any("D2 (texte) : trouvé un numéro de téléphone" in str(one) for one in found_in(path))
    contributions(path, "Appeler Mme Durand.", sheet="Notes")
    assert any("le nom d'une personne" in str(one) for one in found_in(path))
    in_capitals = path.rename(path.with_suffix(".XLSX"))
    assert any("le nom d'une personne" in str(one) for one in found_in(in_capitals))
    contributions(path, "La crèche ferme trop tôt.", author="Jeanne Durand")
    (told,) = found_in(path)
    assert "le nom d'un auteur dans les propriétés du fichier" in str(told) and "Durand" not in str(told)
    private = project / "data/private/200067171/caf.xlsx"
    contributions(private, "x")
    assert "un fichier privé" in str(found_in(private)[0])
    invented = project / "data/exemple/private/999999999/demarche/a.xlsx"
    contributions(invented, "Jeanne Durand, 06 01 02 03 04", sheet="Notes")
    assert any(one.found == "un numéro de téléphone" for one in found_in(invented))
    for damaged in (path, invented):
        damaged.write_bytes(b"PK")
        assert [one.found for one in found_in(damaged)] == ["un fichier coupé, ou d'une autre sorte"]


def test_a_workbook_that_is_open_elsewhere_is_not_read(tmp_path):
    (tmp_path / "~$caf.xlsx").write_bytes(b"open")
    (tmp_path / ".~lock.caf.ods#").write_bytes(b"open")
    assert forms_in(tmp_path).findings == []
    form_of(tmp_path / "a.xlsx", ["99001", 2024, 12])
    assert read_workbook(tmp_path / "a.xlsx", [headings(YOUTH)]).tables.keys() == {YOUTH.id}


@pytest.mark.parametrize("kind", [".xlsx", ".ods"])
def test_a_workbook_with_wrong_bytes_is_read_or_refused_in_one_line(tmp_path, kind):
    """Bytes of the zip, its headers and its streams, or bytes of a part before it is zipped."""
    path, chance, refused = tmp_path / f"a{kind}", random.Random(20261127), 0
    parts = of_a_sheet('<row r="1"><c r="A1"><v>1</v></c></row>') if kind == ".xlsx" else IN_CALC
    path.write_bytes(zipped(parts))
    assert [(name, rows) for name, rows, _ in rows_of(path)] == [("A", [["1"]])]
    for rank in range(100):
        name = chance.choice(list(parts))
        part = parts[name] if isinstance(parts[name], bytes) else parts[name].encode()
        content = zipped(parts) if rank % 2 else zipped(parts | {name: wrong_at_some_place(part, chance)})
        path.write_bytes(wrong_at_some_place(content, chance) if rank % 2 else content)
        try:
            rows_of(path)
            authors(path)
        except InputError as error:
            refused += 1
            assert "\n" not in str(error)
    assert 15 < refused < 95  # some are read


def wrong_at_some_place(content, chance):
    place = chance.randrange(len(content))
    return content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]

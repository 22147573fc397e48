"""Forms and tables filled in workbooks: what Excel and its users do is understood, or told by sheet and cell."""

import datetime
import re
import zipfile

import pytest
import xlsxwriter
from raw_files import told_cases

from ctg_analysis.clean.partner_files import clean_form
from ctg_analysis.clean.received_forms import forms_in
from ctg_analysis.demarche import empty_forms
from ctg_analysis.demarche.declared_tables import PUBLIC, TABLES
from ctg_analysis.demarche.material_files import read_material, wrong_together
from ctg_analysis.demarche.restricted_files import read_restricted
from ctg_analysis.demarche.table_files import read_folder, read_table
from ctg_analysis.model.errors import Finding, InputError, in_order
from ctg_analysis.model.habits import SheetPlace
from ctg_analysis.model.indicator import OK, SECRET
from ctg_analysis.model.settings import DataRoot
from ctg_analysis.model.source import SOURCES
from ctg_analysis.raw.files import read_workbook, rows_of

EPCI, COMMUNES = "999999999", ["99001", "01002"]
PLACES = {EPCI, *COMMUNES, "99"}
YOUTH = SOURCES["mission_locale"]
ENGLISH = re.compile(r"\b(?:found|expected|the|such as|of|a (?:number|date|value|key))\b")


def is_english(line):
    return ENGLISH.search(line.partition("feuille «")[2]) is not None


def book(path, sheets):
    """Write a workbook: cells by sheet, row by row; a pair is a formula and the value that it last had."""
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, tuple | list):
                        sheet.write_formula(at, column, cell[0], None, cell[1])
                    elif cell is not None:
                        sheet.write(at, column, cell)
    return path


def calendar(path, *rows, codes=None, above=(), name="Calendrier"):
    """Write a calendar as a workbook, and read it."""
    table = TABLES["calendrier"]
    book(path, {name: [*above, [one.label for one in table.columns.values()], codes or [*table.columns], *rows]})
    read = read_workbook(path, [table.headings])
    return read_table(read.tables["calendrier"], table) if read.tables else read


def youth(path, *rows):
    """Write a form of the mission locale as a workbook, and read it: values by commune, period and measure."""
    book(path, {"Jeunes suivis": [["territoire", "periode", "jeunes_suivis", "permanences"], *rows]})
    read = read_workbook(path, [empty_forms.headings(YOUTH)])
    if read.findings:
        raise InputError(read.findings)
    facts = clean_form(YOUTH, read.tables[YOUTH.id], PLACES, names={"valmont": "99001"})
    keys = facts[["code", "period", "measure"]].itertuples(index=False, name=None)
    return dict(zip(keys, facts["value"].where(facts["status"].eq(OK), facts["status"]), strict=True))


STEP = ["Lancement", "diagnostic partagé", "2026-11-10"]
HABITS = told_cases("spreadsheets")


@pytest.mark.parametrize("habit", HABITS["understood"])
def test_a_habit_of_excel_is_understood(habit, tmp_path):
    row, expected = HABITS["understood"][habit]
    read = calendar(tmp_path / "x.xlsx", row)
    assert read.findings == ()
    assert read.rows.iloc[0][[*expected]].to_dict() == expected


@pytest.mark.parametrize("habit", HABITS["counted"])
def test_a_number_as_partners_write_it_is_understood(habit, tmp_path):
    row, expected = HABITS["counted"][habit]
    assert youth(tmp_path / "x.xlsx", row)["99001", "2024", "youth_followed"] == expected


def test_a_code_that_lost_its_zero_a_december_and_yes_are_understood(tmp_path):
    assert youth(tmp_path / "x.xlsx", [1002, 2024, 7])["01002", "2024", "youth_followed"] == 7
    form = SOURCES["msa_familles"]
    december = [["99001", datetime.date(2024, 12, 1), 40], ["01002", "déc. 2024", 30]]
    columns = form.form.columns
    path = book(tmp_path / "m.xlsx", {"msa_familles": [columns, *december]})
    facts = clean_form(form, read_workbook(path, [empty_forms.headings(form)]).tables[form.id], PLACES)
    assert set(facts["period"]) == {"2024-12"} and sorted(facts["value"].dropna()) == [30, 40]
    form = SOURCES["enquete_locale_parentalite"]
    path = book(tmp_path / "p.xlsx", {form.form.sheet: [form.form.columns, ["99001", 2024, "Oui", "NON", True]]})
    facts = clean_form(form, read_workbook(path, [empty_forms.headings(form)]).tables[form.id], PLACES)
    said = facts[facts["status"].eq(OK)].set_index("measure")["value"].to_dict()
    assert said == {"scheme_laep": 1, "scheme_laep_itinerant": 0, "scheme_reaap": 1}


def test_a_percentage_is_the_one_that_excel_shows(tmp_path):
    table, path = TABLES["suivi"], tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Suivi annuel")
        sheet.write_row(0, 0, table.columns)
        sheet.write_row(1, 0, ["F1", 2025, "en cours"])
        sheet.write_number(1, 3, 0.45, made.add_format({"num_format": "0%"}))
        sheet.write_number(2, 3, 45, made.add_format({"num_format": '0" %"'}))
        sheet.write_row(2, 0, ["F2", 2025, "en cours"])
    read = read_workbook(path, [table.headings]).tables["suivi"]
    assert read.texts["avancement_pct"].tolist() == ["45 %", "45"]
    texts = read_table(read, table).texts
    assert texts["avancement_pct"].tolist() == ["45", "45"]
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Jeunes suivis")
        sheet.write_row(0, 0, YOUTH.form.columns)
        sheet.write_row(1, 0, ["99001", 2024])
        sheet.write_number(1, 2, 0.12, made.add_format({"num_format": "0.0%"}))
    with pytest.raises(InputError, match=r"C2 \(jeunes_suivis\) : trouvé « 12 % », attendu un nombre"):
        clean_form(YOUTH, read_workbook(path, [empty_forms.headings(YOUTH)]).tables[YOUTH.id], PLACES)


@pytest.mark.parametrize("written", ["1.234", "443.000", "1,234"])
def test_an_amount_that_can_mean_two_is_told_and_a_place_on_a_map_is_not(written, tmp_path):
    table = TABLES["financements"]
    path = book(tmp_path / "x.xlsx", {table.sheet: [[*table.columns], ["F1", "Caf", 2025, "fonctionnement", written]]})
    (told,) = read_table(read_workbook(path, [table.headings]).tables["financements"], table).findings
    assert f"E2 (montant) : trouvé « {written} », attendu un nombre de deux décimales au plus" in str(told)
    assert TABLES["equipements_services"].columns["x"].kind.how == "degrés décimaux : 2,8541"


@pytest.mark.parametrize("written", ["1234567890", "1,5", "-1"])
def test_what_is_no_whole_number_that_is_taken_is_told_with_the_most_that_there_may_be(written, tmp_path):
    table = TABLES["axes"]
    path = book(tmp_path / "x.xlsx", {table.sheet: [[*table.columns], ["A1", "Un axe", written]]})
    (told,) = read_table(read_workbook(path, [table.headings]).tables["axes"], table).findings
    assert str(told).endswith(f"C2 (ordre) : trouvé « {written} », attendu un nombre entier de 0 à 999999999")


def test_lists_are_separated_as_people_do(tmp_path):
    table = TABLES["enjeux"]
    row = ["E1", "Un enjeu", "Petite Enfance ; handicap", "C1\nC2", None, "Non"]
    path = book(tmp_path / "x.xlsx", {"ENJEUX": [[*table.columns], row]})
    read = read_table(read_workbook(path, [table.headings]).tables["enjeux"], table)
    assert read.findings == ()
    one = read.rows.iloc[0]
    assert (one["champ"], one["constats"], one["transversal"]) == (("petite enfance", "handicap"), ("C1", "C2"), False)


@pytest.mark.parametrize("habit", HABITS["told"])
def test_what_is_not_understood_is_one_french_line_with_its_cell(habit, tmp_path):
    rows, expected = HABITS["told"][habit]
    told = [str(finding) for finding in calendar(tmp_path / "x.xlsx", *rows).findings]
    assert any(f"x.xlsx, feuille « Calendrier », {expected}" in line for line in told), told
    assert [line for line in told if is_english(line) or "\n" in line] == []


@pytest.mark.parametrize("habit", HABITS["refused"])
def test_what_a_form_does_not_understand_is_one_french_line_with_its_cell(habit, tmp_path):
    row, expected = HABITS["refused"][habit]
    with pytest.raises(InputError) as error:
        youth(tmp_path / "x.xlsx", row)
    lines = str(error.value).splitlines()
    assert any(f"feuille « Jeunes suivis », {expected}" in line for line in lines), lines
    assert [line for line in lines if is_english(line)] == []


def test_what_is_wrong_with_a_sheet_is_told_cell_after_cell_as_a_person_goes_through_it(tmp_path):
    """Neither in the order of the names of its columns, nor one column after another."""
    rows = [["99001", "x", "x", "x"], ["99001", 2024, "x", 4], ["99999", 2024, 4, "x"], ["x", "x", 4, 4]]
    with pytest.raises(InputError) as error:
        youth(tmp_path / "x.xlsx", *rows)
    cells = [line.partition("suivis », ")[2].split()[0] for line in str(error.value).splitlines()]
    assert cells == ["B2", "C2", "D2", "C3", "A4", "D4", "A5", "B5"]
    place = SheetPlace.of("a.xlsx", "A", {"a": "Z", "b": "AA", "c": "B"}, header=3)
    told = [(4, "a"), (1, "missing"), (4, "b, c"), (4, "c"), (4, None), (1, "b"), (None, None)]
    ordered = in_order(Finding(place, *where, "x", "y") for where in told)
    assert [one.path.cell(one.line, one.column) for one in ordered] == [
        "", "AA3 (b)", "ligne 3 (missing)", "ligne 4", "B4 (c)", "Z4 (a)", "AA4 B4 (b, c)",
    ]  # fmt: skip


def test_the_faults_of_a_sheet_of_a_demarche_are_told_in_one_run(tmp_path):
    table = TABLES["calendrier"]
    rows = [["Lancement", "bilan", "2026"], ["Suite", "DIAGNOSTIC PARTAGÉ", ("=1/0", "#DIV/0!")], ["Fin", "x", "hier"]]
    book(tmp_path / "a.xlsx", {table.sheet: [[*table.columns, "avis"], *rows]})
    files, findings = read_folder(tmp_path, {"calendrier": table})
    found = in_order((*findings, *files["calendrier"].findings))
    told = [str(one).partition("« Calendrier », ")[2] for one in found]
    assert [line.partition(", attendu")[0] for line in told] == [
        "H1 (avis) : trouvé une colonne qui n'est pas de cette table",
        "B2 (phase) : trouvé « bilan »",
        "C3 (debut) : trouvé une case en erreur (#DIV/0!, #REF!, #N/A…)",
        "B4 (phase) : trouvé « x »",
        "C4 (debut) : trouvé « hier »",
    ]
    codes = [code if code != "debut" else "le" for code in table.columns]
    book(tmp_path / "a.xlsx", {table.sheet: [["Étape"], codes, ["Lancement", "bilan", "2026"]]})
    file = read_folder(tmp_path, {"calendrier": table})[0]["calendrier"]
    code, cell = map(str, in_order(file.findings))
    assert "C2 (le) : trouvé « le », attendu « debut », le code de cette colonne : l'écrire dans" in code
    assert "B3 (phase) : trouvé « bilan »" in cell and file.unread


@pytest.mark.parametrize("mark", [";", "\t", ","])
def test_a_csv_file_has_its_mark_and_its_blank_columns(mark, tmp_path):
    path = tmp_path / "mission_locale.csv"
    rows = [["territoire", "periode", "jeunes_suivis", "permanences", "", ""], ["99001", "2024", "1 234", "<5", "", ""]]
    path.write_text("\n".join(mark.join(row) for row in rows) + "\n", encoding="utf-8")
    facts = clean_form(YOUTH, path, PLACES)
    assert dict(zip(facts["measure"], facts["status"], strict=True)) == {"youth_followed": OK, "youth_sessions": SECRET}
    assert facts["value"].dropna().tolist() == [1234]
    path.write_text(path.read_text(encoding="utf-8").replace(f"<5{mark}", f"<5{mark}Jeanne"), encoding="utf-8")
    with pytest.raises(InputError, match="ligne 2 : trouvé une colonne sans code"):
        clean_form(YOUTH, path, PLACES)


# How a CSV was saved: its bytes, the one line that tells what to do.
SAVED = {
    "in UTF-16": ("utf-16", "", "\r\n", "ligne 1 : trouvé un texte en UTF-16, attendu un texte en UTF-8"),
    "in UTF-16 without its mark": (
        "utf-16-le",
        "",
        "\n",
        "ligne 1 : trouvé un texte en UTF-16, attendu un texte en UTF-8",
    ),
    "on an old Macintosh": ("utf-8", "", "\r", "ligne 1 : trouvé une ligne de titres illisible, attendu"),
    "with its mark told": ("utf-8", "sep=;\r\n", "\r\n", "ligne 1 : trouvé aucune ligne de titres, attendu les codes"),
    "with a title": ("utf-8", "Nos chiffres;;;\n", "\n", "ligne 1 : trouvé aucune ligne de titres, attendu les codes"),
}


@pytest.mark.parametrize("how", SAVED)
def test_a_csv_file_that_is_not_understood_is_one_french_line(how, tmp_path):
    encoding, above, end, expected = SAVED[how]
    path = tmp_path / "private" / "mission_locale.csv"
    path.parent.mkdir()
    rows = [YOUTH.form.columns, ["99001", "2024", "12", "3"]]
    path.write_bytes((above + "".join(";".join(row) + end for row in rows)).encode(encoding))
    with pytest.raises(InputError) as error:
        clean_form(YOUTH, path, PLACES)
    (line,) = str(error.value).splitlines()
    assert f"mission_locale.csv, {expected}" in line and not is_english(line)
    path = path.rename(tmp_path / "private" / "calendrier.csv")
    (told,) = read_table(path, TABLES["calendrier"]).findings
    assert expected in str(told)


def test_titles_above_columns_moved_and_sheets_renamed_are_found(tmp_path):
    codes = ["phase", "etape", "debut", "fin", "livrable", "responsable", "statut"]
    row = ["stratégie", "Lancement", "2026"]
    for rank, options in enumerate(
        ({"above": [["Notre calendrier"], []]}, {"name": "CALENDRIER "}, {"name": "calendrier"}, {"name": "Feuil1"})
    ):
        read = calendar(tmp_path / f"{rank}.xlsx", row, codes=codes, **options)
        assert read.findings == () and read.rows["etape"].tolist() == ["Lancement"]


def test_a_sheet_without_its_codes_is_known_by_its_headings(tmp_path):
    table = TABLES["calendrier"]
    headings = [column.label for column in table.columns.values()]
    path = book(tmp_path / "x.xlsx", {"Calendrier": [headings, STEP]})
    assert read_table(read_workbook(path, [table.headings]).tables["calendrier"], table).rows["debut"].tolist() == [
        "2026-11-10"
    ]


def folder_of(root):
    """Write the empty forms and tables of the invented territory."""
    empty_forms.write_forms(EPCI, "CC des Monts d'Exemple", root.private / EPCI, [("99001", "Valmont")])
    empty_forms.write_tables(root, EPCI, "CC des Monts d'Exemple", [("99001", "Valmont")])
    return root.private / EPCI


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory):
    """The forms as they are handed out: nobody writes there."""
    root = DataRoot(tmp_path_factory.mktemp("handed out"))
    folder_of(root)
    return root


def test_every_form_and_table_has_its_sheet_which_reads_as_empty(handed_out):
    folder = handed_out.private / EPCI
    known = [empty_forms.headings(source) for source in empty_forms.FORMS.values()]
    partners = {"caf", "msa", "departement", "communes", "mission_locale", "dsden"}
    read = {path.stem: read_workbook(path, known) for path in folder.glob("*.xlsx")}
    assert read.keys() == partners and not any(one.findings for one in read.values())
    assert {name for one in read.values() for name in one.tables} == empty_forms.FORMS.keys()
    assert not any(len(sheet.texts) for one in read.values() for sheet in one.tables.values())
    material, restricted = read_material(handed_out.material(EPCI)), read_restricted(handed_out, EPCI)
    assert material.findings == [] and restricted.findings == []
    sheets = read_workbook(handed_out.material(EPCI) / "demarche.xlsx", [table.headings for table in PUBLIC.values()])
    assert sheets.tables.keys() == PUBLIC.keys()


def test_lists_notes_communes_and_dates_are_there(handed_out):
    with zipfile.ZipFile(handed_out.material(EPCI) / "demarche.xlsx") as parts:
        texts = parts.read("xl/sharedStrings.xml").decode()
        rules = "".join(parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name)
        notes = "".join(parts.read(name).decode() for name in parts.namelist() if "comments" in name)
        styles = parts.read("xl/styles.xml").decode()
    assert "99001 Valmont" in texts and "code Insee, SIREN" in notes and 'formatCode="dd/mm/yyyy"' in styles
    assert "<formula1>Listes!$" in rules and "<formula1>'Constats'!$A$3:$A$2002" in rules.replace(
        "Constats!", "'Constats'!"
    )


def test_the_questionnaire_holds_questions_to_begin_with_the_commune_in_a_list(handed_out, tmp_path):
    questions = read_material(handed_out.material(EPCI)).tables["questionnaire"].rows.set_index("q_id")
    assert dict(questions.loc["commune", "modalites"]) == {"99001": "Valmont"}
    assert {"avant 8 h", "après 18 h 30", "le samedi", "la nuit"} < {
        *dict(questions.loc["horaires_souhaites", "modalites"]).values()
    }
    root = DataRoot(tmp_path)
    root.material(EPCI).mkdir(parents=True)
    (root.material(EPCI) / "questionnaire.csv").write_text(
        ";".join(PUBLIC["questionnaire"].columns) + "\n", encoding="utf-8"
    )
    folder_of(root)
    assert read_material(root.material(EPCI)).tables["questionnaire"].rows.empty  # one's own, still to be filled


def test_a_filled_workbook_is_left_as_it_is_and_what_lacks_is_added(tmp_path):
    root = DataRoot(tmp_path)
    folder = folder_of(root)
    form = empty_forms.FORMS["mission_locale"]
    mine = book(folder / "Envoi de la mission.xlsx", {form.form.sheet: [form.form.columns, ["99001", 2024, 12]]})
    (folder / "mission_locale.xlsx").unlink()
    (folder / "msa.xlsx").unlink()
    before = mine.read_bytes()
    written = empty_forms.write_forms(EPCI, "x", folder, [])
    assert [path.name for path in written] == ["msa.xlsx"] and mine.read_bytes() == before
    caf = folder / "caf.xlsx"
    book(caf, {"Foyers allocataires": [empty_forms.FORMS["caf_partenaire_familles"].form.columns]})
    before = caf.read_bytes()
    written = empty_forms.write_forms(EPCI, "x", folder, [])
    assert [path.name for path in written] == ["caf_2.xlsx"] and caf.read_bytes() == before
    assert empty_forms.write_forms(EPCI, "x", folder, []) == []


def test_a_table_that_is_filled_twice_is_told_and_one_that_is_empty_gives_way(tmp_path):
    columns = YOUTH.form.columns
    csv = tmp_path / "mission_locale.csv"
    csv.write_text(";".join(columns) + "\n", encoding="utf-8")
    book(tmp_path / "a.xlsx", {"Jeunes suivis": [columns, ["99001", 2024, 12]]})
    held = forms_in(tmp_path)
    assert held.findings == [] and len(held.tables[YOUTH.id].texts) == 1
    csv.write_text(";".join(columns) + "\n99001;2024;12;\n", encoding="utf-8")
    (told,) = forms_in(tmp_path).findings
    assert "a.xlsx, feuille « Jeunes suivis » : trouvé une table que donne aussi" in str(told)
    assert "mission_locale.csv, attendu cette table dans un seul fichier" in str(told)


def test_two_workbooks_with_the_same_tables_are_one_finding(tmp_path):
    tables = {name: TABLES[name] for name in ("axes", "calendrier", "signataires")}
    for name in ("demarche.xlsx", "autre.xlsx"):
        book(tmp_path / name, {one.sheet: [[*one.columns], ["x"]] for one in tables.values()})
    (told,) = read_folder(tmp_path, tables)[1]
    assert str(told).endswith("demarche.xlsx : trouvé 3 tables que donne aussi autre.xlsx, "
                              "attendu un seul des deux : garder le bon, retirer l'autre")  # fmt: skip


@pytest.mark.parametrize("name", ["a (1)", "a - Copie", "a copie", "a (copie)", "Copie de a"])
def test_a_copy_of_a_workbook_is_told_by_its_name_and_not_read(tmp_path, name):
    for stem in ("a", name):
        book(tmp_path / f"{stem}.xlsx", {"Jeunes suivis": [YOUTH.form.columns, ["99001", 2024, 12]]})
    (told,) = forms_in(tmp_path).findings
    assert f"{name}.xlsx : trouvé une copie de a.xlsx" in str(told)


def test_what_is_to_be_added_to_an_empty_table_is_asked_in_its_sheet(tmp_path):
    folder = tmp_path / EPCI
    folder.mkdir()
    tables = {name: TABLES[name] for name in ("objectifs", "axes")}
    (folder / "axes.csv").write_text(";".join(tables["axes"].columns) + "\n", encoding="utf-8")
    rows = {"objectifs": [["O1", "A9", "Un objectif", "E1", "", ""]], "axes": []}
    book(folder / "a.xlsx", {one.sheet: [[*one.columns], *rows[name]] for name, one in tables.items()})
    material = read_material(folder)
    told = [str(one) for one in wrong_together(material, material.tables, {EPCI})]
    assert any("trouvé « A9 », attendu un identifiant de la feuille « Axes »" in line for line in told), told


def test_a_sheet_that_is_no_table_is_told_with_those_that_are(tmp_path):
    book(tmp_path / "a.xlsx", {"Feuil1": [["Bonjour"]], "Feuil2": []})
    (told,) = forms_in(tmp_path).findings
    assert "a.xlsx, feuille « Feuil1 » : trouvé une feuille que rien ne lit, attendu l'une de ces valeurs" in str(told)
    assert "Jeunes suivis" in str(told)


# What is no workbook that opens, though it bears the name of one: its first bytes, what is said of it.
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
CLOSED = {
    "a password of Excel": (OLE + "EncryptedPackage".encode("utf-16-le"), "un classeur protégé par un mot de passe"),
    "an .xls renamed": (OLE + "Workbook".encode("utf-16-le"), "un fichier d'Excel 97, attendu un classeur enregistré"),
    "a CSV renamed": (b"territoire;periode\n", "un fichier coupé, ou d'une autre sorte"),
    "nothing": (b"", "un fichier coupé, ou d'une autre sorte"),
}


@pytest.mark.parametrize("what", CLOSED)
def test_a_file_that_is_no_workbook_says_which_it_is(what, tmp_path):
    content, expected = CLOSED[what]
    path = tmp_path / "caf.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        rows_of(path)
    (told,) = error.value.findings
    assert f"caf.xlsx : trouvé {expected}" in str(told)


def test_a_password_of_libreoffice_is_said_to_be_one(tmp_path):
    path = tmp_path / "caf.ods"
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
        parts.writestr("content.xml", b"\0\1")
    with pytest.raises(InputError, match="un classeur protégé par un mot de passe"):
        rows_of(path)


def test_an_error_of_excel_is_told_and_never_read_as_unknown(tmp_path):
    path = book(tmp_path / "x.xlsx", {"Jeunes suivis": [YOUTH.form.columns, ["99001", 2024, ("=1/0", "#DIV/0!")]]})
    (told,) = read_workbook(path, [empty_forms.headings(YOUTH)]).findings
    assert "C2 (jeunes_suivis) : trouvé une case en erreur (#DIV/0!" in str(told)

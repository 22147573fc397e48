"""Workbooks alone: a démarche from `ctg new` to its convention without a text file; the files of before, converted."""

import os
import shutil
import subprocess
import sys

import docx
import pandas as pd
import pytest
import xlsxwriter
from material_files import copy_of, places_of, said

from ctg_analysis.clean.partner_files import read_agreements
from ctg_analysis.clean.received_forms import LEAST, read_private
from ctg_analysis.demarche.empty_forms import write_forms
from ctg_analysis.demarche.former_files import convert
from ctg_analysis.demarche.material_files import read_material
from ctg_analysis.demarche.restricted_files import read_restricted
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.settings import EXAMPLE_EPCI, DataRoot, settings
from ctg_analysis.raw.files import FORMER, rows_of

WRITTEN = {  # former file → the tables that it becomes
    "consultation.yml": ["consultation"],
    "convention.yml": ["convention", "signataires", "articles", "annexes"],
    "synthese.yml": ["synthese"],
    "info_flash.yml": ["info_flash", "info_flash_dates"],
}
OLD = settings().root / "tests" / "former"


@pytest.mark.nightly
def test_the_former_files_become_the_tables_that_are_shipped(example, tmp_path):
    root = copy_of(example, tmp_path)
    public, private = root.material(EXAMPLE_EPCI), root.restricted_material(EXAMPLE_EPCI)
    for file, tables in WRITTEN.items():
        shutil.copy(OLD / file, public)
        for table in tables:
            (public / f"{table}.csv").unlink()
    shutil.copy(OLD / "conservation.yml", private)
    (private / "conservation.csv").unlink()
    (public / "noms_admis.txt").write_text("# lieux\nLes Nathalie\n", encoding="utf-8")
    told = [line for line in said(root) if "un fichier qui n'est plus lu" in line]
    assert len(told) == len(WRITTEN) + 2 and all("`ctg new EPCI` le convertit" in line for line in told)
    for folder in (public, private):
        (made,) = convert(folder)
        assert made.name == "fichiers_convertis.xlsx" and convert(folder) == []
    assert said(root) == []
    shipped, read = read_material(example.material(EXAMPLE_EPCI)), read_material(public)
    for name in (table for tables in WRITTEN.values() for table in tables):
        pd.testing.assert_frame_equal(read[name].reset_index(drop=True), shipped[name].reset_index(drop=True))
    assert read.allowed == ("Les Nathalie",)
    assert read_restricted(root, EXAMPLE_EPCI).until == read_restricted(example, EXAMPLE_EPCI).until
    assert (public / "convention.yml.converti").read_bytes() == (OLD / "convention.yml").read_bytes()
    assert [path for folder in (public, private) for path in folder.iterdir() if path.name in FORMER] == []


@pytest.mark.nightly
def test_former_agreements_become_a_sheet_and_what_cannot_be_read_stays_as_it_is(example, tmp_path):
    root = DataRoot(tmp_path / "exemple")
    folder = root.private / EXAMPLE_EPCI
    folder.mkdir(parents=True)
    shutil.copy(OLD / "accords.yml", folder)
    (finding,) = read_private(root, places_of(example)).findings[EXAMPLE_EPCI]
    assert "accords.yml : trouvé un fichier qui n'est plus lu" in str(finding)
    convert(folder)
    assert read_agreements(folder, LEAST) == read_agreements(example.private / EXAMPLE_EPCI, LEAST)
    assert read_private(root, places_of(example)).findings == {}
    (folder / "fichiers_convertis.xlsx").unlink()
    forms = {*write_forms(EXAMPLE_EPCI, "x", folder), *write_forms(EXAMPLE_EPCI, "x", folder)}
    for path in forms:
        fill(path, {}, without="Accords")  # as a version wrote them that had no sheet for agreements
    assert [path.name for path in write_forms(EXAMPLE_EPCI, "x", folder)] == ["accords.xlsx"]
    assert write_forms(EXAMPLE_EPCI, "x", folder) == [] and read_agreements(folder, LEAST) == ({}, [])
    for wrong in ("caf: [", "- caf\n", "caf: 3\n"):
        (folder / "accords.yml").write_text(wrong, encoding="utf-8")
        with pytest.raises(InputError) as error:
            convert(folder)
        assert "\n" not in str(error.value) and (folder / "accords.yml").read_text(encoding="utf-8") == wrong


def fill(path, sheets, without=""):
    """Type rows in the sheets of a workbook, below those that are there, and save it as a spreadsheet does."""
    there = rows_of(path)
    assert {*sheets} <= {name for name, *_ in there}
    with xlsxwriter.Workbook(path) as book:
        for name, rows, _ in [one for one in there if one[0] != without]:
            sheet = book.add_worksheet(name)
            for at, row in enumerate([*rows, *sheets.get(name, [])]):
                sheet.write_row(at, 0, [cell or None for cell in row])


def ctg(home, *arguments):
    """Run a command in a project; return its exit code and all that it says."""
    environment = os.environ | {"CTG_ROOT": str(home)}
    command = [sys.executable, "-m", "ctg_analysis", *arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    return ran.returncode, ran.stdout + ran.stderr


@pytest.mark.nightly
def test_from_new_to_chapter_11_and_the_convention_without_a_text_file(example, tmp_path):
    left_out = shutil.ignore_patterns("*.py", "__pycache__", "generator", "demarche")
    shutil.copytree(example.path, tmp_path / "data" / "exemple", ignore=left_out, symlinks=True)
    for name in ("data/reference", "docs", "notebooks", "requirements.lock"):
        (tmp_path / name).symlink_to(settings().root / name)
    root = DataRoot(tmp_path / "data" / "exemple")
    shutil.rmtree(root.private / EXAMPLE_EPCI)
    assert ctg(tmp_path, "new", EXAMPLE_EPCI)[0] == 0
    public, persons = root.material(EXAMPLE_EPCI), root.restricted_material(EXAMPLE_EPCI)
    written = [path for folder in (public, root.private) for path in folder.rglob("*.*")]
    assert len(written) == 8 and {path.suffix for path in written} == {".xlsx"}

    questions = read_material(public)["questionnaire"]
    export = tmp_path / "results-survey.xlsx"
    with xlsxwriter.Workbook(export) as book:
        sheet = book.add_worksheet("Réponses")
        closed = questions[questions["type"].eq("unique") & questions["filtre"].isna()]
        sheet.write_row(0, 0, ["id", "submitdate", *questions["q_id"]])
        for number in range(1, 61):
            codes = {row.q_id: row.modalites[number % len(row.modalites)][0] for row in closed.itertuples()}
            cells = [codes.get(q_id, "") for q_id in questions["q_id"]]
            sheet.write_row(number, 0, [number, f"2026-0{1 + number % 9}-10 10:00:00", *cells])
    fill(public / "demarche.xlsx", {
        "Consultation": [["volontaires", "", "60", "60", "Lien envoyé par les écoles"]],
        "Convention": [["projet", "1", "", "Convention d'essai", "01/01/2027", "31/12/2030"]],
        "Signataires": [["Caisse d'allocations familiales", "", "direction"], ["Communauté de communes"]],
    })  # fmt: skip
    kept = ("reponses", "reponses_sensibles", "reponses_ouvertes")
    fill(persons / "demarche_personnes.xlsx", {"Conservation": [[name, "31/12/2099"] for name in kept]})
    code, lines = ctg(tmp_path, "answers", EXAMPLE_EPCI, str(export))
    assert code == 0 and "feuille « Consultation »" in lines, lines
    code, lines = ctg(tmp_path, "check", EXAMPLE_EPCI)
    assert code == 0, lines
    out = tmp_path / "reports"
    code, lines = ctg(tmp_path, "build", EXAMPLE_EPCI, "--chapters", "11", "--out", str(out))
    assert code == 0, lines
    page = (out / EXAMPLE_EPCI / "11_consultation.html").read_text(encoding="utf-8")
    assert "Lien envoyé par les écoles" in page and "60" in page
    code, lines = ctg(tmp_path, "convention", EXAMPLE_EPCI, "--out", str(out))
    assert code == 0, lines
    (path,) = out.rglob("convention.docx")
    paragraphs = [one.text for one in docx.Document(path).paragraphs]
    assert any("Convention d’essai" in text for text in paragraphs)

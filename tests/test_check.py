"""`ctg check` says all that is wrong in one run, `ctg new` writes the forms."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import typer
import xlsxwriter
import yaml
from environment import environment
from material_files import add, change
from raw_files import certify, keep, told_cases
from real_project import agreed
from typer.testing import CliRunner

from ctg_analysis.clean import received_forms
from ctg_analysis.clean.received_forms import FORMS
from ctg_analysis.cli import app, check_command
from ctg_analysis.cli.check_command import by_urgency
from ctg_analysis.model import settings as settings_
from ctg_analysis.model.errors import Finding, InputError, UserError, in_lines
from ctg_analysis.model.settings import EXAMPLE_EPCI, DataRoot, data_root, settings
from ctg_analysis.pipeline import check_raw
from ctg_analysis.pipeline.check_raw import check_root
from ctg_analysis.pipeline.freshness import changed, inputs
from ctg_analysis.pipeline.run import process

pytestmark = pytest.mark.slow

BIRTHS = "insee_etat_civil/DS_ETAT_CIVIL_NAIS_COMMUNES_2025.csv"
COMMUNES = {"etalab_decoupage", "contours"}
SOME = COMMUNES | {"insee_etat_civil", "rna", "france_services", "depp_ips", "insee_acces", "demarche"}
YOUTH = f"{EXAMPLE_EPCI}/mission_locale.csv"
CHILDMINDERS = f"{EXAMPLE_EPCI}/pmi_assistants_maternels.csv"


@pytest.fixture
def root(tmp_path):
    """A copy of some sources of the invented territory as received, of all its forms, that a test may spoil."""
    copy = tmp_path / "exemple"
    shutil.copytree(
        data_root(EXAMPLE_EPCI).path, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__", "processed")
    )
    keep(DataRoot(copy), SOME)
    return DataRoot(copy)


def _after_data(root):
    """What is said of the invented territory when what `ctg data` has read is not read again."""
    return by_urgency(root, [EXAMPLE_EPCI], changed(root, inputs(root)))


def without_forms(root, *sources):
    """Keep the communes and these sources of the copy alone."""
    keep(root, COMMUNES.union(sources))
    shutil.rmtree(root.private)


def put(path, line, column, text):
    """Write a text in a cell; lines count from 1, columns from 0."""
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[line - 1].split(";")
    cells[column] = text
    lines[line - 1] = ";".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def spoil(root):
    """One fault in an official file, one in its communes, two in the forms, one in the agreements."""
    put(root.raw / BIRTHS, 5, 3, "-3")
    put(root.raw / "rna" / "full" / "waldec.csv", 2, 2, "A;")
    put(root.raw / "france_services" / "full" / "liste_france_services.csv", 2, 0, "99998")
    put(root.raw / "depp_ips" / "full" / "fr-en-ips-ecoles-ap2022_exemple.csv", 2, 3, "99997")
    for file in (
        BIRTHS,
        "rna/full/waldec.csv",
        "france_services/full/liste_france_services.csv",
        "depp_ips/full/fr-en-ips-ecoles-ap2022_exemple.csv",
    ):
        certify(root.raw / file)
    put(root.private / YOUTH, 3, 2, "-4")
    put(root.private / YOUTH, 4, 0, "98001")
    put(root.private / EXAMPLE_EPCI / "accords.csv", 3, 3, "4")


EXPECTED = (
    "DS_ETAT_CIVIL_NAIS_COMMUNES_2025.csv, ligne 5, colonne OBS_VALUE : trouvé -3",
    "waldec.csv, ligne 2 : trouvé 4 cases, attendu 3",
    "raw/france_services/full : trouvé 99998, attendu des communes de 2026",
    "raw/depp_ips/full : trouvé 99997, attendu des communes de l'année du fichier",
    "mission_locale.csv, ligne 3, colonne jeunes_suivis : trouvé -4",
    "mission_locale.csv, ligne 4, colonne territoire : trouvé « 98001 »",
    "colonne seuil : trouvé 4, attendu un nombre entier, 5 ou plus",
    "msa_familles.csv : trouvé un formulaire sans accord valable",
)


def test_the_faults_of_files_communes_forms_and_agreements_come_in_one_run(root):
    spoil(root)
    answer = CliRunner().invoke(app, ["check", str(root.path)])
    lines = answer.stdout.splitlines()
    assert answer.exit_code == 1 and isinstance(answer.exception, SystemExit)
    assert answer.stderr == "8 défauts : 8 dans les données et les formulaires\n"
    assert len(lines) == len(EXPECTED), answer.stdout
    for expected, line in zip(EXPECTED, sorted(check_root(root), key=_rank), strict=True):
        assert expected in str(line) and str(line) in lines
    assert any(", ligne 3, colonne jeunes_suivis : trouvé -4, attendu un nombre, 0 ou plus" in line for line in lines)


def _rank(finding):
    return next(rank for rank, expected in enumerate(EXPECTED) if expected in str(finding))


def test_what_lies_astray_is_told_on_one_line_but_not_what_git_or_a_fetch_or_a_person_keeps_there(root):
    without_forms(root, "insee_etat_civil", "insee_acces")
    home = root.raw / "insee_acces"
    for kept in (
        root.raw / ".gitkeep",
        root.raw / "README.md",
        root.raw / ".insee_acces.lock",
        home / ".gitkeep",
        home / "README",
    ):
        kept.write_text("-", encoding="utf-8")
    (home / ".partial").mkdir()
    (home / ".partial" / "donnees.parquet.part").write_bytes(b"1")
    (root.raw / "demarche").mkdir(exist_ok=True)
    assert check_root(root) == []
    shutil.copytree(home, home / "full")
    assert check_root(root) == []
    (root.raw / "waldec.csv").write_text("?", encoding="utf-8")
    (home / "full" / "waldec2.csv").write_text("?", encoding="utf-8")
    (home / "copie").mkdir()
    shutil.copytree(root.raw / "insee_etat_civil", root.raw / "insee_etat_civil2")
    certificate = root.raw / "insee_etat_civil2" / "source.yml"
    text = certificate.read_text(encoding="utf-8").replace("id: insee_etat_civil", "id: insee_etat_civil2")
    certificate.write_text(text, encoding="utf-8")
    told = [
        "raw/insee_acces/copie : trouvé un dossier sans certificat",
        "raw/insee_acces/full/waldec2.csv : trouvé un fichier sans certificat",
        "raw/insee_etat_civil2 : trouvé un dossier d'aucune source connue, attendu l'identifiant d'une source",
        "raw/waldec.csv : trouvé un fichier à côté des dossiers des sources",
    ]
    lines = [str(finding) for finding in check_root(root)]
    assert len(lines) == len(told) and all(expected in line for expected, line in zip(told, lines, strict=True)), lines


@pytest.mark.nightly
def test_a_build_is_told_what_lies_astray_as_check_tells_it(root):
    """It stops the build that would have left it out; notes and what a fetch keeps do not."""
    without_forms(root, "insee_acces")
    home, before = root.raw / "insee_acces", inputs(root)
    for kept in (root.raw / "README.md", home / ".gitkeep"):
        kept.write_text("-", encoding="utf-8")
    (home / ".partial").mkdir()
    (home / ".partial" / "donnees.parquet.part").write_bytes(b"1")
    assert inputs(root) == before
    for astray in (root.raw / "waldec.csv", home / "donnees.csv", home / "copie" / "donnees.csv"):
        astray.parent.mkdir(exist_ok=True)
        astray.write_text("?", encoding="utf-8")
        assert inputs(root) != before, astray
        with pytest.raises(InputError) as error:
            process(root)
        assert error.value.findings == check_root(root) and len(error.value.findings) == 1
        astray.unlink()
        shutil.rmtree(home / "copie", ignore_errors=True)
    assert inputs(root) == before


def test_without_the_communes_the_files_are_read_all_the_same(root):
    without_forms(root, "insee_etat_civil")
    put(root.raw / BIRTHS, 5, 3, "-3")
    certify(root.raw / BIRTHS)
    (root.raw / "contours" / "source.yml").unlink()
    lines = [str(finding) for finding in check_root(root)]
    assert len(lines) == 2
    assert any("contours/source.yml : trouvé aucun certificat" in line for line in lines)
    assert any("ligne 5, colonne OBS_VALUE : trouvé -3" in line for line in lines)


def test_a_file_that_no_pattern_of_its_source_knows_is_told(root):
    without_forms(root, "insee_acces")
    folder = root.raw / "insee_acces"
    (folder / "donnees_2025_reg99.parquet").rename(folder / "temps.parquet")
    certificate = folder / "source.yml"
    text = certificate.read_text(encoding="utf-8").replace("donnees_2025_reg99.parquet", "temps.parquet")
    certificate.write_text(text, encoding="utf-8")
    (line,) = [str(finding) for finding in check_root(root)]
    assert "raw/insee_acces : trouvé aucun fichier connu, attendu donnees_*.parquet" in line


def test_the_command_new_writes_the_forms_of_an_epci_and_refuses_another_number(tmp_path, example):
    shutil.copytree(example.path, tmp_path / "data" / "exemple")
    for name in ("data/reference", "requirements.lock"):
        (tmp_path / name).symlink_to(settings().root / name)
    before = (tmp_path / "data" / "exemple" / "private" / YOUTH).read_bytes()
    with environment(CTG_ROOT=tmp_path):
        with pytest.raises(UserError, match="« 999999970 » : aucun de ce SIREN ni de ce nom") as refused:
            CliRunner().invoke(app, ["new", "999999970"], catch_exceptions=False)
        answer = CliRunner().invoke(app, ["new", "999999998"], catch_exceptions=False)
    assert "\n" not in str(refused.value) and answer.exit_code == 0, answer.stderr
    assert "data/exemple/private/999999998 : 6 fichiers ; commencer par la feuille « Lisez-moi »" in answer.stderr
    folder = tmp_path / "data" / "exemple" / "private" / "999999998"
    assert (folder / "demarche" / "demarche_personnes.xlsx").is_file() and len([*folder.rglob("*.*")]) == 7
    assert (tmp_path / "data" / "exemple" / "private" / YOUTH).read_bytes() == before
    made = DataRoot(tmp_path / "data" / "exemple")
    keep(made, SOME)
    assert check_root(made) == []  # empty forms are no fault


@pytest.mark.nightly
def test_only_what_has_changed_is_looked_at_again_and_the_findings_are_those_of_the_whole(root, monkeypatch):
    process(root)
    read = []
    check_source = check_raw._check_source
    monkeypatch.setattr(
        check_raw, "_check_source", lambda name, *others: read.append(name) or check_source(name, *others)
    )
    assert check_root(root, changed(root, inputs(root))) == [] and read == []
    put(root.raw / "rna" / "full" / "waldec.csv", 3, 2, "A;")
    certify(root.raw / "rna/full/waldec.csv")
    said = check_root(root, changed(root, inputs(root)))
    assert read == ["rna"] and said == check_root(root) != []


@pytest.mark.nightly
def test_one_edited_cell_is_checked_as_the_whole(example, tmp_path, monkeypatch):
    """Of the démarche as of a form, on which a proof may rest."""
    root = DataRoot(tmp_path / "exemple")
    shutil.copytree(example.path, root.path, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    assert not any(_after_data(root).values())
    change(root.material(EXAMPLE_EPCI) / "actions.csv", 3, "axe_id", "Z9")
    again = _after_data(root)
    assert again["files"] and again == by_urgency(root, [EXAMPLE_EPCI])
    put(root.private / YOUTH, 3, 2, "9")
    read, cleaner = [], received_forms.cleaner
    monkeypatch.setattr(received_forms, "cleaner", lambda source: read.append(source.form_file) or cleaner(source))
    assert check_root(root, changed(root, inputs(root))) == [] and read == [Path(YOUTH).name]
    assert _after_data(root) == by_urgency(root, [EXAMPLE_EPCI])
    change(root.material(EXAMPLE_EPCI) / "actions.csv", 3, "axe_id", "A1")
    put(root.private / CHILDMINDERS, 19, 4, "7")
    said = _after_data(root)
    assert [finding.column for finding in said["chain"]] == ["lecture"]  # at least 35 % are 55 or older: no longer
    assert said == by_urgency(root, [EXAMPLE_EPCI])
    (root.processed / "territories.parquet").write_text("damaged", encoding="utf-8")
    assert _after_data(root) == said
    monkeypatch.setattr(check_command, "data_root", lambda epci: root)
    check_command._must_be_known(EXAMPLE_EPCI)


@pytest.mark.nightly
def test_a_proof_by_what_the_demarche_gathers_is_held_to_its_own_tables(example, tmp_path):
    root = DataRoot(tmp_path / "exemple")
    shutil.copytree(example.path, root.path, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    proofs, kind = root.material(EXAMPLE_EPCI) / "preuves.csv", {"constat_id": "C01", "type": "indicateur"}
    for ref in ("competence_leisure_count+99001+2024", "parents_need_meeting_place_share+999999999+2024"):
        line = add(proofs, **kind, ref=ref, sens="appuie", lecture="au moins", repere="1")
    assert not any(_after_data(root).values())
    change(proofs, line, "repere", "99")
    said = _after_data(root)
    assert [(finding.line, finding.column) for finding in said["chain"]] == [(line, "lecture")]
    assert said == by_urgency(root, [EXAMPLE_EPCI])


def test_the_most_urgent_is_told_first_in_french_with_a_count(example, capsys, monkeypatch):
    one = Finding("a.csv", 2, "b", "c", "d")
    found = {"chain": [one], "persons": [replace(one, path="z.csv")], "files": [], "data": []}
    monkeypatch.setattr(check_command, "by_urgency", lambda *of: found)
    with pytest.raises(typer.Exit):
        check_command.check(EXAMPLE_EPCI)
    said = capsys.readouterr()
    assert [line[:5] for line in said.out.splitlines()] == ["z.csv", "a.csv"]
    assert said.err == (
        "2 défauts : 1 sur une personne nommée ou une donnée à supprimer, "
        "1 sur la chaîne des preuves aux actions et la convention\n"
    )
    with pytest.raises(UserError, match="EPCI « 999999123 » : aucun de ce SIREN ni de ce nom"):
        check_command.check("999999123")


def test_what_was_fetched_more_than_a_year_ago_is_named(tmp_path, example):
    root = DataRoot(tmp_path)
    names = {"finess": "2020-01-01", "rna": "2999-01-01"}
    fields = ("titre", "producteur", "jeu_de_donnees", "millesime", "geographie", "licence", "couverture")
    for name, day in names.items():
        for folder in (root.raw / name / "full", root.raw / name / "france"):
            folder.mkdir(parents=True)
            said = dict.fromkeys((*fields, "secret_arrondi"), "x") | {"id": name, "date_acces": day}
            said["fichiers"] = [{"fichier": "a.csv", "octets": 1, "sha256": "0"}]
            (folder / "source.yml").write_text(yaml.safe_dump(said), encoding="utf-8")
    assert check_command.fetched_long_ago(root) == ["finess"]
    assert check_command.fetched_long_ago(example) == []  # invented: nobody fetches it again


def test_a_notebook_that_is_no_file_is_refused_and_nothing_waits_for_it(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    os.mkfifo(tmp_path / "notebooks" / "31_essai.ipynb")
    monkeypatch.setattr(settings_, "settings", lambda: replace(settings(), root=tmp_path))
    (refused,) = settings_.notebooks()
    assert "refused" in refused.fault


DIRTY = told_cases("workbook")


def test_all_the_faults_of_a_workbook_are_told_in_one_run(root):
    without_forms(root)
    folder = root.private / EXAMPLE_EPCI
    folder.mkdir(parents=True)
    with xlsxwriter.Workbook(folder / "caf.xlsx") as book:
        for name, rows in DIRTY["rows"].items():
            columns = [*FORMS[name].form.columns]
            columns += sorted({column for row in rows for column in row} - {*columns})
            sheet = book.add_worksheet(FORMS[name].form.sheet)
            sheet.write_row(1, 0, columns)
            for at, row in enumerate(rows, start=2):
                for column, cell in row.items():
                    if isinstance(cell, list):
                        sheet.write_formula(at, columns.index(column), cell[0], None, cell[1])
                    else:
                        sheet.write(at, columns.index(column), cell)
    shutil.copy(folder / "caf.xlsx", folder / "caf (1).xlsx")
    signed = ("2026-03-02", "convention du 12 janvier 2026")
    agreed(folder, dict.fromkeys(DIRTY["rows"], (*signed, "")) | {"caf_partenaire_petite_enfance": (*signed, 3)})
    told = in_lines(check_root(root))
    assert [line for line in DIRTY["told"] if line not in "\n".join(told)] == []
    assert DIRTY["told"][0] in told[0] and len(told) == len(DIRTY["told"])

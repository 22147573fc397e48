"""A night: seven EPCIs of a département, the files of three of them at fault; the fault of one is nobody else's."""

import os
import shutil
import subprocess
import sys

import pandas as pd
import pytest
from real_project import agreed

from ctg_analysis.model.settings import MATERIAL, settings
from ctg_analysis.model.source import SOURCES
from ctg_analysis.publish.pool import ENVIRONMENT
from ctg_analysis.publish.site import wanted
from ctg_analysis.raw.form_workbooks import partner_workbook

pytestmark = [pytest.mark.slow, pytest.mark.nightly]

DEPARTEMENT = "2A"
FAMILIES, YOUTH = SOURCES["caf_partenaire_familles"], SOURCES["mission_locale"]
CALENDAR = "etape;phase;debut;fin;livrable;responsable;statut\nBilan;diagnostic partagé;2023-11;2023-12;;Caf;faite\n"
STATEMENTS = "constat_id;champ;enonce;type;force_preuve;valide_en;statut\nC01;{};{};menace;3;;proposé\n"


def project(root, epcis):
    """Write a project with the real data, a form of the Caf for each of these EPCIs, a démarche for the last one."""
    source = settings().root
    (root / "data" / "raw" / MATERIAL / epcis[-1]).mkdir(parents=True)
    for path in (source / "data" / "raw").iterdir():
        if path.name != MATERIAL:
            (root / "data" / "raw" / path.name).symlink_to(path)
    if (source / "data" / ".cache").is_dir():
        shutil.copytree(source / "data" / ".cache", root / "data" / ".cache", copy_function=os.link)
    shutil.copytree(settings().reference, root / "data" / "reference")
    shutil.copytree(source / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*", "*.csv"))
    for name in ("docs", "requirements.lock", "data/exemple"):
        (root / name).symlink_to(source / name)
    for epci in epcis:
        (root / "data" / "private" / epci).mkdir(parents=True)
        agreed(root / "data" / "private" / epci, dict.fromkeys((FAMILIES.id, YOUTH.id), ("2026-03-02", "inventée", 5)))
        write_form(root, epci, FAMILIES, "foyers_reference", "1200")
        write_form(root, epci, YOUTH, "jeunes_suivis", "240")
    (root / "data" / "raw" / MATERIAL / epcis[-1] / "calendrier.csv").write_text(CALENDAR, encoding="utf-8")


def write_form(root, epci, source, column, cell):
    columns = source.form.columns
    row = [{"territoire": epci, "periode": "2024", column: cell}.get(name, "") for name in columns]
    path = root / "data" / "private" / epci / source.form_file
    path.write_text("\n".join([";".join(columns), ";".join(row), ""]), encoding="utf-8")


def built(root):
    """Return the exit code of a build of the département, its lines, the EPCIs of which chapters were made again."""
    answer = subprocess.run(
        [sys.executable, "-m", "ctg_analysis", "build", "--departement", DEPARTEMENT, "--chapters", "05,16"],
        env=os.environ | ENVIRONMENT | {"CTG_ROOT": str(root)},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    lines = answer.stderr.splitlines()
    again = {line.split("/")[1] for line in lines if " refait" in line}
    return answer.returncode, [line for line in lines if "index.html" not in line], again


def test_the_fault_of_one_epci_stops_no_other_and_what_is_mended_alone_is_built_again(tmp_path, france, example):
    epcis = sorted(wanted([], every=False, departement=DEPARTEMENT))
    assert len(epcis) == 7
    cell, cut, named = epcis[0], epcis[2], epcis[-1]
    root = tmp_path / "project"
    project(root, epcis)
    write_form(root, cell, FAMILIES, "foyers_reference", "environ 30")
    (root / "data" / "private" / cut / FAMILIES.form_file).unlink()
    workbook = root / "data" / "private" / cut / FAMILIES.form_workbook
    workbook.write_bytes(partner_workbook([FAMILIES], "x", [(cut, "x")])[:3000])
    statements = root / "data" / "raw" / MATERIAL / named / "constats.csv"
    statements.write_text(STATEMENTS.format("petite enfances", "Mme Dupont garde seule."), encoding="utf-8")

    code, lines, again = built(root)
    assert code == 2 and again == {*epcis}, lines
    assert lines[-1].startswith("rapports sans défaut : 4 sur 7") and len(lines) == 5
    said = {line[:9]: line for line in lines[:-1]}
    assert f"{FAMILIES.form_file}, ligne 2, colonne foyers_reference : trouvé « environ 30 », attendu" in said[cell]
    assert f"{FAMILIES.form_workbook} : trouvé un fichier coupé" in said[cut]
    assert "constats.csv, ligne 2" in said[named] and said[named].endswith(f"défaut : ctg check {named}")
    reports = root / "reports"
    lacks = {epci: (reports / epci / "manques.html").read_text(encoding="utf-8") for epci in epcis}
    assert [epci for epci in epcis if "Reçu mais illisible" in lacks[epci]] == [cell, cut, named]
    assert f"{FAMILIES.form_file}, ligne 2" in lacks[cell] and "constats.csv, ligne 2" in lacks[named]
    assert "n’a pas pu être établi" in (reports / named / "16_suivi.html").read_text(encoding="utf-8")
    told = pd.read_parquet(reports / cell / "observations.parquet").query("status == 'ok' and level == 'epci'")
    told = told[told["territory"].eq(cell)]
    assert YOUTH.id in set(told["source"]) and FAMILIES.id not in set(told["source"])
    typed = (b"environ 30", b"Dupont", b"petite enfances")
    files = [path for folder in (reports, root / "data" / "processed") for path in folder.rglob("*") if path.is_file()]
    assert [path for path in files if any(word in path.read_bytes() for word in typed)] == []
    code, lines, again = built(root)
    assert (code, again, len(lines)) == (2, set(), 4)  # nothing to do, and the faults are told again

    write_form(root, cell, FAMILIES, "foyers_reference", "1200")
    workbook.unlink()
    write_form(root, cut, FAMILIES, "foyers_reference", "1200")
    statements.unlink()
    code, lines, again = built(root)
    assert code == 0 and again == {cell, cut, named}
    assert lines[-1].startswith("rapports sans défaut : 7 sur 7") and len(lines) == 2

    accords = root / "data" / "private" / epcis[3] / "accords.csv"
    text = accords.read_text(encoding="utf-8")
    accords.write_text(text.replace("convention", "titre", 1), encoding="utf-8")
    code, lines, again = built(root)
    assert code == 2 and again == {epcis[3]} and "accords.csv" in lines[0]
    accords.write_text(text, encoding="utf-8")
    code, lines, again = built(root)
    assert code == 0 and again == {epcis[3]}, lines

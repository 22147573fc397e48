"""What is at fault in the files of one EPCI is left out of its own figures, as if it had not come."""

import json
import shutil

import pandas as pd
import pytest
from raw_files import FEW, keep

from ctg_analysis.demarche.demarche import Demarche
from ctg_analysis.indicators.observations import FOLDER
from ctg_analysis.model.form import CONFIRMED
from ctg_analysis.model.settings import EXAMPLE_EPCI, MATERIAL, DataRoot
from ctg_analysis.model.source import SOURCES
from ctg_analysis.pipeline.check_raw import check_root
from ctg_analysis.pipeline.faults import fault_line, faults
from ctg_analysis.pipeline.freshness import changed, inputs
from ctg_analysis.pipeline.run import process
from ctg_analysis.raw.folders import UNREAD, faulty, read_unread

pytestmark = [pytest.mark.slow, pytest.mark.nightly]

OTHER = "999999998"
MSA, BOTH = SOURCES["msa_familles"], SOURCES["caf_et_msa"]


@pytest.fixture
def root(tmp_path, example):
    """A data root with the forms and the démarche of the invented EPCI, and what its neighbour sends."""
    home = DataRoot(tmp_path / "exemple")
    left_out = shutil.ignore_patterns("*.py", "__pycache__", "processed", "generator")
    shutil.copytree(example.path, home.path, ignore=left_out)
    keep(home, FEW | {"caf_s_ben_epci_f", "caf_s_ben_dep", MATERIAL})
    (home.private / OTHER).mkdir()
    shutil.copy(home.private / EXAMPLE_EPCI / "accords.csv", home.private / OTHER)
    columns = [name for name in SOURCES["mission_locale"].form.columns if name != CONFIRMED]
    lines = [";".join(columns), ";".join([OTHER, "2024", *["12"] * (len(columns) - 2)]), ""]
    (home.private / OTHER / "mission_locale.csv").write_text("\n".join(lines), encoding="utf-8")
    return home


def spoilt(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return text


def told_of(root, epci):
    table = pd.read_parquet(root.processed / FOLDER)
    return table[table["territory"].eq(epci) & table["status"].eq("ok")].reset_index(drop=True)


def test_a_form_that_cannot_be_read_is_one_that_has_not_come_and_its_place_alone_is_kept(root):
    """The sum of the Caf and the MSA goes with the form of the MSA: it is never that of the Caf alone."""
    process(root)
    assert {MSA.id, BOTH.id} <= set(told_of(root, EXAMPLE_EPCI)["source"]) and faulty(root) == []
    path = root.private / EXAMPLE_EPCI / MSA.form_file
    good = path.read_text(encoding="utf-8")
    path.unlink()
    process(root)
    without = pd.read_parquet(root.processed / FOLDER)
    head, first, *others = good.splitlines()
    path.write_text("\n".join([head, first.rsplit(";", 1)[0] + ";environ 30", *others, ""]), encoding="utf-8")
    process(root)
    pd.testing.assert_frame_equal(pd.read_parquet(root.processed / FOLDER), without)
    assert read_unread(root, EXAMPLE_EPCI) == {MSA.id: f"{MSA.form_file}, ligne 2"} and faulty(root) == [EXAMPLE_EPCI]
    line = fault_line(root, EXAMPLE_EPCI)
    assert line.startswith(f"{EXAMPLE_EPCI} : reçu mais illisible, publié sans : ") and "trouvé « environ 30 »" in line
    assert "environ 30" not in (root.processed / UNREAD).read_text(encoding="utf-8")
    assert fault_line(root, OTHER) == "" and [*faults(root, EXAMPLE_EPCI)] == [
        finding
        for finding in check_root(root, changed(root, inputs(root)))
        if "private" in finding.path or "demarche" in finding.path
    ]
    path.write_text(good, encoding="utf-8")
    process(root)
    assert {MSA.id, BOTH.id} <= set(told_of(root, EXAMPLE_EPCI)["source"]) and faulty(root) == []


def test_every_sort_of_fault_is_that_of_its_epci(root):
    """Of the other EPCI nothing changes, nor does anything of the other forms."""
    process(root)
    folder = root.private / EXAMPLE_EPCI
    before, others = set(told_of(root, EXAMPLE_EPCI)["source"]), told_of(root, OTHER)
    (folder / "mission_locale.csv").unlink()
    (folder / "mission_locale.xlsx").write_bytes(b"PK\x03\x04")
    (folder / "Mme Dupont.xlsx").write_bytes(b"PK\x03\x04")
    (folder / "pmi.pdf").write_bytes(b"x")
    spoilt(folder / "accords.csv", "article 4;5", "article 4;2")
    spoilt(root.material(EXAMPLE_EPCI) / "enjeux.csv", "petite enfance", "petite enfances")
    spoilt(root.material(EXAMPLE_EPCI) / "constats.csv", "L'accueil", "Mme Dupont, l'accueil")
    process(root)
    unread = read_unread(root, EXAMPLE_EPCI)
    families = "caf_partenaire_familles"
    assert unread == {
        families: f"{families}.csv",
        "mission_locale": "mission_locale.xlsx",
        "": "un fichier .xlsx",
        MATERIAL: "constats.csv, ligne 2",
    }
    assert set(told_of(root, EXAMPLE_EPCI)["source"]) == before - {families, "mission_locale"}
    pd.testing.assert_frame_equal(told_of(root, OTHER), others)
    assert not Demarche(EXAMPLE_EPCI, root).folder.is_dir() and Demarche(EXAMPLE_EPCI, root).unread
    kept = [root.processed / UNREAD, root.processed / MATERIAL / UNREAD]
    assert "Dupont" not in json.dumps([path.read_text(encoding="utf-8") for path in kept])


def test_two_forms_that_say_otherwise_of_their_departement_both_say_nothing_of_it(root):
    path = root.private / OTHER / "mission_locale.csv"
    _, row, _ = path.read_text(encoding="utf-8").split("\n")
    for epci, count in ((EXAMPLE_EPCI, "300"), (OTHER, "301")):
        form = root.private / epci / "mission_locale.csv"
        cells = ["99", "2024", *[count] * (len(row.split(";")) - 2)]
        lines = [one for one in form.read_text(encoding="utf-8").splitlines() if not one.startswith("99;")]
        form.write_text("\n".join([*lines, ";".join(cells), ""]), encoding="utf-8")
    process(root)
    assert faulty(root) == [OTHER, EXAMPLE_EPCI] and "mission_locale" not in read_unread(root, OTHER)
    assert "deux chiffres de 99 en 2024" in fault_line(root, OTHER)
    assert "mission_locale" in set(told_of(root, OTHER)["source"])
    assert "mission_locale" not in set(told_of(root, "99")["source"])

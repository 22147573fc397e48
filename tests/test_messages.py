"""What a coordinator reads: cells as they were typed, French numbers, her own sheets; all of a file in one pass."""

import pandas as pd
import pytest
from material_files import add, change, copy_of, line_of, said

from ctg_analysis.clean.partner_files import clean_form
from ctg_analysis.demarche.declared_tables import PUBLIC
from ctg_analysis.demarche.table_files import table_workbook
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.settings import EXAMPLE_EPCI
from ctg_analysis.model.source import SOURCES


@pytest.fixture
def root(tmp_path, example):
    return copy_of(example, tmp_path)


def rows_of(path):
    return pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)


def in_one_workbook(root, name, without=()):
    """Put the tables of a démarche in the sheets of one workbook, which bears a name of the team's own."""
    folder = root.material(EXAMPLE_EPCI)
    files = {name: folder / table.file for name, table in PUBLIC.items() if (folder / table.file).is_file()}
    rows = {name: rows_of(path) for name, path in files.items() if name not in without}
    (folder / name).write_bytes(table_workbook("La démarche", (), {one: PUBLIC[one] for one in rows}, rows=rows))
    for path in files.values():
        path.unlink()


def test_a_cell_is_quoted_as_it_was_typed(root):
    public = root.material(EXAMPLE_EPCI)
    change(public / "calendrier.csv", 2, "debut", "31/12/2024")
    change(public / "calendrier.csv", 2, "fin", "1er décembre 2024")
    change(public / "financements.csv", 3, "montant", "12 000 € environ")
    change(public / "actions.csv", line_of(public / "actions.csv", "action_id", "F04"), "calendrier_fin", "déc. 2031")
    lines = said(root)
    for told in (
        "ligne 2, colonne fin : trouvé « 1er décembre 2024 », attendu une date après 31/12/2024",
        "ligne 3, colonne montant : trouvé « 12 000 € environ », attendu un nombre",
        "colonne calendrier_fin : trouvé « déc. 2031 », attendu dans les années de la convention",
    ):
        assert sum(told in line for line in lines) == 1, lines


def test_a_cell_of_a_form_is_quoted_as_it_was_typed(tmp_path):
    path = tmp_path / "mission_locale.csv"
    path.write_text("territoire;periode;jeunes_suivis;permanences\n12119 Laguiole;31/12/2024;12 000 €;1\n", "utf-8")
    with pytest.raises(InputError) as error:
        clean_form(SOURCES["mission_locale"], path, {"99001"})
    count, place = sorted(str(error.value).splitlines(), key=lambda line: "territoire" in line)
    assert "colonne jeunes_suivis : trouvé « 12 000 € », attendu un nombre" in count
    assert "colonne territoire : trouvé « 12119 Laguiole », attendu l'EPCI" in place


def test_numbers_are_written_in_french(root):
    public = root.material(EXAMPLE_EPCI)
    change(public / "actions.csv", line_of(public / "actions.csv", "action_id", "F01"), "budget_fonct", "190 000")
    (line,) = said(root)
    assert "colonne budget_fonct : trouvé 190 000, attendu 30 000, ce qu'apportent les financeurs" in line


def test_all_faults_of_a_file_are_told_in_one_pass(root):
    """A total below a table, a column of one's own, and a retained enjeu that no action serves any more."""
    public = root.material(EXAMPLE_EPCI)
    add(public / "financements.csv", action_id="Total", montant="186 300")
    rows = rows_of(public / "actions.csv")
    rows.loc[rows["action_id"].isin(["F06", "F07"]), "statut"] = "abandonnée"
    rows.loc[rows["action_id"].eq("F08"), "priorite"] = "9"
    rows.assign(remarque="").to_csv(public / "actions.csv", sep=";", index=False)
    change(public / "reunions.csv", 5, "date", "01/19/2025")
    change(public / "reunions.csv", 1, "instance", "reunie")
    found = [line.partition(f"{EXAMPLE_EPCI}/")[2].partition(", attendu")[0] for line in said(root)]
    total = len((public / "financements.csv").read_text(encoding="utf-8").splitlines())
    for told in (
        f"financements.csv, ligne {total} : trouvé « Total »",
        "actions.csv, ligne 1, colonne remarque : trouvé une colonne qui n'est pas de cette table",
        "actions.csv, ligne 9, colonne priorite : trouvé « 9 »",
        "enjeux.csv, ligne 4, colonne enjeu_id : trouvé E03, retenu sans action",
        "reunions.csv, ligne 1, colonne reunie : trouvé « reunie »",
        "reunions.csv, ligne 5, colonne date : trouvé « 01/19/2025 »",
    ):
        assert told in found, found
    assert len(found) == 6, found


def test_a_wrong_line_serves_and_pays_what_it_names(root):
    """An action whose priority is no number serves its enjeu; of money that cannot be read no sum is made."""
    public = root.material(EXAMPLE_EPCI)
    for action in ("F06", "F07"):
        change(public / "actions.csv", line_of(public / "actions.csv", "action_id", action), "priorite", "9")
    change(public / "financements.csv", line_of(public / "financements.csv", "action_id", "F13"), "montant", "mille")
    assert [line.partition("colonne ")[2].partition(" ")[0] for line in said(root)] == [
        "priorite",
        "priorite",
        "montant",
    ]


def test_sheets_and_workbooks_bear_the_names_that_the_team_gave(root):
    """Neither a canonical workbook nor a CSV file is told to who has neither."""
    public = root.material(EXAMPLE_EPCI)
    change(public / "constats.csv", line_of(public / "constats.csv", "constat_id", "C16"), "force_preuve", "3")
    in_one_workbook(root, "CTG 2024.xlsx", without=("convention", "signataires"))
    lines = said(root)
    assert any("CTG 2024.xlsx, feuille « Convention » : trouvé aucune convention encore" in line for line in lines)
    assert any("attendu 2 au moins dans la feuille « Preuves »" in line for line in lines)
    public_lines = [line for line in lines if line.startswith("raw/")]
    assert [line for line in public_lines if ".csv" in line or "demarche.xlsx" in line] == []

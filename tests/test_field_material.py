"""The field material: bad files are told line by line, the example is whole, `ctg new` writes what is checked."""

import hashlib

import pytest
from material_files import copy_of, found_in, places_of, said
from spoilt_demarche import files_and_cells

from ctg_analysis.demarche.columns import first_day, last_day, lines
from ctg_analysis.demarche.declared_tables import FOLDER, PUBLIC, RESTRICTED, TABLES, Table
from ctg_analysis.demarche.empty_forms import write_tables
from ctg_analysis.demarche.material_files import open_material
from ctg_analysis.demarche.plan import as_of
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, DataRoot
from ctg_analysis.model.yaml_files import load_yaml


@pytest.fixture
def root(tmp_path, example):
    return copy_of(example, tmp_path)


@pytest.fixture(scope="module")
def material(example):
    """The field material of the example as it is shipped."""
    return open_material(example, EXAMPLE_EPCI, places_of(example))


def test_the_shipped_material_of_both_territories_has_nothing_to_mend(france, example):
    assert found_in(example) == []
    assert found_in(france) == []


def test_a_territory_without_material_opens_empty_and_with_the_same_types(example, material):
    other = open_material(example, "999999998", places_of(example))
    for name in PUBLIC:
        assert other[name].empty and list(other[name]) == list(material[name])
        assert other[name].dtypes.eq(material[name].dtypes).all(), name
    assert other.convention is None


def test_bad_material_does_not_open_and_the_check_writes_nothing(root, public, private):
    files_and_cells(public, private)
    files = sorted(path for path in root.path.rglob("*") if path.is_file())
    before = {path: hashlib.sha256(path.read_bytes()).digest() for path in files}
    assert said(root)
    assert {path: hashlib.sha256(path.read_bytes()).digest() for path in files} == before
    assert sorted(path for path in root.path.rglob("*") if path.is_file()) == files
    with pytest.raises(InputError):
        open_material(root, EXAMPLE_EPCI, places_of(root))


def test_new_writes_every_table_never_over_a_filled_one_and_check_takes_them(tmp_path, example):
    root = DataRoot(tmp_path)
    public, private = root.material(EXAMPLE_EPCI), root.restricted_material(EXAMPLE_EPCI)
    public.mkdir(parents=True)
    (public / "axes.csv").write_text("axe_id;titre;ordre\nA1;Le mien;1\n", encoding="utf-8")
    written = write_tables(root, EXAMPLE_EPCI, "CC des Monts d'Exemple")
    assert {path.name for path in written} == {"demarche.xlsx", "demarche_personnes.xlsx"}
    assert found_in(root) == []
    written += write_tables(root, EXAMPLE_EPCI, "CC des Monts d'Exemple", csv=True)
    assert (public / "axes.csv").read_text(encoding="utf-8") == "axe_id;titre;ordre\nA1;Le mien;1\n"
    assert {path.name for path in written} >= {table.file for table in TABLES.values()} - {"axes.csv"}
    assert {path.name for path in private.iterdir()} >= {table.file for table in RESTRICTED.values()}
    assert found_in(root) == []
    assert write_tables(root, EXAMPLE_EPCI, "CC des Monts d'Exemple") == []


def test_what_the_tables_name_is_declared():
    declared = [table for path in FOLDER.glob("*.yml") for table in load_yaml(path, list[Table]).value]
    assert sorted(table.name for table in declared) == sorted(TABLES)
    for table in declared:
        assert {*table.key} <= {*table.columns}, table.name
        for column in table.columns.values():
            assert all((column.of_column or TABLES[name].key[0]) in TABLES[name].columns for name in column.of)


def test_the_real_territory_has_its_real_calendar_and_nothing_else(france):
    """What info flash n°1 of December 2022 says, and no date that it does not give."""
    material = open_material(france, DEFAULT_EPCI, places_of(france))
    assert {name for name in PUBLIC if len(material[name])} == {"calendrier", "info_flash", "info_flash_dates"}
    steps = material["calendrier"].set_index("etape")
    dated = steps["debut"].dropna().to_dict()
    assert dated == {
        "Phase 1 : diagnostic partagé": "2022-12",
        "Lancement avec les partenaires": "2023-01-19",
        "Prises de contact": "2022-12",
        "Analyse documentaire et statistique": "2022-12",
        "Cinq rencontres thématiques": "2023-02-07",
        "Consultation des habitants": "2023-02",
        "Phase 2 : stratégie": "2023-04",
    }
    assert steps["fin"].dropna().tolist() == ["2023-03", "2023-02-09", "2023-06"]
    (issue,) = lines(material["info_flash"])
    assert (issue.numero, issue.date, len(issue.champs)) == (1, "2022-12", 7) and not issue.chiffres_cles
    status = as_of(steps, issue.date)
    assert status["Phase 1 : diagnostic partagé"] == "en cours" and status["Phase 2 : stratégie"] == "à venir"
    assert status["Analyse documentaire et statistique"] == status["Prises de contact"] == "en cours"
    assert status["Séminaire des élus"] == "date à préciser"
    assert as_of(steps, "2023-02")["Cinq rencontres thématiques"] == "prévue"
    assert france.restricted_material(DEFAULT_EPCI).exists() is False


def test_the_days_of_a_moment():
    firsts = {"2024": "2024-01-01", "2024-02": "2024-02-01", "2024-02-07": "2024-02-07"}
    lasts = {"2024": "2024-12-31", "2024-02": "2024-02-29", "2023-12": "2023-12-31", "2024-02-07": "2024-02-07"}
    assert {one: str(first_day(one)) for one in firsts} == firsts
    assert {one: str(last_day(one)) for one in lasts} == lasts

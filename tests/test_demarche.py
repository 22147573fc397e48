"""What chapters may read of a démarche: all that may be shown of it, nothing of a person."""

from dataclasses import replace

import pandas as pd
import pytest

from ctg_analysis.demarche.declared_tables import MATERIAL_READ, RESULTS, columns_of, empty
from ctg_analysis.demarche.demarche import Demarche
from ctg_analysis.demarche.material_files import open_material
from ctg_analysis.model.settings import EXAMPLE_EPCI, settings


@pytest.fixture(scope="module")
def material(example):
    return open_material(example, EXAMPLE_EPCI, pd.read_parquet(example.processed / "territories.parquet"))


@pytest.fixture(scope="module")
def demarche(example):
    return Demarche(EXAMPLE_EPCI, example)


def test_the_tables_of_the_material_are_read_as_they_were_written(material, demarche):
    names = [name for name in MATERIAL_READ if name != "preuves"]
    assert [name for name in names if demarche.table(name).empty] == []
    assert [name for name in names if not demarche.table(name).equals(material[name].reset_index(drop=True))] == []


def test_a_territory_without_material_has_empty_tables_of_the_same_columns_and_types(france, demarche):
    nothing = Demarche("200066645", france)
    assert not nothing.begun and nothing.convention is None and nothing.info_flashes == []
    for name in [*MATERIAL_READ, *RESULTS]:
        table = nothing.table(name)
        assert table.empty and list(table) == columns_of(name), name
    pd.testing.assert_series_equal(empty("actions").dtypes, demarche.table("actions").dtypes)


@pytest.mark.parametrize("readers", ["public", "copil"])
def test_a_proof_by_an_interview_names_only_what_these_readers_may_read(readers, material, example, monkeypatch):
    for_them = replace(settings(), readers=readers)
    monkeypatch.setattr("ctg_analysis.demarche.demarche.settings", lambda: for_them)
    read = Demarche(EXAMPLE_EPCI, example)
    heard = read.table("preuves").query("type == 'entretien'")["ref"]
    assert set(heard) - {""} <= set(read.table("extraits")["extrait_id"])
    assert (heard == "").any() and (heard != "").any() and not set(heard) & set(material["extraits"]["extrait_id"])

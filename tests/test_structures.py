"""Structures by name: from the files that list them to the sheet of a team, the lists and the maps of the chapters."""

import re

import pandas as pd
import pytest
from raw_files import received

from ctg_analysis.chapter import tables
from ctg_analysis.chapter.figures import communes_map
from ctg_analysis.chapter.territory import Territory, open_territory
from ctg_analysis.clean.structures import each_once, in_french_case, structures_of
from ctg_analysis.demarche.columns import FIELD_OF
from ctg_analysis.demarche.declared_tables import PUBLIC, STRUCTURES
from ctg_analysis.demarche.empty_forms import write_tables
from ctg_analysis.demarche.material_files import open_material
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, DataRoot
from ctg_analysis.model.source import SOURCES
from ctg_analysis.publish.tasks import sum_of_data

# 12076 (Conques) was merged into 12218 (Conques-en-Rouergue).
COMMUNES = pd.DataFrame(
    {"code": ["12218", "12004"], "kind": "commune-actuelle", "parent": None, "former_codes": ["12076|12114", None]}
)
DIRECTORY = "identifiant_de_l_etablissement;type_etablissement;statut_public_prive;code_commune\n"
DIRECTORY += "0120001A;Ecole;Public;12076\n0120002B;Ecole;Privé;12004\n0120003C;Ecole;Public;12004\n"
PUPILS = "rentree_scolaire;numero_ecole\n2023;0120003C\n2024;0120001A\n2024;0120002B\n"
POSITION = "rentree_scolaire;uai;nom_de_l_etablissment;code_insee_de_la_commune;secteur\n"
POSITION += (
    "2022-2023;0120002B;ECOLE PRIMAIRE PRIVEE SAINTE MARIE;12004;privé\n2022-2023;0129999Z;FERMEE;12004;public\n"
)


def found(tmp_path, source, **texts):
    return structures_of(SOURCES[source], [received(tmp_path / source, texts)], COMMUNES)


def test_a_structure_has_the_name_of_one_file_and_is_there_by_another_in_the_commune_of_today(tmp_path):
    """Three schools in the directory, of which one has no pupils any more; one of the two others is named."""
    schools = found(tmp_path, "depp_ecoles", **{"annuaire.csv": DIRECTORY, "effectifs.csv": PUPILS})
    named = found(tmp_path, "depp_ips", **{"ecoles.csv": POSITION})
    rows = each_once([schools, named]).to_numpy().tolist()
    assert rows == [
        ["0120002B", "école", "École primaire privée Sainte Marie", "12004", "06", "depp_ips", "2022"],
        ["0120001A", "école", "École, secteur public", "12218", "06", "depp_ecoles", "2024"],
    ]


def test_the_newest_list_tells_who_is_there_and_an_older_one_the_id_that_it_lacks(tmp_path):
    then = "id_fs;insee_com;lib_fs\n74;12004;France services du Haut\n75;12004;France services qui a fermé\n"
    now = "insee_com;lib_fs\n12004;France services du Haut\n12076;France services de Conques\n99999;Ailleurs\n"
    rows = each_once([found(tmp_path, "france_services", **{"liste_2024.csv": then, "liste_2025.csv": now})])
    assert rows["id"].iloc[0] == "FS-74" and re.fullmatch("FS-12076-[0-9a-f]{8}", rows["id"].iloc[1])
    assert set(rows["period"]) == {"2025"}
    assert rows["commune"].tolist() == ["12004", "12218"]


@pytest.mark.parametrize(
    ("capitals", "french"),
    [
        ("ECOLE ELEMENTAIRE D APPLICATION JEANNE D ARC", "École élémentaire d'application Jeanne d'Arc"),
        ("COLLEGE DE LA VIADENE", "Collège de la Viadene"),
        ("E P PR SAINT JOSEPH (L ESTAQUE)", "École primaire privée Saint Joseph (L'Estaque)"),
        ("ECOLE PRIMAIRE RPI 97", "École primaire RPI 97"),
        ("ÉCOLE DU 8 MAI", "École du 8 Mai"),
    ],
)
def test_capitals_are_written_as_french_does(capitals, french):
    assert in_french_case(capitals) == french


def test_each_structure_that_is_declared_has_its_kind_in_the_sheet_of_the_team():
    kinds = PUBLIC[STRUCTURES].columns["type"].one_of
    declared = [one for source in SOURCES.values() for one in source.structures]
    assert {one.kind for one in declared} <= set(kinds) and {one.chapter for one in declared} <= FIELD_OF.keys()


def test_the_structures_of_the_shipped_territory_are_those_of_the_files(france):
    territory = open_territory(DEFAULT_EPCI, france)
    schools, counters = (territory.structures.query("chapter == @chapter") for chapter in ("06", "10"))
    assert schools["kind"].value_counts().to_dict() == {"école": 16, "collège": 3}
    counted = territory.own(CATALOGUE["schools_count"])["value"].iloc[-1]
    assert counted == 16  # the same schools as the chapter counts
    assert dict(zip(counters["id"], counters["commune"], strict=True)) == {
        "FS-74": "Argences en Aubrac",
        "FS-2580": "Laguiole",
        "FS-2581": "Mur-de-Barrez",
    }
    rows = tables.structures(territory, "06")
    listed = tables.structure_list(territory, rows).html
    assert "École primaire publique La Vitarelle" in listed and "DEPP, 2025" in listed and "Source" in listed
    some = tables.structure_list(territory, rows.query("kind == 'collège'")).html
    assert "3 structures" in some and "École" not in some
    assert tables.structure_list(territory, tables.structures(territory, "08")).html == ""
    shown = communes_map(territory, CATALOGUE["pupils_count"], structures="06").html
    assert re.search(r"<title>Mur-de-Barrez\W+61 – Collège du Carladez\W+École primaire publique</title>", shown)


def test_what_the_team_says_of_a_structure_wins_and_a_closed_one_is_not_listed(example, monkeypatch):
    territory = open_territory(EXAMPLE_EPCI, example)
    rows = territory.structures.set_index("id")
    ours = rows.loc["FS-99002-ff5d56e9"]  # in the list of France services too
    assert ours["name"] == "Maison France services" and ours["origin"] == "recensement local" and ours["source"] == ""
    assert rows["kind"].eq("France services").sum() == 1 and rows.index.is_unique
    assert rows.loc["S20", "name"].endswith("(en projet)") and "S21" not in rows.index
    assert rows.loc["0990001A", "name"] == "École 1" and rows.loc["0990001A", "origin"] == "DEPP, 2025"
    before = sum_of_data.__wrapped__(territory)
    changed = territory.structures.assign(name="autre")
    monkeypatch.setitem(territory.__dict__, "structures", changed)  # of the cached property
    assert sum_of_data.__wrapped__(territory) != before


def test_a_service_of_the_whole_territory_stands_under_its_name(example, monkeypatch):
    territory = Territory(EXAMPLE_EPCI, example)
    team = territory.demarche.table(STRUCTURES)
    monkeypatch.setattr(territory.demarche, "table", lambda _: team.assign(commune=EXAMPLE_EPCI, source=None))
    rows = territory.structures[territory.structures["source"].eq("")]
    assert set(rows["commune"]) == {"CC des Monts d'Exemple"} and set(rows["origin"]) == {"Démarche"}


def structures(example):
    places = pd.read_parquet(example.processed / "territories.parquet")
    communes = places[places["level"].eq("commune") & places["epci"].eq(EXAMPLE_EPCI)]
    known = pd.read_parquet(example.processed / "structures.parquet")
    known = known[known["commune"].isin(communes["code"])].reset_index(drop=True)
    known.loc[0, "name"] = "Collège Louise Michel"  # which looks like a person's
    return places, list(zip(communes["code"], communes["name"], strict=True)), known


@pytest.mark.parametrize("begun", [False, True])
def test_the_sheet_that_new_fills_reads_back_without_a_fault(tmp_path, example, begun):
    """What open data do not tell stays empty, and none is of the convention before the team says so."""
    places, communes, known = structures(example)
    root = DataRoot(tmp_path)
    if begun:  # by a version that wrote no structures: the team's own list of names stays
        root.material(EXAMPLE_EPCI).mkdir(parents=True)
        (root.material(EXAMPLE_EPCI) / "noms_admis.csv").write_text("nom\nMaison Zoé\n", encoding="utf-8")
    write_tables(root, EXAMPLE_EPCI, "CC des Monts d'Exemple", communes, known)
    material = open_material(root, EXAMPLE_EPCI, places)  # refuses what looks like a person's name
    rows = material[STRUCTURES].set_index("service_id")
    assert set(rows.index) == set(known["id"]) and set(rows["champ"]) <= set(FIELD_OF.values())
    assert rows.loc["0990001A", "nom"] == "École 1" and rows.loc["0990001A", "commune"] == "99002"
    assert rows.loc[known.loc[0, "id"], "nom"] == (known.loc[0, "kind"] if begun else "Collège Louise Michel")
    unknown = ["gestionnaire", "statut_juridique", "capacite", "ouverture", "etp", "ps_caf_eur", "statut"]
    assert rows[unknown].isna().all().all()

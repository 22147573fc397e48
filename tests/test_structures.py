"""Structures by name: from the files that list them to the sheet of a team, the lists and the maps of the chapters."""

import re

import pandas as pd
import pytest
from raw_files import received

from ctg_analysis.chapter import structures
from ctg_analysis.chapter.figures import communes_map
from ctg_analysis.chapter.territory import Territory, open_territory
from ctg_analysis.clean.establishments import establishments_of, open_schools
from ctg_analysis.clean.school_names import in_french_case, spellings
from ctg_analysis.clean.structures import COLUMNS, each_once, structures_of
from ctg_analysis.demarche.columns import FIELD_OF
from ctg_analysis.demarche.declared_tables import PUBLIC, STRUCTURES
from ctg_analysis.demarche.empty_forms import known_structures, write_tables
from ctg_analysis.demarche.material_files import open_material
from ctg_analysis.demarche.unnamed import to_name
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
NAMES = "identifiant_de_l_etablissement;nom_etablissement;longitude;latitude\n"
NAMES += "0120001A;Ecole primaire publique;2.5;44.6\n0120002B;ECOLE PRIMAIRE PRIVEE JEAN JAURES;2.6;44.7\n"
NAMES += "0120004D;Collège Jean Jaurès;;\n0120005E;Lycée Jean Jaurès;;\n0120006F;Ecole Jean Jaurès;;\n"
COLLEGES = "rentree_scolaire;uai;nom_de_l_etablissement;code_insee_de_la_commune;secteur;ips\n"
COLLEGES += (
    "2022-2023;0120004D;COLLEGE JEAN JAURES;12004;public;95,5\n2022-2023;0120009Z;COLLEGE FERME;12004;public;90\n"
)
NONE_KNOWN = establishments_of({})


def found(tmp_path, source, **texts):
    return structures_of(SOURCES[source], [received(tmp_path / source, texts)], COMMUNES)


def test_a_structure_has_the_name_of_one_file_and_is_there_by_another_in_the_commune_of_today(tmp_path):
    """Three schools in the directory, of which one has no pupils any more; one of the two others is named."""
    schools = found(tmp_path, "depp_ecoles", **{"annuaire.csv": DIRECTORY, "effectifs.csv": PUPILS})
    named = found(tmp_path, "depp_ips", **{"ecoles.csv": POSITION})
    rows = each_once([schools, named], NONE_KNOWN)[COLUMNS].to_numpy().tolist()
    assert rows == [
        ["0120002B", "école", "École primaire privée Sainte Marie", "12004", "06", "depp_ips", "2022"],
        ["0120001A", "école", "École, secteur public", "12218", "06", "depp_ecoles", "2024"],
    ]


def test_a_school_has_its_name_its_place_and_its_pupils_and_one_that_closed_is_not_listed(tmp_path):
    """Of the ministry's files: 0120003C has no pupils any more, the collège 0120009Z has left the directory."""
    pupils = "rentree_scolaire;numero_ecole;secteur;rep;rep_plus;nombre_total_classes;nombre_total_eleves\n"
    pupils += "2023;0120003C;PUBLIC;0;0;1;9\n2024;0120001A;PUBLIC;0;1;2;33\n2024;0120002B;PRIVE;0;0;;\n"
    levels = DIRECTORY.replace("code_commune\n", "code_commune;ecole_maternelle;ecole_elementaire\n")
    levels = levels.replace(";12076\n", ";12076;1;1\n").replace(";12004\n", ";12004;0;1\n")
    columns = [
        *levels.splitlines()[0].split(";"),
        *pupils.splitlines()[0].split(";"),
        *NAMES.splitlines()[0].split(";"),
    ]
    texts = {"annuaire.csv": levels, "effectifs.csv": pupils, "noms.csv": NAMES}
    schools = received(tmp_path / "schools", texts, columns=columns)
    index = received(tmp_path / "index", {"ecoles.csv": POSITION, "colleges.csv": COLLEGES})
    known = establishments_of({"depp_ecoles": [schools]})
    listed = structures_of(SOURCES["depp_ecoles"], [schools], COMMUNES)
    others = structures_of(SOURCES["depp_ips"], [index], COMMUNES)
    rows = each_once([listed, others], known, {"12218": "Conques-en-Rouergue"}).set_index("id")
    assert set(rows.index) == {"0120001A", "0120002B", "0120004D"}
    assert rows.loc["0120001A", "name"] == "École primaire publique (Conques-en-Rouergue)"
    assert rows.loc["0120002B", "name"] == "École primaire privée Jean Jaurès"  # the accent of the three others
    one = rows.loc["0120001A", ["sector", "level", "network", "pupils_period", "pupils", "classes", "longitude"]]
    assert one.tolist() == ["public", "primaire", "REP+", "2024", 33, 2, 2.5]
    assert rows.loc["0120002B", "level"] == "élémentaire" and pd.isna(rows.loc["0120002B", "pupils"])
    assert set(open_schools(known)["id"]) == {"0120001A", "0120002B"}


def test_accents_are_learnt_from_the_names_that_have_some():
    usual = spellings(
        pd.Series(["Ecole Jean Macé", "Ecole Jean Macé", "Collège Jean Macé", "ECOLE MACE", "Ecole Mace"])
    )
    assert "mace" not in usual  # one of four writes another
    assert (
        in_french_case("E.E.PU JEAN MACE 12 rue Macé", {"mace": "Macé"})
        == "École élémentaire publique Jean Macé 12 rue Macé"
    )


def test_the_newest_list_tells_who_is_there_and_an_older_one_the_id_that_it_lacks(tmp_path):
    then = "id_fs;insee_com;lib_fs\n74;12004;France services du Haut\n75;12004;France services qui a fermé\n"
    now = "insee_com;lib_fs\n12004;France services du Haut\n12076;France services de Conques\n99999;Ailleurs\n"
    rows = each_once(
        [found(tmp_path, "france_services", **{"liste_2024.csv": then, "liste_2025.csv": now})], NONE_KNOWN
    )
    assert rows["id"].iloc[0] == "FS-74" and re.fullmatch("FS-12076-[0-9a-f]{8}", rows["id"].iloc[1])
    assert set(rows["period"]) == {"2025"}
    assert rows["commune"].tolist() == ["12004", "12218"]


@pytest.mark.parametrize(
    ("capitals", "french"),
    [
        ("ECOLE ELEMENTAIRE D APPLICATION JEANNE D ARC", "École élémentaire d'application Jeanne d'Arc"),
        ("COLLEGE DE LA VIADENE", "Collège de la Viadene"),
        ("Ecole ELEMENTAIRE", "École élémentaire"),
        ("IME Jean Moulin de MONTIGNY-EN-OSTREVENT", "IME Jean Moulin de Montigny-en-Ostrevent"),
        ("Ecole primaire privée Le Château BOEGE", "École primaire privée Le Château Boege"),
        ("Collège Paul-Émile Victor", "Collège Paul-Émile Victor"),
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
    rows = structures.structures(territory, "06")
    listed = structures.structure_list(territory, rows).html
    assert listed.count("<tr") == 1 + 16 + 3
    for told in ("École primaire publique La Vitarelle", "École primaire publique (Brommat)", "Élèves, 2024", "106,4"):
        assert told in listed
    some = structures.structure_list(territory, rows.query("kind == 'collège'")).html
    assert "3 structures" in some and "École" not in some
    assert structures.structure_list(territory, structures.structures(territory, "08")).html == ""
    shown = communes_map(territory, CATALOGUE["pupils_count"], structures="06").html
    words = r"<title>Mur-de-Barrez\W+61 – Collège du Carladez\W+École primaire publique \(Mur-de-Barrez\)</title>"
    assert re.search(words, shown)
    assert re.search(r"<title>Collège de la Viadène</title><circle", shown)  # a point of its own
    assert len(shown.encode()) < 60_000


def test_what_no_open_register_names_is_counted_where_it_is_looked_for(france):
    territory = open_territory(DEFAULT_EPCI, france)
    listed = structures.structure_list(territory, structures.structures(territory, "04")).html
    assert "4 crèches d’après la BPE de 2025, dont aucune n’est nommée ici." in listed
    assert "1 relais petite enfance d’après la BPE de 2025, qui n’est pas nommé ici." in listed


def test_the_sheet_of_structures_has_a_line_for_each_that_the_bpe_counts(france):
    """Named once by the team, it is one of the structures; until then no page shows it."""
    communes = dict(open_territory(DEFAULT_EPCI, france).communes[["code", "name"]].to_numpy())
    rows = to_name(france, DEFAULT_EPCI, communes)
    assert rows["kind"].value_counts()[["EAJE", "RPE"]].to_list() == [4, 1]
    assert rows["id"].is_unique and rows["id"].str.fullmatch(r"BPE-\d{5}-[a-z_]+-\d+").all()
    assert rows["name"].str.startswith("À nommer : ").all() and set(rows["commune"]) <= communes.keys()
    sheet = known_structures(rows, communes)
    assert sheet["type"].isin(PUBLIC[STRUCTURES].columns["type"].one_of).all() and sheet["commune"].str[6:].ne("").all()


def test_a_structure_that_is_still_to_name_is_not_shown(example, monkeypatch):
    territory = Territory(EXAMPLE_EPCI, example)
    team = territory.demarche.table(STRUCTURES)
    begun = team.assign(service_id="BPE-99002-eaje_facilities-1", nom="À nommer : crèche 1 (Bourg-l'Exemple)")[:1]
    monkeypatch.setattr(territory.demarche, "table", lambda _: pd.concat([team, begun]))
    assert not territory.structures["name"].str.startswith("À nommer").any()


def test_many_structures_are_counted_by_commune_and_drawn_by_none(france, monkeypatch):
    territory = open_territory(DEFAULT_EPCI, france)
    rows = structures.structures(territory, "06")
    monkeypatch.setattr(structures, "LISTED", 18)
    monkeypatch.setattr(structures, "POINTS", 18)
    listed = structures.structure_list(territory, rows).html
    assert (
        "19 structures, par commune" in listed
        and "école (2)" in listed
        and "collège (1)" in listed
        and "Vitarelle" not in listed
    )
    assert structures.points(territory, "06").empty


def test_what_the_team_says_of_a_structure_wins_and_a_closed_one_is_not_listed(example, monkeypatch):
    territory = open_territory(EXAMPLE_EPCI, example)
    rows = territory.structures.set_index("id")
    ours = rows.loc["FS-99002-ff5d56e9"]  # in the list of France services too
    assert ours["name"] == "Maison France services" and ours["origin"] == "recensement local" and ours["source"] == ""
    assert rows["kind"].eq("France services").sum() == 1 and rows.index.is_unique
    assert rows.loc["S20", "name"].endswith("(en projet)") and "S21" not in rows.index
    assert (
        rows.loc["0990001A", "name"] == "École 1 (Bourg-l'Exemple)" and rows.loc["0990001A", "origin"] == "DEPP, 2025"
    )
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


def example_structures(example):
    places = pd.read_parquet(example.processed / "territories.parquet")
    communes = places[places["level"].eq("commune") & places["epci"].eq(EXAMPLE_EPCI)]
    known = pd.read_parquet(example.processed / "structures.parquet")
    known = known[known["commune"].isin(communes["code"])]
    counted = to_name(example, EXAMPLE_EPCI, dict(communes[["code", "name"]].to_numpy()))
    known = pd.concat([known, counted], ignore_index=True)
    known.loc[0, "name"] = "Collège Louise Michel"  # which looks like a person's
    return places, list(zip(communes["code"], communes["name"], strict=True)), known


@pytest.mark.parametrize("begun", [False, True])
def test_the_sheet_that_new_fills_reads_back_without_a_fault(tmp_path, example, begun):
    """What open data do not tell stays empty, and none is of the convention before the team says so."""
    places, communes, known = example_structures(example)
    root = DataRoot(tmp_path)
    if begun:  # by a version that wrote no structures: the team's own list of names stays
        root.material(EXAMPLE_EPCI).mkdir(parents=True)
        (root.material(EXAMPLE_EPCI) / "noms_admis.csv").write_text("nom\nMaison Zoé\n", encoding="utf-8")
    write_tables(root, EXAMPLE_EPCI, "CC des Monts d'Exemple", communes, known)
    material = open_material(root, EXAMPLE_EPCI, places)  # refuses what looks like a person's name
    rows = material[STRUCTURES].set_index("service_id")
    assert set(rows.index) == set(known["id"]) and set(rows["champ"]) <= set(FIELD_OF.values())
    assert rows.loc["0990001A", "nom"] == "École 1 (Bourg-l'Exemple)" and rows.loc["0990001A", "commune"] == "99002"
    assert rows.loc[known.loc[0, "id"], "nom"] == (known.loc[0, "kind"] if begun else "Collège Louise Michel")
    unknown = ["gestionnaire", "statut_juridique", "capacite", "ouverture", "etp", "ps_caf_eur", "statut"]
    assert rows[unknown].isna().all().all()

"""Sport, associations, entrances, the insured, exams: the traps of their extracts, and the full files read alike."""

from types import SimpleNamespace

import pandas as pd
import pytest
from raw_files import received, values

from ctg_analysis.chapter.by_indicator import name_of_place
from ctg_analysis.clean.facts import CLEANERS, certificates, facts_of_source, with_absent
from ctg_analysis.clean.frame import read_frame
from ctg_analysis.clean.layouts import clean_declared
from ctg_analysis.clean.perimeter import Perimeter, of_departements, to_reference
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import data_root
from ctg_analysis.model.source import SOURCES

LOST = ["12218", "14581", "15031", "15035", "15047", "15171", "27676", "49126", "60694", "69114", "85165", "85212"]
WITHOUT_SUM = ["200040574", "200060010", "200066637", "200069524", "200071918", "200089456", "241200641", "246000582"]
BY_COMMUNE = ("injep_licences", "data_es", "pass_sport", "rna_objets", "acceslibre")


@pytest.fixture(scope="module")
def shipped():
    """A function that returns the facts of a source of data/raw: value by level, code, measure and period."""
    folders, _ = certificates(data_root())
    frame = read_frame(data_root(), folders)
    known: dict[str, pd.Series] = {}

    def of(source):
        if source not in known:
            own = {name: folders[name] for name in (source, "etalab_decoupage")}
            facts = pd.concat(facts_of_source(source, own, frame))
            facts = facts.astype({name: str for name in ("level", "code", "measure", "period")})
            known[source] = facts.set_index(["level", "code", "measure", "period"])["value"].sort_index()
        return known[source]

    return of


@pytest.mark.parametrize("source", BY_COMMUNE)
def test_a_commune_that_the_carrier_has_lost_is_unknown_and_so_is_its_epci_but_not_france(shipped, source):
    facts = shipped(source)
    for level, codes in (("commune", LOST), ("epci", WITHOUT_SUM)):
        there = facts.loc[level]
        assert there[there.index.get_level_values("code").isin(codes)].isna().all(), level
        assert set(codes) <= set(there.index.get_level_values("code"))
    assert facts.loc["france", "F"].notna().all()


def test_what_paris_has_outside_its_arrondissements_adds_to_them(shipped):
    """61 passes of 2023 stand under 75056, one place whose entrance is not level too."""
    path = data_root().raw / "pass_sport" / "france" / "pass_sport_2022-2024_communes_extrait.parquet"
    rows = pd.read_parquet(path).set_index("code")["total_activations_2023"]
    parts = rows[rows.index.str.fullmatch(r"751\d\d")]
    assert len(parts) == 20 and rows["75056"] == 61
    assert shipped("pass_sport")["commune", "75056", "pass_sport", "2023"] == parts.sum() + 61
    assert ("commune", "75101", "pass_sport", "2023") not in shipped("pass_sport").index
    assert shipped("acceslibre")["commune", "13055", "entrances_described", "2024"] > 0


def test_the_passes_of_2024_are_not_read_nor_the_marks_before_2024(shipped):
    assert set(shipped("pass_sport").index.get_level_values("period")) == {"2022", "2023"}
    assert set(shipped("depp_ivac").index.get_level_values("period")) == {"2024"}


def test_licences_are_unknown_in_mayotte_and_objects_in_alsace_moselle(shipped):
    licences, objects = shipped("injep_licences"), shipped("rna_objets")
    assert licences["commune", "97601", "licences_under_20", "2022"] != 0
    assert ("departement", "57", "sport_associations", "2025") not in objects.index
    row = SimpleNamespace(source="rna_objets", period="2025", territory="F", name="France", status="ok", level="france")
    names = {"57": "Moselle", "67": "Bas-Rhin", "68": "Haut-Rhin"}
    told = name_of_place(CATALOGUE["sport_associations_share"], row, {}, names)
    assert told == "France hors Moselle, Bas-Rhin, Haut-Rhin et 12 communes"
    row.source = "injep_licences"
    assert name_of_place(CATALOGUE["girls_sport_licences_share"], row, {}, {}).startswith("France hors Mayotte")


def test_the_insured_are_those_of_the_producer_without_the_addresses_of_management(shipped):
    """Ternois has 63 000 of them; a sum of masked communes is no total."""
    facts = shipped("cnam_fragilites")
    for level, code in (("epci", "200069672"), ("departement", "80"), ("commune", "80810")):
        assert code not in facts.loc[level].index.get_level_values("code")
    assert facts["epci", "200067171", "general_scheme", "2024"] == 6301
    assert (
        pd.isna(facts["region", "32", "general_scheme", "2024"])
        and facts["france", "F", "general_scheme", "2024"] > 6e7
    )
    assert facts["commune", "01002", "without_doctor_16_plus", "2024"] == 17
    communes = facts.loc["commune"]
    assert not communes.eq(0).any()  # a blank is none or less than 10, and no zero


def test_an_epci_without_college_has_no_result_and_one_without_site_has_none_of_them(shipped):
    exams, sites = shipped("depp_ivac"), shipped("depp_medico_social")
    assert exams["epci", "243500139", "exam_candidates", "2024"] == 4774
    assert SOURCES["depp_ivac"].coverage.leaves_out
    assert sites["epci", "200067171", "medico_social_schooling_sites", "2025"] == 0
    assert sites["epci", "243500139", "medico_social_schooling_sites", "2025"] == 18


def test_regions_and_france_are_summed_from_departements_where_the_producer_gives_these():
    now = pd.DataFrame({"code": ["01001", "02001", "80001"], "departement": ["01", "02", "80"]})
    now = now.assign(kind="commune-actuelle", region=["84", "32", "32"], epci="A", parent=None, zone="metro")
    now = now.assign(former_codes=None)
    rows = pd.DataFrame({"code": ["01", "02"], "value": [10.0, 5.0], "status": "ok", "parts": 1, "few": 0})
    rows = rows.assign(level="departement", period="2024", measure="m", source="cnam_fragilites")
    found = values(of_departements(rows, SOURCES["cnam_fragilites"], Perimeter.between(now, now)))
    assert found["84", "2024", "m"] == 10 and found["32", "2024", "m"] == "nd"  # 80 is left out: Somme
    assert found["F", "2024", "m"] == 15


LICENCES = "Code Commune;Fédération;F - 1 à 4 ans;F - 5 à 9 ans;F - 10 à 14 ans;F - 15 à 19 ans;"
LICENCES += "H - 1 à 4 ans;H - 5 à 9 ans;H - 10 à 14 ans;H - 15 à 19 ans;Total\n"
DIRECTORY = "identifiant_de_l_etablissement;type_etablissement;code_commune\n"
FULL = {  # the official layouts: source → its files, and what is read of them
    "injep_licences": (
        {
            "lic-data-2022.csv": LICENCES + "01001;FF Handisport;1;2;3;4;5;6;7;8;90\n01001;UNSS;1;0;0;0;0;0;0;1;2\n"
            "NR - Non réparti;UNSS;9;9;9;9;9;9;9;9;99\n01002;FF Sport adapté;0;0;0;0;0;0;0;0;4\n",
            "clubs-data-2022.csv": "Code Commune;Fédération;Clubs;EPA;Total\n01001;FF Judo;2;1;3\n01001;UNSS;1;0;1\n",
        },
        {("01001", "licences_under_20"): 38, ("01001", "girls_licences_under_20"): 11, ("01001", "sports_clubs"): 3,
         ("01001", "disabled_sport_licences"): 90, ("01002", "disabled_sport_licences"): 4},
    ),
    "data_es": (
        {"data-es_2025.csv": "new_code;equip_acc_libre;inst_acc_handi_bool\n01001;true;false\n01001;;1\n;true;true\n"},
        {("01001", "sports_facilities"): 2, ("01001", "free_access_sports_facilities"): 1,
         ("01001", "accessible_sports_facilities"): 1},
    ),
    "rna_objets": (
        {"waldec_2026.csv": "adrs_codeinsee;position;objet_social1\n01001;A;011075\n01001;D;011000\n01001;A;015000\n"
         "01001;A;019025\n01001;A;009000\n01001;A;006000\n01001;A;\n"},
        {("01001", "sport_associations"): 1, ("01001", "education_associations"): 1,
         ("01001", "social_associations"): 2, ("01001", "associations_with_object"): 5},
    ),
    "acceslibre": (
        {"acceslibre_2026.csv": "code_insee;entree_plain_pied\n01001;True\n01001;False\n01001;\n01001;True\n"},
        {("01001", "level_entrances"): 2, ("01001", "entrances_described"): 3},
    ),
    "depp_medico_social": (
        {"fr-en-annuaire-education_2026.csv": DIRECTORY + "1;Médico-social;01001\n2;Ecole;01001\n"
         "3;Information et orientation;01002\n4;Médico-social;\n"},
        {("01001", "medico_social_schooling_sites"): 1, ("01002", "career_guidance_centres"): 1},
    ),
    "depp_ivac": (
        {
            "fr-en-indicateurs-valeur-ajoutee-colleges.csv": "session;uai;nb_candidats_g;"
            "taux_de_reussite_g;note_a_l_ecrit_g\n2023;0010001A;50;100.0;15.0\n2024;0010001A;100;85.0;10.0\n2024;0010002A;100;95.0;12.0\n2024;0019999A;10;1;1"
            "\n2024;0010003A;;;\n",
            "fr-en-annuaire-education_colleges.csv": "identifiant_de_l_etablissement;code_commune\n0010001A;01001\n"
            "0010002A;01001\n0010003A;01002\n",
        },
        {("01001", "exam_candidates"): 200, ("01001", "exam_passed"): 180, ("01001", "exam_written_points"): 2200},
    ),
}  # fmt: skip


@pytest.mark.parametrize("source", FULL)
def test_the_full_file_of_the_producer_is_read_in_its_own_layout(tmp_path, source):
    texts, expected = FULL[source]
    facts = CLEANERS[source](received(tmp_path, texts, full=True))
    found = {(code, measure): value for (code, _, measure), value in values(facts).items()}
    assert found == expected | {key: value for key, value in found.items() if key not in expected and not value}


def test_in_a_full_list_a_commune_without_a_licence_has_none(tmp_path):
    texts, _ = FULL["injep_licences"]
    source = SOURCES["injep_licences"]
    now = pd.DataFrame({"code": ["01001", "01003", "97601"], "departement": ["01", "01", "976"], "zone": "metro"})
    now = now.assign(kind="commune-actuelle", region="84", epci="A", parent=None, former_codes=None)
    facts = clean_declared(source, received(tmp_path, texts, full=True))
    whole = with_absent(facts[facts["code"].isin(now["code"])], source, now, now)
    found = values(to_reference(whole, source, Perimeter.between(now, now)))
    assert found["01003", "2022", "licences_under_20"] == 0 and ("97601", "2022", "licences_under_20") not in found
    assert found["F", "2022", "licences_under_20"] == 38

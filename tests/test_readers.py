"""Files that no layout describes: facilities, access times, schools, accounts of the CCAS, Filosofi 2023."""

import io
from pathlib import Path

import pandas as pd
import pytest
import yaml
from raw_files import BOM, received, said, values

from ctg_analysis.clean.facts import CLEANERS, strangers, with_absent
from ctg_analysis.clean.official import clean_ccas, of_years
from ctg_analysis.clean.perimeter import Perimeter, to_reference
from ctg_analysis.clean.places import (
    BANDS,
    FACILITY_TYPES,
    clean_access_times,
    clean_facilities,
    clean_schools,
    clean_social_position,
    schools_left_out,
)
from ctg_analysis.model.source import SOURCES, Coverage, Geography, Source, Totals
from ctg_analysis.raw.certificates import read_certificate

# Births.


def test_births_of_three_years_are_told_of_their_last_and_only_when_all_three_are_known():
    """A: 10 + 7 + 16 = 33 in 2021, 7 + 16 + 40 = 63 in 2022. B lacks 2021, hence both; C has no row of 2020."""
    years = {"A": {2019: 10, 2020: 7, 2021: 16, 2022: 40}, "B": {2019: 1, 2020: 2, 2021: None, 2022: 4}}
    years |= {"C": {2019: 1, 2021: 2, 2022: 3}}
    rows = [(code, "commune", str(year), value) for code, each in years.items() for year, value in each.items()]
    births = pd.DataFrame(rows, columns=["code", "level", "period", "value"])
    summed = of_years(births, 3).set_index(["code", "period"])["value"]
    assert summed.dropna().to_dict() == {("A", "2021"): 33, ("A", "2022"): 63}
    assert summed[summed.isna()].index.tolist() == [("B", "2021"), ("B", "2022")]


# Facilities.

BPE = "GEO;GEO_OBJECT;FACILITY_DOM;FACILITY_SDOM;FACILITY_TYPE;BPE_MEASURE;TIME_PERIOD;OBS_VALUE"
FULL_BPE = BPE.replace("TIME", "UNIT_MEASURE;OBS_STATUS;UNIT_MULT;TIME")
BASKET = FACILITY_TYPES.basket
ALL_TYPES = sorted({code for types in (*FACILITY_TYPES.types.values(), *BASKET.values()) for code in types})


def facility(code, kind, number, object_="COM"):
    return f"{code};{object_};{kind[0]};{kind[:2]};{kind};FACILITIES;2025;{number}"


def full_facility(code, kind, number, object_="COM"):
    return f"{code};{object_};{kind[0]};{kind[:2]};{kind};FACILITIES;NUM;A;0;2025;{number}"


def test_a_covered_type_that_a_commune_lacks_is_0_and_a_type_that_is_not_covered_is_unknown(tmp_path):
    rows = [facility("01001", "C107", 1), facility("01001", "C109", 2), facility("01002", "D502", 3)]
    covered = "FACILITY_TYPE\nC107\nC108\nC109\nC301\nD502\nA128\n"
    texts = {"DS_BPE_2025.csv": "\n".join([BPE, *rows]) + "\n", "types_couverts.csv": covered}
    facts = values(clean_facilities(received(tmp_path, texts)))
    assert facts[("01001", "2025", "primary_schools")] == 2 and facts[("01001", "2025", "nursery_schools")] == 1
    assert facts[("01002", "2025", "nursery_schools")] == 0 and facts[("01002", "2025", "childcare_centres")] == 3
    measures = {measure for _, _, measure in facts}
    assert not {"libraries", "basket_services", "upper_secondary_schools"} & measures  # C302, C303 are not covered


def test_the_basket_has_one_point_for_a_service_however_many_there_are(tmp_path):
    one_of_each = [facility("01001", types[0], 5) for types in BASKET.values()]
    rows = [*one_of_each, facility("01002", "C107", 1), facility("01002", "C108", 4), facility("01002", "D281", 1)]
    covered = "\n".join(["FACILITY_TYPE", *ALL_TYPES]) + "\n"
    texts = {"DS_BPE_2025.csv": "\n".join([BPE, *rows]) + "\n", "types_couverts.csv": covered}
    facts = values(clean_facilities(received(tmp_path, texts)))
    assert facts[("01001", "2025", "basket_services_present")] == len(BASKET) == 12
    assert facts[("01002", "2025", "basket_services_present")] == 2  # school and nurse
    assert facts[("01002", "2025", "basket_services")] == 12


def test_the_full_file_of_facilities_with_its_totals_units_and_zonings(tmp_path):
    rows = [full_facility("01001", kind, 1) for kind in ALL_TYPES]
    rows += [full_facility("01001", "D502", 9, "BV2022"), full_facility("01", "D502", 90, "DEP")]
    rows += ["01001;COM;D;_T;_T;FACILITIES;NUM;A;0;2025;400", full_facility("01001", "E101", 7)]
    folder = received(tmp_path, {"DS_BPE_2025_data.csv": "\n".join([BOM + FULL_BPE, *rows]) + "\n"}, full=True)
    facts = clean_facilities(folder)
    assert values(facts)[("01001", "2025", "childcare_centres")] == 1 and set(facts["code"]) == {"01001"}
    fewer = "\n".join([FULL_BPE, *(row for row in rows if ";D502;" not in row)]) + "\n"
    (line,) = said(clean_facilities, received(tmp_path, {"DS_BPE_2025_data.csv": fewer}, full=True))
    assert (
        "colonne FACILITY_TYPE : trouvé aucune ligne avec D502" in line
        and "src/ctg_analysis/clean/facility_types.yml" in line
    )


RANGES = (
    "TYPEQU;TYPEQU_REGROUPEMENT;GAMME\n"
    "C107;ECOLE;Gamme de proximité\nC108;ECOLE;Gamme de proximité\nD265;;Gamme de proximité\n"
    "D502;;Gamme intermédiaire\nC301;LYCEE;Gamme supérieure\nA128;;Hors gamme\n"
)


def test_a_range_counts_the_types_that_are_grouped_once_and_every_commune_has_the_same(tmp_path):
    rows = [facility("01001", "C107", 1), facility("01001", "C108", 2), facility("01002", "D265", 3)]
    covered = "FACILITY_TYPE\nC107\nC108\nD265\nD502\nA128\n"
    texts = {"DS_BPE_2025.csv": "\n".join([BPE, *rows]) + "\n", "types_couverts.csv": covered}
    table = clean_facilities(received(tmp_path, texts | {"BPE_gammes_equipements_2025.csv": RANGES}))
    facts = values(table)
    assert facts[("01001", "2025", "proximity_types_present")] == 1  # both kinds of school are one service
    assert facts[("01002", "2025", "proximity_types_present")] == 1 and facts[("01002", "2025", "proximity_types")] == 2
    assert facts[("01001", "2025", "intermediate_types_present")] == 0  # covered, and none there
    assert ("01001", "2025", "higher_types") not in facts  # C301 is not covered: nothing is known of this range
    everywhere = values(with_absent(table, SOURCES["insee_bpe_2025"], PLACES, PLACES))
    assert everywhere[("01003", "2025", "proximity_types_present")] == 0
    assert everywhere[("01003", "2025", "proximity_types")] == 2
    assert not any("types" in measure for _, _, measure in values(clean_facilities(received(tmp_path / "b", texts))))


# Access times.


def times(rows):
    buffer = io.BytesIO()
    pd.DataFrame(rows, columns=["idSrc", "depcom", "pop", "typeeq_id", "duree"]).to_parquet(buffer)
    return buffer.getvalue()


def test_the_nearest_of_several_types_and_who_lives_within_20_minutes(tmp_path):
    rows = [
        ("a", "01001", 100.0, "C107", 30.0),
        ("a", "01001", 100.0, "C108", 12.0),  # the nearest school of a
        ("b", "01001", 50.0, "C109", 20.0),
        ("c", "01001", 10.0, "C107", 20.1),
        ("d", "01001", 5.0, "C107", None),  # no time: neither above nor below
        ("a", "01001", 100.0, "D502", 4.0),
    ]
    facts = values(clean_access_times(received(tmp_path, {"donnees_2025_reg84.parquet": times(rows)})))
    assert facts[("01001", "2025", "school_minutes")] == pytest.approx(100 * 12 + 50 * 20 + 10 * 20.1)
    assert facts[("01001", "2025", "school_population")] == 160
    assert facts[("01001", "2025", "school_population_near")] == 150
    assert facts[("01001", "2025", "childcare_centre_population_near")] == 100


def test_the_median_time_is_weighted_by_inhabitants_and_of_whole_places_only(tmp_path):
    rows = [
        ("a", "01001", 100.0, "C107", 12.0),
        ("b", "01001", 50.0, "C107", 20.0),
        ("c", "01001", 40.0, "C107", 30.0),  # 95 of 190: the first time that half of the inhabitants reach is 12
        ("d", "01002", 60.0, "C107", 25.0),  # with them 125 of 250: 20, reached by 150
        ("e", "01003", 10.0, "C107", 3.0),
    ]
    places = communes(("01001", "A"), ("01002", "A"), ("01003", "B"), ("01004", "B"), ("01005", "A"))
    places = places.assign(population=[190.0, 60.0, 10.0, 7.0, 0.0], region="84", zone="metro")
    table = clean_access_times(received(tmp_path, {"donnees_2025_reg84.parquet": times(rows)}), places)
    medians = table[table["measure"].eq("school_median")].set_index(["level", "code"])["value"]
    assert medians["commune"].to_dict() == {"01001": 12, "01002": 25, "01003": 3}
    # A is whole, for its third commune has no inhabitant; B lacks one, and so do the département and the région.
    assert medians.drop("commune").to_dict() == {("epci", "A"): 20}
    moved = values(to_reference(table, SOURCES["insee_acces"], Perimeter.between(places, places)))
    assert moved[("A", "2025", "school_median")] == 20
    assert ("01", "2025", "school_median") not in moved


# Schools.

DIRECTORY = "identifiant_de_l_etablissement;type_etablissement;statut_public_prive;code_commune;nombre_d_eleves;etat\n"
FOUND = "0010004D;Ecole;Public;01001;;FERME\n0010005E;Ecole;Public;01003;;FERME\n"
COUNTS = (
    "rentree_scolaire;numero_ecole;secteur;rep;rep_plus;nombre_total_eleves;nombre_total_classes;"
    "nombre_eleves_preelementaire_hors_ulis;nombre_eleves_elementaire_hors_ulis;nombre_eleves_ulis;code_postal\n"
)


def test_a_school_is_placed_by_its_uai_and_one_that_the_directory_lacks_is_left_out(tmp_path):
    directory = (
        "0010001A;Ecole;Public;01001;;OUVERT\n0010002B;Ecole;Privé;01001;;FERME\n0010003C;Ecole;Public;;;OUVERT\n"
    )
    counts = "2023;0010001A;PUBLIC;0;0;15;1;6;9;0;12345\n2023;0010002B;PRIVE;0;0;40;2;;40;0;12345\n"
    counts += "2023;0010003C;PUBLIC;0;0;99;4;9;90;0;12345\n2023;0019999Z;PUBLIC;0;0;88;4;8;80;0;12345\n"
    counts += "2022-2023;0010001A;PUBLIC;0;0;;1;6;9;0;12345\n"
    texts = {
        "fr-en-annuaire-education.csv": DIRECTORY + directory,
        "fr-en-ecoles-effectifs-nb_classes.csv": COUNTS + counts,
    }
    facts = values(clean_schools(received(tmp_path, texts)))
    assert {code for code, _, _ in facts} == {"01001"}
    assert facts[("01001", "2023", "pupils")] == 55 and facts[("01001", "2023", "private_pupils")] == 40
    assert facts[("01001", "2023", "schools")] == 2 and facts[("01001", "2023", "small_schools")] == 1
    assert facts[("01001", "2023", "nursery_pupils")] == 6
    assert facts[("01001", "2022", "pupils")] == "nd"


def test_a_school_that_closed_is_placed_by_the_name_of_its_commune_and_what_cannot_be_is_told(tmp_path):
    rows = (
        ("001", "SAINT-MODELE", "0010002B", 40),  # accents, capitals
        ("01", "ST MODELE", "0010003C", 9),  # a short département, the abbreviation
        ("002", "SAINT-MODELE", "0010004D", 7),  # no such commune in that département
        ("001", "DEUX-FOIS", "0010005E", 6),  # two communes of that name
    )
    header = COUNTS.replace("code_postal", "code_departement;commune")
    counts = "2019;0010001A;PUBLIC;0;0;15;1;6;9;0;001;AUTRE PART\n"
    counts += "".join(
        f"2019;{uai};PUBLIC;0;0;{pupils};1;0;{pupils};0;{dep};{name}\n" for dep, name, uai, pupils in rows
    )
    texts = {
        "fr-en-annuaire-education.csv": DIRECTORY + "0010001A;Ecole;Public;01001;;OUVERT\n",
        "fr-en-ecoles-effectifs-nb_classes.csv": header + counts,
    }
    named = [("01001", "Ici"), ("01002", "Saint-Modèle"), ("01003", "Deux Fois"), ("01004", "Deux-Fois")]
    communes = PLACES.assign(name=[name for _, name in named])
    folder = received(tmp_path, texts)
    facts = values(clean_schools(folder, communes))
    assert {code for code, _, _ in facts} == {"01001", "01002"}
    assert facts[("01001", "2019", "pupils")] == 15
    assert facts[("01002", "2019", "pupils")] == 49 and facts[("01002", "2019", "schools")] == 2
    (finding,) = schools_left_out(folder, communes)
    assert "trouvé 2 écoles sans commune, laissées de côté : 0010004D, 0010005E, attendu leurs lignes" in str(finding)
    assert schools_left_out(received(tmp_path / "all", texts | {"annuaire_2.csv": DIRECTORY + FOUND}), communes) == []


def test_the_index_of_an_export_that_misspelt_its_column_and_of_a_school_too_small_to_have_one(tmp_path):
    header = "rentree_scolaire;uai;nom_de_l_etablissment;code_insee_de_la_commune;secteur;effectifs;ips\n"
    rows = "2022-2023;0010001A;A;01001;public;80;90,5\n2022-2023;0010002B;B;01001;public;70;110\n"
    rows += "2022-2023;0010003C;C;01001;public;12;NS\n"
    college = header.replace("etablissment", "etablissement") + "2025-2026;0010004D;D;01001;public;300;101,2\n"
    texts = {"fr-en-ips-ecoles-ap2022.csv": header + rows, "fr-en-ips-colleges-ap2023.csv": college}
    facts = values(clean_social_position(received(tmp_path, texts)))
    others = {name: text.replace(";80;", ";800;").replace(";300;", ";3;") for name, text in texts.items()}
    weighed = values(clean_social_position(received(tmp_path / "b", others)))
    changed = {key[2] for key in facts if facts[key] != weighed[key]}
    assert changed == {f"{kind}_ips_{what}" for kind in ("schools", "lower_secondary") for what in ("points", "pupils")}
    assert facts[("01001", "2022", "schools_ips_points")] == 14_940  # 80 pupils of 90.5 and 70 of 110; NS is of none
    assert facts[("01001", "2022", "schools_ips_pupils")] == 150
    assert facts[("01001", "2022", "schools_ips_total")] == 200.5 and facts[("01001", "2022", "schools_with_ips")] == 2
    assert facts[("01001", "2025", "lower_secondary_ips_total")] == 101.2
    (line,) = said(clean_social_position, received(tmp_path, {"fr-en-ips-ecoles-ap2022.csv": header + rows}))
    assert "trouvé aucun fichier connu, attendu *colleges*" in line


def test_schools_by_band_of_the_index_and_those_of_a_grouping_for_the_latest_year(tmp_path):
    header = "rentree_scolaire;uai;nom_de_l_etablissement;code_insee_de_la_commune;secteur;ips\n"
    indices = (("A", "89,9"), ("B", "90"), ("C", "104,9"), ("D", "105"), ("E", "131"), ("F", "NS"))
    rows = "".join(f"2024-2025;001000{n}{u};{u};01001;public;{ips}\n" for n, (u, ips) in enumerate(indices, start=1))
    texts = {"fr-en-ips-ecoles-ap2022.csv": header + rows, "fr-en-ips-colleges-ap2023.csv": header}
    facts = values(clean_social_position(received(tmp_path, texts)))
    bands = {name: facts[("01001", "2024", f"schools_ips_{name}")] for name in BANDS}
    assert bands == {"under_90": 1, "90_105": 2, "105_120": 1, "120_plus": 1}
    assert sum(bands.values()) == facts[("01001", "2024", "schools_with_ips")] == 5
    directory = DIRECTORY.replace("etat\n", "etat;rpi_concentre;rpi_disperse\n")
    directory += "0010001A;Ecole;Public;01001;;OUVERT;0;\n0010002B;Ecole;Public;01001;;OUVERT;1;\n"
    directory += "0010003C;Ecole;Public;01002;;OUVERT;0;012D\n"
    counts = "".join(
        f"{year};{uai};PUBLIC;0;0;15;1;6;9;0;1\n"
        for year in (2024, 2025)
        for uai in ("0010001A", "0010002B", "0010003C")
    )
    texts = {"fr-en-annuaire-education.csv": directory, "fr-en-ecoles-effectifs-nb_classes.csv": COUNTS + counts}
    facts = values(clean_schools(received(tmp_path / "b", texts)))
    grouped = {key[:2]: value for key, value in facts.items() if key[2] == "grouped_schools"}
    assert grouped == {("01001", "2025"): 1, ("01002", "2025"): 1}


def test_a_lycee_has_an_index_of_both_its_ways_and_a_college_says_how_far_apart_its_pupils_are(tmp_path):
    header = "rentree_scolaire;uai;nom_de_l_etablissment;code_insee_de_la_commune;secteur;"
    texts = {
        "fr-en-ips-ecoles-ap2022.csv": header + "ips\n",
        "fr-en-ips-colleges-ap2022.csv": header
        + "effectifs;ips;ecart_type_de_l_ips\n2022-2023;0010001A;A;01001;public;900;100;30\n"
        + "2022-2023;0010002B;B;01001;public;10;90;20\n2022-2023;0010003C;C;01001;public;10;80;\n",
        "fr-en-ips-lycees-ap2022.csv": header
        + "ips_voie_gt;ips_voie_pro;ips_ensemble_gt_pro\n2022-2023;0010004D;D;01001;public;120;80;112,5\n",
    }
    facts = values(clean_social_position(received(tmp_path, texts)))
    assert facts[("01001", "2022", "lower_secondary_ips_deviation_total")] == 50
    assert facts[("01001", "2022", "lower_secondary_with_ips_deviation")] == 2
    assert facts[("01001", "2022", "lower_secondary_with_ips")] == 3
    assert facts[("01001", "2022", "upper_secondary_ips_total")] == 112.5
    assert not any(measure.startswith("upper_secondary_ips_under") for _, _, measure in facts)


def test_pupils_of_colleges_and_lycees_are_those_that_the_directory_counts_and_not_its_lines(tmp_path):
    """A section has a line without pupils; where no line has any, the commune is unknown and its EPCI too, not 0."""
    lines = ("01001;400;OUVERT", "01001;;OUVERT", "01003;;OUVERT", "75101;50;OUVERT", "75100;;OUVERT", "75102;9;OUVERT")
    directory = "".join(f"001000{n}A;Collège;Public;{line}\n" for n, line in enumerate(lines, start=1))
    directory += "0010008H;Lycée;Privé;01002;;OUVERT\n0010009I;EREA;Public;01002;30;OUVERT\n"
    directory += "0010001Z;Ecole;Public;01001;15;OUVERT\n"
    counts = COUNTS + "2024;0010001Z;PUBLIC;0;0;15;1;6;9;0;12345\n"
    texts = {"annuaire.csv": DIRECTORY + directory, "effectifs.csv": counts}
    folder = received(
        tmp_path, texts, vintage={"effectifs": "rentrée 2024", "annuaire": "juin 2025 (effectifs de 2023 ?)"}
    )
    paris = communes(("75056", "P"), ("75101", None), ("75102", None)).assign(departement="75")
    paris.loc[1:, ["kind", "parent"]] = ["arrondissement-municipal", "75056"]
    table = clean_schools(folder, pd.concat([PLACES, paris]).assign(name="x", zone="metro", region="84"))
    table = table[table["measure"].isin(["lower_secondary_pupils", "upper_secondary_pupils"])]
    assert set(table["period"]) == {"2025"}
    facts = {(row.code, row.level, row.measure[:5]): row.value for row in table.itertuples() if row.status == "ok"}
    sums = {
        ("F", "france"): 459,
        ("FM", "france"): 459,
        ("84", "region"): 459,
        ("75", "departement"): 59,
        ("P", "epci"): 59,
    }
    sums |= {("01", "departement"): 400, ("A", "epci"): 400, ("01001", "commune"): 400, ("75056", "commune"): 59}
    assert facts == {(*place, "lower"): value for place, value in sums.items()}
    unknown = table.loc[table["status"].eq("nd"), ["code", "measure"]].to_records(index=False).tolist()
    assert ("01003", "lower_secondary_pupils") in unknown and ("01002", "upper_secondary_pupils") in unknown
    assert not any(code.startswith("751") for code, _ in unknown)


# Accounts of the CCAS.

ACCOUNTS = "exer;siren;type;nom_ccas;type_de_budget;agregat;montant\n"


def account(year, siren, kind, budget, item, euros):
    return f"{year};{siren};{kind};CCAS X;{budget};{item};{euros}\n"


def test_the_main_budget_of_a_ccas_is_placed_by_its_siren(tmp_path):
    spent, aid, main = "Dépenses de fonctionnement", "Dépenses d'intervention", "Budget principal"
    accounts = ACCOUNTS + account("2023-01-01", "260000001", "CCAS", main, spent, "1000,5")
    accounts += account("2023", "260000002", "CCAS", main, spent, 500) + account(
        "2023", "260000001", "CCAS", main, aid, 80
    )
    accounts += account("2023", "260000001", "CCAS", "Budget annexe", spent, 90000)
    accounts += account("2023", "260000001", "CIAS", main, spent, 7000) + account(
        "2023", "260000009", "CCAS", main, spent, 4
    )
    accounts += account("2023", "260000001", "CCAS", main, "Frais de personnel", 300) + account(
        "2022", "260000001", "CCAS", main, spent, ""
    )
    seats = "siren;codecommuneetablissement;etatadministratifetablissement\n260000001;01999;Fermé\n"
    seats += "260000001;01001;Actif\n260000002;01001;Actif\n"
    expected = {("01001", "2023", "ccas_operating_expenses"): 1500.5, ("01001", "2023", "ccas_aid_expenses"): 80}
    texts = {"ofgl-base-ccas-cias.csv": accounts, "rattachement_siren_commune.csv": seats}
    assert values(clean_ccas(received(tmp_path, texts, full=True))) == expected
    texts["rattachement_siren_commune.csv"] = "siren;code_commune\n260000001;01001\n260000002;01001\n"
    assert values(clean_ccas(received(tmp_path, texts))) == expected
    (line,) = said(clean_ccas, received(tmp_path, {"ofgl-base-ccas-cias.csv": accounts}))
    assert "trouvé aucun fichier connu, attendu rattachement*.csv" in line
    assert {one.name for one in SOURCES["ofgl_ccas"].downloads} == set(texts)


# Filosofi 2023.


def test_the_full_file_of_filosofi_has_other_measures_and_columns_of_units(tmp_path):
    header = "GEO;GEO_OBJECT;FILOSOFI_MEASURE;UNIT_MEASURE;UNIT_MULT;CONF_STATUS;OBS_STATUS;TIME_PERIOD;OBS_VALUE"
    rows = ["01001;COM;MED_SL;EUR_YR;0;F;A;2023;23000", "01001;COM;NUM_HH;HH;0;F;A;2023;300"]
    rows += [
        "01001;COM;PR_MD60;PT;0;C;A;2023;",
        "01002;COM;MED_SL;EUR_YR;0;F;K;2023;",
        "12;BV2022;MED_SL;EUR_YR;0;F;A;2023;1",
    ]
    text = "\n".join([header, *rows]) + "\n"
    facts = values(
        CLEANERS["insee_filosofi_2023"](received(tmp_path, {"DS_FILOSOFI_CC_2023_data.csv": text}, full=True))
    )
    assert facts == {("01001", "2023", "living_standard_median"): 23000, ("01001", "2023", "poverty_rate"): "secret"}


# What a commune without a row means.


def communes(*rows):
    table = pd.DataFrame(rows, columns=["code", "epci"], dtype=str)
    table = table.assign(kind="commune-actuelle", departement="01", parent=None, former_codes=None)
    return table.assign(region="84", zone="metro")


def sites(*codes):
    table = pd.DataFrame({"code": list(codes), "level": "commune", "period": "2026", "measure": "sites", "value": 1.0})
    return table.assign(status="ok", source="dataset", parts=1, few=0)


PLACES = communes(("01001", "A"), ("01002", "A"), ("01003", "B"), ("01004", None))


def with_paris():
    """Places with a commune of two municipal arrondissements."""
    paris = communes(("75056", "P"), ("75101", None), ("75102", None)).assign(departement="75")
    paris.loc[1:, ["kind", "parent"]] = ["arrondissement-municipal", "75056"]
    return pd.concat([PLACES, paris], ignore_index=True)


def summed(table, source, places):
    """What a list gives everywhere, in its own communes, as values."""
    whole = with_absent(table, source, places, places)
    facts = to_reference(whole, source, Perimeter.between(places, places))
    return values(facts[facts["level"].isin(["commune", "france"])])


def test_a_thing_under_its_commune_and_another_under_its_arrondissement_are_two(tmp_path):
    """And a measure that no arrondissement is named for takes nothing from another one."""
    listed = Source("dataset", "L", "P", geography=Geography(arrondissements=True), coverage=Coverage("zero"))
    table = pd.concat([sites("75056", "75101", "75101", "01001"), sites("01002").assign(measure="halls")])
    counted = table.groupby(
        ["code", "level", "period", "measure", "status", "source", "parts", "few"], as_index=False
    ).sum()
    found = summed(counted, listed, with_paris())
    assert found[("75056", "2026", "sites")] == 3 and found[("75056", "2026", "halls")] == 0
    assert found[("F", "2026", "sites")] == 4 and found[("F", "2026", "halls")] == 1
    assert not any(code.startswith("7510") for code, _, _ in found)
    without = counted.assign(value=counted["value"].where(counted["code"].ne("75101")))
    without["status"] = without["value"].isna().map({True: "nd", False: "ok"})
    assert summed(without, listed, with_paris())[("75056", "2026", "sites")] == "nd"  # not 1


def test_a_list_of_france_says_nothing_of_an_overseas_collectivity_that_it_does_not_name():
    listed, places = Source("dataset", "L", "P", coverage=Coverage("zero")), PLACES.copy()
    places.loc[places["code"].isin(["01003", "01004"]), "zone"] = "com"
    found = values(with_absent(sites("01001", "01003"), listed, places, places))
    assert found == {("01001", "2026", "sites"): 1, ("01002", "2026", "sites"): 0, ("01003", "2026", "sites"): 1}


def test_a_commune_given_with_its_arrondissements_counts_once_and_one_measure_does_not_hide_another():
    source = Source("dataset", "L", "P")
    both = pd.concat([sites("75056", "75101", "75102"), sites("75101", "75102").assign(measure="halls")])
    places = with_paris()
    found = values(to_reference(both, source, Perimeter.between(places, places)).query("level == 'commune'"))
    assert found == {("75056", "2026", "sites"): 1, ("75056", "2026", "halls"): 2}


def test_the_outpatient_psychiatry_of_the_edition_of_2020_is_not_read(tmp_path):
    """It has none in ten départements with cities, one in Rennes Métropole: what it counts is not what there is."""
    text = "CODGEO;NB_D106;NB_D107;NB_D108;NB_D109;NB_D113;NB_D307\n21231;0;0;0;0;0;4\n35238;0;0;0;1;0;2\n"
    folder = received(tmp_path, {"equip-serv-sante-com-2020.csv": text})
    found = {place: value for place, value in values(CLEANERS["insee_bpe_2020"](folder)).items() if value}
    assert found == {("21231", "2020", "pharmacies"): 4, ("35238", "2020", "pharmacies"): 2}


def test_a_departement_that_a_list_has_lost_is_unknown_in_that_period_alone():
    """No row at all of Corsica in the list of 2025, which the list of 2024 has."""
    codes = ["2A004", "2A005", "01001", "01002"]
    communes = pd.DataFrame({"code": codes, "departement": ["2A", "2A", "01", "01"], "epci": ["A", "A", "B", "B"]})
    communes = communes.assign(kind="commune-actuelle", parent=None)
    rows = pd.concat([sites("2A004", "01001").assign(period="2024"), sites("01001").assign(period="2025")])
    known = {("01001", "2024"): 1, ("01002", "2024"): 0, ("2A004", "2024"): 1, ("2A005", "2024"): 0}
    known |= {("01001", "2025"): 1, ("01002", "2025"): 0}
    for source in ("france_services", "depp_ecoles"):
        found = values(with_absent(rows, SOURCES[source], communes, communes))
        assert {place[:2]: value for place, value in found.items()} == known
    assert ("2A004", "2025", "sites") in values(with_absent(rows, SOURCES["rna"], communes, communes))


def test_the_facilities_of_2020_are_summed_by_kind_and_paris_is_not_counted_twice(tmp_path):
    texts = {
        "equip-serv-sante-com-2020.csv": "CODGEO;NB_D106;NB_D107;NB_D113;NB_D108;NB_D307\n"
        "01001;1;0;2;3;0\n75056;0;0;0;4;0\n",
        "equip-serv-commerce-com-2020.csv": "CODGEO;NB_B101;NB_B102;NB_B201;NB_B202\n"
        "01001;1;0;2;1\n75056;5;0;0;0\n75101;2;0;0;0\n75102;3;0;0;0\n",
    }
    table = CLEANERS["insee_bpe_2020"](received(tmp_path, texts))
    facts = values(table)
    assert facts[("01001", "2020", "health_centres")] == 5 and facts[("01001", "2020", "emergency_wards")] == 1
    assert facts[("01001", "2020", "food_shops")] == 4
    places = with_paris()
    found = values(
        to_reference(table, SOURCES["insee_bpe_2020"], Perimeter.between(places, places)).query("code == '75'")
    )
    assert found[("75", "2020", "food_shops")] == 5 and found[("75", "2020", "health_centres")] == 4
    other = {"equip-serv-sante-com-2020.csv": "CODGEO;NB_Z1\n01001;1\n"}
    lines = said(CLEANERS["insee_bpe_2020"], received(tmp_path / "b", other))
    assert len(lines) == 5 and "colonne NB_D307 : trouvé pas de colonne de ce nom" in lines[-1]


def test_a_commune_that_a_list_does_not_name_has_none_where_the_list_covers(tmp_path):
    listed = Source("dataset", "L", "P", coverage=Coverage("zero"))
    extract = values(with_absent(sites("01001"), listed, PLACES, None))
    assert extract == {("01001", "2026", "sites"): 1, ("01002", "2026", "sites"): 0}
    full = values(with_absent(sites("01001"), listed, PLACES, PLACES))
    assert {code: value for (code, _, _), value in full.items()} == {"01001": 1, "01002": 0, "01003": 0, "01004": 0}
    secret = values(
        with_absent(sites("01001"), Source("dataset", "L", "P", coverage=Coverage("secret")), PLACES, PLACES)
    )
    assert secret == {("01001", "2026", "sites"): 1, ("01002", "2026", "sites"): "secret"}
    assert len(with_absent(sites("01001"), Source("dataset", "L", "P"), PLACES, PLACES)) == 1


@pytest.mark.parametrize(
    ("extent", "folder", "expected"),
    [
        (None, "dataset", None),
        (None, "full", ["01001", "01002", "02001"]),
        ("france_entiere", "france", ["01001", "01002", "02001"]),
        ({"departements": ["01"]}, "france", ["01001", "01002"]),
        ({"epci": ["B"]}, "dataset", ["01002"]),
    ],
)
def test_a_certificate_says_what_its_lists_cover(tmp_path, extent, folder, expected):
    home = tmp_path / "dataset" if folder == "dataset" else tmp_path / "dataset" / folder
    home.mkdir(parents=True)
    text = dict.fromkeys(("titre", "producteur", "jeu_de_donnees", "millesime", "geographie", "licence"), "x")
    text |= {"id": "dataset", "date_acces": "2026-01-01", "couverture": "x", "secret_arrondi": "x"}
    text["fichiers"] = [{"fichier": "x.csv", "octets": 1, "sha256": "x"}]
    (home / "source.yml").write_text(yaml.safe_dump(text | ({"etendue": extent} if extent else {})))
    places = communes(("01001", "A"), ("01002", "B"), ("02001", None)).assign(departement=["01", "01", "02"])
    listed = read_certificate(home).listed(places)
    assert listed is expected is None or list(listed["code"]) == expected


def test_a_list_is_not_taken_to_cover_the_departements_that_its_source_leaves_out():
    places = PLACES.assign(departement=["01", "01", "01", "976"])
    listed = Source("dataset", "L", "P", coverage=Coverage("zero"), totals=Totals(outside=("976",)))
    full = values(with_absent(sites("01001"), listed, places, places))
    assert {code: value for (code, _, _), value in full.items()} == {"01001": 1, "01002": 0, "01003": 0}


def test_a_commune_where_nobody_lives_has_none_and_makes_no_total_missing():
    places = communes(("01001", "A"), ("01002", "A"), ("01003", "B"), ("01004", "B"), ("02001", "C"))
    places = places.assign(population=[5.0, 0.0, 9.0, 4.0, 0.0], region="84", zone="metro")
    places = places.assign(departement=["01", "01", "01", "01", "02"])
    median = sites("01001", "01003").assign(measure="site_median")
    source = Source(
        "dataset", "L", "P", coverage=Coverage("uninhabited"), totals=Totals(alone=frozenset({"site_median"}))
    )
    known = with_absent(pd.concat([sites("01001", "01003"), median]), source, places, None)
    found = values(known)
    assert found[("01002", "2026", "sites")] == 0  # nobody lives there
    assert ("01004", "2026", "sites") not in found  # nothing is known of those who do
    assert ("02001", "2026", "sites") not in found  # nor does the file name this département
    assert ("01002", "2026", "site_median") not in found and found[("01001", "2026", "site_median")] == 1
    moved = values(to_reference(known, source, Perimeter.between(places, places)))
    assert moved[("A", "2026", "sites")] == 1 and moved[("B", "2026", "sites")] == "nd"


PERIMETER = Perimeter(PLACES, PLACES, [])


def test_a_list_with_addresses_abroad_is_no_error_and_another_list_is():
    table = sites("01001", "01777", "99123")
    assert (
        strangers(table, Source("dataset", "L", "P", geography=Geography(cog=2026, loose=True)), PERIMETER, Path("x"))
        == []
    )
    (finding,) = strangers(table, Source("dataset", "L", "P", geography=Geography(cog=2026)), PERIMETER, Path("x"))
    assert "trouvé 01777, 99123, attendu des communes de 2026" in str(finding)

"""The references of France, the births of Mayotte, the facilities of 2024 by groups: the figures said to be checked."""

import pandas as pd
import pytest
from raw_files import received

from ctg_analysis.clean.official import clean_activity_of_france
from ctg_analysis.indicators.observations import read_indicators
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.settings import data_root
from ctg_analysis.raw.certificates import complementary, integrity, read_certificate

AGES = {
    "15 à 19 ans": (551041, 221214, 4179381),
    "20 à 24 ans": (2080094, 562391, 3869753),
    "25 à 39 ans": (9601579, 1375963, 12147697),
    "40 à 54 ans": (10853705, 1024479, 13097266),
    "55 à 64 ans": (4712905, 504412, 8604567),
    "65 ans ou plus": (487093, 30048, 14121744),
}
FOLDERS = [
    "insee_filosofi_2021/france",
    "reperes_france/france",
    "insee_etat_civil/france",
    "insee_bpe_2024_groupes/france",
    "insee_bpe_2025",
]
AGES_OF_RATES = ("15_24", "25_54", "55_64", "15_64")
BY_AGE = [f"{kind}_{age}_rate" for kind in ("unemployment", "employment") for age in AGES_OF_RATES]
READ = ["poverty_2021_rate", "living_standard_2021_median", *BY_AGE, "births_count", "deaths_count"]
READ += ["births_3_year_count", "general_practitioners_count", "childcare_centres_and_hubs_count"]


def file_of_ages(ages):
    lines = [";".join(map(str, (age, *numbers))) for age, numbers in ages.items()]
    return {"rp2022_activite_france_extrait.csv": "\n".join(["age;P22_ACTOCC;P22_CHOM;P22_POP", *lines, ""])}


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_file_is_that_of_its_certificate(folder):
    home = read_certificate(data_root().raw / folder)
    assert [finding for one in home.certificate.fichiers for finding in integrity(home, one.fichier)] == []


def test_ages_of_the_file_add_up_to_those_of_the_epcis(tmp_path):
    """783 605 unemployed of 3 414 740 active of 15 to 24; those of 65 or more are of no rate."""
    facts = clean_activity_of_france(received(tmp_path, file_of_ages(AGES)))
    values = facts.set_index("measure")["value"]
    assert [values["unemployed_15_24"], values["active_15_24"]] == [783_605, 3_414_740]
    assert [values["employed_25_54"], values["population_25_54"]] == [20_455_284, 25_244_963]
    assert set(facts["code"]) == {"F"} and not any("65" in measure for measure in values.index)


def test_a_file_without_an_age_is_refused_in_one_line(tmp_path):
    ages = {age: numbers for age, numbers in AGES.items() if age != "25 à 39 ans"}
    with pytest.raises(InputError, match="25 à 39 ans"):
        clean_activity_of_france(received(tmp_path, file_of_ages(ages)))


def test_a_year_that_a_file_has_of_a_few_places_leaves_the_others_to_the_next_file():
    """2023 of twenty communes and 2025 of one; then another file, of one that the first has and one that it has not."""

    def facts(rows):
        table = pd.DataFrame(rows, columns=["code", "period"])
        return table.assign(level="commune", measure="births", value=1.0)

    whole = facts([*((f"010{number:02d}", "2023") for number in range(20)), ("97601", "2025")])
    other = facts([("12001", "2023"), ("12001", "2025"), ("97601", "2025")])
    _, kept = complementary([whole, other])
    assert kept[["code", "period"]].to_numpy().tolist() == [["12001", "2025"]]


@pytest.fixture(scope="module")
def observed(france):
    rows = read_indicators(france.processed, READ, groups=())
    return rows[rows["status"].eq(OK)].set_index(["indicator", "period", "territory"])["value"]


@pytest.mark.nightly
def test_france_has_what_the_insee_publishes(observed):
    assert observed["poverty_2021_rate", "2021", "F"] == 15.3
    assert observed["living_standard_2021_median", "2021", "F"] == 23_000
    found = [round(observed[name, "2022", "F"], 1) for name in BY_AGE]
    assert found == [22.9, 10.5, 9.7, 11.7, 32.7, 81.0, 54.8, 66.3]


@pytest.mark.nightly
def test_births_of_mayotte_go_to_2025_and_those_of_france_stop_in_2023(observed):
    births = observed["births_count"]
    assert [births[year, "976"] for year in ("2014", "2023", "2024", "2025")] == [7_306, 10_278, 8_908, 9_072]
    assert ("2024", "F") not in births.index and ("2025", "200067171") in births.index
    assert observed["deaths_count"]["2025", "976"] == 1_044
    three = observed["births_3_year_count"]
    assert three["2025", "976"] == 10_278 + 8_908 + 9_072 and ("2015", "976") not in three.index


@pytest.mark.nightly
def test_facilities_of_2024_are_of_all_the_country_and_those_of_2025_of_two_epcis(observed):
    doctors = observed["general_practitioners_count"]
    assert [doctors["2024", epci] for epci in ("200067171", "243500139")] == [13, 498]
    assert [doctors["2025", epci] for epci in ("200067171", "243500139")] == [12, 509]
    codes = {*doctors["2025"].index}
    assert {code for code in codes if len(code) == 9} == {"200067171", "243500139"}
    assert codes.isdisjoint({"F", "FM", "12", "35"})
    assert sum(len(code) == 9 for code in doctors["2024"].index) == 1255
    both = observed["childcare_centres_and_hubs_count"]
    assert both["2024", "F"] == 15_319 and both["2024", "200067171"] == both["2025", "200067171"] == 5

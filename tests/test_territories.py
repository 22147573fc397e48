"""Who belongs to whom, in every corner of France, and what became of whom."""

import pandas as pd
import pytest

from ctg_analysis.cleaning.geography import clean_communes
from ctg_analysis.comparisons import comparators, find_epci, members
from ctg_analysis.errors import UserError
from ctg_analysis.processing import certified_folders
from ctg_analysis.territories import passage


@pytest.fixture(scope="module")
def territories(france):
    return pd.read_parquet(france.processed / "territories.parquet")


@pytest.fixture(scope="module")
def years(france):
    return clean_communes(certified_folders(france)["etalab_decoupage"])


def row(territories, code, level):
    return territories[territories["code"].eq(code) & territories["level"].eq(level)].iloc[0]


def test_the_default_epci_has_its_21_communes(territories):
    communes = members(territories, "200067171")
    assert len(communes) == 21 and set(communes["departement"]) == {"12"}
    assert list(comparators(territories, "200067171")["code"]) == ["200067171", "12", "76", "F"]


def test_codes_are_text_with_their_zeros_and_letters(territories):
    communes = set(territories.loc[territories["level"].eq("commune"), "code"])
    assert {"01001", "2A004", "2B033", "97411", "97608"} <= communes
    assert all(len(code) == 5 for code in communes)


def test_paris_lyon_marseille_and_their_arrondissements(territories):
    parts = territories[territories["level"].eq("arrondissement")]
    assert parts["parent"].value_counts().to_dict() == {"75056": 20, "13055": 16, "69123": 9}
    assert row(territories, "75056", "commune")["epci"] == "200054781"


def test_four_islands_have_no_epci(territories):
    communes = territories[territories["level"].eq("commune") & territories["zone"].ne("com")]
    assert set(communes.loc[communes["epci"].isna(), "code"]) == {"22016", "29083", "29155", "85113"}


def test_overseas_departements_are_in_france_and_collectivities_are_not(territories):
    departements = set(territories.loc[territories["level"].eq("departement"), "code"])
    assert len(departements) == 101 and {"971", "972", "973", "974", "976", "2A", "2B"} <= departements
    assert "987" not in departements and "975" not in departements


def test_an_epci_across_two_departements_has_both(territories):
    epcis = territories[territories["level"].eq("epci") & territories["departement"].str.contains("|", regex=False)]
    assert len(epcis) > 50
    one = comparators(territories, "200066553")  # CC du Haut-Languedoc: Hérault and Tarn
    assert list(one["code"]) == ["200066553", "34", "81", "76", "F"]


def test_an_unknown_epci_is_said_in_one_line(territories):
    with pytest.raises(UserError, match=r"epci '123456789' is not an EPCI .*ctg list epci"):
        find_epci(territories, "123456789")


@pytest.mark.parametrize("year", range(2021, 2026))
def test_every_commune_of_a_past_year_has_an_heir(years, year):
    ways = passage(years[year], years[2026])
    communes = years[year][years[year]["kind"].eq("commune-actuelle")]
    assert set(ways["code"]) == set(communes["code"])
    assert ways["commune"].notna().all()


def test_merged_communes_lead_to_the_one_that_took_them_in(years):
    ways = passage(years[2024], years[2026]).set_index("code")["commune"]
    assert ways["12076"] == "12218"  # Conques-en-Rouergue changed its code
    assert ways["49069"] == ways["49126" if "49126" in ways.index else "49069"] == "49126"


def test_a_split_commune_leads_to_its_parts_and_says_so(years):
    ways = passage(years[2024], years[2026])
    parts = ways[ways["code"].eq("15141")]
    assert set(parts["commune"]) == {"15141", "15031", "15035", "15047", "15171"} and parts["split"].all()
    assert ways["split"].sum() == 5


def test_the_perimeter_says_that_the_composition_of_epcis_is_that_of_2025():
    from ctg_analysis.chapter import open_chapter

    assert "la composition des EPCI diffusée pour 2026 est celle de 2025" in open_chapter("200067171").perimeter().html

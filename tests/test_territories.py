"""Who belongs to whom, in every corner of France, and what became of whom."""

import pandas as pd
import pytest

from ctg_analysis.clean.facts import CLEANERS, restore_absent
from ctg_analysis.clean.frame import clean_communes
from ctg_analysis.clean.perimeter import Perimeter, to_reference
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.facts import facts
from ctg_analysis.model.indicator import MISSING, OK, SECRET
from ctg_analysis.model.norms import read_geography
from ctg_analysis.model.settings import data_root
from ctg_analysis.model.source import SOURCES, Source, Totals
from ctg_analysis.model.territories import comparators, find_epci, members, passage
from ctg_analysis.raw.certificates import read_certificate


@pytest.fixture(scope="module")
def territories(france):
    return pd.read_parquet(france.processed / "territories.parquet")


@pytest.fixture(scope="module")
def years():
    return clean_communes(read_certificate(data_root().raw / "etalab_decoupage"))


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


def test_r11_an_epci_across_two_departements_has_both(territories):
    epcis = territories[territories["level"].eq("epci") & territories["departement"].str.contains("|", regex=False)]
    assert len(epcis) > 50
    one = comparators(territories, "200066553")  # CC du Haut-Languedoc: Tarn, which most communes are of, and Hérault
    assert list(one["code"]) == ["200066553", "81", "34", "76", "F"]


def test_an_unknown_epci_is_said_in_one_line(territories):
    with pytest.raises(UserError, match=r"EPCI « 123456789 » : aucun de ce SIREN ni de ce nom .*ctg list epci"):
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


def test_pages_say_that_the_composition_of_epcis_is_that_of_2025():
    note = read_geography(data_root()).note
    assert "la composition des EPCI diffusée pour 2026 est celle de 2025" in note


FILOSOFI = Source(id="insee_filosofi_2019", label="Filosofi", producer="INSEE", totals=Totals(additive=False))


@pytest.fixture(scope="module")
def incomes(years):
    """Filosofi 2019: those of the 21 communes that have a row, 20 of them, and all larger places."""
    table = CLEANERS["insee_filosofi_2019"](read_certificate(data_root().raw / "insee_filosofi_2019" / "france"))
    here = table["code"].isin(members_of(years[2021], "200067171"))
    return table[here | table["level"].ne("commune")].reset_index(drop=True)


def test_the_commune_that_filosofi_leaves_out_stays_in_the_table_as_secret(incomes, years):
    restored = restore_absent(incomes, years[2021])
    assert restored.iloc[: len(incomes)].equals(incomes.reset_index(drop=True))
    added = restored.iloc[len(incomes) :]
    assert set(added["code"]) == {"12166"} and set(added["level"]) == {"commune"}
    assert set(added["period"]) == {"2019"} and set(added["source"]) == {"insee_filosofi_2019"}
    assert sorted(added["measure"]) == ["living_standard_median", "tax_households"]  # the others: large communes only
    assert set(added["status"]) == {SECRET} and added["value"].isna().all()
    assert list(restored.columns) == list(incomes.columns) and restored["value"].dtype == float


def test_a_restored_commune_is_secret_in_the_reference_geography_too(incomes, years):
    moved = to_reference(restore_absent(incomes, years[2021]), FILOSOFI, Perimeter.between(years[2021], years[2026]))
    medians = moved[moved["measure"].eq("living_standard_median") & moved["period"].eq("2019")]
    communes = medians[medians["level"].eq("commune")].set_index("code")["status"]
    assert len(communes) == 21 and communes["12166"] == SECRET and set(communes.drop("12166")) == {OK}


def test_nothing_is_restored_where_the_producer_gives_no_figure_by_commune(incomes, years):
    above = incomes[incomes["level"].ne("commune")]
    assert restore_absent(above, years[2021]).equals(above.reset_index(drop=True))


def test_each_year_is_restored_by_its_own_coverage(years):
    """An EPCI that has rows in one year only is not secret in the other."""
    here = members_of(years[2021], "200067171")
    elsewhere = members_of(years[2021], "200066553")
    rows = [("2018", code) for code in elsewhere[1:]] + [("2019", code) for code in here[1:]]
    table = pd.DataFrame(rows, columns=["period", "code"]).assign(
        level="commune", measure="living_standard_median", value=1.0, status=OK, source="insee_filosofi_2019"
    )
    added = restore_absent(table, years[2021]).iloc[len(rows) :]
    assert set(zip(added["period"], added["code"], strict=True)) == {("2018", elsewhere[0]), ("2019", here[0])}


def members_of(communes, epci):
    return sorted(communes.loc[communes["epci"].eq(epci) & communes["kind"].eq("commune-actuelle"), "code"])


@pytest.mark.parametrize("name, paris", [("caf_txcouv_pe", []), ("insee_etat_civil", [200.0])])
def test_what_cannot_be_added_up_has_no_value_for_a_city_given_by_arrondissement(name, paris, years):
    now, source = years[2026], SOURCES[name]
    parts = now.loc[now["parent"].eq("75056"), ["code"]].assign(value=10.0)
    table = facts(parts, name, level="commune", period="2023", measure="m")
    moved = to_reference(table, source, Perimeter.between(now, now))
    assert moved.loc[moved["code"].eq("75056"), "value"].tolist() == paris
    assert not moved["code"].isin(parts["code"]).any()


PARIS = pd.DataFrame(
    [
        ("75056", "commune-actuelle", "75", "11", "P", None, "metro"),
        ("75101", "arrondissement-municipal", "75", "11", None, "75056", "metro"),
        ("75102", "arrondissement-municipal", "75", "11", None, "75056", "metro"),
        ("93001", "commune-actuelle", "93", "11", "P", None, "metro"),
        ("97601", "commune-actuelle", "976", "06", "M", None, "drom"),
    ],
    columns=["code", "kind", "departement", "region", "epci", "parent", "zone"],
).assign(former_codes=None)


def in_paris(source, totals, **known):
    """The facts of a source whose totals are these, in the reference geography: level, code, measure → value."""
    rows = [(name.split("_")[0][1:], name.split("_")[1], float(value)) for name, value in known.items()]
    table = facts(pd.DataFrame(rows, columns=["code", "measure", "value"]), source, level="commune", period="2021")
    moved = to_reference(table, Source(source, "L", "P", totals=totals), Perimeter.between(PARIS, PARIS))
    shown = moved["value"].where(moved["status"].eq(OK), moved["status"])
    return {
        (level, code, measure): value
        for level, code, measure, value in zip(moved["level"], moved["code"], moved["measure"], shown, strict=True)
    }


def test_paris_is_given_by_one_source_both_ways_and_by_another_by_arrondissement_only():
    """Two sources that add up alike are brought there together: neither hides a part of the other."""
    both = in_paris("one", Totals(), c75056_a=30, c75101_a=10, c75102_a=20, c93001_a=5, c97601_a=1)
    assert both["commune", "75056", "a"] == 30 and both["epci", "P", "a"] == 35
    parts = in_paris("two", Totals(), c75101_b=10, c75102_b=21, c93001_b=5, c97601_b=1)
    assert parts["commune", "75056", "b"] == 31 and parts["epci", "P", "b"] == 36
    together = in_paris("one", Totals(), c75056_a=30, c75101_a=10, c75102_a=20, c93001_a=5, c75101_b=10, c75102_b=21)
    assert together["commune", "75056", "a"] == 30 and together["commune", "75056", "b"] == 31
    lacking = in_paris("two", Totals(), c75101_b=10, c93001_b=5)
    assert lacking["commune", "75056", "b"] == MISSING


def test_births_are_counted_everywhere_and_the_census_is_not():
    totals = Totals(outside=("976",), everywhere=frozenset({"births"}))
    nowhere = float("nan")
    found = in_paris(
        "s",
        totals,
        c75056_births=30,
        c93001_births=5,
        c97601_births=7,
        c75056_jobs=9,
        c93001_jobs=1,
        c97601_jobs=nowhere,
    )
    assert (found["france", "F", "births"], found["france", "F", "jobs"]) == (42, 10)
    assert (found["departement", "976", "births"], found["departement", "976", "jobs"]) == (7, MISSING)


def test_a_list_is_summed_as_it_is_and_its_absent_communes_stay_unknown():
    listed = in_paris("s", Totals(listed=True), c75056_a=30, c97601_a=float("nan"))
    assert listed["epci", "P", "a"] == 30 and ("commune", "93001", "a") not in listed  # no 0
    assert listed["epci", "M", "a"] == MISSING and listed["france", "F", "a"] == 30


def test_a_commune_that_the_files_lost_is_missing_in_its_epci_and_left_out_of_larger_places():
    lost = in_paris("s", Totals(outside=("976",), lost=(("2021", "93001"),)), c75056_a=30)
    assert lost["epci", "P", "a"] == MISSING
    assert lost["region", "11", "a"] == lost["france", "F", "a"] == lost["france", "FM", "a"] == 30
    found = in_paris("s", Totals(outside=("976",), lost=(("2021", "93001"),)), c75056_a=30, c93001_a=5)
    assert found["region", "11", "a"] == found["france", "F", "a"] == 35  # a file that has it

"""The readers take official files as they are: a few rows of each everywhere, the full files where they are there."""

import pandas as pd
import pytest
from back_test import absent_communes
from official_folder import OFFICIAL, ROWS, certified

from ctg_analysis.clean.facts import CLEANERS, restore_absent
from ctg_analysis.clean.frame import clean_communes
from ctg_analysis.clean.places import clean_social_position, read_social_position
from ctg_analysis.model.settings import data_root
from ctg_analysis.model.source import SOURCES
from ctg_analysis.raw.certificates import read_certificate

whole = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official full files are not beside the project")


def row(facts, code, measure, period):
    rows = facts[facts["code"].eq(code) & facts["measure"].eq(measure) & facts["period"].eq(period)]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.fixture(scope="module", params=[ROWS, pytest.param(OFFICIAL, marks=whole)], ids=["rows", "whole"])
def official(request):
    """The folder of the official files: a few rows of each, then the full ones."""
    return request.param


@pytest.fixture(scope="module")
def disposable(official):
    return CLEANERS["insee_filosofi_2019"](certified(official / "filosofi", "insee_filosofi_2019"))


@pytest.fixture(scope="module")
def all_disposable():
    return CLEANERS["insee_filosofi_2019"](certified(OFFICIAL / "filosofi", "insee_filosofi_2019"))


def test_filosofi_2019_decimal_comma_byte_order_mark_and_levels(disposable):
    assert set(disposable["level"]) == {"commune", "epci", "departement", "france"}
    assert row(disposable, "200067171", "living_standard_median", "2019")["value"] == 19700
    deciles = [row(disposable, "200067171", f"living_standard_d{n}", "2019")["value"] for n in (1, 2, 3, 4, 6, 7, 8, 9)]
    assert deciles == [11380, 13880, 15860, 17780, 21760, 24270, 27620, 34500]
    assert row(disposable, "01", "living_standard_decile_ratio", "2019")["value"] == 3.5
    assert row(disposable, "FM", "living_standard_median", "2019")["value"] == 21930


def test_filosofi_2019_has_deciles_of_large_communes_only(disposable):
    small = disposable[disposable["code"].eq("01001")]
    assert dict(zip(small["measure"], small["status"], strict=True)) == {
        "tax_households": "ok",
        "living_standard_median": "ok",
    }
    assert disposable.loc[disposable["status"].ne("ok"), "value"].isna().all()


def test_filosofi_2021_s_is_secrecy_and_nd_is_missing(official):
    table = CLEANERS["insee_filosofi_2021"](certified(official / "filosofi", "insee_filosofi_2021"))
    assert row(table, "12166", "living_standard_median", "2021")["status"] == "secret"
    assert row(table, "12119", "living_standard_median", "2021")["value"] == 22730
    assert set(table["status"]) == {"ok", "secret", "nd"}


def test_accessibility_workbooks_with_their_title_block(official):
    table = CLEANERS["drees_apl"](certified(official / "apl", "drees_apl"))
    assert set(table["period"]) == {"2022", "2023"} and table["code"].nunique() > (
        34_900 if official == OFFICIAL else 2
    )
    for code, year, index, people in (("12119", "2023", 112.659, 2070.536), ("01001", "2022", 118.587, 720.623)):
        assert row(table, code, "accessibility_nurse_inhabitants", year)["value"] == pytest.approx(people)
        assert row(table, code, "accessibility_nurse_total", year)["value"] == pytest.approx(index * people)


def test_social_position_whose_column_was_misspelt(official):
    table = read_social_position(certified(official / "ips", "depp_ips"), "*ecoles*")
    assert len(table) > (30_000 if official == OFFICIAL else 5) and table["uai"].is_unique
    assert set(table.loc[table["code_insee_de_la_commune"].eq("12118"), "uai"]) == {"0120386E"}


def test_social_position_of_schools_and_of_lower_secondary_schools(official):
    facts = clean_social_position(certified(official / "ips", "depp_ips"))
    assert row(facts, "12118", "schools_with_ips", "2022")["value"] == 1
    assert row(facts, "12119", "lower_secondary_ips_total", "2022")["value"] == pytest.approx(103.7)
    assert row(facts, "12119", "lower_secondary_ips_90_105", "2022")["value"] == 1


def test_an_extract_and_its_full_file_say_the_same(disposable):
    extract = CLEANERS["insee_filosofi_2019"](read_certificate(data_root().raw / "insee_filosofi_2019" / "france"))
    both = disposable.merge(extract, on=["code", "level", "period", "measure"], suffixes=("", "_short"), how="left")
    assert len(both) > 100 and both["value"].equals(both["value_short"]) and both["status"].equals(both["status_short"])


@pytest.fixture(scope="module")
def years():
    return clean_communes(read_certificate(data_root().raw / "etalab_decoupage"))


@pytest.fixture(scope="module")
def incomes_2021():
    return CLEANERS["insee_filosofi_2021"](certified(OFFICIAL / "filosofi", "insee_filosofi_2021"))


def given(facts):
    return facts.loc[facts["level"].eq("commune"), "code"].drop_duplicates()


@whole
def test_what_filosofi_2019_leaves_out_is_secret_where_it_covers(all_disposable, years):
    restored = restore_absent(all_disposable, years[2021])
    added = restored.iloc[len(all_disposable) :]
    here = years[2021].loc[years[2021]["epci"].eq("200067171"), "code"]
    assert set(added.loc[added["code"].isin(here), "code"]) == {"12166"}
    medians = added[added["measure"].eq("living_standard_median")]
    assert len(medians) == 3_581 and medians["code"].is_unique
    assert not set(medians["code"]) & set(given(all_disposable))
    # Guadeloupe, Guyane and Mayotte are not covered; Île-de-Sein has no EPCI, and "nd" in the file of 2021.
    assert not medians["code"].str[:2].isin(["97", "98"]).any() and "29083" not in set(medians["code"])


@whole
def test_filosofi_2019_is_in_the_communes_of_2020(all_disposable, years):
    """Communes that became another one, or changed their code, on 1 January 2021: not strangers, another year."""
    places = years[2021]
    strangers = set(given(all_disposable)) - set(places["code"])
    assert strangers == {"16351", "27676", "53239", "53274"}
    absent = absent_communes(given(all_disposable), places)
    large = places[places["code"].isin(absent) & places["population"].gt(200)]
    assert set(large["code"]) == {"27058"}  # Les Trois Lacs, 27676 in the file


@whole
def test_filosofi_2021_is_in_the_communes_of_2024_and_leaves_none_out(incomes_2021, years):
    of_all = incomes_2021[~incomes_2021["measure"].isin(SOURCES["insee_filosofi_2021"].of_large_communes)]
    assert len(restore_absent(of_all, years[2024])) == len(of_all)
    assert set(given(incomes_2021)) <= set(years[2024]["code"])
    strangers = set(given(incomes_2021)) - set(years[2022]["code"])
    assert strangers == {"27676", "60694", "85165", "85212"}  # apart again since
    assert row(incomes_2021, "12166", "living_standard_median", "2021")["status"] == "secret"


def test_the_communes_of_2021_are_those_of_the_official_code_and_of_the_composition_of_the_epcis(official, years):
    """The INSEE's own lists. A spreadsheet has taken away zeros of the second, and read "Faux" as a truth value."""
    ours = years[2021].set_index("code")
    code = pd.read_csv(official / "composition" / "commune_2021.csv", dtype=str)
    code = code[code["TYPECOM"].isin(["COM", "ARM"])].set_index("COM")
    columns = {"LIBELLE": "name", "REG": "region", "DEP": "departement", "COMPARENT": "parent"}
    assert code["TYPECOM"].eq("ARM").equals(ours.loc[code.index, "kind"].eq("arrondissement-municipal"))
    epcis = pd.read_csv(official / "composition" / "EPCI.csv", sep=";", dtype=str)
    epcis = epcis.set_index(epcis["COM"].str.zfill(5)).replace(
        {"EPCI": {"ZZZZZZZZZ": None}, "LIBGEO": {"FAUX": "Faux"}}
    )
    named = {"LIBGEO": "name", "EPCI": "epci"}
    for theirs, names in ((code, columns), (epcis, named)):
        same = ours.loc[theirs.index]
        wrong = {one: theirs.index[theirs[one].fillna("").ne(same[other].fillna(""))] for one, other in names.items()}
        assert {one: list(places) for one, places in wrong.items() if len(places)} == {}
    if official == OFFICIAL:
        assert set(code.index) == set(ours.index[ours["zone"].ne("com")])  # they are in a file apart
        communes = ours[ours["kind"].eq("commune-actuelle") & ours["zone"].ne("com")]
        assert set(epcis.index) == set(communes.index) and len(communes) == 34_965

"""The readers take official files as they are: a few rows of each, see official/README.md."""

import pandas as pd
import pytest
from raw_files import OFFICIAL, certified

from ctg_analysis.clean.facts import CLEANERS
from ctg_analysis.clean.frame import clean_communes
from ctg_analysis.clean.places import clean_social_position, read_social_position
from ctg_analysis.model.settings import data_root
from ctg_analysis.raw.certificates import read_certificate


def row(facts, code, measure, period):
    rows = facts[facts["code"].eq(code) & facts["measure"].eq(measure) & facts["period"].eq(period)]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.fixture(scope="module")
def disposable():
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


def test_filosofi_2021_s_is_secrecy_and_nd_is_missing():
    table = CLEANERS["insee_filosofi_2021"](certified(OFFICIAL / "filosofi", "insee_filosofi_2021"))
    assert row(table, "12166", "living_standard_median", "2021")["status"] == "secret"
    assert row(table, "12119", "living_standard_median", "2021")["value"] == 22730
    assert set(table["status"]) == {"ok", "secret", "nd"}


def test_accessibility_workbooks_with_their_title_block():
    table = CLEANERS["drees_apl"](certified(OFFICIAL / "apl", "drees_apl"))
    assert set(table["period"]) == {"2022", "2023"} and table["code"].nunique() > 2
    for code, year, index, people in (("12119", "2023", 112.659, 2070.536), ("01001", "2022", 118.587, 720.623)):
        assert row(table, code, "accessibility_nurse_inhabitants", year)["value"] == pytest.approx(people)
        assert row(table, code, "accessibility_nurse_total", year)["value"] == pytest.approx(index * people)


def test_social_position_whose_column_was_misspelt():
    table = read_social_position(certified(OFFICIAL / "ips", "depp_ips"), "*ecoles*")
    assert len(table) > 5 and table["uai"].is_unique
    assert set(table.loc[table["code_insee_de_la_commune"].eq("12118"), "uai"]) == {"0120386E"}


def test_social_position_of_schools_and_of_lower_secondary_schools():
    facts = clean_social_position(certified(OFFICIAL / "ips", "depp_ips"))
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


def test_the_communes_of_2021_are_those_of_the_official_code_and_of_the_composition_of_the_epcis(years):
    """The INSEE's own lists. A spreadsheet has taken away zeros of the second, and read "Faux" as a truth value."""
    ours = years[2021].set_index("code")
    code = pd.read_csv(OFFICIAL / "composition" / "commune_2021.csv", dtype=str)
    code = code[code["TYPECOM"].isin(["COM", "ARM"])].set_index("COM")
    columns = {"LIBELLE": "name", "REG": "region", "DEP": "departement", "COMPARENT": "parent"}
    assert code["TYPECOM"].eq("ARM").equals(ours.loc[code.index, "kind"].eq("arrondissement-municipal"))
    epcis = pd.read_csv(OFFICIAL / "composition" / "EPCI.csv", sep=";", dtype=str)
    epcis = epcis.set_index(epcis["COM"].str.zfill(5)).replace(
        {"EPCI": {"ZZZZZZZZZ": None}, "LIBGEO": {"FAUX": "Faux"}}
    )
    named = {"LIBGEO": "name", "EPCI": "epci"}
    for theirs, names in ((code, columns), (epcis, named)):
        same = ours.loc[theirs.index]
        wrong = {one: theirs.index[theirs[one].fillna("").ne(same[other].fillna(""))] for one, other in names.items()}
        assert {one: list(places) for one, places in wrong.items() if len(places)} == {}

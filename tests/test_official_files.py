"""The readers take official files as they are: a few rows of each everywhere, the full files where they are there."""

import official_communes
import pytest
from official_folder import OFFICIAL, ROWS, certified

from ctg_analysis.cleaning.absences import restore_absent
from ctg_analysis.cleaning.official import CLEANERS, schools
from ctg_analysis.cleaning.official.yearly_geography import clean_communes
from ctg_analysis.core.settings import data_root
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.certificates import read_certificate

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
    table = schools.read_social_position(certified(official / "ips", "depp_ips"), "*ecoles*")
    assert len(table) > (30_000 if official == OFFICIAL else 5) and table["uai"].is_unique
    assert set(table.loc[table["code_insee_de_la_commune"].eq("12118"), "uai"]) == {"0120386E"}


def test_social_position_of_schools_and_of_lower_secondary_schools(official):
    facts = schools.clean_social_position(certified(official / "ips", "depp_ips"))
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
    absent = official_communes.absent_communes(given(all_disposable), places)
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


# The official geographic code of 2021, and the composition of the EPCIs: the communes that we have of 2021.
COMPARED = ["name", "kind", "departement", "region", "zone"]


def by_code(table):
    return table.set_index("code")


@pytest.fixture(scope="module")
def composition(official):
    return official_communes.clean_composition(certified(official / "composition", "insee_composition"))


@pytest.fixture(scope="module")
def official_code(official):
    return official_communes.clean_official_code(certified(official / "composition", "insee_cog"))


def test_the_official_code_of_2021_is_the_geography_that_we_have_of_2021(official, official_code, years):
    assert list(official_code) == [2021]
    ours, theirs = by_code(years[2021]), by_code(official_code[2021])
    numbers = (34_965, 45) if official == OFFICIAL else (23, 1)
    assert tuple(theirs["kind"].value_counts()[["commune-actuelle", "arrondissement-municipal"]]) == numbers
    if official == OFFICIAL:
        assert set(theirs.index) == set(ours.index[ours["zone"].ne("com")])  # they are in a file apart
    ours = ours.loc[theirs.index]
    assert theirs[COMPARED].equals(ours[COMPARED])
    assert theirs["parent"].dropna().equals(ours["parent"].dropna()) and theirs["parent"].notna().sum() == numbers[1]


def test_the_composition_of_the_epcis_has_its_communes_and_their_zeros(official, composition):
    numbers = (34_965, 1_254, 3_144) if official == OFFICIAL else (27, 5, 2)
    with_zero = composition["code"].str.startswith("0").sum()
    assert (len(composition), composition["epci"].nunique(), with_zero) == numbers
    assert composition["code"].is_unique and (composition["code"].str.len() == 5).all()
    members = composition[composition["epci"].eq("200067171")]
    assert len(members) == 21 and {"12166", "12223"} <= set(members["code"])
    assert set(members["departement"]) == {"12"} and set(members["region"]) == {"76"}


@whole
def test_the_composition_of_the_epcis_is_that_of_1_january_2021(years):
    """Same communes and same EPCIs in 2021; other communes and other EPCIs in every later year."""
    folder = certified(OFFICIAL / "composition", "insee_composition")
    theirs = by_code(official_communes.clean_composition(folder))
    ours = {year: by_code(table[table["kind"].eq("commune-actuelle")]) for year, table in years.items()}
    assert set(theirs.index) == set(ours[2021].index[ours[2021]["zone"].ne("com")])
    same = ours[2021].loc[theirs.index]
    assert theirs["epci"].equals(same["epci"]) and theirs[COMPARED].equals(same[COMPARED])
    assert set(theirs.index[theirs["epci"].isna()]) == {"22016", "29083", "29155", "85113"}
    assert theirs.loc["08165", "name"] == theirs.loc["24177", "name"] == "Faux"  # FAUX in the file
    for year in range(2022, 2027):
        both = theirs.join(ours[year]["epci"].rename("later"), how="inner")
        moved = both[both["epci"].notna() & both["epci"].ne(both["later"])]
        assert set(theirs.index) - set(ours[year].index) and len(moved) >= 95, year


def test_argences_en_aubrac_has_no_delegated_commune_but_five_former_codes(official_code, years):
    former = by_code(years[2021]).loc["12223", "former_codes"]
    assert former.split("|") == ["12005", "12112", "12117", "12279", "12304"]
    assert not set(former.split("|")) & set(official_code[2021]["code"])

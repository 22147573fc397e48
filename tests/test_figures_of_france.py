"""Known figures, found again in the observations: those of the producers and of the extracts' certificates."""

import io

import pandas as pd
import pytest
from back_test import FRANCE
from raw_files import told_cases
from typer.testing import CliRunner

from ctg_analysis.chapter.territory import Territory
from ctg_analysis.cli import app
from ctg_analysis.indicators.observations import read_indicators
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import data_root
from ctg_analysis.pipeline.works import groups_of

pytestmark = pytest.mark.nightly

DEFAULT = "200067171"
BY_COMMUNE = ["age_0_19_count", "dwellings_count", "population_count", "social_dwellings_count", "poverty_2021_rate"]
BY_COMMUNE += ["living_standard_2021_median", "poverty_tenants_rate", "unemployment_15_64_rate", "activity_15_64_rate"]
BY_COMMUNE += ["vacant_social_dwellings_share", "secondary_dwellings_count"]
BIRTHS = "insee_etat_civil/france/DS_ETAT_CIVIL_NAIS_COMMUNES_2008-2023_extrait.parquet"


@pytest.fixture(scope="module")
def observations(france):
    answer = CliRunner().invoke(app, ["observations", DEFAULT, "--format", "csv"])
    assert answer.exit_code == 0
    codes = {"territory": str, "period": str}
    return pd.read_csv(io.StringIO(answer.stdout), dtype=codes, keep_default_na=False, na_values=[""])


def value(table, territory, indicator, period, level=None):
    rows = table[table["territory"].eq(territory) & table["indicator"].eq(indicator) & table["period"].eq(period)]
    rows = rows[rows["level"].eq(level)] if level else rows
    return rows["value"].item()


def test_the_default_territory(observations):
    known = told_cases("figures")["default"]
    assert [value(observations, DEFAULT, *cell) for *cell, _ in known] == [expected for *_, expected in known]


def test_its_comparators(observations):
    assert value(observations, "F", "childcare_coverage_rate", "2023") == 60.9
    assert value(observations, "12", "population_count", "2023", "departement") == 279609
    assert value(observations, "12", "social_dwellings_count", "2024") == 8626
    assert set(observations.loc[observations["level"].eq("commune"), "territory"]) >= {"12036", "12166", "12223"}
    assert observations.loc[observations["level"].eq("commune"), "territory"].nunique() == 21


def test_columns_are_those_of_the_contract(observations):
    expected = "territory level period indicator numerator denominator value low high status quality source"
    expected += " denominator_period"
    assert list(observations.columns) == expected.split()


def test_no_place_disappears(observations):
    births = observations[observations["indicator"].eq("births_count") & observations["period"].eq("2025")]
    assert dict(zip(births["level"], births["status"], strict=True)) == {
        "epci": "ok",
        "departement": "nd",
        "region": "nd",
        "france": "nd",
    }


@pytest.fixture(scope="module")
def whole(france):
    return read_indicators(france.processed, CATALOGUE, groups_of(BY_COMMUNE))


def test_france_2021_is_the_sum_of_every_code_of_the_source(whole, france):
    assert value(whole, "F", "population_count", "2021") == 67_408_104
    source = pd.read_parquet(france.raw / "insee_iris_rp2021" / "communes_rp2021.parquet")
    assert len(source) == source["code"].nunique() == 34_970
    for column, indicator in {
        "pop": "population_count",
        "pop_0_19": "age_0_19_count",
        "logements": "dwellings_count",
        "res_secondaires": "secondary_dwellings_count",
    }.items():
        total = source[column].sum()
        rows = whole[whole["indicator"].eq(indicator) & whole["period"].eq("2021") & whole["status"].eq("ok")]
        assert value(whole, "F", indicator, "2021") == total
        official = 100 if indicator == "population_count" else 0  # inhabitants: départements have the official figures
        for level in ("departement", "region"):
            assert abs(rows.loc[rows["level"].eq(level), "value"].sum() - total) <= official, (indicator, level)


def test_each_code_of_the_source_counts_once_below_france(whole, france):
    """The communes with a value, and those that were split since, make up the whole of the source."""
    rows = whole[whole["indicator"].eq("age_0_19_count") & whole["period"].eq("2021") & whole["level"].eq("commune")]
    split_since_2023 = ["15141", "60054", "85084"]
    parts = ["15031", "15035", "15047", "15171", "60694", "85165", "85212"]
    assert set(rows.loc[rows["status"].eq("nd"), "territory"]) == {*split_since_2023, *parts}
    young = pd.read_parquet(france.raw / "insee_iris_rp2021" / "communes_rp2021.parquet").set_index("code")["pop_0_19"]
    assert rows["value"].sum() + young.loc[split_since_2023].sum() == young.sum()


@pytest.mark.parametrize("year, expected", FRANCE.items())
def test_france_without_mayotte_is_what_the_insee_publishes(whole, year, expected):
    """Populations municipales de référence, France hors Mayotte."""
    assert value(whole, "F", "population_count", year) == expected


ISLANDS = ["22016", "29083", "29155", "85113"]  # in no EPCI: their population of 2018 is in the comparateur alone
OF_AN_ISLAND = [("22", "departement"), ("29", "departement"), ("85", "departement"), ("52", "region"), ("53", "region")]


@pytest.mark.parametrize("territory, level", [*OF_AN_ISLAND, ("F", "france")])
def test_a_change_is_that_of_the_same_communes(whole, france, territory, level):
    """Two sums over the raw files against what is shown of places that hold an island."""
    rows = whole[whole["indicator"].eq("population_change_rate") & whole["period"].eq("2018-2023")]
    shown = rows[rows["territory"].eq(territory) & rows["level"].eq(level)].iloc[0]
    sums = []
    for year, column in ((2021, "population_municipale_epci"), (2026, "population_municipale")):
        table = pd.read_parquet(france.raw / "etalab_decoupage" / f"communes_{year}.parquet")
        table = table[table["type"].eq("commune-actuelle") & table["zone"].ne("com") & table["departement"].ne("976")]
        table = table if level == "france" else table[table[level].eq(territory)]
        older = raw(france, "insee_comparateur/france/base_cc_comparateur_2018_extrait.parquet")["P18_POP"]
        islands = table["code"][table["code"].isin(ISLANDS)]
        sums.append(table[column].sum() + (older[islands].sum() if year == 2021 else 0))
    assert [shown["denominator"], shown["numerator"]] == sums
    assert shown["value"] == pytest.approx(((sums[1] / sums[0]) ** 0.2 - 1) * 100)


def raw(france, file):
    """A file of data/raw, by the code of the place."""
    table = pd.read_parquet(france.raw / file)
    return table.set_index(table.columns[0])


def of(whole, indicator, period):
    """The observations of an indicator, by territory."""
    rows = whole[whole["indicator"].eq(indicator) & whole["period"].eq(period)]
    return rows.set_index("territory")


def test_poverty_and_natural_change_of_other_epcis(whole):
    poverty = of(whole, "poverty_2021_rate", "2021")["value"]
    assert poverty[["200066371", "200023414", "249740119"]].tolist() == [14.8, 18.2, 33.0]
    changes = [value(whole, DEFAULT, f"{part}_change_rate", "2013-2018") for part in ("natural", "migratory")]
    assert changes == [pytest.approx(-1.16, abs=0.005), pytest.approx(0.88, abs=0.005)]
    assert value(whole, "F", "natural_change_rate", "2013-2018") == pytest.approx(0.31, abs=0.005)


def test_what_a_file_leaves_out_is_unknown_and_never_0(whole, france):
    overseas = whole[whole["territory"].str.match("97[136]")]
    assert overseas[overseas["source"].str.startswith("insee_filosofi")].empty
    mayotte = overseas[overseas["source"].eq("insee_comparateur") & overseas["territory"].str.startswith("976")]
    assert set(mayotte["status"]) == {"nd"}
    events = overseas[overseas["source"].eq("insee_etat_civil") & overseas["territory"].str.startswith("976")]
    counts = events[events["indicator"].ne("birth_rate")]  # whose population is known in 2017 alone
    assert set(counts["status"]) == {"ok"} and (counts["period"].min(), counts["period"].max()) == ("2014", "2025")
    births = raw(france, BIRTHS)
    births = births[births.index.str.startswith("976")].groupby("TIME_PERIOD")["OBS_VALUE"].sum()
    of_mayotte = events[events["indicator"].eq("births_count") & events["level"].eq("departement")]
    of_mayotte = of_mayotte[of_mayotte["period"].isin(births.index.astype(str))]
    assert dict(zip(of_mayotte["period"], of_mayotte["value"], strict=True)) == births.to_dict()
    register = raw(france, "sdes_rpls/france/rpls_communes_2024_extrait.parquet")
    absent = {"12048", "12058", "12250"}  # of the EPCI of the 129
    assert not absent & set(register.index) and not absent & set(of(whole, "social_dwellings_count", "2024").index)
    vacant = of(whole, "vacant_social_dwellings_share", "2024")
    assert vacant.loc["12103", "status"] == "secret" and register.loc["12103", "nb_ls"] == 9
    assert vacant.loc[DEFAULT, ["numerator", "denominator"]].tolist() == [3, 55]


def test_the_secrets_the_gaps_and_the_floor_of_filosofi_2021(whole, france):
    file = raw(france, "insee_filosofi_2021/france/cc_filosofi_2021_COM_extrait.parquet")
    poverty, median = of(whole, "poverty_2021_rate", "2021"), of(whole, "living_standard_2021_median", "2021")
    assert [median.loc[code, "status"] for code in ("12166", "55039", "12223")] == ["secret", "nd", "ok"]
    floor = file.index[file["TP6021"].eq("5,0")]
    assert len(floor) > 100 and set(poverty["status"].reindex(floor).dropna()) == {"censored"}
    assert poverty["value"].min() > 5
    tenants = of(whole, "poverty_tenants_rate", "2021")
    assert len(tenants) < 5_500 and set(tenants["status"]) == {"ok", "secret", "nd"}  # of large communes only
    names = [one.id for one in CATALOGUE.values() if one.family == "income_sources"]
    parts = whole[whole["indicator"].isin(names) & whole["level"].eq("epci")].groupby("territory")["value"]
    assert len(names) == 9 and parts.size().eq(9).all() and len(parts) == 1240
    assert parts.sum().sub(100).abs().max() < 0.5


def test_a_commune_that_a_file_lacks_makes_its_epci_unknown_and_is_told_of_larger_places(whole, france):
    """Les Trois Lacs, 27676."""
    rate = of(whole, "unemployment_15_64_rate", "2021")
    unknown = rate[rate["level"].isin(["departement", "region"]) & rate["status"].eq("nd")]
    assert set(unknown.index) == {"976", "06"}
    assert rate.loc["F", "value"] == pytest.approx(12.08, abs=0.005)
    assert rate.loc["200089456", "status"] == "nd" and "27676" not in rate.index
    file = raw(france, "insee_comparateur/france/base_cc_comparateur_2021_extrait.parquet")
    eure = rate[rate["level"].eq("departement")].loc["27"]
    inside = file[file.index.str.startswith("27")]
    assert "27676" not in file.index
    assert [eure["numerator"], eure["denominator"]] == [inside["P21_CHOM1564"].sum(), inside["P21_ACT1564"].sum()]
    shown = Territory("200089456", data_root()).readable(CATALOGUE["unemployment_15_64_rate"])
    names = shown[shown["period"].eq("2021")].set_index(["level", "territory"])["name"]
    assert [names["departement", "27"], names["region", "28"], names["france", "F"]] == [
        "Eure hors une commune",
        "Normandie hors une commune",
        "France hors Mayotte et une commune",
    ]


def test_communes_that_a_file_still_holds_joined_are_unknown_and_counted_in_larger_places(whole, france):
    """Beaumont-les-Nonains and Essarts-en-Bocage, with the three that left them in 2024: 571 and 5 884 of 15 to 64."""
    rate = of(whole, "activity_15_64_rate", "2021")
    apart = ["60054", "60694", "85084", "85165", "85212"]
    assert set(rate.loc[apart, "status"]) == {"nd"}
    raw_rows = raw(france, "insee_comparateur/france/base_cc_comparateur_2021_extrait.parquet")
    for departement in ("60", "85"):
        inside = raw_rows.index.str.startswith(departement)
        assert rate.loc[departement, "denominator"] == raw_rows.loc[inside, "P21_POP1564"].sum()
    assert raw_rows.loc["60054", "P21_POP1564"] > raw_rows.loc["60054", "P21_POP"]  # its row is that of the whole


def test_mayotte_is_taken_out_of_each_rate_of_france_by_itself(whole):
    """Two rates that are worked out together: 1 221 500 less its 476, 3 867 600 less its 14 897."""
    rates = [of(whole, f"{name}_all_schemes_rate", "2019").loc["F"] for name in ("aah", "rsa_covered")]
    assert [rate["numerator"] for rate in rates] == [1_221_024, 3_852_703]


def test_metropolitan_france_is_told_apart(whole):
    metropolitan = value(whole, "FM", "population_count", "2023")
    overseas = [value(whole, code, "population_count", "2023", "departement") for code in ("971", "972", "973", "974")]
    assert metropolitan + sum(overseas) == value(whole, "F", "population_count", "2023")


def test_mayotte_has_its_population_of_2017_and_none_of_2023(whole):
    """What is known of it in 2023 is counted of registers and of aid, not of inhabitants."""
    rows = whole[whole["territory"].str.startswith("976") & whole["period"].eq("2023") & whole["status"].eq("ok")]
    assert set(rows["source"]) == {"dares_demandeurs_emploi", "ditp_barometre", "insee_etat_civil", "pass_sport"}
    over = {getattr(CATALOGUE[name].value, "population", None) for name in rows["indicator"].unique()}
    assert over == {None, "caf_back_to_school_households"}
    assert value(whole, "976", "population_count", "2017", "departement") == 256_518


def test_an_epci_that_has_changed_shows_none_of_the_figures_published_before(whole):
    """CC Loire et Allier has lost a commune in three, by its inhabitants, since the EPCIs of Filosofi 2019."""
    before, since = of(whole, "living_standard_until_2019_median", "2019"), of(whole, "poverty_2021_rate", "2021")
    assert before.loc["245801063", "status"] == "nd" and since.loc["245801063", "status"] == "ok"
    assert before[before["level"].eq("epci")]["status"].eq("ok").mean() > 0.95
    coverage = of(whole, "childcare_coverage_rate", "2023")
    assert coverage.loc[["200027183", "245801063"], "status"].tolist() == ["nd", "ok"]  # after and before 2024

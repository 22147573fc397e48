"""Known figures, found again in the observations: those of the producers and of the extracts' certificates."""

import io

import pandas as pd
import pytest
from back_test import FRANCE
from typer.testing import CliRunner

from ctg_analysis.cli import app
from ctg_analysis.core.settings import settings
from ctg_analysis.indicators.observation_files import read_all

DEFAULT = "200067171"


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


@pytest.mark.parametrize(
    "indicator, period, expected",
    [
        ("population_count", "2021", 10004),
        ("population_count", "2023", 9856),
        ("population_count", "2018", 10147),
        ("age_0_19_count", "2021", 1579),
        ("age_65_plus_count", "2021", 3629),
        ("dwellings_count", "2021", 8865),
        ("secondary_dwellings_count", "2021", 2943),
        ("births_count", "2008", 83),
        ("births_count", "2025", 60),
        ("deaths_count", "2008", 209),
        ("deaths_count", "2025", 166),
        ("childcare_coverage_rate", "2023", 66.0),
        ("childcare_coverage_eaje_rate", "2023", 26.3),
        ("historical_population_count", "2010", 10623),
    ],
)
def test_the_default_territory(observations, indicator, period, expected):
    assert value(observations, DEFAULT, indicator, period) == expected


def test_its_comparators(observations):
    assert value(observations, "F", "childcare_coverage_rate", "2023") == 60.9
    assert value(observations, "12", "population_count", "2023", "departement") == 279609
    assert set(observations.loc[observations["level"].eq("commune"), "territory"]) >= {"12036", "12166", "12223"}
    assert observations.loc[observations["level"].eq("commune"), "territory"].nunique() == 21


def test_columns_are_those_of_the_contract(observations):
    expected = "territory level period indicator numerator denominator value low high status quality source"
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
    return read_all(france.processed)


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
        for level in ("departement", "region"):
            assert rows.loc[rows["level"].eq(level), "value"].sum() == total, (indicator, level)


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


ISLANDS = ["22016", "29083", "29155", "85113"]  # they are in no EPCI: their population of 2018 is in no file
OF_AN_ISLAND = [("22", "departement"), ("29", "departement"), ("85", "departement"), ("52", "region"), ("53", "region")]


@pytest.mark.parametrize("territory, level", [*OF_AN_ISLAND, ("F", "france")])
def test_a_change_is_that_of_the_same_communes(whole, france, territory, level):
    """Two sums over the raw files, of the communes of EPCIs, against what is shown of places that hold an island."""
    rows = whole[whole["indicator"].eq("population_change_rate") & whole["period"].eq("2018-2023")]
    shown = rows[rows["territory"].eq(territory) & rows["level"].eq(level)].iloc[0]
    sums = []
    for year, column in ((2021, "population_municipale_epci"), (2026, "population_municipale")):
        table = pd.read_parquet(france.raw / "etalab_decoupage" / f"communes_{year}.parquet")
        table = table[table["type"].eq("commune-actuelle") & table["zone"].ne("com") & table["departement"].ne("976")]
        table = table if level == "france" else table[table[level].eq(territory)]
        sums.append(table.loc[~table["code"].isin(ISLANDS), column].sum())
    assert [shown["denominator"], shown["numerator"]] == sums
    assert shown["value"] == pytest.approx(((sums[1] / sums[0]) ** 0.2 - 1) * 100)


def test_the_change_of_france_lacks_the_islands_only(whole):
    rows = whole[whole["indicator"].eq("population_change_rate") & whole["period"].eq("2018-2023")]
    france = rows[rows["territory"].eq("F")].iloc[0]
    islands = sum(value(whole, code, "population_count", "2023") for code in ISLANDS)
    assert france["numerator"] + islands == value(whole, "F", "population_count", "2023") == 68_094_280
    assert set(rows.loc[rows["level"].ne("commune") & rows["territory"].ne("976"), "status"]) == {"ok"}


def test_metropolitan_france_is_told_apart(whole):
    metropolitan = value(whole, "FM", "population_count", "2023")
    overseas = [value(whole, code, "population_count", "2023", "departement") for code in ("971", "972", "973", "974")]
    assert metropolitan + sum(overseas) == value(whole, "F", "population_count", "2023")


def test_mayotte_has_its_population_of_2017_and_none_of_2023(whole):
    rows = whole[whole["territory"].str.startswith("976") & whole["period"].eq("2023") & whole["status"].eq("ok")]
    assert rows.empty
    assert value(whole, "976", "population_count", "2017", "departement") == 256_518


def test_the_root_is_that_of_the_project():
    assert (settings().root / "pyproject.toml").is_file()

"""Known figures of schools, health, zones and services, in every part of France; what is unknown there is no 0."""

import pandas as pd
import pytest
from raw_files import told_cases

from ctg_analysis.indicators.observations import read_indicators
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.pipeline.works import groups_of

AUBRAC, OCCITANIE = "200067171", "76"
KINDS = ("fixed", "travelling")  # of France services
FIGURES = told_cases("figures")["services"]
BY_COMMUNE = {indicator for _, level, indicator, *_ in FIGURES if level == "commune"}
BY_COMMUNE |= {"finess_ime_count", "associations_count", "nurse_accessibility_index", "france_services_count"}
BY_COMMUNE |= {"general_practitioner_accessibility_index"}


@pytest.fixture(scope="module")
def whole(france):
    table = read_indicators(france.processed, CATALOGUE, groups_of(BY_COMMUNE))
    return table.set_index(["indicator", "period", "level", "territory"]).sort_index()


def test_what_producers_and_certificates_say(whole):
    faults = []
    for territory, level, indicator, period, expected in FIGURES:
        row = whole.loc[(indicator, period, level, territory)]
        decimals = 2 if expected == 3.75 else 1
        if row["status"] != "ok" or round(row["value"], decimals) != expected:
            faults.append((territory, indicator, period, row["value"], expected))
    assert faults == []


def known(whole, indicator, period, level="commune"):
    rows = whole.loc[(indicator, period, level)]
    return rows[rows["status"].eq("ok")]


def test_what_a_list_does_not_cover_is_unknown_and_never_0(whole, france):
    communes = pd.read_parquet(france.raw / "etalab_decoupage" / "communes_2026.parquet")
    communes = communes.loc[communes["region"].eq(OCCITANIE), "code"]
    assert set(known(whole, "finess_ime_count", "2026").index) == set(communes)
    assert set(known(whole, "finess_ime_count", "2026", "region").index) == {OCCITANIE}
    assert known(whole, "finess_ime_count", "2026", "france").empty
    assert len(known(whole, "associations_count", "2026")) == 21
    assert set(known(whole, "associations_count", "2026", "epci").index) == {AUBRAC}
    for profession in ("nurse", "general_practitioner"):
        index = known(whole, f"{profession}_accessibility_index", "2023")
        assert not index.index.str.startswith("976").any() and index.index.str.startswith("973").any()
        assert "976" not in known(whole, f"{profession}_accessibility_index", "2023", "departement").index
    measured = set(whole.index.get_level_values("indicator"))
    assert not measured & {"nursery_pupils_count", "primary_pupils_count", "ulis_pupils_count", "grouped_schools_count"}


def test_where_the_directory_counts_no_pupils_of_a_lycee_they_are_unknown(whole):
    rows = whole.loc[("upper_secondary_pupils_count", "2025", "epci")]
    assert rows.loc["200004802", "status"] == "nd"  # one lycée, whose pupils the directory does not tell
    assert 50 < rows["status"].eq("nd").sum() < 100
    larger = known(whole, "upper_secondary_pupils_count", "2025", "departement")
    assert (
        len(larger) == 101
        and larger["value"].sum() == whole.loc[("upper_secondary_pupils_count", "2025", "france", "F"), "value"]
    )


def test_a_date_of_a_list_is_a_period_of_its_own(whole):
    by_departement = [known(whole, "france_services_count", year, "departement")["value"] for year in ("2024", "2025")]
    assert [rows.sum() for rows in by_departement] == [2_843, 3_023]
    formats = [whole.loc[(f"{kind}_france_services_count", "2024", "france", "F"), "value"] for kind in KINDS]
    assert sum(formats) == whole.loc[("france_services_count", "2024", "france", "F"), "value"] == 2_843
    assert ("fixed_france_services_count", "2025") not in whole.index.droplevel(["level", "territory"])


def test_corsica_that_the_list_of_2025_has_lost_is_unknown_and_france_with_it(whole):
    """The list of 2024 has 37 structures there, that of 2025 not one row."""
    of_2024, of_2025 = (
        known(whole, "france_services_count", year, "departement")["value"] for year in ("2024", "2025")
    )
    assert of_2024[["2A", "2B"]].tolist() == [15, 22] and not of_2025.index.isin(["2A", "2B"]).any()
    assert whole.loc[("france_services_count", "2025", "france", "F"), "status"] == "nd"
    assert not known(whole, "france_services_count", "2025").index.str.startswith(("2A", "2B")).any()


def test_the_pupils_of_the_index_of_social_position_weigh_nothing(whole, france):
    """Its mean is that of the schools, each counting for one: their `effectifs` are not their pupils."""
    schools = pd.read_parquet(next((france.raw / "depp_ips" / "france").glob("*ecoles*")))
    here = schools[schools["code_insee_de_la_commune"].str.startswith("12")]
    shown = whole.loc[("schools_ips_index", "2022", "departement", "12"), "value"]
    weighted = (here["ips"] * here["effectifs"]).sum() / here["effectifs"].sum()
    assert shown == pytest.approx(here["ips"].mean()) and abs(shown - weighted) > 0.05

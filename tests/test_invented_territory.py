"""The invented territory shows no impossible figure: parts make their wholes, and its sources agree."""

import pandas as pd
import pytest

from ctg_analysis.indicators.observations import read_all


@pytest.fixture(scope="module")
def observed(example):
    return read_all(example.processed)


def raw(example, name):
    return pd.read_csv(example.path / "raw" / name, sep=";", dtype={"GEO": str, "CODGEO": str, "insee_com": str})


def test_the_sources_of_the_invented_territory_agree(observed):
    """A commune of one school is at 0 or 100 %; a place that one source counts is in the others (issue of figures)."""
    latest = observed[
        observed["status"].eq("ok") & observed["level"].eq("commune") & observed["territory"].str.startswith("990")
    ]

    def of(name, period="2024"):
        rows = latest[latest["indicator"].eq(name) & latest["period"].eq(period)]
        return rows.set_index("territory")

    schools, pupils = of("schools_evening_care_share"), of("pupils_with_evening_care_share")
    single = schools[schools["denominator"].eq(1)]
    for commune, row in single[single.index.isin(pupils.index)].iterrows():
        share = pupils.loc[commune]  # of pupils rounded: between two bounds
        low, high = (share["value"] if pd.isna(share[name]) else share[name] for name in ("low", "high"))
        assert low <= row["value"] <= high, commune
    official = of("schools_count")
    assert (official["value"].reindex(schools.index) == schools["denominator"]).all() and len(schools) == 6
    places = of("parent_child_places_count", "2025")["value"]
    assert (
        places[places.gt(0)].index.tolist() == of("scheme_laep_count").query("value == 1").index.tolist() == ["99002"]
    )


WHOLES = {
    "insee_rp_emploi/DS_RP_EMPLOI_LR_PRINC": (
        ("SEX", "_T", "F M"),
        ("EMPSTA_ENQ", "1T2", "1 2"),
        ("EMPSTA_ENQ", "_T", "1 2 31 33 35T36"),
    ),
    "insee_rp_emploi/DS_RP_NAVETTES_PRINC": (("WORK_AREA", "_T", "10 21 22 23 24T30"), ("TRANS", "_T", "1 2 3 4 5 6")),
    "insee_rp_logement/DS_RP_LOGEMENT_PRINC": (
        ("OCS", "_T", "DW_MAIN DW_SEC_DW_OCC DW_VAC"),
        ("TSH", "_T", "100 211 212_222 221 300"),
        ("CARS", "_T", "C0 C1 C_GE2"),
    ),
    "insee_rp_familles/DS_RP_FAMILLE_COMP": (
        ("TFN", "_T", "1 21 22"),
        ("TFN", "1", "11 12"),
        ("NCH", "_T", "CH0_Y_LT25 CH1_Y_LT25 CH2_Y_LT25 CH3_Y_LT25 CH_GE4_Y_LT25"),
    ),
}


@pytest.mark.parametrize("dataset", WHOLES)
def test_the_parts_of_the_census_make_its_wholes(example, dataset):
    """At every level and every vintage."""
    table = raw(example, f"{dataset}_2023_data.csv")
    dimensions = [column for column in table if column not in ("GEO", "GEO_OBJECT", "OBS_VALUE")]
    for dimension, whole, parts in WHOLES[dataset]:
        keys = ["GEO", "GEO_OBJECT", *(one for one in dimensions if one != dimension)]
        wide = table.pivot(index=keys, columns=dimension, values="OBS_VALUE")
        wide = wide.dropna(subset=[whole, *parts.split()])
        assert len(wide) >= 3 * 40 and (wide[parts.split()].sum(axis=1) - wide[whole]).abs().max() < 0.05, dimension


def test_the_base_of_facilities_and_the_list_of_france_services_count_the_same(example):
    listed = raw(example, "france_services/full/liste_france_services.csv")["insee_com"].value_counts()
    base = raw(example, "insee_bpe_2025/DS_BPE_2025.csv").query("FACILITY_TYPE == 'A128'").set_index("GEO")["OBS_VALUE"]
    assert base.sort_index().to_dict() == listed.sort_index().to_dict()

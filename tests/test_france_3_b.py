"""Open data of the Caf and of the barometer of the départements, for the whole of France: what their files trap."""

import numpy as np
import pandas as pd
import pytest
from raw_files import received

from ctg_analysis.clean.layouts import clean_declared
from ctg_analysis.display.sentences import value_text
from ctg_analysis.indicators.observe import observe
from ctg_analysis.indicators.uncertainty import NOISE
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import PERSONS
from ctg_analysis.model.settings import DEFAULT_EPCI, settings
from ctg_analysis.model.source import SOURCES

pytestmark = pytest.mark.nightly

RAW = settings().root / "data" / "raw"
RENNES, LILLE, PARIS, METROPOLIS = "243500139", "200093201", "75056", "200054781"
LOST = "12218"  # one of the twelve communes that the carrier has lost


@pytest.fixture(scope="module")
def observed(france):
    columns = ["caf_households_count", "caf_rsa_households_count", "caf_family_support_households_count"]
    columns += ["caf_aeeh_beneficiaries_count", "caf_aah_beneficiaries_count"]
    columns += ["caf_aah_beneficiaries_rate", "caf_aah_households_count", "caf_quotient_under_400_count"]
    columns += ["caf_paje_single_parent_share", "caf_under_30_households_share", "caf_low_income_households_count"]
    columns += ["mdph_request_time", "mdph_request_target_time", "ulis_units_count", "civic_service_count"]
    rows = pd.read_parquet(france.processed / "observations.parquet", filters=[("indicator", "in", columns)])
    words = ["territory", "level", "indicator", "period", "status", "source"]
    return rows.astype(dict.fromkeys(words, str)).set_index(["indicator", "territory", "period"]).sort_index()


def one(observed, *key, level=None):
    rows = observed.loc[[key]]
    return (rows[rows["level"].eq(level)] if level else rows).iloc[0]


def test_an_epci_has_its_own_row_for_the_family_quotient_too(observed):
    row = one(observed, "caf_quotient_under_400_count", RENNES, "2023-12")
    assert (row["value"], row["low"], row["high"]) == (25_745, 25_743, 25_747)  # its communes add up to 25 740
    départements = one(observed, "caf_quotient_under_400_count", "35", "2023-12")
    assert départements["value"] == 38_160 and np.isnan(départements["low"])  # exact


def test_a_0_of_the_caf_is_none_or_less_than_5_and_a_lost_commune_is_unknown(observed):
    row = one(observed, "caf_family_support_households_count", "12036", "2023-12")
    assert (row["value"], row["low"], row["high"]) == (0, 0, 4)
    assert value_text(CATALOGUE["caf_family_support_households_count"], row) == "moins de 5 (arrondi)"
    assert one(observed, "caf_households_count", LOST, "2023-12")["status"] == "nd"


def test_paris_is_its_arrondissements_and_its_metropolis_one_epci(observed):
    extract = pd.read_parquet(RAW / "caf_s_ben_com_f/france/s_ben_com_f_2023_extrait.parquet").set_index("numcomdo")
    inside = [f"751{number:02d}" for number in range(1, 21)]
    assert one(observed, "caf_households_count", PARIS, "2023-12")["value"] == extract.loc[inside, "indfoy_ndur"].sum()
    assert one(observed, "caf_households_count", METROPOLIS, "2023-12")["source"] == "caf_s_ben_epci_f"


def test_beneficiaries_of_epcis_never_stand_beside_households_of_départements(observed):
    for name in ("caf_aeeh_beneficiaries_count", "caf_aah_beneficiaries_count", "caf_aah_beneficiaries_rate"):
        known = observed.loc[name].query("status == 'ok'")
        assert set(known["level"]) == {"epci"} and len(known) > 1000, name
    households = observed.loc["caf_aah_households_count"].query("status == 'ok'")
    assert set(households["level"]) == {"departement", "france"}


def test_what_the_caf_does_not_round_is_exact(observed):
    aeeh, before, since = (
        one(observed, "caf_aeeh_beneficiaries_count", DEFAULT_EPCI, "2021-12"),
        one(observed, "caf_rsa_households_count", RENNES, "2019-12"),
        one(observed, "caf_rsa_households_count", RENNES, "2020-12"),
    )
    assert value_text(CATALOGUE["caf_aeeh_beneficiaries_count"], aeeh) == "23" and np.isnan(aeeh["low"])
    assert value_text(CATALOGUE["caf_rsa_households_count"], before) == "10\u202f948"
    assert value_text(CATALOGUE["caf_rsa_households_count"], since) == "≈\u00a012\u202f240"


def test_a_series_is_exact_when_one_of_its_figures_is_no_multiple(tmp_path):
    header = "dtreffre;numepci;indfoy_rsa;indben_aeeh\n"
    text = header + "2021-12;200067171;45;20\n2021-12;243500139;11790;2131\n2021-12;200093201;40;0\n"
    facts = clean_declared(
        SOURCES["caf_s_ben_epci_f"], received(tmp_path, {"s_ben_epci_f.csv": text}, columns=header.strip().split(";"))
    )
    parts = facts.set_index(["measure", "code"])["parts"]
    assert parts["caf_rsa_households"].eq(1).all()
    assert parts["caf_aeeh_beneficiaries"].to_dict() == {"200067171": 0, "243500139": 0, "200093201": 1}


def test_blanks_are_unknown_and_never_zero(observed):
    """The RSA of 2020 is blank for six EPCIs, low incomes for six others."""
    assert one(observed, "caf_rsa_households_count", LILLE, "2020-12")["status"] == "nd"
    assert one(observed, "caf_low_income_households_count", LILLE, "2019-12")["status"] == "nd"
    assert one(observed, "caf_low_income_households_count", DEFAULT_EPCI, "2019-12")["value"] == 254
    assert observed.loc["caf_low_income_households_count"]["value"].gt(0).sum() > 4500


def test_france_is_the_sum_of_its_départements_where_the_caf_does_not_publish_it(observed):
    """Its carrier counts 13 642 003 with the households that live in none of them."""
    assert one(observed, "caf_households_count", "F", "2023-12")["value"] == 13_627_712
    assert one(observed, "caf_paje_single_parent_share", "F", "2023-12")["denominator"] == 1_734_712


def test_a_sum_of_two_rounded_counts_has_the_bounds_of_both(observed):
    """Households on Paje are single parents and couples, each rounded: 2 475 of 12 805, known to 2 and to 4."""
    row = one(observed, "caf_paje_single_parent_share", RENNES, "2023-12")
    rounded, chance = (
        (2473 / 12_809 * 100, 2477 / 12_801 * 100),
        NOISE[PERSONS](pd.Series([2475.0]), pd.Series([12_805.0])),
    )
    low, high = (100 * bound.item() for bound in chance)
    assert low - 0.03 < row["low"] < min(low, rounded[0]) and max(high, rounded[1]) < row["high"] < high + 0.03


def test_the_barometer_tells_départements_alone_with_their_target(observed):
    for name in ("mdph_request_time", "mdph_request_target_time", "ulis_units_count", "civic_service_count"):
        assert set(observed.loc[name]["level"]) == {"departement", "france"}, name
        assert CATALOGUE[name].label.endswith("(département)") and set(CATALOGUE[name].levels) == {
            "departement",
            "france",
        }
    assert one(observed, "mdph_request_time", "12", "2023")["value"] == 5.2  # of December, not 5.1 of June
    assert one(observed, "mdph_request_target_time", "35", "2026")["value"] == 4
    assert one(observed, "ulis_units_count", "F", "2024")["value"] == 11_253


def test_a_share_of_a_december_is_over_the_same_december():
    told = {"level": "epci", "code": "T", "status": "ok", "parts": 1, "few": 0}
    table = pd.DataFrame(
        [
            ("caf_under_30_households", "caf_familles", "2023-12", 210.0),
            ("caf_households", "caf_s_ben_epci_f", "2023-12", 1010.0),
            ("caf_households", "caf_s_ben_epci_f", "2022-12", 900.0),
        ],
        columns=["measure", "source", "period", "value"],
    ).assign(**told)
    (row,) = observe([CATALOGUE["caf_under_30_households_share"]], table, SOURCES).to_dict("records")
    assert row["denominator"] == 1010 and row["denominator_period"] == ""

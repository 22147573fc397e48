"""Acceptance scenarios of the field, by number: formula check, roundings of the Caf, evolution, small communes."""

from types import SimpleNamespace

import pandas as pd
import pytest
from raw_files import add, copied

from ctg_analysis.chapter.territory import Territory
from ctg_analysis.clean.perimeter import Perimeter, to_reference
from ctg_analysis.display import notes, sentences, texts
from ctg_analysis.indicators.observe import observe
from ctg_analysis.indicators.uncertainty import UNKNOWN, detect_rounding
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.facts import facts
from ctg_analysis.model.indicator import MISSING, OK, SECRET
from ctg_analysis.model.source import SOURCES
from ctg_analysis.pipeline.run import process
from ctg_analysis.secrecy.rounding import rounding_note, rounding_rule

EPCI = "100000000"


def communes(codes, former=None):
    rows = [
        {"code": code, "kind": "commune-actuelle", "departement": "12", "region": "76", "zone": "metro", "epci": EPCI,
         "parent": None, "former_codes": (former or {}).get(code)}
        for code in codes
    ]  # fmt: skip
    return pd.DataFrame(rows)


def by_commune(measure, values, source, period="2023"):
    table = pd.DataFrame({"code": list(values), "value": list(values.values())})
    return facts(table, source, level="commune", period=period, measure=measure)


def test_scenario_2_the_denominator_of_single_parent_families_is_named():
    """Not all families, nor households: those with children, of any age for want of the children under 25."""
    one = CATALOGUE["single_parent_families_share"]
    assert one.value.denominator == "families_with_children_at_home"
    assert "familles avec enfant(s) au domicile, quel que soit" in one.definition and "moins de 25 ans" in one.caveats


def test_scenario_3_the_epci_of_the_caf_is_its_own_figure_and_a_zero_is_not_none():
    """5, 0, 0, 10 by commune and 20 for the EPCI: 20, never 15; the rule is undetermined, the bounds are the wider."""
    one = CATALOGUE["caf_households_count"]
    counts = {"12001": 5, "12002": 0, "12003": 0, "12004": 10}
    table = pd.concat(
        [
            by_commune("caf_households", counts, "caf_s_ben_com_f", "2024-12"),
            facts(
                pd.DataFrame({"code": [EPCI], "value": [20.0]}),
                "caf_s_ben_epci_f", level="epci", period="2024-12", measure="caf_households",
            ),
        ]
    )  # fmt: skip
    rows = observe([one], table, SOURCES).set_index("territory")
    assert rows.loc[EPCI, ["value", "low", "high"]].tolist() == [20, 18, 24]
    assert sentences.value_text(one, rows.loc["12001"]) == f"≈{texts.NBSP}5"
    assert sentences.value_text(one, rows.loc["12002"]) == "moins de 5 (arrondi)"
    pairs = table[table["level"].eq("commune")].assign(epci=EPCI)
    total = table[table["level"].eq("epci")].rename(columns={"code": "epci"})
    columns = ["epci", "period", "measure", "value"]
    assert detect_rounding(pairs[columns], total[columns], 5) == UNKNOWN
    note = rounding_note(rounding_rule(table, pd.Series(EPCI, index=list(counts)), 5))
    assert "règle d'arrondi" in note and "indéterminée" in note and "wider bounds" in note


def test_scenario_3_without_a_figure_of_the_epci_its_communes_bound_it():
    """50, 20, 0 and one withheld, from 1 to 4. At least 50 + 20 + 1 - 2 x 2 = 67, at most 50 + 20 + 1 + 4 x 4 = 87.

    Of the next year the commune that was withheld has no figure at all: no sum. The Caf's own figure comes first.
    """
    one, here = CATALOGUE["caf_households_count"], communes(["12001", "12002", "12003", "12004"])
    source = SOURCES["caf_s_ben_com_f"]
    known = {"12001": 50, "12002": 20, "12003": 0, "12004": float("nan")}
    years = [by_commune("caf_households", known, source.id, f"{year}-12") for year in (2022, 2023, 2024)]
    withheld = [year.assign(status=year["status"].replace(MISSING, SECRET)) for year in years]
    perimeter = Perimeter.between(here, here)
    moved = to_reference(pd.concat([withheld[0], years[1], withheld[2]]), source, perimeter)
    published = facts(
        pd.DataFrame({"code": [EPCI], "value": [80.0]}),
        "caf_s_ben_epci_f", level="epci", period="2024-12", measure="caf_households",
    )  # fmt: skip
    rows = observe([one], pd.concat([moved, published]), SOURCES)
    rows = rows[rows["level"].eq("epci")].set_index("period", drop=False)
    assert rows.loc["2022-12", ["value", "low", "high", "quality"]].tolist() == [71, 67, 87, 2]
    assert rows.loc["2023-12", "status"] == MISSING
    assert rows.loc["2024-12", ["value", "low", "high"]].tolist() == [80, 78, 84]
    assert sentences.value_text(one, rows.loc["2022-12"]) == "entre 67 et 87"
    assert "entre 67 et 87 foyers allocataires" in sentences.sentence(one, rows.loc["2022-12"])
    here_by_commune = moved[moved["level"].eq("commune") & moved["period"].eq("2022-12")]
    assert here_by_commune.set_index("code")["status"]["12004"] == SECRET


def test_scenario_3_a_rate_on_a_rounded_count_has_an_interval_that_holds_the_rounding():
    rate = CATALOGUE["caf_aeeh_beneficiaries_rate"]
    events = facts(
        pd.DataFrame({"code": [EPCI], "value": [20.0]}),
        "caf_s_ben_epci_f", level="epci", period="2024-12", measure=rate.value.events,
    )  # fmt: skip
    people = facts(
        pd.DataFrame({"code": [EPCI], "value": [2000.0]}),
        "insee_rp_population", level="epci", period="2023", measure=rate.value.population,
    )  # fmt: skip
    row = observe([rate], pd.concat([events, people]), SOURCES).iloc[0]
    alone = row["numerator"] / row["denominator"] * rate.value.per
    assert row["low"] < 18 / 2000 * rate.value.per < alone < 24 / 2000 * rate.value.per < row["high"]


@pytest.mark.nightly
def test_scenario_5_a_coverage_rate_by_commune_only_above_10_000_inhabitants(tmp_path, example):
    """Ailleurs has 96 000 inhabitants and 41.7 places for 100 children; Autre-Part has 8 800, whatever a file says."""
    root = copied(example, tmp_path / "exemple", "insee_rp_population", "caf_txcouv_pe")
    header = "annee;numcom;nomcom;" + ";".join(SOURCES["caf_txcouv_pe"].tables[0].measures)
    lines = [header, "2023;98101;Ailleurs;41.7;22.1;16.4;2.3;0.9", "2023;98102;Autre-Part;55.5;10;40;5;0.5"]
    add(root, "caf_txcouv_pe/txcouv_pe_com.csv", [*lines, "2023;XX;Non localisé;195.8;1;1;1;1"])
    process(root)
    seen = Territory("999999996", root)
    rows = seen.data(CATALOGUE["childcare_coverage_rate"]).query("level == 'commune' and period == '2023'")
    assert rows.set_index("territory")["value"].dropna().to_dict() == {"98101": 41.7}


def test_scenario_6_a_merger_is_summed_a_split_is_missing_and_series_say_their_perimeter():
    source = SOURCES["insee_etat_civil"]
    table = by_commune("births", {"12001": 3, "12002": 4}, source.id, "2017")
    then, now = communes(["12001", "12002"]), communes(["12001"], {"12001": "12002"})
    merged = to_reference(table, source, Perimeter.between(then, now)).set_index(["level", "code"])
    assert merged.loc[("commune", "12001"), "value"] == 7
    then, now = communes(["12001"], {"12001": "12002"}), communes(["12001", "12002"])
    split = to_reference(table[table["code"].eq("12001")], source, Perimeter.between(then, now))
    by_place = split.set_index(["level", "code"])["status"]
    assert by_place["commune", "12001"] == by_place["commune", "12002"] == MISSING and by_place["epci", EPCI] == OK
    assert notes.geography([source], 2026) == "À périmètre constant, géographie au 01/01/2026"
    published = notes.geography([SOURCES["caf_txcouv_pe"]], 2026)
    assert "constant" not in published and "publiées par le producteur" in published


def test_scenario_6_a_commune_that_changed_epci_counts_in_that_of_the_reference_year_all_along():
    """12002 left another EPCI for this one in 2020: its births of 2017 are already in the series of this one."""
    source = SOURCES["insee_etat_civil"]
    table = by_commune("births", {"12001": 3, "12002": 4}, source.id, "2017")
    then, now = communes(["12001", "12002"]), communes(["12001", "12002"])
    then.loc[then["code"].eq("12002"), "epci"] = "200000000"
    series = to_reference(table, source, Perimeter.between(then, now)).set_index(["level", "code"])["value"]
    assert series["epci", EPCI] == 7 and ("epci", "200000000") not in series


def test_scenario_8_a_commune_of_150_inhabitants_is_shown_counts_and_no_weak_share():
    share = CATALOGUE["single_parent_families_share"]
    row = {"status": OK, "source": share.sources[0], "level": "commune", "low": 2.0, "high": 40.0, "value": 20.0}
    few = SimpleNamespace(numerator=3.0, denominator=12.0, quality=1, **row)
    weak = SimpleNamespace(numerator=8.0, denominator=40.0, quality=3, **row)
    assert sentences.value_text(share, few) == "3 sur 12"
    assert sentences.value_text(share, weak) == texts.WEAK and sentences.interval_text(share, weak) == ""
    assert not sentences.is_printed(share, few) and not sentences.is_printed(share, weak)

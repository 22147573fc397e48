"""The census of 2022 and 2020, births and deaths, job seekers, BPE 2024, poverty by household: traps of the files."""

from functools import cache

import pandas as pd
import pytest
from raw_files import received, values
from test_scenarios import communes

from ctg_analysis.clean.facts import CLEANERS
from ctg_analysis.clean.layouts import clean_declared
from ctg_analysis.clean.perimeter import Perimeter, to_reference
from ctg_analysis.indicators.observations import read_indicators
from ctg_analysis.indicators.observe import observe
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.facts import facts
from ctg_analysis.model.form import Table
from ctg_analysis.model.indicator import CENSORED, MISSING, OK, SECRET
from ctg_analysis.model.settings import data_root
from ctg_analysis.model.source import COMPLEMENTARY, MAIN, SOURCES, Source, Totals
from ctg_analysis.raw.certificates import read_certificate

pytestmark = pytest.mark.nightly

TWELVE = ["12218", "14581", "15031", "15035", "15047", "15171", "27676", "49126", "60694", "69114", "85165", "85212"]
LOST = ["12218", "14581", "27676", "49126", "69114"]  # of these; the others are held by the communes that they left
WITHOUT_SUM = ["200040574", "200060010", "200069524", "200089456", "241200641"]
OF_MAYOTTE = ["200050532", "200059871", "200060457", "200060465", "200060473"]  # no population in 2018 nor in 2023


@cache
def cleaned(source):
    return CLEANERS[source](read_certificate(data_root().raw / source / "france")).set_index(
        ["code", "period", "measure"]
    )


@pytest.fixture(scope="module")
def epcis(france):
    rows = read_indicators(france.processed, CATALOGUE, groups=())
    return rows[rows["level"].isin(["epci", "france"])].set_index(["indicator", "period", "territory"]).sort_index()


def known(epcis, indicator, period):
    rows = epcis.loc[(indicator, period)]
    return rows[rows["level"].eq("epci") & rows["status"].isin([OK, CENSORED])]


# Communes that a file has lost.


def test_a_total_of_france_counts_a_lost_commune_as_known_and_that_of_its_epci_does_not():
    source = Source("x", "x", "x", totals=Totals(lost=(("2022 2023", "12002 99999"),)))
    rows = [("12001", "2023", 3.0), ("12002", "2023", None), ("12001", "2021", 3.0), ("12002", "2021", None)]
    rows += [("12001", "2022", 3.0), ("12002", "2022", 4.0)]  # known after all
    table = facts(pd.DataFrame(rows, columns=["code", "period", "value"]), "x", level="commune", measure="births")
    now = communes(["12001", "12002"])
    found = to_reference(table, source, Perimeter.between(now, now)).set_index(["code", "period"])
    assert found.loc[("F", "2023"), ["value", "status"]].tolist() == [3, OK]
    assert found.loc[("F", "2021"), "status"] == found.loc[("100000000", "2023"), "status"] == MISSING
    assert found.loc[("F", "2022"), "value"] == 7


def test_the_lost_communes_are_unknown_never_zero():
    assert set(TWELVE).isdisjoint(cleaned("insee_etat_civil").index.get_level_values("code"))
    for source, measure in (("dares_demandeurs_emploi", "job_seekers_abc"), ("insee_bpe_2024", "libraries")):
        rows = cleaned(source).xs(measure, level="measure")
        assert rows.loc[TWELVE, "status"].eq(MISSING).all() and rows["status"].ne(OK).mean() < 0.001


def test_a_city_whose_arrondissements_the_carrier_has_at_0_is_unknown_and_so_is_what_holds_it(epcis):
    """Paris, Lyon, Marseille of 2015 to 2018: the sum of their EPCIs was 424 650, 80 715 and 92 825, without them."""
    for epci in ("200054781", "200046977", "200054807"):
        years = epcis.loc["job_seekers_abc_count"].xs(epci, level="territory")["status"]
        assert years.ne(OK).to_dict() == {year: year < "2021" for year in years.index}


@pytest.mark.parametrize("indicator", ["births_count", "deaths_count", "job_seekers_abc_count"])
def test_all_epcis_but_those_of_the_lost_communes_have_births_deaths_and_job_seekers(epcis, indicator):
    every = epcis.loc[(indicator, "2023")].query("level == 'epci'")
    assert sorted(every.index[every["status"].ne(OK)]) == WITHOUT_SUM and len(every) == 1255


@pytest.mark.parametrize("indicator", ["natural_change_rate", "migratory_change_rate"])
def test_balances_of_2018_to_2023_stand_for_all_but_the_eight_and_mayotte(epcis, indicator):
    assert len(known(epcis, indicator, "2018-2023")) == 1255 - len(WITHOUT_SUM) - len(OF_MAYOTTE)
    assert {*WITHOUT_SUM, *OF_MAYOTTE}.isdisjoint(known(epcis, indicator, "2018-2023").index)


def test_births_of_mayotte_begin_in_2014_and_france_is_told_before():
    births = cleaned("insee_etat_civil").xs("births", level="measure").reset_index()
    assert births.loc[births["code"].str.startswith("976"), "period"].min() == "2014"
    lost = SOURCES["insee_etat_civil"].totals.lost_in
    assert {*lost("2023")} == {*LOST} and {*lost("2013")} - {*lost("2014")} == {f"976{n:02d}" for n in range(1, 18)}


def test_paris_lyon_and_marseille_count_once(epcis):
    """The carrier has 715 505 births in 2023, these cities twice; 677 000 are published, 250 are lost."""
    assert epcis.loc[("births_count", "2023", "F"), "value"] == 676_383


def test_job_seekers_of_2019_and_2020_are_not_in_the_extract_and_a_zero_may_be_a_few():
    rows = cleaned("dares_demandeurs_emploi").reset_index()
    assert sorted(rows["period"].unique()) == ["2015", "2016", "2017", "2018", "2021", "2022", "2023"]
    one = CATALOGUE["job_seekers_abc_count"]
    none = facts(pd.DataFrame([("12001", "2023", 0.0)], columns=["code", "period", "value"]), one.sources[0],
                 level="commune", measure="job_seekers_abc")  # fmt: skip
    assert observe([one], none, SOURCES)[["low", "high"]].to_numpy().tolist() == [[0, 4]]


def test_a_rate_of_france_leaves_out_what_its_population_of_then_leaves_out():
    one = CATALOGUE["job_seekers_abc_rate"]
    rows = [("F", "france", "2021", 100.0), ("F", "france", "2023", 100.0), ("971", "departement", "2021", 10.0)]
    rows += [("971", "departement", "2023", 10.0), ("93066", "commune", "2021", 7.0), ("93066", "commune", "2023", 7.0)]
    seekers = facts(pd.DataFrame(rows, columns=["code", "level", "period", "value"]), one.sources[0],
                    measure="job_seekers_abc")  # fmt: skip
    people = [("2021", "insee_comparateur"), ("2022", "insee_rp2022_communes")]
    people = [
        facts(pd.DataFrame({"code": ["F"], "period": year, "value": 1000.0}), source, level="france",
              measure="population_15_64")
        for year, source in people
    ]  # fmt: skip
    found = observe([one], pd.concat([seekers, *people]), SOURCES).query("level == 'france'").set_index("period")
    assert found["value"].to_dict() == {"2021": 10.0, "2023": 8.3}


@pytest.mark.parametrize(("births", "expected"), [(None, [10.0, 0.5, -0.5]), (20.0, [8.0, 0.4, -0.4])])
def test_a_rate_of_a_departement_is_of_the_communes_whose_events_are_there(births, expected):
    """80 births and a balance of 40 a year, of 10 000 inhabitants, 2 000 of whom live in a commune without a row."""
    one, years = "49126", [*map(str, range(2018, 2024))]
    people = [(code, level, year, "population", value) for year in years
              for code, level, value in (("49", "departement", 10_000.0), (one, "commune", 2_000.0))]  # fmt: skip
    of_the_year = {"births": 80.0, "natural_balance": 40.0, "vital_events": 400.0}
    events = [("49", "departement", year, name, of_the_year[name]) for year in years for name in of_the_year]
    events += [(one, "commune", "2022", name, births) for name in of_the_year if births]
    names = ["code", "level", "period", "measure", "value"]
    sources = {"insee_population_historique": people, "insee_etat_civil": events}
    known = pd.concat(facts(pd.DataFrame(rows, columns=names), source) for source, rows in sources.items())
    asked = {"birth_rate": "2022", "natural_change_rate": "2018-2023", "migratory_change_rate": "2018-2023"}
    units = pd.DataFrame({"commune": [one], "level": "departement", "code": "49"})
    found = observe([CATALOGUE[name] for name in asked], known, SOURCES, None, units).query("territory == '49'")
    found = found.set_index(["indicator", "period"])["value"]
    assert [found[item] for item in asked.items()] == pytest.approx(expected)


# The census of 2022 and of 2020.


def test_a_share_of_one_file_has_its_base_in_the_file_beside():
    folder = read_certificate(data_root().raw / "insee_rp2022_epci" / "france")
    rows = values(clean_declared(SOURCES["insee_rp2022_epci"], folder))
    part, whole = (rows["200067171", "2022", name] for name in ("owner_dwellings", "main_dwellings"))
    assert (whole, round(part / whole * 100, 4)) == (4822.4, 76.17)
    part, whole = (rows["200067171", "2022", name] for name in ("secondary_dwellings", "dwellings"))
    assert round(part / whole * 100, 4) == 33.51


def test_columns_beside_are_those_of_the_same_place_and_a_formula_may_hold_numbers(tmp_path):
    folder = received(tmp_path, {"a.csv": "code;pct\n200000172;25\n200000438;10\n", "b.csv": "code;n\n200000172;80\n"})
    for entry, columns in zip(folder.certificate.fichiers, (["code", "pct"], ["code", "n"]), strict=True):
        entry.colonnes = dict.fromkeys(columns, "?")
    layout = Table("a.csv", "code", "epci", period="2022", beside="b.csv", computed={"part": "pct * n / 100"})
    found = values(clean_declared(Source("x", "x", "x", tables=(layout,)), folder))
    assert found == {("200000172", "2022", "part"): 20, ("200000438", "2022", "part"): MISSING}


def test_the_unemployed_are_over_the_active_of_the_same_count(epcis):
    """The carrier's rate mixes two counts: 8.28 at Terre d'Émeraude, where the Insee publishes 8.16."""
    assert epcis.loc[("unemployment_15_64_rate", "2022", "200090579"), "value"] == pytest.approx(8.16, abs=0.03)


def test_households_are_of_the_complementary_forms_and_dwellings_of_the_main_ones():
    precision = SOURCES["insee_rp2022_epci"].precision
    kinds = {name: precision.forms(CATALOGUE[name].value) for name in ("one_person_households_share",
             "single_parent_households_share", "households_without_car_share", "age_80_plus_count")}  # fmt: skip
    assert [*kinds.values()] == [COMPLEMENTARY, COMPLEMENTARY, MAIN, MAIN]


def test_sixty_four_epcis_have_no_ages_and_their_under_15_by_the_shares_of_the_communes_that_lack(epcis):
    """Worked out again from both files: the CIVIS, by shares alone; the Grand Paris, for Saint-Denis."""
    rows = cleaned("insee_rp2022_epci").xs("population_0_14", level="measure")
    assert (rows["status"].eq(OK).sum(), rows["status"].eq(MISSING).sum()) == (1186, 64)
    assert len(known(epcis, "youth_15_24_count", "2022")) == 1186
    found = known(epcis, "children_0_14_count", "2022")
    found = found[found["source"].eq("insee_rp2022_communes")]
    counts, shares = (pd.read_parquet(path).set_index("code") for path in sorted(
        (data_root().raw / "insee_rp2022_communes" / "france").glob("*.parquet")))  # fmt: skip
    places = pd.read_parquet(data_root().raw / "etalab_decoupage" / "communes_2025.parquet").set_index("code")
    of_cities = ["13055", "69123", "75056"]
    some = shares.drop([*counts.index[counts["P22_POP0014"].notna()], *of_cities], errors="ignore")
    by_share = some["P22_POP"] * some["part_moins_15_pct"] / 100
    every = pd.concat([counts["P22_POP0014"].dropna(), by_share])
    total = every.groupby(places["epci"].reindex(every.index).to_numpy()).sum()
    around = some["P22_POP"].groupby(places["epci"].reindex(some.index).to_numpy()).sum() * 0.0005
    wanted = pd.DataFrame({"value": total, "low": total - around, "high": total + around}).loc[found.index]
    pd.testing.assert_frame_equal(found[[*wanted]].sort_index(), wanted.sort_index(), check_names=False)
    assert len(found) == 64 and found.loc["249740077", "value"].round() == 39_433
    assert not {*OF_MAYOTTE} & {*found.index}


def test_a_count_by_share_has_the_bounds_of_the_share_and_a_count_has_none():
    one = CATALOGUE["children_0_14_count"]
    rows = [("A", "population_0_14", 21.0), ("A", "population_0_14_rounding", 0.05), ("B", "population_0_14", 8.0)]
    rows += [
        ("B", "population_0_14_rounding", 0.0),
        ("C", "population_0_14", 0.0),
        ("C", "population_0_14_rounding", 0.1),
    ]
    table = facts(pd.DataFrame(rows, columns=["code", "measure", "value"]), "insee_rp2022_communes", level="commune",
                  period="2022")  # fmt: skip
    found = observe([one], table, SOURCES).set_index("territory")[["value", "low", "high"]]
    assert found.fillna(-1).round(2).to_numpy().tolist() == [[21, 20.95, 21.05], [8, -1, -1], [0, 0, 0.1]]


def test_a_complement_gives_what_no_other_file_of_the_source_has(tmp_path):
    folder = received(tmp_path, {"a.csv": "code;n\n01001;80\n01002;\n", "b.csv": "code;n\n01001;7\n01002;8\n01004;9\n"})
    for entry in folder.certificate.fichiers:
        entry.colonnes = dict.fromkeys(["code", "n"], "?")
    layouts = [Table(f"{name}.csv", "code", "commune", {"n": "n"}, "2022", complement=name == "b") for name in "ab"]
    found = values(clean_declared(Source("x", "x", "x", tables=tuple(layouts)), folder))
    assert found == {("01001", "2022", "n"): 80, ("01002", "2022", "n"): 8, ("01004", "2022", "n"): 9}


def test_shares_of_households_never_stand_beside_shares_of_families():
    text = (data_root().raw.parents[1] / "notebooks" / "02_familles_logement.ipynb").read_text(encoding="utf-8")
    for piece in text.split('"cell_type"'):
        assert not ("single_parent_households_share" in piece and "single_parent_families_share" in piece)


def test_the_ages_of_2020_are_told_of_whole_epcis_only(epcis):
    """Aubrac has 2 communes of 21 in the file; Lyon's Pierre-Bénite is counted with Oullins, in another geography."""
    listed = set(read_certificate(data_root().raw / "insee_rp2020_ages" / "france").certificate.etendue.epci)
    assert listed - {*known(epcis, "children_0_2_count", "2020").index} == {"200046977"}
    assert "200067171" not in listed and "243500139" not in listed


# Income, facilities.


def test_poverty_by_age_is_that_of_epcis_as_they_were_before_2024(epcis):
    """24 EPCIs have exchanged communes since: they have no value, nor what is secret."""
    rows = cleaned("insee_filosofi_2021_ages").xs("poverty_under_30_rate", level="measure")
    assert rows["status"].eq(SECRET).sum() == 1338 - 672
    assert len(known(epcis, "living_standard_single_parent_median", "2021")) == 1240 - 24


def test_a_poverty_rate_of_5_is_5_or_less():
    one = CATALOGUE["poverty_single_parent_rate"]
    rate = facts(pd.DataFrame({"code": ["200067171"], "period": "2021", "value": 5.0}), one.sources[0], level="epci",
                 measure="poverty_single_parent_rate")  # fmt: skip
    assert observe([one], rate, SOURCES)["status"].tolist() == [CENSORED]

"""What a territory is compared with: one period and one producer for all (rule R12), worked by hand."""

import pandas as pd
import pytest

from ctg_analysis.chapter import figures, territory
from ctg_analysis.chapter import tables as communes_tables
from ctg_analysis.chapter.known import newer
from ctg_analysis.display import texts
from ctg_analysis.indicators.comparisons import OLDEST, common_periods, comparable_rows
from ctg_analysis.indicators.observations import read_observations
from ctg_analysis.indicators.observe import first_available, observe
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.settings import EXAMPLE_EPCI
from ctg_analysis.model.source import SOURCES

CENSUS, VITAL, REGISTER = "insee_rp_logement", "insee_etat_civil", "finess"  # the first two are of one producer
OWN = {"E": "epci", "12": "departement", "48": "departement", "76": "region", "F": "france", "P": "peers"}


def rows(*known, source=VITAL):
    """Return observations: (place, period), or (place, period, status)."""
    table = pd.DataFrame([(*one, "ok")[:3] for one in known], columns=["territory", "period", "status"])
    return table.assign(level=table["territory"].map(OWN), indicator="births", source=source, denominator_period="")


def period(*known):
    return common_periods(rows(*known), "E").get("births")


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ([("E", "2022"), ("E", "2024"), ("12", "2022")], "2022"),
        ([("E", "2022"), ("E", "2024"), ("P", "2022")], "2022"),
        ([("E", "2020"), ("E", "2022"), ("E", "2024"), ("12", "2020"), ("P", "2022")], "2022"),
        ([("E", "2022"), ("E", "2023"), ("12", "2022"), ("76", "2023"), ("F", "2023")], "2022"),
        ([("E", "2021"), ("E", "2023"), ("P", "2021"), ("12", "2021"), ("12", "2023")], "2021"),
        ([("E", "2020"), ("E", "2023"), ("P", "2020"), ("12", "2020"), ("12", "2023")], "2023"),
        ([("E", "2022"), ("E", "2023"), ("12", "2022"), ("48", "2023")], "2023"),
        ([("E", "2022"), ("E", "2023"), ("E", "2024"), ("76", "2022"), ("F", "2023")], "2023"),
        ([("E", "2022"), ("E", "2024"), ("12", "2022"), ("12", "2024", "nd")], "2022"),
        ([("E", "2022"), ("E", "2024"), ("12", "2023")], "2024"),
        ([("E", "2022"), ("E", "2024", "secret"), ("12", "2024")], "2022"),
        ([("12", "2022")], None),
    ],
    ids=[
        *("département", "peers", "the newer of the two", "not a newer one of France alone"),
        *("the peers two years before", "not three years before"),
        *("one of two départements", "the newest of région and France", "unknown there", "nothing shared"),
        *("not its own secret one", "no value here"),
    ],
)
def test_the_newest_period_shared_with_the_departement_or_the_peers(known, expected):
    assert period(*known) == expected


def test_a_comparison_is_never_much_older_than_what_is_known_here():
    assert OLDEST == 5
    assert period(("E", "2020"), ("E", "2025"), ("12", "2020")) == "2020"
    assert period(("E", "2019"), ("E", "2025"), ("12", "2019")) == "2025"
    assert period(("E", "2015-2020"), ("E", "2018-2023"), ("12", "2015-2020")) == "2015-2020"  # by their ends


def test_what_is_compared_is_of_the_same_period_and_producer():
    own = rows(("E", "2022"), ("E", "2023", "nd"))
    same, another = rows(("12", "2022"), ("76", "2023"), source=CENSUS), rows(("F", "2022"), source=REGISTER)
    unknown = rows(("48", "2022", "nd"), source=REGISTER)
    found = comparable_rows(pd.concat([own, same, another, unknown], ignore_index=True), "E")
    assert found[["territory", "period"]].to_numpy().tolist() == [["E", "2022"], ["12", "2022"], ["48", "2022"]]
    older = same.assign(denominator_period="2020")
    assert comparable_rows(pd.concat([own, older], ignore_index=True), "E")["territory"].tolist() == ["E"]


def test_r12_the_populations_of_a_rate_are_of_one_year_for_all_the_places():
    """Three EPCIs and the département have the children of 2021, one EPCI those of 2023 too: all are over 2021."""
    rate = CATALOGUE["leisure_coverage_summer_rate"]
    places = [("A", "epci"), ("B", "epci"), ("C", "epci"), ("12", "departement")]
    lines = [(code, level, "2024", rate.value.events, 50.0, rate.sources[0]) for code, level in places]
    lines += [(code, level, "2021", rate.value.population, 200.0, CENSUS) for code, level in places]
    lines += [("A", "epci", "2023", rate.value.population, 100.0, CENSUS)]
    columns = ["code", "level", "period", "measure", "value", "source"]
    observed = observe([rate], pd.DataFrame(lines, columns=columns).assign(status="ok"), SOURCES)
    assert observed["value"].tolist() == [25.0] * 4 and set(observed["denominator_period"]) == {"2021"}
    alone = pd.DataFrame([line for line in lines if line[0] != "C" and line[0] != "B"], columns=columns)
    found = observe([rate], alone.assign(status="ok"), SOURCES).set_index("territory")
    assert found.loc["A", ["value", "denominator_period"]].tolist() == [50.0, "2023"]
    assert found.loc["12", "denominator_period"] == "2021"
    assert comparable_rows(found.reset_index(), "A")["territory"].tolist() == ["A"]


LEVELS = [one for one in CATALOGUE.values() if one.family == "pupils_by_level"]
NEWEST = {"birth_rate": "2023", "births_count": "2025"} | {one.id: "2025" for one in LEVELS}


@pytest.fixture
def ahead(example, monkeypatch):
    """The invented territory, with a birth rate and births one year newer than those of any other place."""

    def of_others(*asked):
        table = read_observations(*asked)
        last = table["period"].astype(str).eq(table["indicator"].map(NEWEST))
        return table[~last | table["territory"].eq(EXAMPLE_EPCI)]

    monkeypatch.setattr(territory, "read_observations", of_others)
    return territory.Territory(EXAMPLE_EPCI, example)


def test_a_newer_value_of_the_territory_alone_is_told_beside_with_its_period(ahead):
    rate = CATALOGUE["birth_rate"]
    compared, own = ahead.compared(rate), ahead.own(rate)
    assert set(compared["period"]) == {"2022"} and own["period"].iloc[-1] == "2023"
    assert {"epci", "departement", "region", "france", "peers"} <= set(compared["level"])
    told = texts.typography(f"Plus récent, pour le territoire seul : {own['text'].iloc[-1]} (2023).")
    assert told in figures.reading(ahead, rate).html
    assert newer(ahead, CATALOGUE["population_change_rate"]) == ""


def test_a_number_of_things_is_told_at_its_latest_period_and_set_beside_others_at_theirs(ahead):
    births = CATALOGUE["births_count"]
    assert set(ahead.compared(births)["period"]) == {"2024"} and ahead.periods["births_count"] == "2024"
    told = figures.reading(ahead, births).html
    assert "En 2025" in told and "2024" not in told


def test_the_median_of_a_number_of_things_is_told_beside_no_sentence(example):
    seen, schools = territory.Territory(EXAMPLE_EPCI, example), CATALOGUE["schools_count"]
    median = seen.compared(schools).iloc[-1]
    assert median["level"] == "peers" and median["low"] <= median["value"] <= median["high"]
    assert "comparables" not in figures.reading(seen, schools).html
    years = [seen.compared(one) for one in CATALOGUE.values() if one.id.endswith("_year")]
    assert years and not any("peers" in set(rows["level"]) for rows in years)


def test_a_published_total_goes_before_a_sum_and_the_whole_country_before_one_territory():
    places = [("12", "departement"), *((code, "epci") for code in "ABC")]

    def of(source: str, number: int) -> pd.DataFrame:
        table = pd.DataFrame(places[:number] if number else places[1:2], columns=["code", "level"])
        return table.assign(period="2024", source=source, status=OK)

    rows = pd.concat([of("extract", 0), of("of_departements", 1), of("sums_of_communes", 4)])
    first = first_available(rows, ("extract", "of_departements", "sums_of_communes"))
    chosen = first.set_index("code")["source"].to_dict()
    assert chosen == {"12": "of_departements"} | dict.fromkeys("ABC", "sums_of_communes")


def test_r12_the_columns_of_a_table_are_of_one_period_where_they_have_one():
    """Doctors are known in 2025 alone, pharmacies in 2020 elsewhere too: both are told of 2025; ages stay of 2021."""

    def known(*lines):
        return pd.DataFrame(lines, columns=["level", "period"]).assign(status="ok")

    def of(tables, **periods):
        tables = {CATALOGUE[name]: rows for name, rows in tables.items()}
        return [
            *communes_tables.aligned(tables, {CATALOGUE[name]: period for name, period in periods.items()}).values()
        ]

    doctors = known(("commune", "2025"), ("epci", "2025"))
    pharmacies = known(("commune", "2020"), ("commune", "2025"), ("departement", "2020"), ("epci", "2025"))
    centres = known(("commune", "2020"), ("departement", "2020"))
    tables = {"general_practitioners_count": doctors, "pharmacies_count": pharmacies}
    own = {"general_practitioners_count": "2025", "pharmacies_count": "2020"}
    assert of(tables, **own) == ["2025", "2025"]
    third = {"basket_services_share": doctors, "health_centres_count": centres}
    both = own | {"basket_services_share": "2025", "health_centres_count": "2020"}
    assert of(tables | third, **both) == ["2025", "2025", "2025", "2020"]
    people = known(("commune", "2021"), ("commune", "2023"), ("departement", "2021"), ("departement", "2023"))
    ages = known(("commune", "2021"), ("commune", "2023"), ("departement", "2021"))
    shares = {"population_count": people, "age_65_plus_share": ages}
    assert of(shares, population_count="2023", age_65_plus_share="2021") == ["2021", "2021"]
    late = {"population_count": people, "birth_rate": known(("commune", "2020"))}
    assert of(late, population_count="2023", birth_rate="2020") == ["2023", "2020"]

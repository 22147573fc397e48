"""What must hold whatever the figures: sums before divisions, nothing left in what is withheld, nothing lost."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctg_analysis.clean.perimeter import NotAdditiveError, Perimeter, sum_up, to_reference
from ctg_analysis.indicators.observe import observe
from ctg_analysis.indicators.uncertainty import NOISE
from ctg_analysis.model.indicator import EVENTS, MISSING, NOT_APPLICABLE, OK, Indicator, Ratio
from ctg_analysis.model.source import Source, Totals

counts = st.integers(min_value=0, max_value=5000)
SOURCE = Source(id="register", label="Registre", producer="P")


def communes(names, former=None, epci="100000000"):
    """Return a small geography: communes of one EPCI, one département."""
    former = former or {}
    return pd.DataFrame(
        {
            "code": names,
            "kind": "commune-actuelle",
            "departement": "12",
            "region": "76",
            "zone": "metro",
            "epci": epci,
            "parent": None,
            "former_codes": [former.get(name) for name in names],
        }
    ).astype({"former_codes": str, "parent": str})


def facts(measure, values, source="register"):
    table = pd.DataFrame({"code": list(values), "value": [float("nan") if v is None else v for v in values.values()]})
    status = table["value"].isna().map({True: MISSING, False: OK})
    return table.assign(level="commune", period="2021", measure=measure, status=status, source=source, parts=1, few=0)


def indicator(value, **options):
    words = {"label": "L", "definition": "D.", "unit": "%", "reading": "{period} {value}."}
    return Indicator("x_share", ("X",), "01", **words, decimals=1, sources=("register",), value=value, **options)


PAIRS = st.lists(st.tuples(counts, st.integers(min_value=1, max_value=5000)), min_size=1, max_size=8).map(
    lambda pairs: [(min(part, whole), whole) for part, whole in pairs]
)


def observed(pairs, one, source=SOURCE):
    names = [f"12{number:03d}" for number in range(1, len(pairs) + 1)]
    table = pd.concat(
        [
            facts("part", dict(zip(names, [part for part, _ in pairs], strict=True))),
            facts("whole", dict(zip(names, [whole for _, whole in pairs], strict=True))),
        ]
    )
    here = communes(names)
    moved = to_reference(table, source, Perimeter.between(here, here))
    return observe([one], moved, {"register": source})


@given(PAIRS)
def test_r13_the_rate_of_an_epci_is_the_ratio_of_the_sums(pairs):
    table = observed(pairs, indicator(Ratio("part", "whole"))).set_index("level")
    expected = 100 * sum(part for part, _ in pairs) / sum(whole for _, whole in pairs)
    for level in ("epci", "departement", "region"):
        assert table.loc[level, "value"] == pytest.approx(expected)


def test_scenario_2_three_communes():
    """4/20, 10/100 and 30/150 make 44/270 = 16.3 %, not the mean of 20, 10 and 20 %."""
    table = observed([(4, 20), (10, 100), (30, 150)], indicator(Ratio("part", "whole"))).set_index("level")
    assert table.loc["epci", "value"] == pytest.approx(16.2963, abs=1e-4)


@given(PAIRS, st.integers(min_value=0, max_value=7))
def test_a_missing_commune_makes_a_sum_missing_not_smaller(pairs, which):
    names = [f"12{number:03d}" for number in range(1, len(pairs) + 1)]
    values = dict(zip(names, [part for part, _ in pairs], strict=True))
    values[names[which % len(names)]] = None
    here = communes(names)
    moved = to_reference(facts("part", values), SOURCE, Perimeter.between(here, here)).set_index("level")
    assert moved.loc["epci", "status"] == MISSING and pd.isna(moved.loc["epci", "value"])


@given(counts, counts, counts)
def test_r16_merged_communes_are_summed_and_no_total_changes(first, second, third):
    then = communes(["12001", "12002", "12003"])
    now = communes(["12001", "12003"], former={"12001": "12002"})
    table = facts("part", {"12001": first, "12002": second, "12003": third})
    moved = to_reference(table, SOURCE, Perimeter.between(then, now)).set_index(["level", "code"])
    assert moved.loc[("commune", "12001"), "value"] == first + second
    assert moved.loc[("commune", "12003"), "value"] == third
    assert moved.loc[("epci", "100000000"), "value"] == first + second + third


@given(counts, counts)
def test_r16_a_split_commune_is_nd_and_still_counts_in_the_total_that_holds_its_parts(first, second):
    then = communes(["12001", "12003"], former={"12001": "12002"})
    now = communes(["12001", "12002", "12003"])
    table = facts("part", {"12001": first, "12003": second})
    moved = to_reference(table, SOURCE, Perimeter.between(then, now)).set_index(["level", "code"])
    for part in ("12001", "12002"):
        assert moved.loc[("commune", part), "status"] == MISSING
    assert moved.loc[("epci", "100000000"), "value"] == first + second


def test_a_commune_split_between_two_epcis_makes_both_missing():
    then = communes(["12001", "12003"], former={"12001": "12002"})
    now = communes(["12001", "12002", "12003"], epci=["100000000", "200000000", "200000000"])
    table = facts("part", {"12001": 9, "12003": 4})
    moved = to_reference(table, SOURCE, Perimeter.between(then, now)).set_index(["level", "code"])
    assert ("epci", "100000000") not in moved.index or moved.loc[("epci", "100000000"), "status"] == MISSING
    assert moved.loc[("epci", "200000000"), "status"] == MISSING
    assert moved.loc[("departement", "12"), "value"] == 13


def test_r13_what_a_producer_only_publishes_cannot_be_added_up():
    median = Source(id="register", label="R", producer="P", totals=Totals(additive=False))
    with pytest.raises(NotAdditiveError, match="cannot be added up"):
        sum_up(facts("median", {"12001": 20000}), median, pd.Series({"12001": 1}))
    here = communes(["12001", "12002"])
    table = facts("median", {"12001": 20000, "12002": 22000})
    assert set(to_reference(table, median, Perimeter.between(here, here))["level"]) == {"commune"}


def test_a_total_that_the_producer_publishes_is_kept_not_computed():
    here = communes(["12001", "12002"])
    table = facts("part", {"12001": 3, "12002": 4})
    published = table.iloc[[0]].assign(code="100000000", level="epci", value=8.0)
    moved = to_reference(pd.concat([table, published]), SOURCE, Perimeter.between(here, here))
    assert moved.loc[moved["level"].eq("epci"), "value"].tolist() == [8.0]


def test_a_count_of_nothing_over_nothing_is_without_object():
    table = observed([(0, 1)], indicator(Ratio("whole", "part", bounded=False)))
    assert set(table["status"]) == {NOT_APPLICABLE}


@given(counts)
def test_a_poisson_interval_holds_its_count(events):
    low, high = (bound[0] for bound in NOISE[EVENTS](pd.Series([float(events), 5]), pd.Series([1.0, 1])))
    assert 0 <= low <= events <= high

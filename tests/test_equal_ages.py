"""Indirect standardisation, births beside the women who may have them, and the decomposition of a change in births."""

import numpy as np
import pandas as pd
import pytest
from design_effects import young_children

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.indicators.demography import EQUAL, at_equal_ages, expected_count
from ctg_analysis.indicators.uncertainty import complementary_interval
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.norms import norm
from ctg_analysis.model.settings import EXAMPLE_EPCI

# The example of indirect standardisation of Public Health England's PHEindicatormethods (its file R/isr_sheet.csv): by
# five-year age, the counts and the people of an area, those of the standard, and what is expected.
PHE = pd.DataFrame(
    [
        (127, 636, 10303, 50520, 129.7052257), (25, 558, 2824, 57173, 27.56182114), (18, 609, 3225, 60213, 32.61795626),
        (21, 543, 3615, 54659, 35.91256701), (12, 384, 3641, 44345, 31.52878566), (27, 594, 3490, 50128, 41.35533035),
        (48, 669, 3789, 62163, 40.77732735), (27, 843, 3213, 67423, 40.17262655), (29, 660, 3031, 62899, 31.80432121),
        (32, 576, 2771, 55463, 28.7776716), (32, 606, 3089, 60479, 30.95180145), (34, 522, 3490, 49974, 36.45455637),
        (45, 426, 3595, 44140, 34.69574082), (65, 273, 4745, 40888, 31.68130014), (38, 300, 5514, 37239, 44.42117135),
        (68, 288, 7125, 30819, 66.58230312), (74, 153, 5694, 18136, 48.03606087), (82, 123, 6210, 15325, 49.84208809),
        (91, 207, 5757, 13918, 85.62286248),
    ],
    columns=["counts", "people", "of_standard", "standard", "expected"],
)  # fmt: skip


def test_the_expected_counts_are_those_of_phe():
    expected = expected_count(PHE["people"], PHE["of_standard"], PHE["standard"], PHE["of_standard"].sum())
    assert expected == pytest.approx(PHE["expected"].sum()) == pytest.approx(868.5015, abs=1e-4)


@pytest.mark.nightly
def test_the_interval_at_equal_ages_holds_the_truth_where_persons_are_drawn_with_their_dwelling():
    """95 times in 100, with the design effect of the value; as so many independent children, before: 83 to 90.

    500 families with children under 6, one dwelling in five coded, beside a France where a third live with one parent.
    """
    random = np.random.default_rng(8)
    persons, having = young_children(500, random)
    drawn = random.random((1000, len(persons))).argsort(axis=1)[:, : len(persons) // 5]
    base = 5.0 * persons[drawn].sum(axis=1)
    value = pd.Series(5.0 * having[drawn].sum(axis=1) / base)
    truth = having.sum() / persons.sum()

    def covered(design):
        count = pd.Series(float(persons.sum()), value.index)
        interval = 100 * complementary_interval(value * count, count, 0.2, design)
        found = []
        for one, low, high in zip(100 * value, interval["low"], interval["high"], strict=True):
            own = {"value": one, "low": low, "high": high, "numerator": one / 100 * persons.sum()}
            found.append(at_equal_ages(*of_children(own, persons.sum()), CATALOGUE)[EQUAL].iloc[1])
        table = pd.DataFrame(found)
        return (table["equal_low"].le(100 * truth) & table["equal_high"].ge(100 * truth)).mean()

    assert 0.93 < covered(norm("census_design_children")) < 0.97
    assert covered(1.0) < 0.93


def of_children(own, persons):
    """The share of children with one parent here and in France, and those that it is made of: ages are as there."""
    ages = ("children_0_1_single_parent_count", "children_2_5_single_parent_count")
    among = ("children_0_1_by_parents_count", "children_2_5_by_parents_count")
    rows = pd.DataFrame([own, {"value": 100 / 3, "low": np.nan, "high": np.nan, "numerator": 1e6}])
    rows = rows.assign(indicator="children_0_5_single_parent_share", source="insee_rp_familles")
    counts = pd.DataFrame(
        {"indicator": [*ages, *among] * 2, "value": [0, 0, persons / 3, 2 * persons / 3, 1e6 / 3, 2e6 / 3, 1e6, 2e6]}
    )
    counts = counts.assign(numerator=counts["value"], denominator=np.nan)
    places = {"level": ["epci", "france"], "territory": ["E", "F"]}
    rows, counts = (
        table.assign(period="2021", status=OK, **{name: np.repeat(of, len(table) // 2) for name, of in places.items()})
        for table in (rows, counts)
    )
    return rows, counts


def test_rounded_counts_by_age_are_raised_to_the_total_and_what_is_unknown_makes_nothing_expected():
    counts, people = pd.Series([10.0, 30.0]), pd.Series([100.0, 200.0])
    assert expected_count(people, counts, people, 50.0) == pytest.approx(50)
    unknown = pd.Series([10.0, np.nan])
    assert np.isnan(
        [expected_count(unknown, counts, people, 50.0), expected_count(people, unknown, people, 50.0)]
    ).all()


@pytest.fixture(scope="module")
def example_chapter():
    return open_chapter(EXAMPLE_EPCI)


def value(chapter, name, level, code, period):
    rows = chapter.data(name)
    row = rows[rows["level"].eq(level) & rows["territory"].eq(code) & rows["period"].eq(period)]
    return row["value"].item()


def test_a_place_of_which_an_age_is_unknown_is_no_standard(example_chapter):
    territory = example_chapter.territory
    rows = territory.compared(CATALOGUE["living_alone_65_plus_share"], with_peers=False).drop(columns=EQUAL)
    counts, places = territory.named, ["departement", "region", "france"]

    def standards(known):
        found = at_equal_ages(rows, known, CATALOGUE)
        return found.loc[found["equal"].notna(), "level"].tolist()

    assert standards(counts) == places
    counted = counts["indicator"].eq("living_alone_80_plus_count")
    assert standards(counts[~(counted & counts["level"].eq("departement"))]) == places[1:]
    assert standards(counts[~counts["indicator"].eq("household_population_80_plus_count")]) == []

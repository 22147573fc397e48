"""Indirect standardisation, births beside the women who may have them, and the decomposition of a change in births."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.rates import confint_poisson

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.indicators.demography import (
    EQUAL,
    at_equal_ages,
    expected_counts,
    rates_of_standard,
    standardised_ratio,
)
from ctg_analysis.model.catalogue import CATALOGUE
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

# Das Gupta (1993), table 5.1: household headship rates in the United States, 1970 and 1985; percent of the people and
# rate of each age, and the parts of the change as the author and the R package DasGuptR give them.


def ratio_of(observed, expected):
    return standardised_ratio(pd.Series([observed]), pd.Series([expected])).iloc[0]


def test_the_expected_counts_are_those_of_phe():
    rates = rates_of_standard(PHE["of_standard"], PHE["standard"], PHE["of_standard"].sum())
    assert (PHE["people"] * rates).tolist() == pytest.approx(PHE["expected"].tolist(), abs=1e-6)
    expected = expected_counts(PHE["people"].to_frame().T, rates)
    assert expected.item() == pytest.approx(PHE["expected"].sum()) == pytest.approx(868.5015, abs=1e-4)
    found = ratio_of(PHE["counts"].sum(), expected.item())
    assert found["ratio"] == pytest.approx(895 / 868.5015)


def test_the_interval_is_exact_below_ten_and_byars_above():
    for count in (1, 5, 9):
        exact = confint_poisson(count, 1, method="exact-c")
        assert ratio_of(count, 1.0)[["low", "high"]].tolist() == pytest.approx(exact, rel=1e-9)
    for count in (10, 65, 1045):  # within 0.2 % of the exact one, says the guide of PHE
        low, high = confint_poisson(count, 1, method="exact-c")
        z = 1.959963984540054
        byar = count * (1 - 1 / (9 * count) - z / (3 * count**0.5)) ** 3
        assert ratio_of(count, 1.0)["low"] == pytest.approx(byar, rel=1e-12) == pytest.approx(low, rel=0.002)
        assert ratio_of(count, 1.0)["high"] == pytest.approx(high, rel=0.002)


@pytest.mark.parametrize("expected", [30.0, 80.0])
def test_the_interval_of_a_standardised_ratio_holds_the_truth(expected):
    """95 times in 100. With the scatter of a few communes: 83 to 90."""
    random, truth = np.random.default_rng(8), 1.2
    counted = pd.Series(random.poisson(truth * expected, 4000).astype(float))
    found = standardised_ratio(counted, pd.Series(expected, counted.index))
    assert 0.93 < (found["low"].le(truth) & found["high"].ge(truth)).mean() < 0.97


def test_rounded_counts_by_age_are_raised_to_the_total_and_what_is_unknown_makes_nothing_expected():
    counts, people = pd.Series([10.0, 30.0]), pd.Series([100.0, 200.0])
    rates = rates_of_standard(counts, people, 50.0)
    assert (people * rates).sum() == pytest.approx(50)
    assert expected_counts(pd.DataFrame([[10.0, np.nan]]), rates).isna().all()
    assert rates_of_standard(pd.Series([10.0, np.nan]), people, 50.0).isna().all()
    assert np.isnan(ratio_of(3.0, 0.0)["ratio"])


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

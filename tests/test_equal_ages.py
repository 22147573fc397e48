"""Indirect standardisation, births beside the women who may have them, and the decomposition of a change in births."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.rates import confint_poisson

from ctg_analysis.chapter import open_chapter
from ctg_analysis.indicators.demography import (
    AGES,
    EQUAL,
    at_equal_ages,
    births_change,
    effects,
    expected_counts,
    fertility,
    fertility_rates,
    product,
    rates_of_standard,
    standardised_ratio,
)
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI

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
SIZES = (
    [12.9, 10.9, 9.5, 8.0, 7.8, 8.4, 8.6, 7.8, 7.0, 5.9, 4.7, 3.6, 4.9],
    [10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6.0, 6.3, 5.9, 5.1, 4.0, 5.5],
)
RATES = (
    [1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8],
    [2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2],
)


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


def test_the_decomposition_is_that_of_the_table_of_das_gupta():
    before, after = ((np.array(size) / 100, np.array(rate)) for size, rate in zip(SIZES, RATES, strict=True))
    assert (product(before), product(after)) == (pytest.approx(44.7268), pytest.approx(47.6940))
    assert effects(before, after) == pytest.approx([1.2269, 1.7403], abs=1e-4)
    (ages, rates), (later, higher) = before, after
    assert effects(before, after)[0] == pytest.approx(((later - ages) * (rates + higher) / 2).sum())  # Kitagawa (1955)


def test_the_parts_of_three_factors_add_up_and_do_not_depend_on_which_comes_first():
    before, after = (
        [60.0, np.array([0.4, 0.6]), np.array([0.1, 0.05])],
        [50.0, np.array([0.3, 0.7]), np.array([0.2, 0.1])],
    )
    parts = effects(before, after)
    assert sum(parts) == pytest.approx(product(after) - product(before))
    assert effects(before[::-1], after[::-1])[::-1] == pytest.approx(parts)
    assert effects(after, before) == pytest.approx([-part for part in parts])


def test_the_interval_of_the_part_of_fertility_covers_it():
    generator, rates = np.random.default_rng(9), fertility_rates("2022")
    women = tuple(
        pd.Series(dict(zip(AGES, sizes, strict=True)))
        for sizes in ([220, 160, 170, 180, 390], [200, 120, 150, 170, 340])
    )
    means = [1.1 * (women[0] * rates).sum(), 0.9 * (women[1] * rates).sum()]
    truth = births_change(women, tuple(means), 2, rates)
    covered = 0
    for _ in range(600):
        births = tuple(float(generator.poisson(mean, 2).mean()) for mean in means)
        found = births_change(women, births, 2, rates)
        assert found.women + found.ages + found.fertility == pytest.approx(found.change)
        covered += found.low <= truth.fertility <= found.high
    assert 0.93 < covered / 600 < 0.97


def test_the_rates_of_france_are_those_of_the_page_of_the_producer():
    """Their sum by year of age is the total fertility that the Insee publishes: 1.79 children a woman in 2022."""
    widths = {"15_24": 10, "25_29": 5, "30_34": 5, "35_39": 5, "40_50": 11}
    assert sum(rate * widths[age] for age, rate in fertility_rates("2022").items()) == pytest.approx(1.79, abs=0.03)
    assert all(set(rates) == set(AGES) for rates in fertility().taux.values())


@pytest.fixture(scope="module")
def example_chapter():
    return open_chapter(EXAMPLE_EPCI)


def value(chapter, name, level, code, period):
    rows = chapter.data(name)
    row = rows[rows["level"].eq(level) & rows["territory"].eq(code) & rows["period"].eq(period)]
    return row["value"].item()


def test_the_rounding_of_the_producer_widens_the_interval(example_chapter):
    html = example_chapter.at_equal_ages("job_seekers_abc_rate").html
    assert ">380<" in html and "103 (91 à 120)" in html  # 372 to 404 job seekers, for 371 expected


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


def test_births_of_the_real_territory_are_beside_the_women_of_their_ages():
    chapter = open_chapter(DEFAULT_EPCI)
    html = chapter.expected_births().html
    for told in ("52", "710", "73,3", "84 (62 à 110)", "90 (86 à 94)", "n’est pas établi"):
        assert told in html, told
    assert "De 2022 à 2024, 169 naissances pour 190 attendues" in html  # 58 + 52 + 59
    box = chapter.births_change()
    assert "missing" in box.about and "ctg fetch insee_rp_population" in box.html
    with pytest.raises(UserError, match="caf_rsa_households_count: its declaration gives no strata"):
        chapter.at_equal_ages("caf_rsa_households_count")

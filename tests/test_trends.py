"""Trends (rule R14): slopes with their intervals, turning points, three-year means; what is told of them."""

from itertools import combinations, permutations, product

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.display.words import messages, paces
from ctg_analysis.indicators import trends
from ctg_analysis.indicators.trends import chance_of_order, means_at_both_ends, poisson_fit, slopes, trend_of

NAN = float("nan")
# Of 200067171, 2008 to 2025: état civil, by place of residence.
BIRTHS = [83, 67, 69, 69, 70, 54, 76, 57, 58, 71, 74, 55, 63, 60, 58, 52, 59, 60]
DEATHS = [209, 153, 188, 188, 204, 175, 172, 190, 199, 174, 177, 175, 207, 190, 190, 194, 181, 166]
JOB_SEEKERS = [380, 375, 360, 380, 390, 420, 425, 425, 370, 355]  # 2015 to 2024, rounded to 5


def series(*values, first=2008, numerator=NAN, denominator=NAN):
    rows = pd.DataFrame({"period": [str(first + rank) for rank in range(len(values))], "value": map(float, values)})
    rows = rows.assign(numerator=numerator, denominator=denominator, status="ok", quality=1, level="epci")
    return rows.assign(low=NAN, high=NAN, source="insee_etat_civil", text=[f"{value:.0f}" for value in rows["value"]])


def trend(name, *values, first=2008, **counts):
    return trend_of(series(*values, first=first, **counts), CATALOGUE[name])


def written(name, *values, first=2008):
    rows = series(*values, first=first)
    return messages.trend(CATALOGUE[name], rows, trend_of(rows, CATALOGUE[name])).partition(" : ")[2]


def interval(stretch):
    return [round(figure, 1) for figure in (stretch.change, stretch.low, stretch.high)]


def test_births_of_the_territory_fall_and_its_deaths_have_no_trend():
    """From 209 to 166, the deaths seem to fall by a fifth: 2008 is their highest year, 2025 nearly their lowest."""
    [births], [deaths] = trend("births_count", *BIRTHS), trend("deaths_count", *DEATHS)
    assert interval(births) == [-1.5, -2.6, -0.4] and births.is_established
    assert interval(deaths) == [-0.1, -0.7, 0.6] and not deaths.is_established


@pytest.mark.parametrize("counts", [BIRTHS, DEATHS, [3 * count for count in DEATHS]])
@pytest.mark.parametrize("exposures", [1.0, np.linspace(900, 1100, 18)])
def test_a_slope_is_that_of_a_glm_of_statsmodels(counts, exposures):
    """Poisson where the scatter may be that of chance, as of births and deaths; quasi-Poisson with Student's t else."""
    years, counts = np.arange(2008, 2026), np.array(counts, dtype=float)
    exposures = np.broadcast_to(exposures, counts.shape)
    design = sm.add_constant((years - 2008).astype(float))
    model = sm.GLM(counts, design, family=sm.families.Poisson(), exposure=exposures)
    by_chance, measured = model.fit(tol=1e-12), model.fit(tol=1e-12, scale="X2", use_t=True)
    told = by_chance if counts[0] < 300 else measured
    [stretch] = slopes(years, counts, exposures, of_chance=True)
    low, high = told.conf_int()[1]
    assert stretch[2:] == pytest.approx([*(100 * np.expm1([told.params[1], low, high])), told.pvalues[1]], rel=2e-5)
    fit = poisson_fit(counts, exposures, design)
    assert fit.covariances == pytest.approx(by_chance.cov_params(), rel=1e-6)
    [things] = slopes(years, counts, exposures, of_chance=False)
    assert things.p == pytest.approx(measured.pvalues[1], rel=1e-6)


def test_slopes_on_both_sides_of_a_turning_point_are_those_of_a_glm_of_statsmodels():
    years, counts = np.arange(2015, 2025), np.array(JOB_SEEKERS, dtype=float)
    before, after = slopes(years, counts, np.ones(10), of_chance=True)
    assert (before.start, before.end, after.start, after.end) == (2015, 2021, 2021, 2024)
    design = np.column_stack([np.ones(10), years - 2015.0, np.maximum(years - 2021.0, 0)])
    found = sm.GLM(counts, design, family=sm.families.Poisson()).fit(tol=1e-12, scale="X2")
    measured = found.t_test([[0, 1, 0], [0, 1, 1]])
    error = measured.sd * np.sqrt(7 / 6)  # ten years less four figures: the place of a turning point is one
    half = (
        stats.t.ppf(0.975, 6) * error if found.scale > 1.5 else stats.norm.ppf(0.975) * measured.sd / found.scale**0.5
    )
    assert [before.change, after.change] == pytest.approx(100 * np.expm1(measured.effect), rel=1e-6)
    assert [before.low, after.low] == pytest.approx(100 * np.expm1(measured.effect - half), rel=1e-6)
    assert [before.high, after.high] == pytest.approx(100 * np.expm1(measured.effect + half), rel=1e-6)


def test_a_turning_point_is_sought_where_the_line_is_long_enough_and_named_where_it_matters():
    years = np.arange(2008, 2026)
    up = 100 * 1.04 ** np.minimum(years - 2008, 8)
    for pace, turns in ((0.96, [2016]), (1.038, [])):  # 0.2 % a year less is no turn that a reader should know
        counts = up * pace ** np.maximum(years - 2016, 0)
        assert [one.end for one in slopes(years, counts, np.ones(18), of_chance=False)][:-1] == turns
    late = 100 * 1.04 ** np.minimum(years - 2008, 15) * 0.5 ** np.maximum(years - 2023, 0)
    assert [one.end for one in slopes(years, late, np.ones(18), of_chance=False)][:-1] != [2023]  # two years alone


@pytest.mark.parametrize("values", [[10, 12, 11, 15, 14, 18], [5, 5, 6, 4, 7, 8], [3, 1, 4, 1, 5, 9, 2], [7] * 6])
def test_the_order_of_few_years_is_tested_as_kendall_does(values):
    """The exact test of scipy, which allows no equal years; where some are, all the orders one by one."""
    p = chance_of_order(np.array(values))
    if len(set(values)) == len(values):
        assert p == pytest.approx(stats.kendalltau(range(len(values)), values, method="exact").pvalue)
    pairs = list(combinations(range(len(values)), 2))
    rises = [
        abs(sum((dealt[j] > dealt[i]) - (dealt[j] < dealt[i]) for i, j in pairs)) for dealt in permutations(values)
    ]
    assert p == pytest.approx(sum(rise >= rises[0] for rise in rises) / len(rises))


def test_below_eight_years_three_year_means_stand_at_both_ends():
    """32, 35, 38 are 35 on average, 43, 45, 50 are 46: 31.4 % more in four years, 1.314 ^ (1 / 4) = 1.0707."""
    [stretch] = trend("eaje_places_count", 32, 35, 38, 40, 43, 45, 50)
    assert stretch.change == pytest.approx(7.07, abs=0.005) and np.isnan(stretch.low) and stretch.is_established
    assert means_at_both_ends(np.array([2010, 2015, 2016, 2021, 2022, 2023]), np.arange(6) + 20.0) == []


def test_what_makes_no_trend():
    assert trend("births_count", *BIRTHS[:5]) == []  # five years
    assert trend("births_count", 83, 67, 69, 0, *BIRTHS[4:]) == []  # none in a year: no logarithm
    assert trend("schools_count", 9, 9, 9, 9, 9, 8, 8, 8, 8, 8) == []  # one school less of nine
    assert trend("births_3_year_mean_count", *BIRTHS) == []  # two means share two years
    rows = series(*BIRTHS)
    rows.loc[0, "period"] = "1999"
    assert trend_of(rows, CATALOGUE["births_count"]) == []  # nothing is known between


def test_a_rate_is_its_events_over_its_population():
    """Births and inhabitants fall alike: the rate has no slope, whatever its decimals."""
    people = 10_000 * 0.985 ** np.arange(18)
    births = 60 * 0.985 ** np.arange(18)
    [stretch] = trend("birth_rate", *[6.0] * 18, numerator=births, denominator=people)
    assert stretch.change == pytest.approx(0, abs=1e-9) and not stretch.is_established
    assert trend("birth_rate", *[6.0] * 18, numerator=births / 4, denominator=people) == []  # some ten births a year


def drawn(generator, years, mean, slope, dispersion):
    """Return counts of a mean that moves, of this variance over their mean (negative binomial beyond 1)."""
    means = mean * np.exp(slope * (np.arange(years) - (years - 1) / 2))
    if dispersion > 1:
        means = generator.gamma(means / (dispersion - 1), dispersion - 1)
    return generator.poisson(means).astype(float)


@pytest.mark.parametrize("slope", [0.0, -0.015])
def test_the_interval_of_a_slope_covers_it_95_times_in_100(slope):
    """93 to 97 % over counts that vary as chance does, or more; a trend is found in 2 to 8 % of series without any."""
    generator, covered, told, turned = np.random.default_rng(20251127), [], [], []
    for years, dispersion in product((10, 18), (1, 1.5, 2, 3)):
        for _ in range(150):
            counts = drawn(generator, years, 60, slope, dispersion)
            found = slopes(np.arange(years), counts, np.ones(years), of_chance=True)
            turned.append(len(found) > 1)
            told.append(any(one.is_established for one in found))
            covered += [one.low <= 100 * np.expm1(slope) <= one.high for one in found]
    assert 0.93 <= np.mean(covered) <= 0.97
    assert np.mean(turned) <= 0.02
    assert slope or 0.02 <= np.mean(told) <= 0.08


def test_the_slope_of_a_population_knows_that_its_years_share_surveys():
    """Each vintage is the mean of five surveys. As so many independent years, 77 % of the intervals held the slope."""
    generator, held = np.random.default_rng(3), {1: [], 5: []}
    known = np.array([2010, 2015, *range(2018, 2024)])  # those that the shipped files have
    for _ in range(300):
        surveyed = 10_000 * np.exp(-0.006 * np.arange(-2, 16)) + generator.normal(0, 60, 18)
        vintages = np.convolve(surveyed, np.full(5, 0.2), "valid")[known - 2010]
        for surveys, found in held.items():
            [one] = slopes(known, vintages, np.ones(len(known)), of_chance=False, surveys=surveys)
            found.append(one.low <= 100 * np.expm1(-0.006) <= one.high)
    assert np.mean(held[1]) < 0.8 and 0.93 <= np.mean(held[5]) <= 0.98
    rows = series(*range(10_600, 9800, -100)).assign(period=[str(year) for year in known])
    [own] = trend_of(rows, CATALOGUE["population_count"])
    [same] = slopes(known, rows["value"].to_numpy(), np.ones(8), of_chance=False, surveys=5)
    assert own == same


def test_a_trend_is_found_by_chance_in_few_short_series():
    generator = np.random.default_rng(7)
    found = [chance_of_order(generator.poisson(60, 6)) < trends.ALPHA for _ in range(500)]
    assert 0.01 <= np.mean(found) <= 0.05  # an exact test of so few orders errs on the side of caution


@pytest.mark.parametrize(
    "name, values, first, title",
    [
        ("births_count", BIRTHS, 2008, "en baisse depuis 2008, −1,5\u202f% par an (−2,6 à −0,4)"),
        ("deaths_count", DEATHS, 2008,
         "166 en 2025, sans tendance établie depuis 2008 (−0,1\u202f% par an, −0,7 à +0,6)"),
        ("job_seekers_abc_count", JOB_SEEKERS, 2015, "en hausse jusqu'en 2021, puis en baisse"),
        ("pupils_count", [100, 110, 121, 133, 146, 161, 146, 133, 121, 110, 100, 91], 2010,
         "en hausse jusqu'en 2015 (+10,0\u202f% par an), puis en baisse (−9,1\u202f% par an)"),
        ("pupils_count", [1000, 920, 846, 779, 716, 659, 646, 633, 620, 608, 596, 584], 2010,
         "en baisse jusqu'en 2015 (−8,0\u202f% par an), puis moins vite (−2,0\u202f% par an)"),
        ("eaje_places_count", [32, 35, 38, 40, 43, 45, 50], 2017,
         "en hausse, de 35 en 2017-2019 à 46 en 2021-2023 (moyennes)"),
        ("births_count", [83, 67, 54], 2008, "54 en 2010"),
        ("births_count", BIRTHS[:6], 2008, "54 en 2013, sans tendance établie depuis 2008"),
        ("population_count", [10_147, 10_090, 10_053, 10_004, 9928, 9856], 2018, "9856 habitants en 2023"),
        ("ulis_pupils_count", [12] * 4, 2020, "12 en 2023, comme à chaque date connue depuis 2020"),
        ("births_3_year_mean_count", BIRTHS, 2008, "60 en 2025"),
        ("private_pupils_share", [22.0, 22.1, 22.2, 22.3, 22.4, 22.5, 22.6, 22.7], 2018,
         "en hausse depuis 2018, +0,1 point par an (+0,1 à +0,1)"),
    ],
)  # fmt: skip
def test_a_title_tells_what_the_years_establish(name, values, first, title):
    assert written(name, *values, first=first) == title.replace("−", "\u2212")


def test_the_means_of_sums_of_rounded_counts_are_told_by_their_bounds():
    rows = series(30, 35, 40, 45, 50, 55, 60).assign(source="caf_s_ben_epci_f")
    rows = rows.assign(low=rows["value"] - 4, high=rows["value"] + 8)
    one = CATALOGUE["caf_aah_beneficiaries_count"]
    told = messages.trend(one, rows, trend_of(rows, one))
    assert told.endswith("en hausse, entre 31 et 43 en 2008-2010, entre 51 et 63 en 2012-2014 (moyennes)")


def test_no_title_sets_the_first_year_against_the_last():
    """Two values far apart, in a series without trend, are not both in its title."""
    assert not {"209", "166"} <= set(written("deaths_count", *DEATHS).split())
    two = series(10_000, 9_000)
    assert messages.latest(CATALOGUE["population_count"], two).endswith("9000 habitants en 2009")


def test_a_long_history_with_gaps_tells_its_highest_and_its_lowest():
    rows = series(14_849, 12_606, 11_409, 9_351, 9_469, 9_539, 9_613, 9_662)
    rows["period"] = ["1876", "1936", "1968", "1999", "2010", "2015", "2020", "2023"]
    told = messages.trend(CATALOGUE["historical_population_count"], rows, [])
    assert told.endswith("9662 habitants en 2023 ; au plus haut 14849 (1876), au plus bas 9351 (1999)")
    assert messages.trend(CATALOGUE["historical_population_count"], rows[2:], []).endswith(": 9662 habitants en 2023")


def test_the_pace_before_and_after_a_turning_point_is_noted_with_its_interval():
    rows = series(*JOB_SEEKERS, first=2015)
    noted = paces.paces(
        CATALOGUE["job_seekers_abc_count"], rows, trend("job_seekers_abc_count", *JOB_SEEKERS, first=2015)
    )
    assert "2015-2021 : +2,7\u202f% par an (+0,9 à +4,6) ; 2021-2024 : \u22125,6\u202f% par an" in noted
    assert paces.paces(CATALOGUE["births_count"], series(*BIRTHS), trend("births_count", *BIRTHS)) == ""

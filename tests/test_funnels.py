"""A funnel in the place of a ranking of communes (rule R9)."""

import re

import numpy as np
import pandas as pd
import pytest

from ctg_analysis.chapter.funnels import rates
from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.display.drawings import funnel
from ctg_analysis.display.words.texts import alphabetical
from ctg_analysis.indicators.comparisons import ALPHA, compare_proportions, compare_rates, funnel_of_rates
from ctg_analysis.indicators.spread import apart
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import EXAMPLE_EPCI


def drawn(rows):
    sizes = funnel.grid(100, 10000)
    limits = (funnel_of_rates(0.01, sizes) * 1000).assign(size=sizes)
    return funnel.funnel(rows, limits, 10.0, decimals=1, across="Habitants")


def test_r14_noise_alone_names_a_commune_in_one_report_of_twenty_at_most():
    """200 draws of one rate in 129 communes: limits of 95 % would name some in nearly every one."""
    chance, size = np.random.default_rng(1), pd.Series(np.geomspace(60, 20_000, 129))
    drawn = [pd.Series(chance.poisson(size * 0.0058)).astype(float) for _ in range(200)]
    p = [compare_rates(events, size, events.sum(), size.sum(), events, size)["p"] for events in drawn]
    assert sum(one.lt(ALPHA).any() for one in p) > 180
    assert sum(apart(events, size, compare_rates).any() for events in drawn) <= 15
    events = drawn[0].mask(size.index.to_series().eq(100), size * 0.02).round()
    assert apart(events, size, compare_rates)[100]


def test_the_mean_leaves_out_the_commune_that_is_held_to_it():
    """A town of 900 of 1 000 inhabitants makes the mean, 21.5 %, that it differs little from.


    180 of 900, 20 %, against the 35 of 100 of the rest: z = -3.46, p = 0.0005 for both.
    """
    events, size = pd.Series([180.0, 35]), pd.Series([900.0, 100])
    assert apart(events, size, compare_proportions).tolist() == [True, True]
    whole = pd.Series([215.0] * 2), pd.Series([1000.0] * 2)
    held = compare_proportions(events, size, *whole)["p"]
    assert held[0] > ALPHA  # held to a mean that it makes itself, the town would be like it


def test_births_over_three_years_by_hand(example):
    """Bourg-l'Exemple: 174 births in three years over 3 x 6 012 inhabitants is 9.6 for 1 000; nobody is ranked."""
    seen = open_territory(EXAMPLE_EPCI, example)
    births, people = CATALOGUE["births_3_year_mean_count"], CATALOGUE["population_count"]
    html = rates(seen, births, people, 1000, "Naissances pour mille habitants").html
    row = re.search(r'<th scope="row">Bourg-l’Exemple</th>(.*?)</tr>', html)[1]
    cells = re.findall("<td>(.*?)</td>", row)
    own = seen.data(births).query("territory == '99002' and period == '2025'").iloc[0]
    assert cells[1] == f"{own['numerator']:.0f}" and cells[2] == "18\u202f036"
    assert float(cells[0].replace(",", ".")) == pytest.approx(own["numerator"] / 18036 * 1000, abs=0.05)
    names = re.findall(r'<th scope="row">(.*?)</th>', html)
    assert names == sorted(names, key=alphabetical) and len(names) == 8

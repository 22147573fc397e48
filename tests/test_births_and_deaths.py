"""Births less deaths by commune: what chance leaves open, what a home for the elderly adds (rule R9)."""

import numpy as np
import pandas as pd

from ctg_analysis.chapter import open_chapter
from ctg_analysis.indicators.demography import far_more_deaths
from ctg_analysis.indicators.uncertainty import difference_interval
from ctg_analysis.model.settings import DEFAULT_EPCI, data_root

YEARS = 5
EHPAD = "500"


def test_a_home_is_likely_where_deaths_far_exceed_births_for_the_size():
    """Three communes of 2 %, 1 % and 1 % of deaths a year; the first has 12 births, then 41; it is small, then not."""
    births, deaths = pd.Series([12.0, 30, 30]), pd.Series([60.0, 45, 46])
    small = pd.Series([3000.0, 4500, 4500])
    assert far_more_deaths(births, deaths, small, YEARS).tolist() == [True, False, False]
    assert far_more_deaths(births + 29, deaths, small, YEARS).tolist() == [False] * 3  # 60 is under 1.5 x 41
    assert far_more_deaths(births * 10, deaths * 10, small * 10, YEARS).tolist() == [False] * 3  # 6 000 inhabitants
    assert far_more_deaths(births, deaths * [0.5, 1, 1], small, YEARS).tolist() == [False] * 3  # as the others
    missing = births.where([False, True, True])
    assert far_more_deaths(missing, deaths, small, YEARS).tolist() == [False] * 3


def test_nine_communes_of_ten_that_the_rule_names_have_a_home(france):
    """Occitanie, whose register FINESS is here: deaths of 2013 to 2017 against the homes of 2026."""
    raw = data_root(DEFAULT_EPCI).raw
    homes = pd.concat([pd.read_parquet(path) for path in raw.glob("finess/**/*.parquet")])
    with_home = set(homes["departement"].add(homes["commune"])[homes["categetab"].astype(str).eq(EHPAD)])
    places = pd.read_parquet(france.processed / "territories.parquet").query("level == 'commune' and region == '76'")
    counts = next(raw.glob("insee_comparateur/**/base_cc_comparateur_2018*"))
    table = pd.read_parquet(counts).set_index("CODGEO").join(places.set_index("code")["epci"], how="inner")
    table = table.dropna(subset=["epci", "NAIS1318", "DECE1318"])
    far = [
        far_more_deaths(rows["NAIS1318"], rows["DECE1318"], (rows["P18_POP"] + rows["P13_POP"]) / 2 * YEARS, YEARS)
        for _, rows in table.groupby("epci")
    ]
    named = pd.concat(far)
    named = named[named].index
    assert len(named) > 200
    assert sum(code in with_home for code in named) / len(named) > 0.9


def test_the_page_says_the_interval_and_the_home(france):
    chapter = open_chapter(DEFAULT_EPCI)
    names = {"events": "vital_events_rate", "homes": "elderly_homes_count"}
    html = chapter.natural_balance("natural_change_rate", **names).html
    assert "Intervalle à 95" in html and "un EHPAD" in html and html.count('<th scope="row">') == 21
    rows = chapter.data("natural_change_rate")
    rows = rows[rows["level"].eq("commune") & rows["period"].eq("2018-2023")]
    assert (rows["low"] < rows["value"]).all() and (rows["value"] < rows["high"]).all()


def test_the_interval_holds_the_balance_that_chance_moves():
    """Births of mean 20 and deaths of mean 45: the interval holds -25 in 95 % of draws."""
    chance = np.random.default_rng(3)
    births, deaths = (pd.Series(chance.poisson(mean, 4000)).astype(float) for mean in (20, 45))
    low, high = difference_interval(births, deaths)
    assert 0.94 < (low.le(-25) & high.ge(-25)).mean() < 0.97

"""Totals that the producers publish, found again from the communes; each difference is listed and explained."""

import pandas as pd
import pytest
from test_official_files import OFFICIAL, certified

from ctg_analysis.cleaning import income
from ctg_analysis.perimeter import absent_communes
from ctg_analysis.raw_data import certified_folders, read_all

pytestmark = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official full files are not beside the project")

FEWEST_PUBLISHED = 50  # households: a smaller commune has no row in Filosofi 2019


@pytest.fixture(scope="module")
def communes(france):
    """The communes of 1 January 2021, the nearest to those of Filosofi 2019 that we have."""
    table = read_all({name: certified_folders(france)[name] for name in ("etalab_decoupage", "contours")}).communes[
        2021
    ]
    return table[table["kind"].eq("commune-actuelle") & table["zone"].eq("metro")]


@pytest.fixture(scope="module")
def households():
    facts = income.clean_disposable_income(certified(OFFICIAL / "filosofi", "insee_filosofi_2019"))
    return facts[facts["measure"].eq("tax_households") & facts["period"].eq("2019")]


@pytest.fixture(scope="module")
def gaps(households, communes):
    """By département: tax households published, those of its communes, and how many communes have no row."""
    by_commune = households[households["level"].eq("commune") & households["code"].isin(communes["code"])]
    departement = communes.set_index("code")["departement"]
    published = households[households["level"].eq("departement")].set_index("code")["value"]
    summed = by_commune["value"].groupby(by_commune["code"].map(departement)).sum()
    absent = communes[~communes["code"].isin(by_commune["code"])].groupby("departement").size()
    table = pd.DataFrame({"published": published, "summed": summed}).dropna()
    return table.assign(gap=table["published"] - table["summed"], absent=absent.reindex(table.index).fillna(0))


def test_metropolitan_france_is_the_sum_of_its_departements(households):
    departements = households[households["level"].eq("departement") & ~households["code"].str.startswith("97")]
    published = households.loc[households["level"].eq("france"), "value"].item()
    assert departements["value"].sum() == published == 27_937_964


def test_the_aveyron_lacks_the_households_of_thirteen_communes_that_are_not_published(gaps, households, communes):
    aveyron = gaps.loc["12"]
    assert (aveyron["published"], aveyron["summed"], aveyron["gap"], aveyron["absent"]) == (124_877, 124_393, 484, 13)
    codes = households.loc[households["level"].eq("commune"), "code"]
    names = set(communes[communes["departement"].eq("12") & ~communes["code"].isin(codes)]["name"])
    assert {"Murols", "Arnac-sur-Dourdou", "Sylvanès"} < names


def test_no_departement_lacks_more_than_its_unpublished_communes_can_hold(gaps):
    explained = gaps["gap"].between(0, gaps["absent"] * (FEWEST_PUBLISHED - 1))
    # Communes merged between 2020 and 2021 are counted once under each code: these departments have one.
    assert explained.mean() > 0.9, gaps[~explained]
    assert gaps["gap"].ge(0).all()


def test_murols_is_the_only_one_of_its_epci(households, communes):
    codes = households.loc[households["level"].eq("commune"), "code"]
    absent = absent_communes(codes, communes)
    of_the_epci = communes[communes["epci"].eq("200067171") & communes["code"].isin(absent)]
    assert list(of_the_epci["name"]) == ["Murols"]

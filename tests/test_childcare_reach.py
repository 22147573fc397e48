"""Places of childcare within reach: the two steps, what is lacking, and how much the limit matters."""

import numpy as np
import pandas as pd
import pytest

from ctg_analysis.chapter import open_chapter, reach_inputs
from ctg_analysis.chapter.missing import REACH, missing
from ctg_analysis.chapter.need_by_commune import reach
from ctg_analysis.demarche.declared_tables import TABLES
from ctg_analysis.indicators.childcare import supply_within_reach
from ctg_analysis.model.settings import EXAMPLE_EPCI

AUBRAC = "200067171"


def grid(size):
    """Return the distances of the points of a grid, as the tests of PySAL's access lay them out."""
    x, y = (axis.ravel() for axis in np.meshgrid(range(size), range(size)))
    return pd.DataFrame(np.hypot(x[:, None] - x, y[:, None] - y)).astype(float)


@pytest.mark.parametrize(("reach", "each"), [(1000, 5), (0.9, 1)])
def test_the_example_of_access(reach, each):
    """test_floating_catchment_area.py: a grid of 25 points of supply of 1, five places of demand of 1."""
    places = [0, 3, 11, 18, 24]
    found = supply_within_reach(pd.Series(1.0, range(25)), pd.Series(1.0, places), grid(5).loc[places], reach)
    assert found.tolist() == pytest.approx([each] * 5)


def drawn(seed):
    """Return a supply, a demand and times drawn at random."""
    draws = np.random.default_rng(seed)
    minutes = pd.DataFrame(draws.uniform(1, 40, (12, 5)))
    return pd.Series(draws.integers(3, 40, 5) * 1.0), pd.Series(draws.integers(1, 90, 12) * 1.0), minutes


def test_the_two_steps_written_as_loops():
    supply, demand, minutes = drawn(3)
    shared = {}
    for point in supply.index:
        seekers = sum(demand[place] for place in demand.index if minutes.loc[place, point] <= 15)
        shared[point] = supply[point] / seekers if seekers else 0
    loops = [sum(shared[point] for point in supply.index if minutes.loc[place, point] <= 15) for place in demand.index]
    assert supply_within_reach(supply, demand, minutes, 15).tolist() == pytest.approx(loops)


def test_all_the_supply_that_is_reached_is_shared_out():
    supply, demand, minutes = drawn(4)
    reached = supply[minutes.le(15).any()].sum()
    assert (supply_within_reach(supply, demand, minutes, 15) * demand).sum() == pytest.approx(reached)


@pytest.fixture
def chapter():
    """The invented territory, its tables put back."""
    opened = open_chapter(EXAMPLE_EPCI)
    whole = opened.territory.demarche.table
    yield opened
    opened.territory.demarche.table = whole


def changed(chapter, name, change):
    """Make the démarche give a table otherwise."""
    whole = chapter.territory.demarche.table
    chapter.territory.demarche.table = lambda one: change(whole(one)) if one == name else whole(one)


def test_a_time_that_is_not_known_is_not_far(chapter):
    def without(table):
        return table[~(table["depart"].eq("99001") & table["arrivee"].eq("99002"))]

    changed(chapter, reach_inputs.TIMES, without)
    told = {reach_inputs.TIMES: "1 trajet d'une commune à un service, à compléter"}
    assert reach_inputs.lacking(chapter.territory) == told
    assert reach(chapter.territory) is None
    assert missing(chapter.territory)["indicator"].eq(REACH).sum() == 1


def test_places_that_are_not_known_are_not_none(chapter):
    def without(table):
        return table.assign(capacite=table["capacite"].mask(table["service_id"].eq("S01")))

    changed(chapter, reach_inputs.SERVICES, without)
    assert list(reach_inputs.lacking(chapter.territory)) == [reach_inputs.SERVICES]
    assert "Multi-accueil du Bourg" in reach_inputs.lacking(chapter.territory)[reach_inputs.SERVICES]


def test_a_project_and_a_closed_service_have_no_places(chapter):
    services = reach_inputs.services(chapter.territory)
    assert services["statut"].eq("en service").all() and set(services["type"]) <= {"EAJE", "MAM"}


def test_the_real_territory_says_what_it_lacks():
    chapter = open_chapter(AUBRAC)
    assert list(reach_inputs.lacking(chapter.territory)) == [reach_inputs.SERVICES, reach_inputs.TIMES]
    (row,) = missing(chapter.territory).query("indicator == @REACH").itertuples()
    tables = " ; ".join(TABLES[name].place for name in ("equipements_services", "temps_de_trajet"))
    assert (row.who, row.file) == ("Démarche", tables)

"""The EPCI among others: who they are, which values, what is said of its place, and nothing that was entrusted."""

import pandas as pd
import pytest

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.profiles import all_beside, among_peers
from ctg_analysis.indicators.peers import ABOVE, BELOW, HIGHEST, LOWEST, MIDDLE, position_in
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.settings import EXAMPLE_EPCI
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.territories import of_same_departements

AUBRAC = "200067171"
OTHERS = pd.Series([10.0, 20, 30, 40, 50])  # quartiles 20 and 40


@pytest.mark.parametrize(
    ("low", "value", "high", "place"),
    [
        (41, 45, 49, HIGHEST),
        (39, 45, 49, ABOVE),
        (11, 15, 19, LOWEST),
        (11, 15, 21, BELOW),
        (10, 30, 50, MIDDLE),
        (None, 40, None, MIDDLE),
        (None, 40.1, None, HIGHEST),
        (None, 19.9, None, LOWEST),
    ],
)
def test_the_place_of_a_value_is_what_its_interval_allows(low, value, high, place):
    own = pd.Series({"value": value, "low": low, "high": high}, dtype=float)
    assert position_in(own, OTHERS) == (place, 20, 30, 40)


def test_the_epcis_of_the_same_departements_without_the_epci_itself():
    rows = [("A", "12"), ("B", "12|48"), ("C", "48"), ("D", "15|48"), ("E", "15")]
    places = pd.DataFrame(rows, columns=["code", "departement"]).assign(level="epci")
    assert of_same_departements(places, "A") == ["B"]
    assert of_same_departements(places, "B") == ["A", "C", "D"]


def test_others_are_of_the_same_period_and_producer_and_open():
    territory = open_chapter(EXAMPLE_EPCI).territory
    rows = all_beside(territory).table
    assert len(rows) > 500 and rows["status"].eq(OK).all() and EXAMPLE_EPCI not in set(rows["territory"])
    assert rows["period"].eq(rows["indicator"].map(territory.periods)).all()
    assert not any(SOURCES[name].secrecy.threshold for name in set(rows["source"]))
    assert set(rows["territory"]) <= set(territory.around["territory"])
    own = {name: territory.compared(CATALOGUE[name])["source"].iloc[0] for name in set(rows["indicator"])}
    producers = rows["source"].map(lambda name: SOURCES[name].producer)
    assert producers.eq(rows["indicator"].map(own).map(lambda name: SOURCES[name].producer)).all()


def test_what_partners_entrusted_of_another_epci_and_what_another_producer_says_are_left_out(monkeypatch):
    territory = open_chapter(EXAMPLE_EPCI).territory
    around, periods = territory.around, territory.periods
    own = around[around["territory"].eq(territory.epci) & around["status"].eq(OK)]
    own = own[own["period"].eq(own["indicator"].map(periods))].set_index("indicator", drop=False)
    entrusted, share = own.loc["unmet_requests_share"], own.loc["age_65_plus_share"]
    assert SOURCES[entrusted["source"]].secrecy.threshold
    elsewhere = share.copy()
    elsewhere["source"] = "caf_txcouv_pe"
    added = pd.DataFrame([entrusted, elsewhere, share]).assign(territory=["Z1", "Z2", "Z3"])
    monkeypatch.setitem(territory.__dict__, "around", pd.concat([around, added], ignore_index=True))
    found = set(all_beside.__wrapped__(territory).table["territory"])
    assert found & {"Z1", "Z2", "Z3"} == {"Z3"}


def test_the_real_territory_stands_out_for_its_unemployment():
    """Its peers are chosen by other figures; a commune of one of them is not in the file."""
    territory = open_chapter(AUBRAC).territory
    share = CATALOGUE["unemployment_15_64_rate"]
    rows, place = among_peers(territory, share)
    assert set(rows["territory"]) < set(territory.peers.peers["peer"]) and len(rows) == 9
    assert place.place == LOWEST and place.median == sorted(rows["value"])[4]
    assert territory.compared(share)["value"].iloc[0] < place.low

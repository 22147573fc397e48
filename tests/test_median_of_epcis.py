"""The median of the EPCIs in the place of France, what no verdict rests on, a 0 that most have, the first screens."""

import re

import numpy as np
import pandas as pd
import pytest

from ctg_analysis.chapter.accounts import large_figures
from ctg_analysis.chapter.groups import read_groups
from ctg_analysis.chapter.profiles import profile
from ctg_analysis.chapter.tables import table
from ctg_analysis.chapter.territory import Territory, open_territory
from ctg_analysis.display.standing import usual_zero
from ctg_analysis.indicators.comparisons import producer
from ctg_analysis.indicators.observations import read_indicators
from ctg_analysis.indicators.spread import ALL_EPCIS, COLUMNS, KEY, MEDIAN_OF_ALL, spread_of
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import CENSORED, OK, Count, Mean
from ctg_analysis.model.norms import norm
from ctg_analysis.model.settings import data_root

WITHOUT_FRANCE = "poverty_single_parent_rate"  # of the invented territory, as of the real one
SOME = 12  # EPCIs of France, drawn by night
NAME = r'"([a-z0-9_]+)"'


def epcis(values, status=OK):
    rows = pd.DataFrame({"value": values, "level": "epci", "status": status})
    return rows.assign(territory=rows.index, indicator="poverty_2021_rate", period="2021",
                       source="insee_filosofi_2021")  # fmt: skip


def test_the_median_counts_those_of_which_the_producer_tells_that_they_are_lower():
    """Of 101, twenty at « 5 % ou moins » and 81 at 10 to 90: the 51st has 40, the 11th is unknown, the 91st has 80."""
    rows = epcis([np.nan] * 20 + [*range(10, 91)], [CENSORED] * 20 + [OK] * 81)
    found = spread_of(rows, CATALOGUE).iloc[0]
    assert found[["epcis", "median", "last_tenth", "zeros"]].tolist() == [101, 40, 80, 0]
    assert np.isnan(found["first_tenth"])


def test_zeros_are_counted_and_leave_the_tenths_that_verdicts_use_unknown():
    """76 of 100 have none: the median is 0, as the first tenth; the ninth decile is the 90th value."""
    found = spread_of(epcis([0.0] * 76 + [*range(1, 25)]), CATALOGUE).iloc[0]
    assert found[["zeros", "first_tenth", "median", "last_tenth"]].tolist() == [76, 0, 0, 14]
    assert np.isnan(found["low_tenth"]) and np.isnan(found["high_tenth"])
    assert usual_zero(found["zeros"] / found["epcis"]) == "comme 76\u202f% des EPCI"


def test_counts_have_no_median_of_the_epcis_nor_what_few_of_them_have():
    rows = epcis([*range(200)])
    assert spread_of(rows.assign(indicator="births_count", source="insee_etat_civil"), CATALOGUE).empty
    assert spread_of(rows[:99], CATALOGUE).empty


@pytest.fixture
def here(example):
    """The invented territory among 1 000 EPCIs: the median is 28.8; 760 of them have none."""
    seen = Territory("999999999", example)
    rows = seen.against(CATALOGUE[WITHOUT_FRANCE])[:1]
    keys = {"indicator": rows["indicator"], "period": rows["period"], "producer": rows["source"].map(producer)}
    numbers = dict(zip(COLUMNS[len(KEY) :], (1000, 760, 0.0, 28.8, 45.0, np.nan, np.nan, 9.0), strict=True))
    fresh = Territory("999999999", example)
    fresh.__dict__["spread"] = pd.DataFrame(keys).assign(**numbers)
    return fresh


def test_the_median_stands_where_france_is_not_published_and_no_verdict_rests_on_it(here):
    indicator = CATALOGUE[WITHOUT_FRANCE]
    rows = here.compared(indicator)
    assert rows[["name", "value", "text"]].iloc[-1].tolist() == [MEDIAN_OF_ALL, 28.8, "28,8\u202f%"]
    assert ALL_EPCIS not in set(here.gaps(indicator)["level"])
    assert ALL_EPCIS not in set(here.compared(indicator, with_peers=False)["level"])
    assert ALL_EPCIS not in set(here.compared(CATALOGUE["poverty_2021_rate"])["level"])  # France is known


def test_a_profile_and_a_table_show_it_under_its_own_name(here):
    shown = profile(here, {"": [WITHOUT_FRANCE]}).html
    assert f'data-name="{MEDIAN_OF_ALL}"' in shown and f"28,8\u202f% <span>{MEDIAN_OF_ALL}</span>" in shown
    assert 'data-name="France"' not in shown
    assert re.search(rf"{MEDIAN_OF_ALL}.*?28,8", table(here, CATALOGUE[WITHOUT_FRANCE]).html, re.DOTALL)


def test_a_zero_that_most_epcis_have_says_so(here):
    indicator = CATALOGUE[WITHOUT_FRANCE]
    assert here.zeros(indicator) == 0  # the territory has some
    rows = here._against.table
    rows.loc[rows["indicator"].eq(indicator.id) & rows["level"].eq("epci"), ["value", "low", "high"]] = [
        0,
        np.nan,
        np.nan,
    ]
    assert here.zeros(indicator) == 0.76


def candidates():
    """The ids that may be figures of the first screen of each chapter."""
    return {chapter: groups.premier_ecran for chapter, groups in read_groups().items() if groups.premier_ecran}


def screens(epci):
    """The large figures of the chapters of an EPCI, by chapter."""
    seen = open_territory(epci, data_root(epci))
    return {chapter: large_figures(seen, chapter, names) for chapter, names in candidates().items()}


def test_no_number_of_a_first_screen_stands_alone():
    found = screens("999999999")
    assert len(found) == 10
    alone = [(chapter, one["name"]) for chapter, several in found.items() for one in several if not one["others"]]
    assert alone == []
    counts = [one for several in found.values() for one in several if isinstance(CATALOGUE[one["name"]].value, Count)]
    assert {one["name"]: one["rate"] for one in counts} == {
        "population_count": "population_change_rate",
        "pupils_count": "pupils_per_class_ratio",
    }


@pytest.mark.nightly
def test_the_figures_of_first_screens_stand_beside_others_everywhere(france):
    """Of EPCIs drawn from all; of all of them: python tests/test_median_of_epcis.py."""
    places = pd.read_parquet(france.processed / "territories.parquet").query("level == 'epci'")
    told, alone = count_figures(places["code"].sample(SOME, random_state=1))
    print(f"\n{SOME} EPCIs: {told} large figures, {len(alone)} without a comparator")
    assert told > 20 * SOME and alone == []


def count_figures(epcis_):
    """How many large figures EPCIs have, and those that nothing stands beside."""
    told, alone = 0, []
    for epci in epcis_:
        for chapter, several in screens(epci).items():
            told += len(several)
            alone += [(epci, chapter, one["name"]) for one in several if not one["others"]]
    return told, alone


@pytest.mark.nightly
def test_each_rate_has_france_or_the_median_of_the_epcis(france):
    """At each period that enough EPCIs have; those that fewer have are printed."""
    rows = read_indicators(france.processed, CATALOGUE, groups=())
    rows = rows[rows["status"].isin([OK, CENSORED]) & rows["level"].isin(["epci", "france"])]
    rates = {name for name, one in CATALOGUE.items() if not isinstance(one.value, Count | Mean)}
    rows = rows[rows["indicator"].isin(rates)]
    rows = rows.assign(producer=rows["source"].astype(object).map(producer)).astype(dict.fromkeys(KEY, object))
    known = rows[rows["level"].eq("epci")].groupby(KEY)["territory"].nunique()
    in_france = rows[rows["level"].eq("france") & rows["status"].eq(OK)].set_index(KEY).index
    medians = pd.read_parquet(france.processed / "spread.parquet").set_index(KEY)["median"].dropna().index
    enough = known[known.ge(norm("spread_epcis"))]
    without = enough[~enough.index.isin(in_france)]
    neither = without[~without.index.isin(medians)]
    few = sorted({key[0] for key in known.index} - {key[0] for key in enough.index})
    print(f"\n{len(enough)} rates and periods: {len(without)} without France, {len(neither)} without the median either")
    print(f"{len({key[0] for key in enough.index})} rates; known of fewer EPCIs: {', '.join(few)}")
    assert len(enough) > 100 and neither.to_dict() == {}


if __name__ == "__main__":
    every = pd.read_parquet(data_root().processed / "territories.parquet").query("level == 'epci'")
    told_, alone_ = count_figures(every["code"])
    print(f"{len(every)} EPCIs: {told_} large figures, {len(alone_)} without a comparator: {alone_[:10]}")

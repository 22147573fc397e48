"""Ten chapters for each EPCI: five figures at least of the EPCI itself in each, or docs/getting_data.md names it.

A count and its rate are one figure; a value of the département is none.
"""

import re

import pandas as pd
import pytest

from ctg_analysis.chapter.groups import read_groups
from ctg_analysis.indicators.observations import read_indicators
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import CENSORED, OK
from ctg_analysis.model.settings import notebooks, settings
from ctg_analysis.model.source import SOURCES

CHAPTERS, LEAST = [f"{number:02}" for number in range(1, 11)], 5
# Of what a chapter tells of, by chapter.
NO_FIGURE = {"07": "children_0_14_count", "09": "population_count|revitalisation_zone", "10": "population_count"}
COUNTED = ("measure", "numerator", "events", "flow")


def figure(name):
    """What an indicator is a figure of: what it counts."""
    value = CATALOGUE[name].value
    return next((getattr(value, one) for one in COUNTED if hasattr(value, one)), name)


def shown(notebook):
    """The indicators that a chapter shows, its own and those of others."""
    text = notebook.path.read_text(encoding="utf-8")
    families = re.findall(r'(?:members|answers|matrix)\(\\"(\w+)', text)
    declared = set(read_groups()[notebook.number].every()) if notebook.number in read_groups() else set()
    named = [name for name in CATALOGUE if name in declared or f'\\"{name}\\"' in text]
    there = [*named, *(name for name, one in CATALOGUE.items() if one.family in families and name not in named)]
    return [name for name in there if not re.match(NO_FIGURE.get(notebook.number, "$"), name)]


@pytest.mark.slow
@pytest.mark.nightly
def test_every_epci_has_five_figures_of_its_own_in_each_chapter_or_is_named(france):
    places = pd.read_parquet(france.processed / "territories.parquet")
    epcis = places.loc[places["level"].eq("epci"), "code"]
    of_chapter = {one.number: shown(one) for one in notebooks() if one.number in CHAPTERS}
    rows = read_indicators(france.processed, {name for names in of_chapter.values() for name in names}, groups=())
    is_open = rows["source"].isin([name for name, source in SOURCES.items() if source.open])
    own = rows[is_open & rows["level"].eq("epci") & rows["status"].isin([OK, CENSORED])]
    own = own[["territory", "indicator"]].drop_duplicates().astype(str)
    own = own.assign(figure=own["indicator"].map(figure))
    text = (settings().root / "docs" / "getting_data.md").read_text(encoding="utf-8")
    named, faults = dict(re.findall(r"^\| (\d\d) \| ([\d, ]+) \|", text, re.MULTILINE)), {}
    for chapter in CHAPTERS:
        figures = own[own["indicator"].isin(of_chapter[chapter])].groupby("territory")["figure"].nunique()
        few = set(epcis[figures.reindex(epcis, fill_value=0).lt(LEAST).to_numpy()])
        if few != set(re.findall(r"\d{9}", named.get(chapter, ""))):
            faults[chapter] = sorted(few)
    assert len(epcis) == 1255 and faults == {}

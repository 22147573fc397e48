"""The locator map, and the facts beside it."""

import re

import numpy as np
import pandas as pd
import shapely

from ctg_analysis.display.drawings.locator import locator, surroundings


def square(west, south):
    return shapely.box(west, south, west + 1000, south + 1000)


def test_the_epci_is_shaded_the_others_outlined_and_only_towns_apart_are_named():
    """Two communes of the EPCI, whose towns are near each other, one of another EPCI, one of another département."""
    polygons = np.array([square(0, 0), square(1000, 0), square(6000, 0), square(0, 5000)])
    communes = pd.DataFrame({"name": ["Bourg", "Faubourg", "Ville", "Ailleurs"], "epci": ["E", "E", "V", "A"]})
    communes = communes.assign(departement=["01", "01", "01", "02"], total_population=[50.0, 40.0, 90.0, 999.0])
    around = surroundings(communes, polygons, "E", ["01"])
    assert [town.name for town in around.towns] == ["Ville", "Bourg"]  # Faubourg is nearer to Bourg than APART
    assert len(around.others) == 2 and len(around.borders) == 1
    drawing = locator(around)
    assert drawing.count("<circle") == 2 and "Ailleurs" not in drawing


def test_towns_of_which_no_population_is_known_are_not_named():
    communes = pd.DataFrame({"name": ["A", "B"], "epci": "E", "departement": "01", "total_population": [np.nan, 3.0]})
    around = surroundings(communes, np.array([square(0, 0), square(1000, 0)]), "E", ["01"])
    assert [town.name for town in around.towns] == ["B"] and not around.others
    assert re.findall(r">([^<]+)</text>", locator(around)) == ["B"]

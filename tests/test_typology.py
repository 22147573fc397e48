"""The types of the communes: their words, their map, the figures of each class, never one that a commune lacks."""

import pandas as pd
import pytest

from ctg_analysis.chapter import open_chapter, typology
from ctg_analysis.clean.frame import DENSITY_CLASSES
from ctg_analysis.display.words.commune_types import CLASSES
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import MISSING, OK, SECRET
from ctg_analysis.model.settings import EXAMPLE_EPCI

SHARE = CATALOGUE["vacant_dwellings_share"]
ROWS = pd.DataFrame(
    [("A", 5.0, 50.0), ("B", 30.0, 1950.0), ("C", 2.0, 15.0)], columns=["territory", "numerator", "denominator"]
).assign(status=OK, source="insee_iris_rp2021", low=float("nan"), high=float("nan"))


def test_the_classes_are_those_of_the_grid():
    assert tuple(CLASSES) == DENSITY_CLASSES


def test_the_share_of_a_class_is_a_ratio_of_sums():
    assert typology.of_class(SHARE, ROWS, ["A", "B"]) == "1,8\u202f%"  # 35 of 2 000; the mean of shares is 5.8
    assert typology.of_class(SHARE, ROWS, ["A"]) == "10\u202f%"
    assert typology.of_class(SHARE, ROWS, ["C"]) == "2 sur 15"


@pytest.mark.parametrize("status", [SECRET, MISSING])
def test_a_class_lacks_what_one_of_its_communes_lacks(status):
    rows = ROWS.assign(status=[OK, status, OK])
    assert typology.of_class(SHARE, rows, ["A", "B"]) == "nd"
    assert typology.of_class(SHARE, ROWS[:1], ["A", "B"]) == "nd"
    assert typology.of_class(SHARE, ROWS.assign(source="caf_s_ben_com_f", low=1.0), ["A", "B"]) == "nd"
    assert typology.of_class(SHARE, ROWS.assign(source=["insee_iris_rp2021", "sdes_rpls", "x"]), ["A", "B"]) == "nd"


def test_without_the_grid_nothing_is_said_of_types():
    chapter = open_chapter(EXAMPLE_EPCI)
    communes = chapter.territory.communes
    chapter.territory.communes = communes.assign(density=None, massif=None)
    try:
        assert "pas connus" in chapter.typology().html
        assert "Type de commune" not in chapter.map("vacant_dwellings_share").html
    finally:
        chapter.territory.communes = communes

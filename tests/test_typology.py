"""The types of the communes: their words, their map."""

from ctg_analysis.chapter import open_chapter
from ctg_analysis.clean.frame import DENSITY_CLASSES
from ctg_analysis.display.words.commune_types import CLASSES
from ctg_analysis.model.settings import EXAMPLE_EPCI


def test_the_classes_are_those_of_the_grid():
    assert tuple(CLASSES) == DENSITY_CLASSES


def test_without_the_grid_nothing_is_said_of_types():
    chapter = open_chapter(EXAMPLE_EPCI)
    communes = chapter.territory.communes
    chapter.territory.communes = communes.assign(density=None, massif=None)
    try:
        assert "pas connus" in chapter.typology().html
        assert "Type de commune" not in chapter.map("vacant_dwellings_share").html
    finally:
        chapter.territory.communes = communes

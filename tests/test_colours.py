"""Colours of drawings as each sight of colours has them: places, shades of maps, accents of the parts (`-s` prints)."""

import re
from importlib.resources import files
from itertools import combinations, pairwise

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE
from matplotlib.colors import to_rgb

from ctg_analysis.display.drawing import DIVERGING, SEQUENTIAL
from ctg_analysis.show.theme import PLACES

pytestmark = pytest.mark.unit
SIGHTS = ("protanomaly", "deuteranomaly", "tritanomaly")  # whole: at their most severe (Machado and others, 2009)
LEAST = 10  # CAM02-UCS: 1 is just seen side by side
DAY, NIGHT = (
    files("ctg_analysis.publish").joinpath("templates/style.css").read_text("utf-8").split("* {")[0].split("@media")[:2]
)


def seen(colour: str, sight: str) -> np.ndarray:
    """Return a colour in sRGB as a sight has it."""
    of_all = np.array(to_rgb(colour))
    if not sight:
        return of_all
    lacking = {"name": "sRGB1+CVD", "cvd_type": sight, "severity": 100}
    return np.clip(cspace_convert(of_all, lacking, "sRGB1"), 0, 1)


def distances(one: str, other: str) -> list[float]:
    """Return how far two colours are from each other, for the sight of most, then for the three others."""
    return [float(deltaE(seen(one, sight), seen(other, sight), input_space="sRGB1")) for sight in ("", *SIGHTS)]


def closest(pairs) -> float:
    measured = [(one, other, distances(one, other)) for one, other in pairs]
    for one, other, values in measured:
        print(one, other, *(f"{value:.0f}" for value in values))
    return min(min(values) for *_, values in measured)


@pytest.mark.parametrize("css", [DAY, NIGHT], ids=["by day", "by night"])
def test_marks_of_places_are_told_apart_in_each_part_by_any_sight(css):
    accents = dict.fromkeys(re.findall(r"--accent: (#\w{6})", css))
    ink = re.search(r"--ink: (#\w{6})", css)[1]
    others = [PLACES["departement"], PLACES["region"]]
    assert len(accents) == 4
    assert min(closest(combinations([accent, ink, *others], 2)) for accent in accents) >= LEAST
    assert closest(combinations(accents, 2)) >= LEAST


@pytest.mark.parametrize("shades", [SEQUENTIAL, DIVERGING])
def test_each_shade_of_a_map_is_told_from_the_next(shades):
    assert closest(pairwise(shades)) >= LEAST

"""The mini-map of each commune: where it lies in its territory, whose ground is drawn once and shown again."""

from collections.abc import Mapping

from ctg_analysis.display.drawings.drawing import Drawing
from ctg_analysis.display.drawings.land import Land
from ctg_analysis.display.drawings.locator import named, write_towns
from ctg_analysis.display.drawings.style import LAND, RULE, TERRITORY

GROUND, TOWNS = "sol-du-territoire", "villes-du-territoire"  # ids of what the first map draws and the others show


def mini_maps(land: Land, names: Mapping[str, str]) -> dict[str, str]:
    """Return the map of each commune that has a contour, by code, in the order of the names.

    names: of the communes, by code, the largest first: towns are named on all the maps.
    """
    towns = list(named([(names[code], land.points[code]) for code in names if code in land.points], land.height))
    maps = {}
    for code in names:
        if code not in land.paths:
            continue
        drawing = Drawing(land.height)
        if maps:
            drawing.again(GROUND)
        else:
            with drawing.group(id=GROUND, fill=LAND, stroke=RULE):
                for path in land.paths.values():
                    drawing.area(path)
        drawing.area(land.paths[code], TERRITORY, stroke=TERRITORY)
        if maps:
            drawing.again(TOWNS)
        else:
            with drawing.group(id=TOWNS):
                write_towns(drawing, towns)
        maps[code] = drawing.svg()
    return maps

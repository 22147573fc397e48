"""For notebooks and pages: charts by matplotlib and seaborn, in one style, as light SVG."""

from ctg_analysis.display.drawing import BAND, FAINT, GRID, INK
from ctg_analysis.show.theme import BY_PLACE, HERE, MARKERS, PLACES, theme

__all__ = ["BAND", "BY_PLACE", "FAINT", "GRID", "HERE", "INK", "MARKERS", "PLACES", "theme"]

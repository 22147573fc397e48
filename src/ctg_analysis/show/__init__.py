"""For notebooks and pages: charts by matplotlib and seaborn, in one style, set when this is imported, as light SVG."""

from ctg_analysis.show.theme import use_theme

use_theme()

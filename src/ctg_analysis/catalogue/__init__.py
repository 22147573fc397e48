"""The indicators: declarations only, in the YAML files of `declared`, one a theme."""

from pathlib import Path

from ctg_analysis.catalogue.themes import read_themes

CATALOGUE, _FAMILIES = read_themes(Path(__file__).parent / "declared")
# By family: the title of the chart that draws it, a bar a member; what its notes mean, from 0; what its classes are
# counted in.
TITLES = {name: group.title for name, group in _FAMILIES.items() if group.title}
SCALES = {name: group.scale for name, group in _FAMILIES.items() if group.scale}
CLASSES = {name: group.classes for name, group in _FAMILIES.items() if group.classes}

"""The cells of a page that show an indicator: what links to them, and what the search finds there."""

import re

from nbformat import NotebookNode

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.catalogue.breakdowns import TITLES
from ctg_analysis.display.texts import typography
from ctg_analysis.publishing.sections import numbered

NAME = re.compile(r'"([a-z0-9_]+)"')
SEPARATOR = "|"


def placed(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Return the cells with what the template writes on them, `metadata.page`: id, labels of the indicators.

    The id is the first indicator or family that the code names, numbered from its second cell on. The labels of a
    family are its own, then those of its members.
    """
    used: dict[str, int] = {}
    found = []
    for cell in cells:
        names = [name for name in NAME.findall(cell.source) if name in CATALOGUE or name in TITLES]
        names = names if cell.cell_type == "code" else []
        page = {"id": numbered(names[0], used) if names else "", "labels": SEPARATOR.join(_labels(names))}
        found.append(NotebookNode(cell | {"metadata": NotebookNode(cell.metadata | {"page": NotebookNode(page)})}))
    return found


def _labels(names: list[str]) -> list[str]:
    found = []
    for name in names:
        members = [one.label for one in CATALOGUE.values() if one.family == name] if name in TITLES else []
        found += [TITLES[name], *members] if name in TITLES else [CATALOGUE[name].label]
    return [typography(label) for label in found]

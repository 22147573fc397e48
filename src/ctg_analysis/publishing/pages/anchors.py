"""The cells of a page that show an indicator: what links lead to, and what the search finds there."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from nbformat import NotebookNode

from ctg_analysis.catalogue import CATALOGUE, TITLES
from ctg_analysis.chapter.demarche.backlinks import Proved
from ctg_analysis.display.markup import piece
from ctg_analysis.display.words.texts import typography

NAME = re.compile(r'"([a-z0-9_]+)"')
SEPARATOR = "|"
NONE: Mapping[str, list[Proved]] = MappingProxyType({})


def placed(cells: list[NotebookNode], proofs: Mapping[str, list[Proved]] = NONE) -> list[NotebookNode]:
    """Return the cells with what the template writes on them, `metadata.page`: ids and labels of indicators, proofs.

    An indicator, or a family, has its id on one cell of the page: the first that shows it with the fewest others.
    proofs: indicator → the constats that it proves, which stand where its id does.
    """
    shown = [_shown(cell) for cell in cells]
    best: dict[str, int] = {}
    for rank, names in enumerate(shown):
        for name in names:
            if name not in best or len(names) < len(shown[best[name]]):
                best[name] = rank
    found = []
    for rank, (cell, names) in enumerate(zip(cells, shown, strict=True)):
        here = [name for name in names if best[name] == rank]
        constats = [one for name in here for one in proofs.get(name, [])]
        proves = piece("proves.html.j2", constats=constats).html if constats else ""
        page = NotebookNode(ids=here, labels=SEPARATOR.join(map(_label, here)), proves=proves)
        found.append(NotebookNode(cell | {"metadata": NotebookNode(cell.metadata | {"page": page})}))
    return found


def _shown(cell: NotebookNode) -> list[str]:
    """Return the indicators and the families that the code of a cell names; a family is followed by its members."""
    names = NAME.findall(cell.source) if cell.cell_type == "code" else []
    found = []
    for name in names:
        members = [one.id for one in CATALOGUE.values() if one.family == name] if name in TITLES else []
        found += [name, *members] if name in TITLES or name in CATALOGUE else []
    return list(dict.fromkeys(found))


def _label(name: str) -> str:
    return typography(TITLES[name] if name in TITLES else CATALOGUE[name].label)

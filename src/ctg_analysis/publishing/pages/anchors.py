"""The cells of a page that show an indicator: what links lead to, and what the search finds there.

The code of a cell tells which: its links stand, whether figures came or a box, and in a notebook of anyone.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from nbformat import NotebookNode

from ctg_analysis.catalogue import CATALOGUE, TITLES
from ctg_analysis.chapter.demarche.backlinks import Proved
from ctg_analysis.display.markup import piece
from ctg_analysis.display.words.texts import typography
from ctg_analysis.publishing.pages.boxes import for_team_alone

NAME = re.compile(r'"([a-z0-9_]+)"')
NONE: Mapping[str, list[Proved]] = MappingProxyType({})


def placed(cells: list[NotebookNode], proofs: Mapping[str, list[Proved]] = NONE) -> list[NotebookNode]:
    """Return the cells with what the template writes on them, `metadata.page`: ids and labels of indicators, proofs.

    An indicator, or a family, has its id on one cell of the page: of those that show readers something, failing that of
    all, the first that shows it with the fewest others. team: no reader sees the cell, see `boxes.for_team_alone`.
    proofs: indicator → the constats that it proves, which stand where its id does.
    """
    named, team = [_named(cell) for cell in cells], for_team_alone(cells)
    best: dict[str, int] = {}
    for rank, names in enumerate(named):
        for name in names:
            if name not in best or (team[rank], len(names)) < (team[best[name]], len(named[best[name]])):
                best[name] = rank
    pages = []
    for rank, (cell, names) in enumerate(zip(cells, named, strict=True)):
        here = [name for name in names if best[name] == rank]
        constats = [constat for name in here for constat in proofs.get(name, [])]
        proves = piece("proves.html.j2", constats=constats).html if constats else ""
        labels = [typography(TITLES[name] if name in TITLES else CATALOGUE[name].label) for name in here]
        page = NotebookNode(ids=here, labels=labels, proves=proves, team=team[rank])
        pages.append(NotebookNode(cell | {"metadata": NotebookNode(cell.metadata | {"page": page})}))
    return pages


def _named(cell: NotebookNode) -> list[str]:
    """Return the indicators and the families that the code of a cell names; a family is followed by its members."""
    ids = []
    for name in NAME.findall(cell.source) if cell.cell_type == "code" else []:
        members = (
            [indicator.id for indicator in CATALOGUE.values() if indicator.family == name] if name in TITLES else []
        )
        ids += [name, *members] if name in TITLES or name in CATALOGUE else []
    return list(dict.fromkeys(ids))

"""The thematic chapters of whose indicators none is known here: a report leaves them out."""

import json
import re
from functools import lru_cache
from pathlib import Path

from ctg_analysis.chapter.closing import LAST_THEME
from ctg_analysis.chapter.missing import HERE
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import MISSING
from ctg_analysis.model.settings import all_chapters

CALL = re.compile(r"chapter\.(\w+)\([^()]*\)\s*")
FIGURES = {"chart", "family", "map", "matrix", "need_by_commune", "profile", "reading", "show", "table", "trend"}
BESIDE_FIGURES = {"essential", "glossary", "norms", "reference"}  # verbs that tell nothing where there is no figure
OPENING = {"parameters", "setup"}  # tags of the cells that open a chapter
SECTION = re.compile(r"##+ ")


@lru_cache(maxsize=1)
def unknown(territory: Territory) -> list[str]:
    """The pages of the thematic chapters of which nothing is known here, in their order.

    The indicators of other chapters that one shows stand in theirs: they make no chapter.
    """
    rows = territory.named
    known = set(rows.loc[rows["level"].isin(HERE) & rows["status"].ne(MISSING), "indicator"])
    with_figures = {CATALOGUE[name].chapter for name in known & CATALOGUE.keys()}
    return [
        chapter.page
        for chapter in all_chapters()
        if chapter.number <= LAST_THEME and chapter.number not in with_figures and is_of_figures(chapter.path)
    ]


def is_of_figures(path: Path) -> bool:
    """Whether a notebook shows figures alone, and what stands beside them.

    A text of its own, a verb that tells something without an indicator: there is always something to read.
    """
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"][1:]  # the first is the title
    cells = [cell for cell in cells if not OPENING.intersection(cell["metadata"].get("tags", []))]
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        source = "".join(cell["source"])
        if cell["cell_type"] != "code":
            if not SECTION.match(source) or following is None or following["cell_type"] != "code":
                return False
            continue
        call = CALL.fullmatch(source)
        if not call or call[1] not in FIGURES | BESIDE_FIGURES:
            return False
    return True

"""The thematic chapters that show indicators alone, none of them known here: a report leaves them out."""

import json
import re
from functools import lru_cache
from pathlib import Path

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter.closing import LAST_THEME
from ctg_analysis.chapter.missing import HERE
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.core.model import MISSING
from ctg_analysis.core.notebooks import all_chapters

CALL = re.compile(r'chapter\.(\w+)\(((?:\s*"\w+",?)*)\s*\)\s*')
OF_FAMILIES = {"family", "matrix"}  # verbs that show the indicators of a family
OF_INDICATORS = {"chart", "map", "profile", "reading", "show", "table", "trend"}  # verbs that show those named
OF_CHAPTER = {"essential", "glossary"}  # verbs that show the indicators of the chapter, or those shown
OPENING = {"parameters", "setup"}  # tags of the cells that open a chapter
SECTION = re.compile(r"##+ ")


@lru_cache(maxsize=1)
def unknown(territory: Territory) -> list[str]:
    """The pages of the thematic chapters of which nothing is known here, in their order."""
    rows = territory.named
    known = set(rows.loc[rows["level"].isin(HERE) & rows["status"].ne(MISSING), "indicator"])
    return [
        chapter.page
        for chapter in all_chapters()
        if chapter.number <= LAST_THEME and (names := shown_by(chapter.path)) and not names & known
    ]


def shown_by(path: Path) -> set[str]:
    """The indicators of a notebook that shows indicators alone, those of its chapter included; none of any other.

    A text of its own, a verb that tells something without an indicator: there is always something to read.
    """
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"][1:]  # the first is the title
    cells = [cell for cell in cells if not OPENING.intersection(cell["metadata"].get("tags", []))]
    names = {one.id for one in CATALOGUE.values() if one.chapter == path.name[:2]}
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        source = "".join(cell["source"])
        if cell["cell_type"] != "code":
            if not SECTION.match(source) or following is None or following["cell_type"] != "code":
                return set()
            continue
        call = CALL.fullmatch(source)
        named = set(re.findall(r"\w+", call[2])) if call else set()
        match call and call[1]:
            case verb if verb in OF_FAMILIES:
                names |= {one.id for one in CATALOGUE.values() if one.family in named}
            case verb if verb in OF_INDICATORS:
                names |= named
            case verb if verb not in OF_CHAPTER:
                return set()
    return names

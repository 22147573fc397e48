"""The thematic chapters of whose indicators none is known here: a report leaves them out."""

from functools import lru_cache

from ctg_analysis.chapter.closing import LAST_THEME
from ctg_analysis.chapter.missing import HERE
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import MISSING
from ctg_analysis.model.settings import all_chapters

FIRST_THEME = "01"


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
        if FIRST_THEME <= chapter.number <= LAST_THEME and chapter.number not in with_figures
    ]

"""The chapters that have nothing to tell: a report has no page for them, its index names them.

Those of a démarche until their first tables come, thematic ones of which nothing is known.
"""

from ctg_analysis.chapter.demarche.addresses import BILAN, CONSULTATION, ENJEUX, FOLLOWUP, INTERVIEWS, STRATEGY
from ctg_analysis.chapter.demarche.bilan import Bilan
from ctg_analysis.chapter.demarche.consultation import Consultation
from ctg_analysis.chapter.demarche.demarche_chapter import DemarcheChapter
from ctg_analysis.chapter.demarche.enjeux import Enjeux
from ctg_analysis.chapter.demarche.followup import Followup
from ctg_analysis.chapter.demarche.interviews import Interviews
from ctg_analysis.chapter.demarche.strategy import Strategy
from ctg_analysis.chapter.missing import unknown_chapters as unknown
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche.demarche import Demarche

CHAPTERS: dict[str, type[DemarcheChapter]] = {
    CONSULTATION: Consultation,
    INTERVIEWS: Interviews,
    BILAN: Bilan,
    ENJEUX: Enjeux,
    STRATEGY: Strategy,
    FOLLOWUP: Followup,
}


def untold(territory: Territory) -> list[str]:
    """The pages of all the chapters that have nothing to tell of a territory, in their order."""
    return [*unknown(territory), *silent(territory.demarche)]


def silent(demarche: Demarche) -> list[str]:
    """The pages of the chapters of a démarche that have nothing to tell, in their order; of one that could not be read
    it is not known.
    """
    if demarche.unread:
        return []
    return [
        page
        for page, chapter in CHAPTERS.items()
        if all(demarche.table(name).empty for name in chapter.TELLS_FROM or chapter.BEGINS_WITH)
    ]


def to_begin(territory: Territory, page: str) -> list[dict[str, str]]:
    """The tables that a chapter begins with: title, and where it is filled. page: of the chapter."""
    return CHAPTERS[page](territory).first_files()

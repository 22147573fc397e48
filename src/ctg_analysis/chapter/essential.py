"""What is essential of a territory: the findings that the editorial list allows."""

from functools import lru_cache

import pandas as pd

from ctg_analysis.catalogue.essentials import Essential, essentials
from ctg_analysis.chapter.by_indicator import each_row
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.core.model import OK
from ctg_analysis.display.words import sentences
from ctg_analysis.indicators.findings import findings


def printed(territory: Territory) -> list[Essential]:
    """The indicators of the editorial list that the territory has a value of which may be written as a number."""
    return [
        essential
        for essential in essentials()
        if len(rows := territory.against(essential.indicator))
        and rows["status"].iloc[0] == OK
        and sentences.is_printed(essential.indicator, each_row(rows[:1])[0])
    ]


@lru_cache(maxsize=1)
def findings_of(territory: Territory) -> pd.DataFrame:
    """The findings of a territory, the first ones first; see `indicators.findings.findings`."""
    known = printed(territory)
    compared = [territory.against(essential.indicator) for essential in known]
    return findings(pd.concat(compared), known) if compared else findings(territory.tested[:0], known)

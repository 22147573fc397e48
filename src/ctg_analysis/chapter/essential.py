"""What is essential of a territory: the findings that the editorial list allows, and its key figures."""

from functools import lru_cache

import pandas as pd

from ctg_analysis.catalogue.essentials import Essential, essentials
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
        and sentences.is_printed(essential.indicator, next(rows[:1].itertuples(index=False)))
    ]


@lru_cache(maxsize=1)
def findings_of(territory: Territory) -> pd.DataFrame:
    """The findings of a territory, the first ones first; see `indicators.findings.findings`."""
    known = printed(territory)
    compared = [territory.against(essential.indicator) for essential in known]
    return findings(pd.concat(compared), known) if compared else findings(territory.tested[:0], known)


def key_figures(territory: Territory, most: int) -> list[Essential]:
    """The first figures of a territory, one a theme: its findings, then what is known of other themes, in their order.

    most: how many. Of a theme without a finding, the first indicator that compares with another place.
    """
    found, by_id = findings_of(territory), {essential.indicator.id: essential for essential in printed(territory)}
    chosen = {row.theme: by_id[row.indicator] for row in found.itertuples(index=False)}
    for essential in by_id.values():
        if territory.against(essential.indicator)["status"].eq(OK).sum() > 1:
            chosen.setdefault(essential.theme, essential)
    return list(chosen.values())[:most]

"""What is essential of a territory: the findings that the editorial list allows."""

from functools import lru_cache

import numpy as np
import pandas as pd

from ctg_analysis.chapter.by_indicator import each_row
from ctg_analysis.chapter.territory import PEOPLE, Territory
from ctg_analysis.display import sentences
from ctg_analysis.indicators.findings import findings, sides, under_norms
from ctg_analysis.indicators.trends import trend_of
from ctg_analysis.model.catalogue import CATALOGUE, Essential, essentials
from ctg_analysis.model.indicator import OK, Indicator


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
    if not known:
        return findings(territory.tested[:0], known, territory.spread)
    compared = pd.concat([territory.against(essential.indicator) for essential in known])
    moves = {one.indicator.id: move(territory, one.indicator) for one in known}
    held = [territory.data(one.indicator) for one in known if one.indicator.norm]
    communes = pd.concat([compared[:0], *held]).query("level == 'commune'")
    communes = communes[communes["period"].eq(communes["indicator"].map(territory.periods))]
    people = territory.data(CATALOGUE[PEOPLE]).query("status == @OK").sort_values("period", kind="stable")
    inhabitants = people.drop_duplicates("territory", keep="last").set_index("territory")["value"]
    return findings(compared, known, territory.spread, moves, under_norms(communes, inhabitants, CATALOGUE))


def sides_of(territory: Territory, found: pd.DataFrame) -> pd.Series:
    """The side of each finding of a territory: see `findings.sides`."""
    known = printed(territory)
    if not known:
        return pd.Series(dtype=object)
    gaps = pd.concat([territory.gaps(essential.indicator) for essential in known])
    return sides(found, gaps, CATALOGUE)


def move(territory: Territory, indicator: Indicator) -> int:
    """Whether an indicator rises here (1) or falls (-1) in a sure trend, that no year alone makes; 0 elsewhere."""
    rows = territory.data(indicator)
    rows = rows[rows["level"].eq("epci") & rows["status"].eq(OK)].sort_values("period", kind="stable")
    found = trend_of(rows, indicator)
    return int(np.sign(found.change)) if found and found.is_established and not found.hangs_on else 0

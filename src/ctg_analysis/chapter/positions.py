"""The EPCI among its peers: open figures, one period, one producer."""

from functools import lru_cache

import pandas as pd

from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import texts
from ctg_analysis.indicators.comparisons import producer
from ctg_analysis.indicators.peers import ABOVE, BELOW, HIGHEST, LOWEST, MIDDLE, Position, position_in
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK, Count, Indicator, Mean
from ctg_analysis.model.source import SOURCES

FILE = "positions.csv"
WORDS = {
    HIGHEST: "dans le quart le plus élevé",
    LOWEST: "dans le quart le plus faible",
    MIDDLE: "dans la moitié centrale",
    ABOVE: "au-dessus du troisième quartile",
    BELOW: "au-dessous du premier quartile",
}


@lru_cache(maxsize=1)
def all_beside(territory: Territory) -> pd.DataFrame:
    """The observations of other EPCIs that the territory's may stand among: its period, its producer, open figures.

    Of every indicator that the territory has a value of, but numbers of things, and what partners entrust. Columns:
    those of observations, and name.
    """
    rows = territory.around[territory.around["status"].eq(OK) & territory.around["level"].eq("epci")]
    rows = rows[rows["period"].eq(rows["indicator"].map(territory.periods))]
    placed = {name for name in territory.periods if not isinstance(CATALOGUE[name].value, Count | Mean)}
    entrusted = {name for name, source in SOURCES.items() if source.secrecy.threshold}
    rows = rows[rows["indicator"].isin(placed) & ~rows["source"].isin(entrusted)]
    own = rows[rows["territory"].eq(territory.epci)].set_index("indicator")["source"].map(producer)
    rows = rows[rows["source"].map(producer).eq(rows["indicator"].map(own)) & rows["territory"].ne(territory.epci)]
    names = territory.territories[territory.territories["level"].eq("epci")].set_index("code")["name"]
    return rows.assign(name=rows["territory"].map(names))


def among_peers(territory: Territory, indicator: Indicator) -> tuple[pd.DataFrame, Position | None]:
    """The observations of the peers by name, and the place of the territory among them where they are five or more."""
    own, rows = territory.compared(indicator), all_beside(territory)
    rows = rows[rows["indicator"].eq(indicator.id) & rows["territory"].isin(territory.peers.peers["peer"])]
    return rows.sort_values("name", **texts.BY_NAME), position_in(own.iloc[0], rows["value"])

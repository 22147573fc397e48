"""Which findings are strengths, which are alerts, which are traits of which nothing good or bad is said (rule R14)."""

from collections.abc import Collection, Mapping

import pandas as pd

from ctg_analysis.core.model import Indicator
from ctg_analysis.indicators.findings import EXTREME, FAR, MOVING, SHORT

STRENGTH, ALERT, TRAIT = "strength", "alert", "trait"


def sides(
    found: pd.DataFrame, gaps: pd.DataFrame, indicators: Mapping[str, Indicator], short: Collection[str] = ()
) -> pd.Series:
    """The side of each finding: a strength, an alert, a trait; "" where it is none of them.

    An alert is unfavourable to families: in the worst tenth of the EPCIs, far from France, moving the wrong way in a
    sure trend, or under its norm. A strength is far from France on the good side, or in the best tenth and no worse
    than France; it does not move the wrong way, no commune of the territory is under the norm, and what it is a part of
    is no worse than in France. An indicator without a direction is a trait. What differs from the peers alone, the
    département or the région is no side.

    Parameters:
        found: see `findings.findings`. gaps: see `findings.differences`, of all the indicators of the territory.
        short: indicators of which a commune is under the norm.

    More places in crèches than in France are a strength, unless all the modes together have fewer.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> one = {"indicator": ["childcare_coverage_eaje_rate"], "why": FAR, "level": "france", "higher": True}
    >>> found = pd.DataFrame(one | {"tenth": 0, "move": 0})
    >>> names = ["childcare_coverage_eaje_rate", "childcare_coverage_rate"]
    >>> gaps = pd.DataFrame({"indicator": names, "level": "france"})
    >>> [sides(found, gaps.assign(higher=[True, whole], times=2.0), CATALOGUE).item() for whole in (True, False)]
    ['strength', '']
    """
    above = gaps[gaps["level"].eq("france")].set_index("indicator")["higher"].to_dict()
    worse = {
        name
        for name, higher in above.items()
        if higher == (indicators[name].direction < 0) and indicators[name].direction
    }

    def side(row) -> str:
        direction = indicators[row.indicator].direction
        if not direction:
            return TRAIT
        below_norm = row.why == SHORT
        if below_norm or row.tenth == -direction or row.move == -direction:
            return ALERT
        if row.why == FAR and row.higher != (direction > 0):
            return ALERT
        good = row.tenth == direction or (row.why in (EXTREME, FAR, MOVING) and row.level == "france")
        wholes = {name for name, one in indicators.items() if row.indicator in one.parts and one.direction}
        against = {row.indicator, *wholes} & worse
        return STRENGTH if good and not against and row.indicator not in short else ""

    return pd.Series([side(row) for row in found.itertuples(index=False)], found.index, dtype=object)

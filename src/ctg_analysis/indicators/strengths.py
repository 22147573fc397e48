"""Which findings are strengths, which are alerts: those of a declared direction that no other place contradicts."""

from collections.abc import Mapping

import pandas as pd

from ctg_analysis.core.model import Indicator

STRENGTH, ALERT, TRAIT = "strength", "alert", "trait"
NEAR, CONTRARY = (
    ("peers", "departement", "france"),
    0.5,
)  # who may contradict a finding, by how much of a large difference


def sides(found: pd.DataFrame, gaps: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.Series:
    """The side of each finding: a strength, an alert, or a trait of which nothing good or bad is said.

    An indicator whose declaration has no direction (Indicator.direction) is a trait, and so is one that differs the
    other way from the peers, the département or France, by half of what is large: what is more than in the département
    and less than among the peers is neither.

    Parameters:
        found: findings: columns indicator, level, higher. gaps: see `findings.differences`, of their indicators.

    More childcare places than in the département is a strength, unless the peers have many more.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> found = pd.DataFrame({"indicator": ["childcare_coverage_eaje_rate"], "level": "departement", "higher": True})
    >>> gaps = pd.DataFrame({"indicator": "childcare_coverage_eaje_rate", "level": ["departement", "peers"]})
    >>> gaps = gaps.assign(higher=[True, False])
    >>> [sides(found, gaps.assign(times=[4.0, times]), CATALOGUE).item() for times in (0.4, 1.1)]
    ['strength', 'trait']
    """
    near = gaps[gaps["level"].isin(NEAR) & gaps["times"].ge(CONTRARY)]
    against = near.merge(found[["indicator", "higher"]], on="indicator", suffixes=("", "_found"))
    contradicted = set(against.loc[against["higher"].ne(against["higher_found"]), "indicator"])
    return pd.Series(
        [
            TRAIT
            if row.indicator in contradicted or not (direction := indicators[row.indicator].direction)
            else (STRENGTH if row.higher == (direction > 0) else ALERT)
            for row in found.itertuples(index=False)
        ],
        found.index,
        dtype=object,
    )

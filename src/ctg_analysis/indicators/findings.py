"""The findings of a territory: where it differs surely and enough, of the editorial list, at most one a theme."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ctg_analysis.catalogue.essentials import Essential
from ctg_analysis.core.model import CAF_ALONE, OK, AnnualChange, Indicator
from ctg_analysis.indicators.dispersion import is_between_communes
from ctg_analysis.indicators.lasting_gaps import least_large_gap
from ctg_analysis.indicators.peer_profiles import chooses_peers
from ctg_analysis.indicators.significance import ALPHA, notable

COMPARATORS = ("peers", "departement", "region", "france")  # the first from which the territory differs is told
COLUMNS = ["indicator", "theme", "chapter", "level", "higher", "apart", "times"]


def findings(compared: pd.DataFrame, essentials: Iterable[Essential]) -> pd.DataFrame:
    """The findings of a territory, the largest first, one a theme at most.

    A difference is *established* when the whole interval of the territory is beyond a quartile of its peers, or when a
    test tells it from a larger place in a list of which 5 % at most are expected false (see `significance.notable`),
    and it was there at the vintage before. A quantity that no test compares, being counted whole or worked out by its
    producer (places of childcare, accessibility), has no interval and needs no test; what the Caf alone pays, and what
    a commune has all or none of, is no finding. It is *large enough* when it passes the thresholds of
    data/reference/normes.yml.

    Of a theme, the first indicator with such a difference is told, against the first comparator of COMPARATORS that
    has one. Findings are ranked by how many comparators the territory differs from in the same direction, then by how
    many times the threshold of size the difference that is told is.

    Parameters:
        compared: for each indicator the territory first, then its comparators and its peers, one period: columns
            indicator, level, value, low, high, status, p, matters (see `comparisons.tested`, `lasting_gaps.matters`;
            low and high of the peers are their quartiles).
        essentials: the editorial list, in its order.

    Returns:
        indicator, theme, chapter; level: of the comparator; higher: whether the territory's value is above; apart,
        times: what they are ranked by.

    36 % beside 28 % in the département is 8 points, where a tenth of 28 is large enough: 2.9 times. Among peers whose
    third quartile is 37 %, nothing is established.

    >>> from ctg_analysis.catalogue.essentials import essentials
    >>> rows = pd.DataFrame({"level": ["epci", "departement", "peers"], "value": [36.0, 28.0, 32.0], "status": OK})
    >>> rows = rows.assign(low=[35.0, 27.9, 30.0], high=[37.0, 28.1, 37.0], p=[None, 0.001, None], matters=True)
    >>> found = findings(rows.assign(indicator="single_parent_families_share"), essentials())
    >>> found[["theme", "level", "higher"]].values.tolist(), round(found["times"].item(), 1)
    ([['Familles monoparentales', 'departement', True]], 2.9)
    """
    named = {essential.indicator.id: essential for essential in essentials}
    gaps = _established(
        compared[compared["indicator"].isin(named)], {name: one.indicator for name, one in named.items()}
    )
    ranks = {name: rank for rank, name in enumerate(named)}
    gaps = gaps.assign(
        theme=gaps["indicator"].map(lambda name: named[name].theme),
        chapter=gaps["indicator"].map(lambda name: named[name].indicator.chapter),
        order=gaps["indicator"].map(ranks),
        rank=gaps["level"].map(COMPARATORS.index),
    )
    told = gaps.sort_values(["order", "rank"], kind="stable").drop_duplicates("theme")
    sides = gaps.groupby(["indicator", "higher"], observed=True).size()
    apart = sides.reindex(pd.MultiIndex.from_frame(told[["indicator", "higher"]])).to_numpy()
    ranked = told.assign(apart=apart).sort_values(["apart", "times", "order"], ascending=[False, False, True])
    return ranked.reset_index(drop=True)[COLUMNS]


def differences(rows: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """The difference of a territory to each comparator: columns indicator, level, higher, times, tested, p, sure.

    What the Caf alone pays over a population is told by its figures, and compared by nothing (rule R18): it has no
    row. Nor has the median of the peers for what has chosen them (rule R11), nor one of several places of a level.

    Parameters:
        rows: as `findings` has them. indicators: the declarations, by id.

    Returns:
        higher: whether the territory's value is above. times: how many times the smallest large difference it is, see
        `lasting_gaps.least_large_gap`; none to a value of 0. tested: whether it has a test or an interval to be sure
        by. sure: the territory is beyond a quartile of its peers, or the test tells it from a larger place; of what is
        counted whole, that it is large. matters: large, and not of another sign at the vintage before. whole: whether
        it is counted whole: what has an interval is not.

    16 places for 100 children beside 21.9 are 5.9 fewer, where a tenth of 21.9 is large enough: 2.7 times.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> rows = pd.DataFrame({"level": ["epci", "peers"], "value": [16.0, 21.9], "low": [None, 19.0], "status": OK})
    >>> rows = rows.assign(high=[None, 24.0], p=None, matters=False, indicator="childcare_coverage_eaje_rate")
    >>> differences(rows, CATALOGUE).round(1)[["level", "higher", "times", "tested", "sure"]].values.tolist()
    [['peers', False, 2.7, False, True]]
    """
    rows = rows.reset_index(drop=True)
    first = rows.drop_duplicates("indicator")
    own = first[first["status"].eq(OK)].set_index("indicator")
    others = rows[rows["level"].isin(COMPARATORS) & rows["status"].eq(OK) & rows["indicator"].isin(own.index)]
    others = others[~others.duplicated(["indicator", "level"], keep=False)]
    judged = [_is_judged(indicators[name], level) for name, level in others[["indicator", "level"]].to_numpy()]
    others = others[np.array(judged, dtype=bool)]
    mine = own[["value", "low", "high"]].reindex(others["indicator"]).set_index(others.index).astype(float)
    gap = mine["value"] - others["value"]
    named = others["indicator"].map(indicators)
    least = [least_large_gap(one, value) for one, value in zip(named, others["value"], strict=True)]
    times = (gap.abs() / pd.Series(least, others.index, dtype=float)).where(others["value"].ne(0))
    whole = named.map(_is_counted_whole).astype(bool) & mine["low"].isna()
    testable, of_peers = ~whole, others["level"].eq("peers")
    low, high = (mine[bound].where(testable, mine["value"]) for bound in ("low", "high"))
    beyond = low.gt(others["high"].astype(float)) | high.lt(others["low"].astype(float))
    p = others["p"].astype(float)
    matters = others["matters"].astype(bool).where(~of_peers, times.ge(1))
    found = others[["indicator", "level"]].assign(higher=gap.gt(0), times=times, p=p, matters=matters)
    tested = (p.notna() & testable).where(~of_peers, low.notna() & testable)
    sure = (p.lt(ALPHA) | (whole & matters)).where(~of_peers, beyond)
    return found.assign(tested=tested, sure=sure, whole=whole)


def _is_judged(indicator: Indicator, level: str) -> bool:
    return indicator.untested != CAF_ALONE and (level != "peers" or not chooses_peers(indicator))


def _is_counted_whole(indicator: Indicator) -> bool:
    """Whether a difference needs no test: neither sampled, nor of some of the people, nor a change between censuses."""
    sampled = is_between_communes(indicator) or isinstance(indicator.value, AnnualChange)
    return not sampled and not indicator.untested


def _established(rows: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """The differences that are established and large."""
    found = differences(rows, indicators)
    listed = notable(found["p"]) | found["p"].isna()
    return found[found["sure"] & listed & found["matters"] & found["times"].ge(1)]

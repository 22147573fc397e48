"""What is worth saying of a territory, and what stands out as a strength."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ctg_analysis.indicators.comparisons import ALPHA, chance, is_compared, notable
from ctg_analysis.indicators.demography import EQUAL
from ctg_analysis.indicators.peers import chooses_peers
from ctg_analysis.indicators.spread import MUCH, beside_spread, least_large_gap, tenth, tenth_of_value
from ctg_analysis.indicators.uncertainty import goes_further
from ctg_analysis.model.catalogue import Essential
from ctg_analysis.model.indicator import OK, Indicator
from ctg_analysis.model.norms import norm
from ctg_analysis.model.source import SOURCES

# The findings of a territory: what is remarkable of the editorial list, the most salient first, one a theme.

COMPARATORS = ("france", "peers", "departement", "region")  # the first from which the territory differs is told
NEAR = 0.3  # times what is large: what is nearer is as there; a tenth that France is as near to is not told
EXTREME, FAR, AMONG, SHORT, MOVING, BESIDE = range(6)  # why a finding is told, the most salient first
COLUMNS = ["indicator", "theme", "chapter", "why", "level", "higher", "tenth", "move", "size", "under"]


def findings(
    compared: pd.DataFrame,
    gaps: pd.DataFrame,
    essentials: Iterable[Essential],
    spread: pd.DataFrame,
    moves: Mapping[str, int] | None = None,
    under: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """The findings of a territory, the most salient first, one a theme at most (rule R14).

    A finding is remarkable: in an extreme tenth of the EPCIs and on that side of France (EXTREME), far from France
    (FAR), in the worst tenth by its value alone and surely on that side of France (AMONG), under its norm, or with many
    inhabitants in communes that are (SHORT), moving in a sure trend (MOVING), or as far from the peers, else the
    département, else the région (BESIDE). What a test tells from a place must be in a list of which 5 % are expected
    false (`comparisons.notable`). What is known by age is judged at equal ages, and is in an extreme tenth only if it
    is remarkable there too; what depends on ages that are not known comes last. There is none of what is compared by
    nothing (rule R18), nor of what neither the territory nor half of its peers has.

    Parameters:
        compared: for each indicator the territory first, then its comparators and its peers, one period: columns
            indicator, period, source, level, value, low, high, status, p (see `comparisons.tested`; low and high of the
            peers are their quartiles).
        gaps: the `differences` of these rows.
        spread: see `spread.spread_of`.
        moves: 1 of the indicators that rise in a sure trend, -1 of those that fall.
        under: see `under_norms`.

    Returns:
        indicator, theme, chapter; why; level: of the comparator, "" without one; higher: whether the territory's value
        is above; tenth, move: 1, 0 or -1; size: how many times what is far the difference to the comparator is;
        under: 0 where none is known.

    36 % beside 28 % in the département are 2.9 tenths; 38 % are more than three, and told where no spread is known.

    >>> from ctg_analysis.model.catalogue import CATALOGUE, essentials
    >>> rows = pd.DataFrame({"level": ["epci", "departement"], "low": [35.0, 27.9], "high": [37.0, 28.1], "p": 0.001})
    >>> rows = rows.assign(indicator="single_parent_families_share", period="2021", source="insee_rp_familles")
    >>> rows = rows.assign(status=OK)
    >>> from ctg_analysis.indicators.spread import COLUMNS
    >>> none = pd.DataFrame(columns=COLUMNS)
    >>> for value in (36.0, 38.0):
    ...     compared = rows.assign(value=[value, 28.0])
    ...     len(findings(compared, differences(compared, CATALOGUE, none), essentials(), none))
    0
    1
    """
    named = {essential.indicator.id: essential for essential in essentials}
    told = {name for name, one in named.items() if is_compared(one.indicator)}
    rows = compared[compared["indicator"].isin(told - _none(compared))]
    gaps = gaps[gaps["indicator"].isin(rows["indicator"])].reset_index(drop=True)
    listed = notable(gaps["p"]) | gaps["p"].isna()
    at_equal_ages = set(gaps.loc[gaps["equal"], "indicator"])
    gaps = gaps.assign(listed=gaps["sure"] & listed)
    france = gaps[gaps["level"].eq("france")].set_index("indicator")
    gaps = gaps[gaps["remarkable"] & listed]
    gaps = gaps.assign(rank=gaps["level"].map(COMPARATORS.index)).sort_values("rank", kind="stable")
    first = gaps.drop_duplicates("indicator").set_index("indicator")
    own = rows.drop_duplicates("indicator")
    own = own[own["status"].eq(OK)]
    beside = beside_spread(own, spread)
    own = own.assign(tenth=tenth(own, beside), reached=tenth_of_value(own["value"], beside)).set_index("indicator")
    table = pd.DataFrame({"tenth": own["tenth"], "order": [[*named].index(name) for name in own.index]})
    table = table.assign(move=pd.Series(moves or {}, dtype=int).reindex(table.index).fillna(0).astype(int))
    table = table.join(first[["level", "higher", "size"]])
    is_apart = table["tenth"].gt(0).eq(table["higher"]) & table["level"].notna()
    table["tenth"] = table["tenth"].where(is_apart | ~table.index.isin(at_equal_ages), 0)
    gap = france.reindex(table.index)
    farther = gap["sure"].eq(True) & gap["times"].ge(NEAR) & gap["higher"].eq(table["tenth"].gt(0))
    table["tenth"] = table["tenth"].where(farther | gap["times"].isna(), 0)
    table = table.assign(under=pd.Series(under or {}, dtype=float).reindex(table.index).fillna(0))
    norms = {name: norm(one.indicator.norm) for name, one in named.items() if one.indicator.norm}
    worst = _in_worst_tenth(own, france, named) & ~own.index.isin(at_equal_ages)
    is_short = own["value"].lt(own.index.map(norms)) | table["under"].ge(norm("inhabitants_under_a_norm"))
    reasons = [table["tenth"].ne(0), table["level"].eq("france"), worst, is_short, table["move"].ne(0)]
    reasons.append(table["level"].notna())
    table = table.assign(why=np.select(reasons, range(len(reasons)), -1)).query("why >= 0")
    higher = table["higher"].astype(object).where(table["why"].ne(AMONG), own["reached"].gt(0))
    higher = higher.where(table["why"].ne(EXTREME) | higher.notna(), table["tenth"].gt(0))
    table = table.assign(
        theme=[named[name].theme for name in table.index],
        chapter=[named[name].indicator.chapter for name in table.index],
        last=[named[name].indicator.ages and name not in at_equal_ages for name in table.index],
        higher=higher,
        level=table["level"].fillna(""),
        size=table["size"].astype(float).fillna(0.0),
    )
    table = table.assign(rank=table["why"].mask(table["why"].eq(AMONG), EXTREME))
    told = table.sort_values(["rank", "order"], kind="stable").drop_duplicates("theme")
    by_size = told["size"].where(~told["why"].isin([EXTREME, AMONG, SHORT]), 0.0)
    ranked = told.assign(by_size=-by_size).sort_values(["last", "rank", "by_size", "order"], kind="stable")
    return ranked.rename_axis("indicator").reset_index()[COLUMNS]


def _in_worst_tenth(
    own: pd.DataFrame,
    france: pd.DataFrame,
    named: Mapping[str, Essential],
) -> pd.Series:
    """Whether each value is in the worst tenth by itself, and surely on that side of France.

    own: the values of the territory, columns reached, low; france: their gaps to France; named: the
    list. All by indicator.
    """
    worst = [-named[name].indicator.direction for name in own.index]
    surely = [
        france.at[name, "listed"] and france.at[name, "higher"] == (reached > 0)
        if name in france.index
        else pd.isna(low)
        for name, reached, low in own[["reached", "low"]].itertuples()
    ]
    return own["reached"].ne(0) & own["reached"].eq(worst) & np.array(surely, dtype=bool)


def under_norms(
    communes: pd.DataFrame, inhabitants: pd.Series, indicators: Mapping[str, Indicator]
) -> dict[str, float]:
    """The part of the inhabitants who live in communes under the norm of an indicator, of each that has one.

    Parameters:
        communes: observations of the communes of a territory, one period of each indicator.
        inhabitants: by the code of a commune; one without a value or without inhabitants known does not count.

    100 inhabitants of 400 live where 2.4 consultations are within reach, the others where 2.5 are: a quarter.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> doctors = {"indicator": "general_practitioner_accessibility_index", "value": [2.4, 2.5]}
    >>> under_norms(pd.DataFrame(doctors | {"territory": ["A", "B"]}), pd.Series({"A": 100, "B": 300}), CATALOGUE)
    {'general_practitioner_accessibility_index': 0.25}
    """
    norms = {name: norm(one.norm) for name, one in indicators.items() if one.norm}
    rows = communes[communes["indicator"].isin(norms) & communes["value"].notna()]
    people = rows["territory"].map(inhabitants).astype(float)
    low = people.where(rows["value"].lt(rows["indicator"].map(norms)), 0.0)
    of = rows["indicator"].astype(object)
    return (low.groupby(of).sum() / people.groupby(of).sum()).to_dict()


def _none(compared: pd.DataFrame) -> set[str]:
    """The indicators of which the territory has nothing, as half of its peers, or whose 0 is rounded: maybe a few."""
    first, peers = compared.drop_duplicates("indicator"), compared[compared["level"].eq("peers")]
    usual = first["indicator"].isin(peers.loc[peers["value"].eq(0), "indicator"])
    rounds = first["source"].map(lambda source: SOURCES[source].precision.rounding > 0).astype(bool)
    few = first["high"].astype(float).gt(0) & rounds
    return {*first.loc[first["value"].eq(0) & (usual | few), "indicator"]}


def differences(rows: pd.DataFrame, indicators: Mapping[str, Indicator], spread: pd.DataFrame) -> pd.DataFrame:
    """The difference of a territory to each comparator: columns indicator, level, higher, times, size, p, sure, alike,
    near, remarkable, equal.

    What the Caf alone pays over a population is told by its figures, and compared by nothing (rule R18): it has no
    row. Nor has the median of the peers for what has chosen them (rule R11), nor, of what is known at equal ages beside
    some (see `demography.at_equal_ages`), the others. Of several places of a level: see `_one_of_a_level`.

    Parameters:
        rows, spread: as `findings` has them. indicators: the declarations, by id.

    Returns:
        higher: whether the territory's value is above. times: how many times the smallest large difference it is, at
        least, where its bounds tell it (see `spread.least_large_gap` or, where 0 means nothing, a third of what is
        far); none to a value of 0. size: how many times what is far from France, where the spread of the EPCIs is
        known; else a third of times. sure: a test tells it, or both are counted whole; of the peers, the whole interval
        is beyond a quartile. alike: the difference is not large, and an interval leaves out what is MUCH; of rounded
        numbers, it is not large wherever in their bounds both are. near: it is under NEAR. remarkable: sure, large, and
        of the size of what is far. equal: the ages are those of the comparator, in all of these.

    16 places for 100 children beside 21.9 are 5.9 fewer, where a tenth of 21.9 is large enough: 2.7 times.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> rows = pd.DataFrame({"level": ["epci", "peers"], "value": [16.0, 21.9], "low": [None, 19.0], "status": OK})
    >>> rows = rows.assign(high=[None, 24.0], p=None, indicator="childcare_coverage_eaje_rate", period="2023")
    >>> from ctg_analysis.indicators.spread import COLUMNS
    >>> found = differences(rows.assign(source="caf_txcouv_pe"), CATALOGUE, pd.DataFrame(columns=COLUMNS))
    >>> found.round(1)[["level", "higher", "times", "size", "sure", "remarkable"]].values.tolist()
    [['peers', False, 2.7, 0.9, True, False]]
    """
    rows = rows.reset_index(drop=True)
    first = rows.drop_duplicates("indicator")
    own = first[first["status"].eq(OK)].set_index("indicator")
    others = rows[rows["level"].isin(COMPARATORS) & rows["indicator"].isin(own.index)]
    unknown = others["status"].ne(OK).groupby([others["indicator"], others["level"]], observed=True).transform("any")
    others = others[~unknown]
    judged = [
        is_compared(indicators[name]) and (level != "peers" or not chooses_peers(indicators[name]))
        for name, level in others[["indicator", "level"]].to_numpy()
    ]
    others = others[np.array(judged, dtype=bool)]
    equal = others.reindex(columns=EQUAL).set_axis(["value", "low", "high"], axis=1).astype(float)
    is_equal = equal["value"].notna()
    kept = is_equal | ~others["indicator"].isin(others.loc[is_equal, "indicator"])
    others, equal, is_equal = others[kept], equal[kept], is_equal[kept]
    mine = own[["value", "low", "high"]].reindex(others["indicator"]).set_index(others.index).astype(float)
    mine = equal.where(is_equal, mine)
    gap = mine["value"] - others["value"]
    least = [
        least_large_gap(indicators[name], value)
        for name, value in zip(others["indicator"], others["value"], strict=True)
    ]
    far = beside_spread(others, spread)["far"].astype(float)
    no_zero = others["indicator"].map(lambda name: indicators[name].no_zero).astype(bool)
    large = pd.Series(least, others.index, dtype=float).mask(no_zero & far.notna(), far / MUCH)
    far = far.fillna(MUCH * large)
    low, high = (mine[bound].fillna(mine["value"]) for bound in ("low", "high"))
    is_bounded = _are_bounded(own, indicators).reindex(others["indicator"]).to_numpy()
    nearest = (low - others["value"]).where(gap.gt(0), others["value"] - high).clip(lower=0)
    apart = gap.abs().mask(is_bounded, nearest)
    times, size = ((apart / threshold).where(others["value"].ne(0) | gap.ne(0)) for threshold in (large, far))
    beyond = low.gt(others["high"].astype(float)) | high.lt(others["low"].astype(float))
    alone = others[["value"]].assign(low=np.nan, high=np.nan, denominator=np.nan)
    p = others["p"].astype(float).mask(is_equal, chance(mine.assign(denominator=np.nan), alone, ~is_equal))
    sure = (p.lt(ALPHA) | (p.isna() & gap.ne(0))).where(others["level"].ne("peers"), beyond)
    theirs = [others[bound].astype(float).where(others["level"].ne("peers")) for bound in ("low", "high")]
    least_other, most_other = (bound.fillna(others["value"].astype(float)) for bound in theirs)
    widest = np.maximum((high - least_other).abs(), (low - most_other).abs())
    alike = ~times.ge(1) & (widest.lt(large) | ~is_bounded & widest.lt(MUCH * large))
    found = others[["indicator", "level"]].assign(higher=gap.gt(0), times=times, size=size, p=p, sure=sure, alike=alike)
    found = found.assign(near=(gap.abs() / large).le(NEAR), remarkable=sure & times.ge(1) & size.ge(1), equal=is_equal)
    return _one_of_a_level(found)


def _one_of_a_level(found: pd.DataFrame) -> pd.DataFrame:
    """The least difference to several places of a level (two départements); none unless all surely are of one side."""
    of_level = found.groupby(["indicator", "level"], observed=True)
    agree = of_level["higher"].transform("nunique").eq(1) & of_level["sure"].transform("all")
    agree &= ~of_level["equal"].transform("any")
    found = found.assign(near=of_level["near"].transform("all"), alike=of_level["alike"].transform("all"))
    kept = found[agree | of_level["level"].transform("size").eq(1)].sort_values("times", kind="stable")
    return kept.drop_duplicates(["indicator", "level"]).sort_index()


def _are_bounded(rows: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.Series:
    """Which rows are told by their bounds: secrecy rounds what they are made of, or they are of sums of rounded counts.

    rows: one of each indicator, which is the index.
    """
    origins = [SOURCES[name] for name in rows["source"]]
    bounded = pd.Series([bool(one.secrecy.base) for one in origins], rows.index, dtype=bool)
    rounds = np.array([one.precision.rounding > 0 for one in origins], dtype=bool)
    known = rows.reindex(columns=["numerator", "denominator", "low", "high"]).astype(float)
    known = known.assign(level=rows["level"], source=rows["source"], indicator=rows.index)[rounds & ~bounded]
    return bounded | goes_further(known, indicators).reindex(bounded.index, fill_value=False)


# Which findings are strengths, which are alerts, which are traits of which nothing good or bad is said (rule R14).

STRENGTH, ALERT, TRAIT = "strength", "alert", "trait"


def sides(found: pd.DataFrame, gaps: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.Series:
    """The side of each finding: a strength, an alert, a trait; "" where it is none of them.

    An alert is unfavourable to families: in the worst tenth of the EPCIs, or among the worst, far from France, moving
    the wrong way in a sure trend, under its norm, or with many inhabitants in communes that are. A strength is far
    from France on the good side, or in the best tenth and no worse than France; it does not move the wrong way, no
    commune of the territory is under the norm, and what it is a part of, or should lead to, is no worse than in
    France. An indicator without a direction is a trait. What differs from the peers alone, the département or the
    région is no side.

    Parameters:
        found: see `findings.findings`. gaps: see `findings.differences`, of all the indicators of the territory.

    More places in crèches than in France are a strength, unless all the modes together have fewer.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> one = {"indicator": ["childcare_coverage_eaje_rate"], "why": FAR, "level": "france", "higher": True}
    >>> found = pd.DataFrame(one | {"tenth": 0, "move": 0, "under": 0.0})
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
        many_under = row.why in (AMONG, SHORT) or row.under >= norm("inhabitants_under_a_norm")
        if many_under or row.tenth == -direction or row.move == -direction:
            return ALERT
        if row.why == FAR and row.higher != (direction > 0):
            return ALERT
        good = row.tenth == direction or (row.why in (EXTREME, FAR, MOVING) and row.level == "france")
        wholes = {name for name, one in indicators.items() if row.indicator in one.parts and one.direction}
        against = {row.indicator, *wholes} & worse
        return STRENGTH if good and not against and not row.under else ""

    return pd.Series([side(row) for row in found.itertuples(index=False)], found.index, dtype=object)

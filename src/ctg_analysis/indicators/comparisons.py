"""Comparisons of a place with others: differences, their tests, what may be said."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtr
from scipy.stats import binom, false_discovery_control, hypergeom
from scipy.stats.distributions import rv_frozen

from ctg_analysis.indicators.uncertainty import Z, design_effect, is_drawn
from ctg_analysis.model.indicator import CAF_ALONE, OK, VOLUNTEERS, Count, Indicator, Mean
from ctg_analysis.model.norms import norm
from ctg_analysis.model.source import COMPLEMENTARY, SOURCES, Source

# Tests of differences and the words they allow (rule R14).

ALPHA = 0.05
SMALLEST_EXPECTED = 5  # below this count, the normal approximation is not trusted (rule R23)

HIGHER, HIGHER_FEMININE, LOWER, CLOSE = "plus élevé que", "plus élevée que", "plus faible que", "proche de"


def compare_proportions(part: pd.Series, base: pd.Series, other_part: pd.Series, other_base: pd.Series) -> pd.Series:
    """The two-sided p of the difference of two shares that have nobody in common (rule R14).

    It is that of z or, where fewer than 5 are expected somewhere, of Fisher's exact test: twice the tail on the side of
    the difference (effective sizes, which may stand for counts, are rounded for it). Nothing where a base is 0.

    30 of 100 and 20 of 100: z = 1.633. 8 of 50 and 2 of 50, 5 expected: z = 2. 3 of 3 and 0 of 3: 2 x 1 of 20 draws.

    >>> numbers = (pd.Series(each) for each in ([30.0, 8, 3], [100.0, 50, 3], [20.0, 2, 0], [100.0, 50, 3]))
    >>> compare_proportions(*numbers).round(4).tolist()
    [0.1025, 0.0455, 0.1]
    """
    difference = part / base - other_part / other_base
    together = (part + other_part) / (base + other_base)
    variance = together * (1 - together) * (1 / base + 1 / other_base)
    p = pd.Series(2 * ndtr(-(difference / np.sqrt(variance.where(variance > 0))).abs()), index=base.index)
    few = ~(np.minimum(together, 1 - together) * np.minimum(base, other_base) >= SMALLEST_EXPECTED)
    mine, my_base, rest, rest_base = (each.round()[few] for each in (part, base, other_part, other_base))
    p[few] = _twice_the_tail(hypergeom(my_base + rest_base, my_base, mine + rest), mine, difference[few])
    return p.where(base.gt(0) & other_base.gt(0))


def compare_rates(
    events: pd.Series, exposure: pd.Series, other_events: pd.Series, other_exposure: pd.Series
) -> pd.Series:
    """The two-sided p of the difference of two rates of events that have none in common (rule R14).

    The conditional exact test: if the rates are equal, each event falls to the first with the probability of its part
    in the exposure, whatever their number (Przyborowski and Wilenski 1940); p is twice the binomial tail on the side
    of the difference. It errs on the side of caution, unlike the E-test, and holds for the counts of a whole country.

    Events of a register are counted without sampling error; the test is about their natural variability.

    >>> compare_rates(*(pd.Series([number]) for number in (3.0, 1, 0, 1))).item()  # three of three on one side: 2 / 8
    0.25
    """
    difference = events / exposure - other_events / other_exposure
    law = binom(events + other_events, exposure / (exposure + other_exposure))
    p = pd.Series(_twice_the_tail(law, events, difference), index=events.index)
    return p.where(exposure.gt(0) & other_exposure.gt(0))


def _twice_the_tail(law: rv_frozen, count: pd.Series, difference: pd.Series) -> np.ndarray:
    """Twice the probability of a count as far on its side, at most 1; nothing for broken totals."""
    return np.minimum(1, 2 * np.where(difference > 0, law.sf(count - 1), law.cdf(count)))


def word(difference: pd.Series, p: pd.Series, *, visible: pd.Series | float = 0.0, feminine: bool = False) -> pd.Series:
    """What may be said of each difference: « plus élevé que », « plus faible que » or « proche de » (rule R14).

    « proche de » whenever p is not below 5 %, and when the difference is smaller than `visible`, for the two figures
    would read the same once rounded. Nothing where there was no test.

    >>> word(pd.Series([0.1, -0.1, 0.1]), pd.Series([0.01, 0.01, 0.05])).tolist()
    ['plus élevé que', 'plus faible que', 'proche de']
    """
    words = pd.Series(np.where(difference > 0, HIGHER_FEMININE if feminine else HIGHER, LOWER), index=difference.index)
    allowed = words.where(p.lt(ALPHA) & difference.abs().ge(visible), CLOSE)
    return allowed.where(difference.notna() & p.notna())


def notable(p: pd.Series) -> pd.Series:
    """Which of many tested differences may be listed as notable: at most 5 % of such a list is expected false.

    A difference without a test is not notable. Source: Benjamini and Hochberg (1995), rule R14.

    >>> notable(pd.Series([0.001, 0.04, 0.3, 0.02])).tolist()  # 0.04 x 4 / 3 is above 0.05
    [True, False, False, True]
    """
    tested = p.dropna()
    return pd.Series(false_discovery_control(tested), tested.index, dtype=float).reindex(p.index).lt(ALPHA)


# A territory beside its département(s), its région(s) and France: same definition, same period, same producer.

OLDEST = 5  # years: a comparison that is older than the latest figure by more says nothing of today
LATER = 2  # years: what the département has is preferred to what the peers have only when it is newer by more
PEERS, DEPARTEMENT = "peers", "departement"
HAIR = 1e-9  # of a difference of 0.1 that floats tell as 0.0999...


def comparable_rows(rows: pd.DataFrame, epci: str) -> pd.DataFrame:
    """The rows that may stand beside those of an EPCI: same period, same producer, denominators of one year (rule R12).

    An indicator has several sources where one gives what another leaves out: they are of one definition, and those of
    one producer are compared. Its own rows are among them; those without a value too, of the periods that it has.

    >>> rows = pd.DataFrame({"level": ["epci", "departement", "france"], "territory": ["E", "12", "F"], "status": OK})
    >>> sources = ["insee_bpe_2025", "insee_etat_civil", "finess"]
    >>> rows = rows.assign(indicator="x", period="2023", source=sources, denominator_period="")
    >>> comparable_rows(rows, "E")["territory"].tolist()
    ['E', '12']
    >>> comparable_rows(rows.assign(denominator_period=["2021", "2023", "2021"]), "E")["territory"].tolist()
    ['E']
    """
    own = rows[rows["level"].eq("epci") & rows["territory"].eq(epci) & rows["status"].eq(OK)]
    own = own.set_index(["indicator", "period"])
    here = pd.MultiIndex.from_frame(rows[["indicator", "period"]])
    wanted, year = (own[name].reindex(here).to_numpy() for name in ("source", "denominator_period"))
    wanted = pd.Series(wanted, rows.index).map(producer, na_action="ignore")
    alike = rows["source"].map(producer).eq(wanted) & rows["denominator_period"].eq(year)
    return rows[wanted.notna() & (alike | rows["status"].ne(OK))]


def producer(source: str) -> str:
    """The producer of a source, by its id."""
    return SOURCES[source].producer


def common_periods(rows: pd.DataFrame, epci: str) -> dict[str, str]:
    """The period to compare at, of each indicator that the EPCI has a value of: one for all the places.

    The newest that it shares with its peers or its département; of two that are LATER years apart at most, that of the
    peers, the first comparator of a reader. Else the newest that it shares with its région or France. OLDEST years
    before its own latest at most; else that one.

    Parameters:
        rows: observations of the places to compare, the medians of the peers among them.

    2023 is shared with France alone, 2022 with the département, 2024 with nobody: 2022.

    >>> places = {"level": ["epci"] * 3 + ["departement", "france"], "territory": ["E", "E", "E", "12", "F"]}
    >>> rows = pd.DataFrame(places | {"period": ["2022", "2023", "2024", "2022", "2023"], "status": OK})
    >>> rows = rows.assign(indicator="x")
    >>> common_periods(rows, "E"), common_periods(rows.drop(index=3), "E"), common_periods(rows[:3], "E")
    ({'x': '2022'}, {'x': '2023'}, {'x': '2024'})
    """
    known = rows.loc[rows["status"].eq(OK), ["indicator", "level", "territory", "period"]]
    own, beside = defaultdict(set), defaultdict(lambda: defaultdict(set))
    for indicator, level, territory, period in zip(*(known[name].tolist() for name in known), strict=True):
        of_epci = (level, territory) == ("epci", epci)
        (own[indicator] if of_epci else beside[indicator][level]).add(period)
    return {indicator: _newest_shared(periods, beside[indicator]) for indicator, periods in own.items()}


def _newest_shared(own: set[str], beside: Mapping[str, set[str]]) -> str:
    latest = newest(own)
    recent = {period for period in own if last_year(period) >= last_year(latest) - OLDEST}
    with_peers, with_departement = (recent & beside[level] for level in (PEERS, DEPARTEMENT))
    if not with_peers | with_departement:
        return newest(recent & set().union(*beside.values()) or {latest})
    shared = newest(with_peers | with_departement)
    near = {period for period in with_peers if last_year(period) >= last_year(shared) - LATER}
    return newest(near or {shared})


def newest(periods: Collection[str]) -> str:
    """The period that ends last.

    >>> newest(["2015-2020", "2018-2023", "2021"])
    '2018-2023'
    """
    return max(periods, key=lambda period: (last_year(period), period))


def last_year(period: str) -> int:
    """The year that a period ends in.

    >>> last_year("2023"), last_year("2018-2023"), last_year("2023-12")
    (2023, 2023, 2023)
    """
    years = re.findall(r"\d{4}", period)
    return int(years[-1])


def latest_period(rows: pd.DataFrame) -> str | None:
    """The latest period with a value, None without one.

    >>> latest_period(pd.DataFrame({"period": ["2022", "2023"], "status": [OK, "nd"]}))
    '2022'
    """
    known = rows.loc[rows["status"].eq(OK), "period"]
    return known.max() if len(known) else None


def weight_in_tests(source: Source, indicator: Indicator) -> float:
    """What a count of a source weighs in a test: less than 1 where one dwelling in five is coded (rule R7).

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> names = ("single_parent_families_share", "children_0_5_single_parent_share")
    >>> [round(weight_in_tests(SOURCES["insee_rp_familles"], CATALOGUE[name]), 4) for name in names]
    [0.2, 0.1515]
    >>> weight_in_tests(SOURCES["insee_etat_civil"], CATALOGUE["birth_rate"])
    1.0
    """
    if source.precision.forms(indicator.value) != COMPLEMENTARY:
        return 1.0
    coded = norm("census_coded_small")
    return 1 / (1 + design_effect(source, indicator) * (1 - coded) / coded)


def tested(rows: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """The rows with what sets the territory apart from each place: columns p, word (rule R14).

    What an observation leaves open is in its interval, whatever it is made of: events, a sample, rounded counts. Where
    neither has one, both are counted whole and their difference is a fact, without p (see `chance`). A difference that
    two figures do not show once rounded is « proche de ». None of numbers of things, of what the Caf alone pays over a
    population (rule R18). One of several places of a level shares an unknown part of the territory: none is taken.

    Parameters:
        rows: for each indicator the territory first, then its comparators, one period.
        indicators: the declarations, by id.

    28 to 32 % here, 20 % there; 19 to 41 %; a share of dwellings that are all counted.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> rows = pd.DataFrame({"value": [30.0, 20.0], "denominator": [1e3, 1e6], "level": ["epci", "france"]})
    >>> rows = rows.assign(status=OK, indicator="vacant_dwellings_share", source="insee_rp_logement")
    >>> bounds = [([28.0, 20], [32.0, 20]), ([19.0, 20], [41.0, 20]), (float("nan"), float("nan"))]
    >>> found = [tested(rows.assign(low=low, high=high), CATALOGUE).iloc[1] for low, high in bounds]
    >>> [(one["word"], round(float(one["p"]), 3)) for one in found]
    [('plus élevée que', 0.0), ('proche de', 0.074), ('plus élevée que', nan)]
    """
    rows = rows.reset_index(drop=True)
    own = rows.drop_duplicates("indicator").set_index("indicator")
    others = rows[rows["indicator"].duplicated()]
    others = others[others["status"].eq(OK)]
    several = others.duplicated(["indicator", "level"], keep=False)
    others = others.assign(denominator=others["denominator"].mask(several))
    named = others["indicator"].map(indicators)
    kept = named.map(is_compared).astype(bool)
    others, named = others[kept], named[kept]
    mine = own.loc[others["indicator"]].set_index(others.index)
    gap = mine["value"].astype(float) - others["value"].astype(float)
    used = [SOURCES[name] for name in mine["source"]]
    whole = [one.rounds and not is_drawn(indicator, one) for indicator, one in zip(named, used, strict=True)]
    p = chance(mine, others, pd.Series(whole, others.index, dtype=bool))
    visible = named.map(lambda one: 10.0**-one.decimals).astype(float)
    words = word(gap, p.fillna(0), visible=visible - HAIR, feminine=True).astype(object)
    return rows.assign(p=p.reindex(rows.index), word=words.reindex(rows.index))


def is_compared(indicator: Indicator) -> bool:
    """Whether the values of two places may be compared: neither numbers of things, nor what the Caf alone pays."""
    return indicator.untested not in (CAF_ALONE, VOLUNTEERS) and not isinstance(indicator.value, Count | Mean)


def chance(mine: pd.DataFrame, theirs: pd.DataFrame, linear: pd.Series) -> pd.Series:
    """The two-sided p of the difference of two values, from their 95 % intervals; missing where neither has one.

    The half-widths that look at each other are put together as standard errors are: under 5 %, the interval of the
    difference of Newcombe (shares) and of Zou and Donner (events) leaves out 0. A place that holds a part w of another
    shares its chance: the variance of the difference is that of the larger one, and 1 - 2 w times that of the smaller.

    Parameters:
        mine, theirs: value, low, high, denominator, of the same index; one of them lies in the other.
        linear: where the half-widths are bounds, such as those of rounded counts, and are added up as they are.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10; Zou and Donner (2008), 27, 1693-1702.

    56 of 70 and 48 of 80: 20 points, 5.2 to 33.4; z = 1.96 x 0.2 / √(0.1083² + 0.1004²).

    >>> one = pd.DataFrame({"value": [56 / 70], "low": [0.6916], "high": [0.8767], "denominator": [0.0]})
    >>> other = pd.DataFrame({"value": [48 / 80], "low": [0.4904], "high": [0.7004], "denominator": [80.0]})
    >>> round(float(chance(one, other, pd.Series([False])).iloc[0]), 4), float(2 * ndtr(-Z * 0.2 / 0.14771).round(4))
    (0.008, 0.008)
    """
    one, other = (table[["value", "low", "high", "denominator"]].astype(float) for table in (mine, theirs))
    above = one["value"].ge(other["value"])
    side = (one["value"] - one["low"]).where(above, one["high"] - one["value"])
    their_side = (other["high"] - other["value"]).where(above, other["value"] - other["low"])
    unknown = side.isna() & their_side.isna()
    side, their_side = side.fillna(0), their_side.fillna(0)
    part = (one["denominator"] / other["denominator"]).replace(np.inf, 0).fillna(0)
    inner, outer = side.where(part.le(1), their_side), their_side.where(part.le(1), side)
    part = part.where(part.le(1), 1 / part)
    square = ((1 - 2 * part) * inner**2 + outer**2).clip(lower=0)
    width = np.sqrt(square).where(~linear, side + their_side)
    gap = (one["value"] - other["value"]).abs()
    with np.errstate(divide="ignore", invalid="ignore"):
        p = pd.Series(2 * ndtr(-Z * (gap / width)), one.index)
    return p.where(gap.gt(0), 1.0).mask(unknown)

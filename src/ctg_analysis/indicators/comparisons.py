"""A territory beside its département(s), its région(s) and France: same definition, same period, same producer."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from ctg_analysis.core.datasets import COMPLEMENTARY, Source
from ctg_analysis.core.model import OK, Indicator, is_proportion
from ctg_analysis.core.norms import norm
from ctg_analysis.indicators.census_sample import design_effect
from ctg_analysis.indicators.dispersion import chance_between_communes, is_between_communes, is_flow, is_of_events
from ctg_analysis.indicators.significance import compare_proportions, compare_rates, word
from ctg_analysis.sources import SOURCES

OLDEST = 5  # years: a comparison that is older than the latest figure by more says nothing of today
LATER = 2  # years: what the département has is preferred to what the peers have only when it is newer by more
PEERS, DEPARTEMENT = "peers", "departement"


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

    Of the dispersion of an observation, which says the same of the places that it is of, this is the most cautious.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> names = ("single_parent_families_share", "children_0_5_single_parent_share")
    >>> [round(weight_in_tests(SOURCES["insee_rp_familles"], CATALOGUE[name]), 4) for name in names]
    [0.2, 0.1515]
    >>> weight_in_tests(SOURCES["insee_etat_civil"], CATALOGUE["birth_rate"])
    1.0
    """
    if source.precision.sampled != COMPLEMENTARY:
        return 1.0
    coded = norm("census_coded_small")
    return 1 / (1 + design_effect(source, indicator) * (1 - coded) / coded)


def tested(rows: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """The rows with the words that a test allows (rule R14): columns word and p, of the territory against each.

    The territory is compared with the rest of each place, by the variance between communes that its dispersion tells
    (see `dispersion.chance_between_communes`), and never by less than that of independent draws. What no dispersion is
    known of has no test, nor what a commune has all or none of, nor what the Caf alone pays over a population
    (Indicator.untested), nor other quantities, nor what lies across several places of one level, which share an unknown
    part of the territory. What the roundings of the producer could explain is « proche de ».

    Parameters:
        rows: for each indicator the territory first, then its comparators, one period.
        indicators: the declarations, by id.

    The 300 of 1 000 families here are among the 2 100 of 10 000 there: 30 % against 1 800 of 9 000, 20 %. With ten
    times the variance of draws, z = 0.1 / √(0.21 x 0.79 x (10 / 1 000 + 10 / 9 000)) = 2.3; with twenty, 1.6.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> rows = pd.DataFrame({"numerator": [300.0, 2100], "denominator": [1000.0, 10_000], "status": OK})
    >>> rows = rows.assign(level=["epci", "departement"], low=float("nan"), high=float("nan"), dispersion=10.0)
    >>> rows = rows.assign(indicator="single_parent_families_share", source="insee_rp_familles")
    >>> [tested(rows.assign(dispersion=of), CATALOGUE)["word"].iloc[1] for of in (10.0, 20.0, float("nan"))]
    ['plus élevée que', 'proche de', nan]
    """
    rows = rows.reset_index(drop=True)
    own = rows.drop_duplicates("indicator").set_index("indicator")
    others = rows[rows["indicator"].duplicated()]
    others = others[others["status"].eq(OK) & ~others.duplicated(["indicator", "level"], keep=False)]
    others = others[others["indicator"].map(lambda name: is_between_communes(indicators[name])).astype(bool)]
    mine = own.loc[others["indicator"]].set_index(others.index)
    found = tested_pairs(mine, others, indicators)
    return rows.assign(p=found["p"].reindex(rows.index), word=found["word"].reindex(rows.index).astype(object))


def tested_pairs(mine: pd.DataFrame, theirs: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """What a test says of each territory against a place that holds it: columns p and word (see `tested`).

    Parameters:
        mine, theirs: observations, of the same index. The indicator of the second is that of both.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> mine = pd.DataFrame({"numerator": [300.0], "denominator": 1000.0, "dispersion": 10.0, "low": float("nan")})
    >>> mine = mine.assign(high=mine["low"], indicator="vacant_dwellings_share", source="insee_rp_logement")
    >>> tested_pairs(mine, mine.assign(numerator=2100.0, denominator=10_000.0), CATALOGUE).round(3).values.tolist()
    [[0.02, 'plus élevée que']]
    """
    found = pd.DataFrame({"p": float("nan"), "word": np.nan}, theirs.index).astype({"word": object})
    for kind, test in KINDS:
        of_kind = theirs["indicator"].map(lambda name, kind=kind: kind(indicators[name])).astype(bool)
        one, other = mine[of_kind], theirs[of_kind]
        named = [indicators[name] for name in other["indicator"]]
        sources = one["source"].map(SOURCES)
        weights = [weight_in_tests(source, each) for source, each in zip(sources, named, strict=True)]
        result = test(one, other, pd.Series(weights, other.index, dtype=float))
        per = pd.Series([_per(each) for each in named], other.index, dtype=float)
        visible = pd.Series([10.0**-each.decimals for each in named], other.index, dtype=float) / per
        rounding = (one["high"] - one["low"]) / 2 / per
        rounded = sources.map(lambda source: source.rounds).astype(bool)
        visible = visible.mask(rounded, np.fmax(visible, rounding))
        words = word(result["difference"], result["p"], visible=visible, feminine=True)
        found.loc[of_kind, "p"], found.loc[of_kind, "word"] = result["p"], words
    return found


def _of_shares(mine: pd.DataFrame, theirs: pd.DataFrame, weight: pd.Series) -> pd.DataFrame:
    counts = [table[column] * weight for table in (mine, theirs) for column in ("numerator", "denominator")]
    result = compare_proportions(*counts, *counts[:2])
    share = theirs["numerator"] / theirs["denominator"]
    between = _between(mine, theirs, result["difference"], share * (1 - share))
    return result.assign(p=np.maximum(result["p"], between))


def _of_events(mine: pd.DataFrame, theirs: pd.DataFrame, weight: pd.Series) -> pd.DataFrame:
    counts = [table[column] * weight for table in (mine, theirs) for column in ("numerator", "denominator")]
    result = compare_rates(*counts, *counts[:2])
    between = _between(mine, theirs, result["difference"], theirs["numerator"] / theirs["denominator"])
    return result.assign(p=np.maximum(result["p"], between))


def _of_flows(mine: pd.DataFrame, theirs: pd.DataFrame, _weight: pd.Series) -> pd.DataFrame:
    difference = mine["numerator"] / mine["denominator"] - theirs["numerator"] / theirs["denominator"]
    one = pd.Series(1.0, theirs.index)
    return pd.DataFrame({"difference": difference, "p": _between(mine, theirs, difference, one)})


def _between(mine: pd.DataFrame, theirs: pd.DataFrame, difference: pd.Series, variance: pd.Series) -> pd.Series:
    sides = [table[column] for table in (mine, theirs) for column in ("denominator", "dispersion")]
    return chance_between_communes(difference, variance, *sides)


def _is_proportion(indicator: Indicator) -> bool:
    return is_proportion(indicator.value)


def _per(indicator: Indicator) -> float:
    return getattr(indicator.value, "per", PERCENT)


PERCENT = 100  # of balances
KINDS = ((_is_proportion, _of_shares), (is_of_events, _of_events), (is_flow, _of_flows))

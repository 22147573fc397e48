"""A territory beside its département(s), its région(s) and France: same definition, same period, same producer."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from ctg_analysis.core.datasets import Source
from ctg_analysis.core.model import EVENTS, OK, Indicator, Rate, is_proportion
from ctg_analysis.core.norms import norm
from ctg_analysis.indicators.census_sample import effective_size
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


def weight_in_tests(source: Source) -> float:
    """What a count of a source weighs in a test: less than 1 where one dwelling in five is coded (rule R7).

    >>> weight_in_tests(SOURCES["insee_rp_familles"]), weight_in_tests(SOURCES["insee_etat_civil"])
    (0.25, 1.0)
    """
    return effective_size(1.0, norm("census_coded_small")) if source.precision.sampled else 1.0


def tested(rows: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """The rows with the words that a test allows (rule R14): columns word and p, of the territory against each.

    A share, or a rate of persons, is tested as a proportion, another rate as events; other quantities are not tested,
    nor is what lies across several places of one level, which share an unknown part of the territory. What the
    roundings of the producer could explain is « proche de ».

    Parameters:
        rows: for each indicator the territory first, then its comparators, one period.
        indicators: the declarations, by id.

    The 300 of 1 000 families here are among the 2 100 of 10 000 there: 30 % against 1 800 of 9 000, 20 %. Of 60 among
    200, the census has coded so few that 30 % and 20.8 % may be the same.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> rows = pd.DataFrame({"numerator": [300.0, 2100], "denominator": [1000.0, 10_000], "status": OK})
    >>> rows = rows.assign(level=["epci", "departement"], low=float("nan"), high=float("nan"))
    >>> rows = rows.assign(indicator="single_parent_families_share", source="insee_rp_familles")
    >>> tested(rows, CATALOGUE)["word"].tolist()
    [None, 'plus élevée que']
    >>> tested(rows.assign(numerator=[60.0, 2100], denominator=[200.0, 10_000]), CATALOGUE)["word"].tolist()
    [None, 'proche de']
    """
    rows = rows.reset_index(drop=True).assign(word=None, p=float("nan"))
    own = rows.drop_duplicates("indicator").set_index("indicator")
    others = rows[rows["indicator"].duplicated()]
    others = others[others["status"].eq(OK) & ~others.duplicated(["indicator", "level"], keep=False)]
    for kind, compare in ((_is_proportion, compare_proportions), (_is_of_events, compare_rates)):
        theirs = others[others["indicator"].map(lambda name, kind=kind: kind(indicators[name])).astype(bool)]
        mine = own.loc[theirs["indicator"]].set_index(theirs.index)
        sources = mine["source"].map(SOURCES)
        weight = sources.map(weight_in_tests).astype(float)
        counts = [table[column] * weight for table in (mine, theirs) for column in ("numerator", "denominator")]
        result = compare(*counts, *counts[:2])
        per = theirs["indicator"].map(lambda name: indicators[name].value.per).astype(float)
        visible = theirs["indicator"].map(lambda name: 10.0 ** -indicators[name].decimals).astype(float) / per
        rounding = (mine["high"] - mine["low"]) / 2 / per
        rounded = sources.map(lambda source: bool(source.precision.rounding)).astype(bool)
        visible = visible.mask(rounded, np.maximum(visible, rounding))
        rows.loc[theirs.index, "p"] = result["p"]
        rows.loc[theirs.index, "word"] = word(result["difference"], result["p"], visible=visible, feminine=True)
    return rows


def _is_proportion(indicator: Indicator) -> bool:
    return is_proportion(indicator.value)


def _is_of_events(indicator: Indicator) -> bool:
    return isinstance(indicator.value, Rate) and indicator.value.of == EVENTS

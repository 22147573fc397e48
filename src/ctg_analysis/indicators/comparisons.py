"""A territory beside its département(s), its région(s) and France: same definition, same period, same source."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping

import numpy as np
import pandas as pd

from ctg_analysis.core.datasets import Source
from ctg_analysis.core.model import EVENTS, OK, Indicator, Rate, is_proportion
from ctg_analysis.core.norms import norm
from ctg_analysis.indicators.census_sample import effective_size
from ctg_analysis.indicators.significance import compare_proportions, compare_rates, word
from ctg_analysis.sources import SOURCES

RECENT_YEARS = 2  # a comparison may be this much older than the latest figure, to have more comparators


def common_period(rows: pd.DataFrame, epci: str) -> str | None:
    """The period to compare at: of the EPCI's last two years, the one most places have, then the latest.

    Parameters:
        rows: observations of one indicator, for the places to compare.

    Returns:
        None where the EPCI has no value.

    >>> places = {"level": ["epci", "epci", "epci", "departement"], "territory": ["E", "E", "E", "12"]}
    >>> rows = pd.DataFrame(places | {"period": ["2020", "2021", "2023", "2021"], "status": OK})
    >>> common_period(rows, "E"), common_period(rows[:3], "E")
    ('2021', '2023')
    """
    return common_periods(rows.assign(indicator=""), epci).get("")


def common_periods(rows: pd.DataFrame, epci: str) -> dict[str, str]:
    """The `common_period` of each indicator that the EPCI has a value of."""
    known = rows.loc[rows["status"].eq(OK), ["indicator", "level", "territory", "period"]]
    places, own = defaultdict(list), defaultdict(set)
    for indicator, level, territory, period in zip(*(known[name].tolist() for name in known), strict=True):
        places[indicator].append(period)
        if (level, territory) == ("epci", epci):
            own[indicator].add(period)
    return {indicator: _most_known(Counter(places[indicator]), periods) for indicator, periods in own.items()}


def _most_known(places: Counter, own: set[str]) -> str:
    latest = max(map(last_year, own))
    recent = [period for period in own if last_year(period) >= latest - RECENT_YEARS]
    return max(recent, key=lambda period: (places[period], period))


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

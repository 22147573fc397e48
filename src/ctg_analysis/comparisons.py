"""A territory beside its département(s), its région(s) and France: same definition, same period, same source."""

import re

import pandas as pd

from ctg_analysis.errors import UserError
from ctg_analysis.model import OK, Indicator, Rate, Ratio
from ctg_analysis.significance import compare_proportions, compare_rates, word
from ctg_analysis.sources import SOURCES
from ctg_analysis.territories import FRANCE

SAMPLED_WEIGHT = 0.25  # of a count of the exploitation complémentaire in a test: one dwelling in five is coded (R7)
RECENT_YEARS = 2  # a comparison may be this much older than the latest figure, to have more comparators


def find_epci(territories: pd.DataFrame, epci: str) -> pd.Series:
    """Return the row of an EPCI.

    Raises:
        UserError: no EPCI of the reference year bears this SIREN.
    """
    row = territories[territories["level"].eq("epci") & territories["code"].eq(epci)]
    if row.empty:
        raise UserError(f"epci {epci!r} is not an EPCI of the reference year: `ctg list epci WORD` finds its SIREN")
    return row.iloc[0]


def members(territories: pd.DataFrame, epci: str) -> pd.DataFrame:
    """Return the communes of an EPCI."""
    return territories[territories["level"].eq("commune") & territories["epci"].eq(epci)]


def comparators(territories: pd.DataFrame, epci: str) -> pd.DataFrame:
    """Return the EPCI, then its département(s), région(s) and France, in this order."""
    row = find_epci(territories, epci)
    wanted = [("epci", epci)]
    wanted += [("departement", code) for code in row["departement"].split("|")]
    wanted += [("region", code) for code in row["region"].split("|")]
    wanted += [("france", FRANCE)]
    return territories.set_index(["level", "code"]).loc[wanted].reset_index()


def common_period(rows: pd.DataFrame, epci: str) -> str | None:
    """Return the period to compare at: of the EPCI's last two years, the one most places have, then the latest.

    rows: observations of one indicator, for the places to compare.
    """
    known = rows[rows["status"].eq(OK)]
    periods = known.loc[known["level"].eq("epci") & known["territory"].eq(epci), "period"]
    if periods.empty:
        return None
    latest = max(map(last_year, periods))
    recent = [period for period in set(periods) if last_year(period) >= latest - RECENT_YEARS]
    places = known["period"].value_counts()
    return max(recent, key=lambda period: (places[period], period))


def last_year(period: str) -> int:
    """Return the year that a period ends in: 2023 for 2023, 2018-2023, 2023-12."""
    years = re.findall(r"\d{4}", period)
    return int(years[-1])


def latest_period(rows: pd.DataFrame) -> str | None:
    """Return the latest period with a value."""
    known = rows.loc[rows["status"].eq(OK), "period"]
    return known.max() if len(known) else None


def tested(rows: pd.DataFrame, one: Indicator) -> pd.DataFrame:
    """Return the rows with the words that a test allows (rule R14): columns word and p, of the territory against each.

    rows: the territory first, then its comparators, one period. A share is tested as a proportion, a rate as events;
    other quantities are not tested, nor is what lies across several places of one level, which share an unknown part
    of the territory. What the roundings of the producer could explain is « proche de ».
    """
    rows = rows.assign(word=None, p=float("nan"))
    others = rows.iloc[1:]
    several = others["level"].map(others["level"].value_counts()).gt(1)
    others = others[others["status"].eq(OK) & ~several]
    share = isinstance(one.value, Ratio) and one.value.bounded
    if others.empty or not (share or isinstance(one.value, Rate)):
        return rows
    own = rows.iloc[0]
    weight = SAMPLED_WEIGHT if SOURCES[own["source"]].sampled else 1.0
    mine = [pd.Series(own[column] * weight, index=others.index) for column in ("numerator", "denominator")]
    theirs = [others[column] * weight for column in ("numerator", "denominator")]
    compare = compare_proportions if share else compare_rates
    result = compare(*mine, *theirs, *mine)
    visible = 10.0**-one.decimals / one.value.per
    if SOURCES[own["source"]].rounding:
        visible = max(visible, (own["high"] - own["low"]) / 2 / one.value.per)
    rows.loc[others.index, "p"] = result["p"]
    rows.loc[others.index, "word"] = word(result["difference"], result["p"], visible=visible, feminine=True)
    return rows

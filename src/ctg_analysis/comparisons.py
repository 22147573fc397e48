"""A territory beside its département(s), its région(s) and France: same definition, same period, same source."""

import re

import pandas as pd

from ctg_analysis.errors import UserError
from ctg_analysis.model import OK
from ctg_analysis.territories import FRANCE

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

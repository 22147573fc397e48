"""A territory beside its département(s), its région(s) and France: same definition, same period, same source."""

import pandas as pd

from ctg_analysis.errors import UserError
from ctg_analysis.model import OK
from ctg_analysis.territories import FRANCE


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
    """Return the period to compare at: among those the EPCI has, the one most places have, then the latest.

    rows: observations of one indicator, for the places to compare.
    """
    known = rows[rows["status"].eq(OK)]
    periods = known.loc[known["level"].eq("epci") & known["territory"].eq(epci), "period"]
    if periods.empty:
        return None
    places = known[known["period"].isin(periods)].groupby("period").size()
    return max(places.index, key=lambda period: (places[period], period))


def latest_period(rows: pd.DataFrame) -> str | None:
    """Return the latest period with a value."""
    known = rows.loc[rows["status"].eq(OK), "period"]
    return known.max() if len(known) else None

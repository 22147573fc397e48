"""What the peers of an EPCI have: the median and quartiles of their values, same period, same source (rule R12)."""

import numpy as np
import pandas as pd

from ctg_analysis.core.model import MISSING, OK, SECRET
from ctg_analysis.indicators.observations import COLUMNS

FEWEST_VALUES = 5  # no median of fewer values than this, nor when less than half of the peers have one

SAME = ["indicator", "period", "source"]  # what a value and that of a peer have in common

MEDIAN_LABEL = "Médiane des EPCI comparables"
MEDIAN_DEFINITION = "Médiane des valeurs des EPCI comparables, qui comptent chacun pour un : non le taux de l'ensemble."


def peer_values(
    observations: pd.DataFrame, peers: pd.DataFrame, indicator: str, period: str, source: str
) -> tuple[pd.DataFrame, pd.Series]:
    """The values of the peers of one EPCI for one indicator, period and source, and their summary.

    The median is that of the values, never a rate pooled over EPCIs.

    Parameters:
        peers: the rows of one EPCI in `peers.pairs`.

    Returns:
        Values: peer, value, status; `nd` for a peer without a row of this source. Summary: peers, known, secret,
        missing (any other status), and median_of_epci_values, first_quartile, third_quartile (interpolated linearly),
        NaN under FEWEST_VALUES values or half of the peers.

    >>> peers = pd.DataFrame({"territory": "E", "peer": list("ABCDEFGHIJ")})
    >>> rows = pd.DataFrame({"territory": list("ABCDE"), "value": [10.0, 20, 30, 40, 90], "status": OK, "quality": 1})
    >>> rows = rows.assign(level="epci", indicator="x", period="2023", source="s")
    >>> peer_values(rows, peers, "x", "2023", "s")[1].tolist()
    [10, 5, 0, 5, 30.0, 20.0, 40.0]
    """
    own = peers[["territory"]].drop_duplicates().assign(indicator=indicator, period=period, source=source)
    values = _values(observations, own, peers)
    listed = values.loc[values["peer"].notna(), ["peer", "value", "status"]].reset_index(drop=True)
    return listed, _summary(values).astype(object).iloc[0].drop("quality")


def rows_of_peers(observations: pd.DataFrame, peers: pd.DataFrame, *indicators: str) -> pd.DataFrame:
    """The rows of level `peers` of some indicators, columns of observations.SCHEMA.

    Parameters:
        peers: see `peers.pairs`.

    Returns:
        One row for each period and source that the EPCI has a row of; territory is the SIREN whose peers they are.
        value, low, high: median and quartiles (not a 95 % interval) of the peers' values; `nd` when too few have one.
        quality: the worst of the values used, at least 2 when a peer has none. Nothing is pooled: no numerator nor
        denominator.
    """
    rows = observations[observations["indicator"].isin(indicators)]
    own = rows.loc[rows["level"].eq("epci") & rows["territory"].isin(peers["territory"]), ["territory", *SAME]]
    table = _summary(_values(rows, own, peers)).reset_index()
    names = {"median_of_epci_values": "value", "first_quartile": "low", "third_quartile": "high"}
    table = table.rename(columns=names).assign(level="peers")
    table = table.assign(numerator=float("nan"), denominator=float("nan"))
    return table.assign(status=np.where(table["value"].notna(), OK, MISSING))[COLUMNS]


def _values(observations: pd.DataFrame, own: pd.DataFrame, peers: pd.DataFrame) -> pd.DataFrame:
    """Own (territory, indicator, period, source) once per peer, with the value of the peer."""
    rows = observations.loc[observations["level"].eq("epci"), ["territory", *SAME, "value", "status", "quality"]]
    table = own.merge(peers[["territory", "peer"]], on="territory", how="left", validate="m:m")
    table = table.merge(rows.rename(columns={"territory": "peer"}), on=["peer", *SAME], how="left", validate="m:1")
    return table.assign(status=table["status"].astype(object).fillna(MISSING))


def _summary(values: pd.DataFrame) -> pd.DataFrame:
    """The summary of `peer_values`, and the quality, by territory, indicator, period and source."""
    known = values["status"].eq(OK)
    marked = values.assign(peers=values["peer"].notna(), known=known, secret=values["status"].eq(SECRET))
    marked = marked.assign(value=values["value"].where(known), quality=values["quality"].where(known))
    grouped = marked.groupby(["territory", *SAME], observed=True)
    table = grouped[["peers", "known", "secret"]].sum()
    table["missing"] = table["peers"] - table["known"] - table["secret"]
    enough = table["known"].ge(FEWEST_VALUES) & table["known"].mul(2).ge(table["peers"])
    for name, part in {"median_of_epci_values": 0.5, "first_quartile": 0.25, "third_quartile": 0.75}.items():
        table[name] = grouped["value"].quantile(part).where(enough)
    worst = grouped["quality"].max().clip(lower=np.where(table["known"].lt(table["peers"]), 2, 1))
    return table.assign(quality=worst.where(enough, 1).astype(int))

"""What the peers of an EPCI have: the median and quartiles of their values, same period, same producer (rule R12)."""

import numpy as np
import pandas as pd

from ctg_analysis.core.model import MISSING, OK
from ctg_analysis.indicators.comparisons import producer
from ctg_analysis.indicators.observations import COLUMNS

FEWEST_VALUES = 5  # no median of fewer values than this, nor when less than half of the peers have one

SAME = ["indicator", "period", "producer", "denominator_period"]  # what a value and that of a peer have in common
ROW = ["territory", "indicator", "period", "source", "denominator_period"]

MEDIAN_LABEL = "Médiane des EPCI comparables"
CHOOSES = "critère de leur choix"  # of an indicator that has chosen them


def rows_of_peers(observations: pd.DataFrame, peers: pd.DataFrame, *indicators: str) -> pd.DataFrame:
    """The rows of level `peers` of some indicators, columns of Observations.

    The median is that of the values, each EPCI counting for one, never a rate pooled over EPCIs.

    Parameters:
        peers: see `peers.pairs`.

    Returns:
        One row for each period and source that the EPCI has a row of; territory is the SIREN whose peers they are.
        value, low, high: median and quartiles (not a 95 % interval) of the peers' values, interpolated linearly; `nd`
        under FEWEST_VALUES values or half of the peers. quality: the worst of the values used, at least 2 when a peer
        has none. Nothing is pooled: no numerator nor denominator. known, peers: of how many EPCIs, among how many.

    >>> peers = pd.DataFrame({"territory": "E", "peer": list("ABCDFGHIJK")})
    >>> rows = pd.DataFrame({"territory": list("EABCDF"), "value": [5.0, 10, 20, 30, 40, 90], "status": OK})
    >>> rows = rows.assign(level="epci", indicator="x", period="2023", source="insee_etat_civil", quality=1)
    >>> rows = rows.assign(denominator_period="")
    >>> rows_of_peers(rows, peers, "x")[["value", "low", "high", "quality"]].to_numpy().tolist()
    [[30.0, 20.0, 40.0, 2.0]]
    """
    rows = observations[observations["indicator"].isin(indicators)]
    rows = rows[rows["level"].eq("epci")].assign(producer=lambda table: table["source"].map(producer).astype(object))
    own = rows.loc[rows["territory"].isin(peers["territory"]), [*ROW, "producer"]]
    table = _summary(_values(rows, own, peers)).reset_index()
    table = table.assign(level="peers", **dict.fromkeys(("numerator", "denominator"), float("nan")))
    return table.assign(status=np.where(table["value"].notna(), OK, MISSING))[[*COLUMNS, "known", "peers"]]


def _values(observations: pd.DataFrame, own: pd.DataFrame, peers: pd.DataFrame) -> pd.DataFrame:
    """Own (ROW) once per peer, with the value of the peer."""
    rows = observations[["territory", *SAME, "value", "status", "quality"]]
    table = own.merge(peers[["territory", "peer"]], on="territory", how="left", validate="m:m")
    return table.merge(rows.rename(columns={"territory": "peer"}), on=["peer", *SAME], how="left", validate="m:1")


def _summary(values: pd.DataFrame) -> pd.DataFrame:
    """Median, quartiles and quality of the peers' values by territory, indicator, period and source."""
    known = values["status"].eq(OK)
    marked = values.assign(peers=values["peer"].notna(), known=known)
    marked = marked.assign(value=values["value"].where(known), quality=values["quality"].where(known))
    grouped = marked.groupby(ROW, observed=True)
    table = grouped[["peers", "known"]].sum()
    enough = table["known"].ge(FEWEST_VALUES) & table["known"].mul(2).ge(table["peers"])
    for name, part in {"value": 0.5, "low": 0.25, "high": 0.75}.items():
        table[name] = grouped["value"].quantile(part).where(enough)
    worst = grouped["quality"].max().clip(lower=np.where(table["known"].lt(table["peers"]), 2, 1))
    return table.assign(quality=worst.where(enough, 1).astype(int))

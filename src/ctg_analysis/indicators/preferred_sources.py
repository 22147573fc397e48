"""Which source a figure is of, where several have it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ctg_analysis.core.model import OK
from ctg_analysis.indicators.years import PLACE


def first_available(rows: pd.DataFrame, sources: tuple[str, ...]) -> pd.DataFrame:
    """Return one row per place and period: that of the first source that has a value, else the first row."""
    order = rows["source"].astype(object).map({source: rank for rank, source in enumerate(sources)})
    return first(rows.assign(order=order)).drop(columns="order")


def of_sources(rows: pd.DataFrame, sources: Sequence[tuple[str, ...]]) -> pd.DataFrame:
    """Return the facts of the sources of each indicator, with the `order` in which it prefers them."""
    ranks = np.array([pd.Index(some).get_indexer(rows["source"].cat.categories) for some in sources])
    order = ranks[rows["indicator"].cat.codes, rows["source"].cat.codes]
    return rows.assign(order=order)[order >= 0]


def first(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per place and period: the first by `order` that has a value, else the first.

    What one source has of the whole country goes before what another has of one territory.
    """
    place = [name for name in PLACE if name in rows]
    if not rows["order"].any():
        return rows
    without = rows["status"].ne(OK)
    ranked = rows.assign(without=without, narrow=narrow(rows)).sort_values([*place, "without", "narrow", "order"])
    return ranked.drop_duplicates(place)


def narrow(rows: pd.DataFrame) -> pd.Series:
    """Tell the rows of a source that has, of a period, some EPCIs, but less than half of those that another one has.

    The extract of one territory: its figure would stand beside no other of the same source. A file of larger places,
    which has no EPCI, is not one.
    """
    period = [rows[name] for name in ("indicator", "period") if name in rows]
    known = rows["level"].eq("epci") & rows["status"].eq(OK)
    epcis = known.groupby([*period, rows["order"]], observed=True).transform("sum")
    return epcis.gt(0) & epcis.mul(2).lt(epcis.groupby(period, observed=True).transform("max"))

"""The need for childcare beside the supply, in places for 100 children under 3: what families who work would ask for.

Need: the share of children whose parents all have a job, times the share of those for whom a formal mode is wished.
Where the census does not tell the parents, the employment rate of the territory stands for them.
"""

from typing import NamedTuple

import pandas as pd

from ctg_analysis.core.model import OK
from ctg_analysis.indicators.simulation import RATE, Missing

PARENTS, EMPLOYED = "children_0_1_all_parents_employed_share", "employment_15_64_rate"
WISHED = "formal_childcare_wished_share"
NEEDED = (RATE, PARENTS, EMPLOYED, WISHED)


class Need(NamedTuple):
    """The rows that a need is worked out from: of the supply, of who works, of what is wished where answers tell it."""

    supply: pd.Series
    at_work: pd.Series
    wished: pd.Series | None


def need_of(rows: pd.DataFrame) -> Need | Missing:
    """The latest supply and need of a territory. rows: observations of it: columns indicator, period, value, status.

    >>> rows = pd.DataFrame({"indicator": [RATE, EMPLOYED], "value": [60.0, 70.0], "period": "2023", "status": OK})
    >>> found = need_of(rows)
    >>> found.at_work["indicator"], needed(70.0, 80), need_of(rows[:1])
    ('employment_15_64_rate', 56.0, Missing(indicator='employment_15_64_rate', period='2023'))
    """
    known = rows[rows["status"].eq(OK)].sort_values("period", kind="stable").groupby("indicator", observed=True)
    latest = {name: own.iloc[-1] for name, own in known}
    if RATE not in latest:
        return Missing(RATE, "")
    at_work = latest.get(PARENTS, latest.get(EMPLOYED))
    return (
        Missing(EMPLOYED, latest[RATE]["period"])
        if at_work is None
        else Need(latest[RATE], at_work, latest.get(WISHED))
    )


def needed(at_work: float, wished: float) -> float:
    """The places needed for 100 children. at_work, wished: the parents who all work, and of these, who wish, in %.

    >>> needed(70, 80)
    56.0
    """
    return at_work * wished / 100

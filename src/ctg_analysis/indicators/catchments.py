"""Supply within reach, shared with those who reach it too: the two-step floating catchment area."""

import pandas as pd


def supply_within_reach(supply: pd.Series, demand: pd.Series, minutes: pd.DataFrame, reach: float) -> pd.Series:
    """The supply that each place reaches, for one of its demand, in two steps.

    First, what each point of supply has for each of those who reach it, wherever they live; then, for each place, the
    sum of this over the points that it reaches. Times the demand, it adds up to the supply that somebody reaches.

    Parameters:
        supply: by point. demand: by place.
        minutes: places in rows, points in columns, all of them known.
        reach: minutes, themselves within reach.

    Source: Luo and Wang, Measures of spatial accessibility to health care in a GIS environment, Environment and
    Planning B 30 (2003); PySAL's `access` computes the same (its test: five places among 25 points of one, all in
    reach: 5 each; each in reach of its own point alone: 1).

    20 places at A, 10 at B; 40 children at A, 20 at B, 10 at C. Within 10 minutes A's are for the 60 of A and B, B's
    for all 70: 20 / 60 + 10 / 70 for a child of A or B, 10 / 70 for one of C.

    >>> minutes = pd.DataFrame({"A": [0.0, 9, 17], "B": [9.0, 0, 8]}, index=list("ABC"))
    >>> supply, demand = pd.Series({"A": 20.0, "B": 10}), pd.Series({"A": 40.0, "B": 20, "C": 10})
    >>> minutes.loc["A", "B"] = 10
    >>> supply_within_reach(supply, demand, minutes, 10).round(3).to_dict()
    {'A': 0.476, 'B': 0.476, 'C': 0.143}
    """
    near = minutes.loc[demand.index, supply.index].le(reach).astype(float)
    seekers = near.T @ demand
    return near @ (supply / seekers.where(seekers > 0)).fillna(0.0)

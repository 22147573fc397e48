"""Places of a similar size: those that a small commune may stand beside."""

import numpy as np
import pandas as pd


def of_similar_size(people: pd.Series, place: str, *, most: int, times: float) -> list[str]:
    """The places whose population is the nearest to that of one, in proportion, the nearest first.

    Parameters:
        people: inhabitants, by code; a place whose inhabitants are not known is near none.
        most: how many places at most.
        times: how many times more or fewer inhabitants a place has at most.

    >>> people = pd.Series({"a": 100.0, "b": 200, "c": 60, "d": 500, "e": np.nan})
    >>> of_similar_size(people, "a", most=2, times=2), of_similar_size(people, "d", most=2, times=2)
    (['c', 'b'], [])
    """
    known = people[people.gt(0)]
    if place not in known.index:
        return []
    apart = np.log(known / known[place]).abs().drop(place)
    near = apart[apart.le(np.log(times) + 1e-9)].sort_values(kind="stable")
    return list(near.index[:most])

"""Children beside the supply that they reach, place by place, and where the two are worth examining."""

import pandas as pd


def facilities_within(supply: pd.Series, apart: pd.DataFrame, reach: float) -> pd.Series:
    """The facilities that each place reaches; NaN where one of them is at a distance that is not known.

    Parameters:
        supply: by point.
        apart: places in rows, points in columns: how far each is, in the unit of reach.

    One facility at A, two at B: A reaches the first alone, C none; how far D is from B is not known.

    >>> apart = pd.DataFrame({"A": [0.0, 12, 15, 4], "B": [12.0, 0, 11, None]}, index=list("ABCD"))
    >>> facilities_within(pd.Series({"A": 1.0, "B": 2.0}), apart, 10).tolist()
    [1.0, 2.0, 0.0, nan]
    """
    known = apart[supply.index[supply.gt(0)]]
    return (known.le(reach).astype(float) @ supply[supply.gt(0)]).where(known.notna().all(axis=1))


def to_examine(children: pd.Series, reached: pd.Series, *, fewest: float, enough: float) -> pd.Series:
    """Whether a place has at least so many children (fewest) and reaches no supply, or less than is enough.

    NaN where one of the two is not known: nothing is said there. A place of few children is never one to examine.

    Nine children of whom five are enough to look: none in reach is to examine, one is not; four are too few.

    >>> children, reached = pd.Series([9.0, 9, 4, 9]), pd.Series([0.0, 1, 0, None])
    >>> to_examine(children, reached, fewest=5, enough=0).tolist()
    [True, False, False, nan]
    """
    found = children.ge(fewest) & (reached.le(0) | reached.lt(enough))
    return found.astype(object).where(children.notna() & reached.notna())

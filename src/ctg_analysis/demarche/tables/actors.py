"""Which kinds of actors may be named: where few were heard of a kind, its name would be someone's."""

import pandas as pd

SPEAKERS = 3  # fewest people heard of a kind, for it to be named
OTHERS = "autres acteurs"


def named_types(heard: pd.Series) -> pd.Series:
    """Type of actor → the name it is shown under: its own, or « autres acteurs ».

    heard: people heard by type. Types of which fewer than three were heard go together, with the next smallest while
    they are fewer than three together.
    """
    ordered = heard.sort_values(kind="stable")
    together = int(ordered.lt(SPEAKERS).sum())
    while 0 < together < len(ordered) and ordered.iloc[:together].sum() < SPEAKERS:
        together += 1
    return pd.Series([OTHERS] * together + [*ordered.index[together:]], index=ordered.index, dtype=str)

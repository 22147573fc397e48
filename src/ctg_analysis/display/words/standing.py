"""How a territory stands to others, in a sign and a few words: what a test establishes, how large it is, never more."""

import pandas as pd

from ctg_analysis.display.words import texts
from ctg_analysis.indicators.findings import COMPARATORS

ABOVE, BELOW = "au-dessus", "au-dessous"
NOT_ESTABLISHED = "écart non établi"
SIGNS = {True: ("▲", "△"), False: ("▼", "▽")}  # of what is above, of what is below: large, small
NONE = "="
LARGE = "grand écart"  # of what is counted whole, that no test compares
NAMED = 2  # comparators that a finding is told against, the profile has them all
PEERS = "médiane des EPCI comparables"

# rows: readable observations of comparators (see Territory.compared). gaps: see findings.differences.


def test(gaps: pd.DataFrame) -> tuple[str, str, frozenset[str]]:
    """Return the sign and the words of the first comparator that the territory differs from, and the levels of all.

    A difference that no test compares is told as such, when it is large; that there is little is told of what is
    counted whole, where it is so beside all of them. The levels are those of large differences of one direction.
    """
    gaps = gaps.assign(rank=gaps["level"].map(COMPARATORS.index)).sort_values("rank", kind="stable")
    large, small = gaps[gaps["sure"] & gaps["matters"]], gaps[gaps["sure"] & gaps["tested"]]
    if len(large):
        one = large.iloc[0]
        levels = frozenset(large.loc[large["higher"].eq(one["higher"]), "level"])
        return SIGNS[one["higher"]][0], _side(one) if one["tested"] else LARGE, levels
    if len(small):
        return SIGNS[small["higher"].iloc[0]][1], f"un peu {_side(small.iloc[0])}", frozenset()
    if gaps["tested"].any():
        return NONE, NOT_ESTABLISHED, frozenset()
    near = len(gaps) and gaps["whole"].all() and gaps["times"].lt(1).all()
    return (NONE, "peu d'écart", frozenset()) if near else ("", "", frozenset())


def beside(rows: pd.DataFrame, gaps: pd.DataFrame) -> str:
    """Return the comparators that a finding is told against: au-dessus de l’Aveyron (28,0 %), de la France (20,5 %).

    What no test compares is told by its figures: « contre 18,7 (Aveyron) ». The median of the peers always
    stands there: it is what a reader looks for first.
    """
    kept = gaps[gaps["sure"] & gaps["matters"] & gaps["level"].isin(rows["level"])]  # the région of one département
    kept = kept[kept["higher"].eq(kept["higher"].iloc[0])]
    levels = [level for level in COMPARATORS if level in set(kept["level"])][:NAMED]
    values = dict(zip(rows["level"], rows["text"], strict=True))
    if kept["tested"].any():
        told = texts.listed([f"{_place(rows, level)} ({values[level]})" for level in levels])
        told = f"{_side(kept.iloc[0])} {told}"
    else:
        told = f"contre {texts.listed([f'{values[level]} ({_name(rows, level)})' for level in levels])}"
    return f"{told} ; {PEERS} : {values['peers']}" if "peers" in values and "peers" not in levels else told


def _side(gap: pd.Series) -> str:
    return ABOVE if gap["higher"] else BELOW


def _place(rows: pd.DataFrame, level: str) -> str:
    """Return « de l’Aveyron », « de la France », « des EPCI comparables »."""
    return "des EPCI comparables" if level == "peers" else texts.of(_name(rows, level))


def _name(rows: pd.DataFrame, level: str) -> str:
    return PEERS if level == "peers" else rows.loc[rows["level"].eq(level), "name"].iloc[0]

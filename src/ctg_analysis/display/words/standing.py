"""How a territory stands to others, in a sign and a few words: what a test establishes, how large it is, never more."""

import pandas as pd

from ctg_analysis.display.words import texts
from ctg_analysis.indicators.findings import COMPARATORS

ABOVE, BELOW = "au-dessus", "au-dessous"
NOT_ESTABLISHED, LITTLE = "écart non établi", "peu d'écart"
SIGNS = {True: ("▲", "△"), False: ("▼", "▽")}  # of what is above, of what is below: large, small
LARGE = "grand écart"  # of what is counted whole, that no test compares
NAMED = 2  # comparators that a finding is told against, the profile has them all
PEERS = "EPCI comparables"

# rows: readable observations of comparators (see Territory.compared). gaps: see findings.differences.


def test(rows: pd.DataFrame, gaps: pd.DataFrame) -> tuple[list[tuple[str, str]], frozenset[str]]:
    """Return signs with their words, and the levels of all the comparators that the territory differs from largely.

    The first comparator that it is above and the first that it is below have a sign each, and are named. A difference
    that no test compares is told as such, when it is large; that there is little is told of what is counted whole,
    where it is so beside all of them. What is not established has words and no sign.
    """
    gaps = _ranked(rows, gaps)
    large, small = gaps[gaps["sure"] & gaps["matters"]], gaps[gaps["sure"] & gaps["tested"]]
    if len(large):
        first = [one for _, one in large.drop_duplicates("higher").iterrows()]
        signs = [SIGNS[one["higher"]][0] for one in first]
        told = [f"{'' if one['tested'] else f'{LARGE}, '}{_beyond(rows, one)}" for one in first]
        return list(zip(signs, told, strict=True)), frozenset(large["level"])
    if len(small):
        one = small.iloc[0]
        return [(SIGNS[one["higher"]][1], f"un peu {_beyond(rows, one)}")], frozenset()
    if gaps["tested"].any():
        return [("", NOT_ESTABLISHED)], frozenset()
    near = len(gaps) and gaps["whole"].all() and gaps["times"].lt(1).all()
    return [("", LITTLE)] if near else [], frozenset()


def beside(rows: pd.DataFrame, gaps: pd.DataFrame, found: pd.Series) -> str:
    """Return the comparators that a finding is told against: au-dessus de l’Aveyron (28,0 %), de la France (20,5 %).

    That of the finding comes first, then one that the territory differs from as largely in the same direction, then
    one that it differs from in the other: « mais au-dessous de la France (40,1 %) ». What no test compares is told by
    its figures: « contre 18,7 (Aveyron) ». The median of the peers always stands there: it is what a reader looks for
    first.

    Parameters:
        found: its row of `findings`, of which level and higher are read.
    """
    gaps = _ranked(rows, gaps)
    large = gaps[gaps["sure"] & gaps["matters"]]
    same = large[large["higher"].eq(found["higher"]) & large["rank"].ge(COMPARATORS.index(found["level"]))][:NAMED]
    other = large[large["higher"].ne(found["higher"])][:1]
    if large["tested"].any():
        told = [f"{_side(part.iloc[0])} {_listed(rows, part)}" for part in (same, other) if len(part)]
    else:
        told = [
            f"{word}{_listed(rows, part, plain=True)}" for word, part in (("contre ", same), ("", other)) if len(part)
        ]
    named, peers = {*same["level"], *other["level"]}, rows[rows["level"].eq("peers")]
    median = [
        f"{texts.uncapitalised(row.name)} : {row.text}" for row in peers[["name", "text"]].itertuples(index=False)
    ]
    return " ; ".join([", mais ".join(told), *(median if "peers" not in named else [])])


def _ranked(rows: pd.DataFrame, gaps: pd.DataFrame) -> pd.DataFrame:
    """Return the gaps to the places that have a row, the first comparator first: the région of La Réunion has none."""
    kept = gaps[gaps["level"].isin(rows["level"])]
    return kept.assign(rank=kept["level"].map(COMPARATORS.index)).sort_values("rank", kind="stable")


def _listed(rows: pd.DataFrame, gaps: pd.DataFrame, *, plain: bool = False) -> str:
    """Return « de l’Aveyron (18,7) et de la France (23,5) »; plain: « 18,7 (Aveyron) et 23,5 (France) »."""
    each = [(_row(rows, level), _place(rows, level)) for level in gaps["level"]]
    return texts.listed(
        [f"{row['text']} ({_name(row)})" if plain else f"{place} ({row['text']})" for row, place in each]
    )


def _beyond(rows: pd.DataFrame, gap: pd.Series) -> str:
    return f"{_side(gap)} {_place(rows, gap['level'])}"


def _side(gap: pd.Series) -> str:
    return ABOVE if gap["higher"] else BELOW


def _place(rows: pd.DataFrame, level: str) -> str:
    """Return « de l’Aveyron », « de la France », « des EPCI comparables »."""
    return f"des {PEERS}" if level == "peers" else texts.of(_row(rows, level)["name"])


def _name(row: pd.Series) -> str:
    return texts.uncapitalised(row["name"]) if row["level"] == "peers" else row["name"]


def _row(rows: pd.DataFrame, level: str) -> pd.Series:
    return rows[rows["level"].eq(level)].iloc[0]

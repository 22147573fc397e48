"""What a reader with ten minutes should know: one message for each theme, chosen by a rule, never by hand."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.display.texts import period_text
from ctg_analysis.model import OK, Count, Indicator, Mean, Published, Rate, Ratio
from ctg_analysis.observed import Observed
from ctg_analysis.significance import notable

MOST = 10  # messages
REFERENCES = ("departement", "region", "france")  # the place that a gap is measured to: the first that a test allows
RELATIVE = (Published, Rate, Ratio)  # quantities whose ratio to another place means something
RULE = (
    "Un message par chapitre, choisi par une règle : parmi les indicateurs suivis, l'écart au département (à défaut, "
    "à la région ou à la France) que les tests disent notable et qui est le plus grand en proportion, d'abord pour ce "
    "qui est clairement favorable ou défavorable aux familles ; à défaut d'écart notable, le premier indicateur du "
    "chapitre qui se compare, ou qui est connu."
)


@dataclass(frozen=True)
class Message:
    """A message of the synthèse: an indicator, and whether its gap is notable."""

    indicator: Indicator
    notable: bool


def messages(seen: Observed) -> list[Message]:
    """Return at most ten messages, one for each thematic chapter, by the rule of RULE."""
    starred = [one for one in CATALOGUE.values() if one.star]
    gaps = tested_gaps(seen.tested, starred)
    gaps = gaps[notable(gaps["p"])]
    known = places_known(seen.tested)
    found = []
    for number in sorted({one.chapter for one in starred}):
        members = [one for one in starred if one.chapter == number]
        here = gaps[gaps["indicator"].isin([one.id for one in members])]
        if len(here):
            found.append(Message(CATALOGUE[here["indicator"].iloc[0]], notable=True))
        elif told := [one for one in members if one.id in known]:
            found.append(Message(min(told, key=lambda one: not _compares(one, known)), notable=False))
    return found[:MOST]


def places_known(tested: pd.DataFrame) -> dict[str, int]:
    """Return, for each indicator that the territory has a value of, not nil, how many places have one.

    tested: see comparisons.tested, the territory first for each indicator.
    """
    first = tested.drop_duplicates("indicator")
    own = first.loc[first["status"].eq(OK) & first["value"].ne(0), "indicator"]
    known = tested[tested["status"].eq(OK) & tested["indicator"].isin(own)]
    return known["indicator"].value_counts().to_dict()


def _compares(one: Indicator, known: dict[str, int]) -> bool:
    """Tell whether an indicator, not a number of things, has a value here and in a place to compare with."""
    return known.get(one.id, 0) > 1 and not isinstance(one.value, Count | Mean)


def tested_gaps(tested: pd.DataFrame, indicators: list[Indicator]) -> pd.DataFrame:
    """Return one gap for each indicator that a test compares: those with a direction first, then the largest.

    tested: see comparisons.tested, the territory first for each indicator. Columns: indicator, level, p, size (the
    absolute logarithm of the ratio of the two values), directed.
    """
    rows = tested[tested["indicator"].isin([one.id for one in indicators])]
    own = rows.drop_duplicates("indicator").set_index("indicator")["value"]
    others = rows[rows["p"].notna() & rows["level"].isin(REFERENCES) & rows["value"].gt(0)]
    others = others.assign(rank=others["level"].map(REFERENCES.index)).sort_values("rank", kind="stable")
    others = others.drop_duplicates("indicator")
    mine = others["indicator"].map(own).astype(float)
    others = others[mine.gt(0)].assign(own=mine)
    directed = {one.id for one in indicators if one.direction}
    gaps = others[["indicator", "level", "p"]].assign(
        size=np.log(others["own"] / others["value"]).abs(), directed=others["indicator"].isin(directed)
    )
    return gaps.sort_values(["directed", "size", "indicator"], ascending=[False, False, True], ignore_index=True)


def overview(seen: Observed, within: int = 30) -> pd.DataFrame:
    """Return the starred indicators that compare with a reference place, with the gap to it and that of the peers.

    Columns: indicator, label (with its period), own_text, reference_text, gap, low, high (of the quartiles of the
    peers): relative to the reference, 0.1 for 10 % more; word: what the test says, None without one;
    reference: its name.
    """
    lines = []
    known = places_known(seen.tested)
    related = [one for one in CATALOGUE.values() if one.star and not one.family and isinstance(one.value, RELATIVE)]
    for one in (one for one in related if _compares(one, known)):
        rows = seen.compared(one)
        rows = rows[rows["status"].eq(OK)]
        own, others = rows.iloc[0], rows[rows["level"].isin(REFERENCES) & rows["value"].gt(0)]
        if others.empty or not own["value"] > 0:
            continue
        other = others.iloc[-1]
        peers = rows[rows["level"].eq("peers")]
        box = [peers[name].iloc[0] / other["value"] - 1 if len(peers) else np.nan for name in ("low", "high")]
        words = other["word"] if isinstance(other["word"], str) else None
        gap = own["value"] / other["value"] - 1
        label = f"{one.label} ({period_text(own['period'])})"
        lines.append((one.id, label, own["text"], other["text"], gap, *box, words, other["name"]))
    columns = ["indicator", "label", "own_text", "reference_text", "gap", "low", "high", "word", "reference"]
    return pd.DataFrame(lines, columns=columns).head(within)

"""What a reader with ten minutes should know: one message for each theme, chosen by a rule, never by hand."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.core.model import OK, Count, Indicator, Mean, Published, Rate, Ratio
from ctg_analysis.display.words import sentences
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.indicators.significance import notable
from ctg_analysis.indicators.trends import FOR_MEANS, trend_of
from ctg_analysis.sources import SOURCES

MOST, LINES = 10, 8  # messages; lines of the overview, which stands on a sheet of paper with the last message
LAST_THEME = "10"  # the chapters after it tell the démarche
LEAST_CHANGE = 0.1  # absolute logarithm of a ratio: a tenth, about
FEWEST_COMMUNES = 3  # to say in how many of them something is
REFERENCES = ("departement", "region", "france")  # the place that a gap is measured to: the first that a test allows
RELATIVE = (Published, Rate, Ratio)  # quantities whose ratio to another place means something
GAP, LEVEL, CHANGE, COMMUNES = "gap", "level", "change", "communes"  # what a message compares with
RULE = (
    "Un message par thème au plus, choisi par une règle, jamais à la main. D'abord ce qui diffère du département (à "
    "défaut, de la région ou de la France) plus que ses communes ne diffèrent entre elles, d'un dixième au moins et "
    "dans le même sens au millésime précédent : le plus grand écart en proportion, en commençant par ce qui est "
    "favorable ou défavorable aux familles. Sinon, une valeur qui se compare à celle d'un "
    "autre territoire ; sinon, la plus forte tendance que ses années établissent, d'un dixième au moins ; sinon, le "
    "nombre de ses communes concernées. Un nombre de choses ou de personnes n'est jamais comparé à celui d'un "
    "territoire plus grand, et un thème où rien ne se compare n'a pas de message."
)


@dataclass(frozen=True)
class Message:
    """A message of the synthèse: an indicator, and what it compares with: GAP, LEVEL, CHANGE or COMMUNES."""

    indicator: Indicator
    kind: str


def messages(territory: Territory) -> list[Message]:
    """At most ten messages, one for each thematic chapter that has any, by the rule of RULE."""
    starred = [indicator for indicator in CATALOGUE.values() if indicator.star and indicator.chapter <= LAST_THEME]
    tested = territory.tested_among(starred)
    gaps = tested_gaps(tested, starred)
    gaps = gaps[notable(gaps["p"]) & gaps["matters"]]
    known = places_known(tested)
    themes = sorted({indicator.chapter for indicator in starred})
    candidates = (
        _candidates(territory, [indicator for indicator in starred if indicator.chapter == theme], gaps, known)
        for theme in themes
    )
    return [first for of_theme in candidates if (first := next(of_theme, None))][:MOST]


def _candidates(territory: Territory, members: list[Indicator], gaps: pd.DataFrame, known: dict) -> Iterator[Message]:
    """The messages that the indicators of a theme allow, the best first."""
    by_id = {indicator.id: indicator for indicator in members if _is_relative(indicator)}
    yield from (Message(by_id[name], GAP) for name in gaps["indicator"] if name in by_id)
    yield from (
        Message(indicator, LEVEL)
        for indicator in members
        if _compares(indicator, known) and _is_printed(territory, indicator)
    )
    whole = [indicator for indicator in members if not indicator.family]  # a part of a breakdown says little alone
    sizes = {
        indicator.id: change(indicator, territory.own(indicator))
        for indicator in whole
        if _has_years(territory, indicator)
    }
    moved = [indicator for indicator in whole if sizes.get(indicator.id, 0) >= LEAST_CHANGE]
    yield from (
        Message(indicator, CHANGE)
        for indicator in sorted(moved, key=lambda indicator: (not indicator.direction, -sizes[indicator.id]))
    )
    yield from (Message(indicator, COMMUNES) for indicator in whole if len(communes_concerned(territory, indicator)))


def _is_printed(territory: Territory, indicator: Indicator) -> bool:
    return sentences.is_printed(
        indicator, next(territory.compared(indicator, with_peers=False).itertuples(index=False))
    )


def _has_years(territory: Territory, indicator: Indicator) -> bool:
    """Whether an indicator has enough years here to make a trend, before any is put in words."""
    rows = territory.data(indicator)
    return int((rows["level"].eq("epci") & rows["status"].eq(OK)).sum()) >= FOR_MEANS


def change(indicator: Indicator, rows: pd.DataFrame) -> float:
    """How far the trend of a quantity here has gone since it last turned: the absolute logarithm of a ratio.

    0 where no trend is established. rows: see Territory.own.
    """
    if len(rows) < FOR_MEANS or not all(sentences.is_printed(indicator, row) for row in rows.itertuples(index=False)):
        return 0.0
    latest = trend_of(rows, indicator)[-1:]
    gone = [np.log1p(one.change / 100) * (one.end - one.start) for one in latest if one.is_established]
    return abs(float(sum(gone)))


def communes_concerned(territory: Territory, indicator: Indicator) -> pd.DataFrame:
    """The communes, with their values, where something is counted in some of them and not in the others.

    No row when a commune is not known, when its producer rounds the counts, or when all or none have some.
    """
    rows = territory.data(indicator)
    if not isinstance(indicator.value, Count) or not indicator.id.endswith("_count"):
        return rows[:0]
    own = rows.loc[rows["level"].eq("epci") & rows["status"].eq(OK), "period"]
    rows = rows[rows["level"].eq("commune") & rows["period"].eq(own.max() if len(own) else "")]
    exact = rows["status"].eq(OK).all() and not any(
        sentences.rounded(indicator, SOURCES[name]) for name in set(rows["source"])
    )
    enough = len(rows) >= FEWEST_COMMUNES
    return rows if enough and exact and 0 < rows["value"].gt(0).sum() < len(rows) else rows[:0]


def places_known(tested: pd.DataFrame) -> dict[str, int]:
    """Return, for each indicator that the territory has a value of, not nil, how many places have one.

    tested: see comparisons.tested, the territory first for each indicator.
    """
    first = tested.drop_duplicates("indicator")
    own = first.loc[first["status"].eq(OK) & first["value"].ne(0), "indicator"]
    known = tested[tested["status"].eq(OK) & tested["indicator"].isin(own)]
    return known["indicator"].value_counts().to_dict()


def _compares(indicator: Indicator, known: dict[str, int]) -> bool:
    """Whether an indicator, not a number of things, has a value here and in a place to compare with."""
    return known.get(indicator.id, 0) > 1 and _is_relative(indicator)


def _is_relative(indicator: Indicator) -> bool:
    """Whether the quantity is not a number of things, larger in a larger place."""
    return not isinstance(indicator.value, Count | Mean)


def tested_gaps(tested: pd.DataFrame, indicators: list[Indicator]) -> pd.DataFrame:
    """One gap for each indicator that a test compares: those with a direction first, then the largest.

    tested: see comparisons.tested, the territory first for each indicator. Columns: indicator, level, p, size (the
    absolute logarithm of the ratio of the two values), directed, matters.
    """
    rows = tested[tested["indicator"].isin([indicator.id for indicator in indicators])]
    own = rows.drop_duplicates("indicator").set_index("indicator")["value"]
    others = rows[rows["p"].notna() & rows["level"].isin(REFERENCES) & rows["value"].gt(0)]
    others = others.assign(rank=others["level"].map(REFERENCES.index)).sort_values("rank", kind="stable")
    others = others.drop_duplicates("indicator")
    mine = others["indicator"].map(own).astype(float)
    others = others[mine.gt(0)].assign(own=mine)
    directed = {indicator.id for indicator in indicators if indicator.direction}
    gaps = others[["indicator", "level", "p", "matters"]].assign(
        size=np.log(others["own"] / others["value"]).abs(), directed=others["indicator"].isin(directed)
    )
    return gaps.sort_values(["directed", "size", "indicator"], ascending=[False, False, True], ignore_index=True)


def overview(territory: Territory) -> pd.DataFrame:
    """Starred indicators that compare with a reference place, with the gap to it and that of the peers.

    That place is the one that most have a value of. No more lines than a page of the synthèse has room for, the first
    of every theme, then the second ones. Columns: indicator, label (with its period), own_text, reference_text, gap,
    low, high (of the quartiles of the peers): relative to the reference, 0.1 for 10 % more; word: what the test says,
    None without one; reference: its name.
    """
    gaps = []
    related = [
        indicator
        for indicator in CATALOGUE.values()
        if indicator.star and not indicator.family and isinstance(indicator.value, RELATIVE)
    ]
    known = places_known(territory.tested_among(related))
    for indicator in (indicator for indicator in related if _compares(indicator, known)):
        rows = territory.compared(indicator)
        rows = rows[rows["status"].eq(OK)]
        own, others = rows.iloc[0], rows[rows["level"].isin(REFERENCES) & rows["value"].gt(0)]
        if others.empty or not own["value"] > 0:
            continue
        other = others.iloc[-1]
        peers = rows[rows["level"].eq("peers")]
        box = [peers[name].iloc[0] / other["value"] - 1 if len(peers) else np.nan for name in ("low", "high")]
        words = other["word"] if isinstance(other["word"], str) else None
        gap = own["value"] / other["value"] - 1
        label = f"{indicator.label} ({date_text(own['period'])})"
        gaps.append((indicator.id, label, own["text"], other["text"], gap, *box, words, other["name"]))
    columns = ["indicator", "label", "own_text", "reference_text", "gap", "low", "high", "word", "reference"]
    rows = pd.DataFrame(gaps, columns=columns)
    rows = rows[rows["reference"].isin(rows["reference"].mode()[:1])]
    rank = rows.groupby(rows["indicator"].map(lambda name: CATALOGUE[name].chapter)).cumcount()
    return rows.loc[sorted(rank.sort_values(kind="stable").index[:LINES])]

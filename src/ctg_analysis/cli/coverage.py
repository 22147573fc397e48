"""How much of the diagnosis open data give, of EPCIs that are named or of thirty of every sort."""

from typing import NamedTuple

import pandas as pd

from ctg_analysis.chapter.territory import Territory
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK, Indicator
from ctg_analysis.model.settings import DataRoot
from ctg_analysis.model.source import SOURCES

SEED, DRAWN = 34, 30
ISLANDS = ["241700459", "241700624", "245600465", "248500191", "249710047"]  # each of one island
NEWEST = ["200096634", "200096642", "200096675", "200096683", "200096956"]  # of 2022: none has been created since
COMPARATORS = 3  # of département, région, France and peers: enough for a comparison that tells something


class Coverage(NamedTuple):
    """What is known of an EPCI, of the indicators that have an open source.

    known: those with a value of the EPCI itself. starred: of these, the starred ones. compared: of the starred ones,
    those that stand beside COMPARATORS or more, at the same period and of the same source. with_peers: of the compared
    ones, those with the peers' median among these.
    """

    epci: str
    name: str
    known: int
    starred: int
    compared: int
    with_peers: int


def coverage(territory: Territory) -> Coverage:
    """What is known of an EPCI from open data."""
    rows = territory.observations
    own = set(rows.loc[rows["level"].eq("epci") & rows["status"].eq(OK), "indicator"])
    known = [indicator for indicator in CATALOGUE.values() if indicator.id in own and is_open(indicator)]
    starred = [indicator for indicator in known if indicator.star]
    beside = [levels_beside(territory, indicator) for indicator in starred]
    compared = [levels for levels in beside if len(levels) >= COMPARATORS]
    with_peers = sum("peers" in levels for levels in compared)
    return Coverage(territory.epci, territory.row["name"], len(known), len(starred), len(compared), with_peers)


def is_open(indicator: Indicator) -> bool:
    """Whether an indicator has a source that asks nothing of a partner."""
    return any(SOURCES[name].open for name in indicator.sources)


def levels_beside(territory: Territory, indicator: Indicator) -> list[str]:
    """The levels of the places with a value beside that of an EPCI; one of La Réunion, a département and a région."""
    rows = territory.against(indicator)
    others = rows[rows["status"].eq(OK) & rows["level"].ne("epci")]
    return list(others.drop_duplicates(["name", "value"])["level"])


def sample(root: DataRoot) -> list[str]:
    """Thirty EPCIs drawn by SEED, the same each time: overseas, islands, métropoles, communautés de communes of fewer
    than 5 000 inhabitants, the newest, then any.
    """
    places = pd.read_parquet(root.processed / "territories.parquet", filters=[("level", "==", "epci")])
    names = places.set_index("code")["name"].sort_index()
    inhabitants = pd.read_parquet(root.processed / "profiles.parquet").set_index("epci")["population"]
    strata = [
        (3, places.loc[places["zone"].eq("drom"), "code"]),
        (2, ISLANDS),
        (2, names.index[~names.str.match("C[ACU] ")]),
        (2, names.index[names.str.startswith("CC ") & inhabitants.lt(5000)]),
        (1, NEWEST),
        (DRAWN, names.index),
    ]
    drawn: list[str] = []
    for number, codes in strata:
        left = pd.Series(sorted(set(codes) - set(drawn)))
        drawn += left.sample(min(number, DRAWN - len(drawn)), random_state=SEED).tolist()
    return drawn

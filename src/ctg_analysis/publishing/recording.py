"""What is told of a territory beside its report is recorded as its editions are (rule R2)."""

import pandas as pd

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.territory import Territory, open_territory
from ctg_analysis.processing.freshness import tables_made_from
from ctg_analysis.processing.run import record_published
from ctg_analysis.publishing.pages.data_files import places_of
from ctg_analysis.secrecy.earlier_editions import Entry, entry_of


def entry(seen: Territory, places: pd.DataFrame) -> Entry | None:
    """Return what is published of restricted sources with the observations of a territory. places: see `places_of`."""
    return None if seen.root.fictional else entry_of(seen.observations, places)


def record_observed(seen: Territory) -> None:
    """Put in the record what was observed of a territory, before it is told."""
    made_from = tables_made_from(seen.root)
    current = open_territory(seen.epci, seen.root) is seen  # else `ctg data` has run since it was opened
    published, date = entry(seen, places_of(seen)), max(seen.received.values())
    record_published(seen.root, seen.epci, published, date, made_from if current else [])


def recorded_observations(epci: str) -> pd.DataFrame:
    """Return the observations of an EPCI, its communes and its comparators, which are recorded."""
    seen = open_chapter(epci).territory
    record_observed(seen)
    return seen.observations

"""What a chapter reads of the observations, as one sum: it runs again when the sum has changed."""

from hashlib import sha256

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapters import ChapterNotebook
from ctg_analysis.model import Indicator
from ctg_analysis.observed import Observed
from ctg_analysis.publishing.keys import named_in


def sum_of_readings(seen: Observed, chapter: ChapterNotebook) -> str:
    """Return the SHA-256 of all that a chapter may read of its territory.

    The observations of its indicators there and in the places beside, what they are compared with, the dates of their
    sources, the places, the comparable EPCIs.
    """
    read = indicators_of(chapter)
    ids = {one.id for one in read}
    named = seen.named
    sources = {source for one in read for source in one.sources}
    digest = sha256(repr(sorted((name, date) for name, date in seen.received.items() if name in sources)).encode())
    peers = [seen.profiles.reset_index(), seen.vintages.reset_index()]
    tables = [named[named["indicator"].isin(ids)], seen.places, *peers]
    tables += [seen.compared(one) for one in read]
    for table in tables:
        digest.update(pd.util.hash_pandas_object(table.astype(str), index=False).to_numpy().tobytes())
    return digest.hexdigest()


def indicators_of(chapter: ChapterNotebook) -> list[Indicator]:
    """Return the indicators that a chapter may read: its own, those it names, their parts."""
    names = named_in(chapter.path.read_text(encoding="utf-8"))
    found = [one for one in CATALOGUE.values() if one.chapter == chapter.number or {one.id, one.family} & names]
    parts = {part for one in found for part in one.parts}
    return [one for one in CATALOGUE.values() if one in found or one.id in parts]

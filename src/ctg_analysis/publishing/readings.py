"""What a chapter reads of the observations, as one sum: it runs again when the sum has changed."""

from functools import lru_cache
from hashlib import sha256

import numpy as np
import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapters import ChapterNotebook
from ctg_analysis.demarche import Demarche, open_demarche
from ctg_analysis.model import Indicator
from ctg_analysis.observed import Observed
from ctg_analysis.peers import left_out
from ctg_analysis.publishing.keys import named_in
from ctg_analysis.publishing.proved import proved

SYNTHESIS = "00"
OF_THE_DEMARCHE = ("11", "12", "13", "14", "15", "16")

WITH_MEDIAN = ("_share", "_rate")


def read_ahead(seen: Observed) -> None:
    """Compute what the chapters of a territory have in common, so that the forks of this process need not."""
    _of_all(seen)
    known = set(seen.tested["indicator"])
    for one in CATALOGUE.values():
        if one.id in known and one.id.endswith(WITH_MEDIAN) and not left_out(one):
            seen.compared(one)  # the medians of the same peers come with it, for all indicators
            return


def sum_of_readings(seen: Observed, chapter: ChapterNotebook) -> str:
    """Return the SHA-256 of all that a chapter may read of its territory.

    The observations of its indicators there and in the places beside, what they are compared with, the dates of their
    sources, the places, the comparable EPCIs; what its figures prove; for the chapters that tell the démarche, all of
    it and the indicators that it names.
    """
    demarche = open_demarche(seen.epci, seen.root)
    tells = chapter.number in OF_THE_DEMARCHE
    read = indicators_of(chapter, _named_by(demarche) if tells else frozenset())
    observations, received, shared = _of_all(seen)
    sources = {source for one in read for source in one.sources}
    digest = sha256(repr(sorted((name, date) for name, date in received.items() if name in sources)).encode())
    digest.update(shared)
    if tells:
        digest.update(demarche.sum())
    proofs = proved(demarche)
    digest.update(repr([(one.id, proofs[one.id]) for one in read if one.id in proofs]).encode())
    for one in read:
        digest.update(observations[one.id])
    if read:
        digest.update(_sum(pd.concat([seen.against(one) for one in read])).tobytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _of_all(seen: Observed) -> tuple[dict[str, bytes], dict[str, str], bytes]:
    """Return the sums of the observations by indicator, the dates of the sources, the sum of what all chapters read."""
    named = seen.named
    sums = pd.Series(_sum(named)).groupby(named["indicator"].to_numpy(), sort=False)
    observations = {name: rows.to_numpy().tobytes() for name, rows in sums}
    shared = [seen.places, seen.profiles.reset_index(), seen.vintages.reset_index()]
    return observations, seen.received, b"".join(_sum(table).tobytes() for table in shared)


def _sum(table: pd.DataFrame) -> np.ndarray:
    return pd.util.hash_pandas_object(table, index=False).to_numpy()


def _named_by(demarche: Demarche) -> frozenset[str]:
    """Return the indicators that a démarche takes for proofs, or follows."""
    return frozenset(proved(demarche)) | frozenset(demarche.table("indicateurs_suivi")["indicateur"].dropna())


def indicators_of(chapter: ChapterNotebook, others: frozenset[str] = frozenset()) -> list[Indicator]:
    """Return the indicators that a chapter may read: its own, those it names, others, and their parts.

    The chapter 00 reads all those with a star.
    """
    if chapter.number == SYNTHESIS:
        return [one for one in CATALOGUE.values() if one.star]
    names = named_in(chapter.path.read_text(encoding="utf-8")) | others
    found = [one for one in CATALOGUE.values() if one.chapter == chapter.number or {one.id, one.family} & names]
    read = {one.id for one in found} | {part for one in found for part in one.parts}
    return [one for one in CATALOGUE.values() if one.id in read]

"""What a chapter reads of the observations, as one sum: it runs again when the sum has changed."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256

import numpy as np
import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter.demarche.backlinks import proved
from ctg_analysis.chapter.figures import COMMON_CLASSES
from ctg_analysis.chapter.spaces import APPROVALS
from ctg_analysis.chapter.territory import Observed
from ctg_analysis.core.model import Indicator, Ratio
from ctg_analysis.core.notebooks import ChapterNotebook, all_chapters
from ctg_analysis.demarche.results.demarche import Demarche
from ctg_analysis.indicators.peers import left_out
from ctg_analysis.publishing.running.keys import named_in

SYNTHESIS = "00"
SAID = "said"
OF_THE_DEMARCHE = ("11", "12", "13", "14", "15", "16")

WITH_MEDIAN = ("_share", "_rate")
BY_VERBS = {  # read without being named
    "chapter.childcare_authority(": "population_count",
    "chapter.communes(": "historical_population_count",
    "chapter.large_communes(": "population_count",
}


def read_ahead(seen: Observed) -> None:
    """Compute what the chapters of a territory have in common, so that the forks of this process need not."""
    _ = sums(seen), seen.year, seen.received, seen.evidence, seen.spaces, seen.land, proved(seen.demarche)
    for name in ("indicateurs_suivi", "written"):
        seen.demarche.table(name)
    known, groups = set(seen.tested["indicator"]), set()
    for one in CATALOGUE.values():
        if one.id in known and one.id.endswith(WITH_MEDIAN) and left_out(one) not in groups:
            groups.add(left_out(one))
            seen.compared(one)  # the medians of the same peers come with it, for all indicators
    for one in _read_by_several(all_chapters(), seen.demarche):
        with suppress(Exception):  # the chapters that show it say why
            seen.readable(one)
            seen.compared(one)


def _read_by_several(chapters: list[ChapterNotebook], demarche: Demarche) -> list[Indicator]:
    """Return the indicators that several chapters may read, besides the synthesis, which chooses among all."""
    read = Counter(
        one.id for chapter in chapters if chapter.number != SYNTHESIS for one in indicators_of(chapter, demarche)
    )
    return [CATALOGUE[name] for name, chapters_reading in read.items() if chapters_reading > 1]


def sum_of_readings(seen: Observed, chapter: ChapterNotebook) -> str:
    """Return the SHA-256 of all that a chapter may read of its territory.

    The observations of its indicators there, in the places beside and in the comparable EPCIs, which what is compared
    comes from; the dates of their sources; what scores rest on; the structures, where their approvals are told; the
    period of the convention; the places; what EPCIs are compared by; what its figures prove; for the chapters that
    tell the démarche, all of it and the indicators that it names.
    """
    read = indicators_of(chapter, seen.demarche)
    of_all, proofs = sums(seen), proved(seen.demarche)
    sources = {source for one in read for source in one.sources}
    received = sorted((name, date) for name, date in seen.received.items() if name in sources)
    digest = sha256(repr((received, seen.convention)).encode())
    for name in ("", *(one.id for one in read)):
        digest.update(of_all[name])
    for measure in sorted({one.value.numerator for one in read if isinstance(one.value, Ratio)}):
        digest.update(of_all[SAID, measure])
    if APPROVALS in sources:
        digest.update(_sums_of_rows(seen.spaces).tobytes())
    digest.update(repr([(one.id, proofs[one.id]) for one in read if one.id in proofs]).encode())
    if chapter.number in OF_THE_DEMARCHE:
        digest.update(seen.demarche.sum())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def sums(seen: Observed) -> dict[str | tuple[str, str], bytes]:
    """Return, by indicator, the sums of the observations of a territory, the places beside and its peers.

    Without indicator: those of the places and of what EPCIs are compared by. (SAID, measure): those of the words that
    scores rest on here.
    """
    found: dict[str | tuple[str, str], bytes] = defaultdict(bytes)
    for table in (seen.named, seen.around):
        for name, part in _sums_by(table, "indicator"):
            found[name] += part
    said = seen.evidence[seen.evidence["territory"].isin(seen.places["territory"])]
    for measure, part in _sums_by(said, "measure"):
        found[SAID, measure] = part
    for table in (seen.places, seen.profiles.reset_index(), seen.vintages.reset_index()):
        found[""] += _sums_of_rows(table).tobytes()
    return found


def _sums_by(table: pd.DataFrame, column: str) -> Iterator[tuple[str, bytes]]:
    """Yield the sums of the rows of each value of a column."""
    if table.empty:
        return
    codes, names = pd.factorize(table[column])
    ordered = _sums_of_rows(table)[np.argsort(codes, kind="stable")]
    parts = np.split(ordered, np.bincount(codes).cumsum()[:-1])
    yield from zip(names, (part.tobytes() for part in parts), strict=True)


def _sums_of_rows(table: pd.DataFrame) -> np.ndarray:
    return pd.util.hash_pandas_object(table, index=False).to_numpy()


def indicators_of(chapter: ChapterNotebook, demarche: Demarche) -> list[Indicator]:
    """Return the indicators that a chapter may read: its own, those it names, their parts; all with a star for 00.

    A chapter that tells the démarche reads those that it takes for proofs, or follows.
    """
    if chapter.number == SYNTHESIS:
        return [one for one in CATALOGUE.values() if one.star]
    text = chapter.path.read_text(encoding="utf-8")
    names = named_in(text) | {name for verb, name in BY_VERBS.items() if verb in text}
    if chapter.number in OF_THE_DEMARCHE:
        names |= {*proved(demarche), *demarche.table("indicateurs_suivi")["indicateur"].dropna()}
    found = [one for one in CATALOGUE.values() if one.chapter == chapter.number or {one.id, one.family} & names]
    read = {one.id for one in found} | {part for one in found for part in one.parts}
    shared = {one.family for one in found} & set(COMMON_CLASSES)
    read |= {one.id for one in CATALOGUE.values() if one.family in shared}
    return [one for one in CATALOGUE.values() if one.id in read]

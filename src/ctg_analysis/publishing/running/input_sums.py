"""What a chapter has read of its territory, as one sum: it runs again when the sum has changed."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import lru_cache
from hashlib import sha256

import numpy as np
import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter import surveyed
from ctg_analysis.chapter.comparing import elsewhere
from ctg_analysis.chapter.demarche.backlinks import proved
from ctg_analysis.chapter.demarche.silent import untold
from ctg_analysis.chapter.missing import why_absent
from ctg_analysis.chapter.projections import tested_projections
from ctg_analysis.chapter.spaces import APPROVALS
from ctg_analysis.chapter.territory import ELSEWHERE, Territory
from ctg_analysis.core.model import Ratio
from ctg_analysis.core.notebooks import DEMARCHE, EVERYTHING
from ctg_analysis.sources import SOURCES, SURVEY

WORDS = "words"


def sum_of_inputs(seen: Territory, read: Collection[str]) -> str:
    """Return the SHA-256 of what a chapter has read of its territory, as it is now. read: see `Territory.read`.

    The observations of these indicators there, in the places beside and in the comparable EPCIs, which what is compared
    comes from; the dates of their sources, and why one would give nothing; what scores rest on; the structures, where
    their approvals are told; the source line of the consultation; the period of the convention; the places; what EPCIs
    are compared by; what the indicators prove; the chapters that all pages lead to; all of the démarche for those that
    tell it; all that is known of the EPCIs that it was set beside.
    """
    known = [indicator for indicator in CATALOGUE.values() if indicator.id in read or EVERYTHING in read]
    of_all, proofs = sums(seen), proved(seen.demarche)
    sources = {source for indicator in known for source in indicator.sources}
    received = sorted((name, date) for name, date in seen.received.items() if name in sources)
    absent = sorted((name, why_absent(seen, SOURCES[name])) for name in sources)
    digest = sha256(repr((received, absent, seen.convention, untold(seen))).encode())
    for name in ("", *(indicator.id for indicator in known)):
        digest.update(of_all[name])
    for measure in sorted({indicator.value.numerator for indicator in known if isinstance(indicator.value, Ratio)}):
        digest.update(of_all[WORDS, measure])
    if APPROVALS in sources:
        digest.update(_sums_of_rows(seen.spaces).tobytes())
    if SURVEY in sources and len(seen.demarche.table("consultation")):
        digest.update(surveyed.source(seen.demarche).text.encode())
    digest.update(
        repr([(indicator.id, proofs[indicator.id]) for indicator in known if indicator.id in proofs]).encode()
    )
    if others := tuple(sorted(name.removeprefix(ELSEWHERE) for name in read if name.startswith(ELSEWHERE))):
        digest.update(_sums_of_rows(elsewhere(seen, others)).tobytes())
    if DEMARCHE in read:
        digest.update(seen.demarche.sum())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def sums(seen: Territory) -> dict[str | tuple[str, str], bytes]:
    """Return, by indicator, the sums of the observations of a territory, the places beside and its peers.

    Without indicator: those of the places, of what EPCIs are compared by, and of what projections were worth. (WORDS,
    measure): those of the words that scores rest on here.
    """
    digests: dict[str | tuple[str, str], bytes] = defaultdict(bytes)
    for table in (seen.named, seen.around):
        for name, part in _sums_by(table, "indicator"):
            digests[name] += part
    evidence = seen.evidence[seen.evidence["territory"].isin(seen.places["territory"])]
    for measure, part in _sums_by(evidence, "measure"):
        digests[WORDS, measure] = part
    of_all = (seen.places, seen.profiles.reset_index(), seen.vintages.reset_index(), tested_projections(seen))
    for table in of_all:
        digests[""] += _sums_of_rows(table).tobytes()
    return digests


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

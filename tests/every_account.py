"""The accounts and the portraits of all the EPCIs of France: their faults, and the sentences that return most.

    python tests/every_account.py [EPCI]...

A quarter of an hour on two cores; by night, `test_accounts.py` draws some.
"""

import re
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import chain

from test_accounts import CHAPTERS, faults, prose

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.portrait import story
from ctg_analysis.publish.site import wanted

ENDS = re.compile(r"(?<=[.!?]) (?=[A-ZÀ-Ü])")
FIGURES = re.compile(r"\d[\d\u00a0\u202f,]*")


def told(epci: str) -> dict[str, str]:
    """Return the portrait of an EPCI (00) and the account of each thematic chapter."""
    seen = open_chapter(epci).territory
    return {"00": " ".join(story(seen))} | {chapter: prose(seen, chapter) for chapter in CHAPTERS}


def main(epcis: list[str]) -> None:
    """Print the faults, then the ten sentences that most EPCIs have, whatever their figures."""
    faulty, sentences = 0, Counter()
    with ProcessPoolExecutor() as pool:
        for epci, texts in zip(epcis, pool.map(told, epcis, chunksize=8), strict=True):
            for chapter, text in texts.items():
                if found := faults(text):
                    faulty += 1
                    print(f"{epci} {chapter}: {found}", flush=True)
            every = chain.from_iterable(ENDS.split(text) for text in texts.values())
            sentences.update({FIGURES.sub("#", one) for one in every})
    print(f"{len(epcis)} EPCIs, {faulty} texts with a fault")
    for sentence, count in sentences.most_common(10):
        print(f"{count / len(epcis):5.0%} {sentence}")


if __name__ == "__main__":
    main(sys.argv[1:] or wanted([], every=True, departement=""))

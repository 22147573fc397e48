"""Make the invented territory: every raw file of data/exemple and the whole démarche, from a seed.

    python data/exemple/generate.py [FOLDER]

Fifteen invented EPCIs in three invented départements, eleven of which are there to be compared with. The one that is
shown, 999999999, holds on purpose what
real data do to a diagnosis: a commune of 90 inhabitants, a merger in 2021, a missing year, counts rounded to 5,
a coverage rate above 100, a commune without inhabitants, one without contour, one without EPCI.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from generator import caf, census, comparator, demarche, frame, living, partners, services
from generator.places import SEED


def generate(folder: Path) -> None:
    """Write the whole of the invented territory under a folder."""
    generator = np.random.default_rng(SEED)
    raw = folder / "raw"
    frame.reference(folder / "reference")
    frame.geography(raw)
    frame.zonings(raw)
    people = frame.census(raw, generator)
    frame.vital_statistics(raw, generator)
    where = frame.contours(raw, generator)
    census.write(raw, people)
    comparator.write(raw, people)
    caf.write(raw, people)
    services.write(raw, people, where)
    living.write(raw)
    partners.write(folder / "private", raw, people)
    demarche.write(folder, people)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)

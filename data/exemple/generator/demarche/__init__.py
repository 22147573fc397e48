"""The whole démarche of the invented territory, from the consultation to the second year of follow-up."""

from pathlib import Path

import numpy as np

from generator.demarche import governance, interviews, plan, survey
from generator.demarche.tables import EPCI, Folder
from generator.places import SEED


def write(folder: Path, people: dict[str, np.ndarray]) -> None:
    """Write the field material under a data root, with a seed of its own: nothing else of the territory depends on it.

    people: inhabitants by sex and age, by commune. What the statistics say is read from the files of the same root.
    """
    generator = np.random.default_rng([SEED, 7])
    public = Folder(folder / "raw" / "demarche" / EPCI)
    private = Folder(folder / "private" / EPCI / "demarche")
    survey.write(public, private, people, folder / "raw", np.random.default_rng([SEED, 8]))
    extracts = interviews.write(public, private, generator)
    governance.write(public, folder, extracts, generator)
    plan.write(public, folder / "private" / EPCI, generator)

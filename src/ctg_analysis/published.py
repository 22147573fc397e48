"""What earlier editions have published of restricted figures: known for good, whatever is withheld since (rule R2)."""

from pathlib import Path
from typing import TYPE_CHECKING

from ctg_analysis.settings import DataRoot, data_root, settings
from ctg_analysis.sources.folders import sha256

if TYPE_CHECKING:
    from ctg_analysis.statements import Edition

EDITIONS, OBSERVATIONS, PLACES = ".editions", "observations.parquet", "places.parquet"


def reports() -> Path:
    """Return the folder of the reports that are published; those built elsewhere are trials."""
    return settings().root / "reports"


def are_remembered(epci: str) -> bool:
    """Tell whether what the editions of an EPCI have published must stay known: its partners have sent files."""
    root = data_root(epci)
    return not root.fictional and (root.private / epci).is_dir()


def editions_with_restricted(root: DataRoot, home: Path) -> dict[str, Path]:
    """Return, by the sum of their observations, the editions of the EPCIs whose partners have sent files.

    Each once: an edition that repeats the figures of another says nothing more. None for the invented territory.
    """
    if root.fictional or not root.private.is_dir():
        return {}
    folders = [
        folder
        for one in sorted(root.private.iterdir())
        for folder in sorted((home / EDITIONS / one.name).glob("*"))
        if (folder / OBSERVATIONS).is_file() and (folder / PLACES).is_file()
    ]
    return {sha256(folder / OBSERVATIONS): folder for folder in folders}


def published_before(root: DataRoot, home: Path, restricted: set[str]) -> "list[Edition]":
    """Return what earlier editions say of restricted sources, with what their places were made of."""
    import pandas as pd

    from ctg_analysis.statements import Edition

    found = []
    for folder in editions_with_restricted(root, home).values():
        rows = pd.read_parquet(folder / OBSERVATIONS, filters=[("source", "in", sorted(restricted))])
        if len(rows):
            found.append(Edition(rows, pd.read_parquet(folder / PLACES)))
    return found

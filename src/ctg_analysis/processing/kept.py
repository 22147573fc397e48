"""What `ctg data` keeps of its work, by the sum of all that it was made from: only what has changed is made again.

    .cache/<kind>/<name>-<sum>/   tables, and the sums of these tables

An entry is put in place whole: that of a command that was killed counts. None is made from a restricted file.
"""

import json
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from ctg_analysis.core.settings import DataRoot
from ctg_analysis.processing.freshness import is_whole, write_manifest
from ctg_analysis.sources.known_sums import CACHE

FRAMES, CONTOURS, FACTS, POPULATIONS, OBSERVATIONS = "geography", "contours", "facts", "populations", "observations"
PROFILES = "profiles"
KINDS = (FRAMES, CONTOURS, FACTS, POPULATIONS, OBSERVATIONS, PROFILES)


def entry(root: DataRoot, kind: str, name: str, made_from: object) -> Path:
    """Return the folder of what is made from some sums, whether it is there or not."""
    digest = sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()[:16]
    return root.path / CACHE / kind / f"{name}-{digest}"


def is_kept(folder: Path) -> bool:
    """Tell whether an entry is there, as it was written."""
    return folder.is_dir() and is_whole(folder)


@contextmanager
def keeping(folder: Path, aside: Path) -> Iterator[Path]:
    """Give an empty folder, which becomes the entry when all is written in it. aside: a scratch folder on the disk."""
    fresh = aside / f"entry-{token_hex(8)}"
    fresh.mkdir()
    yield fresh
    write_manifest(fresh, {})
    if folder.exists():  # damaged
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh.rename(folder)


def forget(root: DataRoot, used: Collection[Path] = ()) -> None:
    """Remove the entries of a data root, but for those that are of use."""
    for kind in KINDS:
        for folder in (root.path / CACHE / kind).glob("*"):
            if folder not in used:
                shutil.rmtree(folder)

"""Reports of before there was a record of what is published: what their editions tell is taken into it.

An edition whose provenance says that it was recorded, or whose sum the journal has, is not read again.
"""

import json
import re
from pathlib import Path

from ctg_analysis.core.errors import Finding, InputError, each
from ctg_analysis.core.settings import REPORTS, DataRoot, is_invented, project_path
from ctg_analysis.secrecy.earlier_editions import (
    JOURNAL,
    PLACE,
    RESTORE,
    begin_journal,
    entry_of,
    read_journal,
    remember,
)
from ctg_analysis.sources.folders import sha256

EDITIONS, OBSERVATIONS, PLACES, PROVENANCE = ".editions", "observations.parquet", "places.parquet", "provenance.json"


def _homes(root: DataRoot) -> list[Path]:
    return [root.path.parent / name for name in REPORTS.values()]


def _begin(root: DataRoot, *homes: Path) -> None:
    """Begin the record where there is none. homes: folders of reports, besides those of the project.

    Raises:
        InputError: an edition says that there was one.
    """
    journal = root.published / JOURNAL
    if journal.is_file():
        return
    editions = [
        path for home in dict.fromkeys([*homes, *_homes(root)]) for path in sorted(home.glob(f"{EDITIONS}/*/*"))
    ]
    naming = next((path for path in editions if path.is_dir() and _provenance(path).get("published")), None)
    if naming:
        expected = f"the record that {project_path(naming)} is in: {RESTORE}"
        without = "without one, make an empty file, and what the editions that are there tell is taken in again"
        raise InputError([Finding(project_path(journal), None, None, "no such file", f"{expected}; {without}")])
    begin_journal(root)


def adopt_reports(root: DataRoot) -> None:
    """Take into the record the editions of all reports that are made from a data root; raises what `adopt` does."""
    places = [(home, path.name) for home in _homes(root) for path in sorted((home / EDITIONS).glob("[0-9]*"))]
    places = [place for place in places if not (root.fictional or is_invented(place[1]))]
    if places:
        _begin(root)
    each(lambda place: adopt(root, *place), places)


def adopt(root: DataRoot, home: Path, epci: str) -> None:
    """Take into the record the editions of a report that it does not know, those published before there was one.

    Parameters:
        home: the folder of the reports.

    Raises:
        InputError: an edition has restricted figures, and what they are is not told whole; the record that knew it is
        gone.
    """
    if root.fictional:
        return
    _begin(root, home)
    if not (home / EDITIONS / epci).is_dir():
        return
    lines = read_journal(root)
    names, read = {line.entry for line in lines if line.epci == epci}, {(line.epci, line.edition) for line in lines}
    unknown = [
        folder
        for folder in sorted((home / EDITIONS / epci).iterdir())
        if folder.is_dir() and not _is_known(folder, names)
    ]
    each(lambda folder: _adopt(root, epci, folder), [folder for folder in unknown if (epci, _sum(folder)) not in read])


def _is_known(edition: Path, names: set[str]) -> bool:
    """Whether the provenance of an edition says that it was recorded, and the record has it.

    names: the entries of its EPCI.
    """
    provenance = _provenance(edition)
    return "published" in provenance and provenance["published"] in {None, *names}


def _provenance(edition: Path) -> dict:
    try:
        made_from = json.loads((edition / PROVENANCE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # the remains of an edition, or damaged: its observations tell
        return {}
    return made_from if isinstance(made_from, dict) else {}


def _sum(edition: Path) -> str:
    path = edition / OBSERVATIONS
    return sha256(path) if path.is_file() else ""


def _adopt(root: DataRoot, epci: str, edition: Path) -> None:
    import pandas as pd

    def read(name: str) -> pd.DataFrame:
        path = edition / name
        try:
            return pd.read_parquet(path)
        except (OSError, ValueError) as error:
            problem = "a damaged file" if path.exists() else "no such file"
            expected = "what this edition has published: restore it, or withdraw the edition (remove its folder)"
            raise InputError([Finding(project_path(path), None, None, problem, expected)]) from error

    provenance = _provenance(edition)
    if not ((edition / OBSERVATIONS).exists() or provenance.get("restricted") or provenance.get("published")):
        return  # no edition: what a command that was killed has left, or a report of before the editions
    observations = read(OBSERVATIONS)
    nowhere = pd.DataFrame(columns=[*PLACE, "commune"], dtype=str)
    entry = entry_of(observations, nowhere) and entry_of(observations, read(PLACES))
    date = re.search(r"\d{4}-\d\d-\d\d", edition.name)
    remember(root, epci, entry, date[0] if date else "", _sum(edition))

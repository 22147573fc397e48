"""The folders of data/raw and data/private, as files: which to read, the sums that tell whether they have changed."""

import hashlib
import os
from functools import cache
from pathlib import Path

from ctg_analysis.core.settings import MATERIAL

CERTIFICATE, PARTIAL = "source.yml", ".partial"
OF_SYSTEMS = {"thumbs.db", "desktop.ini", ".ds_store"}
FULL, FRANCE = "full", "france"  # folders of a source: the fetched files, the extract of the whole of France


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_note(path: Path) -> bool:
    """Tell what no data are: notes for a person, and what git and `ctg fetch` keep in data/raw."""
    return path.name.startswith((".", "README", "LISEZMOI")) or is_by_itself(path)


def is_by_itself(path: Path) -> bool:
    """Tell what nobody has put there: what Excel or LibreOffice leaves beside a workbook as long as one has it open,
    what Windows and macOS make in the folders that they show.
    """
    return path.name.startswith(("~$", ".~lock.", "._")) or path.name.lower() in OF_SYSTEMS


def files_of(raw: Path) -> list[Path]:
    """Return all the files of data/raw, those that lie astray too, but for notes and the field material."""
    files = []
    for place, folders, names in os.walk(raw, followlinks=True):
        home = Path(place)
        folders[:] = [name for name in folders if not is_note(home / name) and home / name != raw / MATERIAL]
        files += [home / name for name in names if not is_note(home / name)]
    return sorted(files)


def source_folders(raw: Path) -> dict[str, list[Path]]:
    """Return, by source, the folders to read: the full files when they have been fetched, then the extract of the whole
    of France when it is shipped, then that of one territory.

    The field material of the démarches is apart, and what an interrupted download has begun does not count.
    """
    homes = sorted(path for path in raw.iterdir() if path.is_dir() and path.name != MATERIAL)
    homes = [home for home in homes if not is_note(home) and not _is_begun(home)]
    folders = {}
    for home in homes:
        wide = [home / name for name in (FULL, FRANCE) if (home / name).is_dir()]
        has_extract = any(path.is_file() and not is_note(path) for path in home.iterdir())
        folders[home.name] = [*wide, home] if has_extract or not wide else wide
    return folders


def source_of(folder: Path) -> str:
    """Return the id of the source that a folder of files belongs to."""
    return folder.parent.name if folder.name in (FULL, FRANCE) else folder.name


@cache
def forms_in(file: str) -> frozenset[str]:
    """The sources that a file of data/private may hold: a CSV form that of its name, any other those of all forms.

    >>> sorted(forms_in("private/200067171/msa_familles.csv")), len(forms_in("private/200067171/accords.yml")) > 10
    (['msa_familles'], True)
    """
    from ctg_analysis.sources import SOURCES

    named = {source.form_file: name for name, source in SOURCES.items() if source.form}
    name = named.get(file.rpartition("/")[2])
    return frozenset([name] if name else named.values())


def _is_begun(home: Path) -> bool:
    """Tell whether a folder holds nothing, or only what downloads have begun, refused or put aside."""
    return all(path.name.startswith(".") for path in home.iterdir())

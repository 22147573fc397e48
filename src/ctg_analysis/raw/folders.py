"""The folders of raw and private data: their files, the sums of these, what could not be read of them."""

import hashlib
import json
import os
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path

from ctg_analysis.model.errors import Finding
from ctg_analysis.model.habits import SheetPlace
from ctg_analysis.model.scratch import write_whole
from ctg_analysis.model.settings import MATERIAL, DataRoot

CERTIFICATE, PARTIAL = "source.yml", ".partial"
OF_SYSTEMS = {"thumbs.db", "desktop.ini", ".ds_store"}
FULL, FRANCE = "full", "france"  # folders of a source: the fetched files, the extract of the whole of France


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_note(path: Path) -> bool:
    """Tell what no data are: notes for a person, and what git and `ctg fetch` keep in data/raw, what
    `ctg new` has converted.
    """
    name = path.name
    return name.startswith((".", "README", "LISEZMOI")) or name.endswith(".converti") or is_by_itself(path)


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
    folders = {}
    for home in sorted(path for path in raw.iterdir() if path.is_dir() and path.name != MATERIAL and not is_note(path)):
        if all(path.name.startswith(".") for path in home.iterdir()):  # begun, refused or put aside, or nothing
            continue
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

    >>> sorted(forms_in("private/200067171/msa_familles.csv")), len(forms_in("private/200067171/accords.csv")) > 10
    (['msa_familles'], True)
    """
    from ctg_analysis.model.source import SOURCES

    named = {source.form_file: name for name, source in SOURCES.items() if source.form}
    name = named.get(file.rpartition("/")[2])
    return frozenset([name] if name else named.values())


CACHE = ".cache"  # folder of a data root: what can be made again from the rest, sooner with it
SUMS = "sums.json"
SETTLED = 50_000_000  # nanoseconds after which a file that changes once more shows another moment


class KnownSums:
    """The SHA-256 of the files of a folder, with the size, moment and inode that each had when it was read."""

    def __init__(self, home: Path):
        self._home = home
        self._path = home / CACHE / SUMS
        self._known, self._fresh = {}, False
        with suppress(FileNotFoundError, TypeError, ValueError):  # none yet, or damaged: it is then made again
            self._known = dict(json.loads(self._path.read_text(encoding="utf-8")))

    def of(self, path: Path) -> str:
        """Return the SHA-256 of a file, which is read when it is not known as it is now."""
        state, now = path.stat(), time.time_ns()
        signs = [state.st_size, state.st_mtime_ns, state.st_ino]
        name = os.path.relpath(path, self._home)
        known = self._known.get(name)
        if known and known[:-1] == signs:
            return known[-1]
        digest = sha256(path)
        if now - state.st_mtime_ns > SETTLED:
            self._known[name] = [*signs, digest]
            self._fresh = True
        return digest

    def save(self) -> None:
        """Write what is known, for other processes, of the files that are still there; one process does at a time."""
        if not self._fresh:
            return
        there = {name: known for name, known in self._known.items() if (self._home / name).is_file()}
        self._path.parent.mkdir(exist_ok=True)
        write_whole(self._path, json.dumps(there))
        self._fresh = False


@lru_cache(maxsize=8)
def known_sums(home: Path) -> KnownSums:
    """Return the sums that are known of the files of a data root, read once."""
    return KnownSums(home)


def sum_of(path: Path) -> str:
    """Return the SHA-256 of a file: that which is known of it, when it lies in a data root that knows some."""
    home = next((folder for folder in path.parents if (folder / CACHE).is_dir()), None)
    return known_sums(home).of(path) if home else sha256(path)


UNREAD = "unread.json"  # in data/processed for the forms, in its folder of field material for the démarches
DOUBTED = "doubted.json"  # in data/processed: the EPCIs of which a form says what cannot be
KINDS = (".xlsx", ".ods", ".csv", ".yml")
Unread = dict[str, str]  # what was left out of an EPCI: a form by its source, MATERIAL, or "" for others → its place


def where(finding: Finding, names: Collection[str]) -> str:
    """Return where a fault is, in French. names: those of files and sheets that no person has given.

    >>> where(Finding("data/private/1/caf.csv", 3, "Mme X", "'a'", "a number"), {"caf.csv"})
    'caf.csv, ligne 3'
    >>> sheet = SheetPlace.of("data/private/1/Mme X.xlsx", "Foyers", {"periode": "B"})
    >>> where(Finding(sheet, 3, "periode", "'a'", "a year"), {"Foyers"})
    'un fichier .xlsx, feuille « Foyers », B3'
    """
    path, _, sheet = finding.path.partition(", feuille « ")
    file, sheet = Path(path), sheet.removesuffix(" »")
    kind = file.suffix.lower() if file.suffix.lower() in KINDS else ""
    parts = [file.name if file.name in names else f"un fichier {kind}".rstrip()]
    parts += [f"feuille « {sheet} »"] if sheet and sheet in names else []
    if finding.line is not None and isinstance(finding.path, SheetPlace):
        parts.append(finding.path.cell(finding.line, finding.column).partition(" (")[0])
    elif finding.line is not None:
        parts.append(f"ligne {finding.line}")
    return ", ".join(parts)


def write_unread(folder: Path, unread: Mapping[str, Unread]) -> None:
    """Write beside the tables of a folder what was left out of each EPCI."""
    (folder / UNREAD).write_text(json.dumps(unread, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def is_doubted(root: DataRoot, epci: str) -> bool:
    """Tell whether a form of an EPCI says what cannot be."""
    path = root.processed / DOUBTED
    return path.is_file() and epci in json.loads(path.read_text(encoding="utf-8"))


def read_unread(root: DataRoot, epci: str) -> Unread:
    """Return what was left out of an EPCI; nothing of one whose files are all good."""
    forms, material = (_read(folder).get(epci, {}) for folder in (root.processed, root.processed / MATERIAL))
    return forms | material


def faulty(root: DataRoot) -> list[str]:
    """Return the EPCIs of which something was left out."""
    return sorted({*_read(root.processed), *_read(root.processed / MATERIAL)})


def faulty_forms(root: DataRoot) -> list[str]:
    """Return the EPCIs of which a form, or what lies beside it, is at fault."""
    return sorted(_read(root.processed))


def _read(folder: Path) -> dict[str, Unread]:
    path = folder / UNREAD
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

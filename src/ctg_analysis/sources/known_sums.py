"""Sums of files that are known already: a file of the same size, moment and inode is not read again.

A national file has gigabytes, and a build with nothing to do has half a second.
"""

import json
import os
import time
from functools import lru_cache
from pathlib import Path

from ctg_analysis.core.scratch import write_whole
from ctg_analysis.sources.folders import sha256

CACHE = ".cache"  # folder of a data root: what can be made again from the rest, sooner with it
SUMS = "sums.json"
SETTLED = 50_000_000  # nanoseconds after which a file that changes once more shows another moment


class KnownSums:
    """The SHA-256 of the files of a folder, with the size, moment and inode that each had when it was read."""

    def __init__(self, home: Path):
        self._home = home
        self._path = home / CACHE / SUMS
        self._known = read_cache(self._path)
        self._name_of = {known[-2]: name for name, known in self._known.items()}  # by inode
        self._fresh = False

    def of(self, path: Path) -> str:
        """Return the SHA-256 of a file, which is read when it is not known as it is now."""
        state, now = path.stat(), time.time_ns()
        signs = [state.st_size, state.st_mtime_ns, state.st_ino]
        name = os.path.relpath(path, self._home)
        known = self._known.get(name)
        if not known or known[:-1] != signs:
            known = self._link(path, state.st_ino)
        if known and known[:-1] == signs:
            return known[-1]
        digest = sha256(path)
        if now - state.st_mtime_ns > SETTLED:
            self._known[name] = [*signs, digest]
            self._fresh = True
        return digest

    def _link(self, path: Path, inode: int) -> list | None:
        """Return what is known of a file under another name, that of a link which is still there."""
        name = self._name_of.get(inode)
        other = self._home / (name or "")
        return self._known[name] if name and other.exists() and other.samefile(path) else None

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


def read_cache(path: Path) -> dict[str, list]:
    """Return what a file of CACHE holds; nothing when there is none yet, or a damaged one: it is then made again."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}

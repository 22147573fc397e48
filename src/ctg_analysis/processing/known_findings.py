"""What `ctg check` found before, by the sum of what it looked at: only what has changed is looked at again."""

import json
import os
from collections.abc import Callable, Collection
from dataclasses import astuple
from hashlib import sha256

from ctg_analysis.core.errors import Finding
from ctg_analysis.core.scratch import write_whole
from ctg_analysis.core.settings import DataRoot, project_path
from ctg_analysis.processing.freshness import inputs, made_from
from ctg_analysis.sources.known_sums import CACHE, known_sums, read_cache

FINDINGS, MOST = "findings.json", 10_000  # things looked at; of more, those of the last check alone are kept
EVERYWHERE = ("reference/", "library", "lock")


class KnownFindings:
    """The findings that are known of a data root, none made from a restricted file.

    What data/processed was made from is sound, but for what it leaves out of one EPCI (`core.unread`).
    """

    def __init__(self, root: DataRoot):
        self._path = root.path / CACHE / FINDINGS
        self._then, self._home = made_from(root), root.path
        self._now = inputs(root)
        self._known, self._used = read_cache(self._path), {}

    def are_sound(self, *prefixes: str) -> bool:
        """Tell whether data/processed was made from some files as they are now, by the first letters of their names."""
        now = self._files(*prefixes)
        return bool(now) and now == _named(self._then, *prefixes, *EVERYWHERE)

    def changed(self, prefix: str) -> set[str]:
        """Return the files, by the first letters of their names, of which data/processed was made from others."""
        return {name for name, _ in _named(self._now, prefix).items() ^ _named(self._then, prefix).items()}

    def _files(self, *prefixes: str) -> dict[str, str]:
        return _named(self._now, *prefixes, *EVERYWHERE)

    def of_files(self, what: str, prefixes: Collection[str], find: Callable[[], list[Finding]]) -> list[Finding]:
        """Return the findings about some files: those that are known, else those that are found."""
        return self.of([project_path(self._home), what, self._files(*prefixes)], find)

    def of(self, key: object, find: Callable[[], list[Finding]]) -> list[Finding]:
        """Return the findings of a key, which holds all that they depend on: those known, else those that are found."""
        digest = _digest(key)
        if not (self._now and digest in self._known):
            self._known[digest] = [astuple(finding) for finding in find()]
        self._used[digest] = self._known[digest]
        return [Finding(*row) for row in self._known[digest]]

    def save(self) -> None:
        """Keep what was found, of other démarches too, and the sums of the files read, where one may write."""
        if not os.access(self._path.parent, os.W_OK):
            return
        kept = self._known if len(self._known) <= MOST else self._used
        if self._now and kept != read_cache(self._path):
            write_whole(self._path, json.dumps(kept, ensure_ascii=False))
        known_sums(self._home).save()


def _named(files: dict[str, str], *prefixes: str) -> dict[str, str]:
    return {name: digest for name, digest in files.items() if name.startswith(prefixes)}


def _digest(key: object) -> str:
    return sha256(json.dumps(key, sort_keys=True, default=str).encode()).hexdigest()

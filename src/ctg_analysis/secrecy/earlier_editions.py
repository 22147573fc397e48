"""The record of what has been published of restricted sources: known for good, whatever is withheld since (rule R2).

    data/published/journal.csv        what must be there, a line for each entry
                   200067171/1a2b3c4d5e6f7890/observations.csv   rows of sources with a threshold, past the gate
                                              places.csv         the communes that their places are made of

It lies apart from the reports, which may be anywhere and be removed, and from data/private, which goes when its
agreement ends. An entry is named by its sum, so that the same figures published again, elsewhere or for other readers,
add nothing. It is written before what it tells is published: a build killed in between leaves an entry that nobody
read, and the gate protects more than it had to, never less. Nothing is recorded of the invented territory: its persons
are drawn at random, and its report must not depend on what was built before it on a machine.
"""

import csv
import io
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256 as hash_
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, NamedTuple

from ctg_analysis.core.errors import Finding, InputError, room_in
from ctg_analysis.core.settings import DataRoot, project_path

if TYPE_CHECKING:
    import pandas as pd

    from ctg_analysis.secrecy.statements import Edition

JOURNAL, ROWS, MEMBERS, SCRATCH = "journal.csv", "observations.csv", "places.csv", ".entry-"
TEXTS = ["territory", "level", "period", "indicator", "status", "source"]
NUMBERS = ["numerator", "denominator", "value"]
PLACE = ["territory", "level"]
RESTORE = "restore data/published from its backup"


class Entry(NamedTuple):
    """What is published of restricted sources, and the communes that its places are made of, as CSV."""

    observations: str
    places: str

    @property
    def name(self) -> str:
        """The sum of both."""
        return hash_("\0".join(self).encode()).hexdigest()[:16]


class Line(NamedTuple):
    """A line of the journal: an EPCI, an entry, the date of its data.

    edition: the sum of the observations of an edition that was published before there was a record; it has no entry
    when nothing in it is restricted.
    """

    epci: str
    entry: str
    date: str
    edition: str = ""


def entry_of(observations: "pd.DataFrame", places: "pd.DataFrame") -> Entry | None:
    """What observations that passed the gate tell of sources with a threshold, and which of their rows are
    withheld: what comes later is not to give these away either; None when nothing is told.

    With them the open counts that can be subtracted from those of two sources together (`Source.addition`).

    Parameters:
        places: columns territory, level, commune.
    """
    from ctg_analysis.catalogue import CATALOGUE
    from ctg_analysis.core.model import NOT_APPLICABLE, OK, SECRET, Count
    from ctg_analysis.sources import SOURCES

    table = observations[observations["status"].isin([OK, NOT_APPLICABLE, SECRET])]
    restricted = table["source"].isin([name for name, source in SOURCES.items() if source.secrecy.threshold])
    if not (restricted & table["status"].ne(SECRET)).any():
        return None
    added = [source for source in SOURCES.values() if source.addition]
    opened = {Count(measure) for source in added for measure, _ in source.addition.sums.values()}
    beside = table["indicator"].isin([name for name, indicator in CATALOGUE.items() if indicator.value in opened])
    sums = table[table["source"].isin([source.id for source in added])]
    beside &= _keys(table, [*PLACE, "period"]).isin(_keys(sums, [*PLACE, "period"]))
    rows = table.loc[restricted | beside, TEXTS + NUMBERS].astype(dict.fromkeys(TEXTS, str))
    members = places.loc[_keys(places, PLACE).isin(_keys(rows, PLACE)), [*PLACE, "commune"]]
    return Entry(_csv(rows), _csv(members))


def _keys(table: "pd.DataFrame", columns: list[str]) -> "pd.MultiIndex":
    import pandas as pd

    return pd.MultiIndex.from_frame(table[columns].astype(str))


def _csv(table: "pd.DataFrame") -> str:
    return table.sort_values(list(table.columns)).to_csv(index=False, lineterminator="\n")


def remember(root: DataRoot, epci: str, entry: Entry | None, date: str, edition: str = "") -> str | None:
    """Put in the record what is about to be published of an EPCI; return the name of the entry, None for nothing.

    Parameters:
        date: that of the data.
        edition: see `Line`.
    """
    if root.fictional or not (entry or edition):
        return None
    line = Line(epci, entry.name if entry else "", date, edition)
    with _alone(root):
        if entry:
            _write(root.published / epci / entry.name, entry)
        lines = read_journal(root)
        if not any(line[:2] == known[:2] and edition in ("", known.edition) for known in lines):
            _write_journal(root, [*lines, line])
    return f"{epci}/{entry.name}" if entry else None


@contextmanager
def _alone(root: DataRoot) -> Iterator[None]:
    """Hold the record for this process, and remove what one that was killed has begun."""
    from filelock import FileLock

    root.published.mkdir(exist_ok=True)
    with room_in(root.published), FileLock(root.published / ".lock"):
        for begun in root.published.glob(f"{SCRATCH}*"):
            shutil.rmtree(begun)
        yield


def _write(folder: Path, entry: Entry) -> None:
    if _read(folder) == entry:
        return
    scratch = Path(mkdtemp(prefix=SCRATCH, dir=folder.parent.parent))
    for name, text in zip((ROWS, MEMBERS), entry, strict=True):
        (scratch / name).write_text(text, encoding="utf-8", newline="")
    shutil.rmtree(folder, ignore_errors=True)  # one that somebody has changed
    folder.parent.mkdir(exist_ok=True)
    scratch.rename(folder)


def _read(folder: Path) -> Entry | None:
    """An entry as it is in its folder, None when it is not there whole."""
    paths = [folder / name for name in (ROWS, MEMBERS)]
    if not all(map(Path.is_file, paths)):
        return None
    return Entry(*(path.read_bytes().decode(errors="replace") for path in paths))  # its name is the sum of its bytes


def read_journal(root: DataRoot) -> list[Line]:
    """The lines of the journal, none without one.

    Raises:
        InputError: a line that has not the columns of `Line`.
    """
    path = root.published / JOURNAL
    if not path.is_file():
        return []
    lines = csv.reader(path.read_text(encoding="utf-8", errors="replace").splitlines())
    expected = f"{','.join(Line._fields)}: {RESTORE}"
    try:
        rows = list(lines)[1:]
    except csv.Error as error:
        raise InputError([Finding(project_path(path), lines.line_num, None, str(error), expected)]) from error
    wrong = [number for number, row in enumerate(rows, start=2) if len(row) != len(Line._fields)]
    if wrong:
        raise InputError(Finding(project_path(path), number, None, "other columns", expected) for number in wrong)
    return [Line(*row) for row in rows]


def _write_journal(root: DataRoot, lines: list[Line]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([Line._fields, *lines])
    fresh = root.published / f"{SCRATCH}{JOURNAL}"
    fresh.write_text(text.getvalue(), encoding="utf-8")
    fresh.replace(root.published / JOURNAL)


def begin_journal(root: DataRoot) -> None:
    """Write a journal without a line, where there is none."""
    with _alone(root):
        if not (root.published / JOURNAL).is_file():
            _write_journal(root, [])


def entries(root: DataRoot, known: Iterable[str] = ()) -> dict[str, Path]:
    """The folders of the entries by name (200067171/1a2b3c4d5e6f7890), as the journal lists them, whole.

    Parameters:
        known: names that something else remembers. What is there counts, listed or not.

    Raises:
        InputError: a hole: an entry that is not there any more, or has been changed.
    """
    listed = [f"{line.epci}/{line.entry}" for line in read_journal(root) if line.entry]
    named = (path for path in sorted(root.published.glob("[0-9]*/*")) if re.fullmatch("[0-9a-f]{16}", path.name))
    there = [f"{path.parent.name}/{path.name}" for path in named]
    folders = {name: root.published / name for name in dict.fromkeys([*listed, *there, *sorted(known)])}
    holes = [(path, _read(path)) for path in folders.values()]
    holes = [(path, entry) for path, entry in holes if entry is None or entry.name != path.name]
    if holes:
        raise InputError(
            Finding(project_path(path), None, None, *(_CHANGED if entry else _MISSING)) for path, entry in holes
        )
    return folders


_MISSING = "nothing", f"what has been published of restricted sources: {RESTORE}"
_CHANGED = "other figures than those published", f"the sum that names it: {RESTORE}"


def published_before(root: DataRoot, restricted: set[str], epci: str = "") -> "list[Edition]":
    """What the record tells of some sources, in its order, each with what its places are made of.

    Parameters:
        epci: what was published of this one alone.
    """
    import pandas as pd

    from ctg_analysis.secrecy.statements import Edition

    editions = []
    for folder in (folder for folder in entries(root).values() if epci in ("", folder.parent.name)):
        rows = pd.read_csv(folder / ROWS, dtype=str, keep_default_na=False)
        rows = rows.assign(**{name: rows[name].replace("", "nan").astype(float) for name in NUMBERS})
        if rows["source"].isin(restricted).any():
            editions.append(Edition(rows, pd.read_csv(folder / MEMBERS, dtype=str)))
    return editions

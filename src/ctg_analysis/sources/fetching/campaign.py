"""Several sources fetched one after the other: what was got, kept, failed and why, and what is left to do by hand."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ctg_analysis.core.datasets import Source
from ctg_analysis.core.errors import Busy
from ctg_analysis.core.settings import project_path
from ctg_analysis.sources.fetching.by_hand import packed_name, page_of
from ctg_analysis.sources.fetching.fetch import Wrong, fetch
from ctg_analysis.sources.fetching.received import FetchError
from ctg_analysis.sources.fetching.sizes import host_of
from ctg_analysis.sources.fetching.transport import NoAnswer
from ctg_analysis.sources.folders import CERTIFICATE, FULL, PARTIAL

GOT, KEPT, FAILED, BUSY, SILENT = "got", "kept", "failed", "busy", "silent"
REFUSALS = 2  # sources in a row whose servers do not answer: the network is down
BYTES_PER_SECOND = 2_000_000  # a line of 16 Mbit/s: what the time that is said beforehand supposes
DROPPED = "data/downloads"  # where a person puts what a browser has downloaded
Progress = Callable[[Source, str, int, int | None], None]


@dataclass(frozen=True)
class Outcome:
    """What came of a source: GOT, KEPT as it was, or the reason why not; files and bytes of its folder.

    state: also FAILED, SILENT when no server answered, BUSY when another process is at it.
    """

    source: Source
    state: str
    why: str = ""
    files: int = 0
    size: int = 0


@dataclass(frozen=True)
class Amount:
    """How much there is to download: files, the bytes of those whose size is told, how many are not."""

    files: int
    known: int
    untold: int

    @property
    def seconds(self) -> float:
        """How long what is told takes, at BYTES_PER_SECOND."""
        return self.known / BYTES_PER_SECOND


def amount(sources: Sequence[Source], sizes: dict[str, int | None]) -> Amount:
    """Return how much some sources are. sizes: by address, see `sizes.asked_sizes`.

    >>> from ctg_analysis.core.datasets import Download
    >>> one = Source("a", "A", "P", downloads=(Download("a.csv", "https://a"), Download("b.csv", "https://b")))
    >>> amount([one], {"https://a": 4_000_000}), amount([one], {"https://a": 4_000_000}).seconds
    (Amount(files=2, known=4000000, untold=1), 2.0)
    """
    told = [sizes.get(download.url) for source in sources for download in source.downloads]
    return Amount(len(told), sum(filter(None, told)), told.count(None))


def fetched(
    sources: Sequence[Source],
    raw: Path,
    *,
    mirror: str = "",
    given: Path | None = None,
    silent: Collection[str] = (),
    progress: Progress,
    wrong: Wrong = lambda source, folder: [],
) -> Iterator[Outcome]:
    """Yield what comes of each source; one that fails does not stop the others. progress: told without a name, as a
    source is begun. wrong: see `fetch`.

    silent: the servers that did not answer when they were asked for sizes: nothing more is asked of them. When REFUSALS
    others stop answering one after the other, the network is down, and nothing more is asked of any.
    """
    dead, refusals = set(silent), 0
    for source in sources:
        lost = sorted({host_of(download, mirror) for download in source.downloads} & dead)
        if refusals == REFUSALS:
            yield Outcome(source, SILENT, f"{source.id}: not asked for, the network is down")
        elif lost:
            yield Outcome(source, SILENT, f"{source.id}: {', '.join(lost)} does not answer")
        else:
            progress(source, "", 0, None)
            outcome = _outcome(source, raw, mirror, given, progress, wrong)
            silence = outcome.state == SILENT
            refusals = refusals + 1 if silence else 0
            dead |= {host_of(download, mirror) for download in source.downloads} if silence else set()
            yield outcome


def _outcome(source: Source, raw: Path, mirror: str, given: Path | None, progress: Progress, wrong: Wrong) -> Outcome:
    try:
        folder = fetch(source, raw, mirror=mirror, given=given, progress=partial(progress, source), wrong=wrong)
    except (FetchError, Busy) as error:
        state = BUSY if isinstance(error, Busy) else SILENT if isinstance(error, NoAnswer) else FAILED
        return Outcome(source, state, str(error))
    return held(source, folder, GOT)


def held(source: Source, full: Path, state: str) -> Outcome:
    """Return a source that has its full files, with how many and how large they are."""
    files = [path for path in full.iterdir() if path.name != CERTIFICATE]
    return Outcome(source, state, "", len(files), sum(path.stat().st_size for path in files))


def by_hand(source: Source, raw: Path) -> list[str]:
    """Return what a person does to get the files of a source that no command could: the page, the names, the place.

    >>> from ctg_analysis.core.datasets import Download
    >>> one = Source("a", "A", "P", downloads=(Download("a.csv", "https://b.fr/a.csv"),))
    >>> by_hand(one, Path("data/raw"))
    ['open https://b.fr/a.csv and save the file as data/downloads/a.csv', 'then: ctg fetch a --from data/downloads']
    """
    if not source.open:
        return [source.how_to_get]
    if not source.downloads:
        return [source.how_to_get, f"its place: {project_path(raw / source.id / FULL)}, with a {CERTIFICATE} beside"]
    lines = [
        f"open {page_of(download)} and save the file as {DROPPED}/{packed_name(download)}"
        for download in source.downloads
        if not (raw / source.id / PARTIAL / download.name).is_file()
    ]
    return [*lines, f"then: ctg fetch {source.id} --from {DROPPED}"]

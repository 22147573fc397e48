"""`ctg fetch`: the full files of sources, verified, with their certificate, put in place whole or not at all."""

import datetime
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import yaml

from ctg_analysis.core.datasets import Download, Source
from ctg_analysis.core.errors import Busy, Finding
from ctg_analysis.core.locks import alone
from ctg_analysis.core.scratch import put_in_place, restore
from ctg_analysis.core.settings import project_path
from ctg_analysis.sources.declared_sources import declared_at
from ctg_analysis.sources.fetching.received import FetchError, keep
from ctg_analysis.sources.fetching.transport import NoAnswer, host_of, retrieve
from ctg_analysis.sources.folders import CERTIFICATE, FULL, PARTIAL, sha256

FORMER, NEXT, REFUSED = ".former", ".next", ".refused"  # beside the full files of a source, never read
GOT, KEPT, FAILED, BUSY, SILENT = "got", "kept", "failed", "busy", "silent"
REFUSALS = 2  # sources in a row whose servers do not answer: the network is down
DROPPED = "data/downloads"  # where a person puts what a browser has downloaded
PAGES = {  # of the sites whose addresses of data tell the page that a person opens
    r"(https://[^/]+)/api/explore/v2\.1/catalog/datasets/([^/?]+)/.*": r"\1/explore/dataset/\2/",
    r"https://www\.data\.gouv\.fr/api/1/datasets/([^/?]+)/?": r"https://www.data.gouv.fr/datasets/\1/",
    r"https://www\.insee\.fr/fr/statistiques/fichier/(\d+)/.*": r"https://www.insee.fr/fr/statistiques/\1",
}
Progress = Callable[[str, int, int | None], None]  # the name of a file, the bytes so far, the total if it is told
Wrong = Callable[[Source, Path], list[Finding]]


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


def fetch(
    source: Source,
    raw: Path,
    *,
    mirror: str = "",
    given: Path | None = None,
    progress: Progress = lambda name, done, total: None,
    wrong: Wrong = lambda source, folder: [],
) -> Path:
    """The folder data/raw/<source>/full/ with all the files of the source; the former ones stay in FORMER.

    After a failure, the files that had come are not asked for again. given: a folder of files that a person has
    downloaded, which are taken from there. wrong: what keeps the files that came from being read; they are then put in
    REFUSED, and the former ones stay in place.

    Raises:
        FetchError: a file could not be had; the former folder is still in place. NoAnswer: no server answered.
        Busy: another process fetches the same source.
    """
    if not source.downloads:
        form = "`ctg new EPCI` writes its form: " if source.from_partners else ""
        raise FetchError(f"{source.id}: no address; {form}{source.how_to_get or 'ask its producer'}")
    home = raw / source.id
    begun, full = home / PARTIAL / FULL, home / FULL  # what reads them knows full files by the name of their folder
    try:
        with alone(raw, source.id, f"{source.id}: fetched"):
            restore(full)
            begun.mkdir(parents=True, exist_ok=True)
            failures = []
            for download in source.downloads:
                try:
                    if not (begun / download.name).is_file():
                        _get(download, begun, mirror, given, partial(progress, download.name))
                except FetchError as error:  # the other files are had all the same: less is left for the next time
                    failures.append(type(error)(f"{source.id}: {error}{_where(source, download)}"))
                    if isinstance(error, NoAnswer):
                        break
            for path in begun.iterdir():
                if path.name not in {download.name for download in source.downloads}:
                    path.unlink()
            if failures:
                raise failures[0]
            _certify(source, begun)
            _refuse(source, begun, wrong)
            _put_in_place(begun, full)
            return full
    except OSError as error:
        place = project_path(Path(error.filename)) if error.filename else project_path(home)
        raise FetchError(f"{source.id}: {place}: {error.strerror}, expected room and the right to write") from error


def fetch_each(
    sources: Sequence[Source],
    raw: Path,
    *,
    mirror: str = "",
    progress: Callable[[Source, str, int, int | None], None] = lambda source, name, done, total: None,
    **options: object,
) -> Iterator[Outcome]:
    """Yield what comes of each source; one that fails does not stop the others.

    A server that does not answer is asked no more; after REFUSALS of them in a row, none is. progress: also told of a
    source that begins, without a name. options: see `fetch`.
    """
    dead, refusals = set(), 0
    for source in sources:
        hosts = {host_of(download, mirror) for download in source.downloads}
        if refusals == REFUSALS:
            yield Outcome(source, SILENT, f"{source.id}: not asked for, the network is down")
        elif hosts & dead:
            yield Outcome(source, SILENT, f"{source.id}: {', '.join(sorted(hosts & dead))} does not answer")
        else:
            progress(source, "", 0, None)
            try:
                outcome = held(source, fetch(source, raw, mirror=mirror, progress=partial(progress, source), **options))
            except (FetchError, Busy) as error:
                state = BUSY if isinstance(error, Busy) else SILENT if isinstance(error, NoAnswer) else FAILED
                outcome = Outcome(source, state, str(error))
            dead |= hosts if outcome.state == SILENT else set()
            refusals = refusals + 1 if outcome.state == SILENT else 0
            yield outcome


def held(source: Source, full: Path, state: str = GOT) -> Outcome:
    """A source that has its full files, with how many and how large they are."""
    sizes = [path.stat().st_size for path in full.iterdir() if path.name != CERTIFICATE]
    return Outcome(source, state, "", len(sizes), sum(sizes))


def undo(source: Source, raw: Path) -> bool:
    """Put the former full files of a source back, and keep those that were there in their stead: done again, it brings
    these back. Where there were none before, the extract counts again. Return whether there are full files now.

    Raises:
        FetchError: nothing to go back to. Busy: another process fetches the source.
    """
    full = raw / source.id / FULL
    former = full.with_name(FORMER)
    if not (full.is_dir() or former.is_dir()):
        raise FetchError(f"{source.id}: nothing was fetched, there is nothing to go back to")
    with alone(raw, source.id, f"{source.id}: fetched"):
        restore(full)
        if former.is_dir():
            put_in_place(former, full)
        else:
            full.rename(former)
    return full.is_dir()


def by_hand(source: Source, raw: Path) -> list[str]:
    """What a person does to get the files of a source that no command could: the page, the names, the place.

    >>> one = Source("a", "A", "P", downloads=(Download("a.csv", "https://b.fr/a.csv"),))
    >>> by_hand(one, Path("data/raw"))
    ['open https://b.fr/a.csv and save the file as data/downloads/a.csv', 'then: ctg fetch a --from data/downloads']
    """
    if not source.open:
        return [source.how_to_get]
    if not source.downloads:
        return [source.how_to_get, f"its place: {project_path(raw / source.id / FULL)}, with a {CERTIFICATE} beside"]
    lines = [
        f"open {page_of(download)} and save the file as {DROPPED}/{_packed(download)}"
        for download in source.downloads
        if not (raw / source.id / PARTIAL / FULL / download.name).is_file()
    ]
    return [*lines, f"then: ctg fetch {source.id} --from {DROPPED}"]


def page_of(download: Download) -> str:
    """The page that a person opens to get a file; the address of the file where no page is known.

    >>> page_of(Download("a.csv", "https://data.caf.fr/api/explore/v2.1/catalog/datasets/abc/exports/csv?delimiter=%3B"))
    'https://data.caf.fr/explore/dataset/abc/'
    """
    found = ((re.fullmatch(address, download.url), page) for address, page in PAGES.items())
    return next((match.expand(page) for match, page in found if match), download.url)


def _packed(download: Download) -> str:
    """The name that a file comes under: that of the zip which holds it, when there is one."""
    return f"{download.name}.zip" if download.member else download.name


def _get(download: Download, folder: Path, mirror: str, given: Path | None, progress: Callable[..., None]) -> None:
    """Put a file in a folder: the one that a person has downloaded, a zip also under the name that its site gives it,
    else that of its address.
    """
    part = folder / f"{_packed(download)}.part"
    last = PurePosixPath(urlsplit(download.url).path).name
    names = [_packed(download), download.name, *([last, f"{last}.zip"] if download.member else [])]
    file = next((given / name for name in names if given and (given / name).is_file()), None)
    if file:
        shutil.copyfile(file, part)
    origin = str(file) if file else retrieve(download, part, mirror, progress)
    packed = bool(download.member) and (not file or file.name != download.name)
    if download.sha256 and sha256(part) != download.sha256:
        raise FetchError(f"{origin}: another sum came than {download.sha256}, which the producer announces")
    keep(part, download, origin, packed=packed)


def _where(source: Source, download: Download) -> str:
    """Return where the address is declared, for a person to correct it."""
    place, guess = declared_at(source, download.url), "" if download.seen else ", a guess so far"
    return f" (the address{guess} is declared in {place})" if place else ""


def _certify(source: Source, folder: Path) -> None:
    """Write the certificate of fetched files: date, size and sum of each."""
    paths = {download: folder / download.name for download in source.downloads}
    certificate = {
        "id": source.id,
        "titre": source.label,
        "producteur": source.producer,
        "jeu_de_donnees": ", ".join(download.name for download in source.downloads),
        "millesime": "celui du fichier",
        "geographie": source.geography.words or "celle du fichier",
        "licence": source.licence,
        "date_acces": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "couverture": "fichiers complets du producteur",
        "secret_arrondi": source.note or "celui du producteur",
        "reserves": [],
        "fichiers": [
            {"fichier": path.name, "url": download.url, "octets": path.stat().st_size, "sha256": sha256(path)}
            for download, path in paths.items()
        ],
    }
    text = yaml.safe_dump(certificate, allow_unicode=True, sort_keys=False)
    (folder / CERTIFICATE).write_text(text, encoding="utf-8")


def _refuse(source: Source, begun: Path, wrong: Wrong) -> None:
    """Put files that cannot be read aside.

    Raises:
        FetchError: the first thing that is wrong with them, how many more there are, where they are.
    """
    findings = wrong(source, begun)
    if not findings:
        return
    refused = begun.parent.with_name(REFUSED)
    shutil.rmtree(refused, ignore_errors=True)
    begun.rename(refused)
    first, more = str(findings[0]).replace(project_path(begun), project_path(refused)), len(findings) - 1
    raise FetchError(f"{source.id}: {first}{f' (and {more} more)' if more else ''}; what was here stays in its place")


def _put_in_place(begun: Path, full: Path) -> None:
    """Put the new files in the place of the former ones, which are kept.

    Under another name first: what is in PARTIAL is taken for downloaded, where former files may never be.
    """
    coming, former = full.with_name(NEXT), full.with_name(FORMER)
    shutil.rmtree(coming, ignore_errors=True)
    begun.rename(coming)
    shutil.rmtree(begun.parent)
    put_in_place(coming, full)
    if coming.exists():
        shutil.rmtree(former, ignore_errors=True)
        coming.rename(former)

"""`ctg fetch`: the full files of sources, verified, with their certificate, put in place whole or not at all."""

import datetime
import fnmatch
import json
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import requests
import tenacity
import urllib3
import yaml

from ctg_analysis.model.errors import Busy, Finding, UserError
from ctg_analysis.model.scratch import alone, put_in_place, restore
from ctg_analysis.model.settings import project_path
from ctg_analysis.model.source import Download, Source, declared_at
from ctg_analysis.raw.folders import CERTIFICATE, FULL, PARTIAL, sha256
from ctg_analysis.raw.workbook_safety import DAMAGED

MAXIMUM_BYTES = 2_000_000_000
BLOCK = 1 << 16


ATTEMPTS = 5


class FetchError(UserError):
    """A file that could not be had; nothing of it was kept in the place of a good one.

    again: of a fault that may pass, the seconds that the server asks to wait before it is asked again.
    """

    def __init__(self, message: str, again: float | None = None):
        super().__init__(message if again is None else f"{message}, {ATTEMPTS} times; run the command again later")
        self.again = again


def too_large(origin: str) -> FetchError:
    """The error of what has, or would unpack to, more bytes than any file of official statistics."""
    return FetchError(f"{origin}: more than {MAXIMUM_BYTES / 1e9:.0f} GB, expected a smaller file")


def keep(came: Path, download: Download, origin: str, *, packed: bool) -> None:
    """Keep what came, out of its zip when it is in one, beside it under the name of the download.

    Raises:
        FetchError: a page in its place, a damaged zip, one without the file.
    """
    came = _unpacked(came, download, origin) if packed else came
    with came.open("rb") as file:
        start = file.read(512).lower()
    if b"<html" in start or b"<!doctype" in start:
        raise FetchError(f"{origin}: a page came, expected a data file; open it in a browser to see why")
    came.replace(came.with_name(download.name))


def _unpacked(path: Path, download: Download, origin: str, *, within: bool = False) -> Path:
    """The file of a zip that the download keeps; a zip within the zip is opened too, but none within that.

    It is written under a name of ours, wherever the zip would have it.
    """
    target = path.with_name(f"{download.name}.{'inner' if within else 'outer'}.part")
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAXIMUM_BYTES:
                raise too_large(origin)
            names = archive.namelist()
            fitting = [name for name in names if fnmatch.fnmatch(PurePosixPath(name).name, download.member)]
            inner = [] if fitting or within else [name for name in names if name.lower().endswith(".zip")]
            if len(fitting + inner) != 1:
                raise FetchError(f"{origin}: {len(fitting)} files fit {download.member!r} in the zip, expected one")
            with archive.open((fitting + inner)[0]) as member, target.open("wb") as file:
                shutil.copyfileobj(member, file)
    except DAMAGED as error:
        raise FetchError(f"{origin}: a damaged or foreign file came, expected a zip") from error
    return _unpacked(target, download, origin, within=True) if inner else target


TIMEOUTS = 10, 30  # seconds to connect, without a byte
SECONDS_FOR_A_FILE = 3600
LONGEST_WAIT = 120  # seconds that a server may ask us to wait
SECONDS_BEFORE = {"api.insee.fr": 2.0}  # at most 30 requests a minute to Melodi
HEADERS = {"User-Agent": "ctg_analysis", "Accept-Encoding": "identity"}
BACKOFF = tenacity.wait_exponential(max=30)  # 1, 2, 4... seconds

FileProgress = Callable[[int, int | None], None]


class NoAnswer(FetchError):
    """A file that could not be had because no server answered: the network is down, or it lets nothing through."""


def retrieve(download: Download, part: Path, mirror: str, progress: FileProgress) -> str:
    """Write the file of a download into `part`, not verified yet; return the address that it came from.

    For a dataset of data.gouv.fr, that of its latest resource that fits.

    Raises:
        FetchError: says what came in the place of the file, and what to do. NoAnswer: nothing came.
    """
    url, deadline = mirrored(download.url, mirror), time.monotonic() + SECONDS_FOR_A_FILE
    time.sleep(SECONDS_BEFORE.get(urlsplit(download.url).netloc, 0))
    if download.resource:
        _download(url, part, deadline, lambda done, total: None)
        url = mirrored(_latest(part, download), mirror)
    _download(url, part, deadline, progress)
    return url


def mirrored(url: str, mirror: str) -> str:
    """The address on a mirror, with its query; the address itself without mirror.

    >>> mirrored("https://www.insee.fr/a.csv?b=1", "http://mirror:80/"), mirrored("https://www.insee.fr/a.csv", "")
    ('http://mirror:80/www.insee.fr/a.csv?b=1', 'https://www.insee.fr/a.csv')
    """
    return f"{mirror.rstrip('/')}/{url.partition('://')[2]}" if mirror else url


def _latest(catalogue: Path, download: Download) -> str:
    """The address that {"resources": [{"url", "last_modified"}, ...]} (api/1/datasets/<slug>/) leads to."""
    try:
        resources = json.loads(catalogue.read_text(encoding="utf-8"))["resources"]
        names = {resource["url"]: PurePosixPath(urlsplit(resource["url"]).path).name for resource in resources}
        fitting = [one for one in resources if fnmatch.fnmatch(names[one["url"]], download.resource)]
        return max(fitting, key=lambda resource: resource["last_modified"])["url"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        wanted = f"no resource named like {download.resource!r} came, expected a dataset of data.gouv.fr"
        raise FetchError(f"{download.url}: {wanted}") from error


@tenacity.retry(
    stop=tenacity.stop_after_attempt(ATTEMPTS),
    wait=lambda state: BACKOFF(state) + state.outcome.exception().again,
    retry=tenacity.retry_if_exception(lambda error: getattr(error, "again", None) is not None),
    reraise=True,
)
def _download(url: str, part: Path, deadline: float, progress: FileProgress) -> None:
    try:
        with requests.get(url, headers=HEADERS, stream=True, timeout=TIMEOUTS) as answer:
            _refuse_answer(answer, url)
            _write(answer, part, deadline, progress, url)
    except (requests.TooManyRedirects, ValueError, OverflowError) as error:  # an address, a redirection, a header
        raise FetchError(f"{url}: cannot be asked ({type(error).__name__}); has its address changed?") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        kind = NoAnswer if isinstance(error, requests.ConnectionError) else FetchError
        if kind is NoAnswer and isinstance(error.args[0], urllib3.exceptions.MaxRetryError):
            raise NoAnswer(f"{url}: no connection ({type(error).__name__}); run the command again later") from error
        raise kind(f"{url}: the connection failed ({type(error).__name__})", again=0) from error


def _refuse_answer(answer: requests.Response, url: str) -> None:
    code = answer.status_code
    if code in (408, 429) or code >= 500:
        wait = urllib3.Retry().get_retry_after(answer.raw) or 0
        if wait > LONGEST_WAIT:
            raise FetchError(f"{url}: the server asks to wait {wait:.0f} seconds; run the command again then")
        raise FetchError(f"{url}: the server answered {code}", again=wait)
    if code != 200:
        raise FetchError(f"{url}: the server answered {code}, expected the file; has its address changed?")
    if "text/html" in answer.headers.get("Content-Type", ""):
        raise FetchError(f"{url}: a web page came, expected a data file; open the address in a browser to see why")


def _write(answer: requests.Response, part: Path, deadline: float, progress: FileProgress, url: str) -> None:
    size, length = 0, answer.headers.get("Content-Length", "")
    total = int(length) if length.isdecimal() and "Content-Encoding" not in answer.headers else None
    with part.open("wb") as file:
        # read1 gives what has come: a server that drips never makes us wait for a whole block.
        while block := answer.raw.read1(BLOCK, decode_content=True):
            size += len(block)
            if max(size, total or 0) > MAXIMUM_BYTES:
                raise too_large(url)
            if time.monotonic() > deadline:
                raise FetchError(f"{url}: too slow, {size} bytes in the time allowed; run the command again later")
            file.write(block)
            ends_a_line = block.endswith(b"\n")
            progress(size, total)
    if not size:
        raise FetchError(f"{url}: an empty answer came", again=0)
    measured = length or "Transfer-Encoding" in answer.headers  # urllib3 sees that such an answer was cut
    if not measured and part.name.endswith(".csv.part") and not ends_a_line:
        raise FetchError(f"{url}: an answer of unknown length stopped within a line, at {size} bytes", again=0)


NEXT, REFUSED = ".next", ".refused"  # beside the full files of a source, never read
GOT, KEPT, FAILED, BUSY, SILENT = "got", "kept", "failed", "busy", "silent"
DROPPED = "data/downloads"  # where a person puts what a browser has downloaded
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
    """The folder data/raw/<source>/full/ with all the files of the source, which take the place of former ones.

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
        with alone(raw, source.id, f"{source.id} : téléchargé"):
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

    A server that does not answer is asked no more. progress: also told of a source that begins, without a name.
    options: see `fetch`.
    """
    dead: set[str] = set()
    for source in sources:
        hosts = {urlsplit(mirrored(download.url, mirror)).netloc for download in source.downloads}
        if hosts & dead:
            yield Outcome(source, SILENT, f"{source.id}: {', '.join(sorted(hosts & dead))} does not answer")
            continue
        progress(source, "", 0, None)
        try:
            outcome = held(source, fetch(source, raw, mirror=mirror, progress=partial(progress, source), **options))
        except (FetchError, Busy) as error:
            state = BUSY if isinstance(error, Busy) else SILENT if isinstance(error, NoAnswer) else FAILED
            outcome = Outcome(source, state, str(error))
            dead |= hosts if state == SILENT else set()
        yield outcome


def held(source: Source, full: Path, state: str = GOT) -> Outcome:
    """A source that has its full files, with how many and how large they are."""
    sizes = [path.stat().st_size for path in full.iterdir() if path.name != CERTIFICATE]
    return Outcome(source, state, "", len(sizes), sum(sizes))


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
        f"open {download.url.replace('/api/1/datasets/', '/datasets/')} and save the file as "
        f"{DROPPED}/{_packed(download)}"
        for download in source.downloads
        if not (raw / source.id / PARTIAL / FULL / download.name).is_file()
    ]
    return [*lines, f"then: ctg fetch {source.id} --from {DROPPED}"]


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
    place, guess = next(iter(declared_at(source, download.url)), ""), "" if download.seen else ", a guess so far"
    return f" (the address{guess} is declared in {place})" if place else ""


def _certify(source: Source, folder: Path) -> None:
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
    """Put files that cannot be read aside."""
    findings = wrong(source, begun)
    if not findings:
        return
    refused = begun.parent.with_name(REFUSED)
    shutil.rmtree(refused, ignore_errors=True)
    begun.rename(refused)
    first, more = str(findings[0]).replace(project_path(begun), project_path(refused)), len(findings) - 1
    raise FetchError(f"{source.id}: {first}{f' (and {more} more)' if more else ''}; what was here stays in its place")


def _put_in_place(begun: Path, full: Path) -> None:
    """Put the new files in the place of the former ones.

    Under another name first: what is in PARTIAL is taken for downloaded, where former files may never be.
    """
    coming = full.with_name(NEXT)
    shutil.rmtree(coming, ignore_errors=True)
    begun.rename(coming)
    shutil.rmtree(begun.parent)
    put_in_place(coming, full)
    shutil.rmtree(coming, ignore_errors=True)

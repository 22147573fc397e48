"""The file that an address gives, asked of a server and unpacked in processes with limits.

Neither the server nor the file is trusted.
"""

import fnmatch
import re
import shutil
import socket
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path, PurePosixPath
from string import punctuation
from urllib.parse import quote, urljoin, urlsplit

import requests
import tenacity
import urllib3
from pydantic import BaseModel, ValidationError
from requests.cookies import extract_cookies_to_jar

from ctg_analysis.model.errors import UserError
from ctg_analysis.model.processes import LimitError, Limits, News, in_child
from ctg_analysis.model.source import Download
from ctg_analysis.raw.workbook_safety import COMPRESSIONS, DAMAGED

MAXIMUM_BYTES, CATALOGUE_BYTES = 2_000_000_000, 20_000_000
BLOCK = 1 << 16
ATTEMPTS, REDIRECTS = 5, 10
TIMEOUTS = 10, 30  # seconds to connect, without a byte
LIMITS = Limits(seconds=3600, silence=60, memory=300_000_000)  # of a file that comes
UNPACKING = Limits(seconds=900, silence=900, memory=300_000_000)
LONGEST_WAIT = 120  # seconds that a server may ask us to wait
SECONDS_BEFORE = {"api.insee.fr": 2.0}  # at most 30 requests a minute to Melodi
HEADERS = {"User-Agent": "ctg_analysis", "Accept-Encoding": "identity"}
BACKOFF = tenacity.wait_exponential(max=30)  # 1, 2, 4... seconds
LONGEST_ADDRESS = 300  # letters of an address in a message

FileProgress = Callable[[int, int | None], None]


class FetchError(UserError):
    """A file that could not be had; nothing of it was kept in the place of a good one.

    again: of a fault that may pass, the seconds to wait before the server is asked again.
    """

    def __init__(self, message: str, again: float | None = None):
        times = "" if again is None else f", {ATTEMPTS} fois ; relancer la commande plus tard"
        super().__init__(message + times)
        self.again = again


class NoAnswer(FetchError):
    """A file that no server answered for: the network is down, or it lets nothing through."""


def retrieve(download: Download, part: Path, mirror: str, progress: FileProgress) -> str:
    """Write the file of a download into `part`, not verified yet; return the address that gave it.

    For a dataset of data.gouv.fr, that of its latest resource that fits.

    Raises:
        FetchError: says what came in the place of the file, and what to do. NoAnswer: nothing came.
    """
    url, deadline = mirrored(download.url, mirror), time.monotonic() + LIMITS.seconds
    first = _server(url)
    time.sleep(SECONDS_BEFORE.get(urlsplit(download.url).netloc, 0))
    if download.resource:
        _receive(url, part, first, deadline, lambda done, total: None, CATALOGUE_BYTES)
        url = mirrored(_latest(part, download), mirror)
    return _receive(url, part, first, deadline, progress, MAXIMUM_BYTES)


def mirrored(url: str, mirror: str) -> str:
    """The address on a mirror, with its query; the address itself without mirror.

    >>> mirrored("https://www.insee.fr/a.csv?b=1", "http://mirror:80/")
    'http://mirror:80/www.insee.fr/a.csv?b=1'
    >>> mirrored("https://www.insee.fr/a.csv", "")
    'https://www.insee.fr/a.csv'
    """
    return f"{mirror.rstrip('/')}/{url.partition('://')[2]}" if mirror else url


def shown(url: str) -> str:
    """An address as a message or a certificate may have it: one line of ASCII, no password.

    >>> shown("https://me:secret@example.org/données\\n\\u202etxt")
    'https://example.org/donn%C3%A9es%0A%E2%80%AEtxt'
    """
    return quote(re.sub(r"(?<=://)[^/?#]*@", "", url), safe=punctuation)[:LONGEST_ADDRESS]


class _Resource(BaseModel):
    """A file of a dataset. last_modified: its day, ISO."""

    url: str
    last_modified: str


class _Dataset(BaseModel):
    """The answer of api/1/datasets/<slug>/ of data.gouv.fr."""

    resources: tuple[_Resource, ...]


def _latest(catalogue: Path, download: Download) -> str:
    """The address of the latest resource of a dataset that fits a download."""
    try:
        resources = _Dataset.model_validate_json(catalogue.read_bytes()).resources
        names = [PurePosixPath(urlsplit(one.url).path).name for one in resources]
        pairs = zip(resources, names, strict=True)
        fitting = [one for one, name in pairs if fnmatch.fnmatch(name, download.resource)]
        return max(fitting, key=lambda one: one.last_modified).url
    except (ValidationError, ValueError) as error:
        expected = f"un jeu de données de data.gouv.fr avec une ressource {download.resource!r}"
        found = "trouvé une autre réponse"
        raise FetchError(f"{download.url} : {found}, attendu {expected}") from error


@tenacity.retry(
    stop=tenacity.stop_after_attempt(ATTEMPTS),
    wait=lambda state: BACKOFF(state) + state.outcome.exception().again,
    retry=tenacity.retry_if_exception(lambda error: getattr(error, "again", None) is not None),
    reraise=True,
)
def _receive(url: str, part: Path, first: str, deadline: float, progress: FileProgress, most: int) -> str:
    """Write what an address gives, in a process of its own; return the one that gave it."""
    limits = replace(LIMITS, seconds=deadline - time.monotonic())
    try:
        return in_child(lambda tell: _exchange(url, part, first, most, tell), limits, progress)
    except LimitError as error:
        raise FetchError(f"{shown(url)} : {error} ; relancer la commande plus tard") from error


def _exchange(url: str, part: Path, first: str, most: int, tell: News) -> str:
    """Write what an address gives; return the one that gave it.

    first: the server that was asked for, the only one that may be of a private network.
    """
    origin = shown(url)
    try:
        with requests.Session() as session, _answer(session, url, first) as answer:
            _refuse_answer(answer, origin)
            _write(answer, part, most, tell, origin)
            return shown(answer.url)
    except (FetchError, MemoryError):
        raise
    except requests.ConnectionError as error:
        (cause, *_) = error.args or ("",)
        unheard = isinstance(cause, urllib3.exceptions.MaxRetryError)
        if unheard and not isinstance(error, requests.exceptions.SSLError):
            found = f"aucune connexion ({type(error).__name__})"
            raise NoAnswer(f"{origin} : {found} ; relancer la commande plus tard") from error
        raise _cut(origin, error) from error
    except (requests.Timeout, urllib3.exceptions.HTTPError) as error:
        raise _cut(origin, error) from error
    except (requests.RequestException, ValueError) as error:  # an address, a redirection, a header
        found = f"adresse impossible à suivre ({type(error).__name__})"
        raise FetchError(f"{origin} : {found} ; a-t-elle changé ?") from error
    except OSError:  # of the disk: those of the network are of the libraries
        raise
    except Exception as error:  # what a library raises on an answer that is none
        found = f"réponse illisible ({type(error).__name__})"
        raise FetchError(f"{origin} : {found}", again=0) from error


def _cut(origin: str, error: Exception) -> FetchError:
    return FetchError(f"{origin} : la connexion a échoué ({type(error).__name__})", again=0)


def _answer(session: requests.Session, url: str, first: str) -> requests.Response:
    """The answer that an address leads to; what comes with a redirection is not read.

    `Session.get` would read the whole of it into memory, even where it follows none.
    """
    for _ in range(REDIRECTS):
        request = session.prepare_request(requests.Request("GET", url, headers=HEADERS))
        if _server(request.url) != first and not _is_public(request.url):
            found = "adresse d'un réseau privé donnée par un serveur"
            raise FetchError(f"{shown(request.url)} : {found}, attendu une adresse publique")
        options = session.merge_environment_settings(request.url, {}, True, None, None)
        answer = session.get_adapter(request.url).send(request, timeout=TIMEOUTS, **options)
        target = session.get_redirect_target(answer)
        if target is None:
            return answer
        extract_cookies_to_jar(session.cookies, request, answer.raw)
        answer.close()
        url = urljoin(request.url, target)
    raise requests.TooManyRedirects


def _server(url: str) -> str:
    """The name and the port of a server, as the library that connects to it reads them."""
    return urllib3.util.parse_url(url).netloc or ""


def _is_public(url: str) -> bool:
    """Whether all that the name of a server leads to is of the public network.

    A name that this machine does not know is asked for all the same: a proxy may know it.

    >>> [_is_public(f"http://{host}/") for host in ("127.0.0.1", "[::1]", "2130706433", "8.8.8.8")]
    [False, False, False, True]
    """
    host = (urllib3.util.parse_url(url).host or "").strip("[]")
    try:
        found = {ip_address(one[4][0].partition("%")[0]) for one in socket.getaddrinfo(host, None)}
    except socket.gaierror:
        return True
    return all(one.is_global and not one.is_multicast for one in found)


def _refuse_answer(answer: requests.Response, origin: str) -> None:
    code = answer.status_code
    if code in (408, 429) or code >= 500:
        wait = urllib3.Retry().get_retry_after(answer.raw) or 0
        if wait > LONGEST_WAIT:
            found = f"le serveur demande d'attendre {wait:.0f} secondes"
            raise FetchError(f"{origin} : {found} ; relancer la commande après")
        raise FetchError(f"{origin} : le serveur a répondu {code}", again=wait)
    if code != 200:
        expected = "attendu le fichier ; son adresse a-t-elle changé ?"
        raise FetchError(f"{origin} : le serveur a répondu {code}, {expected}")
    if "text/html" in answer.headers.get("Content-Type", ""):
        raise FetchError(f"{origin} : {A_PAGE}")


A_PAGE = "trouvé une page web, attendu un fichier de données ; ouvrir l'adresse pour voir pourquoi"


def _write(answer: requests.Response, part: Path, most: int, tell: News, origin: str) -> None:
    size, length = 0, answer.headers.get("Content-Length", "")
    total = int(length) if length.isdecimal() and "Content-Encoding" not in answer.headers else None
    with part.open("wb") as file:
        # read1 gives what has come: a server that drips never makes us wait for a whole block.
        while block := answer.raw.read1(BLOCK, decode_content=True):
            size += len(block)
            if max(size, total or 0) > most:
                raise too_large(origin, most)
            file.write(block)
            ends_a_line = block.endswith(b"\n")
            tell(size, total)
    if not size:
        raise FetchError(f"{origin} : le serveur a donné un fichier vide", again=0)
    measured = length or "Transfer-Encoding" in answer.headers  # urllib3 sees where such is cut
    if not measured and part.name.endswith(".csv.part") and not ends_a_line:
        found = f"réponse de longueur inconnue, arrêtée dans une ligne, à {size} octets"
        raise FetchError(f"{origin} : {found}", again=0)


def too_large(origin: str, most: int) -> FetchError:
    """The error of what has, or would unpack to, more bytes than any such file."""
    return FetchError(f"{origin} : plus de {most / 1e6:.0f} Mo, attendu un fichier plus petit")


def keep(came: Path, download: Download, origin: str, *, packed: bool) -> None:
    """Keep what came, out of its zip when it is in one, beside it under the name of the download.

    Raises:
        FetchError: a page in its place, a damaged zip, one without the file.
    """
    try:
        kept = in_child(lambda _: _unpacked(came, download, origin) if packed else came, UNPACKING)
    except LimitError as error:
        raise FetchError(f"{origin} : décompression arrêtée, {error}") from error
    with kept.open("rb") as file:
        start = file.read(512).lower()
    if b"<html" in start or b"<!doctype" in start:
        raise FetchError(f"{origin} : {A_PAGE}")
    kept.replace(kept.with_name(download.name))


def _unpacked(path: Path, download: Download, origin: str, *, within: bool = False) -> Path:
    """The file of a zip that the download keeps; a zip within it is opened, none within that.

    It is written under a name of ours, wherever the zip would have it.
    """
    target = path.with_name(f"{download.name}.{'inner' if within else 'outer'}.part")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > MAXIMUM_BYTES:
                raise too_large(origin, MAXIMUM_BYTES)
            entry, inner = _entry(entries, download, origin, within=within)
            with archive.open(entry) as member, target.open("wb") as file:
                shutil.copyfileobj(member, file)
    except DAMAGED as error:
        found = "un fichier abîmé ou d'une autre sorte"
        raise FetchError(f"{origin} : trouvé {found}, attendu un zip") from error
    return _unpacked(target, download, origin, within=True) if inner else target


def _entry(
    entries: list[zipfile.ZipInfo], download: Download, origin: str, *, within: bool
) -> tuple[zipfile.ZipInfo, bool]:
    """The entry of a zip that the download keeps, and whether it is a zip to open."""
    named = [(PurePosixPath(one.filename).name, one) for one in entries]
    fitting = [one for name, one in named if fnmatch.fnmatch(name, download.member)]
    zips = [one for one in entries if one.filename.lower().endswith(".zip")]
    inner = zips if not (fitting or within) else []
    if len(fitting + inner) != 1:
        found = f"{len(fitting)} fichiers nommés {download.member!r} dans le zip"
        raise FetchError(f"{origin} : trouvé {found}, attendu un seul")
    (entry,) = fitting + inner
    if entry.compress_type not in COMPRESSIONS:
        found = "trouvé une compression peu courante"
        raise FetchError(f"{origin} : {found}, attendu celle des zip ordinaires (deflate)")
    return entry, bool(inner)

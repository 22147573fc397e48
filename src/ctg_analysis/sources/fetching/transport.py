"""Getting one file over HTTP as if everything went wrong: cut, slow, refused, an error page, a hostile zip."""

import datetime
import email.utils
import fnmatch
import json
import re
import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import pooch
import requests
import tenacity
import urllib3

from ctg_analysis.core.datasets import Download
from ctg_analysis.sources.fetching.received import (
    BLOCK,
    MAXIMUM_BYTES,
    FetchError,
    last_line,
    refuse_foreign,
    refuse_pages,
    unpack,
)

ATTEMPTS = 5
SECONDS_TO_CONNECT, SECONDS_WITHOUT_A_BYTE = 10, 30
SECONDS_FOR_A_FILE = 3600
LONGEST_WAIT = 120  # seconds that a server may ask us to wait
SECONDS_BETWEEN = {"api.insee.fr": 2.0}  # at most 30 requests a minute to Melodi
REFUSED = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.TooManyRedirects,
    ValueError,  # an address, that of a redirection too, which cannot be read
)
TIMEOUTS = SECONDS_TO_CONNECT, SECONDS_WITHOUT_A_BYTE
HEADERS = {"User-Agent": "ctg_analysis", "Accept-Encoding": "identity"}

Progress = Callable[[int, int | None], None]


class NoAnswer(FetchError):
    """A file that could not be had because no server answered: the network is down, or it lets nothing through."""


class _Passing(Exception):
    """A fault that may pass: the next attempt goes on from where this one stopped."""

    def __init__(self, message: str, wait: float | None = None, *, answered: bool = True):
        super().__init__(message)
        self.wait, self.answered = wait, answered


def retrieve(download: Download, folder: Path, *, mirror: str, progress: Progress, seconds: float) -> Path:
    """Return the downloaded and verified file, kept in `folder` under the download's name.

    Raises:
        FetchError: says what came in the place of the file, and what to do.
    """
    folder.mkdir(parents=True, exist_ok=True)
    url = mirrored(_address(download, folder, mirror, seconds), mirror)
    packed = f"{download.name}.zip" if download.member else download.name
    part = folder / f"{packed}.part"

    def transport(_url: str, output: str, _pooch: pooch.Pooch) -> None:
        _download(url, urlsplit(download.url).netloc, part, progress, seconds)
        try:
            if download.member:
                refuse_pages(part, url)
            else:
                refuse_foreign(part, download.name, url)
        except FetchError:
            part.unlink()
            raise
        part.replace(output)

    known = f"sha256:{download.sha256}" if download.sha256 else None
    (folder / packed).unlink(missing_ok=True)
    try:
        pooch.get_logger().setLevel("ERROR")
        path = Path(pooch.retrieve(url, known, fname=packed, path=folder, downloader=transport))
    except ValueError as error:
        raise FetchError(f"{url}: another sum came than {download.sha256}, which the producer announces") from error
    finally:
        if not part.exists():
            part.with_suffix(".etag").unlink(missing_ok=True)
    return unpack(path, download, folder) if download.member else path


def _address(download: Download, folder: Path, mirror: str, seconds: float) -> str:
    """Return the address of the file: for a dataset of data.gouv.fr, that of its latest resource that fits.

    The catalogue answers {"resources": [{"title", "url", "last_modified"}, ...]} (api/1/datasets/<slug>/).
    """
    if not download.resource:
        return download.url
    part = folder / f"{download.name}.dataset.json"
    part.unlink(missing_ok=True)
    _download(mirrored(download.url, mirror), urlsplit(download.url).netloc, part, lambda done, total: None, seconds)
    try:
        resources = json.loads(part.read_text(encoding="utf-8"))["resources"]
        fitting = [resource for resource in resources if fnmatch.fnmatch(_file_of(resource["url"]), download.resource)]
        latest = max(fitting, key=lambda resource: resource["last_modified"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FetchError(
            f"{download.url}: no resource named like {download.resource!r} came, expected a dataset of data.gouv.fr"
        ) from error
    finally:
        part.unlink()
    return latest["url"]


def _file_of(url: str) -> str:
    return PurePosixPath(urlsplit(url).path).name


def mirrored(url: str, mirror: str) -> str:
    """Return the address on a mirror: http://mirror/www.insee.fr/... ; the address itself without mirror."""
    if not mirror:
        return url
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{mirror.rstrip('/')}/{parts.netloc}{parts.path}{query}"


def _download(url: str, host: str, part: Path, progress: Progress, seconds: float) -> None:
    """Get a file into `part`, in as many attempts as allowed; `host` is the producer's, mirror or not."""
    deadline = time.monotonic() + seconds
    attempts = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(ATTEMPTS),
        wait=_wait,
        retry=tenacity.retry_if_exception_type(_Passing),
        reraise=True,
    )
    try:
        attempts(_attempt, url, host, part, progress, deadline)
    except _Passing as error:
        kind = FetchError if error.answered else NoAnswer
        raise kind(f"{url}: {error}, {ATTEMPTS} times; run the command again, it goes on from there") from error


def _wait(state: tenacity.RetryCallState) -> float:
    """Return how long to wait: what the server asks for, else 1, 2, 4... seconds."""
    error = state.outcome.exception()
    return error.wait if error.wait is not None else min(2.0 ** (state.attempt_number - 1), 30)


_last_request: dict[str, float] = {}


def be_polite(host: str) -> None:
    """Wait until this host may be asked again."""
    interval = SECONDS_BETWEEN.get(host, 0)
    pause = _last_request.get(host, -interval) + interval - time.monotonic()
    if pause > 0:
        time.sleep(pause)
    _last_request[host] = time.monotonic()


def _attempt(url: str, host: str, part: Path, progress: Progress, deadline: float) -> None:
    """Get what is missing of the file, from the byte where an earlier attempt stopped."""
    be_polite(host)
    etag_file = part.with_suffix(".etag")
    known = etag_file.read_text(encoding="utf-8") if etag_file.exists() else ""
    had = part.stat().st_size if part.exists() and known else 0
    headers = HEADERS | ({"Range": f"bytes={had}-", "If-Range": known} if had else {})
    try:
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUTS) as answer:
            if answer.status_code == 416 or (answer.status_code == 206 and not _goes_on(answer, had)):
                # What we have may be whole, or of another file.
                part.unlink(missing_ok=True)
                etag_file.unlink(missing_ok=True)
                raise _Passing("the server does not go on from what was here; the file is had again from its start")
            _refuse(answer, url)
            encoded = bool(_encodings(answer))  # its length is not the file's
            if answer.status_code == 200:
                had = 0
                part.unlink(missing_ok=True)  # before its new mark: bytes of two files are never joined
                etag_file.unlink(missing_ok=True)
                etag = answer.headers.get("ETag") or answer.headers.get("Last-Modified")
                if etag and not encoded:
                    etag_file.write_text(etag, encoding="utf-8")
            _write(answer, part, had, None if encoded else _total(answer, had), progress, deadline, url)
    except REFUSED as error:
        raise FetchError(f"{url}: cannot be asked ({type(error).__name__}); has its address changed?") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        if isinstance(error, requests.ConnectionError) and isinstance(error.args[0], urllib3.exceptions.MaxRetryError):
            raise NoAnswer(f"{url}: no connection ({type(error).__name__}); run the command again later") from error
        answered = not isinstance(error, requests.ConnectionError)
        raise _Passing(f"the connection failed ({type(error).__name__})", answered=answered) from error


def _encodings(answer: requests.Response) -> set[str]:
    """Return how the answer is compressed on its way: nothing, or `gzip`..."""
    encodings = answer.headers.get("Content-Encoding", "").lower().split(",")
    return {encoding.strip() for encoding in encodings} - {"", "identity"}


def _range(answer: requests.Response) -> tuple[int | None, int | None]:
    """Return the first byte of a 206 and the length of the whole file, as Content-Range says: bytes 50-99/100."""
    bounds = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", ""))
    if not bounds:
        return None, None
    return int(bounds[1]), None if bounds[2] == "*" else int(bounds[2])


def _goes_on(answer: requests.Response, had: int) -> bool:
    return bool(had) and _range(answer)[0] == had


def _total(answer: requests.Response, had: int) -> int | None:
    """Return how many bytes the whole file has, when the server says so."""
    length = answer.headers.get("Content-Length", "")
    return _range(answer)[1] or (had + int(length) if length.isdecimal() else None)


def _refuse(answer: requests.Response, url: str) -> None:
    code = answer.status_code
    if code in (408, 429) or code >= 500:
        wait = asked_wait(answer.headers.get("Retry-After", ""))
        if wait is not None and wait > LONGEST_WAIT:
            raise FetchError(f"{url}: the server asks to wait {wait:.0f} seconds; run the command again then")
        raise _Passing(f"the server answered {code}", wait)
    if code not in (200, 206):
        raise FetchError(f"{url}: the server answered {code}, expected the file; has its address changed?")
    unknown = _encodings(answer) - set(urllib3.HTTPResponse.CONTENT_DECODERS)
    if unknown:
        raise FetchError(f"{url}: the file came compressed as {', '.join(sorted(unknown))}, expected as it is, or gzip")
    if "text/html" in answer.headers.get("Content-Type", ""):
        raise FetchError(f"{url}: a web page came, expected a data file; open the address in a browser to see why")


def asked_wait(text: str) -> float | None:
    """Return the seconds that Retry-After asks for, as a number or as a date (RFC 9110, 10.2.3); None if neither."""
    if text.isdecimal():
        return float(text)
    try:
        until = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    now = datetime.datetime.now(tz=datetime.UTC)
    return max(0.0, (until.replace(tzinfo=until.tzinfo or datetime.UTC) - now).total_seconds())


def _write(
    answer: requests.Response, part: Path, had: int, total: int | None, progress: Progress, deadline: float, url: str
) -> None:
    size = had
    too_big = f"{url}: more than {MAXIMUM_BYTES // 10**9} GB, expected a smaller file"
    if total is not None and total > MAXIMUM_BYTES:
        raise FetchError(too_big)
    with part.open("ab" if had else "wb") as file:
        # read1 gives what has come: a server that drips never makes us wait for a whole block.
        while size <= MAXIMUM_BYTES and (block := answer.raw.read1(BLOCK, decode_content=True)):
            file.write(block)
            size += len(block)
            progress(size, total)
            if time.monotonic() > deadline:
                raise FetchError(
                    f"{url}: too slow, {size} bytes in the time allowed; run the command again, it goes on"
                )
    if size > MAXIMUM_BYTES:
        part.unlink()
        raise FetchError(too_big)
    if total is not None and size < total:
        raise _Passing(f"the connection was cut at {size} of {total} bytes")
    if size == 0:
        raise _Passing("an empty answer came")
    measured = "Content-Length" in answer.headers or "Transfer-Encoding" in answer.headers
    if not measured and part.name.endswith(".csv.part") and not last_line(part).endswith(b"\n"):
        raise _Passing(f"an answer of unknown length stopped within a line, at {size} bytes")

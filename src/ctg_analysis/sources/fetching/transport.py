"""One file over HTTP: asked again as long as its fault may pass, refused in one line otherwise."""

import fnmatch
import json
import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import requests
import tenacity
import urllib3

from ctg_analysis.core.datasets import Download
from ctg_analysis.sources.fetching.received import BLOCK, MAXIMUM_BYTES, FetchError, last_line, too_large

ATTEMPTS = 5
TIMEOUTS = 10, 30  # seconds to connect, without a byte
SECONDS_FOR_A_FILE = 3600
LONGEST_WAIT = 120  # seconds that a server may ask us to wait
SECONDS_BEFORE = {"api.insee.fr": 2.0}  # at most 30 requests a minute to Melodi
HEADERS = {"User-Agent": "ctg_analysis", "Accept-Encoding": "identity"}
BACKOFF = tenacity.wait_exponential(max=30)  # 1, 2, 4... seconds

Progress = Callable[[int, int | None], None]


class NoAnswer(FetchError):
    """A file that could not be had because no server answered: the network is down, or it lets nothing through."""


class _Passing(Exception):
    """A fault that may pass. wait: seconds that the server asks for. answered: it said something."""

    def __init__(self, message: str, wait: float = 0, *, answered: bool = True):
        super().__init__(message)
        self.wait, self.answered = wait, answered


def retrieve(download: Download, part: Path, mirror: str, progress: Progress) -> str:
    """Write the file of a download into `part`, not verified yet; return the address that it came from.

    For a dataset of data.gouv.fr, that of its latest resource that fits.

    Raises:
        FetchError: says what came in the place of the file, and what to do. NoAnswer: nothing came.
    """
    url, deadline = mirrored(download.url, mirror), time.monotonic() + SECONDS_FOR_A_FILE
    time.sleep(SECONDS_BEFORE.get(urlsplit(download.url).netloc, 0))
    if download.resource:
        _get(url, part, deadline, lambda done, total: None)
        url = mirrored(_latest(part, download), mirror)
    _get(url, part, deadline, progress)
    return url


def mirrored(url: str, mirror: str) -> str:
    """The address on a mirror, with its query; the address itself without mirror.

    >>> mirrored("https://www.insee.fr/a.csv?b=1", "http://mirror:80/"), mirrored("https://www.insee.fr/a.csv", "")
    ('http://mirror:80/www.insee.fr/a.csv?b=1', 'https://www.insee.fr/a.csv')
    """
    return f"{mirror.rstrip('/')}/{url.partition('://')[2]}" if mirror else url


def host_of(download: Download, mirror: str) -> str:
    """The server that a file is asked of, mirror or not."""
    return urlsplit(mirrored(download.url, mirror)).netloc


def _latest(catalogue: Path, download: Download) -> str:
    """The address that {"resources": [{"url", "last_modified"}, ...]} (api/1/datasets/<slug>/) leads to."""
    try:
        resources = json.loads(catalogue.read_text(encoding="utf-8"))["resources"]
        names = {resource["url"]: PurePosixPath(urlsplit(resource["url"]).path).name for resource in resources}
        fitting = [one for one in resources if fnmatch.fnmatch(names[one["url"]], download.resource)]
        return max(fitting, key=lambda resource: resource["last_modified"])["url"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FetchError(
            f"{download.url}: no resource named like {download.resource!r} came, expected a dataset of data.gouv.fr"
        ) from error


def _give_up(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception()
    kind = FetchError if error.answered else NoAnswer
    raise kind(f"{error}, {ATTEMPTS} times; run the command again later") from error


@tenacity.retry(
    stop=tenacity.stop_after_attempt(ATTEMPTS),
    wait=lambda state: BACKOFF(state) + state.outcome.exception().wait,
    retry=tenacity.retry_if_exception_type(_Passing),
    retry_error_callback=_give_up,
)
def _get(url: str, part: Path, deadline: float, progress: Progress) -> None:
    try:
        with requests.get(url, headers=HEADERS, stream=True, timeout=TIMEOUTS) as answer:
            _refuse(answer, url)
            _write(answer, part, deadline, progress, url)
    except (requests.TooManyRedirects, ValueError, OverflowError) as error:  # an address, a redirection, a header
        raise FetchError(f"{url}: cannot be asked ({type(error).__name__}); has its address changed?") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        silent = isinstance(error, requests.ConnectionError)
        if silent and isinstance(error.args[0], urllib3.exceptions.MaxRetryError):
            raise NoAnswer(f"{url}: no connection ({type(error).__name__}); run the command again later") from error
        raise _Passing(f"{url}: the connection failed ({type(error).__name__})", answered=not silent) from error


def _refuse(answer: requests.Response, url: str) -> None:
    code = answer.status_code
    if code in (408, 429) or code >= 500:
        wait = urllib3.Retry().get_retry_after(answer.raw) or 0
        if wait > LONGEST_WAIT:
            raise FetchError(f"{url}: the server asks to wait {wait:.0f} seconds; run the command again then")
        raise _Passing(f"{url}: the server answered {code}", wait)
    if code != 200:
        raise FetchError(f"{url}: the server answered {code}, expected the file; has its address changed?")
    if "text/html" in answer.headers.get("Content-Type", ""):
        raise FetchError(f"{url}: a web page came, expected a data file; open the address in a browser to see why")


def _write(answer: requests.Response, part: Path, deadline: float, progress: Progress, url: str) -> None:
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
            progress(size, total)
    if not size:
        raise _Passing(f"{url}: an empty answer came")
    measured = length or "Transfer-Encoding" in answer.headers  # urllib3 sees that such an answer was cut
    if not measured and part.name.endswith(".csv.part") and not last_line(part).endswith(b"\n"):
        raise _Passing(f"{url}: an answer of unknown length stopped within a line, at {size} bytes")

"""Getting one file over HTTP as if everything went wrong: cut, slow, refused, an error page, a hostile zip."""

import fnmatch
import json
import shutil
import time
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import pooch
import requests
import tenacity

from ctg_analysis.errors import UserError
from ctg_analysis.model import Download

ATTEMPTS = 5
SECONDS_WITHOUT_A_BYTE = 30
SECONDS_FOR_A_FILE = 3600
MAXIMUM_BYTES = 2_000_000_000
MAXIMUM_RATIO, SMALL_BYTES = 200, 20_000_000  # a zip that grows by more, and not to a small file, is a bomb
BLOCK = 1 << 16
LONGEST_WAIT = 120  # seconds that a server may ask us to wait
SECONDS_BETWEEN = {"api.insee.fr": 2.0}  # at most 30 requests a minute to Melodi
HEADERS = {"User-Agent": "ctg_analysis", "Accept-Encoding": "identity"}

Progress = Callable[[int, int | None], None]


class FetchError(UserError):
    """A file that could not be had; nothing of it was kept in the place of a good one."""


class _Passing(Exception):
    """A fault that may pass: the next attempt goes on from where this one stopped."""

    def __init__(self, message: str, wait: float | None = None):
        super().__init__(message)
        self.wait = wait


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
    _refuse_pages(path, url)
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
        fitting = [one for one in resources if fnmatch.fnmatch(_file_of(one["url"]), download.resource)]
        latest = max(fitting, key=lambda one: one["last_modified"])
    except (ValueError, KeyError, TypeError) as error:
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
        raise FetchError(f"{url}: {error}, {ATTEMPTS} times; run the command again, it goes on from there") from error


def _wait(state: tenacity.RetryCallState) -> float:
    """Return how long to wait: what the server asks for, else 1, 2, 4... seconds."""
    error = state.outcome.exception()
    return error.wait if error.wait is not None else min(2.0 ** (state.attempt_number - 1), 30)


_last_request: dict[str, float] = {}


def _be_polite(host: str) -> None:
    """Wait until this host may be asked again."""
    interval = SECONDS_BETWEEN.get(host, 0)
    pause = _last_request.get(host, -interval) + interval - time.monotonic()
    if pause > 0:
        time.sleep(pause)
    _last_request[host] = time.monotonic()


def _attempt(url: str, host: str, part: Path, progress: Progress, deadline: float) -> None:
    """Get what is missing of the file, from the byte where an earlier attempt stopped."""
    _be_polite(host)
    etag_file = part.with_suffix(".etag")
    had = part.stat().st_size if part.exists() and etag_file.exists() else 0
    headers = HEADERS | ({"Range": f"bytes={had}-", "If-Range": etag_file.read_text(encoding="utf-8")} if had else {})
    try:
        with requests.get(url, headers=headers, stream=True, timeout=SECONDS_WITHOUT_A_BYTE) as answer:
            if answer.status_code == 416:  # nothing is left to send: what we have may be whole, or of another file
                part.unlink(missing_ok=True)
                etag_file.unlink(missing_ok=True)
                raise _Passing("the server has no more to send than was here; the file is had again from its start")
            _refuse(answer, url)
            resumed = answer.status_code == 206
            had = had if resumed else 0
            etag = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
            if etag:
                etag_file.write_text(etag, encoding="utf-8")
            length = answer.headers.get("Content-Length")
            total = had + int(length) if length else None
            _write(answer, part, had, total, progress, deadline, url)
    except requests.RequestException as error:
        raise _Passing(f"the connection failed ({type(error).__name__})") from error


def _refuse(answer: requests.Response, url: str) -> None:
    code = answer.status_code
    if code == 429 or code >= 500:
        wait = answer.headers.get("Retry-After", "")
        if wait.isdigit() and int(wait) > LONGEST_WAIT:
            raise FetchError(f"{url}: the server asks to wait {wait} seconds; run the command again then")
        raise _Passing(f"the server answered {code}", float(wait) if wait.isdigit() else None)
    if code not in (200, 206):
        raise FetchError(f"{url}: the server answered {code}, expected the file; has its address changed?")
    if "text/html" in answer.headers.get("Content-Type", ""):
        raise FetchError(f"{url}: a web page came, expected a data file; open the address in a browser to see why")


def _write(
    answer: requests.Response, part: Path, had: int, total: int | None, progress: Progress, deadline: float, url: str
) -> None:
    size = had
    with part.open("ab" if had else "wb") as file:
        for block in answer.iter_content(BLOCK):
            file.write(block)
            size += len(block)
            progress(size, total)
            if size > MAXIMUM_BYTES:
                raise FetchError(f"{url}: more than {MAXIMUM_BYTES // 10**9} GB, expected a smaller file")
            if time.monotonic() > deadline:
                raise FetchError(
                    f"{url}: too slow, {size} bytes in the time allowed; run the command again, it goes on"
                )
    if total is not None and size < total:
        raise _Passing(f"the connection was cut at {size} of {total} bytes")
    if size == 0:
        raise _Passing("an empty answer came")


def _refuse_pages(path: Path, url: str) -> None:
    """Refuse an error page that came as a file with code 200, whatever its type says."""
    with path.open("rb") as file:
        start = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    page = b"<html" in start or b"<!doctype" in start
    if page or (path.suffix == ".csv" and start.startswith((b"{", b"[", b"<"))):
        path.unlink()
        raise FetchError(
            f"{url}: a page or a message came, expected a data file; open the address in a browser to see why"
        )


def unpack(path: Path, download: Download, folder: Path) -> Path:
    """Return the member of a zip that the download keeps; a zip within the zip is opened too.

    Raises:
        FetchError: not a zip, a bomb, a member that would leave the folder, no or several members that fit.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bombs(archive, download)
            names = archive.namelist()
            inner = [name for name in names if name.lower().endswith(".zip")]
            fitting = [name for name in names if fnmatch.fnmatch(PurePosixPath(name).name, download.member)]
            if not fitting and len(inner) == 1:
                nested = _extract(archive, inner[0], folder / f"{download.name}.inner.zip")
                path.unlink()
                return unpack(nested, download, folder)
            if len(fitting) != 1:
                raise FetchError(
                    f"{download.url}: {len(fitting)} files fit {download.member!r} in the zip, expected one"
                )
            kept = _extract(archive, fitting[0], folder / download.name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        path.unlink()
        raise FetchError(f"{download.url}: a damaged or foreign file came, expected a zip") from error
    path.unlink()
    return kept


def _refuse_bombs(archive: zipfile.ZipFile, download: Download) -> None:
    for entry in archive.infolist():
        pure = PurePosixPath(entry.filename.replace("\\", "/"))
        if pure.is_absolute() or ".." in pure.parts or ":" in entry.filename:
            raise FetchError(f"{download.url}: the zip holds {entry.filename!r}, expected names inside its folder")
    size = sum(entry.file_size for entry in archive.infolist())
    packed = sum(entry.compress_size for entry in archive.infolist()) or 1
    if size > MAXIMUM_BYTES or (size > SMALL_BYTES and size / packed > MAXIMUM_RATIO):
        raise FetchError(f"{download.url}: the zip would grow to {size} bytes, expected a file of official statistics")


def _extract(archive: zipfile.ZipFile, name: str, target: Path) -> Path:
    """Write one member: whole, or nothing under that name."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    with archive.open(name) as member, unfinished.open("wb") as file:
        shutil.copyfileobj(member, file, BLOCK)
    return unfinished.replace(target)

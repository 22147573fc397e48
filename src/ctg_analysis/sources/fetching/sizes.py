"""How much there is to download, asked of each server before anything is: the size of each file, where it is told."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from urllib.parse import urlsplit

import requests

from ctg_analysis.core.datasets import Download, Source
from ctg_analysis.core.errors import InputError
from ctg_analysis.sources.certificates import read_certificate
from ctg_analysis.sources.fetching.transport import HEADERS, be_polite, mirrored
from ctg_analysis.sources.folders import FULL

SECONDS_TO_ANSWER = 10
SERVERS_TOGETHER = 8


def host_of(download: Download, mirror: str) -> str:
    """Return the server that a file is asked of, mirror or not."""
    return urlsplit(mirrored(download.url, mirror)).netloc


def asked_sizes(
    sources: Iterable[Source], raw: Path, mirror: str, tell: Callable[[str], None] = lambda line: None
) -> tuple[dict[str, int | None], set[str]]:
    """Return the bytes of each file by its address, None where nobody tells, and the servers that do not answer.

    The size is the one that the server announces (HEAD), else that of the file fetched before, as its certificate has
    it. A server that does not answer is asked of one file only; when none of the first ones does, the network is down,
    and the others are not asked. tell: called with what a person who waits may know.
    """
    sizes: dict[str, int | None] = {}
    by_host: dict[str, list[Download]] = {}
    for source in sources:
        sizes |= _fetched_before(source, raw)
        for download in source.downloads:
            by_host.setdefault(host_of(download, mirror), []).append(download)
    tell(f"asking {len(by_host)} server{'s' if len(by_host) > 1 else ''} for the sizes of the files")
    silent, spoke = set(), False
    with ThreadPoolExecutor(SERVERS_TOGETHER) as together:
        asked = {together.submit(_announced, downloads, mirror): host for host, downloads in by_host.items()}
        for answer in as_completed(asked):
            told = answer.result()
            if told is not None:
                spoke = True
                sizes |= {url: size for url, size in told.items() if size is not None}
                continue
            silent.add(asked[answer])
            tell(f"{asked[answer]}: no answer")
            if not spoke and len(silent) == SERVERS_TOGETHER:
                together.shutdown(wait=False, cancel_futures=True)
                tell("no server answers: the network is down")
                return sizes, {*by_host}
    return sizes, silent


def _fetched_before(source: Source, raw: Path) -> dict[str, int | None]:
    """Return the sizes of the files that are there already; None of those that are not."""
    unknown = {download.url: None for download in source.downloads}
    try:
        files = read_certificate(raw / source.id / FULL).certificate.fichiers
    except InputError:
        return unknown
    known = {entry.fichier: entry.octets for entry in files}
    return {download.url: known.get(download.name) for download in source.downloads}


def _announced(downloads: list[Download], mirror: str) -> dict[str, int | None] | None:
    """Return what a server says of its files; None when it does not answer."""
    sizes: dict[str, int | None] = {}
    for download in downloads:
        be_polite(urlsplit(download.url).netloc)
        try:
            sizes[download.url] = _size(download, mirror)
        except requests.ConnectionError:
            return sizes or None
        except requests.Timeout:  # it prepares the file when asked: the others would be as slow
            return sizes | {download.url: None}
        except (requests.RequestException, ValueError):  # an address that cannot be asked: fetching it says why
            sizes[download.url] = None
    return sizes


def _size(download: Download, mirror: str) -> int | None:
    """Return the length that the server announces; that of a catalogue is not the file's."""
    url = mirrored(download.url, mirror)
    with requests.head(url, headers=HEADERS, timeout=SECONDS_TO_ANSWER, allow_redirects=True) as answer:
        length = answer.headers.get("Content-Length", "")
        told = answer.status_code == 200 and length.isdecimal() and int(length) > 0 and not download.resource
        return int(length) if told else None

"""`ctg fetch`: the full files of a source, verified, with their certificate, put in place whole or not at all."""

import datetime
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import yaml

from ctg_analysis.core.datasets import Download, Source
from ctg_analysis.core.errors import Finding
from ctg_analysis.core.locks import alone
from ctg_analysis.core.scratch import put_in_place, restore
from ctg_analysis.core.settings import project_path
from ctg_analysis.sources.declared_sources import declared_at
from ctg_analysis.sources.fetching.by_hand import given_file, take
from ctg_analysis.sources.fetching.received import FetchError
from ctg_analysis.sources.fetching.transport import SECONDS_FOR_A_FILE, NoAnswer, Progress, retrieve
from ctg_analysis.sources.folders import CERTIFICATE, FULL, PARTIAL, sha256

FORMER, NEXT, LOOKED, REFUSED = (
    ".former",
    ".next",
    ".looked",
    ".refused",
)  # beside the full files of a source, never read
Wrong = Callable[[Source, Path], list[Finding]]


def fetch(
    source: Source,
    raw: Path,
    *,
    mirror: str = "",
    given: Path | None = None,
    seconds: float = SECONDS_FOR_A_FILE,
    progress: Callable[[str, int, int | None], None] = lambda name, done, total: None,
    wrong: Wrong = lambda source, folder: [],
) -> Path:
    """Return the folder data/raw/<source>/full/ with all the files of the source; the former ones stay in FORMER.

    An interrupted fetch goes on where it stopped. given: a folder of files that a person has downloaded, which are
    taken from there, see `by_hand.given_file`. progress: called with a name, the bytes so far and the total. wrong:
    what keeps the files that came from being read; they are then put in REFUSED, and the former ones stay in place.

    Raises:
        FetchError: a file could not be had; the former folder is still in place. NoAnswer: no server answered.
        Busy: another process fetches the same source.
    """
    if not source.downloads:
        form = "`ctg new EPCI` writes its form: " if source.from_partners else ""
        raise FetchError(f"{source.id}: no address; {form}{source.how_to_get or 'ask its producer'}")
    home = raw / source.id
    begun, full = home / PARTIAL, home / FULL
    try:
        with alone(raw, source.id, f"{source.id}: fetched"):
            restore(full)
            failures = []
            for download in source.downloads:
                try:
                    if not (begun / download.name).is_file():
                        _get(download, begun, mirror, given, partial(progress, download.name), seconds)
                except FetchError as error:  # the other files are had all the same: less is left for the next time
                    failures.append(type(error)(f"{source.id}: {error}{address_place(source, download)}"))
                    if isinstance(error, NoAnswer):
                        break
            if failures:
                raise failures[0]
            _certify(source, begun)
            _refuse(source, begun, wrong)
            return _put_in_place(begun, full)
    except OSError as error:
        place = project_path(Path(error.filename)) if error.filename else project_path(home)
        raise FetchError(f"{source.id}: {place}: {error.strerror}, expected room and the right to write") from error


def _get(download: Download, folder: Path, mirror: str, given: Path | None, progress: Progress, seconds: float) -> None:
    """Put a file in a folder: the one that a person has downloaded, else that of its address."""
    if file := given_file(download, given):
        take(file, download, folder)
    else:
        retrieve(download, folder, mirror=mirror, progress=progress, seconds=seconds)


def address_place(source: Source, download: Download) -> str:
    """Return where the address is declared, for a person to correct it."""
    place, guess = declared_at(source, download.url), "" if download.seen else ", a guess so far"
    return f" (the address{guess} is declared in {place})" if place else ""


def _certify(source: Source, folder: Path) -> None:
    """Write the certificate of fetched files: date, size and sum of each."""
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    files = [
        {"fichier": download.name, "url": download.url, "octets": path.stat().st_size, "sha256": sha256(path)}
        for download in source.downloads
        for path in [folder / download.name]
    ]
    certificate = {
        "id": source.id,
        "titre": source.label,
        "producteur": source.producer,
        "jeu_de_donnees": ", ".join(download.name for download in source.downloads),
        "millesime": "celui du fichier",
        "geographie": source.geography.words or "celle du fichier",
        "licence": source.licence,
        "date_acces": today,
        "couverture": "fichiers complets du producteur",
        "secret_arrondi": source.note or "celui du producteur",
        "reserves": [],
        "fichiers": files,
    }
    for path in folder.iterdir():
        if path.name not in {download.name for download in source.downloads}:
            path.unlink()
    (folder / CERTIFICATE).write_text(
        yaml.safe_dump(certificate, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )


def _refuse(source: Source, begun: Path, wrong: Wrong) -> None:
    """Put files that cannot be read aside.

    Raises:
        FetchError: the first thing that is wrong with them, how many more there are, where they are.
    """
    looked = begun.with_name(LOOKED)
    shutil.rmtree(looked, ignore_errors=True)  # of a fetch that was killed
    looked.mkdir()
    full = looked / FULL  # what reads them knows full files by the name of their folder
    full.symlink_to(begun.resolve(), target_is_directory=True)
    try:
        findings = wrong(source, full)
    finally:
        shutil.rmtree(looked)
    if not findings:
        return
    refused = begun.with_name(REFUSED)
    shutil.rmtree(refused, ignore_errors=True)
    begun.rename(refused)
    first, more = str(findings[0]).replace(project_path(full), project_path(refused)), len(findings) - 1
    raise FetchError(f"{source.id}: {first}{f' (and {more} more)' if more else ''}; what was here stays in its place")


def _put_in_place(partial: Path, full: Path) -> Path:
    """Put the new files in the place of the former ones, which are kept.

    Under another name first: what is in `.partial` is taken for downloaded, where former files may never be.
    """
    coming, former = full.with_name(NEXT), full.with_name(FORMER)
    shutil.rmtree(coming, ignore_errors=True)
    if full.exists():
        partial.rename(coming)
        put_in_place(coming, full)
        shutil.rmtree(former, ignore_errors=True)
        coming.rename(former)
    else:
        partial.rename(full)
    return full


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

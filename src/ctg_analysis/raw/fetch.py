"""`ctg fetch`: the full files of sources, verified, with their certificate, put in place whole or not at all."""

import datetime
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import yaml

from ctg_analysis.model.errors import Busy, Finding
from ctg_analysis.model.scratch import alone, put_in_place, restore
from ctg_analysis.model.settings import project_path
from ctg_analysis.model.source import Download, Source, declared_at
from ctg_analysis.raw.exchange import FetchError, NoAnswer, keep, mirrored, retrieve, shown
from ctg_analysis.raw.folders import CERTIFICATE, FULL, PARTIAL, sha256

ADDRESS = ".adresse"  # after the name of a file: where it came from
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
        form = "`ctg new EPCI` écrit son formulaire : " if source.from_partners else ""
        how = f"{form}{source.how_to_get or 'à demander à son producteur'}"
        raise FetchError(f"{source.id} : aucune adresse connue ; {how}")
    home = raw / source.id
    begun, full = home / PARTIAL / FULL, home / FULL  # what reads them knows full files by the name of their folder

    def get(one: Download) -> None:
        _get(one, begun, mirror, given, partial(progress, one.name))

    with _room_and_right(source, home), alone(raw, source.id, f"{source.id} : téléchargé"):
        restore(full)
        begun.mkdir(parents=True, exist_ok=True)
        _get_each(source, begun, get)
        _certify(source, begun)
        _refuse(source, begun, wrong)
        _put_in_place(begun, full)
    return full


@contextmanager
def _room_and_right(source: Source, home: Path) -> Iterator[None]:
    """Tell the place where a disk is full, or that this user may not write."""
    try:
        yield
    except OSError as error:
        place = project_path(Path(error.filename) if error.filename else home)
        expected = "attendu de la place et le droit d'écrire"
        raise FetchError(f"{source.id} : {place} : {error.strerror}, {expected}") from error


def _get_each(source: Source, begun: Path, get: Callable[[Download], None]) -> None:
    """Get the files of a source that are not in its folder yet, and remove what is none of them.

    Raises:
        FetchError: that of the first that failed; the others are had all the same.
    """
    failures = []
    for download in source.downloads:
        try:
            if not (begun / download.name).is_file():
                get(download)
        except FetchError as error:
            failures.append(type(error)(f"{source.id} : {error}{_where(source, download)}"))
            if isinstance(error, NoAnswer):
                break
    names = {download.name for download in source.downloads}
    for path in begun.iterdir():
        if path.name not in names:
            path.unlink()
    if failures:
        raise failures[0]


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
        hosts = {urlsplit(shown(mirrored(one.url, mirror))).netloc for one in source.downloads}
        if hosts & dead:
            why = f"{source.id} : {', '.join(sorted(hosts & dead))} ne répond pas"
            yield Outcome(source, SILENT, why)
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
    >>> by_hand(one, Path("data/raw"))  # doctest: +NORMALIZE_WHITESPACE
    ['ouvrir https://b.fr/a.csv et enregistrer le fichier sous data/downloads/a.csv',
    'puis : ctg fetch a --from data/downloads']
    """
    if not source.open:
        return [source.how_to_get]
    if not source.downloads:
        place = project_path(raw / source.id / FULL)
        return [source.how_to_get, f"sa place : {place}, avec un {CERTIFICATE} à côté"]
    lines = [
        f"ouvrir {download.url.replace('/api/1/datasets/', '/datasets/')} "
        f"et enregistrer le fichier sous {DROPPED}/{_packed(download)}"
        for download in source.downloads
        if not (raw / source.id / PARTIAL / FULL / download.name).is_file()
    ]
    return [*lines, f"puis : ctg fetch {source.id} --from {DROPPED}"]


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
        origin, address = str(file), download.url
    else:
        origin = address = retrieve(download, part, mirror, progress)
    packed = bool(download.member) and (not file or file.name != download.name)
    if download.sha256 and (found := sha256(part)) != download.sha256:
        expected = f"attendu {download.sha256}, que le producteur annonce"
        raise FetchError(f"{origin} : trouvé la somme {found}, {expected}")
    (folder.parent / f"{download.name}{ADDRESS}").write_text(address, encoding="utf-8")
    keep(part, download, origin, packed=packed)


def _where(source: Source, download: Download) -> str:
    place = next(iter(declared_at(source, download.url)), "")
    guess = "" if download.seen else ", une supposition jusqu'ici,"
    return f" (l'adresse{guess} est déclarée dans {place})" if place else ""


def _certify(source: Source, folder: Path) -> None:
    """Write the certificate of the files of a folder, with the address that gave each."""
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
            {
                "fichier": download.name,
                "url": _address(folder, download),
                "octets": (folder / download.name).stat().st_size,
                "sha256": sha256(folder / download.name),
            }
            for download in source.downloads
        ],
    }
    text = yaml.safe_dump(certificate, allow_unicode=True, sort_keys=False)
    (folder / CERTIFICATE).write_text(text, encoding="utf-8")


def _address(folder: Path, download: Download) -> str:
    """Where a file came from; of one that an older version has got, its declared address."""
    kept = folder.parent / f"{download.name}{ADDRESS}"
    return kept.read_text(encoding="utf-8") if kept.is_file() else download.url


def _refuse(source: Source, begun: Path, wrong: Wrong) -> None:
    """Put files that cannot be read aside."""
    findings = wrong(source, begun)
    if not findings:
        return
    refused = begun.parent.with_name(REFUSED)
    shutil.rmtree(refused, ignore_errors=True)
    begun.rename(refused)
    shutil.rmtree(begun.parent)
    first, more = str(findings[0]).replace(project_path(begun), project_path(refused)), len(findings) - 1
    others = f" (et {more} autre{'s' if more > 1 else ''})" if more else ""
    raise FetchError(f"{source.id} : {first}{others} ; ce qui était là reste à sa place")


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

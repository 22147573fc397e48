"""Editions: a published report is a folder that never changes any more; a link leads to the latest one.

    reports/200067171 → .editions/200067171/2026-11-24-1a2b3c4d5e6f/
                                                        index.html, NN_chapter.html, donnees/,
                                                        observations.parquet, provenance.json

A link is replaced in one operation of the system: whoever reads finds the former edition or the new one, whole. The
time of the folder of an edition is that of its publication. Its name holds the sum of its files: one that has lost or
changed some is known by it (`is_whole`).
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from itertools import chain, count
from pathlib import Path

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.scratch import scratch
from ctg_analysis.core.settings import is_invented, project_path
from ctg_analysis.processing.freshness import FORMS_READ

HOME, JOURNAL, RECORD, INDEX = ".editions", ".journal", "provenance.json", "index.html"
OBSERVATIONS = "observations.parquet"
SECRECY, ROUNDING = "secrecy", "rounding"  # in the record: the rule that its restricted counts follow
NEEDED = {"after", "chapters", "date", "observations"}  # what the record of an edition holds at least
DAMAGED = ".damaged"  # what was found in editions in the place of their own files


class DamagedError(UserError):
    """An edition whose files are not those that it was published with."""


def latest(out: Path, epci: str) -> Path | None:
    """Return the folder of the latest edition of a report, whole or not; None when there is none."""
    link = out / epci
    return link.resolve() if link.is_symlink() and link.is_dir() else None


def latest_whole(out: Path, epci: str) -> Path | None:
    """Return the latest edition of a report whose files are those that it was published with; None without any."""
    return next(filter(is_whole, editions(out, epci)), None)


def reports(out: Path) -> list[str]:
    """Return the SIREN of every report of a folder."""
    return sorted(path.name for path in out.iterdir() if latest(out, path.name)) if out.is_dir() else []


def record(edition: Path | None) -> dict:
    """Return what an edition was made from; an empty one for no edition.

    Raises:
        DamagedError: nobody can read it any more.
    """
    if edition is None:
        return {}
    try:
        made_from = json.loads((edition / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError) as error:
        raise damaged(edition) from error
    if not isinstance(made_from, dict) or not made_from.keys() >= NEEDED:
        raise damaged(edition)
    return made_from


def damaged(edition: Path) -> DamagedError:
    """Return what is said of an edition that has lost or changed some of its files."""
    epci = edition.parent.name
    text = f"{epci}: the edition {edition.name} is damaged: its files are not those that it was published with"
    return DamagedError(f"{text}; `ctg build {epci}` makes the latest one again")


def chapters_of(edition: Path) -> set[str]:
    """Return the chapters of an edition that may be damaged, by the names of their notebooks, and of other pages."""
    try:
        made_from = record(edition)
    except DamagedError:
        made_from = {}
    return {*made_from.get("chapters", {}), *(path.stem for path in edition.glob("*.html"))}


def is_rounded(made_from: dict) -> bool:
    """Tell whether the restricted counts of an edition are rounded (rule R1), by its record, or whether it has none."""
    return made_from.get(SECRECY) == ROUNDING or not (made_from.get(FORMS_READ) or made_from.get("published"))


def to_withdraw(out: Path, epci: str) -> list[str]:
    """Return in one line each the editions of a report that hold restricted counts not rounded (rule R1)."""
    if is_invented(epci):
        return []
    folders = [edition for edition, made_from in recorded(out, epci) if not is_rounded(made_from)]
    return [
        f"{epci} : {project_path(folder)} porte des effectifs de partenaires qui ne sont pas arrondis, d'une édition "
        "d'avant cette règle : retirer ce dossier et les documents faits d'après lui"
        for folder in folders
    ]


def recorded(out: Path, epci: str) -> Iterator[tuple[Path, dict]]:
    """Yield the editions of a report whose record can be read, with it, the latest first."""
    for edition in editions(out, epci):
        with suppress(DamagedError):
            yield edition, record(edition)


def write_record(folder: Path, made_from: dict) -> None:
    """Write what an edition is made from; no clock in it."""
    text = json.dumps(made_from, indent=1, ensure_ascii=False, sort_keys=True)
    (folder / RECORD).write_text(text + "\n", encoding="utf-8")


def name_of(folder: Path) -> str:
    """Return the name of an edition: the date of its newest data, then the sum of all its files."""
    return f"{record(folder)['date']}-{_sum(folder)}"


def matter_of(edition: Path) -> str:
    """Return the name of what documents are made from: the date of the newest data, then the sum of all files but the
    index, which leads to them.
    """
    return f"{record(edition)['date']}-{_sum(edition, without=INDEX)}"


def is_whole(edition: Path) -> bool:
    """Tell whether the files of an edition are those that it was published with: its name holds their sum."""
    return edition.name.endswith(f"-{_sum(edition)}")


def _sum(folder: Path, without: str = "") -> str:
    digest = sha256()
    for path in sorted(path for path in _files(folder) if path.name != without):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of an edition; those whose name begins with a dot are of a file manager."""
    return (path for path in folder.rglob("[!.]*") if path.is_file())


def publish(fresh: Path, out: Path, epci: str) -> Path:
    """Make a complete folder the latest edition of a report; return its place."""
    home = out / HOME / epci
    home.mkdir(parents=True, exist_ok=True)
    edition, link = home / name_of(fresh), out / epci
    if edition.exists():
        if not is_whole(edition):
            _mend(edition, fresh)
        shutil.rmtree(fresh)
    else:
        fresh.rename(edition)
    os.utime(edition)
    if link.exists() and not link.is_symlink():
        link.rename(_free(home / "before-editions"))
    pending = home / ".link"
    pending.unlink(missing_ok=True)
    pending.symlink_to(os.path.relpath(edition, out), target_is_directory=True)
    pending.replace(link)
    return link


def _free(place: Path) -> Path:
    """Return a place that nothing holds: this one, or the first after it that a number tells apart."""
    others = (place.with_name(f"{place.name}-{number}") for number in count(2))
    return next(free for free in chain([place], others) if not free.exists())


def _mend(edition: Path, fresh: Path) -> None:
    """Give a damaged edition its files back, each in one operation: who reads finds no file missing meanwhile.

    fresh: the same edition, whole. What is found in the place of a file, or beside them, is kept.
    """
    kept = _kept(edition)
    whole = {path.relative_to(fresh): path for path in _files(fresh)}
    there = {path.relative_to(edition): path for path in _files(edition)}
    for name, path in there.items():
        if name not in whole or path.read_bytes() != whole[name].read_bytes():
            (kept / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, kept / name)
    for name, path in whole.items():
        (edition / name).parent.mkdir(parents=True, exist_ok=True)
        path.replace(edition / name)
    for name in there.keys() - whole.keys():
        there[name].unlink()


def _kept(edition: Path) -> Path:
    """Return where what was found in an edition in the place of its own files is kept."""
    return edition.parents[2] / DAMAGED / edition.parent.name / edition.name


def compared_with(edition: Path) -> Path | None:
    """Return the edition that an edition tells the changes since; None for the first, or when it is no longer whole."""
    after = record(edition)["after"]
    before = edition.with_name(after) if after else None
    return before if before and is_whole(before) else None


def comes_after(edition: Path, observations: str) -> Path | None:
    """Return the edition that some observations come after: the latest one with others; None for the first.

    edition: the latest one that is whole.
    """
    made_from = record(edition)
    if made_from["observations"] != observations:
        return edition
    if not made_from["after"]:
        return None
    others = (earlier for earlier in _by_publication(edition.parent) if is_whole(earlier))
    return compared_with(edition) or next(
        (earlier for earlier in others if record(earlier)["observations"] != observations), None
    )


def the_one_before(edition: Path) -> Path | None:
    """Return the edition that an edition is compared with, None for the first; raise UserError when it is no more."""
    before, after = compared_with(edition), record(edition)["after"]
    if after and not before:
        lost = "damaged" if edition.with_name(after).is_dir() else f"no longer in {HOME}"
        epci = edition.parent.name
        remedy = f"`ctg build {epci} --force` makes the latest one again without it"
        raise UserError(f"{epci}: the edition {after} is {lost}, nothing to compare with; {remedy}")
    return before


def the_latest(epci: str, out: Path) -> Path:
    """Return the latest edition of a report; raise UserError when there is none."""
    edition = latest(out, epci)
    if edition is None:
        raise UserError(f"{epci} : aucun rapport dans {out}, lancer d'abord ctg build {epci}")
    return edition


def editions(out: Path, epci: str) -> list[Path]:
    """Return the editions of a report, whole or not, the latest first, the others by their publication."""
    now = latest(out, epci)
    return sorted(_by_publication(out / HOME / epci), key=lambda edition: edition == now, reverse=True)


def _by_publication(home: Path) -> list[Path]:
    folders = [path.parent for path in home.glob(f"[!.]*/{RECORD}")]
    return sorted(folders, key=lambda folder: (folder.stat().st_mtime_ns, folder.name), reverse=True)


def damaged_editions(out: Path, epci: str) -> list[Path]:
    """Return the editions of a report that have lost or changed some of their files."""
    return sorted(path for path in (out / HOME / epci).glob("????-??-??-*/") if not is_whole(path))


def collect(out: Path, epci: str, keep: int) -> list[Path]:
    """Remove all editions of a report but the latest ones, so many, and the one that the latest is compared with.

    One that is damaged does not count, and goes with those published before it. Return those removed; what a removal
    that was stopped left behind goes too.

    Raises:
        DamagedError: the latest one is, so that others may be needed to make it again.
    """
    all_editions, home = editions(out, epci), out / HOME / epci
    now = latest(out, epci)
    if not is_whole(now):
        raise damaged(now)
    whole = [edition for edition in all_editions if is_whole(edition)]
    stay = {*all_editions[: all_editions.index(whole[:keep][-1]) + 1], compared_with(now)}
    folders = sorted(path for path in home.iterdir() if path.is_dir())
    old = [folder for folder in folders if folder not in stay]
    with scratch(out, epci) as folder:
        for edition in old:
            edition.rename(folder / edition.name)
            shutil.rmtree(_kept(edition), ignore_errors=True)
    return old

"""Editions: a published report is a folder that never changes any more; what came of a report being made."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from pathlib import Path

from ctg_analysis.model.errors import UserError, raise_all
from ctg_analysis.model.scratch import alone, free_name, put_in_place, scratch
from ctg_analysis.model.settings import ChapterNotebook, project_path

#     reports/200067171 → .editions/200067171/2026-11-24-1a2b3c4d5e6f/
#                                                         index.html, NN_chapter.html, donnees/,
#                                                         observations.parquet, provenance.json
#
# A link is replaced in one operation of the system: whoever reads finds the former edition or the new one, whole. The
# time of the folder of an edition is that of its publication. Its name holds the sum of its files: one that has lost or
# changed some is known by it (`is_whole`), and no more taken for one.

HOME, JOURNAL, RECORD, INDEX = ".editions", ".journal", "provenance.json", "index.html"
OBSERVATIONS = "observations.parquet"
NEEDED = {"after", "chapters", "date", "observations"}  # what the record of an edition holds at least


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
        UserError: nobody can read it any more.
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


def damaged(edition: Path) -> UserError:
    """Return what is said of an edition that has lost or changed some of its files."""
    epci = edition.parent.name
    text = f"{epci} : l'édition {edition.name} est abîmée, ses fichiers ne sont plus ceux de sa publication"
    return UserError(f"{text} ; `ctg build {epci}` refait la dernière")


def write_record(folder: Path, made_from: dict) -> None:
    """Write what an edition is made from; no clock in it."""
    text = json.dumps(made_from, indent=1, ensure_ascii=False, sort_keys=True)
    (folder / RECORD).write_text(text + "\n", encoding="utf-8")


def name_of(folder: Path) -> str:
    """Return the name of an edition: the date of its newest data, then the sum of all its files."""
    return f"{record(folder)['date']}-{_sum(folder)}"


def is_whole(edition: Path) -> bool:
    """Tell whether the files of an edition are those that it was published with: its name holds their sum."""
    return edition.name.endswith(f"-{_sum(edition)}")


def _sum(folder: Path, without: str = "") -> str:
    digest = sha256()
    files = (path for path in folder.rglob("[!.]*") if path.is_file() and path.name != without)
    for path in sorted(files):  # those whose name begins with a dot are of a file manager
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def publish(fresh: Path, out: Path, epci: str) -> Path:
    """Make a complete folder the latest edition of a report; return its place."""
    home = out / HOME / epci
    home.mkdir(parents=True, exist_ok=True)
    edition, link = home / name_of(fresh), out / epci
    if edition.exists():
        if not is_whole(edition):
            put_in_place(fresh, edition)
        shutil.rmtree(fresh)
    else:
        fresh.rename(edition)
    os.utime(edition)
    if link.exists() and not link.is_symlink():
        link.rename(free_name(home / "before-editions"))
    pending = home / ".link"
    pending.unlink(missing_ok=True)
    pending.symlink_to(os.path.relpath(edition, out), target_is_directory=True)
    pending.replace(link)
    return link


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
    if before := compared_with(edition):
        return before
    whole = filter(is_whole, _by_publication(edition.parent))
    return next((earlier for earlier in whole if record(earlier)["observations"] != observations), None)


def the_latest(epci: str, out: Path) -> Path:
    """Return the latest edition of a report; raise UserError when there is none."""
    edition = latest(out, epci)
    if edition is None:
        raise UserError(f"{epci} : aucun rapport dans {project_path(out)}, lancer d'abord ctg build {epci}")
    return edition


def editions(out: Path, epci: str) -> list[Path]:
    """Return the editions of a report, whole or not, the latest first, the others by their publication."""
    now = latest(out, epci)
    return sorted(_by_publication(out / HOME / epci), key=lambda edition: edition == now, reverse=True)


def _by_publication(home: Path) -> list[Path]:
    folders = [path.parent for path in home.glob(f"[!.]*/{RECORD}")]
    return sorted(folders, key=lambda folder: (folder.stat().st_mtime_ns, folder.name), reverse=True)


def collect(out: Path, epci: str, keep: int) -> list[Path]:
    """Remove all editions of a report but the latest ones, so many, and the one that the latest is compared with.

    One that is damaged does not count, and goes. Return those removed; what a removal that was stopped left behind goes
    too.
    """
    whole = [edition for edition in editions(out, epci) if is_whole(edition)]
    stay = {latest(out, epci), *whole[:keep], *map(compared_with, whole[:1])}
    folders = sorted(path for path in (out / HOME / epci).iterdir() if path.is_dir())
    old = [folder for folder in folders if folder not in stay]
    with scratch(out, epci) as folder:
        for edition in old:
            edition.rename(folder / edition.name)
    return old


FEW = 3  # chapters made again, whose pages are named


@dataclass(frozen=True)
class Report:
    """A report being made: the territory, all its chapters, the scratch folders, the edition before it.

    fresh: where the pages are written. executed: where the notebooks that ran are kept. latest: the latest edition that
    is whole.
    """

    epci: str
    chapters: list[ChapterNotebook]
    fresh: Path
    executed: Path
    latest: Path | None

    @property
    def out(self) -> Path:
        """Return the folder of the reports, which the scratch folders are below."""
        return self.fresh.parents[2]


@dataclass
class Built:
    """What came of a report: its folder, whether an edition was published, the chapters that ran, those that failed.

    refused: why notebooks are, each in one line. remarks: what is to be mended in what chapters show, by chapter.
    breaks: where the chain of its démarche, from proofs to actions, does not hold. faults: what is wrong with the files
    of the EPCI, without which it was published. why: what has changed since the edition before.
    """

    epci: str
    place: Path | None = None
    published: bool = False
    ran: list[str] = field(default_factory=list)
    failed: dict[str, Exception] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    remarks: dict[str, list[str]] = field(default_factory=dict)
    breaks: list[str] = field(default_factory=list)
    faults: str = ""
    why: str = ""
    error: Exception | None = None

    @property
    def exit_code(self) -> int:
        """Return 1 when nothing could be published, 2 when what is published is not all good, else 0."""
        if self.error:
            return getattr(self.error, "exit_code", 1)
        return 2 if self.failed or self.refused or self.remarks or self.breaks or self.faults else 0


def lines_of(built: Built) -> list[str]:
    """Return what is said of a report: where it is, what ran, what failed, what does not hold, where details are."""
    if built.error:
        return [str(built.error)]
    failed = [
        f"notebooks/{stem}.ipynb: refused" if str(error) in built.refused else str(error).splitlines()[0]
        for stem, error in built.failed.items()
    ]
    count = len(built.ran)
    some = count or (failed and built.published)
    ran = f"{count} chapitre{'s' * (count > 1)} refait{'s' * (count > 1)}" if some else "à jour"
    ran += f" ({', '.join(f'{stem}.html' for stem in built.ran)})" if 0 < count <= FEW else ""
    ran += f" ; ont changé : {built.why}" if built.published and built.why else ""
    lines = [f"{project_path(built.place)}/index.html : {ran}"]
    lines += [*filter(None, [built.faults]), *built.refused]
    lines += [f"{built.epci} : {error} : la page n'est pas de cette édition" for error in failed]
    lines += [f"{built.epci} : {line}" for stem in built.remarks for line in remarks(built, stem)]
    lines += built.breaks
    journal = project_path(built.place.parent / JOURNAL / built.epci)
    details = f"{journal} : le détail ; le notebook jusqu'où il a tourné, sauf si son processus a été arrêté"
    return [*lines, details] if failed else lines


def remarks(built: Built, stem: str) -> list[str]:
    """Return in one line each what is to be mended in what a chapter shows."""
    return [f"notebooks/{stem}.ipynb, {remark}" for remark in built.remarks.get(stem, [])]


def with_notebooks(built: Built, refused: list[ChapterNotebook], entries: dict[str, dict]) -> Built:
    """Return what came of a report with what is to be said of its notebooks. entries: the record of its chapters."""
    built.refused = [chapter.fault for chapter in refused]
    for chapter in refused:
        if chapter.path.stem in entries:
            built.failed[chapter.path.stem] = UserError(chapter.fault)
    built.remarks = {stem: entry["remarks"] for stem, entry in entries.items() if entry.get("remarks")}
    return built


# The links of the index of an edition to the documents that are made from it, once there are some.
#
# Documents bear the name of what they are made from, the edition without its index: links to them leave it what it is.

FOLDER = "documents"
KINDS = {
    "essentiel.pdf": "L’essentiel, en quatre pages (PDF)",
    "synthese.pdf": "La synthèse, en deux pages (PDF)",
    "fiches.pdf": "Les fiches communales, une page pour chacune (PDF)",
    "restitution.pptx": "Les diapositives de la restitution (PowerPoint, LibreOffice)",
    "diagnostic.pdf": "En annexe, le diagnostic entier (PDF)",
    "envoi.zip": "Toutes les pages et les données, à envoyer (zip)",
}
BEGIN, END = "<!--documents-->", "<!--/documents-->"
EMPTY = f"{BEGIN}{END}"


def name_of_documents(epci: str, edition: Path) -> str:
    """Return what the names of the documents made from an edition end with: the date of the newest data, then the sum
    of all files but the index, which leads to them.
    """
    return f"{epci}-{record(edition)['date']}-{_sum(edition, without=INDEX)}"


def with_documents(index: str, links: str) -> str:
    """Return the HTML of an index with these links to documents in the place of others; another page as it is."""
    before, begins, others = index.partition(BEGIN)
    return before + links + others.partition(END)[2] if begins else index


def write_links(edition: Path, out: Path, epci: str) -> bool:
    """Write in the index of an edition the links to the documents that are made from it; tell whether that changed it.

    edition: a folder that is not published yet, or not any more.
    """
    path = edition / INDEX
    before = path.read_text(encoding="utf-8")
    made = sorted((out / FOLDER / epci).glob(f"*-{name_of_documents(epci, edition)}.*"))
    html = with_documents(before, _links(epci, [one.name for one in made]) if made else EMPTY)
    path.write_text(html, encoding="utf-8")
    return html != before


def link_documents(edition: Path, out: Path, epci: str) -> None:
    """Publish an edition again with links to the documents that are made from it, unless it has them."""
    with scratch(out, epci) as folder:
        fresh = folder / edition.name
        shutil.copytree(edition, fresh)
        if write_links(fresh, out, epci):
            publish(fresh, out, epci)


def _links(epci: str, names: list[str]) -> str:
    by_kind = {f"{name.partition('-')[0]}{Path(name).suffix}": name for name in names}
    lines = [
        f'<li><a href="../{FOLDER}/{epci}/{escape(by_kind[kind])}">{title}</a></li>'
        for kind, title in KINDS.items()
        if kind in by_kind
    ]
    return f"{BEGIN}<h2>Documents à emporter</h2>\n<ul>\n{chr(10).join(lines)}\n</ul>{END}"


def collect_documents(out: Path, epci: str) -> list[Path]:
    """Remove the documents of editions that are no more, or not whole; return those removed."""
    kept = tuple(name_of_documents(epci, edition) for edition in editions(out, epci) if is_whole(edition))
    home = out / FOLDER / epci
    documents = sorted(home.iterdir()) if kept and home.is_dir() else []
    old = [path for path in documents if not path.stem.endswith(kept)]
    for path in old:
        path.unlink()
    return old


def collect_reports(out: Path, keep: int) -> Iterator[str]:
    """Remove old editions of all reports of a folder, and their documents; yield what is to be said of each.

    Raises:
        UserError: once all others are done, those that are being built.
    """
    failures: list[UserError] = []
    for epci in reports(out):
        try:
            with alone(out, epci, f"{epci} : rapport en train d'être fait"):
                removed = collect(out, epci, keep)
                collect_documents(out, epci)
        except UserError as error:
            failures.append(error)
        else:
            yield f"{epci}: editions removed: {len(removed)}"
    raise_all(failures)

"""`ctg documents`: what is handed over beside the pages of a report: PDF, slides, a file to send by mail.

    reports/documents/200067171/diagnostic-200067171-2026-11-24-1a2b3c4d5e6f.pdf
                                synthese-….pdf  essentiel-….pdf  fiches-….pdf  restitution-….pptx
                                envoi-….zip

They stand beside the edition that they are made from, whose index then leads to them, and bear its name.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from markupsafe import Markup

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.figures import communes_map
from ctg_analysis.chapter.profiles import essential
from ctg_analysis.chapter.summaries import messages
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.core.errors import UserError, raise_all
from ctg_analysis.core.locks import alone
from ctg_analysis.core.notebooks import notebooks
from ctg_analysis.core.scratch import scratch
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.team import for_readers
from ctg_analysis.display.words.texts import typography
from ctg_analysis.publishing.document_links import FOLDER, PLACE, link_documents, name_of_documents
from ctg_analysis.publishing.editions import (
    collect,
    damaged,
    damaged_editions,
    editions,
    is_whole,
    record,
    reports,
    the_latest,
)
from ctg_analysis.publishing.handover.deck import mapped, write_deck
from ctg_analysis.publishing.handover.joining import joined
from ctg_analysis.publishing.pages.data_files import write_observations
from ctg_analysis.publishing.pages.site import page
from ctg_analysis.publishing.pdf import sheets_of, write_pdf

SYNTHESIS, SHEETS, NOTES = "00_synthese.html", "17_fiche_commune.html", ("definitions.html", "guide.html")
NOTICE = """{name}
Diagnostic partagé de la convention territoriale globale, données au {date}.

Décompressez ce fichier, puis ouvrez index.html\u00a0: les pages se lisent sans connexion.
donnees\u00a0: les valeurs de chaque graphique, pour un tableur.
"""
FOR_MACHINES = {".parquet"}  # what the next edition is compared with; donnees/ says the same to people
TITLE, MAPS = "L’essentiel", 4
BY_CHAPTER, ON_MAPS = "Chapitre par chapitre", "Commune par commune"


def write_documents(epci: str, out: Path, progress: Callable[[str], None] = lambda step: None) -> Iterator[Path]:
    """Make the documents of the latest edition of a report, and yield each as it is in its place, whole.

    progress: called with the name of each before it is made. The parcel comes first: it needs no browser.

    Raises:
        UserError: no report, one that is older than the data, no browser for the PDF. Busy: it is being built.
    """
    with alone(out, epci, f"{epci}: is being built"):
        edition = the_latest(epci, out)
        if not is_whole(edition):
            raise damaged(edition)
        seen = open_chapter(epci).territory
        home = out / FOLDER / epci
        home.mkdir(parents=True, exist_ok=True)
        with scratch(out, epci) as folder:
            if write_observations(folder, seen) != record(edition)["observations"]:
                raise UserError(f"{epci} : le rapport est plus ancien que les données, lancer d'abord ctg build {epci}")
            for name, write in _documents(edition, seen).items():
                progress(name)
                path = folder / name
                write(path)
                yield path.replace(home / name)
        link_documents(edition, out, epci)


def _documents(edition: Path, seen: Territory) -> dict[str, Callable[[Path], object]]:
    """Return the names of the documents, and what writes each."""
    made_from = record(edition)
    chapters = [f"{stem}.html" for stem, entry in sorted(made_from["chapters"].items()) if not entry.get("silent")]
    whole = [*(name for name in chapters if name != SHEETS), *(name for name in NOTES if (edition / name).exists())]

    def write_whole(path: Path) -> None:
        title = "Diagnostic partagé, annexe"
        names = {Path(name).stem: name for name in whole}
        sheets = sheets_of(joined(edition, whole, title), list(names), path.parent)
        numbers = {names[stem]: number for stem, number in sheets.items()}
        write_pdf(joined(edition, whole, title, numbers), path, made_from["date"])

    name = name_of_documents(seen.epci, edition)
    documents: dict[str, Callable[[Path], object]] = {f"envoi-{name}.zip": lambda path: write_parcel(edition, path)}
    if SYNTHESIS in chapters:
        synthesis, essential = joined(edition, [SYNTHESIS], "Synthèse"), short_report(edition, seen, SYNTHESIS)
        documents[f"synthese-{name}.pdf"] = lambda path: write_pdf(synthesis, path, made_from["date"])
        documents[f"essentiel-{name}.pdf"] = lambda path: write_pdf(essential, path, made_from["date"])
    if SHEETS in chapters:
        sheets = joined(edition, [SHEETS], "Fiches communales")
        documents[f"fiches-{name}.pdf"] = lambda path: write_pdf(sheets, path, made_from["date"])
    documents[f"restitution-{name}.pptx"] = lambda path: write_deck(seen, made_from["date"], path)
    return documents | {f"diagnostic-{name}.pdf": write_whole}


def short_report(edition: Path, seen: Territory, synthesis: str) -> str:
    """Return « L'essentiel » as a page to print. synthesis: the name of the page of the synthèse."""
    said = [message.anchor for message in messages(seen)]  # on its first sheets
    chapters = [
        (typography(notebook.title), Markup(piece.html))
        for notebook in notebooks()
        if notebook.title and (piece := essential(seen, notebook.number, said)).html
    ]
    maps = [Markup(for_readers(communes_map(seen, indicator).html)) for indicator in mapped(seen, MAPS)]
    more = []
    if chapters:
        more.append((BY_CHAPTER, page("essentiel.html.j2", page={}, chapters=chapters)))
    if maps:
        more.append((ON_MAPS, page("essentiel.html.j2", page={}, maps=maps)))
    return joined(edition, [synthesis], TITLE, more=more)


def write_parcel(edition: Path, parcel: Path) -> None:
    """Write the pages and the data of an edition as a zip file with a notice in French."""
    made_from = record(edition)
    inside = parcel.stem
    year, month, day = map(int, made_from["date"].split("-"))
    with ZipFile(parcel, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(_contents(edition, made_from)):
            entry = ZipInfo(f"{inside}/{name}", (year, month, day, 0, 0, 0))
            entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, content)


def _contents(edition: Path, made_from: dict) -> Iterator[tuple[str, bytes]]:
    for path in edition.rglob("*"):
        if path.is_file() and path.suffix not in FOR_MACHINES:
            content = path.read_bytes()
            if path.suffix == ".html":
                content = PLACE.sub("", for_readers(content.decode())).encode()
            yield path.relative_to(edition).as_posix(), content
    notice = NOTICE.format(name=made_from["name"], date=date_text(made_from["date"]))
    yield "LISEZMOI.txt", notice.replace("\n", "\r\n").encode("utf-8-sig")


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
        UserError: once all others are done, those that are being built or whose latest edition is damaged.
    """
    failures: list[UserError] = []
    for epci in reports(out):
        try:
            with alone(out, epci, f"{epci}: is being built"):
                removed = collect(out, epci, keep)
                damages = [f"{epci}: the edition {edition.name} is damaged" for edition in damaged_editions(out, epci)]
                collect_documents(out, epci)
        except UserError as error:
            failures.append(error)
        else:
            yield f"{epci}: editions removed: {len(removed)}"
            yield from damages
    raise_all(failures)

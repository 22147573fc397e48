"""`ctg documents`: what is handed over beside the pages of a report: PDF, slides, a file to send by mail.

    reports/documents/200067171/diagnostic-200067171-2026-11-24-1a2b3c4d5e6f.pdf
                                synthese-….pdf  essentiel-….pdf  fiches-….pdf  restitution-….html
                                restitution-….pptx  envoi-….zip

They stand beside the edition that they are made from, whose index then leads to them, and bear its name.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.core.errors import UserError, raise_all
from ctg_analysis.core.locks import alone
from ctg_analysis.core.scratch import scratch
from ctg_analysis.publishing.document_links import FOLDER, link_documents, name_of_documents
from ctg_analysis.publishing.editions import collect, damaged, damaged_editions, editions, is_whole, record, reports
from ctg_analysis.publishing.handover.deck import write_deck
from ctg_analysis.publishing.handover.joining import joined
from ctg_analysis.publishing.handover.parcel import write_parcel
from ctg_analysis.publishing.handover.short_report import short_report
from ctg_analysis.publishing.handover.slides import shown_of, slides
from ctg_analysis.publishing.pages.data_files import write_observations
from ctg_analysis.publishing.pdf import sheets_of, write_pdf
from ctg_analysis.publishing.verification import the_latest

SYNTHESIS, SHEETS, NOTES = "00_synthese.html", "17_fiche_commune.html", ("definitions.html", "guide.html")


def write_documents(epci: str, out: Path, progress: Callable[[str], None] = lambda step: None) -> Iterator[Path]:
    """Make the documents of the latest edition of a report, and yield each as it is in its place, whole.

    progress: called with the name of each before it is made. Slides and parcel come first: they need no browser.

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
            _check(edition, seen, folder)
            for name, write in _documents(edition, seen).items():
                progress(name)
                path = folder / name
                write(path)
                yield path.replace(home / name)
        link_documents(edition, out, epci)


def _check(edition: Path, seen: Territory, scratch: Path) -> None:
    """Check that an edition shows what is observed now: the slides are made from the observations."""
    if write_observations(scratch, seen) != record(edition)["observations"]:
        raise UserError(
            f"{seen.epci} : le rapport est plus ancien que les données, lancer d'abord ctg build {seen.epci}"
        )


def _documents(edition: Path, seen: Territory) -> dict[str, Callable[[Path], object]]:
    """Return the names of the documents, and what writes each."""
    made_from = record(edition)
    chapters = [f"{stem}.html" for stem, entry in sorted(made_from["chapters"].items()) if not entry.get("silent")]
    whole = [*(name for name in chapters if name != SHEETS), *(name for name in NOTES if (edition / name).exists())]
    shown = shown_of(seen, made_from["date"])
    page_of_slides = slides(shown)

    def write_whole(path: Path) -> None:
        title = "Diagnostic partagé, annexe"
        names = {Path(name).stem: name for name in whole}
        sheets = sheets_of(joined(edition, whole, title), list(names), path.parent)
        numbers = {names[stem]: number for stem, number in sheets.items()}
        write_pdf(joined(edition, whole, title, numbers), path, made_from["date"])

    name = name_of_documents(seen.epci, edition)
    documents = {
        f"restitution-{name}.html": lambda path: path.write_text(page_of_slides, encoding="utf-8"),
        f"envoi-{name}.zip": lambda path: write_parcel(edition, page_of_slides, path),
    }
    if SYNTHESIS in chapters:
        synthesis, essential = joined(edition, [SYNTHESIS], "Synthèse"), short_report(edition, seen, SYNTHESIS)
        documents[f"synthese-{name}.pdf"] = lambda path: write_pdf(synthesis, path, made_from["date"])
        documents[f"essentiel-{name}.pdf"] = lambda path: write_pdf(essential, path, made_from["date"])
    if SHEETS in chapters:
        sheets = joined(edition, [SHEETS], "Fiches communales")
        documents[f"fiches-{name}.pdf"] = lambda path: write_pdf(sheets, path, made_from["date"])
    documents[f"restitution-{name}.pptx"] = lambda path: write_deck(shown, path)
    return documents | {f"diagnostic-{name}.pdf": write_whole}


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

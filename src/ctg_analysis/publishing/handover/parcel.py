"""A report in one file to send by mail, as readers see it: the same bytes for the same edition."""

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.team import for_readers
from ctg_analysis.publishing.document_links import PLACE
from ctg_analysis.publishing.editions import record

NOTICE = """{name}
Diagnostic partagé de la convention territoriale globale, données au {date}.

Décompressez ce fichier, puis ouvrez index.html\u00a0: les pages se lisent sans connexion.
restitution.html\u00a0: les messages du diagnostic, en diapositives.
donnees\u00a0: les valeurs de chaque graphique, pour un tableur.
"""
FOR_MACHINES = {".parquet"}  # what the next edition is compared with; donnees/ says the same to people


def write_parcel(edition: Path, slides: str, parcel: Path) -> None:
    """Write the pages and the data of an edition, and the slides, as a zip file with a notice in French."""
    made_from = record(edition)
    inside = parcel.stem
    year, month, day = map(int, made_from["date"].split("-"))
    with ZipFile(parcel, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(_contents(edition, slides, made_from)):
            entry = ZipInfo(f"{inside}/{name}", (year, month, day, 0, 0, 0))
            entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, content)


def _contents(edition: Path, slides: str, made_from: dict) -> Iterator[tuple[str, bytes]]:
    for path in edition.rglob("*"):
        if path.is_file() and path.suffix not in FOR_MACHINES:
            content = path.read_bytes()
            if path.suffix == ".html":
                content = PLACE.sub("", for_readers(content.decode())).encode()
            yield path.relative_to(edition).as_posix(), content
    yield "restitution.html", slides.encode()
    notice = NOTICE.format(name=made_from["name"], date=date_text(made_from["date"]))
    yield "LISEZMOI.txt", notice.replace("\n", "\r\n").encode("utf-8-sig")

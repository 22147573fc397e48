"""The links of the index of an edition to the documents that are made from it, once there are some.

Documents bear the name of what they are made from, the edition without its index: links to them leave it what it is.
"""

import re
import shutil
from html import escape
from pathlib import Path

from ctg_analysis.core.scratch import scratch
from ctg_analysis.publishing.editions import INDEX, matter_of, publish

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
PLACE, EMPTY = re.compile(f"{BEGIN}.*?{END}", re.DOTALL), f"{BEGIN}{END}"


def name_of_documents(epci: str, edition: Path) -> str:
    """Return what the names of the documents made from an edition end with."""
    return f"{epci}-{matter_of(edition)}"


def write_links(edition: Path, out: Path, epci: str) -> bool:
    """Write in the index of an edition the links to the documents that are made from it; tell whether that changed it.

    edition: a folder that is not published yet, or not any more.
    """
    path = edition / INDEX
    before = path.read_text(encoding="utf-8")
    made = sorted((out / FOLDER / epci).glob(f"*-{name_of_documents(epci, edition)}.*"))
    html = PLACE.sub(_links(epci, [one.name for one in made]) if made else EMPTY, before)
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
    """Return the list of documents: one of each kind, in the order of KINDS."""
    by_kind = {f"{name.partition('-')[0]}{Path(name).suffix}": name for name in names}
    lines = [
        f'<li><a href="../{FOLDER}/{epci}/{escape(by_kind[kind])}">{title}</a></li>'
        for kind, title in KINDS.items()
        if kind in by_kind
    ]
    return f"{BEGIN}<h2>Documents à emporter</h2>\n<ul>\n{chr(10).join(lines)}\n</ul>{END}"

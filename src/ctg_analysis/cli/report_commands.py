"""The commands that hand over the editions of reports, and begin a chapter of one's own."""

import re
from pathlib import Path
from typing import Annotated

import nbformat
import typer

from ctg_analysis.cli import Epci, Out, messages
from ctg_analysis.display.texts import alphabetical
from ctg_analysis.model.errors import UserError, extra, room_in
from ctg_analysis.model.settings import DEFAULT_EPCI, notebooks, project_path, settings
from ctg_analysis.publish.editions import collect_reports

CHAPTER = Path(__file__).with_name("new_chapter.ipynb")  # it runs at once, for any EPCI


def documents(epci: Epci = DEFAULT_EPCI, out: Out = None) -> None:
    """Make the documents of the latest edition of a report: PDF, slides, a file to send by mail.

    A Chromium, a Chrome or an Edge of this machine prints the PDFs and draws the maps of the slides.
    """
    with extra("documents"):
        from ctg_analysis.publish.documents import write_documents
    with room_in(out), messages.status(epci) as status:
        for path in write_documents(epci, out, progress=status.update):
            size = f"{path.stat().st_size / 1e6:.1f}".replace(".", ",")
            messages.print(f"{project_path(path)} : {size} Mo")


def gc(
    keep: Annotated[int, typer.Option(min=2, help="How many editions of each report to keep.")], out: Out = None
) -> None:
    """Remove old editions and their documents; the latest and the one that it is compared with always stay."""
    for line in collect_reports(out, keep):
        messages.print(line)


def new_chapter(
    number: Annotated[str, typer.Argument(help="Two digits that no other chapter bears, such as 18.")],
    title: Annotated[str, typer.Argument(help="Its title, such as « Mobilité ».")],
) -> None:
    """Write the notebook of a chapter of one's own, which runs at once; never over what is there."""
    name = re.sub(r"[^a-z0-9]+", "_", alphabetical(title).replace("œ", "oe")).strip("_")
    if not re.fullmatch(r"\d\d", number):
        raise UserError(f"chapter {number!r}: expected a number of two digits, such as 18")
    if not name or "\n" in title:
        raise UserError(f'title {title!r}: expected words on one line, such as "Mobilité"')
    if same := [one.path for one in notebooks() if one.number == number]:
        raise UserError(f"chapter {number}: {project_path(same[0])} bears this number: expected another")
    made = nbformat.read(CHAPTER, as_version=4)
    made.metadata["ctg"]["chapter"] = number
    made.cells[0].source = made.cells[0].source.replace("Titre", title.strip(), 1)
    path = settings().root / "notebooks" / f"{number}_{name}.ipynb"
    with path.open("x", encoding="utf-8") as file:
        nbformat.write(made, file)
    then = f"open it in JupyterLab, `ctg build --chapters {number}` publishes it"
    messages.print(f"{project_path(path)}: written; {then}")

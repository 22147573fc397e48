"""The commands that compare the editions of reports, hand them over, and begin a chapter of one's own."""

from typing import Annotated

import typer

from ctg_analysis.cli.common_options import Epci, Out, messages
from ctg_analysis.cli.new_chapter import write_new_chapter
from ctg_analysis.model.errors import room_in
from ctg_analysis.model.settings import DEFAULT_EPCI, project_path
from ctg_analysis.publish.data_files import changes_of
from ctg_analysis.publish.documents import collect_reports, write_documents


def changes(epci: Epci = DEFAULT_EPCI, out: Out = None) -> None:
    """Say what changed from the edition before to the latest one, a line for each observation."""
    before, table = changes_of(epci, out)
    for row in table.itertuples(index=False):
        print(f"{row.kind}  {row.indicator}  {row.territory}  {row.period}  {row.before} → {row.now}")
    messages.print(f"{epci}: {len(table)} changes since {before}" if before else f"{epci}: the first edition")


def documents(epci: Epci = DEFAULT_EPCI, out: Out = None) -> None:
    """Make the documents of the latest edition of a report: PDF, slides, a file to send by mail.

    A Chromium, a Chrome or an Edge of this machine prints the PDFs and draws the maps of the slides.
    """
    with room_in(out), messages.status(epci) as status:
        for path in write_documents(epci, out, progress=status.update):
            size = f"{path.stat().st_size / 1e6:.1f}".replace(".", ",")
            messages.print(f"{project_path(path)} : {size} Mo")


def gc(
    keep: Annotated[int, typer.Option(min=2, help="How many editions of each report to keep.")],
    out: Out = None,
) -> None:
    """Remove old editions and their documents; the latest and the one that it is compared with always stay."""
    for line in collect_reports(out, keep):
        messages.print(line)


def new_chapter(
    number: Annotated[str, typer.Argument(help="Two digits that no other chapter bears, such as 18.")],
    title: Annotated[str, typer.Argument(help="Its title, such as « Mobilité ».")],
) -> None:
    """Write the notebook of a chapter of one's own, which runs at once; never over what is there."""
    path = write_new_chapter(number, title)
    messages.print(
        f"{project_path(path)}: written; open it in JupyterLab, `ctg build --chapters {number}` publishes it"
    )

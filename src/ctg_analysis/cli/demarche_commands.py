"""The commands of a démarche: its tables and forms, answers to its survey, its convention, its info flash."""

import datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from ctg_analysis.cli import Epci, Out, messages
from ctg_analysis.demarche.answers import take_in
from ctg_analysis.demarche.empty_forms import write_forms, write_tables
from ctg_analysis.demarche.former_files import convert
from ctg_analysis.demarche.restricted_files import due, left, read_restricted, readable
from ctg_analysis.demarche.restricted_files import purge as delete_due
from ctg_analysis.demarche.table_files import DELETIONS
from ctg_analysis.demarche.unnamed import to_name
from ctg_analysis.model.errors import UserError, in_lines, in_order, room_in
from ctg_analysis.model.settings import DEFAULT_EPCI, DataRoot, data_root, project_path
from ctg_analysis.model.territories import find_epci
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.publish.convention import write_convention, write_issue
from ctg_analysis.raw.files import HELP

TODAY = "Day from which the calendar is read, such as 2026-11-27; that of the issue by default."


def convention(epci: Epci = DEFAULT_EPCI, out: Out = None) -> None:
    """Write the convention of a démarche and its fiches-action as Word files.

    A file that someone has changed since is never written over.
    """
    with room_in(out), messages.status(epci):
        paths, warning = write_convention(epci, data_root(epci), out)
    messages.print(f"{project_path(paths[0])} : écrit ; documents à côté : {len(paths) - 1}")
    if warning:
        messages.print(warning)


def flash(
    epci: Epci = DEFAULT_EPCI,
    number: Annotated[int | None, typer.Option(help="Number of the issue; the latest by default.")] = None,
    today: Annotated[datetime.datetime | None, typer.Option(formats=["%Y-%m-%d"], help=TODAY)] = None,
    out: Out = None,
) -> None:
    """Write an issue of the info flash as a page and as a PDF, which a browser of this machine prints."""
    day = f"{today:%Y-%m-%d}" if today else ""
    with room_in(out), messages.status(epci):
        for path in write_issue(epci, data_root(epci), number, out, day):
            messages.print(f"{project_path(path)} : écrit")


def answers(
    epci: Epci,
    export: Annotated[Path, typer.Argument(help="The export of LimeSurvey or Framaforms, as it was downloaded.")],
) -> None:
    """Put the answers of a survey tool in the private folder of a démarche, beside those that are there."""
    if not export.is_file():
        raise UserError(
            f"{project_path(export)} : aucun fichier de ce nom, attendu un export de LimeSurvey ou de Framaforms"
        )
    root, *_ = _known(epci)
    for line in take_in(root, epci, export.resolve()):
        messages.print(line)


def purge(
    epci: Epci,
    delete: Annotated[bool, typer.Option("--delete", help="Delete it; without this, only say what is due.")] = False,
) -> None:
    """Say which personal data of a démarche are due; with --delete, delete these alone; 1 if some are left.

    What no date reaches (copies, notes, images, locks, subfolders) is told too, and left.
    """
    today = datetime.date.today()
    folder = data_root(epci).restricted_material(epci)
    if not folder.is_dir():
        raise UserError(f"{project_path(folder)} : aucun dossier de ce nom, attendu les fichiers privés de la démarche")
    files = readable(read_restricted(data_root(epci), epci))
    expired = delete_due(files, today) if delete else due(files, today)
    for data in expired:
        print(f"{data.place} : {data}")
    remains = in_lines(in_order({*left(files, today)}))
    if remains:
        print(*remains, sep="\n")
    if not expired:
        messages.print(f"{epci} : rien n'est à supprimer")
    elif delete:
        messages.print(f"{epci} : supprimé, et noté dans {project_path(files.folder / DELETIONS)}")
    if expired and not delete:
        raise UserError(f"{epci} : rien n'a été supprimé ; relancer avec --delete")
    if remains:
        raise UserError(f"{epci} : reste à ranger à la main : {len(remains)} lignes ci-dessus")


def new(
    epci: Epci, csv: Annotated[bool, typer.Option("--csv", help="And each form and table as a CSV file.")] = False
) -> None:
    """Write the empty forms of partners and the tables of a démarche: eight workbooks that say in French how to fill.

    With --csv, CSV files too: what is filled in one of the two is read. What is there already stays as it is; what is
    lacking is added. The sheet of the structures has those that open data name, and those that the BPE counts. The YAML
    files of before become sheets.
    """
    root, name, communes = _known(epci)
    here = [("commune", "in", [code for code, _ in communes])]
    named = pd.read_parquet(root.processed / "structures.parquet", filters=here)
    structures = pd.concat([named, to_name(root, epci, dict(communes))], ignore_index=True)
    folder = root.private / epci
    for place in (folder, root.restricted_material(epci), root.material(epci)):
        for path in convert(place):
            messages.print(f"{project_path(path)} : les fichiers d'avant, en feuilles ; gardés à côté (.converti)")
    made = write_forms(epci, name, folder, communes, csv=csv)
    made += write_tables(root, epci, name, communes, structures, csv=csv)
    for place in (folder, root.restricted_material(epci), root.material(epci)):
        written = [path for path in made if path.parent == place]
        count = f"{len(written)} fichier{'s' if len(written) > 1 else ''}"
        told = f"{count} ; commencer par la feuille « {HELP} »" if written else "tout y est déjà, rien n'a changé"
        messages.print(f"{project_path(place)} : {told}")


def _known(epci: str) -> tuple[DataRoot, str, list[tuple[str, str]]]:
    root = data_root(epci)
    with messages.status("données"):  # which the first command of a project works out, for minutes
        ensure(root)
    places = pd.read_parquet(root.processed / "territories.parquet")
    name = find_epci(places, epci)["name"]
    communes = places[places["level"].eq("commune") & places["epci"].eq(epci)].sort_values("code", kind="stable")
    return root, name, list(zip(communes["code"], communes["name"], strict=True))

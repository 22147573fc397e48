"""The commands that make data and reports, and their project: nothing heavy is imported before there is work to do."""

import json
import os
import shlex
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ctg_analysis.cli import Out, interrupted, messages, sirens
from ctg_analysis.model.errors import in_lines, room_in
from ctg_analysis.model.settings import (
    DEFAULT_EPCI,
    EXAMPLE_EPCI,
    chosen_chapters,
    data_root,
    project_path,
    write_project,
)
from ctg_analysis.pipeline.faults import faults
from ctg_analysis.pipeline.freshness import NOTES
from ctg_analysis.pipeline.run import process
from ctg_analysis.publish.build import build as build_reports
from ctg_analysis.publish.build import build_there, write_side_by_side
from ctg_analysis.publish.editions import lines_of
from ctg_analysis.publish.site import is_listed, is_side_by_side, part, wanted, write_list
from ctg_analysis.raw.folders import faulty


def build(
    epcis: Annotated[list[str] | None, typer.Argument(metavar="[EPCI]...", help="SIRENs.", callback=sirens)] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every EPCI of France.")] = False,
    departement: Annotated[str, typer.Option(help="Every EPCI with a commune there, such as 12 or 2A.")] = "",
    chapters: Annotated[str, typer.Option(help="Numbers of chapters to add, such as 01,04; all by default.")] = "",
    jobs: Annotated[int, typer.Option(min=1, help="How many processes at work.")] = os.cpu_count() or 1,
    force: Annotated[bool, typer.Option("--force", help="Also what is up to date.")] = False,
    out: Out = None,
    shard: Annotated[str, typer.Option(help="A part of the territories, such as 3/20.")] = "",
    side_by_side: Annotated[bool, typer.Option("--side-by-side", help="Also one page of all these EPCIs.")] = False,
    scheduler: Annotated[str, typer.Option(help="Address of a Dask scheduler, such as tcp://head:8786.")] = "",
) -> None:
    """Build the chapters of one or several EPCIs, by default that of the reference case.

    Chapters that a report has already are kept up to date with those asked for. Those of a département, and others with
    --side-by-side, also have a page and a workbook with all of them.

    Exit codes: 0 all is good; 1 something to mend; 2 published with chapters of an earlier edition, without them or
    some of what they show, without what is at fault in the files of the EPCI, or with a démarche whose chain does not
    hold; 3 nothing was done, other builds of these reports are at work.
    """
    chosen = chosen_chapters([*filter(None, map(str.strip, chapters.split(",")))])
    epcis = part(wanted(epcis or [], every=all_, departement=departement), shard)
    if not epcis:
        messages.print(f"--shard {shard}: no territory in this part, nothing to build")
        return
    start, codes, printed, published = time.perf_counter(), [], set(), False

    def standing() -> str:
        return f"rapports faits ou à jour : {len(codes)} sur {len(epcis)} ; les autres restent comme ils étaient"

    with interrupted(standing), room_in(out), messages.status("données") as status:
        if scheduler:
            reports = build_there(epcis, chosen, out, force=force, scheduler=scheduler)
        else:
            progress = status.update
            reports = build_reports(epcis, chosen, out, jobs=jobs, force=force, progress=progress)
        for report in reports:
            codes.append(report.exit_code)
            published |= report.published
            _print_once(lines_of(report), printed)
        together = departement or side_by_side
        if together and (published or not is_side_by_side(out, departement)):
            status.update("côte à côte")
            written = out / write_side_by_side(epcis, departement, out)
            messages.print(f"{project_path(written)} : {len(epcis)} EPCI")
        if published or departement or not is_listed(out):
            write_list(out)
    if len(epcis) > 1:
        good = codes.count(0)
        seconds = f"{time.perf_counter() - start:.1f}".replace(".", ",")
        messages.print(f"rapports sans défaut : {good} sur {len(epcis)}, en {seconds} s")
    if code := exit_code(codes, published=published):
        raise typer.Exit(code)


def _print_once(lines: list[str], printed: set[str]) -> None:
    """Print the lines of a report that none had before: a refusal of a notebook is said once."""
    for line in lines:
        if line not in printed:
            messages.print(line)
        printed.add(line)


def exit_code(codes: list[int], *, published: bool) -> int:
    """The exit code of a build from those of its reports: 3 where others are at all that is left to do.

    >>> exit_code([0, 3], published=True), exit_code([0, 3], published=False), exit_code([2, 3], published=True)
    (0, 3, 2)
    """
    left = (0, 2, 1) if published else (0, 2, 3, 1)
    return max((code for code in codes if code in left), key=left.index, default=0)


def data() -> None:
    """Read, check and clean the raw files, and write data/processed, for France and for the invented territory.

    Exit codes: 0 all is good; 1 something to mend, nothing was written; 2 written without what is at fault in the files
    of some EPCIs, each told.
    """
    roots = [data_root(DEFAULT_EPCI), data_root(EXAMPLE_EPCI)]
    start = time.perf_counter()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bars_of = Progress(*columns, console=messages, transient=True, disable=not messages.is_terminal)
    folders = " and ".join(project_path(root.processed) for root in roots)
    with interrupted(lambda: f"{folders}: as they were; the works that are done are kept"), bars_of as bars:
        bar = bars.add_task("data", total=None)

        def show(stage: str, done: int, works: int, name: str) -> None:
            bars.update(bar, description=f"{stage} {name}", completed=done, total=works)
            if name and not messages.is_terminal:
                messages.print(f"{stage}: {name} ({done} of {works})")

        sizes = process(*roots, progress=show)
    seconds = time.perf_counter() - start
    counts = [f"{project_path(root.processed)}: {rows} observations" for root, rows in zip(roots, sizes, strict=True)]
    messages.print(f"{', '.join(counts)}, in {seconds:.1f} s")
    for root in roots:
        for note in json.loads((root.processed / NOTES).read_text(encoding="utf-8")):
            messages.print(f"{project_path(root.processed)}: {note}")
    if found := [finding for root in roots for epci in faulty(root) for finding in faults(root, epci)]:
        messages.print(*in_lines(found), sep="\n")
        raise typer.Exit(2)


def init(folder: Annotated[Path, typer.Argument(help="New, or empty.")]) -> None:
    """Make the folder of a project: notebooks, reference tables, data as shipped.

    Commands run in it, or with CTG_ROOT that names it.
    """
    with room_in(folder):
        write_project(folder)
    then = f"cd {shlex.quote(str(folder))}, puis ctg build, ou ctg list epci MOT, pour un autre territoire"
    messages.print(f"{folder} : prêt ; la suite : {then}")

"""The commands about data: raw files derived, lists, observations."""

import re
import sys
import time
from typing import Annotated, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.listing import LISTS, OF_EPCIS, counted, matching
from ctg_analysis.cli.common_options import Epci, interrupted, messages
from ctg_analysis.model.errors import UserError, in_lines
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, data_root, project_path
from ctg_analysis.pipeline.faults import faults
from ctg_analysis.pipeline.run import process, read_notes
from ctg_analysis.raw.folders import faulty


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
        for note in read_notes(root):
            messages.print(f"{project_path(root.processed)}: {note}")
    if found := [finding for root in roots for epci in faulty(root) for finding in faults(root, epci)]:
        messages.print(*in_lines(found), sep="\n")
        raise typer.Exit(2)


def list_(
    what: Annotated[str, typer.Argument(help="epci, indicators, sources, chapters, missing or coverage.")],
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[EPCI]... [WORD]", help="Of these EPCIs; only the lines with this word."),
    ] = None,
) -> None:
    """List the EPCIs, indicators, sources or chapters, one a line; what is missing of one, known of some.

    `chapters EPCI` tells how many indicators of each have a value there. `missing EPCI`: indicator, place, why, who has
    it, command, form or file. `coverage`: of thirty EPCIs of every sort by default.
    """
    if what not in LISTS | OF_EPCIS:
        raise UserError(f"ctg list {what}: expected one of {', '.join(LISTS | OF_EPCIS)}")
    words = words or []
    epcis = [word for word in words if what in OF_EPCIS and re.fullmatch("[0-9]{9}", word)]
    word = " ".join(word for word in words if word not in epcis)
    lines = matching(OF_EPCIS[what](epcis) if what in OF_EPCIS else LISTS[what](), word)
    print(*lines, sep="\n", end="\n" if lines else "")
    if word and not lines:
        raise UserError(f"ctg list {what}: nothing with {word!r}")
    if what != "coverage":
        messages.print(counted(what, lines))


def observations(
    epci: Epci = DEFAULT_EPCI,
    format_: Annotated[Literal["csv", "json", "parquet"], typer.Option("--format", help="How to write them.")] = "csv",
) -> None:
    """Write the observations of an EPCI, its communes and its comparators to the standard output."""
    table = open_chapter(epci).territory.observations
    if format_ == "csv":
        sys.stdout.write(table.to_csv(index=False, lineterminator="\n"))
    elif format_ == "json":
        sys.stdout.write(table.to_json(orient="records", lines=True, force_ascii=False))
    else:
        sys.stdout.buffer.write(table.to_parquet(index=False))

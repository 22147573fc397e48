"""The commands about data: raw files fetched, checked and derived, lists, observations."""

import datetime
import sys
import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from ctg_analysis.cli.common_options import Epci, messages
from ctg_analysis.core.errors import Busy, UserError, in_lines, raise_all
from ctg_analysis.core.settings import DEFAULT_EPCI, EXAMPLE_EPCI, DataRoot, data_root, project_path


def data() -> None:
    """Read, check and clean the raw files, and write data/processed, for France and for the invented territory."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from ctg_analysis.processing.run import process, read_notes

    roots = [data_root(DEFAULT_EPCI), data_root(EXAMPLE_EPCI)]
    start = time.perf_counter()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=messages, transient=True, disable=not messages.is_terminal) as bars:
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


def fetch(
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Ids; all by default.")] = None,
    mirror: Annotated[str, typer.Option(envvar="CTG_MIRROR", help="Address that repeats the producers' sites.")] = "",
    offline: Annotated[bool, typer.Option("--offline", help="Without network: say what is missing.")] = False,
) -> None:
    """Download the full official files, verified; an interrupted download goes on where it stopped."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    from ctg_analysis.sources import SOURCES
    from ctg_analysis.sources.fetching.fetch import fetch as fetch_source
    from ctg_analysis.sources.fetching.received import FetchError
    from ctg_analysis.sources.folders import FULL

    unknown = [name for name in sources or [] if name not in SOURCES]
    if unknown:
        raise UserError(f"no source {', '.join(unknown)}: `ctg list sources WORD` finds their ids")
    raw = data_root().raw
    wanted = [SOURCES[name] for name in sources or SOURCES if sources or SOURCES[name].downloads]
    if offline:
        missing = [source.id for source in wanted if not (raw / source.id / FULL).is_dir()]
        if missing:
            raise UserError(f"not fetched yet: {', '.join(missing)}; run the command again without --offline")
        return
    failures: list[UserError] = []
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=messages, transient=True, disable=not messages.is_terminal) as bars:
        for source in wanted:
            bar = bars.add_task(source.id, total=None)
            try:
                folder = fetch_source(
                    source,
                    raw,
                    mirror=mirror,
                    progress=lambda name, done, total, bar=bar: bars.update(
                        bar, description=name, completed=done, total=total
                    ),
                )
                messages.print(f"{project_path(folder)}: {len(source.downloads)} files, verified")
            except (FetchError, Busy) as error:
                failures.append(error)
            bars.remove_task(bar)
    raise_all(failures)


def check(
    path: Annotated[Path | None, typer.Argument(help="A data folder that holds raw/ and reference/.")] = None,
) -> None:
    """Check raw data, certificates, field material, what has been published: a line for each finding, exit code 1."""
    from ctg_analysis.processing.check_demarche import check_material
    from ctg_analysis.processing.check_raw import check_root
    from ctg_analysis.processing.freshness import holes

    roots = [DataRoot(path.resolve())] if path else [data_root(DEFAULT_EPCI), data_root(EXAMPLE_EPCI)]
    findings = []
    for root in roots:
        wrong = [*check_root(root), *holes(root)]
        findings += [*wrong, *check_material(root, datetime.date.today(), sound=not wrong)]
    if findings:
        print(*in_lines(findings), sep="\n")
        raise typer.Exit(1)
    messages.print(f"{' and '.join(project_path(root.raw) for root in roots)}: nothing to mend")


def list_(
    what: Annotated[str, typer.Argument(help="epci, indicators, sources or chapters.")],
    word: Annotated[str, typer.Argument(help="Only the lines with this word.")] = "",
) -> None:
    """List the EPCIs, indicators, sources or chapters, one a line."""
    from ctg_analysis.chapter.listing import LISTS, counted, matching

    if what not in LISTS:
        raise UserError(f"ctg list {what}: expected one of {', '.join(LISTS)}")
    lines = matching(LISTS[what](), word)
    print(*lines, sep="\n", end="\n" if lines else "")
    if not lines:
        raise UserError(f"ctg list {what}: nothing with {word!r}")
    messages.print(counted(what, lines))


def observations(
    epci: Epci = DEFAULT_EPCI,
    format_: Annotated[Literal["csv", "json", "parquet"], typer.Option("--format", help="How to write them.")] = "csv",
) -> None:
    """Write the observations of an EPCI, its communes and its comparators to the standard output."""
    from ctg_analysis.publishing.recording import recorded_observations

    table = recorded_observations(epci)
    if format_ == "csv":
        sys.stdout.write(table.to_csv(index=False, lineterminator="\n"))
    elif format_ == "json":
        sys.stdout.write(table.to_json(orient="records", lines=True, force_ascii=False))
    else:
        sys.stdout.buffer.write(table.to_parquet(index=False))

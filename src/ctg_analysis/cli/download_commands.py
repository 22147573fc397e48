"""The command that downloads the producers' files: how far meanwhile, what came of it."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from ctg_analysis.chapter.missing import missing
from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.cli import interrupted, messages, number_of, sirens
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import data_root, project_path
from ctg_analysis.model.source import SOURCES, Source
from ctg_analysis.pipeline.check_raw import wrong_in_new
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.raw.fetch import BUSY, FAILED, GOT, KEPT, SILENT, Outcome, by_hand, fetch_each, held
from ctg_analysis.raw.folders import FULL


def fetch(
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Ids; all by default.")] = None,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="EPCI", help="What the report of an EPCI lacks.", callback=sirens)
    ] = None,
    given: Annotated[
        Path | None, typer.Option("--from", file_okay=False, exists=True, help="Folder of files that you downloaded.")
    ] = None,
    mirror: Annotated[str, typer.Option(envvar="CTG_MIRROR", help="Address that repeats the producers' sites.")] = "",
) -> None:
    """Download the full official files, verified; after a failure, what had come is not asked for again.

    Goes on after an error with the other sources, and ends with what was got, kept, failed, and what is left to do by
    hand. Files that `ctg data` could not read take no one's place.
    """
    unknown = [name for name in sources or [] if name not in SOURCES]
    if unknown:
        raise UserError(f"no source {', '.join(unknown)}: `ctg list sources WORD` finds their ids")
    if sources and for_:
        raise UserError("ctg fetch: expected sources, or --for EPCI, one of them")
    root = data_root(for_) if for_ else data_root()
    raw = root.raw
    lacking = lacking_sources(for_) if for_ else {}
    named = [SOURCES[name] for name in sources or [name for name, command in lacking.items() if command]]
    wanted = [source for source in (named if sources or for_ else SOURCES.values()) if source.downloads or sources]
    others = [source for source in named if source not in wanted]
    kept = [held(SOURCES[name], raw / name / FULL, KEPT) for name in lacking if (raw / name / FULL).is_dir()]
    if not (kept or wanted or others):
        messages.print(f"{for_}: no open file would give what its report lacks")
        return
    came = []

    def standing() -> str:
        got = sum(outcome.state == GOT for outcome in came)
        return f"{got} of {number_of(len(wanted), 'source')} got, what has come of the others is kept for the next time"

    options = {"mirror": mirror, "given": given, "wrong": lambda source, folder: wrong_in_new(root, source.id, folder)}
    with interrupted(standing), progress_bar(len(wanted)) as progress:
        for outcome in fetch_each(wanted, raw, progress=progress, **options):
            came.append(outcome)
            messages.print(f"{len(came)} of {len(wanted)}  {outcome.state}  {outcome.source.id}")
    print(*summary([*kept, *came], others, raw), sep="\n")
    if code := exit_code(came):
        raise typer.Exit(code)


def lacking_sources(epci: str) -> dict[str, str]:
    """The open sources that say nothing of what the report of an EPCI lacks, with the command that gets each.

    The command is empty where none can: the full files are there already.
    """
    root = data_root(epci)
    ensure(root)
    lacks = missing(open_territory(epci, root))
    commands = lacks.sort_values("command", ascending=False, kind="stable").drop_duplicates("source")
    commands = commands.set_index("source")["command"].reindex(lacks["source"].unique())
    return {name: command for name, command in commands.items() if SOURCES[name].open}


def summary(outcomes: Sequence[Outcome], others: Sequence[Source], raw: Path) -> list[str]:
    """The table of what came of the sources, then what is left to do by hand.

    others: the sources that no address gives.
    """
    width = max(len(source.id) for source in [*(outcome.source for outcome in outcomes), *others])
    lines = []
    for outcome in outcomes:
        held = f"{number_of(outcome.files, 'file')}, {outcome.size / 1e6:.1f} MB"
        why = outcome.why.removeprefix(f"{outcome.source.id}: ")
        lines.append(f"{outcome.state:7}  {outcome.source.id:{width}}  {why or held}")
    lines += [f"by hand  {source.id:{width}}  no address is known" for source in others]
    failed = [outcome.source for outcome in outcomes if outcome.state in (FAILED, SILENT)]
    if failed and not {GOT, FAILED} & {outcome.state for outcome in outcomes}:
        lines += ["", "no server answers: run the command again where there is a network that lets it through"]
        failed = []
    for source in [*failed, *others]:
        lines += ["", f"{source.id}, by hand:", *(f"  {line}" for line in by_hand(source, raw))]
    if any(outcome.state == GOT for outcome in outcomes):
        lines += ["", f"{project_path(raw)}: `ctg data` reads the new files, `ctg build` does too"]
    return lines


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """The exit code: 0, 1 when a source could not be had, 3 when another process was fetching all of those."""
    states = {outcome.state for outcome in outcomes}
    return 1 if states & {FAILED, SILENT} else 3 if BUSY in states and GOT not in states else 0


@contextmanager
def progress_bar(count: int) -> Iterator[Callable[..., None]]:
    """Give what is called as a source begins and as its bytes come: a line, then a bar where there is a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=messages, transient=True, disable=not messages.is_terminal) as bars:
        file, rank = bars.add_task("", total=None), itertools.count(1)

        def progress(source: Source, name: str, size: int, total: int | None) -> None:
            if not name:
                messages.print(f"{next(rank)} of {count}  {source.id}, {number_of(len(source.downloads), 'file')}")
            bars.update(file, description=name, completed=size, total=total)

        yield progress

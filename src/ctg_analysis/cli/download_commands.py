"""The command that downloads the producers' files: how far meanwhile, what came of it."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from ctg_analysis.chapter.missing import missing
from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.cli import interrupted, messages, sirens
from ctg_analysis.display.quantities import counted, number
from ctg_analysis.display.texts import NBSP
from ctg_analysis.model.errors import Finding, UserError
from ctg_analysis.model.settings import data_root, project_path
from ctg_analysis.model.source import SOURCES, Source
from ctg_analysis.pipeline.check_raw import wrong_in_new
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.raw.fetch import BUSY, FAILED, GOT, KEPT, SILENT, Outcome, by_hand, fetch_each, held
from ctg_analysis.raw.folders import FULL

BY_HAND = "à la main"
STATES = {
    GOT: "téléchargé",
    KEPT: "déjà là",
    FAILED: "échec",
    BUSY: "occupé",
    SILENT: "sans réponse",
}


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
    _refuse_names(sources or [], for_)
    root = data_root(for_) if for_ else data_root()
    chosen = _chosen(sources or [], for_, root.raw)
    if not chosen.any:
        messages.print(f"{for_} : aucun fichier ouvert ne donnerait ce qui manque à son rapport")
        return
    came = []

    def standing() -> str:
        got, of = sum(one.state == GOT for one in came), counted(len(chosen.wanted), "source")
        kept = "ce qui est venu des autres est gardé pour la prochaine fois"
        return f"téléchargé : {got} sur {of} ; {kept}"

    def wrong(source: Source, folder: Path) -> list[Finding]:
        return wrong_in_new(root, source.id, folder)

    options = {"mirror": mirror, "given": given, "wrong": wrong}
    with interrupted(standing), progress_bar(len(chosen.wanted)) as progress:
        for outcome in fetch_each(chosen.wanted, root.raw, progress=progress, **options):
            came.append(outcome)
            rank = f"{len(came)} sur {len(chosen.wanted)}"
            messages.print(f"{rank}  {STATES[outcome.state]}  {outcome.source.id}")
    print(*summary([*chosen.kept, *came], chosen.others, root.raw), sep="\n")
    if code := exit_code(came):
        raise typer.Exit(code)


def _refuse_names(sources: Sequence[str], epci: str | None) -> None:
    unknown = [name for name in sources if name not in SOURCES]
    if unknown:
        found = f"source inconnue, {', '.join(unknown)}"
        raise UserError(f"ctg fetch : {found} ; `ctg list sources MOT` trouve leurs identifiants")
    if sources and epci:
        raise UserError("ctg fetch : attendu des sources ou --for EPCI, l'un des deux")


@dataclass(frozen=True)
class Chosen:
    """The sources of a command: to get, without an address, here already."""

    wanted: list[Source]
    others: list[Source]
    kept: list[Outcome]

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return bool(self.wanted or self.others or self.kept)


def _chosen(sources: Sequence[str], epci: str | None, raw: Path) -> Chosen:
    """The sources that a command names, those that a report lacks, or all that have an address."""
    if sources:
        return Chosen([SOURCES[name] for name in sources], [], [])
    if not epci:
        return Chosen([source for source in SOURCES.values() if source.downloads], [], [])
    lacking = lacking_sources(epci)
    named = [SOURCES[name] for name, command in lacking.items() if command]
    wanted = [source for source in named if source.downloads]
    others = [source for source in named if not source.downloads]
    here = [SOURCES[name] for name in lacking if (raw / name / FULL).is_dir()]
    return Chosen(wanted, others, [held(one, raw / one.id / FULL, KEPT) for one in here])


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
    width = max(len(one.id) for one in [*(outcome.source for outcome in outcomes), *others])
    lines = []
    for outcome in outcomes:
        size = f"{number(outcome.size / 1e6, 1)}{NBSP}Mo"
        why = outcome.why.removeprefix(f"{outcome.source.id} : ")
        came = why or f"{counted(outcome.files, 'fichier')}, {size}"
        lines.append(f"{STATES[outcome.state]:12}  {outcome.source.id:{width}}  {came}")
    lines += [f"{BY_HAND:12}  {source.id:{width}}  aucune adresse connue" for source in others]
    failed = [outcome.source for outcome in outcomes if outcome.state in (FAILED, SILENT)]
    if failed and not {GOT, FAILED} & {outcome.state for outcome in outcomes}:
        advice = "relancer la commande là où un réseau la laisse passer"
        lines += ["", f"aucun serveur ne répond : {advice}"]
        failed = []
    for source in [*failed, *others]:
        lines += ["", f"{source.id}, {BY_HAND} :", *(f"  {line}" for line in by_hand(source, raw))]
    if any(outcome.state == GOT for outcome in outcomes):
        reads = "`ctg data` lit les nouveaux fichiers, `ctg build` aussi"
        lines += ["", f"{project_path(raw)} : {reads}"]
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
                files = counted(len(source.downloads), "fichier")
                messages.print(f"{next(rank)} sur {count}  {source.id}, {files}")
            bars.update(file, description=name, completed=size, total=total)

        yield progress

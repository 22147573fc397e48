"""The command `ctg`."""

import datetime
import os
import re
import sys
import time
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from ctg_analysis.core.errors import Busy, UserError, in_lines, raise_all, room_in
from ctg_analysis.core.settings import DEFAULT_EPCI, EXAMPLE_EPCI, DataRoot, data_root, project_path, settings

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
messages = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
debug = False

Out = Annotated[Path | None, typer.Option(file_okay=False, help="Folder of the reports.")]
(WrongUse,) = typer.BadParameter.__bases__  # of click, which typer may carry inside


def _sirens(given: str | list[str] | None) -> str | list[str] | None:
    """Return the SIRENs of a command line; raise UserError for what is none, before it leads to any folder."""
    for epci in [given] if isinstance(given, str) else given or []:
        if not re.fullmatch("[0-9]{9}", epci):
            raise UserError(f"epci {epci!r}: expected a SIREN of 9 digits, `ctg list epci WORD` finds it")
    return given


Epci = Annotated[str, typer.Argument(help="SIREN of an EPCI.", callback=_sirens)]


def main() -> None:
    """Run the command; what a person must mend is said in one line, with exit code 1, or 3 when another is at work."""
    try:
        sys.exit(app(prog_name="ctg", standalone_mode=False))
    except WrongUse as error:
        if said := error.format_message():  # nothing for `ctg` alone, whose help typer has shown
            messages.print(f"{error.ctx.command_path}: {said}")
        sys.exit(1)
    except UserError as error:
        if debug:
            raise
        messages.print(str(error))
        sys.exit(error.exit_code)
    except OSError as error:  # a folder without the right to write, a full disk
        if debug:
            raise
        messages.print(f"{error.filename or 'ctg'}: {error.strerror or error}")
        sys.exit(1)


@app.callback()
def options(
    debug_: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Build the shared diagnosis of a convention territoriale globale, for any EPCI of France."""
    global debug
    debug = debug_


@app.command()
def build(
    epcis: Annotated[list[str] | None, typer.Argument(metavar="[EPCI]...", help="SIRENs.", callback=_sirens)] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every EPCI of France.")] = False,
    departement: Annotated[str, typer.Option(help="Every EPCI with a commune there, such as 12 or 2A.")] = "",
    chapters: Annotated[str, typer.Option(help="Numbers of chapters to add, such as 01,04; all by default.")] = "",
    jobs: Annotated[int, typer.Option(min=1, help="How many processes at work.")] = os.cpu_count() or 1,
    force: Annotated[bool, typer.Option("--force", help="Also what is up to date.")] = False,
    out: Out = None,
    shard: Annotated[str, typer.Option(help="A part of the territories, such as 3/20.")] = "",
    scheduler: Annotated[str, typer.Option(help="Address of a Dask scheduler, such as tcp://head:8786.")] = "",
) -> None:
    """Build the chapters of one or several EPCIs, by default that of the reference case.

    Chapters that a report has already are kept up to date with those asked for.

    Exit codes: 0 all is good; 1 something to mend; 2 published with chapters of an earlier edition, without them or
    some of what they show, or with a démarche whose chain does not hold; 3 another build of the same report is at work.
    """
    from ctg_analysis.core.notebooks import chosen_chapters
    from ctg_analysis.publishing.build import build as build_reports
    from ctg_analysis.publishing.build import lines_of
    from ctg_analysis.publishing.pages.territory_list import is_listed, part, wanted, write_list

    chosen = chosen_chapters([number.strip() for number in chapters.split(",") if number.strip()])
    some = part(wanted(epcis or [], every=all_, departement=departement), shard)
    if not some:
        messages.print(f"--shard {shard}: no territory in this part, nothing to build")
        return
    home = (out or settings().reports).resolve()
    start, codes, told, published = time.perf_counter(), [], set(), False
    with room_in(home), messages.status("data") as status:
        if scheduler:
            from ctg_analysis.publishing.distributed import build_there

            built = build_there(some, chosen, home, force=force, scheduler=scheduler)
        else:
            built = build_reports(some, chosen, home, jobs=jobs, force=force, told=status.update)
        for one in built:
            codes.append(one.exit_code)
            published |= one.published
            for line in lines_of(one):
                if line not in told:  # that a notebook is refused is said once, whatever the number of territories
                    messages.print(line)
                told.add(line)
        if published or not is_listed(home):
            write_list(home)
    if len(some) > 1:
        good = codes.count(0)
        messages.print(f"{good} of {len(some)} reports are good, in {time.perf_counter() - start:.1f} s")
    if worst := max(codes, key=(0, 2, 3, 1).index):
        raise typer.Exit(worst)


@app.command()
def verify(epci: Epci = DEFAULT_EPCI, out: Out = None) -> None:
    """Build the latest edition of a report again, elsewhere, and compare byte by byte."""
    from ctg_analysis.publishing.verification import verify as verify_report

    home = (out or settings().reports).resolve()
    with messages.status(epci):
        count, differences, note = verify_report(epci, home)
    if differences:
        raise UserError("\n".join(differences))
    messages.print(f"{epci}: {count} files, the same bytes")
    if note:
        messages.print(f"{epci}: {note}")


@app.command()
def changes(epci: Epci = DEFAULT_EPCI, out: Out = None) -> None:
    """Say what changed from the edition before to the latest one, a line for each observation."""
    from ctg_analysis.publishing.verification import changes_of

    home = (out or settings().reports).resolve()
    before, table = changes_of(epci, home)
    for row in table.itertuples(index=False):
        print(f"{row.kind}  {row.indicator}  {row.territory}  {row.period}  {row.before} → {row.now}")
    messages.print(f"{epci}: {len(table)} changes since {before}" if before else f"{epci}: the first edition")


@app.command()
def documents(epci: Epci = DEFAULT_EPCI, out: Out = None) -> None:
    """Make the documents of the latest edition of a report: PDF, slides, a file to send by mail.

    The PDFs are printed by a Chromium, a Chrome or an Edge of this machine; the others need none.
    """
    from ctg_analysis.publishing.handover.documents import write_documents

    home = (out or settings().reports).resolve()
    with room_in(home), messages.status(epci) as status:
        for path in write_documents(epci, home, told=status.update):
            messages.print(f"{project_path(path)}: {path.stat().st_size / 1e6:.1f} MB")


@app.command()
def convention(epci: Epci = DEFAULT_EPCI, out: Out = None) -> None:
    """Write the convention of a démarche and its fiches-action as Word files, and what changes in the articles.

    A file that someone has changed since is never written over.
    """
    from ctg_analysis.publishing.word.making import write_convention

    home = (out or settings().reports).resolve()
    with room_in(home), messages.status(epci):
        paths, warning = write_convention(epci, data_root(epci), home)
    messages.print(f"{project_path(paths[0])}: written, and {len(paths) - 1} other documents beside it")
    if warning:
        messages.print(warning)


@app.command()
def flash(
    epci: Epci = DEFAULT_EPCI,
    number: Annotated[int | None, typer.Option(help="Number of the issue; the latest by default.")] = None,
    out: Out = None,
) -> None:
    """Write an issue of the info flash as a page and as a PDF, which a browser of this machine prints."""
    from ctg_analysis.publishing.word.making import write_issue

    home = (out or settings().reports).resolve()
    with room_in(home), messages.status(epci):
        for path in write_issue(epci, data_root(epci), number, home):
            messages.print(f"{project_path(path)}: written")


@app.command()
def gc(
    keep: Annotated[int, typer.Option(min=2, help="How many editions of each report to keep.")],
    out: Out = None,
) -> None:
    """Remove old editions and their documents; the latest and the one that it is compared with always stay."""
    from ctg_analysis.publishing.handover.documents import collect_reports

    for line in collect_reports((out or settings().reports).resolve(), keep):
        messages.print(line)


@app.command()
def data() -> None:
    """Read, check and clean the raw files, and write data/processed, for France and for the invented territory."""
    from ctg_analysis.processing.run import process, read_notes

    roots = [data_root(DEFAULT_EPCI), data_root(EXAMPLE_EPCI)]
    start = time.perf_counter()
    with messages.status("data"):
        sizes = process(*roots)
    seconds = time.perf_counter() - start
    shown = ", ".join(
        f"{project_path(root.processed)}: {rows} observations" for root, rows in zip(roots, sizes, strict=True)
    )
    messages.print(f"{shown}, in {seconds:.1f} s")
    for root in roots:
        for note in read_notes(root):
            messages.print(f"{project_path(root.processed)}: {note}")


@app.command()
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
    wanted = [SOURCES[name] for name in sources] if sources else [one for one in SOURCES.values() if one.downloads]
    if offline:
        missing = [one.id for one in wanted if not (raw / one.id / FULL).is_dir()]
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
                    told=lambda name, done, total, bar=bar: bars.update(
                        bar, description=name, completed=done, total=total
                    ),
                )
                messages.print(f"{project_path(folder)}: {len(source.downloads)} files, verified")
            except (FetchError, Busy) as error:
                failures.append(error)
            bars.remove_task(bar)
    raise_all(failures)


@app.command()
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


@app.command()
def answers(
    epci: Epci,
    export: Annotated[Path, typer.Argument(help="The export of LimeSurvey or Framaforms, as it was downloaded.")],
) -> None:
    """Put the answers of a survey tool in the private folder of a démarche, beside those that are there."""
    from ctg_analysis.demarche.survey.intake import take_in

    if not export.is_file():
        raise UserError(f"{export}: no such file; expected an export of LimeSurvey or Framaforms")
    root, _ = _known(epci)
    for line in take_in(root, epci, export.resolve()):
        messages.print(line)


@app.command()
def purge(
    epci: Epci,
    delete: Annotated[bool, typer.Option("--delete", help="Delete it; without this, only say what is due.")] = False,
) -> None:
    """Delete the personal data of a démarche that are due, and nothing else; exit code 1 when some are left."""
    from ctg_analysis.demarche.files.restricted_files import read_restricted
    from ctg_analysis.demarche.files.retention import as_line, due, readable
    from ctg_analysis.demarche.files.retention import purge as delete_due
    from ctg_analysis.demarche.files.table_files import DELETIONS

    today = datetime.date.today()
    folder = data_root(epci).restricted_material(epci)
    if not folder.is_dir():
        raise UserError(f"{project_path(folder)}: no such folder; expected the private files of the démarche of {epci}")
    files = readable(read_restricted(data_root(epci), epci))
    overdue = delete_due(files, today) if delete else due(files, today)
    for part in overdue:
        print(as_line(part))
    if not overdue:
        messages.print(f"{epci}: nothing is due for deletion")
    elif delete:
        messages.print(f"{epci}: deleted, and noted in {project_path(files.folder / DELETIONS)}")
    else:
        raise UserError(f"{epci}: nothing was deleted; run it again with --delete")


@app.command("list")
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


@app.command()
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


@app.command()
def new(epci: Epci) -> None:
    """Write the empty forms of a territory's partners and the tables of its démarche, with a LISEZMOI.md in French."""
    from ctg_analysis.cleaning.partners.empty_forms import summary, write_templates
    from ctg_analysis.demarche.files import empty_tables as of_the_material

    root, name = _known(epci)
    folder = root.private / epci
    messages.print(summary(epci, folder, write_templates(epci, name, folder)))
    messages.print(of_the_material.summary(root, epci, of_the_material.write_templates(root, epci, name)))


def _known(epci: str) -> tuple[DataRoot, str]:
    """Return the data root of an EPCI and its name; raise UserError when there is no such EPCI."""
    import pandas as pd

    from ctg_analysis.core.territories import find_epci
    from ctg_analysis.processing.run import ensure

    root = data_root(epci)
    ensure(root)
    return root, find_epci(pd.read_parquet(root.processed / "territories.parquet"), epci)["name"]

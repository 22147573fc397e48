"""A report: what has changed is made again in forks of a warm process, then published whole.

Nothing heavy is imported here: a report that is up to date is known to be without opening a table.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from ctg_analysis.core.errors import FullError, OtherTerritoryError, UserError, room_in
from ctg_analysis.core.locks import alone
from ctg_analysis.core.notebooks import DEMARCHE, EVERYTHING, ChapterNotebook, notebooks
from ctg_analysis.core.scratch import scratch, sweep
from ctg_analysis.core.settings import PUBLIC, data_root, project_path, settings
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.processing.freshness import tables_made_from, told
from ctg_analysis.processing.run import ensure, exposure, record_published
from ctg_analysis.publishing.dated_chapters import as_published, is_made_of, note, stays, with_own_data
from ctg_analysis.publishing.editions import (
    DAMAGED,
    JOURNAL,
    RECORD,
    chapters_of,
    compared_with,
    latest,
    latest_whole,
    publish,
    record,
    write_record,
)
from ctg_analysis.publishing.pages.site import code, dated, page
from ctg_analysis.publishing.running import tasks
from ctg_analysis.publishing.running.keys import keys, same_but_data
from ctg_analysis.publishing.running.tasks import Report
from ctg_analysis.publishing.running.workers import Job, Outcome, Template, can_fork, run
from ctg_analysis.secrecy.adoption import adopt

SIREN = r"\d{9}"
TOGETHER = 4  # territories at work or waiting, for each worker: enough to keep all of them busy


@dataclass
class Built:
    """What came of a report: its folder, whether an edition was published, the chapters that ran, those that failed.

    refused: why notebooks are, each in one line. left_out: what chapters show and their pages do not.
    breaks: where the chain of its démarche, from proofs to actions, does not hold. exposure: that earlier editions give
    away what is withheld now; it is said here, and in no page, which would lead to it. damages: editions that have lost
    or changed some of their files.
    """

    epci: str
    place: Path | None = None
    published: bool = False
    ran: list[str] = field(default_factory=list)
    failed: dict[str, Exception] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    breaks: list[str] = field(default_factory=list)
    damages: list[str] = field(default_factory=list)
    exposure: str = ""
    error: Exception | None = None

    @property
    def exit_code(self) -> int:
        """Return 1 when nothing could be published, 2 when what is published is not all good, else 0."""
        if self.error:
            return getattr(self.error, "exit_code", 1)
        return 2 if self.failed or self.refused or self.left_out or self.breaks else 0


def lines_of(built: Built) -> list[str]:
    """Return what is said of a report: where it is, what ran, what failed, what does not hold, where details are."""
    if built.error:
        return [str(built.error)]
    failed = [
        f"notebooks/{stem}.ipynb: refused" if str(error) in built.refused else str(error).splitlines()[0]
        for stem, error in built.failed.items()
    ]
    count = len(built.ran)
    some = count or (failed and built.published)
    ran = f"{count} chapter{'' if count == 1 else 's'} made again" if some else "up to date"
    lines = [f"{project_path(built.place)}/index.html: {ran}"]
    lines += built.refused
    lines += [f"{built.epci}: {error}: the page is not of this edition" for error in failed]
    lines += [f"{built.epci}: {line}" for stem in built.left_out for line in left_out(built, stem)]
    lines += [*built.damages, *built.breaks, *filter(None, [built.exposure])]
    journal = project_path(built.place.parent / JOURNAL / built.epci)
    details = f"{journal}: the details; the notebook as far as it ran, unless its process was stopped"
    return [*lines, details] if failed else lines


def left_out(built: Built, stem: str) -> list[str]:
    """Return in one line each what a chapter shows and its page does not."""
    why = "not on the page, which shows HTML alone, as the verbs of a chapter return it"
    return [f"notebooks/{stem}.ipynb, {what}: {why}" for what in built.left_out.get(stem, [])]


@dataclass
class Plan:
    """What a territory needs: the report, its keys, the record of the latest whole edition, the chapters to look at.

    made_from: what the tables that it reads were made from. refused: the notebooks that are; those that have a page are
        chapters of the report. damaged: the latest edition when it is not whole.
    """

    report: Report
    keys: dict[str, dict[str, str]]
    former: dict
    todo: list[ChapterNotebook]
    refused: list[ChapterNotebook]
    force: bool
    made_from: list
    damaged: Path | None
    came: dict[str, Outcome] = field(default_factory=dict)

    @property
    def data(self) -> str:
        """How an error names what writes the data files."""
        return f"{self.report.epci}/{RECORD}"

    def jobs(self) -> Iterator[Job]:
        """Yield what the forks do: the data files, then each chapter, the longest first so that all end together."""
        yield Job(self.report.epci, tasks.write_data, (self.report,), self.data)
        for one in sorted(self.todo, key=self._length, reverse=True):
            former = self.former.get("chapters", {}).get(one.path.stem, {})
            known = not self.force and former.get("key") and "read" in former
            spared = known and same_but_data(self.keys[one.path.stem], former["key"])
            read = {name: former[name] for name in ("read", "observations")} if spared else {}
            yield Job(self.report.epci, tasks.write_chapter, (self.report, one, read), f"notebooks/{one.path.name}")

    def _length(self, chapter: ChapterNotebook) -> int:
        """Return how long the page of a chapter was in the latest edition, in bytes: its work goes with it."""
        page = self.report.latest / chapter.page if self.report.latest else None
        return page.stat().st_size if page and page.exists() else 0


def build(
    epcis: Iterable[str],
    chapters: list[ChapterNotebook],
    out: Path,
    *,
    jobs: int = os.cpu_count() or 1,
    force: bool = False,
    told: Callable[[str], None] = lambda step: None,
    template: Template | None = None,
) -> Iterator[Built]:
    """Build the chapters of territories, so many at a time, and yield what came of each as it is published.

    told: called with the name of each step. template: a warm process that runs already, for several calls. A report
    that is up to date is left as it is; one that cannot be made leaves the former one in place.
    """
    out.mkdir(parents=True, exist_ok=True)
    sweep(out)
    waiting, own = iter(epcis), None
    try:
        while some := list(islice(waiting, TOGETHER * jobs)):
            if not template and can_fork() and any(latest(out, epci) is None for epci in some):
                template = own = Template()  # it gets ready while what there is to do is found out
                meanwhile()
            with ExitStack() as held:
                plans = {}
                for epci in some:
                    try:
                        if not re.fullmatch(SIREN, epci):
                            raise UserError(f"EPCI: found {epci!r}, expected a SIREN of 9 digits")
                        held.enter_context(alone(out, epci, f"{epci}: is being built"))
                        plan = planned(epci, chapters, out, held, force=force)
                    except UserError as error:
                        yield Built(epci, error=error)
                        continue
                    if isinstance(plan, Built):
                        yield plan
                    else:
                        plans[epci] = plan
                work = [job for plan in plans.values() for job in plan.jobs()]
                if work and not template and can_fork():
                    template = own = Template()
                for outcome in run(work, jobs, tasks.prepare, template=template) if work else ():
                    epci = outcome.job.epci
                    told(f"{epci}: {outcome.job.place}")
                    plans[epci].came[outcome.job.place] = outcome
                    if len(plans[epci].came) == len(plans[epci].todo) + 1:
                        yield concluded(plans.pop(epci), out)
    finally:
        if own:
            own.close()


def meanwhile() -> None:
    """Get ready for what follows the chapters."""
    from ctg_analysis.publishing.pages import around

    around.get_ready()
    code()


def planned(epci: str, chapters: list[ChapterNotebook], out: Path, held: ExitStack, *, force: bool) -> Plan | Built:
    """Return what a territory needs; what its latest edition is, when it is what it would be.

    An edition is of one piece: a chapter that is there already, and has changed, is made again with those asked for.
    One whose notebook is refused stays, dated. Of an edition that is damaged, only the list of its chapters counts.
    held: the scratch folder lasts as long as it.

    Raises:
        InputError: raw files that cannot be trusted.
    """
    root = data_root(epci)
    adopt(root, out, epci)
    ensure(root)
    made_from = tables_made_from(root)
    edition, whole = latest(out, epci), latest_whole(out, epci)
    former = record(whole)
    if former and former["parameters"].get("readers", PUBLIC) != settings().readers:
        raise UserError(f"{out}: its reports of {epci} are for other readers: name another folder with --out")
    entries, asked = former.get("chapters", {}), {one.path.stem: one for one in chapters}
    damaged = edition if edition != whole else None
    known = asked.keys() | entries.keys() | (chapters_of(edition) if damaged else set())
    shown = [one for one in notebooks() if one.path.stem in known]
    refused = [one for one in shown if one.fault]
    listed = [
        as_published(one, entries[one.path.stem]) if one.fault else asked.get(one.path.stem, one)
        for one in shown
        if not one.fault or stays(one, entries.get(one.path.stem))
    ]
    own = keys(listed, root, epci)
    made_of = {stem: entry["key"] for stem, entry in entries.items()}
    todo = [one for one in listed if (force and one in chapters) or made_of.get(one.path.stem) != own[one.path.stem]]
    if former and edition == whole and all(one.fault and not made_of[one.path.stem] for one in todo):
        built = Built(epci, out / epci, breaks=former["breaks"], exposure=exposure(root, epci))
        return with_notebooks(built, refused, entries)
    todo = [one for one in todo if not one.fault]
    with room_in(out):
        made = held.enter_context(scratch(out, epci))
        fresh, executed = made / "fresh", made / "executed"
        fresh.mkdir()
        executed.mkdir()
    report = Report(epci, listed, fresh, executed, whole)
    return Plan(report, own, former, todo, refused, force, made_from, damaged)


def with_notebooks(built: Built, refused: list[ChapterNotebook], entries: dict[str, dict]) -> Built:
    """Return what came of a report with what is to be said of its notebooks. entries: the record of its chapters."""
    built.refused = [one.fault for one in refused]
    for one in refused:
        if one.path.stem in entries:
            built.failed[one.path.stem] = UserError(one.fault)
    built.left_out = {stem: entry["left_out"] for stem, entry in entries.items() if entry.get("left_out")}
    return built


def damages(plan: Plan, out: Path) -> list[str]:
    """Return what is to be said of editions that had lost or changed some of their files, a line each."""
    epci, lines = plan.report.epci, []
    if plan.damaged:
        kept = out / DAMAGED / epci / plan.damaged.name
        found = f"; what was found in the place of its files is in {project_path(kept)}" if kept.is_dir() else ""
        lines.append(f"{epci}: the edition {plan.damaged.name} was damaged: the report was made again{found}")
    before = plan.former.get("after")
    if before and not compared_with(plan.report.latest):
        lines.append(f"{epci}: the edition {before} is damaged or no more: nothing is compared with it")
    return lines


def concluded(plan: Plan, out: Path) -> Built:
    """Return what came of a report, published; of one that there is no room for nothing is kept."""
    try:
        with room_in(out):
            for outcome in plan.came.values():
                if isinstance(outcome.error, FullError):
                    raise outcome.error
            return made_public(plan, out)
    except FullError as error:
        shutil.rmtree(plan.report.fresh.parent, ignore_errors=True)
        return Built(plan.report.epci, error=error)


def made_public(plan: Plan, out: Path) -> Built:
    """Publish what was made, with the chapters kept from the latest edition; what failed is said, never hidden."""
    from ctg_analysis.publishing.pages import around

    report, data = plan.report, plan.came.pop(plan.data)
    if data.error:
        return Built(report.epci, error=data.error)
    found = data.result
    built = Built(report.epci, breaks=found["breaks"], exposure=exposure(data_root(report.epci), report.epci))
    entries = {name: entry for name, entry in plan.former.get("chapters", {}).items() if name in plan.keys}
    for one in plan.todo:
        outcome, stem = plan.came[f"notebooks/{one.path.name}"], one.path.stem
        if outcome.error:
            built.failed[stem] = outcome.error
            is_false = isinstance(outcome.error, OtherTerritoryError) and is_made_of(one, entries.get(stem, {}))
            entries[stem] = failed(plan, one, found, {} if is_false else plan.former)
        else:
            former = entries.get(stem, {})
            made = {"key": plan.keys[stem], **{name: outcome.result[name] for name in ("read", "observations")}}
            entries[stem] = made | {"left_out": outcome.result.get("left_out", former.get("left_out", []))}
            built.ran += [stem] if outcome.result["run"] else []
    for one in report.chapters:
        if one.fault:
            entries[one.path.stem] = failed(plan, one, found, plan.former)
        entries[one.path.stem] |= {"title": one.title, "question": one.question}
        if not (report.fresh / one.page).exists():
            shutil.copyfile(report.latest / one.page, report.fresh / one.page)
    root = data_root(report.epci)
    noted = zip(found["page"]["chapters"], report.chapters, strict=True)
    index = found["page"] | {"chapters": [shown | {"note": note(entries[one.path.stem])} for shown, one in noted]}
    around.write_around(report.fresh, index | {"date": date_text(found["date"])})
    write_record(
        report.fresh,
        {
            "name": found["page"]["territory"],
            "departements": found["departements"],
            "date": found["date"],
            "after": found["after"],
            "observations": found["observations"],
            "breaks": found["breaks"],
            "published": found["published"].name if found["published"] else None,
            "voices": found["voices"],
            "parameters": {"epci": report.epci, "readers": settings().readers},
            "code": code(),
            **told(root, report.epci),
            "chapters": entries,
        },
    )
    keep_journal(report, with_notebooks(built, plan.refused, entries), out)
    record_published(root, report.epci, found["published"], found["date"], plan.made_from)
    built.place, built.published = publish(report.fresh, out, report.epci), True
    built.damages = damages(plan, out)
    return built


def failed(plan: Plan, chapter: ChapterNotebook, found: dict, former: dict) -> dict:
    """Write the page of a chapter that failed, its last good version, dated, or words of excuse; return its entry.

    found: what `tasks.write_data` returned. former: the record of the edition that has the last good version.
    """
    report, shown = plan.report, found["page"]
    entry = former.get("chapters", {}).get(chapter.path.stem, {"missing": True})
    place = report.fresh / chapter.page
    if entry.get("missing") or not passes_again(plan, chapter, found):
        about = shown | {"title": next(one["title"] for one in shown["chapters"] if one["page"] == chapter.page)}
        place.write_text(page("echec.html.j2", page=about | {"current": chapter.page}), encoding="utf-8")
        return {"key": None, "missing": True}
    since = entry.get("dated") or former["date"]
    html = with_own_data((report.latest / chapter.page).read_text(encoding="utf-8"), report, since)
    place.write_text(dated(html, since), encoding="utf-8")
    return {"key": None, "observations": "", "dated": since, "read": entry.get("read")}


def passes_again(plan: Plan, chapter: ChapterNotebook, found: dict) -> bool:
    """Tell whether all that the former page of a chapter shows of restricted sources may be shown today (rule R2).

    What it shows is known as long as its notebook and the library are what they were; after that, it may be anything of
    its edition. Of what persons said, nothing may have changed.
    """
    entry = plan.former["chapters"][chapter.path.stem]
    read, key = entry.get("read"), entry["key"]
    if (read is None or DEMARCHE in read) and plan.former.get("voices") != found["voices"]:
        return False
    if read is None or EVERYTHING in read or not (key and same_but_data(plan.keys[chapter.path.stem], key)):
        return not found["withheld"]
    return not set(read) & set(found["withheld"])


def keep_journal(report: Report, built: Built, out: Path) -> None:
    """Keep, for the analyst, the errors of the chapters that failed, and the notebooks as far as they ran; what is left
    out of pages.

    Of a chapter whose process was stopped there is no notebook: papermill writes it when the last cell has run.
    """
    journal = out / JOURNAL / report.epci
    shutil.rmtree(journal, ignore_errors=True)
    told = {stem: [str(error), getattr(error, "traceback", "")] for stem, error in built.failed.items()}
    for stem, lines in (told | {stem: left_out(built, stem) for stem in built.left_out}).items():
        journal.mkdir(parents=True, exist_ok=True)
        text = "\n".join(filter(None, lines))
        (journal / f"{stem}.log").write_text(text + "\n", encoding="utf-8")
        ran = report.executed / f"{stem}.ipynb"
        if ran.exists():
            shutil.copyfile(ran, journal / ran.name)

"""Reports: what has changed is made again in processes of their own, then published whole.

Nothing heavy is imported here: a report that is up to date is known to be without opening a table.
"""

import filecmp
import json
import os
import platform
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import islice
from multiprocessing import current_process
from pathlib import Path

from ctg_analysis.display import html_tree
from ctg_analysis.display.texts import date_text
from ctg_analysis.model.errors import FullError, OtherTerritoryError, UserError, extra, room_in
from ctg_analysis.model.habits import quote
from ctg_analysis.model.scratch import alone, scratch, sweep
from ctg_analysis.model.settings import (
    LOGOS,
    MATERIAL,
    MODELS,
    OF_DEMARCHE,
    OWN_FROM,
    PUBLIC,
    SIDE_BY_SIDE,
    ChapterNotebook,
    DataRoot,
    data_root,
    notebooks,
    project_path,
    settings,
)
from ctg_analysis.pipeline.faults import fault_line
from ctg_analysis.pipeline.freshness import library, locked, public_inputs, tables_of
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.publish import editions
from ctg_analysis.publish.pool import Job, Outcome, get_ready, run
from ctg_analysis.publish.site import code, dated, page, text_sources
from ctg_analysis.raw.folders import read_unread
from ctg_analysis.raw.folders import sha256 as sum_of_file

OF_ALL = "data"  # the part of a key that any change of any source changes
PARTS = {  # of a key → what has changed, for a person
    "notebook": "des cahiers",
    OF_ALL: "les données ou les formulaires",
    "chapters": "la liste des chapitres",
    "texts": "les textes de data/reference ou ce qui est à côté des cahiers",
    "library": "le programme",
    "lock": "l'environnement",
    "python": "la version de Python",
    "kernels": "CTG_KERNELS",
}


def keys(chapters: list[ChapterNotebook], root: DataRoot, epci: str) -> dict[str, dict[str, str]]:
    """Return, by chapter, what its page depends on: notebook, parameters, library, environment, data, links.

    No table is opened: `data` is the sum of the files of data/processed, which are past the gate of secrecy, as its
    manifest says it once they were found whole. The sum of what they were made from would let restricted figures be
    guessed.
    """
    texts = [*text_sources().values(), *sorted(settings().reference.rglob("*.yml"))]
    texts += sorted((settings().reference / MODELS).glob("*.docx"))  # of the letters beside the pages
    texts += sorted(root.material(epci).glob(LOGOS))
    project = settings().root  # what an analyst reads beside: tables, modules, not what JupyterLab and Python keep
    for path in sorted((project / "notebooks").rglob("*")):
        hidden = any(name.startswith((".", "__")) for name in path.relative_to(project).parts)
        texts += [path] if path.is_file() and path.suffix != ".ipynb" and not hidden else []
    common = {
        "parameters": repr([("epci", epci)]),
        "library": library(),
        "lock": locked(),
        "python": platform.python_version(),
        "kernels": settings().kernels,
        "readers": settings().readers,
        "chapters": sha256(repr([(chapter.page, chapter.title) for chapter in chapters]).encode()).hexdigest(),
        "texts": sha256(b"".join(path.read_bytes() for path in texts)).hexdigest(),
        OF_ALL: sha256(json.dumps([public_inputs(root, epci), tables_of(root, epci)]).encode()).hexdigest(),
    }
    sums = {one.path.stem: "" if one.fault else sum_of_file(one.path) for one in chapters}
    return {stem: common | {"notebook": digest} for stem, digest in sums.items()}


DATA_FILE = "donnees/"  # begins the link to a data file


def stays(refused: ChapterNotebook, entry: dict | None) -> bool:
    """Tell whether a chapter whose notebook is refused keeps its page: not when there is none, nor when it was made of
    that very notebook for whatever territory this one names itself.
    """
    return entry is not None and (refused.takes_epci or not is_made_of(refused, entry))


def is_made_of(chapter: ChapterNotebook, entry: dict) -> bool:
    """Tell whether the page of a chapter was made of its notebook as it is. entry: the record of the chapter."""
    return (entry.get("key") or {}).get("notebook") == sum_of_file(chapter.path)


def with_own_data(html: str, report: editions.Report, since: str) -> str:
    """Return a page of the former edition with links to the data files of its charts, kept where those now differ.

    since: ISO, the date of the edition that the page is of.
    """
    for linked in sorted({link for link in html_tree.links(html) if link.startswith(DATA_FILE)}):
        own, now = report.latest / linked, report.fresh / linked
        if now.exists() and filecmp.cmp(own, now, shallow=False):
            continue
        kept = f"donnees/{since}/{own.name}"
        (report.fresh / kept).parent.mkdir(exist_ok=True)
        shutil.copyfile(own, report.fresh / kept)
        html = html.replace(f'href="{linked}"', f'href="{kept}"')
    return html


def note(entry: dict) -> str:
    """Return what the index says of a chapter that is not of this edition; nothing of the others."""
    if entry.get("missing"):
        return "Ce chapitre n’a pas pu être établi."
    return f"Chapitre daté\u00a0: édition du {date_text(entry['dated'])}." if entry.get("dated") else ""


MISSING = "manques.html"
TASKS = "ctg_analysis.publish.tasks"


@dataclass
class Plan:
    """What a territory needs: the report, its keys, the record of the latest whole edition, the chapters to look at.

    refused: the notebooks that are; those that have a page are chapters of the report. unread: the chapters of a
        démarche that could not be read. why: what has changed since the latest whole edition.
    """

    report: editions.Report
    keys: dict[str, dict[str, str]]
    former: dict
    todo: list[ChapterNotebook]
    refused: list[ChapterNotebook]
    unread: list[ChapterNotebook]
    force: bool
    why: str = ""
    came: dict[str, Outcome] = field(default_factory=dict)

    @property
    def beside(self) -> tuple[str, str]:
        """How an error names what writes the data files, and what writes the page of what is missing."""
        return f"{self.report.epci}/{editions.RECORD}", f"{self.report.epci}/{MISSING}"

    def jobs(self) -> Iterator[Job]:
        """Yield what the processes do: what stands beside the chapters, then each of these, the longest first so that
        all end together.
        """
        epci, (data, missing) = self.report.epci, self.beside
        yield Job(epci, f"{TASKS}:write_data", (self.report,), data, shares=True)
        yield Job(epci, f"{TASKS}:write_beside", (self.report,), missing, shares=True)
        for chapter in sorted(self.todo, key=self._length, reverse=True):
            former = self.former.get("chapters", {}).get(chapter.path.stem, {})
            known = not self.force and former.get("key") and "chosen" in former
            spared = known and {**self.keys[chapter.path.stem], OF_ALL: ""} == {**former["key"], OF_ALL: ""}
            place = f"notebooks/{chapter.path.name}"
            arguments, shares = (self.report, chapter, former if spared else {}), chapter.number < OWN_FROM
            yield Job(epci, f"{TASKS}:write_chapter", arguments, place, shares)

    def _length(self, chapter: ChapterNotebook) -> int:
        """Return how long the page of a chapter was in the latest edition, in bytes: its work goes with it."""
        page = self.report.latest / chapter.page if self.report.latest else None
        return page.stat().st_size if page and page.exists() else 0


def plan_report(
    epci: str, chapters: list[ChapterNotebook], out: Path, held: ExitStack, *, force: bool
) -> Plan | editions.Built:
    """Return what a territory needs; what its latest edition is, when it is what it would be.

    An edition is of one piece: a chapter that is there already, and has changed, is made again with those asked for.
    One whose notebook is refused stays, dated. An edition that has lost or changed a file counts for nothing.
    held: the scratch folder lasts as long as it.

    Raises:
        InputError: raw files that cannot be trusted.
    """
    root = data_root(epci)
    ensure(root)
    edition, whole = editions.latest(out, epci), editions.latest_whole(out, epci)
    former = _record_for_readers(whole, epci, out)
    entries = former.get("chapters", {})
    listed, refused = _chapters_of_report(chapters, entries)
    own = keys(listed, root, epci)
    made_of = {stem: entry["key"] for stem, entry in entries.items()}
    stale = {stem for stem in own if made_of.get(stem) != own[stem]}
    stale |= {chapter.path.stem for chapter in chapters} if force else set()
    is_unread = MATERIAL in read_unread(root, epci)
    unread = [chapter for chapter in listed if is_unread and chapter.page in OF_DEMARCHE]
    todo, kept = _made_or_kept(listed, stale, unread)
    is_current = not todo and not any(made_of.get(chapter.path.stem) for chapter in kept)
    if former and edition == whole and is_current:
        built = editions.Built(epci, out / epci, breaks=former["breaks"], faults=fault_line(root, epci))
        return editions.with_notebooks(built, refused, entries)
    with room_in(out):
        made = held.enter_context(scratch(out, epci))
        fresh, executed = made / "fresh", made / "executed"
        fresh.mkdir()
        executed.mkdir()
    report = editions.Report(epci, listed, fresh, executed, whole)
    return Plan(report, own, former, todo, refused, unread, force, what_changed(made_of, own))


def _record_for_readers(edition: Path | None, epci: str, out: Path) -> dict:
    """The record of an edition of a report; empty without one.

    Raises:
        UserError: an edition for other readers.
    """
    record = editions.record(edition)
    if record and record["parameters"].get("readers", PUBLIC) != settings().readers:
        where = f"{project_path(out)} : le rapport de {epci} y est pour d'autres lecteurs"
        raise UserError(f"{where}, nommer un autre dossier par --out")
    return record


def _chapters_of_report(
    asked: list[ChapterNotebook], entries: dict[str, dict]
) -> tuple[list[ChapterNotebook], list[ChapterNotebook]]:
    """The chapters of a report: those asked for, those that it has; and the notebooks refused.

    entries: the records of the chapters of the latest whole edition.
    """
    named = {chapter.path.stem: chapter for chapter in asked}
    found = [one for one in notebooks() if one.path.stem in named.keys() | entries.keys()]
    listed = []
    for chapter in found:
        stem, entry = chapter.path.stem, entries.get(chapter.path.stem)
        if not chapter.fault:
            listed.append(named.get(stem, chapter))
        elif stays(chapter, entry):  # with the title and the question of its page
            words = {"title": entry.get("title", stem), "question": entry.get("question", "")}
            listed.append(replace(chapter, **words))
    return listed, [chapter for chapter in found if chapter.fault]


def _made_or_kept(
    listed: list[ChapterNotebook], stale: set[str], unread: list[ChapterNotebook]
) -> tuple[list[ChapterNotebook], list[ChapterNotebook]]:
    """The stale chapters that are to be made again, and those of which the page must stay.

    stale: the names of notebooks. unread: the chapters of a démarche that could not be read.
    """
    changed = [chapter for chapter in listed if chapter.path.stem in stale]
    todo = [chapter for chapter in changed if not chapter.fault and chapter not in unread]
    return todo, [chapter for chapter in changed if chapter not in todo]


def what_changed(before: dict[str, dict[str, str] | None], now: dict[str, dict[str, str]]) -> str:
    """Return which parts of the keys of chapters have changed, for a person. before, now: see `keys`.

    >>> what_changed({"01": {"notebook": "a", "lock": "b"}, "02": None}, {"01": {"notebook": "a", "lock": "c"}})
    "l'environnement"
    """
    both = [(before[stem], now[stem]) for stem in now if before.get(stem)]
    changed = (words for part, words in PARTS.items() if any(one.get(part) != other.get(part) for one, other in both))
    return ", ".join(changed)


OF_AN_EDITION = ("departements", "date", "after", "observations", "breaks", "voices")  # see `tasks.write_data`
OF_A_PAGE = ("chosen", "data", "contents", "remarks")  # what the record keeps, see `tasks.write_chapter`


def conclude(plan: Plan, out: Path) -> editions.Built:
    """Return what came of a report, published; of one that there is no room for nothing is kept."""
    try:
        with room_in(out):
            for outcome in plan.came.values():
                if isinstance(outcome.error, FullError):
                    raise outcome.error
            return make_public(plan, out)
    except FullError as error:
        shutil.rmtree(plan.report.fresh.parent, ignore_errors=True)
        return editions.Built(plan.report.epci, error=error)


def make_public(plan: Plan, out: Path) -> editions.Built:
    """Publish what was made, with the chapters kept from the latest edition; what failed is said, never hidden."""
    report, (data, beside) = plan.report, map(plan.came.pop, plan.beside)
    if error := data.error or beside.error:
        return editions.Built(report.epci, error=error)
    facts, root = data.result, data_root(report.epci)
    built = editions.Built(report.epci, breaks=facts["breaks"], faults=fault_line(root, report.epci), why=plan.why)
    entries = _entries(plan, facts, built)
    shown = [chapter for chapter in report.chapters if chapter.page not in facts["page"]["silent"]]
    for chapter in shown:
        if chapter.fault or chapter in plan.unread:
            entries[chapter.path.stem] = failed(plan, chapter, facts, plan.former)
        if not (report.fresh / chapter.page).exists():
            shutil.copyfile(report.latest / chapter.page, report.fresh / chapter.page)
    for chapter in report.chapters:
        about = {"title": chapter.title, "question": chapter.question, "silent": chapter not in shown}
        entries[chapter.path.stem] |= about
    listed = []
    for links, chapter in zip(facts["page"]["chapters"], shown, strict=True):
        entry = entries[chapter.path.stem]
        listed.append(links | {"note": note(entry), "contents": entry.get("contents") or {}})
    index = (report, facts["page"] | {"chapters": listed}, beside.result, facts["after"])
    # In a process that has the catalogue and the words already, which this one does without.
    function, name = "ctg_analysis.publish.contents:write_around", f"{report.epci}/{editions.INDEX}"
    (around,) = run([Job(report.epci, function, index, name)], 1)
    if isinstance(around.error, FullError):
        raise around.error
    if around.error:
        return editions.Built(report.epci, error=around.error)
    editions.write_record(
        report.fresh,
        {
            "name": facts["page"]["territory"],
            **{name: facts[name] for name in OF_AN_EDITION},
            "parameters": {"epci": report.epci, "readers": settings().readers},
            "code": code(),
            **public_inputs(root, report.epci),
            "chapters": entries,
        },
    )
    editions.write_links(report.fresh, out, report.epci)
    keep_journal(report, editions.with_notebooks(built, plan.refused, entries), out)
    built.place, built.published = editions.publish(report.fresh, out, report.epci), True
    return built


def _entries(plan: Plan, facts: dict, built: editions.Built) -> dict[str, dict]:
    """The records of the chapters: those of the former edition, but of what was made again.

    facts: what `tasks.write_data` returned. built: told of the chapters that ran, and that failed.
    """
    former = plan.former.get("chapters", {})
    entries = {stem: entry for stem, entry in former.items() if stem in plan.keys}
    for chapter in plan.todo:
        outcome, stem = plan.came[f"notebooks/{chapter.path.name}"], chapter.path.stem
        before = entries.get(stem, {})
        if error := outcome.error:
            built.failed[stem] = error
            is_false = isinstance(error, OtherTerritoryError) and is_made_of(chapter, before)
            entries[stem] = failed(plan, chapter, facts, {} if is_false else plan.former)
        else:
            made = {name: outcome.result.get(name, before.get(name)) for name in OF_A_PAGE}
            entries[stem] = {"key": plan.keys[stem], **made}
            built.ran += [stem] if outcome.result["run"] else []
    return entries


def failed(plan: Plan, chapter: ChapterNotebook, facts: dict, former: dict) -> dict:
    """Write the page of a chapter that failed, its last good version, dated, or words of excuse; return its entry.

    facts: what `tasks.write_data` returned. former: the record of the edition that has the last good version.
    """
    report, links = plan.report, facts["page"]
    entry = former.get("chapters", {}).get(chapter.path.stem, {"missing": True})
    place = report.fresh / chapter.page
    if entry.get("missing") or entry.get("silent") or not passes_again(former, facts):
        about = links | {"title": next(link["title"] for link in links["chapters"] if link["page"] == chapter.page)}
        place.write_text(page("echec.html.j2", page=about | {"current": chapter.page}), encoding="utf-8")
        return {"key": None, "missing": True}
    since = entry.get("dated") or former["date"]
    html = with_own_data((report.latest / chapter.page).read_text(encoding="utf-8"), report, since)
    place.write_text(dated(html, since), encoding="utf-8")
    return {"key": None, "dated": since, "contents": entry.get("contents")}


def passes_again(former: dict, facts: dict) -> bool:
    """Tell whether a page of a former edition may be shown today (rule R1): what it tells of restricted sources is not
    told less closely now, and what persons said has not changed.
    """
    return not facts["withheld"] and former.get("voices") == facts["voices"]


def keep_journal(report: editions.Report, built: editions.Built, out: Path) -> None:
    """Keep, for the analyst, the errors of the chapters that failed, and the notebooks as far as they ran; what is to
    be mended in what chapters show.

    Of a chapter whose process was stopped there is no notebook: papermill writes it when the last cell has run.
    """
    journal = out / editions.JOURNAL / report.epci
    shutil.rmtree(journal, ignore_errors=True)
    logs = {stem: [str(error), getattr(error, "traceback", "")] for stem, error in built.failed.items()}
    for stem, lines in (logs | {stem: editions.remarks(built, stem) for stem in built.remarks}).items():
        journal.mkdir(parents=True, exist_ok=True)
        text = "\n".join(filter(None, lines))
        (journal / f"{stem}.log").write_text(text + "\n", encoding="utf-8")
        ran = report.executed / f"{stem}.ipynb"
        if ran.exists():
            shutil.copyfile(ran, journal / ran.name)


SIREN = r"\d{9}"
TOGETHER = 4  # territories at work or waiting, for each worker: enough to keep all of them busy


def build(
    epcis: Iterable[str],
    chapters: list[ChapterNotebook],
    out: Path,
    *,
    jobs: int = os.cpu_count() or 1,
    force: bool = False,
    progress: Callable[[str], None] = lambda step: None,
) -> Iterator[editions.Built]:
    """Build the chapters of territories, so many at a time, and yield what came of each as it is published.

    progress: called with the name of each step. A report that is up to date is left as it is; one that cannot be made
    leaves the former one in place.
    """
    out.mkdir(parents=True, exist_ok=True)
    sweep(out)
    waiting = iter(epcis)
    while some := list(islice(waiting, TOGETHER * jobs)):
        if any(editions.latest(out, epci) is None for epci in some):
            get_ready()  # while what there is to do is found out
            code()  # of the modules that are in memory now
        with ExitStack() as held:
            plans = {}
            for epci in some:
                try:
                    if not re.fullmatch(SIREN, epci):
                        raise UserError(f"EPCI : trouvé {quote(epci)}, attendu un SIREN de 9 chiffres")
                    held.enter_context(alone(out, epci, f"{epci} : rapport en train d'être fait"))
                    plan = plan_report(epci, chapters, out, held, force=force)
                except UserError as error:
                    yield editions.Built(epci, error=error)
                    continue
                if isinstance(plan, editions.Built):
                    yield plan
                else:
                    plans[epci] = plan
            for outcome in run([job for plan in plans.values() for job in plan.jobs()], jobs):
                epci = outcome.job.epci
                progress(f"{epci} : {outcome.job.place}")
                plans[epci].came[outcome.job.place] = outcome
                if len(plans[epci].came) == len(plans[epci].todo) + 2:  # the data, what is missing, the chapters
                    yield conclude(plans.pop(epci), out)


def write_side_by_side(epcis: list[str], departement: str, out: Path) -> str:
    """Write the page of several EPCIs in a process of its own, and return its name."""
    arguments, place = (epcis, departement, out), f"notebooks/{SIDE_BY_SIDE}"
    (outcome,) = run([Job(epcis[0], "ctg_analysis.publish.page:write_side_by_side", arguments, place)], 1)
    if outcome.error:
        raise outcome.error
    return outcome.result


# Reports built by the workers of a Dask scheduler, on this machine or on others that share the folders.
# One task is one territory, with all its chapters. A territory whose worker dies is given to another worker; what is up
# to date already is left as it is, so that nothing is built twice.

RETRIES = 2
PATIENCE = "5s"
SECONDS_FOR_A_WORKER = 10


def build_there(
    epcis: list[str], chapters: list[ChapterNotebook], out: Path, *, force: bool, scheduler: str
) -> Iterator[editions.Built]:
    """Build territories on the workers of a scheduler, and yield what came of each as it comes.

    Raises:
        UserError: dask.distributed is not installed, nothing answers at the address, no worker comes to it.
    """
    with extra("cluster"):
        from distributed import Client, as_completed
    try:
        client = Client(scheduler, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise UserError(f"--scheduler {scheduler}: no answer, expected the address of a Dask scheduler") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=SECONDS_FOR_A_WORKER)
        except TimeoutError as error:
            what = f"no worker in {SECONDS_FOR_A_WORKER} s, expected one at least: dask worker {scheduler}"
            raise UserError(f"--scheduler {scheduler}: {what}") from error
        waiting = client.map(build_one, epcis, chapters=chapters, out=out, force=force, retries=RETRIES, pure=False)
        named = dict(zip(waiting, epcis, strict=True))
        for future in as_completed(waiting):
            if error := future.exception():
                epci, first = named[future], str(error).partition("\n")[0].rstrip(".") or type(error).__name__
                yield editions.Built(epci, error=UserError(f"{epci}: {first}; the log of the worker has more"))
            else:
                yield future.result()


def build_one(epci: str, *, chapters: list[ChapterNotebook], out: Path, force: bool) -> editions.Built:
    """Build one territory in this worker, one chapter at a time."""
    current_process().daemon = False  # as one, which Dask makes it, it may start none; those of a build end with it
    (built,) = build([epci], chapters, out, jobs=1, force=force)
    return built

"""A report made public: the chapters that ran, those kept from the latest edition, what failed, as one edition."""

import shutil
from pathlib import Path

from ctg_analysis.core.errors import FullError, OtherTerritoryError, room_in
from ctg_analysis.core.notebooks import DEMARCHE, EVERYTHING, ChapterNotebook
from ctg_analysis.core.settings import data_root, project_path, settings
from ctg_analysis.processing.faults import fault_line
from ctg_analysis.processing.freshness import public_inputs
from ctg_analysis.publishing.build_plan import Plan
from ctg_analysis.publishing.build_result import Built, Report, remarks, with_notebooks
from ctg_analysis.publishing.dated_chapters import is_made_of, note, with_own_data
from ctg_analysis.publishing.document_links import write_links
from ctg_analysis.publishing.editions import (
    DAMAGED,
    INDEX,
    JOURNAL,
    ROUNDING,
    SECRECY,
    compared_with,
    publish,
    to_withdraw,
    write_record,
)
from ctg_analysis.publishing.pages.site import code, dated, of_edition, page
from ctg_analysis.publishing.running.keys import same_but_data
from ctg_analysis.publishing.running.pool import Job, run

OF_AN_EDITION = ("departements", "date", "after", "observations", "breaks", "voices")  # see `tasks.write_data`
OF_A_PAGE = ("read", "observations", "contents", "remarks")  # what the record keeps, see `tasks.write_chapter`


def conclude(plan: Plan, out: Path) -> Built:
    """Return what came of a report, published; of one that there is no room for nothing is kept."""
    try:
        with room_in(out):
            for outcome in plan.came.values():
                if isinstance(outcome.error, FullError):
                    raise outcome.error
            return make_public(plan, out)
    except FullError as error:
        shutil.rmtree(plan.report.fresh.parent, ignore_errors=True)
        return Built(plan.report.epci, error=error)


def make_public(plan: Plan, out: Path) -> Built:
    """Publish what was made, with the chapters kept from the latest edition; what failed is said, never hidden."""
    report, (data, beside) = plan.report, map(plan.came.pop, plan.beside)
    if error := data.error or beside.error:
        return Built(report.epci, error=error)
    facts, root = data.result, data_root(report.epci)
    said = {"to_withdraw": to_withdraw(out, report.epci), "faults": fault_line(root, report.epci)}
    built = Built(report.epci, breaks=facts["breaks"], **said)
    entries = {name: entry for name, entry in plan.former.get("chapters", {}).items() if name in plan.keys}
    for chapter in plan.todo:
        outcome, stem = plan.came[f"notebooks/{chapter.path.name}"], chapter.path.stem
        if outcome.error:
            built.failed[stem] = outcome.error
            is_false = isinstance(outcome.error, OtherTerritoryError) and is_made_of(chapter, entries.get(stem, {}))
            entries[stem] = failed(plan, chapter, facts, {} if is_false else plan.former)
        else:
            former = entries.get(stem, {})
            made = {name: outcome.result.get(name, former.get(name)) for name in OF_A_PAGE}
            entries[stem] = {"key": plan.keys[stem], **made}
            built.ran += [stem] if outcome.result["run"] else []
    shown = [chapter for chapter in report.chapters if chapter.page not in facts["page"]["silent"]]
    for chapter in shown:
        if chapter.fault or chapter in plan.unread:
            entries[chapter.path.stem] = failed(plan, chapter, facts, plan.former)
        if not (report.fresh / chapter.page).exists():
            html = (report.latest / chapter.page).read_text(encoding="utf-8")
            (report.fresh / chapter.page).write_text(of_edition(html, facts["page"]["date"]), encoding="utf-8")
    for chapter in report.chapters:
        about = {"title": chapter.title, "question": chapter.question, "silent": chapter not in shown}
        entries[chapter.path.stem] |= about
    listed = [
        links | {"note": note(entries[chapter.path.stem]), "contents": entries[chapter.path.stem].get("contents") or {}}
        for links, chapter in zip(facts["page"]["chapters"], shown, strict=True)
    ]
    index = (report, facts["page"] | {"chapters": listed}, beside.result, facts["after"])
    # In a process that has the catalogue and the words already, which this one does without.
    function, name = "ctg_analysis.publishing.pages.around:write_around", f"{report.epci}/{INDEX}"
    (around,) = run([Job(report.epci, function, index, name)], 1)
    if isinstance(around.error, FullError):
        raise around.error
    if around.error:
        return Built(report.epci, error=around.error)
    write_record(
        report.fresh,
        {
            "name": facts["page"]["territory"],
            **{name: facts[name] for name in OF_AN_EDITION},
            SECRECY: ROUNDING,
            "parameters": {"epci": report.epci, "readers": settings().readers},
            "code": code(),
            **public_inputs(root, report.epci),
            "chapters": entries,
        },
    )
    write_links(report.fresh, out, report.epci)
    keep_journal(report, with_notebooks(built, plan.refused, entries), out)
    built.place, built.published = publish(report.fresh, out, report.epci), True
    built.damages = damages(plan, out)
    return built


def failed(plan: Plan, chapter: ChapterNotebook, facts: dict, former: dict) -> dict:
    """Write the page of a chapter that failed, its last good version, dated, or words of excuse; return its entry.

    facts: what `tasks.write_data` returned. former: the record of the edition that has the last good version.
    """
    report, links = plan.report, facts["page"]
    entry = former.get("chapters", {}).get(chapter.path.stem, {"missing": True})
    place = report.fresh / chapter.page
    if entry.get("missing") or entry.get("silent") or not passes_again(plan, chapter, facts):
        about = links | {"title": next(link["title"] for link in links["chapters"] if link["page"] == chapter.page)}
        place.write_text(page("echec.html.j2", page=about | {"current": chapter.page}), encoding="utf-8")
        return {"key": None, "missing": True}
    since = entry.get("dated") or former["date"]
    html = with_own_data((report.latest / chapter.page).read_text(encoding="utf-8"), report, since)
    place.write_text(dated(html, since), encoding="utf-8")
    return {"key": None, "observations": "", "dated": since, **{name: entry.get(name) for name in ("read", "contents")}}


def passes_again(plan: Plan, chapter: ChapterNotebook, facts: dict) -> bool:
    """Tell whether all that the former page of a chapter shows of restricted sources may be shown today (rule R1).

    What it shows is known as long as its notebook and the library are what they were; after that, it may be anything of
    its edition. Of what persons said, nothing may have changed.
    """
    entry = plan.former["chapters"][chapter.path.stem]
    read, key = entry.get("read"), entry["key"]
    if (read is None or DEMARCHE in read) and plan.former.get("voices") != facts["voices"]:
        return False
    if read is None or EVERYTHING in read or not (key and same_but_data(plan.keys[chapter.path.stem], key)):
        return not facts["withheld"]
    return not set(read) & set(facts["withheld"])


def keep_journal(report: Report, built: Built, out: Path) -> None:
    """Keep, for the analyst, the errors of the chapters that failed, and the notebooks as far as they ran; what is to
    be mended in what chapters show.

    Of a chapter whose process was stopped there is no notebook: papermill writes it when the last cell has run.
    """
    journal = out / JOURNAL / report.epci
    shutil.rmtree(journal, ignore_errors=True)
    logs = {stem: [str(error), getattr(error, "traceback", "")] for stem, error in built.failed.items()}
    for stem, lines in (logs | {stem: remarks(built, stem) for stem in built.remarks}).items():
        journal.mkdir(parents=True, exist_ok=True)
        text = "\n".join(filter(None, lines))
        (journal / f"{stem}.log").write_text(text + "\n", encoding="utf-8")
        ran = report.executed / f"{stem}.ipynb"
        if ran.exists():
            shutil.copyfile(ran, journal / ran.name)


def damages(plan: Plan, out: Path) -> list[str]:
    """Return what is to be said of editions that had lost or changed some of their files, a line each."""
    epci, lines = plan.report.epci, []
    if plan.damaged:
        kept = out / DAMAGED / epci / plan.damaged.name
        remainder = f"; what was found in the place of its files is in {project_path(kept)}" if kept.is_dir() else ""
        lines.append(f"{epci}: the edition {plan.damaged.name} was damaged: the report was made again{remainder}")
    before = plan.former.get("after")
    if before and not compared_with(plan.report.latest):
        lines.append(f"{epci}: the edition {before} is damaged or no more: nothing is compared with it")
    return lines

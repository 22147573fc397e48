"""What a report needs: the chapters whose page is not what it would be, found without opening a table."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from ctg_analysis.core.errors import UserError, room_in
from ctg_analysis.core.notebooks import OF_DEMARCHE, ChapterNotebook, notebooks
from ctg_analysis.core.scratch import scratch
from ctg_analysis.core.settings import MATERIAL, PUBLIC, data_root, settings
from ctg_analysis.core.unread import read_unread
from ctg_analysis.processing.faults import fault_line
from ctg_analysis.processing.run import ensure
from ctg_analysis.publishing.build_result import Built, Report, with_notebooks
from ctg_analysis.publishing.dated_chapters import stays
from ctg_analysis.publishing.editions import RECORD, chapters_of, latest, latest_whole, record, to_withdraw
from ctg_analysis.publishing.running.keys import keys, same_but_data
from ctg_analysis.publishing.running.pool import Job, Outcome

MISSING = "manques.html"
TASKS = "ctg_analysis.publishing.running.tasks"


@dataclass
class Plan:
    """What a territory needs: the report, its keys, the record of the latest whole edition, the chapters to look at.

    refused: the notebooks that are; those that have a page are chapters of the report. unread: the chapters of a
        démarche that could not be read. damaged: the latest edition when it is not whole.
    """

    report: Report
    keys: dict[str, dict[str, str]]
    former: dict
    todo: list[ChapterNotebook]
    refused: list[ChapterNotebook]
    unread: list[ChapterNotebook]
    force: bool
    damaged: Path | None
    came: dict[str, Outcome] = field(default_factory=dict)

    @property
    def beside(self) -> tuple[str, str]:
        """How an error names what writes the data files, and what writes the page of what is missing."""
        return f"{self.report.epci}/{RECORD}", f"{self.report.epci}/{MISSING}"

    def jobs(self) -> Iterator[Job]:
        """Yield what the processes do: what stands beside the chapters, then each of these, the longest first so that
        all end together.
        """
        epci, (data, missing) = self.report.epci, self.beside
        yield Job(epci, f"{TASKS}:write_data", (self.report,), data)
        yield Job(epci, "ctg_analysis.publishing.lacking:write_beside", (self.report,), missing)
        for chapter in sorted(self.todo, key=self._length, reverse=True):
            former = self.former.get("chapters", {}).get(chapter.path.stem, {})
            known = not self.force and former.get("key") and "read" in former
            spared = known and same_but_data(self.keys[chapter.path.stem], former["key"])
            read = {name: former[name] for name in ("read", "observations")} if spared else {}
            place = f"notebooks/{chapter.path.name}"
            yield Job(epci, f"{TASKS}:write_chapter", (self.report, chapter, read), place)

    def _length(self, chapter: ChapterNotebook) -> int:
        """Return how long the page of a chapter was in the latest edition, in bytes: its work goes with it."""
        page = self.report.latest / chapter.page if self.report.latest else None
        return page.stat().st_size if page and page.exists() else 0


def plan_report(epci: str, chapters: list[ChapterNotebook], out: Path, held: ExitStack, *, force: bool) -> Plan | Built:
    """Return what a territory needs; what its latest edition is, when it is what it would be.

    An edition is of one piece: a chapter that is there already, and has changed, is made again with those asked for.
    One whose notebook is refused stays, dated. Of an edition that is damaged, only the list of its chapters counts.
    held: the scratch folder lasts as long as it.

    Raises:
        InputError: raw files that cannot be trusted.
    """
    root = data_root(epci)
    ensure(root)
    edition, whole = latest(out, epci), latest_whole(out, epci)
    former = record(whole)
    if former and former["parameters"].get("readers", PUBLIC) != settings().readers:
        raise UserError(f"{out}: its reports of {epci} are for other readers: name another folder with --out")
    entries, asked = former.get("chapters", {}), {chapter.path.stem: chapter for chapter in chapters}
    damaged = edition if edition != whole else None
    known = asked.keys() | entries.keys() | (chapters_of(edition) if damaged else set())
    listable = [chapter for chapter in notebooks() if chapter.path.stem in known]
    refused = [chapter for chapter in listable if chapter.fault]
    listed = []
    for chapter in listable:
        stem, entry = chapter.path.stem, entries.get(chapter.path.stem)
        if not chapter.fault:
            listed.append(asked.get(stem, chapter))
        elif stays(chapter, entry):  # with the title and the question of its page
            listed.append(replace(chapter, title=entry.get("title", stem), question=entry.get("question", "")))
    own = keys(listed, root, epci)
    made_of = {stem: entry["key"] for stem, entry in entries.items()}
    todo = [
        chapter
        for chapter in listed
        if (force and chapter in chapters) or made_of.get(chapter.path.stem) != own[chapter.path.stem]
    ]
    unread = (
        [chapter for chapter in listed if chapter.page in OF_DEMARCHE] if MATERIAL in read_unread(root, epci) else []
    )
    kept = [chapter for chapter in todo if chapter.fault or chapter in unread]
    if former and edition == whole and kept == todo and not any(made_of.get(chapter.path.stem) for chapter in kept):
        said = {"to_withdraw": to_withdraw(out, epci), "faults": fault_line(root, epci)}
        return with_notebooks(Built(epci, out / epci, breaks=former["breaks"], **said), refused, entries)
    todo = [chapter for chapter in todo if chapter not in kept]
    with room_in(out):
        made = held.enter_context(scratch(out, epci))
        fresh, executed = made / "fresh", made / "executed"
        fresh.mkdir()
        executed.mkdir()
    report = Report(epci, listed, fresh, executed, whole)
    return Plan(report, own, former, todo, refused, unread, force, damaged)

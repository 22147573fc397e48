"""The stages in order: data when stale, then each chapter, then the site, published whole."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from ctg_analysis.chapter import open_chapter
from ctg_analysis.cleaning.geography import read_geography
from ctg_analysis.display.texts import typography
from ctg_analysis.publishing.chapters import ChapterNotebook
from ctg_analysis.publishing.execution import execute, place, prepare
from ctg_analysis.publishing.html import chapter_page
from ctg_analysis.publishing.parameters import validated
from ctg_analysis.publishing.site import write_data, write_index, write_provenance
from ctg_analysis.publishing.workers import Job, Template, run
from ctg_analysis.settings import data_root
from ctg_analysis.staleness import inputs


def build(
    epci: str,
    chapters: list[ChapterNotebook],
    out: Path,
    told: Callable[[str], None] = lambda step: None,
    workers: int = os.cpu_count() or 1,
    template: Template | None = None,
) -> Path:
    """Build the chapters of an EPCI, so many at a time, and publish them under out/<siren>, whole or not at all.

    told: called with the name of each step. template: a warm process that runs already, for several builds. Returns
    the folder of the report.

    Raises:
        UserError: unknown EPCI, raw files that cannot be trusted, a chapter that fails.
    """
    told("data")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{epci}-", dir=out) as scratch:
        fresh, executed = Path(scratch) / "fresh", Path(scratch) / "executed"
        fresh.mkdir()
        executed.mkdir()
        jobs = [Job(epci, write_site, (epci, chapters, fresh), "index.html")]
        jobs += [Job(epci, write_chapter, (one, epci, chapters, executed, fresh), place(one)) for one in chapters]
        for outcome in run(jobs, workers, prepare, template=template):
            if outcome.error:
                raise outcome.error
            told(outcome.job.place)
        return publish(fresh, out / epci)


def write_chapter(
    chapter: ChapterNotebook, epci: str, chapters: list[ChapterNotebook], executed: Path, fresh: Path
) -> None:
    """Run a chapter, which the folder `executed` keeps, and write its page in the folder `fresh`."""
    notebook = execute(chapter, epci, executed)
    page = page_of(epci, chapters) | {"title": typography(chapter.title), "current": chapter.page}
    (fresh / chapter.page).write_text(chapter_page(notebook, page), encoding="utf-8")


def write_site(epci: str, chapters: list[ChapterNotebook], fresh: Path) -> None:
    """Write what stands beside the chapters of a territory: index, data files, provenance."""
    chapter = open_chapter(epci)
    write_index(fresh, page_of(epci, chapters))
    write_data(fresh, chapter)
    write_provenance(fresh, validated({"epci": epci}).model_dump(), inputs(data_root(epci)))


def page_of(epci: str, chapters: list[ChapterNotebook]) -> dict:
    """Return what every page of a territory shows: its name, the links to the chapters."""
    root = data_root(epci)
    return {
        "territory": typography(open_chapter(epci).seen.territory["name"]),
        "chapters": [
            {"title": typography(one.title), "question": typography(one.question), "page": one.page} for one in chapters
        ],
        "fictional": root.fictional,
        "geography": typography(read_geography(root)["note"]),
        "current": "index.html",
    }


def publish(fresh: Path, report: Path) -> Path:
    """Put a complete folder in the place of the former one."""
    former = fresh.with_name("former")
    if report.exists():
        report.rename(former)
    fresh.rename(report)
    shutil.rmtree(former, ignore_errors=True)
    return report

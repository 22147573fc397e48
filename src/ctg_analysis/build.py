"""The stages in order: data when stale, then each chapter, then the site, published whole."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from ctg_analysis.chapter import Chapter
from ctg_analysis.cleaning.geography import read_geography
from ctg_analysis.display.texts import typography
from ctg_analysis.processing import inputs
from ctg_analysis.publishing.chapters import ChapterNotebook
from ctg_analysis.publishing.execution import execute
from ctg_analysis.publishing.html import chapter_page
from ctg_analysis.publishing.parameters import validated
from ctg_analysis.publishing.site import write_data, write_index, write_provenance
from ctg_analysis.settings import data_root


def build(
    epci: str, chapters: list[ChapterNotebook], out: Path, told: Callable[[str], None] = lambda step: None
) -> Path:
    """Build the chapters of an EPCI and publish them under out/<siren>, whole or not at all.

    told: called with the name of each step. Returns the folder of the report.

    Raises:
        UserError: unknown EPCI, raw files that cannot be trusted, a chapter that fails.
    """
    told("data")
    parameters = validated({"epci": epci})
    root = data_root(epci)
    chapter = Chapter(epci, root)
    page = {
        "territory": typography(chapter.seen.territory["name"]),
        "chapters": [
            {"title": typography(one.title), "question": typography(one.question), "page": one.page} for one in chapters
        ],
        "fictional": root.fictional,
        "geography": typography(read_geography(root)["note"]),
        "current": "index.html",
    }
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{epci}-", dir=out) as scratch:
        fresh, executed = Path(scratch) / "fresh", Path(scratch) / "executed"
        fresh.mkdir()
        executed.mkdir()
        for one in chapters:
            told(one.title)
            notebook = execute(one, epci, executed)
            html = chapter_page(notebook, page | {"title": typography(one.title), "current": one.page})
            (fresh / one.page).write_text(html, encoding="utf-8")
        told("site")
        write_index(fresh, page)
        write_data(fresh, chapter)
        write_provenance(fresh, parameters.model_dump(), inputs(root))
        return publish(fresh, out / epci)


def publish(fresh: Path, report: Path) -> Path:
    """Put a complete folder in the place of the former one."""
    former = fresh.with_name("former")
    if report.exists():
        report.rename(former)
    fresh.rename(report)
    shutil.rmtree(former, ignore_errors=True)
    return report

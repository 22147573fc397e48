"""A report being made; what came of it, and what is said of it: lines and exit code."""

from dataclasses import dataclass, field
from pathlib import Path

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.notebooks import ChapterNotebook
from ctg_analysis.core.settings import project_path
from ctg_analysis.publishing.editions import JOURNAL

FEW = 3  # chapters made again, whose pages are named


@dataclass(frozen=True)
class Report:
    """A report being made: the territory, all its chapters, the scratch folders, the edition before it.

    fresh: where the pages are written. executed: where the notebooks that ran are kept. latest: the latest edition that
    is whole.
    """

    epci: str
    chapters: list[ChapterNotebook]
    fresh: Path
    executed: Path
    latest: Path | None

    @property
    def out(self) -> Path:
        """Return the folder of the reports, which the scratch folders are below."""
        return self.fresh.parents[2]


@dataclass
class Built:
    """What came of a report: its folder, whether an edition was published, the chapters that ran, those that failed.

    refused: why notebooks are, each in one line. remarks: what is to be mended in what chapters show, by chapter.
    breaks: where the chain of its démarche, from proofs to actions, does not hold. damages: editions that have lost or
    changed some of their files. to_withdraw: those of before counts were rounded; it is said here, and in no page.
    faults: what is wrong with the files of the EPCI, without which it was published.
    """

    epci: str
    place: Path | None = None
    published: bool = False
    ran: list[str] = field(default_factory=list)
    failed: dict[str, Exception] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    remarks: dict[str, list[str]] = field(default_factory=dict)
    breaks: list[str] = field(default_factory=list)
    damages: list[str] = field(default_factory=list)
    to_withdraw: list[str] = field(default_factory=list)
    faults: str = ""
    error: Exception | None = None

    @property
    def exit_code(self) -> int:
        """Return 1 when nothing could be published, 2 when what is published is not all good, else 0."""
        if self.error:
            return getattr(self.error, "exit_code", 1)
        return 2 if self.failed or self.refused or self.remarks or self.breaks or self.faults else 0


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
    ran += f" ({', '.join(f'{stem}.html' for stem in built.ran)})" if 0 < count <= FEW else ""
    lines = [f"{project_path(built.place)}/index.html: {ran}"]
    lines += [*filter(None, [built.faults]), *built.refused]
    lines += [f"{built.epci}: {error}: the page is not of this edition" for error in failed]
    lines += [f"{built.epci}: {line}" for stem in built.remarks for line in remarks(built, stem)]
    lines += [*built.damages, *built.breaks, *built.to_withdraw]
    journal = project_path(built.place.parent / JOURNAL / built.epci)
    details = f"{journal}: the details; the notebook as far as it ran, unless its process was stopped"
    return [*lines, details] if failed else lines


def remarks(built: Built, stem: str) -> list[str]:
    """Return in one line each what is to be mended in what a chapter shows."""
    return [f"notebooks/{stem}.ipynb, {remark}" for remark in built.remarks.get(stem, [])]


def with_notebooks(built: Built, refused: list[ChapterNotebook], entries: dict[str, dict]) -> Built:
    """Return what came of a report with what is to be said of its notebooks. entries: the record of its chapters."""
    built.refused = [chapter.fault for chapter in refused]
    for chapter in refused:
        if chapter.path.stem in entries:
            built.failed[chapter.path.stem] = UserError(chapter.fault)
    built.remarks = {stem: entry["remarks"] for stem, entry in entries.items() if entry.get("remarks")}
    return built

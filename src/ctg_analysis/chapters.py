"""The chapters: the notebooks of notebooks/, in their order."""

import json
from dataclasses import dataclass
from pathlib import Path

from ctg_analysis.errors import UserError
from ctg_analysis.settings import settings


@dataclass(frozen=True)
class ChapterNotebook:
    """A chapter: its number, its notebook, its title and the question it answers."""

    number: str
    path: Path
    title: str
    question: str

    @property
    def page(self) -> str:
        """Return the name of its page."""
        return f"{self.path.stem}.html"


def all_chapters() -> list[ChapterNotebook]:
    """Return the chapters by number; title and question come from the first cell of each notebook.

    Raises:
        UserError: a file is no notebook, or one without a first cell.
    """
    return [_read(path) for path in sorted((settings().root / "notebooks").glob("[0-9][0-9]_*.ipynb"))]


def _read(path: Path) -> ChapterNotebook:
    try:
        first = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    except (ValueError, LookupError, TypeError) as error:
        line = f", line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        expected = "expected a Jupyter notebook whose first cell is the title of the chapter"
        raise UserError(f"notebooks/{path.name}{line}: {expected}: take it back from git, or remove it") from error
    title, _, question = first.partition("\n")
    return ChapterNotebook(path.stem[:2], path, title.lstrip("# ").strip(), question.strip())


def chosen_chapters(numbers: list[str]) -> list[ChapterNotebook]:
    """Return the chapters with these numbers, all when there is none.

    Raises:
        UserError: a number that no chapter bears.
    """
    chapters = all_chapters()
    known = [chapter.number for chapter in chapters]
    unknown = [number for number in numbers if number not in known]
    if unknown:
        raise UserError(f"no chapter {', '.join(unknown)}: expected among {', '.join(known)}")
    return [chapter for chapter in chapters if not numbers or chapter.number in numbers]

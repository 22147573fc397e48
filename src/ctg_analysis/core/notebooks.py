"""The chapters: the notebooks of notebooks/, in their order."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.settings import settings

TITLE = re.compile(r"# +\S")
EPCI = re.compile(r"^epci *(:[^=\n]*)?=(?!=)", re.MULTILINE)
COPY = re.compile(r"-Copy\d+$")  # what JupyterLab calls the copy that it makes of a file
NUMBERED, NAMED = re.compile(r"[0-9]{1,2}(?![^\W_])"), re.compile(r"[0-9]{2}_")  # meant for a chapter, named as one
NO_NOTEBOOK = "no Jupyter notebook: take it back from git, or remove it"
NO_TITLE = "cell 1: no title: begin it with # and the title of the chapter"
NO_PARAMETERS = "no code cell with the tag parameters: in JupyterLab, give that tag to the cell that sets epci"
NO_EPCI = 'sets no epci: write there epci = "200067171", and open the chapter with epci'
OF_DEMARCHE = (  # the pages of the chapters that tell a démarche, which leads from one to the next
    "11_consultation.html",
    "12_entretiens.html",
    "13_bilan.html",
    "14_enjeux.html",
    "15_strategie.html",
    "16_suivi.html",
)
EVERYTHING, DEMARCHE = "*", "demarche"  # what a chapter has read, besides indicators by their ids
A_COPY = "a copy that JupyterLab made: give it a number and a name of its own, or remove it"
NO_NAME = (
    "a name that does not begin with two digits and _: rename it {}_name.ipynb, or begin its name without a number"
)


@dataclass(frozen=True)
class ChapterNotebook:
    """A chapter: its number, its notebook, its title and the question it answers.

    fault: why its notebook is refused, and what to do, in one line; nothing when it is sound. takes_epci: whether an
    EPCI can be given to it; else it shows the one that it names itself, whatever the report.
    """

    number: str
    path: Path
    title: str
    question: str
    fault: str = ""
    takes_epci: bool = True

    @property
    def page(self) -> str:
        """Return the name of its page."""
        return f"{self.path.stem}.html"


def all_chapters() -> list[ChapterNotebook]:
    """Return the chapters by number."""
    return [chapter for chapter in notebooks() if not chapter.fault]


def notebooks() -> list[ChapterNotebook]:
    """Return the numbered notebooks, those that are refused too; title and question come from their first cells."""
    paths = [path for path in sorted((settings().root / "notebooks").glob("*.ipynb")) if NUMBERED.match(path.stem)]
    return [_read(path, [other for other in paths if other != path]) for path in paths]


def _read(path: Path, others: list[Path]) -> ChapterNotebook:
    title = question = without_epci = ""
    faults = [_misnamed(path, others)]
    try:
        notebook = json.loads(path.read_text(encoding="utf-8") if path.is_file() else "")  # a pipe would wait
        cells, _ = notebook["cells"], notebook["nbformat"]
        first = _source(cells[0]).strip() if cells and cells[0]["cell_type"] == "markdown" else ""
        without_epci = _without_epci(cells)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        line = f"line {error.lineno}, column {error.colno}: " if isinstance(error, json.JSONDecodeError) else ""
        faults.append(line + NO_NOTEBOOK)
    else:
        title, _, question = first.partition("\n") if TITLE.match(first) else ("", "", "")
        faults += ["" if title else NO_TITLE, without_epci]
    faulty = "; ".join(filter(None, faults))
    return ChapterNotebook(
        _number(path),
        path,
        title.lstrip("# ").strip(),
        question.strip(),
        f"notebooks/{path.name}: refused: {faulty}" if faulty else "",
        not without_epci,
    )


def _number(path: Path) -> str:
    return NUMBERED.match(path.stem)[0].zfill(2)


def _misnamed(path: Path, others: list[Path]) -> str:
    """Return what is wrong with the name of a notebook, beside the others; nothing when it is right."""
    number = _number(path)
    if COPY.search(path.stem):
        return A_COPY
    if not NAMED.match(path.stem):
        return NO_NAME.format(number)
    named = [other for other in others if NAMED.match(other.stem) and not COPY.search(other.stem)]
    same = [other.name for other in named if _number(other) == number]
    return f"another notebook bears the number {number}, {', '.join(same)}: give it a number of its own" if same else ""


def _without_epci(cells: list[dict]) -> str:
    """Return why no EPCI can be given to the cells of a notebook: papermill writes it after the first that has the tag;
    nothing when it can.
    """
    tagged = [(n, cell) for n, cell in enumerate(cells, 1) if "parameters" in cell["metadata"].get("tags", [])]
    if not tagged or tagged[0][1]["cell_type"] != "code":
        return NO_PARAMETERS
    number, cell = tagged[0]
    return "" if EPCI.search(_source(cell)) else f"cell {number}: {NO_EPCI}"


def _source(cell: dict) -> str:
    return "".join(cell["source"])


def chosen_chapters(numbers: list[str]) -> list[ChapterNotebook]:
    """Return the chapters with these numbers, all when there is none; those that are refused among them.

    Raises:
        UserError: a number that no notebook bears; all of them are refused.
    """
    every = notebooks()
    known = list(dict.fromkeys(chapter.number for chapter in every))
    unknown = [number for number in numbers if number not in known]
    if unknown:
        raise UserError(f"no chapter {', '.join(unknown)}: expected among {', '.join(known)}")
    chosen = [chapter for chapter in every if not numbers or chapter.number in numbers]
    if chosen and all(chapter.fault for chapter in chosen):
        raise UserError("\n".join(chapter.fault for chapter in chosen))
    return chosen

"""Every path and setting, once; the folder of a project and its notebooks."""

import json
import os
import re
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ctg_analysis.model.errors import Finding, InputError, UserError, in_one_line

DEFAULT_EPCI = "200067171"
EXAMPLE_EPCI = "999999999"
MATERIAL = "demarche"  # folder of the field material, in raw/ and in private/<siren>/
NORMS = "normes.yml"  # of data/reference: what laws, institutes and usages set, see `model.norms`
ACCOUNTS = "recits"  # folder of data/reference: the sentences of chapters
MODELS = "convention"  # folder of data/reference: Word templates, texts that a convention starts from
KERNELS = WITHOUT, STOCK = "none", "stock"
READERS = PUBLIC, COPIL = "public", "copil"
REPORTS = {PUBLIC: "reports", COPIL: "reports_copil"}  # folders of the project, by who they are for
SAFE_PATH = {"PYTHONSAFEPATH": "1"}  # a Python started with it does not look for modules in its current folder
EXAMPLE_PREFIX = "9999999"  # the invented EPCIs: SIREN numbers that no real EPCI bears


@dataclass(frozen=True)
class Settings:
    """What the environment says.

    root (CTG_ROOT): the project's folder; by default the checkout that this package sits in, or for an installed one
    the folder that a command is in, or one above. kernels (CTG_KERNELS): `none` runs the cells of the chapters in
    processes of ours; `stock` starts a Jupyter kernel for each. readers (CTG_READERS): who a report is for:
    `public`, or `copil`, whose members may read more of what was said in interviews. chromium (CTG_CHROMIUM): the
    browser that prints the PDF, when it is not found by its name.
    """

    root: Path = Path(__file__).resolve().parents[3]
    kernels: str = WITHOUT
    readers: str = PUBLIC
    chromium: str = ""

    @property
    def reference(self) -> Path:
        """The folder of the small tables kept by hand, those of every territory."""
        return self.root / "data" / "reference"

    @property
    def reports(self) -> Path:
        """The folder of the reports: those of the COPIL have their own, lest they be published with the others."""
        return self.root / REPORTS[self.readers]


@cache
def settings() -> Settings:
    """Return the settings, read once; raise UserError for a value that there is not, or without a project."""
    return Settings(
        root=_root(),
        kernels=_one_of("CTG_KERNELS", KERNELS),
        readers=_one_of("CTG_READERS", READERS),
        chromium=os.environ.get("CTG_CHROMIUM", ""),
    )


def _root() -> Path:
    if named := os.environ.get("CTG_ROOT"):
        named = os.environ["CTG_ROOT"] = str(Path(named).absolute())  # the same for what is started in another folder
        if not Path(named).is_dir():
            raise UserError(
                f"CTG_ROOT: found no folder {named}, expected that of a project: `ctg init FOLDER` makes one"
            )
        return Path(named)
    for folder in (Settings.root, Path.cwd(), *Path.cwd().parents):
        if (folder / "data" / "reference" / NORMS).is_file():
            return folder
    raise UserError(
        f"{Path.cwd()}: no project here nor above, expected the folder of one: go into it, name it in CTG_ROOT, or "
        "make one with `ctg init FOLDER`"
    )


def _one_of(name: str, known: tuple[str, ...]) -> str:
    """Return what a variable says, by default the first of what is known."""
    value = os.environ.get(name, known[0])
    if value not in known:
        raise UserError(f"{name}: found {value!r}, expected {' or '.join(known)}")
    return value


@dataclass(frozen=True)
class DataRoot:
    """A folder that holds raw/, reference/ and processed/: the real France, or the invented territory."""

    path: Path

    @property
    def raw(self) -> Path:
        """Untouched files as received, with their certificates."""
        return self.path / "raw"

    @property
    def reference(self) -> Path:
        """Small tables kept by hand."""
        return self.path / "reference"

    @property
    def processed(self) -> Path:
        """What `ctg data` generates."""
        return self.path / "processed"

    @property
    def private(self) -> Path:
        """What partners send under an agreement: one folder per EPCI, never in git, never read by a notebook."""
        return self.path / "private"

    def material(self, epci: str) -> Path:
        """The field material of a démarche: what anyone may read."""
        return self.raw / MATERIAL / epci

    def restricted_material(self, epci: str) -> Path:
        """The field material that holds personal data: never in git, never read by a notebook."""
        return self.private / epci / MATERIAL

    def processed_demarche(self, epci: str) -> Path:
        """What `ctg data` makes of the field material and of the answers of persons: what may be shown."""
        return self.processed / MATERIAL / epci

    @property
    def fictional(self) -> bool:
        """True for the invented territory, which never enters a French total."""
        return self.path.name == "exemple"


def data_root(epci: str = DEFAULT_EPCI) -> DataRoot:
    """Return the data root of an EPCI: the invented ones have their own."""
    data = settings().root / "data"
    return DataRoot(data / "exemple" if epci.startswith(EXAMPLE_PREFIX) else data)


def project_path(path: Path) -> str:
    """Return a path as a person reads it: relative to the project when it is inside, on one line."""
    root = settings().root
    return in_one_line(str(path.relative_to(root)) if path.is_relative_to(root) else str(path))


def broken(path: Path, line: int | None, found: str, expected: str) -> InputError:
    """Return the error of a file that cannot be read."""
    return InputError([Finding(project_path(path), line, None, found, expected)])


# The folder that a person works in: notebooks, reference tables, data as shipped.

PARTS = (
    "notebooks",
    "data/raw",
    "data/reference",
    "data/exemple/raw",
    "data/exemple/reference",
    "data/exemple/private",
    "docs",
    "requirements.lock",
    ".gitignore",
)
SHIPPED = Path(__file__).parents[2] / "ctg_analysis_project"  # beside the package, where a wheel puts the parts
OF_COMMANDS = (".*", "__pycache__")  # what a command left
FETCHED = {"data/raw": ("full",)}  # what `ctg fetch` put there; the invented territory has such files of its own


def write_project(folder: Path) -> None:
    """Write the parts of a project in a new folder, whole or not at all.

    Raises:
        UserError: a folder that holds something, an installation without the parts.
    """
    source = SHIPPED if SHIPPED.is_dir() else Settings.root
    absent = [part for part in PARTS if not (source / part).exists()]
    if absent:
        raise UserError(f"{source}: found no {absent[0]}, expected the parts of a project: install the wheel again")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder}: found something there, expected a folder that is new or empty: name another")
    begun = folder.absolute().with_name(f".{folder.absolute().name}.begun")
    shutil.rmtree(begun, ignore_errors=True)
    for part in PARTS:
        (begun / part).parent.mkdir(parents=True, exist_ok=True)
        if (source / part).is_dir():
            left_out = shutil.ignore_patterns(*OF_COMMANDS, *FETCHED.get(part, ()))
            shutil.copytree(source / part, begun / part, ignore=left_out)
        else:
            shutil.copyfile(source / part, begun / part)
    if folder.is_dir():
        folder.rmdir()
    begun.rename(folder)


# The chapters: the notebooks of notebooks/, in their order.

TITLE = re.compile(r"# +\S")
EPCI = re.compile(r"^epci *(:[^=\n]*)?=(?!=)", re.MULTILINE)
COPY = re.compile(r"-Copy\d+$")  # what JupyterLab calls the copy that it makes of a file
LOGOS = "logo_*"  # images of the folder of a démarche that the first page and the info flash show
SIDE_BY_SIDE = "20_departement.ipynb"  # of several EPCIs, no chapter of one
OWN_FROM = "18"  # the numbers of the notebooks of an analyst: the cells of these may change what they like
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
    paths = [path for path in paths if path.name != SIDE_BY_SIDE]
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
        f"notebooks/{in_one_line(path.name)}: refused: {faulty}" if faulty else "",
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
        raise UserError(f"aucun chapitre {', '.join(unknown)} : attendu parmi {', '.join(known)}")
    chosen = [chapter for chapter in every if not numbers or chapter.number in numbers]
    if chosen and all(chapter.fault for chapter in chosen):
        raise UserError("\n".join(chapter.fault for chapter in chosen))
    return chosen

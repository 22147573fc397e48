"""Every path and setting, once."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ctg_analysis.core.errors import UserError

DEFAULT_EPCI = "200067171"
EXAMPLE_EPCI = "999999999"
MATERIAL = "demarche"  # folder of the field material, in raw/ and in private/<siren>/
NORMS = "normes.yml"  # of data/reference: what laws, institutes and usages set, see `core.norms`
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
    the folder that a command is in, or one above. kernels (CTG_KERNELS): `none` runs the cells of each chapter in
    a process of its own; `stock` starts a Jupyter kernel for each. readers (CTG_READERS): who a report is for:
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
    return DataRoot(data / "exemple" if is_invented(epci) else data)


def is_invented(epci: str) -> bool:
    """Tell whether a SIREN is that of an invented EPCI."""
    return epci.startswith(EXAMPLE_PREFIX)


def project_path(path: Path) -> str:
    """Return a path as a person reads it: relative to the project when it is inside."""
    root = settings().root
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)

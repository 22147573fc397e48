"""Every path and setting, once."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_EPCI = "200067171"
EXAMPLE_EPCI = "999999999"
MATERIAL = "demarche"  # folder of the field material, in raw/ and in private/<siren>/
MODELS = "convention"  # folder of data/reference: Word templates, texts that a convention starts from
EXAMPLE_PREFIX = "99999999"  # the invented EPCIs: SIREN numbers that no real EPCI bears


class Settings(BaseSettings):
    """Read from the environment.

    CTG_ROOT: the project's folder, by default the one this package sits in. CTG_KERNELS: `warm` runs chapters in forks
    of a process that has everything imported, where the system can; `stock` starts a Jupyter kernel for each.
    CTG_CHROMIUM: the browser that prints the PDF, when it is not found by its name.
    """

    model_config = SettingsConfigDict(env_prefix="CTG_")
    root: Path = Path(__file__).resolve().parents[2]
    kernels: Literal["warm", "stock"] = "warm"
    chromium: str = ""


@cache
def settings() -> Settings:
    """Return the settings, read once."""
    return Settings()


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

    @property
    def fictional(self) -> bool:
        """True for the invented territory, which never enters a French total."""
        return self.path.name == "exemple"


def data_root(epci: str = DEFAULT_EPCI) -> DataRoot:
    """Return the data root of an EPCI: the invented ones have their own."""
    data = settings().root / "data"
    return DataRoot(data / "exemple" if epci.startswith(EXAMPLE_PREFIX) else data)


def project_path(path: Path) -> str:
    """Return a path as a person reads it: relative to the project when it is inside."""
    root = settings().root
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)

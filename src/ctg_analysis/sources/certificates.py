"""Birth certificates (source.yml): a raw file never travels without one, and never opens if it has changed."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.yaml_files import load_yaml
from ctg_analysis.sources.folders import CERTIFICATE, FULL, source_of
from ctg_analysis.sources.known_sums import sum_of

if TYPE_CHECKING:
    import pandas as pd


class CertifiedFile(BaseModel):
    """What the certificate says of one file."""

    model_config = ConfigDict(extra="allow")
    fichier: str
    lignes: int | None = None  # not counted in fetched files
    octets: int
    sha256: str


class Extent(BaseModel):
    """The part of the country that a list covers, by the codes of its départements or of its EPCIs."""

    model_config = ConfigDict(extra="forbid")
    departements: list[str] = []
    epci: list[str] = []


class Certificate(BaseModel):
    """The birth certificate of a folder of data/raw; its keys are French because readers see them."""

    model_config = ConfigDict(extra="allow")
    id: str
    titre: str
    producteur: str
    jeu_de_donnees: str
    millesime: str | dict
    geographie: str
    licence: str
    date_acces: datetime.date
    couverture: str
    secret_arrondi: str
    reserves: list[str] = []
    etendue: Literal["france_entiere"] | Extent | None = None
    fichiers: list[CertifiedFile]

    @property
    def vintage(self) -> str:
        """Return the vintage in one piece of text."""
        if isinstance(self.millesime, dict):
            return ", ".join(f"{name} {date}" for name, date in self.millesime.items())
        return self.millesime


@dataclass(frozen=True)
class RawFolder:
    """One source of data/raw with its certificate."""

    path: Path
    certificate: Certificate

    @property
    def full(self) -> bool:
        """Tell whether these are the full files, fetched, and not the extract that is shipped."""
        return self.path.name == FULL

    def listed(self, communes: "pd.DataFrame") -> "pd.DataFrame | None":
        """Return which communes the lists of the folder cover, with or without a row; None when it is not known.

        communes: columns departement, epci.
        """
        match self.certificate.etendue:
            case Extent() as extent:
                inside = communes["departement"].isin(extent.departements) | communes["epci"].isin(extent.epci)
                return communes[inside]
            case None if not self.full:
                return None
            case _:
                return communes

    def matching(self, pattern: str) -> list[str]:
        """Return the names of the certified files that match a glob pattern, sorted."""
        names = (entry.fichier for entry in self.certificate.fichiers)
        return sorted(name for name in names if Path(name).match(pattern))

    def some(self, pattern: str) -> list[str]:
        """Return the names that match a glob pattern; raise InputError when there is none."""
        names = self.matching(pattern)
        if not names:
            raise InputError([Finding(project_path(self.path), None, None, "aucun fichier connu", pattern)])
        return names

    def holds(self, name: str, column: str) -> bool:
        """Tell whether a file must have a column: an extract may lack one, when its certificate lists the others."""
        listed = (self.entry(name).model_extra or {}).get("colonnes")
        return listed is None or column in listed

    def entry(self, name: str) -> CertifiedFile:
        """Return what the certificate says of a file."""
        return next(entry for entry in self.certificate.fichiers if entry.fichier == name)


def read_certificate(folder: Path) -> RawFolder:
    """Return a source folder with its certificate; raise InputError when it is absent or incomplete."""
    path = folder / CERTIFICATE
    file = project_path(path)
    if not path.is_file():
        raise InputError([Finding(file, None, None, "aucun certificat", "un source.yml à côté des fichiers")])
    read = load_yaml(path, Certificate)
    certificate = read.value
    name = source_of(folder)
    if certificate.id != name:
        expected = f"le nom du dossier, {name!r}"
        raise InputError([Finding(file, read.lines["id",], "id", repr(certificate.id), expected)])
    return RawFolder(folder, certificate)


def integrity(folder: RawFolder, name: str) -> list[Finding]:
    """Return what is wrong with a file as a whole: absent, or not the bytes that the certificate knows."""
    path = folder.path / name
    file = project_path(path)
    if not path.is_file():
        return [Finding(file, None, None, "aucun fichier", f"le fichier que nomme {CERTIFICATE}")]
    expected, digest = folder.entry(name).sha256, sum_of(path)
    if digest != expected:
        return [Finding(file, None, None, f"sha256 {digest}", f"sha256 {expected}, comme dans {CERTIFICATE}")]
    return []

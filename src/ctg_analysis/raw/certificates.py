"""Birth certificates (source.yml): a raw file never travels without one, and never opens if it has changed."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from ctg_analysis.model.errors import Finding, InputError
from ctg_analysis.model.habits import quote
from ctg_analysis.model.settings import broken, project_path
from ctg_analysis.model.yaml_files import load_yaml
from ctg_analysis.raw.folders import CERTIFICATE, FULL, source_of, sum_of


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

    @property
    def of_france(self) -> bool:
        """Tell whether this is an extract of the whole country."""
        return self.certificate.etendue == "france_entiere"

    def listed(self, communes: pd.DataFrame) -> pd.DataFrame | None:
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
            raise broken(self.path, None, "aucun fichier connu", pattern)
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
    if not path.is_file():
        raise broken(path, None, "aucun certificat", "un source.yml à côté des fichiers")
    read = load_yaml(path, Certificate)
    if read.value.id != source_of(folder):
        expected = f"le nom du dossier, {quote(source_of(folder))}"
        raise InputError([Finding(project_path(path), read.lines["id",], "id", quote(read.value.id), expected)])
    return RawFolder(folder, read.value)


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


SERIES = ["level", "period", "measure"]


def complementary(tables: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Return the facts of a source, each table without the series that an earlier one holds.

    A later table keeps the years, the levels and the measures that the former ones do not have, and only these. An
    index and the same one weighted by its producer (`_total` and `_inhabitants`) are one measure. Where an earlier one
    has a year of a few places alone (`_of_few_places`), it holds that of these.
    """
    if len(tables) == 1:
        return tables
    kept, given, places = [], pd.DataFrame(columns=SERIES, dtype=str), pd.DataFrame(columns=["code", *SERIES])
    for facts in tables:
        numbers, series = _series_of(facts)
        series["measure"] = series["measure"].str.removesuffix("_total").str.removesuffix("_inhabitants")
        fresh = ~pd.MultiIndex.from_frame(series).isin(pd.MultiIndex.from_frame(given))
        rows = facts[fresh[numbers]]
        if len(places):
            rows = rows[~pd.MultiIndex.from_frame(rows[places.columns].astype(str)).isin(places.to_numpy().tolist())]
        kept.append(rows)
        few = _of_few_places(series, numbers.value_counts(sort=False).sort_index().to_numpy())
        places = pd.concat([places, facts.loc[few[numbers], places.columns].astype(str)])
        given = pd.concat([given, series[~few]])
    return kept


FEW_PLACES = 0.1  # of the places that the longest year of a measure has


def _of_few_places(series: pd.DataFrame, sizes: np.ndarray) -> np.ndarray:
    """Tell the series that have less than a tenth of the places of another year of their level and measure.

    series: one a row. sizes: how many places each has.
    """
    many = pd.Series(sizes, series.index).groupby([series["level"], series["measure"]]).transform("max")
    return (sizes < FEW_PLACES * many).to_numpy()


def _series_of(facts: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    """Return the number of the series of each fact, and the series by their numbers, as texts."""
    numbers = facts.groupby(SERIES, observed=True, sort=False).ngroup()
    return numbers, facts.loc[~numbers.duplicated(), SERIES].astype(str)


def with_former(current: list[pd.DataFrame], former: list[pd.DataFrame]) -> pd.DataFrame:
    """Return tables in one, those of files of former years without the series that a current file holds."""
    several = [pd.concat(tables, ignore_index=True) for tables in (current, former) if tables]
    return pd.concat(complementary(several), ignore_index=True)


def given_twice(tables: list[pd.DataFrame], folder: RawFolder) -> list[Finding]:
    """Return what is said of figures that two tables of a source hold."""
    of_tables = [_series_of(table) for table in tables]
    series = pd.concat([series for _, series in of_tables])
    several = pd.MultiIndex.from_frame(series[series.duplicated()])
    if several.empty:
        return []
    there = [pd.MultiIndex.from_frame(own).isin(several)[numbers] for numbers, own in of_tables]
    rows = pd.concat([table[held] for table, held in zip(tables, there, strict=True)])
    again = rows.loc[rows.duplicated(["code", *SERIES]), SERIES].drop_duplicates()
    expected = "chaque chiffre dans un seul fichier : retirer celui dont on ne veut pas"
    found = (f"{row.measure} de {row.period} ({row.level}) dans deux fichiers" for row in again.head(10).itertuples())
    return [Finding(project_path(folder.path), None, None, one, expected) for one in found]

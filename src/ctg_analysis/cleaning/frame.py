"""The geography that every source is brought to: communes and EPCIs by year, what became of them, all territories."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pyarrow.parquet as parquet

from ctg_analysis.cleaning.official import official_geography, yearly_geography
from ctg_analysis.cleaning.perimeter import Perimeter, perimeter_from
from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.files import TEXT
from ctg_analysis.core.geography import read_geography, read_names
from ctg_analysis.core.settings import DataRoot, project_path
from ctg_analysis.core.territories import joined_again, territories
from ctg_analysis.sources.certificates import RawFolder

GEOGRAPHY, CONTOURS, PASSAGE = "etalab_decoupage", "contours", "insee_passage"
DENSITY, MASSIFS = "insee_densite", "anct_massifs"
GEOGRAPHIES = (GEOGRAPHY, PASSAGE, DENSITY, MASSIFS)  # what a frame is read from
FRAME = (GEOGRAPHY, CONTOURS)  # without them no commune is known
NONE_JOINED = MappingProxyType({})
COMMUNES, EPCIS, PLACES = "communes", "epcis", "territories"  # files of a frame that is kept


@dataclass(frozen=True, eq=False)
class Frame:
    """The reference geography and those that lead to it.

    year: the reference year. communes, epcis: by year. places: every territory of the reference year, and the secteurs.
    passage: what communes became, if known.
    """

    year: int
    communes: dict[int, pd.DataFrame]
    epcis: dict[int, pd.DataFrame]
    places: pd.DataFrame
    passage: pd.DataFrame | None = None
    _perimeters: dict[tuple[int, tuple[str, ...]], Perimeter] = field(default_factory=dict)

    @cached_property
    def now(self) -> pd.DataFrame:
        """Return the communes of the reference year, with the secteur of those that have one."""
        now = self.communes[self.year]
        return now.assign(secteur=now["code"].map(self.places.set_index("code")["secteur"].dropna()))

    def perimeter(self, year: int, joined: Mapping[int, tuple[str, ...]] = NONE_JOINED) -> Perimeter:
        """Return how the communes of a year lead to the places of the reference year. joined: see `Geography`."""
        codes = joined.get(year, ())
        if (year, codes) not in self._perimeters:
            communes = self.communes | {self.year: self.now}
            if codes:
                communes[year] = joined_again(communes[year], communes[year - 1], codes)
            self._perimeters[year, codes] = perimeter_from(year, communes, self.year, self.passage)
        return self._perimeters[year, codes]

    def changed_epcis(self, year: int) -> set[str]:
        """Return the EPCIs that are made of other communes than in a year, or in the first that is known after it."""
        return self.perimeter(max(year, min(self.communes))).changed_epcis


def read_frame(root: DataRoot, folders: dict[str, list[RawFolder]]) -> Frame:
    """Return the geography of a data root, from its raw files.

    Raises:
        InputError: with every finding of these files; with none when there is no such source.
    """
    findings: list[Finding] = []

    def first(source: str, clean) -> object:
        try:
            return clean(folders[source][0]) if source in folders else None
        except InputError as error:
            findings.extend(error.findings)
            return None

    communes, epcis = first(GEOGRAPHY, yearly_geography.clean_communes), first(GEOGRAPHY, yearly_geography.clean_epcis)
    passage = first(PASSAGE, official_geography.clean_passage)
    zonings = first(DENSITY, official_geography.clean_density), first(MASSIFS, official_geography.clean_massifs)
    if findings or not (communes and epcis):
        raise InputError(findings)
    year = read_geography(root).annee
    places = official_geography.with_zonings(places_of(root, communes[year], epcis[year]), *zonings)
    return Frame(year, communes, epcis, places, passage)


def missing_of_frame(root: DataRoot, folders: dict[str, list[RawFolder]]) -> list[Finding]:
    """Return what is said of the sources without which no commune is known."""
    expected = "cette source : sans elle, aucune commune n'est connue"
    absent = [name for name in FRAME if name not in folders and not (root.raw / name).is_dir()]
    return [Finding(project_path(root.raw / name), None, None, "aucun dossier de ce nom", expected) for name in absent]


def places_of(root: DataRoot, communes: pd.DataFrame, epcis: pd.DataFrame) -> pd.DataFrame:
    """Return every territory of the reference year (see territories.territories), and the secteurs."""
    names = (read_names(root, file) for file in ("departements.csv", "regions.csv"))
    places = territories(communes, epcis, *names, read_geography(root).france)
    return yearly_geography.with_secteurs(root, places)


def write_frame(frame: Frame, folder: Path) -> None:
    """Write a geography that was read, for `load_frame`."""
    tables = {PLACES: frame.places, "passage": frame.passage}
    tables |= {
        name: pd.concat([table.assign(year=year) for year, table in by_year.items()])
        for name, by_year in ((COMMUNES, frame.communes), (EPCIS, frame.epcis))
    }
    for name, table in tables.items():
        if table is not None:
            table.rename(columns=str).to_parquet(folder / f"{name}.parquet", index=False, compression="zstd")


def load_frame(folder: Path, year: int) -> Frame:
    """Return the geography that `write_frame` has written. year: the reference year."""
    passage = folder / "passage.parquet"
    codes = pd.read_parquet(passage).rename(columns=int) if passage.is_file() else None
    by_year = (_by_year(folder / f"{name}.parquet") for name in (COMMUNES, EPCIS))
    return Frame(year, *by_year, pd.read_parquet(folder / f"{PLACES}.parquet"), codes)


def _by_year(path: Path) -> dict[int, pd.DataFrame]:
    """Return tables of texts by year, each text held once: most are the same in all years."""
    rows = parquet.read_table(path).to_pandas(strings_to_categorical=True)
    rows = rows.astype(dict.fromkeys(rows.select_dtypes("category"), TEXT))
    return {int(year): part.drop(columns="year").reset_index(drop=True) for year, part in rows.groupby("year")}

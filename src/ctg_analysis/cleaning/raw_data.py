"""The raw files of a source, certified, read and cleaned, each in the geography of its own year."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ctg_analysis.cleaning.frame import GEOGRAPHY, PASSAGE, Frame
from ctg_analysis.cleaning.official import cleaners, yearly_geography
from ctg_analysis.cleaning.official.several_files import complementary
from ctg_analysis.cleaning.perimeter import Perimeter, communes_named
from ctg_analysis.core.datasets import Source
from ctg_analysis.core.errors import Finding, InputError, each
from ctg_analysis.core.files import once_each
from ctg_analysis.core.settings import DataRoot, project_path
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.certificates import RawFolder, read_certificate
from ctg_analysis.sources.folders import source_folders

Folders = dict[str, list[RawFolder]]


@dataclass(frozen=True)
class Given:
    """Facts of a source, from one of its folders, in the communes of a year."""

    source: Source
    folder: RawFolder
    year: int
    facts: pd.DataFrame


def certificates(root: DataRoot) -> tuple[Folders, list[Finding]]:
    """Return the folders of every source whose certificate can be read, and what is wrong with the others.

    The full files of a source come before its extract.
    """
    findings: list[Finding] = []
    folders: Folders = {}
    for source, paths in source_folders(root.raw).items():
        for path in paths:
            try:
                folder = read_certificate(path)
            except InputError as error:
                findings += error.findings
                continue
            folders.setdefault(source, []).append(folder)
    return folders, findings


def read_sources(folders: Folders) -> list[str]:
    """Return the ids of the sources of which figures are read, in the order in which their facts stand."""
    return [name for name in [GEOGRAPHY, *cleaners(None)] if name in folders]


def given_of(source: str, folders: Folders, frame: Frame) -> list[Given]:
    """Return the facts of a source, from all its folders, in the geography of its own year.

    Raises:
        InputError: with all the findings of its files.
    """
    declared = SOURCES[source]
    if source == GEOGRAPHY:
        home = folders[GEOGRAPHY][0]
        populations = yearly_geography.clean_populations(home, frame.communes)
        return [Given(declared, home, year, table) for year, table in populations.items()]
    clean = cleaner_of(source, frame)
    tables = complementary(each(clean, folders[source]))
    return [
        Given(declared, folder, year, part)
        for folder, facts in zip(folders[source], tables, strict=True)
        for year, part in by_geography(declared, facts, frame.communes)
    ]


def cleaner_of(source: str, frame: Frame | None) -> Callable[[RawFolder], pd.DataFrame]:
    """Return the function that cleans the folders of a source."""
    return cleaners(frame and frame.communes[max(frame.communes)])[source]


def by_geography(source: Source, table: pd.DataFrame, years: dict[int, pd.DataFrame]) -> list[tuple[int, pd.DataFrame]]:
    """Return the facts of a source by the year of the geography that they are in.

    A file of several years, each in its own geography (that of the Caf's December is the January after), is taken
    apart; what is older or newer than the years we know is read with the nearest of them.
    """
    if source.geography.years:
        year = table["period"].map(source.geography.years)
    elif source.geography.lag is None:
        return [(source.geography.cog, table)]
    else:
        year = once_each(table["period"], lambda periods: periods.str[:4].astype(int)) + source.geography.lag
    nearest = year.clip(min(years), max(years))
    return [(int(cog), table[nearest.eq(cog)]) for cog in sorted(nearest.unique())]


def strangers(facts: pd.DataFrame, source: Source, perimeter: Perimeter, folder: Path) -> list[Finding]:
    """Return what is said of codes of communes that the geography of the source does not know, not even as former."""
    codes = communes_named(facts)
    unknown = sorted(codes - perimeter.known - perimeter.former(codes))
    if source.geography.loose or not unknown:
        return []
    of_a_year = (
        f"des communes de {source.geography.cog}" if source.geography.cog else "des communes de l'année du fichier"
    )
    expected = (
        f"{of_a_year} : corriger le fichier, l'année (`cog` ou `lag`) de sa déclaration dans src/ctg_analysis/sources, "
        f"ou ctg fetch {PASSAGE} pour les communes d'une année antérieure"
    )
    return [Finding(project_path(folder), None, None, ", ".join(unknown[:10]), expected)]

"""All the raw files of a data root, certified, read and cleaned: each source in the geography of its own year."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from ctg_analysis.cleaning.official import cleaners, official_geography, yearly_geography
from ctg_analysis.cleaning.official.contours import clean_contours
from ctg_analysis.cleaning.perimeter import Perimeter, communes_named, perimeter_from
from ctg_analysis.core.datasets import Source
from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.settings import DataRoot, project_path
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.certificates import RawFolder, read_certificate
from ctg_analysis.sources.folders import source_folders

GEOGRAPHY, CONTOURS, PASSAGE = "etalab_decoupage", "contours", "insee_passage"
DENSITY, MASSIFS = "insee_densite", "anct_massifs"
FRAME = (GEOGRAPHY, CONTOURS)  # without them no commune is known
SERIES = ["level", "period", "measure"]

Folders = dict[str, list[RawFolder]]


@dataclass(frozen=True)
class Given:
    """Facts of a source, from one of its folders, in the communes of a year."""

    source: Source
    folder: RawFolder
    year: int
    facts: pd.DataFrame


@dataclass(frozen=True)
class RawData:
    """All the files of a data root, read and cleaned.

    communes, epcis: by year. passage: what communes became, if known. density, massifs: of communes, if known.
    """

    communes: dict[int, pd.DataFrame]
    epcis: dict[int, pd.DataFrame]
    given: list[Given]
    contours: pd.DataFrame
    passage: pd.DataFrame | None
    density: pd.DataFrame | None
    massifs: pd.DataFrame | None


@dataclass(frozen=True)
class Reading:
    """What was read of a data root, each file once, and what is wrong with its certificates and its rows.

    frame: the geography, without any facts; None when a part of it cannot be read. tables: the facts of each folder of
    a source that has a cleaning function, the full files before the extract; None where they cannot be read.
    """

    folders: Folders
    frame: RawData | None
    tables: dict[str, list[tuple[RawFolder, pd.DataFrame | None]]]
    findings: list[Finding]


def read_root(root: DataRoot) -> Reading:
    """Read and clean every source of data/raw: the folders, their certificates, the rows of their files."""
    return read_all(*certificates(root))


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


def read_all(folders: Folders, findings: Sequence[Finding] = ()) -> Reading:
    """Read and clean every source of some folders that has a cleaning function, and keep all that is wrong.

    findings: what is wrong with the certificates already.
    """
    wrong: list[Finding] = []

    def attempt(function, *arguments):
        try:
            return function(*arguments)
        except InputError as error:
            wrong.extend(error.findings)
            return None

    def first(source, clean):
        return attempt(clean, folders[source][0]) if source in folders else None

    communes, epcis = first(GEOGRAPHY, yearly_geography.clean_communes), first(GEOGRAPHY, yearly_geography.clean_epcis)
    contours = first(CONTOURS, clean_contours)
    passage = first(PASSAGE, official_geography.clean_passage)
    zonings = first(DENSITY, official_geography.clean_density), first(MASSIFS, official_geography.clean_massifs)
    whole = not wrong and all(name in folders for name in FRAME)
    frame = RawData(communes, epcis, [], contours, passage, *zonings) if whole else None
    tables = {
        source: [(folder, attempt(clean, folder)) for folder in folders[source]]
        for source, clean in cleaners(communes and communes[max(communes)]).items()
        if source in folders
    }
    return Reading(folders, frame, tables, [*findings, *wrong])


def raw_data(reading: Reading) -> RawData:
    """Return all that was read, each source in the geography of its own year.

    Raises:
        InputError: with all the findings of the reading.
    """
    if reading.findings:
        raise InputError(reading.findings)
    home, frame = reading.folders[GEOGRAPHY][0], reading.frame
    populations = yearly_geography.clean_populations(home, frame.communes)
    given = [Given(SOURCES[GEOGRAPHY], home, year, table) for year, table in populations.items()]
    for source, tables in reading.tables.items():
        for folder, facts in complementary(tables):
            given += [
                Given(SOURCES[source], folder, year, part)
                for year, part in by_geography(SOURCES[source], facts, frame.communes)
            ]
    return replace(frame, given=given)


def complementary(tables: list[tuple[RawFolder, pd.DataFrame]]) -> list[tuple[RawFolder, pd.DataFrame]]:
    """Return the tables of a source, each without what an earlier one holds.

    The extract keeps the years, the levels and the measures that the full files do not have, and only these.
    """
    if len(tables) == 1:
        return tables
    kept, given = [], pd.MultiIndex.from_arrays([[]] * len(SERIES))
    for folder, facts in tables:
        series = pd.MultiIndex.from_frame(facts[SERIES].astype(str))
        kept.append((folder, facts[~series.isin(given)]))
        given = given.append(series.unique())
    return kept


def by_geography(source: Source, table: pd.DataFrame, years: dict[int, pd.DataFrame]) -> list[tuple[int, pd.DataFrame]]:
    """Return the facts of a source by the year of the geography that they are in.

    A file of several years, each in its own geography (that of the Caf's December is the January after), is taken
    apart; what is older or newer than the years we know is read with the nearest of them.
    """
    if source.geography.lag is None:
        return [(source.geography.cog, table)]
    year = table["period"].str[:4].astype(int) + source.geography.lag
    nearest = year.clip(min(years), max(years))
    return [(int(cog), table[nearest.eq(cog)]) for cog in sorted(nearest.unique())]


def perimeters_of(data: RawData, reference: int, now: pd.DataFrame) -> dict[int, Perimeter]:
    """Return the perimeter of each year of geography that a source is in; now: the communes of the reference year."""
    communes = data.communes | {reference: now}
    return {
        year: perimeter_from(year, communes, reference, data.passage) for year in {given.year for given in data.given}
    }


def strangers(facts: pd.DataFrame, source: Source, perimeter: Perimeter, folder: Path) -> list[Finding]:
    """Return what is said of codes of communes that the geography of the source does not know, not even as former."""
    codes = communes_named(facts)
    unknown = sorted(codes - perimeter.known - perimeter.former(codes))
    if source.geography.loose or not unknown:
        return []
    of_a_year = f"communes of {source.geography.cog}" if source.geography.cog else "communes of the year of the file"
    expected = (
        f"{of_a_year}: correct the file, the year (`cog` or `lag`) of its declaration in src/ctg_analysis/sources, "
        f"or run ctg fetch {PASSAGE} for communes of an earlier year"
    )
    return [Finding(project_path(folder), None, None, ", ".join(unknown[:10]), expected)]

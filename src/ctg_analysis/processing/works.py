"""The works of `ctg data` that are done side by side: each makes an entry of what is kept, from files alone."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.cleaning.fact_files import read_facts, write_facts
from ctg_analysis.cleaning.frame import CONTOURS, Frame, load_frame, read_frame, write_frame
from ctg_analysis.cleaning.official.contours import clean_contours, extents, projected
from ctg_analysis.cleaning.raw_data import Folders
from ctg_analysis.cleaning.source_facts import facts_of_source
from ctg_analysis.core.geography import BOUNDS, read_geography
from ctg_analysis.core.processes import give_memory_back
from ctg_analysis.core.settings import DataRoot
from ctg_analysis.core.territories import membership
from ctg_analysis.indicators.intervals import coded_fractions
from ctg_analysis.indicators.observation_files import LOCAL, write_observations
from ctg_analysis.indicators.observations import emptied
from ctg_analysis.indicators.observe import POPULATION, REFERENCE_POPULATIONS, observe_coded
from ctg_analysis.indicators.preferred_sources import first_available
from ctg_analysis.processing.caf_rounding import CAF_BY_COMMUNE, CAF_BY_EPCI, rounding_rule, with_rounding_rule
from ctg_analysis.processing.groups import measures_read
from ctg_analysis.processing.kept import keeping
from ctg_analysis.processing.material import write_material
from ctg_analysis.sources import SOURCES

CONTOURS_TOGETHER = 128  # neighbours together, so that a part of the country is read without the rest
TABLE = "table.parquet"
ROUNDED = (CAF_BY_COMMUNE, CAF_BY_EPCI)  # the files that show how the Caf rounds


@dataclass(frozen=True)
class Work:
    """What is made: an entry, named for the person who waits.

    root: the data root. folder: the entry. aside: a scratch folder on its disk. frame: the entry of the geography.
    large: it takes much memory.
    """

    root: DataRoot
    name: str
    folder: Path
    aside: Path
    frame: Path | None = None
    large: bool = False


@lru_cache(maxsize=2)
def frame_of(folder: Path, year: int) -> Frame:
    """Return the geography that an entry holds, read once in a process."""
    return load_frame(folder, year)


def frame_of_work(work: Work) -> Frame:
    """Return the geography that a work is done in."""
    return frame_of(work.frame, read_geography(work.root).annee)


def make_frame(work: Work, folders: Folders) -> None:
    """Keep the geography of a data root. folders: those of its sources."""
    with keeping(work.folder, work.aside) as fresh:
        write_frame(read_frame(work.root, folders), fresh)


def make_contours(work: Work, folders: Folders) -> None:
    """Keep the contours of the communes of the reference year. folders: those of their source."""
    places = frame_of_work(work).places
    communes = places.loc[places["level"] == "commune", ["code", "epci"]]
    table = projected(clean_contours(folders[CONTOURS][0]).merge(communes, on="code", how="inner"))
    with keeping(work.folder, work.aside) as fresh:
        options = {"row_group_size": CONTOURS_TOGETHER, "write_statistics": ["crs", *BOUNDS]}
        table.to_parquet(fresh / f"{CONTOURS}.parquet", index=False, compression="zstd", **options)
        extents(table).to_parquet(fresh / "extents.parquet", index=False, compression="zstd")


def make_facts(work: Work, folders: Folders) -> None:
    """Keep the facts of a source in the reference geography; none when no indicator asks for them.

    folders: those of the source, and of the geography.
    """
    facts = facts_of_source(work.name, folders, frame_of_work(work))
    asked = any(work.name in indicator.sources for indicator in CATALOGUE.values())
    with keeping(work.folder, work.aside) as fresh:
        write_facts((table if asked else table[:0] for table in facts), fresh)


def make_populations(work: Work, facts: list[Path]) -> None:
    """Keep one reference population by commune and year."""
    rows = read_facts(facts, measure={POPULATION}, level={"commune"})
    rows = rows[rows["source"].isin(REFERENCE_POPULATIONS)].astype({"code": str, "level": str, "period": str})
    with keeping(work.folder, work.aside) as fresh:
        first_available(rows, REFERENCE_POPULATIONS).to_parquet(fresh / TABLE, index=False, compression="zstd")


def read_populations(folder: Path) -> pd.DataFrame:
    """Return one reference population by commune and year."""
    return pd.read_parquet(folder / TABLE)


def newest(populations: pd.DataFrame) -> pd.DataFrame:
    """Return the latest population of each commune."""
    return populations.sort_values("period", kind="stable").drop_duplicates("code", keep="last")


def make_material(work: Work, made_from: dict[str, str]) -> None:
    """Write the tables of the démarches."""
    write_material(work.folder, work.root, frame_of_work(work).places, made_from)


def make_rounding(work: Work, facts: list[Path]) -> None:
    """Keep the way the Caf rounds."""
    places = frame_of_work(work).places
    epci_of = places[places["level"].eq("commune")].set_index("code")["epci"]
    rows = read_facts(facts, level={"commune", "epci"})
    rule = rounding_rule(rows, epci_of, SOURCES[CAF_BY_EPCI].precision.rounding)
    with keeping(work.folder, work.aside) as fresh:
        pd.DataFrame({"rule": [rule]}).to_parquet(fresh / TABLE, index=False)


def read_rounding(folder: Path) -> str:
    """Return the way the Caf rounds."""
    return pd.read_parquet(folder / TABLE)["rule"].item()


def make_observations(work: Work, indicators: list[str], facts: list[Path], populations: Path, rule: str) -> None:
    """Keep the observations of open indicators: nothing of theirs is withheld, nor tells what is.

    rule: how the Caf rounds.
    """
    group = [CATALOGUE[name] for name in indicators]
    frame = frame_of_work(work)
    sources = with_rounding_rule(SOURCES, rule)
    sampled = any(sources[name].precision.sampled for indicator in group for name in indicator.sources)
    fractions = fractions_of(populations, frame) if sampled else None
    with keeping(work.folder, work.aside) as fresh:
        observed = emptied(observe_coded(group, read_facts(facts, measure=measures_read(group)), sources, fractions))
        give_memory_back()
        write_observations(observed, epci_of_local(frame), fresh)


@lru_cache(maxsize=2)
def fractions_of(populations: Path, frame: Frame) -> pd.DataFrame:
    """Return the fractions of the dwellings that the census reads (see intervals.coded_fractions), once in a process.

    populations: as they are kept.
    """
    return coded_fractions(newest(read_populations(populations)), membership(frame.places))


@lru_cache(maxsize=2)
def epci_of_local(frame: Frame) -> pd.Series:
    """Return the EPCI of each commune and each secteur, by code."""
    places = frame.places
    return places[places["level"].isin(LOCAL)].set_index("code")["epci"]

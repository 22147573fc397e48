"""What is made of a data root, stage by stage: each says which works are left to do, from what is kept of them."""

import shutil
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.cleaning.fact_files import measures_of, size_of
from ctg_analysis.cleaning.frame import CONTOURS, GEOGRAPHIES, GEOGRAPHY, missing_of_frame, read_frame
from ctg_analysis.cleaning.raw_data import Folders, certificates, read_sources
from ctg_analysis.core.errors import Finding
from ctg_analysis.core.scratch import put_in_place
from ctg_analysis.core.settings import MATERIAL, NORMS, DataRoot
from ctg_analysis.indicators.observe import POPULATION
from ctg_analysis.processing import kept, works
from ctg_analysis.processing.check_raw import strays
from ctg_analysis.processing.conclusion import COMPARED, conclude, link, make_profiles
from ctg_analysis.processing.freshness import (
    EVERYWHERE,
    PAGES,
    changed,
    is_material_stale,
    is_whole,
    library,
    locked,
    tables_in,
    write_manifest,
)
from ctg_analysis.processing.groups import RESTRICTED, groups, groups_of, measures_read
from ctg_analysis.processing.restricted import ADDED
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.certificates import read_certificate
from ctg_analysis.sources.folders import files_of

Task = partial
LARGE, LARGE_FACTS = 200_000_000, 10_000_000  # bytes of files, of facts: of more, a gigabyte of memory is made
OF_MATERIAL = (*(f"raw/{name}/" for name in GEOGRAPHIES), *EVERYWHERE)
NOT_FOR_FACTS = PAGES | {"catalogue", "indicators", "secrecy", "demarche", "processing"}
NOT_FOR_OBSERVATIONS = PAGES | {"demarche"}


@dataclass(eq=False)
class Derivation:
    """A data root on its way from its files to its tables.

    inputs, material: see `freshness`.
    aside: a scratch folder on its disk, where the tables are written.
    findings: what is wrong so far, with which no stage goes on. used: the entries of what is kept that are of use.
    """

    root: DataRoot
    inputs: dict[str, str]
    material: dict[str, str]
    aside: Path
    findings: list[Finding] = field(default_factory=list)
    used: list[Path] = field(default_factory=list)
    are_tables_due: bool = field(init=False)
    is_material_due: bool = field(init=False)
    STAGES = (
        ("geography",),
        ("material", "facts"),
        ("populations",),
        ("observations",),
        ("profiles", "tables"),
    )  # some together

    def __post_init__(self):
        """See what of data/processed is still what would be made."""
        due = changed(self.root, self.inputs)
        self.are_tables_due = bool(due) or not is_whole(self.root.processed)
        self.is_material_due = is_material_stale(self.root) or any(name.startswith(OF_MATERIAL) for name in due)

    @property
    def fresh(self) -> Path:
        """The folder of the tables, which takes the place of data/processed."""
        return self.aside / "fresh"

    def left(self, stage: str) -> list[Task]:
        """Return the works of a stage that are left to do."""
        return getattr(self, f"_{stage}")()

    def _entry(self, kind: str, name: str, *made_from: object) -> tuple[Path, bool]:
        """Return an entry of what is kept, and whether it is to be made."""
        folder = kept.entry(self.root, kind, name, made_from)
        self.used.append(folder)
        return folder, not kept.is_kept(folder)

    def _work(self, name: str, folder: Path) -> works.Work:
        return works.Work(self.root, name, folder, self.aside, self.frame)

    def _files(self, *prefixes: str) -> dict[str, str]:
        return {name: digest for name, digest in self.inputs.items() if name.startswith(prefixes)}

    def _folders(self, *sources: str) -> Folders:
        return {name: self.folders[name] for name in sources if name in self.folders}

    def _geography(self) -> list[Task]:
        self.folders, self.findings = certificates(self.root)
        self.findings += [*strays(self.root.raw), *missing_of_frame(self.root, self.folders)]
        named = (f"raw/{name}/" for name in GEOGRAPHIES)
        self._made_by = library(NOT_FOR_FACTS), locked()
        files = self._files("reference/", *named)
        self.frame = None
        self.frame, missing = self._entry(kept.FRAMES, GEOGRAPHY, files, *self._made_by)
        folders = self._folders(*GEOGRAPHIES)
        return [partial(works.make_frame, self._work(GEOGRAPHY, self.frame), folders)] if missing else []

    def _facts(self) -> list[Task]:
        self.facts, tasks = {}, []
        for name in [*read_sources(self.folders), CONTOURS]:
            kind, make = (kept.CONTOURS, works.make_contours) if name == CONTOURS else (kept.FACTS, works.make_facts)
            files = self._files(f"raw/{name}/"), self.frame.name
            folder, missing = self._entry(kind, name, files, *self._made_by)
            self.facts[name] = folder
            if missing:
                size = sum(path.stat().st_size for path in files_of(self.root.raw / name))
                work = replace(self._work(name, folder), large=size > LARGE)
                tasks.append((size, name, partial(make, work, self._folders(name, GEOGRAPHY))))
        return [task for *_, task in sorted(tasks, key=lambda task: task[:2], reverse=True)]  # the longest first

    def _populations(self) -> list[Task]:
        self.contours = self.facts.pop(CONTOURS)
        self.measures = {name: measures_of(folder) for name, folder in self.facts.items()}
        rounded = [self.facts[name] for name in works.ROUNDED if name in self.facts]
        facts = self._with_measures({POPULATION})
        made = {
            works.make_populations: self._entry(kept.POPULATIONS, POPULATION, self._sums(facts), *self._made_by),
            works.make_rounding: self._entry(
                kept.POPULATIONS, "rounding", self._sums(rounded), self.frame.name, library(NOT_FOR_OBSERVATIONS)
            ),
        }
        (self.populations, _), (self.rounding, _) = made.values()
        given = {works.make_populations: facts, works.make_rounding: rounded}
        return [
            partial(make, self._work(folder.name, folder), given[make])
            for make, (folder, missing) in made.items()
            if missing
        ]

    def _with_measures(self, measures: set[str]) -> list[Path]:
        """Return the facts in which some measures are."""
        return [folder for name, folder in self.facts.items() if self.measures[name] & measures]

    @staticmethod
    def _sums(folders: list[Path]) -> list[dict[str, str]]:
        return [tables_in(folder) for folder in folders]

    def _observations(self) -> list[Task]:
        self.groups, tasks = {}, []
        rule = works.read_rounding(self.rounding)
        made_by = (library(NOT_FOR_OBSERVATIONS), locked(), self._files(f"reference/{NORMS}"), self.frame.name)
        for name, group in groups(CATALOGUE.values(), SOURCES).items():
            indicators = [indicator.id for indicator in group]
            facts = self._with_measures(measures_read(group))
            if name == RESTRICTED or not any(source in self.facts for one in group for source in one.sources):
                continue
            sums = self._sums([*facts, self.populations])
            folder, missing = self._entry(kept.OBSERVATIONS, name, indicators, sums, rule, *made_by)
            self.groups[name] = folder
            if missing:
                work = replace(self._work(name, folder), large=sum(map(size_of, facts)) > LARGE_FACTS)
                tasks.append(partial(works.make_observations, work, indicators, facts, self.populations, rule))
        return tasks

    def _profiles(self) -> list[Task]:
        groups = [self.groups[name] for name in groups_of(COMPARED) if name in self.groups]
        names = self.frame.name, [folder.name for folder in groups]
        self.profiles, missing = self._entry(kept.PROFILES, "profiles", names, library(NOT_FOR_OBSERVATIONS), locked())
        return [partial(make_profiles, self._work("profiles", self.profiles), groups)] if missing else []

    def _around(self) -> list[Path]:
        """Return the facts that restricted indicators may ask for."""
        return self._with_measures(measures_read(groups(CATALOGUE.values(), SOURCES)[RESTRICTED]) | ADDED)

    def _tables(self) -> list[Task]:
        if not self.are_tables_due:
            return []
        made = (self._around(), self.groups, self.populations, works.read_rounding(self.rounding), self.contours)
        return [partial(conclude, self._work("tables", self.fresh), self.folders, *made)]

    def _material(self) -> list[Task]:
        if not self.is_material_due:
            return []
        return [partial(works.make_material, self._work("démarches", self.aside / MATERIAL), self.material)]

    def take_place(self) -> None:
        """Put what was made in the place of what data/processed holds of it, and leave the rest as it is."""
        made, there = self.aside / MATERIAL, self.root.processed / MATERIAL
        if self.are_tables_due:
            link((self.profiles / f"{name}.parquet" for name in ("vintages", "profiles")), self.fresh)
            write_manifest(self.fresh, self.inputs)
            if self.is_material_due:
                made.rename(self.fresh / MATERIAL)
            else:
                shutil.copytree(there, self.fresh / MATERIAL)
            put_in_place(self.fresh, self.root.processed)
        elif self.is_material_due:
            put_in_place(made, there)


def read_places(root: DataRoot) -> pd.DataFrame:
    """Return every territory, from the files of the geography alone: no statistics are needed, nor `ctg data`."""
    home = read_certificate(root.raw / GEOGRAPHY)
    return read_frame(root, {GEOGRAPHY: [home]}).places

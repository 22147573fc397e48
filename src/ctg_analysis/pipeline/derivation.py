"""What is made of a data root, stage by stage, and the tables that come of it."""

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pandas as pd

from ctg_analysis.clean.establishments import ESTABLISHMENTS
from ctg_analysis.clean.establishments import SOURCES_READ as OF_EDUCATION
from ctg_analysis.clean.facts import FILE, Folders, certified_folders, measures_of, sources_with_figures
from ctg_analysis.clean.frame import CONTOURS, GEOGRAPHIES, GEOGRAPHY, missing_of_frame, read_frame
from ctg_analysis.clean.neighbourhoods import NEIGHBOURHOODS
from ctg_analysis.clean.neighbourhoods import SOURCES_READ as OF_NEIGHBOURHOODS
from ctg_analysis.clean.partner_files import Agreement
from ctg_analysis.clean.received_forms import blanks, with_thresholds
from ctg_analysis.clean.structures import STRUCTURES, each_once
from ctg_analysis.indicators import observations
from ctg_analysis.indicators.demography import WORKED_OUT_FROM, ages_of, back_test
from ctg_analysis.indicators.observe import POPULATION
from ctg_analysis.indicators.peers import READ, VARIABLES, classify, density_of_epcis, profiles, vintages
from ctg_analysis.indicators.spread import OF, inequality, spread_of
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import Finding
from ctg_analysis.model.scratch import put_in_place
from ctg_analysis.model.settings import MATERIAL, NORMS, DataRoot
from ctg_analysis.model.source import SOURCES
from ctg_analysis.pipeline import freshness, works
from ctg_analysis.pipeline.check_raw import strays
from ctg_analysis.raw.certificates import read_certificate
from ctg_analysis.raw.folders import DOUBTED, files_of, write_unread
from ctg_analysis.secrecy.rounding import rounding_note, with_rounding_rule

COMPARED = {variable.indicator for variable in VARIABLES.values() if variable.indicator}
ROWS_TOGETHER = 8192  # so that the rows of one EPCI are read without those of all


def conclude(
    work: works.Work,
    folders: Folders,
    facts: list[Path],
    kept: dict[str, Path],
    populations: Path,
    rule: str,
    contours: Path,
    establishments: Path,
    structures: list[Path],
) -> None:
    """Write the tables of a data root, but for those of `make_profiles`: observations, territories, contours,
    evidence, spaces, structures, neighbourhoods, blanks, sources, projection_errors, spread, inequality, notes.

    Parameters:
        work: its folder is that of the tables.
        folders: those of the sources.
        facts: those that restricted indicators may ask for.
        kept: the observations of each group of open indicators.
        populations, contours, establishments: as they are kept.
        rule: how the Caf rounds.
        structures: the tables that each source has of them.
    """
    root, fresh, frame = work.root, work.folder, works.frame_of_work(work)
    places = frame.places
    fresh.mkdir()
    link(contours.glob("*.parquet"), fresh)
    link([establishments / NEIGHBOURHOODS], fresh)
    for name, folder in kept.items():
        link(folder.glob(observations.COMMUNES), fresh / observations.FOLDER / name)
    observations.join_above(kept.values(), fresh)
    private, doubted = works.read_plausible(root, places, fresh)
    sources = with_thresholds(with_rounding_rule(SOURCES, rule), private.agreements)
    names = places[places["level"].eq("commune")].set_index("code")["name"]
    of_education = pd.read_parquet(establishments / ESTABLISHMENTS)
    restricted = works.restricted_observations(frame, private.facts, facts, populations, sources)
    if len(restricted):
        home = work.aside / works.RESTRICTED
        home.mkdir()
        observations.write_observations(restricted.astype(observations.CODED), works.epci_of_local(frame), home)
        link(home.glob(observations.COMMUNES), fresh / observations.FOLDER / works.RESTRICTED)
        observations.join_above([*kept.values(), home], fresh)
    larger = observations.read_groups([fresh / observations.FOLDER], CATALOGUE, observations.COLUMNS)
    left_blank = blanks(private.facts, places).assign(doubted=False)
    tables = {
        "territories": places,
        "spread": spread_of(larger, CATALOGUE),
        "inequality": inequality(_communes(fresh, places), CATALOGUE),
        "evidence": private.words,
        "spaces": private.spaces,
        "structures": each_once(map(pd.read_parquet, structures), of_education, names),
        "blanks": pd.concat([doubted.assign(doubted=True), left_blank]).drop_duplicates([*doubted.columns]),
        "sources": received(folders, private.agreements),
        "projection_errors": back_test(ages_of(observations.read_indicators(fresh, WORKED_OUT_FROM, groups=()))),
    }
    _write(tables, fresh)
    write_unread(fresh, private.unread)
    here = places[places["code"].isin(doubted["territory"])]
    doubted_epcis = sorted({*here["epci"].fillna(here["code"])})
    (fresh / DOUBTED).write_text(json.dumps(doubted_epcis) + "\n", encoding="utf-8")
    (fresh / freshness.NOTES).write_text(f"{json.dumps([rounding_note(rule)], ensure_ascii=False)}\n", encoding="utf-8")


def _communes(fresh: Path, places: pd.DataFrame) -> pd.DataFrame:
    """Return the communes of which the inequality between them is told, under the EPCI that they are of."""
    folders = [fresh / observations.FOLDER / name for name in works.groups_of(OF)]
    rows = observations.read_groups(folders, OF, observations.COLUMNS).query("level == 'commune'")
    known = places.drop_duplicates("code").set_index("code")
    epci, inhabitants = (rows["territory"].astype(object).map(known[name]) for name in ("epci", "total_population"))
    return rows.assign(territory=epci, weight=rows["denominator"].fillna(inhabitants)).dropna(subset="territory")


def make_profiles(work: works.Work, kept: list[Path]) -> None:
    """Keep what EPCIs are compared by to find their peers: profiles, vintages. kept: the observations of COMPARED."""
    observed, frame = observations.read_groups(kept, COMPARED, READ), works.frame_of_work(work)
    variables, density = profiles(observed, frame.places), density_of_epcis(observed, frame.places)
    classes = classify(variables, frame.places, frame.epcis[frame.year], density, invented=work.root.fictional)
    table = variables.join(classes.add_prefix("class_")).reset_index()
    with freshness.keeping(work.folder, work.aside) as fresh:
        _write({"vintages": vintages(observed).reset_index(), "profiles": table}, fresh)


def _write(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False, compression="zstd", row_group_size=ROWS_TOGETHER)


def link(paths: Iterable[Path], folder: Path) -> None:
    """Put tables in a folder, without copying them where the disk can."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        try:
            os.link(path, folder / path.name)
        except OSError:  # a disk that has no links
            shutil.copy2(path, folder / path.name)


def received(folders: Folders, agreements: dict[str, Agreement]) -> pd.DataFrame:
    """Return when each source was had, as text: columns source, date (ISO), vintage.

    Of full files beside an extract: the date of the full files, both vintages.
    """
    rows = [
        (source, several[0].certificate.date_acces.isoformat(), " ; ".join(dict.fromkeys(vintages)))
        for source, several in folders.items()
        for vintages in [[folder.certificate.vintage for folder in several]]
    ]
    rows += [(source, agreement.recu_le.isoformat(), "") for source, agreement in agreements.items()]
    return pd.DataFrame(sorted(rows), columns=["source", "date", "vintage"], dtype=str)


Task = partial
LARGE, LARGE_FACTS = 200_000_000, 10_000_000  # bytes of files, of facts: of more, a gigabyte of memory is made
OF_MATERIAL = (*(f"raw/{name}/" for name in GEOGRAPHIES), *freshness.EVERYWHERE)
NOT_FOR_FACTS = freshness.PAGES | {
    "model/catalogue",
    "model/declared/indicators",
    "indicators",
    "secrecy",
    "demarche",
    "pipeline",
}
README, MADE_BY = "README.md", "What is made of data/raw: by `ctg data`, never committed.\n"  # as a clone has it
NOT_FOR_OBSERVATIONS = freshness.PAGES | {"demarche"}


@dataclass(eq=False)
class Derivation:
    """A data root on its way from its files to its tables.

    inputs, material: see `freshness`.
    aside: a scratch folder on its disk, where the tables are written.
    findings: what is wrong so far, with which no stage goes on. used: the entries of what is kept that are of use.
    STAGES: of its works, one after the other; some together.
    """

    root: DataRoot
    inputs: dict[str, str]
    material: dict[str, str]
    aside: Path
    findings: list[Finding] = field(default_factory=list)
    used: list[Path] = field(default_factory=list)
    are_tables_due: bool = field(init=False)
    is_material_due: bool = field(init=False)
    STAGES = (("geography",), ("material", "facts"), ("populations",), ("observations",), ("profiles", "tables"))

    def __post_init__(self):
        """See what of data/processed is still what would be made."""
        due = freshness.changed(self.root, self.inputs)
        self.are_tables_due = bool(due) or not freshness.is_whole(self.root.processed)
        of_material = any(name.startswith(OF_MATERIAL) for name in due)
        self.is_material_due = of_material or freshness.is_material_stale(self.root)

    @property
    def fresh(self) -> Path:
        """The folder of the tables, which takes the place of data/processed."""
        return self.aside / "fresh"

    def left(self, stage: str) -> list[Task]:
        """Return the works of a stage that are left to do."""
        return getattr(self, f"_{stage}")()

    def _entry(self, kind: str, name: str, *made_from: object) -> tuple[Path, bool]:
        folder = freshness.entry(self.root, kind, name, made_from)
        self.used.append(folder)
        return folder, not freshness.is_whole(folder)

    def _work(self, name: str, folder: Path) -> works.Work:
        return works.Work(self.root, name, folder, self.aside, self.frame)

    def _files(self, *prefixes: str) -> dict[str, str]:
        return {name: digest for name, digest in self.inputs.items() if name.startswith(prefixes)}

    def _folders(self, *sources: str) -> Folders:
        return {name: self.folders[name] for name in sources if name in self.folders}

    def _with_measures(self, measures: set[str]) -> list[Path]:
        return [folder for name, folder in self.facts.items() if self.measures[name] & measures]

    def _geography(self) -> list[Task]:
        self.folders, self.findings = certified_folders(self.root)
        self.findings += [*strays(self.root.raw), *missing_of_frame(self.root, self.folders)]
        named = (f"raw/{name}/" for name in GEOGRAPHIES)
        self._made_by = freshness.library(NOT_FOR_FACTS), freshness.locked()
        self._observed_by = freshness.library(NOT_FOR_OBSERVATIONS), freshness.locked()
        files = self._files("reference/", *named)
        self.frame = None
        self.frame, missing = self._entry(freshness.FRAMES, GEOGRAPHY, files, *self._made_by)
        folders = self._folders(*GEOGRAPHIES)
        return [partial(works.make_frame, self._work(GEOGRAPHY, self.frame), folders)] if missing else []

    def _facts(self) -> list[Task]:
        self.facts, tasks = {}, []
        for name in [*sources_with_figures(self.folders), CONTOURS]:
            kind, make = freshness.FACTS, works.make_facts
            if name == CONTOURS:
                kind, make = freshness.CONTOURS, works.make_contours
            files = self._files(f"raw/{name}/"), self.frame.name
            folder, missing = self._entry(kind, name, files, *self._made_by)
            self.facts[name] = folder
            if missing:
                size = sum(path.stat().st_size for path in files_of(self.root.raw / name))
                work = replace(self._work(name, folder), large=size > LARGE)
                tasks.append((size, name, partial(make, work, self._folders(name, GEOGRAPHY))))
        named = {*OF_EDUCATION, *OF_NEIGHBOURHOODS}
        files = self._files(*(f"raw/{name}/" for name in named)), self.frame.name
        self.establishments, missing = self._entry(freshness.ESTABLISHMENTS, "establishments", files, *self._made_by)
        if missing:
            work = self._work("établissements", self.establishments)
            tasks.append((0, "établissements", partial(works.make_establishments, work, self._folders(*named))))
        return [task for *_, task in sorted(tasks, key=lambda task: task[:2], reverse=True)]  # the longest first

    def _populations(self) -> list[Task]:
        self.contours = self.facts.pop(CONTOURS)
        self.measures = {name: measures_of(folder) for name, folder in self.facts.items()}
        rounded = [self.facts[name] for name in works.ROUNDED if name in self.facts]
        facts = self._with_measures({POPULATION})
        kind, made_by = freshness.POPULATIONS, (self.frame.name, *self._observed_by)
        self.populations, missing = self._entry(kind, POPULATION, [*map(freshness.tables_in, facts)], *self._made_by)
        self.rounding, unknown = self._entry(kind, "rounding", [*map(freshness.tables_in, rounded)], *made_by)
        tasks = [(works.make_populations, self.populations, facts)] if missing else []
        tasks += [(works.make_rounding, self.rounding, rounded)] if unknown else []
        return [partial(make, self._work(folder.name, folder), given) for make, folder, given in tasks]

    def _observations(self) -> list[Task]:
        self.groups, tasks = {}, []
        rule = works.read_rounding(self.rounding)
        made_by = (*self._observed_by, self._files(f"reference/{NORMS}"), self.frame.name)
        for name, group in works.groups(CATALOGUE.values(), SOURCES).items():
            indicators = [indicator.id for indicator in group]
            facts = self._with_measures(works.measures_read(group))
            if name == works.RESTRICTED or not any(source in self.facts for one in group for source in one.sources):
                continue
            sums = [*map(freshness.tables_in, [*facts, self.populations])]
            folder, missing = self._entry(freshness.OBSERVATIONS, name, indicators, sums, rule, *made_by)
            self.groups[name] = folder
            if missing:
                size = sum((one / FILE).stat().st_size for one in facts)
                work = replace(self._work(name, folder), large=size > LARGE_FACTS)
                tasks.append(partial(works.make_observations, work, indicators, facts, self.populations, rule))
        return tasks

    def _profiles(self) -> list[Task]:
        groups = [self.groups[name] for name in works.groups_of(COMPARED) if name in self.groups]
        made_from = self.frame.name, [folder.name for folder in groups], *self._observed_by
        self.profiles, missing = self._entry(freshness.PROFILES, "profiles", *made_from)
        return [partial(make_profiles, self._work("profiles", self.profiles), groups)] if missing else []

    def _tables(self) -> list[Task]:
        if not self.are_tables_due:
            return []
        asked = works.measures_read(works.groups(CATALOGUE.values(), SOURCES)[works.RESTRICTED]) | works.ADDED
        facts, rule = self._with_measures(asked), works.read_rounding(self.rounding)
        structures = [one / STRUCTURES for one in self.facts.values() if (one / STRUCTURES).is_file()]
        made = (facts, self.groups, self.populations, rule, self.contours, self.establishments, structures)
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
            freshness.write_manifest(self.fresh, self.inputs)
            (self.fresh / README).write_text(MADE_BY, encoding="utf-8")
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

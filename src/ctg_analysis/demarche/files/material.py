"""The field material of a démarche, opened whole: its tables, its convention, its info flashes.

What holds personal data is apart (`restricted`): nothing here reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.settings import DataRoot, project_path
from ctg_analysis.core.yaml_files import ReadYaml, read_yaml
from ctg_analysis.demarche.files.anonymity import personal_data, personal_data_in_yaml
from ctg_analysis.demarche.files.questionnaire import questions_wrong
from ctg_analysis.demarche.files.reading import Read, read_table
from ctg_analysis.demarche.files.references import dangling, of_convention, of_info_flashes
from ctg_analysis.demarche.tables import PUBLIC, Table
from ctg_analysis.demarche.tables.documents import Consultation, Convention, InfoFlash
from ctg_analysis.sources.folders import is_note

CONVENTION, INFO_FLASH, CONSULTATION = "convention.yml", "info_flash.yml", "consultation.yml"
FORMER_CONVENTION = "convention_precedente.yml"  # the version before, kept as it was: what changes is shown against it
ALLOWED = "noms_admis.txt"
YAML_FILES = {
    CONVENTION: Convention,
    FORMER_CONVENTION: Convention,
    INFO_FLASH: list[InfoFlash],
    CONSULTATION: Consultation,
}
IMAGES = {".png", ".jpg", ".svg"}
TEMPLATES = {"convention.docx", "modifications.docx", "fiche_action.docx"}  # of Word, in the place of ours


@dataclass(frozen=True)
class Material:
    """What a démarche has gathered. tables: by name, all of them, without rows when the file is absent.

    A table has the columns of its model in pandas types (lists are tuples); its index is the line in the file.
    former_convention: the version before, when it was kept.
    """

    epci: str
    tables: Mapping[str, pd.DataFrame]
    convention: Convention | None
    former_convention: Convention | None
    info_flashes: tuple[InfoFlash, ...]
    consultation: Consultation | None = None

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table."""
        return self.tables[name]


@dataclass(frozen=True)
class Gathered:
    """The files of a folder as they were read, with what is wrong with each; allowed: names that are no person's."""

    folder: Path
    tables: dict[str, Read]
    convention: ReadYaml
    former_convention: ReadYaml
    info_flashes: ReadYaml
    consultation: ReadYaml
    allowed: tuple[str, ...]

    @property
    def findings(self) -> list[Finding]:
        """Return what is wrong with the files, each taken alone."""
        yaml = (self.convention, self.former_convention, self.info_flashes, self.consultation)
        reads = [*self.tables.values(), *yaml]
        return [finding for read in reads for finding in read.findings]


def open_material(root: DataRoot, epci: str, places: pd.DataFrame) -> Material:
    """Return the field material of an EPCI, where nothing is wrong and nobody is named.

    places: columns level, code, name, epci, as in processed/territories.parquet.

    Raises:
        InputError: with the findings of all the files; a text that may name someone is one of them.
    """
    gathered = gather(root.material(epci), names_of(places, epci))
    findings = [*gathered.findings, *wrong_together(gathered, gathered.tables, codes_of(places, epci))]
    if findings:
        raise InputError(findings)
    tables = {name: read.rows for name, read in gathered.tables.items()}
    conventions = gathered.convention.value, gathered.former_convention.value
    issues = tuple(gathered.info_flashes.value or ())
    return Material(epci, tables, *conventions, issues, gathered.consultation.value)


def codes_of(places: pd.DataFrame, epci: str) -> set[str]:
    """Return the codes of an EPCI and its communes."""
    return set(places.loc[places["level"].eq("commune") & places["epci"].eq(epci), "code"]) | {epci}


def names_of(places: pd.DataFrame, epci: str) -> tuple[str, ...]:
    """Return the names of an EPCI, its communes and its secteurs, the longest first: some are also first names."""
    own = places["epci"].eq(epci) | (places["level"].eq("epci") & places["code"].eq(epci))
    return tuple(sorted(places.loc[own, "name"], key=len, reverse=True))


def gather(folder: Path, names: tuple[str, ...] = ()) -> Gathered:
    """Return the files of a folder of field material; names: those of places, which may be written anywhere."""
    return Gathered(
        folder,
        {name: read_table(folder / table.file, table) for name, table in PUBLIC.items()},
        read_yaml(folder / CONVENTION, YAML_FILES[CONVENTION]),
        read_yaml(folder / FORMER_CONVENTION, YAML_FILES[FORMER_CONVENTION]),
        read_yaml(folder / INFO_FLASH, YAML_FILES[INFO_FLASH]),
        read_yaml(folder / CONSULTATION, YAML_FILES[CONSULTATION]),
        (*admitted(folder), *names),
    )


def admitted(folder: Path) -> tuple[str, ...]:
    """Return the names of places that a démarche allows to be written."""
    path = folder / ALLOWED
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def wrong_together(gathered: Gathered, tables: Mapping[str, Read], places: set[str] | None) -> list[Finding]:
    """Return what is wrong between the files, astray, or written about someone.

    tables: those of the folder, and the restricted ones when they are read too.
    """
    folder = gathered.folder
    return [
        *strays(folder, PUBLIC, {*YAML_FILES, ALLOWED, *TEMPLATES}, set()),
        *dangling(tables, places),
        *of_convention(gathered.convention, folder / CONVENTION),
        *of_info_flashes(gathered.info_flashes, tables, folder / INFO_FLASH),
        *questions_wrong(tables["questionnaire"], tables["marges"]),
        *personal_data(gathered.tables.values(), gathered.allowed),
        *personal_data_in_yaml(gathered.convention, folder / CONVENTION, gathered.allowed),
        *personal_data_in_yaml(gathered.former_convention, folder / FORMER_CONVENTION, gathered.allowed),
        *personal_data_in_yaml(gathered.info_flashes, folder / INFO_FLASH, gathered.allowed),
        *personal_data_in_yaml(gathered.consultation, folder / CONSULTATION, gathered.allowed),
    ]


def strays(folder: Path, tables: Mapping[str, Table], beside: set[str], folders: set[str]) -> list[Finding]:
    """Return the files and folders of a folder that nothing reads.

    beside: other files that it may hold; folders: those that it may hold. Notes (LISEZMOI, *.md) and images may lie
    there.
    """
    known = {table.file for table in tables.values()} | beside
    findings = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if is_note(path) or path.suffix == ".md" or path.suffix in IMAGES:
            continue
        kind, names = ("folder", folders) if path.is_dir() else ("file", known)
        if path.name not in names:
            expected = f"one of {', '.join(sorted(names))}" if names else "files only"
            findings.append(Finding(project_path(path), None, None, f"a {kind} that nothing reads", expected))
    return findings

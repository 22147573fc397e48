"""The files of a démarche that may be in git: its tables, in sheets or in CSV files, its logos.

What holds personal data is apart (`restricted_files`): nothing here reads it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ctg_analysis.demarche.columns import lines
from ctg_analysis.demarche.consistency import dangling, of_convention, of_info_flashes, of_synthesis
from ctg_analysis.demarche.declared_tables import PUBLIC, Table
from ctg_analysis.demarche.table_files import TableFile, personal_data, questions_wrong, read_folder
from ctg_analysis.model.errors import Finding, InputError
from ctg_analysis.model.habits import NO_NAMES
from ctg_analysis.model.settings import LOGOS, DataRoot, project_path
from ctg_analysis.model.territories import codes_by_name
from ctg_analysis.raw.files import unread_file, workbooks_in
from ctg_analysis.raw.folders import is_note

ALLOWED = "noms_admis"
IMAGES = {".png": "image/png", ".jpg": "image/jpeg", ".svg": "image/svg+xml"}
LARGEST_LOGO = 100_000  # bytes
TEMPLATES = {"convention.docx", "fiche_action.docx", "demande.docx"}  # of Word, in place of ours


@dataclass(frozen=True)
class MaterialFiles:
    """The files of the folder of a démarche as they were read, whatever is wrong with them.

    tables: by name, all of them, without rows when the file is absent. allowed: names that are no person's. workbooks:
    what is wrong with those that may hold tables.
    """

    epci: str
    folder: Path
    tables: dict[str, TableFile]
    allowed: tuple[str, ...] = ()
    workbooks: Sequence[Finding] = ()

    def __getitem__(self, name: str) -> pd.DataFrame:
        """The valid rows of a table, in pandas types (lists are tuples); its index is the line in the file."""
        return self.tables[name].rows

    @property
    def convention(self) -> Any:
        """The row of the convention; None as long as there is none."""
        return next(iter(lines(self["convention"])), None)

    @property
    def findings(self) -> list[Finding]:
        """What is wrong with the files, each taken alone."""
        return [*self.workbooks, *(finding for file in self.tables.values() for finding in file.findings)]


def open_material(root: DataRoot, epci: str, places: pd.DataFrame) -> MaterialFiles:
    """The field material of an EPCI, where nothing is wrong and nobody is named.

    places: columns level, code, name, epci, as in processed/territories.parquet.

    Raises:
        InputError: with the findings of all the files; a text that may name someone is one of them.
    """
    files = read_material(root.material(epci), names_of(places, epci), codes_by_name(places, epci))
    if findings := [*files.findings, *wrong_together(files, files.tables, codes_of(places, epci))]:
        raise InputError(findings)
    return files


def codes_of(places: pd.DataFrame, epci: str) -> set[str]:
    """The codes of an EPCI and its communes."""
    return set(places.loc[places["level"].eq("commune") & places["epci"].eq(epci), "code"]) | {epci}


def names_of(places: pd.DataFrame, epci: str) -> tuple[str, ...]:
    """The names of an EPCI, its communes and its secteurs, the longest first: some are also first names."""
    own = places["epci"].eq(epci) | (places["level"].eq("epci") & places["code"].eq(epci))
    return tuple(sorted(places.loc[own, "name"], key=len, reverse=True))


def read_material(folder: Path, names: tuple[str, ...] = (), codes: Mapping[str, str] = NO_NAMES) -> MaterialFiles:
    """The files of a folder of field material, which is named after its EPCI.

    names: those of places, which may be written anywhere. codes: see `habits.place`.
    """
    tables, findings = read_folder(folder, PUBLIC, codes)
    return MaterialFiles(folder.name, folder, tables, (*tables[ALLOWED].rows["nom"], *names), findings)


def admitted(folder: Path) -> tuple[str, ...]:
    """The names of places that a démarche allows to be written."""
    return tuple(read_folder(folder, {ALLOWED: PUBLIC[ALLOWED]})[0][ALLOWED].rows["nom"])


def wrong_together(files: MaterialFiles, tables: Mapping[str, TableFile], places: set[str] | None) -> list[Finding]:
    """What is wrong between the files, astray, or written about someone.

    tables: those of the folder, and the restricted ones when they are read too.
    """
    folder = files.folder
    return [
        *strays(folder, PUBLIC, TEMPLATES),
        *dangling(tables, places),
        *of_convention(tables),
        *of_info_flashes(tables),
        *of_synthesis(tables["synthese"]),
        *questions_wrong(tables["questionnaire"], tables["marges"], tables["enquete_precedente"]),
        *personal_data(files.tables.values(), files.allowed),
    ]


def no_convention(files: MaterialFiles) -> Finding:
    """What is said of a démarche that has no convention yet."""
    file, folder = files.tables["convention"], files.folder
    there = file.workbook or file.path.is_file()
    place = file.place if there else f"{project_path(folder)}/{PUBLIC['convention'].place}"
    expected = f"une ligne, et les signataires ; `ctg new {folder.name}` écrit les feuilles qui manquent"
    return Finding(place, None, None, "aucune convention encore", expected)


def logos(folder: Path) -> list[Path]:
    """The logos of who leads a démarche, `logo_caf.png`: images of its folder, those that are not too heavy."""
    images = (path for path in folder.glob(LOGOS) if path.suffix in IMAGES)
    return sorted(path for path in images if path.stat().st_size <= LARGEST_LOGO)


def heavy_logos(folder: Path) -> Iterator[Finding]:
    """Logos that are too heavy for a page sent by mail: they are not shown, and stop nothing."""
    for path in sorted(folder.glob(LOGOS)):
        if path.suffix in IMAGES and (size := path.stat().st_size) > LARGEST_LOGO:
            expected = f"{LARGEST_LOGO // 1000} Ko au plus"
            yield Finding(project_path(path), None, None, f"une image de {size // 1000} Ko", expected)


def strays(folder: Path, tables: Mapping[str, Table], beside: set[str], folders: Collection[str] = ()) -> list[Finding]:
    """The files and folders of a folder that nothing reads.

    beside: other files that it may hold; folders: those that it may hold. Workbooks, whose sheets are checked apart,
    notes (LISEZMOI, *.md) and images may lie there.
    """
    known = {table.file for table in tables.values()} | beside
    workbooks, findings = workbooks_in(folder), []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if is_note(path) or path.suffix == ".md" or path.suffix in IMAGES or path in workbooks:
            continue
        names = folders if path.is_dir() else known
        if path.name not in names:
            expected = f"l'une de ces valeurs : {', '.join(sorted(names))}" if names else "des fichiers seulement"
            unread = Finding(project_path(path), None, None, "un dossier que rien ne lit", expected)
            findings.append(unread if path.is_dir() else unread_file(path, expected))
    return findings

"""The field material that holds personal data: in data/private, never in git, read by no chapter and no notebook.

Only what is computed from it, in groups that are large enough, may be shown (rules R1, R6 and R24).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.settings import DataRoot, project_path
from ctg_analysis.core.yaml_files import ReadYaml, read_yaml
from ctg_analysis.demarche.files.anonymity import personal_data
from ctg_analysis.demarche.files.material_files import CONSULTATION, MaterialFiles, strays
from ctg_analysis.demarche.files.questionnaire import answers_wrong, totals_wrong
from ctg_analysis.demarche.files.references import dangling
from ctg_analysis.demarche.files.table_files import DELETIONS, TableFile, read_folder
from ctg_analysis.demarche.tables import RESTRICTED
from ctg_analysis.demarche.tables.columns import Day
from ctg_analysis.sources.folders import is_note

RETENTION, RECORDINGS, EXPORTS = "conservation.yml", "enregistrements", "exports"


class Retention(BaseModel):
    """Until when each file is kept; an interview says it itself, line by line."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    acteurs: Day | None = None
    reponses: Day | None = None
    reponses_sensibles: Day | None = None
    reponses_ouvertes: Day | None = None
    ouvertes_codees: Day | None = None
    exports: Day | None = None


@dataclass(frozen=True)
class RestrictedFiles:
    """The files of the private folder of a démarche as they were read; retention: until when they are kept; workbooks:
    what is wrong with those that may hold tables.
    """

    folder: Path
    tables: dict[str, TableFile]
    retention: ReadYaml
    workbooks: tuple[Finding, ...] = ()

    @property
    def until(self) -> Retention:
        """The dates, none when they are not written."""
        return self.retention.value or Retention()

    @property
    def findings(self) -> list[Finding]:
        """What is wrong with the files, each taken alone."""
        of_files = (finding for file in (*self.tables.values(), self.retention) for finding in file.findings)
        return [*self.workbooks, *of_files]


def read_restricted(root: DataRoot, epci: str) -> RestrictedFiles:
    """The files of the private folder of a démarche."""
    folder = root.restricted_material(epci)
    tables, findings = read_folder(folder, RESTRICTED)
    return RestrictedFiles(folder, tables, read_yaml(folder / RETENTION, Retention), findings)


def open_restricted(root: DataRoot, material: MaterialFiles) -> Mapping[str, pd.DataFrame]:
    """The tables that hold personal data, by name; without rows when the file is absent.

    The answers have a column for each question, as it is written; the index is the line in the file.

    Raises:
        InputError: with the findings of all the files, those of the material too.
    """
    files = read_restricted(root, material.epci)
    if findings := [*material.findings, *files.findings, *wrong_in_restricted(files, material)]:
        raise InputError(findings)
    return {name: file.rows for name, file in files.tables.items()}


def wrong_in_restricted(files: RestrictedFiles, material: MaterialFiles) -> list[Finding]:
    """What is wrong between the private files, with the public ones, or with how long they are kept."""
    tables = {**material.tables, **files.tables}
    places = {file.place for file in files.tables.values()}
    return [
        *strays(files.folder, RESTRICTED, {RETENTION, DELETIONS}, {RECORDINGS, EXPORTS}),
        *(finding for finding in dangling(tables) if finding.path in places),
        *answers_wrong(tables["reponses"], tables["questionnaire"]),
        *answers_wrong(tables["reponses_sensibles"], tables["questionnaire"]),
        *totals_wrong(material.yaml[CONSULTATION], material.folder / CONSULTATION, tables["reponses"]),
        *coded_persons(files, material),
        *_without_consent(tables["reponses_sensibles"]),
        *_without_day(tables["reponses"]),
        *_without_date(files),
        *_recordings(files),
    ]


def coded_persons(files: RestrictedFiles, material: MaterialFiles) -> Iterator[Finding]:
    """What is written about someone in the open answers once coded, some of which are quoted."""
    return personal_data([files.tables["ouvertes_codees"]], material.allowed)


def _without_consent(file: TableFile) -> list[Finding]:
    expected = "oui : sans consentement explicite, supprimer la ligne"
    lines = file.rows.index[~file.rows["consentement"]].tolist()
    return [Finding(file.place, line, "consentement", "'non'", expected) for line in lines]


def _without_day(file: TableFile) -> list[Finding]:
    """What is said of answers of which none has a date: nothing tells when residents were asked."""
    known = file.rows.empty or file.rows["date"].notna().any()
    return [] if known else [Finding(file.place, None, "date", "aucune date", "le jour d'une réponse au moins")]


def _without_date(files: RestrictedFiles) -> list[Finding]:
    """The files that hold rows and of which nothing says until when they are kept."""
    held = [name for name, file in files.tables.items() if len(file.texts)]
    held += [EXPORTS] if recorded(files.folder / EXPORTS) else []
    path, example = project_path(files.folder / RETENTION), "31/12/2027 ; ôter le # devant"
    return [
        Finding(path, None, name, "aucune date", f"le jour où {name} est supprimé, tel que {name}: {example}")
        for name in held
        if name in Retention.model_fields and getattr(files.until, name) is None
    ]


def _recordings(files: RestrictedFiles) -> list[Finding]:
    """The recordings that no interview names, for nothing would delete them, and those that are not there."""
    interviews, folder = files.tables["entretiens"], files.folder / RECORDINGS
    named = interviews.rows["enregistrement"].dropna()
    there = {path.name for path in recorded(folder)}
    stray = "un enregistrement que nomme une ligne de la table entretiens"
    absent = f"un fichier de {RECORDINGS}/, ou une case vide"
    return [
        *(
            Finding(project_path(folder / name), None, None, "un enregistrement d'aucun entretien", stray)
            for name in sorted(there - set(named))
        ),
        *(
            Finding(interviews.place, line, "enregistrement", "aucun fichier de ce nom", absent)
            for line, name in named.items()
            if name not in there
        ),
    ]


def recorded(folder: Path) -> list[Path]:
    """The files of a folder, but for notes."""
    return sorted(path for path in folder.iterdir() if path.is_file() and not is_note(path)) if folder.is_dir() else []

"""The field material that holds personal data: in data/private, never in git, read by no chapter and no notebook.

Only what is computed from it, in groups that are large enough, may be shown (rules R1, R6 and R24).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.settings import DataRoot, project_path
from ctg_analysis.core.yaml_files import ReadYaml, read_yaml
from ctg_analysis.demarche.files.anonymity import personal_data
from ctg_analysis.demarche.files.material import CONSULTATION, Gathered, gather, names_of, strays
from ctg_analysis.demarche.files.questionnaire import answers_wrong, totals_wrong
from ctg_analysis.demarche.files.reading import DELETIONS, Read, read_table
from ctg_analysis.demarche.files.references import dangling
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
class Kept:
    """The files of the private folder of a démarche as they were read; retention: until when they are kept."""

    folder: Path
    tables: dict[str, Read]
    retention: ReadYaml

    @property
    def until(self) -> Retention:
        """Return the dates, none when they are not written."""
        return self.retention.value or Retention()

    @property
    def findings(self) -> list[Finding]:
        """Return what is wrong with the files, each taken alone."""
        return [finding for read in (*self.tables.values(), self.retention) for finding in read.findings]


def gather_restricted(root: DataRoot, epci: str) -> Kept:
    """Return the files of the private folder of a démarche."""
    folder = root.restricted_material(epci)
    tables = {name: read_table(folder / table.file, table) for name, table in RESTRICTED.items()}
    return Kept(folder, tables, read_yaml(folder / RETENTION, Retention))


def open_restricted(root: DataRoot, epci: str, places: pd.DataFrame | None = None) -> Mapping[str, pd.DataFrame]:
    """Return the tables that hold personal data, by name; without rows when the file is absent.

    The answers have a column for each question, as it is written; the index is the line in the file. places: as in
    `open_material`; the names of those of the EPCI are no person's.

    Raises:
        InputError: with the findings of all the files.
    """
    gathered = gather(root.material(epci), names_of(places, epci) if places is not None else ())
    kept = gather_restricted(root, epci)
    findings = [*kept.findings, *wrong_in_restricted(kept, gathered)]
    if findings:
        raise InputError(findings)
    return {name: read.rows for name, read in kept.tables.items()}


def wrong_in_restricted(kept: Kept, gathered: Gathered) -> list[Finding]:
    """Return what is wrong between the private files, with the public ones, or with how long they are kept."""
    public = gathered.tables
    tables = {**public, **kept.tables}
    return [
        *strays(kept.folder, RESTRICTED, {RETENTION, DELETIONS}, {RECORDINGS, EXPORTS}),
        *(finding for finding in dangling(tables) if Path(finding.path).name in _files(kept)),
        *answers_wrong(kept.tables["reponses"], public["questionnaire"]),
        *answers_wrong(kept.tables["reponses_sensibles"], public["questionnaire"]),
        *totals_wrong(gathered.consultation, gathered.folder / CONSULTATION, kept.tables["reponses"]),
        *personal_data([kept.tables["ouvertes_codees"]], gathered.allowed),
        *_without_consent(kept.tables["reponses_sensibles"]),
        *_without_date(kept),
        *_recordings(kept),
    ]


def _files(kept: Kept) -> set[str]:
    return {read.table.file for read in kept.tables.values()}


def _without_consent(read: Read) -> list[Finding]:
    expected = "oui: without explicit consent, delete the line"
    lines = read.rows.index[~read.rows["consentement"]].tolist()
    return [Finding(read.shown, line, "consentement", "'non'", expected) for line in lines]


def _without_date(kept: Kept) -> list[Finding]:
    """Return the files that hold rows and of which nothing says until when they are kept."""
    held = [name for name, read in kept.tables.items() if len(read.texts)]
    held += [EXPORTS] if recorded(kept.folder / EXPORTS) else []
    path = project_path(kept.folder / RETENTION)
    return [
        Finding(path, None, name, "no date", f"the day when {name} is deleted, such as {name}: 2027-12-31")
        for name in held
        if name in Retention.model_fields and getattr(kept.until, name) is None
    ]


def _recordings(kept: Kept) -> list[Finding]:
    """Return the recordings that no interview names, for nothing would delete them, and those that are not there."""
    read, folder = kept.tables["entretiens"], kept.folder / RECORDINGS
    named = read.rows["enregistrement"].dropna()
    files = {path.name for path in recorded(folder)}
    stray = "a recording that a line of entretiens.csv names"
    absent = f"a file of {RECORDINGS}/, or a blank cell"
    return [
        *(
            Finding(project_path(folder / name), None, None, "a recording of no interview", stray)
            for name in sorted(files - set(named))
        ),
        *(
            Finding(read.shown, line, "enregistrement", "no such file", absent)
            for line, name in named.items()
            if name not in files
        ),
    ]


def recorded(folder: Path) -> list[Path]:
    """Return the files of a folder, but for notes."""
    return sorted(path for path in folder.iterdir() if path.is_file() and not is_note(path)) if folder.is_dir() else []

"""`ctg check`: all that is wrong with a data root, nothing of it written."""

from collections.abc import Collection
from functools import cache, lru_cache
from pathlib import Path

import pandas as pd

from ctg_analysis.clean.facts import (
    Folders,
    by_geography,
    certified_folders,
    cleaner_of,
    sources_with_figures,
    strangers,
)
from ctg_analysis.clean.frame import CONTOURS, GEOGRAPHIES, GEOGRAPHY, Frame, read_frame
from ctg_analysis.clean.official import clean_contours
from ctg_analysis.clean.places import schools_left_out
from ctg_analysis.clean.received_forms import FORMS, read_private
from ctg_analysis.model.errors import Finding, InputError, in_order
from ctg_analysis.model.settings import DataRoot, project_path
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.yaml_files import load_yaml
from ctg_analysis.pipeline.freshness import EVERYWHERE, is_whole
from ctg_analysis.raw.certificates import Certificate, RawFolder, integrity, read_certificate
from ctg_analysis.raw.folders import CERTIFICATE, FRANCE, FULL, faulty_forms, forms_in, is_note

SCHOOLS = "depp_ecoles"
DIRECTORY, FILE = "un dossier sans certificat", "un fichier sans certificat"


def check_root(root: DataRoot, changed: Collection[str] | None = None) -> list[Finding]:
    """Return every finding: certified_folders, bytes, columns, the rows of the sources and of the partners' forms.

    changed: as `freshness.changed` tells it: the rows of other files are not looked at again. Without it, all are.
    """

    def as_then(*prefixes: str) -> bool:
        return changed is not None and not any(name.startswith((*prefixes, *EVERYWHERE)) for name in changed)

    if not root.raw.is_dir():
        expected = "un dossier raw/ avec les sources"
        return [Finding(project_path(root.raw), None, None, "aucun dossier de ce nom", expected)]
    folders, findings = certified_folders(root)
    findings += strays(root.raw)
    findings += _damaged(folders)
    frame = cache(lambda: _frame(root, folders))  # read when something asks for it
    geography = tuple(f"raw/{name}/" for name in (*GEOGRAPHIES, CONTOURS))
    same_places = as_then(*geography)
    findings += [] if same_places else frame()[1]
    for name in sources_with_figures(folders):
        if name == SCHOOLS or not as_then(f"raw/{name}/", *geography):
            findings += _check_source(name, folders, frame()[0])
    if faulty_forms(root) or not as_then("private/", *geography):
        if same_places and is_whole(root.processed) and not faulty_forms(root):
            findings += _check_changed_forms(root, changed)
        elif frame()[0]:
            findings += _check_forms(root, frame()[0].places)
    return in_order({*findings})


def _frame(root: DataRoot, folders: Folders) -> tuple[Frame | None, list[Finding]]:
    """Return the geography, None when a part of it cannot be read, and what is wrong with it."""
    findings = []
    if CONTOURS in folders:
        try:
            clean_contours(folders[CONTOURS][0])
        except InputError as error:
            findings += error.findings
    try:
        frame = read_frame(root, folders)
    except InputError as error:
        return None, findings + error.findings
    return (None if findings or CONTOURS not in folders else frame), findings


def _check_source(name: str, folders: Folders, frame: Frame | None, *, whole: bool = False) -> list[Finding]:
    """Return what is wrong with the rows of a source, and with the communes that they name when these are known.

    whole: they are to be those of the whole country.
    """
    findings = []
    for folder in folders[name] if name != GEOGRAPHY else []:
        try:
            facts = cleaner_of(name, frame)(folder)
        except InputError as error:
            findings += error.findings
            continue
        if frame and whole:
            findings += of_a_part(facts, frame, folder)
        if frame and name == SCHOOLS:
            findings += schools_left_out(folder, frame.communes[max(frame.communes)])
        for year, part in by_geography(SOURCES[name], facts, frame.communes, carried=folder.of_france) if frame else ():
            perimeter = frame.perimeter(year, SOURCES[name].geography.joined)
            findings += strangers(part, SOURCES[name], perimeter, folder.path)
    return findings


def of_a_part(facts: pd.DataFrame, frame: Frame, folder: RawFolder) -> list[Finding]:
    """Return what is said of full files whose communes are those of a part of the départements: an extract."""
    communes = set(facts.loc[facts["level"].eq("commune"), "code"])
    here, every = ({code[:2] for code in codes} for codes in (communes, frame.communes[max(frame.communes)]["code"]))
    if not communes or len(here) >= len(every) / 2:
        return []
    some = ", ".join(sorted(here)[:5]) + (", …" if len(here) > 5 else "")
    found = f"{len(communes)} communes, des départements {some}"
    expected = f"le fichier complet, avec des communes d'environ {len(every)} départements : est-ce un extrait ?"
    return [Finding(project_path(folder.path), None, None, found, expected)]


def wrong_in_new(root: DataRoot, name: str, fresh: Path) -> list[Finding]:
    """Return what would keep `ctg data` from reading full files in the place of those of a source.

    fresh: their folder, with a certificate, named as that of full files. The places are those of the files that are
    here; where these cannot be read, the codes of the places are not checked.
    """
    new = RawFolder(fresh, load_yaml(fresh / CERTIFICATE, Certificate).value)
    folders = certified_folders(root)[0] if root.raw.is_dir() else {}
    if name in (*GEOGRAPHIES, CONTOURS):
        own = [new, *(folder for folder in folders.get(name, []) if not folder.full)]
        return [one for one in _frame(root, folders | {name: own})[1] if one.path.startswith(project_path(fresh))]
    of_new = {name: [new]}
    return _check_source(name, of_new, _frame_now(root), whole=True) if sources_with_figures(of_new) else []


@lru_cache(maxsize=1)
def _frame_now(root: DataRoot) -> Frame | None:
    return _frame(root, certified_folders(root)[0])[0] if root.raw.is_dir() else None


def _check_forms(root: DataRoot, places: pd.DataFrame, sources: Collection[str] = frozenset(FORMS)) -> list[Finding]:
    return [finding for several in read_private(root, places, sources).findings.values() for finding in several]


def _check_changed_forms(root: DataRoot, changed: Collection[str]) -> list[Finding]:
    """What is wrong with the forms that have changed, held to the places of data/processed."""
    places = pd.read_parquet(root.processed / "territories.parquet")
    private = (name for name in changed if name.startswith("private/"))
    return _check_forms(root, places, set().union(*map(forms_in, private)))


def _damaged(folders: Folders) -> list[Finding]:
    """What of the files is not as their certificates say."""
    findings = []
    for folder in (folder for several in folders.values() for folder in several):
        for entry in folder.certificate.fichiers:
            findings += integrity(folder, entry.fichier)
    return findings


def strays(raw: Path) -> list[Finding]:
    """Return what lies in data/raw and is never read: beside the sources, of no known source, or on no certificate."""
    findings = []
    for path in sorted(raw.iterdir()):
        if path.is_dir() and path.name in SOURCES:
            for folder in (path, path / FULL, path / FRANCE):
                findings += _uncertified(folder)
        elif (path / CERTIFICATE).is_file():  # without one, it is the certificate that is asked for
            expected = "l'identifiant d'une source, tel que `ctg list sources` le dit"
            findings.append(Finding(project_path(path), None, None, "un dossier d'aucune source connue", expected))
        elif path.is_file() and not is_note(path):
            found = "un fichier à côté des dossiers des sources"
            expected = f"un fichier dans le dossier de sa source, avec une entrée dans son {CERTIFICATE}"
            findings.append(Finding(project_path(path), None, None, found, expected))
    return findings


def _uncertified(folder: Path) -> list[Finding]:
    try:
        listed = {entry.fichier for entry in read_certificate(folder).certificate.fichiers}
    except InputError:
        return []  # told with the certificate
    known, expected = {*listed, CERTIFICATE, FULL, FRANCE}, f"une entrée dans {CERTIFICATE}"
    return [
        Finding(project_path(path), None, None, DIRECTORY if path.is_dir() else FILE, expected)
        for path in sorted(folder.iterdir())
        if path.name not in known and not is_note(path)
    ]

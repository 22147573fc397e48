"""Raw files to OBSERVATIONS: the stage `ctg data`."""

import json
import tempfile
from hashlib import sha256 as hash_
from pathlib import Path

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.cleaning import CLEANERS, geography
from ctg_analysis.errors import Finding, InputError
from ctg_analysis.indicators import observe
from ctg_analysis.observations import SCHEMA
from ctg_analysis.perimeter import Perimeter, to_reference
from ctg_analysis.secrecy import withhold
from ctg_analysis.settings import DataRoot, project_path, settings
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.certificates import RawFolder, read_certificate, sha256, source_folders
from ctg_analysis.territories import territories

MANIFEST = "manifest.json"


def ensure(root: DataRoot) -> None:
    """Bring data/processed up to date when the raw data or the library has changed."""
    if is_stale(root):
        process(root)


def is_stale(root: DataRoot) -> bool:
    """Tell whether data/processed was made from other inputs or by another library."""
    manifest = root.processed / MANIFEST
    if not manifest.is_file():
        return True
    return json.loads(manifest.read_text(encoding="utf-8")) != inputs(root)


def inputs(root: DataRoot) -> dict[str, str]:
    """Return the SHA-256 of all that the observations depend on: raw and reference files, library, lock."""
    project = settings().root
    files = [
        path for folder in source_folders(root.raw).values() for path in sorted(folder.iterdir()) if path.is_file()
    ]
    files += sorted(root.reference.glob("*.*"))
    digests = {str(path.relative_to(root.path)): sha256(path) for path in files}
    library = hash_()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        library.update(path.read_bytes())
    lock = project / "requirements.lock"
    return digests | {"library": library.hexdigest(), "lock": sha256(lock) if lock.is_file() else ""}


def process(*roots: DataRoot) -> list[int]:
    """Read, check and clean every source, and write each data/processed whole, or leave them all as they were.

    Returns the number of observations of each root.

    Raises:
        InputError: files that cannot be trusted, every finding of every file of every root at once.
    """
    made_from = [inputs(root) for root in roots]
    findings: list[Finding] = []
    derived = []
    for root in roots:
        try:
            derived.append(derive(root))
        except InputError as error:
            findings += error.findings
    if findings:
        raise InputError(findings)
    for root, tables, digests in zip(roots, derived, made_from, strict=True):
        _write(root, tables, digests)
    return [len(tables["observations"]) for tables in derived]


def _write(root: DataRoot, tables: dict[str, pd.DataFrame], made_from: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory(prefix=".processed-", dir=root.path) as scratch:
        fresh = Path(scratch) / "fresh"
        fresh.mkdir()
        for name, table in tables.items():
            table.to_parquet(fresh / f"{name}.parquet", index=False, compression="zstd")
        (fresh / MANIFEST).write_text(json.dumps(made_from, indent=1) + "\n", encoding="utf-8")
        if root.processed.exists():
            root.processed.rename(Path(scratch) / "former")
        fresh.rename(root.processed)


def derive(root: DataRoot) -> dict[str, pd.DataFrame]:
    """Return the tables of data/processed: territories, observations and contours."""
    folders = certified_folders(root)
    years, epcis, cleaned, contours = read_all(folders)
    frame = geography.read_geography(root)
    now = years[frame["annee"]]
    names = (geography.read_names(root, file) for file in ("departements.csv", "regions.csv"))
    places = territories(now, epcis[frame["annee"]], *names, frame["france"])
    shown = {name for one in CATALOGUE.values() for name in one.sources}
    cleaned = [(source, year, table) for source, year, table in cleaned if source in shown]
    perimeters = {year: Perimeter.between(years[year], now) for year in {year for _, year, _ in cleaned}}
    for source, year, table in cleaned:
        refuse_strangers(table, years[year], folders[source].path, year)
    facts = pd.concat(
        [to_reference(table, SOURCES[source], perimeters[year]) for source, year, table in cleaned],
        ignore_index=True,
    )
    observations = withhold(observe(CATALOGUE.values(), facts, SOURCES), CATALOGUE, SOURCES)
    contours = contours.merge(places.loc[places["level"] == "commune", ["code", "epci"]], on="code", how="inner")
    return {
        "territories": places,
        "observations": SCHEMA.validate(observations).astype({"level": "category", "status": "category"}),
        "contours": contours.sort_values(["epci", "code"], ignore_index=True),
    }


def refuse_strangers(facts: pd.DataFrame, communes: pd.DataFrame, folder: Path, year: int) -> None:
    """Raise InputError for codes of communes that do not exist in the geography of the source."""
    codes = facts.loc[facts["level"].eq("commune"), "code"]
    strangers = sorted(set(codes) - set(communes["code"]))
    if strangers:
        expected = f"communes of {year}: correct the file, or the year of its geography in cleaning/__init__.py"
        raise InputError([Finding(project_path(folder), None, None, ", ".join(strangers[:10]), expected)])


def certified_folders(root: DataRoot) -> dict[str, RawFolder]:
    """Return every source folder of data/raw with its certificate."""
    findings, folders = [], {}
    for source, path in source_folders(root.raw).items():
        try:
            folders[source] = read_certificate(path)
        except InputError as error:
            findings += error.findings
    if findings:
        raise InputError(findings)
    return folders


def read_all(folders: dict[str, RawFolder]) -> tuple[dict, dict, list[tuple[str, int, pd.DataFrame]], pd.DataFrame]:
    """Read and clean every source that has a cleaning function; all findings of all files are raised together.

    Returns the communes by year, the EPCIs by year, the facts (source, year of their geography, table) and
    the contours.
    """
    findings: list[Finding] = []

    def attempt(function, *arguments):
        try:
            return function(*arguments)
        except InputError as error:
            findings.extend(error.findings)
            return None

    communes = attempt(geography.clean_communes, folders["etalab_decoupage"])
    epcis = attempt(geography.clean_epcis, folders["etalab_decoupage"])
    contours = attempt(geography.clean_contours, folders["contours"])
    cleaned = []
    if communes is not None:
        populations = geography.clean_populations(folders["etalab_decoupage"], communes)
        cleaned += [("etalab_decoupage", year, table) for year, table in populations.items()]
    for source, cleaner in CLEANERS.items():
        if source in folders:
            cleaned.append((source, cleaner.geography, attempt(cleaner.clean, folders[source])))
    if findings:
        raise InputError(findings)
    return communes, epcis, cleaned, contours

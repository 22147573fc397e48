"""What data/processed was made from, what is kept of the work, what was found before, all by sums."""

import json
import os
import shutil
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from hashlib import sha256 as hash_
from pathlib import Path
from secrets import token_hex

from ctg_analysis.model.settings import ACCOUNTS, MATERIAL, MODELS, NORMS, DataRoot, settings
from ctg_analysis.raw.folders import CACHE, DOUBTED, UNREAD, files_of, is_by_itself, read_unread, sha256, sum_of

MANIFEST = "manifest.json"
FORMS_READ = "restricted"  # in the record of a report: the names of the forms of partners
NOTES = "notes.json"  # no table: it is read by a build that has nothing to do
OURS = (".csv",)  # files of data/private whose names are those that `ctg new` gives
EVERYWHERE = ("reference/", "library", "lock")  # the first letters of the inputs that all depends on
OPEN = ("raw/", *EVERYWHERE)
PAGES = {"display", "show", "chapter", "publish", "cli", "__main__"}


def is_stale(root: DataRoot) -> bool:
    """Tell whether data/processed was made from other inputs or by another library, or has lost or changed a table."""
    return are_observations_stale(root) or is_material_stale(root)


def are_observations_stale(root: DataRoot) -> bool:
    """Tell it of all that is not made from the field material alone."""
    return bool(changed(root, inputs(root))) or not is_whole(root.processed)


def is_material_stale(root: DataRoot) -> bool:
    """Tell it of what is made from the field material, the observations being up to date."""
    folder = root.processed / MATERIAL
    return _manifest(folder)["made_from"] != material_inputs(root) or not is_whole(folder)


def changed(root: DataRoot, inputs: dict[str, str]) -> set[str]:
    """Return the inputs, by their names, of which data/processed was not made as they are now: all of them at first.

    What it was made from is sound, but for what it leaves out of one EPCI (`raw.folders`).
    """
    return {name for name, _ in inputs.items() ^ made_from(root).items()}


def tables_in(folder: Path) -> dict[str, str]:
    """Return the sums of the tables of a folder, as its manifest says them."""
    return _manifest(folder)["tables"] or {}


def is_whole(folder: Path) -> bool:
    """Tell whether the tables of data/processed, or of its folder of field material, are as they were written."""
    return _manifest(folder)["tables"] == _sums(folder)


def damaged_tables(folder: Path) -> list[str]:
    """Return the tables of data/processed that are not as they were written: missing, cut or changed."""
    tables = _manifest(folder)["tables"]
    if tables is None:
        return [MANIFEST] if (folder / MANIFEST).exists() else []
    return sorted({name for name, _ in tables.items() ^ _sums(folder).items()})


def made_from(root: DataRoot) -> dict[str, str]:
    """Return what the observations of data/processed were made from, as `inputs` said it then."""
    return _manifest(root.processed)["made_from"] or {}


def tables_of(root: DataRoot, epci: str) -> dict[str, str]:
    """Return the SHA-256 of the tables of data/processed, those of the field material for an EPCI alone, and what was
    left out of it.
    """
    material = _manifest(root.processed / MATERIAL)["tables"]
    own = {f"{MATERIAL}/{name}": digest for name, digest in material.items() if name.startswith(f"{epci}/")}
    own |= {f"{UNREAD} {name}": place for name, place in read_unread(root, epci).items()}
    of_all = _manifest(root.processed)["tables"].items()
    return {name: digest for name, digest in of_all if name not in (NOTES, UNREAD, DOUBTED)} | own


def write_manifest(folder: Path, made_from: dict[str, str]) -> None:
    """Write beside the tables of a folder what they were made from, and their sums."""
    manifest = {"made_from": made_from, "tables": _sums(folder)}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _manifest(folder: Path) -> dict:
    """Return what the manifest of a folder says; nothing when there is none, or a damaged one."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {"made_from": dict(manifest["made_from"]), "tables": dict(manifest["tables"])}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {"made_from": None, "tables": None}


def _sums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of the tables and the notes of a folder, but for the tables of the field material in it."""
    tables = [path for path in folder.rglob("*.parquet") if MATERIAL not in path.relative_to(folder).parts]
    files = sorted(path for path in [*tables, *(folder / name for name in (NOTES, UNREAD, DOUBTED))] if path.is_file())
    return {path.relative_to(folder).as_posix(): sum_of(path) for path in files}


def public_inputs(root: DataRoot, epci: str) -> dict:
    """Return what the record of a report may tell of what its observations were made from: the sums of open inputs, and
    the names of the restricted files of the EPCI. Their sums would let small files be guessed, and a workbook bears the
    name that someone gave it: only its kind is told.
    """
    used = made_from(root)
    files = [Path(name) for name in used if name.startswith(f"private/{epci}/")]
    return {
        "inputs": {name: digest for name, digest in used.items() if name.startswith(OPEN)},
        FORMS_READ: sorted({str(path if path.suffix in OURS else path.with_stem("*")) for path in files}),
    }


def inputs(root: DataRoot) -> dict[str, str]:
    """Return the SHA-256 of all that the observations depend on: raw, private and reference files, library, lock.

    Of the library, the modules that make them: not those of PAGES, which only read them.
    """
    files = files_of(root.raw)
    reference = [path for path in root.reference.rglob("*") if path.is_file()]
    files += sorted(path for path in reference if path.relative_to(root.reference).parts[0] not in (ACCOUNTS, MODELS))
    private = (path for path in root.private.rglob("*") if MATERIAL not in path.relative_to(root.private).parts)
    files += sorted(path for path in private if path.is_file() and not is_by_itself(path))
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # full files are gigabytes
        digests = {
            str(path.relative_to(root.path)): digest
            for path, digest in zip(files, pool.map(sum_of, files), strict=True)
        }
    digests |= {f"reference/{NORMS}": sha256(path) for path in [settings().reference / NORMS] if path.is_file()}
    return digests | {"library": library(without=PAGES), "lock": locked()}


def material_inputs(root: DataRoot) -> dict[str, str]:
    """Return the SHA-256 of the files of field material, personal data among them: by EPCI, nothing tells which."""
    return {epci: _sum_of(root, epci) for epci in demarches(root)}


def demarches(root: DataRoot) -> list[str]:
    """Return the EPCIs that have field material, by their SIREN."""
    public = root.raw / MATERIAL
    here = {path.name for path in public.iterdir() if path.is_dir()} if public.is_dir() else set()
    private = root.private.iterdir() if root.private.is_dir() else ()
    return sorted(here | {path.name for path in private if (path / MATERIAL).is_dir()})


def _sum_of(root: DataRoot, epci: str) -> str:
    digest = hash_()
    for folder in (root.material(epci), root.restricted_material(epci)):
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and not is_by_itself(path)):
            digest.update(f"{path.relative_to(root.path)}\0{sha256(path)}\0".encode())
    return digest.hexdigest()


def library(without: Collection[str] = ()) -> str:
    """Return the SHA-256 of the library: modules and templates, but for some of its modules or packages."""
    others = tuple(f"{name}{end}" for name in without for end in ("/", ".py"))
    kept = [f"{name}\0{digest}" for name, digest in _library().items() if not name.startswith(others)]
    return hash_("\n".join(kept).encode()).hexdigest()


@cache
def _library() -> dict[str, str]:
    """Return the SHA-256 of each file of the library, as it was when this process first asked."""
    package = Path(__file__).parents[1]
    files = sorted(path for path in package.rglob("*") if path.suffix != ".pyc" and path.is_file())
    return {path.relative_to(package).as_posix(): sha256(path) for path in files}


def locked() -> str:
    """Return the SHA-256 of requirements.lock, the environment that the project runs in; empty without it."""
    lock = settings().root / "requirements.lock"
    return sha256(lock) if lock.is_file() else ""


# What `ctg data` keeps of its work, by the sum of all that it was made from: only what has changed is made again.
#
#     .cache/<kind>/<name>-<sum>/   tables, and the sums of these tables
#
# An entry is put in place whole: that of a command that was killed counts. None is made from a restricted file.

FRAMES, CONTOURS, FACTS, POPULATIONS, OBSERVATIONS = "geography", "contours", "facts", "populations", "observations"
PROFILES, ESTABLISHMENTS = "profiles", "establishments"


def entry(root: DataRoot, kind: str, name: str, made_from: object) -> Path:
    """Return the folder of what is made from some sums, whether it is there or not."""
    digest = hash_(json.dumps(made_from, sort_keys=True).encode()).hexdigest()[:16]
    return root.path / CACHE / kind / f"{name}-{digest}"


@contextmanager
def keeping(folder: Path, aside: Path) -> Iterator[Path]:
    """Give an empty folder, which becomes the entry when all is written in it. aside: a scratch folder on the disk."""
    fresh = aside / f"entry-{token_hex(8)}"
    fresh.mkdir()
    yield fresh
    write_manifest(fresh, {})
    if folder.exists():  # damaged
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh.rename(folder)


def forget(root: DataRoot, used: Collection[Path] = ()) -> None:
    """Remove the entries of a data root, but for those that are of use."""
    for folder in (root.path / CACHE).glob("*/*"):
        if folder not in used:
            shutil.rmtree(folder)

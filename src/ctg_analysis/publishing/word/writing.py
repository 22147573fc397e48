"""The documents of a démarche on the disk, beside the reports: nothing that a person has changed is ever written over.

reports/demarche/200067171/convention.docx  fiches_action/F01.docx
                           info_flash_1.html  info_flash_1.pdf  .documents.json
"""

import json
import os
import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.locks import alone
from ctg_analysis.core.scratch import put_in_place, restore, scratch
from ctg_analysis.core.settings import MATERIAL, project_path

RECORD = ".documents.json"  # the sums of the files as they were written: any other sum is a person's work
SAVED_MEANWHILE = "_modifie"  # added to the name of a document that a person saved while it was written again


def place(out: Path, epci: str) -> Path:
    """Return the folder of the documents of a démarche. out: that of the reports."""
    return out / MATERIAL / epci


def write(out: Path, epci: str, documents: Mapping[str, bytes], *, alone_in: str = "") -> list[Path]:
    """Write documents by their names, all of them or none; return their places.

    They are written beside, with all else that the folder holds, and take the place of the folder in one operation.
    alone_in: a folder that holds no others: what was written there before and nobody has changed since is removed.

    Raises:
        UserError: one that is there was changed since it was written. Busy: they are being written.
    """
    home = place(out, epci)
    with alone(home.parent, epci, f"{epci}: its documents are being written"), scratch(home.parent, epci) as folder:
        restore(home)
        known = _known(home)
        ours = {name for name in known if (home / name).is_file() and _sum((home / name).read_bytes()) in known[name]}
        for name, content in documents.items():
            path = home / name
            if path.exists() and name not in ours and path.read_bytes() != content:
                raise UserError(
                    f"{project_path(path)} : ce fichier a été modifié depuis son écriture, rien n'a été remplacé ; "
                    "le déplacer ou lui donner un autre nom, puis relancer la commande"
                )
        gone = {name for name in known if alone_in and name.startswith(f"{alone_in}/") and name not in documents}
        fresh = folder / "fresh"
        _copy(home, fresh, without={*documents, *(gone & ours), RECORD})
        for name, content in documents.items():
            (fresh / name).parent.mkdir(exist_ok=True)
            (fresh / name).write_bytes(content)
        sums = {name: [_sum(content)] for name, content in documents.items()}
        sums = {name: digests for name, digests in known.items() if name not in gone} | sums
        (fresh / RECORD).write_text(json.dumps(sums, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        put_in_place(fresh, home)
        _keep_saved_meanwhile(fresh, home, known)
    return [home / name for name in documents]


def _copy(home: Path, fresh: Path, without: set[str]) -> None:
    """Make a folder with all that another one holds, but for some files: the same files, where the disk can."""

    def left_out(folder: str, names: list[str]) -> set[str]:
        return {name for name in names if (Path(folder) / name).relative_to(home).as_posix() in without}

    if home.exists():
        shutil.copytree(home, fresh, symlinks=True, ignore=left_out, copy_function=_linked)
    else:
        fresh.mkdir()


def _linked(path: str, copy: str) -> None:
    try:
        os.link(path, copy)
    except OSError:  # a disk without such links
        shutil.copy2(path, copy)


def _keep_saved_meanwhile(former: Path, home: Path, known: Mapping[str, list[str]]) -> None:
    """Put back what a person saved in the former folder while it was copied."""
    for path in sorted(path for path in former.rglob("*") if path.is_file() and not path.is_symlink()):
        name = path.relative_to(former).as_posix()
        now, digest = home / name, _sum(path.read_bytes())
        if name == RECORD or digest in known.get(name, ()) or (now.exists() and digest == _sum(now.read_bytes())):
            continue
        path.replace(now.with_stem(now.stem + SAVED_MEANWHILE) if now.exists() else now)


def _sum(content: bytes) -> str:
    return sha256(content).hexdigest()


def _known(home: Path) -> dict[str, list[str]]:
    """Return the sums of the documents as they were written; none of a record that is damaged: what differs is kept."""
    try:
        sums = json.loads((home / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return sums if isinstance(sums, dict) and all(isinstance(digests, list) for digests in sums.values()) else {}

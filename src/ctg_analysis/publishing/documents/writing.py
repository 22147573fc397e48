"""The documents of a démarche on the disk, beside the reports: nothing that a person has changed is ever written over.

reports/demarche/200067171/convention.docx  convention_modifications.docx  fiches_action/F01.docx
                           info_flash_1.html  info_flash_1.pdf  .documents.json
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from ctg_analysis.errors import UserError
from ctg_analysis.locks import alone
from ctg_analysis.settings import MATERIAL, project_path

RECORD = ".documents.json"  # the sums of the files as they were written: any other sum is a person's work


def place(out: Path, epci: str) -> Path:
    """Return the folder of the documents of a démarche. out: that of the reports."""
    return out / MATERIAL / epci


def write(out: Path, epci: str, documents: Mapping[str, bytes], *, alone_in: str = "") -> list[Path]:
    """Write documents by their names, all of them or none; return their places.

    alone_in: a folder that holds no others: what was written there before and nobody has changed since is removed.

    Raises:
        UserError: one that is there was changed since it was written. Busy: they are being written.
    """
    home = place(out, epci)
    with alone(home.parent, epci, f"{epci}: its documents are being written"):
        known = _known(home)
        for name, content in documents.items():
            path = home / name
            if path.exists() and _sum(path.read_bytes()) not in {*known.get(name, ()), _sum(content)}:
                raise UserError(
                    f"{project_path(path)}: found a file that was changed since it was written, nothing was replaced; "
                    "move it or give it another name, then run the command again"
                )
        home.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".writing-", dir=home) as scratch:
            for rank, content in enumerate(documents.values()):
                (Path(scratch) / str(rank)).write_bytes(content)
            _note(home, known | {name: [*known.get(name, ()), _sum(one)] for name, one in documents.items()})
            for rank, name in enumerate(documents):
                (home / name).parent.mkdir(exist_ok=True)
                (Path(scratch) / str(rank)).replace(home / name)
        gone = {name for name in known if alone_in and name.startswith(f"{alone_in}/") and name not in documents}
        for path in (home / name for name in gone):
            if path.exists() and _sum(path.read_bytes()) in known[path.relative_to(home).as_posix()]:
                path.unlink()
        kept = {name: sums for name, sums in known.items() if name not in gone}
        _note(home, kept | {name: [_sum(one)] for name, one in documents.items()})
    return [home / name for name in documents]


def _sum(content: bytes) -> str:
    return sha256(content).hexdigest()


def _known(home: Path) -> dict[str, list[str]]:
    path = home / RECORD
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _note(home: Path, sums: Mapping[str, list[str]]) -> None:
    pending = home / f"{RECORD}.new"
    pending.write_text(json.dumps(sums, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    pending.replace(home / RECORD)

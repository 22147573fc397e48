"""The folder that a person works in: notebooks, reference tables, data as shipped."""

import shutil
from pathlib import Path

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.settings import Settings

PARTS = (
    "notebooks",
    "data/raw",
    "data/reference",
    "data/exemple/raw",
    "data/exemple/reference",
    "data/exemple/private",
    "docs",
    "requirements.lock",
    ".gitignore",
)
SHIPPED = Path(__file__).parents[2] / "ctg_analysis_project"  # beside the package, where a wheel puts the parts
OF_COMMANDS = (".*", "__pycache__")  # what a command left
FETCHED = {"data/raw": ("full",)}  # what `ctg fetch` put there; the invented territory has such files of its own


def write_project(folder: Path) -> None:
    """Write the parts of a project in a new folder, whole or not at all.

    Raises:
        UserError: a folder that holds something, an installation without the parts.
    """
    source = SHIPPED if SHIPPED.is_dir() else Settings.root
    absent = [part for part in PARTS if not (source / part).exists()]
    if absent:
        raise UserError(f"{source}: found no {absent[0]}, expected the parts of a project: install the wheel again")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder}: found something there, expected a folder that is new or empty: name another")
    begun = folder.absolute().with_name(f".{folder.absolute().name}.begun")
    shutil.rmtree(begun, ignore_errors=True)
    for part in PARTS:
        (begun / part).parent.mkdir(parents=True, exist_ok=True)
        if (source / part).is_dir():
            left_out = shutil.ignore_patterns(*OF_COMMANDS, *FETCHED.get(part, ()))
            shutil.copytree(source / part, begun / part, ignore=left_out)
        else:
            shutil.copyfile(source / part, begun / part)
    if folder.is_dir():
        folder.rmdir()
    begun.rename(folder)

"""Two folders held one against the other, file by file."""

import filecmp
from pathlib import Path


def compared(one: Path, other: Path) -> tuple[int, list[str]]:
    """Return how many files two folders have, and a line for each that is not in both with the same bytes."""
    files = [
        {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        for folder in (one.resolve(), other.resolve())
    ]
    _, changed, unreadable = filecmp.cmpfiles(one, other, files[0] & files[1], shallow=False)
    lines = [f"{name}: in one of the two" for name in files[0] ^ files[1]]
    return len(files[0]), sorted(lines + [f"{name}: other bytes" for name in [*changed, *unreadable]])

"""The processes of this machine that bear a mark."""

from pathlib import Path


def living(marker: str) -> list[int]:
    """Return the processes with this word in their environment, those already dead left out."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found

"""Files and folders put in place whole: scratch folders, locks, files that are never written over."""

import ctypes
import errno
import itertools
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory, gettempdir

from filelock import FileLock, Timeout

from ctg_analysis.model.errors import Busy

# One process at a time at a work: the second one is told who holds it.


@contextmanager
def alone(folder: Path, name: str, doing: str, patience: float = 0) -> Iterator[None]:
    """Hold a work for this process; the system frees it when the process ends, killed or not.

    folder, name: where the lock is kept (.name.lock) and the number of the process that holds it (.name.pid).
    doing: the work, for the message ("200067171 : en cours"). patience: seconds that it waits for another to end.

    Raises:
        Busy: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    holder = folder / f".{name}.pid"
    try:
        with FileLock(folder / f".{name}.lock", timeout=patience):
            holder.write_text(str(os.getpid()), encoding="utf-8")
            try:
                yield
            finally:
                holder.unlink(missing_ok=True)
    except Timeout as error:
        who = f"le processus {holder.read_text(encoding='utf-8')}" if holder.is_file() else "un autre processus"
        raise Busy(f"{doing} par {who} ; relancer la commande quand il aura fini") from error


# Scratch folders: what a command has begun, and how it takes its place, whole.
# What a command that was killed left in a scratch folder is removed by the next one.

SCRATCH, PART, ELSEWHERE = ".scratch", ".part", "elsewhere-"
AT_FDCWD, RENAME_EXCHANGE = -100, 2  # of renameat2(2)


@contextmanager
def scratch(folder: Path, name: str) -> Iterator[Path]:
    """Give a new folder in the scratch folder of another one, removed at the end.

    name: of the lock that this process holds on the folder (see `alone`), without a hyphen; one at a time. No
    scratch folder has ever had the same path: nothing that a killed command left at work writes there.
    """
    sweep(folder)
    home = folder / SCRATCH
    home.mkdir(parents=True, exist_ok=True)
    for left in home.glob(f"{name}-*"):
        _remove(left)
    with TemporaryDirectory(prefix=f"{name}-", dir=home, ignore_cleanup_errors=True) as made:
        yield Path(made)


def sweep(folder: Path) -> None:
    """Remove what killed commands left in the scratch folder of another one: that whose lock nobody holds."""
    for left in (folder / SCRATCH).glob("*"):
        with suppress(Busy), alone(folder, left.name.partition("-")[0], ""):
            _remove(left)


def _remove(left: Path) -> None:
    for link in left.glob(f"{ELSEWHERE}*"):
        shutil.rmtree(link.readlink(), ignore_errors=True)
    shutil.rmtree(left, ignore_errors=True)


@contextmanager
def temporary(folder: Path) -> Iterator[Path]:
    """Give a new folder among the temporary ones of the system, whose path is short enough for sockets.

    folder: a scratch folder. A link in it leads there, so that who removes it removes both.
    """
    name = f"ctg-{token_hex(3)}"  # the path of a socket has 103 bytes at most, and a Mac's temporary folder takes 49
    link, made = folder / f"{ELSEWHERE}{name}", Path(gettempdir()) / name
    link.symlink_to(made)
    made.mkdir(mode=0o700)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        link.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file, all of it or nothing; what a killed command has begun is written over by the next one."""
    part = path.with_name(f".{path.name}{PART}")
    part.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    part.replace(path)


def put_in_place(fresh: Path, folder: Path) -> None:
    """Put a folder in the place of another one, which takes its own; both are on one disk.

    One operation of the system exchanges them, so that whoever reads finds the one or the other. Where it has none (not
    Linux, a shared disk), three do, and a process that is killed between them leaves nothing there until `restore`.
    """
    restore(folder)
    if not folder.exists():
        fresh.rename(folder)
    elif not _exchanged(fresh, folder):
        former = _former(folder)
        shutil.rmtree(former, ignore_errors=True)
        folder.rename(former)
        fresh.rename(folder)
        former.rename(fresh)


def restore(folder: Path) -> None:
    """Put a folder back that `put_in_place` was killed in the place of."""
    if _former(folder).exists() and not folder.exists():
        _former(folder).rename(folder)


def _former(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.former")


def _exchanged(first: Path, second: Path) -> bool:
    """Exchange two folders in one operation; tell whether the system has it for them."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    if not hasattr(libc, "renameat2"):
        return False
    names = os.fsencode(first), os.fsencode(second)
    done = libc.renameat2(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_EXCHANGE) == 0
    if not done and ctypes.get_errno() not in (errno.EINVAL, errno.ENOSYS):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(second))
    return done


# Files put in the data folders: never over one that is there, the private ones for their owner alone.

PRIVATE = "private"


@contextmanager
def for_owner_alone(folder: Path) -> Iterator[None]:
    """Close the folder `private` that a folder lies in to others, with all it holds and all that is written meanwhile.

    Folders are made 0700 and files 0600, from the moment they exist.

    Raises:
        ValueError: the folder lies in none; nothing else is ever closed.
    """
    folder = folder.resolve()
    private = next((parent for parent in (folder, *folder.parents) if parent.name == PRIVATE), None)
    if private is None:
        raise ValueError(f"{folder}: not in a folder {PRIVATE}")
    before = os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        os.umask(before)
        for path in (private, *private.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o700 if path.is_dir() else 0o600)


def write_absent(contents: dict[Path, str | bytes]) -> list[Path]:
    """Write the files that are not there yet, and return them: what someone has filled is never lost."""
    written = [path for path in contents if not path.exists()]
    for path in written:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, contents[path])
    return written


def free_name(path: Path) -> Path:
    """The path, or the first of those named `<name>_2`, `<name>_3` … that no file has."""
    numbered = (path.with_stem(f"{path.stem}_{number}") for number in itertools.count(2))
    return next(one for one in itertools.chain([path], numbered) if not one.exists())

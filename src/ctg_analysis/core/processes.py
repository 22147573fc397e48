"""Processes that work beside this one."""

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1  # of prctl(2)
MUCH = 700_000_000  # bytes


def end_with_parent() -> None:
    """Have the system end this process with the one that started it, killed or not; on Linux alone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def held() -> int:
    """Return the bytes of memory that this process holds (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def give_memory_back() -> None:
    """Give back to the system the memory that this process no longer uses, lest the next work be added to it.

    A process that holds little keeps it: it costs time to have it again.
    """
    import pyarrow

    if sys.platform != "linux" or held() < MUCH:
        return
    pyarrow.default_memory_pool().release_unused()
    if hasattr(ctypes.CDLL(None), "malloc_trim"):
        ctypes.CDLL(None).malloc_trim(0)

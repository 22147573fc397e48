"""What the warm process and its forks say to each other and to the process that builds, and how they end with it.

A fork gets its work over a socket of its own; it either calls a function and ends, or prepares something and becomes
itself a process that others are forked from.
"""

import gc
import os
import random
import select
import signal
import struct
import sys
import time
import traceback
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from pathlib import Path

from ctg_analysis.core.errors import UserError

FORK, REAP = "fork", "reap"  # what is asked of a template
CALL, SERVE = "call", "serve"  # what is asked of a fork
DONE, REFUSED, BROKEN = "done", "refused", "broken"  # what a fork says
NEWS = struct.Struct("=qd")  # the cell at work, and since when
LIFE = "CTG_LIFE"  # where a process that is no fork finds the pipe that it ends with
_news: list[int] = []


def serve(control: Connection) -> None:
    """Fork when asked, until the other end closes."""
    ended: dict[int, int] = {}
    own = _memory()
    while True:
        try:
            asked, about = control.recv()
        except EOFError:
            return
        ended |= _ended()
        if asked == REAP:
            control.send(ended.pop(about) if about in ended else os.waitpid(about, 0)[1])
            continue
        work, life, news = (recv_handle(control) for _ in range(3))
        pid = os.fork()
        if pid == 0:
            control.close()
            os.setsid()
            end_with(life)
            _work(Connection(work), news, own + about)
            os._exit(0)
        for handle in (work, life, news):
            os.close(handle)
        ended.pop(pid, None)
        control.send(pid)


def _ended() -> dict[int, int]:
    """Return how the forks that have ended did, by number."""
    found = {}
    try:
        while (one := os.waitpid(-1, os.WNOHANG))[0]:
            found |= [one]
    except ChildProcessError:
        return found
    return found


def end_with(life: int) -> None:
    """Have the system kill this process and all it starts as soon as the other end of the pipe closes.

    It needs no thread: a cell that keeps the interpreter to itself ends too.
    """
    import fcntl

    fcntl.fcntl(life, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(life, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(life, fcntl.F_SETFL, fcntl.fcntl(life, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([life], [], [], 0)[0]:
        os._exit(1)


def end_with_build(place: str) -> None:
    """Do so in a process that is no fork, in a group of its own; the kernels that it starts find the place too."""
    os.environ[LIFE] = place
    if os.getpgrp() != os.getpid():
        os.setsid()
    end_with(os.open(place, os.O_RDONLY))


def is_fork() -> bool:
    """Tell whether this process is a fork of the template."""
    return bool(_news)


def tell(cell: int) -> None:
    """Note the cell that begins, and when, where the process that asked for the work finds it; needs a fork."""
    os.pwrite(_news[0], NEWS.pack(cell, time.monotonic()), 0)


def _work(connection: Connection, news: int, memory: int) -> None:
    """Do what is asked over the connection. memory: the most that a function may have, in bytes."""
    import resource

    import numpy

    _news[:] = [news]
    random.seed()
    numpy.random.seed(random.getrandbits(32))  # without a number it takes as long as ten cells
    folder, sys.path[:] = connection.recv()
    os.chdir(folder)
    asked = CALL
    try:
        asked, function, arguments = connection.recv()
        if asked == CALL:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        answer = DONE, function(*arguments)
    except UserError as error:
        answer = REFUSED, error
    except BaseException:  # a defect, told whole to the process that asked
        answer = BROKEN, traceback.format_exc()
    connection.send(answer)
    if asked == SERVE and answer[0] == DONE:
        gc.freeze()
        serve(connection)


def _memory() -> int:
    """Return the bytes of memory that this process has."""
    import resource

    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()

"""What the warm process and its forks say to each other and to the process that builds, and how they end with it.

A fork gets its work over a socket of its own; it either calls a function and ends, or prepares something and becomes
itself a process that others are forked from.
"""

import gc
import os
import random
import select
import signal
import sys
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from pathlib import Path

from ctg_analysis.core.errors import UserError

FORK, REAP = "fork", "reap"  # what is asked of a process that others are forked from
CALL, SERVE = "call", "serve"  # what is asked of a fork
CELL = "cell"  # what a fork says while it works: the cell that begins
DONE, REFUSED, BROKEN = "done", "refused", "broken"  # what it says in the end
LIFE = "CTG_LIFE"  # where a process that is no fork finds the pipe that it ends with
_work_of: list[Connection] = []  # of this process, when it is a fork: where it says what comes of its work


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
        work, life = recv_handle(control), recv_handle(control)
        pid = os.fork()
        if pid == 0:
            control.close()
            os.setsid()
            end_with(life)
            _work(Connection(work), own + about)
            os._exit(0)
        os.close(work)
        os.close(life)
        ended.pop(pid, None)
        control.send(pid)


def _ended() -> dict[int, int]:
    """Return how the forks that have ended did, by number."""
    status = {}
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            status |= [ended]
    return status


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
    """Tell whether this process is a fork of the warm process."""
    return bool(_work_of)


def tell(cell: int) -> None:
    """Tell the process that asked for the work which cell begins; needs a fork."""
    _work_of[0].send((CELL, cell))


def _work(connection: Connection, memory: int) -> None:
    """Do what is asked over the connection. memory: the most that a function may have, in bytes."""
    import resource

    import numpy

    _work_of[:] = [connection]
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

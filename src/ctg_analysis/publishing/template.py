"""The warm process that others are forked from: everything imported, one thread, nothing of any territory.

It is started by `forks.Template` and talks to it over a socket. A fork gets its work over a socket of its own; it
either calls a function and ends, or prepares something and becomes itself a process that others are forked from.
"""

import fcntl
import gc
import os
import random
import resource
import select
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from pathlib import Path

from ctg_analysis.errors import UserError

FORK, REAP = "fork", "reap"  # what is asked of a template
CALL, SERVE = "call", "serve"  # what is asked of a fork
NEWS, DONE, REFUSED, BROKEN = "news", "done", "refused", "broken"  # what a fork says
_own: list[Connection] = []


def main() -> None:
    """Run the template: the numbers of the socket and of the pipe of life come as arguments."""
    control, life = map(int, sys.argv[1:])
    end_with(life)
    warm_up()
    gc.collect()
    gc.freeze()
    serve(Connection(control))


def warm_up() -> None:
    """Import what chapters use, and use it once, so that no fork has to."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    import ctg_analysis.publishing.cells
    import ctg_analysis.publishing.execution  # noqa: F401
    from ctg_analysis.display.texts import number
    from ctg_analysis.publishing.html import chapter_page

    number(1234.5, 1)
    page = dict.fromkeys(("territory", "title", "geography", "current"), "") | {"chapters": [], "fictional": False}
    chapter_page(new_notebook(cells=[new_markdown_cell("# a"), new_code_cell("1")]), page)


def serve(control: Connection) -> None:
    """Fork when asked, until the other end closes."""
    while True:
        try:
            asked, about = control.recv()
        except EOFError:
            return
        if asked == REAP:
            control.send(os.waitpid(about, 0)[1])
            continue
        work, life = recv_handle(control), recv_handle(control)
        pid = os.fork()
        if pid == 0:
            control.close()
            os.setsid()
            end_with(life)
            _work(Connection(work), about)
            os._exit(0)
        os.close(work)
        os.close(life)
        control.send(pid)


def end_with(life: int) -> None:
    """Have the system kill this process and all it starts as soon as the other end of the pipe closes.

    It needs no thread: a cell that keeps the interpreter to itself ends too.
    """
    fcntl.fcntl(life, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(life, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(life, fcntl.F_SETFL, fcntl.fcntl(life, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([life], [], [], 0)[0]:
        os._exit(1)


def is_fork() -> bool:
    """Tell whether this process is a fork of the template."""
    return bool(_own)


def tell(news: object) -> None:
    """Say where the work stands to the process that asked for it; nothing outside a fork."""
    for connection in _own:
        connection.send((NEWS, news))


def _work(connection: Connection, memory: int) -> None:
    import numpy

    _own[:] = [connection]
    random.seed()
    numpy.random.seed()
    folder, sys.path[:] = connection.recv()
    os.chdir(folder)
    asked = CALL
    try:
        asked, function, arguments = connection.recv()
        if asked == CALL:
            _limit_memory(memory)
        answer = DONE, function(*arguments)
    except UserError as error:
        answer = REFUSED, error
    except BaseException:  # a defect, told whole to the process that asked
        answer = BROKEN, traceback.format_exc()
    connection.send(answer)
    if asked == SERVE and answer[0] == DONE:
        gc.freeze()
        serve(connection)


def _limit_memory(allowed: int) -> None:
    """Let this process have so many bytes more than it has now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + allowed
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

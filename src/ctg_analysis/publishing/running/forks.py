"""Processes forked from the warm process, seen from the process that builds: started, asked to work, ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from pathlib import Path
from threading import Lock

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.settings import SAFE_PATH
from ctg_analysis.publishing.running.fork_protocol import FORK, REAP

START = "from ctg_analysis.publishing.running.warm_process import main; main()"
PROGRAM = "from ctg_analysis.publishing.running.warm_process import become_program; become_program()"
ENVIRONMENT = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # without it every chart of pyplot is lost, silently
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # the others keep what is freed, which every fork would have
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # a thread does not live through a fork
    "COLUMNS": "80",  # as in a kernel, whatever the terminal: pandas cuts wide tables by it
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


@dataclass(frozen=True)
class Limits:
    """What a job may take: seconds between two cells that begin, seconds in all, bytes beyond the warm process."""

    cell: float = 120
    job: float = 600
    memory: int = 2 << 30


LIMITS = Limits()


class Fork:
    """A process forked from another: asked to work, listened to, ended."""

    def __init__(self, parent: "Parent", pid: int, connection: Connection, life: int):
        self._parent, self.pid, self.connection, self._life = parent, pid, connection, life

    def ask(self, kind: str, function: Callable, *arguments: object) -> None:
        """Give it its work; one that was killed meanwhile is found out when it is listened to."""
        with suppress(BrokenPipeError):
            self.connection.send((str(Path.cwd()), sys.path))  # where the module of the function is found
            self.connection.send((kind, function, arguments))

    def leave(self) -> None:
        """Let it end: its work is done."""
        self.connection.close()
        os.close(self._life)

    def end(self) -> int:
        """Kill it and all it started; return how it ended, as os.waitpid does."""
        self.leave()
        return self._parent.reap(self.pid)


class EndedError(UserError):
    """A process that others are forked from has ended: killed, or never ready."""


@dataclass
class Parent:
    """A process that others are forked from, at the other end of a connection; threads ask it one at a time."""

    control: Connection
    turn: Lock = field(default_factory=Lock)

    def fork(self, memory: int = LIMITS.memory) -> Fork:
        """Return a new fork of it."""
        ours, theirs = Pipe()
        reading, life = os.pipe()
        try:
            with self.turn:
                self.control.send((FORK, memory))
                for handle in (theirs.fileno(), reading):
                    send_handle(self.control, handle, None)
                pid = self.control.recv()
        except (EOFError, OSError) as error:
            ours.close()
            os.close(life)
            raise EndedError("the warm process has ended: run again with CTG_KERNELS=stock to see why") from error
        finally:
            theirs.close()
            os.close(reading)
        return Fork(self, pid, ours, life)

    def reap(self, pid: int) -> int:
        """Return how a fork ended, once it has; as killed when this process has been too, and nobody can tell."""
        try:
            with self.turn:
                self.control.send((REAP, pid))
                return self.control.recv()
        except (EOFError, OSError):
            return signal.SIGKILL


class WarmProcess:
    """The warm process, started at once, ready when it first answers; it ends with this process, however that ends, and
    all that was started below it.
    """

    def __init__(self):
        self._starting = Lock()
        self._start()

    def fork(self, memory: int = LIMITS.memory) -> Fork:
        """Return a new fork of it; it is started again when it was killed."""
        parent, self._used = self._parent, True
        try:
            return parent.fork(memory)
        except EndedError:
            with self._starting:
                if self._parent is parent:
                    self.close()
                    self._start()
            return self._parent.fork(memory)

    def _start(self) -> None:
        self._used = False
        ours, theirs = Pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-c", START, str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            env=os.environ | ENVIRONMENT | SAFE_PATH,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self._parent = Parent(ours)

    def close(self) -> None:
        """End it, and all that was started below it."""
        with self._parent.turn:
            self._parent.control.close()
        if not self._used:
            self._process.kill()  # it may still be getting ready
        self._process.wait()


def run_program(command: list[str], seconds: float, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program of this machine; it ends with this process, however that ends, and what it started with it.

    environment: what it finds there besides. On Linux; elsewhere, a process that is killed leaves it at work. Raises
    subprocess.TimeoutExpired after so many seconds.
    """
    options = {"capture_output": True, "text": True, "errors": "replace", "timeout": seconds, "check": False}
    options["env"] = os.environ | environment
    if sys.platform != "linux":
        return subprocess.run(command, **options)
    reading, life = os.pipe()
    try:
        launched = [sys.executable, "-P", "-c", PROGRAM, str(reading), *command]
        return subprocess.run(launched, pass_fds=(reading,), start_new_session=True, **options)
    finally:
        os.close(reading)
        os.close(life)

"""Several workers on one machine: the kernel shares new connections out among them (SO_REUSEPORT).

The supervisor serves nobody itself. It holds the port's name, starts another worker for one that died, and ends all
together. Workers notice when it is gone: they read from a pipe that nobody else holds open.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import gevent
import gevent.os
from gevent import subprocess
from gevent.event import Event

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
"""Seconds before another worker is started for one that died; twice as long each time it dies young."""
GROWN_UP = 30.0
"""Seconds after which a worker did not die young."""
GRACE = 12.0
"""Seconds in which workers may end what they are doing."""
_PACKAGES = Path(__file__).resolve().parents[2]
_log = logging.getLogger(__name__)


class Supervisor:
    """Keeps workers running. `first` is the command for the very first of them, `other` for every other."""

    def __init__(self, first: list[str], other: list[str]) -> None:
        self._first = first
        self._other = other
        self._processes: dict[int, Any] = {}
        self._stop = Event()

    def run(self, host: str, port: int, count: int) -> None:
        """Until SIGTERM or SIGINT. Raises OSError when the port is taken."""
        with closing(reserve(host, port)):
            watchers = [gevent.signal_handler(each, self._stop.set) for each in (signal.SIGTERM, signal.SIGINT)]
            keepers = [gevent.spawn(self._keep, slot) for slot in range(count)]
            self._stop.wait()
            self._end()
            gevent.joinall(keepers)
            for watcher in watchers:
                watcher.cancel()

    def _keep(self, slot: int) -> None:
        command, pause = self._other if slot else self._first, FIRST_PAUSE
        while not self._stop.is_set():
            began = time.monotonic()
            code = self._start(slot, command).wait()
            command = self._other
            if not self._stop.is_set():
                _log.warning("A worker ended (%s); another takes its place.", code)
                pause = FIRST_PAUSE if time.monotonic() - began > GROWN_UP else min(2 * pause, LONGEST_PAUSE)
                self._stop.wait(pause)

    def _start(self, slot: int, command: list[str]) -> Any:
        # The end of the pipe that says whether we live stays with us alone.
        process = self._processes[slot] = subprocess.Popen(command, stdin=subprocess.PIPE, env=_environment())
        return process

    def _end(self) -> None:
        self._tell(signal.SIGTERM)
        with gevent.Timeout(GRACE, False):
            for process in self._processes.values():
                process.wait()
        self._tell(signal.SIGKILL)

    def _tell(self, number: int) -> None:
        for process in self._processes.values():
            with suppress(ProcessLookupError):
                process.send_signal(number)


def reserve(host: str, port: int) -> socket.socket:
    """Bind the port without listening: our workers can share it, another program can't. Raises OSError if taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as alone:  # who shares a port isn't told that somebody else does too
        alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        alone.bind((host, port))
        alone.listen()
    shared = socket.socket(family)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    shared.bind((host, port))
    return shared


def _environment() -> dict[str, str]:
    """Our own, with the package to be found by a Python that starts elsewhere."""
    search = os.pathsep.join(filter(None, (str(_PACKAGES), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": search}


def end_with_supervisor() -> None:
    """In a worker: end in good order once the supervisor is gone."""
    gevent.os.make_nonblocking(0)

    def watch() -> None:
        with suppress(OSError):
            while gevent.os.nb_read(0, 1):
                pass
        os.kill(os.getpid(), signal.SIGTERM)

    gevent.spawn(watch)

"""The product under test: `facilitator serve` in a process of its own, on SQLite or PostgreSQL."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import psutil

from tests import postgres
from tests.live.raw_phone import free_port


class Server:
    """A process that serves at a port of this machine."""

    def __init__(self, command: list[str], log: Path, *, ready: str, **environment: str) -> None:
        self._command = command
        self._log = log
        self._ready = ready
        self._environment = {**os.environ, **environment}
        self.greeting: list[str] = []
        self.start()

    def start(self) -> None:
        """Start it, or start it again; returns once it says that it is ready."""
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                self._command,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=self._environment,
                start_new_session=True,  # who stops the bench from a terminal must not stop this before its last look
            )
        self._watch = psutil.Process(self.process.pid)
        self.greeting = []
        while not self.greeting or self._ready not in self.greeting[-1]:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"The server did not start.\n{self.log()}")
            self.greeting.append(line.strip())

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        return cpu_of(self._processes())

    def memory(self) -> float:
        """Resident kilobytes."""
        return sum(process.memory_info().rss for process in self._processes()) / 1000

    def files(self) -> int:
        """Open files, sockets among them."""
        return sum(process.num_fds() for process in self._processes())

    def _processes(self) -> list[psutil.Process]:
        return [self._watch]

    def end(self, number: int = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.communicate(timeout=60)

    def log(self) -> str:
        return self._log.read_text()


def cpu_of(processes: Iterable[psutil.Process]) -> float:
    """Seconds of processor time that these have had."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def cpu_of_all(pid: int) -> float:
    """Seconds of processor time of a process and of all that it started, also of those that have ended."""
    process = psutil.Process(pid)
    return sum(process.cpu_times()[:4]) + cpu_of(process.children(recursive=True))


class Product(Server):
    """One server with a fresh data folder and a fresh database."""

    def __init__(self, folder: Path, *, database_url: str = "", workers: int = 1, tick_ms: int | None = None) -> None:
        self.port = free_port()
        self._file = folder / "facilitator.db"
        self._url = database_url
        command = [sys.executable, "-m", "facilitator", "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        given = {"FACILITATOR_DATABASE_URL": database_url} if database_url else {}
        if tick_ms is not None:
            given["FACILITATOR_TICK_MS"] = str(tick_ms)
        command += ["--data", str(folder), *(["--workers", str(workers)] if workers > 1 else [])]
        self._workers = workers
        super().__init__(command, folder / "server.log", ready="Ctrl+C", **given)
        self.invitation = next(line for line in self.greeting if "/invitations/" in line).rpartition("/")[2]

    def rows(self, query: str) -> list[tuple]:
        """What the database holds, read from outside."""
        return postgres.rows(self._url, query) if self._url else self._rows_of_sqlite(query)

    def _processes(self) -> list[psutil.Process]:
        """The server, and its workers if it has any; what runs beside the room, such as an export, is not meant."""
        return [self._watch, *(self._watch.children(recursive=True) if self._workers > 1 else [])]

    def value(self, query: str) -> object:
        return self.rows(query)[0][0]

    def _rows_of_sqlite(self, query: str) -> list[tuple]:
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()

"""The product under test: `facilitator serve` in a process of its own, on SQLite or PostgreSQL."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil

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
        """Seconds of processor time of this process so far."""
        times = self._watch.cpu_times()
        return float(times.user + times.system)

    def memory(self) -> float:
        """Resident kilobytes."""
        return float(self._watch.memory_info().rss / 1000)

    def files(self) -> int:
        """Open files, sockets among them."""
        return int(self._watch.num_fds())

    def end(self, number: int = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.communicate(timeout=60)

    def log(self) -> str:
        return self._log.read_text()


class Product(Server):
    """One server with a fresh data folder and a fresh database."""

    def __init__(self, folder: Path, *, database_url: str = "", tick_ms: int | None = None) -> None:
        self.port = free_port()
        self._file = folder / "facilitator.db"
        self._url = database_url
        command = [sys.executable, "-m", "facilitator", "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        given = {"FACILITATOR_DATABASE_URL": database_url} if database_url else {}
        if tick_ms is not None:
            given["FACILITATOR_TICK_MS"] = str(tick_ms)
        super().__init__([*command, "--data", str(folder)], folder / "server.log", ready="Ctrl+C", **given)
        self.invitation = next(line for line in self.greeting if "/invitations/" in line).rpartition("/")[2]

    def rows(self, query: str) -> list[tuple]:
        """What the database holds, read from outside."""
        return self._rows_of_postgres(query) if self._url else self._rows_of_sqlite(query)

    def value(self, query: str) -> object:
        return self.rows(query)[0][0]

    def _rows_of_sqlite(self, query: str) -> list[tuple]:
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()

    def _rows_of_postgres(self, query: str) -> list[tuple]:
        import psycopg

        with psycopg.connect(self._url.replace("postgresql+psycopg:", "postgresql:")) as connection:
            return connection.execute(query).fetchall()

"""A real PostgreSQL of our own: a fresh cluster on a free port, ended and started again as often as a test likes."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.live.raw_phone import free_port

PATIENCE = 30  # seconds until a start or an end has failed
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "120",
    # Files are safe from a killed process without it; only a power cut needs the disk, which tests can't pull.
    "fsync": "off",
    "shared_buffers": "64MB",
}


class Postgres:
    """One cluster. `new_database()` gives the address of an empty database on it."""

    def __init__(self, **settings: str) -> None:
        self._settings = {**SETTINGS, **settings}
        self.port = free_port()
        self._bin = programs()
        # Its server refuses to run as root, and a user of its own must be able to walk to its files.
        self._user = "postgres" if os.getuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="facilitator-postgres-"))
        self._numbers = itertools.count(1)
        if self._user:
            shutil.chown(self._folder, self._user)
        self._run("initdb", "--auth=trust", "--username=facilitator", "--encoding=UTF8", "--locale=C", "--no-sync")
        self.start()

    @property
    def server_address(self) -> str:
        return f"postgresql://facilitator@127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return int((self._folder / "data" / "postmaster.pid").read_text().split()[0])

    def new_database(self) -> str:
        """The address of a database that holds nothing yet."""
        name = f"town{next(self._numbers)}"
        with psycopg.connect(f"{self.server_address}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"{self.server_address}/{name}"

    def start(self) -> None:
        given = {**self._settings, "port": str(self.port), "unix_socket_directories": str(self._folder)}
        options = " ".join(f"-c {name}={value}" for name, value in given.items())
        self._run("pg_ctl", "start", "--wait", f"--timeout={PATIENCE}", "-l", str(self._folder / "log"), "-o", options)

    def stop(self, how: str = "fast") -> None:
        """`fast` breaks every connection in good order; `immediate` is a crash: the next start repairs it."""
        self._run("pg_ctl", "stop", "--wait", f"--timeout={PATIENCE}", "-m", how)

    def restart(self, how: str = "fast") -> None:
        self.stop(how)
        self.start()

    def close(self) -> None:
        if (self._folder / "data" / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), f"--pgdata={self._folder / 'data'}", *arguments]
        # Nobody may wait for the output of the server that stays behind.
        with (self._folder / "pg_ctl.log").open("a") as log:
            done = subprocess.run(command, cwd="/", user=self._user, stdout=log, stderr=log, check=False)
        assert done.returncode == 0, (self._folder / "pg_ctl.log").read_text()


def programs() -> Path:
    """Where PostgreSQL's programs are; Debian keeps them out of the way, by version."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = [home for home in homes if (home / "initdb").exists()]
    onpath = shutil.which("initdb")
    if not found and not onpath:
        pytest.skip("PostgreSQL is missing: bin/setup --dev installs it")
    if os.getuid() == 0 and "postgres" not in {user.pw_name for user in pwd.getpwall()}:
        pytest.skip("PostgreSQL refuses to run as root, and there is no user of its own")
    return found[0] if found else Path(str(onpath)).resolve().parent


def rows(address: str, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What the database holds, read from outside; values stand where the query says %s."""
    with psycopg.connect(address) as connection:
        return connection.execute(query, values or None).fetchall()


def running() -> Iterator[Postgres]:
    """For a fixture: a server that ends with it."""
    server = Postgres()
    yield server
    server.close()

"""Three workers on one PostgreSQL behind nginx, which can be killed, and a database that can be started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from tests.live.raw_phone import free_port
from tests.live.running import GRACE, Running
from tests.nginx import Nginx
from tests.postgres import rows

AWAY = (502, 503, 504)
"""What somebody is told who asks in the middle of it: nothing is known of what was sent."""


class Workers(Running):
    """One town; `port` is that of nginx, `address` what people open in their browsers."""

    away = AWAY

    def __init__(self, folder, postgres, *, tls=False, count=3):
        self.database, self.postgres = postgres.new_database(), postgres
        super().__init__(folder, database=self.database)
        self._ports = [free_port() for _ in range(count)]
        self._processes = {}
        self.nginx = Nginx(folder.with_name(f"{folder.name}-nginx"), self._ports)
        self.port = self.nginx.tls_port if tls else self.nginx.port
        self.address = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def start(self):
        self.invitation, *_others = [self.start_worker(number) for number in range(len(self._ports))]
        return self

    def start_worker(self, number):
        """Gives the first link to an account, if there is none yet."""
        port = self._ports[number]
        with self.folder.with_suffix(".log").open("a") as log:
            process = self._processes[number] = subprocess.Popen(
                [*_SERVE, f"--port={port}", f"--data={self.folder}", f"--base-url={self.address}"],
                env={**os.environ, "DATABASE_URL": self.database},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        said = []
        while not said or "Ctrl+C" not in said[-1]:
            said.append(process.stdout.readline())
            assert said[-1], self.log()
        return next((line.strip() for line in said if "/invitations/" in line), "")

    def kill_worker(self, number):
        process = self._processes.pop(number)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=GRACE)

    def mishap(self):
        """In the middle of everything a worker is killed, and PostgreSQL ends and starts again."""
        self.kill_worker(0)
        self.postgres.restart()
        self.start_worker(0)

    def close(self):
        """Gives what the workers complained about."""
        self.nginx.stop()
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.communicate(timeout=GRACE)
        self.let_go()
        return self.log()

    def rows(self, query, *values):
        return rows(self.database, query, *values)


_SERVE = [sys.executable, "-m", "facilitator", "serve", "--host=127.0.0.1"]

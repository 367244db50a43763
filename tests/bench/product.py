"""The product under test: `facilitator serve` in a process of its own, and the facilitator who runs its room."""

from __future__ import annotations

import secrets
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench.phones import Answer, Crowd, Flow, Phone, Request
from tests.live.raw_phone import free_port


@dataclass
class Room:
    workshop: int
    code: str
    activity: int


class Product:
    """One server with a fresh data folder."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._database = folder / "facilitator.db"
        self._log = (folder / "server.log").open("w+")
        command = [sys.executable, "-m", "facilitator", "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--data", str(folder)], stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        self._watch = psutil.Process(self.process.pid)
        self.invitation = self._first_line_with("/invitations/").rpartition("/")[2]

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        times = self._watch.cpu_times()
        return float(times.user + times.system)

    def memory(self) -> float:
        """Resident megabytes."""
        return float(self._watch.memory_info().rss / 1e6)

    def rows(self, query: str, *values: object) -> list[tuple]:
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()

    def value(self, query: str, *values: object) -> object:
        return self.rows(query, *values)[0][0]

    def stop(self) -> str:
        """End it in good order; gives what it wrote to its log."""
        self.process.terminate()
        self.process.communicate(timeout=30)
        self._log.seek(0)
        with self._log:
            return self._log.read()

    def _first_line_with(self, word: str) -> str:
        for line in self.process.stdout:
            if word in line:
                return line.strip()
        raise RuntimeError(f"The server did not start.\n{self.stop()}")


class Facilitator(Phone):
    """The member of staff who runs the room, one request after the other."""

    def __init__(self, crowd: Crowd, product: Product) -> None:
        super().__init__(crowd, 0, "")
        self._product = product

    def prepare(self) -> Room:
        """Accept the invitation of the first start and make a workshop with one board."""
        password = secrets.token_urlsafe(12)
        about = {"name": "主持", "email": "bench@example.org", "password": password, "again": password}
        self._fill_in(f"/invitations/{self._product.invitation}", **about)
        details = {"title": "压力测试", "language": "zh_Hans", "neighbourhood_id": "0", "project_id": "0"}
        self._fill_in("/workshops/new/brainstorm", **details)
        workshop, code = self._product.rows("SELECT id, code FROM workshop")[0]
        return Room(workshop, code, int(self._product.value("SELECT id FROM activity")))

    def move(self, room: Room, step: str) -> None:
        self.csrf = self._request("GET", f"/workshops/{room.workshop}/console").csrf
        moves = self._product.value("SELECT moves FROM workshop")
        self._request("POST", f"/workshops/{room.workshop}/moves", to=f"{room.activity}-{step}", moves=str(moves))

    def say(self, room: Room, message: str) -> None:
        self._request("POST", f"/workshops/{room.workshop}/message", message=message)

    def _fill_in(self, path: str, **form: str) -> None:
        """Open a form, fill it in and send it; it must be accepted."""
        self.csrf = self._request("GET", path).csrf
        answer = self._request("POST", path, **form)
        if answer.status != 303:
            raise RuntimeError(f"{path} was not accepted.\n{answer.body[:4000]}")

    def _request(self, method: str, path: str, **form: str) -> Answer:
        answers: list[Answer] = []

        def flow() -> Flow:
            answers.append((yield Request(method, path, {"csrf_token": self.csrf, **form} if form else {})))

        self.do(flow())
        self.crowd.run(lambda: answers)
        if not 200 <= answers[0].status < 400:
            raise RuntimeError(f"{method} {path}: {answers[0].status}\n{answers[0].body[:2000]}")
        return answers[0]

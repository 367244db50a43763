"""`facilitator serve` on a given folder, a browser reduced to cookies and forms, and towns to begin with."""

from __future__ import annotations

import gzip
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Self
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.pages import Page

RELEASES = Path(__file__).resolve().parent.parent / "data" / "releases"
READY = "Stop with Ctrl+C."
PATIENCE = 60
WORKSHOP_CODE = "GHJ9CN"
PASSWORD = "the bench under the old camphor tree"


class Hall:
    """One server in a process of its own."""

    def __init__(self, folder: Path, *options: str, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        environ = {**os.environ, **{f"FACILITATOR_{name.upper()}": value for name, value in settings.items()}}
        command = [sys.executable, "-m", "facilitator", "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--data", str(folder), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environ,
        )
        self._said: list[str] = []
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        self._ready.wait(PATIENCE)
        if self.process.poll() is not None:
            raise AssertionError(f"The server did not start.\n{self.said}")
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def said(self) -> str:
        return "".join(self._said)

    def stop(self) -> str:
        """End it in good order; gives what it said."""
        self.process.terminate()
        return self.ended()

    def kill(self) -> None:
        self.process.kill()
        self.ended()

    def ended(self) -> str:
        """Wait for its end; gives what it said."""
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return self.said

    def _read(self) -> None:
        for line in self.process.stdout:
            self._said.append(line)
            if READY in line:
                self._ready.set()
        self._ready.set()


class Browser:
    """Follows links and sends forms; an answer of any status is an answer."""

    def __init__(self, hall: Hall) -> None:
        self._root = f"http://127.0.0.1:{hall.port}"
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.status, self.headers, self.text, self.csrf, self.path = 0, {}, "", "", ""

    def get(self, path: str, **headers: str) -> Browser:
        return self._ask(Request(self._root + path, headers=headers))

    def post(self, path: str, **fields: str) -> Browser:
        """Send fields as the page's own script does."""
        headers = {"HX-Request": "true", "X-CSRFToken": self.csrf}
        return self._ask(Request(self._root + path, urlencode(fields).encode(), headers))

    def send_photo(self, path: str, photo: bytes, **fields: str) -> Browser:
        edge = "-----edge"
        parts = [f'name="{name}"\r\n\r\n{text}' for name, text in fields.items()]
        parts.append('name="photo"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n')
        body = "\r\n".join(f"--{edge}\r\nContent-Disposition: form-data; {part}" for part in parts).encode()
        headers = {
            "HX-Request": "true",
            "X-CSRFToken": self.csrf,
            "Content-Type": f"multipart/form-data; boundary={edge}",
        }
        return self._ask(Request(self._root + path, body + photo + f"\r\n--{edge}--\r\n".encode(), headers))

    def joins(self) -> Browser:
        """Come into the demo's workshop as a new person."""
        self.get(f"/j/{WORKSHOP_CODE}")
        return self.post(f"/j/{WORKSHOP_CODE}", name="小林")

    def signs_in(self) -> Browser:
        self.get("/sign-in")
        return self.post("/sign-in", email="demo@facilitator.example", password=PASSWORD)

    def _ask(self, request: Request) -> Browser:
        request.add_header("Accept-Language", request.get_header("Accept-language", "en"))
        try:
            answer = self._opener.open(request, timeout=30)
        except HTTPError as error:
            answer = error
        with answer:
            html = answer.read().decode("utf-8")
        page = Page(html)
        self.status, self.headers, self.text, self.path = answer.status, answer.headers, page.text, answer.url
        self.csrf = page.csrf or self.csrf
        return self


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def old_town(folder: Path, release: str = "0002") -> Path:
    """The database as a release of that shape left it."""
    folder.mkdir(parents=True, exist_ok=True)
    dump = gzip.decompress((RELEASES / f"{release}.sql.gz").read_bytes()).decode("utf-8")
    with closing(sqlite3.connect(folder / "facilitator.db")) as connection:
        connection.executescript(dump)
    return folder / "facilitator.db"


def rows(database: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def everything(database: Path) -> dict[str, list[tuple]]:
    """All rows of all tables, sorted."""
    tables = [name for (name,) in rows(database, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {name: sorted(rows(database, f"SELECT * FROM {name}"), key=repr) for name in tables}


def until(true: object, seconds: float = 30) -> bool:
    """Wait until it holds; gives whether it did."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True

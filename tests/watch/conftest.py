"""`facilitator serve` in a process of its own, whose log is read, and people who talk to it over real connections."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
import socketio

from facilitator.app import create_app
from facilitator.config import Settings
from facilitator.migrations import upgrade
from tests.factories import Factories
from tests.live.raw_phone import free_port
from tests.pages import Page
from tests.visitors import Visitor

TOKEN = "let-me-count"
ROOT = Path(__file__).resolve().parents[2]


class Town:
    """The server, and beside it an application on the same data folder that makes rows and cookies."""

    def __init__(self, folder: Path, *, name: str = "server", **settings: str) -> None:
        self.data, self._log = folder / "data", folder / f"{name}.log"
        self.app = create_app(Settings(data=self.data, database_url=settings.get("database_url", "")))
        upgrade(self.app.config["SETTINGS"].database)
        self.make = Factories(self.app)
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "facilitator", "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--data", str(self.data)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, **{f"FACILITATOR_{name.upper()}": value for name, value in settings.items()}},
            )
        assert self.process.stdout
        while "Ctrl+C" not in self.process.stdout.readline():
            assert self.process.poll() is None, self.log()

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def lines(self) -> list[dict[str, Any]]:
        """The log as machines read it."""
        return [json.loads(line) for line in self.log().splitlines()]

    def guest(self, **headers: str) -> Guest:
        return Guest(self, headers)

    def resident(self, person: Any) -> Guest:
        return self._with_cookie(Visitor(self.app).get(f"/r/{person.token}"))

    def staff(self, staff: Any) -> Guest:
        visitor = Visitor(self.app)
        visitor.is_signed_in_as(staff)
        return self._with_cookie(visitor)

    def _with_cookie(self, visitor: Visitor) -> Guest:
        cookie = visitor.client.get_cookie("session")
        assert cookie
        return Guest(self, {"Cookie": f"session={cookie.value}"})

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=20)


class Guest:
    """A browser without a screen: keeps cookies and the form token."""

    def __init__(self, town: Town, headers: dict[str, str]) -> None:
        self._address = town.address
        self.sent = {"Accept-Language": "en", **headers}
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self._csrf = ""
        self.status = 0
        self.headers: Any = {}
        self.text = ""

    def get(self, path: str, **headers: str) -> Guest:
        return self._ask(Request(self._address + path), headers)

    def post(self, path: str, **fields: str) -> Guest:
        request = Request(self._address + path, urlencode(fields).encode(), method="POST")
        return self._ask(request, {"X-CSRFToken": self._csrf, "HX-Request": "true"})

    def screen(self, audience: str, key: object) -> socketio.Client:
        """A page's socket, connected."""
        client = socketio.Client(reconnection=False)
        kept = {name: value for name, value in self.sent.items() if name in ("Cookie", "Accept-Language")}
        about = {"audience": audience, "key": str(key)}
        client.connect(self._address, kept, about, transports=["websocket"], wait_timeout=20)
        return client

    @property
    def cookie(self) -> str:
        return self.sent["Cookie"]

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def page(self) -> Page:
        return Page(self.text)

    def _ask(self, request: Request, more: dict[str, str]) -> Guest:
        for name, value in {**self.sent, **more}.items():
            request.add_header(name, value)
        try:
            answer = self._opener.open(request, timeout=20)
        except HTTPError as refused:
            answer = refused
        with answer:
            self.status, self.headers = answer.status, answer.headers
            self.text = answer.read().decode("utf-8", "replace")
        self._csrf = Page(self.text).csrf or self._csrf
        return self


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = Town(
        tmp_path_factory.mktemp("town"),
        tick_ms="20",
        log_format="json",
        log_level="debug",
        metrics_token=TOKEN,
    )
    yield town
    town.stop()

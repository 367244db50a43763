"""A hall for the stories: the real server, a real browser, screens for everybody, and a cable that can be cut."""

from __future__ import annotations

import os
import re
import selectors
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--ignore-certificate-errors",  # nginx stands there with one of its own
]
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
PHONE = {"width": 390, "height": 844}
WALL = {"width": 1920, "height": 1080}
PASSWORD = "a-long-pass-phrase"


class Server:
    """`facilitator serve` with a fresh data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = (folder / "server.log").open("w+")
        self.start()
        self.invitation = self._line_with("/invitations/")

    def start(self) -> None:
        """Also again, on the same port, after `kill`."""
        command = [sys.executable, "-m", "facilitator", "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(
            [*command, "--data", str(self.folder), "--base-url", self.address],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def kill(self) -> None:
        """As when the laptop's battery dies."""
        self._process.kill()
        self._process.communicate()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database holds now."""
        with closing(sqlite3.connect(f"file:{self.folder / 'facilitator.db'}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()

    def value(self, query: str, *values: object) -> Any:
        return self.rows(query, *values)[0][0]

    def mishap(self) -> None:
        """Nothing: this server's own have tests of their own."""

    def stop(self) -> str:
        """End it in good order; gives what it complained about."""
        self._process.terminate()
        self._process.communicate(timeout=30)
        self._log.seek(0)
        with self._log:
            return self._log.read()

    def _line_with(self, word: str) -> str:
        for line in self._process.stdout or ():
            if word in line:
                return line.strip()
        raise RuntimeError(f"The server did not start.\n{self.stop()}")


PORTAL = b"<!doctype html><title>Free Wi-Fi</title><section id=mine>Please sign in to the hotel network.</section>"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Cable:
    """The only way from one phone to the server, and all that a hall's network does to it."""

    def __init__(self, server: Server) -> None:
        self._to = ("127.0.0.1", server.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = re.sub(r"\d+$", str(self._listener.getsockname()[1]), server.address)
        self._whole = self._answers = self._sockets = True
        self._portal = False
        self._delay = 0.0
        self._loses = self._carried = 0
        self._flows = threading.Event()
        self._flows.set()
        self._ends: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def hold_answers(self) -> None:
        """Questions still get through, answers no longer."""
        self._answers = False

    def fall_silent(self) -> None:
        """Nothing gets through and nothing breaks: what is sent arrives when the cable is mended."""
        self._flows.clear()

    def cut(self) -> None:
        """Every connection breaks, as when the Wi-Fi dies."""
        self._whole = False
        self._break()

    def show_portal(self) -> None:
        """Whatever is asked, the network answers with its own sign-in page."""
        self._portal = True
        self._break()

    def block_sockets(self) -> None:
        self._sockets = False

    def be_bad(self, delay: float, loses: int) -> None:
        """Every piece takes so many seconds more, and one of so many carries its question but loses the answer."""
        self._delay, self._loses = delay, loses

    def mend(self) -> None:
        self._whole = self._answers = self._sockets = True
        self._portal = False
        self.be_bad(0, 0)
        self._flows.set()

    def close(self) -> None:
        self._listener.close()
        self._flows.set()
        self.cut()

    def _break(self) -> None:
        for end in list(self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _peer = self._listener.accept()
                if self._whole:
                    threading.Thread(target=self._serve, args=(near,), daemon=True).start()
                else:
                    near.close()

    def _serve(self, near: socket.socket) -> None:
        with near, suppress(OSError):
            if self._portal:
                near.recv(65536)
                near.sendall(OK % len(PORTAL) + PORTAL)
            else:
                self._carry(near)

    def _carry(self, near: socket.socket) -> None:
        with socket.create_connection(self._to) as far, selectors.DefaultSelector() as both:
            self._ends |= {near, far}
            both.register(near, selectors.EVENT_READ)
            both.register(far, selectors.EVENT_READ)
            with suppress(OSError):
                while all(self._pass_on(key.fileobj, near, far) for key, _events in both.select()):
                    pass
            self._ends -= {near, far}

    def _pass_on(self, source: Any, near: socket.socket, far: socket.socket) -> bool:
        data = source.recv(65536)
        self._flows.wait()
        time.sleep(self._delay)
        if source is near:
            return self._ask(data, near, far)
        self._carried += 1
        if self._loses and self._carried % self._loses == 0:
            return False
        if self._answers:
            near.sendall(data)
        return bool(data)

    def _ask(self, data: bytes, near: socket.socket, far: socket.socket) -> bool:
        if not self._sockets and b"upgrade: websocket" in data.lower():
            near.sendall(FORBIDDEN)
            return False
        far.sendall(data)
        return bool(data)


class Hall:
    """The server and everybody's screens. What a page complains about is kept in `complaints`."""

    def __init__(self, server: Server, browser: Browser) -> None:
        self.server = server
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def phone(self, language: str, address: str = "", **more: Any) -> Page:
        """A resident's phone that has opened nothing yet."""
        touch = {"viewport": PHONE, "is_mobile": True, "has_touch": True}
        return self._screen(address, locale=LOCALES[language], **{**touch, **more})

    def wall(self, **more: Any) -> Page:
        """The hall's computer with its projector; signed in nowhere."""
        return self._screen(viewport=WALL, locale="zh-CN", **more)

    def desk(self, language: str, **more: Any) -> Page:
        """The facilitator's laptop."""
        return self._screen(locale=LOCALES[language], **{"viewport": WALL, **more})

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _screen(self, address: str = "", **about: Any) -> Page:
        context = self._browser.new_context(base_url=address or self.server.address, **about)
        context.set_default_timeout(15_000)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", self._hear)
        return page

    def _hear(self, message: Any) -> None:
        # What the network does when it is cut is part of the story.
        if message.type == "error" and not re.search("ERR_|WebSocket|Failed to fetch", message.text):
            self.complaints.append(f"{message.location.get('url')}: {message.text}")


def make_account(page: Page, server: Server, name: str = "李引导") -> None:
    """Use the one-time link of the first start."""
    page.goto(server.invitation)
    page.locator("#name").fill(name)
    page.locator("#email").fill("li@example.org")
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.locator("main button.primary").click()
    expect(page).to_have_url(re.compile("/workshops$"))


def make_workshop(page: Page, title: str, template: str = "brainstorm", language: str = "zh_Hans") -> int:
    """Create a workshop from a template; gives its number."""
    page.goto(f"/workshops/new/{template}")
    page.locator("#title").fill(title)
    page.locator("#language").select_option(language)
    page.locator("main button.primary").click()
    page.wait_for_url("**/agenda")
    return int(page.url.split("/")[-2])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])

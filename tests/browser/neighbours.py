"""A hall full of people: those whose phones need no screen of their own here, and what they know to have sent."""

from __future__ import annotations

import secrets
from collections import Counter
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.browser.hall import Server
from tests.pages import Page


class Neighbour:
    """A person whose phone talks to the server as a browser does, form tokens and cookies included."""

    def __init__(self, server: Server, name: str) -> None:
        self.name = name
        self.said: list[str] = []
        self.dots: Counter[str] = Counter()
        self._address = server.address
        self._open = build_opener(HTTPCookieProcessor(CookieJar())).open
        code = server.value("SELECT code FROM workshop")
        self._room = f"/w/{code}"
        form = self._ask(f"/J/{code}").form(f"/j/{code}")
        self.page = self._ask(form.action, {**form.fields, "name": name})

    def looks(self) -> Page:
        """Open the room's page anew."""
        self.page = self._ask(self._room)
        return self.page

    def says(self, text: str) -> None:
        form = self.page.form("/ideas")
        self._ask(form.action, {**form.fields, "id": secrets.token_hex(16), "text": text})
        self.said.append(text)

    def places(self, idea: str) -> None:
        """A dot on the idea of this id."""
        form = self.page.form("/dots")
        self._ask(form.action, {**form.fields, "id": secrets.token_hex(16), "target": idea})
        self.dots[idea] += 1

    def _ask(self, path: str, fields: dict[str, Any] | None = None) -> Page:
        body = urlencode(fields).encode() if fields is not None else None
        with self._open(Request(self._address + path, body, {"Accept-Language": "zh-CN"})) as answer:
            return Page(answer.read().decode())

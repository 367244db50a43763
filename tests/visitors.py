"""A person with a browser: opens pages, fills in forms, presses buttons. Cookies and form tokens are the real ones."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.pages import Page

LANGUAGES = {"en": "en", "zh": "zh-CN,zh"}


class Visitor:
    def __init__(self, app: Flask, language: str = "en") -> None:
        self.client = app.test_client()
        self.page = Page("")
        self.answer: TestResponse
        self._language = LANGUAGES[language]
        self._csrf = ""

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def path(self) -> str:
        return self.answer.request.path

    @property
    def html(self) -> str:
        return self.answer.get_data(as_text=True)

    @property
    def text(self) -> str:
        return self.page.text

    def is_signed_in_as(self, staff: Any) -> None:
        """With the cookie that signing in gives; the form itself is tested in tests/accounts."""
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = staff.get_id()
            cookie["_fresh"] = True
        self.get("/workshops")

    def get(self, path: str, *, htmx: bool = False, **headers: str) -> Visitor:
        return self._ask("GET", path, {"HX-Request": "true"} if htmx else {}, headers=headers)

    def post(self, path: str, *, htmx: bool = False, **fields: Any) -> Visitor:
        """Send fields as the page's own script does, with its form token."""
        extra = {"X-CSRFToken": self._csrf, **({"HX-Request": "true"} if htmx else {})}
        return self._ask("POST", path, extra, data=fields)

    def send(self, action: str, *, htmx: bool = False, **filled: Any) -> Visitor:
        """Fill in the form of the open page that goes to this address, and send it."""
        form = self.page.form(action)
        here = self.answer.request.full_path.removesuffix("?")
        return self.post(form.action or here, htmx=htmx, **{**form.fields, **filled})

    def press(self, text: str, **filled: Any) -> Visitor:
        """Press the button with these words, then look at the page again."""
        button, came_from = self.page.button(text), self.path
        self.post(button.address, htmx=True, **{**button.fields, **filled})
        assert self.status < 400, self.text
        return self.get(came_from)

    def open(self, text: str) -> Page:
        """Open the panel behind a button; the page below stays as it is."""
        return Page(self.client.get(self.page.button(text).panel, headers=self._headers()).get_data(as_text=True))

    def _ask(self, method: str, path: str, extra: dict[str, str], headers: Any = None, **more: Any) -> Visitor:
        every = {
            **self._headers(),
            **extra,
            **{name.replace("_", "-"): value for name, value in (headers or {}).items()},
        }
        self.answer = self.client.open(path, method=method, headers=every, follow_redirects=True, **more)
        if self.answer.mimetype == "text/html":
            self.page = Page(self.html)
            self._csrf = self.page.csrf or self._csrf
        return self

    def _headers(self) -> dict[str, str]:
        return {"Accept-Language": self._language}

"""Asking for suggested themes: the process that thinks, started when somebody first asks and kept."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import gevent
from flask import Flask, current_app
from flask_babel import gettext as _
from gevent.lock import BoundedSemaphore

from facilitator.web.errors import Refused

PATIENCE = 60
"""Seconds, the first time with a slow disk included."""


class SuggestedTheme(TypedDict):
    number: int
    title: str
    keywords: list[str]
    members: list[int]
    """Places of its ideas."""


class Suggested(TypedDict):
    labels: list[int | None]
    themes: list[SuggestedTheme]
    warning: bool
    """The language model is missing: ideas are compared by their characters alone."""


def init_app(app: Flask) -> None:
    app.extensions["thinker"] = _Thinker()


def suggested(texts: Sequence[str], locked: Mapping[int, int], grain: str) -> Suggested:
    """Themes for these texts; `locked` gives the theme of those placed by hand. Raises Refused when nobody answers."""
    found: Suggested = _ask("themes", texts=list(texts), locked=dict(locked), grain=grain)
    return found


def doubles(texts: Sequence[str]) -> list[tuple[int, int, float]]:
    """Pairs that may say the same: their places, the smaller first, and how alike they are, 0 to 1.

    Raises Refused when nobody answers.
    """
    return [(first, second, alike) for first, second, alike in _ask("doubles", texts=list(texts))]


def _ask(about: str, **question: Any) -> Any:
    thinker: _Thinker = current_app.extensions["thinker"]
    return thinker.ask({"about": about, **question})


class _Thinker:
    def __init__(self) -> None:
        self._turn = BoundedSemaphore()
        self._process: subprocess.Popen[str] | None = None

    def ask(self, question: dict[str, Any]) -> Any:
        with self._turn:
            try:
                with gevent.Timeout(PATIENCE):
                    return self._asked(question)
            except (OSError, ValueError, gevent.Timeout) as error:
                self._end()
                raise Refused(_("Themes can't be suggested just now. Please try again."), 503) from error

    def _asked(self, question: dict[str, Any]) -> Any:
        process = self._running()
        assert process.stdin  # noqa: S101  both are pipes
        assert process.stdout  # noqa: S101
        process.stdin.write(json.dumps(question) + "\n")
        process.stdin.flush()
        # It has ended where the line is empty: that is no JSON, and the next to ask starts another.
        return json.loads(process.stdout.readline())

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-m", "facilitator.synthesis.thinker"]
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8")  # noqa: S603
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

"""Asking about ideas: the process that thinks, started when it is first needed and kept."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import gevent
from flask import Flask, current_app
from flask_babel import gettext as _
from gevent import subprocess
from gevent.lock import BoundedSemaphore

from facilitator.web.errors import Refused

PATIENCE = 60
"""Seconds, the first time with a slow disk included."""
FILE = "vectors.db"
"""In the data folder; it can be thrown away at any time."""


class SuggestedTheme(TypedDict):
    number: int
    title: str
    keywords: list[str]
    members: list[int]
    """Places of its ideas."""
    like: int | None
    """Which of the other themes it is like."""


class Suggested(TypedDict):
    themes: list[SuggestedTheme]
    warning: bool
    """The language model is missing: ideas are compared by their characters alone."""


class TablePile(NamedTuple):
    """What a table has put together, by its number, and the theme in which a facilitator has put it, if in one."""

    table: int
    name: str
    notes: Sequence[str]
    theme: int | None = None


class Near(NamedTuple):
    """The theme that a loose idea is nearest to, by the place of the idea, and how clearly it is, 0 to 1."""

    place: int
    theme: int
    clearly: float
    fits: bool
    """Does it lie among the ideas of that theme, and not apart from all themes?"""


def init_app(app: Flask) -> None:
    app.extensions["thinker"] = Thinker(app.config["SETTINGS"].data / FILE)


def suggested(
    texts: Sequence[str], locked: Mapping[int, int], grain: str, others: Sequence[Sequence[str]] = ()
) -> Suggested:
    """Themes for these texts. Raises Refused when nobody answers.

    `locked` gives the theme of those placed by hand, by their places; `others` are the texts of themes elsewhere.
    """
    known = {"locked": dict(locked), "others": [list(each) for each in others]}
    found: Suggested = _ask("themes", texts=list(texts), grain=grain, **known)
    return found


def doubles(texts: Sequence[str]) -> tuple[list[tuple[int, int, bool]], bool]:
    """Pairs that may say the same, the surest first: their places, the smaller first, and whether they surely do.

    And whether the language model is missing. Raises Refused when nobody answers.
    """
    found = _ask("doubles", texts=list(texts))
    return [(first, second, sure) for first, second, sure in found["pairs"]], found["warning"]


def nearest(texts: Sequence[str], themes: Mapping[int, int]) -> tuple[list[Near], bool]:
    """Where the texts without a theme seem to go, and whether the language model is missing.

    `themes` gives the theme of the others by their places. Raises Refused when nobody answers.
    """
    found = _ask("nearest", texts=list(texts), themes=dict(themes))
    return [Near(*each) for each in found["near"]], found["warning"]


def kin(groups: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> list[int | None]:
    """For each group of texts the place of the one among the others that it is most like, if any.

    Raises Refused when nobody answers.
    """
    texts = [text for group in (*groups, *others) for text in group]
    found: list[int | None] = _ask("kin", texts=texts, sizes=[len(g) for g in (*groups, *others)], first=len(groups))
    return found


def reconciled(piles: Sequence[TablePile]) -> tuple[list[list[int]], bool]:
    """Piles that belong together, by their places, and whether the language model is missing.

    In each group the one nearest to its middle comes first. Raises Refused when nobody answers.
    """
    tables, names, notes, owners = (list(each) for each in zip(*piles, strict=True))
    found = _ask("piles", names=names, notes=[list(each) for each in notes], tables=tables, owners=owners)
    return found["groups"], found["warning"]


def _ask(about: str, **question: Any) -> Any:
    thinker: Thinker = current_app.extensions["thinker"]
    try:
        return thinker.ask(about, **question)
    except NoAnswer as error:
        raise Refused(_("Themes can't be suggested just now. Please try again."), 503) from error


class NoAnswer(Exception):
    """The process can't be started, has ended or doesn't answer."""


class Thinker:
    """One process, one question at a time; the next to ask starts it again when it has ended."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._turn = BoundedSemaphore()
        self._process: Any = None
        self._asking = 0

    @property
    def is_busy(self) -> bool:
        """Does anybody wait for an answer?"""
        return self._asking > 0

    def was_used_within(self, seconds: float) -> bool:
        """Was anything written to its file so lately, by whichever process?"""
        ends = (self._file.with_name(self._file.name + end) for end in ("", "-wal"))
        return any(time.time() - end.stat().st_mtime < seconds for end in ends if end.exists())

    def ask(self, about: str, patience: float = PATIENCE, **question: Any) -> Any:
        """The answer; raises NoAnswer after so many seconds at the latest."""
        self._asking += 1
        try:
            with gevent.Timeout(patience), self._turn:
                return self._answer(json.dumps({"about": about, **question}))
        except (OSError, ValueError, gevent.Timeout) as error:
            raise NoAnswer from error
        finally:
            self._asking -= 1

    def close(self) -> None:
        """End the process; whoever asks next starts another."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(OSError):
                process.kill()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError, ValueError):
                    pipe.close()

    def _answer(self, question: str) -> Any:
        was_running = self._process is not None
        try:
            return self._exchanged(question)
        except (OSError, ValueError):
            if not was_running:
                raise
            return self._exchanged(question)  # it had ended since: by itself, or for want of memory

    def _exchanged(self, question: str) -> Any:
        try:
            self._process = self._process or self._started()
            self._process.stdin.write(question + "\n")
            self._process.stdin.flush()
            # Where it has ended the line is empty, and no JSON.
            return json.loads(self._process.stdout.readline())
        except BaseException:  # also when time is up: its answer would be taken for that of the next question
            self.close()
            raise

    def _started(self) -> Any:
        command = [sys.executable, "-m", "facilitator.synthesis.thinker", str(self._file)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8")

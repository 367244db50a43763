"""What the other processes count.

Several share one PostgreSQL and one data folder, but each counts for itself: every few seconds it leaves its figures
in the folder, so that whichever is asked can tell those of all.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gevent
from flask import Flask

Sheet = dict[str, Any]
EACH = 3.0
"""Seconds between two sheets."""
FRESH = 15.0
"""Seconds after which a sheet is that of a dead process."""
_log = logging.getLogger(__name__)


def me() -> str:
    """Tells this process from those of all machines."""
    return f"{socket.gethostname()}-{os.getpid()}"


class Peers:
    """The processes beside this one; on SQLite there are none."""

    def __init__(self, app: Flask, about_me: Callable[[], Sheet]) -> None:
        settings = app.config["SETTINGS"]
        self.folder: Path = settings.data / "figures"
        self.are_possible = settings.file is None
        self._app = app
        self._about_me = about_me

    def sheets(self) -> list[Sheet]:
        """What the others said last."""
        return [sheet for path in self._fresh() if (sheet := _read(path))] if self.are_possible else []

    def run(self) -> None:
        """Leave a sheet, for ever."""
        while True:
            try:
                with self._app.app_context():
                    self.leave()
            except Exception:  # noqa: BLE001  the next one may get through
                _log.exception("The figures could not be left for the other processes.")
            gevent.sleep(EACH)

    def leave(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{me()}.part"
        part.write_text(json.dumps(self._about_me()), encoding="utf-8")
        part.replace(self.folder / f"{me()}.json")

    def go(self) -> None:
        """Take one's sheet away: a process that ends in good order isn't counted until it would seem dead."""
        (self.folder / f"{me()}.json").unlink(missing_ok=True)

    def _fresh(self) -> Iterator[Path]:
        for path in self.folder.glob("*.json"):
            age = time.time() - path.stat().st_mtime
            if path.stem != me() and age < FRESH:
                yield path
            elif age > 60 * FRESH:
                path.unlink(missing_ok=True)


def _read(path: Path) -> Sheet | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None

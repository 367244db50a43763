"""While the room runs: a snapshot whenever something has changed, and an eye on the disk and the clock."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gevent
from flask import Flask
from gevent import subprocess

from facilitator.config import Settings
from facilitator.safekeeping import snapshots
from facilitator.safekeeping.copying import open_to_read
from facilitator.storage import Health, Trouble, trouble_of

GLANCE = 5.0
"""Seconds between two looks."""
RESERVE = 100 * 2**20
"""Bytes that a snapshot leaves free on its disk: it must not be what fills it."""
JUMP = 5.0
"""Seconds by which a clock may be put right unnoticed."""
REMEMBERED = 3600.0
"""Seconds for which a jump is told."""
_PACKAGES = Path(__file__).resolve().parents[2]
_log = logging.getLogger(__name__)


class Keeper:
    """Keeps one SQLite database safe. `failure` says why the last snapshot could not be made; empty if it could."""

    def __init__(self, settings: Settings, database: Path, health: Health) -> None:
        self.failure = ""
        self._settings = settings
        self._database = database
        self._health = health
        self._interval = settings.snapshot_minutes * 60
        self._seen: int | None = None
        self._watching: sqlite3.Connection | None = None
        self._last_try = float("-inf")
        self._clock = Clock()

    def run(self) -> None:
        """Look for ever."""
        while True:
            gevent.sleep(GLANCE)
            try:
                self.look()
            except Exception:  # noqa: BLE001  whatever it is, the next look may be better
                _log.exception("The safekeeping stumbled.")

    def look(self) -> None:
        self._clock.look()
        if self._health.trouble:
            self._look_again()
        if self._interval and time.monotonic() - self._last_try >= self._interval:
            self.keep()

    def _look_again(self) -> None:
        """Has the trouble passed? Nobody may have tried meanwhile."""
        trouble = probe(self._database)
        if trouble:
            self._health.met(trouble)
        else:
            self._health.well()

    def jump(self) -> float:
        """Seconds by which the clock jumped lately; 0 if it did not."""
        return self._clock.lately()

    def keep(self) -> None:
        """Take a snapshot if anything has changed since the last one, and thin out the old."""
        state = self._state()
        if state == self._seen:
            return
        self._last_try = time.monotonic()
        self.failure = self._take()
        if self.failure:
            _log.error("No snapshot: %s", self.failure)
        else:
            self._seen = state
            self._thin()

    def close(self) -> None:
        """The last state of the evening is kept too, and the database is one file again: who copies it has it all."""
        if self._interval:
            self.keep()
        if self._watching:
            self._watching.close()
        with suppress(sqlite3.Error), closing(sqlite3.connect(self._database, timeout=1)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _state(self) -> int:
        """A number that changes with every commit of another connection."""
        self._watching = self._watching or open_to_read(self._database)
        return int(self._watching.execute("PRAGMA data_version").fetchone()[0])

    def _take(self) -> str:
        """Copy in another process; gives what went wrong."""
        folder = self._settings.snapshots
        try:
            target = snapshots.next_path(folder, datetime.now(UTC))
            if shutil.disk_usage(folder).free - self._database.stat().st_size < RESERVE:
                return f"too little room in {folder}"
        except OSError as error:
            return f"{folder}: {error.strerror}"
        data = [str(self._settings.data)] if self._settings.snapshot_folder else []
        command = [sys.executable, "-m", "facilitator.safekeeping.copying", str(self._database), str(target), *data]
        search = os.pathsep.join(filter(None, (str(_PACKAGES), os.environ.get("PYTHONPATH"))))
        return _said_by(command, {**os.environ, "PYTHONPATH": search})

    def _thin(self) -> None:
        for extra in snapshots.superfluous(snapshots.kept(self._settings.snapshots), datetime.now(UTC)):
            extra.path.unlink(missing_ok=True)


@contextmanager
def keeping(app: Flask) -> Iterator[None]:
    """Keep the application's database safe while the block runs. PostgreSQL is kept by its own means."""
    settings: Settings = app.config["SETTINGS"]
    if settings.file is None:
        # A sign of life is a write: with the first that gets through, the trouble has passed.
        app.extensions["roll"].when_beating(app.extensions["storage"].well)
        yield
        return
    keeper = app.extensions["keeper"] = Keeper(settings, settings.file, app.extensions["storage"])
    watch = gevent.spawn(keeper.run)
    try:
        yield
    finally:
        watch.kill()
        keeper.close()


class Clock:
    """Notices when the computer's clock is set; a computer that slept has not been set."""

    def __init__(self) -> None:
        self._offset = _offset()
        self._jump = 0.0
        self._noticed = float("-inf")

    def look(self) -> None:
        before, self._offset = self._offset, _offset()
        if abs(self._offset - before) > JUMP:
            self._jump, self._noticed = self._offset - before, _steady()
            _log.warning("The clock of this computer jumped by %.0f s.", self._jump)

    def lately(self) -> float:
        """Seconds of the last jump, for an hour after it."""
        return self._jump if _steady() - self._noticed < REMEMBERED else 0.0


def probe(database: Path) -> Trouble | None:
    """Try to write: one page, with nothing changed in it. Gives what is in the way."""
    try:
        with closing(sqlite3.connect(database, timeout=0)) as connection:
            [number] = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version={int(number)}")
    except sqlite3.Error as error:
        return trouble_of(error)
    return None


def _said_by(command: list[str], env: dict[str, str]) -> str:
    process: Any = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env)
    said = process.communicate()[1].decode(errors="replace").strip()
    return "" if process.returncode == 0 else said or f"the copying process ended with {process.returncode}"


def _steady() -> float:
    """Seconds that go on while the computer sleeps, and that nobody can set."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _offset() -> float:
    return time.time() - _steady()

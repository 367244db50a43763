"""The roll of workers: each says every few seconds that it lives, and that it shares what all must share.

A worker with another signing key would take everybody for strangers; one with another data folder could not show
the photos and exports of the rest. Such a worker must not start.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import gevent
from flask import Flask, current_app
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from facilitator.config import Settings
from facilitator.database import ENTERING, take_turns
from facilitator.disk import write_once
from facilitator.extensions import Model, Moment, db, now

BEAT = 3.0
"""Seconds between two signs of life."""
FORGOTTEN = timedelta(seconds=15)
"""Who gave no sign for so long is dead."""
_log = logging.getLogger(__name__)


class Unlike(Exception):
    """A worker that doesn't share what the others share; the message says what, and what to do."""


class Worker(Model):
    __tablename__ = "worker"

    id: Mapped[str] = mapped_column(primary_key=True)
    key_mark: Mapped[str]
    folder_mark: Mapped[str]
    seen_at: Mapped[datetime] = mapped_column(Moment)


_workers: Any = Worker.__table__


class Roll:
    """One worker's place on the roll. A worker on SQLite is alone, and nothing is written."""

    def __init__(self, app: Flask) -> None:
        self.me = secrets.token_hex(4)
        self._app = app
        self._settings: Settings = app.config["SETTINGS"]
        self._listeners: list[Callable[[], None]] = []
        self._beating_since = time.monotonic()

    def when_beating(self, listener: Callable[[], None]) -> None:
        """Call this, in an application context, after every sign of life."""
        self._listeners.append(listener)

    def alive(self) -> set[str]:
        """Workers that live, as far as anybody knows, and oneself."""
        fresh = select(_workers.c.id).where(_workers.c.seen_at > now() - FORGOTTEN)
        return {self.me, *db.session.scalars(fresh)}

    @property
    def is_sure(self) -> bool:
        """Is who seems dead really dead? Just after the database itself was away, all seem to be."""
        return not self._settings.on_postgres or time.monotonic() - self._beating_since > FORGOTTEN.total_seconds()

    def enter(self) -> None:
        """Raises Unlike."""
        marks = self._marks()
        with self._app.app_context(), db.engine.begin() as connection:
            take_turns(connection, ENTERING)
            connection.execute(delete(_workers).where(_workers.c.seen_at < now() - FORGOTTEN))
            _compare(marks, connection)
            connection.execute(insert(_workers), {"id": self.me, **marks, "seen_at": now()})

    def leave(self) -> None:
        with self._app.app_context(), db.engine.begin() as connection:
            connection.execute(delete(_workers).where(_workers.c.id == self.me))

    def run(self) -> None:
        """Give signs of life for ever."""
        while True:
            gevent.sleep(BEAT)
            try:
                self._beat()
            except Exception as error:  # noqa: BLE001  whatever it is, the next beat may do better
                self._beating_since = time.monotonic()
                _log.warning("This worker could not say that it lives: %s", type(error).__name__)

    def _beat(self) -> None:
        with self._app.app_context():
            with db.engine.begin() as connection:
                self._say(connection)
            for listener in self._listeners:
                listener()

    def _say(self, connection: Connection) -> None:
        told = connection.execute(update(_workers).where(_workers.c.id == self.me).values(seen_at=now()))
        if not told.rowcount:  # somebody took us for dead
            connection.execute(insert(_workers), {"id": self.me, **self._marks(), "seen_at": now()})

    def _marks(self) -> dict[str, str]:
        """Tell key and folder apart from others without giving them away."""
        folder = self._settings.data / "folder_id"
        write_once(folder, secrets.token_hex(16).encode())
        return {"key_mark": _mark(self._settings.secret()), "folder_mark": _mark(folder.read_text())}


def init_app(app: Flask) -> None:
    app.extensions["roll"] = Roll(app)


def roll() -> Roll:
    found: Roll = current_app.extensions["roll"]
    return found


@contextmanager
def on_roll(app: Flask) -> Iterator[None]:
    """Stand on the roll while the block runs. Raises Unlike."""
    mine: Roll = app.extensions["roll"]
    if not app.config["SETTINGS"].on_postgres:
        yield
        return
    mine.enter()
    beating = gevent.spawn(mine.run)
    try:
        yield
    finally:
        beating.kill()
        mine.leave()


def _compare(marks: dict[str, str], connection: Connection) -> None:
    others = connection.execute(select(_workers.c.key_mark, _workers.c.folder_mark)).all()
    if any(other.key_mark != marks["key_mark"] for other in others):
        raise Unlike(
            "This worker signs cookies with another key than the workers that run already: it would take everybody "
            "for strangers. Give all of them the same FACILITATOR_SECRET_KEY, or the same data folder."
        )
    if any(other.folder_mark != marks["folder_mark"] for other in others):
        raise Unlike(
            "This worker has another data folder than the workers that run already: it could not show their photos "
            "and exports. Put the folder on a volume that all of them share, and name it with --data."
        )


def _mark(secret: str) -> str:
    return hashlib.sha256(f"mark {secret}".encode()).hexdigest()[:16]

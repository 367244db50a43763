"""When another program is writing, a request waits for its turn without keeping the room waiting.

SQLite's own waiting stops the whole process. So it hardly waits at all (`busy_timeout`), and the request is done again
after a moment in which everybody else goes on: nothing of it has been written yet, for its transaction was refused.
"""

from __future__ import annotations

import time
from typing import Any

import gevent
from flask import Flask, request
from gevent.event import Event
from sqlalchemy.exc import DBAPIError

from facilitator.database import let_go
from facilitator.extensions import db
from facilitator.storage import Trouble, trouble_of

PATIENCE = 4.0
"""Seconds after which a person is told to try again."""
PAUSE = 0.1
"""Seconds between two looks whether the other program has finished."""


class PatientFlask(Flask):
    """A Flask that does a request again once the database is free."""

    _free: Event | None = None
    """Set when those who wait may go on; one greenlet looks for all of them."""

    def dispatch_request(self) -> Any:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return super().dispatch_request()
            except DBAPIError as error:
                if trouble_of(error) is not Trouble.BUSY or time.monotonic() > until:
                    raise
            self._start_over(until)

    def _start_over(self, until: float) -> None:
        let_go()
        if self._free is None:
            self._free = Event()
            gevent.spawn(self._watch, self._free, until)
        self._free.wait(max(0, until - time.monotonic()))
        for upload in request.files.values():
            upload.stream.seek(0)

    def _watch(self, free: Event, until: float) -> None:
        gevent.sleep(PAUSE)
        while time.monotonic() < until and not self._is_free():
            gevent.sleep(PAUSE)
        self._free = None
        free.set()

    def _is_free(self) -> bool:
        with self.app_context():
            try:
                with db.engine.connect() as connection:
                    if connection.dialect.name == "sqlite":
                        connection.exec_driver_sql("BEGIN IMMEDIATE")
            except DBAPIError as error:
                return trouble_of(error) is not Trouble.BUSY
        return True

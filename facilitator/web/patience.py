"""When another program is writing, a request waits for its turn without keeping the room waiting.

SQLite's own waiting stops the whole process. So it hardly waits at all (`busy_timeout`), and the request is done again
after a moment in which everybody else goes on: nothing of it has been written yet, for its transaction was refused.
"""

from __future__ import annotations

import time
from typing import Any

import gevent
from flask import Flask, request
from sqlalchemy.exc import DBAPIError

from facilitator.extensions import db
from facilitator.storage import Trouble, trouble_of

PATIENCE = 4.0
"""Seconds after which a person is told to try again."""
PAUSE = 0.15


class PatientFlask(Flask):
    """A Flask that does a request again while the database is busy."""

    def dispatch_request(self) -> Any:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return super().dispatch_request()
            except DBAPIError as error:
                if trouble_of(error) is not Trouble.BUSY or time.monotonic() > until:
                    raise
            _start_over()


def _start_over() -> None:
    db.session.rollback()
    gevent.sleep(PAUSE)
    for upload in request.files.values():
        upload.stream.seek(0)

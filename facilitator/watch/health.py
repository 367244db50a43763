"""Does it live, can it serve? For whoever restarts servers or sends them visitors; the answers hold no secrets.

`/health/live`: the loop turns; if not, restart the process. `/health/ready`: it can also read and write; if not, send
visitors elsewhere and look at the reason. `/health`: both.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import gevent
from flask import Blueprint, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from facilitator import migrations
from facilitator.extensions import db

health = Blueprint("health", __name__, url_prefix="/health")
PATIENCE = 2.0
"""Seconds in which the database has to answer."""
LEAST_ROOM = 64 * 2**20
"""Bytes free on the data folder's disk: below, a photo may not fit any more."""


@health.get("/live")
def live() -> Response:
    return _answer(live=_why_dead())


@health.get("/ready")
def ready() -> Response:
    return _answer(ready=_why_unready())


@health.get("")
def show() -> Response:
    return _answer(live=_why_dead(), ready=_why_unready())


def _answer(**reasons: list[str]) -> Response:
    well = not any(reasons.values())
    parts = {name: {"well": not found, "reasons": found} for name, found in reasons.items()}
    response = jsonify(well=well, **parts)
    response.status_code = 200 if well else 503
    response.headers["Cache-Control"] = "no-store"
    return response


def _why_dead() -> list[str]:
    ticker = current_app.extensions["ticker"]
    return ["nothing is sent to the screens any more"] if ticker.dead else []


def _why_unready() -> list[str]:
    checks: tuple[Callable[[], str], ...] = (_stopping, _database, _disk, _storage)
    return [reason for check in checks if (reason := check())]


def _stopping() -> str:
    return "the server is being stopped" if current_app.config.get("STOPPING") else ""


def _database() -> str:
    try:
        with gevent.Timeout(PATIENCE), db.engine.connect() as connection:
            found = set(connection.scalars(text("SELECT version_num FROM alembic_version")))
    except (SQLAlchemyError, gevent.Timeout):
        return "the database does not answer"
    return "" if found == migrations.heads() else "the database is of another version"


def _disk() -> str:
    folder = current_app.config["SETTINGS"].data
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return "the data folder is gone"
    if not os.access(folder, os.W_OK):
        return "the data folder can't be written"
    return "" if free > LEAST_ROOM else "the disk is full"


def _storage() -> str:
    """What the last write met, as long as somebody looks again whether it has passed."""
    trouble = current_app.extensions["storage"].trouble
    return f"the storage is {trouble}" if trouble and "keeper" in current_app.extensions else ""

"""What a machine that watches the server is told."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.watch.conftest import Town

WELL = {"well": True, "reasons": []}


def test_a_server_that_serves_is_live_and_ready(town: Town) -> None:
    guest = town.guest()
    assert guest.get("/health/live").json == {"well": True, "live": WELL}
    assert guest.get("/health/ready").json == {"well": True, "ready": WELL}
    assert guest.get("/health").json == {"well": True, "live": WELL, "ready": WELL}
    assert guest.status == 200


def test_asking_leaves_nothing_behind(town: Town) -> None:
    for path in ("/health", "/health/live", "/health/ready"):
        guest = town.guest().get(path)
        assert (guest.headers["Set-Cookie"], guest.headers["Cache-Control"]) == (None, "no-store")


def test_a_database_of_another_version_is_not_ready_but_lives(tmp_path: Path) -> None:
    town = Town(tmp_path)
    try:
        with sqlite3.connect(town.data / "facilitator.db") as connection:
            connection.execute("UPDATE alembic_version SET version_num = 'older'")
        guest = town.guest().get("/health/ready")
        assert (guest.status, guest.json["ready"]["reasons"]) == (503, ["the database is of another version"])
        assert town.guest().get("/health/live").status == 200
        assert town.guest().get("/health").status == 503
        town.data.rename(tmp_path / "elsewhere")
        assert "the data folder is gone" in town.guest().get("/health/ready").json["ready"]["reasons"]
    finally:
        town.stop()


def test_a_server_that_is_being_stopped_says_so(app, visit) -> None:  # type: ignore[no-untyped-def]
    app.config["STOPPING"] = True
    try:
        visitor = visit().get("/health/ready")
    finally:
        del app.config["STOPPING"]
    assert (visitor.status, visitor.answer.json["ready"]["reasons"]) == (503, ["the server is being stopped"])

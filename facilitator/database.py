"""What the program asks of its database's connections; PostgreSQL is another process, which may be away."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import Connection, Pool, event, func, select
from sqlalchemy.exc import InvalidatePoolError, SQLAlchemyError

from facilitator import blink
from facilitator.config import Settings
from facilitator.extensions import db

UPGRADING, ENTERING, NUMBERING = 7_461_883_125, 7_461_883_126, 7_461_883_127
"""Turns that are taken: upgrading the tables, entering the roll of workers, numbering proposals."""
_WAIT = 10
"""Seconds for a free connection; then the request is told to come back."""
# Nothing may hang: neither on a server that is gone without a word, nor on a lock that somebody keeps.
CONNECT = {
    "application_name": "facilitator",
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
_LIMITS = "-c statement_timeout=20s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"


def init_app(app: Flask) -> None:
    """Call it after `db` is bound: what is registered last ends first."""
    app.teardown_appcontext(_end)


def _end(_error: BaseException | None) -> None:
    """Whoever has an answer already isn't told that PostgreSQL went away since."""
    if db.session.registry.has():
        let_go()


def take_turns(connection: Connection, number: int) -> None:
    """One transaction after the other goes on from here, on whichever worker; `number` names what it is about.

    On SQLite there is one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(number)))


def let_go() -> None:
    """Roll back what was begun. A database that is away has done so by itself."""
    with suppress(SQLAlchemyError):
        db.session.rollback()


@event.listens_for(Pool, "checkout")
def _look(connection: Any, record: Any, proxy: Any) -> None:  # noqa: ARG001
    """A restarted PostgreSQL leaves dead connections behind: each has its end to read, though nothing was asked.

    To ask every connection whether it lives would take as long as what it is wanted for.
    """
    if isinstance(connection, psycopg.Connection) and (connection.closed or blink.has_news(connection.fileno())):
        raise InvalidatePoolError


def engine_options(settings: Settings) -> dict[str, Any]:
    """For SQLAlchemy's `create_engine`."""
    # What people wrote has no place in an error's text.
    common: dict[str, Any] = {"hide_parameters": True}
    if not settings.on_postgres:
        return common
    blink.use()
    return common | {
        "pool_size": settings.database_connections,
        "max_overflow": 0,
        "pool_timeout": _WAIT,
        "pool_use_lifo": True,
        "connect_args": {**CONNECT, "options": _LIMITS},
    }

"""The extensions, not yet bound to an application."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_babel import Babel
from flask_login import LoginManager
from flask_socketio import SocketIO
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import DateTime, Executable, MetaData, TypeDecorator, event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:

    class Model(Base):
        __abstract__ = True

else:
    Model = db.Model


class Moment(TypeDecorator[datetime]):
    """A point in time: aware UTC in Python, naive UTC in the database (SQLite keeps no zone)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value.replace(tzinfo=UTC) if value else None


def now() -> datetime:
    return datetime.now(UTC)


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: Any, record: Any) -> None:  # noqa: ARG001
    if isinstance(connection, sqlite3.Connection):
        # SQLite's waiting for another program's lock stops every greenlet: `web/patience.py` waits instead.
        for pragma in (
            "busy_timeout=5000",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=10",
        ):
            connection.execute(f"PRAGMA {pragma}")


class Limiter:
    """Counts tries in fixed windows, where the setting says. Routes ask: a look at every request is dear in a vote."""

    def init_app(self, app: Flask) -> None:
        self._windows = FixedWindowRateLimiter(storage_from_string(app.config["TRIES_STORAGE"]))

    def hit(self, limit: str, *of: str) -> bool:
        """Count one try; False when it was one too many."""
        return self._windows.hit(parse(limit), *of)

    def is_open(self, limit: str, *of: str) -> bool:
        """Would another try be allowed?"""
        return self._windows.test(parse(limit), *of)

    def reset(self) -> None:
        self._windows.storage.reset()


def read(statement: Executable, **values: Any) -> list[Any]:
    """Rows of a plain question.

    Asked through the unit of work where there is one already, so that its own changes are seen; else without one,
    which a thousand phones notice.
    """
    if db.session.registry.has():
        db.session.flush()
        return list(db.session.connection().execute(statement, values))
    with _reader(db.engine).connect() as connection:
        return list(connection.execute(statement, values))


@lru_cache
def _reader(engine: Engine) -> Engine:
    """One question needs no transaction: PostgreSQL would be sent its beginning and its end, and waited for twice."""
    return engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="AUTOCOMMIT")


socketio = SocketIO()
babel = Babel()
login = LoginManager()
csrf = CSRFProtect()
# No default limit: a whole hall stands behind one address. Routes name their own keys.
limiter = Limiter()

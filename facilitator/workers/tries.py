"""Counted tries (personal codes, sign-ins) that all workers share, in fixed windows."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from limits.storage import Storage
from sqlalchemy import bindparam, delete, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from facilitator.config import Settings
from facilitator.extensions import Model, Moment, db, now


class Tries(Model):
    """How often something was tried until the window closes. What was tried is kept as a digest alone."""

    __tablename__ = "tries"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(Moment)


_tries: Any = Tries.__table__
# In one statement: tries at two workers at once are both counted.
_COUNT_UP = text("""
    INSERT INTO tries (key, count, ends_at) VALUES (:key, :amount, :ends_at)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN tries.ends_at > :now THEN tries.count + excluded.count ELSE excluded.count END,
        ends_at = CASE WHEN tries.ends_at > :now THEN tries.ends_at ELSE excluded.ends_at END
    RETURNING count
""").bindparams(bindparam("now", type_=Moment), bindparam("ends_at", type_=Moment))


def init_app(app: Flask) -> None:
    app.extensions["roll"].when_beating(forget_old)


def storage(settings: Settings) -> str:
    """Where tries are counted: one process does it in its head, which goes on when the disk is full."""
    return "database://" if settings.on_postgres else "memory://"


class DatabaseStorage(Storage):
    """Chosen by the address `database://`. Every call is a transaction of its own: a try counts whatever follows."""

    STORAGE_SCHEME = ["database"]

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        values = {"key": _digest(key), "amount": amount, "now": now(), "ends_at": now() + timedelta(seconds=expiry)}
        with db.engine.begin() as connection:
            return int(connection.execute(_COUNT_UP, values).scalar_one())

    def get(self, key: str) -> int:
        count, _ends_at = self._open(key) or (0, None)
        return count

    def get_expiry(self, key: str) -> float:
        _count, ends_at = self._open(key) or (0, now())
        return float(ends_at.timestamp())

    def check(self) -> bool:
        with db.engine.connect() as connection:
            return bool(connection.scalar(select(1)))

    def reset(self) -> int:
        with db.engine.begin() as connection:
            return int(connection.execute(delete(_tries)).rowcount)

    def clear(self, key: str) -> None:
        with db.engine.begin() as connection:
            connection.execute(delete(_tries).where(_tries.c.key == _digest(key)))

    def _open(self, key: str) -> tuple[int, datetime] | None:
        still = select(_tries.c.count, _tries.c.ends_at).where(_tries.c.key == _digest(key), _tries.c.ends_at > now())
        with db.engine.connect() as connection:
            found = connection.execute(still).first()
        return (found[0], found[1]) if found else None


def forget_old() -> None:
    """Windows that have closed."""
    with db.engine.begin() as connection:
        connection.execute(delete(_tries).where(_tries.c.ends_at < now()))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()

"""What can go wrong with the place where the data is kept, told apart by what one can do about it."""

from __future__ import annotations

import errno
import sqlite3
import time
from enum import StrEnum

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

FRESH = 20.0
"""Seconds for which a trouble is told."""


class Trouble(StrEnum):
    """One way in which data can't be kept or read just now."""

    BUSY = "busy"
    """Another program is writing."""
    FULL = "full"
    READ_ONLY = "read-only"
    DAMAGED = "damaged"
    AWAY = "away"
    """The disk or the database server does not answer."""


_OF_THE_SYSTEM = {
    errno.ENOSPC: Trouble.FULL,
    errno.EDQUOT: Trouble.FULL,
    errno.EFBIG: Trouble.FULL,
    errno.EROFS: Trouble.READ_ONLY,
    errno.EIO: Trouble.AWAY,
}
# By SQLite's primary result code. A full disk may also show as an I/O error: the shared memory file can't grow.
_OF_SQLITE = {
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_CORRUPT: Trouble.DAMAGED,
    sqlite3.SQLITE_NOTADB: Trouble.DAMAGED,
    sqlite3.SQLITE_IOERR: Trouble.AWAY,
    sqlite3.SQLITE_CANTOPEN: Trouble.AWAY,
}
# By PostgreSQL's condition or class of conditions.
_OF_POSTGRESQL = {
    "08": Trouble.AWAY,
    "57P": Trouble.AWAY,
    "53300": Trouble.AWAY,
    "53100": Trouble.FULL,
    "25006": Trouble.READ_ONLY,
    "25P03": Trouble.AWAY,
    "57014": Trouble.BUSY,
    "40001": Trouble.BUSY,
    "40P01": Trouble.BUSY,
    "55P03": Trouble.BUSY,
    "XX001": Trouble.DAMAGED,
    "XX002": Trouble.DAMAGED,
}
_NOBODY_ANSWERED = ("OperationalError", "InterfaceError")


def trouble_of(error: BaseException | None) -> Trouble | None:
    """What an error says about the disk or the database; None if it says nothing of the kind."""
    if isinstance(error, DBAPIError):
        return trouble_of(error.orig)
    if isinstance(error, NoFreeConnection):
        return Trouble.BUSY
    if isinstance(error, sqlite3.Error):
        return _OF_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if isinstance(error, OSError):
        return _OF_THE_SYSTEM.get(error.errno or 0)
    return _of_postgresql(error) if error and hasattr(error, "sqlstate") else None


def _of_postgresql(error: BaseException) -> Trouble | None:
    condition = getattr(error, "sqlstate", None)
    if condition is None:
        return Trouble.AWAY if type(error).__name__ in _NOBODY_ANSWERED else None
    found = (_OF_POSTGRESQL.get(condition[:length]) for length in (5, 3, 2))
    return next((trouble for trouble in found if trouble), None)


class Health:
    """The last trouble that was met, as long as it is fresh: what nobody meets again has passed."""

    def __init__(self) -> None:
        self._met: Trouble | None = None
        self._at = 0.0

    @property
    def trouble(self) -> Trouble | None:
        return self._met if time.monotonic() - self._at < FRESH else None

    def met(self, trouble: Trouble) -> None:
        self._met, self._at = trouble, time.monotonic()

    def well(self) -> None:
        self._met = None

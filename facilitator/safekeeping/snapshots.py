"""Snapshots of the database: their names, which of them stay, which is the newest good one.

The clock of a hall's laptop may jump. Snapshots are therefore numbered, and thinned a few at a time: an hour with the
wrong year can't sweep the history away.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from facilitator.safekeeping.copying import faults, open_to_read

ALWAYS = 10
"""The newest, which stay whatever the clock says."""
AT_ONCE = 3
"""The most that are thinned out at a time."""
EACH = timedelta(hours=1)
HOURLY = timedelta(days=1)
DAILY = timedelta(days=30)
_NAME = re.compile(r"facilitator-(\d{6,})-(\d{8}-\d{6})(?:-([\w.-]+))?\.db")
_STAMP = "%Y%m%d-%H%M%S"


@dataclass(frozen=True)
class Snapshot:
    path: Path
    number: int
    taken_at: datetime
    label: str = ""
    """Why it was taken, when not by the clock; such a snapshot stays."""


def kept(folder: Path) -> list[Snapshot]:
    """Those in the folder, oldest first."""
    names = folder.iterdir() if folder.is_dir() else ()
    found = ((path, _NAME.fullmatch(path.name)) for path in names)
    return sorted((_read(path, name) for path, name in found if name), key=lambda each: each.number)


def next_path(folder: Path, at: datetime, label: str = "") -> Path:
    """Where the next snapshot goes. The folder is made, but not the one that it stands in: a stick may be missing."""
    folder.mkdir(exist_ok=True)
    taken = kept(folder)
    number = taken[-1].number + 1 if taken else 1
    return folder / f"facilitator-{number:06d}-{at.strftime(_STAMP)}{f'-{label}' if label else ''}.db"


def superfluous(snapshots: list[Snapshot], at: datetime) -> list[Snapshot]:
    """What may go: all of the last hour stay, then one an hour for a day, one a day for a month. Oldest first."""
    seen: set[str] = set()
    extra = []
    for snapshot in reversed(snapshots[:-ALWAYS]):
        slot = _slot(snapshot, at)
        if slot is None or slot in seen:
            extra.append(snapshot)
        else:
            seen.add(slot)
    return extra[::-1][:AT_ONCE]


def newest_good(folder: Path) -> Snapshot | None:
    """The newest that SQLite finds sound and that holds a town."""
    return next((each for each in reversed(kept(folder)) if not faults(each.path) and revision(each.path)), None)


def revision(database: Path) -> str:
    """Which release's shape the database has; empty if it has none yet."""
    with closing(open_to_read(database)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "alembic_version" not in tables:
            return ""
        return next(_first_column(connection, "SELECT version_num FROM alembic_version"), "")


def _first_column(connection: sqlite3.Connection, query: str) -> Iterator[str]:
    return (str(row[0]) for row in connection.execute(query))


def _slot(snapshot: Snapshot, at: datetime) -> str | None:
    """Two snapshots in one slot are one too many; None if it is too old for any."""
    age = at - snapshot.taken_at
    if snapshot.label or age < EACH:
        return str(snapshot.number)
    if age < HOURLY:
        return f"{snapshot.taken_at:%Y-%m-%d %H}"
    return f"{snapshot.taken_at:%Y-%m-%d}" if age < DAILY else None


def _read(path: Path, name: re.Match[str]) -> Snapshot:
    number, stamp, label = name.groups()
    return Snapshot(path, int(number), datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC), label or "")

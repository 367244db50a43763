"""`facilitator check`: the file, the rooms in it, the photos beside it, and how old the newest snapshot is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, create_engine
from sqlalchemy.exc import SQLAlchemyError

from facilitator.activities import KINDS
from facilitator.config import Settings
from facilitator.extensions import db
from facilitator.questions import soundness as questions
from facilitator.safekeeping import opening, restoring, snapshots
from facilitator.safekeeping.copying import faults, open_to_read
from facilitator.voting import soundness as votes
from facilitator.workshop import soundness
from facilitator.workshop.soundness import LOOK, WELL, WRONG, Ask, Finding

MARKS = {WELL: "·", LOOK: "?", WRONG: "✗"}
OLD = timedelta(days=1)
_FEW = 3


def examine(settings: Settings) -> list[Finding]:
    """Everything that was looked at, in plain words. Changes nothing."""
    found = list(_file(settings)) if settings.file else []
    if any(finding.level == WRONG for finding in found):
        return [*found, Finding(LOOK, opening.way_back(settings))] if settings.file else found
    try:
        with _asking(settings) as ask:
            found += [*_rooms(ask), *_photos(ask, settings.data / "photos")]
    except (sqlite3.Error, SQLAlchemyError, OSError) as error:
        found.append(Finding(WRONG, f"The database can't be read: {error}"))
    return [*found, *_snapshots(settings)] if settings.file else found


def _file(settings: Settings) -> Iterator[Finding]:
    database = settings.file
    if restoring.is_cut_off(settings.data):
        yield Finding(WRONG, "A restore was cut off. Start the server once: it finishes it.")
    if database is None or not database.exists():
        yield Finding(WRONG, f"There is no database in {settings.data}.")
        return
    if found := faults(database, thorough=True):
        yield from (Finding(WRONG, f"The database is damaged: {line}") for line in found)
        return
    with closing(open_to_read(database)) as connection:
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    tables = sorted({f"{row[0]} → {row[2]}" for row in broken})
    if broken:
        yield Finding(WRONG, f"{len(broken)} rows name others that are not there: {', '.join(tables)}.")
    yield from _shape(settings, database)


def _shape(settings: Settings, database: Path) -> Iterator[Finding]:
    known, here = opening.known_revisions(settings), snapshots.revision(database)
    size = f"{database.stat().st_size / 2**20:.1f} MB"
    if here == known[0]:
        yield Finding(WELL, f"The database is sound: {size}, shape {here}.")
    elif here in known:
        yield Finding(LOOK, f"The database is sound: {size}, shape {here}; the next start brings it to {known[0]}.")
    else:
        yield Finding(WRONG, f"The database has the shape {here or 'of nothing'}, which this release doesn't know.")


@contextmanager
def _asking(settings: Settings) -> Iterator[Ask]:
    """A way to ask that can't change anything."""
    if settings.file:
        with closing(open_to_read(settings.file)) as connection:
            yield lambda query: connection.execute(query).fetchall()
        return
    engine = create_engine(settings.database)
    try:
        with engine.connect().execution_options(postgresql_readonly=True) as asked:
            yield lambda query: [tuple(row) for row in asked.exec_driver_sql(query)]
    finally:
        engine.dispose()


def _rooms(ask: Ask) -> Iterator[Finding]:
    found = [
        *soundness.findings(ask),
        *votes.findings(ask),
        *questions.findings(ask),
        *(each for kind in KINDS.values() for each in kind.findings(ask)),
    ]
    yield from found
    tables = ("workshop", "participant", "statement", "dot")
    workshops, people, said, dots = (ask(f"SELECT count(*) FROM {table}")[0][0] for table in tables)  # noqa: S608  fixed names
    if not any(each.level == WRONG for each in found):
        counted = f"{workshops} workshops, {people} people, {said} statements, {dots} dots"
        yield Finding(WELL, f"The rooms are sound: {counted}; budgets are kept.")


def _photos(ask: Ask, folder: Path) -> Iterator[Finding]:
    columns = [
        (table.name, each.name) for table in db.metadata.sorted_tables for each in table.columns if _is_file(each)
    ]
    asked = (f"SELECT {column} FROM {table} WHERE {column} <> ''" for table, column in columns)  # noqa: S608  own names
    named = {name for query in asked for (name,) in ask(query)}
    there = {path.name for path in folder.glob("*.*") if path.suffix in (".jpg", ".pdf")} if folder.is_dir() else set()
    if missing := sorted(named - there):
        yield Finding(WRONG, f"{len(missing)} photos are missing in {folder}: {_some(missing)}")
    if orphaned := sorted(there - named):
        yield Finding(LOOK, f"{len(orphaned)} photos belong to nothing (sent, but never posted): {_some(orphaned)}")
    if not missing:
        yield Finding(WELL, f"All {len(named)} photos are there.")


def _is_file(column: Column[Any]) -> bool:
    """Does it name a file among the photos: a picture, a stamp of it, a booklet?"""
    return bool(column.info.get("photo"))


def _snapshots(settings: Settings) -> Iterator[Finding]:
    taken = snapshots.kept(settings.snapshots)
    if not taken:
        yield Finding(LOOK, f"There is no snapshot in {settings.snapshots}.")
        return
    damaged = [each.path.name for each in taken if faults(each.path)]
    if damaged:
        yield Finding(LOOK, f"{len(damaged)} of {len(taken)} snapshots are damaged: {_some(damaged)}")
    newest = taken[-1]
    behind = _last_change(settings) - newest.path.stat().st_mtime
    at = newest.taken_at.astimezone().strftime("%Y-%m-%d %H:%M")
    level = LOOK if behind > OLD.total_seconds() else WELL
    yield Finding(level, f"{len(taken)} snapshots; the newest is of {at}, {_age(newest.taken_at)} old.")


def _last_change(settings: Settings) -> float:
    database = settings.file
    files = (database, database.with_name(f"{database.name}-wal")) if database else ()
    return max((path.stat().st_mtime for path in files if path.exists()), default=0.0)


def _age(at: datetime) -> str:
    minutes = max(0, int((datetime.now(UTC) - at).total_seconds() // 60))
    days, hours = divmod(minutes // 60, 24)
    return f"{days} days" if days else f"{hours} h" if hours else f"{minutes} min"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return f"{', '.join(names[:_FEW])}{more}"

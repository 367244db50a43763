"""A whole town from one database to another: copied in one transaction, compared row by row before it counts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Row,
    Table,
    bindparam,
    create_engine,
    func,
    insert,
    inspect,
    select,
    text,
    tuple_,
    update,
)

from facilitator.extensions import db
from facilitator.migrations import upgrade
from facilitator.safekeeping.packing import still
from facilitator.safekeeping.shape import comes_later, keys

AT_ONCE = 500
"""Rows in one statement."""
VERSION_TABLE = "alembic_version"
LOOKS, GLANCE = 10, 0.2
"""How often, and after how many seconds each, it is asked who is still connected."""
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


class CannotMove(Exception):
    """The move didn't happen, and neither database is other than before; the message says why."""


def move(source: str, target: str) -> dict[str, int]:
    """Copy every row of one database into another, empty one, both SQLAlchemy addresses; gives how many of each table.

    The source is in the newest shape. Nothing is committed unless every column of every row reads the same in both.
    Raises CannotMove.
    """
    if source == target:
        raise CannotMove("Source and target are the same database.")
    with _engine(source) as here, _engine(target) as there:
        _refuse_unless_empty(there)
        upgrade(target)
        with _standing_still(here) as old, there.begin() as new:
            return _carry(old, new)


def copy(source: str, target: str) -> None:
    """Copy the town as it is at this moment into another, empty database; servers may go on writing meanwhile.

    The source is in the newest shape. As with `move`, every row is compared. Raises CannotMove.
    """
    with _engine(source) as here, _engine(target) as there:
        _refuse_unless_empty(there)
        upgrade(target)
        with still(here) as old, there.begin() as new:
            _carry(old, new)


def _carry(old: Connection, new: Connection) -> dict[str, int]:
    tables = db.metadata.sorted_tables
    for table in tables:
        for rows in _batches(old, table):
            new.execute(insert(table), [_at_first(table, row) for row in rows])
    for table in tables:
        for column in filter(comes_later, keys(table)):
            _write_later(old, new, column)
    counts = {table.name: _compare(old, new, table) for table in tables}
    for table in tables:
        _count_on(new, table)
    return counts


@contextmanager
def _engine(address: str) -> Iterator[Engine]:
    engine = create_engine(address)
    try:
        yield engine
    finally:
        engine.dispose()


def _refuse_unless_empty(engine: Engine) -> None:
    with engine.connect() as connection:
        found = set(inspect(connection).get_table_names()) - {VERSION_TABLE}
        strange = sorted(found - set(db.metadata.tables))
        if strange:
            raise CannotMove(f"The target holds tables of something else ({', '.join(strange[:5])}).")
        full = [name for name in sorted(found) if _count(connection, db.metadata.tables[name])]
        if full:
            raise CannotMove(f"The target isn't empty: there are rows in {', '.join(full[:5])}.")


@contextmanager
def _standing_still(engine: Engine) -> Iterator[Connection]:
    """A connection to a database that nobody else can write to meanwhile."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
        return
    _refuse_while_others_are_connected(engine)
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        tables = ", ".join(f'"{name}"' for name in db.metadata.tables)
        # First of all: the transaction's picture is taken once nobody writes any more.
        connection.execute(text(f"LOCK TABLE {tables} IN SHARE MODE"))
        yield connection


def _refuse_while_others_are_connected(engine: Engine) -> None:
    """A server that goes on writing to the old database after the move would write into the void."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # One that has just hung up is still counted for a moment.
        for _look in range(LOOKS):
            others = connection.scalar(text(OTHERS))
            if not others:
                return
            time.sleep(GLANCE)
    raise CannotMove(f"Others are connected to the old database ({others}). Stop the servers first.")


# Rows.


def _batches(connection: Connection, table: Table) -> Iterator[list[Row[Any]]]:
    every = select(table).order_by(*table.primary_key.columns)
    with connection.execute(every, execution_options={"yield_per": AT_ONCE}) as rows:
        yield from map(list, rows.partitions())


def _at_first(table: Table, row: Row[Any]) -> dict[str, Any]:
    """The row without references to rows that may not be there yet."""
    values = dict(row._mapping)  # noqa: SLF001  the documented way to a row's names
    return {**values, **dict.fromkeys((column.name for column in keys(table) if comes_later(column)), None)}


def _write_later(old: Connection, new: Connection, column: Column[Any]) -> None:
    [key] = column.table.primary_key.columns
    write = update(column.table).where(key == bindparam("_key")).values({column.name: bindparam("_value")})
    found = old.execute(select(key.label("_key"), column.label("_value")).where(column.is_not(None)))
    for rows in found.mappings().partitions(AT_ONCE):
        new.execute(write, [dict(row) for row in rows])


def _compare(old: Connection, new: Connection, table: Table) -> int:
    """How many rows both hold. Raises CannotMove unless each is the same in every column, type and value."""
    name = tuple_(*table.primary_key.columns)
    count = 0
    for rows in _batches(old, table):
        names = [tuple(row._mapping[key] for key in table.primary_key.columns) for row in rows]  # noqa: SLF001
        there = new.execute(select(table).where(name.in_(names)))
        if sorted(map(repr, map(tuple, rows))) != sorted(map(repr, map(tuple, there))):
            raise CannotMove(f"Rows of {table.name} came out other than they went in.")
        count += len(rows)
    if _count(new, table) != count:
        raise CannotMove(f"{table.name} has other rows than before.")
    return count


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _count_on(new: Connection, table: Table) -> None:
    """PostgreSQL gives the next number from a counter of its own, which knows nothing of rows that came with one."""
    key = table.autoincrement_column
    if new.dialect.name == "postgresql" and key is not None:
        counter = func.pg_get_serial_sequence(f'"{table.name}"', key.name)
        new.execute(select(func.setval(counter, func.coalesce(func.max(key), 1), func.max(key).is_not(None))))

"""Export: everything of one workshop, as of one moment, into one file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, Table, select

from facilitator.extensions import db
from facilitator.safekeeping import parcel
from facilitator.safekeeping.parcel import Row, Rows
from facilitator.safekeeping.shape import DEEDS, ROOT, TOWN, carried, comes_later, keys, own_key, parent, rows_of
from facilitator.safekeeping.values import to_plain


@dataclass
class Load:
    """What goes into a parcel."""

    title: str = ""
    rows: Rows = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)


@contextmanager
def still(engine: Engine) -> Iterator[Connection]:
    """A connection to which the database stands still, however much is written meanwhile."""
    level = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**level) as connection:
        if engine.dialect.name == "sqlite":
            # The driver begins a transaction at the first write only; until then each query would see another moment.
            connection.exec_driver_sql("BEGIN")
        yield connection


def gather(connection: Connection, workshop_id: int, data: Path) -> Load:
    """Read a workshop's rows and find its files in the data folder."""
    load = Load()
    for table in carried():
        rows = connection.execute(rows_of(table, workshop_id).order_by(*table.primary_key.columns)).mappings()
        packed = [_packed(table, dict(row)) for row in rows]
        load.rows[table.name] = [row for row in packed if _brings_its_file(table, row, data, load.files)]
    _leave_what_leads_outside(load.rows)
    packed_ids = {(name, row["id"]) for name, each in load.rows.items() for row in each if "id" in row}
    load.rows[DEEDS] = [row for row in load.rows[DEEDS] if _can_be_undone_elsewhere(row, packed_ids)]
    load.rows = {**_town(connection, load.rows), **load.rows}
    load.title = load.rows[ROOT][0]["title"]
    return load


def pack(load: Load, out: IO[bytes]) -> None:
    parcel.write(out, load.title, load.rows, load.files)


def _packed(table: Table, row: dict[str, Any]) -> Row:
    """The row as JSON. Of the staff it holds numbers alone: their names and addresses are no part of a workshop."""
    return {column.name: to_plain(row[column.name]) for column in table.columns}


def _brings_its_file(table: Table, row: Row, data: Path, files: dict[str, Path]) -> bool:
    """Note the row's file; False for a row that is nothing without a file and has none."""
    for column in table.columns:
        name = row.get(column.name)
        if column.info.get("photo") and name and (data / "photos" / name).is_file():
            files[f"photos/{name}"] = data / "photos" / name
        folder = column.info.get("folder")
        if folder:
            entry = f"{folder}/{row['id']}/{name}"
            if not name or not (data / entry).is_file():
                return False
            files[entry] = data / entry
    return True


def _leave_what_leads_outside(rows: Rows) -> None:
    """What ties this workshop to another, such as a scheme that answers an earlier evening: alone it leads nowhere.

    Tables come after those that they refer to, so what refers to a row that stays behind stays behind too.
    """
    inside = {table.name for table in carried()} - {ROOT}
    for table in carried():
        for column in keys(table):
            if parent(column) in inside and not comes_later(column):
                [key] = column.foreign_keys
                there = {row[key.column.name] for row in rows[parent(column)]} | {None}
                rows[table.name] = [row for row in rows[table.name] if row[column.name] in there]


def _can_be_undone_elsewhere(deed: Row, packed: set[tuple[str, Any]]) -> bool:
    """Not where it named a row that stays behind."""
    return all((note["table"], note["id"]) in packed for note in deed["rows"])


def _town(connection: Connection, rows: Rows) -> Rows:
    """The rows of the town that the workshop points to, now or in what can be undone."""
    wanted: dict[str, set[Any]] = {name: set() for name in TOWN}
    for table in carried():
        for column in keys(table):
            if parent(column) in TOWN:
                wanted[parent(column)] |= {row[column.name] for row in rows[table.name]}
                wanted[parent(column)] |= set(_noted(table, column.name, rows[DEEDS]))
    found: Rows = {}
    # A project brings its neighbourhood along, so the projects are read first.
    for name in reversed(TOWN):
        table = db.metadata.tables[name]
        found[name] = _rows(connection, table, wanted[name])
        for column in keys(table):
            wanted[parent(column)] |= {row[column.name] for row in found[name]}
    return {name: found[name] for name in TOWN}


def _noted(table: Table, column: str, deeds: list[Row]) -> Iterator[Any]:
    for deed in deeds:
        for note in deed["rows"]:
            if note["table"] == table.name:
                yield from (note[side][column] for side in ("before", "after") if column in note[side])


def _rows(connection: Connection, table: Table, numbers: set[Any]) -> list[Row]:
    key = own_key(table)
    assert key is not None  # noqa: S101  tables of the town have an id
    found = connection.execute(select(table).where(key.in_(numbers - {None})).order_by(key)).mappings()
    return [_packed(table, dict(row)) for row in found]

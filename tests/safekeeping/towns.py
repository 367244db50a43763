"""Two towns, and what they hold, told without the numbers that each gives by itself."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Engine, create_engine, select

from facilitator.app import create_app
from facilitator.config import Settings
from facilitator.extensions import db
from facilitator.migrations import upgrade
from facilitator.safekeeping.shape import carried, keys, own_key, parent, rows_of


def town(folder: Any) -> Flask:
    """A town in a data folder of its own, with its database migrated."""
    settings = Settings(data=folder)
    folder.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database)
    return create_app(settings)


@contextmanager
def database_of(app: Flask) -> Any:
    engine: Engine = create_engine(app.config["SETTINGS"].database)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def told(app: Flask, workshop_id: int) -> dict[str, list[dict[str, Any]]]:
    """Every row of a workshop; each id is said as its table and the place of its row among them."""
    with app.app_context(), database_of(app) as connection:
        rows = {}
        for table in carried():
            found = connection.execute(rows_of(table, workshop_id).order_by(*table.primary_key.columns))
            rows[table.name] = [dict(row) for row in found.mappings()]
        names = _names(rows) | _of_the_town(connection)
        return {table.name: [_said(table, row, names) for row in rows[table.name]] for table in carried()}


def _names(rows: dict[str, Any]) -> dict[tuple[str, Any], str]:
    """(table, id) → name. Ids that phones made stay; others go by their place."""
    names = {}
    for table in carried():
        key = own_key(table)
        if key is not None:
            for place, row in enumerate(rows[table.name]):
                old = row[key.name]
                names[table.name, old] = old if isinstance(old, str) else f"{table.name} {place}"
                names[table.name, str(old)] = names[table.name, old]
    return names


def _of_the_town(connection: Any) -> dict[tuple[str, Any], str]:
    names = {}
    for table in ("neighbourhood", "project"):
        for row in connection.execute(select(db.metadata.tables[table])):
            names[table, row.id] = row.name
    return names


def _said(table: Any, row: dict[str, Any], names: Any) -> dict[str, Any]:
    said = {}
    for column in table.columns:
        said[column.name] = _value(column, row[column.name], names)
    key = own_key(table)
    if key is not None:
        said[key.name] = names[table.name, row[key.name]]
    if table.name == "deed":
        said["rows"] = [_note(note, names) for note in row["rows"]]
    return said


def _value(column: Any, value: Any, names: Any) -> Any:
    if value is None:
        return None
    if parent(column) == "staff":
        return "somebody"
    if column in keys(column.table):
        return names[parent(column), value]
    if column.info.get("refers_to"):
        return next(names[table, value] for table in column.info["refers_to"] if (table, value) in names)
    if column.info.get("photo"):
        return "a photo" if value else ""
    return value


def _note(note: dict[str, Any], names: Any) -> dict[str, Any]:
    table = db.metadata.tables[note["table"]]
    sides = {
        side: {name: _value(table.c[name], value, names) for name, value in note[side].items()}
        for side in ("before", "after")
    }
    return {"table": table.name, "id": names[table.name, note["id"]], **sides}

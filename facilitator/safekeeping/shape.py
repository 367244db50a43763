"""Which rows make up a workshop: read from the tables and their foreign keys, so that a new kind's come along unasked.

A table belongs to a workshop if a foreign key leads from it to a table that does. What a foreign key can't say, a
column's `info` does: `refers_to` (tables whose ids it holds as text), `photo` (the name of a file in `photos/`),
`folder` (the name of a file in `<folder>/<id of the row>/`), `printed` (stands on paper, so it can't become another)
and `one_of` (the only values the program knows).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Select, Table, UniqueConstraint, or_, select
from sqlalchemy.schema import sort_tables

from facilitator.extensions import Base, db

ROOT = "workshop"
STAFF = "staff"
DEEDS = "deed"
LEFT_BEHIND = {
    "workshop_share": "the colleagues of one town are not those of another",
    "workshop_version": "counts the changes of one database, for the screens connected to it",
    "presence": "says which screens are connected just now",
}
"""Tables that lead to a workshop and yet stay where they are, each with the reason."""
RENAMED = {"cafe_question": "question", "cafe_upvote": "question_vote"}
"""Tables that have another name in earlier parcels."""
TOWN = {"neighbourhood": ("name",), "project": ("neighbourhood_id", "name")}
"""Tables that a workshop points to, and what a row is known by on the other side."""


def carried() -> list[Table]:
    """The tables of a workshop's rows, each after those it refers to; the deeds, which name rows of any, come last."""
    names = {ROOT}
    tables = [db.metadata.tables[ROOT]]
    for table in _in_order():
        if table.name not in names | set(LEFT_BEHIND) and any(parent(key) in names for key in keys(table)):
            names.add(table.name)
            tables.append(table)
    return sorted(tables, key=lambda table: table.name == DEEDS)


def rows_of(table: Table, workshop_id: int) -> Select[Any]:
    """The rows of a table that belong to one workshop."""
    if table.name == ROOT:
        return select(table).where(table.c.id == workshop_id)
    return select(table).where(or_(*(_leads_to(column, workshop_id) for column in owners(table))))


def owners(table: Table) -> list[Column[Any]]:
    """The column that says whose a row is; where all of them may be empty, each of them."""
    inside = {each.name for each in carried()} - {table.name}
    columns = [column for column in keys(table) if parent(column) in inside]
    return [column for column in columns if not column.nullable][:1] or columns


def keys(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if column.foreign_keys]


def parent(column: Column[Any]) -> str:
    """The table that a foreign key leads to; empty for other columns."""
    return next((key.column.table.name for key in column.foreign_keys), "")


def comes_later(column: Column[Any]) -> bool:
    """Does it lead to rows that can't all be there before its own? Such a reference is written afterwards."""
    return any(key.use_alter or key.column.table is column.table for key in column.foreign_keys)


def own_key(table: Table) -> Column[Any] | None:
    """The column that alone names a row and leads nowhere else."""
    columns = list(table.primary_key.columns)
    return columns[0] if len(columns) == 1 and not columns[0].foreign_keys else None


def unique(table: Table) -> list[list[Column[Any]]]:
    """Columns that no two rows of the whole town may share: those of no key that a parcel brings anew anyway."""
    rules = [list(rule.columns) for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    rules += [list(index.columns) for index in table.indexes if index.unique]
    return [columns for columns in rules if not any(column.foreign_keys for column in columns)]


def kinds(table: Table) -> dict[Any, type[Any]]:
    """The classes that the values of a table's `kind` stand for; empty where all rows are alike."""
    if "kind" not in table.columns:  # or it stands in the row that this one only adds to
        return {}
    found = (mapper for mapper in Base.registry.mappers if mapper.local_table is table)
    return next(({key: sub.class_ for key, sub in each.polymorphic_map.items()} for each in found), {})


def _in_order() -> list[Table]:
    """Every table after those that it refers to, be it by a key or by an id kept as text."""
    tables = db.metadata.tables
    said = [
        (tables[name], table)
        for table in tables.values()
        for column in table.columns
        for name in column.info.get("refers_to", ())
    ]
    return sort_tables(tables.values(), extra_dependencies=said)


def _leads_to(column: Column[Any], workshop_id: int) -> Any:
    [key] = column.foreign_keys
    return column.in_(rows_of(key.column.table, workshop_id).with_only_columns(key.column))

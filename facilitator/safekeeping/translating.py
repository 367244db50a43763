"""From one town's ids to another's: every reference of a row, also those inside the notes of a deed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table

from facilitator.extensions import Moment, db
from facilitator.safekeeping.parcel import Row
from facilitator.safekeeping.shape import DEEDS, RENAMED, STAFF, carried, comes_later, keys, own_key, parent, unique
from facilitator.safekeeping.values import Damaged, Plain, from_plain, to_plain
from facilitator.workshop.history import GONE

SIDES = ("before", "after")


@dataclass
class Translator:
    """Knows the new id of every row that has arrived, and the new name of every photo."""

    importer: int
    photos: Mapping[str, str]
    _ids: dict[str, dict[Any, Any]] = field(default_factory=dict)
    _texts: dict[tuple[str, str], Any] = field(default_factory=dict)
    """(table, id as text) → new id."""

    def learn(self, table: str, old: Any, new: Any) -> None:
        """Raises Damaged if two rows had the same id."""
        known = self._ids.setdefault(table, {})
        if old in known:
            raise Damaged(f"{table}.id")
        known[old] = self._texts[table, str(old)] = new

    def id(self, table: str, old: Any) -> Any:
        """Everything that staff did is now the importer's. Raises Damaged for a row that isn't in the parcel."""
        if old is None:
            return None
        if table == STAFF:
            return self.importer
        try:
            return self._ids.get(table, {})[old]
        except (KeyError, TypeError):
            raise Damaged(f"{table}.id") from None

    def rows(self, table: Table, rows: list[Row]) -> list[dict[str, Any]]:
        """All values of each row but its own id and what is written later. The rows have the same columns."""
        own = own_key(table)
        columns = [column for column in table.columns if column is not own and not comes_later(column)]
        given = [(column.name, column) for column in columns if column.name in rows[0]]
        return [{name: self.value(column, row[name]) for name, column in given} for row in rows]

    def later(self, table: Table, row: Row) -> dict[str, Any]:
        """The references that could not be written before their rows were there."""
        return {
            column.name: self.value(column, row[column.name])
            for column in keys(table)
            if comes_later(column) and row.get(column.name) is not None
        }

    def value(self, column: Column[Any], plain: Plain) -> Any:
        value = from_plain(column, plain)
        if column.foreign_keys:
            return self.id(parent(column), value)
        if column.info.get("refers_to"):
            return self._text_id(column, value)
        if column.info.get("photo"):
            return self.photos.get(value, "")
        return [self._note(note) for note in value] if column.table.name == DEEDS and column.name == "rows" else value

    def _text_id(self, column: Column[Any], text: str) -> str:
        """The id of a row of one of several tables, written as text."""
        found = (self._texts.get((table, text)) for table in column.info["refers_to"])
        new = next((each for each in found if each is not None), None)
        if new is None:
            raise Damaged(str(column))
        return str(new)

    def _note(self, note: Any) -> dict[str, Any]:
        """What a deed did to one row. It may name rows of this parcel alone, and never change what names a row."""
        tables = {table.name: table for table in carried()}
        if not isinstance(note, dict) or set(note) != {"table", "id", *SIDES}:
            raise Damaged(f"{DEEDS}.rows")
        table = tables.get(RENAMED.get(str(note["table"]), str(note["table"])))
        if table is None:
            raise Damaged(f"{DEEDS}.rows")
        sides = {side: self._noted(table, note[side]) for side in SIDES}
        return {"table": table.name, "id": self.id(_lines(table)[-1].name, note["id"]), **sides}

    def _noted(self, table: Table, values: Any) -> dict[str, Plain]:
        columns = {column.name: column for each in reversed(_lines(table)) for column in each.columns}
        naming = {name for each in _lines(table) for name in _naming(each)}
        if not isinstance(values, dict) or not set(values) <= set(columns) - naming:
            raise Damaged(f"{DEEDS}.rows")
        return {name: self._noted_value(columns[name], plain) for name, plain in values.items()}

    def _noted_value(self, column: Column[Any], plain: Plain) -> Plain:
        if isinstance(column.type, Moment) and plain == GONE:
            return plain
        value = self.value(column, plain) if plain is not None else None
        # As it was written: the undo compares it letter by letter.
        return plain if isinstance(value, datetime) else to_plain(value)


def _lines(table: Table) -> list[Table]:
    """The table and, where its rows only add to those of another (an entry is a statement too), that one behind it."""
    [key, *others] = table.primary_key.columns
    return [table] if others or not key.foreign_keys else [table, *_lines(db.metadata.tables[parent(key)])]


def _naming(table: Table) -> set[str]:
    """The columns that name a row, in its table or in the whole town."""
    return {column.name for columns in (list(table.primary_key.columns), *unique(table)) for column in columns}

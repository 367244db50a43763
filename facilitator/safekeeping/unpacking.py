"""Import: a parcel's rows and files into this town, whole or not at all.

The town's own side is found by name: the neighbourhood, and the project in it; what is missing is added. Everything
that staff did becomes the importer's. What must be unlike all others here (ids made by phones, links, codes, numbers)
stays as it was wherever it is free, and is made anew where it isn't: so a second copy is made of the same parts.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Column, Connection, Table, func, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError

from facilitator.disk import write_whole
from facilitator.extensions import db
from facilitator.safekeeping.arrival import Arrival
from facilitator.safekeeping.parcel import Parcel, Row
from facilitator.safekeeping.shape import ROOT, TOWN, carried, comes_later, keys, kinds, own_key, unique
from facilitator.safekeeping.translating import Translator
from facilitator.safekeeping.values import Damaged, from_plain
from facilitator.web.errors import Refused
from facilitator.web.uploads import keep_photo, take_pdf

NAME = re.compile(r"[0-9A-Za-z_-]{4,64}")
ONE_BY_ONE = 0x6A757969
"""PostgreSQL's number for the lock of imports."""
AT_ONCE = 500
"""Rows or values in one statement."""


class AlreadyHere(Refused):
    """The workshop of the parcel stands in this town."""

    def __init__(self, workshop_id: int, title: str) -> None:
        super().__init__(_("“%(title)s” is here already.", title=title), 409)
        self.workshop_id = workshop_id


@dataclass
class Luggage:
    """Files written for an import, known so that they can go again if it fails."""

    data: Path
    photos: dict[str, str] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)

    def keep_photos(self, parcel: Parcel) -> None:
        """Re-encode each photo into the data folder: nothing of what came survives but its picture.

        A booklet stays as it is: it is only ever sent as a download in which nothing runs.
        """
        named = _photos_named(parcel)
        for name in parcel.names("photos"):
            if Path(name).name not in named:
                raise Damaged(name)
            keep = take_pdf if name.endswith(".pdf") else keep_photo
            with parcel.open(name) as file:
                self.photos[Path(name).name] = keep(file, self.data / "photos")

    def throw_away(self) -> None:
        for name in self.photos.values():
            (self.data / "photos" / name).unlink(missing_ok=True)
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


def _photos_named(parcel: Parcel) -> set[str]:
    """The photos that rows speak of: no other may take up room here."""
    columns = [column for table in carried() for column in table.columns if column.info.get("photo")]
    return {str(row.get(column.name)) for column in columns for row in parcel.rows.get(column.table.name, [])}


@contextmanager
def luggage(data: Path) -> Iterator[Luggage]:
    """Where an import keeps its files; if it fails in here, none of them stays."""
    pieces = Luggage(data)
    try:
        yield pieces
    except BaseException:
        pieces.throw_away()
        raise


def unpack(
    connection: Connection, parcel: Parcel, pieces: Luggage, importer: int, copied: Callable[[str], str] | None = None
) -> Arrival:
    """Add the parcel's workshop within the transaction of the connection; the caller commits.

    Without `copied`, which gives a copy its title, a workshop that is here already is refused (AlreadyHere).
    """
    if connection.dialect.name == "postgresql":
        # One import after the other: a button pressed twice must find the workshop here the second time.
        connection.execute(select(func.pg_advisory_xact_lock(ONE_BY_ONE)))
    here = _standing(connection, parcel)
    if here and copied is None:
        raise AlreadyHere(*here)
    title = copied if here else None
    try:
        return _Unpacking(connection, parcel, pieces, Translator(importer, pieces.photos), title).run()
    except (IntegrityError, DataError) as error:
        raise Damaged(str(error.orig).splitlines()[0][:80]) from error


def _standing(connection: Connection, parcel: Parcel) -> tuple[int, str] | None:
    """A workshop is known by its projector's secret address; one that was deleted is not in the way."""
    table = db.metadata.tables[ROOT]
    tokens = [str(row.get("screen_token")) for row in parcel.rows.get(ROOT, [])]
    standing = select(table.c.id, table.c.title).where(table.c.screen_token.in_(tokens), table.c.deleted_at.is_(None))
    found = connection.execute(standing).first()
    return (found.id, found.title) if found else None


class _Unpacking:
    """One import under way."""

    def __init__(
        self,
        connection: Connection,
        parcel: Parcel,
        pieces: Luggage,
        translator: Translator,
        title: Callable[[str], str] | None,
    ) -> None:
        self._connection = connection
        self._parcel = parcel
        self._pieces = pieces
        self._new = translator
        self._title = title
        self._arrival = Arrival(photos=len(pieces.photos))

    def run(self) -> Arrival:
        tables = carried()
        if set(self._parcel.rows) - set(TOWN) - {table.name for table in tables}:
            raise Damaged("rows.jsonl")
        for name, known_by in TOWN.items():
            self._meet(db.metadata.tables[name], known_by)
        for table in tables:
            self._add(table, self._parcel.rows.get(table.name, []))
        for table in tables:
            self._add_later(table)
        self._arrival.workshop_id = self._new.id(ROOT, self._parcel.rows[ROOT][0]["id"])
        self._arrival.people = len(self._parcel.rows.get("participant", []))
        return self._arrival

    # The town.

    def _meet(self, table: Table, known_by: tuple[str, ...]) -> None:
        """Find each row by name, or add it."""
        for row in self._parcel.rows.get(table.name, []):
            values = self._translated(table, [row])[0]
            same = [table.c[name] == values.get(name) for name in known_by]
            found = self._connection.scalar(select(table.c.id).where(*same).order_by(table.c.id).limit(1))
            if found is None:
                [found] = self._insert(table.c.id, [values])
                self._arrival.added.append(values["name"])
            self._new.learn(table.name, from_plain(table.c.id, row["id"]), found)

    # The workshop.

    def _add(self, table: Table, rows: list[Row]) -> None:
        if table.name == ROOT and len(rows) != 1:
            raise Damaged(ROOT)
        rows = self._without_what_is_printed(table, rows)
        if not rows:
            return
        values = self._translated(table, rows)
        for columns in unique(table):
            self._make_unique(columns, values)
        self._take_note(table, rows, values)
        key = own_key(table)
        if key is None:
            self._connection.execute(insert(table), values)
            return
        old = [from_plain(key, row[key.name]) for row in rows]
        for row, name, new in zip(rows, old, self._insert_keyed(key, old, values), strict=True):
            self._new.learn(table.name, name, new)
            self._unpack_files(table, row, new)

    def _translated(self, table: Table, rows: list[Row]) -> list[dict[str, Any]]:
        _check_columns(table, rows)
        _check_kinds(table, rows)
        return self._new.rows(table, rows)

    def _take_note(self, table: Table, rows: list[Row], values: list[dict[str, Any]]) -> None:
        for column in table.columns:
            if column.info.get("photo"):
                named, kept = (sum(bool(each.get(column.name)) for each in some) for some in (rows, values))
                self._arrival.lost_photos += named - kept
        if table.name == ROOT:
            [value] = values
            value["title"] = self._title(value["title"]) if self._title else value["title"]
            self._arrival.title, self._arrival.code = value["title"], value["code"]
            self._arrival.new_code = value["code"] != rows[0].get("code")

    def _insert_keyed(self, key: Column[Any], old: list[Any], values: list[dict[str, Any]]) -> list[Any]:
        """Under the id that a phone made, or another if it is taken; numbers are given by the database."""
        if key.type.python_type is int:
            return self._insert(key, values)
        _check_names(key, old)
        taken = self._taken(key, old)
        new = [secrets.token_hex(16) if each in taken else each for each in old]
        named = [{**value, key.name: each} for value, each in zip(values, new, strict=True)]
        self._connection.execute(insert(key.table), named)
        return new

    def _insert(self, key: Column[Any], values: list[dict[str, Any]]) -> list[Any]:
        """The new ids, in the order of the values."""
        made = insert(key.table).returning(key, sort_by_parameter_order=True)
        return list(self._connection.execute(made, values).scalars())

    def _add_later(self, table: Table) -> None:
        if not any(comes_later(column) for column in keys(table)):
            return
        key = own_key(table)
        assert key is not None  # noqa: S101  what others refer to has an id
        for row in self._parcel.rows.get(table.name, []):
            values = self._new.later(table, row)
            if values:
                mine = update(table).where(key == self._new.id(table.name, row[key.name]))
                self._connection.execute(mine.values(values))

    # What no two may share.

    def _make_unique(self, columns: list[Column[Any]], values: list[dict[str, Any]]) -> None:
        if len(columns) > 1:
            self._renumber(columns, values)
            return
        [column] = columns
        wanted = [value.setdefault(column.name, _fresh(column)) for value in values]
        _check_names(column, wanted)
        taken = self._taken(column, wanted)
        for value in values:
            if value[column.name] in taken:
                value[column.name] = _fresh(column)

    def _renumber(self, columns: list[Column[Any]], values: list[dict[str, Any]]) -> None:
        """A number that counts within something, such as proposals in a year: the next one if it is taken."""
        *within, number = columns
        given: set[tuple[Any, ...]] = set()
        for value in values:
            place = tuple(value[column.name] for column in within)
            beside = [column == value[column.name] for column in within]
            same = select(number).where(*beside, number == value[number.name])
            if (*place, value[number.name]) in given or self._connection.scalar(same) is not None:
                self._arrival.renumbered = True
                last = self._connection.scalar(select(func.max(number)).where(*beside)) or 0
                value[number.name] = 1 + max(last, *(each[-1] for each in given if each[:-1] == place), 0)
            given.add((*place, value[number.name]))

    def _without_what_is_printed(self, table: Table, rows: list[Row]) -> list[Row]:
        """A paper in somebody's hand has one code: if that leads to a row here already, no second one is added."""
        for column in table.columns:
            if column.info.get("printed"):
                taken = self._taken(column, [from_plain(column, row.get(column.name)) for row in rows])
                rows = [row for row in rows if row[column.name] not in taken]
        return rows

    def _taken(self, column: Column[Any], wanted: list[Any]) -> set[Any]:
        found: set[Any] = set()
        for start in range(0, len(wanted), AT_ONCE):
            some = select(column).where(column.in_(wanted[start : start + AT_ONCE]))
            found.update(self._connection.scalars(some))
        return found

    # Files that belong to a row.

    def _unpack_files(self, table: Table, row: Row, new: Any) -> None:
        for column in table.columns:
            folder = column.info.get("folder")
            if folder:
                self._unpack_file(f"{folder}/{row['id']}/{row[column.name]}", self._pieces.data / folder / str(new))

    def _unpack_file(self, name: str, folder: Path) -> None:
        if name not in self._parcel.archive.namelist():
            raise Damaged(name[:80])
        self._pieces.folders.append(folder)
        # What stood under this number belongs to nobody: the row is new.
        shutil.rmtree(folder, ignore_errors=True)
        write_whole(folder / Path(name).name, self._parcel.archive.read(name))


def _check_names(column: Column[Any], names: list[Any]) -> None:
    """Ids, links and codes stand in addresses: they are letters and digits, and no two are the same."""
    if len(set(names)) < len(names) or not all(isinstance(each, str) and NAME.fullmatch(each) for each in names):
        raise Damaged(str(column))


def _check_columns(table: Table, rows: list[Row]) -> None:
    """All rows have the same columns, and all that the table has: an older program's may lack what has a default."""
    known = set(table.columns.keys())
    needed = {column.name for column in table.columns if not column.nullable and column.default is None}
    if not all(set(row) == set(rows[0]) and needed <= set(row) <= known for row in rows):
        raise Damaged(table.name)


def _check_kinds(table: Table, rows: list[Row]) -> None:
    """A kind that this program doesn't have could be shown by nobody; nor could settings of another type."""
    known = kinds(table)
    for row in rows if known else ():
        model = known.get(str(row["kind"]))
        if model is None:
            kind = str(row["kind"])[:40]
            raise Refused(_("This workshop has something that this program doesn't know (%(kind)s).", kind=kind))
        if hasattr(model, "defaults") and not _are_settings(row.get("settings", {}), model.defaults()):
            raise Damaged(f"{table.name}.settings")


def _are_settings(settings: Any, defaults: Mapping[str, Any]) -> bool:
    return isinstance(settings, dict) and all(
        type(settings[name]) is type(value) for name, value in defaults.items() if name in settings
    )


def _fresh(column: Column[Any]) -> str:
    """Another value of the same kind: a code as the column makes its own, else 128 random bits."""
    default: Any = column.default
    return str(default.arg(None)) if default is not None and default.is_callable else secrets.token_urlsafe(16)

"""Undo: what a facilitator did, row by row, so that it can be taken back.

Inside `deed(...)` every flush notes the old and new value of each changed column. Undo writes the old values back, but
only where the new ones still stand: somebody else's later change is never overwritten. A row that a deed made is
taken back by its `deleted_at`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import JSON, ForeignKey, event, inspect, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm import Session as UnitOfWork

from facilitator.accounts.models import Staff
from facilitator.extensions import Base, Model, Moment, db, now
from facilitator.web.errors import Refused
from facilitator.workshop.models import Workshop
from facilitator.workshop.versions import hold

# Moves only ever count up, else a button on an old picture of the room would work again.
COUNTERS = {"moves"}
GONE = "gone"
"""Stands for any moment of deletion."""


class Deed(Model):
    """One thing a member of staff did to a workshop."""

    __tablename__ = "deed"

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    name: Mapped[str]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """`{"table", "id", "before": {column: value}, "after": {column: value}}` for each row touched."""
    done_at: Mapped[datetime] = mapped_column(Moment, default=now)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


@contextmanager
def deed(workshop: Workshop, staff: Staff, name: str) -> Iterator[None]:
    """Record what the block changes as one deed; commits at its end."""
    notes: list[tuple[Any, dict[str, Any], dict[str, Any]]] = []
    hold(workshop.id)
    unit = db.session()
    unit.info["deed"], unit.info["by"] = notes, staff.id
    try:
        yield
        unit.flush()
    finally:
        unit.info.pop("deed", None)
        unit.info.pop("by", None)
    rows = [_row(*note) for note in notes]
    if rows:
        db.session.add(Deed(workshop_id=workshop.id, staff_id=staff.id, name=name, rows=_merged(rows)))
    db.session.commit()


def last_deed(workshop: Workshop, staff: Staff) -> Deed | None:
    """What "undo" would take back: the newest of one's own."""
    own = select(Deed).where(Deed.workshop_id == workshop.id, Deed.staff_id == staff.id, Deed.undone_at.is_(None))
    return db.session.scalar(own.order_by(Deed.id.desc()).limit(1))


def last_undone(workshop: Workshop, staff: Staff) -> Deed | None:
    """What "redo" would do again: undone, with nothing of one's own done after it."""
    newest = last_deed(workshop, staff)
    own = select(Deed).where(Deed.workshop_id == workshop.id, Deed.staff_id == staff.id, Deed.undone_at.is_not(None))
    return db.session.scalar(own.where(Deed.id > (newest.id if newest else 0)).order_by(Deed.id).limit(1))


def undo(workshop: Workshop, staff: Staff, deed_id: int) -> None:
    """Take back one's newest deed, if it still is the one named."""
    hold(workshop.id)
    done = last_deed(workshop, staff)
    if done and done.id == deed_id:
        _write_back(done.rows, now_stands="after", put="before")
        done.undone_at = now()
        workshop.moves += 1


def newest(workshop_ids: Collection[int], staff: Staff, name: str) -> Deed | None:
    """One's newest deed of this name in any of these workshops, whatever else one did since."""
    own = select(Deed).where(Deed.workshop_id.in_(workshop_ids), Deed.staff_id == staff.id, Deed.undone_at.is_(None))
    return db.session.scalar(own.where(Deed.name == name).order_by(Deed.done_at.desc(), Deed.id.desc()).limit(1))


def take_back(workshop: Workshop, done: Deed) -> None:
    """Take back a deed of which no other kind of deed touches the rows; the room stays where it is."""
    hold(workshop.id)
    db.session.refresh(done)
    if done.undone_at is None:
        _write_back(done.rows, now_stands="after", put="before")
        done.undone_at = now()


def redo(workshop: Workshop, staff: Staff, deed_id: int) -> None:
    """Do again what one undid last, if it still is the one named."""
    hold(workshop.id)
    undone = last_undone(workshop, staff)
    if undone and undone.id == deed_id:
        _write_back(undone.rows, now_stands="before", put="after")
        undone.undone_at = None
        workshop.moves += 1


def _write_back(rows: list[dict[str, Any]], now_stands: str, put: str) -> None:
    """All of it or nothing: no row is written before each was looked at."""
    subjects = [(_load(row), row) for row in rows]
    for subject, row in subjects:
        if not all(_stands(getattr(subject, column), value) for column, value in row[now_stands].items()):
            raise Refused(_("Someone has changed this since, so it can't be undone."), 409)
    for subject, row in subjects:
        for column, value in row[put].items():
            setattr(subject, column, _rich(subject, column, value))


@event.listens_for(UnitOfWork, "before_flush")
def _note(unit: UnitOfWork, context: Any, instances: Any) -> None:  # noqa: ARG001
    notes = unit.info.get("deed")
    if notes is None:
        return
    for subject in unit.dirty:
        before, after = _changes(subject)
        if after:
            notes.append((subject, before, after))
    notes.extend((subject, {"deleted_at": GONE}, {"deleted_at": None}) for subject in unit.new if _can_go(subject))


def _can_go(subject: Any) -> bool:
    return "deleted_at" in inspect(subject).mapper.columns


def _changes(subject: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    state = inspect(subject)
    before, after = {}, {}
    for column in state.mapper.column_attrs:
        history = state.attrs[column.key].history
        if history.has_changes() and column.key not in COUNTERS:
            before[column.key] = _plain(history.deleted[0] if history.deleted else None)
            after[column.key] = _plain(history.added[0] if history.added else None)
    return before, after


def _row(subject: Any, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {"table": subject.__tablename__, "id": subject.id, "before": before, "after": after}


def _merged(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One entry a row: its oldest "before" and its newest "after"."""
    merged: dict[tuple[str, Any], dict[str, Any]] = {}
    for row in rows:
        one = merged.setdefault((row["table"], row["id"]), {**row, "before": {}, "after": {}})
        one["before"] = {**row["before"], **one["before"]}
        one["after"].update(row["after"])
    return list(merged.values())


def _load(row: dict[str, Any]) -> Any:
    models = {mapper.class_.__tablename__: mapper.base_mapper.class_ for mapper in Base.registry.mappers}
    subject = db.session.get(models[row["table"]], row["id"])
    if subject is None:
        raise Refused(_("Someone has changed this since, so it can't be undone."), 409)
    return subject


def _stands(value: Any, noted: Any) -> bool:
    return value is not None if noted == GONE else _plain(value) == noted


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _rich(subject: Any, column: str, value: Any) -> Any:
    if value == GONE:
        return now()
    is_moment = isinstance(inspect(subject).mapper.columns[column].type, Moment)
    return datetime.fromisoformat(value) if is_moment and value else value

"""What did this commit touch? Listeners note the workshops of changed rows; nothing is said before the commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session as UnitOfWork

from facilitator.workshop.models import Activity, Workshop

_heard: list[Callable[[int], None]] = []


def when_changed(listener: Callable[[int], None]) -> None:
    """Call the listener with the id of each workshop that a commit touched."""
    _heard.append(listener)


@event.listens_for(UnitOfWork, "before_flush")
def _note(unit: UnitOfWork, context: Any, instances: Any) -> None:  # noqa: ARG001
    rows = [*unit.new, *unit.dirty, *unit.deleted]
    touched = {_workshop_id(unit, row) for row in rows} - {None}
    unit.info.setdefault("touched", set()).update(touched)


@event.listens_for(UnitOfWork, "after_commit")
def _tell(unit: UnitOfWork) -> None:
    for workshop_id in unit.info.pop("touched", ()):
        for listener in _heard:
            listener(workshop_id)


@event.listens_for(UnitOfWork, "after_rollback")
def _forget(unit: UnitOfWork) -> None:
    unit.info.pop("touched", None)


def _workshop_id(unit: UnitOfWork, row: Any) -> int | None:
    if isinstance(row, Workshop):
        return row.id
    if getattr(row, "workshop_id", None):
        return int(row.workshop_id)
    number = getattr(row, "activity_id", None)
    activity = unit.get(Activity, number) if number else None
    return activity.workshop_id if activity else None

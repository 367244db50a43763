"""How often a workshop has changed: by this number every screen, and every process, knows what is newer.

The transaction that changes a workshop counts it up before it writes anything else. On PostgreSQL the counted row is
also the room's lock: writers of one workshop follow each other, so a budget or the next free number can be read and
used without another check. On SQLite there is one writer anyway.

A number is never smaller than the clock (milliseconds since 1970): a database restored from a snapshot goes on above
what the phones in the hall have seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, event, select, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm import Session as UnitOfWork

from facilitator.extensions import Model, db, now
from facilitator.workshop.models import Activity, Workshop


class WorkshopVersion(Model):
    __tablename__ = "workshop_version"

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)


_COUNT_UP = text("""
    INSERT INTO workshop_version (workshop_id, number) VALUES (:workshop_id, :clock)
    ON CONFLICT (workshop_id) DO UPDATE SET number =
        CASE WHEN workshop_version.number < excluded.number THEN excluded.number ELSE workshop_version.number + 1 END
""")


def claim(workshop_id: int) -> None:
    """Count the workshop up, once a transaction; every other writer of it waits until this transaction ends."""
    _claim(db.session(), workshop_id)


def hold(workshop_id: int) -> None:
    """Be the only one who writes to the workshop until this transaction ends, and read anew what was read before.

    For whoever reads, decides and then writes. On SQLite nobody comes between anyway.
    """
    if db.engine.dialect.name != "sqlite":
        claim(workshop_id)
        for row in list(db.session.identity_map.values()):
            db.session.refresh(row)  # not only expired: what undo puts back is what a change finds loaded


def current(workshop_ids: Iterable[int]) -> dict[int, int]:
    """The versions of these workshops; one that never changed is not among them."""
    table = WorkshopVersion.__table__
    rows = select(table.c.workshop_id, table.c.number).where(table.c.workshop_id.in_(list(workshop_ids)))
    return {row[0]: row[1] for row in db.session.connection().execute(rows)}


def version(workshop_id: int) -> int:
    """The version of a page rendered now. Ask before reading the data: a later patch must win."""
    return current([workshop_id]).get(workshop_id, 0)


@event.listens_for(UnitOfWork, "before_flush")
def _count_up(unit: UnitOfWork, context: Any, instances: Any) -> None:  # noqa: ARG001
    changed = _workshops(unit, [*unit.new, *unit.dirty, *unit.deleted])
    # Always in the same order, so that two transactions never wait for each other.
    for workshop_id in sorted(changed):
        _claim(unit, workshop_id)


def _claim(unit: UnitOfWork, workshop_id: int) -> None:
    claimed = unit.info.setdefault("claimed", set())
    if workshop_id not in claimed:
        values = {"workshop_id": workshop_id, "clock": round(now().timestamp() * 1000)}
        unit.connection().execute(_COUNT_UP, values)
        claimed.add(workshop_id)


def _workshops(unit: UnitOfWork, rows: list[Any]) -> set[int]:
    """To which workshops these rows belong. Each activity is asked for once: a café seats a hall at a time."""
    found = {row.id if isinstance(row, Workshop) else getattr(row, "workshop_id", None) for row in rows}
    indirect = (row for row in rows if not isinstance(row, Workshop) and not getattr(row, "workshop_id", None))
    for number in {getattr(row, "activity_id", None) for row in indirect} - {None}:
        activity = unit.get(Activity, number)
        found.add(activity.workshop_id if activity else None)
    return {int(number) for number in found if number}


# Also where the connection was lost, and no rollback reached the database.
@event.listens_for(UnitOfWork, "after_soft_rollback")
def _forget(unit: UnitOfWork, transaction: Any) -> None:  # noqa: ARG001
    unit.info.pop("claimed", None)

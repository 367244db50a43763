"""Ideas that say the same: one of them stands on the wall for all. Each keeps its text, author and number.

A family is flat: one idea stands for itself and for those that were merged into it. It hangs on the wall as long as
any of them may, and all of them lie in its theme. Who withdraws, hides or moves an idea needn't know of this: a family
is put in order before its rows are written.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, UniqueConstraint, event, inspect, or_, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm import Session as UnitOfWork

from facilitator.accounts.models import Staff
from facilitator.extensions import Model, Moment, db, now
from facilitator.synthesis.models import SHOWN, Statement
from facilitator.web.errors import Refused
from facilitator.workshop.models import Activity
from facilitator.workshop.versions import claim

FAMILY_MATTERS = ("merged_into_id", "status", "deleted_at", "theme_id")
"""Columns whose change may leave a family in disorder."""


class KeptApart(Model):
    """Two ideas that somebody has looked at and found to say different things: not offered again."""

    __tablename__ = "kept_apart"
    __table_args__ = (UniqueConstraint("first_id", "second_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    first_id: Mapped[str] = mapped_column(ForeignKey("statement.id"))
    """The smaller id of the two."""
    second_id: Mapped[str] = mapped_column(ForeignKey("statement.id"))
    kept_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kept_at: Mapped[datetime] = mapped_column(Moment, default=now)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    @classmethod
    def of(cls, activity: Activity) -> set[frozenset[str]]:
        kept = select(cls.first_id, cls.second_id).where(cls.activity_id == activity.id, cls.deleted_at.is_(None))
        return {frozenset(pair) for pair in db.session.execute(kept)}

    @classmethod
    def keep(cls, pairs: Iterable[tuple[Statement, Statement]], staff: Staff) -> None:
        """Note of each pair that they differ. What was undone and is decided again takes its old row."""
        wanted = {(min(one.id, other.id), max(one.id, other.id)): one.activity_id for one, other in pairs}
        rows = db.session.scalars(select(cls).where(cls.first_id.in_([first for first, _second in wanted])))
        known = {(row.first_id, row.second_id): row for row in rows}
        for (first, second), activity_id in wanted.items():
            row = known.get((first, second))
            if row is None:
                about = {"activity_id": activity_id, "kept_by_id": staff.id}
                db.session.add(cls(first_id=first, second_id=second, **about))
            elif row.deleted_at:
                row.deleted_at, row.kept_by_id = None, staff.id


def merge(head: Statement, other: Statement) -> None:
    """Let one idea stand for another, and for all that went into that. Raises Refused where one doesn't hang there.

    Nothing is done where it is so already.
    """
    if is_merged(head, other):
        return
    if head is other or not (stands(head) and stands(other)):
        raise Refused(_("A colleague has just moved, hidden or merged one of the two. Please look again."), 409)
    for each in family_of(other):
        each.merged_into_id = head.id


def take_apart(statement: Statement, staff: Staff) -> None:
    """Let a merged idea stand for itself again, if it doesn't; the machine doesn't offer the two another time."""
    head = db.session.get(Statement, statement.merged_into_id) if statement.merged_into_id else None
    if head:
        statement.merged_into_id = None
        KeptApart.keep([(head, statement)], staff)


def is_merged(head: Statement, other: Statement) -> bool:
    """Does the first stand for the second?"""
    return other.merged_into_id == head.id


def stands(statement: Statement) -> bool:
    """Does it hang on the wall, and for itself?"""
    return _may_hang(statement) and statement.merged_into_id is None


def family_of(statement: Statement) -> list[Statement]:
    """All that say the same as this one and itself, as they came; also what is hidden or withdrawn by now."""
    head = statement.merged_into_id or statement.id
    same = select(Statement).where(or_(Statement.id == head, Statement.merged_into_id == head))
    return list(db.session.scalars(same.order_by(Statement.number)))


def originals(statement: Statement) -> list[Statement]:
    """Those of its family that count: on the wall, or standing behind what hangs there."""
    return [each for each in family_of(statement) if _may_hang(each)]


def people_behind(statements: Iterable[Statement]) -> int:
    """Distinct authors; of those without a phone each idea is somebody's."""
    return len({each.participant_id or each.id for each in statements})


def _may_hang(statement: Statement) -> bool:
    return statement.status == SHOWN and statement.deleted_at is None


# Before all other listeners: what is put in order here is counted and can be undone like the rest.
@event.listens_for(UnitOfWork, "before_flush", insert=True)
def _order_families(unit: UnitOfWork, context: Any, instances: Any) -> None:  # noqa: ARG001
    touched = [row for row in unit.dirty if isinstance(row, Statement) and _touches_family(row)]
    for number in sorted({row.activity.workshop_id for row in touched}):
        claim(number)  # a colleague may be merging it just now
    members = _members(unit, touched)
    families: dict[str, list[Statement]] = {}
    for each in members.values():
        families.setdefault(_last(each, members), []).append(each)
    for head_id, family in families.items():
        _order(family, members[head_id])


def _touches_family(row: Statement) -> bool:
    return any(inspect(row).attrs[name].history.has_changes() for name in FAMILY_MATTERS)


def _members(unit: UnitOfWork, touched: list[Statement]) -> dict[str, Statement]:
    """All of the families, as they were and as they are to be, by id."""
    found: dict[str, Statement] = {row.id: row for row in touched}
    new = {key for row in touched for key in (row.id, row.merged_into_id, *_formerly(row)) if key}
    while new:
        same = select(Statement).where(or_(Statement.id.in_(new), Statement.merged_into_id.in_(new)))
        rows = unit.scalars(same).all()
        found |= {row.id: row for row in rows}
        new = {row.merged_into_id for row in rows if row.merged_into_id} - found.keys()
    return found


def _formerly(row: Statement) -> list[str]:
    return list(inspect(row).attrs.merged_into_id.history.deleted or ())


def _last(each: Statement, members: dict[str, Statement]) -> str:
    """Who stands for it, through all steps: one desk's undo may have made a chain of what another did."""
    seen: set[str] = set()
    while each.merged_into_id in members and each.id not in seen:
        seen.add(each.id)
        each = members[each.merged_into_id]
    return each.id


def _order(family: list[Statement], old: Statement) -> None:
    """The head hangs on the wall, else the oldest that may takes its place; the others go with it."""
    shown = [each for each in sorted(family, key=lambda each: each.number) if _may_hang(each)]
    head = old if old in shown or not shown else shown[0]
    for each in family:
        each.merged_into_id = None if each is head else head.id
        each.theme_id = old.theme_id

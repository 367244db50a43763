"""The competition's log. Lines are added in the transaction of what they tell of; the database refuses to change them.

What is in it can't be undone by a button: a lock is answered by an unlocking with its reason, and both stand here.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from facilitator.extensions import Model, Moment, db, now

if TYPE_CHECKING:
    from facilitator.activities.competition.models import Competition

ACTS = {
    "invited": _l("judge invited"),
    "withdrawn": _l("judge withdrawn"),
    "returned": _l("judge invited again"),
    "judge-changed": _l("judge's name or office corrected"),
    "assigned": _l("entries assigned"),
    "rubric": _l("rubric changed"),
    "opened": _l("judging began: the rubric is fixed"),
    "score": _l("score"),
    "recused": _l("recusal declared"),
    "took-part": _l("recusal taken back"),
    "abstained": _l("abstained"),
    "judged-again": _l("abstention taken back"),
    "locked": _l("scores locked"),
    "unlocked": _l("judge unlocked"),
    "rules": _l("rules of the result fixed"),
    "lot": _l("order of presentation drawn"),
    "entry": _l("entry entered"),
    "entry-changed": _l("entry changed"),
    "entry-out": _l("entry taken out"),
    "entry-in": _l("entry taken back in"),
    "undone": _l("change undone"),
    "redone": _l("undone change made again"),
    "revealed": _l("place revealed"),
    "hidden": _l("result hidden again"),
}


class AuditLine(Model):
    """Who did what, when. Rows are only ever added: a trigger of the database refuses everything else."""

    __tablename__ = "competition_audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    act: Mapped[str] = mapped_column(info={"one_of": tuple(ACTS)})
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    """Who did it, when that was staff."""
    judge_id: Mapped[int | None] = mapped_column(ForeignKey("competition_judge.id"))
    """Whom it concerns; without staff also who did it."""
    entry_id: Mapped[str | None] = mapped_column(ForeignKey("statement.id"))
    criterion_id: Mapped[int | None] = mapped_column(ForeignKey("competition_criterion.id"))
    said: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """`before` and `after`, a `reason`, and what else belongs to the act."""

    @classmethod
    def of(cls, competition: Competition) -> list[AuditLine]:
        return list(db.session.scalars(select(cls).where(cls.activity_id == competition.id).order_by(cls.id)))


def note(competition: Competition, act: str, *, said: dict[str, Any] | None = None, **about: Any) -> None:
    """Write a line; `about` names judge_id, entry_id, criterion_id where they belong, and outside a deed staff_id."""
    if act not in ACTS:
        raise ValueError(act)
    by = {"staff_id": db.session().info.get("by")}
    db.session.add(AuditLine(activity_id=competition.id, act=act, said=said or {}, **{**by, **about}))

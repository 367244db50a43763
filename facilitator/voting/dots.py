"""Dots: one row each. How one is placed and taken back stands in ballot.py."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from facilitator.extensions import Model, Moment, db, now
from facilitator.methods.tally import Count
from facilitator.synthesis.models import SHOWN, SOURCES, Statement, Theme

if TYPE_CHECKING:
    from facilitator.voting.models import VotingActivity

VOTES = {"vote": 1, "vote-again": 2}
"""Which round is open in which step."""


class Dot(Model):
    __tablename__ = "dot"
    __table_args__ = (Index(None, "activity_id", "round"), Index(None, "participant_id", "activity_id", "round"))

    id: Mapped[str] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    round: Mapped[int]
    statement_id: Mapped[str | None] = mapped_column(ForeignKey("statement.id"))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    placed_at: Mapped[datetime] = mapped_column(Moment, default=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    @classmethod
    def pairs(cls, activity: VotingActivity, number: int) -> list[tuple[int, Any]]:
        """(person, target) of each dot that lies on the activity in this round."""
        rows = select(cls.participant_id, _target_column(activity)).where(_lying(activity, number))
        return [(person, target) for person, target in db.session.execute(rows)]


class HandCount(Model):
    """Dots from paper ballots or raised hands, as a member of staff counted them."""

    __tablename__ = "hand_count"
    __table_args__ = (UniqueConstraint("activity_id", "round", "target", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    round: Mapped[int]
    target: Mapped[str] = mapped_column(info={"refers_to": ("theme", "statement")})
    """Id of the idea or the theme."""
    source: Mapped[str] = mapped_column(info={"one_of": SOURCES})
    dots: Mapped[int]
    voters: Mapped[int]
    counted_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    @classmethod
    def ever(cls, activity: VotingActivity, number: int) -> list[HandCount]:
        """Also those that were undone: what is counted again takes its old row."""
        return list(db.session.scalars(select(cls).where(cls.activity_id == activity.id, cls.round == number)))

    @classmethod
    def rows(cls, activity: VotingActivity, number: int) -> list[HandCount]:
        return [row for row in cls.ever(activity, number) if row.deleted_at is None]

    @classmethod
    def of(cls, activity: VotingActivity, number: int) -> list[Count]:
        """Counts as the tally takes them; a count for a merged theme goes with it."""
        heirs = Theme.heirs(activity) if activity.on_themes else {}
        return [
            Count(heirs.get(int(row.target)) if activity.on_themes else row.target, row.source, row.dots, row.voters)
            for row in cls.rows(activity, number)
        ]


def placed(activity: VotingActivity, number: int) -> dict[str, int]:
    """How many people have placed dots, and how many dots: all that may be said before the reveal."""
    counts = select(func.count(Dot.participant_id.distinct()), func.count()).where(_lying(activity, number))
    voters, dots = db.session.execute(counts).one()
    return {"voters": voters, "dots": dots}


def moments(activity: VotingActivity, number: int) -> list[datetime]:
    """When each dot of a round was placed that lies on the activity."""
    return list(db.session.scalars(select(Dot.placed_at).where(_lying(activity, number))))


def _taken_off(activity: VotingActivity) -> tuple[ColumnElement[bool], ...]:
    return Statement.activity_id == activity.id, (Statement.status != SHOWN) | Statement.deleted_at.is_not(None)


def _heirs(activity: VotingActivity) -> dict[Any, int]:
    return Theme.heirs(activity) if activity.on_themes else {}


def _target_column(activity: VotingActivity) -> Any:
    return Dot.theme_id if activity.on_themes else Dot.statement_id


def _lying(activity: VotingActivity, number: int) -> ColumnElement[bool]:
    """A dot lies where it was put; once that is hidden, withdrawn or dissolved, it is back in its owner's hand."""
    if activity.on_themes:
        living = {theme.id for theme in Theme.of(activity)}
        stands = Dot.theme_id.in_([theme for theme, heir in _heirs(activity).items() if heir in living])
    else:
        # The few that were hidden or withdrawn are sooner told apart than the many that hang there.
        stands = Dot.statement_id.not_in(select(Statement.id).where(*_taken_off(activity)))
    return (Dot.activity_id == activity.id) & (Dot.round == number) & Dot.withdrawn_at.is_(None) & stands

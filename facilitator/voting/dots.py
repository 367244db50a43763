"""Dots: one row each. How one is placed and taken back stands in ballot.py."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

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
        """Counts as the tally takes them; a count for what was merged goes with it."""
        heirs = heirs_of(activity)
        counted = [(int(row.target) if activity.on_themes else row.target, row) for row in cls.rows(activity, number)]
        return [Count(heirs.get(target, target), row.source, row.dots, row.voters) for target, row in counted]


def counted_for_merged(activity: VotingActivity, number: int) -> dict[Any, tuple[int, int]]:
    """Dots and people that were counted by hand for what was merged, by what stands for it now."""
    sums: dict[Any, tuple[int, int]] = {}
    stands = {str(key): head for key, head in heirs_of(activity).items() if key != head}
    for row in HandCount.rows(activity, number):
        if row.target in stands:
            dots, people = sums.get(stands[row.target], (0, 0))
            sums[stands[row.target]] = dots + row.dots, people + row.voters
    return sums


def placed(activity: VotingActivity, number: int) -> dict[str, int]:
    """How many people have placed dots, and how many dots: all that may be said before the reveal."""
    counts = select(func.count(Dot.participant_id.distinct()), func.count()).where(_lying(activity, number))
    voters, dots = db.session.execute(counts).one()
    return {"voters": voters, "dots": dots}


def moments(activity: VotingActivity, number: int) -> list[datetime]:
    """When each dot of a round was placed that lies on the activity."""
    return list(db.session.scalars(select(Dot.placed_at).where(_lying(activity, number))))


def heirs_of(activity: VotingActivity) -> dict[Any, Any]:
    """Which theme or idea stands for each that was merged; what isn't named stands for itself."""
    return Theme.heirs(activity) if activity.on_themes else Statement.heirs(activity)


def _taken_off(activity: VotingActivity) -> Select[str]:
    """Ideas that don't hang on the wall, nor does one that stands for them."""
    head = aliased(Statement)
    alone = Statement.merged_into_id.is_(None) & _is_off(Statement)
    of_activity = select(Statement.id).where(Statement.activity_id == activity.id)
    return of_activity.outerjoin(head, head.id == Statement.merged_into_id).where(alone | _is_off(head))


def _is_off(each: type[Statement]) -> ColumnElement[bool]:
    return (each.status != SHOWN) | each.deleted_at.is_not(None)


def _target_column(activity: VotingActivity) -> Any:
    return Dot.theme_id if activity.on_themes else Dot.statement_id


def _lying(activity: VotingActivity, number: int) -> ColumnElement[bool]:
    """A dot lies where it was put; once that is hidden, withdrawn or dissolved, it is back in its owner's hand.

    On an idea that was merged it lies as long as the one that stands for it hangs on the wall.
    """
    if activity.on_themes:
        living = {theme.id for theme in Theme.of(activity)}
        stands = Dot.theme_id.in_([theme for theme, heir in Theme.heirs(activity).items() if heir in living])
    else:
        # The few that were hidden or withdrawn are sooner told apart than the many that hang there.
        stands = Dot.statement_id.not_in(_taken_off(activity))
    return (Dot.activity_id == activity.id) & (Dot.round == number) & Dot.withdrawn_at.is_(None) & stands

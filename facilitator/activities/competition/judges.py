"""Who judges, what each has to judge, and what they gave. One judge's scores are never read for another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from facilitator.activities.competition.entries import TOKEN_LENGTH, Entry
from facilitator.extensions import Model, Moment, db, now
from facilitator.workshop.models import new_code

if TYPE_CHECKING:
    from facilitator.activities.competition.models import Competition


class Judge(Model):
    """A judge, known by a personal link; never by an account."""

    __tablename__ = "competition_judge"
    __table_args__ = (UniqueConstraint("activity_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    number: Mapped[int]
    name: Mapped[str]
    office: Mapped[str] = mapped_column(default="")
    """What they are: an architect, a resident of the site."""
    token: Mapped[str] = mapped_column(unique=True, default=lambda: new_code(TOKEN_LENGTH))
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    """Last opened their page."""
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)
    locked_at: Mapped[datetime | None] = mapped_column(Moment)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    @classmethod
    def of(cls, competition: Competition) -> list[Self]:
        return [each for each in cls.ever(competition) if each.deleted_at is None]

    @classmethod
    def ever(cls, competition: Competition) -> list[Self]:
        """Also those who were withdrawn, by number."""
        return list(db.session.scalars(select(cls).where(cls.activity_id == competition.id).order_by(cls.number)))

    @classmethod
    def by_token(cls, token: str) -> Self | None:
        return db.session.scalar(select(cls).where(cls.token == token.upper(), cls.deleted_at.is_(None)))

    @classmethod
    def invite(cls, competition: Competition, name: str, office: str = "") -> Self:
        last = db.session.scalar(select(func.max(cls.number)).where(cls.activity_id == competition.id)) or 0
        judge = cls(activity_id=competition.id, number=last + 1, name=name, office=office)
        db.session.add(judge)
        db.session.flush()
        return judge


class Assignment(Model):
    """With panels: this judge judges this entry."""

    __tablename__ = "competition_assignment"
    __table_args__ = (UniqueConstraint("judge_id", "entry_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("competition_judge.id"))
    entry_id: Mapped[str] = mapped_column(ForeignKey("statement.id"), index=True)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    @classmethod
    def pairs(cls, competition: Competition) -> set[tuple[int, str]]:
        """(judge, entry) of all that are assigned."""
        rows = select(cls.judge_id, cls.entry_id).join(Judge, Judge.id == cls.judge_id)
        living = rows.where(Judge.activity_id == competition.id, cls.deleted_at.is_(None))
        return {(judge, entry) for judge, entry in db.session.execute(living)}

    @classmethod
    def put(cls, competition: Competition, wanted: set[tuple[int, str]]) -> None:
        """Let these pairs be assigned, and no others."""
        mine = select(cls).join(Judge, Judge.id == cls.judge_id).where(Judge.activity_id == competition.id)
        known = {(row.judge_id, row.entry_id): row for row in db.session.scalars(mine)}
        for pair, row in known.items():
            if (pair in wanted) != (row.deleted_at is None):
                row.deleted_at = None if pair in wanted else now()
        for judge_id, entry_id in sorted(wanted - known.keys()):
            db.session.add(cls(judge_id=judge_id, entry_id=entry_id))


class Judgement(Model):
    """What one judge says of one entry beside the scores: a recusal, an abstention, a private note."""

    __tablename__ = "competition_judgement"
    __table_args__ = (UniqueConstraint("judge_id", "entry_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("competition_judge.id"))
    entry_id: Mapped[str] = mapped_column(ForeignKey("statement.id"), index=True)
    recused_at: Mapped[datetime | None] = mapped_column(Moment)
    abstained_at: Mapped[datetime | None] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(default="")
    """For the judge alone."""

    @classmethod
    def of(cls, judges: Iterable[Judge]) -> dict[tuple[int, str], Judgement]:
        """By (judge, entry)."""
        rows = db.session.scalars(select(cls).where(cls.judge_id.in_([each.id for each in judges])))
        return {(row.judge_id, row.entry_id): row for row in rows}

    @classmethod
    def one(cls, judge: Judge, entry: Entry) -> Judgement:
        """The row of this judge and entry; a new one if there is none yet."""
        row = db.session.scalar(select(cls).where(cls.judge_id == judge.id, cls.entry_id == entry.id))
        if row is None:
            row = cls(judge_id=judge.id, entry_id=entry.id, note="")
            db.session.add(row)
        return row

    @property
    def is_out(self) -> bool:
        """Does the judge give this entry nothing?"""
        return bool(self.recused_at or self.abstained_at)


class Score(Model):
    """What one judge gave one entry for one criterion."""

    __tablename__ = "competition_score"
    __table_args__ = (UniqueConstraint("judge_id", "entry_id", "criterion_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("competition_judge.id"))
    entry_id: Mapped[str] = mapped_column(ForeignKey("statement.id"), index=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("competition_criterion.id"))
    points: Mapped[int | None]
    """In hundredths; None once it was taken back."""
    given_at: Mapped[datetime] = mapped_column(Moment, default=now)

    @classmethod
    def of(cls, judges: Iterable[Judge]) -> dict[tuple[int, str, int], int]:
        """By (judge, entry, criterion): points in hundredths."""
        given = select(cls).where(cls.judge_id.in_([each.id for each in judges]), cls.points.is_not(None))
        return {(row.judge_id, row.entry_id, row.criterion_id): row.points or 0 for row in db.session.scalars(given)}

    @classmethod
    def is_begun(cls, competition: Competition) -> bool:
        """Has any judge given any score? Also one that was taken back: it was given for this rubric."""
        given = select(cls.id).join(Judge, Judge.id == cls.judge_id).where(Judge.activity_id == competition.id)
        return db.session.scalar(given.limit(1)) is not None

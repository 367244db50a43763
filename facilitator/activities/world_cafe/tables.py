"""Tables, the people at them, and what must hold between people."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilitator.extensions import Model, Moment, db, now
from facilitator.web.text import mask
from facilitator.workshop.models import CODE_LENGTH, Participant, new_code

if TYPE_CHECKING:
    from facilitator.activities.world_cafe.models import WorldCafe


class CafeTable(Model):
    """One table of a café. It keeps its number for the whole evening; what was said at it stays when it is closed."""

    __tablename__ = "cafe_table"
    __table_args__ = (UniqueConstraint("activity_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    number: Mapped[int]
    token: Mapped[str] = mapped_column(unique=True, default=lambda: new_code(CODE_LENGTH))
    """Stands in the QR code on the table."""
    host_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    host: Mapped[Participant | None] = relationship()

    @classmethod
    def of(cls, cafe: WorldCafe) -> list[Self]:
        """The tables that stand, by number."""
        standing = select(cls).where(cls.activity_id == cafe.id, cls.deleted_at.is_(None))
        return list(db.session.scalars(standing.order_by(cls.number)))

    @classmethod
    def ever(cls, cafe: WorldCafe) -> list[Self]:
        """Also those that were closed, by number."""
        return list(db.session.scalars(select(cls).where(cls.activity_id == cafe.id).order_by(cls.number)))

    @classmethod
    def by_token(cls, token: str) -> Self | None:
        """Also one that was closed: its tent still stands there, and people scan it."""
        return db.session.scalar(select(cls).where(cls.token == token.upper()))

    @classmethod
    def set_up(cls, cafe: WorldCafe, count: int) -> list[Self]:
        """Let the first so many tables stand, and no others."""
        every = {table.number: table for table in cls.ever(cafe)}
        for number in range(1, count + 1):
            if number not in every:
                every[number] = cls(activity_id=cafe.id, number=number)
                db.session.add(every[number])
        for number, table in every.items():
            closed = number > count
            if closed != bool(table.deleted_at):
                table.deleted_at = now() if closed else None
                table.host_id = None  # who hosted it may host another by the time it opens again
        db.session.flush()
        return [every[number] for number in sorted(every) if number <= count]


class CafePile(Model):
    """Notes that a table has put together, under a name; see piles.py."""

    __tablename__ = "cafe_pile"

    id: Mapped[str] = mapped_column(primary_key=True)
    """Made by the phone."""
    cafe_table_id: Mapped[int] = mapped_column(ForeignKey("cafe_table.id"), index=True)
    name: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)
    """Taken apart."""

    table: Mapped[CafeTable] = relationship()

    @property
    def public_name(self) -> str:
        """As the room may read it: telephone and identity numbers are masked."""
        return mask(self.name)


class Guest(Model):
    """What is known of a person beyond their name. Who has none of it needs no row."""

    __tablename__ = "cafe_guest"
    __table_args__ = (UniqueConstraint("activity_id", "participant_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    traits: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """By category (neighbourhood, age, partner): a word."""
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    """Gone home."""

    @classmethod
    def of(cls, cafe: WorldCafe) -> dict[int, Self]:
        """By participant."""
        return {row.participant_id: row for row in db.session.scalars(select(cls).where(cls.activity_id == cafe.id))}

    @classmethod
    def one(cls, cafe: WorldCafe, participant_id: int) -> Self:
        """The person's row, made if there is none."""
        found = db.session.scalar(select(cls).where(cls.activity_id == cafe.id, cls.participant_id == participant_id))
        if found is None:
            found = cls(activity_id=cafe.id, participant_id=participant_id, traits={})
            db.session.add(found)
            db.session.flush()
        return found


class Pair(Model):
    """Two people who are to sit together in every round, or never."""

    __tablename__ = "cafe_pair"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    together: Mapped[bool]
    first_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    @classmethod
    def of(cls, cafe: WorldCafe) -> list[Self]:
        standing = select(cls).where(cls.activity_id == cafe.id, cls.deleted_at.is_(None))
        return list(db.session.scalars(standing.order_by(cls.id)))


class Seat(Model):
    """Where one person sits in one round: as planned, then as it really was."""

    __tablename__ = "cafe_seat"
    __table_args__ = (
        UniqueConstraint("activity_id", "round", "participant_id"),
        Index(None, "cafe_table_id", "round"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    round: Mapped[int]
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    cafe_table_id: Mapped[int] = mapped_column(ForeignKey("cafe_table.id"))
    here_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the person was seen at the table: by its QR code, by their own tap, or by the host."""
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)
    """Not here in this round."""

    participant: Mapped[Participant] = relationship()
    table: Mapped[CafeTable] = relationship()

    @classmethod
    def ever(cls, cafe: WorldCafe) -> list[Self]:
        return list(db.session.scalars(select(cls).where(cls.activity_id == cafe.id)))

    @classmethod
    def of(cls, cafe: WorldCafe) -> list[Self]:
        """All seats that are taken, of every round."""
        taken = select(cls).where(cls.activity_id == cafe.id, cls.deleted_at.is_(None))
        return list(db.session.scalars(taken.order_by(cls.round, cls.participant_id)))

    @classmethod
    def at(cls, table: CafeTable, number: int) -> list[Self]:
        """Who sits at a table in a round."""
        taken = select(cls).where(cls.cafe_table_id == table.id, cls.round == number, cls.deleted_at.is_(None))
        return list(db.session.scalars(taken.order_by(cls.participant_id)))

    @classmethod
    def taken_by(cls, cafe: WorldCafe, participant: Participant, number: int) -> Self | None:
        """Where one person sits in a round."""
        own = select(cls).where(
            cls.activity_id == cafe.id,
            cls.participant_id == participant.id,
            cls.round == number,
            cls.deleted_at.is_(None),
        )
        return db.session.scalar(own)

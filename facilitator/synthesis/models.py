"""What people said, and the themes it was gathered into. The same for every kind of activity."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilitator.extensions import Model, Moment, db, now
from facilitator.web.text import mask
from facilitator.workshop.models import Activity, Participant

SHOWN, HELD, HIDDEN = "shown", "held", "hidden"
SOURCES = ("phone", "helper", "paper", "hands")
COLOURS = 10
"""The first five are the oldest: what was made with them keeps them."""


class Theme(Model):
    """A named cluster of statements. Its colour stays its own from the wall to the printed chart."""

    __tablename__ = "theme"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    colour: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    activity: Mapped[Activity] = relationship()

    @classmethod
    def of(cls, activity: Activity) -> list[Theme]:
        living = select(cls).where(cls.activity_id == activity.id, cls.deleted_at.is_(None))
        return list(db.session.scalars(living.order_by(cls.position, cls.id)))

    @classmethod
    def add(cls, activity: Activity, name: str) -> Theme:
        """A new theme at the end, in the colour used least so far."""
        others = cls.of(activity)
        used = [theme.colour for theme in others]
        colour = min(range(1, COLOURS + 1), key=used.count)
        theme = cls(activity_id=activity.id, name=name, colour=colour, position=len(others))
        db.session.add(theme)
        db.session.flush()
        return theme

    def statements(self) -> list[Statement]:
        inside = select(Statement).where(Statement.theme_id == self.id, Statement.deleted_at.is_(None))
        return list(db.session.scalars(inside.order_by(Statement.position, Statement.number)))

    def merge_into(self, other: Theme) -> None:
        """Give all statements to the other theme. Dots given to this one count there, each voter once."""
        for statement in self.statements():
            statement.theme_id = other.id
        self.merged_into_id = other.id
        self.deleted_at = now()

    def split_off(self, statement_ids: list[str], name: str) -> Theme:
        """Take some statements out into a theme of their own."""
        part = Theme.add(self.activity, name)
        for statement in self.statements():
            if statement.id in statement_ids:
                statement.theme_id = part.id
        return part

    def dissolve(self) -> None:
        """Take the theme away; its statements are unsorted again."""
        for statement in self.statements():
            statement.theme_id = None
        self.deleted_at = now()

    @staticmethod
    def heirs(activity: Activity) -> dict[int, int]:
        """Which living theme now stands for each theme that ever was, through all merges."""
        return heirs_among(db.session.scalars(select(Theme).where(Theme.activity_id == activity.id)).all())


class Statement(Model):
    """Something a person said: an idea on a board, a note of a table. Its id is made by the one who sends it."""

    __tablename__ = "statement"
    __table_args__ = (
        Index(None, "activity_id", "created_at"),
        Index(None, "activity_id", "number", unique=True),
    )
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "statement"}

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default="statement")
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True)
    number: Mapped[int]
    """Counts from 1 in each activity: how documents name it."""
    text: Mapped[str]
    text_en: Mapped[str] = mapped_column(default="")
    photo: Mapped[str] = mapped_column(default="", info={"photo": True})
    source: Mapped[str] = mapped_column(default="phone", info={"one_of": SOURCES})
    helper_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    """Who entered it, when it didn't come from the person's own phone."""
    status: Mapped[str] = mapped_column(default=SHOWN, info={"one_of": (SHOWN, HELD, HIDDEN)})
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    merged_into_id: Mapped[str | None] = mapped_column(ForeignKey("statement.id"), index=True)
    """The one that stands for this on the wall, because both say the same; see doubles.py."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    activity: Mapped[Activity] = relationship()
    participant: Mapped[Participant | None] = relationship()
    merged_into: Mapped[Statement | None] = relationship(remote_side="Statement.id", viewonly=True)
    theme: Mapped[Theme | None] = relationship()

    @property
    def public_text(self) -> str:
        """As others may read it: telephone and identity numbers are masked."""
        return mask(self.text)

    @property
    def origin(self) -> str:
        """Where it was said, in the reader's words; empty where everybody wrote on the same wall."""
        return ""

    @property
    def grouped_by(self) -> str:
        """Who has put it where before it came into a theme, in the reader's words; empty where nobody did."""
        return ""

    @classmethod
    def of(cls, activity: Activity, *statuses: str) -> list[Statement]:
        """What was said, oldest first, without what was withdrawn; of the given statuses, or all."""
        said = select(cls).where(cls.activity_id == activity.id, cls.deleted_at.is_(None))
        if statuses:
            said = said.where(cls.status.in_(statuses))
        return list(db.session.scalars(said.order_by(cls.number)))

    @classmethod
    def on_wall(cls, activity: Activity) -> list[Statement]:
        """What is shown and stands for itself, oldest first."""
        return [each for each in cls.of(activity, SHOWN) if each.merged_into_id is None]

    @staticmethod
    def heirs(activity: Activity) -> dict[str, str]:
        """Which one stands for each that was merged; the others stand for themselves."""
        merged = select(Statement.id, Statement.merged_into_id).where(
            Statement.activity_id == activity.id, Statement.merged_into_id.is_not(None)
        )
        return {key: head for key, head in db.session.execute(merged) if head}

    def move_to(self, theme: Theme | None, before: str | None = None) -> None:
        """Put into a theme (or back to the unsorted), before another statement or at the end."""
        self.theme_id = theme.id if theme else None
        where = Statement.theme_id == theme.id if theme else Statement.theme_id.is_(None)
        beside = select(Statement).where(Statement.activity_id == self.activity_id, where, Statement.id != self.id)
        row = list(db.session.scalars(beside.order_by(Statement.position, Statement.number)))
        at = next((index for index, other in enumerate(row) if other.id == before), len(row))
        for position, statement in enumerate([*row[:at], self, *row[at:]]):
            statement.position = position


def new_id() -> str:
    """An id for something that a person sends; phones make the same kind themselves."""
    return secrets.token_hex(16)


def heirs_among(every: Sequence[Any]) -> dict[int, int]:
    """Which of these themes, read with all that ever were beside them, now stands for each."""
    into = {theme.id: theme.merged_into_id for theme in every if theme.deleted_at}
    return {theme.id: _last(theme.id, into) for theme in every}


def _last(theme_id: int, into: dict[int, int | None]) -> int:
    seen: set[int] = set()
    while theme_id not in seen:
        seen.add(theme_id)
        theme_id = into.get(theme_id) or theme_id
    return theme_id

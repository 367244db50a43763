"""What is said at a table: notes of its guests, insights on its host's card. Both are statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, Select, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilitator.activities.world_cafe.tables import CafePile, CafeTable
from facilitator.extensions import db, now
from facilitator.synthesis.models import SHOWN, Statement
from facilitator.synthesis.wording import checked
from facilitator.web.errors import Refused
from facilitator.workshop.models import Participant
from facilitator.workshop.versions import claim

if TYPE_CHECKING:
    from facilitator.activities.world_cafe.models import WorldCafe

INSIGHTS = 5
"""On one card."""


class Note(Statement):
    """A note of a guest, at one table in one round."""

    __tablename__ = "cafe_note"
    __table_args__ = (Index(None, "cafe_table_id", "round"),)  # type: ignore[assignment]  # of its own table
    __mapper_args__ = {"polymorphic_identity": "cafe_note"}

    id: Mapped[str] = mapped_column(ForeignKey("statement.id"), primary_key=True)
    cafe_table_id: Mapped[int] = mapped_column(ForeignKey("cafe_table.id"))
    round: Mapped[int]
    slot: Mapped[int] = mapped_column(default=0)
    """Of an insight: its line on the card, from 1."""
    pile_id: Mapped[str | None] = mapped_column(ForeignKey("cafe_pile.id"), index=True)
    """Into which its table has put it; see piles.py."""

    table: Mapped[CafeTable] = relationship()
    pile: Mapped[CafePile | None] = relationship(viewonly=True)

    @property
    def origin(self) -> str:
        return str(_("Table %(table)d, round %(round)d", table=self.table.number, round=self.round))

    @property
    def grouped_by(self) -> str:
        if self.pile is None or self.pile.deleted_at:
            return ""
        return str(_("Table %(number)d put it into “%(pile)s”", number=self.table.number, pile=self.pile.public_name))

    @classmethod
    def add(cls, cafe: WorldCafe, note_id: str, text: str, table: CafeTable, number: int, **more: Any) -> Self:
        """A new note, numbered in the order of arrival. Raises Refused when the text is empty or too long."""
        claim(cafe.workshop_id)  # until this is written nobody else takes the same number
        last = db.session.scalar(select(func.max(Statement.number)).where(Statement.activity_id == cafe.id)) or 0
        about = {"cafe_table_id": table.id, "round": number, "number": last + 1, "position": last + 1, **more}
        note = cls(id=note_id, activity_id=cafe.id, text=checked(text), **about)
        db.session.add(note)
        return note

    @classmethod
    def ever(cls, table: CafeTable) -> list[Self]:
        """What guests wrote at a table, also what is held back; the newest first."""
        return list(db.session.scalars(cls._at(table)))

    @classmethod
    def at(cls, table: CafeTable, *, before: int | None = None, number: int | None = None) -> list[Self]:
        """What guests wrote at a table: in a round, or in all rounds before one; the newest first."""
        said = cls._at(table).where(cls.status == SHOWN)
        if before is not None:
            said = said.where(cls.round < before)
        if number is not None:
            said = said.where(cls.round == number)
        return list(db.session.scalars(said))

    @classmethod
    def _at(cls, table: CafeTable) -> Select[Any]:
        guests = select(cls).where(cls.cafe_table_id == table.id, cls.deleted_at.is_(None), cls.slot == 0)
        return guests.order_by(cls.round.desc(), cls.number.desc())

    @classmethod
    def by_id(cls, cafe: WorldCafe, note_id: str) -> Self | None:
        """Also when it is withdrawn."""
        return db.session.scalar(select(cls).where(cls.id == note_id, cls.activity_id == cafe.id))

    @classmethod
    def is_known(cls, cafe: WorldCafe, author: Participant, note_id: str) -> bool:
        """Has this person sent it before? Raises Refused when the id is that of something else that was said."""
        found = db.session.get(Statement, note_id)
        if found is not None and (found.activity_id, found.participant_id) != (cafe.id, author.id):
            raise Refused(_("This page is out of date. Please reload it; your text is kept."), 409)
        return found is not None

    def withdraw(self) -> None:
        self.deleted_at = now()


def origins(cafe: WorldCafe) -> dict[str, str]:
    """Where each note was said, by its id: in one question, for a screen that shows them all."""
    at = select(Note.id, CafeTable.number, Note.round).join(CafeTable, CafeTable.id == Note.cafe_table_id)
    said = db.session.execute(at.where(Note.activity_id == cafe.id, Note.deleted_at.is_(None)))
    return {key: str(_("Table %(table)d, round %(round)d", table=table, round=number)) for key, table, number in said}


class Insight(Note):
    """A line of a table's harvest card."""

    __mapper_args__ = {"polymorphic_identity": "cafe_insight"}

    @classmethod
    def on(cls, table: CafeTable) -> list[Self]:
        """The lines of a table's card, in order."""
        lines = select(cls).where(cls.cafe_table_id == table.id, cls.deleted_at.is_(None))
        return list(db.session.scalars(lines.order_by(cls.slot)))

"""What is judged: a team's entry with its pictures. It is a statement too, so that the room can place dots on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import ForeignKey, false, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilitator.extensions import Model, Moment, db, now
from facilitator.synthesis.models import HIDDEN, SHOWN, Statement, new_id
from facilitator.web.text import mask
from facilitator.workshop.models import new_code
from facilitator.workshop.versions import claim

if TYPE_CHECKING:
    from facilitator.activities.competition.models import Competition

TOKEN_LENGTH = 12
"""Of a personal link: 28^12 are 57 bits, short enough to be typed from a card."""
MOST_PICTURES = 12
BEFORE, AFTER = "before", "after"
SIDES = ("", BEFORE, AFTER)


class Entry(Statement):
    """One scheme. Its title is the statement's text, its first picture the statement's photo."""

    __tablename__ = "competition_entry"
    __mapper_args__ = {"polymorphic_identity": "competition_entry"}

    id: Mapped[str] = mapped_column(ForeignKey("statement.id"), primary_key=True)
    team: Mapped[str] = mapped_column(default="")
    neighbourhood: Mapped[str] = mapped_column(default="")
    site: Mapped[str] = mapped_column(default="")
    about: Mapped[str] = mapped_column(default="")
    about_en: Mapped[str] = mapped_column(default="")
    pdf: Mapped[str] = mapped_column(default="", info={"photo": True})
    pdf_page: Mapped[str] = mapped_column(default="", info={"photo": True})
    """Its first page as a picture."""
    token: Mapped[str] = mapped_column(unique=True, default=lambda: new_code(TOKEN_LENGTH))
    """Stands in the team's personal link."""
    turn: Mapped[int] = mapped_column(default=0)
    """Place in the order of presentation, from 1; 0 before lots are drawn."""
    chosen: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Is it to be built? Said by the organisers; the room reads it with the award."""

    pictures: Mapped[list[Picture]] = relationship(
        primaryjoin="and_(Entry.id == foreign(Picture.entry_id), Picture.deleted_at.is_(None))",
        order_by="Picture.position, Picture.id",
        viewonly=True,
    )

    @property
    def title(self) -> str:
        """As others may read it."""
        return mask(self.text)

    @property
    def public_about(self) -> str:
        return mask(self.about)

    def pairs(self) -> list[tuple[Picture, Picture]]:
        """Pictures before and after, side by side."""
        before = [each for each in self.pictures if each.side == BEFORE]
        after = [each for each in self.pictures if each.side == AFTER]
        return list(zip(before, after, strict=False))

    def singles(self) -> list[Picture]:
        """The pictures that stand in no pair."""
        paired = {picture.id for pair in self.pairs() for picture in pair}
        return [each for each in self.pictures if each.id not in paired]

    @classmethod
    def in_order(cls, competition: Competition) -> list[Self]:
        """Those in the competition, as they are presented."""
        inside = select(cls).where(cls.activity_id == competition.id, cls.deleted_at.is_(None), cls.status == SHOWN)
        # What came in after lots were drawn is presented last.
        return list(db.session.scalars(inside.order_by(cls.turn == 0, cls.turn, cls.number)))

    @classmethod
    def ever(cls, competition: Competition) -> list[Self]:
        """Also those that were taken out, by number."""
        inside = select(cls).where(cls.activity_id == competition.id, cls.deleted_at.is_(None))
        return list(db.session.scalars(inside.order_by(cls.number)))

    @classmethod
    def by_id(cls, competition: Competition, entry_id: str) -> Self | None:
        found = db.session.get(cls, entry_id)
        return found if found and found.activity_id == competition.id and found.deleted_at is None else None

    @classmethod
    def by_token(cls, token: str) -> Self | None:
        living = select(cls).where(cls.token == token.upper(), cls.deleted_at.is_(None))
        return db.session.scalar(living)

    @classmethod
    def add(cls, competition: Competition, title: str, entry_id: str = "", **more: Any) -> Self:
        """A new entry, numbered in the order of arrival."""
        claim(competition.workshop_id)  # until this is written nobody else takes the same number
        last = select(func.max(Statement.number)).where(Statement.activity_id == competition.id)
        number = (db.session.scalar(last) or 0) + 1
        about = {"number": number, "position": number, "source": "helper", **more}
        entry = cls(id=entry_id or new_id(), activity_id=competition.id, text=title, **about)
        db.session.add(entry)
        db.session.flush()
        return entry

    def take_out(self) -> None:
        """Out of the competition, with everything that was given to it kept."""
        self.status = HIDDEN

    def show_cover(self) -> None:
        """The first picture stands for the entry wherever there is room for one only."""
        after = [each for each in self.pictures if each.side != BEFORE] or self.pictures
        self.photo = after[0].thumb if after else self.pdf_page


class Picture(Model):
    """A picture of an entry, in the size of a screen and in the size of a stamp."""

    __tablename__ = "competition_picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("statement.id"), index=True)
    photo: Mapped[str] = mapped_column(info={"photo": True})
    thumb: Mapped[str] = mapped_column(info={"photo": True})
    caption: Mapped[str] = mapped_column(default="")
    side: Mapped[str] = mapped_column(default="", info={"one_of": SIDES})
    """Before or after; the first before belongs to the first after, and so on."""
    position: Mapped[int] = mapped_column(default=0)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    def remove(self) -> None:
        self.deleted_at = now()


def pictures_of(entries: Sequence[Entry]) -> dict[str, list[Picture]]:
    """The pictures of several entries in one question."""
    rows = select(Picture).where(Picture.entry_id.in_([each.id for each in entries]), Picture.deleted_at.is_(None))
    found: dict[str, list[Picture]] = {each.id: [] for each in entries}
    for picture in db.session.scalars(rows.order_by(Picture.position, Picture.id)):
        found[picture.entry_id].append(picture)
    return found

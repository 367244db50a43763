"""The harvest card of a table: a title, up to five insights, a photo of the tablecloth, an open question."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilitator.activities.world_cafe.notes import INSIGHTS, Insight
from facilitator.activities.world_cafe.tables import CafeTable
from facilitator.extensions import Model, Moment, db, now
from facilitator.synthesis.models import new_id
from facilitator.synthesis.wording import LONGEST
from facilitator.web.text import clean, mask
from facilitator.workshop.models import Participant

if TYPE_CHECKING:
    from facilitator.activities.world_cafe.models import WorldCafe

LONGEST_TITLE = 40


class Harvest(Model):
    __tablename__ = "cafe_harvest"

    id: Mapped[int] = mapped_column(primary_key=True)
    cafe_table_id: Mapped[int] = mapped_column(ForeignKey("cafe_table.id"), unique=True)
    title: Mapped[str] = mapped_column(default="")
    question: Mapped[str] = mapped_column(default="")
    """What stays open."""
    photo: Mapped[str] = mapped_column(default="", info={"photo": True})
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"))
    edited_at: Mapped[datetime | None] = mapped_column(Moment)

    table: Mapped[CafeTable] = relationship()

    @classmethod
    def of(cls, table: CafeTable) -> Self:
        """The table's card; an empty one until somebody writes."""
        return db.session.scalar(select(cls).where(cls.cafe_table_id == table.id)) or cls(
            cafe_table_id=table.id, title="", question="", photo=""
        )

    @property
    def public_title(self) -> str:
        return mask(self.title)

    @property
    def public_question(self) -> str:
        return mask(self.question)


def save(cafe: WorldCafe, table: CafeTable, author: Participant | None, number: int, said: dict[str, str]) -> Harvest:
    """Write what was typed so far: `title`, `question`, `insight-1` … `insight-5`; what isn't named stays.

    The same again changes nothing. Texts that are too long are cut: the form doesn't let them grow so long.
    """
    card = Harvest.of(table)
    db.session.add(card)
    if "title" in said:
        card.title = clean(said["title"])[:LONGEST_TITLE]
    if "question" in said:
        card.question = clean(said["question"])[:LONGEST]
    for slot in range(1, INSIGHTS + 1):
        if f"insight-{slot}" in said:
            _write(cafe, table, author, number, slot, clean(said[f"insight-{slot}"])[:LONGEST])
    card.edited_by_id, card.edited_at = author.id if author else None, now()
    return card


def _write(cafe: WorldCafe, table: CafeTable, author: Participant | None, number: int, slot: int, text: str) -> None:
    """One insight; an emptied line is withdrawn, and comes back as the same statement."""
    line = db.session.scalar(select(Insight).where(Insight.cafe_table_id == table.id, Insight.slot == slot))
    if line is None and text:
        more = {"slot": slot, "participant_id": author.id if author else None}
        Insight.add(cafe, new_id(), text, table, number, **more)
    elif line is not None:
        line.deleted_at = None if text else (line.deleted_at or now())
        line.text = text or line.text

"""What those who decide answered to a proposal: word for word, with who, when, and how they decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilitator.accounts.models import Staff
from facilitator.documents.models import Proposal
from facilitator.extensions import Model, Moment, db, now
from facilitator.synthesis.models import Theme

ACCEPTED, PARTLY, DECLINED, STUDIED = "accepted", "partly", "declined", "studied"
DECISIONS = {
    ACCEPTED: _l("Accepted"),
    PARTLY: _l("Accepted in part"),
    DECLINED: _l("Not accepted"),
    STUDIED: _l("Under study"),
}


class Reply(Model):
    """One answer, to the whole proposal or to one theme of it."""

    __tablename__ = "reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    who: Mapped[str]
    """Who answers: an office, a committee."""
    decision: Mapped[str] = mapped_column(info={"one_of": tuple(DECISIONS)})
    text: Mapped[str] = mapped_column(default="")
    text_en: Mapped[str] = mapped_column(default="")
    said_on: Mapped[str] = mapped_column(default="")
    """ISO date."""
    created_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    edited_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was last changed; what stood before is kept in the record of what staff did."""
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    proposal: Mapped[Proposal] = relationship()
    theme: Mapped[Theme | None] = relationship()
    created_by: Mapped[Staff] = relationship()

    @classmethod
    def to(cls, proposal: Proposal) -> list[Self]:
        """The replies to a proposal, the earliest first."""
        living = select(cls).where(cls.proposal_id == proposal.id, cls.deleted_at.is_(None))
        return list(db.session.scalars(living.order_by(cls.said_on, cls.id)))

    @classmethod
    def by_id(cls, proposal: Proposal, reply_id: int) -> Self | None:
        found = db.session.get(cls, reply_id)
        return found if found and found.proposal_id == proposal.id and not found.deleted_at else None

    @property
    def version(self) -> str:
        """Which wording of it one is looking at."""
        return (self.edited_at or self.created_at).isoformat()

    @property
    def decided(self) -> str:
        return str(DECISIONS[self.decision])


__all__: Sequence[str] = ("DECISIONS", "Reply")

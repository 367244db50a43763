"""Every wording that a proposal had, by whom and when. What one person types within some minutes is one version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import JSON, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilitator.accounts.models import Staff
from facilitator.documents.models import Proposal, Wording
from facilitator.extensions import Model, Moment, db, now

PAUSE = timedelta(minutes=10)
"""After a rest of so long a new version begins."""


class Revision(Model):
    """One version: the passages that were changed in it, as they stood at its end."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]
    """Counts from 1, which is how the proposal began."""
    texts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """By passage, `section-language`."""
    restored_from: Mapped[str] = mapped_column(default="", server_default="")
    """What it was taken from, where somebody put back what stood before: `v3` is version 3, `pABCD3467` a file."""
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    began_at: Mapped[datetime] = mapped_column(Moment, default=now)
    ended_at: Mapped[datetime] = mapped_column(Moment, default=now)

    staff: Mapped[Staff] = relationship()

    @classmethod
    def all_of(cls, proposal: Proposal) -> list[Self]:
        """Oldest first. Before anybody has typed there is the beginning alone, which isn't kept yet."""
        known = select(cls).where(cls.proposal_id == proposal.id).order_by(cls.number)
        return list(db.session.scalars(known)) or [cls._beginning(proposal, {})]

    @classmethod
    def keep(cls, wording: Wording, before: str, staff: Staff, restored_from: str = "") -> None:
        """Note what `wording` says now and said before."""
        key = key_of(wording)
        proposal = wording.proposal
        # One save after the other: two passages may be on their way at the same time.
        db.session.execute(select(Proposal.id).where(Proposal.id == proposal.id).with_for_update())
        last = db.session.scalar(select(func.max(cls.number)).where(cls.proposal_id == proposal.id))
        if last is None:
            db.session.add(cls._beginning(proposal, {key: before}))
        going_on = None if restored_from else cls._going_on(proposal, key, staff)
        if going_on:
            going_on.texts, going_on.ended_at = {**going_on.texts, key: wording.text}, now()
            return
        about = {"proposal_id": proposal.id, "staff_id": staff.id, "restored_from": restored_from}
        db.session.add(cls(number=(last or 1) + 1, texts={key: wording.text}, **about))

    @classmethod
    def _going_on(cls, proposal: Proposal, key: str, staff: Staff) -> Self | None:
        """The version that this person is writing, unless somebody has changed the same passage in a later one."""
        mine = select(cls).where(cls.proposal_id == proposal.id, cls.staff_id == staff.id, cls.number > 1)
        mine = mine.order_by(cls.number.desc()).limit(1).execution_options(populate_existing=True)
        last = db.session.scalar(mine)
        if last is None or last.restored_from or now() - last.ended_at > PAUSE:
            return None
        later = select(cls.texts).where(cls.proposal_id == proposal.id, cls.number > last.number)
        return None if any(key in texts for texts in db.session.scalars(later)) else last

    @classmethod
    def _beginning(cls, proposal: Proposal, before: Mapping[str, str]) -> Self:
        texts = {key_of(each): each.text for each in proposal.wordings} | dict(before)
        about = {"proposal_id": proposal.id, "staff_id": proposal.created_by_id, "staff": proposal.created_by}
        begun = proposal.created_at
        # A draft may be older than the keeping of versions.
        typed = [each.edited_at for each in proposal.wordings if each.edited_at and key_of(each) not in before]
        kept = {key: text for key, text in texts.items() if text}
        return cls(number=1, texts=kept, began_at=begun, ended_at=max([begun, *typed]), **about)


def key_of(wording: Wording) -> str:
    return f"{wording.section}-{wording.language}"


def texts_at(revisions: Sequence[Revision], number: int) -> dict[str, str]:
    """Every passage as it stood at the end of this version."""
    texts: dict[str, str] = {}
    for each in revisions:
        if each.number <= number:
            texts |= each.texts
    return texts


def reword(wording: Wording, text: str, typed_on: int, staff: Staff, restored_from: str = "") -> bool:
    """Save the text as `Wording.reword` does, and keep what stood before."""
    before = wording.text
    saved = wording.reword(text, typed_on, staff)
    if saved and wording.text != before:
        Revision.keep(wording, before, staff, restored_from)
    return saved

"""An idea on a board: posted, edited and withdrawn by the one who had it."""

from __future__ import annotations

from typing import Any, Self

from sqlalchemy import func, select

from facilitator.extensions import db, now
from facilitator.synthesis.models import HELD, SHOWN, Statement, new_id
from facilitator.synthesis.wording import checked
from facilitator.web.text import clean
from facilitator.workshop.models import Activity, Participant
from facilitator.workshop.versions import claim


class Idea(Statement):
    __mapper_args__ = {"polymorphic_identity": "idea"}

    @classmethod
    def add(cls, activity: Activity, idea_id: str, text: str, **more: Any) -> Self:
        """A new idea, numbered in the order of arrival. Raises Refused when the text is empty or too long."""
        claim(activity.workshop_id)  # until this is written nobody else takes the same number
        last = db.session.scalar(select(func.max(Statement.number)).where(Statement.activity_id == activity.id)) or 0
        idea = cls(id=idea_id, activity_id=activity.id, text=checked(text), number=last + 1, position=last + 1, **more)
        db.session.add(idea)
        return idea

    @classmethod
    def add_for_someone(cls, activity: Activity, text: str, source: str, helper_id: int) -> Self:
        """Entered by a member of staff for a person without a phone, or from a paper card."""
        return cls.add(activity, new_id(), text, source=source, helper_id=helper_id)

    @classmethod
    def known(cls, activity: Activity, participant: Participant, idea_id: str) -> Self | None:
        """The person's idea of this id, also when it is withdrawn."""
        own = select(cls).where(cls.id == idea_id, cls.activity_id == activity.id, cls.participant_id == participant.id)
        return db.session.scalar(own)

    @classmethod
    def by(cls, activity: Activity, participant: Participant) -> list[Self]:
        """One person's ideas, newest first."""
        own = select(cls).where(
            cls.activity_id == activity.id, cls.participant_id == participant.id, cls.deleted_at.is_(None)
        )
        return list(db.session.scalars(own.order_by(cls.number.desc())))

    def reword(self, text: str, first_status: str) -> None:
        """Say it differently; where ideas are held, the new wording is held again."""
        self.text = checked(text)
        if self.status == SHOWN:
            self.status = first_status

    def says(self, text: str) -> bool:
        """Is it worded so already?"""
        return self.text == clean(text)

    def withdraw(self) -> None:
        self.deleted_at = now()

    @property
    def is_held(self) -> bool:
        return self.status == HELD

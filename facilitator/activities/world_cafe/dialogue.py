"""The dialogue with the experts: questions from phones, carried up by others, called to the microphone one by one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilitator.extensions import Model, Moment, db, now
from facilitator.synthesis.wording import checked
from facilitator.web.errors import Refused
from facilitator.web.text import mask
from facilitator.workshop.models import Participant

if TYPE_CHECKING:
    from facilitator.activities.world_cafe.models import WorldCafe

DIALOGUE = "dialogue"
WAITING, SPEAKING, ANSWERED, PARKED = "waiting", "speaking", "answered", "parked"
STATUSES = (WAITING, SPEAKING, ANSWERED, PARKED)
MOST_EACH = 5
"""Questions that one person may have in the queue."""


class CafeQuestion(Model):
    """A question to the experts. Its id is made by the phone that sends it."""

    __tablename__ = "cafe_question"

    id: Mapped[str] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"))
    text: Mapped[str]
    status: Mapped[str] = mapped_column(default=WAITING, info={"one_of": STATUSES})
    asked_at: Mapped[datetime] = mapped_column(Moment, default=now)
    called_at: Mapped[datetime | None] = mapped_column(Moment)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    participant: Mapped[Participant | None] = relationship()

    @property
    def public_text(self) -> str:
        return mask(self.text)

    @classmethod
    def ask(cls, cafe: WorldCafe, me: Participant, question_id: str, text: str) -> None:
        """Add one person's question; sent twice under the same id it is still one. Raises Refused."""
        known = db.session.get(cls, question_id)
        if known is not None:
            if (known.activity_id, known.participant_id) != (cafe.id, me.id):
                raise Refused(_("This page is out of date. Please reload it; your text is kept."), 409)
            return
        check_open(cafe)
        if cls.count_open(cafe, me) >= MOST_EACH:
            raise Refused(_("Your first questions are still waiting. Let the others come to speak too."), 409)
        db.session.add(cls(id=question_id, activity_id=cafe.id, participant_id=me.id, text=checked(text)))

    @classmethod
    def count_open(cls, cafe: WorldCafe, me: Participant) -> int:
        own = select(func.count()).where(
            cls.activity_id == cafe.id,
            cls.participant_id == me.id,
            cls.status == WAITING,
            cls.deleted_at.is_(None),
        )
        return db.session.scalar(own) or 0

    def call(self, status: str) -> None:
        """Take the question to the microphone, or off it; whoever spoke before has been answered."""
        if status == SPEAKING:
            before = select(CafeQuestion).where(
                CafeQuestion.activity_id == self.activity_id, CafeQuestion.status == SPEAKING
            )
            for other in db.session.scalars(before):
                other.status = ANSWERED
            self.called_at = now()
        self.status = status


class CafeUpvote(Model):
    """One person would like to hear this question answered too."""

    __tablename__ = "cafe_upvote"

    question_id: Mapped[str] = mapped_column(ForeignKey("cafe_question.id"), primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), primary_key=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    @classmethod
    def put(cls, question_id: str, participant_id: int, on: bool) -> None:
        """Carry a question up, or no longer; the same again changes nothing."""
        row = db.session.get(cls, (question_id, participant_id))
        if row is None and on:
            about = {"question_id": question_id, "participant_id": participant_id}
            db.session.execute(insert(cls).values(about))
        elif row is not None and on == bool(row.withdrawn_at):
            row.withdrawn_at = None if on else now()


class Asked(NamedTuple):
    """A question with how many people carry it."""

    id: str
    text: str
    status: str
    by: str
    votes: int


def check_open(cafe: WorldCafe) -> None:
    """Raise Refused unless questions may be asked and carried now."""
    if not cafe.is_here(DIALOGUE):
        raise Refused(_("The dialogue is not open. Your text is kept on this phone."), 409)
    if cafe.workshop.paused:
        raise Refused(_("We are taking a short break. It goes on in a moment."), 409, later=True)


def queue(cafe: WorldCafe) -> list[Asked]:
    """All questions: the one at the microphone, then by votes, the answered and parked last."""
    votes = (
        select(CafeUpvote.question_id, func.count().label("votes"))
        .where(CafeUpvote.withdrawn_at.is_(None))
        .group_by(CafeUpvote.question_id)
        .subquery()
    )
    rows = db.session.execute(
        select(CafeQuestion, votes.c.votes, Participant.name, Participant.number)
        .outerjoin(votes, votes.c.question_id == CafeQuestion.id)
        .outerjoin(Participant, Participant.id == CafeQuestion.participant_id)
        .where(CafeQuestion.activity_id == cafe.id, CafeQuestion.deleted_at.is_(None))
    )
    asked = [
        (question, int(count or 0), name or (f"#{number}" if number else "")) for question, count, name, number in rows
    ]
    asked.sort(key=_place)
    return [Asked(each.id, each.public_text, each.status, by, votes) for each, votes, by in asked]


def _place(row: tuple[Any, int, str]) -> tuple[int, int, datetime]:
    question, votes, _by = row
    return (SPEAKING, WAITING, PARKED, ANSWERED).index(question.status), -votes, question.asked_at


def carried_by(cafe: WorldCafe, me: Participant) -> set[str]:
    """The questions that one person carries."""
    own = (
        select(CafeUpvote.question_id)
        .join(CafeQuestion, CafeQuestion.id == CafeUpvote.question_id)
        .where(
            CafeQuestion.activity_id == cafe.id,
            CafeUpvote.participant_id == me.id,
            CafeUpvote.withdrawn_at.is_(None),
        )
    )
    return set(db.session.scalars(own))

"""Questions: asked on phones, carried up by others, called to the microphone one by one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilitator.extensions import Model, Moment, db, now
from facilitator.synthesis.wording import checked
from facilitator.web.errors import Refused
from facilitator.web.text import mask
from facilitator.workshop.models import Activity, Participant

WAITING, SPEAKING, ANSWERED, PARKED = "waiting", "speaking", "answered", "parked"
STATUSES = (WAITING, SPEAKING, ANSWERED, PARKED)
MOST_EACH = 5
"""Questions that one person may have in the queue."""


class Questioned:
    """What a kind is besides when the room puts questions to somebody, and the words in which it invites them."""

    question_label: ClassVar[Any] = _l("A question")
    """Over the field on the phone."""
    question_call: ClassVar[Any] = _l("Ask on your phone, and carry up what you want to hear too.")
    """On the big screen while nobody has asked."""
    questions_closed: ClassVar[Any] = _l("Questions are closed just now. Your text is kept on this phone.")
    """To whoever asks too early or too late."""

    def asking(self) -> str | None:
        """What is asked about now: the id of a statement, or "" where there is only one thing. None: nobody may ask."""
        raise NotImplementedError


class Question(Model):
    """A question from the room. Its id is made by the phone that sends it."""

    __tablename__ = "question"

    id: Mapped[str] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"))
    subject_id: Mapped[str | None] = mapped_column(ForeignKey("statement.id"))
    """What it is about, where an activity has questions about several things one after the other."""
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
    def ask(cls, activity: Activity, me: Participant, question_id: str, text: str) -> None:
        """Add one person's question; sent twice under the same id it is still one. Raises Refused."""
        known = db.session.get(cls, question_id)
        if known is not None:
            if (known.activity_id, known.participant_id) != (activity.id, me.id):
                raise Refused(_("This page is out of date. Please reload it; your text is kept."), 409)
            return
        subject_id = check_open(activity) or None
        if cls.count_open(activity, me) >= MOST_EACH:
            raise Refused(_("Your first questions are still waiting. Let the others come to speak too."), 409)
        about = {"activity_id": activity.id, "participant_id": me.id, "subject_id": subject_id}
        db.session.add(cls(id=question_id, text=checked(text), **about))

    @classmethod
    def count_open(cls, activity: Activity, me: Participant) -> int:
        own = select(func.count()).where(
            cls.activity_id == activity.id,
            cls.participant_id == me.id,
            cls.status == WAITING,
            cls.deleted_at.is_(None),
        )
        return db.session.scalar(own) or 0

    def call(self, status: str) -> None:
        """Take the question to the microphone, or off it; whoever spoke before has been answered."""
        if status == SPEAKING:
            before = select(Question).where(Question.activity_id == self.activity_id, Question.status == SPEAKING)
            for other in db.session.scalars(before):
                other.status = ANSWERED
            self.called_at = now()
        self.status = status


class QuestionVote(Model):
    """One person would like to hear this question answered too."""

    __tablename__ = "question_vote"

    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"), primary_key=True)
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


def check_open(activity: Activity) -> str:
    """What is asked about now. Raises Refused unless questions may be asked and carried."""
    subject = activity.asking() if isinstance(activity, Questioned) else None
    if subject is None:
        closed = activity.questions_closed if isinstance(activity, Questioned) else Questioned.questions_closed
        raise Refused(str(closed), 409)
    if activity.workshop.paused:
        raise Refused(_("We are taking a short break. It goes on in a moment."), 409, later=True)
    return subject

"""The queue of questions as the screens show it, and as papers tell of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from facilitator.extensions import db
from facilitator.questions.models import ANSWERED, PARKED, SPEAKING, WAITING, Question, QuestionVote
from facilitator.workshop.models import Activity, Participant

ON_SCREEN = 6
"""Questions on the projector."""


class Asked(NamedTuple):
    """A question with how many people carry it."""

    id: str
    text: str
    status: str
    by: str
    votes: int


def queue(activity: Activity, subject: str | None = None) -> list[Asked]:
    """All questions, or those about one subject: the one at the microphone, then by votes, the done ones last."""
    votes = (
        select(QuestionVote.question_id, func.count().label("votes"))
        .where(QuestionVote.withdrawn_at.is_(None))
        .group_by(QuestionVote.question_id)
        .subquery()
    )
    wanted = (
        select(Question, votes.c.votes, Participant.name, Participant.number)
        .outerjoin(votes, votes.c.question_id == Question.id)
        .outerjoin(Participant, Participant.id == Question.participant_id)
        .where(Question.activity_id == activity.id, Question.deleted_at.is_(None))
    )
    rows = db.session.execute(wanted if subject is None else wanted.where(Question.subject_id == (subject or None)))
    asked = [
        (question, int(count or 0), name or (f"#{number}" if number else "")) for question, count, name, number in rows
    ]
    asked.sort(key=_place)
    return [Asked(each.id, each.public_text, each.status, by, votes) for each, votes, by in asked]


def _place(row: tuple[Any, int, str]) -> tuple[int, int, datetime]:
    question, votes, _by = row
    return (SPEAKING, WAITING, PARKED, ANSWERED).index(question.status), -votes, question.asked_at


def shown(activity: Activity, subject: str | None = None) -> dict[str, Any]:
    """Context of the templates in `questions/`: the same for everybody."""
    every = queue(activity, subject)
    return {
        "speaking": next((each for each in every if each.status == SPEAKING), None),
        "waiting": [each for each in every if each.status == WAITING],
        "done": [each for each in every if each.status in (ANSWERED, PARKED)],
        "on_screen": ON_SCREEN,
    }


def own(activity: Activity, me: Participant, subject: str | None = None) -> dict[str, Any]:
    """Context of `questions/_ask.html`, for one person."""
    return {"carried": carried_by(activity, me), **shown(activity, subject)}


def carried_by(activity: Activity, me: Participant) -> set[str]:
    """The questions that one person carries."""
    carried = (
        select(QuestionVote.question_id)
        .join(Question, Question.id == QuestionVote.question_id)
        .where(
            Question.activity_id == activity.id,
            QuestionVote.participant_id == me.id,
            QuestionVote.withdrawn_at.is_(None),
        )
    )
    return set(db.session.scalars(carried))


def every(activity: Activity) -> list[tuple[Question, list[int]]]:
    """Each question with the ids of those who carry it, for papers: who was carried by most comes first."""
    asked = select(Question).where(Question.activity_id == activity.id, Question.deleted_at.is_(None))
    voices = _voices(activity)
    found = [(question, voices.get(question.id, [])) for question in db.session.scalars(asked)]
    return sorted(found, key=lambda each: (-len(each[1]), each[0].asked_at))


def _voices(activity: Activity) -> dict[str, list[int]]:
    carried = select(QuestionVote.question_id, QuestionVote.participant_id).join(Question)
    standing = carried.where(Question.activity_id == activity.id, QuestionVote.withdrawn_at.is_(None))
    found: dict[str, list[int]] = {}
    for question_id, person_id in db.session.execute(standing.order_by(QuestionVote.participant_id)):
        found.setdefault(question_id, []).append(person_id)
    return found

"""Questions on the phone, and at the facilitator's desk."""

from __future__ import annotations

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.extensions import db, now
from facilitator.questions.models import STATUSES, Question, QuestionVote, check_open
from facilitator.voting.taps import client_id
from facilitator.web.htmx import done
from facilitator.workshop.access import me_at, my_activity
from facilitator.workshop.commits import together
from facilitator.workshop.history import deed
from facilitator.workshop.models import Activity, Participant
from facilitator.workshop.phone import my_part

questions = Blueprint("questions", __name__, url_prefix="/questions/<int:activity_id>")


@questions.post("")
def ask(activity_id: int) -> str | Response:
    activity, me = me_at(activity_id)
    question_id, text, person_id = client_id(request.form), request.form.get("text", ""), me.id
    together(activity.workshop_id, lambda: _ask(activity_id, person_id, question_id, text))
    return my_part(activity, me, posted=True)


def _ask(activity_id: int, person_id: int, question_id: str, text: str) -> None:
    activity, me = db.session.get_one(Activity, activity_id), db.session.get_one(Participant, person_id)
    Question.ask(activity, me, question_id, text)


@questions.post("/<question_id>/votes")
def carry(activity_id: int, question_id: str) -> str | Response:
    """I would like to hear this too; `on` 0 takes it back."""
    activity, me = me_at(activity_id)
    if _question(activity, question_id).deleted_at:
        abort(404)
    check_open(activity)
    on, person_id = request.form.get("on", "1") == "1", me.id
    together(activity.workshop_id, lambda: QuestionVote.put(question_id, person_id, on))
    return my_part(activity, me)


@questions.post("/<question_id>/status")
@login_required
def call(activity_id: int, question_id: str) -> Response:
    """To the microphone, answered, parked, or back into the queue; `deleted` takes it away."""
    activity = my_activity(activity_id)
    question = _question(activity, question_id)
    status = request.form.get("status", "")
    if status not in (*STATUSES, "deleted"):
        abort(400)
    with deed(activity.workshop, current_staff(), "microphone"):
        if status == "deleted":
            question.deleted_at = now()
        else:
            question.call(status)
    answer = done(url_for("console.show", workshop_id=activity.workshop_id))
    answer.headers["HX-Trigger"] = "deed-done"
    return answer


def _question(activity: Activity, question_id: str) -> Question:
    question = db.session.get(Question, question_id)
    return question if question and question.activity_id == activity.id else abort(404)

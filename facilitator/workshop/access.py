"""Loading through the viewer: what one may not see is not found."""

from __future__ import annotations

from flask import abort
from sqlalchemy import select

from facilitator.accounts.access import current_staff
from facilitator.extensions import db
from facilitator.web.errors import Stranger
from facilitator.workshop.joining import known_participant
from facilitator.workshop.models import Activity, Participant, Workshop


def my_workshop(workshop_id: int) -> Workshop:
    """The workshop, if the signed-in member of staff may see it."""
    mine = Workshop.seen_by(current_staff()).where(Workshop.id == workshop_id)
    found: Workshop | None = db.session.scalar(mine)
    return found or abort(404)


def my_activity(activity_id: int) -> Activity:
    """The activity, if it stands in a workshop of the signed-in member of staff."""
    activity = db.session.get(Activity, activity_id) or abort(404)
    my_workshop(activity.workshop_id)
    return activity


def activity_of(workshop: Workshop, activity_id: int) -> Activity:
    return next((each for each in workshop.activities if each.id == activity_id), None) or abort(404)


def workshop_on_screen(token: str) -> Workshop:
    """The workshop of a projector's secret address."""
    found = select(Workshop).where(Workshop.screen_token == token, Workshop.deleted_at.is_(None))
    return db.session.scalar(found) or abort(404)


def me_at(activity_id: int) -> tuple[Activity, Participant]:
    """The activity and who asks, if this phone's cookie belongs to its workshop."""
    activity = db.session.get(Activity, activity_id)
    if activity is None or activity.deleted_at or activity.workshop.deleted_at:
        abort(404)
    return activity, _me(activity.workshop)


def _me(workshop: Workshop) -> Participant:
    person = known_participant(workshop)
    if person is None:
        raise Stranger
    return person

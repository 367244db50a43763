"""Who judges, and whose entry it is: known by a personal link, never by an account."""

from __future__ import annotations

from flask import abort

from facilitator.activities.competition.entries import Entry
from facilitator.activities.competition.judges import Judge
from facilitator.activities.competition.models import Competition, competition
from facilitator.web.errors import Stranger
from facilitator.workshop.access import my_activity
from facilitator.workshop.joining import held_in, remember


def let_in(judge: Judge) -> None:
    """Make this browser the judge's: the address that the page then has opens nothing by itself."""
    remember(_room(judge.activity_id), judge.token)


def me_judging(activity_id: int) -> tuple[Competition, Judge]:
    """The competition and who judges, if this browser came by that judge's link. Raises Stranger."""
    token = held_in(_room(activity_id))
    judge = Judge.by_token(token) if token else None
    if judge is None or judge.activity_id != activity_id:
        raise Stranger
    return standing_competition(activity_id), judge


def standing_competition(activity_id: int) -> Competition:
    """The competition of this id, unless it or its workshop was taken away."""
    found = competition(activity_id)
    return found if found is not None and found.workshop.deleted_at is None else abort(404)


def team_entry(token: str) -> tuple[Competition, Entry]:
    """The entry of a team's personal link."""
    entry = Entry.by_token(token) or abort(404)
    return standing_competition(entry.activity_id), entry


def staff_competition(activity_id: int) -> Competition:
    """The competition, if it stands in a workshop of the signed-in member of staff."""
    activity = my_activity(activity_id)
    return activity if isinstance(activity, Competition) else abort(404)


def _room(activity_id: int) -> str:
    return f"judge-{activity_id}"

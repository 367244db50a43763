"""Grouping with the room: the phones propose, the desk asks for it and takes what it likes."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.synthesis.routes import answered
from facilitator.voting import agreed, pile_rows, taps
from facilitator.voting.models import VotingActivity
from facilitator.voting.pile import Pile
from facilitator.voting.routes import voting
from facilitator.voting.taps import client_id
from facilitator.web.errors import Refused, Stranger
from facilitator.web.htmx import wants_partial
from facilitator.workshop.access import my_activity
from facilitator.workshop.history import deed
from facilitator.workshop.joining import tokens

__all__ = ["voting"]  # with these routes on it
voting.add_app_template_global(pile_rows.pile, "pile_of")
voting.add_app_template_global(pile_rows.choices, "pile_choices")


@voting.post("/placings")
def propose(activity_id: int) -> str | Response:
    pile = _my_pile(activity_id)
    pile.put(client_id(request.form), taps.idea(request.form), request.form.get("theme", ""))
    return _tapped(pile, None)


@voting.post("/placings/<placing_id>/withdrawal")
def take_back(activity_id: int, placing_id: str) -> str | Response:
    pile = _my_pile(activity_id)
    return _tapped(pile, pile.take_back(placing_id))


@voting.post("/helping")
@login_required
def let_help(activity_id: int) -> Response:
    """Ask the room, or thank it: as the button said, so that two presses don't cancel out."""
    wall = _sorted_activity(activity_id)
    with deed(wall.workshop, current_staff(), "helping"):
        wall.let_help(request.form.get("on") == "1")
    return answered(wall)


@voting.post("/acceptances")
@login_required
def accept(activity_id: int) -> Response:
    """Put ideas where the room proposed, as the desk saw it: `take` is a list of idea-theme."""
    wall = _sorted_activity(activity_id)
    with deed(wall.workshop, current_staff(), agreed.DEED):
        taken = agreed.take(wall.id, _pairs(request.form.get("take", "")))
    if not taken:
        raise Refused(_("A colleague has placed this already."), 409)
    return answered(wall)


def _pairs(written: str) -> list[tuple[int, int]]:
    halves = [pair.split("-") for pair in written.split()]
    if not all(len(each) == 2 and all(half.isdecimal() and len(half) < 10 for half in each) for each in halves):
        abort(400)
    return [(int(idea), int(theme)) for idea, theme in halves]


def _sorted_activity(activity_id: int) -> VotingActivity:
    activity = my_activity(activity_id)
    return activity if isinstance(activity, VotingActivity) and activity.setting("themes") else abort(404)


def _my_pile(activity_id: int) -> Pile:
    pile = Pile.of(activity_id, tokens())
    if pile is None:
        raise Stranger
    return pile


def _tapped(pile: Pile, back: int | None) -> str | Response:
    if not wants_partial():
        return redirect(url_for("phone.show", code=pile.code), 303)
    return taps.next_idea(pile, request.form, back)

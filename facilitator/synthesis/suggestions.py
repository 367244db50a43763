"""Suggested themes at the facilitator's desk: looked at, named, taken all or some; of one activity or of several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.synthesis.grouping import LONGEST_NAME, Grouped, Wanted, grouped, take
from facilitator.synthesis.models import Statement
from facilitator.synthesis.routes import answered, synthesis
from facilitator.synthesis.sorting import sorting
from facilitator.web.errors import Refused
from facilitator.web.text import clean
from facilitator.workshop.access import my_activity, my_workshop
from facilitator.workshop.history import deed
from facilitator.workshop.models import Activity, Workshop

__all__ = ["several", "synthesis"]  # with these routes on it
several = Blueprint("several", __name__, url_prefix="/workshops/<int:workshop_id>/suggestion")
GRAINS = ("coarser", "usual", "finer")


@synthesis.get("/suggestion")
@login_required
def suggest(activity_id: int) -> str:
    activity = my_activity(activity_id)
    beside = [each for each in sorting(activity.workshop) if each.id != activity.id]
    url = url_for("synthesis.suggest", activity_id=activity.id)
    more = url_for("several.suggest_over", workshop_id=activity.workshop_id) if beside else ""
    return _panel(activity.workshop, [activity], url=url, several=more)


@synthesis.post("/suggestion")
@login_required
def accept(activity_id: int) -> Response:
    """Take the groups that are ticked: each becomes a theme, or goes to the one it belongs to."""
    activity = my_activity(activity_id)
    return taken(activity.workshop, [activity])


@several.get("")
@login_required
def suggest_over(workshop_id: int) -> str:
    """The same over several activities: `activity` once for each; all that sort, at first."""
    workshop = my_workshop(workshop_id)
    choices = [(each, len(Statement.on_wall(each))) for each in sorting(workshop)]
    wanted = request.args.getlist("activity", type=int)
    chosen = [each for each, _many in choices if each.id in wanted or "grain" not in request.args]
    return _panel(workshop, chosen, url=url_for("several.suggest_over", workshop_id=workshop.id), choices=choices)


@several.post("")
@login_required
def accept_over(workshop_id: int) -> Response:
    workshop = my_workshop(workshop_id)
    wanted = request.form.getlist("activity", type=int)
    return taken(workshop, [each for each in sorting(workshop) if each.id in wanted])


def _panel(workshop: Workshop, activities: Sequence[Activity], **more: Any) -> str:
    asked = request.args.get("grain", "usual")
    grain = asked if asked in GRAINS else "usual"
    return panel(activities, grouped(workshop, activities, grain), grain=grain, **more)


def panel(activities: Sequence[Activity], found: Grouped, **more: Any) -> str:
    """What is proposed, to be taken by a post to `url`; `heading` may say what it is, `nothing` why there is none."""
    context = {"grain": "", "chosen": activities, "longest": LONGEST_NAME, "choices": [], "several": "", **more}
    return render_template("synthesis/_suggestion.html", found=found, **context)


def taken(workshop: Workshop, activities: Sequence[Activity]) -> Response:
    """What is ticked becomes themes, as one deed. Raises Refused when nothing is."""
    if not activities or not request.form.getlist("take"):
        raise Refused(_("Tick at least one theme."))
    with deed(workshop, current_staff(), "suggest"):
        take(workshop, activities, _wanted())
    return answered(activities[0])


def _wanted() -> Iterator[Wanted]:
    for number in request.form.getlist("take", type=int):
        name = clean(request.form.get(f"name-{number}", ""))[:LONGEST_NAME] or _("Theme")
        into = request.form.getlist(f"into-{number}", type=int)
        yield Wanted(name, request.form.getlist(f"idea-{number}"), into)

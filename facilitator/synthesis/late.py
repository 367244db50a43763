"""Ideas that came when the themes stood already: where each might go, taken with one tap. Nothing goes by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from zlib import crc32

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.synthesis.models import Statement, Theme
from facilitator.synthesis.routes import answered
from facilitator.synthesis.suggestions import synthesis
from facilitator.synthesis.thinking import nearest
from facilitator.web.errors import Refused
from facilitator.workshop.access import my_activity
from facilitator.workshop.history import deed
from facilitator.workshop.models import Activity

__all__ = ["synthesis"]  # with these routes on it
CLEAR, DOUBTFUL = 0.12, 0.04
"""How clearly the nearest theme must be nearest. On the labelled lists, where two of seven themes were new, 95 % of the
clear ones that fit were right with narrow themes, 73 % with broad ones. What is less than doubtful isn't offered."""
ROWS, DOUBTFUL_ROWS = 12, 4


class Place(NamedTuple):
    """A loose idea and the theme that it seems to belong to."""

    idea: Statement
    theme: Theme


@synthesis.get("/late")
@login_required
def late(activity_id: int) -> str:
    """Places for the loose ideas, but for those of these numbers (`but=3-5`): where they go the room says."""
    activity, heard = my_activity(activity_id), request.args.get("but", "").split("-")
    themes = {theme.id: theme for theme in Theme.of(activity)}
    ideas = [idea for idea in Statement.on_wall(activity) if idea.theme_id in themes or str(idea.number) not in heard]
    loose = [idea for idea in ideas if idea.theme_id not in themes]
    context: dict[str, Any] = {"clear": [], "doubtful": [], "silent": False, "warning": False}
    if loose and len(loose) < len(ideas):
        context |= _places(ideas, themes)
    more = max(0, len(context["clear"]) - ROWS) + max(0, len(context["doubtful"]) - DOUBTFUL_ROWS)
    far = len(loose) - len(context["clear"]) - len(context["doubtful"])
    context["clear"], context["doubtful"] = context["clear"][:ROWS], context["doubtful"][:DOUBTFUL_ROWS]
    return render_template("synthesis/_late.html", activity=activity, loose=len(loose), more=more, far=far, **context)


def _places(ideas: list[Statement], themes: dict[int, Theme]) -> dict[str, Any]:
    placed = {place: idea.theme_id for place, idea in enumerate(ideas) if idea.theme_id in themes}
    try:
        found, warning = nearest([idea.text for idea in ideas], {place: key for place, key in placed.items() if key})
    except Refused:  # it is asked by itself: nobody waits for it, and the notice stands where it would
        return {"silent": True}
    found.sort(key=lambda near: (not near.fits, -near.clearly))
    clear = [near for near in found if near.fits and near.clearly >= CLEAR]
    doubtful = [near for near in found if near.clearly >= DOUBTFUL and near not in clear]
    offered = {"clear": clear, "doubtful": doubtful}
    places = {name: [Place(ideas[near.place], themes[near.theme]) for near in each] for name, each in offered.items()}
    return {**places, "warning": warning}


@synthesis.post("/late")
@login_required
def accept_late(activity_id: int) -> Response:
    """Take the places that were offered: `place` is the id of an idea and that of its theme."""
    activity = my_activity(activity_id)
    with deed(activity.workshop, current_staff(), "suggest"):
        moved = _moved(activity, request.form.getlist("place"))
    if not moved:
        raise Refused(_("A colleague has just moved these ideas."), 409)
    return answered(activity)


def _moved(activity: Activity, places: Iterable[str]) -> int:
    # Somebody may have placed one of them meanwhile, or removed a theme: what was done by hand stays.
    themes = {str(theme.id): theme for theme in Theme.of(activity)}
    living = {theme.id for theme in themes.values()}
    loose = {idea.id: idea for idea in Statement.on_wall(activity) if idea.theme_id not in living}
    pairs = [(idea, theme) for idea, _gap, theme in (each.partition(":") for each in places)]
    wanted = [(idea, themes[theme]) for idea, theme in pairs if idea in loose and theme in themes]
    for idea, theme in wanted:
        loose[idea].move_to(theme)
    return len(wanted)


@synthesis.app_template_global()
def late_mark(cards: Iterable[Any], themes: Iterable[Any], heard: Iterable[int] = ()) -> str:
    """Changes when there is another idea without a theme, or another theme: what was suggested is out of date.

    The same when the room has spoken about others (by their numbers).
    """
    said = "-".join(map(str, sorted(heard)))
    return f"{crc32('-'.join([*(str(each.id) for each in (*cards, *themes)), said]).encode()):x}"

"""Suggested themes at the facilitator's desk: looked at, named, taken all or some. What was placed by hand stays."""

from __future__ import annotations

from typing import NamedTuple

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from facilitator.accounts.access import current_staff, login_required
from facilitator.synthesis.models import SHOWN, Statement, Theme
from facilitator.synthesis.routes import LONGEST_NAME, answered, synthesis
from facilitator.synthesis.thinking import suggested
from facilitator.web.errors import Refused
from facilitator.web.text import clean
from facilitator.workshop.access import my_activity
from facilitator.workshop.history import deed
from facilitator.workshop.models import Activity

__all__ = ["synthesis"]  # with these routes on it
GRAINS = ("coarser", "usual", "finer")
FEWEST = 5
"""Loose ideas below which there is nothing to suggest."""


class Group(NamedTuple):
    """Loose ideas that seem to belong together, or to a theme that is there already."""

    number: int
    theme: Theme | None
    name: str
    keywords: list[str]
    ideas: list[Statement]


@synthesis.get("/suggestion")
@login_required
def suggest(activity_id: int) -> str:
    activity = my_activity(activity_id)
    grain = request.args.get("grain", "usual")
    ideas = Statement.of(activity, SHOWN)
    loose = [idea for idea in ideas if idea.theme_id is None]
    grain = grain if grain in GRAINS else "usual"
    groups, warning = _groups(activity, ideas, grain) if len(loose) >= FEWEST else ([], False)
    left = len(loose) - sum(len(group.ideas) for group in groups)
    context = {"groups": groups, "left": left, "loose": len(loose), "warning": warning, "grain": grain}
    return render_template("synthesis/_suggestion.html", activity=activity, longest=LONGEST_NAME, **context)


def _groups(activity: Activity, ideas: list[Statement], grain: str) -> tuple[list[Group], bool]:
    themes = {theme.id: theme for theme in Theme.of(activity)}
    placed = {place: idea.theme_id for place, idea in enumerate(ideas) if idea.theme_id in themes}
    found = suggested([idea.text for idea in ideas], {place: key for place, key in placed.items() if key}, grain)
    groups = []
    for each in found["themes"]:
        loose = [ideas[place] for place in each["members"] if ideas[place].theme_id is None]
        theme = themes.get(each["number"])
        name = theme.name if theme else _short(each["title"], each["keywords"])
        if loose:
            groups.append(Group(each["number"], theme, name, each["keywords"], loose))
    return groups, found["warning"]


def _short(title: str, keywords: list[str]) -> str:
    """The idea that says it best, where it is short enough to be a name."""
    return title if len(title) <= LONGEST_NAME or not keywords else " · ".join(keywords)[:LONGEST_NAME]


@synthesis.post("/suggestion")
@login_required
def accept(activity_id: int) -> Response:
    """Take the groups that are ticked: each becomes a theme, or goes to the one it belongs to."""
    activity = my_activity(activity_id)
    taken = request.form.getlist("take", type=int)
    if not taken:
        raise Refused(_("Tick at least one theme."))
    loose = {idea.id: idea for idea in Statement.of(activity, SHOWN) if idea.theme_id is None}
    themes = {theme.id: theme for theme in Theme.of(activity)}
    with deed(activity.workshop, current_staff(), "suggest"):
        for number in taken:
            # Somebody may have placed one of them meanwhile: what was placed by hand stays.
            ideas = [loose.pop(key) for key in request.form.getlist(f"idea-{number}") if key in loose]
            name = clean(request.form.get(f"name-{number}", ""))[:LONGEST_NAME] or _("Theme")
            if ideas:
                theme = themes.get(request.form.get(f"into-{number}", 0, type=int)) or Theme.add(activity, name)
                for idea in ideas:
                    idea.theme_id = theme.id
    return answered(activity)
